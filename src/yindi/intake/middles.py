"""Medians along an axis of arrays with gaps (NaN), all rows or columns at once."""

from __future__ import annotations

import numpy as np


def median(values: np.ndarray, axis: int) -> np.ndarray:
    """Medians of what is not NaN along an axis; NaN where nothing is."""
    if values.shape[axis] == 0:
        return np.full(np.delete(values.shape, axis), np.nan)
    order = np.sort(values, axis=axis)
    counted = (~np.isnan(values)).sum(axis=axis, keepdims=True)
    low, high = (np.take_along_axis(order, at, axis) for at in (np.maximum(counted - 1, 0) // 2, np.maximum(counted, 1) // 2))
    middle: np.ndarray = np.squeeze((low + high) / 2, axis)
    return middle
