"""Other published index systems on the same data (同一数据、不同指标体系), and which of them the draws can take up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yindi.core.errors import MethodError
from yindi.measure import weights
from yindi.measure.recipe import Columns, Recipe

LEAST = 3
"""Fewer indicators than this make no index."""


@dataclass(frozen=True, slots=True)
class System:
    """A framework on the study's data: its code, version, concept, how many indicators it has, and the columns that are there."""

    code: str
    version: str
    concept: str
    size: int
    columns: Columns

    @property
    def held(self) -> int:
        """How many of its indicators the data hold."""
        return len(self.columns.codes)

    @property
    def key(self) -> frozenset[tuple[str, int]]:
        """Indicators with their directions."""
        return frozenset(zip(self.columns.codes, self.columns.direction, strict=True))


def verdicts(own: System, others: Sequence[System], *, coverage: float, named: Sequence[str] = ()) -> dict[str, str]:
    """Framework -> "" where the draws can take it up beside `own`, else why not.

    It must measure the study's concept and hold at least `coverage` of its indicators (or be `named`), be another set of
    indicators than those before it, and have LEAST of them.
    """
    taken, said = {own.key: own.code}, {}
    for one in others:
        same = taken.get(one.key)
        if one.held < LEAST or (one.held < coverage * one.size and one.code not in named):
            said[one.code] = f"{one.held} of {one.size} indicators"
        elif named and one.code not in named:
            said[one.code] = "not named in measure.frameworks"
        elif not named and (not own.concept or one.concept != own.concept):
            said[one.code] = f"another concept ({one.concept or 'none named'})"
        elif same:
            said[one.code] = f"same indicators as {same}"
        else:
            said[one.code], taken[one.key] = "", one.code
    return said


def joined(systems: Sequence[System]) -> tuple[Columns, list[np.ndarray]]:
    """All columns of several systems, each once, and the places of each system's columns among them."""
    place: dict[tuple[str, int], int] = {}
    first: list[tuple[Columns, int]] = []
    at = []
    for one in systems:
        for j, key in enumerate(zip(one.columns.codes, one.columns.direction, strict=True)):
            if key not in place:
                place[key] = len(place)
                first.append((one.columns, j))
        at.append(np.array([place[key] for key in zip(one.columns.codes, one.columns.direction, strict=True)]))
    codes, direction = zip(*place, strict=True)
    values = np.stack([c.values[..., j] for c, j in first], axis=-1)
    segments = tuple(c.segments[j] for c, j in first)
    return Columns(codes, direction, tuple(c.dimension[j] for c, j in first), segments, values), at


def schemes(recipe: Recipe, columns: Columns, names: Sequence[str]) -> np.ndarray:
    """Weights (S,J) of the named schemes; equal where a scheme cannot be computed from these columns."""
    z = recipe.normalise(columns)
    made = []
    for name in names:
        try:
            made.append(recipe.weigh(columns, z, name))
        except MethodError:
            made.append(weights.equal(z))
    return np.stack(made)
