"""Indices of inequality (不平等) and of polarisation (极化) on one vector of N units; all mean-normalised."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.disparity.arrays import Floats, amounts, is_flat, positions_of, shares

INEQUALITY_LAWS = ("symmetric", "scale_free", "zero_at_equality", "replication_free", "transfer", "weights_as_copies")
POLARISATION_LAWS = ("symmetric", "scale_free", "zero_at_equality", "replication_free")


def half_mean_difference(y: Floats, p: Floats) -> float:
    """Half the mean absolute difference of values with shares `p` (which sum to 1)."""
    order = np.argsort(y, kind="stable")
    x, w = y[order] - y[order[0]], p[order]
    return float(np.sum(w * x * (2.0 * np.cumsum(w) - w - 1.0)))


@method("inequality", "gini", cites=("Gini 1912", "Dagum 1997"), laws=INEQUALITY_LAWS)
def gini(y: ArrayLike, *, weights: ArrayLike | None = None, convention: Literal["population", "sample"] = "population") -> float:
    """Gini coefficient (基尼系数) of y (N,), 0 at equality; raises MethodError on negative values or a zero total.

    Convention `sample` multiplies by n / (n - 1), as R's ineq and REAT do on request (equal weights only).
    """
    v = amounts(y, where="gini")
    p = shares(weights, len(v), where="gini")
    if convention not in ("population", "sample") or (convention == "sample" and (weights is not None or len(v) < 2)):
        raise MethodError(
            f"gini: convention is 'population', or 'sample' for two or more values of equal weight, got {convention!r}."
        )
    stretch = len(v) / (len(v) - 1) if convention == "sample" else 1.0
    return max(0.0, stretch * half_mean_difference(v, p) / float(p @ v))


@method("inequality", "theil", cites=("Theil 1967",), laws=INEQUALITY_LAWS)
def theil(y: ArrayLike, *, weights: ArrayLike | None = None) -> float:
    """Theil index T (泰尔指数, generalised entropy 1) of y (N,): sum p (y/m) ln(y/m), with 0 ln 0 = 0."""
    v = amounts(y, where="theil")
    p = shares(weights, len(v), where="theil")
    if is_flat(v):
        return 0.0
    r = v / float(p @ v)
    return max(0.0, float(np.sum(p * r * np.log(r, out=np.zeros_like(r), where=r > 0))))


@method("inequality", "mld", cites=("Theil 1967",), laws=INEQUALITY_LAWS)
def mld(y: ArrayLike, *, weights: ArrayLike | None = None) -> float:
    """Mean log deviation L (平均对数离差, generalised entropy 0) of y (N,): sum p ln(m/y); raises MethodError on a zero."""
    v = amounts(y, where="mld", positive=True)
    p = shares(weights, len(v), where="mld")
    return 0.0 if is_flat(v) else max(0.0, float(np.sum(p * np.log(float(p @ v) / v))))


@method("inequality", "atkinson", cites=("Atkinson 1970",), laws=INEQUALITY_LAWS)
def atkinson(y: ArrayLike, *, epsilon: float = 0.5, weights: ArrayLike | None = None) -> float:
    """Atkinson index (阿特金森指数) of y (N,) with aversion `epsilon` > 0; zeros are refused where epsilon >= 1."""
    if not epsilon > 0:
        raise MethodError(f"atkinson: epsilon must be above 0, got {epsilon}.")
    v = amounts(y, where="atkinson", positive=epsilon >= 1)
    p = shares(weights, len(v), where="atkinson")
    if is_flat(v):
        return 0.0
    r = v / float(p @ v)
    equal = np.exp(p @ np.log(r)) if epsilon == 1 else float(p @ r ** (1.0 - epsilon)) ** (1.0 / (1.0 - epsilon))
    return max(0.0, 1.0 - float(equal))


@method("inequality", "cv", cites=("Williamson 1965",), laws=INEQUALITY_LAWS)
def cv(y: ArrayLike, *, weights: ArrayLike | None = None, ddof: int = 0) -> float:
    """Coefficient of variation (变异系数) of y (N,), weighted it is Williamson's; `ddof` 1 divides by n - 1 (unweighted only)."""
    v = amounts(y, where="cv")
    p = shares(weights, len(v), where="cv")
    if ddof and (weights is not None or len(v) <= ddof):
        raise MethodError(f"cv: ddof {ddof} needs equal weights and more than {ddof} values, got {len(v)}.")
    mean = float(p @ v)
    spread = float(np.sqrt(p @ (v - mean) ** 2 * len(v) / (len(v) - ddof)))
    return 0.0 if is_flat(v) else spread / mean


def weighted_median(y: Floats, p: Floats) -> float:
    """Median of values with shares `p`: the middle of the two values between which half of the population lies."""
    order = np.argsort(y, kind="stable")
    reached = np.cumsum(p[order])
    last = len(y) - 1
    low = y[order][min(int(np.searchsorted(reached, 0.5 - 1e-12)), last)]
    high = y[order][min(int(np.searchsorted(reached, 0.5 + 1e-12)), last)]
    return float(low + high) / 2.0


def _poorest_half(y: Floats, p: Floats) -> float:
    """Income share of the poorest half of the population, the Lorenz curve joined by straight lines."""
    order = np.argsort(y, kind="stable")
    people = np.concatenate([[0.0], np.cumsum(p[order])])
    income = np.concatenate([[0.0], np.cumsum(p[order] * y[order])])
    return float(np.interp(0.5, people, income / income[-1]))


