"""Outliers (异常值处理): a few extreme regions must not decide an indicator. Winsorise step by step, else take logarithms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.measure.check import constant, finite

KEPT, WINSORISED, LOGGED, FAILED = "kept", "winsorised", "logged", "failed"


@dataclass(frozen=True, slots=True)
class Treated:
    """Treated values (N,J), how each column was treated (kept, winsorised, logged, failed), and how many points were moved."""

    values: np.ndarray
    how: tuple[str, ...]
    moved: tuple[int, ...]


def skewness(x: np.ndarray) -> float:
    """Sample skewness g1 sqrt(n (n - 1)) / (n - 2) (type 2 of SAS and SPSS); at least 3 values that vary."""
    n, d = x.size, x - x.mean()
    return float(np.mean(d**3) / np.mean(d**2) ** 1.5 * np.sqrt(n * (n - 1)) / (n - 2))


def kurtosis(x: np.ndarray) -> float:
    """Sample excess kurtosis ((n + 1) g2 + 6) (n - 1) / ((n - 2) (n - 3)) (type 2); at least 4 values that vary."""
    n, d = x.size, x - x.mean()
    g2 = np.mean(d**4) / np.mean(d**2) ** 2 - 3
    return float(((n + 1) * g2 + 6) * (n - 1) / ((n - 2) * (n - 3)))


def treat(
    x: ArrayLike, *, points: int = 5, skew_limit: float = 2.0, kurtosis_limit: float = 3.5, log_offset: float = 0.01
) -> Treated:
    """The treatment of COINr and the JRC's COIN tool, each column of `x` (N,J) by itself.

    A column passes if |skewness| < skew_limit or excess kurtosis < kurtosis_limit. Else up to `points` extreme values are set to
    the next one; if it still fails, ln(x - min + log_offset range) is taken of the column as it was. Raises MethodError for
    fewer than 4 rows.
    """
    array = finite(x, where="treat")
    if array.shape[0] < 4:
        raise MethodError(f"treat: skewness and kurtosis need 4 rows, got {array.shape[0]}.")
    flat = constant(array)
    limits = (skew_limit, kurtosis_limit)
    columns = [(c, KEPT, 0) if flat[j] else _column(c, points, limits, log_offset) for j, c in enumerate(array.T)]
    return Treated(np.column_stack([c for c, _, _ in columns]), tuple(h for _, h, _ in columns), tuple(m for _, _, m in columns))


def _passes(x: np.ndarray, limits: tuple[float, float]) -> bool:
    if np.ptp(x) == 0:
        return False
    return abs(skewness(x)) < limits[0] or kurtosis(x) < limits[1]


def _column(x: np.ndarray, points: int, limits: tuple[float, float], offset: float) -> tuple[np.ndarray, str, int]:
    if _passes(x, limits):
        return x, KEPT, 0
    for moved in range(1, points + 1):
        cut = _winsorised(x, moved)
        if _passes(cut, limits):
            return cut, WINSORISED, moved
    logged = np.log(x - x.min() + offset * np.ptp(x))
    return logged, LOGGED if _passes(logged, limits) else FAILED, 0


def _winsorised(x: np.ndarray, points: int) -> np.ndarray:
    """The `points` most extreme values on the longer tail set to the next one, the tail decided anew before each point."""
    cut, low, high = x.copy(), 0, 0
    ordered = np.sort(x)
    for _ in range(points):
        if skewness(cut) > 0:
            high += 1
        else:
            low += 1
        cut = np.clip(x, ordered[low], ordered[-1 - high])
    return cut


def clip_quantiles(x: ArrayLike, *, low: float = 0.025, high: float = 0.975) -> np.ndarray:
    """Values of `x` (N,J) cut at quantiles of their column (缩尾), as `winsor2` of Stata does with cuts(2.5 97.5)."""
    array = finite(x, where="clip_quantiles")
    if not 0 <= low < high <= 1:
        raise MethodError(f"clip_quantiles: needs 0 <= low < high <= 1, got {low:g} and {high:g}.")
    return np.asarray(np.clip(array, *np.quantile(array, [low, high], axis=0)))
