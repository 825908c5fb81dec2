"""Choropleth map of provinces with the South China Sea inset; nothing of the outline is left out, source and notice below."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from yindi.core.document import Figure
from yindi.core.errors import UsageError
from yindi.core.finding import Label, Quantity
from yindi.core.wording import number, suffix, write
from yindi.report import geo
from yindi.report.draw import INK, SOFT, Area, Box, Drawing, Mark, Stroke, Words, width
from yindi.report.words import citation, word

WIDE, HIGH, NOTES = 760.0, 640.0, 44.0
SHADES = ("#eaf1f7", "#bdd5e7", "#86b1d3", "#4a86b8", "#17507f")
NOTHING, EDGE = "#ffffff", "#6f7f8c"
MAIN_NORTH_OF = 17.4
_ANCHORS = np.array([(73.5, 39.5), (135.1, 48.4), (123.3, 53.55), (109.5, 18.15)])
_WINDOW = (107.0, 0.6, 123.2, 23.5)
_INSET = (640.0, 506.0, 112.0, 130.0)

Rings = tuple[tuple[float, ...], ...]


@functools.cache
def _main_fit() -> tuple[float, float, float]:
    km = geo.albers(_ANCHORS)
    low, high = km.min(axis=0), km.max(axis=0)
    scale = float((WIDE - 70.0) / (high[0] - low[0]))
    return scale, float(10.0 - low[0] * scale), float(14.0 + high[1] * scale)


@functools.cache
def _inset_fit() -> tuple[float, float, float]:
    west, south, east, north = _WINDOW
    km = geo.albers(np.array([(west, south), (east, south), (west, north), (east, north), ((west + east) / 2, south)]))
    low, high = km.min(axis=0), km.max(axis=0)
    x, y, wide, tall = _INSET
    scale = float(min((wide - 8) / (high[0] - low[0]), (tall - 8) / (high[1] - low[1])))
    return scale, float(x + 4 - low[0] * scale), float(y + 4 + high[1] * scale)


def _placed(degrees: np.ndarray, fit: tuple[float, float, float]) -> np.ndarray:
    scale, left, top = fit
    km = geo.albers(degrees)
    return np.column_stack([left + km[:, 0] * scale, top - km[:, 1] * scale])


def _flat(points: np.ndarray) -> tuple[float, ...]:
    return tuple(np.round(points, 1).ravel().tolist())


def on_main(rings: Sequence[np.ndarray]) -> Rings:
    """Rings in degrees on the main sheet; those of the South China Sea stand in the inset alone."""
    return tuple(_flat(_placed(r, _main_fit())) for r in rings if r[:, 1].max() > MAIN_NORTH_OF)


def in_inset(rings: Sequence[np.ndarray]) -> Rings:
    """Rings in degrees inside the inset's frame."""
    west, north = _WINDOW[0], _WINDOW[3]
    kept = [r for r in rings if r[:, 1].min() < north + 2 and r[:, 0].max() > west - 2]
    cut = [clipped(_placed(r, _inset_fit()), _frame()) for r in kept]
    return tuple(_flat(c) for c in cut if len(c))


@functools.cache
def main_rings(code: str) -> Rings:
    """The rings of a province on the main sheet."""
    return on_main([r.degrees for r in geo.outline().provinces[code]])


def clipped(points: np.ndarray, box: tuple[float, float, float, float]) -> np.ndarray:
    """A closed ring cut to a rectangle (Sutherland and Hodgman 1974); (0, 2) where nothing is inside."""
    left, top, right, bottom = box
    for axis, limit, sign in ((0, left, 1.0), (0, right, -1.0), (1, top, 1.0), (1, bottom, -1.0)):
        if not len(points):
            break
        depth = sign * (points[:, axis] - limit)
        out = []
        for k in range(len(points)):
            a, b = depth[k - 1], depth[k]
            if (a < 0) != (b < 0):
                out.append(points[k - 1] + (points[k] - points[k - 1]) * a / (a - b))
            if b >= 0:
                out.append(points[k])
        points = np.array(out).reshape(-1, 2)
    return points


def _frame() -> tuple[float, float, float, float]:
    x, y, wide, tall = _INSET
    return x, y, x + wide, y + tall


@functools.cache
def inset_rings(code: str) -> Rings:
    """The rings of a province inside the inset's frame."""
    return in_inset([r.degrees for r in geo.outline().provinces[code]])


@functools.cache
def _lines() -> tuple[Stroke, ...]:
    left, top, right, bottom = _frame()
    marks = []
    for line in geo.outline().lines:
        if line.north > MAIN_NORTH_OF:
            marks.append(Stroke(_flat(_placed(line.degrees, _main_fit())), INK, 1.1))
        small = _placed(line.degrees, _inset_fit())
        inside = (small[:, 0] > left) & (small[:, 0] < right) & (small[:, 1] > top) & (small[:, 1] < bottom)
        if inside.all() and len(small) > 1:
            marks.append(Stroke(_flat(small), INK, 1.0))
    return tuple(marks)


@functools.cache
def centre(code: str) -> tuple[float, float]:
    """The place of a coarse grid that lies deepest inside the largest ring of a province, for its name."""
    return deepest(max(main_rings(code), key=len))


def deepest(flat: Sequence[float]) -> tuple[float, float]:
    """The place of a coarse grid that lies deepest inside a ring."""
    ring = np.array(flat).reshape(-1, 2)
    low, high = ring.min(axis=0), ring.max(axis=0)
    grid = np.stack(np.meshgrid(*(np.linspace(low[k], high[k], 25)[1:-1] for k in (0, 1))), axis=-1).reshape(-1, 2)
    away = np.hypot(*(grid[:, None] - ring[None]).transpose(2, 0, 1)).min(axis=1)
    x, y = grid[int(np.where(_inside(grid, ring), away, -1.0).argmax())]
    return float(x), float(y)


