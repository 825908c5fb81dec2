"""Findings: what the detectors say about a cube, said once per variable and pattern, with how sure it is and the ways out."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import replace

import numpy as np

from yindi.core.config import Treatment
from yindi.core.framework import Variable
from yindi.intake import cells as cells_of
from yindi.intake import checks, effects, levels, slipped
from yindi.intake.assemble import Cube
from yindi.intake.found import Found, blocks, of_block, rules
from yindi.intake.said import say
from yindi.intake.written import written

__all__ = [
    "Found",
    "absences",
    "answered",
    "blocks",
    "boundaries",
    "covers",
    "evaluate",
    "left_over",
    "of_block",
    "of_variable",
    "rules",
]


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
            part, have = cube.values[:, :, k], cube.held(k)
        else:
            return None
        mask &= have & (part != 0)
        value = np.where(mask, value * part if sign == "*" else value / np.where(part == 0, 1.0, part), 1.0)
    return value, mask


def of_variable(cube: Cube, variable: Variable) -> Iterator[Found]:
    """Everything the detectors find in one variable of the cube, with what each would change."""
    for found in _of_variable(cube, variable):
        yield effects.with_effect(cube, found)


def _of_variable(cube: Cube, variable: Variable) -> Iterator[Found]:
    k = cube.at(variable.code)
    x, known = np.ascontiguousarray(cube.values[:, :, k]), cube.held(k)
    if checks.constant(x, known):
        yield Found(variable.code, "constant", _seen_years(cube, known), cube.regions, 1.0, 0.0, True)
        return
    taken: set[tuple[int, int]] = set()
    for f, cells in cells_of.slipped(cube, variable.code, x, known):
        taken |= cells
        yield f
    still = known.copy()
    for at in taken:
        still[at] = False
    yield from boundaries(cube, variable, x, still)
    yield from _outliers(cube, variable.code, x, still, limits_of("outlier"))
    figures = written(x)
    yield from cells_of.filled(cube, variable.code, x, known, figures)
    yield from cells_of.oddities(cube, variable.code, x, still, figures)


def limits_of(kind: str) -> Mapping[str, float]:
    """The thresholds of a kind of finding."""
    made: Mapping[str, float] = rules()[kind].get("thresholds", {})
    return made


def boundaries(cube: Cube, variable: Variable, x: np.ndarray, known: np.ndarray) -> Iterator[Found]:
    """Breaks and vintage breaks of one variable, also across years without any value."""
    live = np.flatnonzero(known.any(axis=0))
    given = evaluate(variable.identity, cube) if variable.identity else None
    identity = None if given is None else (given[0][:, live], (known & given[1])[:, live])
    for kind, b in _breaks(variable, x[:, live], known[:, live], identity):
        at = int(live[b.at])
        gap = at - int(live[b.at - 1])
        found = _boundary(cube, variable.code, kind, replace(b, at=at))
        en, zh = say("gap", first=cube.years[at - gap]) if gap > 1 else ("", "")
        yield replace(found, detail=en, zh=zh, sure=found.sure and gap == 1)


def _breaks(
    variable: Variable, x: np.ndarray, known: np.ndarray, identity: tuple[np.ndarray, np.ndarray] | None
) -> Iterator[tuple[str, checks.Break]]:
    rebased = checks.rebased(x, known, limits_of("break"))
    yield from (("break", b) for b in rebased)
    limits = limits_of("vintage")
    if identity is not None:
        vintages = checks.vintage_by_identity(x, identity[0], identity[1], limits)
    else:
        vintages = checks.vintage_by_spread(x, known, limits) if variable.pace == "slow" else []
    yield from (("vintage", b) for b in vintages if b.at not in {r.at for r in rebased})


def _outliers(cube: Cube, code: str, x: np.ndarray, known: np.ndarray, limits: Mapping[str, float]) -> Iterator[Found]:
    """Series far from all others, then single values: those that come back, and steps that do not (or had no year to)."""
    share = 1 / len(cube.regions)
    far = levels.far_series(x, known, limits)
    for r, size in far:
        years = tuple(y for y, some in zip(cube.years, known[r], strict=True) if some)
        cells = frozenset((cube.regions[r], y) for y in years)
        side, side_en = ("高于", "above") if size > 0 else ("低于", "below")
        en, zh = say("far", times=f"{np.exp(abs(size)):,.0f}", side=side, side_en=side_en)
        yield Found(code, "outlier", years, (cube.regions[r],), share, size, True, cells, en, refused=("correct",), zh=zh)
    tails = checks.tails(x, known, limits)
    found: dict[tuple[int, int], tuple[float, bool, str, str]] = {
        (r, t): (size, False, "", "") for r, t, size in checks.spikes(x, known, limits) if abs(size) >= tails[r]
    }
    for s in levels.steps(x, known, limits):
        if not s.sure and abs(s.size) < tails[s.region]:
            continue
        times = f"{np.exp(abs(s.size)):,.0f}"
        less = f"{times} times {'more' if s.size > 0 else 'less'}"
        shown = f"{x[s.region, s.year]:.12g}"
        en, zh = say("step", value=shown, times=times if s.size > 0 else f"1/{times}", times_en=less)
        found[s.region, s.year] = (s.size, s.sure, en, zh)
    few, change = levels.counted(x, known), slipped.steps_of(x, known)
    for (r, t), (size, sure, en, zh) in sorted(found.items()):
        if few and abs(size) < limits["counts"] * levels.chance(float(x[r, t]), size):
            continue
        if size < 0 and -np.expm1(size) * x[r, t] / np.exp(size) < limits["change"] * change[r]:
            continue
        cell = (cube.regions[r], cube.years[t])
        yield Found(code, "outlier", cell[1:], cell[:1], share, size, sure, frozenset([cell]), en, zh=zh)


def _seen_years(cube: Cube, known: np.ndarray) -> tuple[str, ...]:
    return tuple(y for y, some in zip(cube.years, np.atleast_1d(known.any(axis=0)), strict=True) if some)


def _boundary(cube: Cube, variable: str, kind: str, b: checks.Break) -> Found:
    return Found(variable, kind, (cube.years[b.at],), cube.regions, b.share, b.size, b.sure)


def absences(cube: Cube, variable: str, ignore: Container[tuple[str, str]]) -> Iterator[Found]:
    """Absent cells as blocks: years that are absent everywhere, then each region's remaining gaps; `ignore` is left out."""
    gap = ~cube.held(cube.at(variable))
    if gap.any():
        for r, t in np.argwhere(gap):
            gap[r, t] = (cube.regions[r], cube.years[t]) not in ignore
    whole = gap.all(axis=0)
    if whole.any():
        yield of_block(cube, variable, "absent", np.broadcast_to(whole, gap.shape))
    for block in blocks(gap & ~whole):
        yield of_block(cube, variable, "absent", block)


CELLS = ("outlier", "identity", "sum")


def covers(treatment: Treatment, found: Found) -> bool:
    """True where a treatment names this finding: its kind, and (where it lists them) some of its years and regions.

    A correction of a cell answers every finding about that cell.
    """
    mends = treatment.choice == "correct" and treatment.regions and treatment.years and found.kind in CELLS
    if treatment.finding != found.kind and not mends:
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
