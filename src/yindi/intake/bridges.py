"""Bridges over changes of territory: cells made of parts as declared, marked derived; undeclared mixing is told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from yindi.core.config import Bridge
from yindi.core.errors import Problems, did_you_mean
from yindi.intake import history
from yindi.intake.assemble import DERIVED, Cube
from yindi.intake.history import Change

SHARES = 1e-6


def bridged(bridges: Sequence[Bridge], years: Sequence[str]) -> set[tuple[str, str]]:
    """(region, year) of all cells that the bridges make."""
    return {(b.into, y) for b in bridges for y in years if b.years[0] <= int(y) <= b.years[1]}


def consumed(bridges: Sequence[Bridge], rows: Collection[tuple[str, str]]) -> set[str]:
    """Regions that only serve as parts: no bridge makes them, and all their rows lie in years in which they are parts."""
    made = {b.into for b in bridges}
    parts = {p for b in bridges for p in b.parts} - made
    used = {(p, y) for b in bridges for p in b.parts for y in range(b.years[0], b.years[1] + 1)}
    return {p for p in parts if all((p, int(y)) in used for r, y in rows if r == p)}


def check(bridges: Sequence[Bridge], cube: Cube, problems: Problems) -> bool:
    """Add a problem for every bridge that cannot be built; True where all can."""
    before = len(problems.found)
    for n, b in enumerate(bridges, 1):
        place = f"study.yaml: bridges, number {n}"
        for code in [c for c in b.parts if c not in cube.regions]:
            problems.add(place, f"no file has rows of {code!r}.", "correct the code", did_you_mean(code, cube.regions))
        for name in [v for v in dict.fromkeys((*b.sum, *b.mean, *b.mean.values())) if v not in cube.items]:
            problems.add(place, f"no file has the variable {name!r}.", "correct it", did_you_mean(name, cube.items))
        for name in sorted(set(b.sum) & set(b.mean)):
            problems.add(place, f"{name!r} is both summed and averaged.", "keep it under sum (counts) or mean (rates)")
    _shares(bridges, problems)
    return len(problems.found) == before


def _shares(bridges: Sequence[Bridge], problems: Problems) -> None:
    """The shares of a part that is given away must add to 1 in every year."""
    made = {b.into for b in bridges}
    for part in sorted({p for b in bridges for p in b.parts} - made):
        mine = [b for b in bridges if part in b.parts]
        for y in sorted({y for b in mine for y in range(b.years[0], b.years[1] + 1)}):
            total = sum(b.parts[part] for b in mine if b.years[0] <= y <= b.years[1])
            if abs(total - 1) > SHARES:
                problems.add("study.yaml: bridges", f"the shares of {part} add to {total:.6g} in {y}, not to 1.",
                             "give every part of it to one region")  # fmt: skip
                break


def apply(cube: Cube, bridges: Sequence[Bridge], problems: Problems) -> Cube:
    """A cube whose bridged cells are made of their parts; counts are summed, rates averaged with their weights."""
    if not check(bridges, cube, problems):
        return cube
    made = replace(cube, values=cube.values.copy(), state=cube.state.copy())
    for n, b in enumerate(bridges, 1):
        if b.into not in made.regions:
            problems.add(f"study.yaml: bridges, number {n}", f"{b.into!r} is no region of the study.", "correct `into`")
            continue
        _unsaid(cube, b, f"study.yaml: bridges, number {n}", problems)
        for t in (t for t, y in enumerate(cube.years) if b.years[0] <= int(y) <= b.years[1]):
            for name in (*b.sum, *b.mean):
                _cell(cube, made, b, (t, name), problems)
    return made


def _unsaid(cube: Cube, b: Bridge, place: str, problems: Problems) -> None:
    """Variables that the parts have in the years of the bridge, and for which it says neither sum nor mean."""
    years = [t for t, y in enumerate(cube.years) if b.years[0] <= int(y) <= b.years[1]]
    parts = [cube.regions.index(p) for p in b.parts]
    held = set(np.flatnonzero(cube.known[np.ix_(parts, years)].any(axis=(0, 1))).tolist()) if years else set()
    open_items = [i for k, i in enumerate(cube.items) if k in held and i not in b.sum and i not in b.mean]
    if open_items:
        problems.add(
            place, f"says nothing of {', '.join(open_items)}.", "name each under sum (counts) or mean (rates: its weight)"
        )


def _cell(cube: Cube, made: Cube, b: Bridge, at: tuple[int, str], problems: Problems) -> None:
    t, name = at
    k, target = cube.at(name), cube.regions.index(b.into)
    parts = np.array([cube.regions.index(p) for p in b.parts])
    shares = np.array(list(b.parts.values()))
    needed = [k] if name in b.sum else [k, cube.at(b.mean[name])]
    gaps = [(int(r), int(j)) for r in parts for j in needed if not cube.known[r, t, j]]
    if gaps and len(gaps) == len(parts) * len(needed):
        return
    if gaps:
        r, j = gaps[0]
        problems.add("study.yaml: bridges", f"{name} of {b.into} in {cube.years[t]} cannot be made: {cube.items[j]} of "
                     f"{cube.regions[r]} is absent.", "add the value, or shorten the years of the bridge")  # fmt: skip
        return
    weights = shares if name in b.sum else shares * cube.values[parts, t, needed[-1]]
    total = float(weights.sum())
    if name in b.mean and total == 0:
        problems.add(
            "study.yaml: bridges", f"{name} of {b.into} in {cube.years[t]}: the weights are all 0.", "name another weight"
        )
        return
    summed = float((weights * cube.values[parts, t, k]).sum())
    made.values[target, t, k] = summed if name in b.sum else summed / total
    made.state[target, t, k] = DERIVED
    if made.book[target, t, k] < 0:
        first = int(parts[0])
        for field in ("book", "row", "column"):
            getattr(made, field)[target, t, k] = getattr(cube, field)[first, t, k]


@dataclass(frozen=True, slots=True)
class Mixed:
    """An undeclared change of territory inside a study: the change, what was seen, and the bridge that would join it."""

    change: Change
    message: str
    way_out: str
    explained: frozenset[tuple[str, str]]


def mixed(
    level: str, rows: Collection[tuple[str, str]], years: Sequence[str], names: Mapping[str, str], bridges: Sequence[Bridge]
) -> list[Mixed]:
    """Changes of territory that the rows (region, year) of a study run across without a bridge."""
    when: dict[str, set[int]] = {}
    for region, year in rows:
        when.setdefault(region, set()).add(int(year))
    found = []
    for c in history.concerning(level, set(when), int(years[0]), int(years[-1])):
        seen = _carved(c, when, bridges) if c.kind == "carve" else _ended(c, when, bridges)
        if seen is not None:
            found.append(_told(c, seen, when, names, years))
    return found


def _ended(c: Change, when: Mapping[str, set[int]], bridges: Sequence[Bridge]) -> tuple[str, tuple[str, ...]] | None:
    (gone,) = c.before
    mine = when.get(gone, set())
    heirs = tuple(a for a in c.after if {y < c.year for y in when.get(a, ())} == {True, False})
    if not mine or max(mine) >= c.year or not heirs:
        return None
    covered = all(any(b.into == a and gone in b.parts and b.years[1] >= max(mine) for b in bridges) for a in heirs)
    return None if covered else (gone, heirs)


def _carved(c: Change, when: Mapping[str, set[int]], bridges: Sequence[Bridge]) -> tuple[str, tuple[str, ...]] | None:
    (origin,), (new,) = c.before, c.after
    both_sides = {y < c.year for y in when.get(origin, ())} == {True, False}
    if not both_sides or not when.get(new) or min(when[new]) < c.year:
        return None
    joined = any(b.into == origin and new in b.parts for b in bridges) or any(
        b.into == new and origin in b.parts for b in bridges
    )
    return None if joined else (origin, (new,))


def _told(
    c: Change, seen: tuple[str, tuple[str, ...]], when: Mapping[str, set[int]], names: Mapping[str, str], years: Sequence[str]
) -> Mixed:
    called = {r: f"{names.get(r, r)} ({r})" for r in (seen[0], *seen[1])}
    first, last = int(years[0]), int(years[-1])
    others = ", ".join(called[r] for r in seen[1])
    if c.kind == "carve":
        said = f"{others} stands from {c.year} on only, {called[seen[0]]} before and after: its territory changed."
        gap = {(r, str(y)) for r in seen[1] for y in range(first, c.year)}
        example = [_example(seen[0], {seen[0]: 1, seen[1][0]: 1}, c.year, last)]
    else:
        said = f"{called[seen[0]]} has rows until {max(when[seen[0]])}, {others} before and after: the territory changed."
        gap = {(seen[0], str(y)) for y in range(c.year, last + 1)}
        share = 1 if len(seen[1]) == 1 else "SHARE"
        example = [_example(a, {a: 1, seen[0]: share}, first, c.year - 1) for a in seen[1]]
    message = f"{c.year}: {c.zh} ({c.en}). {said}"
    way = f"declare it: bridges: [{', '.join(example)}], or choose `years` on one side of {c.year}"
    return Mixed(c, message, way, frozenset(gap))


def _example(into: str, parts: Mapping[str, object], first: int, last: int) -> str:
    held = ", ".join(f"'{p}': {s}" for p, s in parts.items())
    return (
        f"{{into: '{into}', parts: {{{held}}}, years: [{first}, {last}], sum: [COUNTS], mean: {{RATE: WEIGHT}}, reason: '...'}}"
    )
