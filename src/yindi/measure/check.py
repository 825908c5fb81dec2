"""What kernels of this stage refuse: not finite, wrong shape, negative where shares are formed, weights off the simplex."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError

_CELLS = 1 << 16
CONSTANT = 1e-12
"""A column whose range is below this share of its largest absolute value is constant.

Summing n equal doubles errs by about n * 1.1e-16 of their size, so rounding noise stays below it up to some thousand rows."""
SIMPLEX = 1e-9
LARGEST = 1e150


def finite(x: ArrayLike, *, where: str, ndim: tuple[int, ...] = (2,)) -> np.ndarray:
    """`x` as float64; raises MethodError when it is empty, has another number of axes, or holds a value that is not finite."""
    try:
        array = np.asarray(x, dtype=np.float64)
    except (TypeError, ValueError) as fault:
        raise MethodError(f"{where}: needs numbers: {fault}.") from fault
    if array.ndim not in ndim or not array.size:
        raise MethodError(f"{where}: needs a filled array with {' or '.join(map(str, ndim))} axes, got shape {array.shape}.")
    with np.errstate(over="ignore", invalid="ignore"):
        flat = array.ravel(order="K")
        surely = np.isfinite(flat @ flat)
    if not surely and not np.isfinite(array).all():
        first = np.argwhere(~np.isfinite(array))[0].tolist()
        raise MethodError(f"{where}: not finite at {first}; a kernel takes no absent values (impute, or drop the indicator).")
    if not surely and np.abs(array).max() > LARGEST:
        raise MethodError(f"{where}: a value exceeds {LARGEST:g}, and squares would overflow; take a larger unit.")
    return array


def stretches(rows: np.ndarray) -> Iterator[np.ndarray]:
    """`rows` (N,J) in stretches of rows that stay in the cache."""
    step = max(1, _CELLS // rows.shape[1])
    return (rows[start : start + step] for start in range(0, rows.shape[0], step))


def extent(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least and greatest value of each column of rows (N,J), read once."""
    low, high = rows[0].copy(), rows[0].copy()
    for part in stretches(rows):
        np.minimum(low, part.min(axis=0), out=low)
        np.maximum(high, part.max(axis=0), out=high)
    return low, high


def nonnegative(z: np.ndarray, *, where: str) -> np.ndarray:
    """`z` itself; raises MethodError naming the first column with a value below zero."""
    low = z.reshape(-1, z.shape[-1]).min(axis=0)
    if (low < 0).any():
        column = int(np.argmax(low < 0))
        raise MethodError(f"{where}: column {column} reaches {low[column]:g}; normalise to values of at least 0 first (min-max).")
    return z


def constant(z: np.ndarray) -> np.ndarray:
    """(J,) True for columns (last axis) that do not vary beyond rounding noise."""
    low, high = extent(z.reshape(-1, z.shape[-1]))
    return np.asarray(high - low <= CONSTANT * np.maximum(np.abs(low), np.abs(high)))


def simplex(w: ArrayLike, columns: int, *, where: str) -> np.ndarray:
    """Weights (J,) as float64; raises MethodError unless they are nonnegative, sum to one and fit the columns."""
    array = finite(w, where=where, ndim=(1,))
    if array.shape != (columns,):
        raise MethodError(f"{where}: {array.size} weights for {columns} columns.")
    if (array < 0).any() or abs(array.sum() - 1) > SIMPLEX:
        raise MethodError(f"{where}: weights must be at least 0 and sum to 1; lowest {array.min():g}, sum {array.sum():.9g}.")
    return array
