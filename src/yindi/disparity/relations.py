"""Roles in a network: blocks of like relations by CONCOR (块模型), and correlation of two networks by QAP (二次指派程序)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.core.streams import stream
from yindi.disparity.arrays import Floats, Whole, numbers, whole

ROLES = ("net_benefit", "net_spillover", "two_way", "broker")
_TURNS = 200


@dataclass(frozen=True, slots=True)
class Blocks:
    """`block` (N,) from 0, `role` (K,) of ROLES; links sent (K,K) between blocks, `density` (K,K) of links over possible ones.

    `within` (K,) is the share of a block's links that stay inside, `expected` (K,) what its size alone would keep there.
    """

    block: Whole
    role: tuple[str, ...]
    links: Floats
    density: Floats
    within: Floats
    expected: Floats


def _square(a: ArrayLike, where: str) -> Floats:
    out = numbers(a, where=where, ndim=2)
    if out.shape[0] != out.shape[1] or len(out) < 4:
        raise MethodError(f"{where}: needs a square matrix of at least 4 nodes, got shape {out.shape}.")
    return out


def _correlations(columns: Floats) -> Floats:
    """Correlations of columns (M,N); 0 with a column that does not vary, 1 with itself."""
    centred = columns - columns.mean(axis=0)
    size = np.sqrt((centred**2).sum(axis=0))
    there = size > 1e-12 * np.abs(columns).max(initial=1.0)
    scaled = np.divide(centred, size, out=np.zeros_like(centred), where=there)
    out = np.asarray(scaled.T @ scaled)
    np.fill_diagonal(out, 1.0)
    clipped: Floats = np.clip(out, -1.0, 1.0)
    return clipped


def _profiles(links: Floats, members: Whole) -> Floats:
    """Links sent and received (2N,M) of the members, their own place filled with the mean so that it tells nothing."""
    filled = links.copy()
    np.fill_diagonal(filled, np.nan)
    both = np.vstack([filled.T, filled])[:, members]
    mean = np.nanmean(both, axis=0)
    return np.where(np.isnan(both), mean, both)


def _halves(links: Floats, members: Whole, tolerance: float) -> tuple[Whole, Whole]:
    """Two sets of members whose profiles correlate positively when correlations are correlated again and again."""
    c = _correlations(_profiles(links, members))
    for _ in range(_TURNS):
        if (np.abs(c) >= 1.0 - tolerance).all():
            break
        c = _correlations(c)
    like = c[0] > 0
    return members[like], members[~like]


@method("spatial", "concor", cites=("Breiger, Boorman & Arabie 1975", "Wasserman & Faust 1994"), laws=("nodes_order_free",))
def concor(links: ArrayLike, *, depth: int = 2, tolerance: float = 0.2) -> Blocks:
    """Blocks of nodes with like links (块模型分析): links (N,N), weighted or not, split in two `depth` times by CONCOR.

    A split stops when every correlation is within `tolerance` of one; blocks are told apart as net benefit (净受益), net
    spillover (净溢出), two-way (双向溢出) and broker (经纪人) by what stays inside and by whether more is received than sent.
    """
    a = _square(links, "concor")
    if a.min() < 0 or not 0 < tolerance < 1:
        raise MethodError(f"concor: links must not be negative and tolerance lie in (0, 1), got {a.min()}, {tolerance}.")
    parts: list[Whole] = [np.arange(len(a))]
    for _ in range(whole(depth, name="depth", least=1, where="concor")):
        parts = [half for part in parts for half in (_halves(a, part, tolerance) if len(part) > 2 else (part,)) if len(half)]
    parts.sort(key=lambda part: int(part[0]))
    block = np.zeros(len(a), dtype=np.intp)
    for number, members in enumerate(parts):
        block[members] = number
    return _roles(a, block, len(parts))


def _roles(a: Floats, block: Whole, k: int) -> Blocks:
    off = np.where(np.eye(len(a), dtype=bool), 0.0, a)
    member = np.eye(k)[block]
    links, size = member.T @ off @ member, member.sum(axis=0)
    possible = np.outer(size, size) - np.diag(size)
    density = np.divide(links, possible, out=np.zeros_like(links), where=possible > 0)
    sent = links.sum(axis=1)
    within = np.divide(np.diag(links), sent, out=np.zeros(k), where=sent > 0)
    expected = (size - 1) / (len(a) - 1)
    gains = links.sum(axis=0) > sent
    role = tuple(ROLES[{(True, True): 0, (False, False): 1, (True, False): 2, (False, True): 3}[case]]
                 for case in zip((within >= expected).tolist(), gains.tolist(), strict=True))  # fmt: skip
    return Blocks(block, role, links, density, within, expected)


@dataclass(frozen=True, slots=True)
class Qap:
    """Coefficients (K,) of standardised networks on a network, R squared, and two-sided p (K,) by relabelling its nodes."""

    coefficient: Floats
    p: Floats
    r2: float
    permutations: int


@method("spatial", "qap", cites=("Krackhardt 1988",), laws=("nodes_order_free",))
def qap(y: ArrayLike, x: ArrayLike, *, permutations: int = 5000, seed: int = 0) -> Qap:
    """QAP of network y (N,N) on x (N,N) or (K,N,N), diagonals left out: with one x the coefficient is the correlation.

    The nodes of y are relabelled at random, which keeps the dependence within rows and columns. Raises MethodError where a
    network does not vary or the x are collinear.
    """
    target = _square(y, "qap")
    given = np.asarray(x, dtype=np.float64)
    given = given[None] if given.ndim == 2 else given
    if given.ndim != 3 or given.shape[1:] != target.shape or not np.isfinite(given).all():
        raise MethodError(f"qap: y has shape {target.shape}, x {given.shape}; networks of the same nodes are needed, all finite.")
    off = ~np.eye(len(target), dtype=bool)
    columns = np.array([_standard(one[off]) for one in given]).T
    if np.linalg.matrix_rank(columns) < columns.shape[1]:
        raise MethodError("qap: the networks x are collinear; drop one.")
    solve = np.linalg.pinv(columns)
    right = _standard(target[off])
    b = solve @ right
    rng, extreme = stream(seed, "disparity.qap"), np.ones(len(b))
    for _ in range(whole(permutations, name="permutations", least=99, where="qap")):
        order = rng.permutation(len(target))
        extreme += np.abs(solve @ _standard(target[np.ix_(order, order)][off])) >= np.abs(b) - 1e-12
    return Qap(b, extreme / (permutations + 1), float(1.0 - np.sum((right - columns @ b) ** 2) / (right @ right)), permutations)


def _standard(v: Floats) -> Floats:
    spread = float(v.std())
    if spread <= 1e-12 * max(1.0, float(np.abs(v).max())):
        raise MethodError("qap: a network has the same value between all nodes.")
    out: Floats = (v - v.mean()) / spread
    return out
