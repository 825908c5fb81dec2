"""Composed columns (分项合计): sums found among the columns of a cube, and the cells that break them or the row of the nation."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from yindi.intake import culprits
from yindi.intake.assemble import Cube
from yindi.intake.culprits import TOLERANCE, Figures, Slip, Sum
from yindi.intake.families import Family
from yindi.intake.found import Found
from yindi.intake.said import say
from yindi.intake.written import resolution

Totals = Mapping[tuple[str, str], tuple[float, int]]
COLUMNS, ROWS, LEAST, HOLDS = 90, 300, 30, 0.85
YEARS, NEAR, EXACT, TIMES, SMALL, LARGE = 3, 0.7, 0.6, 10.0, 1e-5, 5e-4
EXACTLY, NATION_GAP = 1e-9, 2e-4
TRIED, PARTS, CLOSE = 10, 6, 3e-4


@dataclass(frozen=True, slots=True)
class Composed:
    """The sums of a cube: values with the nation as last region (R+1,T,K), what is absent, the sums, the columns that add."""

    x: np.ndarray
    absent: np.ndarray
    sums: tuple[Sum, ...]
    groups: tuple[Family, ...]
    adds: np.ndarray
    rooms: np.ndarray

    @property
    def flat(self) -> tuple[np.ndarray, np.ndarray]:
        """Values and absences as rows (region, year) by columns."""
        return self.x.reshape(-1, self.x.shape[2]), self.absent.reshape(-1, self.x.shape[2])


def compose(cube: Cube, totals: Totals) -> Composed:
    """The sums among the columns of a cube, and the columns whose regions sum to the nation."""
    nation = np.array([[totals.get((i, y), (np.nan, 0))[0] for i in cube.items] for y in cube.years])
    x = np.concatenate([np.where(cube.known, cube.values, 0.0), np.nan_to_num(nation)[None]], axis=0)
    absent = np.concatenate([~cube.known, ~np.isfinite(nation)[None]], axis=0)
    r, t = len(cube.regions), len(cube.years)
    groups = tuple((r * t + y, tuple(k * t + y for k in range(r))) for y in range(t) if np.isfinite(nation[y]).any())
    adds, rooms = _national(x, absent)
    flat, gone = x.reshape(-1, x.shape[2]), absent.reshape(-1, x.shape[2])
    return Composed(x, absent, tuple(find(flat, ~gone)), groups, adds, rooms)


def _national(x: np.ndarray, absent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(K,), (K,): which columns sum to the nation in most years, and the room that rounding leaves them."""
    whole: np.ndarray = ~np.asarray(absent.any(axis=0))
    gap = np.where(whole, np.abs(x[:-1].sum(axis=0) - x[-1]), np.nan)
    adds, rooms = np.zeros(x.shape[2], bool), np.full(x.shape[2], TOLERANCE)
    for k in np.flatnonzero(whole.sum(axis=0) >= YEARS):
        own, size = gap[whole[:, k], k], float(np.median(np.abs(x[-1][whole[:, k], k])))
        rooms[k] = _room(own, x[-1][whole[:, k], k], len(x), size)
        adds[k] = size > 0 and rooms[k] <= LARGE * size and (own <= rooms[k]).mean() >= NEAR
    return adds, rooms


def _room(gaps: np.ndarray, values: np.ndarray, many: int, size: float) -> float:
    """None where the sums are exact in most cases; else two last digits a part, or ten times the usual gap."""
    exact = max(TOLERANCE, EXACTLY * size)
    if (gaps <= exact).mean() >= EXACT:
        return exact
    digit = float(np.median([resolution(float(v)) for v in values[values != 0][:LEAST]])) if (values != 0).any() else 1.0
    return max(2 * min(digit, 1.0) * many, TIMES * float(np.quantile(gaps, 0.5)), SMALL * size)


def find(x: np.ndarray, known: np.ndarray) -> list[Sum]:
    """Columns of x (N,K) that are the sum of others, in any order, by non-negative least squares on a sample of whole rows."""
    usable = [k for k in range(x.shape[1]) if known[:, k].sum() >= LEAST and (x[known[:, k], k] > 0).mean() > 0.5][:COLUMNS]
    made: list[Sum] = []
    for total in usable:
        others = [k for k in usable if k != total]
        while (found := _parts(x, known, total, others)) is not None and len(made) < COLUMNS:
            made.append(found)
            others = [k for k in others if k not in found.parts]
    return made


