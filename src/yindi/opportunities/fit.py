"""Fit of a region's endowment to what an industry asks for, and the requirement that binds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.opportunities.arrays import unit


@dataclass(frozen=True, slots=True)
class Fit:
    """value (R,C) in 0..1; binding (R,C): position of the requirement whose shortfall costs most, -1 where none falls short.

    gap (R,C) is its shortfall need - level, cost (R,C) what meeting it would add to value; strength (R,C) is the position of the
    other requirement that carries most, -1 where none does.
    """

    value: np.ndarray
    binding: np.ndarray
    gap: np.ndarray
    cost: np.ndarray
    strength: np.ndarray


def percentile(x: Any) -> np.ndarray:
    """Position of each value among all (N,): 0 the lowest, 1 the highest, ties in the middle; one value or all alike: 0.5."""
    from scipy.stats import rankdata

    values = np.asarray(x, dtype=float)
    if values.ndim != 1 or not np.isfinite(values).all():
        raise MethodError("percentile takes one row of finite numbers.")
    return (rankdata(values) - 1) / (len(values) - 1) if len(values) > 1 else np.full(len(values), 0.5)


@method(
    "fit", "limiting", cites=("judgement of this project",), laws=("monotone", "unit_interval", "one_when_met", "equivariant")
)
def limiting(level: Any, need: Any, *, known: Any = None, limiting: float = 0.5) -> Fit:
    """Fit of endowment to need: coverage ** (1 - limiting) * weakest ** limiting.

    level: (R,Q) in 0..1; need: (C,Q) in 0..1, 0 = not needed; known: (R,Q) bool, False leaves a requirement out for a region.
    coverage = sum_q min(level, need) / sum_q need is the need-weighted mean of min(1, level / need); weakest = 1 - max_q
    max(0, need - level) is the limiting factor. Raises MethodError where nothing known is needed.
    """
    have, want = unit(level, "level"), unit(need, "need")
    seen = np.ones(have.shape, bool) if known is None else np.asarray(known, bool)
    if have.shape[1] != want.shape[1] or seen.shape != have.shape:
        raise MethodError(f"level {have.shape}, need {want.shape} and known {seen.shape} do not share their requirements.")
    if not 0 <= limiting <= 1:
        raise MethodError(f"limiting must lie between 0 and 1, got {limiting}.")
    asked = seen[:, None, :] * want
    if (asked.sum(axis=2) == 0).any():
        raise MethodError("An industry needs nothing that is known of a region, the first pair at "
                          f"{tuple(int(n) for n in np.argwhere(asked.sum(axis=2) == 0)[0])}.")  # fmt: skip
    met = np.minimum(have[:, None, :], asked)
    return _fit(met, asked, limiting)


def _value(met: np.ndarray, asked: np.ndarray, limiting: float) -> np.ndarray:
    coverage = met.sum(axis=2) / asked.sum(axis=2)
    weakest = 1 - (asked - met).max(axis=2)
    result: np.ndarray = np.minimum(coverage, 1.0) ** (1 - limiting) * weakest**limiting
    return result


def _fit(met: np.ndarray, asked: np.ndarray, limiting: float) -> Fit:
    value = _value(met, asked, limiting)
    cost = np.stack([_value(_meet(met, asked, q), asked, limiting) - value for q in range(met.shape[2])], axis=2)
    short = asked - met
    cost = np.where(short > 0, np.maximum(cost, 0.0) + 1e-12 * short, 0.0)
    binding = np.where((short > 0).any(axis=2), cost.argmax(axis=2), -1)
    at = np.maximum(binding, 0)[:, :, None]
    gap, paid = (np.take_along_axis(a, at, axis=2)[:, :, 0] for a in (short, cost))
    carried = np.where(np.arange(met.shape[2]) == binding[:, :, None], 0.0, met)
    strength = np.where((carried > 0).any(axis=2), carried.argmax(axis=2), -1)
    return Fit(value, binding, gap, paid, strength)


def _meet(met: np.ndarray, asked: np.ndarray, q: int) -> np.ndarray:
    raised = met.copy()
    raised[:, :, q] = asked[:, :, q]
    return raised
