"""Hindcast: every forecast repeated from past origins, against persistence, before any scenario is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from yindi.core.errors import MethodError
from yindi.simulate.combine import combination, members
from yindi.simulate.forecast import (
    ar_each,
    drift,
    fixed_effects,
    persistence,
    pooled,
    spatial_fixed_effects,
    spatial_partial,
    spatial_pooled,
    trend,
)
from yindi.simulate.paths import simulate_paths
from yindi.simulate.scores import covered, crps, rank_correlation

Forecast = Callable[..., np.ndarray]
FORECASTS: dict[str, Forecast] = {
    "persistence": persistence,
    "trend": trend,
    "drift": drift,
    "ar_each": ar_each,
    "pooled": pooled,
    "fixed_effects": fixed_effects,
    "spatial_pooled": spatial_pooled,
    "spatial_fixed_effects": spatial_fixed_effects,
    "spatial_partial": spatial_partial,
    "combination": combination,
}


@dataclass(frozen=True, slots=True)
class Hindcast:
    """Per model (M) and horizon (H): root mean square error, mean absolute error, error relative to persistence, rank
    correlation, share of origins in which the direction of disparity was right; of the combination per horizon: coverage of
    its interval, its score (CRPS) relative to the absolute error of persistence, and what came beyond its forecast, (O,R) for
    each horizon. `origins` (H,)."""

    models: tuple[str, ...]
    horizons: tuple[int, ...]
    rmse: np.ndarray
    mae: np.ndarray
    relative: np.ndarray
    order: np.ndarray
    direction: np.ndarray
    coverage: np.ndarray
    score: np.ndarray
    origins: np.ndarray
    misses: tuple[np.ndarray, ...] = ()

    def skill(self, model: str, horizon: int) -> float:
        """1 - error over persistence's error: above 0 where the model is better."""
        return float(1 - self.relative[self.models.index(model), self.horizons.index(horizon)])


def hindcast(
    y: np.ndarray,
    w: np.ndarray,
    *,
    rng: np.random.Generator,
    horizons: Sequence[int] = (1, 5, 10),
    window: int = 25,
    origins: Sequence[int] | None = None,
    interval: float = 0.8,
    draws: int = 300,
    models: Mapping[str, Forecast] | None = None,
) -> Hindcast:
    """Rolling origins over relative levels y (T,R); an origin is the position of the last year known.

    Raises MethodError when no origin leaves a window behind it and the shortest horizon before it.
    """
    known = dict(FORECASTS if models is None else models)
    steps = tuple(horizons)
    chosen = list(range(window - 1, len(y) - min(steps)) if origins is None else origins)
    if not chosen or min(chosen) < window - 1 or max(chosen) + min(steps) >= len(y):
        raise MethodError(f"hindcast: {len(y)} years leave no origin for a window of {window} and a horizon of {min(steps)}.")
    tallies = {(m, h): _Tally() for m in known for h in steps}
    bands: dict[int, list[tuple[float, float]]] = {h: [] for h in steps}
    for origin in chosen:
        past = y[origin - window + 1 : origin + 1]
        far = max(h for h in steps if origin + h < len(y))
        for name, forecast in known.items():
            ahead = forecast(past, w, horizon=far)
            for h in (h for h in steps if h <= far):
                tallies[name, h].add(ahead[h - 1], y[origin + h], past[-1])
        paths = simulate_paths(members(past, w), w, past[-1], horizon=far, draws=draws, rng=rng)
        for h in (h for h in steps if h <= far):
            inside = covered(paths[h - 1], y[origin + h], interval=interval)
            bands[h].append((float(inside.mean()), float(crps(paths[h - 1], y[origin + h]).mean())))
    return _result(tuple(known), steps, tallies, bands)


class _Tally:
    """Errors of one model at one horizon, gathered over origins."""

    def __init__(self) -> None:
        self.square: list[float] = []
        self.absolute: list[float] = []
        self.order: list[float] = []
        self.direction: list[bool] = []
        self.misses: list[np.ndarray] = []

    def add(self, ahead: np.ndarray, actual: np.ndarray, last: np.ndarray) -> None:
        self.misses.append(actual - ahead)
        self.square.append(float(((ahead - actual) ** 2).mean()))
        self.absolute.append(float(np.abs(ahead - actual).mean()))
        self.order.append(rank_correlation(ahead, actual))
        self.direction.append(bool(np.sign(ahead.std() - last.std()) == np.sign(actual.std() - last.std())))


def _result(
    models: tuple[str, ...],
    steps: tuple[int, ...],
    tallies: Mapping[tuple[str, int], _Tally],
    bands: Mapping[int, list[tuple[float, float]]],
) -> Hindcast:
    def grid(read: Callable[[_Tally], float]) -> np.ndarray:
        return np.array([[read(tallies[m, h]) for h in steps] for m in models])

    rmse, mae = grid(lambda t: float(np.sqrt(np.mean(t.square)))), grid(lambda t: float(np.mean(t.absolute)))
    still = models.index("persistence")
    safe = np.where(rmse[still] > 0, rmse[still], np.nan)
    score = np.array([np.mean([b for _, b in bands[h]]) for h in steps]) / np.where(mae[still] > 0, mae[still], np.nan)
    return Hindcast(
        models,
        steps,
        rmse,
        mae,
        rmse / safe,
        grid(lambda t: float(np.mean(t.order))),
        grid(lambda t: float(np.mean(t.direction))),
        np.array([np.mean([a for a, _ in bands[h]]) for h in steps]),
        score,
        np.array([len(bands[h]) for h in steps]),
        tuple(np.array(tallies["combination", h].misses) for h in steps) if "combination" in models else (),
    )
