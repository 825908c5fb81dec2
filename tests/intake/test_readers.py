"""Files as they come: Stata, Parquet, Big5, gzip, one sheet a year, indicators side by side, regions across, fiscal years."""

from __future__ import annotations

import datetime
import gzip
import importlib
import struct

import openpyxl
import pandas as pd
import pytest

from yindi.core.config import Input
from yindi.core.errors import Problems, ProblemsError
from yindi.core.framework import Variable
from yindi.intake import charset, inputs, layouts
from yindi.intake.numbers import CellFault
from yindi.intake.read import read
from yindi.intake.regions import Gazetteer
from yindi.intake.years import split, year

KNOWN = {c: Variable(c, c, c, u) for c, u in (("gdp", "100m_yuan"), ("population", "10k_persons"), ("urbanisation", "percent"))}
NAMES = ["北京", "上海", "甘肃"]


def cells(path, level="province", **spec):
    problems = Problems("intake")
    made = Input(file=path.name, **spec)
    found = {}
    for one in inputs.expanded([made], path.parent, problems):
        grid = read(path, path.name, one.sheet, one.encoding)
        reading = layouts.cells(grid, one, gazetteer=Gazetteer(level), variables=KNOWN, problems=problems)
        found |= {(c.region, c.year, c.item): c.value for c in reading.cells}
    return found, problems.found


def frame():
    return pd.DataFrame({"prov": NAMES, "y": [2020, 2020, 2020], "gdp": [1.5, 2.5, None], "pop": [10, 20, 30]})


@pytest.mark.parametrize("version", [114, 117, 118])
def test_stata(tmp_path, version):
    path = tmp_path / "a.dta"
    labels = {"gdp": "地区生产总值(亿元)", "pop": "人口(人)"} if version == 118 else {"gdp": "GDP", "pop": "people"}
    data = frame() if version == 118 else frame().assign(prov=["Beijing", "Shanghai", "Gansu"])
    data.to_stata(path, write_index=False, version=version, variable_labels=labels)
    columns = {"gdp": "gdp", "pop": "population"}
    more = {"units": {"gdp": "", "pop": "人"}} if version != 118 else {}
    found, problems = cells(path, region="prov", year="y", columns=columns, **more)
    assert not problems
    assert found["110000", "2020", "gdp"] == 1.5
    assert found["620000", "2020", "gdp"] is None
    assert found["310000", "2020", "population"] == pytest.approx(0.002)  # 20 persons in units of 10,000


def test_stata_columns_by_their_labels(tmp_path):
    path = tmp_path / "a.dta"
    frame().to_stata(path, write_index=False, version=118, variable_labels={"gdp": "地区生产总值(亿元)"})
    found, problems = cells(path, region="prov", year="y", columns={"地区生产总值(亿元)": "gdp"})
    assert not problems
    assert found["310000", "2020", "gdp"] == 2.5


def test_old_stata_text_in_gb18030(tmp_path):
    """Versions before 14 hold bytes: a name of the same length in GB 18030 is written over the ASCII one."""
    path = tmp_path / "a.dta"
    data = frame().assign(prov=["AAAA", "BBBB", "CCCC"])
    data.to_stata(path, write_index=False, version=114)
    raw = path.read_bytes()
    for ascii_name, name in zip((b"AAAA", b"BBBB", b"CCCC"), NAMES, strict=True):
        raw = raw.replace(ascii_name, name.encode("gb18030"))
    path.write_bytes(raw)
    found, problems = cells(path, region="prov", year="y", columns={"gdp": "gdp"})
    assert not problems
    assert found["310000", "2020", "gdp"] == 2.5


@pytest.mark.parametrize("fault", [StopIteration, AttributeError, struct.error, UnicodeDecodeError("utf-8", b"", 0, 1, "x")])
def test_stata_whose_reader_gives_up(tmp_path, monkeypatch, fault):
    """Damaged data sets make pandas raise all kinds of errors (found by fuzzing): each is a refusal with the file's name."""

    def give_up(_):
        raise fault

    frame().to_stata(tmp_path / "a.dta", write_index=False, version=118)
    monkeypatch.setattr("pandas.io.stata.StataReader.read", give_up)
    with pytest.raises(ProblemsError, match=r"a\.dta.*Stata"):
        read(tmp_path / "a.dta", "a.dta")


