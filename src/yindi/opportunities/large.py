"""Complexity of large panels: sparse matrices, each activity's nearest neighbours only, single precision by blocks of regions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from yindi.core.errors import MethodError
from yindi.opportunities.arrays import binary
from yindi.opportunities.complexity import complexity_of, links_of
from yindi.opportunities.relatedness import NEAREST

BLOCK = 128
LISTED = 600.0
MIRROR = 256_000_000


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


def nearest(m: Any, *, knn: int = NEAREST) -> Any:
    """Proximity of each activity to its `knn` nearest, ties with the last included: sparse (C,C), column p holds those of p.

    m: presence (R,C), sparse or dense. Equals relatedness.proximity(m, knn=knn) without its zeros. Joint presences are counted
    a block of activities at a time, from lists of what regions hold or by dense products, whichever is less work.
    Raises MethodError for knn < 1.
    """
    from scipy.sparse import csc_matrix

    if knn < 1:
        raise MethodError(f"knn must be at least 1, got {knn}.")
    links = _links(m)
    activities = links.shape[1]
    ubiquity = np.maximum(np.bincount(links.indices, minlength=activities), 1).astype(np.float32)
    count, value, where = np.zeros(activities + 1, np.int64), [], []
    for start, together in _together(links):
        block = np.arange(start, start + len(together))
        phi = together / np.maximum(ubiquity[block, None], ubiquity)
        phi[block - start, block] = 0.0
        if knn < activities:
            phi[phi < np.partition(phi, activities - knn, axis=1)[:, activities - knn, None]] = 0.0
        flat = np.flatnonzero(phi)
        count[block + 1] = np.count_nonzero(phi, axis=1)
        near = flat % activities
        largest = np.maximum(ubiquity[np.repeat(block, count[block + 1])], ubiquity[near])
        value.append(together.ravel()[flat].astype(float) / largest)
        where.append(near.astype(np.int32))
    parts = np.concatenate([*value, np.zeros(0)]), np.concatenate([*where, np.zeros(0, np.int32)])
    return csc_matrix((*parts, np.cumsum(count)), shape=(activities, activities))


def _links(m: Any) -> Any:
    from scipy.sparse import issparse

    return m.tocsr() if issparse(m) else links_of(binary(m, dtype=bool))


def _together(links: Any) -> Iterator[tuple[int, np.ndarray]]:
    """Joint presences of a block of activities with all, (start, (b,C) float32), block after block.

    Each pair is counted once and mirrored where the whole table fits into MIRROR bytes.
    """
    regions, activities = links.shape
    mirrored = 2 * activities**2 <= MIRROR and regions < 2**16
    whole = np.empty((activities, activities), np.uint16) if mirrored else None
    for start, found in _counts(links, mirrored):
        end = start + len(found)
        if whole is None:
            yield start, found
            continue
        whole[start:end, start:] = found
        whole[end:, start:end] = whole[start:end, end:].T
        yield start, whole[start:end].astype(np.float32)


def _counts(links: Any, onward: bool) -> Iterator[tuple[int, np.ndarray]]:
    """Blocks of joint presences, from lists of what regions hold or by dense products; `onward` leaves out earlier activities."""
    regions, activities = links.shape
    pairs = float((np.diff(links.indptr).astype(float) ** 2).sum())
    blocks = [(n, min(n + BLOCK, activities)) for n in range(0, activities, BLOCK)]
    if pairs * LISTED >= 2.0 * regions * activities**2:
        here = links.astype(np.float32).toarray()
        for start, end in blocks:
            yield start, here[:, start:end].T @ here[:, start * onward :]
        return
    links = links.sorted_indices()
    region = np.repeat(np.arange(regions), np.diff(links.indptr))
    order = np.argsort(links.indices, kind="stable")
    place = np.concatenate([[0], np.cumsum(np.bincount(links.indices, minlength=activities))])
    first = order if onward else links.indptr[region[order]]
    last, held = links.indptr[region[order] + 1], links.indices.astype(np.int64)
    for start, end in blocks:
        found = np.zeros((end - start, activities - start * onward), np.float32)
        for p in range(start, end):
            cells = slice(place[p], place[p + 1])
            lists = [held[a:b] for a, b in zip(first[cells].tolist(), last[cells].tolist(), strict=True)]
            if lists:
                found[p - start] = np.bincount(np.concatenate(lists), minlength=activities)[start * onward :]
        yield start, _square(found) if onward else found


def _square(found: np.ndarray) -> np.ndarray:
    """Fill the lower triangle of the leading square from the upper."""
    n = len(found)
    upper = np.triu(found[:, :n])
    found[:, :n] = upper + np.triu(upper, 1).T
    return found


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

    links, value = _links(m), np.nan_to_num(pci)
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
