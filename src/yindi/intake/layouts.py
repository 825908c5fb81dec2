"""A grid and its description in study.yaml -> resolved cells: region code, year, item, number, and where each stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from yindi.core.config import Input
from yindi.core.errors import Problems, did_you_mean
from yindi.core.framework import Variable
from yindi.intake import units
from yindi.intake.numbers import CellFault, clean, year_or_none
from yindi.intake.read import Grid
from yindi.intake.reader import Cell, Reader, Reading, text
from yindi.intake.regions import Gazetteer


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


def _key_columns(r: Reader, top: int) -> tuple[int | None, int | None, int | None]:
    name = r.column(r.spec.name, "name", top) if r.spec.name else None
    return r.column(r.spec.region, "region", top), r.column(r.spec.year, "year", top), name


def _factors(r: Reader, top: int, items: Mapping[int, str]) -> dict[int, float]:
    return {at: r.factor(r.names[at] if at < len(r.names) else "", item, top, at) for at, item in items.items()}


def _wide(r: Reader) -> None:
    top = r.find_head()
    region_at, year_at, name_at = _key_columns(r, top)
    items = _items_wide(r, top, {at for at in (region_at, year_at, name_at) if at is not None})
    if region_at is None or year_at is None:
        return
    factors = _factors(r, top, items)
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
                r.reading.cells.append(Cell(region, when, item, _times(value, factors[at]), n, at + 1))
            else:
                r.reading.faulty.add((region, when, item))


def _times(value: float | None, factor: float) -> float | None:
    return value if value is None or factor == 1.0 else value * factor


def _long(r: Reader) -> None:
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
    fine, value = r.number_of(row[at] if at < len(row) else "", cell.row, at, cell.item)
    if not fine:
        r.reading.faulty.add((cell.region, cell.year, cell.item))
        return
    if unit_at is not None and text(row, unit_at):
        try:
            times = _factor(r, cell.item, row[unit_at])
        except CellFault as fault:
            r.add(cell.row, unit_at + 1, f"{fault} ({cell.item}).", "correct the unit, or add it to the table of units")
            r.reading.faulty.add((cell.region, cell.year, cell.item))
            return
        r.reading.written[cell.row, unit_at + 1] = units.plain(row[unit_at])
        value = _times(value, times)
    r.reading.cells.append(Cell(cell.region, cell.year, cell.item, value, cell.row, cell.column))


def _factor(r: Reader, item: str, written: object) -> float:
    if item in r.variables:
        return units.factor(written, r.variables[item].unit)
    total = r.variables.get(r.spec.total or "")
    if total is None and not units.code_of(written):
        raise CellFault(f"unit {str(written)!r} is not known")
    unit = total.unit if total is not None else r.reading.units.setdefault("", units.code_of(written))
    times = units.factor(written, unit)
    r.reading.units[item] = unit
    return times


def _years(r: Reader) -> None:
    top = r.find_head()
    region_at = r.column(r.spec.region, "region", top)
    item_at = r.column(r.spec.item, "item", top) if r.spec.item else None
    at_year = {at: when for name, at in r.head.items() if (when := year_or_none(name))}
    if not at_year:
        r.add(
            top + 1,
            None,
            "no column head is a year.",
            "layout: years wants a column per year; correct `layout`, `skip` or `head`",
        )
    if region_at is None or not at_year or (r.spec.item and item_at is None):
        return
    r.learn(top, region_at, item_at)
    seen: dict[tuple[str, str], int] = {}
    for n, row in r.body(top):
        item = _item(r, row, n, item_at) if item_at is not None else next(iter(r.spec.columns.values()), None)
        region = r.region_of(row, n, region_at, None, item_at) if item else None
        if item is None or region is None:
            continue
        if (region, item) in seen:
            who = f"{item} of {r.gazetteer.name(region)} ({region})"
            r.add(n, None, f"{who} stands here and already in row {seen[region, item]}.", "keep one of the two rows")
            continue
        seen[region, item] = n
        factor = r.factor(text(row, item_at), item, n - 1, item_at or 0)
        for at, when in at_year.items():
            r.reading.rows.setdefault((region, when), n)
            fine, value = r.number_of(row[at] if at < len(row) else "", n, at, item)
            if fine:
                r.reading.cells.append(Cell(region, when, item, _times(value, factor), n, at + 1))
            else:
                r.reading.faulty.add((region, when, item))


_LAYOUTS = {"wide": _wide, "long": _long, "years": _years}


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
