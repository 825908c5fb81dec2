"""LayoutModel: named column and row blocks over one sparse matrix, so that every row of a plan keeps its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import overload

import numpy as np

from yindi.core.errors import UsageError


class Labels(Sequence[str]):
    """`count` labels made when they are asked for: of a hundred thousand rows few are ever named."""

    def __init__(self, count: int, say: Callable[[int], str]):
        self._size, self._say = count, say

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...
    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        if isinstance(at, slice):
            return tuple(self._say(k) for k in range(self._size)[at])
        return self._say(range(self._size)[at])


@dataclass(frozen=True, slots=True)
class Block:
    """Columns or rows from `start`, one name each."""

    start: int
    names: Sequence[str]

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of all."""
        return tuple(self.names)

    @property
    def span(self) -> slice:
        """Where the block lies."""
        return slice(self.start, self.start + len(self.names))


@dataclass(frozen=True, slots=True)
class Matrix:
    """A model as arrays: maximise cost @ x, row_lower <= A x <= row_upper, lower <= x <= upper; A in CSR parts."""

    cost: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    integer: np.ndarray
    row_lower: np.ndarray
    row_upper: np.ndarray
    start: np.ndarray
    index: np.ndarray
    coefficient: np.ndarray

    def within(self, lower: np.ndarray, upper: np.ndarray) -> Matrix:
        """The same model with other bounds on its columns."""
        return replace(self, lower=lower, upper=upper)

    def activity(self, x: np.ndarray) -> np.ndarray:
        """A x (rows,), computed here and not by a solver."""
        product = self.coefficient * x[self.index]
        row = np.repeat(np.arange(len(self.row_lower)), np.diff(self.start))
        return np.bincount(row, weights=product, minlength=len(self.row_lower)).astype(np.float64)


@dataclass(slots=True)
class LayoutModel:
    """Collects blocks; `matrix()` turns them into arrays once."""

    columns: dict[str, Block] = field(default_factory=dict)
    rows: dict[str, Block] = field(default_factory=dict)
    _column_parts: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)
    _row_parts: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)
    _terms: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)
    _size: list[int] = field(default_factory=lambda: [0, 0])

    def add_columns(
        self,
        name: str,
        labels: Sequence[str],
        *,
        cost: np.ndarray | float = 0.0,
        lower: np.ndarray | float = 0.0,
        upper: np.ndarray | float = np.inf,
        integer: bool = False,
    ) -> np.ndarray:
        """Add a block of columns; returns their positions (len(labels),)."""
        n = len(labels)
        parts = [np.broadcast_to(np.asarray(p, float), (n,)) for p in (cost, lower, upper)]
        self._column_parts.append((parts[0], parts[1], parts[2], np.full(n, integer)))
        return self._place(self.columns, 0, name, labels)

    def add_rows(
        self,
        name: str,
        labels: Sequence[str],
        *,
        lower: np.ndarray | float = -np.inf,
        upper: np.ndarray | float = np.inf,
        terms: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray | float]] = (),
    ) -> np.ndarray:
        """Add a block of rows; each term is (row within the block, column position, coefficient); returns row positions."""
        n = len(labels)
        lo, hi = (np.broadcast_to(np.asarray(p, float), (n,)) for p in (lower, upper))
        self._row_parts.append((lo, hi))
        first = self._size[1]
        for row, column, coefficient in terms:
            wide = np.broadcast_to(np.asarray(coefficient, float), np.shape(row))
            self._terms.append((np.asarray(row) + first, np.asarray(column), wide))
        return self._place(self.rows, 1, name, labels)

    def _place(self, blocks: dict[str, Block], axis: int, name: str, labels: Sequence[str]) -> np.ndarray:
        if name in blocks:
            raise UsageError(f"The model has a block {name!r} already.")
        blocks[name] = Block(self._size[axis], labels)
        self._size[axis] += len(labels)
        return np.arange(self._size[axis] - len(labels), self._size[axis])

    def matrix(self) -> Matrix:
        """The arrays of the model."""
        columns = [_join([p[n] for p in self._column_parts]) for n in range(4)]
        rows = [_join([p[n] for p in self._row_parts]) for n in range(2)]
        row, index, coefficient = (_join([t[n] for t in self._terms]) for n in range(3))
        order = np.argsort(row, kind="stable")
        start = np.zeros(self._size[1] + 1, np.int32)
        np.cumsum(np.bincount(row.astype(np.intp), minlength=self._size[1]), out=start[1:])
        return Matrix(columns[0], columns[1], columns[2], columns[3].astype(bool), rows[0], rows[1],
                      start, index[order].astype(np.int32), coefficient[order])  # fmt: skip


def _join(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(parts) if parts else np.zeros(0)
