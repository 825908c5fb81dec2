"""What a map figure is drawn on: provinces, cities and counties of China, or the user's boundaries; bars where there are none."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace

import numpy as np

from yindi.core import resources
from yindi.core.document import Block, Document, Figure, Sentence
from yindi.report import geo
from yindi.report.words import word

Shapes = Mapping[str, tuple[np.ndarray, ...]]
MOST_BARS = 40
"""More bars than this do not fit a page; then the highest and the lowest are shown."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Region -> rings (N, 2) in degrees; `name` tells grounds apart; `source` stands below the map; official: China's."""

    name: str
    shapes: Shapes = field(repr=False, compare=False)
    source: str = ""
    official: bool = False


@dataclass(frozen=True, slots=True)
class MapFigure(Figure):
    """A map on another ground than the packaged outline of provinces."""

    ground: Ground = field(default_factory=lambda: Ground("", {}))


def own(shapes: Shapes, source: str) -> Ground | None:
    """The ground of the user's boundaries; None where there are none."""
    if not shapes:
        return None
    seen = hashlib.sha256()
    for code in sorted(shapes):
        seen.update(code.encode())
        for ring in shapes[code]:
            seen.update(np.ascontiguousarray(ring, dtype=float).tobytes())
    return Ground(seen.hexdigest()[:16], shapes, source)


@functools.cache
def china(level: str) -> Ground:
    """Cities or counties of China from the packaged topology."""
    tree = resources.tree("geo/cn.topo.json")
    scale, shift = (np.array(tree["transform"][k]) for k in ("scale", "translate"))
    arcs = [np.cumsum(np.array(a), axis=0) * scale + shift for a in tree["arcs"]]
    key = {"county": "code"}.get(level, level)
    shapes: dict[str, tuple[np.ndarray, ...]] = {}
    for g in tree["objects"][level]["geometries"]:
        polygons = [g["arcs"]] if g["type"] == "Polygon" else g["arcs"]
        shapes[str(g["properties"][key])] = tuple(geo.joined(ring, arcs) for polygon in polygons for ring in polygon)
    return Ground(f"china {level}", shapes, official=True)


def ground_of(codes: Iterable[str], given: Ground | None) -> Ground | str:
    """The ground that has every code: the user's, "provinces", cities, counties; "" where there is none."""
    wanted = set(codes)
    if given is not None and wanted <= given.shapes.keys():
        return given
    if wanted <= geo.outline().provinces.keys():
        return "provinces"
    if all(len(c) == 6 and c.isdigit() for c in wanted):
        return next((g for g in map(china, ("city", "county")) if wanted <= g.shapes.keys()), "")
    return ""


def placed(figure: Figure, language: str, given: Ground | None) -> Figure:
    """The figure on its ground; a map without boundaries becomes bars with a note that says so."""
    if figure.kind != "map" or not figure.series or not figure.series[0].points:
        return figure
    found = ground_of((label.code for label, _ in figure.series[0].points), given)
    if isinstance(found, Ground):
        return MapFigure(**{f.name: getattr(figure, f.name) for f in fields(Figure)}, ground=found)
    return figure if found else _bars(figure, language)


def _bars(figure: Figure, language: str) -> Figure:
    first = figure.series[0]
    points = tuple(sorted(first.points, key=lambda p: (-p[1].value, p[0].code)))
    keys = ["no_boundaries"]
    if len(points) > MOST_BARS:
        points, keys = (*points[: MOST_BARS // 2], *points[-MOST_BARS // 2 :]), [*keys, "only_ends"]
    said = tuple(Sentence((word(k, language),), k) for k in keys)
    return replace(figure, kind="bars", series=(replace(first, points=points),), note=(*figure.note, *said))


def grounded(document: Document, given: Ground | None) -> Document:
    """The document with every map on its ground; itself where nothing changes."""
    blocks: tuple[Block, ...] = tuple(
        placed(b, document.language, given) if isinstance(b, Figure) else b for b in document.blocks
    )
    same = all(a is b for a, b in zip(blocks, document.blocks, strict=True))
    return document if same else replace(document, blocks=blocks)
