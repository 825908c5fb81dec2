"""Additivity (可加性): which columns are sums of others, which rows of others, which cells break the sums, and what is right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

SAMPLE, SHARE, TOLERANCE = 60, 0.9, 1e-6
ALONE = ("sign", "decimal point")


Family = tuple[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Sum:
    """Column `total` is the sum of the columns `parts` in this share of rows."""

    total: int
    parts: tuple[int, ...]
    share: float


@dataclass(frozen=True, slots=True)
class Slip:
    """A cell that breaks sums: what it holds, what the sums say, how many agree, the kind of slip, and whether it is sure."""

    row: int
    column: int
    found: float
    right: float
    equations: int
    kind: str
    sure: bool


@dataclass(frozen=True, slots=True)
class _Equation:
    total: tuple[int, int]
    parts: tuple[tuple[int, int], ...]
    gap: float

    @property
    def by_row(self) -> bool:
        """True for an equation between the columns of one row."""
        return self.parts[0][0] == self.total[0]


def column_sums(x: np.ndarray) -> list[Sum]:
    """Columns that are the sum of a run of neighbouring (or every second) columns in nearly all rows of x (N,C), absent = 0."""
    live = np.flatnonzero((x != 0).sum(axis=1) >= 0.5 * np.median((x != 0).sum(axis=1)))
    rows = live[np.linspace(0, len(live) - 1, min(SAMPLE, len(live))).astype(int)]
    found: list[Sum] = []
    for stride in (1, 2):
        found += _runs(x, rows, stride)
    best: dict[int, list[Sum]] = {}
    for s in sorted(found, key=lambda s: (-round(s.share, 2), -len(s.parts), s.total, s.parts)):
        kept = best.setdefault(s.total, [])
        if not any(set(s.parts) & set(other.parts) for other in kept):
            kept.append(s)
    return sorted((s for kept in best.values() for s in kept), key=lambda s: (s.total, s.parts))


def _runs(x: np.ndarray, rows: np.ndarray, stride: int) -> Iterator[Sum]:
    n = x.shape[1]
    for start in range(stride):
        columns = np.arange(start, n, stride)
        sums = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(x[np.ix_(rows, columns)], axis=1)], axis=1)
        blocks = sums[:, None, :] - sums[:, :, None]
        for total in np.flatnonzero((x[rows] != 0).mean(axis=0) > 0.5):
            hit = (np.abs(blocks - x[rows, total][:, None, None]) <= TOLERANCE).mean(axis=0) >= SHARE
            yield from _verified(x, int(total), columns, np.argwhere(hit))


def _verified(x: np.ndarray, total: int, columns: np.ndarray, spans: np.ndarray) -> Iterator[Sum]:
    for a, b in spans:
        parts = columns[a:b]
        if b - a < 2 or total in parts or ((x[:, parts] != 0).mean(axis=0) > 0.1).sum() < 2:
            continue
        live = x[:, total] != 0
        share = float((np.abs(x[live][:, parts].sum(axis=1) - x[live, total]) <= TOLERANCE).mean())
        if share >= SHARE:
            yield Sum(total, tuple(int(p) for p in parts), share)


def families(codes: Sequence[str]) -> list[Family]:
    """(parent row, child rows) by GB/T 2260 code: province of its counties, province of its cities, city of its counties."""
    at = {c: n for n, c in enumerate(codes) if c}
    counties: dict[str, list[int]] = {}
    seconds: dict[str, list[int]] = {}
    for code, n in at.items():
        if code.endswith("0000"):
            continue
        if code.endswith("00"):
            seconds.setdefault(code[:2] + "0000", []).append(n)
            continue
        counties.setdefault(code[:2] + "0000", []).append(n)
        city = code[:4] + "00"
        if city in at:
            counties.setdefault(city, []).append(n)
        else:
            seconds.setdefault(code[:2] + "0000", []).append(n)
    made = [(at[p], tuple(sorted(ns))) for table in (counties, seconds) for p, ns in table.items() if p in at and len(ns) > 1]
    return sorted(set(made))


def additive(x: np.ndarray, groups: Sequence[Family]) -> np.ndarray:
    """(C,), True for columns whose parents are the sums of their children in most families."""
    if not groups:
        return np.zeros(x.shape[1], bool)
    fits = np.array([np.abs(x[list(kids)].sum(axis=0) - x[parent]) <= TOLERANCE for parent, kids in groups])
    live = np.array([x[parent] != 0 for parent, _ in groups])
    good: np.ndarray = (fits & live).sum(axis=0) >= 0.8 * np.maximum(live.sum(axis=0), 1)
    enough: np.ndarray = live.sum(axis=0) >= 5
    both: np.ndarray = good & enough
    return both


def _broken(x: np.ndarray, sums: Sequence[Sum], groups: Sequence[Family], adds: np.ndarray) -> Iterator[_Equation]:
    for s in sums:
        gap = x[:, s.total] - x[:, list(s.parts)].sum(axis=1)
        for i in np.flatnonzero(np.abs(gap) > TOLERANCE):
            yield _Equation((int(i), s.total), tuple((int(i), p) for p in s.parts), float(gap[i]))
    for parent, kids in groups:
        gap = x[parent] - x[list(kids)].sum(axis=0)
        for j in np.flatnonzero((np.abs(gap) > TOLERANCE) & adds):
            yield _Equation((parent, int(j)), tuple((k, int(j)) for k in kids), float(gap[j]))


def _in_equations(x: np.ndarray, sums: Sequence[Sum], groups: Sequence[Family], adds: np.ndarray) -> np.ndarray:
    count: np.ndarray = np.zeros(x.shape, int)
    for s in sums:
        count[:, np.array([s.total, *s.parts])] += 1
    for parent, kids in groups:
        count[np.ix_(np.array([parent, *kids]), np.flatnonzero(adds))] += 1
    return count


def kind_of(found: float, right: float) -> str:
    """What turns one number into the other: sign, decimal point, lost, extra or changed digits; "" where nothing simple does."""
    if found == 0:
        return "empty"
    if found == -right:
        return "sign"
    if right and found * right > 0:
        power = np.log10(abs(right / found))
        if abs(power - round(power)) < 1e-9 and round(power):
            return "decimal point"
    a, b = f"{abs(found):.12g}".replace(".", ""), f"{abs(right):.12g}".replace(".", "")
    if len(b) > len(a) >= 2 and _less(a, b):
        return "lost digits"
    if len(a) > len(b) >= 2 and _less(b, a):
        return "extra digits"
    if len(a) == len(b) >= 2 and sum(p != q for p, q in zip(a, b, strict=True)) == 1:
        return "one digit"
    return "swapped digits" if len(a) > 2 and sorted(a) == sorted(b) else ""


def _less(short: str, long: str) -> bool:
    return long.startswith(short) or long.endswith(short)


def complete(x: np.ndarray, groups: Sequence[Family], *, share: float = 0.8) -> tuple[list[Family], list[Family]]:
    """Families whose children add up to the parent in most additive columns, and those that lack a child row."""
    adds = additive(x, groups)
    good: list[Family] = []
    lacking: list[Family] = []
    for parent, kids in groups:
        live = adds & (x[parent] != 0)
        fits = np.abs(x[list(kids)].sum(axis=0) - x[parent])[live] <= TOLERANCE
        (good if live.any() and fits.mean() >= share else lacking).append((parent, kids))
    return good, lacking


def slips(x: np.ndarray, sums: Sequence[Sum], groups: Sequence[Family]) -> list[Slip]:
    """The cells that explain broken sums of x (N,C), the best explained first; then the gaps that no single cell explains.

    A cell is a candidate when every equation it stands in is broken and all of them imply the same value. Two agreeing equations,
    or one and a turned sign or moved decimal point, make it sure; `groups` should be complete families.
    """
    adds = additive(x, groups)
    open_ones = dict(enumerate(_broken(x, sums, groups, adds)))
    inside = _in_equations(x, sums, groups, adds)
    made: list[Slip] = []
    while step := _single(x, open_ones, inside) or _shared(x, open_ones):
        made += step
    gaps = {e.parts: e for e in open_ones.values()}.values()
    return made + [Slip(*e.total, float(x[e.total]), round(float(x[e.total]) - e.gap, 6), 1, "gap", False) for e in gaps]


def _single(x: np.ndarray, open_ones: dict[int, _Equation], inside: np.ndarray) -> list[Slip]:
    """Slips that alone explain all the equations they stand in."""
    made = []
    for _, slip, solved in sorted(_candidates(x, open_ones, inside), key=lambda c: c[0], reverse=True):
        if all(n in open_ones for n in solved):
            made.append(slip)
            for n in solved:
                del open_ones[n]
    return made


def _shared(x: np.ndarray, open_ones: dict[int, _Equation]) -> list[Slip]:
    """Several slips in one family's column, or in one row: their gaps together are exactly the gap of the equation they share."""
    made: list[Slip] = []
    for n in sorted(open_ones, key=lambda n: (len(open_ones[n].parts), open_ones[n].total)):
        if n not in open_ones:
            continue
        e = open_ones[n]
        across = {cell: [m for m, o in open_ones.items() if o.by_row != e.by_row and cell in o.parts] for cell in e.parts}
        partners = {cell: ms for cell, ms in across.items() if ms and len({open_ones[m].gap for m in ms}) == 1}
        if len(partners) < 2 or abs(sum(open_ones[ms[0]].gap for ms in partners.values()) - e.gap) > TOLERANCE:
            continue
        used = {n, *(m for ms in partners.values() for m in ms)}
        for cell, ms in partners.items():
            right = round(float(x[cell]) + open_ones[ms[0]].gap, 6)
            made.append(Slip(*cell, float(x[cell]), right, 2, kind_of(float(x[cell]), right) or "other", True))
        _settle(x, open_ones, {(s.row, s.column): s.right - s.found for s in made[-len(partners) :]}, used)
    return made


