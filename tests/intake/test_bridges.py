"""Bridges over mergers and splits: sums, weighted means, shares; the cells are marked; undeclared mixing names the change."""

from __future__ import annotations

import numpy as np
import pytest

from yindi.core.config import Bridge
from yindi.core.errors import Problems
from yindi.intake import bridges
from yindi.intake.assemble import DERIVED, Cube

YEARS = ("2017", "2018", "2019", "2020")


def cube(values, regions, items=("gdp", "population", "urbanisation"), years=YEARS):
    x = np.array(values, float)
    state = np.where(np.isnan(x), 0, 1).astype(np.int8)
    where = np.where(np.isnan(x), -1, 0)
    return Cube(tuple(regions), tuple(years), tuple(items), np.nan_to_num(x), state, where.copy(), where.copy(), where.copy())


def jinan():
    """Jinan and Laiwu: gdp, population, urban share; Laiwu has no rows from 2019 on."""
    big = [[100, 8, 70], [110, 8, 71], [150, 9, 72], [160, 9, 73]]
    small = [[10, 2, 50], [11, 2, 51], [np.nan] * 3, [np.nan] * 3]
    return cube([big, small], ["370100", "371200"])


def bridge(**more):
    given = {"into": "370100", "parts": ["370100", "371200"], "years": [2017, 2018], "reason": "merged 2019",
             "sum": ["gdp", "population"], "mean": {"urbanisation": "population"}}  # fmt: skip
    return Bridge.model_validate({**given, **more})


def test_counts_are_summed_and_rates_weighted():
    """2017: 100 + 10; (70 x 8 + 50 x 2) / 10 = 66."""
    problems = Problems("t")
    made = bridges.apply(jinan(), [bridge()], problems)
    assert not problems.found
    assert made.values[0, 0].tolist() == [110, 10, 66]
    assert made.values[0, 1].tolist() == [121, 10, 67]
    assert made.values[0, 2].tolist() == [150, 9, 72]
    assert (made.state[0, :2] == DERIVED).all()
    assert (made.state[0, 2:] == 1).all()


def test_a_split_by_shares():
    """A part of 40 given away in shares of 0.75 and 0.25: 10 + 30 and 20 + 10."""
    x = cube([[[10]], [[20]], [[40]]], ["340100", "340200", "341400"], ["gdp"], ["2010"])
    two = [bridge(into="340100", parts={"340100": 1, "341400": 0.75}, years=[2010, 2010], sum=["gdp"], mean={}),
           bridge(into="340200", parts={"340200": 1, "341400": 0.25}, years=[2010, 2010], sum=["gdp"], mean={})]  # fmt: skip
    problems = Problems("t")
    assert bridges.apply(x, two, problems).values[:2, 0, 0].tolist() == [40, 30]
    assert not problems.found
    assert bridges.consumed(two, {("340100", "2010"), ("341400", "2010")}) == {"341400"}
    bridges.apply(x, two[:1], problems)
    assert "add to 0.75 in 2010" in problems.found[0].message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sum": ["gdp"]}, "says nothing of population"),
        ({"parts": ["370100", "379900"]}, "no file has rows of '379900'"),
        ({"sum": ["gdp", "urbanisation"]}, "both summed and averaged"),
        ({"mean": {"urbanisation": "area"}}, "no file has the variable 'area'"),
    ],
)
def test_faults(change, said):
    problems = Problems("t")
    bridges.apply(jinan(), [bridge(**change)], problems)
    assert any(said in p.message for p in problems.found)
    assert all(p.way_out for p in problems.found)


def test_an_absent_part_is_a_problem():
    x = jinan()
    x.state[1, 0, 0] = 0
    problems = Problems("t")
    bridges.apply(x, [bridge()], problems)
    assert "gdp of 371200 is absent" in problems.found[0].message


def rows(**years):
    return {(code[1:], str(y)) for code, (a, b) in years.items() for y in range(a, b + 1)}


def test_undeclared_merger_names_the_change():
    seen = rows(c370100=(2015, 2021), c371200=(2015, 2018))
    (found,) = bridges.mixed("city", seen, ("2015", "2021"), {"370100": "济南市", "371200": "莱芜市"}, [])
    assert found.message.startswith("2019: 莱芜市并入济南市 (Laiwu was merged into Jinan).")
    assert "into: '370100'" in found.way_out
    assert ("371200", "2020") in found.explained
    assert bridges.mixed("city", seen, ("2015", "2021"), {}, [bridge(years=[2015, 2018])]) == []


def test_undeclared_split_names_all_heirs():
    seen = rows(c341400=(2008, 2010), c340100=(2008, 2012), c340200=(2008, 2012), c340500=(2008, 2012))
    (found,) = bridges.mixed("city", seen, ("2008", "2012"), {}, [])
    assert found.change.year == 2011
    assert all(code in found.way_out for code in ("340100", "340200", "340500", "SHARE"))


def test_chongqing_1997():
    seen = rows(c510000=(1990, 2000), c500000=(1997, 2000))
    (found,) = bridges.mixed("province", seen, ("1990", "2000"), {}, [])
    assert (found.change.year, found.change.kind) == (1997, "carve")
    declared = Bridge.model_validate({"into": "510000", "parts": ["510000", "500000"], "years": [1997, 2000], "reason": "x"})
    assert bridges.mixed("province", seen, ("1990", "2000"), {}, [declared]) == []


@pytest.mark.parametrize(
    "seen",
    [
        rows(c370100=(2015, 2018), c371200=(2015, 2018)),  # the study ends before the change
        rows(c370100=(2015, 2021), c371200=(2015, 2021)),  # told apart in all years
        rows(c370100=(2015, 2021)),  # carried back by the source
    ],
)
def test_what_is_not_mixed(seen):
    assert bridges.mixed("city", seen, ("2015", "2021"), {}, []) == []
