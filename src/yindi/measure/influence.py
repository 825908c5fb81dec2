"""What an indicator really decides (有效权重), and how far two rankings agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.measure.check import constant, finite, simplex
from yindi.measure.ranks import mean_ranks, ranks

PARUOLO = "Paruolo, Saisana & Saltelli (2013) Journal of the Royal Statistical Society A 176(3):609-634"


@dataclass(frozen=True, slots=True)
class Influence:
    """Nominal weights, shares of the index's variance (sum 1, may be negative), and correlations with the index; each (J,)."""

    nominal: np.ndarray
    variance_share: np.ndarray
    correlation: np.ndarray


def influence(z: ArrayLike, w: ArrayLike) -> Influence:
    """Effective weights of an arithmetic index: w_j cov(z_j, index) / var(index), and the correlation ratio of linear fits.

    A nominal weight says what one unit of z_j adds; the shares say how much of the differences between rows it makes (Paruolo,
    Saisana & Saltelli 2013). Raises MethodError where the index does not vary.
    """
    array = finite(z, where="influence", ndim=(2, 3))
    rows = array.reshape(-1, array.shape[-1])
    weights = simplex(w, rows.shape[1], where="influence weights")
    index = rows @ weights
    away = index - index.mean()
    variance = float(away @ away)
    if constant(index[:, None])[0]:
        raise MethodError("influence: the index is the same in all rows.")
    covariance = (rows - rows.mean(axis=0)).T @ away
    spread = np.sqrt(((rows - rows.mean(axis=0)) ** 2).sum(axis=0) * variance)
    flat = constant(rows)
    correlation = np.where(flat, 0.0, covariance / np.where(flat, 1.0, spread))
    return Influence(weights, weights * covariance / variance, correlation)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Spearman's and Kendall's (tau b) correlation, the mean and the largest shift in places."""

    spearman: float
    kendall: float
    mean_shift: float
    largest_shift: int


def agreement(a: ArrayLike, b: ArrayLike) -> Agreement:
    """How far two indices (N,) rank the same regions alike; raises MethodError where one of them does not vary."""
    one, two = (finite(v, where="agreement", ndim=(1,)) for v in (a, b))
    if one.shape != two.shape or np.ptp(one) == 0 or np.ptp(two) == 0:
        raise MethodError(f"agreement: needs two indices that vary over the same regions, got shapes {one.shape}, {two.shape}.")
    spearman = float(np.corrcoef(mean_ranks(one), mean_ranks(two))[0, 1])
    upper = np.triu_indices(one.size, 1)
    left, right = (np.sign(v[:, None] - v[None, :])[upper] for v in (one, two))
    kendall = float((left @ right) / np.sqrt((left @ left) * (right @ right)))
    shift = np.abs(ranks(one) - ranks(two))
    return Agreement(spearman, kendall, float(shift.mean()), int(shift.max()))
