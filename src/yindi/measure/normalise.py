"""Normalisation (标准化): indicators of different units made comparable. The scope decides what may be compared with what.

Arrays are (N,J), or (R,T,J) where the scope needs years. Scopes: `pooled` (all regions and years share one yardstick; comparable
over time), `per_year` (each year its own; only ranks within a year mean anything), `base_year` (the yardstick of one year; values
may leave [0, 1]). Direction is 1 where more is better, -1 where less is. A constant column is refused unless `constant` says what
it becomes, since nothing can be read from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.measure.check import CONSTANT, extent, finite
from yindi.measure.ranks import mean_ranks

Scope = Literal["pooled", "per_year", "base_year"]
SCOPES = ("pooled", "per_year", "base_year")
OECD = "OECD/JRC (2008) Handbook on Constructing Composite Indicators"


@dataclass(frozen=True, slots=True)
class Scale:
    """A fitted affine yardstick: `zero` becomes 0 and `one` becomes 1, both (1,1,J) or (1,T,J).

    Keep it to add a region or a year later: applying it leaves all earlier values as they were. `constant` holds what a column
    without spread becomes (NaN: such columns were refused).
    """

    zero: np.ndarray
    one: np.ndarray
    clip: bool = False
    constant: float = np.nan

    def apply(self, x: ArrayLike) -> np.ndarray:
        """Values of `x` (N,J) or (R,T,J) on this yardstick; raises MethodError when columns or years do not fit it."""
        array = finite(x, where="scale", ndim=(2, 3))
        box = _box(array)
        if box.shape[2] != self.zero.shape[2] or self.zero.shape[1] not in (1, box.shape[1]):
            raise MethodError(f"scale: fitted for (years, columns) {self.zero.shape[1:]}, applied to shape {array.shape}.")
        flat = _flat(self.zero, self.one)
        z = box - self.zero
        z /= np.where(flat, 1.0, self.one - self.zero)
        z += 0.0
        z = np.where(flat, self.constant, z) if flat.any() else z
        return (np.clip(z, 0.0, 1.0) if self.clip else z).reshape(array.shape)


def _box(x: np.ndarray) -> np.ndarray:
    return x if x.ndim == 3 else x[:, None, :]


def _flat(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    return np.asarray(np.abs(high - low) <= CONSTANT * np.maximum(np.abs(low), np.abs(high)))


def _directions(direction: ArrayLike, columns: int, *, where: str) -> np.ndarray:
    given = np.asarray(direction)
    if given.shape not in ((), (columns,)) or not np.isin(given, (-1, 1)).all():
        raise MethodError(f"{where}: direction is 1 or -1, once or for each of {columns} columns; got {given.tolist()}.")
    return np.broadcast_to(given, (columns,)).astype(float)


def _reference(x: np.ndarray, scope: str, base: int, *, where: str) -> tuple[np.ndarray, tuple[int, ...]]:
    """The part of (R,T,J) the yardstick is read from, and the axes it is read over."""
    if scope not in SCOPES:
        raise MethodError(f"{where}: scope is one of {SCOPES}, not {scope!r}.")
    if scope != "pooled" and x.ndim != 3:
        raise MethodError(f"{where}: scope {scope!r} needs regions x years x indicators, got shape {x.shape}.")
    box = _box(x)
    if scope == "per_year":
        return box, (0,)
    if scope == "base_year" and not -box.shape[1] <= base < box.shape[1]:
        raise MethodError(f"{where}: base year {base} is outside the {box.shape[1]} years.")
    return (box[:, [base]] if scope == "base_year" else box), (0, 1)


def _ends(part: np.ndarray, axes: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    if len(axes) == 1:
        return part.min(axis=axes, keepdims=True), part.max(axis=axes, keepdims=True)
    low, high = extent(part.reshape(-1, part.shape[-1]))
    return low[None, None], high[None, None]


def _refuse_flat(flat: np.ndarray, constant: float | None, *, where: str) -> None:
    if constant is None and flat.any():
        columns = np.flatnonzero(flat.any(axis=(0, 1))).tolist()
        raise MethodError(f"{where}: columns {columns} are constant; leave them out, or say with constant= what they become.")


def fit_minmax(
    x: ArrayLike,
    *,
    direction: ArrayLike,
    scope: Scope = "pooled",
    goalposts: ArrayLike | None = None,
    base: int = 0,
    clip: bool = False,
    constant: float | None = None,
) -> Scale:
    """The min-max yardstick of `x`; see `minmax`."""
    array = finite(x, where="minmax", ndim=(2, 3))
    signs = _directions(direction, array.shape[-1], where="minmax")
    if goalposts is None:
        part, axes = _reference(array, scope, base, where="minmax")
        low, high = _ends(part, axes)
    else:
        low, high = _posts(goalposts, array.shape[-1])
    _refuse_flat(_flat(low, high), constant, where="minmax")
    zero, one = np.where(signs > 0, low, high), np.where(signs > 0, high, low)
    return Scale(zero, one, clip, np.nan if constant is None else constant)


def _posts(goalposts: ArrayLike, columns: int) -> tuple[np.ndarray, np.ndarray]:
    posts = finite(goalposts, where="minmax goalposts")
    if posts.shape != (columns, 2) or (posts[:, 0] >= posts[:, 1]).any():
        raise MethodError(
            f"minmax: goalposts are (low, high) with low < high for each of {columns} columns, got {posts.tolist()}."
        )
    return posts[None, None, :, 0], posts[None, None, :, 1]


@method("normaliser", "minmax", cites=(OECD,), laws=("monotone", "unit_free", "bounded", "row_order_free", "refuses_nan"))
def minmax(
    x: ArrayLike,
    *,
    direction: ArrayLike,
    scope: Scope = "pooled",
    goalposts: ArrayLike | None = None,
    base: int = 0,
    clip: bool = False,
    constant: float | None = None,
) -> np.ndarray:
    """Min-max (极差标准化): worst 0, best 1, over the scope or between goalposts (J,2) low, high; shape of `x`.

    With goalposts or a base year values may leave [0, 1] unless `clip`. A constant column without `constant` raises MethodError.
    """
    return fit_minmax(
        x, direction=direction, scope=scope, goalposts=goalposts, base=base, clip=clip, constant=constant
    ).apply(x)  # fmt: skip


@method("normaliser", "zscore", cites=(OECD,), laws=("monotone", "unit_free", "row_order_free", "refuses_nan"))
def zscore(
    x: ArrayLike, *, direction: ArrayLike, scope: Scope = "pooled", base: int = 0, ddof: int = 1, constant: float | None = None
) -> np.ndarray:
    """Z-scores (Z-score 标准化): mean 0, standard deviation 1 over the scope (ddof 1: OECD Table 15), direction applied."""
    array = finite(x, where="zscore", ndim=(2, 3))
    signs = _directions(direction, array.shape[-1], where="zscore")
    part, axes = _reference(array, scope, base, where="zscore")
    low, high = part.min(axis=axes, keepdims=True), part.max(axis=axes, keepdims=True)
    flat = _flat(low, high)
    _refuse_flat(flat, constant, where="zscore")
    mean = part.mean(axis=axes, keepdims=True)
    free = max(1, int(np.prod([part.shape[a] for a in axes])) - ddof)
    spread = np.sqrt(np.square(part - mean).sum(axis=axes, keepdims=True) / free)
    z = signs * (_box(array) - mean) / np.where(flat, 1.0, spread)
    return np.where(flat, 0.0 if constant is None else constant, z + 0.0).reshape(array.shape)


@method("normaliser", "rank", cites=(OECD,), laws=("monotone", "unit_free", "row_order_free", "refuses_nan"))
def rank(x: ArrayLike, *, direction: ArrayLike, scope: Scope = "pooled", scaled: bool = False) -> np.ndarray:
    """Ranks 1..n within the scope, n the best, ties at their mean; `scaled` maps them to [0, 1] (a single row to 1/2)."""
    array = finite(x, where="rank", ndim=(2, 3))
    signed = _box(array) * _directions(direction, array.shape[-1], where="rank")
    if scope == "base_year":
        raise MethodError("rank: knows the scopes 'pooled' and 'per_year'; ranks carry over from no base year.")
    _reference(array, scope, 0, where="rank")
    flat = signed if scope == "per_year" else signed.reshape(-1, 1, signed.shape[2])
    ranks = np.moveaxis(mean_ranks(np.moveaxis(flat, 0, -1)), -1, 0)
    if scaled:
        n = flat.shape[0]
        ranks = (ranks - 1) / (n - 1) if n > 1 else np.full_like(ranks, 0.5)
    return ranks.reshape(array.shape)


@method("normaliser", "distance_to_frontier", cites=("World Bank (2014) Doing Business", OECD),
        laws=("monotone", "unit_free", "row_order_free", "refuses_nan"))  # fmt: skip
def distance_to_frontier(
    x: ArrayLike,
    *,
    direction: ArrayLike,
    frontier: ArrayLike | None = None,
    worst: ArrayLike | None = None,
    scope: Scope = "pooled",
    constant: float | None = None,
) -> np.ndarray:
    """Position between the worst (0) and the frontier (1): (x - worst) / (frontier - worst); shape of `x`.

    `frontier` and `worst` (J,) default to the best and worst value over the scope (then equal to min-max); with a given frontier
    values above 1 lie beyond it.
    """
    array = finite(x, where="distance_to_frontier", ndim=(2, 3))
    signs = _directions(direction, array.shape[-1], where="distance_to_frontier")
    part, axes = _reference(array, scope, 0, where="distance_to_frontier")
    low, high = part.min(axis=axes, keepdims=True), part.max(axis=axes, keepdims=True)
    one = np.where(signs > 0, high, low) if frontier is None else _given(frontier, signs.size, high.shape)
    zero = np.where(signs > 0, low, high) if worst is None else _given(worst, signs.size, high.shape)
    if (signs * (one - zero) < 0).any():
        raise MethodError("distance_to_frontier: the frontier lies on the wrong side of the worst value; check direction.")
    _refuse_flat(_flat(zero, one), constant, where="distance_to_frontier")
    return Scale(zero, one, False, np.nan if constant is None else constant).apply(array)


def _given(values: ArrayLike, columns: int, shape: tuple[int, ...]) -> np.ndarray:
    array = finite(values, where="distance_to_frontier", ndim=(1,))
    if array.size != columns:
        raise MethodError(f"distance_to_frontier: {array.size} reference values for {columns} columns.")
    return np.broadcast_to(array, shape)


@method("normaliser", "ratio", cites=(OECD,), laws=("monotone", "row_order_free", "refuses_nan"))
def ratio(
    x: ArrayLike,
    *,
    direction: ArrayLike,
    scope: Scope = "pooled",
    base: int = 0,
    convention: Literal["inverse", "complement"] = "inverse",
) -> np.ndarray:
    """Ratio to the best (比值法): x / max, and min / x where less is better; values above 0 only.

    `convention="complement"` gives 1 - x / max where less is better (pymcdm's max normalisation).
    """
    if convention not in ("inverse", "complement"):
        raise MethodError(f"ratio: convention is 'inverse' or 'complement', not {convention!r}.")
    array = finite(x, where="ratio", ndim=(2, 3))
    if (array <= 0).any():
        raise MethodError(f"ratio: needs values above 0, the lowest is {array.min():g}; use minmax.")
    signs = _directions(direction, array.shape[-1], where="ratio")
    part, axes = _reference(array, scope, base, where="ratio")
    box = _box(array)
    best, least = part.max(axis=axes, keepdims=True), part.min(axis=axes, keepdims=True)
    lower = least / box if convention == "inverse" else 1 - box / best
    return np.asarray(np.where(signs > 0, box / best, lower)).reshape(array.shape)


@method("normaliser", "vector", cites=("Hwang & Yoon (1981) Multiple Attribute Decision Making",),
        laws=("monotone", "row_order_free", "refuses_nan"))  # fmt: skip
def vector(x: ArrayLike, *, direction: ArrayLike, scope: Scope = "pooled", base: int = 0) -> np.ndarray:
    """Vector normalisation (向量归一化): x / sqrt(sum of squares) over the scope; less-is-better columns change their sign."""
    array = finite(x, where="vector", ndim=(2, 3))
    signs = _directions(direction, array.shape[-1], where="vector")
    part, axes = _reference(array, scope, base, where="vector")
    length = np.sqrt((part**2).sum(axis=axes, keepdims=True))
    if (length == 0).any():
        raise MethodError("vector: a column is zero throughout; leave it out.")
    return np.asarray(signs * _box(array) / length + 0.0).reshape(array.shape)


@method("normaliser", "efficacy", cites=("功效系数法, Chinese statistical practice: 60 + 40 x min-max",),
        laws=("monotone", "unit_free", "row_order_free", "refuses_nan"))  # fmt: skip
def efficacy(
    x: ArrayLike, *, direction: ArrayLike, scope: Scope = "pooled", base: int = 0, floor: float = 60.0, top: float = 100.0
) -> np.ndarray:
    """Efficacy coefficients (功效系数): min-max stretched to [floor, top]."""
    return floor + (top - floor) * minmax(x, direction=direction, scope=scope, base=base)


@method("normaliser", "toward", cites=("区间型与适度型指标: moderate and interval indicators",), laws=("refuses_nan",))
def toward(x: ArrayLike, *, low: ArrayLike, high: ArrayLike | None = None) -> np.ndarray:
    """Indicators with a best interval (适度指标): 1 within [low, high], linearly down to 0 at the farthest value; (N,J)."""
    array = finite(x, where="toward")
    floor = np.broadcast_to(np.asarray(low, dtype=float), array.shape[1:])
    top = floor if high is None else np.broadcast_to(np.asarray(high, dtype=float), array.shape[1:])
    if (floor > top).any():
        raise MethodError("toward: low must not exceed high.")
    away = np.maximum(np.maximum(floor - array, array - top), 0.0)
    farthest = away.max(axis=0)
    return np.asarray(1 - away / np.where(farthest > 0, farthest, 1.0))