def _parts(x: np.ndarray, known: np.ndarray, total: int, others: Sequence[int]) -> Sum | None:
    from scipy.optimize import nnls

    have = known[:, total] & (x[:, total] > 0)
    fits = [k for k in others if _below(x, have & known[:, k], k, total) and (have & known[:, k]).sum() >= HOLDS * have.sum()]
    rows = np.flatnonzero(have & known[:, fits].all(axis=1)) if len(fits) >= 2 else np.empty(0, int)
    if len(rows) < max(LEAST // 2, 2 * len(fits)):
        return None
    rows = rows[np.linspace(0, len(rows) - 1, min(ROWS, len(rows))).astype(int)]
    scaled = x[np.ix_(rows, fits)] / x[rows, total][:, None]
    weights, _ = nnls(scaled, np.ones(len(rows)))
    weights, _ = nnls(*_nearest(scaled, weights))
    order = np.argsort(-weights * scaled.mean(axis=0), kind="stable")[:TRIED]
    for chosen in _sets(scaled[:, order], weights[order]):
        found = _held(x, known, total, tuple(sorted(fits[order[n]] for n in chosen)))
        if found is not None:
            return found
    return None


def _nearest(scaled: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The nine tenths of the rows that fit best: a slip draws the weights."""
    off = np.abs(scaled @ weights - 1.0)
    kept = off <= max(float(np.quantile(off, 0.9)), 1e-12)
    return scaled[kept], np.ones(int(kept.sum()))


def _sets(scaled: np.ndarray, weights: np.ndarray) -> list[tuple[int, ...]]:
    """Sets of two to six columns whose sum is one in most rows, the best first."""
    made = []
    for many in range(2, min(PARTS, len(weights)) + 1):
        sets = np.array(list(itertools.combinations(range(len(weights)), many)))
        off = np.median(np.abs(scaled[:, sets].sum(axis=2) - 1.0), axis=0)
        made += [(float(off[n]), tuple(int(k) for k in sets[n])) for n in np.flatnonzero(off <= CLOSE)]
    return [chosen for _, chosen in sorted(made)]


def _below(x: np.ndarray, both: np.ndarray, part: int, total: int) -> bool:
    return bool(both.any()) and float((x[both, part] <= x[both, total] * 1.001).mean()) >= 0.95


def _held(x: np.ndarray, known: np.ndarray, total: int, parts: Sequence[int]) -> Sum | None:
    at, inside = np.array([total, *parts]), np.array(parts)
    rows = np.asarray(known[:, at].all(axis=1))
    gaps = np.abs(x[rows, total] - x[np.ix_(rows, inside)].sum(axis=1))
    size = float(np.median(np.abs(x[rows, total])))
    room = _room(gaps, x[rows, total], len(at), size)
    holds = gaps <= np.maximum(room, 1e-4 * np.abs(x[rows, total]))
    if holds.mean() < HOLDS or float(np.median(x[np.ix_(rows, inside)], axis=0).min()) <= room:
        return None
    room = max(room, TIMES * float(np.quantile(gaps, 0.9))) if room > max(TOLERANCE, EXACTLY * size) else room
    return Sum(total, tuple(parts), float((gaps <= room).mean()), room)


def vouched(c: Composed) -> np.ndarray:
    """(R,T,K), how many sums that hold each cell stands in; a sum counts twice where its figures are rounded each by itself."""
    x, gone = c.flat
    count = np.zeros(x.shape, int)
    for s in c.sums:
        at = np.array([s.total, *s.parts])
        gap = np.abs(x[:, s.total] - x[:, list(s.parts)].sum(axis=1))
        whole = ~gone[:, at].any(axis=1)
        apart = whole & (gap > max(TOLERANCE, EXACTLY * float(np.median(np.abs(x[:, s.total]))))) & (gap <= s.room)
        count[np.ix_(whole & (gap <= s.room), at)] += 2 if apart.sum() > 0.05 * whole.sum() else 1
    for parent, kids in c.groups:
        rows = np.array([parent, *kids])
        holds = c.adds & ~gone[rows].any(axis=0) & (np.abs(x[parent] - x[list(kids)].sum(axis=0)) <= c.rooms)
        count[np.ix_(rows, np.flatnonzero(holds))] += 1
    cells: np.ndarray = count.reshape(c.x.shape)[:-1]
    return cells


def findings(cube: Cube, c: Composed, totals: Totals) -> Iterator[Found]:
    """The cells that break the sums, with what is right; sums that do not hold though no single cell explains it."""
    x, gone = c.flat
    for s in culprits.slips(Figures(x, gone, c.adds, c.rooms, whole=True), c.sums, c.groups):
        r, t = divmod(s.row, len(cube.years))
        item, year = cube.items[s.column], cube.years[t]
        if s.kind == "gap" and s.by_row and r == len(cube.regions) and abs(s.found - s.right) <= NATION_GAP * abs(s.found):
            continue
        if s.kind == "gap":
            yield _gap(cube, s, item, r, t)
        elif r == len(cube.regions) and s.kind == "empty":
            continue
        elif r == len(cube.regions):
            row = totals[item, year][1] if (item, year) in totals else 0
            en, zh = say("nation_cell", found=f"{s.found:.12g}", right=f"{s.right:.12g}", count=s.equations)
            yield Found(item, "sum", (year,), cube.regions, 1.0, s.right - s.found, s.sure, detail=en, zh=zh,
                        place=cube.grids[0].place(row) if cube.grids and row else "")  # fmt: skip
        else:
            yield _cell(cube, s, item, cube.regions[r], year)


def _cell(cube: Cube, s: Slip, item: str, region: str, year: str) -> Found:
    en, zh = say("sums", count=s.equations)
    kind = "" if s.kind in ("other", "empty") else f"{s.kind}: "
    gone = say("sum_absent") if s.kind == "empty" else ("", "")
    return Found(item, "sum", (year,), (region,), 1 / len(cube.regions), s.right - s.found, s.sure, frozenset([(region, year)]),
                 kind + gone[0] + en, zh=gone[1] + zh, right=((region, year, float(f"{s.right:.12g}")),))  # fmt: skip


def _gap(cube: Cube, s: Slip, item: str, r: int, t: int) -> Found:
    gap = s.found - s.right
    en, zh = say("gap_sum", gap=f"{gap:+,.6g}")
    year = cube.years[t]
    if r == len(cube.regions):
        en, zh = (en, zh) if s.by_row else say("gap_nation", gap=f"{gap:+,.6g}")
        return Found(item, "sum", (year,), cube.regions, 1.0, gap, True, detail=en, zh=zh)
    region = cube.regions[r]
    return Found(item, "sum", (year,), (region,), 1 / len(cube.regions), gap, True, frozenset([(region, year)]), en, zh=zh)


def formulas(cube: Cube, c: Composed) -> list[tuple[str, str, float]]:
    """(column, its parts in words, share of rows in which the sum holds)."""
    return [(cube.items[s.total], " + ".join(cube.items[p] for p in s.parts), s.share) for s in c.sums]
