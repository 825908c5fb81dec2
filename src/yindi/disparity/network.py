"""Gravity network (引力网络) between regions, and how much its shape owes to the threshold that makes links of flows."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.disparity.arrays import Floats, amounts, numbers

Rule = Literal["row_mean", "mean", "median"]


@method("spatial", "gravity", cites=("Reilly 1931", "Tinbergen 1962"), laws=("nodes_order_free",))
def gravity(
    mass: ArrayLike,
    distance: ArrayLike,
    *,
    size: ArrayLike | None = None,
    per_head: ArrayLike | None = None,
    exponent: float = 2.0,
) -> Floats:
    """Pull of region i on j (N,N): k_ij m_i m_j / d_ij^exponent, diagonal 0, for mass (N,) and distance (N,N) > 0 off it.

    `size` (N,) makes the pull one-sided, k_ij = s_i / (s_i + s_j). `per_head` (N,) replaces distance by d_ij / |g_i - g_j|,
    as many Chinese papers do; equal g then means no pull at all rather than a division by zero.
    """
    m = amounts(mass, where="gravity")
    d = numbers(distance, where="gravity distance", ndim=2)
    n = len(m)
    if d.shape != (n, n) or (d[~np.eye(n, dtype=bool)] <= 0).any():
        raise MethodError(f"gravity: {n} masses need ({n},{n}) distances above 0 between different regions, got shape {d.shape}.")
    k = np.ones((n, n))
    if size is not None:
        s = amounts(size, where="gravity size", positive=True)
        k = s[:, None] / (s[:, None] + s)
    gap = np.ones((n, n))
    if per_head is not None:
        g = numbers(per_head, where="gravity per_head")
        gap = np.abs(g[:, None] - g) ** exponent
    near = np.where(np.eye(n, dtype=bool), np.inf, d)
    return np.asarray(k * np.outer(m, m) * gap / near**exponent)


@dataclass(frozen=True, slots=True)
class Network:
    """A directed network: links (N,N), density, connectedness, hierarchy, efficiency, and per node degrees and betweenness."""

    links: np.ndarray
    density: float
    connectedness: float
    hierarchy: float
    efficiency: float
    out_degree: Floats
    in_degree: Floats
    betweenness: Floats


def _thresholds(flows: Floats, rule: str) -> Floats:
    off = ~np.eye(len(flows), dtype=bool)
    if rule == "row_mean":
        return np.array([row[keep].mean() for row, keep in zip(flows, off, strict=True)])
    if rule in ("mean", "median"):
        return np.full(len(flows), float(np.mean(flows[off]) if rule == "mean" else np.median(flows[off])))
    raise MethodError(f"network: rule is row_mean, mean or median, got {rule!r}.")


def _reach(links: np.ndarray) -> np.ndarray:
    """(N,N), True where a way leads from row to column."""
    out = links | np.eye(len(links), dtype=bool)
    for _ in range(max(1, int(np.ceil(np.log2(len(links)))))):
        out = (out.astype(np.int64) @ out.astype(np.int64)) > 0
    return out


def _betweenness(links: np.ndarray) -> Floats:
    """Brandes (2001) on an unweighted directed network, as a share of (N - 1)(N - 2)."""
    n = len(links)
    after = [np.flatnonzero(row) for row in links]
    out = np.zeros(n)
    for source in range(n):
        order, ways, before = _shortest(after, source, n)
        share = np.zeros(n)
        for node in reversed(order):
            for previous in before[node]:
                share[previous] += ways[previous] / ways[node] * (1.0 + share[node])
            if node != source:
                out[node] += share[node]
    return out / ((n - 1) * (n - 2))


def _shortest(after: Sequence[np.ndarray], source: int, n: int) -> tuple[list[int], Floats, list[list[int]]]:
    """Nodes by distance from the source, numbers of shortest ways, and the nodes before each."""
    steps, ways = np.full(n, -1), np.zeros(n)
    before: list[list[int]] = [[] for _ in range(n)]
    steps[source], ways[source] = 0, 1.0
    order, queue = [], deque([source])
    while queue:
        node = queue.popleft()
        order.append(node)
        for following in after[node]:
            if steps[following] < 0:
                steps[following] = steps[node] + 1
                queue.append(int(following))
            if steps[following] == steps[node] + 1:
                ways[following] += ways[node]
                before[int(following)].append(node)
    return order, ways, before


@method("spatial", "network", cites=("Krackhardt 1994", "Brandes 2001"), laws=("nodes_order_free",))
def network(flows: ArrayLike, *, rule: Rule = "row_mean", multiple: float = 1.0) -> Network:
    """The network of flows (N,N) at or above `multiple` times the threshold of the rule, with Krackhardt's dimensions.

    Density is links over N(N-1); connectedness the share of pairs joined by any way; hierarchy one minus mutual over one-sided
    reach; efficiency one minus spare links over the most there could be.
    """
    links = _links(flows, rule, multiple)
    n = len(links)
    out_degree, in_degree = links.sum(axis=1) / (n - 1), links.sum(axis=0) / (n - 1)
    return Network(links, *_dimensions(links), out_degree, in_degree, _betweenness(links))


def _links(flows: ArrayLike, rule: str, multiple: float) -> np.ndarray:
    """Which flows (N,N) are links; raises MethodError on flows that are no network."""
    f = numbers(flows, where="network", ndim=2)
    n = len(f)
    if f.shape != (n, n) or n < 3 or f.min() < 0 or not multiple > 0:
        raise MethodError(
            f"network: needs (N,N) flows, N at least 3, none negative, multiple above 0; got shape {f.shape}, {multiple}."
        )
    return np.asarray((f >= multiple * _thresholds(f, rule)[:, None]) & ~np.eye(n, dtype=bool) & (f > 0))


def _dimensions(links: np.ndarray) -> tuple[float, float, float, float]:
    """Density, connectedness, hierarchy and efficiency of links (N,N)."""
    n, off = len(links), ~np.eye(len(links), dtype=bool)
    reach = _reach(links) & off
    joined = _reach(links | links.T) & off
    either, both = int((reach | reach.T).sum()) // 2, int((reach & reach.T).sum()) // 2
    ties = int((links | links.T).sum()) // 2
    sizes = _sizes(joined | ~off)
    spare = sum(size * (size - 1) // 2 - (size - 1) for size in sizes)
    hierarchy = 1.0 - both / either if either else 0.0
    efficiency = 1.0 - (ties - (n - len(sizes))) / spare if spare else 1.0
    return float(links.sum() / (n * (n - 1))), float(joined.sum() / (n * (n - 1))), hierarchy, efficiency


def _sizes(joined: np.ndarray) -> list[int]:
    """Number of nodes of each component."""
    return [int(row.sum()) for row in np.unique(joined, axis=0)]


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The measures (M,) by multiple of the threshold, and the share of links at multiple 1 that survive each."""

    multiples: Floats
    density: Floats
    connectedness: Floats
    hierarchy: Floats
    efficiency: Floats
    kept: Floats
    rank_agreement: Floats


