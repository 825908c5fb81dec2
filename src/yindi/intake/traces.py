"""Traces of filling: runs of equal values, exactly interpolated or extrapolated ones, that no measurement would give."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from yindi.intake.middles import median
from yindi.intake.written import written

_EXACT = 1e-9


def _usual_change(x: np.ndarray, known: np.ndarray) -> np.ndarray:
    both = known[:, 1:] & known[:, :-1]
    change = np.where(both & (np.diff(x, axis=1) != 0), np.abs(np.diff(x, axis=1)), np.nan)
    some = np.isfinite(change).any(axis=1)
    usual: np.ndarray = np.zeros(len(x))
    usual[some] = median(change[some], 1)
    common = float(np.median(usual[usual > 0])) if (usual > 0).any() else 0.0
    usual[usual == 0] = common
    return usual


def _strange(room: np.ndarray, hit: np.ndarray, counted: np.ndarray, limits: Mapping[str, float]) -> np.ndarray:
    """Hits (R,B) too exact for chance: alone with much room for other values, or shared by most regions with some room.

    Where many regions have such hits in other years, they are the nature of the variable (lengths of railways) and not strange.
    """
    shared = (hit.sum(axis=0) >= np.maximum(limits["regions"], limits["share"] * counted)) & (counted > 0)
    alone = hit[:, ~shared].sum() <= limits["natural"] * max(counted[~shared].sum(), 1) or hit[:, ~shared].any(axis=1).sum() < 3
    strange: np.ndarray = hit & ((alone & (room >= limits["room"])) | (shared[None, :] & (room >= limits["room_shared"])))
    return strange


def _room(x: np.ndarray, hit: np.ndarray, width: np.ndarray) -> np.ndarray:
    room = np.zeros(hit.shape)
    room[hit] = width[hit] / written(x[hit]).place
    return room


def _together(room: np.ndarray) -> np.ndarray:
    """The room of hits in a row, multiplied: three equal values are stranger than two."""
    made = room.copy()
    for r in np.flatnonzero((room > 1).sum(axis=1) > 1):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], (room[r] > 0).astype(int), [0]])))
        for a, b in zip(edges[::2], edges[1::2], strict=True):
            made[r, a:b] = np.prod(np.maximum(room[r, a:b], 1.0))
    return made


def repeated(x: np.ndarray, known: np.ndarray, limits: Mapping[str, float]) -> np.ndarray:
    """(R,T), True where a value is copied from a neighbouring year (回填): from the next one at the start, else carried on."""
    both = known[:, 1:] & known[:, :-1]
    hit = both & (x[:, 1:] == x[:, :-1]) & (x[:, 1:] != 0)
    width = np.broadcast_to(_usual_change(x, known)[:, None], hit.shape)
    same = _strange(_together(_room(x[:, 1:], hit, width)), hit, both.sum(axis=0), limits)
    mask = np.zeros(x.shape, bool)
    for r in np.flatnonzero(same.any(axis=1)):
        first = int(np.flatnonzero(known[r])[0])
        for b in np.flatnonzero(same[r]):
            from_start = same[r, first : b + 1].all()
            mask[r, b if from_start else b + 1] = True
    return mask


def interpolated(x: np.ndarray, known: np.ndarray, limits: Mapping[str, float]) -> np.ndarray:
    """(R,T), True where a value lies exactly on the straight line (线性插值), or the constant growth, between its neighbours."""
    mask = np.zeros(x.shape, bool)
    if x.shape[1] < 3:
        return mask
    left, here, right = x[:, :-2], x[:, 1:-1], x[:, 2:]
    all_three = known[:, :-2] & known[:, 1:-1] & known[:, 2:] & (left != right)
    straight = np.abs(left + right - 2 * here) <= _EXACT * np.abs(here)
    steady = (left > 0) & (right > 0) & (here > 0) & (np.abs(left * right - here**2) <= _EXACT * here**2)
    hit = all_three & (straight | steady)
    mask[:, 1:-1] = _strange(_room(here, hit, np.abs(right - left)), hit, all_three.sum(axis=0), limits)
    return mask
