"""Principal components and varimax rotation of indicators (主成分与因子分析), for weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.measure.check import constant, finite
from yindi.measure.correlate import correlations

ROUNDS, SETTLED = 1000, 1e-12


@dataclass(frozen=True, slots=True)
class Factors:
    """Eigenvalues (J,) of the correlation matrix, loadings (J,K) of the kept components, the same after varimax."""

    eigenvalues: np.ndarray
    loadings: np.ndarray
    rotated: np.ndarray


def factors(z: ArrayLike, *, keep: int | None = None) -> Factors:
    """Components of the correlations of `z` (N,J); `keep` of them, or those with an eigenvalue above 1 (Kaiser), at least one.

    Signs: the loadings of each component sum to at least 0. Raises MethodError for constant columns.
    """
    rows = finite(z, where="factors")
    if constant(rows).any() or rows.shape[0] < 3:
        raise MethodError(
            f"factors: needs three rows and columns that vary; constant: {np.flatnonzero(constant(rows)).tolist()}."
        )
    values, vectors = np.linalg.eigh(correlations(rows))
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    count = max(1, int((values > 1 + 1e-9).sum())) if keep is None else keep
    if not 1 <= count <= values.size:
        raise MethodError(f"factors: keep lies in 1..{values.size}, got {keep}.")
    loadings = vectors[:, :count] * np.sqrt(values[:count])
    loadings = loadings * np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    return Factors(values, loadings, varimax(loadings))


def varimax(loadings: np.ndarray) -> np.ndarray:
    """Varimax rotation (Kaiser 1958) of loadings (J,K), rows scaled to length one while rotating; signs as in `factors`."""
    length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    unit = loadings / np.where(length > 0, length, 1.0)
    turn, before = np.eye(loadings.shape[1]), 0.0
    for _ in range(ROUNDS):
        now = unit @ turn
        u, s, v = np.linalg.svd(unit.T @ (now**3 - now * (now**2).mean(axis=0)))
        turn = u @ v
        if s.sum() <= before * (1 + SETTLED):
            break
        before = s.sum()
    rotated = unit @ turn * length
    return np.asarray(rotated * np.where(rotated.sum(axis=0) < 0, -1.0, 1.0))


def squared_loading_weights(found: Factors) -> np.ndarray:
    """Weights of OECD Table 18 (Nicoletti et al. 2000), (J,): squared rotated loadings, each indicator at its main factor.

    Scaled loading = square / sum of squares of the factor; times the factor's share of the explained variance; scaled to sum 1.
    """
    squares = found.rotated**2
    explained = squares.sum(axis=0)
    scaled = squares / explained
    main = scaled.argmax(axis=1)
    weight = scaled[np.arange(main.size), main] * (explained / explained.sum())[main]
    return np.asarray(weight / weight.sum())


def score_weights(found: Factors) -> np.ndarray:
    """Weights of the comprehensive score of Chinese textbooks (J,): loading / sqrt(lambda), components by lambda.

    Raises MethodError where a weight is negative: then no index with these weights rises with every indicator.
    """
    lam = found.eigenvalues[: found.loadings.shape[1]]
    score = (found.loadings / np.sqrt(lam)) @ (lam / lam.sum())
    if (score < 0).any():
        raise MethodError(
            f"pca: form 'scores' gives columns {np.flatnonzero(score < 0).tolist()} a negative weight; use 'loadings'."
        )
    return np.asarray(score / score.sum())
