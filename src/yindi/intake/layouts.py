"""A grid and its description in study.yaml -> resolved cells: region code, year, item, number, and where each stands."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from yindi.core.config import Input
from yindi.core.errors import Problems, did_you_mean
from yindi.core.framework import Variable
from yindi.intake import missing, units
from yindi.intake.numbers import CellFault, clean, number, year
from yindi.intake.read import Grid
from yindi.intake.regions import Gazetteer, Unresolved, normal

_NOTES = ("注", "资料来源", "数据来源", "来源", "说明", "note", "source")
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: who, when, what, how much (None: not available), and the row and column it stands in."""

    region: str
    year: str
    item: str
    value: float | None
    row: int
    column: int


@dataclass(slots=True)
class Reading:
    """What one input gave: cells, region-years with their rows, units, rows left out with the reason, cells with a fault."""

    cells: list[Cell] = field(default_factory=list)
    rows: dict[tuple[str, str], int] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, list[int]] = field(default_factory=dict)
    faulty: set[tuple[str, str, str]] = field(default_factory=set)
    by_missing: dict[str, list[int]] = field(default_factory=dict)


def _text(row: Sequence[object], at: int | None) -> str:
    return clean(row[at]) if at is not None and at < len(row) else ""


@dataclass(slots=True)
class _Reader:
    grid: Grid
    spec: Input
    gazetteer: Gazetteer
    variables: Mapping[str, Variable]
    problems: Problems
    reading: Reading = field(default_factory=Reading)
    head: dict[str, int] = field(default_factory=dict)
    expected: Collection[str] | None = None
    only_left: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, row: int, column: int | None, message: str, way_out: str, candidates: Sequence[str] = ()) -> None:
        self.problems.add(self.grid.place(row, column), message, way_out, candidates)

    def find_head(self) -> int:
        top = next(n for n, row in enumerate(self.grid.rows) if any(clean(c) for c in row))
        for column, raw in enumerate(self.grid.rows[top]):
            name = clean(raw)
            if name in self.head:
                self.add(top + 1, column + 1, f"the column head {name!r} stands twice (also in column {self.head[name] + 1}).",
                         "rename or delete one of the two columns")  # fmt: skip
            elif name:
                self.head[name] = column
        return top

    def column(self, name: str, key: str, top: int) -> int | None:
        if clean(name) in self.head:
            return self.head[clean(name)]
        near = did_you_mean(clean(name), self.head) or tuple(self.head)[:12]
        message = f"there is no column {name!r} (asked for by {key})."
        self.add(top + 1, None, message, "correct study.yaml or the file's head row", near)
        return None

    def learn(self, top: int, region_at: int, year_at: int | None) -> None:
        """Find the misread names that only a missing region can explain, year by year."""
        pairs = ((_text(row, year_at), _text(row, region_at)) for _, row in self.body(top))
        rows = [(when, name) for when, name in pairs if name and not self.gazetteer.is_total(name)]
        self.only_left = missing.resolve(rows, self.gazetteer, self.expected)

    def region_of(self, row: Sequence[object], n: int, at: int, name_at: int | None, year_at: int | None) -> str | None:
        written = _text(row, at)
        left = self.only_left.get((_text(row, year_at), normal(written)))
        if left is not None:
            self.reading.by_missing.setdefault(
                f"{written} = {self.gazetteer.name(left)} ({left}), {_text(row, year_at)}", []
            ).append(n)
            return self._agreed(row, n, left, written, name_at)
        if self.gazetteer.is_total(written):
            self.reading.left_out.setdefault(f"total of several regions ({written})", []).append(n)
            return None
        try:
            code = self.gazetteer.resolve(written)
        except Unresolved as fault:
            self.add(n, at + 1, f"{fault}.", self._answer(written), fault.candidates)
            return None
        return self._agreed(row, n, code, written, name_at)

    def _answer(self, written: str) -> str:
        return f"add to study.yaml: regions: {{aliases: {{{written!r}: CODE}}}}, or correct the file"

    def _agreed(self, row: Sequence[object], n: int, code: str, written: str, name_at: int | None) -> str | None:
        name = _text(row, name_at)
        if not name:
            return code
        try:
            other = self.gazetteer.resolve(name)
        except Unresolved as fault:
            self.add(n, (name_at or 0) + 1, f"{fault}.", self._answer(name), fault.candidates)
            return None
        if other == code:
            return code
        message = f"code and name disagree: {written} is {self.gazetteer.name(code)}, the name says {name!r}."
        self.add(n, (name_at or 0) + 1, message, "correct the code or the name in the file")
        return None

    def year_of(self, row: Sequence[object], n: int, at: int) -> str | None:
        try:
            return year(row[at] if at < len(row) else "")
        except CellFault as fault:
            self.add(n, at + 1, f"{fault}.", "write the year with four digits")
            return None

    def number_of(self, raw: object, n: int, at: int, item: str) -> tuple[bool, float | None]:
        unit = self.variables[item].unit if item in self.variables else "plain"
        try:
            return True, number(raw, unit=unit)
        except CellFault as fault:
            self.add(n, at + 1, f"{fault} ({item}).", "write the number, or leave the cell empty where it is not available")
            return False, None

    def body(self, top: int) -> Iterator[tuple[int, Sequence[object]]]:
        for n, row in enumerate(self.grid.rows[top + 1 :], top + 2):
            first = next((clean(c) for c in row if clean(c)), "")
            if not first:
                continue
            if normal(first).startswith(_NOTES) and sum(bool(clean(c)) for c in row) <= 2:
                self.reading.left_out.setdefault("note", []).append(n)
                continue
            yield n, row


