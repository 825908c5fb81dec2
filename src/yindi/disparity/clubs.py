"""Convergence clubs (俱乐部收敛): the log t test and clustering of Phillips & Sul (2007), merging of 2009."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.disparity.arrays import Floats, Whole, numbers

CRITICAL = -1.65
_STEPS = 60


@dataclass(frozen=True, slots=True)
class LogT:
    """The log t regression of one set of regions: slope (twice the speed of convergence), its HAC error and t."""

    slope: float
    se: float
    t: float

    @property
    def converges(self) -> bool:
        """True where convergence is not rejected at five per cent, one-sided."""
        return self.t > CRITICAL


@dataclass(frozen=True, slots=True)
class Clubs:
    """`club` (R,): 1 is the club with the highest end values, 0 belongs to none; `tests` one a club; `overall` all regions."""

    club: Whole
    tests: tuple[LogT, ...]
    overall: LogT


def _quadratic_spectral(e: Floats) -> float:
    """Long-run variance by the quadratic spectral kernel with Andrews' (1991) AR(1) bandwidth."""
    n = len(e)
    rho = float(e[1:] @ e[:-1] / (e[:-1] @ e[:-1]))
    rho = float(np.clip(rho, -0.97, 0.97))
    width = 1.3221 * (4 * rho**2 / (1 - rho) ** 4 * n) ** 0.2
    lags = np.arange(1, n)
    x = 6 * math.pi * lags / (5 * max(width, 1e-8))
    kernel = 3 / x**2 * (np.sin(x) / x - np.cos(x))
    covariances = np.array([float(e[lag:] @ e[:-lag]) for lag in lags]) / n
    return float(e @ e / n + 2 * kernel @ covariances)


def log_t(y: Floats, *, trim: float = 0.3) -> LogT:
    """The log t test of y (R,T), the first share `trim` of years left out."""
    years = y.shape[1]
    start = max(2, round(trim * years))
    h = y / y.mean(axis=0)
    spread = ((h - 1.0) ** 2).mean(axis=0)
    if spread.max() < 1e-24 or spread[start - 1 :].min() < 1e-12 * spread[0]:
        return LogT(math.inf, 0.0, math.inf)
    if spread[0] < 1e-24:
        return LogT(-math.inf, 0.0, -math.inf)
    t = np.arange(start, years + 1, dtype=np.float64)
    left = np.log(spread[0] / spread[start - 1 :]) - 2.0 * np.log(np.log(t))
    x = np.log(t) - np.log(t).mean()
    slope = float(x @ left / (x @ x))
    e = left - left.mean() - slope * x
    variance = max(_quadratic_spectral(e), 1e-24) / float(x @ x) * len(t) / (len(t) - 2)
    return LogT(slope, math.sqrt(variance), slope / math.sqrt(variance))


def _core(y: Floats, order: Whole, trim: float) -> Whole | None:
    """The core group: from the first adjacent pair that converges, the run of regions with the highest t."""
    for start in range(len(order) - 1):
        if not log_t(y[order[start : start + 2]], trim=trim).converges:
            continue
        best, size = -math.inf, 2
        for end in range(start + 2, len(order) + 1):
            t = log_t(y[order[start:end]], trim=trim).t
            if t <= CRITICAL:
                break
            if t > best:
                best, size = t, end - start
        return order[start : start + size]
    return None


def _sieve(y: Floats, core: Whole, rest: Whole, trim: float) -> Whole:
    """The core and every other region that converges with it; the bar is raised until the whole club passes."""
    scores = np.array([log_t(y[np.append(core, i)], trim=trim).t for i in rest])
    bar = 0.0
    for _ in range(_STEPS):
        club = np.concatenate([core, rest[scores > bar]]) if len(rest) else core
        if log_t(y[club], trim=trim).converges:
            return club
        bar += 0.2
    return core


def _cluster(y: Floats, order: Whole, trim: float) -> list[Whole]:
    found: list[Whole] = []
    while len(order) >= 2:
        if log_t(y[order], trim=trim).converges:
            return [*found, order]
        core = _core(y, order, trim)
        if core is None:
            return found
        found.append(_sieve(y, core, order[~np.isin(order, core)], trim))
        order = order[~np.isin(order, found[-1])]
    return found


def _merge(y: Floats, found: list[Whole], trim: float) -> list[Whole]:
    at = 0
    while at < len(found) - 1:
        both = np.concatenate([found[at], found[at + 1]])
        if log_t(y[both], trim=trim).converges:
            found[at : at + 2] = [both]
        else:
            at += 1
    return found


@method(
    "convergence", "clubs", cites=("Phillips & Sul 2007", "Phillips & Sul 2009"), laws=("regions_order_free", "scale_free_panel")
)
def clubs(y: ArrayLike, *, trim: float = 0.3, merge: bool = True) -> Clubs:
    """Convergence clubs of y (R,T), positive and without cycles; raises MethodError below 3 regions or 6 years."""
    v = numbers(y, where="clubs", ndim=2)
    if v.shape[0] < 3 or v.shape[1] < 6 or v.min() <= 0 or not 0 < trim < 0.6:
        raise MethodError(
            f"clubs: needs 3 regions, 6 years, positive values and trim in (0, 0.6), got shape {v.shape}, trim {trim}."
        )
    order = np.argsort(-v[:, -1], kind="stable")
    found = _cluster(v, order, trim)
    found = _merge(v, found, trim) if merge else found
    club = np.zeros(len(v), dtype=np.intp)
    for number, members in enumerate(found, 1):
        club[members] = number
    return Clubs(club, tuple(log_t(v[m], trim=trim) for m in found), log_t(v, trim=trim))
