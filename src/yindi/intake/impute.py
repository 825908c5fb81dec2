"""Imputers: how absent cells are filled. Observed cells are left alone; a cell that a rule cannot fill stays unfilled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yindi.core.errors import MethodError
from yindi.core.registry import method

_LAWS = ("keeps_observed", "region_order_free")


@dataclass(frozen=True, slots=True)
class Filled:
    """Values (R,T), 0 where absent, and the mask (R,T) of cells that hold a value now; bounds (R,T) where a model gives them."""

    values: np.ndarray
    known: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None


def checked(x: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values with 0 where absent, and a copy of the mask; raises MethodError where they do not fit."""
    values, mask = np.asarray(x, dtype=float), np.asarray(known, dtype=bool)
    if values.ndim != 2 or values.shape != mask.shape:
        raise MethodError(f"An imputer takes values and mask of one shape (R,T), got {values.shape} and {mask.shape}.")
    if not np.isfinite(values[mask]).all():
        raise MethodError("An imputer takes finite known values only.")
    return np.where(mask, values, 0.0), mask.copy()


@method("imputer", "none", laws=_LAWS)
def none(x: np.ndarray, known: np.ndarray) -> Filled:
    """Nothing is filled (R,T): what is absent stays absent."""
    return Filled(*checked(x, known))


@method("imputer", "interpolate", laws=_LAWS)
def interpolate(x: np.ndarray, known: np.ndarray) -> Filled:
    """Linear interpolation over time (线性插值) between the nearest known years (R,T); cells outside them stay unfilled."""
    values, mask = checked(x, known)
    years = np.arange(values.shape[1])
    for r in range(len(values)):
        have = np.flatnonzero(mask[r])
        inside = years[have[0] : have[-1] + 1] if len(have) else years[:0]
        values[r, inside] = np.interp(inside, have, values[r, have]) if len(have) else values[r, inside]
        mask[r, inside] = True
    return Filled(values, mask)


@method("imputer", "nearest", laws=_LAWS)
def nearest(x: np.ndarray, known: np.ndarray) -> Filled:
    """The value of the nearest known year of the same region, the earlier one of two (R,T)."""
    values, mask = checked(x, known)
    years = np.arange(values.shape[1])
    for r in np.flatnonzero(mask.any(axis=1)):
        have = np.flatnonzero(mask[r])
        values[r] = values[r, have[np.abs(years[:, None] - have).argmin(axis=1)]]
        mask[r] = True
    return Filled(values, mask)


@method("imputer", "ratio_to_national", laws=_LAWS)
def ratio_to_national(x: np.ndarray, known: np.ndarray) -> Filled:
    """Mean of the regions known in every year, times the region's median ratio to it in its known years (R,T)."""
    values, mask = checked(x, known)
    whole = mask.all(axis=1)
    if not whole.any():
        return Filled(values, mask)
    national = values[whole].mean(axis=0)
    if (national <= 0).any():
        raise MethodError("ratio_to_national needs a national mean above zero in every year.")
    for r in np.flatnonzero(mask.any(axis=1) & ~whole):
        values[r] = np.where(mask[r], values[r], np.median((values[r] / national)[mask[r]]) * national)
        mask[r] = True
    return Filled(values, mask)


@method("imputer", "lowest_observed", laws=_LAWS)
def lowest_observed(x: np.ndarray, known: np.ndarray) -> Filled:
    """The lowest value any region shows in the same year (R,T); for activities that a region hardly has."""
    values, mask = checked(x, known)
    lowest = np.where(mask, values, np.inf).min(axis=0, initial=np.inf)
    some = mask.any(axis=0)
    return Filled(np.where(mask, values, np.where(some, lowest, 0.0)), mask | some)


@method("imputer", "declared", laws=_LAWS)
def declared(x: np.ndarray, known: np.ndarray, *, value: float) -> Filled:
    """One declared value for every absent cell (R,T)."""
    values, mask = checked(x, known)
    if not np.isfinite(value):
        raise MethodError(f"declared needs a finite value, got {value}.")
    return Filled(np.where(mask, values, value), np.ones_like(mask))
