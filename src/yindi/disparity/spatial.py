"""Spatial panel models (空间面板模型) by maximum likelihood: SAR, SEM, SDM with fixed effects, direct and indirect effects."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.core.streams import stream
from yindi.disparity.arrays import Floats, numbers, whole
from yindi.disparity.determinant import Determinant, determinant
from yindi.disparity.lag import Weights, weights_of
from yindi.disparity.regress import chi2_p, normal_p
from yindi.disparity.smallsample import Correction, corrects_by, lag_bias

Effects = Literal["twoways", "region", "year", "none"]
Convention = Literal["lee_yu", "direct"]
_ZOOM = 5
_LAWS = ("regions_order_free_w", "unit_free")


@dataclass(frozen=True, slots=True)
class Impact:
    """Effects (K,) of one unit more of each regressor everywhere: estimate, simulated standard error and interval."""

    estimate: Floats
    se: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class SpatialPanel:
    """`rho` is the spatial parameter (of the lag in SAR and SDM, of the error in SEM); `beta` (K,), `theta` (K,) of W x in SDM.

    `covariance` is joint, in the order beta, theta, rho. `interval` of rho is at `level`. `contradiction` is True where rho is
    negative although y is positively associated in space year by year: then W and y are most likely in different order.
    """

    model: str
    rho: float
    rho_se: float
    rho_p: float
    interval: tuple[float, float]
    beta: Floats
    beta_se: Floats
    theta: Floats
    theta_se: Floats
    covariance: Floats
    sigma2: float
    loglik: float
    direct: Impact
    indirect: Impact
    total: Impact
    n: int
    freedom: int
    effects: str
    convention: str
    moran: float
    contradiction: bool
    residuals: Floats


@dataclass(frozen=True, slots=True)
class Data:
    """Variables with the effects swept out, as columns (R T,); `regions` x `years` is the number of free observations."""

    y: Floats
    wy: Floats
    x: Floats
    wx: Floats
    shape: tuple[int, int]
    years: int
    free: int
    less_one: bool
    moran: float


def demean(a: Floats, effects: str) -> Floats:
    """a (R,T,...) less the means that the effects stand for."""
    out = a
    if effects in ("twoways", "region"):
        out = out - out.mean(axis=1, keepdims=True)
    if effects in ("twoways", "year"):
        out = out - out.mean(axis=0, keepdims=True)
    centred: Floats = out - out.mean(axis=(0, 1), keepdims=True)
    return centred


def _lag_panel(w: Weights, a: Floats) -> Floats:
    return w.lag(a.reshape(a.shape[0], -1)).reshape(a.shape)


def inputs(y: ArrayLike, x: ArrayLike, w: Any, where: str) -> tuple[Floats, Floats, Weights]:
    """y (R,T), x (R,T,K) and W checked against each other."""
    v = numbers(y, where=where, ndim=2)
    given = np.asarray(x, dtype=np.float64)
    regressors = numbers(given[:, :, None] if given.ndim == 2 else given, where=f"{where} x", ndim=3)
    if regressors.shape[:2] != v.shape:
        raise MethodError(f"{where}: y has shape {v.shape} (region, year) but x {regressors.shape}.")
    if v.shape[0] < 4:
        raise MethodError(f"{where}: needs at least 4 regions, got {v.shape[0]}.")
    return v, regressors, weights_of(w, len(v), where=where)


def prepare(v: Floats, x: Floats, w: Weights, effects: str, convention: str, where: str) -> Data:
    """The variables with the effects swept out; raises MethodError where effects, convention and W do not go together."""
    if effects not in ("twoways", "region", "year", "none") or convention not in ("lee_yu", "direct"):
        raise MethodError(
            f"{where}: effects are twoways, region, year or none, convention lee_yu or direct; got {effects!r}, {convention!r}."
        )
    (n, t), by_region, by_year = v.shape, effects in ("twoways", "region"), effects in ("twoways", "year")
    if by_region and t < 2:
        raise MethodError(f"{where}: region effects need at least two years.")
    sums = np.asarray(w.matrix.sum(axis=1)).ravel()
    moved = convention == "lee_yu"
    if moved and by_year and not np.allclose(sums, 1.0, atol=1e-9):
        raise MethodError(f"{where}: the Lee-Yu transformation of year effects needs every row of W to sum to 1 (no islands); "
                          "link the islands, standardise the rows, or take convention='direct'.")  # fmt: skip
    years, regions = t - (moved and by_region), n - (moved and by_year)
    wy, wx = _lag_panel(w, v), _lag_panel(w, x)
    swept = [demean(a, effects) for a in (v, wy, x, wx)]
    centred = v - v.mean(axis=0)
    moran = float(np.sum(centred * _lag_panel(w, centred)) / np.sum(centred**2)) if centred.any() else 0.0
    k = x.shape[2]
    return Data(swept[0].ravel(), swept[1].ravel(), swept[2].reshape(n * t, k), swept[3].reshape(n * t, k), (n, t), years,
                 years * regions, moved and by_year, moran)  # fmt: skip


def _log_jacobian(rho: Floats, det: Determinant, data: Data) -> Floats:
    """T' ln|I - rho W|, less T' ln(1 - rho) where one region is given up for the year effects; T' = years left."""
    out: Floats = det.value(rho)
    return data.years * (out - np.log1p(-rho) if data.less_one else out)


