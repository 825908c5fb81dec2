"""Maps on other ground than provinces: cities and counties of China, and the user's own boundaries; nothing drawn lies hidden."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from yindi.core.errors import UsageError
from yindi.core.finding import Label, Quantity
from yindi.core.wording import suffix, write
from yindi.report import geo, maps
from yindi.report.draw import INK, SOFT, Area, Box, Dot, Drawing, Mark, Stroke, Words, width
from yindi.report.ground import Ground, MapFigure
from yindi.report.projection import EARTH, fitting
from yindi.report.words import word

WIDE, TALLEST, EDGE_OF_SHEET = 760.0, 720.0, 12.0
APART = 6.5
"""Regions whose nearest points are farther apart than so many degrees of a great circle stand in boxes below."""
NATIONAL = 4
"""From so many provinces on, cities and counties are drawn on the map of the whole country."""
_FINE = 0.4
_SPECK = 4.0

Points = Mapping[str, tuple[Label, Quantity]]
Placed = dict[str, maps.Rings]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Region -> rings in pixels, frames around the parts set apart, and the height of it all."""

    rings: Placed
    frames: tuple[tuple[float, float, float, float], ...]
    high: float


def regional(figure: MapFigure, name: str, language: str) -> Drawing:
    """The map of the first series on the figure's ground; raises UsageError for points without boundary."""
    points = {label.code: (label, q) for label, q in figure.series[0].points}
    unknown = sorted(set(points) - set(figure.ground.shapes))
    if unknown or not points:
        raise UsageError(f"Figure map: {unknown[:5] or 'no points'} have no boundary in the file of boundaries.")
    if figure.ground.official:
        return _china(figure, points, name, language)
    return _sheet_drawing(figure, points, name, language, _sheet(figure.ground.name, _Shapes(figure.ground)))


class _Shapes:
    """The shapes of a ground as an argument that a cache can hold: grounds of one name are equal."""

    def __init__(self, ground: Ground, codes: tuple[str, ...] = ()):
        self.shapes = {c: ground.shapes[c] for c in codes or ground.shapes}
        self.key = (ground.name, codes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Shapes) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


def _china(figure: MapFigure, points: Points, name: str, language: str) -> Drawing:
    touched = tuple(sorted({f"{code[:2]}0000" for code in points}))
    if len(touched) < NATIONAL and "460000" not in touched:
        codes = tuple(c for c in figure.ground.shapes if f"{c[:2]}0000" in touched)
        return _sheet_drawing(figure, points, name, language, _sheet(figure.ground.name, _Shapes(figure.ground, codes)))
    limits = maps.classes([q.value for _, q in points.values()])
    main, inset = _national(_Shapes(figure.ground))
    marks = [m for code, rings in _large_first(main) for m in _unit(code, rings, points, limits, language)]
    for code, rings in inset.items():
        marks.append(Area(rings, _fill(code, points, limits), maps.EDGE, 0.3))
    marks += [Area(maps.main_rings(p), "", maps.EDGE, 1.0) for p in geo.outline().provinces]
    marks += maps.national_frame(language)
    marks += _emphasised(figure.emphasis, main, points)
    marks += maps.legend(limits, _unit_of(points), name, len(points) < len(main), language)
    return Drawing(maps.WIDE, maps.HIGH + maps.NOTES, (*marks, *maps.official_notes(language)))


@functools.lru_cache(maxsize=4)
def _national(ground: _Shapes) -> tuple[Placed, Placed]:
    main = {code: thinned(maps.on_main(rings)) for code, rings in ground.shapes.items()}
    inset = {code: thinned(maps.in_inset(rings)) for code, rings in ground.shapes.items()}
    return main, {code: rings for code, rings in inset.items() if rings}


def thinned(rings: maps.Rings) -> maps.Rings:
    """Rings without points closer than a fraction of a pixel; no ring is lost, the smallest become specks."""
    return tuple(_thin(np.array(r).reshape(-1, 2)) for r in rings)


def _thin(points: np.ndarray) -> tuple[float, ...]:
    kept = [points[0]]
    for p in points[1:]:
        if abs(p[0] - kept[-1][0]) + abs(p[1] - kept[-1][1]) >= _FINE:
            kept.append(p)
    if len(kept) < 3:
        x, y = points.mean(axis=0)
        kept = [np.array(c) for c in ((x - 0.4, y), (x, y - 0.4), (x + 0.4, y), (x, y + 0.4))]
    return tuple(np.round(np.array(kept), 1).ravel().tolist())


