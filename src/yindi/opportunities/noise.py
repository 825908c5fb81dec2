"""How sure a specialisation is: counts are few in small regions, and a quotient of few counts is mostly chance."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.core.streams import stream
from yindi.opportunities.advantage import rca
from yindi.opportunities.arrays import amounts
from yindi.opportunities.complexity import ComplexityWarning, eci_pci


@dataclass(frozen=True, slots=True)
class Interval:
    """low and high (of the quantity's shape), and `sure`: chance to be above 1 (quotients) or above the mean (complexity)."""

    low: np.ndarray
    high: np.ndarray
    sure: np.ndarray


def expected_counts(x: Any) -> np.ndarray:
    """Count (R,C) each region would have with the nation's mix: x_r. x_.c / x_.. of counts x (R,C)."""
    counts = amounts(x, "x")
    if counts.sum() <= 0:
        raise MethodError("x holds no count at all.")
    result: np.ndarray = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / counts.sum()
    return result


@method("advantage", "rca_interval", cites=("gamma-Poisson: DuMouchel 1999",), laws=("labelled_interval", "holds_its_middle"))
def rca_interval(x: Any, *, prior: float = 1.0, interval: float = 0.90) -> Interval:
    """Interval of the location quotient of counts x (R,C), and the chance that it exceeds 1 (Gamma-Poisson).

    The count is Poisson with mean quotient * expected; the quotient's prior is Gamma with mean 1 and weight `prior` (in expected
    counts, > 0), so a cell with few expected counts stays near 1 with a wide interval.
    """
    from scipy.special import gammaincc, gammaincinv

    if prior <= 0 or not 0 < interval < 1:
        raise MethodError(f"prior ({prior}) must be positive and interval ({interval}) between 0 and 1.")
    expected = expected_counts(x)
    shape, rate = prior + amounts(x, "x"), prior + expected
    tail = (1 - interval) / 2
    return Interval(gammaincinv(shape, tail) / rate, gammaincinv(shape, 1 - tail) / rate, gammaincc(shape, rate))


@method("complexity", "eci_interval", cites=("parametric bootstrap: Efron & Tibshirani 1993",),
        laws=("seeded_interval",))  # fmt: skip
def eci_interval(x: Any, *, draws: int = 100, interval: float = 0.90, seed: int = 0) -> Interval:
    """Interval of each region's ECI (R,) when its counts x (R,C) are drawn again (Poisson), and the chance to be above the mean.

    A region without any specialisation in more than half of the draws has no interval (NaN): publish none; a draw without any
    complexity (a part of one region) counts as none. Raises MethodError for fewer than ten draws.
    """
    counts = amounts(x, "x")
    if draws < 10:
        raise MethodError(f"draws must be ten at least, got {draws}.")
    rng = stream(seed, "opportunities.eci_interval")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ComplexityWarning)
        drawn = np.stack([_eci(rng.poisson(counts)) for _ in range(draws)])
    there = np.isfinite(drawn).mean(axis=0) > 0.5
    tail = (1 - interval) / 2
    low, high, sure = (np.full(len(counts), np.nan) for _ in range(3))
    if not there.any():
        return Interval(low, high, sure)
    low[there], high[there] = np.nanquantile(drawn[:, there], [tail, 1 - tail], axis=0)
    sure[there] = np.nanmean(drawn[:, there] > 0, axis=0)
    return Interval(low, high, sure)


def _eci(counts: np.ndarray) -> np.ndarray:
    try:
        return eci_pci(rca(counts) >= 1).eci
    except MethodError:  # drawn counts may fall into parts of one region
        return np.full(len(counts), np.nan)


def counts(x: Any) -> bool:
    """True where the amounts are whole numbers above 1: only then is chance of the kind that counts have."""
    made = amounts(x, "x", dims=(1, 2, 3))
    return bool((made == np.floor(made)).all() and made.max(initial=0) > 1)
