"""Column heads: where they stand, stacked heads joined, the units they carry."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from yindi.intake import units
from yindi.intake.numbers import CellFault, clean, number
from yindi.intake.read import Grid
from yindi.intake.years import year_or_none

_UNIT_ROW = re.compile(r"(?:计量)?单位\s*:\s*([^\s)]+)")
_LOOKED_AT = 20
_BRACKET = re.compile(r"\(([^()]*)\)\s*$")


@dataclass(frozen=True, slots=True)
class Heads:
    """All names by column, name -> column, names that stand several times, the last head row, the unit above the table."""

    names: tuple[str, ...]
    columns: dict[str, int]
    twice: dict[str, list[int]]
    bottom: int
    unit: str = ""


def frame(grid: Grid) -> tuple[int, int]:
    """Filled rows above the head, and rows of the head: the body begins with the first row that holds a number.

    A number that may be a year (2,013 of something) counts where the row is like the next one and shares its column of years.
    """
    filled = [row for row in grid.rows if any(clean(c) for c in row)]
    body = next((k for k, row in enumerate(filled) if any(_counts(c) for c in row)), 1)
    while 1 < body < len(filled) and _alike(filled, body - 1):
        body -= 1
    skip = next((k for k in range(body) if len({clean(c) for c in filled[k] if clean(c)}) > 1), 0)
    return skip, max(1, min(5, body - skip))


def _counts(raw: object) -> bool:
    try:
        return number(raw, unit="percent") is not None and year_or_none(raw) is None
    except CellFault:
        return False


def _alike(rows: Sequence[Sequence[object]], k: int) -> bool:
    """Whether row `k` is of the body that begins below it: the same cells filled, and a year where the body has its years."""
    here, below = rows[k], rows[k + 1 : k + 1 + _LOOKED_AT]
    full = [j for j, c in enumerate(here) if clean(c)]
    if full != [j for j, c in enumerate(below[0]) if clean(c)]:
        return False
    years = [j for j in full if year_or_none(here[j])]
    return any(sum(bool(year_or_none(row[j])) for row in below if j < len(row)) >= 0.8 * len(below) for j in years)


def joined(parts: Sequence[str]) -> str:
    """A stacked head as one name: its texts from top to bottom, repeated ones once."""
    return "-".join(dict.fromkeys(p for p in parts if p))


def find(grid: Grid, *, rows: int = 1, skip: int = 0, spread: bool = False) -> Heads:
    """The heads of a grid: `rows` rows, after `skip` filled rows of titles; `spread`: upper heads hold until the next one."""
    filled = (n for n, row in enumerate(grid.rows) if any(clean(c) for c in row))
    first = list(itertools.islice(filled, skip + 1))[-1]
    bottom = min(first + rows - 1, len(grid.rows) - 1)
    block = [[line(c) for c in row] for row in grid.rows[first : bottom + 1]]
    width = max(len(row) for row in block)
    if spread:
        block[:-1] = [_spread(row, width) for row in block[:-1]]
    names = [joined([row[k] if k < len(row) else "" for row in block]) for k in range(width)]
    where: dict[str, list[int]] = {}
    for k, name in enumerate(names):
        if name:
            where.setdefault(name, []).append(k)
    first_at = {n: at[0] for n, at in where.items()}
    for k, label in enumerate(grid.labels):
        if label:
            first_at.setdefault(line(label), k)
    twice = {n: at for n, at in where.items() if len(at) > 1}
    return Heads(tuple(names), first_at, twice, bottom, _common_unit(grid, first))


def _spread(row: Sequence[str], width: int) -> list[str]:
    made, last = [], ""
    for k in range(width):
        last = (row[k] if k < len(row) else "") or last
        made.append(last)
    return made


def line(raw: object) -> str:
    """A cell as one line: normal form, line breaks taken out."""
    return re.sub(r"\s*\n\s*", "", clean(raw))


def _common_unit(grid: Grid, first: int) -> str:
    for row in grid.rows[:first]:
        for cell in row:
            if found := _UNIT_ROW.search(clean(cell)):
                return found[1]
    return ""


def unit_in(name: str) -> str:
    """The text in brackets at the end of a head, "" where there is none; whether it is a unit is not decided here."""
    found = _BRACKET.search(clean(name))
    return found[1].strip() if found else ""


def is_unit(written: str) -> bool:
    """True where a text is in the table of units."""
    return units.plain(written) in units.table()
