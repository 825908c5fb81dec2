"""Additivity (可加性): which columns are sums of others, which rows of others, which cells break the sums, and what is right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from yindi.intake import culprits
from yindi.intake.culprits import TOLERANCE, Figures, Slip, Sum, kind_of
from yindi.intake.families import Family, completed, families

__all__ = ["Slip", "Sum", "additive", "column_sums", "complete", "families", "kind_of", "slips"]
SAMPLE, SHARE = 60, 0.9
ADDS, FAMILIES, COST = 0.8, 5, 4e9


def column_sums(x: np.ndarray) -> list[Sum]:
    """Columns that are the sum of a run of neighbouring (or every second) columns in nearly all rows of x (N,C), absent = 0.

    None are looked for in tables of more than some 400 columns: every column would be held against every run of the others.
    """
    live = np.flatnonzero((x != 0).sum(axis=1) >= 0.5 * np.median((x != 0).sum(axis=1)))
    rows = live[np.linspace(0, len(live) - 1, min(SAMPLE, len(live))).astype(int)]
    if len(rows) * float(x.shape[1]) ** 3 > COST:
        return []
    found: list[Sum] = []
    for stride in (1, 2):
        found += _runs(x, rows, stride)
    best: dict[int, list[Sum]] = {}
    for s in sorted(found, key=lambda s: (-round(s.share, 2), -len(s.parts), s.total, s.parts)):
        kept = best.setdefault(s.total, [])
        if not any(set(s.parts) & set(other.parts) for other in kept):
            kept.append(s)
    return sorted((s for kept in best.values() for s in kept), key=lambda s: (s.total, s.parts))


def _runs(x: np.ndarray, rows: np.ndarray, stride: int) -> Iterator[Sum]:
    n = x.shape[1]
    for start in range(stride):
        columns = np.arange(start, n, stride)
        sums = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(x[np.ix_(rows, columns)], axis=1)], axis=1)
        blocks = sums[:, None, :] - sums[:, :, None]
        for total in np.flatnonzero((x[rows] != 0).mean(axis=0) > 0.5):
            hit = (np.abs(blocks - x[rows, total][:, None, None]) <= TOLERANCE).mean(axis=0) >= SHARE
            yield from _verified(x, int(total), columns, np.argwhere(hit))


def _verified(x: np.ndarray, total: int, columns: np.ndarray, spans: np.ndarray) -> Iterator[Sum]:
    for a, b in spans:
        parts = columns[a:b]
        if b - a < 2 or total in parts or ((x[:, parts] != 0).mean(axis=0) > 0.1).sum() < 2:
            continue
        live = x[:, total] != 0
        share = float((np.abs(x[live][:, parts].sum(axis=1) - x[live, total]) <= TOLERANCE).mean())
        if share >= SHARE:
            yield Sum(total, tuple(int(p) for p in parts), share)


def rooms(x: np.ndarray, groups: Sequence[Family]) -> np.ndarray:
    """(C,), the room of rounding in which rows add up: none where they do so exactly, else half a last digit a row."""
    room = np.full(x.shape[1], TOLERANCE)
    exact = _share(x, groups, room)
    many = max((len(kids) for _, kids in groups), default=0) + 1
    for j in np.flatnonzero(exact < ADDS):
        room[j] = max(0.5 * _resolution(x[:, j]) * many, TOLERANCE)
    return room


def _resolution(column: np.ndarray) -> float:
    some = column[column != 0][:SAMPLE]
    places = [len(f"{v:.10g}".partition(".")[2]) for v in some.tolist() if "e" not in f"{v:.10g}"]
    return float(10.0 ** -max(places, default=0))


def _share(x: np.ndarray, groups: Sequence[Family], room: np.ndarray) -> np.ndarray:
    """(C,), share of families whose children add up to the parent within the room; 0 where too few have the column."""
    if not groups:
        return np.zeros(x.shape[1])
    fits = np.array([np.abs(x[list(kids)].sum(axis=0) - x[parent]) <= room for parent, kids in groups])
    live = np.array([x[parent] != 0 for parent, _ in groups])
    counted = live.sum(axis=0)
    share: np.ndarray = np.where(counted >= FAMILIES, (fits & live).sum(axis=0) / np.maximum(counted, 1), 0.0)
    return share


def additive(x: np.ndarray, groups: Sequence[Family], *, room: np.ndarray | None = None) -> np.ndarray:
    """(C,), True for columns whose parents are the sums of their children in most families."""
    good: np.ndarray = _share(x, groups, np.full(x.shape[1], TOLERANCE) if room is None else room) >= ADDS
    return good


def complete(
    x: np.ndarray, groups: Sequence[Family], *, codes: Sequence[str] = (), share: float = 0.8
) -> tuple[list[Family], list[Family]]:
    """Families whose children add up to the parent in most additive columns, and those that lack a child row.

    With codes, rows without a code that stand inside a family are taken in where it adds up only with them, and a family that
    adds up in another year is complete.
    """
    room = rooms(x, groups)
    adds = additive(x, groups, room=room)
    good: list[Family] = []
    lacking: list[Family] = []
    for parent, kids in groups:
        live = adds & (x[parent] != 0)
        fits = np.abs(x[list(kids)].sum(axis=0) - x[parent])[live] <= room[live]
        (good if live.any() and fits.mean() >= share else lacking).append((parent, kids))
    known = {_signature(family, codes) for family in good} if codes else set()
    good += [family for family in lacking if codes and _signature(family, codes) in known]
    lacking = [family for family in lacking if not codes or _signature(family, codes) not in known]
    more = completed(x, lacking, codes, adds, share=share) if codes else []
    mended = {parent for parent, _ in more}
    return good + more, [family for family in lacking if family[0] not in mended]


def _signature(family: Family, codes: Sequence[str]) -> tuple[str, ...]:
    parent, kids = family
    return (codes[parent], *(codes[k] for k in kids))


def slips(x: np.ndarray, sums: Sequence[Sum], groups: Sequence[Family], *, absent: np.ndarray | None = None) -> list[Slip]:
    """The cells that explain broken sums of x (N,C), within rounding; `groups` should be complete families."""
    gone = x == 0 if absent is None else absent
    room = rooms(x, groups)
    return culprits.slips(Figures(x, gone, additive(x, groups, room=room), room), sums, groups)
