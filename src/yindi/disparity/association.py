"""Spatial association (空间关联): global, bivariate and local Moran's I, Geary's c; W keyed by the caller, order as y."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.core.streams import stream
from yindi.disparity.arrays import Floats, Whole, numbers, shuffles, varied, whole
from yindi.disparity.lag import Weights, weights_of

Tail = Literal["greater", "less", "two-sided"]
LocalTail = Literal["two_sided", "esda"]
_BLOCK = 2_000_000
_AGREE = 1e-9


@dataclass(frozen=True, slots=True)
class Moran:
    """Moran's I with expectation, both variances and their z; `z` is under randomisation, `p` by permutation (normal if none)."""

    i: float
    expected: float
    variance_normal: float
    variance: float
    z_normal: float
    z: float
    p: float
    p_normal: float
    permutations: int


def _normal_p(z: float, tail: Tail) -> float:
    upper = 0.5 * math.erfc(z / math.sqrt(2.0))
    return {"greater": upper, "less": 1.0 - upper, "two-sided": math.erfc(abs(z) / math.sqrt(2.0))}[tail]


def _pseudo_p(observed: float, simulated: Floats, tail: Tail) -> float:
    """(1 + draws at least as extreme) / (draws + 1); draws within rounding of the observed value count as equal to it."""
    slack = _AGREE * max(1.0, abs(observed))
    above = 1 + int(np.sum(simulated >= observed - slack))
    below = 1 + int(np.sum(simulated <= observed + slack))
    count = {"greater": above, "less": below, "two-sided": 2 * min(above, below)}[tail]
    return min(1.0, count / (len(simulated) + 1))


def _permuted(z: Floats, other: Floats, w: Weights, count: int, rng: np.random.Generator) -> Floats:
    """other' W z* for `count` permutations z*; `other` is permuted with z where it is the same array."""
    out = []
    for (rows,) in shuffles((z,), count, rng):
        drawn = np.ascontiguousarray(rows.T)
        lag = w.lag(drawn)
        out.append(np.einsum("nb,nb->b", drawn, lag) if other is z else other @ lag)
    return np.concatenate(out)


def _check_tail(tail: str, where: str) -> None:
    if tail not in ("greater", "less", "two-sided"):
        raise MethodError(f"{where}: alternative is 'greater', 'less' or 'two-sided', got {tail!r}.")


def _moran_variances(z: Floats, w: Weights) -> tuple[float, float]:
    """Variance of I under normality and under randomisation (Cliff & Ord 1981)."""
    n = len(z)
    s0, s1, s2 = w.sums()
    mean2 = 1.0 / (n - 1) ** 2
    normal = (n * n * s1 - n * s2 + 3 * s0 * s0) / (s0 * s0 * (n * n - 1)) - mean2
    kurtosis = float(np.mean(z**4) / np.mean(z**2) ** 2)
    first = n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0 * s0)
    second = kurtosis * ((n * n - n) * s1 - 2 * n * s2 + 6 * s0 * s0)
    return normal, (first - second) / ((n - 1) * (n - 2) * (n - 3) * s0 * s0) - mean2


@method("association", "moran", cites=("Moran 1950", "Cliff & Ord 1981"), laws=("order_free", "scale_free", "shift_free"))
def moran(y: ArrayLike, w: Any, *, permutations: int = 9999, seed: int = 0, alternative: Tail = "greater") -> Moran:
    """Moran's I (莫兰指数) of y (N,) on weights w (N,N), islands allowed; raises MethodError where y does not vary or N < 4."""
    _check_tail(alternative, "moran")
    v = varied(numbers(y, where="moran", least=4), where="moran")
    weights = weights_of(w, len(v), where="moran")
    z = v - v.mean()
    s0, scale = weights.sums()[0], float(z @ z)
    i = len(z) / s0 * float(z @ weights.lag(z)) / scale
    expected = -1.0 / (len(z) - 1)
    normal, randomised = _moran_variances(z, weights)
    if min(normal, randomised) <= 1e-12 * expected**2:
        raise MethodError("moran: every unit neighbours every other alike, so that I is -1 / (n - 1) whatever the values are.")
    z_normal, z_random = (i - expected) / math.sqrt(normal), (i - expected) / math.sqrt(randomised)
    p = _normal_p(z_random, alternative)
    if whole(permutations, name="permutations", least=0, where="moran"):
        drawn = _permuted(z, z, weights, permutations, stream(seed, "disparity.moran"))
        p = _pseudo_p(i, len(z) / s0 * drawn / scale, alternative)
    return Moran(i, expected, normal, randomised, z_normal, z_random, p, _normal_p(z_random, alternative), permutations)


