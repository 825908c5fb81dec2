"""Figures as drawings: bars, lines with an interval band, dots. Places on the sheet are all that is worked out here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from yindi.core.document import Figure, Series
from yindi.core.errors import UsageError
from yindi.core.finding import Label, Quantity
from yindi.core.wording import suffix, unit, write
from yindi.report import fonts
from yindi.report.draw import FAINT, INK, SOFT, Area, Box, Dot, Drawing, Mark, Stroke, Words, ticks, width
from yindi.report.ground import MapFigure
from yindi.report.maps import choropleth
from yindi.report.regional import regional
from yindi.report.text import short

WIDE = 760.0
COLOURS = ("#17507f", "#b4581c", "#5c5c5c", "#2f7d4f", "#7a3f86", "#9a8a1f")
FILLS = ("#17507f", "#8fb4d2", "#c9c9c9", "#5c5c5c")
SHAPES = ("circle", "square", "diamond", "triangle")
DASHES = (0.0, 7.0, 3.0, 11.0)
ROW, TEXT = 24.0, 13.0

Scale = tuple[float, float, float, float]
"""Value and pixel of one end, value and pixel of the other."""


def drawing(figure: Figure, language: str) -> Drawing:
    """The drawing of a figure; raises UsageError for an unknown kind or a figure without points."""
    if not any(s.points for s in figure.series):
        raise UsageError(f"Figure {short(figure.caption, language)!r} has no points.")
    match figure.kind:
        case "map" if isinstance(figure, MapFigure):
            return regional(figure, short(figure.series[0].name, language), language)
        case "map":
            return choropleth(figure, short(figure.series[0].name, language), language)
        case "lines":
            return _lines(figure, language)
        case "bars":
            return _bars(figure, language)
        case "dots":
            return _dots(figure, language)
        case _:
            raise UsageError(f"Figure kind {figure.kind!r} is not map, bars, lines or dots.")


def for_picture(figure: Figure, language: str) -> Drawing:
    """The drawing for a picture: where no font can draw Chinese, codes stand for names, so that no box is ever shown."""
    return drawing(figure, language) if language != "zh" or fonts.chinese() else drawing(coded(figure), "en")


def coded(figure: Figure) -> Figure:
    """The figure with codes for names."""
    series = []
    for n, s in enumerate(figure.series, 1):
        code = next((p.code for p in s.name if isinstance(p, Label)), f"series {n}")
        series.append(Series((Label("code", code, code),), tuple((Label(x.kind, x.code, x.code), q) for x, q in s.points)))
    return replace(figure, series=tuple(series))


def _at(value: float, scale: Scale) -> float:
    a, x, b, y = scale
    return x + (value - a) / (b - a) * (y - x)


def _values(figure: Figure) -> list[float]:
    return [q.value for s in figure.series for _, q in s.points]


def _unit(figure: Figure) -> str:
    return next(q.unit for s in figure.series for _, q in s.points)


def _axis(figure: Figure, language: str, *, zero: bool) -> tuple[float, ...]:
    scale = unit(_unit(figure)).scale[language]
    values = [v * scale for v in _values(figure)]
    if "reference" in figure.options:
        values.append(float(figure.options["reference"]) * scale)
    low, high = min(values), max(values)
    low, high = (min(low, 0.0), max(high, 0.0)) if zero else (low, high)
    return tuple(t / scale for t in ticks(low, high))


def _tick(value: float, code: str, language: str) -> str:
    tail = suffix(code, language)
    return f"{round(value * unit(code).scale[language], 9) + 0.0:,.10g}" + (tail if tail == "%" else "")


def _unit_note(code: str, language: str) -> str:
    tail = suffix(code, language).strip()
    return "" if tail in ("", "%") else tail


def _labels(figure: Figure) -> list[Label]:
    seen: dict[str, Label] = {}
    for series in figure.series:
        for label, _ in series.points:
            seen.setdefault(label.code, label)
    return list(seen.values())


def _split(figure: Figure) -> tuple[list[Series], Series | None, Series | None]:
    low, high = (figure.options.get(k) for k in ("low", "high"))
    ends = {int(n) for n in (low, high) if n is not None}
    shown = [s for n, s in enumerate(figure.series) if n not in ends]
    pick = [None if n is None else figure.series[int(n)] for n in (low, high)]
    return shown, pick[0], pick[1]


def _clip(text: str, wide: float, size: float = TEXT) -> str:
    while width(text, size) > wide and len(text) > 2:
        text = text[:-2] + "…"
    return text


def _legend(names: Sequence[str], x: float, y: float, *, filled: bool, wide: float = WIDE) -> tuple[list[Mark], float]:
    marks: list[Mark] = []
    left = x
    for n, name in enumerate(names):
        need = width(name, TEXT) + 54
        if left + need > wide and left > x:
            left, y = x, y + 20
        if filled:
            marks.append(Box(left, y - 10, 22, 12, FILLS[n % len(FILLS)]))
        else:
            colour = COLOURS[n % len(COLOURS)]
            marks.append(Dot(left + 11, y - 4, 4.5, colour, colour, SHAPES[n % len(SHAPES)]))
        marks.append(Words(left + 30, y, name, TEXT))
        left += need
    return marks, y + 14


def _lines(figure: Figure, language: str) -> Drawing:
    shown, low, high = _split(figure)
    labels, marks = _labels(figure), list[Mark]()
    names = [short(s.name, language) for s in shown]
    right = WIDE - 20 - min(max(width(n, TEXT) for n in names) + 12, 210)
    levels = _axis(figure, language, zero=figure.options.get("zero") == "yes")
    code = _unit(figure)
    left = 22 + max(width(_tick(t, code, language), 12) for t in levels)
    top, bottom = 28.0, 318.0
    scale = (levels[0], bottom, levels[-1], top)
    step = (right - left - 16) / max(len(labels) - 1, 1)
    places = {label.code: left + 8 + step * n for n, label in enumerate(labels)}
    for t in levels:
        y = _at(t, scale)
        marks += [Stroke((left, y, right, y), FAINT, 0.8), Words(left - 6, y + 4, _tick(t, code, language), 12, "end", fill=SOFT)]
    marks += [Words(left, 14, _unit_note(code, language), 12, fill=SOFT)] if _unit_note(code, language) else []
    every = -(-max(int(width(label.text, 12)) + 10 for label in labels) // max(int(step), 1))
    marks += [Words(places[label.code], bottom + 18, label.text, 12, "middle", fill=SOFT)
              for n, label in enumerate(labels) if (len(labels) - 1 - n) % every == 0]  # fmt: skip
    marks += _band(low, high, places, scale)
    for n, series in enumerate(shown):
        marks += _line(n, series, places, scale, language)
    marks += _ends(shown, names, places, scale, right)
    return Drawing(WIDE, bottom + 30, tuple(marks))


def _band(low: Series | None, high: Series | None, places: dict[str, float], scale: Scale) -> list[Mark]:
    if low is None or high is None:
        return []
    up = [(places[label.code], _at(q.value, scale)) for label, q in high.points]
    down = [(places[label.code], _at(q.value, scale)) for label, q in low.points]
    ring = tuple(v for xy in up + down[::-1] for v in xy)
    return [Area((ring,), "#dfe8f0", "#b9c9d8", 0.6)]


def _line(n: int, series: Series, places: dict[str, float], scale: Scale, language: str) -> list[Mark]:
    colour, dash, shape = COLOURS[n % len(COLOURS)], DASHES[n % len(DASHES)], SHAPES[n % len(SHAPES)]
    order, runs, run = list(places), list[list[float]](), list[float]()
    known = {label.code: (label, q) for label, q in series.points}
    for code in order:
        if code in known:
            run += [places[code], _at(known[code][1].value, scale)]
        elif run:
            runs, run = [*runs, run], []
    marks: list[Mark] = [Stroke(tuple(r), colour, 2.4 if n == 0 else 1.7, dash) for r in [*runs, run] if len(r) > 2]
    name = short(series.name, language)
    marks += [Dot(places[c], _at(q.value, scale), 3.6, "#ffffff" if q.marked else colour, colour, shape, q,
                  f"{name} {label.text} {write(q, language)}") for c, (label, q) in known.items()]  # fmt: skip
    return marks


def _ends(shown: Sequence[Series], names: Sequence[str], places: dict[str, float], scale: Scale, right: float) -> list[Mark]:
    want = sorted((_at(s.points[-1][1].value, scale), n) for n, s in enumerate(shown) if s.points)
    marks: list[Mark] = []
    last = -1e9
    for y, n in want:
        y = max(y + 4, last + 17)
        last = y
        name = _clip(names[n], WIDE - right - 14)
        marks.append(Words(right + 8, y, name, TEXT, bold=n == 0, fill=COLOURS[n % len(COLOURS)]))
    return marks


def _rows(figure: Figure, language: str, per_row: float) -> tuple[list[Mark], float, float, Scale, dict[str, float], float]:
    """Row labels, axis with its lines and the places of the rows; shared by bars and dots."""
    labels, code = _labels(figure), _unit(figure)
    shown = _split(figure)[0]
    marks: list[Mark] = []
    top = 12.0
    if len(shown) > 1:
        marks, top = _legend([short(s.name, language) for s in shown], 14, 20, filled=figure.kind == "bars")
    left = min(max(width(label.text, TEXT) for label in labels), 300.0) + 20
    texts = [write(q, language) for s in shown for _, q in s.points]
    right = WIDE - 16 - (max(width(t, 12) for t in texts) + 6 if figure.kind == "bars" else 8)
    levels = _axis(figure, language, zero=figure.kind == "bars" or figure.options.get("zero") == "yes")
    scale = (levels[0], left, levels[-1], right)
    bottom = top + per_row * len(labels) + 6
    for t in levels:
        x = _at(t, scale)
        marks += [
            Stroke((x, top, x, bottom), FAINT, 0.8),
            Words(x, bottom + 16, _tick(t, code, language), 12, "middle", fill=SOFT),
        ]
    places = {label.code: top + 3 + per_row * n for n, label in enumerate(labels)}
    for label in labels:
        bold = label.code in figure.emphasis
        y = places[label.code] + per_row / 2 + 4
        marks.append(Words(left - 8, y, _clip(label.text, 300), TEXT, "end", bold=bold))
    return marks, top, bottom, scale, places, left


def _reference(figure: Figure, scale: Scale, top: float, bottom: float) -> list[Mark]:
    if "reference" not in figure.options:
        return []
    x = _at(float(figure.options["reference"]), scale)
    return [Stroke((x, top, x, bottom), INK, 1.3, 5.0)]


def _bars(figure: Figure, language: str) -> Drawing:
    shown, low, high = _split(figure)
    thick = (ROW - 8) if len(shown) == 1 else 11.0
    per_row = thick * len(shown) + 8
    marks, top, bottom, scale, places, _ = _rows(figure, language, per_row)
    zero = _at(0.0, scale)
    for n, series in enumerate(shown):
        for label, q in series.points:
            y, x = places[label.code] + 4 + thick * n, _at(q.value, scale)
            fill = FILLS[0] if label.code in figure.emphasis else FILLS[n % len(FILLS)] if not figure.emphasis else FILLS[1]
            marks.append(Box(min(zero, x), y, max(abs(x - zero), 0.8), thick - 1, fill, "", q,
                             f"{label.text} {write(q, language)}"))  # fmt: skip
            marks.append(Words(max(x, zero) + 5, y + thick / 2 + 4, write(q, language), 12 if len(shown) == 1 else 10.5))
    marks += _whiskers(low, high, places, scale, per_row)
    marks += [Stroke((zero, top, zero, bottom), INK, 1.0), *_reference(figure, scale, top, bottom)]
    return Drawing(WIDE, bottom + 26, tuple(marks))


def _whiskers(low: Series | None, high: Series | None, places: dict[str, float], scale: Scale, per_row: float) -> list[Mark]:
    if low is None or high is None:
        return []
    ends: dict[str, list[Quantity]] = {}
    for series in (low, high):
        for label, q in series.points:
            ends.setdefault(label.code, []).append(q)
    marks: list[Mark] = []
    for code, pair in ends.items():
        y = places[code] + per_row / 2
        xs = [_at(q.value, scale) for q in pair]
        marks.append(Stroke((min(xs), y, max(xs), y), INK, 1.2))
        marks += [Stroke((x, y - 4, x, y + 4), INK, 1.2) for x in xs]
    return marks


def _dots(figure: Figure, language: str) -> Drawing:
    shown, low, high = _split(figure)
    marks, top, bottom, scale, places, left = _rows(figure, language, ROW)
    for code in places:
        y = places[code] + ROW / 2
        marks.append(Stroke((left, y, scale[3], y), FAINT, 0.8, 2.0))
    marks += [*_whiskers(low, high, places, scale, ROW), *_reference(figure, scale, top, bottom)]
    for n, series in enumerate(shown):
        colour, shape = COLOURS[n % len(COLOURS)], SHAPES[n % len(SHAPES)]
        for label, q in series.points:
            marks.append(Dot(_at(q.value, scale), places[label.code] + ROW / 2, 5.0, "#ffffff" if q.marked else colour, colour,
                             shape, q, f"{short(series.name, language)} {label.text} {write(q, language)}"))  # fmt: skip
    return Drawing(WIDE, bottom + 26, tuple(marks))