def _curvature(rho: float, det: Determinant, data: Data) -> float:
    """Minus the second derivative of the log-Jacobian."""
    return data.years * (det.trace_of_square(rho) - (1.0 / (1.0 - rho) ** 2 if data.less_one else 0.0))


def _maximise(objective: Any, low: float, high: float) -> float:
    """The maximum of a vectorised function on [low, high]: a grid of 401 points, five times refined."""
    for _ in range(_ZOOM):
        grid = np.linspace(low, high, 401)
        best = int(np.argmax(objective(grid)))
        low, high = grid[max(best - 2, 0)], grid[min(best + 2, 400)]
    return float((low + high) / 2.0)


def check_rank(x: Floats, where: str) -> None:
    """Raise MethodError where columns of x are collinear or empty."""
    scale = np.sqrt((x * x).sum(axis=0))
    if (scale < 1e-10).any() or np.linalg.matrix_rank(x / scale, tol=1e-9) < x.shape[1]:
        raise MethodError(f"{where}: regressors are collinear, or the effects leave nothing of one of them; drop it.")


@dataclass(frozen=True, slots=True)
class _Estimate:
    rho: float
    coefficients: Floats
    sigma2: float
    loglik: float
    covariance: Floats
    residuals: Floats


def _loglik(sse: Floats, jacobian: Floats, free: int) -> Floats:
    return np.asarray(jacobian - free / 2.0 * (np.log(2.0 * math.pi * sse / free) + 1.0))


def _fit_lag(data: Data, x: Floats, det: Determinant, where: str, w: Weights | None) -> _Estimate:
    """SAR on the given regressors: concentrated likelihood, bias of rho taken off where `w` is given, observed information."""
    check_rank(x, where)
    gram = x.T @ x
    b0, b1 = np.linalg.solve(gram, x.T @ data.y), np.linalg.solve(gram, x.T @ data.wy)
    e0, e1 = data.y - x @ b0, data.wy - x @ b1
    aa, ab, bb = float(e0 @ e0), float(e0 @ e1), float(e1 @ e1)
    if aa <= 1e-20 * float(data.y @ data.y):
        raise MethodError(f"{where}: the regressors and effects explain y without rest; there is nothing left to estimate.")

    def objective(rho: Floats) -> Floats:
        return _loglik(aa - 2 * rho * ab + rho**2 * bb, _log_jacobian(rho, det, data), data.free)

    rho, k = _maximise(objective, det.low, det.high), x.shape[1]
    best = float(objective(np.array([rho]))[0])
    corrects = w is not None and data.free > k + 1
    dense, left = (w.dense, data.free - k) if w is not None and corrects else (np.empty((0, 0)), data.free)

    def expand(rho: float) -> tuple[float, float]:
        s2 = (aa - 2 * rho * ab + rho**2 * bb) / left
        return lag_bias(rho, b0 - rho * b1, s2, x, dense, data.years, by_year=data.less_one)

    if corrects:
        rho = min(max(rho - expand(rho)[0], det.low), det.high)
    e = e0 - rho * e1
    s2 = float(e @ e) / left
    info = np.zeros((k + 2, k + 2))
    info[:k, :k], info[:k, k] = gram / s2, x.T @ data.wy / s2
    info[k, k] = float(data.wy @ data.wy) / s2 + _curvature(rho, det, data)
    info[k, k + 1], info[k + 1, k + 1] = float(e @ data.wy) / s2**2, data.free / (2 * s2**2)
    covariance = np.linalg.inv(np.triu(info) + np.triu(info, 1).T)[: k + 1, : k + 1]
    if corrects:
        wider = np.append(np.ones(k), max(1.0, expand(rho)[1] / float(np.sqrt(covariance[k, k]))))
        covariance = covariance * np.outer(wider, wider)
    return _Estimate(rho, b0 - rho * b1, s2, best, covariance, e)


