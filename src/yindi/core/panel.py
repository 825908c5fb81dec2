"""Panel (region x year x indicator) and Activity (region x year x industry): values, cell status, cell origin (law 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from yindi.core.axes import INDICATOR, REGION, YEAR, positions
from yindi.core.errors import AbsentError, AxisError, EvidenceError
from yindi.core.table import Table

ABSENT, OBSERVED, CORRECTED, IMPUTED, DERIVED = range(5)
STATUS = ("absent", "observed", "corrected", "imputed", "derived")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where cells were read: `books` lists (source id, sheet); book, row, column (R,T,K) are -1 where nothing was read.

    Rows and columns count from 1, as people see them in the file.
    """

    books: tuple[tuple[str, str], ...]
    book: np.ndarray
    row: np.ndarray
    column: np.ndarray


@dataclass(frozen=True, slots=True)
class Panel:
    """Values (R,T,K) with a status and an origin per cell; `axis` names the third axis ("indicator" or "industry").

    An absent cell has status ABSENT and value NaN; `dense` refuses it, so that no kernel meets it.
    `segments` holds, per label of the third axis, the groups of years that may be compared (absent: all with all).
    """

    regions: tuple[str, ...]
    years: tuple[str, ...]
    items: tuple[str, ...]
    values: np.ndarray
    status: np.ndarray
    origin: Origin
    units: tuple[str, ...]
    axis: str = INDICATOR
    segments: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = ()
    step: str = ""

    def __post_init__(self) -> None:
        shape = (len(self.regions), len(self.years), len(self.items))
        arrays = (self.values, self.status, self.origin.book, self.origin.row, self.origin.column)
        if any(a.shape != shape for a in arrays) or len(self.units) != shape[2]:
            raise EvidenceError(f"Panel: shapes {[a.shape for a in arrays]} do not all fit {shape}.")
        if not np.array_equal(np.isnan(self.values), self.status == ABSENT):
            raise EvidenceError("Panel: the absent cells of values and of status differ.")
        for a in arrays:
            a.setflags(write=False)

    @property
    def name(self) -> str:
        """The result name cells are cited under."""
        return "panel" if self.axis == INDICATOR else "activity"

    def take(
        self,
        *,
        regions: Sequence[str] | None = None,
        years: Sequence[str] | None = None,
        items: Sequence[str] | None = None,
    ) -> Panel:
        """The panel with the given labels, in the given order."""
        regions, years, items = (
            tuple(w) if w is not None else h for w, h in ((regions, self.regions), (years, self.years), (items, self.items))
        )
        at = np.ix_(
            positions(REGION, regions, self.regions, where=self.name),
            positions(YEAR, years, self.years, where=self.name),
            positions(self.axis, items, self.items, where=self.name),
        )
        origin = Origin(self.origin.books, self.origin.book[at], self.origin.row[at], self.origin.column[at])
        units = tuple(self.units[k] for k in at[2].ravel())
        return replace(
            self,
            regions=regions,
            years=years,
            items=items,
            values=self.values[at],
            status=self.status[at],
            origin=origin,
            units=units,
        )

    def dense(self) -> np.ndarray:
        """Values (R,T,K) for a kernel; raises AbsentError naming the first absent cells."""
        absent = np.argwhere(self.status == ABSENT)
        if len(absent):
            cells = [f"{self.items[k]} of {self.regions[r]} in {self.years[t]}" for r, t, k in absent[:4]]
            raise AbsentError(f"{self.name}: {len(absent)} absent cell(s), the first: {'; '.join(cells)}.")
        return self.values

    def present(self, region: str, year: str, item: str) -> bool:
        """True where a value stands."""
        return bool(self.status[self._at(region, year, item)] != ABSENT)

    def _at(self, region: str, year: str, item: str) -> tuple[int, int, int]:
        try:
            return self.regions.index(region), self.years.index(year), self.items.index(item)
        except ValueError:
            raise AxisError(f"{self.name} has no cell ({region}, {year}, {item}).") from None

    def segments_of(self, item: str) -> tuple[tuple[str, ...], ...]:
        """The groups of years within which this item may be compared."""
        return dict(self.segments).get(item, (self.years,))

    def marks(self) -> np.ndarray:
        """(R,T,K), True where a cell was corrected, imputed, or derived by a bridge."""
        return np.isin(self.status, (CORRECTED, IMPUTED, DERIVED))

    def table(self) -> Table:
        """The panel as a Table named `panel` or `activity`: value, status and unit per cell."""
        axes = ((REGION, self.regions), (YEAR, self.years), (self.axis, self.items))
        status = np.array(STATUS)[self.status]
        units = np.broadcast_to(np.array(self.units, dtype=str), self.values.shape)
        columns = {"value": self.values, "status": status, "unit": units}
        return Table(self.name, axes, columns, self.step, {"value": "@unit"}, self.marks())
