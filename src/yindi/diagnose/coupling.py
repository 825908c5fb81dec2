"""Coupling degree (耦合度) and coordination degree (耦合协调度) of systems measured on the same scale from 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.core.registry import method

ROUNDING = 1e-12
LAWS = (
    "in_unit_interval",
    "one_at_equality",
    "order_free",
    "zero_where_a_system_is_zero",
    "further_apart_is_less",
    "refuses_nan",
)


def _systems(u: ArrayLike) -> np.ndarray:
    systems = np.asarray(u, dtype=float)
    if systems.ndim < 1 or systems.shape[-1] < 2:
        raise MethodError(f"coupling: u must be (..., n) with n >= 2 systems in the last axis, got shape {systems.shape}.")
    if not np.isfinite(systems).all() or (systems < -ROUNDING).any() or (systems > 1 + ROUNDING).any():
        raise MethodError("coupling: every system must lie in [0, 1]; normalise over all regions and years first.")
    return np.asarray(np.clip(systems, 0.0, 1.0))


def _relative(systems: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    top = systems.max(axis=-1, keepdims=True)
    return np.divide(systems, top, out=np.ones_like(systems), where=top > 0), top[..., 0]


@method("coupling", "standard", cites=("Liao Chongbin (1999) Tropical Geography 19(2)",), laws=(*LAWS, "unit_free"))
def standard(u: ArrayLike) -> np.ndarray:
    """Coupling degree C (耦合度) (...,) of systems u (..., n): n (u_1 ... u_n)^(1/n) / (u_1 + ... + u_n), in [0, 1].

    For two systems 2 sqrt(u1 u2) / (u1 + u2); the published forms that lose the factor n never exceed 1/n. All systems
    equal gives 1 (also all zero), one of them zero gives 0. Raises MethodError outside [0, 1].
    """
    ratio, _ = _relative(_systems(u))
    return np.asarray(np.minimum(np.prod(ratio ** (1.0 / ratio.shape[-1]), axis=-1) / ratio.mean(axis=-1), 1.0))


@method("coupling", "wang", cites=("Wang Shujia et al. (2021) Journal of Natural Resources 36(3):793-810",), laws=LAWS)
def wang(u: ArrayLike) -> np.ndarray:
    """Modified coupling degree (修正耦合度) (...,) of Wang Shujia et al. (2021) for systems u (..., n), in [0, 1].

    sqrt((1 - mean over pairs of |u_i - u_j|) (product of u_i / max u)^(1/(n-1))): it spreads over [0, 1] where the standard
    form crowds near 1, so grades of the two are not comparable. Equality gives 1. Raises MethodError outside [0, 1].
    """
    systems = _systems(u)
    ratio, _ = _relative(systems)
    n = systems.shape[-1]
    left, right = np.triu_indices(n, 1)
    apart = np.abs(systems[..., left] - systems[..., right]).mean(axis=-1)
    return np.asarray(np.sqrt((1.0 - apart) * np.prod(ratio ** (1.0 / (n - 1)), axis=-1)))


def level(u: ArrayLike, *, weights: ArrayLike | None = None) -> np.ndarray:
    """Comprehensive level T (综合协调指数) (...,): weighted mean of the systems u (..., n); equal weights by default."""
    systems = _systems(u)
    share = np.ones(systems.shape[-1]) if weights is None else np.asarray(weights, dtype=float)
    if share.shape != (systems.shape[-1],) or not np.isfinite(share).all() or (share < 0).any() or not share.any():
        raise MethodError(f"coupling: weights must be ({systems.shape[-1]},), not negative and not all zero, got {share}.")
    return np.asarray(systems @ (share / share.sum()))


def coordination(c: ArrayLike, t: ArrayLike) -> np.ndarray:
    """Coordination degree D (耦合协调度) = sqrt(C T) of a coupling degree and a level of the same shape."""
    coupling, height = np.asarray(c, dtype=float), np.asarray(t, dtype=float)
    if coupling.shape != height.shape:
        raise MethodError(f"coupling: C {coupling.shape} and T {height.shape} differ in shape.")
    return np.asarray(np.sqrt(coupling * height))


def grade(d: ArrayLike, upto: Sequence[float]) -> np.ndarray:
    """Position (...,) of the interval each value falls in; `upto` holds the upper ends, which belong to their interval."""
    cuts = np.asarray(upto, dtype=float)
    values = np.round(np.asarray(d, dtype=float), 12)
    if np.isnan(values).any() or (values > cuts[-1]).any():
        raise MethodError(f"coupling: a value to be graded is absent or above the last grade {cuts[-1]}.")
    return np.asarray(np.searchsorted(cuts, values, side="left"))


def pace(first: ArrayLike, second: ArrayLike) -> np.ndarray:
    """Ratio (...,) of the first system to the second; both zero counts as in step (1), the second alone zero as infinite."""
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    alone = np.where(a > 0, np.inf, 1.0)
    return np.asarray(np.divide(a, b, out=alone, where=(b > 0) & ~np.isinf(a)))


def unit_scale(x: ArrayLike, *, direction: int = 1) -> np.ndarray:
    """Pooled min-max (极差标准化) of all given values to [0, 1], reversed for direction -1; same shape.

    Raises MethodError for absent values, and where all values are equal: a system that never varies couples with nothing.
    """
    values = np.asarray(x, dtype=float)
    if values.size == 0 or not np.isfinite(values).all():
        raise MethodError("coupling: values to be scaled must be there and finite.")
    low, high = values.min(), values.max()
    if high - low <= ROUNDING * max(abs(low), abs(high), np.finfo(float).tiny):
        raise MethodError("coupling: all values are equal; they carry no development.")
    scaled = (values - low) / (high - low)
    return np.asarray(scaled if direction > 0 else 1.0 - scaled)
