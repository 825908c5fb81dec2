"""Detectors: what a table shows about itself. Each takes one variable's values (R,T) with the mask of known cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from yindi.intake.middles import median as middle_of

Thresholds = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Break:
    """A boundary between year `at` - 1 and year `at`: share of regions concerned, size (log), and whether it is sure."""

    at: int
    share: float
    size: float
    sure: bool


def growth(x: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Log growth (R,T-1); NaN where one of the two values is absent or not above zero (inside this module only)."""
    fine = known & (x > 0)
    logs = np.log(np.where(fine, x, 1.0))
    return np.where(fine[:, 1:] & fine[:, :-1], np.diff(logs, axis=1), np.nan)


@dataclass(frozen=True, slots=True)
class _Profile:
    counted: np.ndarray
    median: np.ndarray
    spread: np.ndarray
    share: np.ndarray


def _profile(g: np.ndarray, regions: float) -> _Profile:
    counted = np.isfinite(g).sum(axis=0)
    usable = counted >= max(regions, 0.5 * len(g))
    safe = np.where(usable, g, 0.0)
    median = np.where(usable, middle_of(safe, 0), np.nan)
    spread = np.where(usable, middle_of(np.abs(safe - np.where(usable, median, 0.0)), 0), np.nan)
    same = (np.sign(safe) == np.sign(np.where(usable, median, 0.0))) & np.isfinite(safe)
    return _Profile(counted, median, spread, np.where(usable, same.sum(axis=0) / np.maximum(counted, 1), 0.0))


def rebased(x: np.ndarray, known: np.ndarray, limits: Thresholds) -> list[Break]:
    """Re-based series (价格基期变动): nearly all regions jump together against the series' usual direction, and equally far.

    A real shock widens the spread between regions or lasts; a new base does neither. All regions moving eightfold is a unit slip.
    """
    p = _profile(growth(x, known), limits["regions"])
    if np.isfinite(p.median).sum() < 3:
        return []
    usual, spread = float(np.nanmedian(p.median)), max(float(np.nanmedian(p.spread)), 1e-3)
    found = []
    for t in np.flatnonzero(np.isfinite(p.median) & (p.share >= limits["share"])):
        jump, away = float(p.median[t]), abs(float(p.median[t]) - usual)
        if abs(jump) >= limits["slip"] or _another_unit(p, int(t), away, usual, spread, limits):
            found.append(Break(int(t) + 1, float(p.share[t]), jump, True))
        elif jump * usual < 0 and away >= limits["reversal"] and abs(jump) >= limits["look"] * p.spread[t]:
            apart = abs(jump) >= limits["coherence"] * p.spread[t] and p.spread[t] <= limits["spread"] * spread
            found.append(Break(int(t) + 1, float(p.share[t]), jump, bool(apart and _alone(p.median, int(t), usual))))
    return found


def _another_unit(p: _Profile, t: int, away: float, usual: float, spread: float, limits: Thresholds) -> bool:
    """All regions jump by one factor, in a year between years of usual growth: another unit, also below eightfold."""
    apart = away >= max(limits["unit"], limits["unit_apart"] * p.spread[t]) and p.spread[t] <= limits["spread"] * spread
    sides = [abs(p.median[s] - usual) for s in (t - 1, t + 1) if 0 <= s < len(p.median) and np.isfinite(p.median[s])]
    return bool(apart and sides and max(sides) <= 0.5 * away)


def _alone(median: np.ndarray, t: int, usual: float) -> bool:
    sides = [median[s] for s in (t - 1, t + 1) if 0 <= s < len(median) and np.isfinite(median[s])]
    return bool(sides) and all(side * usual > 0 for side in sides)


def _against_others(values: np.ndarray) -> np.ndarray:
    fine = np.isfinite(values)
    others = np.full(len(values), np.nan)
    for t in np.flatnonzero(fine):
        rest = values[fine & (np.arange(len(values)) != t)]
        others[t] = np.median(rest) if len(rest) >= 3 else np.nan
    ratio: np.ndarray = np.where(np.isfinite(others), values / np.maximum(others, 1e-3), 0.0)
    return ratio


def vintage_by_identity(x: np.ndarray, identity: np.ndarray, known: np.ndarray, limits: Thresholds) -> list[Break]:
    """Vintage break (数据修订断点): the ratio of a variable to what its identity gives drifts, then snaps at a boundary.

    A sample median of |change of the log ratio| that is `ratio` times that of the other boundaries, and not small, is sure.
    """
    drift = np.abs(growth(x, known) - growth(identity, known))
    p = _profile(drift, limits["regions"])
    over = _against_others(p.median)
    hit = np.isfinite(p.median) & (over >= limits["ratio"]) & (p.median >= limits["identity"])
    moved = (drift >= limits["identity"]).sum(axis=0) / np.maximum(p.counted, 1)
    return [Break(int(t) + 1, float(moved[t]), float(p.median[t]), True) for t in np.flatnonzero(hit)]


