"""Logistic regression by iteratively reweighted least squares, on standardised features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yindi.core.errors import MethodError


@dataclass(frozen=True, slots=True)
class Logit:
    """centre, scale (F,) of the features, slope (F,) on the standardised scale, and the intercept."""

    centre: np.ndarray
    scale: np.ndarray
    slope: np.ndarray
    intercept: float

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Probability of each row of x (N,F)."""
        line = self.intercept + ((x - self.centre) / self.scale) @ self.slope
        result: np.ndarray = 1 / (1 + np.exp(-np.clip(line, -35, 35)))
        return result


def fit(x: np.ndarray, y: np.ndarray, *, ridge: float = 1.0, steps: int = 50) -> Logit:
    """Maximum penalised likelihood: x (N,F), y (N,) of 0 and 1; the intercept is not penalised.

    Constant features get slope 0. Raises MethodError when y holds one value only.
    """
    if y.min() == y.max():
        raise MethodError("A logistic regression needs both outcomes in the years it learns from.")
    centre, scale = x.mean(axis=0), x.std(axis=0)
    scale = np.where(scale > 1e-9 * (1 + np.abs(centre)), scale, np.inf)
    z = np.column_stack([np.ones(len(x)), (x - centre) / scale])
    penalty = np.diag([0.0] + [ridge] * x.shape[1])
    beta = np.zeros(z.shape[1])
    beta[0] = np.log(y.mean() / (1 - y.mean()))
    for _ in range(steps):
        p = 1 / (1 + np.exp(-np.clip(z @ beta, -35, 35)))
        move = np.linalg.solve((z * (p * (1 - p))[:, None]).T @ z + penalty, z.T @ (y - p) - penalty @ beta)
        beta = beta + move * min(1.0, 5.0 / max(np.abs(move).max(), 1e-300))
        if np.abs(move).max() < 1e-9:
            break
    return Logit(centre, scale, beta[1:], float(beta[0]))
