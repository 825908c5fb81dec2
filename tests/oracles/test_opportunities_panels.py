"""Every real panel ends in lists with their proof, or in a refusal with its reason; none crashes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from yindi.opportunities import advice
from yindi.opportunities.backtest import VERDICTS, Backtest, evaluate
from yindi.opportunities.evidence import choose_split


def cube(frame: pd.DataFrame, region: str, year: str, activity: str, value: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Sums in (R,T,C), 0 where a pair is not listed, and the years."""
    codes = [pd.Categorical(frame[k]) for k in (region, year, activity)]
    x = np.zeros([len(c.categories) for c in codes])
    np.add.at(x, tuple(c.codes for c in codes), frame[value].to_numpy(float))
    return x, tuple(str(y) for y in codes[1].categories)


def both_years(frame: pd.DataFrame, region: str) -> pd.DataFrame:
    return frame[frame.groupby(region).year.transform("nunique") == 2]


def github(folder: Path) -> tuple[np.ndarray, tuple[str, ...]]:
    frame = pd.read_csv(folder / "github" / "github_languages_2020_2023.csv", keep_default_na=False)
    return cube(frame.assign(n=pd.to_numeric(frame.num_pushers)), "iso2_code", "year", "language", "n")


def states(folder: Path) -> tuple[np.ndarray, tuple[str, ...]]:
    frame = pd.read_csv(folder / "au" / "au_state_subdivision_emp_annual.csv.gz")
    return cube(frame, "state", "year", "anzsic_subdivision", "value")


def divisions(folder: Path) -> tuple[np.ndarray, tuple[str, ...]]:
    frame = pd.read_csv(folder / "au" / "au_sa3_industry_firms.csv.gz")
    return cube(frame.assign(year=frame.date.str[:4]), "sa3", "year", "division", "value")


def zones(folder: Path) -> tuple[np.ndarray, tuple[str, ...]]:
    frame = pd.read_csv(folder / "us" / "us_cz_sic_share_adh.csv.gz")
    share = frame.emp_share / frame.groupby(["czone", "year"]).emp_share.transform("sum")
    return cube(both_years(frame.assign(share=share), "czone"), "czone", "year", "ind", "share")


def census(folder: Path) -> tuple[np.ndarray, tuple[str, ...]]:
    frame = pd.read_csv(folder / "cn" / "cn_census_industry_city_2010_2020.csv").dropna(subset=["employed_sample"])
    return cube(both_years(frame[frame.level == "city"], "code"), "code", "year", "section", "employed_sample")


CASES = {github: "no_gain", states: "no_gain", divisions: "few_activities", zones: "allowed", census: "few_activities"}


def proof(read, folder: Path) -> tuple[np.ndarray, Backtest]:
    x, years = read(folder)
    used, split, _ = choose_split(years)
    x = x[:, -len(used) :]
    return x, evaluate(x, split=split, boost=False)


@pytest.mark.parametrize("read", CASES, ids=lambda f: f.__name__)
def test_panel_ends_in_lists_or_in_a_reason(read, shared):
    x, found = proof(read, shared / "data")
    assert found.verdict == CASES[read]
    assert found.verdict in VERDICTS
    if found.allowed:
        assert found.gain_low > 0
        given = advice.advise(x, found)
        assert (given.listed == advice.CULTIVATE).any()
        assert given.expansion.max() <= 0.1 + 1e-9
    else:
        assert found.gain_low <= 0 or x.shape[2] < 40


def test_hidden_specialisations_are_found_with_one_date(shared):
    x, _ = zones(shared / "data")
    found = evaluate(x[:, -1:], split="hold_out", boost=False)
    assert found.kind == "hold_out"
    assert found.precision["density_near"] > 1.5 * found.base_rate


@pytest.mark.parametrize(
    ("years", "used", "split"),
    [
        ("2017 2018 2019 2020 2021", "2017 2018 2019 2020 2021", 2),
        ("2017 2019 2020 2021", "2017 2019 2021", 1),  # two years each; 2018 is absent, so 2020 has no counterpart
        ("1990 2000 2010", "1990 2000 2010", 1),
        ("1985 1990 1995 2000 2005", "1995 2000 2005", 1),  # five years at most where there are such
        ("2017 2020 2021", "2017 2020 2021", 1),  # no two spans alike
        ("2020Q1 2020Q2 2020Q3 2020Q4", "2020Q2 2020Q3 2020Q4", 1),
    ],
)
def test_both_spans_are_equally_long_where_the_years_allow_it(years, used, split):
    assert choose_split(tuple(years.split()))[:2] == (tuple(used.split()), split)
