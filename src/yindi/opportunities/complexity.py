"""Complexity of regions and activities: eigenvector (ECI, PCI) and fitness."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.opportunities.arrays import binary, quotient

DENSE_BELOW = 150
STEPS = 300
ALIKE = 1e-10


class ComplexityWarning(UserWarning):
    """The matrix has parts without any link: complexity compares only inside a part."""


class EciPci(NamedTuple):
    """eci (R,) with mean 0 and standard deviation 1, pci (C,) on the same scale; NaN for an empty row or column."""

    eci: np.ndarray
    pci: np.ndarray


class Fitness(NamedTuple):
    """fitness (R,) and complexity (C,), each with mean 1; 0 for an empty row or column."""

    fitness: np.ndarray
    complexity: np.ndarray


def links_of(here: np.ndarray) -> Any:
    """Sparse (R,C) of a presence matrix of booleans, or of zeros and ones."""
    from scipy.sparse import csr_matrix

    rows, columns = here.shape
    if rows * columns == 0:
        return csr_matrix(here.shape)
    flat = np.flatnonzero(here)
    counts = np.count_nonzero(here, axis=1)
    indices = (flat - np.repeat(np.arange(rows) * columns, counts)).astype(np.int32)
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return csr_matrix((np.ones(len(flat)), indices, start), shape=here.shape)


def parts(m: Any) -> tuple[np.ndarray, np.ndarray]:
    """Part of the bipartite graph of each region (R,) and activity (C,), from 0; -1 for an empty row or column."""
    return parts_of(links_of(binary(m, dtype=bool)))


def parts_of(links: Any) -> tuple[np.ndarray, np.ndarray]:
    """The same from sparse links (R,C)."""
    filled = np.diff(links.indptr) > 0, np.bincount(links.indices, minlength=links.shape[1]) > 0
    if _reach(links, filled[0]):
        return np.where(filled[0], 0, -1), np.where(filled[1], 0, -1)
    return _components(links)


def _reach(links: Any, filled: np.ndarray) -> bool:
    """True where every filled region is reached from the first one by shared activities."""
    if not filled.any():
        return False
    reached, count = np.zeros(links.shape[0]), 0
    reached[int(filled.argmax())] = 1.0
    while reached.sum() > count:
        count = int(reached.sum())
        reached = (links @ ((links.T @ reached > 0).astype(float)) > 0).astype(float)
    return count == int(filled.sum())


def _components(links: Any) -> tuple[np.ndarray, np.ndarray]:
    from scipy.sparse import bmat
    from scipy.sparse.csgraph import connected_components

    _, label = connected_components(bmat([[None, links], [links.T, None]]), directed=False)
    rows, columns = label[: links.shape[0]], label[links.shape[0] :]
    linked = np.unique(rows[np.diff(links.indptr) > 0])
    place = np.full(label.max(initial=0) + 1, -1)
    place[linked] = np.arange(len(linked))
    return place[rows], place[columns]


@method(
    "complexity",
    "eci_pci",
    cites=("Hidalgo & Hausmann 2009", "Hausmann et al. 2014"),
    laws=("equivariant", "standardised", "mean_of_pci", "diversity_sign"),
)
def eci_pci(m: Any) -> EciPci:
    """Economic and product complexity (经济复杂度): second eigenvectors of the reflections, by a symmetric solve.

    m: (R,C) presence. eci is standardised (population sd) and signed to grow with diversity; pci is on eci's scale, so that a
    region's eci is the mean pci of its activities. An empty row or column is NaN. Parts without any link between them are solved
    one by one with a ComplexityWarning; a part that has no complexity is NaN. Raises MethodError when none has: fewer than two
    regions or activities, regions all alike, or two directions of equal strength (a ring), where the order of rows would decide.
    """
    return complexity_of(links_of(binary(m, dtype=bool)))


def complexity_of(links: Any) -> EciPci:
    """`eci_pci` from sparse links (R,C) with ones in the filled cells."""
    row, column = parts_of(links)
    count = int(row.max(initial=-1)) + 1
    eci, pci, refused = np.full(links.shape[0], np.nan), np.full(links.shape[1], np.nan), []
    for n in range(count):
        r, c = row == n, column == n
        try:
            eci[r], pci[c] = _one_part(links if r.all() and c.all() else links[r][:, c])
        except MethodError as error:
            refused.append(error)
    if refused and len(refused) == count:
        raise refused[0]
    if count > 1:
        without = f" {len(refused)} of them have none: NaN." if refused else ""
        text = f"The matrix falls into {count} parts; complexity compares only inside one.{without}"
        warnings.warn(text, ComplexityWarning, stacklevel=3)
    return EciPci(eci, pci)


def _one_part(links: Any) -> tuple[np.ndarray, np.ndarray]:
    if min(links.shape) < 2:
        raise MethodError(
            f"Complexity needs two regions and two activities that are linked; a part of the matrix is {links.shape}."
        )
    diversity, ubiquity = np.diff(links.indptr).astype(float), np.bincount(links.indices).astype(float)
    kp = second_eigenvector(links, diversity, ubiquity)
    return standardise((links @ kp) / diversity, kp, diversity)


def standardise(kc: np.ndarray, kp: np.ndarray, diversity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """eci (R,) and pci (C,) from the raw values of regions and activities; raises MethodError when regions do not differ."""
    spread = kc.std()
    if spread <= 1e-12 * np.abs(kp).max():
        raise MethodError("All regions hold the same activities in proportion: complexity has no direction here.")
    sign = _sign(kc, diversity)
    eci, pci = sign * (kc - kc.mean()) / spread, sign * (kp - kc.mean()) / spread
    return np.asarray(eci), np.asarray(pci)


def _sign(kc: np.ndarray, diversity: np.ndarray) -> float:
    """Complexity grows with diversity; where it does not lean on that, the longer tail of regions is the complex one."""
    apart = kc - kc.mean()
    lean = float(apart @ (diversity - diversity.mean()))
    if abs(lean) > 1e-12 * len(kc) * kc.std() * max(diversity.std(), 1e-300):
        return 1.0 if lean > 0 else -1.0
    tail = float((apart**3).mean())
    if abs(tail) > 1e-9 * kc.std() ** 3:
        return 1.0 if tail > 0 else -1.0
    warnings.warn("The matrix is its own mirror image: which end is the complex one follows from the order of its rows alone.",
                  ComplexityWarning, stacklevel=3)  # fmt: skip
    return 1.0 if kc[int(np.argmax(np.abs(apart)))] > kc.mean() else -1.0


def second_eigenvector(links: Any, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Second eigenvector of columns^-1 m' rows^-1 m, (C,), of a sparse m (R,C) with row sums and column sums.

    Solved in its symmetric form on the smaller side, with the trivial first eigenvector taken out.
    """
    if links.shape[0] < links.shape[1]:
        return np.asarray((links.T @ _second(links.T, columns, rows)) / columns)
    return _second(links, rows, columns)


