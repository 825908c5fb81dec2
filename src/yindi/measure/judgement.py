"""Weights from pairwise judgement: the analytic hierarchy process (层次分析法)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.measure.check import finite

RANDOM_INDEX = (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
"""Saaty (1980), sizes 1 to 15; other tables (Forman: .52, .89, 1.11 ...) give other consistency ratios."""


@dataclass(frozen=True, slots=True)
class Consistency:
    """Weights (J,), the largest eigenvalue, consistency index (lambda - n) / (n - 1) and consistency ratio."""

    weights: np.ndarray
    eigenvalue: float
    index: float
    ratio: float


def consistency(pairwise: ArrayLike) -> Consistency:
    """Principal eigenvector of a reciprocal matrix (J,J) and how consistent it is; J at most 15."""
    a = finite(pairwise, where="ahp")
    n = a.shape[0]
    if a.shape != (n, n) or n > len(RANDOM_INDEX):
        raise MethodError(f"ahp: needs a square matrix up to {len(RANDOM_INDEX)} rows, got shape {a.shape}.")
    wrong = np.argwhere((a <= 0) | (np.abs(a * a.T - 1) > 0.01))
    if len(wrong):
        raise MethodError(f"ahp: entries must be above 0 and a[i,j] = 1 / a[j,i]; not so at {wrong[0].tolist()}.")
    values, vectors = np.linalg.eig(a)
    first = int(np.argmax(values.real))
    vector = np.abs(vectors[:, first].real)
    index = max(0.0, (float(values[first].real) - n) / (n - 1)) if n > 1 else 0.0
    ratio = index / RANDOM_INDEX[n - 1] if n > 2 else 0.0
    return Consistency(vector / vector.sum(), float(values[first].real), index, ratio)