@dataclass(frozen=True, slots=True)
class Bivariate:
    """Bivariate Moran's I of x with the neighbours' y; expectation, z and p by permutation of y."""

    i: float
    expected: float
    z: float
    p: float
    permutations: int


@method(
    "association",
    "bivariate_moran",
    cites=("Wartenberg 1985", "Anselin et al. 2002"),
    laws=("order_free", "scale_free", "shift_free"),
)
def bivariate_moran(
    x: ArrayLike, y: ArrayLike, w: Any, *, permutations: int = 9999, seed: int = 0, alternative: Tail = "two-sided"
) -> Bivariate:
    """Bivariate Moran's I (双变量莫兰指数): x (N,) here against y (N,) at the neighbours; not symmetric in x and y."""
    _check_tail(alternative, "bivariate_moran")
    a, b = (varied(numbers(v, where="bivariate_moran", least=4), where="bivariate_moran") for v in (x, y))
    if a.shape != b.shape:
        raise MethodError(f"bivariate_moran: {len(a)} values of x but {len(b)} of y.")
    weights = weights_of(w, len(a), where="bivariate_moran")
    za, zb = (a - a.mean()) / a.std(), (b - b.mean()) / b.std()
    s0 = weights.sums()[0]
    i = float(za @ weights.lag(zb)) / s0
    drawn = _permuted(zb, za, weights, whole(permutations, name="permutations", least=99, where="bivariate_moran"),
                      stream(seed, "disparity.bivariate")) / s0  # fmt: skip
    expected, spread = float(drawn.mean()), float(drawn.std(ddof=1))
    return Bivariate(i, expected, (i - expected) / spread, _pseudo_p(i, drawn, alternative), permutations)


@dataclass(frozen=True, slots=True)
class Geary:
    """Geary's c (1 where there is no association, below 1 where neighbours resemble each other)."""

    c: float
    expected: float
    variance_normal: float
    variance: float
    z_normal: float
    z: float
    p: float
    permutations: int


def _geary_variances(z: Floats, w: Weights) -> tuple[float, float]:
    n, (s0, s1, s2) = len(z), w.sums()
    normal = ((2 * s1 + s2) * (n - 1) - 4 * s0 * s0) / (2 * (n + 1) * s0 * s0)
    k = float(np.mean(z**4) / np.mean(z**2) ** 2)
    first = (n - 1) * s1 * (n * n - 3 * n + 3 - (n - 1) * k)
    second = (n - 1) * s2 * (n * n + 3 * n - 6 - (n * n - n + 2) * k) / 4.0
    third = s0 * s0 * (n * n - 3 - (n - 1) ** 2 * k)
    return normal, (first - second + third) / (n * (n - 2) * (n - 3) * s0 * s0)