def _second(links: Any, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    root = np.sqrt(columns)
    first = root / np.linalg.norm(root)
    if len(columns) > DENSE_BELOW:

        def turn(v: np.ndarray) -> np.ndarray:
            turned: np.ndarray = links.T @ ((links @ (v / root)) / rows) / root - first * (first @ v)
            return turned

        reflection = (links.T @ rows) / root
        found = lanczos(turn, reflection / np.linalg.norm(reflection) + 1e-3 * np.cos(0.7 * np.arange(len(root))), first)
        if found is not None:
            return np.asarray(found / root)
    return _second_dense(links, rows, first, root)


def _second_dense(links: Any, rows: np.ndarray, first: np.ndarray, root: np.ndarray) -> np.ndarray:
    from scipy.linalg import eigh

    scaled = links.toarray() / np.sqrt(rows)[:, None] / root
    last = len(root) - 1
    value, vector = eigh(scaled.T @ scaled - np.outer(first, first), subset_by_index=[last - 1, last])
    if value[1] > ALIKE and value[1] - value[0] <= ALIKE:
        raise MethodError("Two directions of complexity are equally strong: the matrix does not tell which is meant.")
    return np.asarray(vector[:, 1] / root)


def lanczos(turn: Callable[[np.ndarray], np.ndarray], start: np.ndarray, first: np.ndarray) -> np.ndarray | None:
    """Leading eigenvector of a symmetric operator, orthogonal to `first`, by Lanczos with full reorthogonalisation.

    None where it has not converged to rounding after STEPS steps, or where the start spans too little.
    """
    steps = min(STEPS, len(start) - 1)
    basis, diagonal, side = np.zeros((steps + 2, len(start))), np.zeros(steps), np.zeros(steps)
    basis[0] = first
    start = start - first * (first @ start)
    basis[1], check = start / np.linalg.norm(start), 11
    for k in range(steps):
        w, known = turn(basis[k + 1]), basis[: k + 2]
        diagonal[k] = known[-1] @ w
        for _ in range(2):
            before = np.linalg.norm(w)
            w -= known.T @ (known @ w)
            side[k] = np.linalg.norm(w)
            if side[k] > 0.7 * before:
                break
        if side[k] < 1e-13:
            return None
        basis[k + 2] = w / side[k]
        if k >= check:
            value, vector = _tridiagonal(diagonal[: k + 1], side[:k])
            residual = side[k] * abs(vector[-1])
            if residual <= max(1e-15 * (value[1] - value[0]), 2e-17 * value[1]):
                return np.asarray(vector @ known[1:])
            check = k + max(4, k // 8)
    return None


def _tridiagonal(diagonal: np.ndarray, side: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two largest eigenvalues, and the eigenvector of the largest."""
    from scipy.linalg import eigh_tridiagonal

    n = len(diagonal)
    value, vector = eigh_tridiagonal(diagonal, side, select="i", select_range=(n - 2, n - 1))
    return value, vector[:, 1]


@method("complexity", "fitness", cites=("Tacchella et al. 2012",), laws=("equivariant", "mean_one", "nonnegative"))
def fitness(m: Any, *, iterations: int = 1000, tolerance: float = 1e-10) -> Fitness:
    """Fitness of regions (适合度) and complexity of activities by the non-linear iteration, each divided by its mean.

    m: (R,C) presence. Stops when no value moves by more than `tolerance`, or after `iterations`. An empty m raises MethodError.
    """
    here = binary(m)
    if not here.any():
        raise MethodError("No region holds any activity.")
    f, q = np.ones(here.shape[0]), np.ones(here.shape[1])
    for _ in range(iterations):
        new_f = here @ q
        new_q = quotient(np.ones_like(q), here.T @ quotient(np.ones_like(f), f))
        new_q[~here.any(axis=0)] = 0.0
        new_f, new_q = new_f / new_f.mean(), new_q / new_q.mean()
        moved = max(np.abs(new_f - f).max(), np.abs(new_q - q).max())
        f, q = new_f, new_q
        if moved < tolerance:
            break
    return Fitness(f, q)
