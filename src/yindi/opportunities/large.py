"""Complexity of large panels: sparse matrices, each activity's nearest neighbours only, single precision by blocks of regions."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from yindi.core.errors import MethodError
from yindi.opportunities.complexity import complexity_of
from yindi.opportunities.neighbours import NEAREST, NEAREST_ABOVE, nearest, sparse
from yindi.opportunities.relatedness import Surroundings, proximity
from yindi.opportunities.relatedness import surroundings as dense_surroundings

BLOCK = 128


class Portrait(NamedTuple):
    """eci (R,), pci (C,), outlook (R,) in double precision; density (R,C) and gain (R,C) kept in single precision."""

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


def portrait(x: Any, *, knn: int = NEAREST) -> Portrait:
    """RCA, ECI/PCI, nearest proximities, density, outlook and gain of amounts x (R,C), dense or scipy sparse.

    Single precision keeps density within 1e-6. A region without any specialisation has eci NaN, density 0 and outlook 0; an
    activity without any has pci NaN, density 0 and gain NaN, and counts in nobody's outlook. Parts without any link between them
    are solved one by one with a ComplexityWarning.
    """
    m = presence(x)
    eci, pci = complexity_of(m)
    return Portrait(eci, pci, *surroundings(m, nearest(m, knn=knn), pci))


def surroundings(m: Any, phi: Any, pci: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Density (R,C), outlook (R,) and gain (R,C) in single precision from sparse m (R,C) and phi (C,C), block by block.

    pci (C,) may be NaN: such an activity counts in no outlook and has no gain.
    """
    from scipy.sparse import csr_matrix

    links, value = sparse(m), np.nan_to_num(pci)
    total = np.asarray(phi.sum(axis=0)).ravel()
    share = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)
    near, pull = phi.tocsc(), phi.tocsr().astype(np.float32)
    heard = np.repeat(share, np.diff(near.indptr)) * near.data
    by_target = csr_matrix((heard.astype(np.float32), near.indices, near.indptr), shape=near.shape)
    pull.data *= (share * value).astype(np.float32)[pull.indices]
    reach = (phi @ (share * value)).astype(np.float32)[:, None]
    dense, gained = np.empty(links.shape, np.float32), np.empty(links.shape, np.float32)
    ahead, weight = np.zeros(links.shape[0]), value.astype(np.float32)[:, None]
    for start in range(0, links.shape[0], BLOCK):
        rows = slice(start, start + BLOCK)
        here = np.ascontiguousarray(links[rows].toarray().T, dtype=np.float32)
        around = by_target @ here
        dense[rows] = around.T
        around *= weight
        gain = pull @ here
        gain += around
        gain -= reach
        here -= 1
        gain *= here
        gained[rows] = gain.T
        around *= here
        ahead[rows] = -around.sum(axis=0, dtype=float)
    gained[:, np.isnan(pci)] = np.nan
    return dense, ahead, gained


def around(here: np.ndarray, *values: np.ndarray) -> list[Surroundings]:
    """Density, outlook and gain of presence here (R,C) for each of some complexities (C,), finite.

    Up to 3,000 activities from all proximities; above, from the nearest 50 of each, sparse and in single precision: no table of
    all pairs of activities is ever made.
    """
    if here.shape[1] <= NEAREST_ABOVE:
        phi = proximity(here)
        return [dense_surroundings(here, phi, v) for v in values]
    links = sparse(here)
    near = nearest(links)
    return [Surroundings(*surroundings(links, near, v)) for v in values]