def test_a_number_of_four_digits_that_is_no_year_is_a_problem(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("地区,年份,gdp\n北京,9019,1\n上海,2019,2\n", encoding="utf-8")
    _, problems = cells(path, region="地区", year="年份", columns={"gdp": "gdp"})
    assert [p.place for p in problems] == ["a.csv, row 2, column 2 (B)"]


def test_damaged_stata(tmp_path):
    (tmp_path / "a.dta").write_bytes(b"no data set of Stata at all")
    with pytest.raises(ProblemsError, match=r"a\.dta"):
        read(tmp_path / "a.dta", "a.dta")


def test_parquet(tmp_path):
    pytest.importorskip("pyarrow")
    path = tmp_path / "a.parquet"
    frame().assign(y=[datetime.date(2020, 12, 31)] * 3).to_parquet(path)
    found, problems = cells(path, region="prov", year="y", columns={"gdp": "gdp"})
    assert not problems
    assert found["310000", "2020", "gdp"] == 2.5
    assert found["620000", "2020", "gdp"] is None
    path.write_bytes(b"PAR1 and nothing else")
    with pytest.raises(ProblemsError, match=r"a\.parquet"):
        read(path, path.name)


def test_parquet_without_its_package_names_the_extra(tmp_path, monkeypatch):
    real = importlib.import_module

    def absent(name, *more):
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr(importlib, "import_module", absent)
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    with pytest.raises(ProblemsError, match=r"yindi\[parquet\]"):
        read(tmp_path / "a.parquet", "a.parquet")


TEXT = "地區,年份,生產總值\n臺灣,2020,1\n廣東,2020,2\n北京,2020,3\n"
SIMPLE = "地区,年份,生产总值\n北京,2020,1\n广东,2020,2\n甘肃,2020,3\n"


@pytest.mark.parametrize(("text", "name"), [(TEXT, "big5"), (SIMPLE, "gb18030"), (TEXT, "utf-8"), (SIMPLE, "utf-16")])
def test_encodings_are_told_apart(text, name):
    said = charset.decode(text.encode(name), "a.csv")
    assert said == (text, name)


def test_traditional_signs_in_gb18030_stay_so():
    text = "地区,年份\n北京市,2020\n镕基,2020\n" * 5
    assert charset.decode(text.encode("gb18030"), "a.csv")[1] == "gb18030"


def test_a_named_encoding_is_used_or_refused():
    assert charset.decode(TEXT.encode("big5"), "a.csv", "big5")[0] == TEXT
    with pytest.raises(ProblemsError, match="not known"):
        charset.decode(b"a", "a.csv", "bigg5")
    with pytest.raises(ProblemsError, match=r"a\.csv, row 2"):
        charset.decode(b"a\n\xff\n", "a.csv", "ascii")


def test_big5_names_resolve(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode("big5"))
    found, problems = cells(path, region="地區", year="年份", columns={"生產總值": "gdp"})
    assert not problems
    assert found == {("710000", "2020", "gdp"): 1, ("440000", "2020", "gdp"): 2, ("110000", "2020", "gdp"): 3}


def test_gzip(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(SIMPLE.encode()))
    found, problems = cells(path, region="地区", year="年份", columns={"生产总值": "gdp"})
    assert not problems
    assert found["440000", "2020", "gdp"] == 2


def workbook(path, sheets):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        for row in rows:
            page.append(row)
    made.save(path)


def test_one_sheet_a_year(tmp_path):
    path = tmp_path / "a.xlsx"
    sheets = {w: [["地区", "GDP(亿元)"], *([n, k + len(w)] for k, n in enumerate(NAMES))] for w in ("2019年", "2020")}
    workbook(path, {"说明": [["某某年鉴"]], **sheets})
    found, problems = cells(path, region="地区", year="@sheet", columns={"GDP(亿元)": "gdp"})
    assert not problems
    assert (found["110000", "2019", "gdp"], found["110000", "2020", "gdp"]) == (5, 4)
    assert len(found) == 6
    workbook(path, {"甲": [["地区", "GDP"]]})
    _, problems = cells(path, region="地区", year="@sheet", columns={"GDP": "gdp"})
    assert "no sheet is named after a year" in problems[0].message


def test_a_table_of_one_year(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("地区,GDP(亿元)\n北京,1\n上海,2\n", encoding="utf-8")
    found, problems = cells(path, region="地区", year="=2015", columns={"GDP(亿元)": "gdp"})
    assert not problems
    assert found == {("110000", "2015", "gdp"): 1, ("310000", "2015", "gdp"): 2}
    _, problems = cells(path, region="地区", year="=last", columns={"GDP(亿元)": "gdp"})
    assert "is not a year" in problems[0].message


def test_indicators_side_by_side(tmp_path):
    """Stacked heads without merged cells; the unit of a head is converted: 10,000 yuan are 1e-4 of 100 million."""
    path = tmp_path / "a.xlsx"
    rows = [["地区", "生产总值(万元)", None, "人口(万人)", None], [None, "2019年", "2020年", "2019年", "2020年"]]
    workbook(path, {"a": rows + [[n, 10000 + k, 20000 + k, 5, 6] for k, n in enumerate(NAMES)]})
    columns = {"生产总值(万元)": "gdp", "人口(万人)": "population"}
    found, problems = cells(path, layout="blocks", head=2, region="地区", columns=columns)
    assert not problems
    assert found["110000", "2020", "gdp"] == pytest.approx(2.0)
    assert found["620000", "2019", "population"] == 5
    assert len(found) == 12
    _, problems = cells(path, layout="blocks", head=2, region="地区", columns={"产值": "gdp"})
    assert "no column is headed '产值'" in problems[0].message


def test_names_with_a_year_in_one_row(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("地区,gdp1992,gdp_1993,2019年人口\n北京,1,2,3\n", encoding="utf-8")
    found, problems = cells(path, layout="blocks", region="地区", columns={"gdp": "gdp", "人口": "population"})
    assert not problems
    assert found == {
        ("110000", "1992", "gdp"): 1,
        ("110000", "1993", "gdp"): 2,
        ("110000", "2019", "population"): 3,
    }


def test_regions_across(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("年份,全国,北 京,上海,火星\n2019,9,1,2,7\n2020,9,3,4,7\n", encoding="utf-8")
    found, problems = cells(path, layout="regions", year="年份", columns={"x": "gdp"})
    assert [p.place for p in problems] == ["a.csv, row 1, column 5 (E)"]
    assert found["110000", "2020", "gdp"] == 3
    assert len(found) == 4


def test_parent_column(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("市,区,年份,gdp\n南京市,鼓楼区,2020,1\n徐州市,鼓楼区,2020,2\n", encoding="utf-8")
    found, problems = cells(path, level="county", region="区", parent="市", year="年份")
    assert not problems
    assert found == {("320106", "2020", "gdp"): 1, ("320302", "2020", "gdp"): 2}


def test_parts_are_summed_by_prefix(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("code,year,item,value\n110101,2020,gdp,1\n110102,2020,gdp,2\n310101,2020,gdp,4\n", encoding="utf-8")
    spec = {"layout": "long", "region": "code", "item": "item", "value": "value", "prefix": 2}
    found, problems = cells(path, **spec)
    assert not problems
    assert found == {("110000", "2020", "gdp"): 3, ("310000", "2020", "gdp"): 4}
    path.write_text("code,year,item,value\n110101,2020,gdp,1\n1102,2020,gdp,2\n", encoding="utf-8")
    _, problems = cells(path, **spec)
    assert "has 4 signs, the first one 6" in problems[0].message


@pytest.mark.parametrize(
    ("raw", "when"),
    [("2010年", "2010"), ("2010年度", "2010"), ("2010年末", "2010"), (2010.0, "2010"), ("２０１０", "2010"), ("FY2010", "2010"),
     ("y2010", "2010"), (datetime.date(2010, 12, 31), "2010"), (datetime.date(2010, 1, 1), "2010"), ("2010年1-12月", "2010")],
)  # fmt: skip
def test_years(raw, when):
    assert year(raw) == when


@pytest.mark.parametrize("raw", ["10", "FY10", "2010-12", "2010年6月", datetime.date(2010, 6, 30), "", "201O", "2010/12"])
def test_no_years(raw):
    with pytest.raises(CellFault):
        year(raw)


def test_fiscal_years_count_as_declared():
    with pytest.raises(CellFault, match="fiscal_year"):
        year("2010/11")
    assert (year("2010/11", "start"), year("2010-2011", "end"), year("1999/00", "end")) == ("2010", "2011", "2000")


@pytest.mark.parametrize(
    ("head", "parts"),
    [("人口-2010年", ("人口", "2010")), ("2010年GDP(亿元)", ("GDP(亿元)", "2010")), ("gdp_2010", ("gdp", "2010")), ("GDP", None),
     ("2010", None)],
)  # fmt: skip
def test_heads_with_a_year(head, parts):
    assert split(head) == parts
