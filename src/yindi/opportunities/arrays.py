"""What every kernel of this stage demands of an array before it counts with it."""

from __future__ import annotations

from typing import Any

import numpy as np

from yindi.core.errors import MethodError

CHUNK = 1 << 14


def finite(x: Any, name: str, *, dims: tuple[int, ...]) -> np.ndarray:
    """The array as float64 of one of the given numbers of dimensions; raises MethodError for NaN, infinity or another shape."""
    array = _shaped(x, name, dims)
    _limits(array, name)
    return array


def _shaped(x: Any, name: str, dims: tuple[int, ...]) -> np.ndarray:
    array = np.asarray(x, dtype=float)
    if array.ndim not in dims:
        raise MethodError(f"{name} has {array.ndim} dimension(s), expected {' or '.join(map(str, dims))}.")
    return array


def _limits(array: np.ndarray, name: str) -> float:
    """The smallest value (0 of an empty array); raises MethodError where a value is no finite number."""
    low, high = (float(array.min()), float(array.max())) if array.size else (0.0, 0.0)
    if not (np.isfinite(low) and np.isfinite(high)):
        at = tuple(int(n) for n in np.argwhere(~np.isfinite(array))[0])
        raise MethodError(f"{name} holds a value that is no finite number, the first at {at}.")
    return low


def amounts(x: Any, name: str, *, dims: tuple[int, ...] = (2,)) -> np.ndarray:
    """The array as non-negative float64; raises MethodError naming the first negative cell."""
    array = _shaped(x, name, dims)
    if _limits(array, name) < 0:
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
    """A presence matrix (R,C) as zeros and ones of `dtype`, row by row; raises MethodError for any other value."""
    given = np.asarray(m)
    if given.dtype == bool and given.ndim == 2:
        return np.ascontiguousarray(given.astype(dtype, copy=False))
    array = _shaped(given, name, (2,))
    turned = array.flags.f_contiguous and not array.flags.c_contiguous
    here = _ones(np.ascontiguousarray(array.T if turned else array))
    if here is None:
        _limits(array, name)
        raise MethodError(f"{name} is a presence matrix: zeros and ones only. Make one with advantage.present.")
    if array.dtype == dtype and array.flags.c_contiguous:
        return array
    return np.ascontiguousarray(here.T if turned else here).astype(dtype, copy=False)


def _ones(array: np.ndarray) -> np.ndarray | None:
    """Where a contiguous array is 1; None where a value is neither 0 nor 1."""
    here = np.empty(array.shape, bool)
    flat, ones = array.reshape(-1), here.reshape(-1)
    for start in range(0, len(flat), CHUNK):
        part, one = flat[start : start + CHUNK], ones[start : start + CHUNK]
        np.equal(part, 1, out=one)
        if not np.array_equal(one, part != 0):
            return None
    return here


def quotient(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    """Elementwise top / bottom, 0 where the bottom is 0."""
    shape = np.broadcast_shapes(top.shape, bottom.shape)
    result: np.ndarray = np.divide(top, bottom, out=np.zeros(shape), where=np.broadcast_to(bottom != 0, shape))
    return result
