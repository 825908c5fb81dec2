"""A table with regions and years, examined column by column without a study file: breaks, filled blocks, odd values, gaps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from yindi.core.framework import Variable
from yindi.intake import findings, heads
from yindi.intake.assemble import Cube
from yindi.intake.findings import Found
from yindi.intake.numbers import CellFault, clean, number, year_or_none
from yindi.intake.read import Grid
from yindi.intake.regions import Gazetteer, Unresolved

MOST = 0.9


def region_column(grid: Grid, found: heads.Heads, gazetteer: Gazetteer) -> int | None:
    """The first column whose filled cells are nearly all regions (or totals of regions)."""
    for k in range(len(found.names)):
        texts = [clean(row[k]) for row in grid.rows[found.bottom + 1 :] if k < len(row) and clean(row[k])]
        if len(texts) > 2 and sum(_is_region(t, gazetteer) for t in texts) >= MOST * len(texts):
            return k
    return None


def year_column(grid: Grid, found: heads.Heads) -> int | None:
    """The first column whose filled cells are nearly all years."""
    for k in range(len(found.names)):
        texts = [clean(row[k]) for row in grid.rows[found.bottom + 1 :] if k < len(row) and clean(row[k])]
        if len(texts) > 2 and sum(year_or_none(t) is not None for t in texts) >= MOST * len(texts):
            return k
    return None


def _is_region(text: str, gazetteer: Gazetteer) -> bool:
    if gazetteer.is_total(text):
        return True
    try:
        return bool(gazetteer.resolve(text))
    except Unresolved:
        return False


def cube(grid: Grid, found: heads.Heads, gazetteer: Gazetteer) -> Cube | None:
    """The numbers of a grid with a region and a year column as a cube over its heads; None where it has not both."""
    region_at, year_at = region_column(grid, found, gazetteer), year_column(grid, found)
    if region_at is None or year_at is None or region_at == year_at:
        return None
    rows = []
    for n, row in enumerate(grid.rows[found.bottom + 1 :], found.bottom + 2):
        text, when = clean(row[region_at]), year_or_none(row[year_at])
        if when and _is_region(text, gazetteer) and not gazetteer.is_total(text):
            rows.append((n, gazetteer.resolve(text), when))
    if not rows:
        return None
    regions, years = sorted({r for _, r, _ in rows}), sorted({y for _, _, y in rows})
    items = [k for k, name in enumerate(found.names) if name and k not in (region_at, year_at)]
    return _filled(grid, found, rows, regions, years, items)


def _filled(
    grid: Grid, found: heads.Heads, rows: list[tuple[int, str, str]], regions: list[str], years: list[str], items: list[int]
) -> Cube:
    shape = (len(regions), len(years), len(items))
    made = Cube(tuple(regions), tuple(years), tuple(found.names[k] for k in items), np.zeros(shape), np.zeros(shape, np.int8),
                np.full(shape, -1), np.full(shape, -1), np.full(shape, -1), (grid,))  # fmt: skip
    at_region, at_year = {r: n for n, r in enumerate(regions)}, {y: n for n, y in enumerate(years)}
    for n, region, when in rows:
        for j, k in enumerate(items):
            cell = (at_region[region], at_year[when], j)
            made.book[cell], made.row[cell], made.column[cell] = 0, n, k + 1
            try:
                value = number(grid.rows[n - 1][k] if k < len(grid.rows[n - 1]) else None, unit="percent")
            except CellFault:
                continue
            if value is not None:
                made.values[cell], made.state[cell] = value, 1
    return made


def examine(grid: Grid, found: heads.Heads, *, level: str = "province") -> list[Found]:
    """Findings of every column of a table with regions and years; empty where it is no such table."""
    made = cube(grid, found, Gazetteer(level))
    if made is None:
        return []
    return [f for name in made.items for f in _of_column(made, name)]


def _of_column(made: Cube, name: str) -> Iterator[Found]:
    if not made.known[:, :, made.at(name)].any():
        return
    yield from findings.absences(made, name, frozenset())
    yield from findings.of_variable(made, Variable(name, name, name, "plain", bound="", pace="slow"))
