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
    """One row of units.csv: shown value = value x scale, with so many digits, and a suffix per language."""

    code: str
    scale: float
    digits: int
    zh: str
    en: str
    signed: bool


@functools.cache
def units() -> dict[str, Unit]:
    """All units by code."""
    table = resources.rows("units.csv")
    return {
        r["unit"]: Unit(r["unit"], float(r["scale"]), int(r["digits"]), r["zh"], r["en"], r["signed"] == "yes") for r in table
    }


def unit(code: str) -> Unit:
    """The unit, or UsageError."""
    if code not in units():
        raise UsageError(f"Unit {code!r} is not in units.csv.")
    return units()[code]


def number(value: float, code: str) -> str:
    """The number alone: scaled, rounded half to even on the shown digit, thousands with commas."""
    u = unit(code)
    shown = round(value * u.scale, u.digits)
    if not math.isfinite(shown):
        raise UsageError(f"{value} cannot be written.")
    shown = 0.0 if shown == 0 else shown
    return f"{shown:+,.{u.digits}f}" if u.signed else f"{shown:,.{u.digits}f}"


def suffix(code: str, language: str) -> str:
    """The unit's suffix in a language."""
    return unit(code).zh if language == "zh" else unit(code).en


def write(quantity: Quantity, language: str, *, bare: bool = False) -> str:
    """The quantity as text; `bare` leaves the unit to the column head; a mark follows where it rests on filled cells."""
    tail = "" if bare and suffix(quantity.unit, language) not in ("%",) else suffix(quantity.unit, language)
    return number(quantity.value, quantity.unit) + tail + (MARK if quantity.marked else "")
