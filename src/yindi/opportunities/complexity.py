"""Complexity of regions and activities: eigenvector (ECI, PCI) and fitness."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.opportunities.arrays import binary, quotient

DENSE_BELOW = 350


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


def parts(m: Any) -> tuple[np.ndarray, np.ndarray]:
    """Part of the bipartite graph of each region (R,) and activity (C,), from 0; -1 for an empty row or column."""
    here = binary(m)
    filled = np.asarray(here.any(axis=1)), np.asarray(here.any(axis=0))
    if _reach(here, filled[0]):
        return np.where(filled[0], 0, -1), np.where(filled[1], 0, -1)
    return _components(here)


def _reach(here: np.ndarray, filled: np.ndarray) -> bool:
    """True where every filled region is reached from the first one by shared activities."""
    if not filled.any():
        return False
    reached, count = np.zeros(len(here)), 0
    reached[int(filled.argmax())] = 1.0
    while reached.sum() > count:
        count = int(reached.sum())
        reached = (here @ ((reached @ here) > 0) > 0).astype(float)
    return count == int(filled.sum())


def _components(here: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from scipy.sparse import bmat, csr_matrix
    from scipy.sparse.csgraph import connected_components

    links = csr_matrix(here)
    _, label = connected_components(bmat([[None, links], [links.T, None]]), directed=False)
    rows, columns = label[: here.shape[0]], label[here.shape[0] :]
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
    one by one with a ComplexityWarning. Raises MethodError when a part has fewer than two regions or activities.
    """
    here = binary(m)
    row, column = parts(here)
    count = row.max(initial=-1) + 1
    if count > 1:
        text = f"The matrix falls into {count} parts; complexity compares only inside one."
        warnings.warn(text, ComplexityWarning, stacklevel=2)
    eci, pci = np.full(here.shape[0], np.nan), np.full(here.shape[1], np.nan)
    for n in range(count):
        r, c = row == n, column == n
        eci[r], pci[c] = _one_part(here[np.ix_(r, c)])
    return EciPci(eci, pci)


def _one_part(m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if min(m.shape) < 2:
        raise MethodError(f"Complexity needs two regions and two activities that are linked; a part of the matrix is {m.shape}.")
    diversity, ubiquity = m.sum(axis=1), m.sum(axis=0)
    kp = _eigenvector(m, diversity, ubiquity) if m.shape[1] <= m.shape[0] else None
    if kp is None:
        kp = (_eigenvector(m.T, ubiquity, diversity) @ m) / ubiquity
    return standardise((m @ kp) / diversity, kp, diversity)


def standardise(kc: np.ndarray, kp: np.ndarray, diversity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """eci (R,) and pci (C,) from the raw values of regions and activities; raises MethodError when regions do not differ."""
    spread = kc.std()
    if spread <= 1e-12 * np.abs(kp).max():
        raise MethodError("All regions hold the same activities in proportion: complexity has no direction here.")
    sign = _sign(kc, diversity)
    eci, pci = sign * (kc - kc.mean()) / spread, sign * (kp - kc.mean()) / spread
    return np.asarray(eci), np.asarray(pci)


def _sign(kc: np.ndarray, diversity: np.ndarray) -> float:
    lean = float((kc - kc.mean()) @ (diversity - diversity.mean()))
    if abs(lean) > 1e-12 * len(kc) * kc.std() * max(diversity.std(), 1e-300):
        return 1.0 if lean > 0 else -1.0
    return 1.0 if kc[int(np.argmax(np.abs(kc - kc.mean())))] > kc.mean() else -1.0


def _eigenvector(m: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Second eigenvector of columns^-1 m' rows^-1 m, (C,) for m (R,C), solved in its symmetric form with the first taken out."""
    from scipy.linalg import eigh
    from scipy.sparse import csr_matrix

    n, root = m.shape[1], np.sqrt(columns)
    first = root / np.linalg.norm(root)
    if n <= DENSE_BELOW:
        scaled = m / np.sqrt(rows)[:, None] / root
        top: np.ndarray = eigh(scaled.T @ scaled - np.outer(first, first), subset_by_index=[n - 1, n - 1])[1][:, 0]
        top /= root
        return top
    return second_eigenvector(csr_matrix(m), rows, columns)


def second_eigenvector(links: Any, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Second eigenvector of columns^-1 m' rows^-1 m, (C,), by Lanczos on a sparse m (R,C) with row sums and column sums."""
    from scipy.sparse.linalg import LinearOperator, eigsh

    n, root = links.shape[1], np.sqrt(columns)
    first = root / np.linalg.norm(root)
    back = links.T.tocsr()

    def turn(v: np.ndarray) -> np.ndarray:
        turned: np.ndarray = back @ ((links @ (v / root)) / rows) / root - first * (first @ v)
        return turned

    start = np.cos(np.arange(n) * 0.7)
    operator = LinearOperator((n, n), matvec=turn, dtype=float)
    found: np.ndarray = eigsh(operator, k=1, which="LA", v0=start - first * (first @ start), tol=1e-14)[1][:, 0]
    found /= root
    return found


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
