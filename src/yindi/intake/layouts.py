"""A grid and its description in study.yaml -> resolved cells: region code, year, item, number, and where each stands."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from yindi.core.config import Input
from yindi.core.errors import Problems, did_you_mean
from yindi.core.framework import Variable
from yindi.intake import figures, heads, units
from yindi.intake.numbers import CellFault, clean
from yindi.intake.read import Grid
from yindi.intake.reader import Reader, Reading, text
from yindi.intake.regions import Gazetteer, Unresolved
from yindi.intake.store import Cell, Cells
from yindi.intake.years import split, year_or_none


def _items_wide(r: Reader, top: int, taken: set[int]) -> dict[int, str]:
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


def _once(r: Reader, top: int, wanted: dict[int, str]) -> dict[int, str]:
    seen: dict[str, int] = {}
    for at, code in wanted.items():
        if code in seen:
            r.add(top + 1, at + 1, f"{code!r} is read from two columns ({seen[code] + 1} and {at + 1}).", "map one of them only")
        seen.setdefault(code, at)
    return wanted


@dataclass(frozen=True, slots=True)
class _Keys:
    """Positions of the key columns; `fine`: region and year can be read."""

    region: int
    year: int | None
    name: int | None
    fine: bool

    parent: int | None = None

    @property
    def taken(self) -> set[int]:
        return {k for k in (self.region, self.year, self.name, self.parent) if k is not None}

    @property
    def places(self) -> tuple[int, ...]:
        return tuple(k for k in (self.region, self.name, self.year, self.parent) if k is not None)


def _key_columns(r: Reader, top: int) -> _Keys:
    name = r.column(r.spec.name, "name", top) if r.spec.name else None
    r.parent_at = r.column(r.spec.parent, "parent", top) if r.spec.parent else None
    region = r.column(r.spec.region, "region", top)
    year = None if r.fixed_year else r.column(r.spec.year, "year", top)
    fixed = year_or_none(r.fixed_year) if r.fixed_year else ""
    if fixed is None:
        r.add(top + 1, None, f"year: {r.spec.year!r} is not a year.", 'write year: "=2020", or name the column with the year')
    fine = region is not None and (year is not None or bool(fixed))
    return _Keys(region or 0, year, name, fine, r.parent_at)


def _factors(r: Reader, top: int, items: Mapping[int, str]) -> dict[int, float]:
    return {at: r.factor(r.names[at] if at < len(r.names) else "", item, top, at) for at, item in items.items()}


def _wide(r: Reader) -> None:
    top = r.find_head()
    keys = _key_columns(r, top)
    items = _items_wide(r, top, keys.taken)
    if not keys.fine:
        return
    factors = _factors(r, top, items)
    r.learn(top, keys.region, keys.year)
    kept: list[tuple[int, Sequence[object], int]] = []
    for n, row in r.body(top):
        region = r.region_of(row, n, keys.region, keys.name, keys.year)
        when = r.year_of(row, n, keys.year) if region else None
        if region is None or when is None:
            continue
        if (region, when) in r.reading.rows:
            twin = f"{r.gazetteer.name(region)} ({region}) {when} stands here and already in row {r.reading.rows[region, when]}."
            r.add(n, None, twin, "keep one of the two rows")
            continue
        r.reading.rows[region, when] = n
        kept.append((n, row, len(r.problems.found)))
    if kept and items:
        r.reading.cells.parts.append(figures.block(r, kept, list(r.reading.rows), items, factors))


def _times(value: float | None, factor: float) -> float | None:
    return value if value is None or factor == 1.0 else value * factor


def _long(r: Reader) -> None:
    top = r.find_head()
    keys = _key_columns(r, top)
    item_at = r.column(r.spec.item or "", "item", top)
    value_at = r.column(r.spec.value or "", "value", top)
    unit_at = r.column(r.spec.unit, "unit", top) if r.spec.unit else None
    r.item_at = item_at
    if not keys.fine or item_at is None or value_at is None:
        return
    seen: dict[tuple[str, ...], int] = {}
    r.learn(top, keys.region, keys.year)
    for n, row in r.body(top):
        found = _who(r, row, n, keys, item_at)
        if found is None:
            continue
        part = (str(row[keys.region]),) if r.spec.prefix is not None else ()
        if seen.setdefault((*found, *part), n) != n:
            region, when, item = found
            who = f"{item} of {r.gazetteer.name(region)} ({' '.join((region, *part))}) {when}"
            r.add(n, None, f"{who} stands here and already in row {seen[(*found, *part)]}.", "keep one of the two rows")
            continue
        r.reading.rows.setdefault(found[:2], n)
        _long_value(r, row, Cell(*found, None, n, value_at + 1), unit_at)
    if r.spec.prefix is not None:
        r.reading.cells = Cells([_summed(r.reading.cells)])


def _who(r: Reader, row: Sequence[object], n: int, keys: _Keys, item_at: int) -> tuple[str, str, str] | None:
    """Region, year and item of a row, remembered by how they are written; None where one of them has none."""
    raw = tuple([row[k] if k < len(row) else "" for k in keys.places])
    pair = r.who.get(raw)
    if pair is None:
        region = r.region_of(row, n, keys.region, keys.name, keys.year)
        when = r.year_of(row, n, keys.year) if region else None
        if region is None or when is None:
            return None
        pair = (region, when)
        if r.plain(row, keys.region, keys.year):
            r.who[raw] = pair
    written = row[item_at] if item_at < len(row) else ""
    item = r.items.get(written) or _item(r, row, n, item_at)
    if item is None:
        return None
    r.items[written] = item
    return (*pair, item)


def _summed(cells: Iterable[Cell]) -> list[Cell]:
    """One cell per region, year and item: the sum of its parts, standing where the first part stands."""
    whole: dict[tuple[str, str, str], tuple[Cell, list[float]]] = {}
    for c in cells:
        values = whole.setdefault((c.region, c.year, c.item), (c, []))[1]
        values += [] if c.value is None else [c.value]
    return [replace(first, value=math.fsum(values) if values else None) for first, values in whole.values()]


def _item(r: Reader, row: Sequence[object], n: int, at: int) -> str | None:
    written = text(row, at)
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


def _long_value(r: Reader, row: Sequence[object], cell: Cell, unit_at: int | None) -> None:
    at = cell.column - 1
    raw = row[at] if at < len(row) else ""
    fine, value = r.number_of(raw, cell.row, at, cell.item)
    if not fine:
        r.reading.faulty.add((cell.region, cell.year, cell.item))
        return
    if unit_at is not None and text(row, unit_at):
        try:
            times = _factor(r, cell.item, row[unit_at])
        except CellFault as fault:
            r.add(
                cell.row,
                unit_at + 1,
                f"{fault} ({cell.item}).",
                "correct the unit, or add it to the table of units" + r.total_of(cell.item, text(row, unit_at)),
            )
            r.reading.faulty.add((cell.region, cell.year, cell.item))
            return
        r.reading.written[cell.row, unit_at + 1] = units.plain(row[unit_at])
        value = _times(value, times)
    elif value is not None and cell.item in r.variables:
        value = _times(value, _written_times(r, row, cell))
    r.reading.cells.append(Cell(cell.region, cell.year, cell.item, value, cell.row, cell.column))


def _written_times(r: Reader, row: Sequence[object], cell: Cell) -> float:
    """Factor of a long table without a column of units: the name of the item, the head of the numbers, or above the table."""
    called = text(row, r.item_at)
    if called not in r.times:
        head = r.names[cell.column - 1] if cell.column <= len(r.names) else ""
        name = called if heads.unit_in(called) or called in r.spec.units else heads.line(head)
        r.times[called] = r.factor(name, cell.item, cell.row - 1, cell.column - 1)
    return r.times[called]


def _factor(r: Reader, item: str, written: object) -> float:
    by = r.variables.get(r.spec.per.get(item, ""))
    if item in r.variables:
        to = r.variables[item]
        return units.factor_per(str(written), by.unit, to.unit) if by else units.factor(written, to.unit)
    total = r.variables.get(r.spec.total or "")
    if total is None and not units.code_of(written):
        raise CellFault(f"unit {str(written)!r} is not known")
    unit = total.unit if total is not None else r.reading.units.setdefault("", units.code_of(written))
    times = units.factor(written, unit)
    r.reading.units[item] = unit
    return times


def _only(r: Reader, top: int) -> str | None:
    """The variable of a table that holds only one; None, with a problem, where there is no such variable."""
    name, code = next(iter(r.spec.columns.items()))
    if r.spec.content == "activity" or code in r.variables:
        return code
    r.add(top + 1, None, f"columns: {{{name!r}: {code}}}: {code!r} is the code of no variable.",
          "write the code of the variable that the table holds, or describe it in your own `variables` table",
          did_you_mean(code, r.variables))  # fmt: skip
    return None


def _years(r: Reader) -> None:
    top = r.find_head()
    region_at = r.column(r.spec.region, "region", top)
    r.parent_at = r.column(r.spec.parent, "parent", top) if r.spec.parent else None
    item_at = r.column(r.spec.item, "item", top) if r.spec.item else None
    at_year = {at: when for name, at in r.head.items() if (when := year_or_none(name, r.spec.fiscal_year))}
    if not at_year:
        way = "layout: years wants a column per year; correct `layout`, `skip` or `head`"
        if any(year_or_none(name, "end") for name in r.head):
            way = "the heads look like fiscal years: say what 2010/11 counts as, fiscal_year: start (or end)"
        r.add(top + 1, None, "no column head is a year.", way)
    if region_at is None or not at_year or (r.spec.item and item_at is None):
        return
    r.learn(top, region_at, item_at)
    seen: dict[tuple[str, str], int] = {}
    only = None if item_at is not None else _only(r, top)
    for n, row in r.body(top):
        item = _item(r, row, n, item_at) if item_at is not None else only
        region = r.region_of(row, n, region_at, None, item_at) if item else None
        if item is None or region is None:
            continue
        if (region, item) in seen:
            who = f"{item} of {r.gazetteer.name(region)} ({region})"
            r.add(n, None, f"{who} stands here and already in row {seen[region, item]}.", "keep one of the two rows")
            continue
        seen[region, item] = n
        called = text(row, item_at) if item_at is not None else next(iter(r.spec.columns))
        factor = r.factor(heads.line(called), item, n - 1, item_at or 0)
        for at, when in at_year.items():
            r.reading.rows.setdefault((region, when), n)
            _keep(r, Cell(region, when, item, None, n, at + 1), row, factor)


def _keep(r: Reader, cell: Cell, row: Sequence[object], factor: float) -> None:
    at = cell.column - 1
    fine, value = r.number_of(row[at] if at < len(row) else "", cell.row, at, cell.item)
    if fine:
        r.reading.cells.append(replace(cell, value=_times(value, factor)))
    else:
        r.reading.faulty.add((cell.region, cell.year, cell.item))


def _block_columns(r: Reader, top: int, region_at: int | None) -> dict[int, tuple[str, str, str]]:
    """Column -> (head of the item, code, year) of tables with several indicators side by side."""
    named = {heads.line(k): v for k, v in r.spec.columns.items()}
    found: dict[int, tuple[str, str, str]] = {}
    met: set[str] = set()
    for at, name in enumerate(r.names):
        parts = split(name, r.spec.fiscal_year)
        if parts is None or at == region_at:
            continue
        met.add(parts[0])
        code = named.get(parts[0], "" if named else parts[0])
        if code:
            found[at] = (parts[0], code, parts[1])
    for name in sorted(set(named) - met):
        near = did_you_mean(name, met) or tuple(sorted(met))[:12]
        r.add(top + 1, None, f"no column is headed {name!r} with a year.", "correct `columns`", near)
    told: set[str] = set()
    for at, (name, code, _) in list(found.items()):
        if r.spec.content == "indicators" and code not in r.variables:
            if name not in told:
                near = did_you_mean(code, r.variables)
                r.add(top + 1, at + 1, f"{name!r} is the code of no variable.", "map it under `columns`", near)
            told.add(name)
            del found[at]
    if not met:
        r.add(top + 1, None, "no column head holds an indicator and a year.", "correct `layout`, `skip` or `head`")
    return found


def _blocks(r: Reader) -> None:
    top = r.find_head()
    region_at = r.column(r.spec.region, "region", top)
    r.parent_at = r.column(r.spec.parent, "parent", top) if r.spec.parent else None
    name_at = r.column(r.spec.name, "name", top) if r.spec.name else None
    found = _block_columns(r, top, region_at)
    if region_at is None or not found:
        return
    of_item = {name: r.factor(name, code, top, at) for at, (name, code, _) in reversed(found.items())}
    factors = {at: of_item[name] for at, (name, _, _) in found.items()}
    r.learn(top, region_at, None)
    seen: dict[str, int] = {}
    for n, row in r.body(top):
        region = r.region_of(row, n, region_at, name_at, None)
        if region is None:
            continue
        if region in seen:
            r.add(
                n, None, f"{r.gazetteer.name(region)} ({region}) stands here and already in row {seen[region]}.", "keep one row"
            )
            continue
        seen[region] = n
        for at, (_, code, when) in found.items():
            r.reading.rows.setdefault((region, when), n)
            _keep(r, Cell(region, when, code, None, n, at + 1), row, factors[at])


def _region_columns(r: Reader, top: int, keys: Collection[int | None]) -> Iterator[tuple[int, str]]:
    for at, name in enumerate(r.names):
        if not name or at in keys:
            continue
        if r.gazetteer.is_total(name) or r.gazetteer.other_level(name):
            r.reading.left_out.setdefault(f"column that is no region of the study ({name})", []).append(top + 1)
            continue
        try:
            yield at, r.gazetteer.resolve(name)
        except Unresolved as fault:
            way = f"add to study.yaml: regions: {{aliases: {{{name!r}: CODE}}}}, or take the column out"
            r.add(top + 1, at + 1, f"{fault}.", way, fault.candidates)


def _regions(r: Reader) -> None:
    top = r.find_head()
    year_at = None if r.fixed_year else r.column(r.spec.year, "year", top)
    item_at = r.column(r.spec.item, "item", top) if r.spec.item else None
    if (year_at is None and not r.fixed_year) or (r.spec.item and item_at is None):
        return
    columns = dict(_region_columns(r, top, (year_at, item_at)))
    seen: dict[tuple[str, str], int] = {}
    only = None if item_at is not None else _only(r, top)
    for n, row in r.body(top):
        item = _item(r, row, n, item_at) if item_at is not None else only
        when = r.year_of(row, n, year_at) if item else None
        if item is None or not when:
            continue
        if (when, item) in seen:
            r.add(n, None, f"{item} of {when} stands here and already in row {seen[when, item]}.", "keep one of the two rows")
            continue
        seen[when, item] = n
        called = text(row, item_at) if item_at is not None else next(iter(r.spec.columns))
        factor = r.factor(heads.line(called), item, n - 1, item_at or 0)
        for at, region in columns.items():
            r.reading.rows.setdefault((region, when), n)
            _keep(r, Cell(region, when, item, None, n, at + 1), row, factor)


_LAYOUTS = {"wide": _wide, "long": _long, "years": _years, "blocks": _blocks, "regions": _regions}


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
    reader = Reader(grid, spec, gazetteer, variables, problems, expected=expected)
    _LAYOUTS[spec.layout](reader)
    return reader.reading
