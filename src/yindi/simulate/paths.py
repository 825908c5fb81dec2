"""Monte Carlo paths: parameters drawn per path, whole years of residuals drawn again, all paths stepped year by year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from yindi.simulate.dynamics import LARGEST, WIDEST, Dynamics, mutual
from yindi.simulate.fixedpoint import FixedPoint

BLOCK = 256

Step = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray | None, np.ndarray], None]


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
    sparse fixed point; both give the same paths (to 8e-6 / (1 - |rho|) a year in single precision, 2e-10 in double).
    """
    basis = eigenbasis(w)
    ends = spectrum_ends(w, basis)
    basis = basis if spectral else None
    edges = -(-draws * np.arange(len(models) + 1) // len(models))
    paths = np.empty((horizon, len(last), draws), kind)
    for model, first, end in zip(models, edges[:-1], edges[1:], strict=True):
        drawn = parameters(model, end - first, rng, ends=ends, spillover=spillover).astype(kind)
        years = rng.integers(0, len(model.residuals), (horizon, end - first))
        step = _by_iteration(w, model, kind) if basis is None else _by_eigenvectors(basis, model, kind)
        _in_blocks(step, drawn, years, np.asarray(last, kind), _part(push, first, end, draws), paths[:, :, first:end])
    return paths


def _in_blocks(
    step: Step, drawn: np.ndarray, years: np.ndarray, last: np.ndarray, push: np.ndarray | None, paths: np.ndarray
) -> None:
    """As many paths at a time as stay in the cache."""
    draws = paths.shape[2]
    for at in range(0, draws, BLOCK):
        end = min(at + BLOCK, draws)
        step(drawn[:, at:end], years[:, at:end], last, _part(push, at, end, draws), paths[:, :, at:end])


def _part(push: np.ndarray | None, first: int, end: int, draws: int) -> np.ndarray | None:
    return push[:, :, first:end] if push is not None and push.shape[2] == draws else push


def _errors(model: Dynamics) -> np.ndarray:
    """(R,T) what is added in a year that repeats year t of the past: its residual, and the region's own level."""
    return np.asarray((model.residuals - model.residuals.mean(axis=0) + model.mu).T)


def eigenbasis(w: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Eigenvalues (R,), eigenvectors and their inverse (R,R) of a W whose rows share out symmetric contacts; else None."""
    w = np.asarray(w, float)
    if len(w) > LARGEST or not mutual(w):
        return None
    root = np.sqrt(1.0 / w.max(axis=1))
    values, vectors = np.linalg.eigh(root[:, None] * w / root)
    return values, vectors / root[:, None], vectors.T * root


def _by_eigenvectors(basis: Any, model: Dynamics, kind: Any) -> Step:
    """Writes the paths (H,R,D) of parameters (3,D), years (H,D) and a push into its last argument."""
    values, vectors, inverse = (a.astype(kind) for a in basis)
    errors = inverse @ _errors(model).astype(kind)

    def step(drawn: np.ndarray, years: np.ndarray, last: np.ndarray, push: np.ndarray | None, found: np.ndarray) -> None:
        rho, tau, eta = drawn
        away = 1 / (1 - values[:, None] * rho)
        carry = (tau + values[:, None] * eta) * away
        y = np.repeat((inverse @ last)[:, None], drawn.shape[1], axis=1)
        for t, year in enumerate(years):
            right = errors[:, year]
            if push is not None and push[t].any():
                right = right + inverse @ push[t].astype(kind)
            y = carry * y + away * right
            levels = vectors @ y
            found[t] = levels - levels.mean(axis=0)

    return step


def _by_iteration(w: np.ndarray, model: Dynamics, kind: Any) -> Step:
    """As `_by_eigenvectors`, for any W."""
    system, errors = FixedPoint(w, kind), _errors(model).astype(kind)

    def step(drawn: np.ndarray, years: np.ndarray, last: np.ndarray, push: np.ndarray | None, found: np.ndarray) -> None:
        rho, tau, eta = drawn
        y = np.repeat((last - last.mean())[:, None], drawn.shape[1], axis=1)
        near = system.pull(y)
        for t, year in enumerate(years):
            right = near * eta
            right += tau * y
            right += errors[:, year]
            if push is not None and push[t].any():
                right += push[t].astype(kind)
            right -= right.mean(axis=0)
            y, near = system.solve(rho, right, y, near)
            found[t] = y

    return step
