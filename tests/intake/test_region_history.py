"""Codes and names through the history of the code book; names below provinces with parent and year; changes of territory."""

from __future__ import annotations

import csv
import gzip

import pytest

from yindi.intake import history
from yindi.intake.regions import Gazetteer, Unresolved

CITY, COUNTY = Gazetteer("city"), Gazetteer("county")


def test_no_code_has_two_names_in_a_year():
    for code, eras in history.by_code().items():
        for year in range(1990, 2027):
            assert sum(e.holds(year) for e in eras) <= 1, (code, year)


@pytest.mark.parametrize(
    ("code", "year", "name"),
    [("420600", 2009, "襄樊市"), ("420600", 2010, "襄阳市"), ("341400", 2010, "巢湖市"), ("371200", 2018, "莱芜市")],
)
def test_the_book_of_a_year(code, year, name):
    assert history.book("city", year)[code] == name


def test_dissolved_units_leave_the_book():
    assert "341400" not in history.book("city", 2011)
    assert "371200" not in history.book("city", 2019)


@pytest.mark.parametrize(
    ("written", "year", "code"),
    [
        ("襄樊市", "2005", "420600"),
        ("522200", "2010", "520600"),  # 铜仁地区 became 铜仁市 under another code
        ("铜仁地区", "2010", "520600"),
        ("巢湖市", "2005", "341400"),  # the prefecture that was dissolved in 2011
        ("莱芜", "2010", "371200"),
        ("江苏省南京市", "2020", "320100"),
        ("北京市", "2020", "110000"),
        ("济源市", "2020", "419001"),
        ("620100000000", "2020", "620100"),
        ("淮阴市", "1998", "320800"),
        ("延边", "2020", "222400"),
    ],
)
def test_cities_of_old_and_new_times(written, year, code):
    assert CITY.resolve(written, year=year) == code


@pytest.mark.parametrize(
    ("written", "year", "parent", "code"),
    [
        ("鼓楼区", "2020", "南京市", "320106"),
        ("朝阳区", "2020", "北京", "110105"),
        ("朝陽區", "2020", "吉林省", "220104"),
        ("江苏省南京市鼓楼区", "2020", "", "320106"),
        ("郫县", "2010", "", "510117"),
        ("110228", "2010", "", "110118"),  # 密云县 became 密云区
        ("栾城县", "2000", "", "130111"),
    ],
)
def test_counties_by_parent_and_history(written, year, parent, code):
    assert COUNTY.resolve(written, year=year, parent=parent) == code


def test_what_the_parent_does_not_decide_asks():
    with pytest.raises(Unresolved) as caught:
        COUNTY.resolve("鼓楼区", parent="江苏")
    assert {c.rpartition(" = ")[2] for c in caught.value.candidates} == {"320106", "320302"}
    with pytest.raises(Unresolved, match="not below"):
        COUNTY.resolve("密云区", parent="河北")


def test_rows_of_another_level_are_known_as_such():
    assert CITY.other_level("河北省") == "province"
    assert CITY.other_level("130000") == "province"
    assert COUNTY.other_level("130100") == "city"
    assert COUNTY.other_level("巢湖市", "2005") == "city"
    assert COUNTY.other_level("巢湖市", "2020") == ""
    assert Gazetteer().other_level("北京") == ""


def test_an_old_name_is_told():
    gazetteer = Gazetteer("city")
    gazetteer.resolve("襄樊市", year="2005")
    gazetteer.resolve("武汉市", year="2005")
    assert list(gazetteer.told.values()) == ["襄樊市 = 襄阳市 (420600)"]


def test_crosswalk_of_cities(shared):
    """The twelve cities whose codes changed from 2010 to 2020, as another source gives them."""
    with (shared / "data" / "cn" / "cn_city_code_crosswalk_2010_2020.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        change = [c for c in history.changes("city") if c.before == (row["code_2010"],) and c.year > 2010]
        if "|" in row["code_2020"] or change:
            assert change[0].after == tuple(row["code_2020"].split("|"))
        else:
            assert CITY.resolve(row["code_2010"], year="2010") == row["code_2020"]


def test_codes_of_two_censuses_are_known(shared):
    """Of the city and county codes of the 2010 census nearly all are in the book; the others are no codes of GB/T 2260."""
    path = shared / "data" / "cn" / "cn_census_features_2010_2020.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["level"] != "province" and r["year"] == "2010"]
    known = {e.code for e in history.eras()}
    assert len(rows) > 3000
    assert sum(r["code"] not in known for r in rows) <= 10
