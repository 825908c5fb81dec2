"""Endowments (资源禀赋) against peers: who resembles a region, and where it stands among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError

ROUNDING = 1e-12
BLOCK = 512
EARTH_KM = 6371.0088


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The k nearest units of each unit: `order` (N,k) positions, nearest first, and `distance` (N,k)."""

    order: np.ndarray
    distance: np.ndarray


def standardise(x: ArrayLike) -> np.ndarray:
    """z-scored logarithms (N,V) of positive variables (N,V); a constant variable becomes zeros. Raises MethodError else."""
    values = np.asarray(x, dtype=float)
    if values.ndim != 2 or values.size == 0 or not np.isfinite(values).all() or (values <= 0).any():
        raise MethodError("similar: x must be (N, V), finite and positive (sizes and levels that have a logarithm).")
    logs = np.log(values)
    spread = logs.std(axis=0)
    varies = spread > ROUNDING * np.maximum(np.abs(logs).max(axis=0), 1.0)
    return np.asarray(np.divide(logs - logs.mean(axis=0), spread, out=np.zeros_like(logs), where=varies))


def nearest(points: ArrayLike, k: int) -> Neighbours:
    """The k nearest other units by Euclidean distance over points (N,V); ties go to the earlier unit.

    Distances are compared after rounding to 12 digits, so that the order of the rows decides nothing else.
    """
    z = np.asarray(points, dtype=float)
    n = len(z)
    if not 1 <= k < n:
        raise MethodError(f"similar: k must be between 1 and {n - 1} for {n} units, got {k}.")
    order, distance = np.empty((n, k), dtype=np.intp), np.empty((n, k))
    for start in range(0, n, BLOCK):
        block = np.arange(start, min(start + BLOCK, n))
        apart = np.sqrt(np.maximum(((z[block, None, :] - z[None, :, :]) ** 2).sum(axis=2), 0.0))
        apart[np.arange(len(block)), block] = np.inf
        order[block] = np.argsort(np.round(apart, 12), axis=1, kind="stable")[:, :k]
        distance[block] = np.take_along_axis(apart, order[block], axis=1)
    return Neighbours(order, distance)


def similar(x: ArrayLike, k: int) -> Neighbours:
    """The k most similar units (相似地区) by z-scored log variables x (N,V): similar size and structure.

    Multiplying a variable by a constant changes nothing. Raises MethodError for values without a logarithm or a bad k.
    """
    return nearest(standardise(x), k)


def kilometres(here: ArrayLike, there: ArrayLike) -> np.ndarray:
    """Great-circle distances (M,) in kilometres from one point (2,) to points (M,2), (longitude, latitude) in degrees."""
    lon, lat = np.radians(np.asarray(here, dtype=float))
    lons, lats = np.radians(np.asarray(there, dtype=float).reshape(-1, 2)).T
    half = np.sin((lats - lat) / 2) ** 2 + np.cos(lat) * np.cos(lats) * np.sin((lons - lon) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))


def percentile(x: ArrayLike) -> np.ndarray:
    """Share of the other units below each unit (N,), ties counted half: best 1, worst 0. Raises MethodError for N < 2."""
    values = np.asarray(x, dtype=float)
    if values.ndim != 1 or len(values) < 2 or not np.isfinite(values).all():
        raise MethodError("percentile: x must be (N,) with N >= 2 finite values.")
    ordered = np.sort(values)
    below = np.searchsorted(ordered, values, side="left")
    upto = np.searchsorted(ordered, values, side="right")
    return np.asarray((below + 0.5 * (upto - below - 1)) / (len(values) - 1))


def medians(x: ArrayLike, peers: Sequence[Sequence[int]]) -> np.ndarray:
    """Median (len(peers),) of x (N,) over each set of positions. Raises MethodError for absent values or an empty set."""
    values = np.asarray(x, dtype=float)
    if not np.isfinite(values).all() or any(len(members) == 0 for members in peers):
        raise MethodError("medians: every value must be there, and every set of peers must hold somebody.")
    return np.array([np.median(values[list(members)]) for members in peers], dtype=float)


def gap(x: ArrayLike, median: ArrayLike, *, direction: int = 1) -> np.ndarray:
    """Relative difference (N,) of x (N,) to the peers' medians (N,), positive where better (direction 1: more is better).

    Raises MethodError where a median is 0 (no relative difference exists) or anything is absent.
    """
    values, middle = np.asarray(x, dtype=float), np.asarray(median, dtype=float)
    if direction not in (-1, 1) or values.shape != middle.shape:
        raise MethodError(f"gap: direction {direction} must be 1 or -1, and {values.shape} must equal {middle.shape}.")
    if not np.isfinite(values).all() or not np.isfinite(middle).all() or (middle == 0).any():
        raise MethodError("gap: values and medians must be there, and no median may be 0.")
    return np.asarray(direction * (values - middle) / np.abs(middle))
