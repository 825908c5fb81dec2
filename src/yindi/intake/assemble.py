"""Cells of several inputs -> one labelled cube (region x year x item), regions by code, years ascending."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from yindi.core.errors import Problems
from yindi.intake.read import Grid
from yindi.intake.reader import Reading
from yindi.intake.store import Block, Cell

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

    def held(self, k: int) -> np.ndarray:
        """(R,T), True where a value of the k-th item stands."""
        mask: np.ndarray = self.state[:, :, k] > 0
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
        for part in reading.cells.parts:
            if not isinstance(part, Block) or not _put_block(made, book, part, index):
                _put_each(made, book, part, index, problems)
        made.units.update({k: u for k, u in reading.units.items() if k})
    return made


def only(made: Cube, regions: Sequence[str]) -> Cube:
    """The cube with these regions, in this order."""
    at = [made.regions.index(r) for r in regions]
    arrays = {f: getattr(made, f)[at] for f in ("values", "state", "book", "row", "column")}
    return replace(made, regions=tuple(regions), **arrays)


def _put_each(made: Cube, book: int, part: Iterable[Cell], index: Sequence[Mapping[str, int]], problems: Problems) -> None:
    regions, years, items = index
    for cell in part:
        at = (regions.get(cell.region, -1), years.get(cell.year, -1), items.get(cell.item, -1))
        if min(at) >= 0:
            _put(made, book, cell, at, problems)


def _put(made: Cube, book: int, cell: Cell, at: tuple[int, int, int], problems: Problems) -> None:
    if made.state[at]:
        if cell.value is not None and made.values[at] != cell.value:
            problems.add(made.grids[book].place(cell.row, cell.column),
                         f"{cell.item} of {cell.region} {cell.year} is {cell.value:.12g} here and {made.values[at]:.12g} in "
                         f"{made.place(*at)}.", "keep one of the two")  # fmt: skip
        return
    made.book[at], made.row[at], made.column[at] = book, cell.row, cell.column
    if cell.value is not None:
        made.values[at], made.state[at] = cell.value, OBSERVED


def _put_block(made: Cube, book: int, part: Block, index: Sequence[Mapping[str, int]]) -> bool:
    """Put a whole block; False, with nothing done, where a cell of it stands twice or holds another value than the cube."""
    r, t = (np.array([index[axis].get(pair[axis], -1) for pair in part.pairs], int) for axis in (0, 1))
    k = np.array([index[2].get(item, -1) for item in part.items], int)
    rows, columns = np.flatnonzero((r >= 0) & (t >= 0)), np.flatnonzero(k >= 0)
    if len(set(part.items)) < len(part.items):
        return False
    for c in columns.tolist():
        at = (r[rows], t[rows], k[c])
        values, free = part.values[rows, c], made.state[at] == 0
        has = ~np.isnan(values)
        if (has & ~free & (made.values[at] != values)).any():
            return False
    for c in columns.tolist():
        _put_column(made, book, part, c, (rows, r[rows], t[rows], int(k[c])))
    return True


def _put_column(made: Cube, book: int, part: Block, c: int, at: tuple[np.ndarray, np.ndarray, np.ndarray, int]) -> None:
    rows, r, t, k = at
    free = part.fine[rows, c] & (made.state[r, t, k] == 0)
    rows, r, t = rows[free], r[free], t[free]
    made.book[r, t, k], made.row[r, t, k], made.column[r, t, k] = book, np.array(part.rows)[rows], part.columns[c]
    has = ~np.isnan(part.values[rows, c])
    made.values[r[has], t[has], k] = part.values[rows, c][has]
    made.state[r[has], t[has], k] = OBSERVED


def missing_rows(reading: Reading, regions: Sequence[str], years: Sequence[str]) -> list[tuple[str, str]]:
    """(region, year) where a file has the region in other years and the year for other regions, but not this row."""
    here, when = {r for r, _ in reading.rows}, {y for _, y in reading.rows}
    return [(r, y) for r in regions if r in here for y in years if y in when and (r, y) not in reading.rows]
