"""Cells of several inputs -> one labelled cube (region x year x item), regions by code, years ascending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from yindi.core.errors import Problems
from yindi.intake.read import Grid
from yindi.intake.reader import Cell, Reading

OBSERVED, CORRECTED, IMPUTED, DERIVED = 1, 2, 3, 4


@dataclass(slots=True)
class Cube:
    """Values (R,T,K), 0 where absent; state: 0 absent, 1 observed, 2 corrected, 3 imputed, 4 derived.

    `book`, `row`, `column` say where each cell was read: position in `grids`, row and column from 1; -1 where nowhere.
    """

    regions: tuple[str, ...]
    years: tuple[str, ...]
    items: tuple[str, ...]
    values: np.ndarray
    state: np.ndarray
    book: np.ndarray
    row: np.ndarray
    column: np.ndarray
    grids: tuple[Grid, ...] = ()
    units: dict[str, str] = field(default_factory=dict)
    filled: list[tuple[str, str, str, str, float, float, float]] = field(default_factory=list)

    @property
    def known(self) -> np.ndarray:
        """(R,T,K), True where a value stands."""
        mask: np.ndarray = self.state > 0
        return mask

    def place(self, r: int, t: int, k: int) -> str:
        """Where a cell was read, in words."""
        if self.book[r, t, k] < 0:
            return "not in any file"
        return self.grids[int(self.book[r, t, k])].place(int(self.row[r, t, k]), int(self.column[r, t, k]))

    def at(self, item: str) -> int:
        """Position of an item."""
        return self.items.index(item)


def _empty(regions: Sequence[str], years: Sequence[str], items: Sequence[str], grids: Sequence[Grid]) -> Cube:
    shape = (len(regions), len(years), len(items))
    book, row, column = (np.full(shape, -1) for _ in range(3))
    state = np.zeros(shape, np.int8)
    return Cube(tuple(regions), tuple(years), tuple(items), np.zeros(shape), state, book, row, column, tuple(grids))


def cube(
    readings: Sequence[Reading],
    grids: Sequence[Grid],
    *,
    regions: Sequence[str],
    years: Sequence[str],
    items: Sequence[str],
    problems: Problems,
) -> Cube:
    """The cells of all readings over the given labels; two different values for one cell are a problem naming both places."""
    made = _empty(regions, years, items, grids)
    index = [{label: n for n, label in enumerate(labels)} for labels in (regions, years, items)]
    for book, reading in enumerate(readings):
        for cell in reading.cells:
            at = tuple(i.get(label, -1) for i, label in zip(index, (cell.region, cell.year, cell.item), strict=True))
            if min(at) >= 0:
                _put(made, book, cell, at, problems)
        made.units.update({k: u for k, u in reading.units.items() if k})
    return made


def only(made: Cube, regions: Sequence[str]) -> Cube:
    """The cube with these regions, in this order."""
    at = [made.regions.index(r) for r in regions]
    arrays = {f: getattr(made, f)[at] for f in ("values", "state", "book", "row", "column")}
    return replace(made, regions=tuple(regions), **arrays)


def _put(made: Cube, book: int, cell: Cell, at: tuple[int, ...], problems: Problems) -> None:
    if cell.value is not None and made.state[at] and made.values[at] != cell.value:
        problems.add(made.grids[book].place(cell.row, cell.column),
                     f"{cell.item} of {cell.region} {cell.year} is {cell.value:.12g} here and {made.values[at]:.12g} in "
                     f"{made.place(*at)}.", "keep one of the two")  # fmt: skip
        return
    if cell.value is not None and made.state[at]:
        return
    made.book[at], made.row[at], made.column[at] = book, cell.row, cell.column
    if cell.value is not None:
        made.values[at], made.state[at] = cell.value, OBSERVED


def missing_rows(reading: Reading, regions: Sequence[str], years: Sequence[str]) -> list[tuple[str, str]]:
    """(region, year) where a file has the region in other years and the year for other regions, but not this row."""
    here, when = {r for r, _ in reading.rows}, {y for _, y in reading.rows}
    return [(r, y) for r in regions if r in here for y in years if y in when and (r, y) not in reading.rows]
