"""Small-sample bias of rho: what maximum likelihood of a spatial lag model misses on average in a panel of few regions."""

from __future__ import annotations

from typing import Literal

import numpy as np

from yindi.core.errors import MethodError
from yindi.disparity.arrays import Floats
from yindi.disparity.lag import DENSE_UP_TO, Weights

Correction = Literal["second_order", "none"]


def corrects_by(w: Weights, effects: str, convention: str, correction: str, where: str) -> Weights | None:
    """W where the bias of rho is to be taken off: lee_yu with region effects, up to 400 regions (beyond, it is negligible)."""
    if correction not in ("second_order", "none"):
        raise MethodError(f"{where}: correction is 'second_order' or 'none', got {correction!r}.")
    applies = convention == "lee_yu" and effects in ("twoways", "region") and w.n <= DENSE_UP_TO
    return w if applies and correction == "second_order" else None


def lag_bias(
    rho: float, beta: Floats, sigma2: float, x: Floats, w: Floats, years: int, *, by_year: bool
) -> tuple[float, float]:  # fmt: skip
    """Second-order bias and standard error of the maximum-likelihood rho of y = rho W y + x beta + e, effects swept out.

    e is normal, x (R T,K) demeaned, w (R,R) dense, `years` the free years; `by_year` where one region is given up for year
    effects (rows of w then sum to 1). Stochastic expansion of the concentrated score s with information H, after Bao (2013) and
    Yang (2015): E(rho^ - rho) = E s / H + E(s s') / H^2 + E s'' E s^2 / (2 H^3). Its first term, which comes from the K
    regressors, is what Hillier & Martellosio (2018) remove by recentring s. The error is (E s^2)^1/2 / H.
    """
    n, k = len(w), x.shape[1]
    free = years * (n - by_year) - k
    g = w @ np.linalg.inv(np.eye(n) - rho * w)
    centre = np.eye(n) - by_year / n
    lagged = (centre @ g @ x.reshape(n, -1)).reshape(x.shape)
    explained = np.linalg.lstsq(x, lagged, rcond=None)[0]
    signal = (lagged - x @ explained) @ beta
    strength = float(signal @ signal) / sigma2
    back = (g.T @ signal.reshape(n, -1)).ravel()
    g = centre @ g @ centre
    square = g @ g
    t1, t2, t3 = (years * float(np.trace(m)) for m in (g, square, square @ g))
    slope = t1 / free
    tilt, noise = (g + g.T) / 2 - slope * centre, g.T @ g
    ratio = (strength + years * float(np.trace(noise))) / free
    information = free * (ratio - 2 * slope**2) + t2
    variance = 2 * years * float(np.sum(tilt * tilt)) + strength
    third = -(free * (6 * slope * ratio - 8 * slope**3) + 2 * t3)
    turning = 2 * years * float(np.sum(tilt * (ratio * centre - noise))) - 2 * float(signal @ back) / sigma2
    mean_score = k * slope - (1 + k / free) * float(np.trace(explained))
    bias = mean_score + (turning + 4 * slope * variance) / information + third * variance / (2 * information**2)
    return bias / information, float(np.sqrt(variance)) / information
