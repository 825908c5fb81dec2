"""Placebo: the plan held against years in which there was no plan. What it is said to do must not be seen there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yindi.core.errors import MethodError

SHUFFLES = 999


@dataclass(frozen=True, slots=True)
class Placebo:
    """`share`: part of the plan's effect that was there without a plan (0 expected; 1: all of it); `chance`: how often a plan
    dealt out to regions by lot is as far from 0; both NaN where the plan moves no region."""

    share: float
    chance: float


def placebo(effect: np.ndarray, misses: np.ndarray, *, rng: np.random.Generator) -> Placebo:
    """Effect of the plan (R,) on relative levels against what came beyond the forecasts (O,R) of origins without a plan.

    The share is the slope of the mean miss on the effect; its chance is that of a permutation test over regions, which holds
    misses of neighbours and of successive origins together only as far as regions differ. Raises MethodError for other shapes.
    """
    effect, misses = np.asarray(effect, float), np.asarray(misses, float)
    if misses.ndim != 2 or effect.shape != misses.shape[1:] or not len(misses):
        raise MethodError(f"placebo: effect and misses must be (R,) and (O,R), got {effect.shape} and {misses.shape}.")
    effect, mean = effect - effect.mean(), misses.mean(axis=0)
    size = float(effect @ effect)
    if size < 1e-24:
        return Placebo(np.nan, np.nan)
    seen = float(effect @ mean)
    lots = np.array([rng.permutation(effect) @ mean for _ in range(SHUFFLES)])
    return Placebo(seen / size, float((1 + (np.abs(lots) >= abs(seen) - 1e-12).sum()) / (SHUFFLES + 1)))