@method("spatial", "threshold_sensitivity", cites=("Krackhardt 1994",), laws=("nodes_order_free",))
def threshold_sensitivity(
    flows: ArrayLike, *, rule: Rule = "row_mean", multiples: Sequence[float] = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
) -> Sensitivity:
    """How the network of flows (N,N) changes with the threshold; `rank_agreement` is Spearman's of in-degrees with multiple 1."""
    base, at = _links(flows, rule, 1.0), [_links(flows, rule, float(m)) for m in multiples]
    kept = [float((links & base).sum() / max(1, base.sum())) for links in at]
    agreement = [_rank_correlation(links.sum(axis=0), base.sum(axis=0)) for links in at]
    density, connected, hierarchy, efficiency = np.array([_dimensions(links) for links in at]).T
    steps = np.array(multiples, dtype=np.float64)
    return Sensitivity(steps, density, connected, hierarchy, efficiency, np.array(kept), np.array(agreement))


def _rank_correlation(a: Floats, b: Floats) -> float:
    """Spearman's correlation with mean ranks for ties; 0 where either is constant."""
    ranks = []
    for x in (a, b):
        _, at, counts = np.unique(x, return_inverse=True, return_counts=True)
        ranks.append((np.cumsum(counts) - (counts - 1) / 2.0)[at])
    r = [x - x.mean() for x in ranks]
    size = float(np.sqrt((r[0] @ r[0]) * (r[1] @ r[1])))
    return float(r[0] @ r[1]) / size if size > 0 else 0.0
