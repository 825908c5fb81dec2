"""Space of a study whose regions are not the packaged ones: neighbours from an edge list or the nearest, positions, groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from yindi.core.errors import Problems, ProblemsError
from yindi.intake import limits, sidetables
from yindi.intake.read import decode
from yindi.intake.regions import Gazetteer, Unresolved
from yindi.intake.standards import Register

EARTH = 6371.0088
_PAIRS = (("a", "b"), ("code_a", "code_b"), ("from", "to"), ("region", "neighbour"), ("region", "neighbor"), ("source", "target"))
Edges = tuple[tuple[str, str], ...]


def text_of(folder: Path, file: str, key: str, problems: Problems) -> str | None:
    """The text of a CSV beside the study file; None with a problem where it cannot be read."""
    path = folder / file
    if not limits.regular(path):
        problems.add(file, "there is no such file.", f"correct `{key}` in study.yaml")
        return None
    try:
        return decode(path.read_bytes(), file)
    except ProblemsError as fault:
        problems.found.extend(fault.problems)
        return None


def edges(text: str, file: str, gazetteer: Gazetteer, problems: Problems) -> Edges:
    """Pairs of codes out of an edge list (CSV text), each once; unknown regions and self-pairs are problems."""
    rows = [r for r in sidetables.lines(text, file, problems) if any(c.strip() for c in r)]
    head = [c.strip().lower() for c in rows[0]] if rows else []
    at = next(((head.index(a), head.index(b)) for a, b in _PAIRS if a in head and b in head), (0, 1))
    start = 1 if rows and not _known(rows[0], at, gazetteer) else 0
    found: set[tuple[str, str]] = set()
    for n, row in enumerate(rows[start:], start + 1):
        a, b = (_code(row[k] if k < len(row) else "", f"{file}, row {n}", gazetteer, problems) for k in at)
        if a and a == b:
            problems.add(f"{file}, row {n}", f"{a} is named as its own neighbour.", "delete the row")
        elif a and b:
            found.add((min(a, b), max(a, b)))
    return tuple(sorted(found))


def _known(row: Sequence[str], at: tuple[int, int], gazetteer: Gazetteer) -> bool:
    return all(k < len(row) and _code(row[k], "", gazetteer, Problems("head")) for k in at)


def _code(written: str, place: str, gazetteer: Gazetteer, problems: Problems) -> str | None:
    try:
        return gazetteer.resolve(written)
    except Unresolved as fault:
        problems.add(place, f"{fault}.", "correct the code in the list of neighbours", fault.candidates)
        return None


def distances(positions: np.ndarray) -> np.ndarray:
    """Great-circle distances (N,N) in kilometres of longitudes and latitudes (N,2) in degrees (haversine, sphere of 6,371 km)."""
    lon, lat = np.radians(positions[:, 0]), np.radians(positions[:, 1])
    half = np.sin((lat[:, None] - lat) / 2) ** 2 + np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    apart: np.ndarray = 2 * EARTH * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return apart


def nearest(positions: Mapping[str, tuple[float, float]], count: int) -> Edges:
    """Every region with its `count` nearest ones (ties by code), each pair once; a pair counts where either names the other."""
    codes = sorted(positions)
    apart = distances(np.array([positions[c] for c in codes], float).reshape(len(codes), 2))
    found = set()
    for n, code in enumerate(codes):
        order = sorted((k for k in range(len(codes)) if k != n), key=lambda k: (apart[n, k], k))
        found |= {(min(code, codes[k]), max(code, codes[k])) for k in order[:count]}
    return tuple(sorted(found))


def positions(register: Register, regions: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Longitude and latitude of the regions that have them."""
    held = {r: register.units[r].position for r in regions if r in register.units}
    return {r: p for r, p in held.items() if p is not None}


def groups(register: Register, regions: Sequence[str]) -> dict[str, dict[str, str]]:
    """Groupings `group` and `parent`; without a group for every region, `group` is the parent, else one group of all."""
    units = [register.units[r] for r in regions]
    parents = {u.code: u.parent for u in units if u.parent}
    mine = {u.code: u.group for u in units if u.group}
    whole = mine if len(mine) == len(units) else parents if len(parents) == len(units) else {u.code: "all" for u in units}
    return {"group": whole, **({"parent": parents} if len(parents) == len(units) else {})}


def group_names(register: Register, found: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[str, str]]:
    """Names of the groups: those of the register, of a region that is a parent, else as written."""
    made: dict[str, tuple[str, str]] = {}
    for code in sorted({g for members in found.values() for g in members.values()}):
        unit = register.units.get(code)
        made[code] = register.groups.get(code) or (
            (unit.zh, unit.en) if unit else ("全部", "All") if code == "all" else (code, code)
        )
    return made