def _inside(points: np.ndarray, ring: np.ndarray) -> np.ndarray:
    a, b = ring, np.roll(ring, -1, axis=0)
    x, y = points[:, :1], points[:, 1:]
    crosses = (a[:, 1] > y) != (b[:, 1] > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        left = x < (b[:, 0] - a[:, 0]) * (y - a[:, 1]) / (b[:, 1] - a[:, 1]) + a[:, 0]
    odd: np.ndarray = (crosses & left).sum(axis=1) % 2 == 1
    return odd


def classes(values: Sequence[float], count: int = len(SHADES)) -> list[tuple[float, float]]:
    """Class limits (smallest and largest member) of up to `count` classes with about equally many members."""
    order = sorted(values)
    if len(set(order)) <= count:
        return [(v, v) for v in sorted(set(order))]
    cuts = [round(len(order) * k / count) for k in range(count + 1)]
    groups = [order[a:b] for a, b in pairwise(cuts) if b > a]
    out: list[tuple[float, float]] = []
    for group in groups:
        members = [v for v in group if not out or v > out[-1][1]]
        if members:
            out.append((members[0], max(v for v in order if v <= group[-1])))
    return out


def shade(value: float, limits: Sequence[tuple[float, float]]) -> str:
    """The fill of a value."""
    place = next(k for k, (_, high) in enumerate(limits) if value <= high)
    return SHADES[place if len(limits) > 1 else 2] if len(limits) == len(SHADES) else _spread(place, len(limits))


def _spread(place: int, count: int) -> str:
    return SHADES[round(place * (len(SHADES) - 1) / (count - 1))] if count > 1 else SHADES[2]


def _regions(points: Mapping[str, tuple[Label, Quantity]], limits: Sequence[tuple[float, float]], language: str) -> list[Mark]:
    marks: list[Mark] = []
    for code in geo.outline().provinces:
        label, q = points.get(code, (None, None))
        fill = shade(q.value, limits) if q else NOTHING
        title = f"{label.text} {write(q, language)}" if label and q else word("no_data", language)
        marks.append(Area(main_rings(code), fill, EDGE, 0.6, q, title))
        if inset_rings(code):
            marks.append(Area(inset_rings(code), fill, EDGE, 0.5, None, ""))
    return marks


def legend(limits: Sequence[tuple[float, float]], unit: str, name: str, absent: bool, language: str) -> list[Mark]:
    """Name and classes, one below the other at the lower left."""
    tail = suffix(unit, language)
    rows = [(shade(high, limits), span(low, high, unit, language) + tail) for low, high in limits]
    rows += [(NOTHING, word("no_data", language))] if absent else []
    top = HIGH - 22.0 * len(rows) - 8
    marks: list[Mark] = [Words(16, top - 8, name, 13, bold=True)]
    for n, (fill, text) in enumerate(rows):
        marks += [Box(16, top + 22 * n, 26, 15, fill, EDGE), Words(50, top + 22 * n + 12, text, 13)]
    return marks


def span(low: float, high: float, unit: str, language: str) -> str:
    """The ends of a class as text."""
    ends = [number(v, unit, language) for v in (low, high)]
    return ends[0] if low == high else " – ".join(ends)


def official_notes(language: str, high: float = HIGH) -> list[Mark]:
    """Source, approval number and notice below a map of China or of a part of it."""
    source = word("map_source", language) + ("" if language == "zh" else " ") + citation("map_approval", language).text
    last = f"{word('map_own_number', language)}  {word('map_notice', language)}"
    return [Words(16, high + 18, source, 11, fill=SOFT), Words(16, high + 35, last, 11, fill=SOFT)]


def choropleth(figure: Figure, name: str, language: str) -> Drawing:
    """The map of the first series; raises UsageError for points that are no province."""
    points = {label.code: (label, q) for label, q in figure.series[0].points}
    unknown = sorted(set(points) - set(geo.outline().provinces))
    if unknown or not points:
        raise UsageError(f"Figure map: {unknown[:5] or 'no points'}: a map needs values of provinces by their codes.")
    limits = classes([q.value for _, q in points.values()])
    unit = next(iter(points.values()))[1].unit
    marks: list[Mark] = _regions(points, limits, language)
    marks += national_frame(language)
    for code in figure.emphasis:
        marks += [Area(main_rings(code), "", INK, 2.2), *_named(code, points)]
    marks += [Words(*centre(code), "†", 14, "middle") for code, (_, q) in points.items() if q.marked]
    marks += legend(limits, unit, name, len(points) < len(geo.outline().provinces), language)
    return Drawing(WIDE, HIGH + NOTES, tuple(marks + official_notes(language)))


def national_frame(language: str) -> list[Mark]:
    """Boundary lines with the ten-dash line, and the frame of the inset with its name."""
    x, y, wide, tall = _INSET
    edge = Stroke((x, y, x + wide, y, x + wide, y + tall, x, y + tall, x, y), INK, 1.0)
    name = Words(x + wide / 2, y + tall - 4, word("south_sea", language), 10 if language == "zh" else 8.5, "middle")
    return [*_lines(), edge, name]


def _named(code: str, points: Mapping[str, tuple[Label, Quantity]]) -> list[Mark]:
    if code not in points:
        return []
    text, (x, y) = points[code][0].text, centre(code)
    wide = width(text, 13) + 8
    return [Box(x - wide / 2, y - 12, wide, 17, "#ffffff"), Words(x, y + 1, text, 13, "middle", bold=True)]
