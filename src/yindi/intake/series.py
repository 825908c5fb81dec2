"""A table with regions and years, examined column by column without a study file: breaks, filled blocks, odd values, gaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from yindi.core import resources
from yindi.core.framework import Variable
from yindi.intake import across, composed, effects, findings, identities
from yindi.intake.assemble import Cube
from yindi.intake.findings import Found
from yindi.intake.numbers import clean
from yindi.intake.read import Grid
from yindi.intake.shapes import Cubed, is_region, recognise, region_column, year_column
from yindi.intake.shapes import cube as cube_of

__all__ = ["Series", "cube_of", "examine", "is_region", "recognise", "region_column", "year_column"]


@dataclass(frozen=True, slots=True)
class Series:
    """What the series of a table show: its cube, the findings, and the columns that others make (name -> formula, share)."""

    made: Cubed
    found: tuple[Found, ...]
    derived: tuple[tuple[str, str, float], ...]


def examine(grid: Grid) -> Series | None:
    """Findings of every column of a table with regions and years; None where it is no such table."""
    shape = recognise(grid)
    made = cube_of(grid, shape) if shape is not None else None
    return of(made) if made is not None and made.cube.items else None


def of(made: Cubed) -> Series:
    """Findings of every column of a cube, across its columns, and against the row of the nation."""
    cube = made.cube
    ratios = across.ratios(cube)
    exact = {cube.items[r.made]: r for r in ratios if r.exact}
    sums = composed.compose(cube, made.totals)
    held = composed.vouched(sums)
    told = (_unless_held(cube, held, f) for name in cube.items if name not in exact for f in _of_column(made, name))
    found = [f for f in told if f is not None]
    broken = list(composed.findings(cube, sums, made.totals))
    cells = {(f.variable, *c) for f in broken for c in f.cells if f.right}
    found = [f for f in found if f.kind != "outlier" or not any((f.variable, *c) in cells for c in f.cells)] + broken
    found += [f for f in across.of_ratios(cube, ratios) if not _told(f, found)]
    found += [*across.shared_columns(cube), *across.against_nation(cube, _without(made, sums)), *_stocks(made, exact)]
    found += [_twice(made, region, year, row) for region, year, row in made.twice[:20]]
    derived = (*((name, across.formula(cube, r), r.share) for name, r in exact.items()), *composed.formulas(cube, sums))
    return Series(made, tuple(effects.with_effect(cube, f) for f in _once(found)), derived)


def _unless_held(cube: Cube, held: np.ndarray, f: Found) -> Found | None:
    """A strange value that two sums confirm (or one of figures rounded each by itself) is not told; one makes it unsure."""
    if f.kind != "outlier" or len(f.cells) != 1:
        return f
    (region, year), *_ = f.cells
    times = int(held[cube.regions.index(region), cube.years.index(year), cube.at(f.variable)])
    return None if times > 1 else replace(f, sure=False) if times else f


def _without(made: Cubed, sums: composed.Composed) -> dict[tuple[str, str], tuple[float, int]]:
    """The nation's values of the columns that do not sum to it exactly."""
    rest = {i for i, adds in zip(made.cube.items, sums.adds, strict=True) if not adds}
    return {key: value for key, value in made.totals.items() if key[0] in rest}


def _told(found: Found, before: Sequence[Found]) -> bool:
    """A snap of a ratio that a break of the column itself tells already (sure) is not told twice."""
    return any(
        f.variable == found.variable and f.kind in ("break", "vintage") and f.years == found.years and f.sure for f in before
    )


def _once(found: Sequence[Found]) -> Iterator[Found]:
    """Of two findings of one kind, column and place the sure one, else the first."""
    best: dict[tuple[object, ...], Found] = {}
    for f in found:
        key = (f.variable, f.kind, f.years, f.regions, f.cells if f.kind == "filled" else "")
        if key not in best or (f.sure and not best[key].sure):
            best[key] = f
    yield from best.values()


def _of_column(made: Cubed, name: str) -> Iterator[Found]:
    yield from findings.absences(made.cube, name, frozenset())
    yield from findings.of_variable(made.cube, Variable(name, name, name, "plain", bound="", pace="slow"))


def _stocks(made: Cubed, exact: dict[str, identities.Ratio]) -> Iterator[Found]:
    size = across.population_of(made.cube.items)
    named = [i for i in made.cube.items if across.PER.search(i) and i not in exact and i != size]
    if size is not None and named:
        yield from across.stocks(made.cube, size, named)


def _twice(made: Cubed, region: str, year: str, row: int) -> Found:
    place = made.cube.grids[0].place(row)
    return Found("", "twice", (year,), (region,), 0.0, 1.0, True, detail=place, zh=place, place=place)


def units(names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Head -> (the unit in its brackets, our code or "" where it is not known), for the heads that carry one."""
    known = {r["written"]: r["code"] or r["quantity"] for r in resources.rows("unit_factors.csv")}
    made = {}
    for name in names:
        head = clean(name)
        if head.endswith(")") and "(" in head:
            unit = head[head.rindex("(") + 1 : -1]
            made[name] = (unit, known.get(unit, ""))
    return made
