"""Convergence clubs (俱乐部收敛): the log t test and clustering of Phillips & Sul (2007), merging of 2009."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.disparity.arrays import Floats, Whole, numbers

CRITICAL = -1.65
_STEP, _HIGHEST_BAR = 0.05, 50.0
Convention = Literal["phillips_sul", "r", "stata"]


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


def _long_run(e: Floats) -> float:
    """Long-run variance of residuals by the quadratic spectral kernel, with the bandwidth of Phillips and Sul's own program.

    As there, covariances leave out the last residual and everything is divided by n - 1, so that published t values come out.
    """
    n = len(e)
    size = float(e[:-1] @ e[:-1])
    rho = float(e[1:] @ e[:-1]) / size if size > 0 else 0.0
    width = 1.3221 * (4 * rho**2 / (1 - rho) ** 4 * n) ** 0.2 if rho != 1 else math.inf
    lags = np.arange(1, n - 1)
    x = 6 * math.pi * lags / (5 * max(width, 1e-8))
    kernel = 3 / x**2 * (np.sin(x) / x - np.cos(x)) if math.isfinite(width) else np.ones(len(lags))
    covariances = np.array([float(e[: n - 1 - lag] @ e[lag : n - 1]) for lag in lags])
    return float(e @ e + 2 * kernel @ covariances) / (n - 1)


def _discarded(years: int, trim: float, convention: str) -> int:
    """How many years the regression leaves out: [rT], halves rounded to even (R), or up (Stata)."""
    return math.floor(trim * years + 0.5) if convention == "stata" else round(trim * years)


def log_t(y: Floats, *, trim: float = 1 / 3, convention: Convention = "phillips_sul") -> LogT:
    """The log t test of y (R,T), the first share `trim` of years left out."""
    years = y.shape[1]
    start = max(1, _discarded(years, trim, convention)) + 1
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
    variance = max(_long_run(e), 1e-24) / float(x @ x)
    return LogT(slope, math.sqrt(variance), slope / math.sqrt(variance))


@dataclass(frozen=True, slots=True)
class _Rules:
    """How the log t test trims, how the core is chosen, and how the bar of the sieve is raised."""

    trim: float
    convention: Convention

    def test(self, y: Floats) -> LogT:
        return log_t(y, trim=self.trim, convention=self.convention)

    def better(self, t: float, best: float) -> bool:
        """True where a core of one more region takes the place of the best one so far."""
        return abs(t) > abs(best) if self.convention == "r" else t >= best


def _core(y: Floats, order: Whole, rules: _Rules) -> Whole | None:
    """The core group: from the first adjacent pair that converges, the run of regions with the highest t."""
    for start in range(len(order) - 1):
        best = rules.test(y[order[start : start + 2]]).t
        if best <= CRITICAL:
            continue
        size = 2
        for end in range(start + 3, len(order) + 1):
            t = rules.test(y[order[start:end]]).t
            if t <= CRITICAL:
                break
            if rules.better(t, best):
                best, size = t, end - start
        return order[start : start + size]
    return None


def _sieve(y: Floats, core: Whole, rest: Whole, rules: _Rules) -> Whole:
    """The core and every other region that converges with it; the bar is raised until the whole club passes (not in R)."""
    scores = np.array([rules.test(y[np.append(core, i)]).t for i in rest])
    bar = 0.0
    while bar <= _HIGHEST_BAR:
        club = np.concatenate([core, rest[scores > bar]]) if len(rest) else core
        if rules.convention == "r" or rules.test(y[club]).converges:
            return club
        bar += _STEP
    return core


def _cluster(y: Floats, order: Whole, rules: _Rules) -> list[Whole]:
    found: list[Whole] = []
    while len(order) >= 2:
        if rules.test(y[order]).converges:
            return [*found, order]
        core = _core(y, order, rules)
        if core is None:
            return found
        found.append(_sieve(y, core, order[~np.isin(order, core)], rules))
        order = order[~np.isin(order, found[-1])]
    return found


def _merge(y: Floats, found: list[Whole], rules: _Rules) -> list[Whole]:
    at = 0
    while at < len(found) - 1:
        both = np.concatenate([found[at], found[at + 1]])
        if rules.test(y[both]).converges:
            found[at : at + 2] = [both]
        else:
            at += 1
    return found


@method(
    "convergence", "clubs", cites=("Phillips & Sul 2007", "Phillips & Sul 2009"), laws=("regions_order_free", "scale_free_panel")
)
def clubs(y: ArrayLike, *, trim: float = 1 / 3, merge: bool = True, convention: Convention = "phillips_sul") -> Clubs:
    """Convergence clubs of y (R,T), positive and without cycles; raises MethodError below 3 regions or 6 years.

    `phillips_sul` follows the papers: the core with the highest t, and a bar that is raised until the club converges. `r` is
    ConvergenceClubs' default (the core with the largest |t|, a fixed bar), `stata` psecta's (halves of [rT] rounded up).
    """
    v = numbers(y, where="clubs", ndim=2)
    if v.shape[0] < 3 or v.shape[1] < 6 or v.min() <= 0 or not 0 < trim < 0.6:
        raise MethodError(
            f"clubs: needs 3 regions, 6 years, positive values and trim in (0, 0.6), got shape {v.shape}, trim {trim}."
        )
    if convention not in ("phillips_sul", "r", "stata"):
        raise MethodError(f"clubs: convention is 'phillips_sul', 'r' or 'stata', got {convention!r}.")
    rules = _Rules(trim, convention)
    left = v.shape[1] - _discarded(v.shape[1], trim, convention)
    if left < 4:
        raise MethodError(f"clubs: {left} of {v.shape[1]} years are left after trim {trim:g}; the log t test needs 4.")
    found = _cluster(v, np.argsort(-v[:, -1], kind="stable"), rules)
    found = _merge(v, found, rules) if merge else found
    club = np.zeros(len(v), dtype=np.intp)
    for number, members in enumerate(found, 1):
        club[members] = number
    return Clubs(club, tuple(rules.test(v[m]) for m in found), rules.test(v))
