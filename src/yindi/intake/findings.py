"""Findings: what the detectors say about a cube, said once per variable and pattern, with how sure it is and the ways out."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core import resources
from yindi.core.config import Treatment
from yindi.core.framework import Variable
from yindi.intake import checks, levels, traces
from yindi.intake.assemble import Cube


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: variable, kind, the cells (region, year) or boundaries it names, share of regions, size, how sure."""

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


def evaluate(identity: str, cube: Cube) -> tuple[np.ndarray, np.ndarray] | None:
    """Value and mask (R,T) of an identity such as "gdp / population * 10000", left to right; None where a part is not there."""
    tokens = re.findall(r"[a-z_][a-z_0-9]*|\d+(?:\.\d+)?|[*/]", identity)
    value, mask, sign = np.ones(cube.values.shape[:2]), np.ones(cube.values.shape[:2], bool), "*"
    for token in tokens:
        if token in "*/":
            sign = token
            continue
        if token[0].isdigit():
            part, have = np.full(value.shape, float(token)), np.ones(value.shape, bool)
        elif token in cube.items:
            k = cube.at(token)
            part, have = cube.values[:, :, k], cube.known[:, :, k]
        else:
            return None
        mask &= have & (part != 0)
        value = np.where(mask, value * part if sign == "*" else value / np.where(part == 0, 1.0, part), 1.0)
    return value, mask


def of_variable(cube: Cube, variable: Variable) -> Iterator[Found]:
    """Everything the detectors find in one variable of the cube."""
    k = cube.at(variable.code)
    x, known = cube.values[:, :, k], cube.known[:, :, k]
    if checks.constant(x, known):
        yield Found(variable.code, "constant", _seen_years(cube, known), cube.regions, 1.0, 0.0, True)
        return
    limits = {kind: rules()[kind].get("thresholds", {}) for kind in rules()}
    rebased = checks.rebased(x, known, limits["break"])
    for b in rebased:
        yield _boundary(cube, variable.code, "break", b)
    given = evaluate(variable.identity, cube) if variable.identity else None
    taken = {b.at for b in rebased}
    if given is not None:
        vintages = checks.vintage_by_identity(x, given[0], known & given[1], limits["vintage"])
    else:
        vintages = checks.vintage_by_spread(x, known, limits["vintage"]) if variable.pace == "slow" else []
    for b in vintages:
        if b.at not in taken:
            yield _boundary(cube, variable.code, "vintage", b)
    yield from _outliers(cube, variable.code, x, known, limits["outlier"])
    for how, mask in (("copied", traces.repeated), ("interpolated", traces.interpolated)):
        for block in _blocks(mask(x, known, limits["filled"])):
            yield _of_block(cube, variable.code, "filled", block, how)


def _outliers(cube: Cube, code: str, x: np.ndarray, known: np.ndarray, limits: Mapping[str, float]) -> Iterator[Found]:
    """Series far from all others, then single values: those that come back, and steps that do not (or had no year to)."""
    share = 1 / len(cube.regions)
    far = levels.far_series(x, known, limits)
    for r, size in far:
        years = tuple(y for y, some in zip(cube.years, known[r], strict=True) if some)
        cells = frozenset((cube.regions[r], y) for y in years)
        said = f"the whole series lies {np.exp(abs(size)):,.0f} times {'above' if size > 0 else 'below'} every other region"
        yield Found(code, "outlier", years, (cube.regions[r],), share, size, True, cells, said, refused=("correct",))
    found = {(r, t): (size, False, "") for r, t, size in checks.spikes(x, known, limits)}
    for s in levels.steps(x, known, limits):
        how = f"{np.exp(abs(s.size)):,.0f} times {'more' if s.size > 0 else 'less'}"
        said = f"{x[s.region, s.year]:.12g} is {how} than the year beside it and the other regions let expect"
        found[s.region, s.year] = (s.size, s.sure, said)
    for (r, t), (size, sure, said) in sorted(found.items()):
        cell = (cube.regions[r], cube.years[t])
        yield Found(code, "outlier", cell[1:], cell[:1], share, size, sure, frozenset([cell]), said)


def _seen_years(cube: Cube, known: np.ndarray) -> tuple[str, ...]:
    return tuple(y for y, some in zip(cube.years, np.atleast_1d(known.any(axis=0)), strict=True) if some)


def _boundary(cube: Cube, variable: str, kind: str, b: checks.Break) -> Found:
    return Found(variable, kind, (cube.years[b.at],), cube.regions, b.share, b.size, b.sure)


def absences(cube: Cube, variable: str, ignore: Container[tuple[str, str]]) -> Iterator[Found]:
    """Absent cells as blocks: years that are absent everywhere, then each region's remaining gaps; `ignore` is left out."""
    gap = ~cube.known[:, :, cube.at(variable)]
    skip = [[(r, y) in ignore for y in cube.years] for r in cube.regions]
    gap &= ~np.array(skip, bool).reshape(gap.shape)
    whole = gap.all(axis=0)
    if whole.any():
        yield _of_block(cube, variable, "absent", np.broadcast_to(whole, gap.shape))
    for block in _blocks(gap & ~whole):
        yield _of_block(cube, variable, "absent", block)


def _blocks(mask: np.ndarray) -> Iterator[np.ndarray]:
    """A mask (R,T) cut into blocks: regions with the same years together."""
    patterns: dict[tuple[bool, ...], list[int]] = {}
    for r in np.flatnonzero(mask.any(axis=1)):
        patterns.setdefault(tuple(mask[r].tolist()), []).append(int(r))
    for pattern, members in patterns.items():
        block = np.zeros_like(mask)
        block[members] = pattern
        yield block


def _of_block(cube: Cube, variable: str, kind: str, block: np.ndarray, detail: str = "") -> Found:
    cells = frozenset((cube.regions[r], cube.years[t]) for r, t in np.argwhere(block))
    years = tuple(y for y, some in zip(cube.years, np.atleast_1d(block.any(axis=0)), strict=True) if some)
    regions = tuple(r for r, some in zip(cube.regions, np.atleast_1d(block.any(axis=1)), strict=True) if some)
    share, empty = len(regions) / len(cube.regions), kind == "absent" and bool(block.all())
    return Found(variable, kind, years, regions, share, float(len(cells)), True, cells, detail, empty)


def covers(treatment: Treatment, found: Found) -> bool:
    """True where a treatment names this finding: its kind, and (where it lists them) some of its years and regions."""
    if treatment.finding != found.kind:
        return False
    years = not treatment.years or bool(set(treatment.years) & set(found.years))
    return years and (not treatment.regions or bool(set(treatment.regions) & set(found.regions)))


def left_over(found: Found, treatments: tuple[Treatment, ...]) -> frozenset[tuple[str, str]]:
    """Cells of a block that no treatment covers."""
    open_cells = set(found.cells)
    for t in treatments:
        if t.finding == found.kind:
            open_cells -= {(r, y) for r, y in found.cells if (not t.regions or r in t.regions) and (not t.years or y in t.years)}
    return frozenset(open_cells)


def answered(found: Found, treatments: tuple[Treatment, ...]) -> bool:
    """True where the study file says what to do about a finding."""
    if found.cells and found.kind in ("absent", "filled"):
        return not left_over(found, treatments)
    return any(covers(t, found) for t in treatments)
