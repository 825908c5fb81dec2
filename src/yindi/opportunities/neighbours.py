"""Joint presences of many activities, counted block by block, and the nearest neighbours among them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from yindi.core.errors import MethodError
from yindi.opportunities.arrays import binary
from yindi.opportunities.complexity import links_of

NEAREST_ABOVE, NEAREST = 3000, 50
BLOCK = 128
LISTED = 600.0
MIRROR = 256_000_000


def nearest(m: Any, *, knn: int = NEAREST) -> Any:
    """Proximity of each activity to its `knn` nearest, ties with the last included: sparse (C,C), column p holds those of p.

    m: presence (R,C), sparse or dense. Equals relatedness.proximity(m, knn=knn) without its zeros. Joint presences are counted
    a block of activities at a time, from lists of what regions hold or by dense products, whichever is less work.
    Raises MethodError for knn < 1.
    """
    from scipy.sparse import csc_matrix

    if knn < 1:
        raise MethodError(f"knn must be at least 1, got {knn}.")
    links = sparse(m)
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


def sparse(m: Any) -> Any:
    """Sparse rows (R,C) of a presence matrix, sparse already or dense."""
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
