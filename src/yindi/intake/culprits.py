"""Culprits (差错单元格): which single cells explain the sums that do not hold, what would be right, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from yindi.intake.families import Family

TOLERANCE = 1e-6
ALONE = ("sign", "decimal point")
RANKS = {"sign": 3, "decimal point": 3, "extra digits": 3, "lost digits": 3, "empty": 2, "swapped digits": 2, "one digit": 1}
MOVES = (-1.0, *(10.0**p for p in (-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6)))
OUT, FITS, ROWS, LEAST, CLEAR = 6.0, 2.5, 400, 0.05, 4.0
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sum:
    """Column `total` is the sum of the columns `parts` in this share of rows, within `room` of rounding."""

    total: int
    parts: tuple[int, ...]
    share: float
    room: float = TOLERANCE


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
    by_row: bool = True


@dataclass(frozen=True, slots=True)
class Equation:
    """A sum that does not hold: its cells, total less parts, and the room that rounding leaves."""

    total: Cell
    parts: tuple[Cell, ...]
    gap: float
    room: float = TOLERANCE

    @property
    def by_row(self) -> bool:
        """True for an equation between the columns of one row."""
        return self.parts[0][0] == self.total[0]


@dataclass(frozen=True, slots=True)
class Figures:
    """Values (N,C) with 0 where absent, which cells are absent, the columns that add over rows, the room of each column.

    With `whole`, a sum counts only where all but one of its cells are there. With `series`, columns are years of one quantity:
    of the cells of a sum the only one that leaves its other years, and returns with the right value, explains it.
    """

    x: np.ndarray
    absent: np.ndarray
    adds: np.ndarray
    rooms: np.ndarray
    whole: bool = False
    series: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    cell: Cell
    right: float
    kind: str
    evidence: int
    solves: tuple[int, ...]

    @property
    def rank(self) -> int:
        return RANKS.get(self.kind, 0)


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


def slips(figures: Figures, sums: Sequence[Sum], groups: Sequence[Family]) -> list[Slip]:
    """The cells that explain broken sums, the best explained first; then the gaps that no single cell explains.

    A cell is a candidate when every equation it stands in is broken and all of them imply the same value. It is sure where
    no other cell explains the same equations as well: by the kind of slip, or by its size beside the column most alike.
    """
    x = figures.x
    open_ones = dict(enumerate(_broken(figures, sums, groups)))
    inside = _in_equations(figures, sums, groups)
    made: list[Slip] = []
    while step := _single(figures, open_ones, inside) or _shared(x, open_ones) or _rest(figures, open_ones):
        made += step
    return made + _gaps(x, open_ones)


def _gaps(x: np.ndarray, open_ones: dict[int, Equation]) -> list[Slip]:
    """What stays open: of equations of one column (or row) with one gap the one with the fewest parts."""
    told: dict[tuple[bool, int, float], Equation] = {}
    for e in sorted(open_ones.values(), key=lambda e: (len(e.parts), e.total)):
        line = e.total[0] if e.by_row else e.total[1]
        told.setdefault((e.by_row, line, round(e.gap, 6)), e)
    return [
        Slip(*e.total, float(x[e.total]), round(float(x[e.total]) - e.gap, 6), 1, "gap", False, e.by_row) for e in told.values()
    ]


def _counts(f: Figures, cells: Sequence[Cell]) -> bool:
    return not f.whole or sum(bool(f.absent[c]) for c in cells) <= 1


def _broken(f: Figures, sums: Sequence[Sum], groups: Sequence[Family]) -> Iterator[Equation]:
    for s in sums:
        gap = f.x[:, s.total] - f.x[:, list(s.parts)].sum(axis=1)
        for i in np.flatnonzero(np.abs(gap) > s.room):
            e = Equation((int(i), s.total), tuple((int(i), p) for p in s.parts), float(gap[i]), s.room)
            if _counts(f, (e.total, *e.parts)):
                yield e
    for parent, kids in groups:
        gap = f.x[parent] - f.x[list(kids)].sum(axis=0)
        for j in np.flatnonzero((np.abs(gap) > f.rooms) & f.adds):
            e = Equation((parent, int(j)), tuple((k, int(j)) for k in kids), float(gap[j]), float(f.rooms[j]))
            if _counts(f, (e.total, *e.parts)):
                yield e


def _in_equations(f: Figures, sums: Sequence[Sum], groups: Sequence[Family]) -> np.ndarray:
    """(N,C), in how many equations (that count) each cell stands."""
    count: np.ndarray = np.zeros(f.x.shape, int)
    for s in sums:
        at = np.array([s.total, *s.parts])
        fine = f.absent[:, at].sum(axis=1) <= 1 if f.whole else np.ones(len(f.x), bool)
        count[np.ix_(fine, at)] += 1
    for parent, kids in groups:
        rows = np.array([parent, *kids])
        fine = (f.absent[rows].sum(axis=0) <= 1 if f.whole else True) & f.adds
        count[np.ix_(rows, np.flatnonzero(fine))] += 1
    return count


def _candidates(f: Figures, equations: dict[int, Equation], inside: np.ndarray) -> Iterator[_Candidate]:
    implied: dict[Cell, list[tuple[int, float, float]]] = {}
    for n, e in equations.items():
        implied.setdefault(e.total, []).append((n, float(f.x[e.total]) - e.gap, e.room))
        for cell in e.parts:
            implied.setdefault(cell, []).append((n, float(f.x[cell]) + e.gap, e.room))
    for cell, says in implied.items():
        values, room = [v for _, v, _ in says], max(r for *_, r in says)
        if len(says) < inside[cell] or max(values) - min(values) > 2 * room or min(values) < -room:
            continue
        if room > TOLERANCE and min(abs(v - float(f.x[cell])) for v in values) < CLEAR * room:
            continue
        right = _right(float(f.x[cell]), *min((r, v) for _, v, r in says))
        kind = kind_of(float(f.x[cell]), right)
        kind = "" if kind == "empty" and not f.absent[cell] else kind
        yield _Candidate(cell, right, kind, len({equations[n].parts for n, *_ in says}), tuple(n for n, *_ in says))


def _right(found: float, room: float, implied: float) -> float:
    """The implied value; the turned or moved number where that lies within the room of rounding."""
    near = min((found * m for m in MOVES), key=lambda v: abs(v - implied))
    return float(f"{near:.12g}") if found and room > TOLERANCE and abs(near - implied) <= room else round(implied, 6)


def _single(f: Figures, open_ones: dict[int, Equation], inside: np.ndarray) -> list[Slip]:
    """Slips that alone explain all the equations they stand in; of several cells that explain the same ones the likely one."""
    same: dict[tuple[int, ...], list[_Candidate]] = {}
    for c in _candidates(f, open_ones, inside):
        same.setdefault(c.solves, []).append(c)
    made = []
    best = [(one, told) for told in same.values() if (one := _likely(f, told)) is not None]
    for c, _ in sorted(best, key=lambda b: (b[0].evidence, b[0].rank, -b[0].cell[0], -b[0].cell[1]), reverse=True):
        if all(n in open_ones for n in c.solves):
            made.append(Slip(*c.cell, float(f.x[c.cell]), c.right, c.evidence, c.kind or "other", True))
            for n in c.solves:
                del open_ones[n]
    return made


def _likely(f: Figures, told: Sequence[_Candidate]) -> _Candidate | None:
    top = max(c.rank for c in told)
    first = [c for c in told if c.rank == top]
    enough = [c for c in first if c.evidence > 1 or c.kind in ALONE or (f.whole and f.absent[c.cell])]
    if not enough:
        return None
    if len(first) == 1 and (top > 1 or len(told) == 1):
        return enough[0]
    out = [c for c in told if c.evidence > 1 and _fits(f.x, c)]
    return out[0] if len(out) == 1 and out[0].rank else None


def _fits(x: np.ndarray, c: _Candidate) -> bool:
    """True where the value is far from what the most alike column lets expect, and the right one is near."""
    (i, j), found = c.cell, float(x[c.cell])
    if found <= 0 or c.right <= 0:
        return False
    line = _beside(x, i, j)
    if line is None:
        return False
    level, usual = line
    return bool(abs(np.log(found) - level) >= OUT * usual and abs(np.log(c.right) - level) <= FITS * usual)


def _beside(x: np.ndarray, i: int, j: int) -> tuple[float, float] | None:
    """Log value expected of a cell from the column that moves most like its own, and the usual distance from it."""
    rows = np.flatnonzero(x[:, j] > 0)
    rows = rows[np.linspace(0, len(rows) - 1, min(ROWS, len(rows))).astype(int)] if len(rows) else rows
    others = [k for k in np.flatnonzero(x[i] > 0) if k != j and (x[rows, k] > 0).all()]
    if len(rows) < 10 or not others:
        return None
    apart = np.log(x[rows, j])[:, None] - np.log(x[np.ix_(rows, others)])
    middle = np.median(apart, axis=0)
    usual = np.median(np.abs(apart - middle), axis=0)
    k = int(np.argmin(usual))
    return float(np.log(x[i, others[k]]) + middle[k]), max(float(usual[k]), LEAST)


def _shared(x: np.ndarray, open_ones: dict[int, Equation]) -> list[Slip]:
    """Several slips in one family's column, or in one row: their gaps together are exactly the gap of the equation they share."""
    made: list[Slip] = []
    for n in sorted(open_ones, key=lambda n: (len(open_ones[n].parts), open_ones[n].total)):
        if n not in open_ones:
            continue
        e = open_ones[n]
        across = {cell: [m for m, o in open_ones.items() if o.by_row != e.by_row and cell in o.parts] for cell in e.parts}
        partners = {cell: ms for cell, ms in across.items() if ms and len({open_ones[m].gap for m in ms}) == 1}
        if len(partners) < 2 or abs(sum(open_ones[ms[0]].gap for ms in partners.values()) - e.gap) > e.room:
            continue
        used = {n, *(m for ms in partners.values() for m in ms)}
        for cell, ms in partners.items():
            right = round(float(x[cell]) + open_ones[ms[0]].gap, 6)
            made.append(Slip(*cell, float(x[cell]), right, 2, kind_of(float(x[cell]), right) or "other", True))
        _settle(x, open_ones, {(s.row, s.column): s.right - s.found for s in made[-len(partners) :]}, used)
    return made


