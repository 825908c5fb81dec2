"""Cells that were read: one by one, or whole blocks of a wide table as arrays, so that millions of them fit and go fast."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

import numpy as np


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: who, when, what, how much (None: not available), and the row and column it stands in."""

    region: str
    year: str
    item: str
    value: float | None
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of a wide table: (region, year) and place of each row, item and place of each column, values (N,K).

    A value that is not available is NaN; `fine` (N,K) is False where a cell could not be read. Each pair and item stands once.
    """

    pairs: tuple[tuple[str, str], ...]
    rows: tuple[int, ...]
    items: tuple[str, ...]
    columns: tuple[int, ...]
    values: np.ndarray
    fine: np.ndarray

    def __iter__(self) -> Iterator[Cell]:
        """The cells that could be read, row by row."""
        known = ~np.isnan(self.values)
        for n, k in np.argwhere(self.fine):
            region, year = self.pairs[int(n)]
            value = float(self.values[n, k]) if known[n, k] else None
            yield Cell(region, year, self.items[k], value, self.rows[n], self.columns[k])

    def take(self, keep: np.ndarray) -> Block:
        """The rows at some positions."""
        pairs, rows = tuple(self.pairs[n] for n in keep), tuple(self.rows[n] for n in keep)
        return replace(self, pairs=pairs, rows=rows, values=self.values[keep], fine=self.fine[keep])


@dataclass(slots=True)
class Cells:
    """All cells of one input in the order they were read."""

    parts: list[list[Cell] | Block] = field(default_factory=list)

    def __iter__(self) -> Iterator[Cell]:
        """One by one."""
        for part in self.parts:
            yield from part

    def append(self, cell: Cell) -> None:
        """Keep one more cell."""
        if self.parts and isinstance(self.parts[-1], list):
            self.parts[-1].append(cell)
        else:
            self.parts.append([cell])

    @property
    def items(self) -> set[str]:
        """The items that have a cell."""
        found: set[str] = set()
        for part in self.parts:
            if isinstance(part, Block):
                found |= {part.items[k] for k in np.flatnonzero(part.fine.any(axis=0))}
            else:
                found |= {c.item for c in part}
        return found

    @property
    def years(self) -> set[str]:
        """The years that have a cell."""
        found: set[str] = set()
        for part in self.parts:
            if isinstance(part, Block):
                found |= {part.pairs[n][1] for n in np.flatnonzero(part.fine.any(axis=1))}
            else:
                found |= {c.year for c in part}
        return found

    def within(self, years: Collection[str]) -> Cells:
        """The cells of some years."""
        made = Cells()
        for part in self.parts:
            if isinstance(part, Block):
                made.parts.append(part.take(np.array([n for n, (_, when) in enumerate(part.pairs) if when in years], int)))
            else:
                made.parts.append([c for c in part if c.year in years])
        return made
