"""Weights from pairwise judgement: the analytic hierarchy process (层次分析法)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.measure.check import finite

SAATY = "Saaty (1980) The Analytic Hierarchy Process"
RANDOM_INDEX = (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
"""Saaty (1980), sizes 1 to 15."""
SIMULATED = (0, 0, 0.5245, 0.8815, 1.1086, 1.2479, 1.3417, 1.4057, 1.4499, 1.4854, 1.5141, 1.5365, 1.5551, 1.5713, 1.5838)
"""Alonso & Lamata (2006), from 100,000 random matrices a size; consistency ratios are mostly higher than with Saaty's table."""
TABLES = {"saaty": RANDOM_INDEX, "simulated": SIMULATED}
SOLVERS = ("eigenvector", "sum", "root")


@dataclass(frozen=True, slots=True)
class Consistency:
    """Weights (J,), the largest eigenvalue, consistency index (lambda - n) / (n - 1) and consistency ratio."""

    weights: np.ndarray
    eigenvalue: float
    index: float
    ratio: float


def consistency(pairwise: ArrayLike, *, solver: str = "eigenvector", random_index: str = "saaty") -> Consistency:
    """Weights of a reciprocal matrix (J,J) and how consistent it is; J at most 15.

    `solver`: principal eigenvector (Saaty), mean of the columns' shares ("sum", 和积法), geometric mean of the rows ("root",
    方根法); the last two take lambda as the mean of (A w)_i / w_i. `random_index`: Saaty's or the simulated table.
    """
    a = finite(pairwise, where="ahp")
    n = a.shape[0]
    if a.shape != (n, n) or n > len(RANDOM_INDEX):
        raise MethodError(f"ahp: needs a square matrix up to {len(RANDOM_INDEX)} rows, got shape {a.shape}.")
    wrong = np.argwhere((a <= 0) | (np.abs(a * a.T - 1) > 0.01))
    if len(wrong):
        raise MethodError(f"ahp: entries must be above 0 and a[i,j] = 1 / a[j,i]; not so at {wrong[0].tolist()}.")
    if solver not in SOLVERS or random_index not in TABLES:
        raise MethodError(f"ahp: solver is one of {SOLVERS}, random_index of {tuple(TABLES)}; got {solver!r}, {random_index!r}.")
    vector = _priorities(a, solver)
    lam = float((a @ vector / vector).mean())
    index = max(0.0, (lam - n) / (n - 1)) if n > 1 else 0.0
    ratio = index / TABLES[random_index][n - 1] if n > 2 else 0.0
    return Consistency(vector, lam, index, ratio)


def _priorities(a: np.ndarray, solver: str) -> np.ndarray:
    if solver == "sum":
        return np.asarray((a / a.sum(axis=0)).mean(axis=1))
    if solver == "root":
        root = np.exp(np.log(a).mean(axis=1))
        return np.asarray(root / root.sum())
    values, vectors = np.linalg.eig(a)
    vector = np.abs(vectors[:, int(np.argmax(values.real))].real)
    return np.asarray(vector / vector.sum())