def _settle(x: np.ndarray, open_ones: dict[int, _Equation], moved: dict[tuple[int, int], float], used: set[int]) -> None:
    """Take solved equations out, and the moved cells out of the gaps of the others."""
    for m, o in list(open_ones.items()):
        left = o.gap - sum(d for c, d in moved.items() if c in o.parts) + moved.get(o.total, 0.0)
        if m in used or abs(left) <= TOLERANCE:
            del open_ones[m]
        elif left != o.gap:
            open_ones[m] = _Equation(o.total, o.parts, left)


def _candidates(
    x: np.ndarray, equations: dict[int, _Equation], inside: np.ndarray
) -> Iterator[tuple[tuple[int, int, int, int], Slip, tuple[int, ...]]]:
    implied: dict[tuple[int, int], list[tuple[int, float]]] = {}
    for n, e in equations.items():
        implied.setdefault(e.total, []).append((n, float(x[e.total]) - e.gap))
        for cell in e.parts:
            implied.setdefault(cell, []).append((n, float(x[cell]) + e.gap))
    for cell, says in implied.items():
        values = [v for _, v in says]
        if len(says) < inside[cell] or max(values) - min(values) > TOLERANCE or min(values) < -TOLERANCE:
            continue
        right = round(values[0], 6)
        kind = kind_of(float(x[cell]), right)
        evidence = len({equations[n].parts for n, _ in says})
        if evidence < 2 and kind not in ALONE:
            continue
        slip = Slip(*cell, float(x[cell]), right, evidence, kind or "other", True)
        yield (evidence, int(kind not in ("", "empty")), -cell[0], -cell[1]), slip, tuple(n for n, _ in says)
