"""What every layout needs of a grid: its heads, its body, and regions, years and numbers with their faults collected."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from yindi.core.config import Input
from yindi.core.errors import Problems, did_you_mean
from yindi.core.framework import Variable
from yindi.intake import heads, missing, units
from yindi.intake.numbers import CellFault, clean, number
from yindi.intake.read import Grid
from yindi.intake.regions import Gazetteer, Unresolved, normal
from yindi.intake.store import Cells
from yindi.intake.years import year, year_or_none

MANY = 3
_NOTES = ("注", "资料来源", "数据来源", "来源", "说明", "note", "source", "由")


@dataclass(slots=True)
class Reading:
    """What one input gave: cells, region-years with their rows, units, rows left out, cells with a fault, units as written."""

    cells: Cells = field(default_factory=Cells)
    rows: dict[tuple[str, str], int] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, list[int]] = field(default_factory=dict)
    faulty: set[tuple[str, str, str]] = field(default_factory=set)
    by_missing: dict[str, list[int]] = field(default_factory=dict)
    written: dict[tuple[int, int], str] = field(default_factory=dict)
    told: dict[str, list[int]] = field(default_factory=dict)


def text(row: Sequence[object], at: int | None) -> str:
    """The cell of a row in normal form, "" where the row is too short or the column unknown."""
    return clean(row[at]) if at is not None and at < len(row) else ""


def is_note(filled: Sequence[str]) -> bool:
    """True for rows under a table that say where it comes from: a known opening, or one long text alone."""
    if len(filled) <= 2 and normal(filled[0]).startswith(_NOTES):
        return True
    return len(filled) == 1 and (len(filled[0]) > 10 or ":" in filled[0])


@dataclass(slots=True)
class Reader:
    """One input being read: the grid, its description, and what has been read so far."""

    grid: Grid
    spec: Input
    gazetteer: Gazetteer
    variables: Mapping[str, Variable]
    problems: Problems
    reading: Reading = field(default_factory=Reading)
    head: dict[str, int] = field(default_factory=dict)
    expected: Collection[str] | None = None
    only_left: dict[tuple[str, str], str] = field(default_factory=dict)
    twice: dict[str, list[int]] = field(default_factory=dict)
    common_unit: str = ""
    names: tuple[str, ...] = ()
    parent_at: int | None = None
    item_at: int | None = None
    times: dict[str, float] = field(default_factory=dict)
    length: int = 0
    memory: dict[object, str] = field(default_factory=dict)
    who: dict[tuple[object, ...], tuple[str, str]] = field(default_factory=dict)
    items: dict[object, str] = field(default_factory=dict)

    @property
    def fixed_year(self) -> str:
        """The year of the whole table, "" where its rows or heads tell it."""
        return self.spec.year[1:].strip() if self.spec.year.startswith("=") else ""

    def add(self, row: int, column: int | None, message: str, way_out: str, candidates: Sequence[str] = ()) -> None:
        """Keep one problem of this grid."""
        self.problems.add(self.grid.place(row, column), message, way_out, candidates)

    def find_head(self) -> int:
        """Learn the names of the columns; returns the position of the last head row."""
        spread = self.spec.layout == "blocks"
        found = heads.find(self.grid, rows=self.spec.head, skip=self.spec.skip, spread=spread)
        self.names, self.head, self.twice, self.common_unit = found.names, found.columns, found.twice, found.unit
        return found.bottom

    def column(self, name: str, key: str, top: int) -> int | None:
        """Position of a column asked for by its head or as "#3" (the third column); None with a problem when it is not there."""
        if name.startswith("#") and name[1:].isdigit():
            return int(name[1:]) - 1
        wanted = heads.line(name)
        if wanted in self.twice:
            places = [f"#{n + 1}" for n in self.twice[wanted]]
            message = f"the column head {wanted!r} (asked for by {key}) stands {len(places)} times."
            self.add(top + 1, self.twice[wanted][1] + 1, message, "name one by its number", places)
            return None
        if wanted in self.head:
            return self.head[wanted]
        near = did_you_mean(wanted, self.head) or tuple(self.head)[:12]
        self.add(
            top + 1, None, f"there is no column {name!r} (asked for by {key}).", "correct study.yaml or the file's head row", near
        )
        return None

    def factor(self, name: str, item: str, top: int, at: int) -> float:
        """Factor from the unit in a column's head (or above the table) to the variable's unit; 1 where no unit is written."""
        declared = {heads.line(k): v for k, v in self.spec.units.items()}
        label = self.grid.labels[at] if at < len(self.grid.labels) else ""
        written = declared.get(name, heads.unit_in(name) or heads.unit_in(label) or self.common_unit)
        by = self.variables.get(self.spec.per.get(item, ""))
        if item not in self.variables or not (written or by):
            return 1.0
        if "人均" in name and units.code_of(written + "/人"):
            written += "/人"
        try:
            to = self.variables[item]
            return units.factor_per(written, by.unit, to.unit) if by else units.factor(written, to.unit)
        except CellFault as fault:
            way = f"say it in study.yaml: units: {{{name!r}: UNIT}} (an empty text: as it is)" + self.total_of(item, written)
            self.add(top + 1, at + 1, f"{fault} ({item}).", way)
            return 1.0

    def total_of(self, item: str, written: str) -> str:
        """The other way out where a total stands for what is measured per head of something."""
        if item not in self.variables:
            return ""
        to = self.variables[item].unit
        by = next((v for v in self.variables.values() if v.kind == "total" and units.fits(written, v.unit, to)), None)
        return (
            f"; where the file holds a total, divide it: per: {{{item}: {by.code}}}" if by and item not in self.spec.per else ""
        )

    def learn(self, top: int, region_at: int, year_at: int | None) -> None:
        """Find the misread names that only a missing region can explain, year by year."""
        if self.spec.prefix is not None:
            return
        pairs = {(self._when(row, year_at), text(row, region_at), text(row, self.parent_at)) for _, row in self.body(top)}
        rows = [(when, name, above) for when, name, above in sorted(pairs) if name and not self.gazetteer.is_total(name)]
        self.only_left = missing.resolve(rows, self.gazetteer, self.expected)

    def _when(self, row: Sequence[object], year_at: int | None) -> str:
        return self.fixed_year or text(row, year_at)

    def plain(self, row: Sequence[object], at: int, year_at: int | None) -> bool:
        """True where a region is read without anything to tell of each of its rows."""
        written = normal(text(row, at))
        return (self._when(row, year_at), written) not in self.only_left and written not in self.gazetteer.told

    def region_of(self, row: Sequence[object], n: int, at: int, name_at: int | None, year_at: int | None) -> str | None:
        """The code of a row's region; None (with a problem, or as a total that is left out) where there is none."""
        written, when = text(row, at), self._when(row, year_at)
        if self.spec.prefix is not None:
            if not self._whole(written, n, at):
                return None
            written = written[: self.spec.prefix]
        left = self.only_left.get((when, normal(written)))
        if left is not None:
            self.reading.by_missing.setdefault(f"{written} = {self.gazetteer.name(left)} ({left}), {when}", []).append(n)
            return self._agreed(row, n, left, written, name_at)
        if self.gazetteer.is_total(written):
            self.reading.left_out.setdefault(f"total of several regions ({written})", []).append(n)
            return None
        digits = (year_or_none(when) or "") if when.isdigit() and len(when) == 4 else ""
        other = self.gazetteer.other_level(written, digits)
        if other:
            self.reading.left_out.setdefault(f"row of another level ({other})", []).append(n)
            return None
        try:
            code = self.gazetteer.resolve(written, year=digits, parent=text(row, self.parent_at))
        except Unresolved as fault:
            self.add(n, at + 1, f"{fault}.", self._answer(written), fault.candidates)
            return None
        if said := self.gazetteer.told.get(normal(written)):
            self.reading.told.setdefault(said, []).append(n)
        return self._agreed(row, n, code, written, name_at)

    def _whole(self, written: str, n: int, at: int) -> bool:
        """False, with a problem, where a code is not as long as the others: a leading zero is lost, or it is another level."""
        self.length = self.length or len(written)
        if len(written) == self.length:
            return True
        message = f"the code {written!r} has {len(written)} signs, the first one {self.length}."
        self.add(n, at + 1, message, "keep leading zeros (codes are text), and rows of one level only")
        return False

    def _answer(self, written: str) -> str:
        return f"add to study.yaml: regions: {{aliases: {{{written!r}: CODE}}}}, or correct the file"

    def _agreed(self, row: Sequence[object], n: int, code: str, written: str, name_at: int | None) -> str | None:
        name = text(row, name_at)
        if not name or self.spec.prefix is not None or name in self.gazetteer.called(code):
            return code
        try:
            other = self.gazetteer.resolve(name, parent=text(row, self.parent_at))
        except Unresolved as fault:
            near = {c.rpartition(" = ")[2] for c in fault.candidates}
            if code in near and "is the name of" in str(fault):
                return code
            self.add(n, (name_at or 0) + 1, f"{fault}.", self._answer(name), fault.candidates)
            return None
        if other == code:
            return code
        message = f"code and name disagree: {written} is {self.gazetteer.name(code)}, the name says {name!r}."
        self.add(n, (name_at or 0) + 1, message, "correct the code or the name in the file")
        return None

    def year_of(self, row: Sequence[object], n: int, at: int | None) -> str | None:
        """The year of a row, or None with a problem."""
        if at is None:
            return self.fixed_year
        raw = row[at] if at < len(row) else ""
        key = (type(raw), raw)
        if key not in self.memory:
            try:
                self.memory[key] = year(raw, self.spec.fiscal_year)
            except CellFault as fault:
                self.add(n, at + 1, f"{fault}.", "write the year with four digits")
                return None
        return self.memory[key]

    def number_of(self, raw: object, n: int, at: int, item: str) -> tuple[bool, float | None]:
        """Whether a cell could be read, and its number (None: not available)."""
        if isinstance(raw, str) and raw.isascii() and raw.replace(".", "", 1).isdigit() and math.isfinite(float(raw)):
            return True, float(raw)
        unit = self.variables[item].unit if item in self.variables else "plain"
        try:
            return True, number(raw, unit=unit)
        except CellFault as fault:
            self.add(n, at + 1, f"{fault} ({item}).", "write the number, or leave the cell empty where it is not available")
            return False, None

    def body(self, top: int) -> Iterator[tuple[int, Sequence[object]]]:
        """Rows below the head with their numbers in the file; blank rows and notes are passed over."""
        for n, row in enumerate(self.grid.rows[top + 1 :], top + 2):
            if len(row) - row.count("") - row.count(None) > MANY and row.count(" ") == 0:
                yield n, row
                continue
            filled = [clean(c) for c in row if clean(c)]
            if not filled:
                continue
            if is_note(filled):
                notes = self.reading.left_out.setdefault("note", [])
                notes += [] if n in notes else [n]
                continue
            yield n, row
