"""Printed numbers: their values, and half a unit of the last printed digit, which every identity must be allowed."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from yindi.core import resources

Row = Mapping[str, str]
NUMBER = re.compile(r"^[+-]?(\d[\d,]*\.?\d*|\.\d+)([eE][+-]?\d+)?$")
STARS = re.compile(r"(?<=[\d.*†‡\s%])\s*([*†‡\s%]+|[\[(][^()\[\]]*[\])]|[a-d])$")
NONE = ("-", "—", "–", "--", "/", "NA", "N/A", "nan", ".")
MINUS = str.maketrans("−－–", "---")
FLOOR = 1e-9
"""Relative slack of numbers printed in full (floating point)."""


def plain(text: str) -> str:
    """A printed number without stars, per-cent sign, a bracket behind it, and wide forms of digits and signs."""
    if NUMBER.match(text):
        return text
    out = unicodedata.normalize("NFKC", text).strip().translate(MINUS)
    while (shorter := STARS.sub("", out)) != out:
        out = shorter
    return out


@lru_cache(maxsize=1 << 19)
def printed(text: str) -> tuple[float, int]:
    """The value of a cell and how many digits stand behind its point; (NaN, 0) where it holds no number."""
    shown = plain(text)
    if not NUMBER.match(shown):
        return math.nan, 0
    mantissa, _, exponent = shown.lower().partition("e")
    value = float(shown.replace(",", ""))
    return value, max(0, len(mantissa.partition(".")[2]) - int(exponent or 0))


def is_number(text: str) -> bool:
    """True where a cell prints a number."""
    return not math.isnan(printed(text)[0])


def number(text: str) -> float:
    """The value of a printed number; NaN where the cell holds none. Thousands commas, stars, per-cent signs are read past."""
    return printed(text)[0]


def decimals(text: str) -> int:
    """How many digits stand behind the point."""
    return printed(text)[1]


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
    cells = [printed(r.get(name) or "") for r in rows]
    return Column(name, tuple(value for value, _ in cells), 0.5 * 10.0 ** -max((digits for _, digits in cells), default=0))


def numeric(rows: Sequence[Row]) -> list[str]:
    """Headers of the columns whose filled cells are all numbers, at least one."""
    found = []
    for name in rows[0] if rows else ():
        cells = [r.get(name) or "" for r in rows]
        filled = [c for c in cells if c.strip() and c.strip() not in NONE]
        if filled and all(map(is_number, filled)):
            found.append(name)
    return found


TOTALS = ("合计", "总计", "总和", "小计", "total", "sum")


def is_total(row: Row) -> bool:
    """True for a row of totals, by its first filled cell."""
    first = next((c for c in row.values() if c.strip()), "")
    return re.sub(r"\s", "", first).lower() in TOTALS


def roles(kind: str, headers: Sequence[str]) -> dict[str, str]:
    """Role -> header, by the packaged table of the names such columns go by (data/audit_columns.csv).

    A header is known by all of it, else by what stands before its bracket, in it, before its symbol (耦合度C), or at its end,
    under a head it shares with others (差异来源 区域内).
    """
    found: dict[str, str] = {}
    for form in (str, _outside, _inside, _unsigned, _last):
        known = {bare(form(h)): h for h in reversed(headers)}
        for row in resources.rows("audit_columns.csv"):
            header = known.get(bare(row["name"]))
            if row["kind"] == kind and header and row["role"] not in found and header not in found.values():
                found[row["role"]] = header
    return found


def _outside(header: str) -> str:
    return re.sub(r"[(（\[].*", "", header) or header


def _inside(header: str) -> str:
    inner = re.search(r"[(（\[]([^)）\]]*)", header)
    return inner.group(1) if inner else header


def _unsigned(header: str) -> str:
    """A Chinese header without the Latin symbol behind it."""
    return re.sub(r"(?<=[\u4e00-\u9fff])\s*[A-Za-z]{1,3}$", "", _outside(header).strip()) or header


def _last(header: str) -> str:
    """The lower of two joined lines of heads; shares and grades of a group are not its parts."""
    upper, _, lower = header.strip().rpartition(" ")
    share = re.search(r"%|％|贡献|占比|share|contribution", upper, re.IGNORECASE)
    if not re.search(r"[\u4e00-\u9fff]", upper):
        return header
    return f"{lower}贡献率" if share else lower


def bare(header: str) -> str:
    """A header without blanks, dashes, brackets and capitals."""
    return re.sub(r"[\s_\-·'’`()]+", "", unicodedata.normalize("NFKC", header)).lower()
