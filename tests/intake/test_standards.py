"""Regions of other countries: own tables, NUTS with versions, ISO 3166-2; neighbours from a list or by distance; groups."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from yindi.core.config import Regions
from yindi.core.errors import Problems
from yindi.intake import inputs, places, standards
from yindi.intake.regions import Gazetteer, Unresolved

TABLE = """code,name,name_en,parent,group,longitude,latitude,area,aliases
N1,北区,North,X,g1,10,50,100,Nord|Norte
N2,南区,Île du Sud,X,g1,10,40,200,
N3,东区,East,X,g2,20,45,300,
"""


def register(**chosen):
    problems = Problems("t")
    text = chosen.pop("text", None)
    made = standards.register(Regions.model_validate(chosen), text, problems)
    return made, problems.found


def of(made):
    return Gazetteer(made.level, {}, made)


def test_own_table():
    made, problems = register(table="r.csv", text=TABLE)
    assert not problems
    g = of(made)
    assert [g.resolve(w) for w in ("N1", "北 区", "north", "Nord", "ile du sud", "Île du Sud")] == ["N1"] * 4 + ["N2"] * 2
    with pytest.raises(Unresolved):
        g.resolve("West")
    assert places.positions(made, ("N1", "N3")) == {"N1": (10.0, 50.0), "N3": (20.0, 45.0)}
    assert places.groups(made, ("N1", "N2", "N3")) == {
        "group": {"N1": "g1", "N2": "g1", "N3": "g2"},
        "parent": {"N1": "X", "N2": "X", "N3": "X"},
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "no column code, name"),
        ("code,name\nA,x\nA,y\n", "stands twice"),
        ("code,name\n,x\n", "empty"),
        ("code,name,longitude,latitude\nA,x,200,10\n", "no place on earth"),
        ("code,name,longitude,latitude\nA,x,far,10\n", "text, not a number"),
    ],
)
def test_faults_of_an_own_table(text, said):
    _, problems = register(table="r.csv", text=text)
    assert len(problems) == 1
    assert said in problems[0].message
    assert problems[0].way_out


def test_without_groups_there_is_one_group_of_all():
    made, _ = register(table="r.csv", text="code,name\nA,a\nB,b\n")
    assert places.groups(made, ("A", "B")) == {"group": {"A": "all", "B": "all"}}
    assert places.group_names(made, {"group": {"A": "all"}}) == {"all": ("全部", "All")}


def test_nuts_by_pattern_level_and_extra_regio():
    made, _ = register(standard="nuts")
    g = of(made)
    assert g.resolve("de11") == "DE11"
    assert made.units["DE11"].group == "DE"
    for written in ("DE", "DE1", "DE111", "Stuttgart", "D-11"):
        with pytest.raises(Unresolved):
            g.resolve(written)
    assert g.other_level("DE1") == "NUTS 1"
    assert g.other_level("DEZZ") == "extra-regio or unknown territory"
    assert g.is_total("EU27_2020")


def test_nuts_versions_name_the_successor():
    problems = Problems("t")
    inputs.versions(Regions(standard="nuts", level="nuts2", version="2021"), ["FR21", "FRF2", "HR04"], problems)
    assert [p.message.split(" ")[0] for p in problems.found] == ["FR21", "HR04"]
    assert "FRF2" in problems.found[0].message
    mixed = Problems("t")
    inputs.versions(Regions(standard="nuts", level="nuts2"), ["FR21", "FRF2", "HR04"], mixed)
    assert len(mixed.found) == 1
    assert "two versions" in mixed.found[0].message


def test_nuts_changes_agree_with_two_boundary_files(shared):
    """Codes that ended before a version are not in its boundaries, and their successors are."""
    held = {}
    for year in ("2016", "2021"):
        tree = json.loads((shared / "data" / "eu" / f"nuts2_{year}.topojson").read_text("utf-8"))
        (layer,) = tree["objects"].values()
        held[year] = {g["properties"]["NUTS_ID"] for g in layer["geometries"]}
    for code, (last, into) in standards.nuts_changes().items():
        if set(into) == {code}:
            continue
        assert last >= "2021" or code not in held["2021"]
        assert last != "2013" or set(into) <= held["2016"]
        assert last != "2016" or set(into) <= held["2021"]
    ended = {c for c, (last, into) in standards.nuts_changes().items() if last == "2016"}
    assert held["2016"] - held["2021"] == ended


def test_iso_codes_names_and_national_codes():
    made, _ = register(standard="iso3166_2", country="US")
    g = of(made)
    assert {g.resolve(w) for w in ("US-AL", "us-al", "Alabama", "AL", "01")} == {"US-AL"}
    assert len(made.units) == 57  # 50 states, the District of Columbia, 6 outlying areas
    assert made.groups["us_south"] == ("南部", "South")
    world, _ = register(standard="iso3166_2")
    assert of(world).resolve("FR-IDF") == "FR-IDF"
    with pytest.raises(Unresolved):  # 01 is a code of several countries
        of(world).resolve("01")
    with pytest.raises(Unresolved):  # Western Australia and Washington
        of(world).resolve("WA")


def test_edge_list():
    made, _ = register(table="r.csv", text=TABLE)
    problems = Problems("t")
    assert places.edges("a,b\nN1,N2\nN2,N1\nNorth,N3\n", "e.csv", of(made), problems) == (("N1", "N2"), ("N1", "N3"))
    assert places.edges("N1,N2\n", "e.csv", of(made), problems) == (("N1", "N2"),)
    assert places.edges("code_a,name_a,code_b,name_b\nN1,x,N3,y\n", "e.csv", of(made), problems) == (("N1", "N3"),)
    assert not problems.found
    places.edges("a,b\nN1,N1\nN1,N9\n", "e.csv", of(made), problems)
    assert [p.place for p in problems.found] == ["e.csv, row 2", "e.csv, row 3"]


def test_distances():
    """A quarter of a meridian of a sphere of radius 6371.0088 km is pi/2 of it: 10,007.557 km."""
    apart = places.distances(np.array([[0.0, 0.0], [0.0, 90.0], [90.0, 0.0]]))
    assert apart[0, 1] == pytest.approx(10007.557, abs=0.01)
    assert apart[0, 2] == pytest.approx(10007.557, abs=0.01)


def test_nearest_is_symmetric_and_ties_go_by_code():
    at = {"A": (0.0, 0.0), "B": (1.0, 0.0), "C": (2.0, 0.0), "D": (10.0, 0.0)}
    assert places.nearest(at, 1) == (("A", "B"), ("B", "C"), ("C", "D"))


def test_own_units_of_the_eurostat_panel(shared):
    with (shared / "data" / "eu" / "eu_nuts2_panel.csv").open(encoding="utf-8") as file:
        codes = {r["geo"] for r in csv.DictReader(file)}
    made, _ = register(standard="nuts")
    g = of(made)
    told = {c for c in codes if g.other_level(c)}
    assert all(c.endswith(("ZZ", "XX")) for c in told)
    assert {g.resolve(c) for c in codes - told} == codes - told