@method("polarisation", "wolfson", cites=("Wolfson 1994",), laws=POLARISATION_LAWS)
def wolfson(y: ArrayLike, *, weights: ArrayLike | None = None, convention: Literal["wolfson", "pysal"] = "wolfson") -> float:
    """Wolfson's bipolarisation 4 (m/median) (1/2 - L(1/2) - G/2) of y (N,); convention `pysal` gives half of it."""
    if convention not in ("wolfson", "pysal"):
        raise MethodError(f"wolfson: convention is 'wolfson' or 'pysal', got {convention!r}.")
    v = amounts(y, where="wolfson")
    p = shares(weights, len(v), where="wolfson")
    median = weighted_median(v, p)
    if median <= 0:
        raise MethodError("wolfson: the median is zero, and the index is measured against it.")
    inside = 0.5 - _poorest_half(v, p) - half_mean_difference(v, p) / float(p @ v) / 2.0
    whole = 0.0 if is_flat(v) else 4.0 * float(p @ v) / median * inside
    return whole if convention == "wolfson" else whole / 2.0


@method("polarisation", "esteban_ray", cites=("Esteban & Ray 1994",), laws=POLARISATION_LAWS)
def esteban_ray(y: ArrayLike, groups: Any, *, alpha: float, weights: ArrayLike | None = None, scale: float = 1.0) -> float:
    """Esteban-Ray polarisation (ER 指数) between groups of y (N,): scale sum pi_i^(1+alpha) pi_j |m_i - m_j| / m.

    alpha lies in (0, 1.6]; `scale` is the arbitrary K of the paper.
    """
    if not 0 < alpha <= 1.6:
        raise MethodError(f"esteban_ray: alpha must lie in (0, 1.6], got {alpha}.")
    v = amounts(y, where="esteban_ray")
    p = shares(weights, len(v), where="esteban_ray")
    names, at = positions_of(groups, len(v), where="esteban_ray")
    size = np.bincount(at, p, len(names))
    if size.min() <= 0:
        raise MethodError(f"esteban_ray: the group {names[int(size.argmin())]!r} has no weight.")
    means = np.bincount(at, p * v, len(names)) / size / float(p @ v)
    gaps = np.abs(means[:, None] - means[None, :])
    return 0.0 if is_flat(v) else scale * float(size ** (1.0 + alpha) @ gaps @ size)


def _density_at(v: Floats, p: Floats, h: float) -> Floats:
    """Gaussian kernel density at the observations themselves, in blocks of rows."""
    out = np.empty_like(v)
    for start in range(0, len(v), 512):
        block = v[start : start + 512, None]
        out[start : start + 512] = np.exp(-0.5 * ((block - v[None, :]) / h) ** 2) @ p
    out /= h * np.sqrt(2.0 * np.pi)
    return out


@method("polarisation", "duclos_esteban_ray", cites=("Duclos, Esteban & Ray 2004",), laws=POLARISATION_LAWS[:3])
def duclos_esteban_ray(
    y: ArrayLike,
    *,
    alpha: float = 0.5,
    weights: ArrayLike | None = None,
    bandwidth: float | None = None,
    convention: Literal["paper", "gini_scale"] = "paper",
) -> float:
    """Duclos-Esteban-Ray polarisation of y (N,), sum p f(y)^alpha a(y) on y / m; alpha 0 gives twice the Gini coefficient.

    a(y) is the mean distance to all others; the density f is Gaussian with bandwidth 4.7 n^-1/2 sd alpha^0.1 (in units of
    y / m where given). alpha lies in [0.25, 1], or is 0. Convention `gini_scale` halves it, so that alpha 0 is the Gini.
    """
    if convention not in ("paper", "gini_scale"):
        raise MethodError(f"duclos_esteban_ray: convention is 'paper' or 'gini_scale', got {convention!r}.")
    if alpha != 0 and not 0.25 <= alpha <= 1:
        raise MethodError(f"duclos_esteban_ray: alpha must be 0 or lie in [0.25, 1], got {alpha}.")
    v = amounts(y, where="duclos_esteban_ray")
    p = shares(weights, len(v), where="duclos_esteban_ray")
    if is_flat(v):
        return 0.0
    r = v / float(p @ v)
    order = np.argsort(r, kind="stable")
    r, p = r[order], p[order]
    below, income = np.cumsum(p), np.cumsum(p * r)
    distance = r * (2.0 * below - 1.0) + income[-1] - 2.0 * income
    spread = float(np.sqrt(p @ (r - 1.0) ** 2))
    h = bandwidth if bandwidth is not None else 4.7 * len(r) ** -0.5 * spread * max(alpha, 1e-300) ** 0.1
    identified = _density_at(r, p, h) ** alpha if alpha else np.ones_like(r)
    return float(np.sum(p * identified * distance)) / (2.0 if convention == "gini_scale" else 1.0)


@method("polarisation", "tsui_wang", cites=("Wang & Tsui 2000",), laws=POLARISATION_LAWS)
def tsui_wang(y: ArrayLike, *, weights: ArrayLike | None = None, r: float = 0.5, theta: float = 1.0) -> float:
    """Tsui-Wang polarisation (TW 指数) of y (N,): theta sum p |(y - median) / median|^r with r in (0, 1)."""
    if not 0 < r < 1:
        raise MethodError(f"tsui_wang: r must lie between 0 and 1, got {r}.")
    v = amounts(y, where="tsui_wang")
    p = shares(weights, len(v), where="tsui_wang")
    median = weighted_median(v, p)
    if median <= 0:
        raise MethodError("tsui_wang: the median is zero, and the index is measured against it.")
    return 0.0 if is_flat(v) else theta * float(p @ np.abs(v / median - 1.0) ** r)
