"""Direct and indirect effects of a lasting unit change, in the short and the long run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yindi.simulate.dynamics import WIDEST, Dynamics


@dataclass(frozen=True, slots=True)
class Effects:
    """Mean effect on the region itself, and on all others together, at once and in the long run."""

    direct_now: float
    indirect_now: float
    direct_long: float
    indirect_long: float


def effects(model: Dynamics, w: np.ndarray) -> Effects:
    """Effects by (I - rho W)^-1 and ((1 - tau) I - (rho + eta) W)^-1 (Elhorst 2014); the long run is NaN where there is none."""
    n = len(w)
    now = _pair(np.eye(n) - model.rho * w)
    if model.tau + abs(model.rho + model.eta) >= WIDEST + 0.01:
        return Effects(*now, np.nan, np.nan)
    return Effects(*now, *_pair((1 - model.tau) * np.eye(n) - (model.rho + model.eta) * w))


def _pair(system: np.ndarray) -> tuple[float, float]:
    inverse = np.linalg.inv(system)
    direct = float(np.trace(inverse)) / len(inverse)
    return direct, float(inverse.sum()) / len(inverse) - direct