def _items_wide(r: _Reader, top: int, taken: set[int]) -> dict[int, str]:
    if r.spec.columns:
        found = {name: r.column(name, f"columns of {r.spec.file}", top) for name in r.spec.columns}
        wanted = {at: r.spec.columns[name] for name, at in found.items() if at is not None}
    else:
        wanted = {at: name for name, at in r.head.items() if at not in taken}
    for at, code in list(wanted.items()):
        if r.spec.content == "indicators" and code not in r.variables:
            way = "map it under `columns` (only mapped columns are then read), or describe it in your own `variables` table"
            r.add(top + 1, at + 1, f"{code!r} is the code of no variable.", way, did_you_mean(code, r.variables))
            del wanted[at]
    return _once(r, top, wanted)


def _once(r: _Reader, top: int, wanted: dict[int, str]) -> dict[int, str]:
    seen: dict[str, int] = {}
    for at, code in wanted.items():
        if code in seen:
            r.add(top + 1, at + 1, f"{code!r} is read from two columns ({seen[code] + 1} and {at + 1}).", "map one of them only")
        seen.setdefault(code, at)
    return wanted


def _key_columns(r: _Reader, top: int) -> tuple[int | None, int | None, int | None]:
    name = r.column(r.spec.name, "name", top) if r.spec.name else None
    return r.column(r.spec.region, "region", top), r.column(r.spec.year, "year", top), name


def _wide(r: _Reader) -> None:
    top = r.find_head()
    region_at, year_at, name_at = _key_columns(r, top)
    items = _items_wide(r, top, {at for at in (region_at, year_at, name_at) if at is not None})
    if region_at is None or year_at is None:
        return
    r.learn(top, region_at, year_at)
    for n, row in r.body(top):
        region = r.region_of(row, n, region_at, name_at, year_at)
        when = r.year_of(row, n, year_at) if region else None
        if region is None or when is None:
            continue
        if (region, when) in r.reading.rows:
            twin = f"{r.gazetteer.name(region)} ({region}) {when} stands here and already in row {r.reading.rows[region, when]}."
            r.add(n, None, twin, "keep one of the two rows")
            continue
        r.reading.rows[region, when] = n
        for at, item in items.items():
            fine, value = r.number_of(row[at] if at < len(row) else "", n, at, item)
            if fine:
                r.reading.cells.append(Cell(region, when, item, value, n, at + 1))
            else:
                r.reading.faulty.add((region, when, item))


