"""Printed numbers: their values, and half a unit of the last printed digit, which every identity must be allowed."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yindi.core import resources

Row = Mapping[str, str]
NUMBER = re.compile(r"^[+-]?(\d[\d,]*\.?\d*|\.\d+)([eE][+-]?\d+)?$")
STARS = re.compile(r"[*†‡\s%％]+$")
FLOOR = 1e-9
"""Relative slack of numbers printed in full (floating point)."""


def number(text: str) -> float:
    """The value of a printed number; NaN where the cell holds none. Thousands commas, stars, per-cent signs are read past."""
    plain = STARS.sub("", text.strip().replace("−", "-").replace("－", "-"))
    return float(plain.replace(",", "")) if NUMBER.match(plain) else math.nan


def decimals(text: str) -> int:
    """How many digits stand behind the point."""
    plain = STARS.sub("", text.strip())
    mantissa, _, exponent = plain.lower().partition("e")
    return max(0, len(mantissa.partition(".")[2]) - int(exponent or 0))


@dataclass(frozen=True, slots=True)
class Column:
    """One numeric column: its header, its values by row, and half a unit of its last printed digit."""

    name: str
    values: tuple[float, ...]
    half: float

    def slack(self, n: int) -> float:
        """How far the true value of row n may lie from the printed one."""
        return max(self.half, FLOOR * abs(self.values[n]))


def column(rows: Sequence[Row], name: str) -> Column:
    """A column of printed numbers; trailing zeros may be lost in some rows, so the longest cell says how it was rounded."""
    cells = [r.get(name) or "" for r in rows]
    values = tuple(number(c) for c in cells)
    shown = [decimals(c) for c, v in zip(cells, values, strict=True) if not math.isnan(v)]
    return Column(name, values, 0.5 * 10.0 ** -max(shown, default=0))


def numeric(rows: Sequence[Row]) -> list[str]:
    """Headers of the columns whose filled cells are all numbers, at least one."""
    found = []
    for name in rows[0] if rows else ():
        cells = [r.get(name) or "" for r in rows]
        filled = [c for c in cells if c.strip()]
        if filled and not any(math.isnan(number(c)) for c in filled):
            found.append(name)
    return found


def roles(kind: str, headers: Sequence[str]) -> dict[str, str]:
    """Role -> header, by the packaged table of the names such columns go by (data/audit_columns.csv)."""
    plain = {_plain(h): h for h in reversed(headers)}
    found: dict[str, str] = {}
    for row in resources.rows("audit_columns.csv"):
        if row["kind"] == kind and row["role"] not in found and _plain(row["name"]) in plain:
            found[row["role"]] = plain[_plain(row["name"])]
    return found


def _plain(header: str) -> str:
    return re.sub(r"[\s_\-·'’()（）]+", "", header).lower()
