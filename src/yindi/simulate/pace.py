"""Targets set earlier against what came: where a value should be by now, and whether it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yindi.core.errors import MethodError


@dataclass(frozen=True, slots=True)
class Pace:
    """`path` (N,): the value due by now; `met` (N,) whether it was reached; `share` (N,): way covered over way due (NaN where
    none was due)."""

    path: np.ndarray
    met: np.ndarray
    share: np.ndarray


def pace(base: np.ndarray, middle: np.ndarray, final: np.ndarray, actual: np.ndarray, years: np.ndarray, *, now: int) -> Pace:
    """Actual values (N,) in year `now` against targets: `base`, `middle`, `final` (N,) in their `years` (N,3).

    The path is straight between the three; before the first year it is the base, after the last the final value. A target that
    rises is met at or above the path, one that falls at or below it, one that stays at or above it. Raises MethodError where
    years do not rise.
    """
    base, middle, final, actual = (np.asarray(a, float) for a in (base, middle, final, actual))
    years = np.asarray(years, float).reshape(-1, 3)
    if (np.diff(years, axis=1) <= 0).any():
        raise MethodError("targets: the years of base, middle and final value must rise.")
    points = np.column_stack([base, middle, final])
    path = np.array([np.interp(now, y, p) for y, p in zip(years, points, strict=True)]).reshape(len(base))
    side = np.where(final < base, -1.0, 1.0)
    due = path - base
    slack = 1e-9 * np.maximum(1.0, np.abs(path))
    share = np.divide(actual - base, due, out=np.full(len(base), np.nan), where=np.abs(due) > slack)
    return Pace(path, (actual - path) * side >= -slack, share)
