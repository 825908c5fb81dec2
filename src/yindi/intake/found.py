"""Found: one finding with its evidence, its proposal and its ways out; the rules of every kind; blocks of cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core import resources
from yindi.intake.assemble import Cube


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: variable, kind, the cells (region, year) or boundaries it names, share of regions, size, how sure.

    `detail` and `zh` say the evidence, `right` the proposed (region, year, value), `effect` what following it would change.
    """

    variable: str
    kind: str
    years: tuple[str, ...]
    regions: tuple[str, ...]
    share: float
    size: float
    sure: bool
    cells: frozenset[tuple[str, str]] = frozenset()
    detail: str = ""
    empty: bool = False
    refused: tuple[str, ...] = ()
    zh: str = ""
    right: tuple[tuple[str, str, float], ...] = ()
    effect: str = ""
    effect_zh: str = ""
    place: str = ""

    @property
    def id(self) -> str:
        """A stable label: variable, kind, first year, and the region where there is only one."""
        region = f".{self.regions[0]}" if len(self.regions) == 1 else ""
        return ".".join(p for p in (self.variable, self.kind, *self.years[:1]) if p) + region

    @property
    def ways_out(self) -> tuple[str, ...]:
        """What the study file may choose and works here: not what is refused, nor imputing from a variable without any value."""
        choices = (c for c in rules()[self.kind]["choices"] if c not in self.refused)
        return tuple(c for c in choices if c != "impute" or not self.empty)


def rules() -> Mapping[str, Any]:
    """Thresholds, titles and ways out of every kind of finding."""
    tree: Mapping[str, Any] = resources.tree("checks.yaml")
    return tree


def blocks(mask: np.ndarray) -> Iterator[np.ndarray]:
    """A mask (R,T) cut into blocks: regions with the same years together."""
    patterns: dict[tuple[bool, ...], list[int]] = {}
    for r in np.flatnonzero(mask.any(axis=1)):
        patterns.setdefault(tuple(mask[r].tolist()), []).append(int(r))
    for pattern, members in patterns.items():
        block = np.zeros_like(mask)
        block[members] = pattern
        yield block


def of_block(cube: Cube, variable: str, kind: str, block: np.ndarray, detail: str = "", zh: str = "") -> Found:
    """The finding of a block of cells (R,T)."""
    cells = frozenset((cube.regions[r], cube.years[t]) for r, t in np.argwhere(block))
    years = tuple(y for y, some in zip(cube.years, np.atleast_1d(block.any(axis=0)), strict=True) if some)
    regions = tuple(r for r, some in zip(cube.regions, np.atleast_1d(block.any(axis=1)), strict=True) if some)
    share, empty = len(regions) / len(cube.regions), kind == "absent" and bool(block.all())
    return Found(variable, kind, years, regions, share, float(len(cells)), True, cells, detail, empty, zh=zh)
