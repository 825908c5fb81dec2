"""Convergence (收敛): sigma and beta of a panel, absolute, conditional and with fixed effects."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.disparity.arrays import NOISE, Floats, numbers, varied
from yindi.disparity.clubs import clubs
from yindi.disparity.regress import Covariance, least_squares, student_p
from yindi.disparity.spatial import Convention, SpatialPanel, sar, sdm, sem

__all__ = ["Beta", "Sigma", "SpatialBeta", "beta", "clubs", "sigma", "spatial_beta"]


SpeedConvention = Literal["growth_span", "sample_span"]


@dataclass(frozen=True, slots=True)
class Sigma:
    """Spread by year (T,): cv, sd_log (NaN-free: None where a value is not positive), and the yearly trend of cv with its p."""

    cv: Floats
    sd_log: Floats | None
    trend: float
    trend_p: float


def positive_panel(y: ArrayLike, *, where: str, regions: int = 3, years: int = 2) -> Floats:
    """y (R,T) of positive values; raises MethodError on too small a panel or a value that has no logarithm."""
    v = numbers(y, where=where, ndim=2)
    if v.shape[0] < regions or v.shape[1] < years:
        raise MethodError(f"{where}: needs {regions} regions and {years} years, got {v.shape[0]} and {v.shape[1]}.")
    if v.min() <= 0:
        r, t = np.argwhere(v <= 0)[0]
        raise MethodError(f"{where}: {int((v <= 0).sum())} value(s) have no logarithm, the first at region {r}, year {t}.")
    return v


@method("convergence", "sigma", cites=("Barro & Sala-i-Martin 1992",), laws=("regions_order_free", "scale_free_panel"))
def sigma(y: ArrayLike, *, ddof: int = 1) -> Sigma:
    """Sigma convergence (σ 收敛) of y (R,T): spread between regions year by year, sample (`ddof` 1) standard deviations."""
    v = numbers(y, where="sigma", ndim=2)
    if v.shape[0] <= ddof or (v.mean(axis=0) <= 0).any():
        raise MethodError(f"sigma: needs more than {ddof} region(s) and a positive mean every year, got {v.shape[0]} region(s).")
    cv = v.std(axis=0, ddof=ddof) / v.mean(axis=0)
    logs = np.log(v).std(axis=0, ddof=ddof) if v.min() > 0 else None
    if v.shape[1] < 3:
        return Sigma(cv, logs, 0.0, 1.0)
    years = np.arange(v.shape[1], dtype=np.float64)
    fit = least_squares(np.column_stack([np.ones_like(years), years]), cv, where="sigma")
    p = student_p(fit.t(1), fit.freedom) if fit.se(1) > 1e-12 * float(cv.max()) else 1.0
    return Sigma(cv, logs, float(fit.coefficients[1]), p)


@dataclass(frozen=True, slots=True)
class Beta:
    """Slope of growth on the starting level: negative means that poorer regions grow faster.

    `speed` is the yearly rate of convergence and `half_life` its years; None where the slope admits none.
    """

    coefficient: float
    se: float
    t: float
    p: float
    speed: float | None
    half_life: float | None
    r2: float
    n: int
    span: int
    controls: Floats


def _speed(b: float, span: int) -> tuple[float | None, float | None]:
    inside = 1.0 + b * span
    if inside <= 0:
        return None, None
    speed = -math.log(inside) / span
    return speed, (math.log(2.0) / speed if speed > 0 else None)


@method(
    "convergence", "beta", cites=("Barro & Sala-i-Martin 1992", "Islam 1995"), laws=("regions_order_free", "scale_free_panel")
)
def beta(
    y: ArrayLike,
    *,
    controls: ArrayLike | None = None,
    model: Literal["cross", "panel"] = "cross",
    covariance: Covariance = "classical",
    convention: SpeedConvention = "growth_span",
) -> Beta:
    """Beta convergence (β 收敛) of y (R,T), positive: absolute without `controls`, conditional with them.

    `cross`: (1/tau) ln(y_T / y_0) on ln y_0, controls (R,K), speed -ln(1 + b tau) / tau. `panel`: yearly growth on ln y
    with region and year effects, controls (R,T-1,K) of the year growth starts from, speed -ln(1 + b), errors clustered by region.
    Convention `sample_span` divides the panel's speed by the years of the sample, as many papers do though growth is yearly.
    """
    if convention not in ("growth_span", "sample_span") or (convention == "sample_span" and model != "panel"):
        raise MethodError(f"beta: convention is 'growth_span', or 'sample_span' for the panel model, got {convention!r}.")
    v = np.log(positive_panel(y, where="beta"))
    if model == "cross":
        return _cross(v, controls, covariance)
    if model == "panel":
        found = _panel(v, controls)
        return found if convention == "growth_span" else _over_the_sample(found, v.shape[1] - 1)
    raise MethodError(f"beta: model is 'cross' or 'panel', got {model!r}.")


def _cross(v: Floats, controls: ArrayLike | None, covariance: Covariance) -> Beta:
    span = v.shape[1] - 1
    extra = np.empty((len(v), 0)) if controls is None else numbers(controls, where="beta controls", ndim=2)
    if len(extra) != len(v):
        raise MethodError(f"beta: {len(v)} regions but controls for {len(extra)}.")
    x = np.column_stack([np.ones(len(v)), v[:, 0], extra])
    growth = varied((v[:, -1] - v[:, 0]) / span, where="beta growth")
    fit = least_squares(x, growth, where="beta", covariance=covariance)
    b, t = float(fit.coefficients[1]), fit.t(1)
    speed, half = _speed(b, span)
    return Beta(b, fit.se(1), t, student_p(t, fit.freedom), speed, half, fit.r2, len(v), span, fit.coefficients[2:])


def _over_the_sample(found: Beta, years: int) -> Beta:
    """The speed divided by the years of the sample, the half-life longer by as much."""
    speed, half = found.speed, found.half_life
    return replace(found, speed=None if speed is None else speed / years, half_life=None if half is None else half * years)


def two_way(a: Floats) -> Floats:
    """a (R,T,...) less region means and year means, plus the overall mean."""
    out: Floats = a - a.mean(axis=1, keepdims=True) - a.mean(axis=0, keepdims=True) + a.mean(axis=(0, 1), keepdims=True)
    return out


def _panel(v: Floats, controls: ArrayLike | None) -> Beta:
    growth, level = np.diff(v, axis=1), v[:, :-1]
    r, t = growth.shape
    if t < 2:
        raise MethodError(f"beta: the panel model needs three years, got {t + 1}.")
    extra = np.empty((r, t, 0)) if controls is None else numbers(controls, where="beta controls", ndim=3)
    if extra.shape[:2] != (r, t):
        raise MethodError(f"beta: controls must have shape ({r}, {t}, K), got {extra.shape}.")
    x = two_way(np.concatenate([level[:, :, None], extra], axis=2)).reshape(r * t, -1)
    by = np.repeat(np.arange(r), t)
    moved = two_way(growth).ravel()
    if np.abs(moved).max() <= NOISE * np.abs(v).max():
        raise MethodError("beta growth: regions and years leave no difference in growth to explain.")
    fit = least_squares(x, moved, where="beta", absorbed=r + t - 1, covariance="cluster", cluster=by)
    b, score = float(fit.coefficients[0]), fit.t(0)
    speed, half = _speed(b, 1)
    return Beta(b, fit.se(0), score, student_p(score, r - 1), speed, half, fit.r2, r * t, 1, fit.coefficients[1:])


@dataclass(frozen=True, slots=True)
class SpatialBeta:
    """Spatial beta convergence: the fitted panel model, and speed and half-life from the direct effect of the starting level.

    `direct` and `total` are effects of ln y on growth with their intervals; convergence is there where they lie below 0.
    """

    model: str
    panel: SpatialPanel
    direct: float
    direct_interval: tuple[float, float]
    total: float
    total_interval: tuple[float, float]
    speed: float | None
    half_life: float | None


@method(
    "convergence",
    "spatial_beta",
    cites=("Elhorst et al. 2010", "Lee & Yu 2010"),
    laws=("regions_order_free_w", "scale_free_panel_w"),
)
def spatial_beta(
    y: ArrayLike,
    w: Any,
    *,
    controls: ArrayLike | None = None,
    model: Literal["sar", "sem", "sdm"] = "sdm",
    convention: Convention = "lee_yu",
    draws: int = 1000,
    seed: int = 0,
) -> SpatialBeta:
    """Spatial beta convergence (空间 β 收敛) of y (R,T) on w (R,R): yearly growth on ln y, two-way effects, SAR, SEM or SDM.

    `controls` (R,T-1,K) belong to the year growth starts from. Raises MethodError on what `spatial.sdm` refuses.
    """
    v = np.log(positive_panel(y, where="spatial_beta", regions=4, years=3))
    growth, level = np.diff(v, axis=1), v[:, :-1, None]
    x = level if controls is None else np.concatenate([level, numbers(controls, where="spatial_beta controls", ndim=3)], axis=2)
    fits = {"sar": sar, "sem": sem, "sdm": sdm}
    if model not in fits:
        raise MethodError(f"spatial_beta: model is one of {sorted(fits)}, got {model!r}.")
    found = fits[model](growth, x, w, convention=convention, draws=draws, seed=seed)
    ends = [(float(e.low[0]), float(e.high[0])) for e in (found.direct, found.total)]
    direct = float(found.direct.estimate[0])
    return SpatialBeta(model, found, direct, ends[0], float(found.total.estimate[0]), ends[1], *_speed(direct, 1))
