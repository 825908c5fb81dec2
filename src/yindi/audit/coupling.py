"""Coupling coordination: C from U1 and U2, T their mean, D = sqrt(C T); grades on the fixed scale, not cut to the data."""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from yindi.audit.findings import Break
from yindi.audit.numbers import Column, Row, column

RULES = ("values lie in [0, 1]", "C follows from U1 and U2", "T lies between U1 and U2", "D is the root of C T",
         "grades are cut at tenths", "both forms of C have a common U1, U2")  # fmt: skip

TEXT = ("grade", "range")
RANGE = re.compile(r"(?<![\d.])\d*\.\d+|(?<![\d.])[01](?![\d.])")
NINES = 0.0015


def check(rows: Sequence[Row], found: Mapping[str, str]) -> Iterator[Break]:
    """All breaks of a table with a row per region or year."""
    columns = {role: column(rows, name) for role, name in found.items() if role not in TEXT}
    bounds = _bounds(rows, found)
    if bounds and min(v for _, v, _ in bounds) >= 0 and max(v for _, v, _ in bounds) <= 1:
        yield from _scale(bounds)
    columns = {role: c for role, c in columns.items() if role not in ("lower", "upper")}
    if {"u1", "u2"} <= set(columns) and "t" not in columns:
        columns["t"] = _mean(columns["u1"], columns["u2"])
    for n in range(len(rows)):
        yield from _unit(columns, n)
        if {"c", "modified"} <= set(columns):
            yield from _both_forms(columns["c"], columns["modified"], n)
        if {"u1", "u2", "c"} <= set(columns):
            yield from _coupling(columns, n)
        if {"u1", "u2", "t"} <= set(columns):
            yield from _development(columns, n)
        if {"c", "t", "d"} <= set(columns):
            yield from _coordination(columns, n)
    if "grade" in found and "d" in columns:
        yield from _grades(columns["d"], [r.get(found["grade"], "") for r in rows])


def _bounds(rows: Sequence[Row], found: Mapping[str, str]) -> list[tuple[int, float, Column | None]]:
    """Row, value and column of every bound of a table of grades: columns lower and upper, or one of ranges such as .16-.17."""
    out: list[tuple[int, float, Column | None]] = []
    for role in ("lower", "upper"):
        if role in found:
            c = column(rows, found[role])
            out += [(n, v, c) for n, v in enumerate(c.values) if not math.isnan(v)]
    if "range" in found:
        for n, r in enumerate(rows):
            ends = [float(v) for v in RANGE.findall(unicodedata.normalize("NFKC", r.get(found["range"], "")))]
            out += [(n, v, None) for v in ends]
    return out


def _scale(bounds: Sequence[tuple[int, float, Column | None]]) -> Iterator[Break]:
    """Every bound between the lowest and the highest is a tenth; .2999 stands for .3."""
    ends = {min(v for _, v, _ in bounds), max(v for _, v, _ in bounds)}
    inner = {v: n for n, v, _ in reversed(bounds) if v not in ends or 0.001 < abs(v * 10 - round(v * 10)) < 0.999}
    for value, n in sorted(inner.items()):
        tenth = round(10 * value) / 10
        if abs(value - tenth) > NINES:
            yield Break("grades are cut at tenths", n + 1, ("range",), value, tenth,
                        f"a grade is cut at {value:g}: fitted to the data, so that no other paper's grades compare")  # fmt: skip


def _both_forms(c: Column, modified: Column, n: int) -> Iterator[Break]:
    """C = 2 sqrt(r) / (1 + r) gives r = U_min / U_max, the modified form 1 - d = C'^2 / r; d <= 1 - r as U_max <= 1."""
    high, low = min(c.values[n] + c.slack(n), 1.0), c.values[n] - c.slack(n)
    if math.isnan(low) or math.isnan(modified.values[n]) or low <= 0:
        return
    ratios = [((1 - math.sqrt(1 - v * v)) / v) ** 2 for v in (low, high)]
    # d = (1 - r) U_max lies in (0, 1 - r], so C'^2 = (1 - d) r lies in [r^2, r)
    least, most = ratios[0], math.sqrt(ratios[1])
    given, slack = modified.values[n], modified.slack(n)
    if not least - slack <= given <= most + slack:
        yield Break("both forms of C have a common U1, U2", n + 1, (c.name, modified.name), given, min(max(given, least), most),
                    f"C = {c.values[n]:g} allows a modified C from {least:.4g} to {most:.4g}, printed {given:g}")  # fmt: skip


