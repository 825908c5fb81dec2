"""Slips, copies and constructions put into clean random walks are found with the right value; clean ones show nothing."""

from __future__ import annotations

import numpy as np
import pytest

from yindi.core.framework import Variable
from yindi.intake import across, findings, identities, written
from yindi.intake.assemble import Cube
from yindi.intake.read import Grid

VARIABLE = Variable("v", "v", "v", "plain", bound="", pace="slow")


def cube_of(x, items=("v",)):
    x = np.asarray(x, float).reshape(*np.shape(x)[:2], -1)
    empty = [np.full(x.shape, -1) for _ in range(3)]
    regions = tuple(f"{11 + r:02d}0000" for r in range(x.shape[0]))
    years = tuple(str(2011 + t) for t in range(x.shape[1]))
    return Cube(regions, years, items, x, np.ones(x.shape, np.int8), *empty, (Grid("f", "", ((),)),))


def walk(seed, *, spread=0.03, regions=31, years=13, digits=2):
    rng = np.random.default_rng(seed)
    steps = 0.06 + 0.02 * rng.standard_normal(years - 1) + spread * rng.standard_normal((regions, years - 1))
    logs = np.concatenate([rng.standard_normal((regions, 1)), steps], axis=1).cumsum(axis=1)
    return np.round(1000 * np.exp(logs), digits)


def told(x):
    return list(findings.of_variable(cube_of(x), VARIABLE))


def test_clean_walks_show_nothing():
    """Sixty clean panels, from smooth to wild ones and from whole numbers to four decimals: no finding at all."""
    for seed in range(60):
        spread, digits, regions = ((0.005, 0.02, 0.05, 0.1, 0.2, 0.4)[seed % 6], (0, 1, 2, 4)[seed % 4], (31, 10, 60)[seed % 3])
        assert told(walk(seed, spread=spread, digits=digits, regions=regions)) == [], seed


@pytest.mark.parametrize("power", [10, 0.1, 100, 0.01])
@pytest.mark.parametrize("year", [0, 5, 12])
def test_a_moved_decimal_point_is_moved_back(power, year):
    x = walk(3)
    right = x[4, year]
    x[4, year] = float(f"{right * power:.12g}")
    (found,) = told(x)
    assert found.sure
    assert found.kind == "outlier"
    assert found.cells == {("150000", str(2011 + year))}
    assert found.right[0][2] == pytest.approx(right, rel=1e-9)


def test_a_block_of_years_in_another_unit():
    x = walk(4)
    x[7, 3:6] *= 10
    (found,) = told(x)
    assert found.sure
    assert found.years == ("2014", "2015", "2016")
    assert found.regions == ("180000",)


def test_a_turned_sign():
    x = walk(5)
    x[2, 6] *= -1
    (found,) = told(x)
    assert found.sure
    assert found.detail.startswith("sign")
    assert found.right == (("130000", "2017", -x[2, 6]),)


def test_a_growth_rate_may_be_negative():
    x = np.random.default_rng(1).standard_normal((31, 13)).round(2) + 0.3
    assert not [f for f in told(x) if f.detail.startswith("sign")]


def test_two_regions_that_changed_places():
    x = walk(6)
    x[[1, 20], 7] = x[[20, 1], 7]
    found = told(x)
    assert {f.regions for f in found} == {("120000",), ("310000",)}
    assert all(f.sure for f in found)
    assert {f.right[0][2] for f in found} == {x[1, 7], x[20, 7]}


def test_a_block_copied_from_another_region():
    x = walk(7)
    x[3, 4:7] = x[9, 4:7]
    found = [f for f in told(x) if f.kind == "filled"]
    assert [(f.regions, f.years, f.sure) for f in found] == [(("140000", "200000"), ("2015", "2016", "2017"), True)]


def test_a_year_copied_from_three_years_before():
    x = walk(8)
    x[:, 9] = x[:, 6]
    assert any(f.kind == "filled" and f.years == ("2020",) and f.share > 0.9 and "2017" in f.detail for f in told(x))


def test_a_tail_that_grows_by_seven_per_cent():
    """Rounded to two decimals as an office would write it: 7 % a year in the last four years."""
    x = walk(9)
    for t in range(9, 13):
        x[5, t] = round(x[5, t - 1] * 1.07, 2)
    found = [f for f in told(x) if f.kind == "filled"]
    assert [f.regions for f in found] == [("160000",)]
    assert {"2021", "2022", "2023"} <= set(found[0].years)


def test_a_run_interpolated_and_rounded():
    x = walk(10)
    x[6, 3:8] = np.round(np.linspace(x[6, 3], x[6, 7], 5), 2)
    assert any(f.kind == "filled" and f.regions == ("170000",) and {"2015", "2016", "2017"} <= set(f.years) for f in told(x))