def _settle(x: np.ndarray, open_ones: dict[int, Equation], moved: dict[Cell, float], used: set[int]) -> None:
    """Take solved equations out, and the moved cells out of the gaps of the others."""
    for m, o in list(open_ones.items()):
        left = o.gap - sum(d for c, d in moved.items() if c in o.parts) + moved.get(o.total, 0.0)
        if m in used or abs(left) <= o.room:
            del open_ones[m]
        elif left != o.gap:
            open_ones[m] = Equation(o.total, o.parts, left, o.room)


def _changed_places(f: Figures, open_ones: dict[int, Equation]) -> list[Slip]:
    """Two cells of one column (or row), side by side, whose values changed places: two sums are off by the same, in turn."""
    left = sorted(open_ones.items())
    for n, (_, a) in enumerate(left):
        for _, b in left[n + 1 :]:
            pairs = [(p, q) for p in a.parts + (a.total,) for q in _neighbours(p, f.x.shape)
                     if (q in b.parts or q == b.total) and q not in a.parts and p not in b.parts
                     and _mended(f.x, a, b, p, q)] if abs(abs(a.gap) - abs(b.gap)) <= a.room + b.room else []  # fmt: skip
            if len(pairs) == 1:
                return _exchange(f, open_ones, *pairs[0])
    return []