def _fit_error(data: Data, x: Floats, wx: Floats, det: Determinant, where: str) -> _Estimate:
    """SEM on the given regressors: generalised least squares at every rho, block-diagonal information."""
    check_rank(x, where)
    a = [x.T @ x, x.T @ wx + wx.T @ x, wx.T @ wx]
    b = [x.T @ data.y, x.T @ data.wy + wx.T @ data.y, wx.T @ data.wy]
    c = [float(data.y @ data.y), 2 * float(data.y @ data.wy), float(data.wy @ data.wy)]

    rest = c[0] - float(b[0] @ np.linalg.solve(a[0], b[0]))
    if rest <= 1e-14 * c[0]:
        raise MethodError(f"{where}: the regressors and effects explain y without rest; there is nothing left to estimate.")

    def sse(rho: Floats) -> Floats:
        gram = a[0] - rho[:, None, None] * a[1] + rho[:, None, None] ** 2 * a[2]
        right = b[0] - rho[:, None] * b[1] + rho[:, None] ** 2 * b[2]
        solved = np.linalg.solve(gram, right[:, :, None])[:, :, 0]
        return np.asarray(c[0] - rho * c[1] + rho**2 * c[2] - np.sum(right * solved, axis=1))

    def objective(rho: Floats) -> Floats:
        return _loglik(np.maximum(sse(rho), 1e-300), _log_jacobian(rho, det, data), data.free)

    rho = _maximise(objective, det.low, det.high)
    filtered, k = x - rho * wx, x.shape[1]
    beta = np.asarray(np.linalg.solve(filtered.T @ filtered, filtered.T @ (data.y - rho * data.wy)), dtype=np.float64)
    e, we = data.y - rho * data.wy - filtered @ beta, data.wy - wx @ beta
    s2 = float(e @ e) / data.free
    info = np.zeros((k + 2, k + 2))
    info[:k, :k] = filtered.T @ filtered / s2
    info[:k, k] = (filtered.T @ we + wx.T @ e) / s2
    info[k, k] = float(we @ we) / s2 + _curvature(rho, det, data)
    info[k, k + 1], info[k + 1, k + 1] = float(e @ we) / s2**2, data.free / (2 * s2**2)
    covariance = np.linalg.inv(np.triu(info) + np.triu(info, 1).T)[: k + 1, : k + 1]
    return _Estimate(rho, beta, s2, float(objective(np.array([rho]))[0]), covariance, e)


def _spread(est: _Estimate, k: int, lagged: list[int]) -> _Estimate:
    """The estimate with a theta for every regressor, 0 with variance 0 where it was not lagged."""
    at = [*range(k), *(k + c for c in lagged), 2 * k]
    coefficients, covariance = np.zeros(2 * k), np.zeros((2 * k + 1, 2 * k + 1))
    coefficients[at[:-1]] = est.coefficients
    covariance[np.ix_(at, at)] = est.covariance
    return replace(est, coefficients=coefficients, covariance=covariance)


def _effects(beta: Floats, theta: Floats, rho: Floats, det: Determinant) -> tuple[Floats, Floats]:
    """Mean direct and total effects (B,K) of LeSage & Pace for draws (B,K), (B,K), (B,)."""
    trace = det.trace(rho) / det.n
    direct = (1.0 + rho * trace)[:, None] * beta + trace[:, None] * theta
    through = det.mean_total(rho)
    # 1'(I - rho W)^-1 W 1 / N = (through - 1) / rho
    safe = np.where(np.abs(rho) < 1e-12, 1.0, rho)
    onward = np.where(np.abs(rho) < 1e-12, trace_of_ones(det), (through - 1.0) / safe)
    return direct, through[:, None] * beta + onward[:, None] * theta


