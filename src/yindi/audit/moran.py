"""Moran's I with z and p: p must follow from z; the standard error hardly changes between years; rho and I agree in sign."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence

from yindi.audit.findings import Break
from yindi.audit.numbers import Column, Row, column

RULES = (
    "p follows from z",
    "I exceeds its expectation where z is positive",
    "the standard error is steady",
    "rho and I agree in sign",
)
FACTOR = 5.0
"""A p from permutations may differ somewhat from the normal one; beyond five times a reader must be told why."""
STEADY = 1.25


def check(rows: Sequence[Row], found: Mapping[str, str]) -> Iterator[Break]:
    """All breaks of a table with a row per year."""
    value = column(rows, found["i"])
    z = column(rows, found["z"]) if "z" in found else None
    if z is not None and "p" in found:
        yield from _p_follows(z, column(rows, found["p"]))
    if z is not None:
        expected = column(rows, found["expected"]).values if "expected" in found else None
        yield from _signs(value, z, expected)
        yield from _steady(value, z, expected)
    if "rho" in found:
        yield from _rho(value, column(rows, found["rho"]))


def _p_follows(z: Column, p: Column) -> Iterator[Break]:
    for n, (score, given) in enumerate(zip(z.values, p.values, strict=True)):
        if math.isnan(score) or math.isnan(given):
            continue
        weak, strong = (math.erfc(max(0.0, abs(score) + s * z.slack(n)) / math.sqrt(2)) for s in (-1, 1))
        low, high = max(0.0, given - p.slack(n)), given + p.slack(n)
        if low > FACTOR * weak or high < strong / 2 / FACTOR:
            two_sided = math.erfc(abs(score) / math.sqrt(2))
            yield Break("p follows from z", n + 1, (z.name, p.name), given, two_sided,
                        f"z = {score:g} has p = {two_sided:.2g}, one-sided {two_sided / 2:.2g}; printed {given:g}")  # fmt: skip


def _signs(value: Column, z: Column, expected: Sequence[float] | None) -> Iterator[Break]:
    for n, (i, score) in enumerate(zip(value.values, z.values, strict=True)):
        away = i - (expected[n] if expected else 0.0)
        clear = abs(away) > value.slack(n) + (0.0 if expected else 0.1)
        if clear and abs(score) > z.slack(n) and away * score < 0:
            yield Break("I exceeds its expectation where z is positive", n + 1, (value.name, z.name), score, i,
                        f"I = {i:g} and z = {score:g} point in opposite directions")  # fmt: skip


def _steady(value: Column, z: Column, expected: Sequence[float] | None) -> Iterator[Break]:
    errors = {n: (i - (expected[n] if expected else 0.0)) / s for n, (i, s) in enumerate(zip(value.values, z.values, strict=True))
              if abs(s) > 1 and i * s > 0}  # fmt: skip
    if len(errors) < 4:
        return
    middle = statistics.median(errors.values())
    for n, error in errors.items():
        if max(error / middle, middle / error) > STEADY:
            yield Break("the standard error is steady", n + 1, (value.name, z.name), error, middle,
                        f"(I - E) / z is {error:.3g} here, {middle:.3g} in the middle year", note=True)  # fmt: skip


def _rho(value: Column, rho: Column) -> Iterator[Break]:
    for n, (i, r) in enumerate(zip(value.values, rho.values, strict=True)):
        if i > 0.1 and r < -0.1:
            yield Break("rho and I agree in sign", n + 1, (value.name, rho.name), r, i,
                        f"rho = {r:g} beside Moran's I = {i:g}: weights and panel may stand in different row order")  # fmt: skip
