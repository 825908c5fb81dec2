"""The forecast that is used: the mean of persistence, the pooled and the partially pooled spatial panel."""

from __future__ import annotations

import numpy as np

from yindi.core.registry import method
from yindi.simulate.dynamics import Dynamics, fit
from yindi.simulate.forecast import LAWS, choose_theta, persistence, project


def members(y: np.ndarray, w: np.ndarray) -> tuple[Dynamics, ...]:
    """The three dynamics that are averaged: a random walk, pooled, and partially pooled."""
    y = np.asarray(y, float)
    change = np.diff(y, axis=0)
    walk = Dynamics(0.0, 1.0, 0.0, np.zeros(y.shape[1]), change, np.zeros((3, 3)), 0.0)
    return walk, fit(y, w, theta=0.0), fit(y, w, theta=choose_theta(y, w))


@method("simulation", "combination", cites=("Bates and Granger 1969",), laws=LAWS)
def combination(y: np.ndarray, w: np.ndarray, *, horizon: int = 10) -> np.ndarray:
    """The mean (H,R) of persistence, the pooled and the partially pooled dynamic spatial panel."""
    y = np.asarray(y, float)
    _, *panels = members(y, w)
    parts = [persistence(y, w, horizon=horizon)] + [project(p, w, y[-1], horizon) for p in panels]
    return np.asarray(np.mean(parts, axis=0))
