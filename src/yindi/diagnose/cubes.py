"""Boolean minimisation by dynamic programming over the cube of all terms, and all smallest covers of the rows to explain.

A term is a point of the cube with shape (L_1 + 1, ..., L_k + 1): per condition one of its L_j levels, or L_j for "any".
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from yindi.core.errors import MethodError

LARGEST = 20_000_000
SLACK = 1e-6
WORK = 50_000
Term = tuple[int, ...]
Cover = tuple[int, ...]


def _joined(rows: np.ndarray) -> np.ndarray:
    """Extend a boolean array over configurations by an "any" level per axis: true where any configuration inside is."""
    cube = rows
    for axis in range(rows.ndim):
        cube = np.concatenate([cube, cube.any(axis=axis, keepdims=True)], axis=axis)
    return cube


def prime_implicants(positive: np.ndarray, negative: np.ndarray) -> list[Term]:
    """All terms that hold a positive and no negative configuration, and that no such term contains; -1 stands for "any".

    Both arrays (L_1, ..., L_k) are boolean over all configurations; what is in neither may be used freely. Fewest conditions
    first. Raises MethodError when the cube of terms is too large to be held.
    """
    if np.prod([float(n + 1) for n in positive.shape]) > LARGEST:
        raise MethodError(f"configurations: {positive.shape} levels make too many terms; use fewer conditions.")
    allowed = _joined(positive) & ~_joined(negative)
    prime = allowed.copy()
    for axis, levels in enumerate(positive.shape):
        one = [slice(None)] * positive.ndim
        one[axis] = slice(0, levels)
        parent = [slice(None)] * positive.ndim
        parent[axis] = slice(levels, levels + 1)
        prime[tuple(one)] &= ~allowed[tuple(parent)]
    found = np.argwhere(prime)
    terms = [tuple(-1 if v == n else int(v) for v, n in zip(row, positive.shape, strict=True)) for row in found]
    return sorted(terms, key=lambda t: (sum(v >= 0 for v in t), tuple(-v for v in t)))


def contains(term: Term, configurations: np.ndarray) -> np.ndarray:
    """Which configurations (M,k) a term holds (M,)."""
    wanted = np.array(term)
    return np.asarray(((wanted < 0) | (configurations == wanted)).all(axis=1))


def smallest_covers(chart: np.ndarray, *, limit: int) -> tuple[list[Cover], bool]:
    """All smallest sets of columns that together cover every row of a boolean chart (rows, columns), and whether all are there.

    Sets are sorted. At most `limit` are listed, and the search for more stops after a fixed amount of work. Raises MethodError
    when a row is covered by no column.
    """
    if not chart.any(axis=1).all():
        raise MethodError("configurations: a row to be explained is in no term.")
    covers, complete = _solve(chart, np.arange(len(chart)), np.arange(chart.shape[1]), limit)
    return sorted(tuple(sorted(c)) for c in covers), complete


def _solve(chart: np.ndarray, rows: np.ndarray, columns: np.ndarray, limit: int) -> tuple[list[Cover], bool]:
    """Smallest covers of the rows by the columns: what is forced first, then each part that hangs together by itself."""
    forced: list[int] = []
    while len(alone := rows[chart[np.ix_(rows, columns)].sum(axis=1) == 1]):
        only = int(columns[chart[alone[0], columns]][0])
        forced.append(only)
        rows = rows[~chart[rows, only]]
    parts = [_of_component(chart, r, c, limit) for r, c in _components(chart, _needed(chart, rows, columns), columns)]
    complete = all(done for _, done in parts)
    covers: list[Cover] = []
    for choice in product(*(found for found, _ in parts)):
        if len(covers) == limit:
            return covers, False
        covers.append((*forced, *(c for part in choice for c in part)))
    return covers, complete


def _needed(chart: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Rows less those that are covered whenever another row is (their columns include all of that row's)."""
    part = chart[np.ix_(rows, columns)].astype(np.int64)
    size, shared = part.sum(axis=1), part @ part.T
    inside = shared == size[None, :]
    smaller = (size[None, :] < size[:, None]) | ((size[None, :] == size[:, None]) & np.tri(len(rows), k=-1, dtype=bool))
    return np.asarray(rows[~(inside & smaller).any(axis=1)])


