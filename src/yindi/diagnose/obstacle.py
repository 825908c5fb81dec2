"""Obstacle degree (障碍度): which indicators account for a region's distance to a frontier."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.core.registry import method

ROUNDING = 1e-12


def _scores(z: ArrayLike) -> np.ndarray:
    scores = np.asarray(z, dtype=float)
    if scores.ndim != 2 or scores.size == 0:
        raise MethodError(f"obstacle: z must be (N, J) with at least one cell, got shape {scores.shape}.")
    if not np.isfinite(scores).all() or (scores < -ROUNDING).any():
        raise MethodError("obstacle: z must be finite and not negative (normalised so that more is better).")
    return np.asarray(np.maximum(scores, 0.0))


def _weights(w: ArrayLike, count: int) -> np.ndarray:
    weights = np.asarray(w, dtype=float)
    if weights.shape != (count,) or not np.isfinite(weights).all() or (weights < 0).any() or not weights.any():
        raise MethodError(f"obstacle: w must be ({count},), not negative and not all zero, got {weights}.")
    return np.asarray(weights / weights.max())


def shortfall(z: ArrayLike, frontier: ArrayLike | None = None) -> np.ndarray:
    """Distance 1 - z / frontier (N,J) of normalised scores (N,J) to a frontier (J,) or (N,J); 0 at or beyond it.

    Without a frontier the best possible score 1 is taken, and scores above 1 are refused. Where the frontier itself is 0
    nobody is ahead, and the distance is 0. Raises MethodError for negative or absent scores.
    """
    scores = _scores(z)
    if frontier is None:
        if (scores > 1 + ROUNDING).any():
            raise MethodError("obstacle: z exceeds 1; pass frontier= with the scores that are taken as reachable.")
        return np.asarray(np.maximum(1.0 - scores, 0.0))
    try:
        best = np.broadcast_to(np.asarray(frontier, dtype=float), scores.shape)
    except ValueError:
        raise MethodError(f"obstacle: frontier {np.shape(frontier)} fits neither (J,) nor (N, J) of z {scores.shape}.") from None
    if not np.isfinite(best).all() or (best < 0).any():
        raise MethodError("obstacle: frontier must be finite and not negative.")
    reached = np.divide(scores, best, out=np.ones_like(scores), where=best > 0)
    return np.asarray(np.maximum(1.0 - reached, 0.0))


@method(
    "obstacle",
    "degree",
    laws=("rows_sum_to_one", "weight_scale_free", "order_free", "frontier_is_no_obstacle", "nearer_is_less", "refuses_nan"),
)
def degree(z: ArrayLike, w: ArrayLike, *, frontier: ArrayLike | None = None) -> np.ndarray:
    """Obstacle degrees (障碍度) (N,J): w_j d_ij / sum_j w_j d_ij with the distance d of `shortfall`; each row sums to 1.

    z (N,J) normalised scores, w (J,) weights on any scale, frontier (J,) or (N,J), best possible score 1 by default.
    A region without any weighted shortfall has a row of zeros: nothing holds it back. Raises MethodError as `shortfall` does.
    """
    distance = shortfall(z, frontier)
    burden = distance * _weights(w, distance.shape[1])
    total = burden.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(burden, total, out=np.zeros_like(burden), where=total > 0))


def places(amount: ArrayLike, names: tuple[str, ...]) -> np.ndarray:
    """Place of each column in its row (N,J), 1 = largest, ties in the order of `names`; 0 where the amount is 0."""
    values = np.round(np.asarray(amount, dtype=float), 12)
    by_name = np.argsort(np.array(names))
    order = by_name[np.argsort(-values[:, by_name], axis=1, kind="stable")]
    place = np.empty(values.shape)
    np.put_along_axis(place, order, np.arange(1.0, values.shape[1] + 1)[None, :], axis=1)
    return np.asarray(np.where(values > 0, place, 0.0))
