"""Inequality into the parts of groups: Dagum's Gini (子群分解) with stratified bootstrap, and Theil."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.core.streams import stream
from yindi.disparity.arrays import Floats, Whole, amounts, is_flat, positions_of, shares, shuffles, whole
from yindi.disparity.inequality import theil as theil_index

PARTS = ("gini", "within", "between", "transvariation")
_BLOCK, _STRETCH = 2_000_000, 4096


@dataclass(frozen=True, slots=True)
class Pairs:
    """Every pair of groups, (k,k) in the order of `groups`: gini G_jh, distance D_jh, gap (m_j - m_h) / m, gains and losses.

    `gross` holds E max(Y_j - Y_h, 0) in row j, column h: d_jh where j is the richer group, p_jh where it is the poorer one.
    """

    groups: tuple[str, ...]
    gini: Floats
    distance: Floats
    gap: Floats
    gross: Floats

    def at(self, one: str, other: str) -> dict[str, float]:
        """Gini, distance and gap of one pair of groups."""
        j, h = self.groups.index(one), self.groups.index(other)
        return {"gini": float(self.gini[j, h]), "distance": float(self.distance[j, h]), "gap": float(self.gap[j, h])}


@dataclass(frozen=True, slots=True)
class Dagum:
    """Gini = within + between (net) + transvariation; per group: gini, mean, population and income share; every pair.

    `interval` is (low, high) of the Gini, `intervals` that of every part; None without bootstrap.
    """

    gini: float
    within: float
    between: float
    transvariation: float
    groups: tuple[str, ...]
    group_gini: Floats
    mean: Floats
    population_share: Floats
    income_share: Floats
    pairs: Pairs
    interval: tuple[float, float] | None = None
    intervals: Mapping[str, tuple[float, float]] | None = None
    draws: Floats | None = None


def _gross(v: Floats, p: Floats, at: Whole, k: int) -> Floats:
    """E max(Y_j - Y_h, 0) (k,k), the integral of F_h (1 - F_j), by one sort: O(n log n + n k), in blocks that fit the cache."""
    order = np.argsort(v)
    ranked, share, group = v[order], p[order], at[order]
    steps = np.append(np.diff(ranked), 0.0)
    size, out, below = np.bincount(at, p, k)[:, None], np.zeros((k, k)), np.zeros(k)
    for start in range(0, len(v), _STRETCH):
        here = slice(start, start + _STRETCH)
        reached = np.zeros((k, len(group[here])))
        reached[group[here], np.arange(reached.shape[1])] = share[here]
        reached[:, 0] += below
        np.cumsum(reached, axis=1, out=reached)
        below = reached[:, -1].copy()
        out += (size - reached) * steps[here] @ reached.T
    return np.maximum(out / (size * size.T), 0.0)


def _pairs(names: tuple[str, ...], gross: Floats, mean: Floats, overall: float) -> Pairs:
    total = gross + gross.T
    sums = mean[:, None] + mean[None, :]
    gini = np.divide(total, sums, out=np.zeros_like(total), where=sums > 0)
    # all equal: no distance either
    distance = np.divide(np.abs(gross - gross.T), total, out=np.zeros_like(total), where=total > 1e-14 * overall)
    return Pairs(names, gini, distance, (mean[:, None] - mean[None, :]) / overall, gross)


@method(
    "decomposition",
    "dagum",
    cites=("Dagum 1997",),
    laws=("parts_sum", "symmetric", "scale_free", "zero_at_equality", "group_names_free", "weights_as_copies"),
)
def dagum(
    y: ArrayLike,
    groups: Any,
    *,
    weights: ArrayLike | None = None,
    bootstrap: int = 0,
    seed: int = 0,
    level: float = 0.95,
) -> Dagum:
    """Dagum's decomposition (Dagum 基尼系数分解) of y (N,) by groups (N,), with a bootstrap that keeps the size of every group.

    Raises MethodError on negative values, a zero total, or a group without weight.
    """
    v = amounts(y, where="dagum")
    p = shares(weights, len(v), where="dagum")
    names, at = positions_of(groups, len(v), where="dagum")
    size: Floats = np.bincount(at, p, len(names)).astype(np.float64)
    if size.min() <= 0:
        raise MethodError(f"dagum: the group {names[int(size.argmin())]!r} has no weight.")
    overall = float(p @ v)
    mean = np.bincount(at, p * v, len(names)) / size
    gross = np.zeros((len(names),) * 2) if is_flat(v) else _gross(v, p, at, len(names))
    pairs = _pairs(names, gross, mean, overall)
    mixed = np.outer(size, size) * (gross + gross.T) / 2.0 / overall
    within = float(np.trace(mixed))
    net = float(np.sum(np.outer(size, size) * np.abs(gross - gross.T))) / 2.0 / overall
    gini = float(mixed.sum())
    draws = (
        _bootstrap(v, p, at, len(names), whole(bootstrap, name="bootstrap", least=0, where="dagum"), seed) if bootstrap else None
    )
    intervals = None if draws is None else _intervals(draws, level)
    return Dagum(
        gini, within, net, max(0.0, gini - within - net), names, np.diag(pairs.gini).copy(), mean, size,
        size * mean / overall, pairs, None if intervals is None else intervals["gini"], intervals, draws,
    )  # fmt: skip


def _intervals(draws: Floats, level: float) -> dict[str, tuple[float, float]]:
    if not 0 < level < 1:
        raise MethodError(f"dagum: level must lie between 0 and 1, got {level}.")
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return {part: (float(low[n]), float(high[n])) for n, part in enumerate(PARTS)}


def _half_difference(x: Floats, w: Floats) -> Floats:
    """Half the mean difference times the squared weight, per row of weights `w` (B,n), values x (n,) sorted."""
    reached = np.cumsum(w, axis=1)
    out: Floats = np.einsum("bn,bn,n->b", w, 2.0 * reached - w, x) - (w @ x) * reached[:, -1]
    return out


def _bootstrap(v: Floats, p: Floats, at: Whole, k: int, count: int, seed: int) -> Floats:
    """Resampled (gini, within, between, transvariation) (count,4): values sorted once, draws are multiplicities."""
    order = np.argsort(v, kind="stable")
    rng, block = stream(seed, "disparity.dagum.bootstrap"), max(1, _BLOCK // len(v))
    sizes = [min(block, count - start) for start in range(0, count, block)]
    return np.concatenate([_parts_of(v[order], p[order] * _times(at[order], k, size, rng), at[order], k) for size in sizes])


def _times(at: Whole, k: int, count: int, rng: np.random.Generator) -> Floats:
    """How often each unit is drawn (count,n) when every group is resampled to its own size."""
    times = np.zeros((count, len(at)))
    for j in range(k):
        own = np.flatnonzero(at == j)
        n = len(own)
        picked = rng.integers(0, n, (count, n), dtype=np.int32) + (np.arange(count) * n)[:, None]
        times[:, own] = np.bincount(picked.ravel(), minlength=count * n).reshape(count, n)
    return times


def _parts_of(v: Floats, w: Floats, at: Whole, k: int) -> Floats:
    """The four parts (B,4) of ascending values v (n,) under each row of weights w (B,n)."""
    x = v - v[0]
    size, income, within = (np.zeros((len(w), k)) for _ in range(3))
    for j in range(k):
        own = np.flatnonzero(at == j)
        mine = w[:, own]
        size[:, j], income[:, j] = mine.sum(axis=1), mine @ x[own]
        within[:, j] = _half_difference(x[own], mine)
    people = size.sum(axis=1)
    total = income.sum(axis=1) + v[0] * people
    scale = np.where(total > 0, people * total, 1.0)
    gini, inside = _half_difference(x, w) / scale, within.sum(axis=1) / scale
    crossed = income[:, :, None] * size[:, None, :]
    net = np.abs(crossed - crossed.transpose(0, 2, 1)).sum(axis=(1, 2)) / 2.0 / scale
    out: Floats = np.stack([gini, inside, net, np.maximum(gini - inside - net, 0.0)], axis=1)
    return out


@dataclass(frozen=True, slots=True)
class Change:
    """Last minus first year: every part, and the Gini's change by cell (k,k) of groups: `inequality` and `shares` effects.

    The cell (j,h) holds what came from G_jh (inequality) and from p_j s_h (shares of people and income); all cells sum to the
    change. `intervals` and `certainty` (share of draws with the sign of the change) come from drawing the same regions in both
    years; None without bootstrap.
    """

    gini: float
    within: float
    between: float
    transvariation: float
    groups: tuple[str, ...]
    inequality: Floats
    shares: Floats
    intervals: Mapping[str, tuple[float, float]] | None = None
    certainty: Mapping[str, float] | None = None


@method("decomposition", "change", cites=("Dagum 1997", "Shorrocks 2013"), laws=("change_parts_sum", "change_antisymmetric"))
def change(
    first: ArrayLike,
    last: ArrayLike,
    groups: Any,
    *,
    weights_first: ArrayLike | None = None,
    weights_last: ArrayLike | None = None,
    bootstrap: int = 0,
    seed: int = 0,
    level: float = 0.95,
) -> Change:
    """Change of Dagum's decomposition (Dagum 基尼系数变化分解) from first (N,) to last (N,) of the same units by groups (N,).

    Each product G_jh p_j s_h is split between its two factors at their means (Shapley value), so nothing is left over.
    """
    one, two = dagum(first, groups, weights=weights_first), dagum(last, groups, weights=weights_last)
    cells = [np.outer(r.population_share, r.income_share) for r in (one, two)]
    inequality = (two.pairs.gini - one.pairs.gini) * (cells[0] + cells[1]) / 2.0
    moved = (cells[1] - cells[0]) * (one.pairs.gini + two.pairs.gini) / 2.0
    parts = [float(getattr(two, part) - getattr(one, part)) for part in PARTS]
    plain = Change(parts[0], parts[1], parts[2], parts[3], one.groups, inequality, moved)
    if not whole(bootstrap, name="bootstrap", least=0, where="change"):
        return plain
    values = [amounts(y, where="change") for y in (first, last)]
    p = [shares(w, len(values[0]), where="change") for w in (weights_first, weights_last)]
    draws = _paired(values, p, positions_of(groups, len(values[0]), where="change")[1], len(one.groups), bootstrap, seed)
    certainty = {part: float(np.mean(np.sign(draws[:, n]) == np.sign(parts[n]))) for n, part in enumerate(PARTS)}
    return replace(plain, intervals=_intervals(draws, level), certainty=certainty)


def _paired(values: list[Floats], p: list[Floats], at: Whole, k: int, count: int, seed: int) -> Floats:
    """Change of the four parts (count,4) when the same units are drawn in both years."""
    rng = stream(seed, "disparity.dagum.change")
    base = np.lexsort((values[1], values[0]))
    times = np.empty((count, len(at)))
    times[:, base] = _times(at[base], k, count, rng)
    orders = [np.argsort(v, kind="stable") for v in values]
    out = [_parts_of(v[o], (w * times)[:, o], at[o], k) for v, w, o in zip(values, p, orders, strict=True)]
    return out[1] - out[0]


@dataclass(frozen=True, slots=True)
class Theil:
    """Total = between + within; `by_group` is each group's own Theil index, `contribution` its share of the total.

    `p` is the share of random groupings of the same sizes with as much between them; None without permutations.
    """

    total: float
    between: float
    within: float
    by_group: Mapping[str, float]
    contribution: Mapping[str, float]
    income_share: Mapping[str, float]
    p: float | None = None


@method(
    "decomposition",
    "theil",
    cites=("Theil 1967", "Shorrocks 1980"),
    laws=("parts_sum", "symmetric", "scale_free", "zero_at_equality", "group_names_free", "weights_as_copies"),
)
def theil(y: ArrayLike, groups: Any, *, weights: ArrayLike | None = None, permutations: int = 0, seed: int = 0) -> Theil:
    """Theil T (泰尔指数分解) of y (N,) between and within groups (N,), within-parts weighted by income shares."""
    v = amounts(y, where="theil")
    p = shares(weights, len(v), where="theil")
    names, at = positions_of(groups, len(v), where="theil")
    size, income = np.bincount(at, p, len(names)), np.bincount(at, p * v, len(names))
    if size.min() <= 0:
        raise MethodError(f"theil: the group {names[int(size.argmin())]!r} has no weight.")
    income_share = income / income.sum()
    own = np.array([theil_index(v[at == j], weights=p[at == j]) if income[j] > 0 else 0.0 for j in range(len(names))])
    total, between, within = theil_index(v, weights=p), theil_index(income / size, weights=size), float(income_share @ own)
    part = income_share * own / total if total > 0 else np.zeros_like(own)
    by, contribution, s = (dict(zip(names, a.tolist(), strict=True)) for a in (own, part, income_share))
    found = Theil(total, between, within, by, contribution, s)
    if not whole(permutations, name="permutations", least=0, where="theil"):
        return found
    drawn = _between_by_chance(v, p, at, permutations, stream(seed, "disparity.theil.permutations"))
    return replace(found, p=float(1 + np.sum(drawn >= between - 1e-12)) / (permutations + 1))


def _between_by_chance(v: Floats, p: Floats, at: Whole, count: int, rng: np.random.Generator) -> Floats:
    """Theil between groups (count,) when units are dealt to the groups at random, group sizes kept."""
    starts = np.flatnonzero(np.diff(np.sort(at), prepend=-1))
    people, columns = np.add.reduceat(p, starts), (p * v / float(p @ v),)
    out = []
    for income, *shares_dealt in shuffles(columns if np.ptp(p) == 0 else (*columns, p), count, rng):
        part = np.add.reduceat(income, starts, axis=1)
        size = np.add.reduceat(shares_dealt[0], starts, axis=1) if shares_dealt else people
        out.append(np.sum(part * np.log(np.divide(part, size), where=part > 0, out=np.zeros_like(part)), axis=1))
    return np.concatenate(out)


@dataclass(frozen=True, slots=True)
class Nested:
    """Theil in two stages: total = between_outer + between_inner + within; `by_outer` is each outer group's own Theil."""

    total: float
    between_outer: float
    between_inner: float
    within: float
    by_outer: Mapping[str, float]


