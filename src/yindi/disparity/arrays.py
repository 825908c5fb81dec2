"""What every kernel of this stage asks of its arrays: finite numbers, weights that are shares, labels as positions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yindi.core.errors import MethodError

Floats = NDArray[np.float64]
Whole = NDArray[np.intp]

_NARROW, _SHUFFLED = 1 << 14, 1 << 16
"""Keys of 32 bits up to so many units; values dealt at a time (they stay in the cache)."""

LARGEST = 1e150
"""Squares of larger values overflow."""
NOISE = 1e-12
"""Spread below this share of the largest absolute value is rounding, not variation."""


def numbers(y: ArrayLike, *, where: str, ndim: int = 1, least: int = 1) -> Floats:
    """`y` as float64 of `ndim` axes; raises MethodError when it is empty, has other axes or a value that is not finite."""
    try:
        out = np.asarray(y, dtype=np.float64)
    except (TypeError, ValueError) as fault:
        raise MethodError(f"{where}: needs numbers: {fault}.") from fault
    if out.ndim != ndim:
        raise MethodError(f"{where}: needs {ndim} axis/axes, got shape {out.shape}.")
    if out.shape[0] < least or out.size == 0:
        raise MethodError(f"{where}: needs at least {least} value(s), got shape {out.shape}.")
    bad = np.argwhere(~np.isfinite(out))
    if len(bad):
        raise MethodError(
            f"{where}: {len(bad)} value(s) are not finite, the first at {tuple(bad[0].tolist())}; drop or impute them."
        )
    if max(float(out.max()), -float(out.min())) > LARGEST:
        raise MethodError(f"{where}: a value exceeds {LARGEST:g}, and squares would overflow; take a larger unit.")
    return out


def amounts(y: ArrayLike, *, where: str, positive: bool = False) -> Floats:
    """`y` (N,) of amounts that can be shared out: none negative, not all zero; with `positive` none zero either."""
    out = numbers(y, where=where)
    if out.min() < 0:
        raise MethodError(
            f"{where}: {int((out < 0).sum())} negative value(s); shares of a total with negative parts mean nothing."
        )
    if out.max() == 0:
        raise MethodError(f"{where}: all values are zero, so there is no total to share.")
    if positive and out.min() <= 0:
        raise MethodError(f"{where}: {int((out <= 0).sum())} value(s) are zero and their logarithm does not exist.")
    return out


def shares(weights: ArrayLike | None, n: int, *, where: str) -> Floats:
    """Population shares (N,) that sum to 1; equal where `weights` is None."""
    if weights is None:
        return np.full(n, 1.0 / n)
    w = numbers(weights, where=f"{where} weights")
    if w.shape != (n,):
        raise MethodError(f"{where}: {n} values but {w.shape[0]} weights.")
    if w.min() < 0 or w.sum() <= 0:
        raise MethodError(f"{where}: weights must not be negative and not all zero.")
    out: Floats = w / w.sum()
    return out


def positions_of(groups: Any, n: int, *, where: str) -> tuple[tuple[str, ...], Whole]:
    """The sorted group names and the position of each unit's group (N,)."""
    given = np.asarray(groups)
    if given.shape != (n,):
        raise MethodError(f"{where}: {n} values but group labels of shape {given.shape}.")
    if given.dtype.kind in "iub" and np.ptp(given.astype(np.int64)) <= 4 * n:
        from_least = given.astype(np.intp) - int(given.min())
        there = np.flatnonzero(np.bincount(from_least))
        place = np.zeros(there[-1] + 1, dtype=np.intp)
        place[there] = np.arange(len(there))
        return tuple(str(name) for name in (there + int(given.min())).tolist()), place[from_least]
    labels = [str(g) for g in given.tolist()]
    absent = [i for i, g in enumerate(given.tolist()) if g is None or g != g]
    if absent:
        raise MethodError(f"{where}: {len(absent)} unit(s) have no group, the first at {absent[0]}; name it or drop them.")
    names = tuple(sorted(set(labels)))
    index = {name: j for j, name in enumerate(names)}
    return names, np.fromiter((index[label] for label in labels), np.intp, n)


def is_flat(y: Floats) -> bool:
    """True where the values differ by rounding only."""
    return bool(np.ptp(y) <= NOISE * np.abs(y).max())


def varied(y: Floats, *, where: str) -> Floats:
    """`y`, or MethodError when it does not vary."""
    if is_flat(y):
        raise MethodError(f"{where}: all {len(y)} values are equal, so there is no variation to measure.")
    if np.ptp(y) < 1.0 / LARGEST:
        raise MethodError(f"{where}: values differ by less than {1 / LARGEST:g}, and squares would vanish; take a smaller unit.")
    return y


def whole(value: int, *, name: str, least: int, where: str) -> int:
    """A count at least `least`; raises MethodError otherwise."""
    if value < least:
        raise MethodError(f"{where}: {name} must be at least {least}, got {value}.")
    return value


def shuffles(columns: tuple[Floats, ...], count: int, rng: np.random.Generator) -> Iterator[tuple[Floats, ...]]:
    """`count` random orders of columns (n,), the same order for all of them, in blocks of rows: a tuple of (b,n) each time.

    Random keys carry the position in their low bits and are sorted row by row. Units whose random bits tie keep a base order,
    itself random, so that every order is equally likely.
    """
    n = len(columns[0])
    base = rng.permutation(n)
    dealt = tuple(column[base] for column in columns)
    kind = np.uint32 if n <= _NARROW else np.uint64
    low = kind((1 << max(1, (n - 1).bit_length())) - 1)
    block = max(1, _SHUFFLED // n)
    for start in range(0, count, block):
        rows = min(block, count - start)
        words = rng.bit_generator.random_raw(-(-rows * n * kind().nbytes // 8)).view(kind)
        keys = words[: rows * n].reshape(rows, n)
        np.bitwise_and(keys, ~low, out=keys)
        np.bitwise_or(keys, np.arange(n, dtype=kind), out=keys)
        keys.sort(axis=1)
        np.bitwise_and(keys, low, out=keys)
        order = keys.astype(np.intp)
        yield tuple(column.take(order, mode="clip") for column in dealt)
