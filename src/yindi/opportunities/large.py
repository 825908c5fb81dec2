"""Complexity of large panels: sparse matrices, each activity's nearest neighbours only, single precision by blocks of regions."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from yindi.core.errors import MethodError
from yindi.opportunities.complexity import second_eigenvector, standardise

BLOCK = 256


class Portrait(NamedTuple):
    """eci (R,), pci (C,) in double precision; density (R,C), outlook (R,) and gain (R,C) in single precision."""

    eci: np.ndarray
    pci: np.ndarray
    density: np.ndarray
    outlook: np.ndarray
    gain: np.ndarray


def presence(x: Any) -> Any:
    """Sparse presence (R,C): quotient at least 1, of amounts x, dense or scipy sparse; only the filled cells are touched.

    Raises MethodError for a negative or absent amount.
    """
    from scipy.sparse import csr_matrix

    filled = csr_matrix(x, dtype=float)
    if not np.isfinite(filled.data).all() or (filled.data < 0).any():
        raise MethodError("x holds a negative amount or one that is no finite number.")
    regions = np.repeat(np.arange(filled.shape[0]), np.diff(filled.indptr))
    size = np.bincount(regions, filled.data, filled.shape[0])
    weight = np.bincount(filled.indices, filled.data, filled.shape[1])
    high = filled.data * size.sum() >= size[regions] * weight[filled.indices]
    high &= filled.data > 0
    return csr_matrix((np.ones(int(high.sum())), (regions[high], filled.indices[high])), shape=filled.shape)


def nearest(m: Any, *, knn: int = 50) -> Any:
    """Proximity of each activity to its `knn` nearest, ties with the last included: sparse (C,C), column p holds those of p.

    m: sparse presence (R,C). Equals relatedness.proximity(m, knn=knn) without its zeros. Raises MethodError for knn < 1.
    """
    from scipy.sparse import csc_matrix, hstack

    if knn < 1:
        raise MethodError(f"knn must be at least 1, got {knn}.")
    here = m.toarray().astype(np.float32) if m.dtype != np.float32 else m.toarray()
    ubiquity = np.maximum(here.sum(axis=0), 1)
    columns = []
    for start in range(0, here.shape[1], BLOCK):
        block = slice(start, min(start + BLOCK, here.shape[1]))
        phi = here[:, block].T @ here
        phi /= np.maximum(ubiquity[block, None], ubiquity)
        phi[np.arange(len(phi)), np.arange(block.start, block.stop)] = 0.0
        if knn < phi.shape[1]:
            phi[phi < np.partition(phi, phi.shape[1] - knn, axis=1)[:, phi.shape[1] - knn, None]] = 0.0
        columns.append(csc_matrix(phi.T))
    return hstack(columns, format="csc")


def portrait(x: Any, *, knn: int = 50) -> Portrait:
    """RCA, ECI/PCI, nearest proximities, density, outlook and gain of amounts x (R,C), dense or scipy sparse.

    Single precision keeps density within 1e-6. Raises MethodError for an empty row or column of presence, or one in parts.
    """
    from scipy.sparse import bmat, diags
    from scipy.sparse.csgraph import connected_components

    m = presence(x)
    diversity, ubiquity = np.diff(m.indptr).astype(float), np.bincount(m.indices, minlength=m.shape[1]).astype(float)
    if not (diversity.all() and ubiquity.all()) or connected_components(bmat([[None, m], [m.T, None]]), directed=False)[0] > 1:
        raise MethodError("Presence has an empty row or column or falls into parts; take them out or part them first.")
    kp = second_eigenvector(m, diversity, ubiquity)
    eci, pci = standardise((m @ kp) / diversity, kp, diversity)
    phi = nearest(m.astype(np.float32), knn=knn)
    total = np.asarray(phi.sum(axis=0), dtype=float).ravel()
    share = phi @ diags(np.divide(1.0, total, out=np.zeros_like(total), where=total > 0))
    return Portrait(eci, pci, *_blocks(m.astype(np.float32), share.astype(np.float32), pci.astype(np.float32)))


def _blocks(m: Any, share: Any, pci: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Density, outlook and gain, a block of regions at a time."""
    from scipy.sparse import diags

    around, gained = np.zeros(m.shape, np.float32), np.zeros(m.shape, np.float32)
    ahead = np.zeros(m.shape[0], np.float32)
    into, pull = share.tocsr(), (share @ diags(pci)).T.tocsr().astype(np.float32)
    reach = np.asarray(pull.sum(axis=0)).ravel()
    for start in range(0, m.shape[0], BLOCK):
        rows = slice(start, start + BLOCK)
        here = m[rows]
        absent = 1 - here.toarray()
        (here @ into).toarray(out=around[rows])
        (here @ pull).toarray(out=gained[rows])
        gained[rows] = (reach - gained[rows] - around[rows] * pci) * absent
        ahead[rows] = (around[rows] * absent) @ pci
    return around, ahead, gained