def _long(r: _Reader) -> None:
    top = r.find_head()
    region_at, year_at, name_at = _key_columns(r, top)
    item_at = r.column(r.spec.item or "", "item", top)
    value_at = r.column(r.spec.value or "", "value", top)
    unit_at = r.column(r.spec.unit, "unit", top) if r.spec.unit else None
    if region_at is None or year_at is None or item_at is None or value_at is None:
        return
    seen: dict[tuple[str, str, str], int] = {}
    r.learn(top, region_at, year_at)
    for n, row in r.body(top):
        region = r.region_of(row, n, region_at, name_at, year_at)
        when = r.year_of(row, n, year_at) if region else None
        item = _item(r, row, n, item_at) if when else None
        if region is None or when is None or item is None:
            continue
        if (region, when, item) in seen:
            who = f"{item} of {r.gazetteer.name(region)} ({region}) {when}"
            r.add(n, None, f"{who} stands here and already in row {seen[region, when, item]}.", "keep one of the two rows")
            continue
        seen[region, when, item] = n
        r.reading.rows.setdefault((region, when), n)
        _long_value(r, row, Cell(region, when, item, None, n, value_at + 1), unit_at)


def _item(r: _Reader, row: Sequence[object], n: int, at: int) -> str | None:
    written = _text(row, at)
    named = {clean(k): v for k, v in r.spec.columns.items()}
    if named and written not in named:
        r.reading.left_out.setdefault(f"item {written!r} is not under `columns`", []).append(n)
        return None
    code = named.get(written, written)
    if not code or (r.spec.content == "indicators" and code not in r.variables):
        near = did_you_mean(code, r.variables)
        r.add(n, at + 1, f"{written!r} is the code of no variable.", "map it under `columns` in study.yaml", near)
        return None
    return code


def _long_value(r: _Reader, row: Sequence[object], cell: Cell, unit_at: int | None) -> None:
    at = cell.column - 1
    fine, value = r.number_of(row[at] if at < len(row) else "", cell.row, at, cell.item)
    if not fine:
        r.reading.faulty.add((cell.region, cell.year, cell.item))
        return
    if unit_at is not None and _text(row, unit_at):
        try:
            times = _factor(r, cell.item, row[unit_at])
        except CellFault as fault:
            r.add(cell.row, unit_at + 1, f"{fault} ({cell.item}).", "correct the unit, or add it to the table of units")
            r.reading.faulty.add((cell.region, cell.year, cell.item))
            return
        value = None if value is None else value * times
    r.reading.cells.append(Cell(cell.region, cell.year, cell.item, value, cell.row, cell.column))


def _factor(r: _Reader, item: str, written: object) -> float:
    if item in r.variables:
        return units.factor(written, r.variables[item].unit)
    total = r.variables.get(r.spec.total or "")
    if total is None and not units.code_of(written):
        raise CellFault(f"unit {str(written)!r} is not known")
    unit = total.unit if total is not None else r.reading.units.setdefault("", units.code_of(written))
    times = units.factor(written, unit)
    r.reading.units[item] = unit
    return times


def cells(
    grid: Grid,
    spec: Input,
    *,
    gazetteer: Gazetteer,
    variables: Mapping[str, Variable],
    problems: Problems,
    expected: Collection[str] | None = None,
) -> Reading:
    """All cells of one input; faults are added to `problems` with file, row and column, nothing is raised.

    `expected`: regions that must be there (they explain misread names); None: those the file itself names.
    """
    reader = _Reader(grid, spec, gazetteer, variables, problems, expected=expected)
    (_long if spec.layout == "long" else _wide)(reader)
    return reader.reading
