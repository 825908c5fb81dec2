"""Copies of uncertain data (数据的不确定性): filled cells drawn anew within what other fills would give, figures with noise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.measure.check import finite


def fill_range(x: ArrayLike, filled: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest value (R,T) that the usual fills give a filled cell of `x` (R,T); the cell itself elsewhere.

    The fills: the nearest known years of the region before and after (what lies between is interpolation), its median ratio to
    the mean of the regions known in every year times that mean, and the value in place. A region without a known year has only
    the last.
    """
    values = finite(x, where="fill_range")
    gaps = np.asarray(filled, dtype=bool)
    if gaps.shape != values.shape:
        raise MethodError(f"fill_range: values {values.shape} and filled cells {gaps.shape} differ in shape.")
    low, high = values.copy(), values.copy()
    mean = values[~gaps.any(axis=1)].mean(axis=0) if not gaps.any(axis=1).all() else np.zeros(values.shape[1])
    for r in np.flatnonzero(gaps.any(axis=1) & ~gaps.all(axis=1)):
        known = np.flatnonzero(~gaps[r])
        national = np.median(values[r, known] / mean[known]) * mean if (mean > 0).all() else values[r]
        for t in np.flatnonzero(gaps[r]):
            near = values[r, known[known < t][-1:]], values[r, known[known > t][:1]]
            found = np.concatenate([*near, [values[r, t], national[t]]])
            low[r, t], high[r, t] = found.min(), found.max()
    return low, high


@dataclass(frozen=True, slots=True)
class Copies:
    """Values (R,T,J), other fills of its filled cells (F,R,T,C) and noise factors (N,R,T,C) of its uncertain columns (C,)."""

    values: np.ndarray
    columns: np.ndarray
    fills: np.ndarray
    noise: np.ndarray

    def uncertain(self) -> Iterator[np.ndarray]:
        """The uncertain columns (R,T,C) of every copy: fill by fill, within it noise by noise."""
        return (fill * noise for fill in self.fills for noise in self.noise)


def copies(
    values: np.ndarray,
    segments: Sequence[Sequence[np.ndarray]],
    *,
    filled: np.ndarray,
    spread: np.ndarray,
    shares: np.ndarray,
    normal: np.ndarray,
) -> Copies:
    """Copies of `values` (R,T,J): filled cells at `shares` (F,R,J) of their range, figures times exp(spread * normal).

    `filled`, `spread` (R,T,J); `normal` (N,R,T,J); ranges are taken within `segments` of comparable years. A choice that changes
    nothing has one copy.
    """
    low, high = values.copy(), values.copy()
    for j, parts in enumerate(segments):
        for years in parts:
            if filled[:, years, j].any():
                low[:, years, j], high[:, years, j] = fill_range(values[:, years, j], filled[:, years, j])
    columns = np.flatnonzero((spread.any(axis=(0, 1))) | (high > low).any(axis=(0, 1)))
    low, high = low[..., columns], high[..., columns]
    share = shares[:, :, None, :][..., columns] if (high > low).any() else np.zeros((1, 1, 1, 1))
    noise = np.exp(spread[..., columns] * normal[..., columns]) if spread.any() else np.ones((1, 1, 1, 1))
    return Copies(values, columns, low + share * (high - low), noise)