def _mean(u1: Column, u2: Column) -> Column:
    values = tuple((a + b) / 2 for a, b in zip(u1.values, u2.values, strict=True))
    return Column(f"({u1.name} + {u2.name}) / 2", values, (u1.half + u2.half) / 2)


def _unit(columns: Mapping[str, Column], n: int) -> Iterator[Break]:
    for c in columns.values():
        if not -c.slack(n) <= c.values[n] <= 1 + c.slack(n) and not math.isnan(c.values[n]):
            yield Break("values lie in [0, 1]", n + 1, (c.name,), c.values[n], 1.0, f"{c.values[n]:g} lies outside [0, 1]")


def _forms(a: float, b: float) -> dict[str, float]:
    low, high = min(a, b), max(a, b)
    standard = 2 * math.sqrt(a * b) / (a + b)
    return {"standard": standard, "Wang": math.sqrt((1 - (high - low)) * low / high), "lost": standard / 2}


def _coupling(columns: Mapping[str, Column], n: int) -> Iterator[Break]:
    u1, u2, c = columns["u1"], columns["u2"], columns["c"]
    a, b, given = u1.values[n], u2.values[n], c.values[n]
    if not (0 < a <= 1 and 0 < b <= 1) or math.isnan(given):
        return
    ends = [_forms(x, y) for x in _ends(a, u1.slack(n)) for y in _ends(b, u2.slack(n))]
    fits = {f: min(e[f] for e in ends) - c.slack(n) <= given <= max(e[f] for e in ends) + c.slack(n) for f in ends[0]}
    if not fits["standard"] and not fits["Wang"]:
        right = _forms(a, b)
        why = "the factor 2 was lost, so that C never passes one half" if fits["lost"] else "no known form gives it"
        yield Break("C follows from U1 and U2", n + 1, (u1.name, u2.name, c.name), given, right["standard"],
                    f"U give C = {right['standard']:.4g} (Wang: {right['Wang']:.4g}), printed {given:g}; {why}")  # fmt: skip


def _ends(value: float, slack: float) -> tuple[float, float, float]:
    return max(value - slack, 1e-12), value, min(value + slack, 1.0)


def _development(columns: Mapping[str, Column], n: int) -> Iterator[Break]:
    u1, u2, t = columns["u1"], columns["u2"], columns["t"]
    low, high = sorted((u1.values[n], u2.values[n]))
    slack = t.slack(n) + max(u1.slack(n), u2.slack(n))
    if t.values[n] < low - slack or t.values[n] > high + slack:
        yield Break("T lies between U1 and U2", n + 1, (t.name,), t.values[n], (low + high) / 2,
                    f"T = {t.values[n]:g} is no weighted mean of {low:g} and {high:g}")  # fmt: skip


def _coordination(columns: Mapping[str, Column], n: int) -> Iterator[Break]:
    c, t, d = columns["c"], columns["t"], columns["d"]
    product = c.values[n] * t.values[n]
    if math.isnan(product) or product <= 0:
        return
    right = math.sqrt(product)
    slack = d.slack(n) + (c.slack(n) * t.values[n] + t.slack(n) * c.values[n]) / right
    if abs(d.values[n] - right) > slack * (1 + 1e-6):
        yield Break("D is the root of C T", n + 1, (c.name, t.name, d.name), d.values[n], right,
                    f"sqrt({c.values[n]:g} x {t.values[n]:g}) = {right:.6g}, printed {d.values[n]:g}")  # fmt: skip


def _grades(d: Column, grades: Sequence[str]) -> Iterator[Break]:
    """Between two neighbouring grades a multiple of one tenth must fit, else the cuts follow the data."""
    spans: dict[str, tuple[float, float]] = {}
    for value, grade in zip(d.values, grades, strict=True):
        if grade and not math.isnan(value):
            low, high = spans.get(grade, (value, value))
            spans[grade] = (min(low, value), max(high, value))
    ordered = sorted(spans.items(), key=lambda item: item[1])
    for (one, (_, below)), (two, (above, _)) in itertools.pairwise(ordered):
        tenth = math.ceil(round(10 * (below - d.half), 6)) / 10
        if tenth > above + d.half:
            yield Break("grades are cut at tenths", 0, (d.name,), below, tenth,
                        f"{one!r} reaches {below:g}, {two!r} begins at {above:g}: cut to the data, not at a tenth")  # fmt: skip
