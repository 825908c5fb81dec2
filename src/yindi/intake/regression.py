"""Two-way fixed effects over a panel with gaps: the imputer `panel_regression` and its intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.intake.impute import Filled, checked

QUANTILE = 1.6448536269514722


def _components(known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Number of the connected part of each region (R,) and year (T,) in the graph of known cells; -1 where nothing is known."""
    region, year = np.full(known.shape[0], -1), np.full(known.shape[1], -1)
    for start in np.flatnonzero(known.any(axis=1)):
        if region[start] >= 0:
            continue
        rows = np.zeros(len(region), bool)
        rows[start] = True
        columns = known[rows].any(axis=0)
        while (reached := np.flatnonzero(known[:, columns].any(axis=1))).size > rows.sum():
            rows[reached] = True
            columns = known[rows].any(axis=0)
        region[rows], year[columns] = start, start
    return region, year


def _design(shape: tuple[int, int], covariates: Sequence[np.ndarray]) -> np.ndarray:
    regions, years = np.indices(shape)
    dummies = [regions.reshape(-1)[:, None] == np.arange(shape[0]), years.reshape(-1)[:, None] == np.arange(shape[1])]
    extra = [np.where(np.isfinite(c), c, 0.0).reshape(-1, 1) for c in covariates]
    return np.hstack([*(d.astype(float) for d in dummies), *extra])


@method("imputer", "panel_regression", laws=("keeps_observed", "region_order_free"))
def panel_regression(x: np.ndarray, known: np.ndarray, *, covariates: Sequence[np.ndarray] = ()) -> Filled:
    """Two-way fixed effects (双向固定效应) of region and year, with covariates (R,T; NaN where absent), by least squares.

    In logs where all known values and covariates are above zero. `low` and `high` are 90 % prediction intervals (normal, from the
    residual variance); a cell without known values in its region and year, or without its covariates, stays unfilled.
    """
    values, mask = checked(x, known)
    if any(np.asarray(c).shape != values.shape for c in covariates):
        raise MethodError("panel_regression takes covariates of the shape of the variable (R,T).")
    given = np.ones(values.shape, bool)
    for c in covariates:
        given &= np.isfinite(c)
    have = mask & given
    if not have.any():
        return Filled(values, mask)
    logs = bool((values[have] > 0).all() and all((np.asarray(c)[np.isfinite(c)] > 0).all() for c in covariates))
    side = [np.log(np.where(np.isfinite(c), c, 1.0)) if logs else np.asarray(c, float) for c in covariates]
    y = np.log(np.where(have, values, 1.0)) if logs else values
    design, at = _design(values.shape, side), have.reshape(-1)
    inverse = np.linalg.pinv(design[at].T @ design[at], hermitian=True, rcond=1e-12)
    beta = inverse @ (design[at].T @ y.reshape(-1)[at])
    residual = y.reshape(-1)[at] - design[at] @ beta
    free = int(at.sum()) - int(np.linalg.matrix_rank(design[at]))
    sigma = float(np.sqrt(residual @ residual / free)) if free > 0 else 0.0
    fitted = (design @ beta).reshape(values.shape)
    spread = sigma * np.sqrt(1 + np.einsum("ij,jk,ik->i", design, inverse, design).clip(min=0)).reshape(values.shape)
    region, year = _components(have)
    can = ~mask & given & (region[:, None] >= 0) & (region[:, None] == year[None, :])
    made = [np.exp(v) if logs else v for v in (fitted, fitted - QUANTILE * spread, fitted + QUANTILE * spread)]
    filled, low, high = (np.where(can, v, values) for v in made)
    return Filled(filled, mask | can, low, high)
