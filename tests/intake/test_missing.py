"""Misread names (OCR) resolve only by what is missing in that table and year; otherwise they ask."""

from __future__ import annotations

import csv

import pytest

from yindi.intake.missing import match, resolve
from yindi.intake.regions import Gazetteer, Unresolved, mainland, provinces

G = Gazetteer()
SHORT = {c: provinces()[c]["zh"] for c in mainland()}


def table(**misread):
    """One year of 31 provinces, with some names misread."""
    return [("2015", misread.get(c, name)) for c, name in SHORT.items()]


def test_one_name_and_one_missing_region():
    rows = [("2015", "江四" if c == "360000" else n) for c, n in SHORT.items()]
    assert resolve(rows, G, mainland()) == {("2015", "江四"): "360000"}
    rows = [("2015", "江四" if c == "320000" else n) for c, n in SHORT.items()]
    assert resolve(rows, G, mainland()) == {("2015", "江四"): "320000"}


def test_two_readings_are_possible_so_it_asks():
    """Both 江苏 and 江西 are missing: 江四 may be either, even where another name is clear."""
    rows = [("2015", {"360000": "江四", "320000": "苏苏"}.get(c, n)) for c, n in SHORT.items()]
    assert resolve(rows, G, mainland()) == {("2015", "江四"): "360000", ("2015", "苏苏"): "320000"}
    rows = [("2015", {"360000": "江四", "320000": "江四川"}.get(c, n)) for c, n in SHORT.items()]
    assert resolve(rows, G, mainland()) == {}
    assert match({"江四", "江回"}, {"320000": {"江苏"}, "360000": {"江西"}}) == {}


def test_a_missing_region_more_than_names_asks():
    rows = [("2015", "江四" if c == "360000" else n) for c, n in SHORT.items() if c != "650000"]
    assert resolve(rows, G, mainland()) == {}


def test_each_year_stands_alone():
    rows = table() + [("2016", "山两" if c == "140000" else n) for c, n in SHORT.items()]
    assert resolve(rows, G, None) == {("2016", "山两"): "140000"}


@pytest.mark.parametrize("name", ["江四", "山两", "广四"])
def test_alone_they_never_resolve(name):
    with pytest.raises(Unresolved):
        G.resolve(name)


def test_names_met_in_practice(shared):
    """Every misspelt province name of the collection resolves directly, or by what is missing in a table of its year."""
    with (shared / "data" / "cn" / "techme_messy_province_names.csv").open(encoding="utf-8-sig") as file:
        met = list(csv.DictReader(file))
    assert len(met) >= 20
    for row in met:
        rows = [("y", row["raw_name"] if c == row["code"] else n) for c, n in SHORT.items()]
        try:
            assert G.resolve(row["raw_name"]) == row["code"]
        except Unresolved:
            assert list(resolve(rows, G, mainland()).values()) == [row["code"]], row["raw_name"]


def test_in_a_study_it_is_resolved_and_said(folder, plain):
    rows = folder.rows("industries.csv")
    for row in rows[1:]:
        row[0] = row[1]
        if row[1] == "江西" and row[2] == "2015":
            row[0] = "江四"
        row[1] = ""
    folder.write(rows, "industries.csv")
    study = folder.run()
    assert study.activity.table().digest == plain.activity.table().digest
    said = [d for d in study.intake.findings.array("detail") if "江四" in d]
    assert len(said) == 1
    assert "江西 (360000), 2015" in said[0]
