"""Dynamics of the distribution: Markov chains (马尔可夫链) and spatial Markov chains; kernel densities come from density.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.core.streams import stream
from yindi.disparity.arrays import Floats, Whole, numbers, whole
from yindi.disparity.density import kde, modes, silverman_test
from yindi.disparity.lag import Weights, weights_of
from yindi.disparity.regress import chi2_p

__all__ = ["Homogeneity", "Markov", "SpatialMarkov", "homogeneity", "kde", "markov", "modes", "silverman_test", "spatial_markov"]

THIN = 5


@dataclass(frozen=True, slots=True)
class Homogeneity:
    """Tests that several chains are one: Q (chi-square) and LR with their p and degrees of freedom."""

    q: float
    q_p: float
    lr: float
    lr_p: float
    freedom: int


@dataclass(frozen=True, slots=True)
class Markov:
    """k classes, class 0 lowest: `cuts` (k-1,), `classes` (R,T), `counts` (k,k), `p` (k,k), `n` per row, ergodic vector, passage.

    A class that never starts a transition keeps its row of zeros in `p` (n 0). `steady` is None where the chain has no single
    ergodic vector; `passage` holds mean first passage times, infinite where there is no way. `thin` marks rows with n below 5.
    `q` and `lr` test the first half of the years against the second.
    """

    cuts: Floats
    classes: Whole
    counts: Floats
    p: Floats
    n: Floats
    steady: Floats | None
    passage: Floats
    thin: np.ndarray
    homogeneity: Homogeneity

    @property
    def q(self) -> float:
        """Chi-square of homogeneity over time."""
        return self.homogeneity.q

    @property
    def lr(self) -> float:
        """Likelihood ratio of homogeneity over time."""
        return self.homogeneity.lr


def row_shares(counts: Floats) -> Floats:
    """Counts (...,k,k) over their row sums; empty rows stay zero."""
    n = counts.sum(axis=-1, keepdims=True)
    out: Floats = np.divide(counts, n, out=np.zeros_like(counts), where=n > 0)
    return out


def steady_state(p: Floats) -> Floats | None:
    """Ergodic vector (k,) of p (k,k), zero for classes never left or reached; None where it is not unique."""
    k = len(p)
    alive = p.sum(axis=1) > 0
    if not alive.any() or np.any(p[np.ix_(alive, ~alive)] > 0):
        return None
    inner = p[np.ix_(alive, alive)]
    values, vectors = np.linalg.eig(inner.T)
    ones = np.flatnonzero(np.abs(values - 1.0) < 1e-9)
    if len(ones) != 1:
        return None
    vector = np.abs(np.real(vectors[:, ones[0]]))
    out = np.zeros(k)
    out[alive] = vector / vector.sum()
    return out


def first_passage(p: Floats) -> Floats:
    """Mean first passage times (k,k) of p (k,k); the diagonal is the mean time of return; infinite where it may never happen."""
    k = len(p)
    out = np.full((k, k), np.inf)
    for j in range(k):
        # the way ends at j: what may be met before it must all lead to j
        onward = np.where(np.arange(k)[:, None] == j, 0.0, p)
        reach = np.linalg.matrix_power((onward > 0).astype(float) + np.eye(k), k) > 0
        sure = np.array([bool(reach[reach[i], j].all()) for i in range(k)])
        others = np.flatnonzero(sure & (np.arange(k) != j))
        times = np.linalg.solve(np.eye(len(others)) - p[np.ix_(others, others)], np.ones(len(others)))
        out[others, j] = times
        after = np.flatnonzero((p[j] > 0) & (np.arange(k) != j))
        if p[j].any() and np.isin(after, others).all():
            out[j, j] = 1.0 + float(p[j, others] @ times)
    return out


def homogeneity(counts: ArrayLike) -> Homogeneity:
    """Q and LR that S chains, counts (S,k,k), share one matrix (Bickenbach & Bode 2003); empty rows cost no freedom."""
    c = numbers(counts, where="homogeneity", ndim=3)
    pooled, own, n = row_shares(c.sum(axis=0)), row_shares(c), c.sum(axis=2, keepdims=True)
    expected = np.broadcast_to(pooled, c.shape)
    seen = (expected > 0) & (n > 0)
    q = float(np.sum((n * (own - expected) ** 2)[seen] / expected[seen]))
    there = c > 0
    lr = 2.0 * float(np.sum(c[there] * np.log(own[there] / expected[there])))
    freedom = int(np.sum(np.maximum((n[..., 0] > 0).sum(axis=0) - 1, 0) * np.maximum((pooled > 0).sum(axis=1) - 1, 0)))
    return Homogeneity(q, chi2_p(q, freedom), lr, chi2_p(lr, freedom), freedom)


def _quantiles(y: Floats, k: int) -> Floats:
    """The k - 1 linear quantiles; one sort is faster than the partitions of np.quantile."""
    values = np.sort(y, axis=None)
    at = np.arange(1, k) / k * (len(values) - 1)
    low = at.astype(np.intp)
    out: Floats = values[low] + (at - low) * (values[np.minimum(low + 1, len(values) - 1)] - values[low])
    return out


def _cuts(y: Floats, k: int, cuts: ArrayLike | None, where: str) -> Floats:
    if cuts is None:
        found = _quantiles(y, k)
    else:
        found = numbers(cuts, where=f"{where} cuts")
        if len(found) != k - 1:
            raise MethodError(f"{where}: {k} classes need {k - 1} cuts, got {len(found)}.")
    if (np.diff(found) <= 0).any():
        raise MethodError(f"{where}: the cuts {found.tolist()} do not ascend; take fewer classes or give cuts.")
    return found


def _classify(y: Floats, cuts: Floats) -> Whole:
    """Class of each value: the number of cuts below it; a value on a cut belongs to the lower class."""
    out = np.zeros(y.shape, dtype=np.int16)
    for cut in cuts:
        out += y > cut
    return out.astype(np.intp)


def _panel(y: ArrayLike, relative: bool, step: int, where: str) -> Floats:
    v = numbers(y, where=where, ndim=2)
    if v.shape[1] <= step:
        raise MethodError(f"{where}: transitions over {step} year(s) need more years than {v.shape[1]}.")
    if relative and (v.mean(axis=0) <= 0).any():
        raise MethodError(f"{where}: relative values need a positive mean every year.")
    return v / v.mean(axis=0) if relative else v


def _tally(start: Whole, end: Whole, k: int) -> Floats:
    return np.bincount((start * k + end).ravel(), minlength=k * k).reshape(k, k).astype(np.float64)


@method("distribution", "markov", cites=("Quah 1993", "Bickenbach & Bode 2003"), laws=("regions_order_free", "rows_sum_to_one"))
def markov(
    y: ArrayLike,
    *,
    k: int = 4,
    cuts: ArrayLike | None = None,
    relative: bool = False,
    step: int = 1,
    convention: Literal["pooled", "yearly"] = "pooled",
) -> Markov:
    """Markov chain of y (R,T) over k classes cut at pooled quantiles, or at `cuts` (k-1,); `relative` divides by yearly means.

    `step` is the number of years of a transition. Cuts are the same every year; convention `yearly` cuts each year at its own
    quantiles, which forces as many regions down as up (`cuts` is then (T,k-1)).
    """
    v = _panel(y, relative, whole(step, name="step", least=1, where="markov"), "markov")
    whole(k, name="k", least=2, where="markov")
    if convention not in ("pooled", "yearly") or (convention == "yearly" and cuts is not None):
        raise MethodError(f"markov: convention is 'pooled', or 'yearly' without cuts, got {convention!r}.")
    if convention == "yearly":
        bounds = np.array([_cuts(column, k, None, "markov") for column in v.T])
        classes = np.stack([_classify(column, own) for column, own in zip(v.T, bounds, strict=True)], axis=1)
    else:
        bounds = _cuts(v, k, cuts, "markov")
        classes = _classify(v, bounds)
    start, end = classes[:, :-step], classes[:, step:]
    counts, half = _tally(start, end, k), start.shape[1] // 2
    halves = np.array([_tally(start[:, :half], end[:, :half], k), _tally(start[:, half:], end[:, half:], k)])
    p, n = row_shares(counts), counts.sum(axis=1)
    return Markov(bounds, classes, counts, p, n, steady_state(p), first_passage(p), n < THIN, homogeneity(halves))


@dataclass(frozen=True, slots=True)
class SpatialMarkov:
    """Chains by the class of the neighbours' mean at the start: counts and p (m,k,k), all lag classes kept, also empty ones.

    `steady` and `passage` list one entry a lag class; `q`, `lr`, `freedom` and their p test that the neighbours make no
    difference, `q_permutation` and `lr_permutation` the same by random relabelling of regions (None without permutations).
    """

    cuts: Floats
    lag_cuts: Floats
    counts: Floats
    p: Floats
    n: Floats
    steady: tuple[Floats | None, ...]
    passage: Floats
    thin: np.ndarray
    q: float
    q_p: float
    lr: float
    lr_p: float
    freedom: int
    q_permutation: float | None
    lr_permutation: float | None
    pooled: Floats


def _conditional(lag: Whole, moves: Whole, m: int, k: int) -> Floats:
    return np.bincount((lag * (k * k) + moves).ravel(), minlength=m * k * k).reshape(m, k, k).astype(np.float64)


def _relabelled(
    v: Floats, w: Weights, moves: Whole, given: Floats | None, m: int, k: int, count: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Q and LR (count,) after the regions are given each other's places; lag classes are cut anew unless `given`.

    Cells of the last years start no transition: they are tallied under one more move, which is then left out.
    """
    q, lr, width = np.empty(count), np.empty(count), k * k + 1
    every = np.full(v.shape, k * k, dtype=np.intp)
    every[:, : moves.shape[1]] = moves
    drawn, code, above, level = np.empty_like(v), np.empty_like(every), np.empty(v.shape, dtype=bool), np.empty(v.shape, np.int16)
    for b in range(count):
        order = rng.permutation(len(v))
        lag = w.lag(v.take(order, axis=0, out=drawn, mode="clip"))
        level.fill(0)
        for cut in _cuts(lag, m, None, "spatial_markov") if given is None else given:
            level += np.greater(lag, cut, out=above)
        every.take(order, axis=0, out=code, mode="clip")
        code += level.astype(np.intp) * width
        counts = np.bincount(code.reshape(-1), minlength=m * width).reshape(m, width)[:, :-1]
        found = homogeneity(counts.reshape(m, k, k))
        q[b], lr[b] = found.q, found.lr
    return q, lr


