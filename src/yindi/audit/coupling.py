"""Coupling coordination: C from U1 and U2, T their mean, D = sqrt(C T); grades on the fixed scale, not cut to the data."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence

from yindi.audit.findings import Break
from yindi.audit.numbers import Column, Row, column

RULES = ("values lie in [0, 1]", "C follows from U1 and U2", "T lies between U1 and U2", "D is the root of C T",
         "grades are cut at tenths")  # fmt: skip


def check(rows: Sequence[Row], found: Mapping[str, str]) -> Iterator[Break]:
    """All breaks of a table with a row per region or year."""
    columns = {role: column(rows, name) for role, name in found.items() if role != "grade"}
    if {"u1", "u2"} <= set(columns) and "t" not in columns:
        columns["t"] = _mean(columns["u1"], columns["u2"])
    for n in range(len(rows)):
        yield from _unit(columns, n)
        if {"u1", "u2", "c"} <= set(columns):
            yield from _coupling(columns, n)
        if {"u1", "u2", "t"} <= set(columns):
            yield from _development(columns, n)
        if {"c", "t", "d"} <= set(columns):
            yield from _coordination(columns, n)
    if "grade" in found and "d" in columns:
        yield from _grades(columns["d"], [r.get(found["grade"], "") for r in rows])


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
