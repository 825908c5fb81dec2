"""Tables as offices publish them: stacked and merged heads, a column per year, notes, units in heads and above the table."""

from __future__ import annotations

import numpy as np
import openpyxl
import pytest

from yindi.core.config import Input
from yindi.core.errors import Problems
from yindi.intake import layouts
from yindi.intake.definitions import variables
from yindi.intake.read import read
from yindi.intake.regions import Gazetteer

NAMES = ["北京", "上　海", "甘肃省"]


@pytest.fixture
def known(plain, tmp_path):
    return variables(plain.config, tmp_path, Problems("t"))


def book(path, rows, merges=()):
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    for m in merges:
        made.active.merge_cells(m)
    made.save(path)


def cells(path, known, **spec):
    problems = Problems("intake")
    grid = read(path, path.name)
    reading = layouts.cells(grid, Input(file=path.name, **spec), gazetteer=Gazetteer(), variables=known, problems=problems)
    return {(c.region, c.year, c.item): c.value for c in reading.cells}, problems.found, reading


def test_yearbook_with_title_stacked_head_and_unit_row(tmp_path, known):
    path = tmp_path / "a.xlsx"
    rows = [
        ["表1 主要指标"],
        ["单位：万元"],
        ["地区", "年份", "经济", None, "人口（人）"],
        [None, None, "生产总值", "进出口", "年末人口"],
    ]
    rows += [[n, 2020, 1000 * k, 5, 20000 * k] for k, n in enumerate(NAMES, 1)] + [["注：按当年价格计算。"]]
    book(path, rows, ["A3:A4", "B3:B4", "C3:D3"])
    spec = {"skip": 2, "head": 2, "region": "地区", "year": "年份", "units": {"人口(人)-年末人口": "人"}}
    found, problems, reading = cells(path, known, **spec, columns={"经济-生产总值": "gdp", "人口（人）-年末人口": "population"})
    assert not problems
    assert found[("310000", "2020", "gdp")] == pytest.approx(0.2)  # 2,000 times 10,000 yuan = 0.2 times 100 million yuan
    assert found[("620000", "2020", "population")] == pytest.approx(6.0)  # 60,000 persons = 6 times 10,000
    assert reading.left_out == {"note": [8]}


def test_bureau_export_with_a_column_per_year(tmp_path, known):
    path = tmp_path / "a.xlsx"
    rows = [[None, None, "2023年", "2022年"]]
    rows += [["地区生产总值（亿元）" if k == 0 else None, n, 10.0 + k, 20.0 + k] for k, n in enumerate(NAMES)]
    rows += [["总人口（万人）" if k == 0 else None, n, 5, None] for k, n in enumerate(NAMES)]
    rows += [[], ["数据来源：中国统计年鉴"], ["由EPS DATA整理"]]
    book(path, rows, ["A2:A4", "A5:A7"])
    columns = {"地区生产总值（亿元）": "gdp", "总人口（万人）": "population"}
    found, problems, reading = cells(path, known, layout="years", region="#2", item="#1", columns=columns)
    assert not problems
    assert found[("110000", "2023", "gdp")] == 10.0
    assert found[("620000", "2022", "gdp")] == 22.0
    assert found[("310000", "2023", "population")] == 5.0
    assert found[("310000", "2022", "population")] is None
    assert reading.left_out == {"note": [9, 10]}


def test_one_variable_with_a_column_per_year(tmp_path, known):
    path = tmp_path / "a.xlsx"
    book(path, [["地区", 2021, 2022], *([n, 1 + k, 2 + k] for k, n in enumerate(NAMES))])
    found, problems, _ = cells(path, known, layout="years", region="地区", columns={"总人口": "population"})
    assert not problems
    assert found[("620000", "2022", "population")] == 4.0


def test_unknown_unit_in_a_head_is_refused_until_answered(tmp_path, known):
    path = tmp_path / "a.xlsx"
    head = "对外开放度（进出口/GDP）"
    book(path, [["地区", "年份", head], *([n, 2020, 0.5] for n in NAMES)])
    spec = {"region": "地区", "year": "年份", "columns": {head: "trade_openness"}}
    _, problems, _ = cells(path, known, **spec)
    assert problems[0].place == "a.xlsx, sheet 'Sheet', row 1, column 3 (C)"
    assert "not known" in problems[0].message
    assert "units: " in problems[0].way_out
    found, problems, _ = cells(path, known, **spec, units={head: ""})
    assert not problems
    assert found[("110000", "2020", "trade_openness")] == 0.5


def test_unit_of_another_quantity_is_refused(tmp_path, known):
    path = tmp_path / "a.xlsx"
    book(path, [["地区", "年份", "GDP（万人）"], *([n, 2020, 0.5] for n in NAMES)])
    _, problems, _ = cells(path, known, region="地区", year="年份", columns={"GDP（万人）": "gdp"})
    assert "cannot be turned" in problems[0].message


def test_a_head_that_stands_twice_must_be_named_by_number(tmp_path, known):
    path = tmp_path / "a.xlsx"
    book(path, [["地区", "年份", "值", "值"], *([n, 2020, 1, 2] for n in NAMES)])
    _, problems, _ = cells(path, known, region="地区", year="年份", columns={"值": "gdp"})
    assert problems[0].candidates == ("#3", "#4")
    found, problems, _ = cells(path, known, region="地区", year="年份", columns={"#4": "gdp"})
    assert not problems
    assert found[("110000", "2020", "gdp")] == 2


def test_real_bureau_exports(shared, known):
    """EPS exports as they come: 5 blocks of 31 provinces, 13 years; figures read by eye from the first and a middle row."""
    folder = shared / "data" / "cn" / "messy"
    path = next(folder.glob("中国宏观经济*"))
    grid = read(path, path.name)
    items = {str(row[0]) for row in grid.rows[1:-2] if row[0]}
    gdp = next(i for i in items if i.startswith("地区生产总值"))
    found, problems, reading = cells(path, known, layout="years", region="#2", item="#1", columns={gdp: "gdp"})
    assert not problems
    assert len(items) == 5
    assert len([c for c in found if c[2] == "gdp"]) == 31 * 13
    assert found[("120000", "2019", "gdp")] == pytest.approx(14104.28)
    assert "note" in reading.left_out
    assert np.isfinite([v for v in found.values() if v is not None]).all()


def test_real_merged_workbook(shared, known):
    path = next((shared / "data" / "cn" / "messy").glob("面板原始数据*"))
    columns = {
        "总人口（万人）": "population",
        "GDP（亿元）": "gdp",
        "人均地区生产总值（元）": "gdp_per_capita",
        "城镇化率（%）": "urbanisation",
    }
    spec = {"region": "省份", "year": "年份", "columns": columns}
    found, problems, _ = cells(path, known, **spec)
    assert not problems
    assert found[("310000", "2011", "gdp")] == 19195.69
    assert len(found) == 31 * 13 * 4