def _rest(f: Figures, open_ones: dict[int, Equation]) -> list[Slip]:
    return _changed_places(f, open_ones) or (_by_years(f, open_ones) if f.series else [])


def _by_years(f: Figures, open_ones: dict[int, Equation]) -> list[Slip]:
    """The first open sum of which one cell only is far from its other years, and near to them with the value that closes it."""
    for n, e in open_ones.items():
        told = [
            _Candidate(c, round(float(f.x[c]) + (-e.gap if c == e.total else e.gap), 6), "", 1, (n,)) for c in (e.total, *e.parts)
        ]
        fits = [c for c in told if not f.absent[c.cell] and _fits(f.x, c)]
        if len(fits) == 1:
            (one,) = fits
            found = float(f.x[one.cell])
            _settle(f.x, open_ones, {one.cell: one.right - found}, {n})
            return [Slip(*one.cell, found, one.right, 1, kind_of(found, one.right) or "other", True)]
    return []


def _neighbours(p: Cell, shape: tuple[int, ...]) -> list[Cell]:
    i, j = p
    near = [(i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)]
    return [(a, b) for a, b in near if 0 <= a < shape[0] and 0 <= b < shape[1]]


def _mended(x: np.ndarray, a: Equation, b: Equation, p: Cell, q: Cell) -> bool:
    """True where exchanging p (of a) and q (of b) closes both."""
    d = float(x[q] - x[p])
    closes_a = a.gap + d if p == a.total else a.gap - d
    closes_b = b.gap - d if q == b.total else b.gap + d
    return d != 0 and abs(closes_a) <= a.room and abs(closes_b) <= b.room


def _exchange(f: Figures, open_ones: dict[int, Equation], p: Cell, q: Cell) -> list[Slip]:
    made = [Slip(*c, float(f.x[c]), float(f.x[o]), 2, "changed places", True) for c, o in ((p, q), (q, p))]
    _settle(f.x, open_ones, {(s.row, s.column): s.right - s.found for s in made}, set())
    return made
