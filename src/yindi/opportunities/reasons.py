"""Why an activity stands on a list: the near activities that a region has, and the near ones that it lacks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yindi.opportunities.arrays import quotient

BLOCK, FEW = 256, 64


@dataclass(frozen=True, slots=True)
class Reasons:
    """cells (N,2) positions of region and activity; carried, lacking (N,k) positions of activities, nearest first, -1 where none.

    carried: near activities that the region has; lacking: near ones that it has not.
    """

    cells: np.ndarray
    carried: np.ndarray
    lacking: np.ndarray


def reasons(here: np.ndarray, asked: np.ndarray, *, count: int = 3) -> Reasons:
    """The `count` nearest present and absent activities around each asked cell; here, asked (R,C) bool.

    Near is the proximity (joint presences over the larger ubiquity), made for the asked activities only.
    """
    there = here.astype(np.float32)
    ubiquity = there.sum(axis=0)
    cells = np.argwhere(asked)
    carried, lacking = (np.full((len(cells), count), -1) for _ in range(2))
    items = np.unique(cells[:, 1])
    for start in range(0, len(items), BLOCK):
        block = items[start : start + BLOCK]
        near = quotient(there.T @ there[:, block], np.maximum(ubiquity[:, None], ubiquity[block]))
        near[block, np.arange(len(block))] = 0.0
        for p, phi in zip(block, near.T, strict=True):
            rows = np.flatnonzero(cells[:, 1] == p)
            order = np.argsort(-phi, kind="stable")[: int((phi > 0).sum())]
            has = here[cells[rows, 0]]
            carried[rows], lacking[rows] = _first(has, order, count), _first(~has, order, count)
    return Reasons(cells, carried, lacking)


def _first(held: np.ndarray, order: np.ndarray, count: int) -> np.ndarray:
    """The first `count` activities in `order` that each row of held (N,C) has; -1 where there are fewer."""
    found = np.full((len(held), count), -1)
    rows, width = np.arange(len(held)), FEW
    while len(rows) and len(order):
        part = order[:width]
        seen = held[np.ix_(rows, part)].cumsum(axis=1, dtype=np.int32)
        for n in range(count):
            there = seen[:, -1] > n
            found[rows[there], n] = part[(seen[there] > n).argmax(axis=1)]
        if width >= len(order):
            break
        rows, width = rows[seen[:, -1] < count], 8 * width
    return found
