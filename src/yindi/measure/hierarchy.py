"""Index systems with levels (分层合成): indicators to dimensions to the index, weights within each parent."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.measure.aggregate import arithmetic
from yindi.measure.check import finite

Aggregate = Callable[[np.ndarray, np.ndarray], np.ndarray]
Scheme = Callable[[np.ndarray], np.ndarray]


def _groups(groups: Sequence[int] | np.ndarray, columns: int) -> np.ndarray:
    array = np.asarray(groups)
    if array.shape != (columns,) or sorted(set(array.tolist())) != list(range(int(array.max()) + 1)):
        raise MethodError(f"hierarchy: needs a parent 0, 1, ... for each of {columns} columns, got {array.tolist()}.")
    return array


def climb(z: ArrayLike, groups: Sequence[int], weights: ArrayLike | None = None, *, fn: Aggregate = arithmetic) -> np.ndarray:
    """One level up: columns (N,J) with the same parent aggregated, (N,P); `weights` (J,) count within the parent."""
    array = finite(z, where="hierarchy")
    parent = _groups(groups, array.shape[1])
    given = np.ones(parent.size) if weights is None else finite(weights, where="hierarchy weights", ndim=(1,))
    if given.size != parent.size or (given < 0).any() or (np.bincount(parent, given) <= 0).any():
        raise MethodError("hierarchy: every parent needs children whose weights are at least 0 and sum to more than 0.")
    parts = [(array[:, parent == p], given[parent == p]) for p in range(int(parent.max()) + 1)]
    return np.column_stack([fn(columns, w / w.sum()) for columns, w in parts])


def nested_weights(z: ArrayLike, groups: Sequence[int], scheme: Scheme) -> np.ndarray:
    """Weights by a scheme within each parent, then by the same scheme over the parents' arithmetic means; flat (J,), sum 1.

    They differ from the same scheme applied to all columns at once, and papers rarely say which of the two they did.
    """
    array = finite(z, where="hierarchy")
    parent = _groups(groups, array.shape[1])
    inner = np.zeros(parent.size)
    for p in range(int(parent.max()) + 1):
        inner[parent == p] = scheme(array[:, parent == p])
    outer = scheme(climb(array, groups, inner))
    return np.asarray(inner * outer[parent])
