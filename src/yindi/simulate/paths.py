"""Monte Carlo paths: parameters drawn per path, whole years of residuals drawn again, a sparse fixed point per year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from yindi.simulate.dynamics import WIDEST, Dynamics

ENOUGH, EVERY, BLOCK, LARGEST = 1e-6, 4, 256, 1000


def parameters(
    model: Dynamics, draws: int, rng: np.random.Generator, *, ends: tuple[float, float] = (-1.0, 1.0), spillover: float = 1.0
) -> np.ndarray:
    """(3,D) draws of (rho, tau, eta) around the estimate, rho and eta times `spillover`, kept where no path runs away.

    `ends`: smallest and largest eigenvalue of W (without the constant's); tau (and eta, if it must) gives way where a
    mode would grow faster than at the estimate, or grow at all where none does there.
    """
    mean = np.array([model.rho, model.tau, model.eta])
    root = np.linalg.cholesky(model.covariance + 1e-18 * np.eye(3))
    drawn = mean[:, None] + root @ rng.standard_normal((3, draws))
    fixed = np.diag(model.covariance) == 0
    drawn[fixed] = mean[fixed, None]
    drawn[[0, 2]] *= spillover
    drawn[0] = np.clip(drawn[0], -WIDEST, WIDEST)
    return _steady(drawn, np.array(ends), max(1.0, *growth(mean, np.array(ends))))


def growth(drawn: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Yearly factor |tau + eta v| / |1 - rho v| of the modes of W with eigenvalues `values`, for parameters (3,...)."""
    rho, tau, eta = drawn
    return np.asarray(np.abs(tau + eta * values) / np.abs(1 - rho * values))


def _steady(drawn: np.ndarray, ends: np.ndarray, most: float) -> np.ndarray:
    """Between its ends the factor is monotone in the eigenvalue, so that bounds at both ends bound every mode."""
    rho, _, eta = drawn
    room, width = most * (1 - ends[:, None] * rho), max(float(ends[1] - ends[0]), 1e-9)
    widest = room.sum(axis=0) / width
    drawn[2] = np.clip(eta, -widest, widest)
    shift = ends[:, None] * drawn[2]
    drawn[1] = np.clip(drawn[1], (-room - shift).max(axis=0), (room - shift).min(axis=0))
    return drawn


def spectrum_ends(w: np.ndarray, basis: Any) -> tuple[float, float]:
    """Smallest and largest eigenvalue of W without the constant's where its eigenvectors are known, else -1 and 1."""
    if basis is None or len(w) < 2:
        return -1.0, 1.0
    values = np.sort(basis[0])
    return float(values[0]), float(values[-2])


def simulate_paths(
    models: Sequence[Dynamics],
    w: np.ndarray,
    last: np.ndarray,
    *,
    horizon: int,
    draws: int,
    rng: np.random.Generator,
    push: np.ndarray | None = None,
    spillover: float = 1.0,
    kind: Any = np.float64,
    spectral: bool = True,
) -> np.ndarray:
    """Paths (H,R,D) of relative levels after `last` (R,); the draws are dealt out evenly to the models.

    `push` (H,R,D) or (H,R,1) is added to each year's error term; `spillover` multiplies rho and eta. Memory: about H R D
    numbers. Where W comes of symmetric contacts the years are stepped in its eigenvectors, else (or without `spectral`) by a
    sparse fixed point; both give the same paths.
    """
    basis = eigenbasis(w)
    ends = spectrum_ends(w, basis)
    basis = basis if spectral else None
    deal = np.arange(draws) * len(models) // max(1, draws)
    paths = np.empty((horizon, len(last), draws), kind)
    for n, model in enumerate(models):
        mine = np.flatnonzero(deal == n)
        drawn = parameters(model, len(mine), rng, ends=ends, spillover=spillover).astype(kind)
        years = rng.integers(0, len(model.residuals), (horizon, len(mine)))
        for at in range(0, len(mine), BLOCK):
            block = slice(at, at + BLOCK)
            given = None if push is None else (push[:, :, mine[block]] if push.shape[2] == draws else push)
            run = _by_eigenvectors if basis is not None else _by_iteration
            found = run(basis, w, model, drawn[:, block], years[:, block], np.asarray(last, kind), given)
            paths[:, :, mine[block]] = found
    return paths


def _errors(model: Dynamics) -> np.ndarray:
    """(R,T) what is added in a year that repeats year t of the past: its residual, and the region's own level."""
    return np.asarray((model.residuals - model.residuals.mean(axis=0) + model.mu).T)


def eigenbasis(w: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Eigenvalues (R,), eigenvectors and their inverse (R,R) of a W whose rows share out symmetric contacts; else None."""
    w = np.asarray(w, float)
    if len(w) > LARGEST or not np.allclose(w.sum(axis=1), 1.0):
        return None
    degree = 1.0 / w.max(axis=1)
    if not np.allclose(degree[:, None] * w, (degree[:, None] * w).T):
        return None
    root = np.sqrt(degree)
    values, vectors = np.linalg.eigh(root[:, None] * w / root)
    return values, vectors / root[:, None], vectors.T * root


def _by_eigenvectors(
    basis: Any, w: np.ndarray, model: Dynamics, drawn: np.ndarray, years: np.ndarray, last: np.ndarray, push: np.ndarray | None
) -> np.ndarray:
    kind = drawn.dtype
    values, vectors, inverse = (a.astype(kind) for a in basis)
    rho, tau, eta = drawn
    away = 1 / (1 - values[:, None] * rho)
    carry = (tau + values[:, None] * eta) * away
    errors = inverse @ _errors(model).astype(kind)
    y = np.repeat((inverse @ last)[:, None], drawn.shape[1], axis=1)
    found = np.empty((len(years), len(last), drawn.shape[1]), kind)
    for t, year in enumerate(years):
        right = errors[:, year]
        if push is not None and push[t].any():
            right = right + inverse @ push[t].astype(kind)
        y = carry * y + away * right
        found[t] = vectors @ y
        found[t] -= found[t].mean(axis=0)
    return found


def _by_iteration(
    basis: Any, w: np.ndarray, model: Dynamics, drawn: np.ndarray, years: np.ndarray, last: np.ndarray, push: np.ndarray | None
) -> np.ndarray:
    from scipy.sparse import csr_matrix

    kind = drawn.dtype
    near, errors = csr_matrix(np.asarray(w, kind)), _errors(model).astype(kind)
    even = bool(np.allclose(w.sum(axis=1), 1.0))
    rho, tau, eta = drawn
    y = np.repeat(last[:, None], drawn.shape[1], axis=1)
    found = np.empty((len(years), len(last), drawn.shape[1]), kind)
    for t, year in enumerate(years):
        right = near @ y
        right *= eta
        right += tau * y
        right += errors[:, year]
        if push is not None:
            right += push[t].astype(kind)
        right -= right.mean(axis=0)
        y = _solve(near, rho, right, y, even=even)
        found[t] = y
    return found


def _solve(near: Any, rho: np.ndarray, right: np.ndarray, y: np.ndarray, *, even: bool) -> np.ndarray:
    """y = rho W y + right with each column's mean taken away, by iteration; sure to end since |rho| < 1.

    Where all rows of W add up to one (`even`) a constant stays one, so that the mean can be taken away once, at the end.
    """
    if not rho.any():
        return right
    strongest = min(float(np.abs(rho).max()), WIDEST)
    for step in range(2 + int(np.ceil(np.log(ENOUGH) / np.log(max(strongest, 1e-3))))):
        new = near @ y
        new *= rho
        if not even:
            new -= new.mean(axis=0)
        new += right
        y, before = new, y
        if step % EVERY == EVERY - 1 and float(np.abs(y - before).max()) < ENOUGH:
            break
    return np.asarray(y - y.mean(axis=0))
