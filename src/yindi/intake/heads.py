"""Column heads: where they stand, stacked heads joined, the units they carry."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from yindi.intake import units
from yindi.intake.numbers import clean
from yindi.intake.read import Grid

_UNIT_ROW = re.compile(r"(?:计量)?单位\s*:\s*([^\s)]+)")
_BRACKET = re.compile(r"\(([^()]*)\)\s*$")


@dataclass(frozen=True, slots=True)
class Heads:
    """All names by column, name -> column, names that stand several times, the last head row, the unit above the table."""

    names: tuple[str, ...]
    columns: dict[str, int]
    twice: dict[str, list[int]]
    bottom: int
    unit: str = ""


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
