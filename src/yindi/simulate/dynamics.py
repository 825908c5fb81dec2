"""The dynamic spatial panel on relative levels: how much of a region's standing stays, and how much neighbours pass on."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from yindi.core.errors import MethodError

WIDEST, LARGEST = 0.99, 1000


@dataclass(frozen=True, slots=True)
class Dynamics:
    """y_t = rho W y_t + tau y_(t-1) + eta W y_(t-1) + mu + e_t on relative levels (each year's mean taken away).

    `mu` (R,) is pooled towards zero by `theta` (0: no region effects, 1: fixed effects); `residuals` (T-1,R);
    `covariance` (3,3) of (rho, tau, eta).
    """

    rho: float
    tau: float
    eta: float
    mu: np.ndarray
    residuals: np.ndarray
    covariance: np.ndarray
    theta: float


def relative(level: np.ndarray) -> np.ndarray:
    """Log levels (T,R) less each year's mean; raises MethodError unless all are positive and finite."""
    level = np.asarray(level, float)
    if level.ndim != 2 or not np.isfinite(level).all() or (level <= 0).any():
        raise MethodError("simulate: levels must be a (T,R) array of positive finite numbers.")
    return centred(np.log(level))


def centred(y: np.ndarray) -> np.ndarray:
    """Each row less its mean."""
    return np.asarray(y - y.mean(axis=-1, keepdims=True))


def fit(y: np.ndarray, w: np.ndarray, *, theta: float = 0.0, spatial: bool = True) -> Dynamics:
    """Quasi maximum likelihood, concentrated over rho (Elhorst 2014; year effects after Lee and Yu 2010).

    y: (T,R) relative levels, T >= 3; w: (R,R) row-standardised. `theta` in [0,1] quasi-demeans by region; without `spatial`
    rho and eta are 0. Raises MethodError for fewer than three years.
    """
    y = np.asarray(y, float)
    if y.ndim != 2 or len(y) < 3 or not np.isfinite(y).all() or not 0 <= theta <= 1:
        raise MethodError("simulate: a fit needs (T,R) relative levels over at least three years, and theta in [0, 1].")
    now, before = y[1:], y[:-1]
    near, near_before = centred(now @ w.T), centred(before @ w.T)
    target, pull = (_part(a, theta).ravel() for a in (now, near))
    known = [before, near_before] if spatial else [before]
    x = np.column_stack([_part(a, theta).ravel() for a in known])
    on_target, on_pull = (np.linalg.lstsq(x, a, rcond=None)[0] for a in (target, pull))
    errors, errors_pull = target - x @ on_target, pull - x @ on_pull
    rho = _rho(errors, errors_pull, w, len(now)) if spatial else 0.0
    slope = np.append(on_target - rho * on_pull, 0.0)[:2] if spatial else np.array([on_target[0], 0.0])
    raw = now - rho * near - slope[0] * before - slope[1] * near_before
    mu = centred((1 - (1 - theta) ** 2) * raw.mean(axis=0))
    covariance = _covariance(x, errors, errors_pull, on_pull, rho, w, len(now), spatial)
    return Dynamics(rho, float(slope[0]), float(slope[1]), mu, raw - mu, covariance, theta)


def _part(a: np.ndarray, theta: float) -> np.ndarray:
    return np.asarray(a - theta * a.mean(axis=0))


def spectrum(w: np.ndarray) -> np.ndarray:
    """Eigenvalues of W on relative levels, real where all are; without the one of the constant (year effects take it away)."""
    return _spectrum(np.ascontiguousarray(w, float).tobytes(), len(w))


@functools.lru_cache(maxsize=4)
def _spectrum(content: bytes, n: int) -> np.ndarray:
    w = np.frombuffer(content).reshape(n, n)
    even = bool(np.allclose(w.sum(axis=1), 1.0))
    if n > LARGEST and mutual(w):
        root = np.sqrt(1.0 / w.max(axis=1))
        return np.linalg.eigvalsh(root[:, None] * w / root)[:-1]
    values = np.sort(np.linalg.eigvals(w if even else w - w.mean(axis=0)))
    values = values[:-1] if even else values
    return np.asarray(values if np.abs(values.imag).max(initial=0.0) > 1e-9 else values.real)


def mutual(w: np.ndarray) -> bool:
    """True where each row of W (R,R) shares out one among neighbours whose contacts are symmetric: its eigenvalues are real."""
    if not np.allclose(w.sum(axis=1), 1.0):
        return False
    contacts = w / w.max(axis=1, keepdims=True)
    return bool(np.allclose(contacts, contacts.T))


def _rho(errors: np.ndarray, pull: np.ndarray, w: np.ndarray, years: int) -> float:
    if float(pull @ pull) <= 1e-24 or float(errors @ errors) <= 1e-24:
        return 0.0
    from scipy.optimize import minimize_scalar

    values, n = spectrum(w), len(errors)
    aa, ab, bb = float(errors @ errors), float(errors @ pull), float(pull @ pull)

    def loss(rho: float) -> float:
        square = max(aa - 2 * rho * ab + rho * rho * bb, 1e-300)
        return 0.5 * n * float(np.log(square)) - years * float(np.log(np.abs(1 - rho * values)).sum())

    found = minimize_scalar(loss, bounds=(-WIDEST, WIDEST), method="bounded", options={"xatol": 1e-7})
    return float(found.x)


def _covariance(
    x: np.ndarray,
    errors: np.ndarray,
    pull: np.ndarray,
    on_pull: np.ndarray,
    rho: float,
    w: np.ndarray,
    years: int,
    spatial: bool,
) -> np.ndarray:
    """Inverse information at the estimate, of all parameters together; rows and columns of parameters that are fixed are 0.

    rho: the curvature of the concentrated likelihood; the slopes follow rho by `on_pull` (k,), what they give up as it rises.
    """
    left = errors - rho * pull
    square = float(left @ left)
    variance, k = square / max(1, len(left) - x.shape[1] - 1), x.shape[1]
    result = np.zeros((3, 3))
    result[1 : 1 + k, 1 : 1 + k] = np.linalg.pinv(x.T @ x) * variance
    if spatial and variance > 0:
        values = spectrum(w)
        bend = years * float(np.real(values**2 / (1 - rho * values) ** 2).sum())
        bend -= 2 * len(left) * (float(pull @ left) / square) ** 2
        known, follow = float(pull @ pull) / variance + bend, np.append(1.0, -on_pull)
        result += np.outer(follow, follow) / known if known > 0 else 0.0
    return result
