"""Specialisation: location quotient (区位商), and presence that does not flip with noise."""

from __future__ import annotations

from typing import Any

import numpy as np

from yindi.core.errors import MethodError, suggestion
from yindi.core.registry import method
from yindi.opportunities.arrays import amounts

RULES = ("threshold", "hysteresis")
BLOCK = 1 << 16


@method("advantage", "rca", cites=("Balassa 1965",), laws=("scale_free", "equivariant", "one_when_alike"))
def rca(x: Any, *, benchmark: Any = None) -> np.ndarray:
    """Revealed comparative advantage, or location quotient (区位商): (x_rc / x_r.) / (b_.c / b_..).

    x: (R,C) amounts, or (R,T,C) year by year. benchmark: (R,) bool, the regions whose sum b is the yardstick (default all).
    Returns the shape of x; 0 where a region or the yardstick's activity is empty: nothing is specialised there.
    """
    amount = amounts(x, "x", dims=(2, 3))
    chosen = np.ones(len(amount), bool) if benchmark is None else np.asarray(benchmark, bool)
    if chosen.shape != amount.shape[:1] or not (chosen.any() or not len(amount)):
        raise MethodError(f"benchmark must be {amount.shape[:1]} true or false with one true at least, got {chosen.shape}.")
    return _quotients(amount, _mix(amount if chosen.all() else amount[chosen]))


def _mix(amount: np.ndarray) -> np.ndarray:
    """Share of each activity in the sum of all regions, (1,C) or (1,T,C), ready to divide by."""
    yardstick = amount.sum(axis=0, keepdims=True)
    return _divisor(yardstick / _divisor(yardstick.sum(axis=-1, keepdims=True)))


def _quotients(amount: np.ndarray, mix: np.ndarray) -> np.ndarray:
    level: np.ndarray = amount / _divisor(amount.sum(axis=-1, keepdims=True))
    level /= mix
    return level


def _divisor(total: np.ndarray) -> np.ndarray:
    """Infinity in the place of zero, so that what is divided by it becomes 0."""
    return np.where(total > 0, total, np.inf)


@method(
    "advantage",
    "presence",
    cites=("hysteresis: judgement of this project, measured on US county business patterns",),
    laws=("equivariant", "scale_free"),
)
def present(x: Any, *, rule: str = "hysteresis", enter: float = 1.0, leave: float = 0.5, quotients: bool = False) -> np.ndarray:
    """Presence of activities: bool of the shape of x, from amounts (or from quotients, when `quotients`).

    x: (R,C), or (R,T,C) with time in order. `threshold`: quotient >= enter. `hysteresis`: enters at `enter`, stays until the
    quotient falls below `leave`; a single date has no history, so there both rules agree. Raises MethodError for another rule.
    """
    if rule not in RULES:
        raise MethodError(f"No presence rule is called {rule!r}. Known: {', '.join(RULES)}.{suggestion(rule, RULES)}")
    if not 0 <= leave <= enter:
        raise MethodError(f"leave ({leave}) must lie between 0 and enter ({enter}).")
    given = amounts(x, "x", dims=(2, 3))
    if given.ndim == 2 or rule == "threshold":
        return _above(given, enter, quotients)
    level = given if quotients else _quotients(given, _mix(given))
    here: np.ndarray = level >= enter
    for t in range(1, level.shape[1]):
        here[:, t] |= here[:, t - 1] & (level[:, t] >= leave)
    return here


def _above(given: np.ndarray, enter: float, quotients: bool) -> np.ndarray:
    """Quotient >= enter, some regions at a time, so that the quotients of all never stand in memory at once."""
    here, mix = np.empty(given.shape, bool), None if quotients else _mix(given)
    step = max(1, BLOCK // max(1, given[:1].size))
    for start in range(0, len(given), step):
        rows = given[start : start + step]
        np.greater_equal(rows if mix is None else _quotients(rows, mix), enter, out=here[start : start + step])
    return here