@method("distribution", "spatial_markov", cites=("Rey 2001", "Bickenbach & Bode 2003"), laws=("rows_sum_to_one",))
def spatial_markov(
    y: ArrayLike,
    w: Any,
    *,
    k: int = 4,
    cuts: ArrayLike | None = None,
    lag_cuts: ArrayLike | None = None,
    lag_k: int | None = None,
    relative: bool = False,
    step: int = 1,
    permutations: int = 0,
    seed: int = 0,
) -> SpatialMarkov:
    """Spatial Markov chain (空间马尔可夫链) of y (R,T) on row-standardised w (R,R): transitions by the class of W y at the start.

    Lag classes have quantiles of W y of their own (as in giddy) unless `lag_cuts` are given. Islands are refused: they have no
    neighbours whose class could be asked for.
    """
    where = "spatial_markov"
    v = _panel(y, relative, whole(step, name="step", least=1, where=where), where)
    weights = weights_of(w, len(v), where=where)
    sums = np.asarray(weights.matrix.sum(axis=1)).ravel()
    if (sums == 0).any():
        raise MethodError(
            f"{where}: {int((sums == 0).sum())} unit(s) have no neighbour, the first at position {int(sums.argmin())}."
        )
    bounds = _cuts(v, whole(k, name="k", least=2, where=where), cuts, where)
    lag, m = weights.lag(v), lag_k or k
    lag_bounds = _cuts(lag, m, lag_cuts, where)
    classes = _classify(v, bounds)
    moves = classes[:, :-step] * k + classes[:, step:]
    counts = _conditional(_classify(lag[:, :-step], lag_bounds), moves, m, k)
    p, n, test = row_shares(counts), counts.sum(axis=2), homogeneity(counts)
    q_rank, lr_rank = None, None
    if whole(permutations, name="permutations", least=0, where=where):
        q, lr = _relabelled(
            v,
            weights,
            moves,
            None if lag_cuts is None else lag_bounds,
            m,
            k,
            permutations,
            stream(seed, "disparity.spatial_markov"),
        )
        q_rank, lr_rank = ((1 + int(np.sum(a >= b - 1e-9))) / (permutations + 1) for a, b in ((q, test.q), (lr, test.lr)))
    return SpatialMarkov(
        bounds, lag_bounds, counts, p, n, tuple(steady_state(x) for x in p), np.array([first_passage(x) for x in p]), n < THIN,
        test.q, test.q_p, test.lr, test.lr_p, test.freedom, q_rank, lr_rank, row_shares(counts.sum(axis=0)),
    )  # fmt: skip
