"""What is certain, and complexity beside its other zeros, as tables of the stage and as columns of the advice."""

from __future__ import annotations

import csv
from pathlib import Path

import made_up
import numpy as np
import pytest
from test_opportunities_stage import wide_study
from worlds import related_world

from yindi.core.study import Study
from yindi.opportunities.stage import opportunities
from yindi.shell import advicefolder, advising


@pytest.fixture(scope="module")
def done() -> Study:
    return wide_study()


def test_a_panel_of_counts_says_what_is_certain(done: Study) -> None:
    table = done.opportunities.specialisation
    assert table is not None
    low, high, sure, told = (table.array(k) for k in ("low", "high", "sure", "certain"))
    assert (low < high).all()
    assert set(told.ravel()) == {"above", "open", "below"}
    np.testing.assert_array_equal(told == "above", sure >= 0.95)
    assert "rca_interval" in done.why("opportunities.specialisation[region=R000][activity=a00].low")


def test_complexity_stands_beside_its_zeros(done: Study) -> None:
    regions, zeros = done.opportunities.complexity, done.opportunities.zeros
    assert zeros.labels("zero") == ("own_eci", "mean_pci", "eigenvector", "lowest")
    assert zeros.number("agreement", zero="own_eci") == 1
    assert zeros.number("agreement", zero="lowest") < 1
    assert done.ledger.steps[zeros.step].params["stated"] == "own_eci"
    eci, low, high = (regions.array(k) for k in ("eci", "eci_low", "eci_high"))
    assert ((low <= eci) & (eci <= high)).all()
    assert sorted(regions.array("outlook_rank"))[0] == 1
    assert (regions.array("outlook_rank") != regions.array("rank_lowest")).any()
    assert done.opportunities.complexity_activities.array("gain_rank").min() == 1


def test_amounts_that_are_no_counts_and_coarse_panels_carry_neither() -> None:
    given = opportunities(made_up.study()).opportunities
    assert given.specialisation is None
    assert given.complexity is None
    assert given.structure is not None


def test_the_advice_carries_both_to_its_tables_and_pages(tmp_path: Path) -> None:
    x = related_world(1, regions=60)
    rows = [(f"r{r:02}", 2015 + t, f"c{c:02}", int(v)) for (r, t, c), v in np.ndenumerate(x) if v]
    with (tmp_path / "t.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([("region", "year", "activity", "value"), *rows])
    found = advising.advise(tmp_path / "t.csv", advising.Options())
    advicefolder.write(found, tmp_path / "out")
    read = {n: list(csv.DictReader((tmp_path / "out" / n).open(encoding="utf-8-sig"))) for n in ("regions.csv", "activities.csv")}
    first = read["regions.csv"][0]
    assert float(first["eci_low"]) <= float(first["eci"]) <= float(first["eci_high"])
    assert int(first["certain"]) <= int(first["present"])
    ranks = {k: [int(float(row[k])) for row in read["regions.csv"]] for k in ("outlook_rank", "rank_mean_pci", "rank_lowest")}
    assert all(min(v) == 1 for v in ranks.values())
    assert ranks["outlook_rank"] != ranks["rank_lowest"]
    assert read["activities.csv"][0]["pci_rank"]
    for language, word in (("zh", "零点"), ("en", "zero")):
        assert word in (tmp_path / "out" / f"page.{language}.html").read_text(encoding="utf-8")
    if found.allowed:
        lists = list(csv.DictReader((tmp_path / "out" / "lists.csv").open(encoding="utf-8-sig")))
        assert {row["certain"] for row in lists} <= {"above", "open", "below"}
        open_ones = [row for row in lists if row["carried_open"]]
        assert all(set(row["carried_open"].split(";")) <= set(row["carried_by"].split(";")) for row in open_ones)
