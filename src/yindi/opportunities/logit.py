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


def fit(x: np.ndarray, y: np.ndarray, *, ridge: float = 1.0, steps: int = 100) -> Logit:
    """Maximum penalised likelihood: x (N,F), y (N,) of 0 and 1; the intercept is not penalised.

    Constant features get slope 0. Newton's steps are shortened until the loss falls, so that rare outcomes and extreme features
    do not throw the search about. Raises MethodError when y holds one value only, or where no optimum is reached.
    """
    if y.min() == y.max():
        raise MethodError("A logistic regression needs both outcomes in the years it learns from.")
    centre, scale = x.mean(axis=0), x.std(axis=0)
    scale = np.where(scale > 1e-9 * (1 + np.abs(centre)), scale, np.inf)
    z = np.column_stack([np.ones(len(x)), (x - centre) / scale])
    weight = np.array([0.0] + [ridge] * x.shape[1])
    beta = np.zeros(z.shape[1])
    beta[0] = np.log(y.mean() / (1 - y.mean()))
    for _ in range(steps):
        p = 1 / (1 + np.exp(-np.clip(z @ beta, -35, 35)))
        slope = z.T @ (y - p) - weight * beta
        move = np.linalg.solve((z * (p * (1 - p))[:, None]).T @ z + np.diag(weight), slope)
        if slope @ move < 1e-9:
            return Logit(centre, scale, beta[1:] + move[1:], float(beta[0] + move[0]))
        beta = beta + _length(z, y, weight, beta, move) * move
    raise MethodError(f"The logistic regression found no optimum in {steps} steps on {len(y)} cases.")


def _loss(z: np.ndarray, y: np.ndarray, weight: np.ndarray, beta: np.ndarray) -> float:
    line = z @ beta
    return float(np.logaddexp(0.0, line).sum() - y @ line + 0.5 * (weight * beta) @ beta)


def _length(z: np.ndarray, y: np.ndarray, weight: np.ndarray, beta: np.ndarray, move: np.ndarray) -> float:
    """The part of a step, halved until the loss falls, that is taken."""
    now, part = _loss(z, y, weight, beta), 1.0
    while part > 1e-6 and _loss(z, y, weight, beta + part * move) > now:
        part /= 2
    return part
