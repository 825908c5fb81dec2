"""Aggregation (合成): normalised values (N,J) or (R,T,J), more is better, and weights (J,) to one index per row."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.measure.check import extent, finite, nonnegative, simplex, stretches

OECD = "OECD/JRC (2008) Handbook on Constructing Composite Indicators"


def _pair(z: ArrayLike, w: ArrayLike, *, where: str) -> tuple[np.ndarray, np.ndarray]:
    array = finite(z, where=where, ndim=(2, 3))
    return array, simplex(w, array.shape[-1], where=f"{where} weights")


@method(
    "aggregate", "arithmetic", cites=(OECD,), laws=("monotone", "idempotent", "within_range", "row_order_free", "refuses_nan")
)
def arithmetic(z: ArrayLike, w: ArrayLike) -> np.ndarray:
    """Weighted arithmetic mean (线性加权), (N,) or (R,T): a low value is made up for by a high one in full."""
    array, weights = _pair(z, w, where="arithmetic")
    return np.asarray((array * weights).sum(axis=-1))


@method("aggregate", "geometric", cites=(OECD,), laws=("monotone", "idempotent", "within_range", "row_order_free", "refuses_nan"))
def geometric(z: ArrayLike, w: ArrayLike) -> np.ndarray:
    """Weighted geometric mean (几何加权); values at least 0. One 0 with weight makes the whole 0; see `lift`."""
    array, weights = _pair(z, w, where="geometric")
    used = nonnegative(array[..., weights > 0], where="geometric")
    with np.errstate(divide="ignore"):
        return np.asarray(np.exp((np.log(used) * weights[weights > 0]).sum(axis=-1)))


def lift(z: ArrayLike, *, floor: float = 0.01) -> np.ndarray:
    """Values of [0, 1] moved to [floor, 1], so that the worst of one indicator does not set a geometric mean to 0.

    Values above 1 (a base year, goalposts) keep their order; raises MethodError for values below 0.
    """
    if not 0 < floor < 1:
        raise MethodError(f"lift: the floor lies between 0 and 1, got {floor:g}.")
    return np.asarray(floor + (1 - floor) * nonnegative(finite(z, where="lift", ndim=(2, 3)), where="lift"))


@method("aggregate", "harmonic", cites=(OECD,), laws=("monotone", "idempotent", "within_range", "row_order_free", "refuses_nan"))
def harmonic(z: ArrayLike, w: ArrayLike) -> np.ndarray:
    """Weighted harmonic mean; values at least 0, one 0 with weight makes the whole 0."""
    array, weights = _pair(z, w, where="harmonic")
    used = nonnegative(array[..., weights > 0], where="harmonic")
    with np.errstate(divide="ignore"):
        return np.asarray(1.0 / (weights[weights > 0] / used).sum(axis=-1))


@method("aggregate", "topsis", cites=("Hwang & Yoon (1981) Multiple Attribute Decision Making",),
        laws=("monotone", "within_unit", "row_order_free", "refuses_nan"))  # fmt: skip
def topsis(
    z: ArrayLike, w: ArrayLike, *, ideal: ArrayLike | None = None, worst: ArrayLike | None = None, weigh: str = "coordinates"
) -> np.ndarray:
    """TOPSIS closeness (优劣解距离法) d- / (d+ + d-), (N,) or (R,T), in [0, 1].

    Ideal and worst points (J,) are the best and worst of all rows if not given.
    `weigh="coordinates"` weighs values before distances are taken (w squared acts; Hwang & Yoon), "distances" weighs squared
    distances (w acts). Raises MethodError where ideal and worst point coincide.
    """
    array, weights = _pair(z, w, where="topsis")
    if weigh not in ("coordinates", "distances"):
        raise MethodError(f"topsis: weigh is 'coordinates' or 'distances', not {weigh!r}.")
    rows = array.reshape(-1, array.shape[-1])
    low, high = extent(rows)
    top = high if ideal is None else _point(ideal, rows.shape[1])
    bottom = low if worst is None else _point(worst, rows.shape[1])
    metric = weights**2 if weigh == "coordinates" else weights
    if not ((top - bottom) ** 2 @ metric) > 0:
        raise MethodError("topsis: no weighted column varies; the ideal and the worst point coincide.")
    far, near = _distance(rows, bottom, metric), _distance(rows, top, metric)
    return np.asarray(far / (far + near)).reshape(array.shape[:-1])


def _distance(rows: np.ndarray, point: np.ndarray, metric: np.ndarray) -> np.ndarray:
    squares = [np.square(part - point) @ metric for part in stretches(rows)]
    return np.asarray(np.sqrt(np.concatenate(squares)))


def _point(values: ArrayLike, columns: int) -> np.ndarray:
    point = finite(values, where="topsis point", ndim=(1,))
    if point.size != columns:
        raise MethodError(f"topsis: a point of {point.size} values for {columns} columns.")
    return point


@method("aggregate", "penalised", cites=("Mazziotta & Pareto (2013) Rivista Italiana di Economia Demografia e Statistica 67(2)",),
        laws=("idempotent", "row_order_free", "refuses_nan"))  # fmt: skip
def penalised(z: ArrayLike, w: ArrayLike, *, sign: int = -1) -> np.ndarray:
    """Mazziotta-Pareto index: mean with a penalty for imbalance, M (1 + sign cv^2), cv the weighted coefficient of variation.

    The published index standardises to mean 100, standard deviation 10 and weighs equally; values must have a mean above 0.
    """
    array, weights = _pair(z, w, where="penalised")
    if sign not in (-1, 1):
        raise MethodError(f"penalised: sign is -1 or 1, not {sign}.")
    mean = (array * weights).sum(axis=-1)
    if (mean < 0).any():
        raise MethodError(f"penalised: a mean is {mean.min():g}; use values at least 0 (the authors: mean 100, sd 10).")
    variance = ((array - mean[..., None]) ** 2 * weights).sum(axis=-1)
    return np.asarray(mean + sign * variance / np.where(mean > 0, mean, 1.0))


@method("aggregate", "benefit_of_doubt", cites=("Cherchye et al. (2007) Social Indicators Research 82(1):111-145", OECD),
        laws=("within_unit", "row_order_free", "refuses_nan"))  # fmt: skip
def benefit_of_doubt(
    z: ArrayLike, *, share_bounds: tuple[ArrayLike, ArrayLike] | None = None, share_of: str = "weights"
) -> np.ndarray:
    """Benefit of the doubt (数据包络式合成), (N,) in [0, 1]: each row with the weights that flatter it most, no row above 1.

    `share_bounds` (low, high), numbers or (J,), bound each indicator's share of the sum of weights (OECD Table 19), or with
    `share_of="contributions"` its share of the row's own total (pie shares). One linear programme a row, solved by HiGHS.
    Values at least 0. Raises MethodError where no weights satisfy the bounds.
    """
    array = nonnegative(finite(z, where="benefit_of_doubt"), where="benefit_of_doubt")
    if share_of not in ("weights", "contributions"):
        raise MethodError(f"benefit_of_doubt: share_of is 'weights' or 'contributions', not {share_of!r}.")
    if (array.max(axis=0) == 0).any():
        zero = np.flatnonzero(array.max(axis=0) == 0).tolist()
        raise MethodError(f"benefit_of_doubt: columns {zero} are zero throughout; leave them out.")
    limits = None if share_bounds is None else _share_bounds(share_bounds, array.shape[1])
    parts = array if share_of == "contributions" else np.ones_like(array)
    return np.array([_best_score(array, n, parts[n], limits) for n in range(array.shape[0])])


def _share_bounds(bounds: tuple[ArrayLike, ArrayLike], columns: int) -> tuple[np.ndarray, np.ndarray]:
    low, high = (np.broadcast_to(np.asarray(b, dtype=float), (columns,)) for b in bounds)
    if (low < 0).any() or (low > high).any() or low.sum() > 1 or high.sum() < 1:
        raise MethodError(
            f"benefit_of_doubt: shares must satisfy 0 <= low <= high, sums of low <= 1 <= of high; "
            f"got {low.tolist()} and {high.tolist()}."
        )
    return low, high


def _best_score(z: np.ndarray, row: int, part: np.ndarray, limits: tuple[np.ndarray, np.ndarray] | None) -> float:
    from scipy.optimize import linprog

    upper, right = z, np.ones(z.shape[0])
    if limits is not None:
        if (part[limits[0] > 0] == 0).any():
            raise MethodError(f"benefit_of_doubt: row {row} has a zero whose share must be above 0; lift zeros first.")
        pie = np.diag(part)
        upper = np.vstack([z, np.outer(limits[0], part) - pie, pie - np.outer(limits[1], part)])
        right = np.concatenate([right, np.zeros(2 * part.size)])
    found = linprog(-z[row], A_ub=upper, b_ub=right, bounds=(0, None), method="highs")
    if found.status != 0:
        raise MethodError(f"benefit_of_doubt: row {row}: {found.message}")
    return float(min(-found.fun, 1.0))
