"""Endowment level per requirement: position among the regions in what carries it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yindi.core.errors import MethodError
from yindi.opportunities.fit import percentile


@dataclass(frozen=True, slots=True)
class Carrier:
    """One series that carries a requirement: values (R,) with NaN where absent, direction, and marks (R,).

    `absolute` values are levels in 0..1 already and are not ranked.
    """

    requirement: int
    label: str
    values: np.ndarray
    direction: int
    marks: np.ndarray
    absolute: bool = False


@dataclass(frozen=True, slots=True)
class Levels:
    """level, known, marks (R,Q) and left_out (R,Q): labels of the carriers absent for the region; level is 0 where not known."""

    level: np.ndarray
    known: np.ndarray
    marks: np.ndarray
    left_out: np.ndarray


def levels(carriers: Sequence[Carrier], regions: int, requirements: int) -> Levels:
    """Mean over a requirement's carriers of the region's percentile among the regions that have the carrier.

    Totals and intensities stand side by side among the carriers: a big region has more capacity, a dense one a better chance.
    Raises MethodError for fewer than two regions.
    """
    if regions < 2:
        raise MethodError("A position among regions needs two regions at least.")
    total, count = np.zeros((regions, requirements)), np.zeros((regions, requirements))
    marks = np.zeros((regions, requirements), bool)
    left: list[list[list[str]]] = [[[] for _ in range(requirements)] for _ in range(regions)]
    for c in carriers:
        there = np.isfinite(c.values)
        total[there, c.requirement] += c.values[there] if c.absolute else _position(c.values[there], c.direction)
        count[there, c.requirement] += 1
        marks[:, c.requirement] |= c.marks & there
        for r in np.flatnonzero(~there):
            left[r][c.requirement].append(c.label)
    known = count > 0
    level = np.divide(total, count, out=np.zeros_like(total), where=known)
    return Levels(level, known, marks & known, np.array([[";".join(cell) for cell in row] for row in left]))


def _position(values: np.ndarray, direction: int) -> np.ndarray:
    place = percentile(values) if len(values) else values
    return place if direction > 0 else 1 - place
