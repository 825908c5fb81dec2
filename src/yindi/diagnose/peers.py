"""Sets of peers (对标地区): similar units, units in contact, listed units; with the rule that chose each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from yindi.core.errors import MethodError
from yindi.diagnose.endowment import kilometres, nearest

Fill = Callable[[int], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Peers:
    """For each unit: positions of its peers in order, and the rule that chose each of them."""

    members: tuple[tuple[int, ...], ...]
    rules: tuple[tuple[str, ...], ...]

    @property
    def width(self) -> int:
        """The largest number of peers of any unit."""
        return max((len(m) for m in self.members), default=0)

    def with_self(self) -> np.ndarray:
        """Positions (N, width + 1) of each unit itself and its peers; short rows repeat the unit itself."""
        table = np.repeat(np.arange(len(self.members))[:, None], self.width + 1, axis=1)
        for n, members in enumerate(self.members):
            table[n, 1 : len(members) + 1] = members
        return table


def by_similarity(points: np.ndarray, k: int, labels: Sequence[str]) -> Peers:
    """The k nearest units of each over standardised points (N,V); exact ties go to the smaller label, not to the earlier row."""
    order = np.argsort(np.array(list(labels)))
    found = order[nearest(points[order], k).order]
    members: list[tuple[int, ...]] = [()] * len(labels)
    for row, unit in enumerate(order):
        members[unit] = tuple(int(p) for p in found[row])
    return Peers(tuple(members), (("similar",) * k,) * len(labels))


def by_contact(contact: Sequence[Sequence[int]], fill: Fill, *, fewest: int = 2) -> Peers:
    """The units each one touches, in the given order; where fewer than `fewest`, the first of `fill(unit)` are added.

    Raises MethodError when `fill` has too few units to reach `fewest`.
    """
    members, rules = [], []
    for unit, touching in enumerate(contact):
        have = [m for m in touching if m != unit]
        added = [m for m in fill(unit) if m != unit and m not in have][: fewest - len(have)] if len(have) < fewest else []
        if len(have) + len(added) < fewest:
            raise MethodError(f"peers: unit {unit} has {len(have)} neighbours and {len(added)} near units, {fewest} are needed.")
        members.append((*have, *added))
        rules.append(("neighbour",) * len(have) + ("nearest",) * len(added))
    return Peers(tuple(members), tuple(rules))


def by_distance(places: np.ndarray, labels: Sequence[str]) -> Fill:
    """All units from the nearest on by great-circle distance between places (N,2) in degrees; ties go to the smaller label."""
    rank = np.argsort(np.argsort(np.array(list(labels))))

    def fill(unit: int) -> Sequence[int]:
        apart = np.round(kilometres(places[unit], places), 6)
        return [int(p) for p in np.lexsort((rank, apart)) if p != unit]

    return fill


def apart(points: np.ndarray | None, unit: int, members: Sequence[int]) -> np.ndarray:
    """Standardised distance (len(members),) of a unit to its peers; absent (NaN) where no points are given."""
    if points is None:
        return np.full(len(members), np.nan)
    return np.asarray(np.sqrt(((points[list(members)] - points[unit]) ** 2).sum(axis=1)))
