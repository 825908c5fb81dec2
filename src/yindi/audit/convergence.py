"""Beta convergence: the speed follows from the coefficient over the span of one growth rate, the half-life from the speed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from yindi.audit.findings import Break
from yindi.audit.numbers import Column, Row, column

RULES = ("speed follows from the coefficient", "half-life is ln 2 over the speed", "convergence is a negative coefficient")
LONGEST = 80
"""Years that one growth rate may span, where the table does not say."""


def check(rows: Sequence[Row], found: Mapping[str, str]) -> Iterator[Break]:
    """All breaks of a table with a row per model."""
    b = column(rows, found["beta"])
    speed = column(rows, found["speed"]) if "speed" in found else None
    half = column(rows, found["half_life"]) if "half_life" in found else None
    span = column(rows, found["span"]) if "span" in found else None
    for n in range(len(rows)):
        if math.isnan(b.values[n]):
            continue
        if speed is not None and not math.isnan(speed.values[n]):
            yield from _speed(b, speed, span, n)
            if half is not None and not math.isnan(half.values[n]):
                yield from _half_life(speed, half, n)


def _ends(b: Column, span: int, n: int) -> tuple[float, float] | None:
    """Lowest and highest speed that the rounded coefficient allows when one growth rate spans so many years."""
    insides = [1 + span * (b.values[n] + side * b.slack(n)) for side in (-1, 1)]
    if insides[1] <= 0:
        return None
    return -math.log(insides[1]) / span, math.inf if insides[0] <= 0 else -math.log(insides[0]) / span


def _speed(b: Column, speed: Column, span: Column | None, n: int) -> Iterator[Break]:
    given, slack = speed.values[n], speed.slack(n)
    told = 0 if span is None or math.isnan(span.values[n]) else round(span.values[n])
    fits = [s for s in ([told] if told else range(1, LONGEST + 1)) if _within(_ends(b, s, n), given, slack, 1.0)]
    hundred = [s for s in ([told] if told else range(1, LONGEST + 1)) if _within(_ends(b, s, n), given, slack, 100.0)]
    if fits or hundred:
        return
    if b.values[n] > b.slack(n) and given > slack:
        yield Break(RULES[2], n + 1, (b.name, speed.name), given, 0.0,
                    f"the coefficient {b.values[n]:g} is positive: nothing converges; printed speed {given:g}")  # fmt: skip
        return
    right = _ends(b, told or 1, n)
    middle = math.nan if 1 + (told or 1) * b.values[n] <= 0 else -math.log(1 + (told or 1) * b.values[n]) / (told or 1)
    years = _divided(b, given, slack, n)
    why = f"; ln(1 + b) was divided by {years}, though b belongs to yearly growth" if years else ""
    if right is not None:
        yield Break(RULES[0], n + 1, (b.name, speed.name), given, middle,
                    f"b = {b.values[n]:g} over {told or 1} year(s) is {middle:.4g} a year, printed {given:g}{why}")  # fmt: skip


def _within(ends: tuple[float, float] | None, given: float, slack: float, scale: float) -> bool:
    return ends is not None and scale * ends[0] - slack <= given <= scale * ends[1] + slack


def _divided(b: Column, given: float, slack: float, n: int) -> int:
    """By how many years -ln(1 + b) was divided to give the printed speed; 0 where by none."""
    once = _ends(b, 1, n)
    if once is None:
        return 0
    return next((s for s in range(2, LONGEST + 1) if once[0] / s - slack <= given <= once[1] / s + slack), 0)


def _half_life(speed: Column, half: Column, n: int) -> Iterator[Break]:
    rate = speed.values[n]
    low, high = rate - speed.slack(n), rate + speed.slack(n)
    if low <= 0:
        return
    scales = (1.0, 100.0)
    if not any(s * math.log(2) / high - half.slack(n) <= half.values[n] <= s * math.log(2) / low + half.slack(n) for s in scales):
        yield Break(RULES[1], n + 1, (speed.name, half.name), half.values[n], math.log(2) / rate,
                    f"ln 2 / {rate:g} = {math.log(2) / rate:.4g}, printed {half.values[n]:g}")  # fmt: skip