@method("association", "geary", cites=("Geary 1954", "Cliff & Ord 1981"), laws=("order_free", "scale_free", "shift_free"))
def geary(y: ArrayLike, w: Any, *, permutations: int = 0, seed: int = 0, alternative: Tail = "less") -> Geary:
    """Geary's c (吉尔里系数) of y (N,) on weights w (N,N); alternative `less` means resemblance of neighbours."""
    _check_tail(alternative, "geary")
    v = varied(numbers(y, where="geary", least=4), where="geary")
    weights = weights_of(w, len(v), where="geary")
    z = v - v.mean()
    rows, columns, values = weights.entries()
    scale = (len(z) - 1) / (2.0 * float(values.sum()) * float(z @ z))
    c = scale * float(values @ (z[rows] - z[columns]) ** 2)
    normal, randomised = _geary_variances(z, weights)
    if min(normal, randomised) <= 1e-12:
        raise MethodError("geary: every unit neighbours every other alike, so that c is 1 whatever the values are.")
    score = (c - 1.0) / math.sqrt(randomised)
    p = _normal_p(score, alternative)
    if whole(permutations, name="permutations", least=0, where="geary"):
        rng = stream(seed, "disparity.geary")
        drawn = (rng.permutation(z) for _ in range(permutations))
        p = _pseudo_p(c, scale * np.array([values @ (d[rows] - d[columns]) ** 2 for d in drawn]), alternative)
    return Geary(c, 1.0, normal, randomised, (c - 1.0) / math.sqrt(normal), score, p, permutations)


@dataclass(frozen=True, slots=True)
class Local:
    """Local Moran's I_i (N,) with conditional moments, two-sided p, p adjusted for false discovery, and the quadrant.

    `significant` follows the adjusted p; a unit without neighbours has I_i 0, p 1 and quadrant "".
    """

    i: Floats
    expected: Floats
    variance: Floats
    z: Floats
    p: Floats
    p_adjusted: Floats
    quadrant: NDArray[np.str_]
    significant: NDArray[np.bool_]
    permutations: int


def false_discovery(p: Floats) -> Floats:
    """Benjamini-Hochberg adjusted p-values (N,)."""
    order = np.argsort(-p, kind="stable")
    rank = np.arange(len(p), 0, -1)
    out = np.empty_like(p)
    out[order] = np.minimum.accumulate(np.minimum(p[order] * len(p) / rank, 1.0))
    return out


def _draws_without_repeat(n: int, k: int, count: int, rng: np.random.Generator) -> Whole:
    """`count` ordered draws of k out of n without repeat (count,k), by Floyd's algorithm; each prefix is one too."""
    if 4 * k > n:
        return rng.permuted(np.broadcast_to(np.arange(n), (count, n)), axis=1)[:, :k]
    out = np.empty((count, k), dtype=np.intp)
    for j in range(k):
        top = n - k + j
        pick = rng.integers(0, top + 1, count)
        taken = (out[:, :j] == pick[:, None]).any(axis=1)
        out[:, j] = np.where(taken, top, pick)
    return rng.permuted(out, axis=1)


def _neighbours(w: Weights) -> tuple[Whole, Floats]:
    """Start of each row (N+1,) in the list of weights, and the weights."""
    rows, _, values = w.entries()
    return np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=w.n))]), values


def _extreme(own: Floats, w: Weights, lag: Floats, count: int, rng: np.random.Generator, sides: float) -> Floats:
    """p (N,), `sides` times the smaller tail: neighbours' values drawn from all other units, the same draws for every unit."""
    starts, values = _neighbours(w)
    most, n = int(np.diff(starts).max()), w.n
    drawn = np.ascontiguousarray(_draws_without_repeat(n - 1, most, count, rng).T)
    others, p = own.copy(), np.ones(n)
    for i in range(n):
        weight = values[starts[i] : starts[i + 1]]
        if not len(weight):
            continue
        # the last unit stands in the place of unit i, so that 0..n-2 are all the others
        others[i] = own[n - 1]
        simulated = weight @ others[drawn[: len(weight)]]
        others[i] = own[i]
        slack = _AGREE * max(1.0, abs(lag[i]))
        above, below = np.count_nonzero(simulated >= lag[i] - slack), np.count_nonzero(simulated <= lag[i] + slack)
        p[i] = min(1.0, sides * (1 + min(above, below)) / (count + 1))
    return p