def _components(chart: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows and columns that hang together; each such part is covered by itself."""
    left = rows
    while len(left):
        own, size = left[:1], 0
        while len(own) > size:
            size = len(own)
            used = columns[chart[np.ix_(own, columns)].any(axis=0)]
            own = left[chart[np.ix_(left, used)].any(axis=1)]
        yield own, used
        left = np.setdiff1d(left, own)


def _of_component(chart: np.ndarray, rows: np.ndarray, columns: np.ndarray, limit: int) -> tuple[list[Cover], bool]:
    part = chart[np.ix_(rows, columns)]
    whole: list[Cover] = [(int(columns[c]),) for c in np.flatnonzero(part.all(axis=0))]
    if whole:
        return whole[:limit], len(whole) <= limit
    size = _least(part)
    price, waste = _prices(part)
    useful = np.flatnonzero(waste <= size - price.sum() + SLACK)
    if len(useful) < len(columns):
        return _solve(chart, rows, columns[useful], limit)
    search = _Search(part, price, size, limit)
    complete = search.visit((1 << len(rows)) - 1, (1 << len(columns)) - 1, ())
    return [tuple(int(columns[c]) for c in cover) for cover in search.found], complete


def _least(chart: np.ndarray) -> int:
    """Size of a smallest cover, by mixed-integer programming (HiGHS)."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    part = chart[:, _undominated(chart)].astype(float)
    solved = milp(np.ones(part.shape[1]), integrality=np.ones(part.shape[1]), bounds=Bounds(0, 1),
                  constraints=LinearConstraint(part, lb=1.0))  # fmt: skip
    if not solved.success:
        raise MethodError(f"configurations: no smallest cover was found ({solved.message}).")
    return round(float(solved.fun))


def _prices(chart: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Dual prices of the rows in the linear relaxation, and each column's reduced cost: what choosing it wastes at least."""
    from scipy.optimize import linprog

    table = chart.astype(float)
    solved = linprog(-np.ones(len(table)), A_ub=table.T, b_ub=np.ones(table.shape[1]), bounds=(0, None))
    price = np.maximum(solved.x, 0.0)
    price /= max(1.0, float((price @ table).max()))
    return price, 1.0 - price @ table


def _undominated(chart: np.ndarray) -> list[int]:
    """Columns that no other column covers entirely (of equal columns the first): enough to know the smallest size."""
    shared = chart.T.astype(np.int64) @ chart.astype(np.int64)
    size = np.diag(shared)
    inside = shared == size[:, None]
    larger = (size[None, :] > size[:, None]) | ((size[None, :] == size[:, None]) & np.tri(len(size), k=-1, dtype=bool))
    return [int(c) for c in np.flatnonzero(~(inside & larger).any(axis=1))]


class _Search:
    """Every cover of exactly the smallest size: branch on the open row with fewest columns; a column tried is barred afterwards.

    Sets of rows and of columns are the bits of whole numbers. The rows' dual prices bound from below what is still needed.
    """

    def __init__(self, chart: np.ndarray, price: np.ndarray, size: int, limit: int) -> None:
        self.covers = [_bits(chart[:, c]) for c in range(chart.shape[1])]
        self.holders = [_bits(chart[r]) for r in range(chart.shape[0])]
        self.price, self.size, self.limit = [float(p) for p in price], size, limit
        self.found: list[Cover] = []
        self.work = WORK

    def visit(self, rows: int, columns: int, chosen: Cover) -> bool:
        """Complete `chosen` over the open rows by the free columns; False once the limit of covers or of work is reached."""
        if not rows:
            self.found.append(chosen)
            return len(self.found) < self.limit
        self.work -= 1
        if self.work < 0 and self.found:
            return False
        room = self.size - len(chosen)
        branch = self._row(rows, columns, room)
        for c in _ones(branch):
            if not self.visit(rows & ~self.covers[c], columns, (*chosen, c)):
                return False
            columns &= ~(1 << c)
        return True

    def _row(self, rows: int, columns: int, room: int) -> int:
        """Free columns of the open row that has fewest; none where the open rows cannot be covered in the room left."""
        need, apart, used, best = 0.0, 0, 0, columns
        ranked = sorted((self.holders[r] & columns for r in _ones(rows)), key=int.bit_count)
        for r in _ones(rows):
            need += self.price[r]
        for holders in ranked:
            if not holders & used:
                used |= holders
                apart += 1
        best = ranked[0]
        return 0 if not best or need > room + SLACK or apart > room else best


def _bits(flags: np.ndarray) -> int:
    return sum(1 << int(n) for n in np.flatnonzero(flags))


def _ones(number: int) -> Iterator[int]:
    while number:
        low = number & -number
        yield low.bit_length() - 1
        number ^= low
