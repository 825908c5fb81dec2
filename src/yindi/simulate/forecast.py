"""Point forecasts of relative levels: persistence, drift, trend, autoregressions and the spatial panel."""

from __future__ import annotations

import numpy as np

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.simulate.dynamics import Dynamics, centred, fit

THETAS = (0.0, 0.3, 0.6, 0.9)
LAWS = ("relative", "equivariant", "nothing_moves_nothing")


def _history(y: np.ndarray, least: int) -> np.ndarray:
    y = np.asarray(y, float)
    if y.ndim != 2 or len(y) < least or not np.isfinite(y).all():
        raise MethodError(f"simulate: a forecast needs (T,R) finite relative levels over at least {least} years, got {y.shape}.")
    return y


def project(model: Dynamics, w: np.ndarray, last: np.ndarray, horizon: int) -> np.ndarray:
    """(H,R) years after `last` (R,), without error terms: (I - rho W) y' = tau y + eta W y + mu, each year's mean taken away."""
    n = len(last)
    away = np.eye(n) - np.full((n, n), 1 / n)
    spread = away if model.rho == 0 else np.linalg.solve(np.eye(n) - model.rho * away @ w, away)
    carry, constant = spread @ (model.tau * np.eye(n) + model.eta * w), spread @ model.mu
    found = []
    for _ in range(horizon):
        last = carry @ last + constant
        found.append(last)
    return np.array(found).reshape(horizon, n)


@method("simulation", "persistence", cites=("baseline",), laws=LAWS)
def persistence(y: np.ndarray, w: np.ndarray, *, horizon: int = 10) -> np.ndarray:
    """Nothing moves: every year (H,R) is the last one."""
    return np.tile(_history(y, 1)[-1], (horizon, 1))


@method("simulation", "drift", cites=("baseline",), laws=LAWS)
def drift(y: np.ndarray, w: np.ndarray, *, horizon: int = 10, years: int = 5) -> np.ndarray:
    """The mean yearly change of the last `years` goes on, (H,R)."""
    y = _history(y, 2)
    span = min(years, len(y) - 1)
    return np.asarray(y[-1] + np.arange(1, horizon + 1)[:, None] * (y[-1] - y[-1 - span]) / span)


@method("simulation", "trend", cites=("baseline",), laws=LAWS)
def trend(y: np.ndarray, w: np.ndarray, *, horizon: int = 10) -> np.ndarray:
    """Each region's straight line by least squares goes on, (H,R)."""
    y = _history(y, 2)
    t = np.arange(len(y)) - (len(y) - 1) / 2
    slope = (t @ y) / (t @ t)
    ahead = (len(y) - 1) / 2 + np.arange(1, horizon + 1)
    return np.asarray(y.mean(axis=0) + ahead[:, None] * slope)


@method("simulation", "ar_each", cites=("baseline",), laws=LAWS)
def ar_each(y: np.ndarray, w: np.ndarray, *, horizon: int = 10) -> np.ndarray:
    """One autoregression per region, its root kept within [-0.99, 0.99], (H,R)."""
    y = _history(y, 3)
    before, now = y[:-1], y[1:]
    away, move = before - before.mean(axis=0), now - now.mean(axis=0)
    square = (away**2).sum(axis=0)
    root = np.clip(np.divide((away * move).sum(axis=0), square, out=np.zeros_like(square), where=square > 1e-24), -0.99, 0.99)
    constant = now.mean(axis=0) - root * before.mean(axis=0)
    found, last = [], y[-1]
    for _ in range(horizon):
        last = centred(constant + root * last)
        found.append(last)
    return np.array(found).reshape(horizon, y.shape[1])


@method("simulation", "pooled", cites=("Barro and Sala-i-Martin 1992",), laws=LAWS)
def pooled(y: np.ndarray, w: np.ndarray, *, horizon: int = 10) -> np.ndarray:
    """One autoregression for all regions, (H,R)."""
    y = _history(y, 3)
    return project(fit(y, w, theta=0.0, spatial=False), w, y[-1], horizon)


@method("simulation", "fixed_effects", cites=("Islam 1995",), laws=LAWS)
def fixed_effects(y: np.ndarray, w: np.ndarray, *, horizon: int = 10) -> np.ndarray:
    """One autoregression with an own level per region, (H,R)."""
    y = _history(y, 3)
    return project(fit(y, w, theta=1.0, spatial=False), w, y[-1], horizon)


@method("simulation", "spatial_pooled", cites=("Elhorst 2014",), laws=LAWS)
def spatial_pooled(y: np.ndarray, w: np.ndarray, *, horizon: int = 10) -> np.ndarray:
    """The dynamic spatial panel without region effects, (H,R)."""
    y = _history(y, 3)
    return project(fit(y, w, theta=0.0), w, y[-1], horizon)


@method("simulation", "spatial_fixed_effects", cites=("Elhorst 2014", "Lee and Yu 2010"), laws=LAWS)
def spatial_fixed_effects(y: np.ndarray, w: np.ndarray, *, horizon: int = 10) -> np.ndarray:
    """The dynamic spatial panel with fixed effects, (H,R): the usual model, and often a poor forecaster."""
    y = _history(y, 3)
    return project(fit(y, w, theta=1.0), w, y[-1], horizon)


def choose_theta(y: np.ndarray, w: np.ndarray, *, ahead: int = 5, thetas: tuple[float, ...] = THETAS) -> float:
    """The degree of pooling with the smallest squared error over the last years inside the given history."""
    y = _history(y, 3)
    reach = min(ahead, max(1, len(y) // 4))
    origins = [o for o in range(len(y) - 3 * reach, len(y) - reach + 1, reach) if o >= 4]
    if not origins:
        return 0.0
    loss = [sum(float(((project(fit(y[:o], w, theta=t), w, y[o - 1], reach) - y[o : o + reach]) ** 2).mean()) for o in origins)
            for t in thetas]  # fmt: skip
    return thetas[int(np.argmin(np.round(loss, 15)))]


@method("simulation", "spatial_partial", cites=("Baltagi, Fingleton and Pirotte 2014",), laws=LAWS)
def spatial_partial(y: np.ndarray, w: np.ndarray, *, horizon: int = 10) -> np.ndarray:
    """The dynamic spatial panel with partially pooled region effects, the pooling chosen inside the history, (H,R)."""
    y = _history(y, 3)
    return project(fit(y, w, theta=choose_theta(y, w)), w, y[-1], horizon)
