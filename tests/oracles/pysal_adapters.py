"""PySAL's names over yindi's kernels: thin adapters, so that PySAL's own expectations can be put to them word for word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.disparity import association, decompose, distribution, inequality


def row_standardised(edges: Any, n: int) -> np.ndarray:
    """W (N,N) with rows that sum to 1 from pairs (focal, neighbour)."""
    w = np.zeros((n, n))
    w[tuple(np.asarray(edges).T)] = 1.0
    return np.asarray(np.divide(w, w.sum(axis=1, keepdims=True), out=np.zeros_like(w), where=w.sum(axis=1, keepdims=True) > 0))


class Gini:
    """inequality.gini.Gini."""

    def __init__(self, y: Any) -> None:
        self.g = inequality.gini(y)


class Theil:
    """inequality.theil.Theil: T by column."""

    def __init__(self, y: Any) -> None:
        columns = np.asarray(y, dtype=float).reshape(len(y), -1).T
        self.T = np.array([inequality.theil(c) for c in columns])


class TheilD:
    """inequality.theil.TheilD: T, between and within by column."""

    def __init__(self, y: Any, partition: Any, permutations: int = 0) -> None:
        columns = np.asarray(y, dtype=float).reshape(len(y), -1).T
        found = [decompose.theil(c, partition, permutations=permutations) for c in columns]
        self.T, self.bg, self.wg = (np.array([getattr(f, name) for f in found]) for name in ("total", "between", "within"))
        self.bg_pvalue = np.array([f.p for f in found], dtype=float)


class Atkinson:
    """inequality.atkinson.Atkinson: A and the equally distributed equivalent."""

    def __init__(self, y: Any, epsilon: float) -> None:
        self.A = inequality.atkinson(y, epsilon=epsilon)
        self.EDE = float(np.mean(y)) * (1.0 - self.A)


def wolfson(y: Any) -> float:
    """inequality.wolfson.wolfson, which is half of Wolfson's index."""
    return inequality.wolfson(y, convention="pysal")


@dataclass
class Markov:
    """giddy.markov.Markov over class numbers (R,T)."""

    class_ids: Any
    k: int

    def __post_init__(self) -> None:
        found = distribution.markov(np.asarray(self.class_ids, float), k=self.k, cuts=np.arange(self.k - 1) + 0.5)
        self.transitions, self.p, self.steady_state, self.mfpt = found.counts, found.p, found.steady, found.passage


class SpatialMarkov:
    """giddy.markov.Spatial_Markov at given cut-offs."""

    def __init__(self, y: Any, w: Any, cutoffs: Any, lag_cutoffs: Any) -> None:
        k, m = len(cutoffs) + 1, len(lag_cutoffs) + 1
        found = distribution.spatial_markov(y, w, k=k, cuts=cutoffs, lag_k=m, lag_cuts=lag_cutoffs)
        self.T, self.P, self.Q, self.LR, self.dof_hom = found.counts, found.p, found.q, found.lr, found.freedom


class Moran:
    """esda.Moran, one tail."""

    def __init__(self, y: Any, w: Any) -> None:
        found = association.moran(y, w, permutations=0)
        self.I, self.EI, self.VI_norm, self.VI_rand = found.i, found.expected, found.variance_normal, found.variance
        self.z_norm, self.z_rand, self.p_rand = found.z_normal, found.z, found.p_normal


class Geary:
    """esda.Geary."""

    def __init__(self, y: Any, w: Any) -> None:
        found = association.geary(y, w)
        self.C, self.EC, self.VC_norm, self.VC_rand = found.c, found.expected, found.variance_normal, found.variance
        self.z_norm, self.z_rand, self.p_rand = found.z_normal, found.z, found.p


class MoranLocal:
    """esda.Moran_Local (of two variables: Moran_Local_BV); quadrants 1 HH, 2 LH, 3 LL, 4 HL; Is on n - 1 as there."""

    def __init__(self, y: Any, w: Any, permutations: int, other: Any = None) -> None:
        options: dict[str, Any] = {"permutations": permutations, "convention": "esda"}
        found = (
            association.local_moran(y, w, **options)
            if other is None
            else association.local_bivariate_moran(y, other, w, **options)
        )
        self.Is = found.i * (len(y) - 1) / len(y)
        self.p_sim = found.p
        self.q = np.array([{"HH": 1, "LH": 2, "LL": 3, "HL": 4, "": 0}[q] for q in found.quadrant.tolist()])
