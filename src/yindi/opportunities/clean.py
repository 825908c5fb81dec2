"""What of a panel can be compared over time: regions and activities that are there in every year that is used."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yindi.core.errors import MethodError
from yindi.opportunities.evidence import choose_split
from yindi.opportunities.panels import Cube, cube

NEARLY = 0.005


@dataclass(frozen=True, slots=True)
class Comparable:
    """The cube that is used, and the labels left out: unused years, regions and activities empty in a used year, or too small."""

    cube: Cube
    years_left: tuple[str, ...]
    regions_left: tuple[str, ...]
    activities_left: tuple[str, ...]
    regions_small: tuple[str, ...]
    activities_small: tuple[str, ...]
    regions_sums: tuple[str, ...] = ()
    activities_sums: tuple[str, ...] = ()


def parts(given: Cube) -> Cube:
    """The used years of a cube without its sums (totals and subtotals of regions or activities); empty cells stay.

    Raises MethodError where nothing remains.
    """
    used = choose_split(given.years)[0]
    x = given.values[:, [given.years.index(y) for y in used]]
    rows = ~(_sums(x, 0) | _subtotals(x, 0, given.regions))
    columns = ~(_sums(x, 2) | _subtotals(x, 2, given.activities))
    return cube(Cube(x[rows][:, :, columns], _some(given.regions, rows), used, _some(given.activities, columns)))


def comparable(given: Cube, *, least_region: float = 0.0, least_activity: float = 0.0) -> Comparable:
    """The years the test can use (at most the last eleven), and in them every region and activity that is never empty.

    A region or an activity that is the sum of all others, or of the longer codes that begin with its own (a total or a subtotal),
    would count what it holds twice and is left out.
    least_region, least_activity: totals in the first used year below which a region or an activity is left out.
    Raises MethodError when fewer than two regions or activities remain.
    """
    used = choose_split(given.years)[0]
    at = [given.years.index(y) for y in used]
    x = given.values[:, at]
    first_r, first_c = x[:, 0].sum(axis=1), x[:, 0].sum(axis=0)
    sum_r = _sums(x, 0) | _subtotals(x, 0, given.regions)
    sum_c = _sums(x, 2) | _subtotals(x, 2, given.activities)
    rows, columns = ~sum_r & (first_r >= least_region), ~sum_c & (first_c >= least_activity)
    small_r, small_c = ~rows & ~sum_r, ~columns & ~sum_c
    while True:
        live_r = rows & (x[:, :, columns].sum(axis=2) > 0).all(axis=1)
        live_c = columns & (x[live_r].sum(axis=0) > 0).all(axis=0)
        if (live_r == rows).all() and (live_c == columns).all():
            break
        rows, columns = live_r, live_c
    if rows.sum() < 2 or columns.sum() < 2:
        raise MethodError(f"Of {len(rows)} regions and {len(columns)} activities {rows.sum()} and {columns.sum()} have amounts "
                          f"in every year of {', '.join(used)}; two of each are needed.")  # fmt: skip
    kept = Cube(np.ascontiguousarray(x[rows][:, :, columns]), _some(given.regions, rows), used, _some(given.activities, columns))
    return Comparable(cube(kept), tuple(y for y in given.years if y not in used),
                      _some(given.regions, ~rows & ~small_r & ~sum_r),
                      _some(given.activities, ~columns & ~small_c & ~sum_c),
                      _some(given.regions, small_r), _some(given.activities, small_c),
                      _some(given.regions, sum_r), _some(given.activities, sum_c))  # fmt: skip


def _sums(x: np.ndarray, axis: int) -> np.ndarray:
    """Labels along an axis of (R,T,C) whose amounts are the sum of all others, within half a per cent of the total."""
    total = x.sum(axis=axis)
    found = np.zeros(x.shape[axis], bool)
    if x.shape[axis] < 4 or not total.any():
        return found
    share = x.sum(axis=tuple(n for n in range(3) if n != axis)) / total.sum()
    for n in np.flatnonzero(np.abs(share - 0.5) < NEARLY):
        apart = np.abs(2 * np.take(x, n, axis=axis) - total).sum()
        found[n] = apart <= 2 * NEARLY * total.sum()
    return found


def _subtotals(x: np.ndarray, axis: int, labels: tuple[str, ...]) -> np.ndarray:
    """Codes along an axis of (R,T,C) whose amounts are the sum of the next longer codes that begin with them."""
    found = np.zeros(len(labels), bool)
    order = sorted(range(len(labels)), key=labels.__getitem__)
    open_: list[int] = []
    below: dict[int, list[int]] = {}
    for n in order:
        while open_ and not labels[n].startswith(labels[open_[-1]]):
            open_.pop()
        if open_:
            below.setdefault(open_[-1], []).append(n)
        open_.append(n)
    for head, parts in below.items():
        whole = np.take(x, head, axis=axis)
        apart = np.abs(whole - np.take(x, parts, axis=axis).sum(axis=axis)).sum()
        found[head] = len(parts) > 1 and apart <= 2 * NEARLY * whole.sum()
    return found


def _some(labels: tuple[str, ...], kept: np.ndarray) -> tuple[str, ...]:
    return tuple(name for name, k in zip(labels, kept, strict=True) if k)
