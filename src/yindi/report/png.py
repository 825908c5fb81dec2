"""A drawing as a PNG: shapes at threefold size, brought down for smooth edges, then text; same drawing, same bytes."""

from __future__ import annotations

import io
import math
from itertools import pairwise
from typing import Any

from yindi.report import fonts
from yindi.report.draw import Area, Box, Dot, Drawing, Stroke, Words

SCALE, OVER = 1.5, 2
_DPI = 185
_WHITE = 251


def png(drawing: Drawing, *, scale: float = SCALE) -> bytes:
    """The drawing as bytes of a PNG of `scale` pixels per unit."""
    from PIL import Image, ImageDraw

    big = scale * OVER
    sheet = Image.new("RGB", (round(drawing.wide * scale) * OVER, round(drawing.high * scale) * OVER), "white")
    pen = ImageDraw.Draw(sheet)
    marks = (*drawing.base, *drawing.marks)
    for mark in marks:
        _shape(pen, mark, big)
    small = sheet.reduce(OVER)
    pen = ImageDraw.Draw(small)
    for mark in marks:
        if isinstance(mark, Words):
            _words(pen, mark, scale)
    out = io.BytesIO()
    flat = small.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    palette = flat.getpalette() or []
    triples = [palette[n : n + 3] for n in range(0, len(palette), 3)]
    flat.putpalette([255 if min(t) >= _WHITE else v for t in triples for v in t])
    flat.save(out, "PNG", compress_level=6, dpi=(_DPI, _DPI))
    return out.getvalue()


def _pairs(flat: tuple[float, ...], k: float) -> list[tuple[float, float]]:
    return [(flat[n] * k, flat[n + 1] * k) for n in range(0, len(flat), 2)]


def _shape(pen: Any, mark: object, k: float) -> None:
    match mark:
        case Area():
            _area(pen, mark, k)
        case Stroke():
            _stroke(pen, _pairs(mark.points, k), mark.stroke, mark.width * k, mark.dash * k)
        case Box():
            corner = (mark.x * k, mark.y * k, (mark.x + mark.wide) * k, (mark.y + mark.high) * k)
            pen.rectangle(corner, fill=mark.fill, outline=mark.stroke or None, width=max(1, round(k * 0.8)))
        case Dot():
            _dot(pen, mark, k)


def _area(pen: Any, mark: Area, k: float) -> None:
    thick = max(1, round(mark.width * k))
    for ring in mark.rings:
        xy = _pairs(ring, k)
        if len(xy) > 2 and mark.fill:
            pen.polygon(xy, fill=mark.fill)
        pen.line([*xy, xy[0]], fill=mark.stroke, width=thick, joint="curve" if thick > 3 else None)


def _stroke(pen: Any, xy: list[tuple[float, float]], colour: str, thick: float, dash: float) -> None:
    wide = max(1, round(thick))
    if not dash:
        pen.line(xy, fill=colour, width=wide, joint="curve")
        return
    done = 0.0
    for (x, y), (u, v) in pairwise(xy):
        length, at = math.hypot(u - x, v - y), 0.0
        while at < length:
            step = min(dash - done % dash, length - at)
            if int(done // dash + 1e-9) % 2 == 0:
                a, b = at / length, (at + step) / length
                pen.line([(x + (u - x) * a, y + (v - y) * a), (x + (u - x) * b, y + (v - y) * b)], fill=colour, width=wide)
            at, done = at + max(step, 1e-6), done + max(step, 1e-6)


def _dot(pen: Any, d: Dot, k: float) -> None:
    x, y, r, edge = d.x * k, d.y * k, d.r * k, max(1, round(1.4 * k))
    match d.shape:
        case "square":
            pen.rectangle((x - r, y - r, x + r, y + r), fill=d.fill, outline=d.stroke, width=edge)
        case "diamond":
            s = r + k
            pen.polygon([(x - s, y), (x, y - s), (x + s, y), (x, y + s)], fill=d.fill, outline=d.stroke, width=edge)
        case "triangle":
            pen.polygon([(x - r, y + r), (x, y - r), (x + r, y + r)], fill=d.fill, outline=d.stroke, width=edge)
        case _:
            pen.ellipse((x - r, y - r, x + r, y + r), fill=d.fill, outline=d.stroke, width=edge)


def _words(pen: Any, w: Words, scale: float) -> None:
    anchor = {"start": "ls", "middle": "ms", "end": "rs"}[w.anchor]
    face = fonts.font(round(w.size * scale), bold=w.bold)
    pen.text((w.x * scale, w.y * scale), w.text, fill=w.fill, font=face, anchor=anchor)
