"""Activity checked like the indicators: rare industry codes, negative values, units that differ from the rest, absent cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from yindi.core.errors import Problems, did_you_mean
from yindi.intake import findings
from yindi.intake.assemble import OBSERVED, Cube
from yindi.intake.findings import Found
from yindi.intake.read import Grid
from yindi.intake.reader import Reading

RARE, MAIN, SPARSE = 0.1, 0.9, 0.2


def rare(cube: Cube) -> list[str]:
    """Industries that stand in less than a tenth of the region-years that have any."""
    stands = cube.book >= 0
    whole = max(int(stands.any(axis=2).sum()), 1)
    return [item for k, item in enumerate(cube.items) if stands[:, :, k].sum() < RARE * whole]


def sparse(cube: Cube) -> bool:
    """True where over a fifth of the pairs of region and industry, in the region-years that have any, stand in no file."""
    stands = cube.book >= 0
    whole = stands.any(axis=2).sum() * len(cube.items)
    return bool(whole) and float(stands.sum()) < (1 - SPARSE) * float(whole)


def zeros(cube: Cube) -> None:
    """Write 0 where a region has a row in a year, but none for the industry: the file is declared a complete census."""
    stands = cube.book >= 0
    some = np.asarray(stands.any(axis=2, keepdims=True), bool)
    cube.state[some & ~stands] = OBSERVED


def undeclared(cube: Cube, file: str, problems: Problems) -> None:
    """Add the problem that most pairs of region and industry have no row, and the file does not say what that means."""
    stands = cube.book >= 0
    whole = int(stands.any(axis=2).sum()) * len(cube.items)
    message = f"{whole - int(stands.sum()):,} of {whole:,} pairs of region and industry have no row: zero, or unknown?"
    problems.add(file, message, "say it in study.yaml: absent: zero (a complete census), or add the rows")


def faults(cube: Cube, named: Collection[str], problems: Problems, *, rare_ones: bool = True) -> None:
    """Add a problem for every rare industry code and every negative value; `named`: codes that have a name."""
    strange = rare(cube) if rare_ones else []
    usual = [i for i in cube.items if i not in strange]
    for item in strange:
        k = cube.at(item)
        stands = np.argwhere(cube.book[:, :, k] >= 0)
        if not len(stands):
            continue
        (r, t), count = stands[0], len(stands)
        message = f"the industry code {item!r} stands in {count} region-year(s) only, the others in far more."
        near = did_you_mean(item, [*usual, *(c for c in named if c not in usual)]) or tuple(usual)
        problems.add(cube.place(r, t, k), message, "correct the code, or leave the industry out of the file", near)
    for r, t, k in np.argwhere(cube.known & (cube.values < 0)):
        message = f"{cube.values[r, t, k]:.12g} is impossible: the activity of industry {cube.items[k]} is never negative."
        problems.add(cube.place(r, t, k), message, "correct the file")


def odd_units(reading: Reading, grid: Grid, problems: Problems) -> None:
    """Add a problem for every row whose unit differs from the one that nine tenths of the rows have."""
    counted = Counter(reading.written.values())
    if len(counted) < 2:
        return
    usual, most = counted.most_common(1)[0]
    for (row, column), unit in reading.written.items() if most >= MAIN * counted.total() else ():
        if unit != usual:
            message = f"the unit is {unit!r} here and {usual!r} in {most} other rows."
            problems.add(grid.place(row, column), message, "correct the unit, or write the value in the unit of the other rows")


def absences(cube: Cube, faulty: Collection[tuple[str, str, str]]) -> Iterator[Found]:
    """Industries that are absent where other industries of the same region and year are there."""
    siblings = cube.known.any(axis=2)
    alone = {(cube.regions[r], cube.years[t]) for r, t in np.argwhere(~siblings)}
    strange = rare(cube)
    for item in (i for i in cube.items if i not in strange):
        ignore = alone | {(r, y) for r, y, which in faulty if which == item}
        for found in sorted(findings.absences(cube, item, ignore), key=lambda f: f.id):
            yield replace(found, refused=("drop",), detail="industry; keep leaves these years out of the opportunities")


def places(cube: Cube, found: Found) -> str:
    """Where an absent cell stands, or the siblings that show that it is missing."""
    region, year = min(found.cells)
    r, t, k = cube.regions.index(region), cube.years.index(year), cube.at(found.variable)
    if cube.book[r, t, k] < 0:
        k = int(np.flatnonzero(cube.known[r, t])[0])
        return f"{cube.place(r, t, k)} (next to it: industry {cube.items[k]})"
    return cube.place(r, t, k)


def of(treatments: Mapping[str, Sequence[object]], cube: Cube | None, panel: Cube) -> set[str]:
    """Names in the treatments that are industries and no variables."""
    return {v for v in treatments if cube is not None and v in cube.items and v not in panel.items}
