"""Early warning of polarisation (极化预警): which index rises, since when, which regions drive it, how sure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.core.streams import stream
from yindi.disparity.arrays import Floats, Whole, numbers, positions_of, shares, whole
from yindi.disparity.inequality import duclos_esteban_ray, esteban_ray, tsui_wang, wolfson

LEVELS = ("none", "watch", "warning")
_EXACT = 14
_FLIPS = 20_000
Index = Callable[[Floats, Floats, Whole], float]


@dataclass(frozen=True, slots=True)
class Signal:
    """One index: its yearly values (T,), the year (position) its present rise began, the rise, and how sure that is.

    `step` is the year (position) of the greatest single change in the rise and `step_share` its share of it: a share near 1
    points to a break in the data rather than to a movement of regions.

    `certainty` is the share of resampled sets of regions in which the index rose between these years; `chance` the share of
    random directions of the yearly changes that end in as great a rise, so it knows that the start was picked. `level` is
    `warning` when certainty is high and chance low, `watch` when only one holds. `drivers` (R,) is how much of the rise would be
    missing without each region.
    """

    name: str
    values: Floats
    since: int
    rise: float
    relative: float
    certainty: float
    chance: float
    level: str
    step: int
    step_share: float
    drivers: Floats


@dataclass(frozen=True, slots=True)
class EarlyWarning:
    """Signals by index, in fixed order, and the highest level among them."""

    signals: tuple[Signal, ...]
    level: str


def _indices(alpha: float) -> dict[str, Index]:
    return {
        "wolfson": lambda y, p, g: wolfson(y, weights=p),
        "esteban_ray": lambda y, p, g: esteban_ray(y, g, alpha=alpha, weights=p),
        "duclos_esteban_ray": lambda y, p, g: duclos_esteban_ray(y, weights=p),
        "tsui_wang": lambda y, p, g: tsui_wang(y, weights=p),
    }


def _start(values: Floats) -> int:
    """Where the present rise began: the latest of the lowest values."""
    return int(len(values) - 1 - np.argmin(values[::-1]))


def chance_of_rise(values: Floats, rng: np.random.Generator) -> float:
    """Share of sign patterns of the yearly changes that end at least as far above their lowest point; exact up to 14 changes."""
    steps = np.diff(values)
    rise = float(values[-1] - values.min())
    if rise <= 0:
        return 1.0
    if len(steps) <= _EXACT:
        signs = 1 - 2 * ((np.arange(2 ** len(steps))[:, None] >> np.arange(len(steps))) & 1)
    else:
        signs = np.vstack([np.ones(len(steps)), rng.choice([-1, 1], (_FLIPS - 1, len(steps)))])
    tails = np.cumsum((signs * steps)[:, ::-1], axis=1).max(axis=1)
    return float(np.mean(np.maximum(tails, 0.0) >= rise - 1e-12))


def _rise(index: Index, ends: Floats, p: Floats, at: Whole) -> float:
    return index(ends[:, 1], p, at) - index(ends[:, 0], p, at)


def _certainty(index: Index, ends: Floats, p: Floats, at: Whole, picks: list[Whole]) -> float:
    rises = [_rise(index, ends[pick], p[pick] / p[pick].sum(), at[pick]) for pick in picks]
    return float(np.mean([r > 0 for r in rises]))


def _drivers(index: Index, ends: Floats, p: Floats, at: Whole) -> Floats:
    """The rise less the rise without each region (R,); 0 for a region that is all of its group."""
    rise, alone = _rise(index, ends, p, at), np.bincount(at)[at] == 1
    out = np.zeros(len(p))
    for r in np.flatnonzero(~alone):
        rest = np.arange(len(p)) != r
        out[r] = rise - _rise(index, ends[rest], p[rest] / p[rest].sum(), at[rest])
    return out


def _level(certainty: float, chance: float, sure: float) -> str:
    return LEVELS[int(certainty >= sure) + int(chance <= 1.0 - sure)]


@method(
    "polarisation", "warning", cites=("Wolfson 1994", "Esteban & Ray 1994", "Wang & Tsui 2000"), laws=("silent_without_rise",)
)
def early_warning(
    y: ArrayLike,
    groups: Any,
    *,
    weights: ArrayLike | None = None,
    alpha: float = 1.5,
    bootstrap: int = 500,
    seed: int = 0,
    sure: float = 0.90,
) -> EarlyWarning:
    """Early warning of polarisation of y (R,T) by groups (R,), for Wolfson, Esteban-Ray, Duclos-Esteban-Ray and Tsui-Wang.

    The rise is counted from the latest lowest year to the last; regions are resampled within groups, the same in both years.
    Raises MethodError below 3 years or on values that have no polarisation.
    """
    v = numbers(y, where="early_warning", ndim=2)
    if v.shape[1] < 3 or not 0.5 < sure < 1:
        raise MethodError(f"early_warning: needs at least 3 years and sure in (0.5, 1), got {v.shape[1]} years, {sure}.")
    p = shares(weights, len(v), where="early_warning")
    names, at = positions_of(groups, len(v), where="early_warning")
    rng = stream(seed, "disparity.warning")
    members = [np.flatnonzero(at == j) for j in range(len(names))]
    count = whole(bootstrap, name="bootstrap", least=20, where="early_warning")
    picks = [np.concatenate([m[rng.integers(0, len(m), len(m))] for m in members]) for _ in range(count)]
    found = tuple(_signal(name, index, v, p, at, picks, rng, sure) for name, index in _indices(alpha).items())
    return EarlyWarning(found, max((s.level for s in found), key=LEVELS.index))


def _signal(
    name: str, index: Index, v: Floats, p: Floats, at: Whole, picks: list[Whole], rng: np.random.Generator, sure: float
) -> Signal:
    values = np.array([index(v[:, t], p, at) for t in range(v.shape[1])])
    since, last = _start(values), len(values) - 1
    rise = float(values[-1] - values[since])
    if rise <= 1e-12:
        return Signal(name, values, last, 0.0, 0.0, 0.0, 1.0, LEVELS[0], last, 0.0, np.zeros(len(v)))
    ends = v[:, [since, -1]]
    certainty, chance = _certainty(index, ends, p, at, picks), chance_of_rise(values, rng)
    relative = rise / float(values[since]) if values[since] > 0 else 0.0
    step = since + 1 + int(np.argmax(np.diff(values[since:])))
    share = float(values[step] - values[step - 1]) / rise
    level, drivers = _level(certainty, chance, sure), _drivers(index, ends, p, at)
    return Signal(name, values, since, rise, relative, certainty, chance, level, step, share, drivers)
