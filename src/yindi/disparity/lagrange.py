"""Lagrange multiplier tests of a panel without spatial terms: does it lack a spatial lag, a spatial error, or both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from yindi.disparity.regress import chi2_p
from yindi.disparity.spatial import Effects, check_rank, inputs, prepare


@dataclass(frozen=True, slots=True)
class Lagrange:
    """LM statistics (chi-square, one degree of freedom) and their p; the robust ones allow for the other kind of dependence."""

    lag: float
    lag_p: float
    error: float
    error_p: float
    robust_lag: float
    robust_lag_p: float
    robust_error: float
    robust_error_p: float


def lagrange(y: ArrayLike, x: ArrayLike, w: Any, *, effects: Effects = "twoways") -> Lagrange:
    """LM and robust LM tests (拉格朗日乘数检验) of y (R,T) on x (R,T,K) for w (R,R) after Anselin et al. (1996), Elhorst (2010).

    Effects are demeaned away; raises MethodError on what `spatial.sdm` refuses.
    """
    v, given, weights = inputs(y, x, w, "lagrange")
    data = prepare(v, given, weights, effects, "direct", "lagrange")
    check_rank(data.x, "lagrange")
    years = data.shape[1]
    beta = np.linalg.solve(data.x.T @ data.x, data.x.T @ data.y)
    e, we = data.y - data.x @ beta, data.wy - data.wx @ beta
    s2 = float(e @ e) / len(e)
    fitted = data.wx @ beta
    left = fitted - data.x @ np.linalg.solve(data.x.T @ data.x, data.x.T @ fitted)
    _, _, values = weights.entries()
    mutual = float((weights.sparse.multiply(weights.sparse.T)).sum())
    trace = years * (mutual + float(values @ values))
    j = (float(left @ left) + trace * s2) / s2
    to_lag, to_error = float(e @ data.wy) / s2, float(e @ we) / s2
    found = (
        to_lag**2 / j,
        to_error**2 / trace,
        (to_lag - to_error) ** 2 / (j - trace),
        (to_error - trace / j * to_lag) ** 2 / (trace * (1.0 - trace / j)),
    )
    lag, error, robust_lag, robust_error = ((value, chi2_p(value, 1)) for value in found)
    return Lagrange(*lag, *error, *robust_lag, *robust_error)
