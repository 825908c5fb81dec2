"""The one way of ranking: 1 is the largest value, ties share the smaller number."""

from __future__ import annotations

import numpy as np

DIGITS = 12
"""Values of a published index that agree to this many decimals are tied: below it stands rounding noise only."""


def ranks(values: np.ndarray, *, digits: int | None = None) -> np.ndarray:
    """Ranks along the last axis, int32, same shape; `digits` rounds first, so that noise breaks no tie."""
    y = -(values if digits is None else np.round(values, digits))
    order = np.argsort(y, axis=-1)
    ordered = np.take_along_axis(y, order, axis=-1)
    place = np.broadcast_to(np.arange(y.shape[-1], dtype=np.int32), y.shape).copy()
    tied = ordered[..., 1:] == ordered[..., :-1]
    if tied.any():
        place[..., 1:][tied] = 0
        np.maximum.accumulate(place, axis=-1, out=place)
    result = np.empty(y.shape, dtype=np.int32)
    np.put_along_axis(result, order, place + 1, axis=-1)
    return result


def mean_ranks(values: np.ndarray) -> np.ndarray:
    """Ranks 1..n along the last axis, n the largest value, ties at their mean."""
    return np.asarray((values.shape[-1] + 1 - ranks(values) + ranks(-values)) / 2)