def trace_of_ones(det: Determinant) -> float:
    """1'W 1 / N: the mean row sum of W."""
    step = 1e-6
    return 1.0 if det.stochastic else float((det.mean_total(np.array([step]))[0] - 1.0) / step)


def _impacts(
    est: _Estimate, k: int, durbin: bool, lag: bool, det: Determinant, draws: int, seed: int, level: float
) -> tuple[Impact, Impact, Impact]:
    point = np.append(est.coefficients, est.rho)
    values, vectors = np.linalg.eigh(est.covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    drawn = point + stream(seed, "disparity.spatial.impacts").standard_normal((draws, len(point))) @ root.T
    both = np.vstack([point, drawn])
    rho = np.clip(both[:, -1], det.low, det.high) if lag else np.zeros(len(both))
    theta = both[:, k : 2 * k] if durbin else np.zeros((len(both), k))
    direct, total = _effects(both[:, :k], theta, rho, det)
    return tuple(_impact(a, level) for a in (direct, total - direct, total))  # type: ignore[return-value]


def _impact(values: Floats, level: float) -> Impact:
    low, high = np.quantile(values[1:], [(1 - level) / 2, (1 + level) / 2], axis=0)
    return Impact(values[0], values[1:].std(axis=0, ddof=1), low, high)


def _result(
    model: str, est: _Estimate, k: int, data: Data, det: Determinant, options: tuple[int, int, float, str, str]
) -> SpatialPanel:
    from scipy.special import ndtri

    draws, seed, level, effects, convention = options
    durbin, lag = model in ("sdm", "sdem"), model in ("sar", "sdm")
    impacts = _impacts(est, k, durbin, lag, det, whole(draws, name="draws", least=2, where=model), seed, level)
    se = np.sqrt(np.diag(est.covariance))
    reach = float(ndtri((1 + level) / 2)) * se[-1]
    contradiction = lag and est.rho < 0 and est.rho + 1.96 * se[-1] < 0 and data.moran > 0.1
    return SpatialPanel(
        model, est.rho, float(se[-1]), normal_p(est.rho / float(se[-1])), (est.rho - reach, est.rho + reach),
        est.coefficients[:k], se[:k], est.coefficients[k:], se[k:-1], est.covariance, est.sigma2, est.loglik,
        *impacts, data.shape[0] * data.shape[1], data.free, effects, convention, data.moran, bool(contradiction),
        est.residuals.reshape(data.shape),
    )  # fmt: skip


@method("spatial", "sar", cites=("Lee & Yu 2010", "LeSage & Pace 2009"), laws=_LAWS)
def sar(
    y: ArrayLike, x: ArrayLike, w: Any, *, effects: Effects = "twoways", convention: Convention = "lee_yu",
    correction: Correction = "second_order", draws: int = 1000, seed: int = 0, level: float = 0.95,
) -> SpatialPanel:  # fmt: skip
    """Spatial lag model (空间滞后模型) y = rho W y + x beta + effects of y (R,T) on x (R,T,K), w (R,R); see `sdm`."""
    v, given, weights = inputs(y, x, w, "sar")
    data, det = prepare(v, given, weights, effects, convention, "sar"), determinant(weights)
    est = _fit_lag(data, data.x, det, "sar", corrects_by(weights, effects, convention, correction, "sar"))
    return _result("sar", est, given.shape[2], data, det, (draws, seed, level, effects, convention))


@method("spatial", "sem", cites=("Lee & Yu 2010",), laws=_LAWS)
def sem(
    y: ArrayLike, x: ArrayLike, w: Any, *, effects: Effects = "twoways", convention: Convention = "lee_yu", draws: int = 1000,
    seed: int = 0, level: float = 0.95,
) -> SpatialPanel:  # fmt: skip
    """Spatial error model (空间误差模型) y = x beta + effects + u, u = rho W u + e of y (R,T) on x (R,T,K), w (R,R)."""
    v, given, weights = inputs(y, x, w, "sem")
    data, det = prepare(v, given, weights, effects, convention, "sem"), determinant(weights)
    est = _fit_error(data, data.x, data.wx, det, "sem")
    return _result("sem", est, given.shape[2], data, det, (draws, seed, level, effects, convention))


@method("spatial", "sdm", cites=("Lee & Yu 2010", "LeSage & Pace 2009", "Elhorst 2014"), laws=_LAWS)
def sdm(
    y: ArrayLike, x: ArrayLike, w: Any, *, effects: Effects = "twoways", convention: Convention = "lee_yu",
    correction: Correction = "second_order", lagged: Sequence[int] | None = None, draws: int = 1000, seed: int = 0,
    level: float = 0.95,
) -> SpatialPanel:  # fmt: skip
    """Spatial Durbin model (空间杜宾模型) y = rho W y + x beta + W x theta + effects of y (R,T) on x (R,T,K) or (R,T), w (R,R).

    `lee_yu` transforms the effects away (T - 1 years, and R - 1 regions with year effects); `direct` demeans and keeps
    T ln|I - rho W|, as most software does. `correction` second_order takes the small-sample bias off rho and divides sigma2 by
    what K regressors leave (lee_yu with region effects, up to 400 regions; see `smallsample`); none is the plain maximum.
    `lagged` names the columns of x that enter as W x too (all if None; theta of the others is 0). Intervals of the effects come
    from `draws` of the joint normal of all estimates. Raises MethodError on unequal shapes, collinear regressors, and islands
    beside year effects under `lee_yu`.
    """
    v, given, weights = inputs(y, x, w, "sdm")
    k = given.shape[2]
    chosen = list(range(k)) if lagged is None else [int(c) for c in lagged]
    if not chosen or len(set(chosen)) != len(chosen) or not all(0 <= c < k for c in chosen):
        raise MethodError(f"sdm: lagged must name some of the columns 0 to {k - 1} of x once each, got {chosen}.")
    data, det = prepare(v, given, weights, effects, convention, "sdm"), determinant(weights)
    to_correct = corrects_by(weights, effects, convention, correction, "sdm")
    est = _spread(_fit_lag(data, np.concatenate([data.x, data.wx[:, chosen]], axis=1), det, "sdm", to_correct), k, chosen)
    return _result("sdm", est, given.shape[2], data, det, (draws, seed, level, effects, convention))


@dataclass(frozen=True, slots=True)
class Choice:
    """Wald and LR tests of SDM against SAR (theta = 0) and SEM (theta + rho beta = 0), and the model they leave."""

    wald_sar: float
    wald_sar_p: float
    wald_sem: float
    wald_sem_p: float
    lr_sar: float
    lr_sar_p: float
    lr_sem: float
    lr_sem_p: float
    model: str


def choose(
    y: ArrayLike, x: ArrayLike, w: Any, *, effects: Effects = "twoways", convention: Convention = "lee_yu", level: float = 0.05
) -> Choice:
    """The simplest of SAR, SEM, SDM that the Wald and likelihood-ratio tests do not reject (Elhorst 2014)."""
    full, lag, error = (fit(y, x, w, effects=effects, convention=convention, draws=2) for fit in (sdm, sar, sem))
    k = len(full.beta)
    wald_sar = float(full.theta @ np.linalg.solve(full.covariance[k : 2 * k, k : 2 * k], full.theta))
    gap = full.theta + full.rho * full.beta
    slope = np.hstack([full.rho * np.eye(k), np.eye(k), full.beta[:, None]])
    wald_sem = float(gap @ np.linalg.solve(slope @ full.covariance @ slope.T, gap))
    lr = [max(0.0, 2 * (full.loglik - other.loglik)) for other in (lag, error)]
    p = [chi2_p(value, k) for value in (wald_sar, wald_sem, *lr)]
    if p[0] >= level and p[2] >= level:
        model = "sar" if not (p[1] >= level and p[3] >= level) or lag.loglik >= error.loglik else "sem"
    else:
        model = "sem" if p[1] >= level and p[3] >= level else "sdm"
    return Choice(wald_sar, p[0], wald_sem, p[1], lr[0], p[2], lr[1], p[3], model)