def clusters(shapes: Mapping[str, Sequence[np.ndarray]]) -> list[tuple[str, ...]]:
    """Groups of regions that hang together within APART degrees, the largest first."""
    codes = sorted(shapes)
    clouds = [_on_sphere(np.concatenate([r[:: max(len(r) // 24, 1)] for r in shapes[c]])[:400]) for c in codes]
    group = list(range(len(codes)))
    limit = 2 * np.sin(np.radians(APART) / 2)
    low, high = np.array([c.min(axis=0) for c in clouds]), np.array([c.max(axis=0) for c in clouds])
    for a in range(len(codes)):
        apart = np.maximum(np.maximum(low[a] - high, low - high[a]), 0.0)
        for b in np.flatnonzero((apart**2).sum(axis=1) <= limit**2):
            if b > a and group[a] != group[b] and _near(clouds[a], clouds[b], limit):
                old, new = max(group[a], group[b]), min(group[a], group[b])
                group = [new if g == old else g for g in group]
    parts = [tuple(c for c, g in zip(codes, group, strict=True) if g == k) for k in dict.fromkeys(group)]
    return sorted(parts, key=lambda p: (-len(p), p))


def _near(a: np.ndarray, b: np.ndarray, limit: float) -> bool:
    return bool((((a[:, None] - b[None]) ** 2).sum(axis=2) <= limit**2).any())


def _on_sphere(degrees: np.ndarray) -> np.ndarray:
    lon, lat = np.radians(degrees).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


@functools.lru_cache(maxsize=8)
def _sheet(_: str, ground: _Shapes) -> Sheet:
    """Every region on the sheet: the largest cluster above, each of the others in a box of its own below, at the same scale."""
    parts = clusters(ground.shapes)
    flat = [_kilometres({c: ground.shapes[c] for c in part}) for part in parts]
    spans = [(f[1].max(axis=0) - f[1].min(axis=0), f[1].min(axis=0), f[1].max(axis=0)) for f in flat]
    scale = float(min((WIDE - 2 * EDGE_OF_SHEET) / spans[0][0][0], TALLEST / spans[0][0][1]))
    rings, frames = Placed(), list[tuple[float, float, float, float]]()
    left = (WIDE - spans[0][0][0] * scale) / 2
    rings |= _at(flat[0][0], scale, left, EDGE_OF_SHEET, spans[0][1], spans[0][2])
    x, y, row = EDGE_OF_SHEET, EDGE_OF_SHEET * 2 + float(spans[0][0][1]) * scale, 0.0
    for (shapes, _all), (span, low, high) in zip(flat[1:], spans[1:], strict=True):
        own = float(min(scale, (WIDE - 40) / span[0], 240.0 / span[1]))
        wide, tall = max(float(span[0]) * own + 12, 34.0), max(float(span[1]) * own + 12, 34.0)
        if x + wide > WIDE - EDGE_OF_SHEET:
            x, y, row = EDGE_OF_SHEET, y + row + 8, 0.0
        rings |= _at(shapes, own, x + (wide - float(span[0]) * own) / 2, y + (tall - float(span[1]) * own) / 2, low, high)
        frames.append((x, y, wide, tall))
        x, row = x + wide + 8, max(row, tall)
    return Sheet(rings, tuple(frames), y + row + 6)


def _kilometres(shapes: Mapping[str, Sequence[np.ndarray]]) -> tuple[dict[str, list[np.ndarray]], np.ndarray]:
    project = fitting(np.concatenate([r for rings in shapes.values() for r in rings]))
    out = {code: [project(r) for r in rings] for code, rings in shapes.items()}
    every = np.concatenate([r for rings in out.values() for r in rings])
    floor = EARTH * np.radians(0.05)
    return out, np.vstack([every, every.mean(axis=0) + floor, every.mean(axis=0) - floor])


def _at(
    shapes: Mapping[str, Sequence[np.ndarray]], scale: float, left: float, top: float, low: np.ndarray, high: np.ndarray
) -> Placed:
    def flat(km: np.ndarray) -> tuple[float, ...]:
        pixels = np.column_stack([left + (km[:, 0] - low[0]) * scale, top + (high[1] - km[:, 1]) * scale])
        return tuple(pixels.ravel().tolist())

    return {code: thinned(tuple(flat(r) for r in rings)) for code, rings in shapes.items()}


def _unit_of(points: Points) -> str:
    return next(iter(points.values()))[1].unit


def _fill(code: str, points: Points, limits: Sequence[tuple[float, float]]) -> str:
    return maps.shade(points[code][1].value, limits) if code in points else maps.NOTHING


def _unit(code: str, rings: maps.Rings, points: Points, limits: Sequence[tuple[float, float]], language: str) -> list[Mark]:
    if not rings:
        return []
    label, q = points.get(code, (None, None))
    title = f"{label.text} {write(q, language)}" if label and q else word("no_data", language)
    fill = _fill(code, points, limits)
    marks: list[Mark] = [Area(rings, fill, maps.EDGE, 0.4, q, title)]
    xs, ys = (np.concatenate([np.array(r)[k::2] for r in rings]) for k in (0, 1))
    if q and np.ptp(xs) < _SPECK and np.ptp(ys) < _SPECK:
        marks.append(Dot(float(xs.mean()), float(ys.mean()), 3.0, fill, maps.EDGE, "circle", None, title))
    return marks


def _large_first(placed: Placed) -> list[tuple[str, maps.Rings]]:
    """Regions by the size of their frames, so that one that lies inside another is drawn on top of it."""

    def size(item: tuple[str, maps.Rings]) -> float:
        xs, ys = ([v for r in item[1] for v in r[k::2]] for k in (0, 1))
        return -(max(xs) - min(xs)) * (max(ys) - min(ys)) if xs else 0.0

    return sorted(placed.items(), key=size)


def _emphasised(codes: Sequence[str], placed: Placed, points: Points) -> list[Mark]:
    marks: list[Mark] = [Area(placed[c], "", INK, 2.0) for c in codes if placed.get(c)]
    signs = [c for c, (_, q) in points.items() if q.marked and placed.get(c)]
    marks += [Words(*maps.deepest(max(placed[c], key=len)), "†", 12, "middle") for c in signs]
    for c in codes:
        if c in points and placed.get(c):
            text, (x, y) = points[c][0].text, maps.deepest(max(placed[c], key=len))
            wide = width(text, 13) + 8
            marks += [Box(x - wide / 2, y - 12, wide, 17, "#ffffff"), Words(x, y + 1, text, 13, "middle", bold=True)]
    return marks


def _sheet_drawing(figure: MapFigure, points: Points, name: str, language: str, sheet: Sheet) -> Drawing:
    limits = maps.classes([q.value for _, q in points.values()])
    marks = [m for code, rings in _large_first(sheet.rings) for m in _unit(code, rings, points, limits, language)]
    marks += [Stroke((x, y, x + w, y, x + w, y + h, x, y + h, x, y), SOFT, 0.8) for x, y, w, h in sheet.frames]
    marks += _emphasised(figure.emphasis, sheet.rings, points)
    row, below = _key(limits, _unit_of(points), name, len(points) < len(sheet.rings), language, sheet.high)
    marks += row
    if figure.ground.official:
        return Drawing(WIDE, below + maps.NOTES, (*marks, *maps.official_notes(language, below)))
    gap = "。" if language == "zh" else ". "
    said = [figure.ground.source or word("map_given", language), *([word("map_inset", language)] if sheet.frames else [])]
    return Drawing(WIDE, below + 26, (*marks, Words(16, below + 16, gap.join(said), 11, fill=SOFT)))


def _key(limits: Sequence[tuple[float, float]], unit: str, name: str, absent: bool, language: str,
         top: float) -> tuple[list[Mark], float]:  # fmt: skip
    """The classes side by side below a map; a row that is full goes on below."""
    rows = [(maps.shade(high, limits), maps.span(low, high, unit, language) + suffix(unit, language)) for low, high in limits]
    rows += [(maps.NOTHING, word("no_data", language))] if absent else []
    marks: list[Mark] = [Words(16, top + 16, name, 13, bold=True)]
    x, y = 16.0, top + 26
    for fill, text in rows:
        need = width(text, 13) + 56
        if x + need > WIDE:
            x, y = 16.0, y + 22
        marks += [Box(x, y, 26, 15, fill, maps.EDGE), Words(x + 33, y + 12, text, 13)]
        x += need
    return marks, y + 24