@method(
    "decomposition",
    "theil_nested",
    cites=("Akita 2003",),
    laws=("parts_sum", "symmetric", "scale_free", "zero_at_equality", "weights_as_copies"),
)
def theil_nested(y: ArrayLike, outer: Any, inner: Any, *, weights: ArrayLike | None = None) -> Nested:
    """Two-stage Theil (二阶段嵌套泰尔指数) of y (N,): between outer groups, between inner ones inside them, within those.

    Raises MethodError where an inner group lies in two outer ones.
    """
    v = amounts(y, where="theil_nested")
    p = shares(weights, len(v), where="theil_nested")
    inner_names, inside = positions_of(inner, len(v), where="theil_nested")
    outer_names, outside = positions_of(outer, len(v), where="theil_nested")
    pairs = np.unique(np.column_stack([inside, outside]), axis=0)
    if len(pairs) != len(inner_names):
        twice = [inner_names[i] for i in range(len(inner_names)) if np.sum(pairs[:, 0] == i) > 1]
        raise MethodError(f"theil_nested: inner group(s) {twice[:3]} lie in more than one outer group.")
    fine, coarse = theil(v, inside, weights=p), theil(v, outside, weights=p)
    by_outer = dict(zip(outer_names, coarse.by_group.values(), strict=True))
    return Nested(fine.total, coarse.between, fine.between - coarse.between, fine.within, by_outer)
