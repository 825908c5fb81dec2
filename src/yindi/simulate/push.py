"""What a plan adds: every chosen pair takes root or not, and builds up over some years. Assumptions, and said to be."""

from __future__ import annotations

import numpy as np


def rooted(plan: np.ndarray, chance: np.ndarray, *, draws: int, rng: np.random.Generator) -> np.ndarray:
    """(R,D) how many industries of the plan (R,C) take root in each draw, pair by pair with probability `chance` (R,C).

    The same generator state gives a pair the same luck in every plan, so that plans differ by their pairs only.
    """
    found = np.zeros((len(plan), draws))
    for c in range(plan.shape[1]):
        found += (rng.random((len(plan), draws)) < chance[:, c, None]) * plan[:, c, None]
    return found


def push(count: np.ndarray, *, uplift: float, phase: int, horizon: int) -> np.ndarray:
    """(H,R,D) yearly addition to log levels: each rooted industry adds log(1 + uplift), in equal parts over `phase` years."""
    return spread(np.log1p(uplift) * count, phase=phase, horizon=horizon)


def spread(total: np.ndarray, *, phase: int, horizon: int) -> np.ndarray:
    """(H,R,D) yearly parts of what is added in all (R,D), equal over `phase` years; a shorter horizon sees only its years."""
    share = np.where(np.arange(horizon) < phase, 1.0 / phase, 0.0)
    return np.asarray(share[:, None, None] * total[None])


def lever_lift(
    gain: np.ndarray, level: np.ndarray, keep: np.ndarray, *, doubt: float, draws: int, rng: np.random.Generator
) -> np.ndarray:
    """(R,D) what lever budgets add to log levels: log(1 + sum of gains / level).

    `gain` (R,L) in units of the level (R,), `keep` (L,) 1 or 0; in each draw a lever works 1 - doubt to 1 + doubt times as well
    as assumed, everywhere alike. The same generator state gives a lever the same luck whichever others are kept.
    """
    luck = 1 + doubt * rng.uniform(-1, 1, (gain.shape[1], draws))
    return np.asarray(np.log1p((gain * keep) @ luck / level[:, None]))


def blow(share: np.ndarray, loss: float) -> np.ndarray:
    """(R,) what a shock takes from log levels at once, where a `share` (R,) of the level loses the part `loss`."""
    return np.asarray(np.log1p(-loss * share))
