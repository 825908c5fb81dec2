"""How a quantity is written in a language: units and digits come from the table units.csv, never from a template."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

from yindi.core import resources
from yindi.core.errors import UsageError
from yindi.core.finding import Quantity

LANGUAGES = ("zh", "en")
MARK = "†"


@dataclass(frozen=True, slots=True)
class Unit:
    """One row of units.csv: shown value = value x scale, with so many digits and a suffix, each per language."""

    code: str
    scale: dict[str, float]
    digits: dict[str, int]
    suffix: dict[str, str]
    signed: bool


@functools.cache
def units() -> dict[str, Unit]:
    """All units by code."""
    return {r["unit"]: _unit(r) for r in resources.rows("units.csv")}


def _unit(row: dict[str, str]) -> Unit:
    scale = {x: float(row.get(f"scale_{x}") or row["scale"]) for x in LANGUAGES}
    digits = {x: int(row.get(f"digits_{x}") or row["digits"]) for x in LANGUAGES}
    return Unit(row["unit"], scale, digits, {x: row[x] for x in LANGUAGES}, row["signed"] == "yes")


def unit(code: str) -> Unit:
    """The unit, or UsageError."""
    if code not in units():
        raise UsageError(f"Unit {code!r} is not in units.csv.")
    return units()[code]


def number(value: float, code: str, language: str = "zh") -> str:
    """The number alone: scaled, rounded half to even on the shown digit, thousands with commas."""
    u = unit(code)
    digits = u.digits[language]
    shown = round(value * u.scale[language], digits)
    if not math.isfinite(shown):
        raise UsageError(f"{value} cannot be written.")
    shown = 0.0 if shown == 0 else shown
    return f"{shown:+,.{digits}f}" if u.signed else f"{shown:,.{digits}f}"


def suffix(code: str, language: str) -> str:
    """The unit's suffix in a language."""
    return unit(code).suffix[language]


def write(quantity: Quantity, language: str, *, bare: bool = False) -> str:
    """The quantity as text; `bare` leaves the unit to the column head; a mark follows where it rests on filled cells."""
    tail = "" if bare and suffix(quantity.unit, language) not in ("%",) else suffix(quantity.unit, language)
    return number(quantity.value, quantity.unit, language) + tail + (MARK if quantity.marked else "")
