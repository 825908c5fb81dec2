"""A drawing as a list of marks in pixels: the one form that charts and maps make, and that SVG and PNG are written from."""

from __future__ import annotations

import functools
import math
import unicodedata
from dataclasses import dataclass

from yindi.core.finding import Quantity

INK, SOFT, FAINT, PAPER = "#222222", "#666666", "#d0d0d0", "#ffffff"


@dataclass(frozen=True, slots=True)
class Area:
    """Closed rings (each a flat tuple of x, y), filled even-odd."""

    rings: tuple[tuple[float, ...], ...]
    fill: str
    stroke: str = PAPER
    width: float = 0.6
    point: Quantity | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Stroke:
    """An open line through x, y, x, y, ...; dash is the length of dash and gap, 0 for solid."""

    points: tuple[float, ...]
    stroke: str = INK
    width: float = 1.0
    dash: float = 0.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    wide: float
    high: float
    fill: str
    stroke: str = ""
    point: Quantity | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """A marker: circle, square, diamond or triangle of half-width r."""

    x: float
    y: float
    r: float
    fill: str
    stroke: str = INK
    shape: str = "circle"
    point: Quantity | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """Text on a baseline; anchor is start, middle or end."""

    x: float
    y: float
    text: str
    size: float = 13.0
    anchor: str = "start"
    bold: bool = False
    fill: str = INK
    point: Quantity | None = None


Mark = Area | Stroke | Box | Dot | Words


@dataclass(frozen=True, slots=True)
class Drawing:
    """Marks on a sheet, first drawn first; `base` is the part that many drawings share."""

    wide: float
    high: float
    marks: tuple[Mark, ...]
    base: tuple[Mark, ...] = ()


@functools.cache
def _em(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WFA":
        return 1.0
    return 0.3 if character in " .,:;|'ilI-" else 0.56


@functools.lru_cache(maxsize=4096)
def width(text: str, size: float = 13.0) -> float:
    """Approximate width of a text in pixels: wide characters one em, others a bit over half."""
    return sum(map(_em, text)) * size


def ticks(low: float, high: float, count: int = 5) -> tuple[float, ...]:
    """Round values that cover low to high in steps of one, two or five times a power of ten."""
    if high <= low:
        low, high = (low, low + (abs(low) or 1.0)) if low >= 0 else (2 * low, 0.0)
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= raw * 0.999999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(n * step for n in range(first, last + 1))
