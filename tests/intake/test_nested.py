"""Sums across the files of a study: provinces against the nation, cities against provinces, industries against their total."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from yindi.core.config import read_config
from yindi.intake import effects, stage
from yindi.intake.assemble import Cube
from yindi.intake.found import Found
from yindi.intake.read import Grid
from yindi.intake.regions import mainland

FRAMEWORK = """code: own
title: {zh: 框架, en: Frame}
dimensions: {d: {zh: 维度, en: Dimension}}
indicators: [{code: gdp, dimension: d, direction: 1}, {code: population, dimension: d, direction: 1}]
"""
YEARS = range(2019, 2024)
CODES = mainland()[:12]
Spoil = Callable[[dict[tuple[str, int], list[float]]], object]
Table = dict[tuple[str, int], list[float]]


def uneven(codes: tuple[str, ...]) -> Table:
    """Region and year -> product and population: levels 1000, 2000, ..., five per cent a year, and no straight line."""
    made = {}
    for n, c in enumerate(codes):
        for y in YEARS:
            gdp = (n + 1) * (1000 + 50 * (y - 2019)) + (31 * n * n + 17 * y * y + 7 * n * y) % 97
            made[c, y] = [float(gdp), float(300 * (n + 1) + (29 * n * n + 13 * y * y + n * y) % 37)]
    return made


def whole(parts: Table, year: int, k: int) -> float:
    return sum(v[k] for (_, y), v in parts.items() if y == year)


def text(head: str, rows: Table) -> str:
    return "\n".join([head, *(f"{c},{y},{','.join(f'{v:.10g}' for v in values)}" for (c, y), values in rows.items())]) + "\n"


def seen(folder: Path, files: dict[str, str], regions: dict[str, Any], **more: Any) -> stage.Inspection:
    """What `yindi check` finds in a study of these tables."""
    (folder / "f.yaml").write_text(FRAMEWORK, encoding="utf-8")
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    inputs = [{"file": f, "region": "region"} for f in files if f.startswith("i")]
    inputs += [{"file": f, "region": "region", "content": "activity", "total": "gdp"} for f in files if f.startswith("a")]
    tree = {"title": {"zh": "a", "en": "b"}, "years": [2019, 2023], "regions": regions, "framework": "f.yaml", "inputs": inputs}
    return stage.inspect(read_config({**tree, **more}), folder)


def sums(found: stage.Inspection) -> list[Any]:
    return [f for f in found.findings if f.kind == "sum"]


HEAD = "region,year,gdp,population"
PRESENT = {"scope": "present"}


def with_nation(
    folder: Path, spoil: Spoil | None = None, nation: dict[int, float] | None = None, **more: Any
) -> stage.Inspection:
    parts = uneven(CODES)
    top = {("全国", y): [whole(parts, y, 0) + (nation or {}).get(y, 0), whole(parts, y, 1)] for y in YEARS}
    if spoil:
        spoil(parts)
    return seen(folder, {"i1.csv": text(HEAD, parts), "i2.csv": text(HEAD, top)}, PRESENT, **more)


def test_a_file_of_the_nation_alone_is_taken_and_agrees(tmp_path: Path) -> None:
    found = with_nation(tmp_path)
    assert sums(found) == []
    assert (found.problems, found.unanswered) == ((), ())


def test_one_province_that_leaves_its_years_is_sure_and_stops(tmp_path: Path) -> None:
    """Hebei 2021 is given 5,000 too much: the parts exceed the nation by 5,000, and of 12 provinces only Hebei left its level
    (3,300 before): 3,3xx is proposed. All others stand within a few per cent of the years beside them."""
    was = uneven(CODES)["130000", 2021][0]
    spoil = {"spoil": lambda parts: parts.update({("130000", 2021): [was + 5000, parts["130000", 2021][1]]})}
    found = with_nation(tmp_path, **spoil)
    (one,) = sums(found)
    assert (one.variable, one.regions, one.years, one.sure) == ("gdp", ("130000",), ("2021",), True)
    assert one.right == (("130000", "2021", was),)
    assert "i2.csv, row 4" in one.detail  # the nation's third year, below the head
    assert "河北" in one.zh
    (problem,) = found.unanswered
    assert "choice: correct, value: VALUE, regions: ['130000'], years: ['2021']" in problem.way_out
    answer = {"finding": "sum", "choice": "correct", "value": was, "regions": ["130000"], "years": ["2021"], "reason": "seen"}
    assert not with_nation(tmp_path, **spoil, treatments={"gdp": [answer]}).unanswered


def test_a_gap_that_no_cell_explains_is_told_only(tmp_path: Path) -> None:
    """The nation is 137 larger in 2020 than its parts: any of 13 cells may be off by 137, none is far from its years."""
    found = with_nation(tmp_path, nation={2020: 137.0})
    (one,) = sums(found)
    assert (one.sure, one.right, one.years, one.size) == (False, (), ("2020",), -137.0)
    assert not found.unanswered


def test_a_nation_that_never_agrees_is_no_error(tmp_path: Path) -> None:
    assert sums(with_nation(tmp_path, nation=dict.fromkeys(YEARS, 5000.0))) == []


def test_cities_in_one_file_against_provinces_in_another(tmp_path: Path) -> None:
    """A study of cities; the city 130200 lost its last digit in 2022 (2,1xx became 21x): named with what its province leaves."""
    cities = tuple(f"{p}0{n}00" for p in ("13", "14", "21", "22", "23") for n in (1, 2, 3))
    parts = uneven(cities)
    provinces = {(f"{p}0000", y): [sum(v[k] for (c, w), v in parts.items() if c[:2] == p and w == y) for k in (0, 1)]
                 for p in ("13", "14", "21", "22", "23") for y in YEARS}  # fmt: skip
    files = {"i1.csv": text(HEAD, parts), "i2.csv": text(HEAD, provinces)}
    assert sums(seen(tmp_path, files, {"level": "city"})) == []
    right = parts["130200", 2022][1]
    parts["130200", 2022][1] = right + 4000  # 13 less its three cities is -4,000, and only this city left its level of 600
    found = sums(seen(tmp_path, {**files, "i1.csv": text(HEAD, parts)}, {"level": "city"}))
    assert [(f.variable, f.right) for f in found if f.sure] == [("population", (("130200", "2022", right),))]


def test_a_table_of_regions_with_parents_nests(tmp_path: Path) -> None:
    """Own regions N1 = A + B + C and N2 = D + E + F: B is given 9,000 too much in 2021; without a parent nothing is known."""
    kids = tuple("ABCDEF")
    rows = uneven(kids)
    for name, mine in (("N1", "ABC"), ("N2", "DEF")):
        rows |= {(name, y): [sum(rows[c, y][k] for c in mine) for k in (0, 1)] for y in YEARS}
    rows["B", 2021][0] += 90000  # 2,2xx becomes 92,2xx; N1 less its parts is -90,000 and turning no other sign or point closes it
    table = "".join(f"{c},{c},{'N1' if c in 'ABC' else 'N2'}\n" for c in kids) + "N1,N1,\nN2,N2,\n"
    own = {"standard": "own", "level": "unit", "table": "r.csv", "scope": "present"}
    (tmp_path / "r.csv").write_text("code,name,parent\n" + table, encoding="utf-8")
    found = [f for f in sums(seen(tmp_path, {"i.csv": text(HEAD, rows)}, own)) if f.variable == "gdp"]
    assert [f.years for f in found] == [("2021",)]
    assert "N1 is" in found[0].detail
    (tmp_path / "r.csv").write_text("code,name\n" + "".join(f"{c},{c}\n" for c in (*kids, "N1", "N2")), encoding="utf-8")
    assert sums(seen(tmp_path, {"i.csv": text(HEAD, rows)}, own)) == []


def industries(folder: Path, *, rest: float, spoil: Callable[[Table], object] | None = None) -> stage.Inspection:
    """Three industries with a half, a third and the rest of the product; `rest`: the share of the last that is listed."""
    parts = uneven(CODES)
    made = {}
    for at, (gdp, _) in parts.items():
        a, b = float(round(gdp / 2)), float(round(gdp / 3))
        made[at] = [a, b, float(round((gdp - a - b) * rest))]
    if spoil:
        spoil(made)
    return seen(folder, {"i.csv": text(HEAD, parts), "a.csv": text("region,year,A,B,C", made)}, PRESENT)


def test_industries_that_are_all_listed_sum_to_their_total(tmp_path: Path) -> None:
    """B of Hebei 2021 loses its decimal point: 1,1xx.0 becomes 11xx0; nothing else closes the gap of nine times B."""
    assert sums(industries(tmp_path, rest=1.0)) == []
    clean = round(uneven(CODES)["130000", 2021][0] / 3)

    def tenfold(made: Table) -> None:
        made["130000", 2021][1] *= 10

    found = industries(tmp_path, rest=1.0, spoil=tenfold)
    (one,) = sums(found)
    assert (one.variable, one.sure, one.right) == ("B", True, (("130000", "2021", float(clean)),))
    assert "a.csv" in one.detail
    assert "i.csv" in one.detail
    (problem,) = found.unanswered
    assert "treatments: {B: [{finding: sum, choice: correct" in problem.way_out


def test_a_list_with_gaps_must_not_exceed_the_total(tmp_path: Path) -> None:
    """Without a part of the last industry the sum is below the total everywhere, which is fine; 5,000 more in one cell is not."""
    assert sums(industries(tmp_path, rest=0.4)) == []

    def more(made: Table) -> None:
        made["130000", 2021][0] += 5000

    (one,) = sums(industries(tmp_path, rest=0.4, spoil=more))
    assert (one.variable, one.regions, one.years, one.sure) == ("gdp", ("130000",), ("2021",), False)


@pytest.mark.parametrize("times", [10.0, 10000.0])
def test_industries_in_another_unit_are_told_once(tmp_path: Path, times: float) -> None:
    def unit(made: Table) -> None:
        for values in made.values():
            values[:] = [v * times for v in values]

    (one,) = sums(industries(tmp_path, rest=1.0, spoil=unit))
    assert not one.sure
    assert "60 region-years" in one.detail  # 12 provinces in 5 years


def test_an_absent_cell_that_a_sum_gives_had_no_rank_before() -> None:
    """Values 5, absent, 2 with 3 proposed for the second: of the three then known it is the second largest."""
    at = np.zeros((3, 1, 1), int)
    x, state = np.array([5.0, 0.0, 2.0]).reshape(3, 1, 1), np.array([1, 0, 1], np.int8).reshape(3, 1, 1)
    cube = Cube(("a", "b", "c"), ("2020",), ("gdp",), x, state, at, at, at, (Grid("a.csv", "", ()),))
    told = effects.with_effect(cube, Found("gdp", "sum", ("2020",), ("b",), 1 / 3, 3.0, True, right=(("b", "2020", 3.0),)))
    assert told.effect == "filled in, the region ranks 2 of 3 in 2020"
