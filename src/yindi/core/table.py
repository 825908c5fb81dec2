"""Table: labelled columns without arithmetic (law 2). Stages align by label or raise; kernels take the bare arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from yindi.core.axes import positions
from yindi.core.errors import AbsentError, AxisError, EvidenceError, UsageError, suggestion
from yindi.core.finding import Quantity, Ref
from yindi.core.ledger import digest

if TYPE_CHECKING:
    import pandas

Axes = tuple[tuple[str, tuple[str, ...]], ...]
_TYPES = {"f": np.float64, "i": np.float64, "u": np.float64, "b": np.float64, "U": np.str_, "O": np.str_}


def _own(name: str, column: str, values: Any, shape: tuple[int, ...]) -> np.ndarray:
    array = np.asarray(values)
    if array.dtype.kind not in _TYPES:
        raise EvidenceError(f"{name}.{column}: dtype {array.dtype} is neither number nor text.")
    if array.shape != shape:
        raise EvidenceError(f"{name}.{column}: shape {array.shape} does not fit the axes {shape}.")
    own: np.ndarray = np.array(array, dtype=_TYPES[array.dtype.kind])
    own.setflags(write=False)
    return own


@dataclass(frozen=True, slots=True)
class Table:
    """Labelled columns over common axes, and the ledger step that made them.

    A number is a float64 or absent (stored as NaN; `at` and `dense` refuse it, kernels never see it); text is str, absent is "".
    A unit written "@column" is read cell by cell from that text column.
    `marks` (shape of the axes) is True where a cell rests on filled or corrected input (law 7).
    A unit "@name" says that the text column `name` holds each cell's unit (variables of different units in one column).
    """

    name: str
    axes: Axes
    columns: Mapping[str, np.ndarray]
    step: str = ""
    units: Mapping[str, str] = field(default_factory=dict)
    marks: np.ndarray | None = None

    def __post_init__(self) -> None:
        for axis, labels in self.axes:
            if len(set(labels)) != len(labels):
                twice = sorted({label for label in labels if labels.count(label) > 1})[:3]
                raise AxisError(f"{self.name}: axis {axis!r} holds {twice} twice.")
        own = {c: _own(self.name, c, v, self.shape) for c, v in self.columns.items()}
        object.__setattr__(self, "columns", own)
        if self.marks is not None:
            marks = np.array(np.broadcast_to(self.marks, self.shape), dtype=bool)
            marks.setflags(write=False)
            object.__setattr__(self, "marks", marks)

    @classmethod
    def single(
        cls, name: str, axes: Axes, values: Any, *, step: str = "", unit: str = "plain", marks: np.ndarray | None = None
    ) -> Table:
        """A table of one column, called `value`."""
        return cls(name, axes, {"value": values}, step, {"value": unit}, marks)

    @property
    def shape(self) -> tuple[int, ...]:
        """Length of each axis."""
        return tuple(len(labels) for _, labels in self.axes)

    @property
    def digest(self) -> str:
        """Digest of axes and columns."""
        return digest([[a, list(labels)] for a, labels in self.axes], *(x for c in self.columns for x in (c, self.columns[c])))

    def labels(self, axis: str) -> tuple[str, ...]:
        """The labels of one axis; raises AxisError when the table has no such axis."""
        for name, labels in self.axes:
            if name == axis:
                return labels
        raise AxisError(f"{self.name} has no axis {axis!r}; it has {self._axis_names()}.")

    def array(self, column: str = "value") -> np.ndarray:
        """The read-only array of one column."""
        if column not in self.columns:
            near = suggestion(column, self.columns)
            raise UsageError(f"{self.name} has no column {column!r}; it has {', '.join(self.columns)}.{near}")
        return self.columns[column]

    def dense(self, column: str = "value") -> np.ndarray:
        """The array of one column for a kernel; raises AbsentError naming the first absent cells."""
        array = self.array(column)
        absent = np.argwhere(np.isnan(array))
        if len(absent):
            cells = ["".join(f"[{a}={ls[i]}]" for (a, ls), i in zip(self.axes, at, strict=True)) for at in absent[:3]]
            raise AbsentError(f"{self.name}.{column}: {len(absent)} absent cell(s), the first {cells}.")
        return array

    def _axis_names(self) -> str:
        return ", ".join(axis for axis, _ in self.axes) or "none"

    def _index(self, where: Mapping[str, str]) -> tuple[int, ...]:
        try:
            found = tuple([labels.index(where[a]) for a, labels in self.axes])
        except (KeyError, ValueError):
            found = None
        if found is not None and len(where) == len(found):
            return found
        if len(where) != len(self.axes) or any(a not in where for a, _ in self.axes):
            given = ", ".join(sorted(where)) or "nothing"
            raise AxisError(f"{self.name} is addressed by {self._axis_names()}, not by {given}.")
        for a, labels in self.axes:
            positions(a, [where[a]], labels, where=self.name)
        raise AxisError(f"{self.name} has no cell {dict(where)}.")

    def at(self, where: Mapping[str, str], column: str = "value") -> float | str:
        """The value at one label per axis; raises AbsentError when the cell is absent."""
        value = self.array(column)[self._index(where)]
        if isinstance(value, str):
            return str(value)
        if np.isnan(value):
            raise AbsentError(f"{Ref(self.name, tuple(where.items()), column)} is absent.")
        return float(value)

    def number(self, column: str = "value", **where: str) -> float:
        """The number at one label per axis."""
        value = self.at(where, column)
        if isinstance(value, str):
            raise UsageError(f"{self.name}.{column} holds text, not numbers.")
        return value

    def text(self, column: str, **where: str) -> str:
        """The text at one label per axis."""
        return str(self.at(where, column))

    def has(self, column: str = "value", **where: str) -> bool:
        """True where a cell exists and is not absent."""
        if column not in self.columns:
            return False
        try:
            found = tuple([labels.index(where[a]) for a, labels in self.axes])
        except (KeyError, ValueError):
            return False
        value = self.columns[column][found if len(found) == len(where) else self._index(where)]
        return bool(value != "") if isinstance(value, str) else not np.isnan(value)

    def quantity(self, column: str = "value", **where: str) -> Quantity:
        """The number at one label per axis, remembering where it stands."""
        ref = Ref(self.name, tuple((a, where[a]) for a, _ in self.axes if a in where), column)
        value = self.number(column, **where)
        marked = bool(self.marks[self._index(where)]) if self.marks is not None else False
        return Quantity(value, ref, self._unit(column, where), marked)

    def _unit(self, column: str, where: Mapping[str, str]) -> str:
        unit = self.units.get(column, "plain")
        return str(self.columns[unit[1:]][self._index(where)]) or "plain" if unit.startswith("@") else unit

    def select(self, **wanted: Sequence[str]) -> Table:
        """The same table with the given labels of the given axes, in the given order."""
        columns, marks, axes = dict(self.columns), self.marks, list(self.axes)
        for n, (axis, labels) in enumerate(self.axes):
            if axis in wanted:
                take = positions(axis, wanted[axis], labels, where=self.name)
                columns = {c: np.take(v, take, axis=n) for c, v in columns.items()}
                marks = None if marks is None else np.take(marks, take, axis=n)
                axes[n] = (axis, tuple(wanted[axis]))
        unknown = set(wanted) - {a for a, _ in self.axes}
        if unknown:
            raise AxisError(f"{self.name} has no axis {', '.join(sorted(unknown))}; it has {self._axis_names()}.")
        return Table(self.name, tuple(axes), columns, self.step, self.units, marks)

    def frame(self) -> pandas.DataFrame:
        """A tidy DataFrame: one row a cell, axes first, then the columns (then `marked` where the table has marks)."""
        import pandas

        grid = np.indices(self.shape).reshape(len(self.axes), -1) if self.axes else np.zeros((0, 1), int)
        data: dict[str, Any] = {a: np.array(labels, dtype=object)[grid[n]] for n, (a, labels) in enumerate(self.axes)}
        data.update({c: v.reshape(-1) for c, v in self.columns.items()})
        if self.marks is not None:
            data["marked"] = self.marks.reshape(-1)
        return pandas.DataFrame(data)
