"""Checks of a whole study: parts against totals, sizes against units, breaks hidden before the first year or across gaps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from yindi.core import resources
from yindi.core.config import StudyConfig
from yindi.core.errors import Problems
from yindi.core.framework import Variable
from yindi.core.inputs import Identity
from yindi.intake import across, assemble, effects, findings, units
from yindi.intake.additivity import kind_of
from yindi.intake.assemble import Cube
from yindi.intake.findings import Found
from yindi.intake.numbers import CellFault
from yindi.intake.read import Grid
from yindi.intake.reader import Reading
from yindi.intake.said import say

POWERS = (1e1, 1e2, 1e3, 1e4, 1e6, 1e8, 1e-1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-8)


def found(
    config: StudyConfig, cube: Cube, variables: Mapping[str, Variable], readings: Sequence[Reading], grids: Sequence[Grid]
) -> Iterator[Found]:
    """Everything that concerns more than one variable, or the variable beside what its name says."""
    for identity in config.identities:
        yield from parts(cube, identity)
    for code in cube.items:
        yield from size(cube, variables[code])
    if "population" in cube.items:
        intensities = [c for c in cube.items if variables[c].kind == "intensity" and c != "population"]
        yield from across.stocks(cube, "population", intensities)
    yield from hidden(config, cube, variables, readings, grids)


def parts(cube: Cube, identity: Identity) -> Iterator[Found]:
    """Cells in which a declared total is not the sum of its parts; a slip of one member is told with its right value."""
    names = (identity.total, *identity.parts)
    if any(n not in cube.items for n in names):
        return
    at = [cube.at(n) for n in names]
    known = cube.known[:, :, at].all(axis=2)
    total, rest = cube.values[:, :, at[0]], cube.values[:, :, at[1:]].sum(axis=2)
    off = known & (np.abs(total - rest) > identity.tolerance * np.maximum(np.abs(total), np.abs(rest)))
    for r, t in np.argwhere(off):
        yield effects.with_effect(cube, _of_parts(cube, identity, int(r), int(t)))


def _of_parts(cube: Cube, identity: Identity, r: int, t: int) -> Found:
    region, year = cube.regions[r], cube.years[t]
    values = {n: float(cube.values[r, t, cube.at(n)]) for n in (identity.total, *identity.parts)}
    total, rest = values[identity.total], sum(values[p] for p in identity.parts)
    right = {identity.total: rest} | {p: total - (rest - values[p]) for p in identity.parts}
    simple = [n for n, v in right.items() if _slip(values[n], v, identity.tolerance * min(abs(total), abs(rest)))]
    name = simple[0] if len(simple) == 1 else identity.total
    en, zh = say("parts", sum=f"{rest:.12g}", total=f"{total:.12g}")
    proposed = ((region, year, float(f"{_exact(values[name], right[name]):.12g}")),) if len(simple) == 1 else ()
    cells, share = frozenset([(region, year)]), 1 / len(cube.regions)
    return Found(name, "sum", (year,), (region,), share, total - rest, True, cells, en, zh=zh, right=proposed)


def _exact(found: float, right: float) -> float:
    """The turned or moved number nearest to what the sum asks for."""
    return min((found * f for f in (-1.0, *POWERS)), key=lambda v: abs(v - right))


def _slip(found: float, right: float, room: float) -> bool:
    return found != 0 and (bool(kind_of(found, right) in ("sign", "decimal point")) or abs(_exact(found, right) - right) <= room)


def size(cube: Cube, variable: Variable) -> Iterator[Found]:
    """A variable whose usual size lies outside the plausible range of its unit, with the unit that would explain it."""
    bounds = plausible().get(variable.code)
    k = cube.at(variable.code)
    x = np.abs(cube.values[:, :, k][cube.held(k)])
    x = x[x > 0]
    limits = findings.rules()["unit"]["thresholds"]
    if bounds is None or len(x) < limits["regions"] or bounds[2] != variable.unit:
        return
    low, high, unit = bounds
    if ((x < low) | (x > high)).mean() <= limits["share"]:
        return
    median = float(np.median(x))
    fits = [p for p in POWERS if low <= median * p <= high]
    written = _units_of(fits, unit)
    en, zh = say("unit", median=f"{median:.6g}", low=f"{low:g}", high=f"{high:g}", unit=unit,
                 proposal=f"若单位为{written}则吻合" if written else "请核对单位",
                 proposal_en=f"it fits if the values are in {written}" if written else "look at the unit")  # fmt: skip
    yield Found(variable.code, "unit", cube.years, cube.regions, 1.0, median, True, detail=en, zh=zh)


def _units_of(powers: Sequence[float], unit: str) -> str:
    fits = []
    for written in units.table():
        try:
            factor = units.factor(written, unit)
        except CellFault:
            continue
        if any(abs(factor / p - 1) < 1e-9 for p in powers) and not written.isascii():
            fits.append(written)
    return ", ".join(fits[:3])


def plausible() -> dict[str, tuple[float, float, str]]:
    """Variable -> lowest and highest plausible value of a province in its unit, from variables.csv."""
    rows = resources.rows("variables.csv")
    return {r["code"]: (float(r["low"]), float(r["high"]), r["unit"]) for r in rows if r.get("low") and r.get("high")}


def hidden(
    config: StudyConfig, cube: Cube, variables: Mapping[str, Variable], readings: Sequence[Reading], grids: Sequence[Grid]
) -> Iterator[Found]:
    """Breaks in the years of the files before the study's first year: the study does not show them, its sources have them."""
    last = config.year_labels[-1]
    years = sorted(y for y in set().union(*(r.cells.years for r in readings)) if y <= last)
    if not years or years[0] >= config.year_labels[0]:
        return
    whole = assemble.cube(readings, grids, regions=cube.regions, years=years, items=cube.items, problems=Problems("intake"))
    inside = set(config.year_labels[1:])
    for code in cube.items:
        k = whole.at(code)
        for f in findings.boundaries(whole, variables[code], whole.values[:, :, k], whole.held(k)):
            if f.sure and f.years[0] not in inside:
                en, zh = say("hidden", years=f.years[0])
                yield Found(code, f.kind, f.years, f.regions, f.share, f.size, False, detail=en, zh=zh)