def test_a_run_of_equal_values():
    x = walk(11)
    x[8, 4:8] = x[8, 4]
    (found,) = [f for f in told(x) if f.kind == "filled"]
    assert found.regions == ("190000",)
    assert found.years == ("2016", "2017", "2018")


@pytest.mark.parametrize("factor", [2.0, 0.5, 6.8, 15.0, 10000.0])
def test_another_unit_from_a_year_on(factor):
    """Every region by one factor, also below eightfold: yuan for dollars 6.8, kilograms for jin 0.5, mu for hectares 15."""
    x = walk(12, spread=0.02)
    x[:, 6:] *= factor
    found = [f for f in told(x) if f.kind == "break"]
    assert [(f.years, f.sure) for f in found] == [(("2017",), True)]


def test_a_total_among_the_regions():
    x = walk(13)
    x[0] = x[1:].sum(axis=0)
    assert [(f.regions, f.sure) for f in told(x) if f.kind == "total"] == [(("110000",), True)]


def test_a_series_a_year_late():
    """All regions follow large common swings; the growth of one is the others' of the year before."""
    rng = np.random.default_rng(14)
    swings = rng.normal(0.05, 0.15, 13)
    logs = np.cumsum(np.tile(swings[1:], (31, 1)) + 0.01 * rng.standard_normal((31, 12)), axis=1)
    x = np.exp(np.concatenate([np.zeros((31, 1)), logs], axis=1)) * rng.uniform(100, 900, (31, 1))
    x[3, 1:] = x[3, 0] * np.exp(np.cumsum(swings[:-1] + 0.01 * rng.standard_normal(12)))
    late = [f for f in told(x) if f.kind == "shifted"]
    assert [f.regions for f in late] == [("140000",)]
    assert "late" in late[0].detail


def test_last_digits_and_coarse_years():
    x = walk(15)
    x[:, 5] = np.floor(x[:, 5]) + 0.57
    assert [(f.kind, f.years) for f in told(x)] == [("digits", ("2016",))]
    y = walk(15, spread=0.01)
    y[:, :3] = np.round(y[:, :3], -2)
    assert ("rounded", ("2011", "2012", "2013")) in [(f.kind, f.years) for f in told(y)]


def test_written_digits():
    """1200 has two digits, 0.0120 two, 465.09 five."""
    assert [written.digits(v) for v in (1200.0, 0.012, 465.09, 7.0)] == [2, 2, 5, 1]


def three(seed=16):
    """People, output, and output per head rounded to nine digits."""
    people, output = walk(seed), walk(seed + 1)
    per_head = np.array([[float(f"{v:.9g}") for v in row] for row in output / people])
    return np.stack([people, output, per_head], axis=2)


def test_a_ratio_is_found_and_its_broken_cell_mended():
    x = three()
    right = x[2, 4, 2]
    x[2, 4, 2] = right * 1.1
    cube = cube_of(x, ("people", "output", "per_head"))
    ratios = across.ratios(cube)
    assert [(r.made, r.over, r.under, r.exact) for r in ratios] == [(2, 1, 0, True)]
    (found,) = across.of_ratios(cube, ratios)
    assert found.variable == "per_head"
    assert found.cells == {("130000", "2015")}
    assert found.right[0][2] == pytest.approx(right, rel=1e-6)


def test_unrelated_columns_make_no_ratio():
    x = np.stack([walk(s) for s in (20, 21, 22)], axis=2)
    limits = findings.rules()["identity"]["thresholds"]
    assert identities.find(x, np.ones(x.shape, bool), limits) == []


def test_against_the_nation():
    """One province ten times too large: the regions sum to more than the nation, and only that cell explains the gap."""
    x = walk(23)
    totals = {("v", str(2011 + t)): (float(x[:, t].sum()), 99) for t in range(13)}
    right = x[9, 4]
    x[9, 4] = right * 10
    (found,) = across.against_nation(cube_of(x), totals)
    assert found.regions == ("200000",)
    assert found.years == ("2015",)
    assert found.right[0][2] == pytest.approx(right, rel=1e-6)


def test_a_stock_under_the_name_of_an_intensity():
    people = walk(24)
    rng = np.random.default_rng(24)
    total = people * rng.uniform(0.8, 1.25, people.shape)
    share = rng.uniform(10, 90, people.shape)
    cube = cube_of(np.stack([people, total, share], axis=2), ("population", "人均收入", "比重"))
    assert [f.variable for f in across.stocks(cube, "population", ["人均收入", "比重"])] == ["人均收入"]
