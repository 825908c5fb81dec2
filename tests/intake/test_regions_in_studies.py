"""Regions through whole studies: codes and names of their time, mergers, splits, NUTS versions, ISO 3166-2; nothing is silent."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from yindi.core.config import read_config
from yindi.core.errors import ProblemsError
from yindi.intake import stage

FRAMEWORK = """code: own
title: {zh: 框架, en: Frame}
dimensions: {d: {zh: 维度, en: Dimension}}
indicators: [{code: gdp, dimension: d, direction: 1}, {code: population, dimension: d, direction: 1}]
"""
Rows = list[tuple[str, int, float, float]]


def seen(folder: Path, regions: dict[str, Any], rows: Rows, years: tuple[int, int], **more: Any) -> stage.Inspection:
    """What `yindi check` finds in a study of one table."""
    (folder / "f.yaml").write_text(FRAMEWORK, encoding="utf-8")
    text = "".join(f"{r},{y},{g},{p}\n" for r, y, g, p in rows)
    (folder / "a.csv").write_text(f"region,year,gdp,population\n{text}", encoding="utf-8")
    tree = {"title": {"zh": "a", "en": "b"}, "years": list(years), "regions": regions, "framework": "f.yaml",
            "inputs": [{"file": "a.csv", "region": "region"}], **more}  # fmt: skip
    return stage.inspect(read_config(tree), folder)


def panel(names: dict[str, tuple[int, int]], years: tuple[int, int]) -> Rows:
    """Uneven rows of each name in its years."""
    return [(n, y, 1000 + 311.7 * k + (y - years[0]) ** 1.3 * (k + 2), 200 + 57.3 * k + (y % 3) * 1.1)
            for k, (n, span) in enumerate(names.items()) for y in range(span[0], span[1] + 1)]  # fmt: skip


def told(found: stage.Inspection) -> str:
    return "\n".join(str(p) for p in (*found.problems, *found.unanswered))


def pasted(way_out: str) -> list[Any]:
    """The bridges that a way out offers, as they would be pasted into the study file."""
    text = re.search(r"bridges: (\[.*\])", way_out, re.DOTALL)
    assert text, way_out
    return list(yaml.safe_load(text[1].replace("...", "merger").replace("SHARE", "1")))


OTHERS = {"武汉市": (2008, 2012), "宜昌市": (2008, 2012)}


def test_a_city_that_changed_its_name_is_one_region_and_told(tmp_path: Path) -> None:
    names = {**OTHERS, "襄樊市": (2008, 2009), "襄阳市": (2010, 2012)}
    found = seen(tmp_path, {"level": "city"}, panel(names, (2008, 2012)), (2008, 2012))
    assert found.cube is not None
    assert found.cube.regions == ("420100", "420500", "420600")
    assert found.cube.known.all()
    assert any(f.kind == "history" and "襄樊市 = 襄阳市 (420600)" in f.detail for f in found.findings)


def test_a_code_that_ended_belongs_to_its_unit_in_its_years(tmp_path: Path) -> None:
    """421100 is 黄冈 since 1995; 422100 was the prefecture of the same name before."""
    rows = panel({"420100": (1993, 1997), "422100": (1993, 1995), "421100": (1996, 1997)}, (1993, 1997))
    found = seen(tmp_path, {"level": "city"}, rows, (1993, 1997))
    assert found.cube is not None
    assert found.cube.regions == ("420100", "421100")
    assert any(f.kind == "history" and "422100" in f.detail for f in found.findings)


def test_a_merger_stops_until_the_bridge_stands(tmp_path: Path) -> None:
    """Laiwu went into Jinan in 2019: the offered lines, pasted, sum the counts of 2017 and 2018."""
    names = {"济南市": (2017, 2020), "莱芜市": (2017, 2018), "青岛市": (2017, 2020)}
    rows = panel(names, (2017, 2020))
    found = seen(tmp_path, {"level": "city"}, rows, (2017, 2020))
    (problem,) = [p for p in found.problems if p.place == "study.yaml: bridges"]
    assert "2019" in problem.message
    assert "371200" in problem.way_out
    bridge = {"into": "370100", "parts": {"370100": 1, "371200": 1}, "years": [2017, 2018], "sum": ["gdp", "population"],
              "reason": "merger"}  # fmt: skip
    joined = seen(tmp_path, {"level": "city"}, rows, (2017, 2020), bridges=[bridge])
    assert not joined.problems, told(joined)
    assert joined.cube is not None
    value = {(r, y): g for r, y, g, _ in rows}
    at = joined.cube.regions.index("370100"), 0, joined.cube.at("gdp")
    assert joined.cube.values[at] == pytest.approx(value["济南市", 2017] + value["莱芜市", 2017])


def test_a_split_of_provinces_is_never_silent(tmp_path: Path) -> None:
    rows = panel({"四川": (1994, 1999), "重庆": (1997, 1999), "贵州": (1994, 1999)}, (1994, 1999))
    found = seen(tmp_path, {"scope": "present"}, rows, (1994, 1999))
    said = told(found)
    assert "1997" in said
    assert "Chongqing was carved out of Sichuan" in said
    assert "bridges" in said


def test_a_merger_of_counties_is_never_silent(tmp_path: Path) -> None:
    """Wusong and Baoshan county made the district Baoshan of Shanghai in 1988."""
    rows = panel({"310112": (1986, 1990), "310113": (1988, 1990), "310111": (1986, 1987)}, (1986, 1990))
    found = seen(tmp_path, {"level": "county"}, rows, (1986, 1990))
    assert "310111" in told(found)


@pytest.mark.parametrize("name", ["巢湖市", "371200"])
def test_a_city_after_its_end_asks(tmp_path: Path, name: str) -> None:
    """Chaohu ended in 2011, Laiwu in 2019: a row of 2021 cannot be theirs."""
    found = seen(tmp_path, {"level": "city"}, panel({"合肥市": (2021, 2022), name: (2021, 2022)}, (2021, 2022)), (2021, 2022))
    said = {f.kind: f.detail for f in found.findings}
    if name == "371200":
        assert "371200 (371200, 莱芜市) ended with 2018" in said["history"]
    else:  # since then the name is that of a city of county level
        assert "row of another level (county)" in said["left_out"]


def test_nuts_codes_of_an_older_version_name_their_successors(tmp_path: Path) -> None:
    """FR24 (Centre) is FRB0 since NUTS 2016; in a study of 2013 it is sound."""
    rows = panel({"FR24": (2019, 2020), "DE11": (2019, 2020), "AT11": (2019, 2020)}, (2019, 2020))
    regions = {"standard": "nuts", "level": "nuts2", "version": "2021"}
    found = seen(tmp_path, regions, rows, (2019, 2020))
    assert "FR24 ended with NUTS 2013" in told(found)
    assert "FRB0" in told(found)
    assert not seen(tmp_path, {**regions, "version": "2013"}, rows, (2019, 2020)).problems
    assert not seen(tmp_path, {**regions, "aliases": {"FR24": "FRB0"}}, rows, (2019, 2020)).problems


def test_two_versions_of_nuts_in_one_study_are_found(tmp_path: Path) -> None:
    rows = panel({"FR24": (2019, 2020), "FRB0": (2019, 2020), "AT11": (2019, 2020)}, (2019, 2020))
    found = seen(tmp_path, {"standard": "nuts", "level": "nuts2"}, rows, (2019, 2020))
    assert "two versions are mixed" in told(found)


def test_rows_of_other_nuts_levels_are_told(tmp_path: Path) -> None:
    rows = panel({"DE": (2019, 2020), "DE1": (2019, 2020), "DE11": (2019, 2020), "AT11": (2019, 2020)}, (2019, 2020))
    found = seen(tmp_path, {"standard": "nuts", "level": "nuts2"}, rows, (2019, 2020))
    assert found.cube is not None
    assert found.cube.regions == ("AT11", "DE11")
    left = " ".join(f.detail for f in found.findings if f.kind == "left_out")
    assert "NUTS 0" in left
    assert "NUTS 1" in left


def test_iso_codes_names_and_national_codes_are_one_region(tmp_path: Path) -> None:
    names = {"US-CA": (2018, 2018), "California": (2019, 2019), "06": (2020, 2020), "Ohio": (2018, 2020), "US-PR": (2018, 2020)}
    found = seen(tmp_path, {"standard": "iso3166_2", "country": "US"}, panel(names, (2018, 2020)), (2018, 2020))
    assert not found.problems, told(found)
    assert found.cube is not None
    assert found.cube.regions == ("US-CA", "US-OH", "US-PR")


def test_iso_codes_that_a_listed_country_does_not_have_ask(tmp_path: Path) -> None:
    rows = panel({"US-CA": (2019, 2020), "US-ZZ": (2019, 2020), "CA-ON": (2019, 2020)}, (2019, 2020))
    found = seen(tmp_path, {"standard": "iso3166_2", "country": "US"}, rows, (2019, 2020))
    assert "US-ZZ" in told(found)
    assert "CA-ON" in told(found)
    abroad = seen(tmp_path, {"standard": "iso3166_2"}, rows, (2019, 2020))
    assert "US-ZZ" in told(abroad)
    assert "CA-ON" not in told(abroad)


def test_a_run_stops_where_a_check_asks(tmp_path: Path) -> None:
    rows = panel({"四川": (1994, 1999), "重庆": (1997, 1999), "贵州": (1994, 1999)}, (1994, 1999))
    seen(tmp_path, {"scope": "present"}, rows, (1994, 1999))
    tree = {"title": {"zh": "a", "en": "b"}, "years": [1994, 1999], "regions": {"scope": "present"}, "framework": "f.yaml",
            "inputs": [{"file": "a.csv", "region": "region"}]}  # fmt: skip
    with pytest.raises(ProblemsError, match="Chongqing"):
        stage.intake(read_config(tree), tmp_path)
