"""How wide the columns of a report's table are: numbers and words stay whole, heads may wrap, text gives way to numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from yindi.core.document import Grid, Parts
from yindi.core.finding import Quantity
from yindi.report import styles
from yindi.report.draw import width
from yindi.report.text import is_number, joined

TOGETHER = 190.0
"""Tables of up to so many points in height are not broken across pages; a taller one would leave half a page empty."""


def need(parts: Parts, language: str) -> float:
    """Width a cell would like, in ems of its font."""
    return width(joined(parts, language), 1.0)


def longest(parts: Parts, language: str) -> float:
    """Width in ems of the longest piece that should stay on one line; a run of Chinese may break after four characters."""
    return max((min(width(w, 1.0), 4.0) if w > "\u2e80" else width(w, 1.0) for w in joined(parts, language).split()), default=0.0)


def demand(grid: Grid, language: str, size: float) -> tuple[list[float], list[float]]:
    """Least and wanted widths in twips: numbers and words stay whole, heads may wrap."""
    em, pad = size * 20, 180
    least, want = [], []
    for k, head in enumerate(grid.head):
        cells = [row[k] for row in grid.rows]
        whole = [need(c, language) if any(isinstance(p, Quantity) for p in c) else longest(c, language) for c in cells]
        free = max((need(c, language) for c in cells), default=0.0)
        least.append(max([longest(head, language), *whole]) * em + pad)
        want.append(max(free, min(need(head, language), 8.0)) * em + pad)
    return least, want


def size_of(grid: Grid, language: str, wide: int, size: float) -> tuple[str, float]:
    """The largest table size in which the words of all columns fit, and the ending of its styles."""
    fits = [(tail, share) for tail, share in styles.SIZES if sum(demand(grid, language, size * share)[0]) <= wide]
    tail, share = (fits or styles.SIZES[-1:])[0]
    return tail, size * share


def columns(grid: Grid, language: str, wide: int, size: float) -> list[int]:
    """Widths in twips: the given relative ones, else by the longest cell, text columns giving way to numbers."""
    if grid.widths:
        return _given(grid, language, wide, size)
    least, want = demand(grid, language, size)
    spare = wide - sum(least)
    extra = [w - n for w, n in zip(want, least, strict=True)]
    if spare <= 0 or sum(extra) <= spare:
        base, rest = (least, want)[spare > 0], wide - sum((least, want)[spare > 0])
        return [round(b + rest * b / sum(base)) for b in base]
    return [round(n + spare * e / sum(extra)) for n, e in zip(least, extra, strict=True)]


def _given(grid: Grid, language: str, wide: int, size: float) -> list[int]:
    """The given relative widths, except that no column breaks a word where others have room for it."""
    total = sum(grid.widths)
    asked = [wide * w / total for w in grid.widths]
    least = [_word(grid, k, language) * size * 20 + 180 for k in range(len(asked))]
    short = [k for k, (a, n) in enumerate(zip(asked, least, strict=True)) if a < n]
    missing = sum(least[k] - asked[k] for k in short)
    room = {k: asked[k] - least[k] for k in range(len(asked)) if k not in short}
    if not short or missing > sum(room.values()):
        return [round(a) for a in asked]
    part = missing / sum(room.values())
    return [round(least[k] if k in short else asked[k] - room[k] * part) for k in range(len(asked))]


def _word(grid: Grid, column: int, language: str) -> float:
    """Width in ems of the longest word of a column; of Chinese tables only the heads are looked at, since signs may break."""
    cells = [grid.head[column], *(row[column] for row in grid.rows if language != "zh")]
    words = {w for cell in cells for w in joined(cell, language).split()}
    return max((min(width(w, 1.0), 4.0) if w > "\u2e80" else width(w, 1.0) for w in words), default=0.0)


def together(grid: Grid, wide: Sequence[int], language: str, size: float) -> bool:
    """True where a table is short enough to stay on one page."""
    lines = sum(max(_lines(c, w, language, size) for c, w in zip(row, wide, strict=True)) for row in (grid.head, *grid.rows))
    return lines * size * 1.35 + len(grid.rows) * 3 <= TOGETHER


def _lines(cell: Parts, wide: int, language: str, size: float) -> int:
    """About how many lines a cell takes: a Chinese sign is an em wide, any other half of it."""
    ems = sum(1.0 if c > "\u2e80" else 0.5 for c in joined(cell, language))
    return max(math.ceil(ems * size * 20 / max(wide - 140, 1)), 1)


def inset_of(grid: Grid, column: int, wide: int, language: str, size: float) -> int:
    """How far, in twips, numbers stand from the right edge so that the longest is centred under its head."""
    needs = [need(r[column], language) for r in grid.rows if is_number(r[column])]
    return max(round((wide - 180 - max(needs) * size * 20) / 2), 0) if needs else 0
