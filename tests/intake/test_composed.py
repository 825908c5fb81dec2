"""Sums among the columns of a table of regions and years: found in any order, broken cells and absent ones told."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from yindi.intake import composed, series
from yindi.intake.examine import examine
from yindi.intake.read import read

NAMES = ["北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏"]


def cells(seed=4):
    """Ten provinces and ten years; total = a + b + c, the columns in no order; and a column of its own."""
    rng = np.random.default_rng(seed)
    grow = np.exp(np.cumsum(0.06 + 0.02 * rng.standard_normal((4, 10, 10)), axis=2))
    size = rng.uniform(2000, 9000, (4, 10, 1))
    b, own, a, c = np.round(size * grow, 1)
    return {"b": b, "own": own, "total": np.round(a + b + c, 1), "a": a, "c": c}


def look(path, x, *, nation=()):
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["地区", "年份", *x])
        for t in range(10):
            for r, name in enumerate(NAMES):
                out.writerow([name, 2010 + t, *("" if np.isnan(v[r, t]) else v[r, t] for v in x.values())])
            if nation:
                out.writerow(
                    ["全国", 2010 + t, *(round(float(np.nansum(v[:, t])), 1) if k in nation else "" for k, v in x.items())]
                )
    return [f for f in examine(path).series if f.kind != "absent"]


def test_sums_are_found_in_any_order(tmp_path):
    look(tmp_path / "a.csv", cells())
    grid = read(tmp_path / "a.csv", "a.csv")
    made = series.cube_of(grid, series.recognise(grid))
    (found,) = composed.compose(made.cube, made.totals).sums
    assert (made.cube.items[found.total], {made.cube.items[p] for p in found.parts}) == ("total", {"a", "b", "c"})


def test_a_sound_table_says_nothing(tmp_path):
    assert look(tmp_path / "a.csv", cells()) == []


@pytest.mark.parametrize("factor", [10, 0.01, -1])
def test_a_slip_of_a_part(tmp_path, factor):
    x = cells()
    right = x["b"][3, 5]
    x["b"][3, 5] = round(right * factor, 3)
    found = [f for f in look(tmp_path / "a.csv", x) if f.right]
    assert {(f.variable, f.regions, f.years) for f in found} == {("b", ("140000",), ("2015",))}
    assert found[0].right[0][2] == pytest.approx(right)
    assert found[0].sure


def test_what_an_absent_cell_must_be(tmp_path):
    """The total and its other parts leave one value."""
    x = cells()
    right = x["c"][2, 7]
    x["c"][2, 7] = np.nan
    (found,) = look(tmp_path / "a.csv", x)
    assert (found.variable, found.kind, found.right) == ("c", "sum", (("130000", "2017", pytest.approx(right)),))
    assert "absent here" in found.detail


def test_a_sum_that_no_single_cell_explains_is_told_without_a_proposal(tmp_path):
    x = cells()
    truth = x["total"][0, 6]
    x["a"][0, 6] += 137.3
    found = [f for f in look(tmp_path / "a.csv", x) if f.kind == "sum"]
    assert [(f.variable, f.right, f.sure) for f in found] == [("total", (), True)]
    assert truth == x["total"][0, 6]


def test_the_row_of_the_nation_and_the_sum_name_the_cell(tmp_path):
    """Neither slip is simple; the row of the nation, the total and the parts leave one cell and one value."""
    x = cells()
    sound = {k: v.copy() for k, v in x.items()}
    x["a"][4, 3] += 613.7
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["地区", "年份", *x])
        for t in range(10):
            for r, name in enumerate(NAMES):
                out.writerow([name, 2010 + t, *(v[r, t] for v in x.values())])
            out.writerow(["全国", 2010 + t, *(round(float(v[:, t].sum()), 1) for v in sound.values())])
    found = [f for f in examine(tmp_path / "a.csv").series if f.right]
    assert [(f.variable, f.regions) for f in found if f.kind == "sum"] == [("a", ("150000",))]
    assert [f.right[0][2] for f in found if f.kind == "sum"] == [pytest.approx(sound["a"][4, 3])]


def test_a_value_that_two_sums_confirm_is_no_slip(tmp_path):
    """One region's part is a tenth for one year, and the total and the nation follow: that is what happened there."""
    x = cells()
    x["b"][5, 5] = round(x["b"][5, 5] / 10, 1)
    x["total"] = np.round(x["a"] + x["b"] + x["c"], 1)
    found = look(tmp_path / "a.csv", x, nation=tuple(x))
    assert [f for f in found if f.variable == "b"] == []


def test_the_province_panel(shared):
    """Funds of firms in Beijing 2012 and designs of Jilin 2019 are absent: the sums say what they are; the nation's papers."""
    found = examine(shared / "data" / "cn" / "cn_province_panel_long.csv").series
    right = {(f.variable, f.right[0][0], f.right[0][1]): f.right[0][2] for f in found if f.right and f.sure}
    assert right["rd_firm_funds", "110000", "2012"] == pytest.approx(3686331.5, abs=1)
    assert right["pat_app_des", "220000", "2019"] == 2503
    open_ones = {(f.variable, f.years[0]) for f in found if f.kind == "sum" and not f.right}
    assert {("papers_ei", "2013"), ("rd_exp_total_wan", "2021"), ("rd_fte_applied", "2022")} <= open_ones
    assert not any(f.kind == "twice" for f in found)
    assert not any(f.variable == "rd_foreign_funds" and f.right for f in found)
