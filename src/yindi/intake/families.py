"""Families (层级): which rows of a table are the parts of which, by codes that nest, and the rows without a code they lack."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

Family = tuple[int, tuple[int, ...]]
NATION = "000000"
NUTS = re.compile(r"[A-Z]{2}[0-9A-Z]{0,3}")
_LOOSE, _TRIED = 12, 3


def families(codes: Sequence[str]) -> list[Family]:
    """(parent row, child rows) by code: GB/T 2260 (nation, provinces, cities, counties), or NUTS (each level one sign longer)."""
    at = {c: n for n, c in enumerate(codes) if c}
    if at and all(NUTS.fullmatch(c) for c in at):
        return by_parent({c: c[:-1] for c in at if len(c) > 2}, at)
    return _gbt2260(at)


def by_parent(parents: Mapping[str, str], at: Mapping[str, int]) -> list[Family]:
    """(parent row, child rows) by a table code -> code of the region above it."""
    kids: dict[str, list[int]] = {}
    for code, parent in parents.items():
        if code in at and parent in at and code != parent:
            kids.setdefault(parent, []).append(at[code])
    return _made(kids, at)


def _gbt2260(at: Mapping[str, int]) -> list[Family]:
    """Leaves of a province (counties, and cities without counties), its second level, the counties of a city, the provinces."""
    leaves: dict[str, list[int]] = {}
    seconds: dict[str, list[int]] = {}
    parted = {c[:4] + "00" for c in at if not c.endswith("00")}
    for code, n in at.items():
        province, city = code[:2] + "0000", code[:4] + "00"
        if code == NATION:
            continue
        if code.endswith("0000"):
            seconds.setdefault(NATION, []).append(n)
        elif code.endswith("00"):
            seconds.setdefault(province, []).append(n)
            if code not in parted:
                leaves.setdefault(province, []).append(n)
        else:
            leaves.setdefault(province, []).append(n)
            (leaves if city in at else seconds).setdefault(city if city in at else province, []).append(n)
    return sorted({*_made(leaves, at), *_made(seconds, at)})


def _made(kids: Mapping[str, Iterable[int]], at: Mapping[str, int]) -> list[Family]:
    made = ((at[p], tuple(sorted(set(ns)))) for p, ns in kids.items() if p in at)
    return sorted(family for family in made if len(family[1]) > 1)


def completed(x: np.ndarray, lacking: Sequence[Family], codes: Sequence[str], adds: np.ndarray, *, share: float) -> list[Family]:
    """Families that add up once rows without a code, standing between the parent and the next of its rank, are taken in."""
    made = []
    for parent, kids in lacking:
        loose = _between(parent, codes)
        gap = x[parent] - x[list(kids)].sum(axis=0)
        live = adds & (x[parent] != 0)
        for taken in _choices(loose) if live.any() else ():
            if (np.abs(gap - x[list(taken)].sum(axis=0))[live] <= 0.5).mean() >= share:
                made.append((parent, tuple(sorted({*kids, *taken}))))
                break
    return made


def _choices(loose: Sequence[int]) -> Iterable[tuple[int, ...]]:
    """All of them, then one, two and three of them."""
    if loose:
        yield tuple(loose)
    some = loose[:_LOOSE]
    yield from itertools.chain.from_iterable(itertools.combinations(some, n) for n in range(1, min(_TRIED, len(some)) + 1))


def _between(parent: int, codes: Sequence[str]) -> list[int]:
    stem = codes[parent].rstrip("0") if len(codes[parent]) == 6 else codes[parent]
    stem += "0" * (len(stem) % 2) if len(codes[parent]) == 6 else ""
    end = next((n for n in range(parent + 1, len(codes)) if codes[n] and not codes[n].startswith(stem)), len(codes))
    return [n for n in range(parent + 1, end) if not codes[n]]
