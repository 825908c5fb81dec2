"""Traces of filling: runs of equal values, exactly interpolated or extrapolated ones, that no measurement would give."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from yindi.intake.middles import median
from yindi.intake.written import written

_EXACT = 1e-9
Limits = Mapping[str, float]


def _usual_change(x: np.ndarray, known: np.ndarray) -> np.ndarray:
    both = known[:, 1:] & known[:, :-1]
    change = np.where(both & (np.diff(x, axis=1) != 0), np.abs(np.diff(x, axis=1)), np.nan)
    some = np.isfinite(change).any(axis=1)
    usual: np.ndarray = np.zeros(len(x))
    usual[some] = median(change[some], 1)
    common = float(np.median(usual[usual > 0])) if (usual > 0).any() else 0.0
    usual[usual == 0] = common
    return usual


def _strange(room: np.ndarray, hit: np.ndarray, counted: np.ndarray, limits: Limits) -> tuple[np.ndarray, np.ndarray]:
    """Hits (R,B) too exact for chance: alone with much room for other values; shared by most regions with some room.

    Where many regions have such hits in other years, they are the nature of the variable (lengths of railways) and not strange.
    """
    shared = (hit.sum(axis=0) >= np.maximum(limits["regions"], limits["share"] * counted)) & (counted > 0)
    regions = hit[:, ~shared].any(axis=1).sum()
    few = regions < 3 or regions <= limits["natural_regions"] * len(hit)
    alone = few or hit[:, ~shared].sum() <= limits["natural"] * max(counted[~shared].sum(), 1)
    return hit & alone & (room >= limits["room"]), hit & shared[None, :] & (room >= limits["room_shared"])


def _expected(x: np.ndarray, width: np.ndarray, fine: np.ndarray, shared: np.ndarray, looks: int) -> np.ndarray:
    """(B,) in how many years of the whole table so many regions would have such hits by chance; 0 where none are shared.

    A value hits by chance as often as its last place goes into the usual width; many do as Chernoff's bound says.
    """
    expected = np.zeros(x.shape[1])
    for b in np.flatnonzero(shared.any(axis=0)):
        held = np.flatnonzero(fine[:, b])
        chance = float(np.minimum(1.0, written(x[held, b]).place / np.maximum(width[held, b], 1e-300)).mean())
        expected[b] = looks / len(x) * np.exp(-len(held) * _divergence(shared[:, b].sum() / len(held), chance))
    return expected


def _divergence(share: float, chance: float) -> float:
    """How far a share of hits lies above its chance (Kullback and Leibler); 0 where it does not."""
    if share <= chance:
        return 0.0
    rest = (1 - share) * np.log((1 - share) / (1 - chance)) if share < 1 else 0.0
    return float(share * np.log(share / max(chance, 1e-300)) + rest)


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


@dataclass(frozen=True, slots=True)
class Traces:
    """Cells (R,T) that were filled, and the log of the room each had for other values; infinite where most regions share it."""

    mask: np.ndarray
    room: np.ndarray


def _logs(room: np.ndarray) -> np.ndarray:
    logs: np.ndarray = np.log(np.maximum(room, 1.0))
    return logs


def _enough(together: np.ndarray, looks: int, limits: Limits) -> np.ndarray:
    """True where so much room would be met by chance in less than `look` of all the places that were looked at."""
    enough: np.ndarray = together * limits["look"] >= looks
    return enough


def repeats(x: np.ndarray, known: np.ndarray, limits: Limits, looks: int = 0) -> Traces:
    """Values copied from a neighbouring year (回填): from the next one at the start, else carried on.

    `looks`: in how many places of the whole table such traces are looked for.
    """
    both = known[:, 1:] & known[:, :-1]
    hit = both & (x[:, 1:] == x[:, :-1]) & (x[:, 1:] != 0)
    single = _room(x[:, 1:], hit, np.broadcast_to(_usual_change(x, known)[:, None], hit.shape))
    together = _together(single)
    alone, shared = _strange(together, hit, both.sum(axis=0), limits)
    expected = _expected(x[:, 1:], np.broadcast_to(_usual_change(x, known)[:, None], hit.shape), both, shared, looks)
    same = (shared & (expected <= limits["look"])) | (alone & _enough(together, looks, limits))
    mask, room = np.zeros(x.shape, bool), np.zeros(x.shape)
    logs = np.where(shared & (expected <= limits["chance"]), np.inf, _logs(single))
    for r in np.flatnonzero(same.any(axis=1)):
        first = int(np.flatnonzero(known[r])[0])
        for b in np.flatnonzero(same[r]):
            at = b if same[r, first : b + 1].all() else b + 1
            mask[r, at], room[r, at] = True, logs[r, b]
    return Traces(mask, room)


def interpolations(x: np.ndarray, known: np.ndarray, limits: Limits, looks: int = 0) -> Traces:
    """Values that lie exactly on the straight line (线性插值), or the constant growth, between their neighbours."""
    mask, logs = np.zeros(x.shape, bool), np.zeros(x.shape)
    if x.shape[1] < 3:
        return Traces(mask, logs)
    left, here, right = x[:, :-2], x[:, 1:-1], x[:, 2:]
    all_three = known[:, :-2] & known[:, 1:-1] & known[:, 2:] & (left != right)
    straight = np.abs(left + right - 2 * here) <= _EXACT * np.abs(here)
    steady = (left > 0) & (right > 0) & (here > 0) & (np.abs(left * right - here**2) <= _EXACT * here**2)
    hit = all_three & (straight | steady)
    alone, shared = _strange(_room(here, hit, np.abs(right - left)), hit, all_three.sum(axis=0), limits)
    bend = np.broadcast_to(usual_bend(x, all_three & ~hit)[:, None], hit.shape)
    single = _room(here, hit, np.minimum(bend, np.abs(right - left)))
    expected = _expected(here, bend, all_three, shared, looks)
    mask[:, 1:-1] = (shared & (expected <= limits["look"])) | (alone & _enough(_together(single), looks, limits))
    logs[:, 1:-1] = np.where(shared & (expected <= limits["chance"]), np.inf, _logs(single))
    return Traces(mask, logs)


def usual_bend(x: np.ndarray, fine: np.ndarray) -> np.ndarray:
    """(R,) how far a value usually lies beside the middle of its neighbours; of all regions where one shows nothing."""
    bend = np.where(fine, np.abs(x[:, :-2] + x[:, 2:] - 2 * x[:, 1:-1]), np.nan)
    common = float(np.nanmedian(bend)) if fine.any() else np.inf
    usual = median(bend, 1)
    return np.where(np.isnan(usual), common, usual)


def repeated(x: np.ndarray, known: np.ndarray, limits: Limits) -> np.ndarray:
    """(R,T), True where a value is copied from a neighbouring year."""
    return repeats(x, known, limits).mask


def interpolated(x: np.ndarray, known: np.ndarray, limits: Limits) -> np.ndarray:
    """(R,T), True where a value lies exactly on the line between its neighbours."""
    return interpolations(x, known, limits).mask


def surely(block: np.ndarray, room: np.ndarray, looks: int, limits: Limits) -> bool:
    """True where a block (R,T) is no chance: of all blocks of so many regions, less than `chance` would be like it.

    So many regions can be chosen in many ways, and each place may be the one: `looks` over the regions, times those ways.
    """
    regions, some = len(block), int(block.any(axis=1).sum())
    ways = math.lgamma(regions + 1) - math.lgamma(some + 1) - math.lgamma(regions - some + 1)
    return bool(math.log(max(looks / regions, 1.0)) + ways - float(room[block].sum()) <= math.log(limits["chance"]))