def _conditional_moments(z: Floats, w: Weights) -> tuple[Floats, Floats]:
    """Mean and variance of W z (N,) when each unit's neighbours are drawn from the other units (Sokal et al. 1998)."""
    n = len(z)
    rows, _, values = w.entries()
    total, squares = np.bincount(rows, values, n), np.bincount(rows, values**2, n)
    mean = -z / (n - 1)
    spread = (float(z @ z) - z**2) / (n - 1) - mean**2
    return total * mean, spread * (squares - total**2 / (n - 1)) * (n - 1) / (n - 2)


def _local(a: Floats, b: Floats, w: Weights, permutations: int, rng: np.random.Generator, fdr: float, convention: str) -> Local:
    if convention not in ("two_sided", "esda"):
        raise MethodError(f"local Moran: convention is 'two_sided' or 'esda', got {convention!r}.")
    lag = w.lag(b)
    mean, variance = _conditional_moments(b, w)
    linked = variance > 0
    z = np.divide(
        np.sign(a) * (lag - mean), np.sqrt(variance, where=linked, out=np.ones_like(lag)), where=linked, out=np.zeros_like(lag)
    )
    p = (
        _extreme(b, w, lag, permutations, rng, 2.0 if convention == "two_sided" else 1.0)
        if permutations
        else np.array([_normal_p(s, "two-sided") for s in z])
    )
    adjusted = false_discovery(p)
    words = np.array(["LL", "LH", "HL", "HH"])
    quadrant = np.where(linked, words[2 * (a > 0) + (lag > 0)], "")
    return Local(a * lag, a * mean, a**2 * variance, z, p, adjusted, quadrant, linked & (adjusted <= fdr), permutations)


@method(
    "association",
    "local_moran",
    cites=("Anselin 1995", "Sokal et al. 1998", "Benjamini & Hochberg 1995"),
    laws=("order_free_local", "scale_free", "shift_free"),
)
def local_moran(
    y: ArrayLike, w: Any, *, permutations: int = 999, seed: int = 0, fdr: float = 0.05, convention: LocalTail = "two_sided"
) -> Local:
    """Local Moran's I (局部莫兰指数) of y (N,) on w (N,N): conditional permutation, false discovery held at `fdr`.

    Convention `esda` halves p, as esda's `p_sim` does, which takes the smaller tail alone.
    """
    v = varied(numbers(y, where="local_moran", least=4), where="local_moran")
    weights = weights_of(w, len(v), where="local_moran")
    z = (v - v.mean()) / v.std()
    count = whole(permutations, name="permutations", least=0, where="local_moran")
    return _local(z, z, weights, count, stream(seed, "disparity.local"), fdr, convention)


@method(
    "association", "local_bivariate_moran", cites=("Anselin et al. 2002",), laws=("order_free_local", "scale_free", "shift_free")
)
def local_bivariate_moran(
    x: ArrayLike,
    y: ArrayLike,
    w: Any,
    *,
    permutations: int = 999,
    seed: int = 0,
    fdr: float = 0.05,
    convention: LocalTail = "two_sided",
) -> Local:
    """Local bivariate Moran's I (双变量局部莫兰指数): x (N,) here, y (N,) at the neighbours; moments and p as the local one."""
    where = "local_bivariate_moran"
    a, b = (varied(numbers(v, where=where, least=4), where=where) for v in (x, y))
    if a.shape != b.shape:
        raise MethodError(f"{where}: {len(a)} values of x but {len(b)} of y.")
    weights = weights_of(w, len(a), where=where)
    za, zb = (a - a.mean()) / a.std(), (b - b.mean()) / b.std()
    count = whole(permutations, name="permutations", least=0, where=where)
    return _local(za, zb, weights, count, stream(seed, "disparity.local"), fdr, convention)
