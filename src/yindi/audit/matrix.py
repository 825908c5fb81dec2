"""Matrices of neighbours: their order, diagonal, row sums and islands; and what they make of a variable (Moran's I and its z)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from yindi.audit.findings import Break
from yindi.audit.numbers import Row, column, number
from yindi.core.errors import UsageError

RULES = ("rows and columns stand in one order", "no unit is its own neighbour", "rows sum to 1, or links are 0 and 1",
         "weights are not negative", "neighbours are mutual", "every unit has a neighbour")  # fmt: skip
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Weights (N,N) with the label of every row."""

    labels: tuple[str, ...]
    w: np.ndarray


def is_matrix(rows: Sequence[Row]) -> bool:
    """True for a square table of numbers whose first column names the rows as the header names the columns (in any order)."""
    if len(rows) < 3 or len(rows[0]) not in (len(rows), len(rows) + 1):
        return False
    heads, labels = list(rows[0])[1:], [next(iter(r.values())) for r in rows]
    return sorted(heads) == sorted(labels) and len(set(labels)) == len(labels)


def check(rows: Sequence[Row], found: Mapping[str, str]) -> Iterator[Break]:
    """All breaks of a matrix of spatial weights with labels on both sides."""
    if not is_matrix(rows):
        raise UsageError("weights of neighbours form a square table whose header repeats the labels of its first column.")
    heads, labels = list(rows[0])[1:], [next(iter(r.values())) for r in rows]
    if heads != labels:
        at = next(n for n, (a, b) in enumerate(zip(heads, labels, strict=True)) if a != b)
        yield Break(RULES[0], at + 1, (heads[at],), at, labels.index(heads[at]),
                    f"row {at + 1} is {labels[at]!r}, column {at + 1} {heads[at]!r}: mixed up when read by position")  # fmt: skip
    given = neighbours(rows)
    yield from _entries(given, rows, column(rows, heads[0]).half)


def _entries(given: Neighbours, rows: Sequence[Row], half: float) -> Iterator[Break]:
    w, names = given.w, given.labels
    sums, links = w.sum(axis=1), w > 0
    for n in np.flatnonzero(np.diag(w) != 0):
        yield Break(RULES[1], int(n) + 1, (names[n],), float(w[n, n]), 0.0, f"{names[n]} has weight {w[n, n]:g} on itself")
    for n in np.flatnonzero((w < 0).any(axis=1)):
        yield Break(RULES[3], int(n) + 1, (names[n],), float(w[n].min()), 0.0, f"{names[n]} has a negative weight")
    binary = bool(np.isin(w, (0.0, 1.0)).all())
    standardised = np.abs(sums - 1) <= len(w) * max(half, 1e-6)
    if not binary and standardised[sums > 0].mean() > 0.5:
        for n in np.flatnonzero((sums > 0) & ~standardised):
            yield Break(RULES[2], int(n) + 1, (names[n],), float(sums[n]), 1.0, f"the row of {names[n]} sums to {sums[n]:.6g}")
    for n, m in np.argwhere(links & ~links.T)[:_SHOWN]:
        yield Break(
            RULES[4], int(n) + 1, (names[m],), 0.0, 1.0, f"{names[m]} is a neighbour of {names[n]}, but not back", note=True
        )
    for n in np.flatnonzero(sums == 0):
        yield Break(
            RULES[5], int(n) + 1, (names[n],), 0.0, 1.0, f"{names[n]} is an island: its lag is 0, not the mean", note=True
        )


def neighbours(rows: Sequence[Row]) -> Neighbours:
    """Weights from a labelled square table, or from edges (two labels and, if there, a weight), which are row-standardised."""
    if is_matrix(rows):
        labels = tuple(next(iter(r.values())) for r in rows)
        return Neighbours(labels, np.array([[_weight(r[h]) for h in labels] for r in rows]))
    names = list(rows[0])
    if len(names) not in (2, 3) or any(
        not math.isnan(number(r[names[0]])) != (not math.isnan(number(r[names[1]]))) for r in rows
    ):
        raise UsageError("neighbours come as a square table with labels on both sides, or as edges (one, other[, weight]).")
    edges = [(r[names[0]], r[names[1]], _weight(r[names[2]]) if len(names) == 3 else 1.0) for r in rows]
    labels = tuple(sorted({e for edge in edges for e in edge[:2]}))
    at, w = {label: n for n, label in enumerate(labels)}, np.zeros((len(labels),) * 2)
    for one, other, weight in edges:
        w[at[one], at[other]] = w[at[other], at[one]] = weight
    return Neighbours(labels, w / w.sum(axis=1, keepdims=True))


def _weight(text: str) -> float:
    value = number(text) if text.strip() else 0.0
    if math.isnan(value):
        raise UsageError(f"{text!r} is no weight.")
    return value


@dataclass(frozen=True, slots=True)
class Association:
    """Moran's I of one variable, its z under normality and randomisation, and the t of the line through its scatter plot."""

    i: float
    z_normal: float
    z_random: float
    t_of_line: float
    blur: float


def associated(y: np.ndarray, w: np.ndarray, half: float = 0.0) -> Association:
    """Moran's I of y (N,) on w (N,N) with Cliff and Ord's moments; `blur` is what rounding of y by `half` may do to I."""
    n, z = len(y), y - y.mean()
    s0, both = w.sum(), w + w.T
    s1, s2 = (both**2).sum() / 2, ((w.sum(axis=0) + w.sum(axis=1)) ** 2).sum()
    m2, lag = float(z @ z), w @ z
    i, expected = n / s0 * float(z @ lag) / m2, -1 / (n - 1)
    normal = (n * n * s1 - n * s2 + 3 * s0**2) / (s0**2 * (n * n - 1)) - expected**2
    b2 = float(np.mean(z**4) / np.mean(z**2) ** 2)
    upper = n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0**2) - b2 * ((n * n - n) * s1 - 2 * n * s2 + 6 * s0**2)
    random = upper / ((n - 1) * (n - 2) * (n - 3) * s0**2) - expected**2
    slope = float(z @ lag) / m2
    rest = lag - lag.mean() - slope * z
    t = slope / math.sqrt(max(float(rest @ rest), 1e-300) / (n - 2) / m2)
    blur = half * float(np.abs(n / s0 * (both @ z) / m2 - 2 * i * z / m2).sum())
    return Association(i, (i - expected) / math.sqrt(normal), (i - expected) / math.sqrt(max(random, 1e-300)), t, blur)
