"""Shapes: how a lone table is laid out, read without a study file, and its numbers as a cube (region x year x item)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yindi.core import resources
from yindi.core.errors import UsageError
from yindi.intake import heads
from yindi.intake.assemble import Cube
from yindi.intake.numbers import CellFault, clean, number, year_or_none
from yindi.intake.read import Grid
from yindi.intake.regions import Gazetteer, Unresolved

MOST, LOOKED_AT, LARGEST = 0.9, 150, 40_000_000
FEW, ALONE, OWN = 5, 0.98, "own"
LEVELS = ("province", "city", "county")


class Quick(Gazetteer):
    """A gazetteer that answers yes or no, without looking for names that are near."""

    def _near(self, key: str) -> tuple[str, ...]:
        return ()

    def _near_code(self, key: str) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class Shape:
    """A recognised layout: its head, the level of its regions, and the positions of its key columns (-1 where there is none)."""

    layout: str
    level: str
    head: heads.Heads
    region: int
    year: int
    items: tuple[int, ...]
    label: int = -1
    years: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Cubed:
    """A cube, the shape it was read with, the rows of totals (item, year) -> value, and the keys that stand twice."""

    cube: Cube
    shape: Shape
    totals: dict[tuple[str, str], tuple[float, int]]
    twice: tuple[tuple[str, str, int], ...]


def _number(raw: object) -> float | None:
    try:
        return number(raw, unit="percent")
    except CellFault:
        return None


def _texts(grid: Grid, bottom: int, k: int) -> list[str]:
    seen = dict.fromkeys(clean(row[k]) for row in grid.rows[bottom + 1 :] if k < len(row))
    held = [t for t in seen if t]
    return held if len(held) <= LOOKED_AT else held[:: len(held) // LOOKED_AT]


def is_region(text: str, gazetteer: Gazetteer) -> bool:
    """True for the name or code of a region, or of a total of regions."""
    if gazetteer.is_total(text):
        return True
    try:
        return bool(gazetteer.resolve(text))
    except (Unresolved, ValueError):
        return False


def region_column(grid: Grid, found: heads.Heads, gazetteer: Gazetteer) -> int | None:
    """The first column whose texts are nearly all regions, looked at through a sample; notes at the end do not count."""
    for k in range(len(found.names)):
        texts = [t for t in _texts(grid, found.bottom, k) if len(t) <= 24]
        hits = misses = 0
        for t in texts:
            ok = is_region(t, gazetteer)
            hits, misses = hits + ok, misses + (not ok)
            if misses > max(2, (1 - MOST) * len(texts)):
                break
        else:
            if hits > 2:
                return k
    return None


def year_column(grid: Grid, found: heads.Heads, but: int = -1) -> int | None:
    """The first column whose filled cells are nearly all years."""
    for k in range(len(found.names)):
        texts = _texts(grid, found.bottom, k)
        if k != but and texts and sum(year_or_none(t) is not None for t in texts) >= MOST * len(texts):
            return k
    return None


def recognise(grid: Grid, *, rows: int | None = None, skip: int | None = None) -> Shape | None:
    """The shape of a table with regions and years, at the first level that fits; None where it is no such table."""
    guessed = heads.frame(grid)
    found = heads.find(grid, rows=rows or guessed[1], skip=guessed[0] if skip is None else skip)
    for level in LEVELS:
        try:
            at = region_column(grid, found, Quick(level))
        except UsageError:
            continue
        if at is not None:
            return _with_years(grid, found, level, at)
    return _own(grid, found)


def _own(grid: Grid, found: heads.Heads) -> Shape | None:
    """A table of regions that are not in the gazetteer: a column of texts that (with the year, where it is one) names rows."""
    when = year_column(grid, found)
    across = [k for k, name in enumerate(found.names) if year_or_none(name)]
    body = [row for row in grid.rows[found.bottom + 1 :] if sum(bool(clean(c)) for c in row) > 2]
    for k in range(len(found.names)):
        texts = [clean(row[k]) if k < len(row) else "" for row in body]
        named = sum(bool(t) and _number(t) is None for t in texts) >= MOST * len(texts)
        if k == when or not named or len(set(texts)) < FEW:
            continue
        years = [clean(row[when]) if when is not None and when < len(row) else "" for row in body]
        alone = len(set(zip(texts, years, strict=True))) >= ALONE * len(texts)
        if alone and (len(across) >= FEW or (when is not None and len(set(years)) >= 3)):
            return _with_years(grid, found, OWN, k)
    return None


def _with_years(grid: Grid, found: heads.Heads, level: str, at: int) -> Shape | None:
    across = tuple((k, str(y)) for k, name in enumerate(found.names) if (y := year_or_none(name)))
    rest = [k for k in range(len(found.names)) if k != at]
    if len(across) >= 2:
        taken = {k for k, _ in across}
        texts = [k for k in rest if k not in taken and _texts(grid, found.bottom, k)]
        return Shape("years", level, found, at, -1, (), texts[0] if texts else -1, across)
    when = year_column(grid, found, at)
    if when is None:
        return None
    return _by_rows(grid, found, level, at, when)


def _by_rows(grid: Grid, found: heads.Heads, level: str, at: int, when: int) -> Shape:
    rest = [k for k, name in enumerate(found.names) if name and k not in (at, when)]
    body = grid.rows[found.bottom + 1 :]
    some = body[:LOOKED_AT]
    numeric = [k for k in rest if sum(_number(row[k]) is not None for row in some if k < len(row)) > 0]
    numeric += [k for k in rest if k not in numeric and any(_number(row[k]) is not None for row in body if k < len(row))]
    keys = [(clean(row[at]), clean(row[when])) for row in body if len(row) > max(at, when) and clean(row[at])]
    if len(set(keys)) > 0.9 * len(keys) or not numeric:
        return Shape("wide", level, found, at, when, tuple(sorted(numeric)))
    per_key = len(keys) / max(len(set(keys)), 1)
    labels = {k: len(_texts(grid, found.bottom, k)) for k in rest if k not in numeric}
    label = min(labels, key=lambda k: (_same_keys(body, at, when, k), abs(labels[k] - per_key), k), default=-1)
    value = max(numeric, key=lambda k: (len(_texts(grid, found.bottom, k)), -k))
    return Shape("long", level, found, at, when, (value,), label)


def _same_keys(body: Sequence[Sequence[object]], at: int, when: int, k: int) -> int:
    """How many rows stand twice when the items are named by column k."""
    keys = [(clean(r[at]), clean(r[when]), clean(r[k])) for r in body if len(r) > max(at, when, k) and clean(r[at])]
    return len(keys) - len(set(keys))


def _lines(grid: Grid, shape: Shape) -> list[tuple[int, str, str, str, object, int]]:
    """(row, region as written, year, item, raw value, column) of every cell of the table."""
    made = []
    names = shape.head.names
    for n, row in enumerate(grid.rows[shape.head.bottom + 1 :], shape.head.bottom + 2):
        if len(row) <= shape.region or not clean(row[shape.region]):
            continue
        where = clean(row[shape.region])
        label = clean(row[shape.label]) if 0 <= shape.label < len(row) else ""
        if shape.layout == "years":
            made += [(n, where, y, label or "value", row[k], k + 1) for k, y in shape.years if k < len(row)]
            continue
        when = year_or_none(row[shape.year]) if shape.year < len(row) else None
        if when and shape.layout == "wide":
            made += [(n, where, when, names[k], row[k], k + 1) for k in shape.items if k < len(row)]
        elif when:
            k = shape.items[0]
            made.append((n, where, when, label or names[k], row[k] if k < len(row) else None, k + 1))
    return made


def cube(grid: Grid, shape: Shape) -> Cubed | None:
    """The numbers of a table as a cube over its items; None where no row names a region."""
    gazetteer = Quick(shape.level if shape.level != OWN else LEVELS[0])
    codes: dict[str, str] = {}
    lines = _lines(grid, shape)
    for where in dict.fromkeys(line[1] for line in lines):
        if shape.level == OWN:
            codes[where] = where
            continue
        if not gazetteer.is_total(where) and is_region(where, gazetteer):
            codes[where] = gazetteer.resolve(where)
    held = [line for line in lines if line[1] in codes]
    regions, years = sorted(set(codes.values())), sorted({line[2] for line in held})
    items = list(dict.fromkeys(line[3] for line in held))
    if not held or len(regions) * len(years) * len(items) > LARGEST:
        return None
    made = _empty(regions, years, items, grid)
    twice = _fill(made, held, codes)
    kept = _numeric_items(made)
    return Cubed(kept, shape, _totals(lines, gazetteer, shape.level), tuple(twice))


def _empty(regions: Sequence[str], years: Sequence[str], items: Sequence[str], grid: Grid) -> Cube:
    shape = (len(regions), len(years), len(items))
    book, row, column = (np.full(shape, -1) for _ in range(3))
    values, state = np.zeros(shape), np.zeros(shape, np.int8)
    return Cube(tuple(regions), tuple(years), tuple(items), values, state, book, row, column, (grid,))


def _fill(
    made: Cube, held: Sequence[tuple[int, str, str, str, object, int]], codes: dict[str, str]
) -> list[tuple[str, str, int]]:
    index = [{label: n for n, label in enumerate(labels)} for labels in (made.regions, made.years, made.items)]
    twice: dict[tuple[str, str], int] = {}
    for n, where, when, item, raw, k in held:
        at = (index[0][codes[where]], index[1][when], index[2][item])
        if made.book[at] >= 0:
            twice.setdefault((codes[where], when), n)
            continue
        made.book[at], made.row[at], made.column[at] = 0, n, k
        value = _number(raw)
        if value is not None:
            made.values[at], made.state[at] = value, 1
    return [(r, y, n) for (r, y), n in twice.items()]


def _numeric_items(made: Cube) -> Cube:
    keep = [k for k in range(len(made.items)) if made.known[:, :, k].any()]
    values, state, book, row, column = (a[:, :, keep] for a in (made.values, made.state, made.book, made.row, made.column))
    items = tuple(made.items[k] for k in keep)
    return Cube(made.regions, made.years, items, values, state, book, row, column, made.grids)


def _totals(
    lines: Sequence[tuple[int, str, str, str, object, int]], gazetteer: Gazetteer, level: str
) -> dict[tuple[str, str], tuple[float, int]]:
    national = set(resources.tree("checks.yaml")["nation"]["rows"])
    made = {}
    for n, where, when, item, raw, _ in lines:
        value = _number(raw) if level == "province" and gazetteer.is_total(where) and where in national else None
        if value is not None:
            made[item, when] = (value, n)
    return made
