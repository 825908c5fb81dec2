"""Least squares with the covariance a question needs, and the tails of t and chi-square."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from yindi.core.errors import MethodError
from yindi.disparity.arrays import Floats, Whole

Covariance = Literal["classical", "hc3", "cluster"]


@dataclass(frozen=True, slots=True)
class Fit:
    """Coefficients (K,), covariance (K,K), residuals (N,), residual degrees of freedom and R squared."""

    coefficients: Floats
    covariance: Floats
    residuals: Floats
    freedom: int
    r2: float

    def t(self, at: int) -> float:
        """Coefficient over its standard error."""
        return float(self.coefficients[at] / self.se(at))

    def se(self, at: int) -> float:
        """Standard error."""
        return float(np.sqrt(self.covariance[at, at]))


def student_p(t: float, freedom: float) -> float:
    """Two-sided p of a t statistic."""
    from scipy.special import stdtr

    return float(2.0 * stdtr(freedom, -abs(t)))


def normal_p(z: float) -> float:
    """Two-sided p of a normal statistic."""
    from scipy.special import ndtr

    return float(2.0 * ndtr(-abs(z)))


def chi2_p(value: float, freedom: int) -> float:
    """Upper tail of chi-square; 1 without degrees of freedom."""
    from scipy.special import chdtrc

    return float(chdtrc(freedom, value)) if freedom > 0 else 1.0


def least_squares(
    x: Floats, y: Floats, *, where: str, absorbed: int = 0, covariance: Covariance = "classical", cluster: Whole | None = None
) -> Fit:
    """OLS of y (N,) on x (N,K) with `absorbed` parameters already swept out; raises MethodError where x is rank deficient."""
    n, k = x.shape
    freedom = n - k - absorbed
    if freedom <= 0:
        raise MethodError(f"{where}: {n} observations cannot carry {k + absorbed} parameters.")
    scale: Floats = np.sqrt((x * x).sum(axis=0))
    if (scale == 0).any() or np.linalg.matrix_rank(x / scale) < k:
        raise MethodError(f"{where}: the regressors are collinear (or constant within what the effects take out); drop some.")
    inverse: Floats = np.asarray(np.linalg.inv(x.T @ x), dtype=np.float64)
    b = inverse @ (x.T @ y)
    e = y - x @ b
    spread = float(np.sum((y - (y.mean() if not absorbed else 0.0)) ** 2))
    if covariance == "classical":
        cov = inverse * float(e @ e) / freedom
    elif covariance == "hc3":
        leverage = np.einsum("nk,kl,nl->n", x, inverse, x)
        cov = inverse @ ((x * (e / (1.0 - leverage))[:, None] ** 2).T @ x) @ inverse
    else:
        cov = _clustered(x, e, inverse, cluster, freedom + absorbed, where)
    return Fit(b, cov, e, freedom, 1.0 - float(e @ e) / spread if spread > 0 else 0.0)


def _clustered(x: Floats, e: Floats, inverse: Floats, cluster: Whole | None, freedom: int, where: str) -> Floats:
    if cluster is None or len(np.unique(cluster)) < 2:
        raise MethodError(f"{where}: clustered errors need at least two clusters.")
    g = int(cluster.max()) + 1
    scores = np.zeros((g, x.shape[1]))
    np.add.at(scores, cluster, x * e[:, None])
    small = g / (g - 1) * (len(e) - 1) / freedom
    out: Floats = small * inverse @ (scores.T @ scores) @ inverse
    return out
