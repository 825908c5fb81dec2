"""Markov transition tables: rows sum to 1, probabilities times n are counts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from yindi.audit.findings import Break
from yindi.audit.numbers import Column, Row, column, numeric

RULES = ("rows sum to 1", "probabilities lie in [0, 1]", "p times n is a count")


def check(rows: Sequence[Row], found: Mapping[str, str]) -> Iterator[Break]:
    """All breaks of a table with a row per class at the start; the numeric columns without another role are the classes after."""
    count = column(rows, found["count"]) if "count" in found else None
    states = [column(rows, name) for name in numeric(rows) if name not in found.values()]
    for n in range(len(rows)):
        here = [s for s in states if not math.isnan(s.values[n])]
        if any(s.values[n] for s in here):
            yield from _row(here, count, n)


def _row(states: Sequence[Column], count: Column | None, n: int) -> Iterator[Break]:
    names = tuple(s.name for s in states)
    total, slack = sum(s.values[n] for s in states), sum(s.slack(n) for s in states)
    if abs(total - 1) > slack * (1 + 1e-6):
        yield Break("rows sum to 1", n + 1, names, total, 1.0, f"the row sums to {total:.6g}")
    for s in states:
        if not -s.slack(n) <= s.values[n] <= 1 + s.slack(n):
            yield Break("probabilities lie in [0, 1]", n + 1, (s.name,), s.values[n], 1.0, f"{s.values[n]:g} is no probability")
        elif count is not None and not math.isnan(count.values[n]):
            yield from _counted(s, count, n)


def _counted(state: Column, count: Column, n: int) -> Iterator[Break]:
    cases = state.values[n] * count.values[n]
    slack = count.values[n] * state.slack(n)
    if abs(cases - round(cases)) > slack * (1 + 1e-6) and slack < 0.5:
        yield Break("p times n is a count", n + 1, (state.name, count.name), cases, float(round(cases)),
                    f"{state.values[n]:g} x {count.values[n]:g} = {cases:.4g}, which no whole number of cases gives")  # fmt: skip
