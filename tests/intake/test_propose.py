"""`propose`: layouts of real and made tables are recognised; what is uncertain stays a question, and the result is valid."""

from __future__ import annotations

import shutil

import openpyxl
import pytest
import yaml

from yindi.core.config import read_config
from yindi.intake import stage
from yindi.intake.propose import propose, recognise
from yindi.intake.read import read


def test_the_example_is_recognised(folder):
    (folder.path / "study.yaml").unlink()
    text = propose(folder.path)
    tree = yaml.safe_load(text)
    wide, long = tree["inputs"]
    assert tree["years"] == [2013, 2023]
    assert (wide["layout"], wide["region"], wide["year"]) == ("wide", "code", "year")
    assert (long["layout"], long["content"], long["item"], long["value"]) == ("long", "activity", "industry", "value")
    assert "#   'patents_per_10k': patents   # which variable is this?" in text
    read_config(tree)


def test_answered_it_can_be_checked(folder):
    (folder.path / "study.yaml").unlink()
    text = propose(folder.path).replace("    # columns:", "    columns:").replace("    #   '", "      '")
    text = text.replace("'rd_fte_per_10k': CODE", "'rd_fte_per_10k': rd_personnel")
    inspection = stage.inspect(read_config(yaml.safe_load(text)), folder.path)
    assert not inspection.problems
    assert {f.variable for f in inspection.findings if f.kind == "break" and f.sure} == {"telecom"}


def test_real_workbooks(shared, tmp_path):
    for path in (shared / "data" / "cn" / "messy").glob("[中面]*.xlsx"):
        shutil.copy(path, tmp_path)
    tree = yaml.safe_load(propose(tmp_path))
    read_config(tree)
    by_layout = sorted((i["layout"], i["region"], i.get("item", "")) for i in tree["inputs"])
    assert by_layout == [("wide", "省份", ""), ("years", "#2", "#1"), ("years", "#2", "#1")]
    columns = {k: v for i in tree["inputs"] for k, v in i.get("columns", {}).items()}
    assert columns["地区生产总值(当年价)(亿元)"] == "gdp"
    assert "总人口(万人)" not in columns


def test_titles_and_stacked_heads(tmp_path):
    book = openpyxl.Workbook()
    rows = [["表1 主要指标"], ["单位：万元"], ["地区", "年份", "经济", None], [None, None, "地区生产总值", "进出口"]]
    for row in rows + [[n, y, 10.5, 5.5] for y in (2020, 2021) for n in ("北京", "上海", "甘肃")]:
        book.active.append(row)
    for block in ("A3:A4", "B3:B4", "C3:D3"):
        book.active.merge_cells(block)
    book.save(tmp_path / "a.xlsx")
    seen = recognise(read(tmp_path / "a.xlsx", "a.xlsx"))
    assert (seen.skip, seen.head, seen.layout, seen.region, seen.year) == (2, 2, "wide", "地区", "年份")
    assert seen.others == ("经济-地区生产总值", "经济-进出口")
    assert seen.years == ("2020", "2021")


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "x\n", "地区,值\n北京,1\n上海,2\n甘肃,3\n"])
def test_a_table_without_regions_or_years_is_said_to_be_none(tmp_path, text):
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    (tmp_path / "broken.xlsx").write_bytes(b"PK")
    proposed = propose(tmp_path)
    assert "# a.csv: no column of regions" in proposed
    assert "# broken.xlsx: " in proposed
    assert "- file" not in proposed


def proposed(folder, **files):
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    tree = yaml.safe_load(propose(folder))
    read_config({**tree, "inputs": [{**i, "columns": i.get("columns") or {"x": "gdp"}} for i in tree["inputs"]]})
    return tree


def test_states_of_another_country(tmp_path):
    tree = proposed(tmp_path, a__csv="state,2019,2020\nAlabama,1,2\nAlaska,3,4\nOhio,5,6\n")
    assert tree["regions"] == {"standard": "iso3166_2", "country": "US"}
    assert (tree["inputs"][0]["layout"], tree["inputs"][0]["region"]) == ("years", "state")


def test_nuts_codes(tmp_path):
    tree = proposed(tmp_path, a__csv="geo,year,v\nDE11,2019,1\nDE12,2019,2\nAT11,2019,3\nFRF2,2020,3\n")
    assert tree["regions"] == {"standard": "nuts", "level": "nuts2"}
    assert (tree["inputs"][0]["layout"], tree["inputs"][0]["year"]) == ("wide", "year")


def test_cities_and_indicators_side_by_side(tmp_path):
    head = "城市,生产总值-2019年,生产总值-2020年,人口-2019年,人口-2020年\n"
    tree = proposed(tmp_path, a__csv=head + "石家庄市,1,2,3,4\n襄樊市,1,2,3,4\n延边,1,2,3,4\n")
    assert tree["regions"] == {"level": "city"}
    assert tree["inputs"][0]["layout"] == "blocks"
    assert tree["years"] == [2019, 2020]


def test_one_sheet_a_year_is_one_input(tmp_path):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for when in ("2019年", "2020年"):
        page = book.create_sheet(when)
        for row in [["地区", "总人口"], ["北京", 1.5], ["上海", 2.5], ["甘肃", 3.5]]:
            page.append(row)
    book.save(tmp_path / "a.xlsx")
    (one,) = yaml.safe_load(propose(tmp_path))["inputs"]
    assert (one["year"], one["region"], one.get("sheet")) == ("@sheet", "地区", None)
