"""What is known of a region and an activity before the entry: sizes, its own quotient, relatedness. All at one date."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yindi.opportunities.advantage import rca
from yindi.opportunities.arrays import quotient
from yindi.opportunities.relatedness import density, proximity

NEIGHBOURS = 20
GROUPS = ("marginals", "own", "relatedness")


@dataclass(frozen=True, slots=True)
class Features:
    """names of the features by group, and values (R,C,F) in that order."""

    names: tuple[tuple[str, str], ...]
    values: np.ndarray

    def of(self, *groups: str) -> np.ndarray:
        """The features of some groups, (R,C,f)."""
        return self.values[..., [n for n, (group, _) in enumerate(self.names) if group in groups]]


def features(x: np.ndarray, here: np.ndarray) -> Features:
    """Features of every cell from amounts x (R,C) and presence (R,C) at the same date."""
    made = {**_marginals(x, here), **_own(x), **_relatedness(here)}
    return Features(tuple(made), np.stack([np.broadcast_to(v, x.shape) for v in made.values()], axis=2))


def _marginals(x: np.ndarray, here: np.ndarray) -> dict[tuple[str, str], np.ndarray]:
    size, weight = np.log1p(x.sum(axis=1, keepdims=True)), np.log1p(x.sum(axis=0, keepdims=True))
    diversity, ubiquity = here.sum(axis=1, keepdims=True), here.sum(axis=0, keepdims=True)
    return {
        ("marginals", "region_size"): size,
        ("marginals", "activity_size"): weight,
        ("marginals", "diversity"): np.log1p(diversity),
        ("marginals", "ubiquity"): np.log1p(ubiquity),
        ("marginals", "sizes"): size * weight,
        ("marginals", "counts"): np.log1p(diversity) * np.log1p(ubiquity),
    }


def _own(x: np.ndarray) -> dict[tuple[str, str], np.ndarray]:
    level = rca(x)
    return {("own", "quotient"): np.minimum(level, 5.0), ("own", "active"): (x > 0).astype(float)}


def _relatedness(here: np.ndarray) -> dict[tuple[str, str], np.ndarray]:
    m = here.astype(float)
    wide = density(m, proximity(m))
    near = density(m, proximity(m, knn=min(NEIGHBOURS, m.shape[1] - 1)))
    relative = quotient(near, near.mean(axis=1, keepdims=True))
    return {("relatedness", "density"): wide, ("relatedness", "near"): near, ("relatedness", "relative"): relative}
