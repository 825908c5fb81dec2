"""Why an activity stands on a list: the near activities that a region has, and the near ones that it lacks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yindi.opportunities.arrays import quotient

BLOCK = 256


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
            has = here[cells[rows, 0]]
            carried[rows], lacking[rows] = _top(phi * has, count), _top(phi * ~has, count)
    return Reasons(cells, carried, lacking)


def _top(near: np.ndarray, count: int) -> np.ndarray:
    order = np.argsort(-near, axis=1, kind="stable")[:, :count]
    best = np.where(np.take_along_axis(near, order, axis=1) > 0, order, -1)
    return np.pad(best, ((0, 0), (0, count - best.shape[1])), constant_values=-1)
