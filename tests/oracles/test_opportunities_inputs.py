"""Every shape a panel comes in gives the same proof, and what cannot be read is refused by name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from worlds import related_world

from yindi.core.errors import MethodError
from yindi.core.table import Table
from yindi.opportunities.backtest import evaluate
from yindi.opportunities.panels import cube

REGIONS, YEARS, ACTIVITIES = ("a", "b"), ("2019", "2020", "2021"), ("x", "y")
X = np.array([[[1.0, 2], [3, 0], [5, 6]], [[7, 8], [9, 1], [2, 3]]])
ROWS = [(r, y, c, X[i, t, j]) for i, r in enumerate(REGIONS) for t, y in enumerate(YEARS) for j, c in enumerate(ACTIVITIES)]


def frame(**names: str) -> pd.DataFrame:
    given = pd.DataFrame(ROWS, columns=["region", "year", "activity", "value"]).astype({"year": int})
    return given[given.value > 0].sample(frac=1.0, random_state=1).rename(columns=names)


@pytest.mark.parametrize(
    "panel",
    [
        frame(),
        frame(activity="industry"),
        {k: list(v) for k, v in frame().items()},
        {(r, c, y): v for r, y, c, v in reversed(ROWS)},
        Table("x", (("year", YEARS[::-1]), ("activity", ACTIVITIES), ("region", REGIONS)), {"value": X.transpose(1, 2, 0)[::-1]}),
    ],
    ids=["frame", "industry", "columns", "mapping", "table"],
)
def test_labelled_panels_are_one_cube(panel):
    made = cube(panel)
    np.testing.assert_array_equal(made.values, X)
    assert (made.regions, made.years, made.activities) == (REGIONS, YEARS, ACTIVITIES)


@pytest.mark.parametrize("axes", ["TRC", "CTR", "RCT"])
def test_axes_tell_the_order_of_an_array(axes):
    np.testing.assert_array_equal(cube(X.transpose(["RTC".index(a) for a in axes]), axes=axes).values, X)


def test_one_year_may_be_a_matrix():
    np.testing.assert_array_equal(cube(X[:, 0]).values, X[:, :1])
    np.testing.assert_array_equal(cube(X[:, 0].T, axes="CTR").values, X[:, :1])


def test_duplicates_are_refused_by_name_or_added():
    twice = pd.concat([frame(), frame().query("region == 'b' and year == 2020 and activity == 'x'")])
    with pytest.raises(MethodError, match=r"1 cell\(s\) listed twice or more, for one b, 2020, x"):
        cube(twice)
    assert cube(twice, duplicates="sum").values[1, 1, 0] == 18


@pytest.mark.parametrize(
    ("panel", "told"),
    [
        (frame().assign(value=np.nan), "no finite number"),
        (frame().assign(value=-1.0), "negative"),
        (frame().drop(columns="year"), "year missing"),
        ({("a", "x"): 1.0}, "keyed by"),
        (np.where(np.isin(X, 5), np.nan, X), r"no finite number, the first at \(0, 2, 0\)"),
        (np.where(np.isin(X, 5), -5, X), r"negative amount at \(0, 2, 0\)"),
        (X * np.array([1, 0, 1])[:, None], r"year\(s\) 1"),
        (np.zeros((0, 3, 2)), "empty"),
        (np.zeros(4), "two or three"),
        (Table("x", (("region", REGIONS), ("year", YEARS)), {"value": X[:, :, 0]}), "needs the axes"),
    ],
)
def test_what_cannot_be_read_is_said(panel, told):
    with pytest.raises(MethodError, match=told):
        cube(panel)


def test_wrong_words_are_told():
    with pytest.raises(MethodError, match="letters"):
        cube(X, axes="RYC")
    with pytest.raises(MethodError, match="duplicates"):
        cube(X, duplicates="add")
    with pytest.raises(MethodError, match="event"):
        evaluate(X, split=1, event="birth")


def test_the_same_proof_from_every_shape():
    x = related_world(1, regions=60)
    names = [f"r{n:02}" for n in range(60)], [str(y) for y in range(2015, 2020)], [f"c{n:02}" for n in range(60)]
    grid = np.array(np.meshgrid(*names, indexing="ij")).reshape(3, -1)
    rows = pd.DataFrame({"region": grid[0], "year": grid[1], "activity": grid[2], "value": x.ravel()}).sample(
        frac=1, random_state=2
    )
    plain = evaluate(x, split=2, boost=False, resamples=20)
    for other in (
        evaluate(x.transpose(1, 0, 2), split=2, axes="TRC", boost=False, resamples=20),
        evaluate(rows, split=2017, boost=False, resamples=20),
        evaluate(rows[rows.value > 0], split="auto", boost=False, resamples=20),
        evaluate(x, split=np.int64(2), boost=False, resamples=20),
    ):
        assert other.precision == plain.precision
        assert (other.gain_low, other.verdict) == (plain.gain_low, plain.verdict)


def test_empty_regions_and_activities_change_nothing():
    x = related_world(1, regions=60)
    more = np.zeros((62, 5, 61))
    more[:60, :, :60] = x
    plain, padded = (evaluate(p, split=2, boost=False, resamples=20) for p in (x, more))
    assert (padded.entries, padded.candidates) == (plain.entries, plain.candidates)
    for name in ("marginals", "density", "density_near"):
        assert padded.precision[name] == pytest.approx(plain.precision[name], abs=0.01)


def test_constant_panel_ends_in_a_reason():
    found = evaluate(np.repeat(related_world(1, regions=60)[:, :1], 3, axis=1), split=1, boost=False)
    assert found.verdict == "no_entries"
    assert not found.allowed


def test_auto_takes_what_the_years_allow():
    x = related_world(4, regions=60)
    kinds = [evaluate(x[:, :n], split="auto", boost=False, resamples=10).kind for n in (1, 2, 5)]
    assert kinds == ["hold_out", "out_of_region", "out_of_time"]
