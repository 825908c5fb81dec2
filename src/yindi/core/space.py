"""Space: neighbours between regions as an edge list keyed by region code, groupings, centroids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from yindi.core.axes import positions
from yindi.core.errors import AxisError


@dataclass(frozen=True, slots=True)
class Space:
    """Undirected `edges` (code, code), of which `bridges` are declared and not land contact; `groups`: grouping -> code -> group.

    `centroids`: code -> (longitude, latitude) in degrees; `areas`: code -> square kilometres;
    `outlines`: code -> rings (N,2) in degrees where the user gave boundaries, counter-clockwise outside.
    """

    regions: tuple[str, ...]
    edges: tuple[tuple[str, str], ...] = ()
    bridges: tuple[tuple[str, str], ...] = ()
    groups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    centroids: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    areas: Mapping[str, float] = field(default_factory=dict)
    step: str = ""
    outlines: Mapping[str, tuple[np.ndarray, ...]] = field(default_factory=dict, compare=False, repr=False)

    def neighbours(self, region: str) -> tuple[str, ...]:
        """The codes that share an edge with `region`, sorted."""
        return tuple(sorted({b if a == region else a for a, b in self.edges if region in (a, b)}))

    def islands(self) -> tuple[str, ...]:
        """Regions without any neighbour."""
        linked = {code for edge in self.edges for code in edge}
        return tuple(r for r in self.regions if r not in linked)

    def weights(self, regions: Sequence[str], *, row_standardised: bool = True) -> np.ndarray:
        """Contiguity matrix (R,R) in the order of `regions`; raises AxisError for a region the space does not know."""
        positions("region", regions, self.regions, where="space")
        index = {r: n for n, r in enumerate(regions)}
        w = np.zeros((len(regions), len(regions)))
        for a, b in self.edges:
            if a in index and b in index:
                w[index[a], index[b]] = w[index[b], index[a]] = 1.0
        total = w.sum(axis=1, keepdims=True)
        return np.divide(w, total, out=np.zeros_like(w), where=total > 0) if row_standardised else w

    def group_of(self, grouping: str, regions: Sequence[str]) -> tuple[str, ...]:
        """The group of each region; raises AxisError where the grouping or a region's group is unknown."""
        if grouping not in self.groups:
            raise AxisError(f"No grouping is called {grouping!r}; known: {sorted(self.groups)}.")
        table = self.groups[grouping]
        missing = [r for r in regions if r not in table]
        if missing:
            raise AxisError(f"Grouping {grouping!r} gives no group to {missing[:5]}.")
        return tuple(table[r] for r in regions)
