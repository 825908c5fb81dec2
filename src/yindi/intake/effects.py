"""What a finding would change: ranks, means and growth of its variable, when it is followed or its cells are left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from yindi.intake.assemble import Cube
from yindi.intake.found import Found
from yindi.intake.said import say


def with_effect(cube: Cube, found: Found) -> Found:
    """The finding with its place in the file and what it would change, in words; unchanged where it names no variable."""
    if found.variable not in cube.items:
        return found
    k = cube.at(found.variable)
    x, known = cube.values[:, :, k], cube.held(k)
    at = _positions(cube, found)
    place = cube.place(*at[0], k) if at else ""
    en, zh = _effect(cube, found, x, known, at)
    return replace(found, effect=en, effect_zh=zh, place=found.place or place)


def _positions(cube: Cube, found: Found) -> list[tuple[int, int]]:
    cells = found.cells or frozenset((r, y) for r in found.regions[:1] for y in found.years[:1])
    rows, years = {r: n for n, r in enumerate(cube.regions)}, {y: n for n, y in enumerate(cube.years)}
    return sorted((rows[r], years[y]) for r, y in cells if r in rows and y in years)


def _effect(cube: Cube, found: Found, x: np.ndarray, known: np.ndarray, at: list[tuple[int, int]]) -> tuple[str, str]:
    if found.right:
        return _corrected(cube, found, x, known)
    if found.kind in ("break", "vintage") and found.years:
        return _boundary(cube, found, x, known)
    if found.kind in ("filled", "absent") and at:
        share = f"{len(at) / max(x.size, 1):.0%}"
        return say("effect_cells", cells=len(at), share=share)
    if found.kind in ("outlier", "shifted", "total") and found.regions and found.years and at:
        r, t = at[0]
        return _alone(cube, x, known, r, t)
    return "", ""


def _rank(values: np.ndarray, r: int) -> int:
    return int((values > values[r]).sum()) + 1


def _corrected(cube: Cube, found: Found, x: np.ndarray, known: np.ndarray) -> tuple[str, str]:
    region, year, _ = found.right[0]
    if region not in cube.regions or year not in cube.years:
        return "", ""
    r, t = cube.regions.index(region), cube.years.index(year)
    fine, mended = known[:, t].copy(), x[:, t].copy()
    for other, when, value in found.right:
        if when == year and other in cube.regions:
            mended[cube.regions.index(other)] = value
    if not fine[r]:
        fine[r] = True
        return say("effect_filled", year=year, after=_rank(np.where(fine, mended, -np.inf), r), count=int(fine.sum()))
    before, after = _rank(np.where(fine, x[:, t], -np.inf), r), _rank(np.where(fine, mended, -np.inf), r)
    mean = float(x[fine, t].mean()) if fine.any() else 0.0
    moved = f"{float(mended[fine].mean()) / mean - 1:+.1%}" if mean else "0"
    return say("effect_right", year=year, before=before, after=after, count=int(fine.sum()), moved=moved)


def _alone(cube: Cube, x: np.ndarray, known: np.ndarray, r: int, t: int) -> tuple[str, str]:
    fine = known[:, t]
    rest = fine.copy()
    rest[r] = False
    if not fine[r] or not rest.any():
        return "", ""
    mean, without = float(x[fine, t].mean()), float(x[rest, t].mean())
    rank = _rank(np.where(fine, x[:, t], -np.inf), r)
    moved = f"{without / mean - 1:+.1%}" if mean else "0"
    return say("effect_alone", year=cube.years[t], rank=rank, count=int(fine.sum()), moved=moved)


def _boundary(cube: Cube, found: Found, x: np.ndarray, known: np.ndarray) -> tuple[str, str]:
    """Average growth a year over the whole span, with the boundary and without it."""
    if found.years[0] not in cube.years:
        return "", ""
    t = cube.years.index(found.years[0])
    total = np.where(known, x, 0.0).sum(axis=0)
    whole = known.all(axis=0) & (total > 0)
    years = np.flatnonzero(whole)
    if t not in years or t - 1 not in years or len(years) < 4:
        return "", ""
    logs = np.log(total[years])
    steps = np.diff(logs)
    b = int(np.flatnonzero(years == t)[0]) - 1
    with_it, without = np.expm1(steps.mean()), np.expm1(np.delete(steps, b).mean())
    return say(
        "effect_growth", first=cube.years[years[0]], last=cube.years[years[-1]], before=f"{with_it:+.1%}", after=f"{without:+.1%}"
    )
