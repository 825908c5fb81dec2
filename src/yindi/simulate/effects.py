"""Direct and indirect effects of a lasting unit change, in the short and the long run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yindi.simulate.dynamics import WIDEST, Dynamics, spectrum


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


def drawn_effects(model: Dynamics, w: np.ndarray, *, draws: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Parameters (3,D) drawn around the estimate with their joint covariance, and the four effects (4,D) of each draw in the
    order of `Effects` (LeSage and Pace 2009); infinite where a draw has no long run."""
    root = np.linalg.cholesky(model.covariance + 1e-18 * np.eye(3))
    drawn = np.array([[model.rho], [model.tau], [model.eta]]) + root @ rng.standard_normal((3, draws))
    rho, tau, eta = drawn
    now = _mean_effects(np.clip(rho, -WIDEST, WIDEST), w)
    steady = tau + np.abs(rho + eta) < 1
    stays = np.where(steady, 1 - tau, 1.0)
    later = _mean_effects(np.where(steady, (rho + eta) / stays, 0.0), w) / stays
    return drawn, np.vstack([now, np.where(steady, later, np.inf)])


def _mean_effects(strength: np.ndarray, w: np.ndarray) -> np.ndarray:
    """(2,D) direct and indirect effects of (I - s W)^-1 for each strength s (D,), from the eigenvalues and row sums of W."""
    rows = w.sum(axis=1)
    values = np.append(spectrum(w), 1.0) if np.allclose(rows, 1.0) else np.linalg.eigvals(w)
    direct = np.real(1 / (1 - values[:, None] * strength)).mean(axis=0)
    if np.allclose(w @ rows, rows):
        total = (1 / (1 - rows[:, None] * strength)).mean(axis=0)
    else:
        total = np.array([np.linalg.solve(np.eye(len(w)) - s * w, np.ones(len(w))).mean() for s in strength])
    return np.array([direct, total - direct])


def band(values: np.ndarray, tails: tuple[float, float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Standard deviation and both ends of the band of draws (...,D); NaN where draws without a value reach so far."""
    known = np.where(np.isfinite(values), values, np.nan)
    ordered, last = np.sort(values, axis=-1), values.shape[-1] - 1
    low, high = (ordered[..., round(t * last)] for t in tails)
    finite = [np.where(np.isfinite(end), end, np.nan) for end in (low, high)]
    return np.asarray(known.std(axis=-1)), finite[0], finite[1]
