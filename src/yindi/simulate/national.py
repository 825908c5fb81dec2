"""The level of the nation: standing still or drifting, whichever forecast better so far; its skill is told too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yindi.core.errors import MethodError

LEAST = 4
DRAWS = 400


@dataclass(frozen=True, slots=True)
class NationalHindcast:
    """Per horizon (H,): root mean square errors of the mean log level if it stands still, if it drifts, and of what would have
    been chosen at each origin; coverage of the interval; number of origins."""

    horizons: tuple[int, ...]
    still: np.ndarray
    drifting: np.ndarray
    chosen: np.ndarray
    coverage: np.ndarray
    origins: np.ndarray


def yearly(mean: np.ndarray) -> float:
    """The drift a year that is used: the mean change so far where it has forecast better than none, else 0.

    mean: (T,) mean log levels. Compared over every origin with `LEAST` years behind it, one year ahead to the end.
    """
    mean = _series(mean)
    errors = [(mean[o + h] - mean[o], mean[o + h] - mean[o] - h * (mean[o] - mean[0]) / o)
              for o in range(LEAST - 1, len(mean) - 1) for h in range(1, len(mean) - o)]  # fmt: skip
    if not errors:
        return 0.0
    still, drifting = (np.array(errors) ** 2).sum(axis=0)
    return float((mean[-1] - mean[0]) / (len(mean) - 1)) if drifting < still else 0.0


def national_paths(mean: np.ndarray, *, horizon: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """(H,D) mean log levels: the drift of `yearly`, drawn per path with its error, and past changes drawn again (up or down
    alike where there is no drift)."""
    mean = _series(mean)
    change, drift = np.diff(mean), yearly(mean)
    noise = change - change.mean()
    error = float(noise.std(ddof=1)) / np.sqrt(len(noise)) if drift and len(noise) > 1 else 0.0
    drifts = drift + error * rng.standard_normal(draws)
    at, sign = rng.integers(0, len(noise), (horizon, draws)), rng.choice([-1.0, 1.0], (horizon, draws))
    drawn = noise[at] if drift else sign * change[at]
    return np.asarray(mean[-1] + (drifts + drawn).cumsum(axis=0))


def national_hindcast(
    mean: np.ndarray, horizons: Sequence[int], *, rng: np.random.Generator, interval: float = 0.8
) -> NationalHindcast:
    """Rolling origins, each with all years before it; raises MethodError where no origin leaves the shortest horizon."""
    mean, steps = _series(mean), tuple(horizons)
    first = LEAST - 1
    if len(mean) - 1 - first < min(steps):
        raise MethodError(f"simulate: {len(mean)} years leave no origin for a national hindcast.")
    rows = [_at(mean, steps, h, rng, interval) for h in steps]
    still, drifting, chosen, coverage, origins = (np.array(c) for c in zip(*rows, strict=True))
    return NationalHindcast(steps, still, drifting, chosen, coverage, origins)


def _at(mean: np.ndarray, steps: tuple[int, ...], h: int, rng: np.random.Generator, interval: float) -> tuple[float, ...]:
    errors, inside = [], []
    for o in range(LEAST - 1, len(mean) - h):
        past, moved = mean[: o + 1], mean[o + h] - mean[o]
        errors.append((moved, moved - h * (mean[o] - mean[0]) / o, moved - h * yearly(past)))
        drawn = national_paths(past, horizon=h, draws=DRAWS, rng=rng)[-1]
        low, high = np.quantile(drawn, [(1 - interval) / 2, (1 + interval) / 2])
        inside.append(bool(low <= mean[o + h] <= high))
    if not errors:
        return np.nan, np.nan, np.nan, np.nan, 0.0
    still, drifting, chosen = np.sqrt((np.array(errors) ** 2).mean(axis=0))
    return float(still), float(drifting), float(chosen), float(np.mean(inside)), float(len(errors))


def _series(mean: np.ndarray) -> np.ndarray:
    mean = np.asarray(mean, float)
    if mean.ndim != 1 or len(mean) < 2 or not np.isfinite(mean).all():
        raise MethodError(f"simulate: the national level needs at least two finite years, got {mean.shape}.")
    return mean
