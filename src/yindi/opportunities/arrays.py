"""What every kernel of this stage demands of an array before it counts with it."""

from __future__ import annotations

from typing import Any

import numpy as np

from yindi.core.errors import MethodError

CHUNK = 1 << 16


def finite(x: Any, name: str, *, dims: tuple[int, ...]) -> np.ndarray:
    """The array as float64 of one of the given numbers of dimensions; raises MethodError for NaN, infinity or another shape."""
    array = np.asarray(x, dtype=float)
    if array.ndim not in dims:
        raise MethodError(f"{name} has {array.ndim} dimension(s), expected {' or '.join(map(str, dims))}.")
    if array.size and not (np.isfinite(array.min()) and np.isfinite(array.max())):
        at = tuple(int(n) for n in np.argwhere(~np.isfinite(array))[0])
        raise MethodError(f"{name} holds a value that is no finite number, the first at {at}.")
    return array


def amounts(x: Any, name: str, *, dims: tuple[int, ...] = (2,)) -> np.ndarray:
    """The array as non-negative float64; raises MethodError naming the first negative cell."""
    array = finite(x, name, dims=dims)
    if array.size and array.min() < 0:
        at = tuple(int(n) for n in np.argwhere(array < 0)[0])
        raise MethodError(f"{name} holds a negative amount at {at}: an activity is counted or valued, never negative.")
    return array


def unit(x: Any, name: str, *, dims: tuple[int, ...] = (2,)) -> np.ndarray:
    """The array as float64 between 0 and 1; raises MethodError otherwise."""
    array = amounts(x, name, dims=dims)
    if (array > 1).any():
        raise MethodError(f"{name} must lie between 0 and 1, its maximum is {array.max():.6g}.")
    return array


def binary(m: Any, name: str = "m", *, dtype: type = float) -> np.ndarray:
    """A presence matrix (R,C) as zeros and ones of `dtype`; raises MethodError for any other value."""
    given = np.asarray(m)
    if given.dtype == bool and given.ndim == 2:
        return given.astype(dtype)
    array = np.ascontiguousarray(given, dtype=float)
    if array.ndim != 2:
        raise MethodError(f"{name} has {array.ndim} dimension(s), expected 2.")
    flat = array.reshape(-1)
    for start in range(0, len(flat), CHUNK):
        part = flat[start : start + CHUNK]
        if not ((part == 0) | (part == 1)).all():
            finite(array, name, dims=(2,))
            raise MethodError(f"{name} is a presence matrix: zeros and ones only. Make one with advantage.present.")
    return array.astype(dtype, copy=False)


def quotient(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    """Elementwise top / bottom, 0 where the bottom is 0."""
    shape = np.broadcast_shapes(top.shape, bottom.shape)
    result: np.ndarray = np.divide(top, bottom, out=np.zeros(shape), where=np.broadcast_to(bottom != 0, shape))
    return result
