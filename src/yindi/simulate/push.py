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
    share = np.where(np.arange(horizon) < phase, 1.0 / phase, 0.0)
    return np.asarray(share[:, None, None] * (np.log1p(uplift) * count)[None])