def vintage_by_spread(x: np.ndarray, known: np.ndarray, limits: Thresholds) -> list[Break]:
    """A burst of the spread of growth between regions in one year of a smooth series whose common growth stays as usual."""
    g = growth(x, known)
    p = _profile(g, limits["regions"])
    over = _against_others(p.spread)
    steady = (
        np.abs(p.median - np.nanmedian(p.median)) <= 2 * p.spread if np.isfinite(p.median).any() else np.zeros(len(over), bool)
    )
    hit = np.isfinite(p.spread) & (over >= limits["burst"]) & (p.spread >= limits["spread"]) & steady
    away = np.abs(g - p.median) >= limits["spread"]
    share = away.sum(axis=0) / np.maximum(p.counted, 1)
    fallen, usual = _fallen(g, limits)
    revised = (fallen >= limits["fallen"]) & (fallen >= limits["fallen_ratio"] * usual)
    large = revised & (p.spread >= limits["spread_large"]) & (usual < limits["fallen"] / 2)
    sure = ((over >= limits["burst_sure"]) & (p.spread >= limits["spread_sure"])) | large
    hit &= sure | revised
    return [Break(int(t) + 1, float(share[t]), float(p.spread[t]), bool(sure[t])) for t in np.flatnonzero(hit)]


def spikes(x: np.ndarray, known: np.ndarray, limits: Thresholds) -> list[tuple[int, int, float]]:
    """(region, year, log jump) of single values that leave their series and come back the year after."""
    g = growth(x, known)
    p = _profile(g, 3)
    away = g - np.where(np.isfinite(p.median), p.median, 0.0)
    scale = max(float(np.nanmedian(np.abs(away))) if np.isfinite(away).any() else 0.0, 1e-3)
    large = max(limits["jump"], limits["ratio"] * scale)
    found = []
    for r, t in np.argwhere(np.isfinite(away[:, 1:]) & np.isfinite(away[:, :-1]) & (np.abs(away[:, :-1]) >= large)):
        out, home = float(away[r, t]), float(away[r, t + 1])
        if -home / out >= limits["back"] and abs(out) >= limits.get("own", 0.0) * _usual_but(away[r], int(t)):
            found.append((int(r), int(t) + 1, out))
    return found


def tails(x: np.ndarray, known: np.ndarray, limits: Thresholds) -> np.ndarray:
    """(R,) log size from which a movement is odd: a multiple of what nearly all movements of the other regions stay below."""
    g = growth(x, known)
    away = np.abs(g - _profile(g, 3).median)
    known_ones = np.isfinite(away)
    sequence = np.argsort(away[known_ones], kind="stable")
    order, place = away[known_ones][sequence], np.full(away.shape, away.size)
    ranks = np.empty(len(order), int)
    ranks[sequence] = np.arange(len(order))
    place[known_ones] = ranks
    rest = len(order) - known_ones.sum(axis=1)
    told = np.flatnonzero((rest >= limits["movements"]) & (rest > 0))
    made = np.zeros(len(x))
    made[told] = limits["tail"] * _quantiles_but(order, np.sort(place[told], axis=1), rest[told], limits["nearly"])
    return made


def _quantiles_but(order: np.ndarray, own: np.ndarray, rest: np.ndarray, share: float) -> np.ndarray:
    """Quantiles (linear between neighbours) of sorted values, each without those at its sorted places `own` (N,T)."""
    at = share * (rest - 1)
    below = at.astype(int)
    low, high = (order[_places_but(own, np.minimum(below + step, rest - 1))] for step in (0, 1))
    quantiles: np.ndarray = low + (high - low) * (at - below)
    return quantiles


def _places_but(own: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Where the k-th of the other values stands among all."""
    places: np.ndarray = k + (own - np.arange(own.shape[1]) <= k[:, None]).sum(axis=1)
    return places


def _fallen(g: np.ndarray, limits: Thresholds) -> tuple[np.ndarray, np.ndarray]:
    """(T-1,), (T-1,): the share of regions that fall in a year, and the median of that share over the other years."""
    falls = (np.nan_to_num(g) <= -limits["spread"]).sum(axis=0) / np.maximum(np.isfinite(g).sum(axis=0), 1)
    usual = [float(np.median(np.delete(falls, t))) if len(falls) > 1 else 1.0 for t in range(len(falls))]
    return falls, np.array(usual)


def _usual_but(row: np.ndarray, t: int) -> float:
    rest = np.delete(row, [t, t + 1])
    rest = np.abs(rest[np.isfinite(rest)])
    return float(np.median(rest)) if len(rest) >= 3 else 0.0


def constant(x: np.ndarray, known: np.ndarray) -> bool:
    """True where there are at least two known values and all are equal."""
    have = x[known]
    return len(have) > 1 and bool((have == have[0]).all())


def out_of_bound(x: np.ndarray, known: np.ndarray, bound: str) -> np.ndarray:
    """(R,T), True where a value breaks its bound: share [0,1], percent [0,100], nonnegative, positive."""
    low = {"": -np.inf, "positive": np.nextafter(0, 1)}.get(bound, 0.0)
    high = {"share": 1.0, "percent": 100.0}.get(bound, np.inf)
    wrong: np.ndarray = known & ((x < low) | (x > high))
    return wrong
