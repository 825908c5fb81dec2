"""Examine a table as it comes, without a study file: its heads, its sums, its slips with the right values, and its oddities."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from yindi.core.errors import ProblemsError
from yindi.intake import additivity, classes, families, heads, rates, series
from yindi.intake.assemble import Cube
from yindi.intake.families import NATION
from yindi.intake.findings import Found, rules
from yindi.intake.numbers import CellFault, clean, number, year_or_none
from yindi.intake.read import BOOKS, Grid, read, sheet_names
from yindi.intake.regions import provinces
from yindi.intake.said import say
from yindi.intake.shapes import Shape

_TWO = re.compile(r"(-?[\d.,]+)\s{2,}(-?[\d.,]+)")
NUMERIC = 0.6


@dataclass(frozen=True, slots=True)
class Repair:
    """A proposed repair: where, whose, which column, what it holds, what is right, the kind, on how many sums it rests."""

    place: str
    region: str
    head: str
    found: str
    right: float
    kind: str
    equations: int
    sure: bool
    evidence: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Examination:
    """What a table says about itself."""

    file: str
    sheet: str
    heads: tuple[str, ...]
    broken_heads: tuple[tuple[str, str, str], ...]
    sums: tuple[str, ...]
    incomplete: tuple[str, ...]
    repairs: tuple[Repair, ...]
    text_cells: tuple[tuple[str, str], ...]
    series: tuple[Found, ...] = ()
    shape: Shape | None = None
    cube: Cube | None = None
    derived: tuple[tuple[str, str, float], ...] = ()

    def lines(self) -> list[str]:
        """The examination as text, one thing a line."""
        return [*_about(self), *(_repair_line(r) for r in self.repairs), *(_found_line(f) for f in self.series)]


def _about(e: Examination) -> list[str]:
    said = [f"{e.file}: {len(e.heads)} columns"]
    if e.shape is not None and e.cube is not None:
        years = e.cube.years
        size = f"{len(e.cube.regions)} regions ({e.shape.level}), {years[0]} to {years[-1]}, {len(e.cube.items)} items"
        said.append(f"layout: {e.shape.layout}, {size}")
    said += [
        f"head {place}: {old!r} is {new!r} (recognised by its place in the classification)" for place, old, new in e.broken_heads
    ]
    said += [f"sum: {s}" for s in e.sums]
    said += [f"derived: {name} = {how} in {share:.0%} of the cells" for name, how, share in e.derived]
    said += [f"incomplete: {s}" for s in e.incomplete]
    return said + [f"text: {place}: {text!r} is text in a column of numbers" for place, text in e.text_cells]


def _repair_line(r: Repair) -> str:
    sure = "" if r.sure else ", not sure which cell of the sum is wrong"
    return f"{r.kind}: {r.place}: {r.region} {r.head}: {r.found} -> {r.right:.12g} ({r.equations} sum(s){sure})"


def _found_line(f: Found) -> str:
    when = f.years[0] if len(f.years) == 1 else f"{f.years[0]} ... {f.years[-1]}"
    who = f"{len(f.regions)} regions" if len(f.regions) > 3 else " ".join(f.regions)
    right = "; right: " + ", ".join(f"{r} {y} {v:.12g}" for r, y, v in f.right[:3]) if f.right else ""
    detail = f", {f.detail}" if f.detail else ""
    return f"{f.kind}: {f.variable}: {when}, {who}{detail}{right}" + ("" if f.sure else " (not sure)")


@dataclass(frozen=True, slots=True)
class Matrix:
    """The numbers of a grid: values (N,C) with 0 where absent, their rows and columns in the file, codes of the rows."""

    grid: Grid
    names: tuple[str, ...]
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    values: np.ndarray
    codes: tuple[str, ...]
    texts: tuple[tuple[int, int, str], ...]
    known: np.ndarray
    named: int = -1
    years: tuple[str, ...] = ()

    def place(self, i: int, j: int) -> str:
        """Where a number stands."""
        return self.grid.place(self.rows[i], self.columns[j] + 1)

    def label(self, i: int) -> str:
        """The name of a row: from the column of the most different texts, else its first text or its code; with its year."""
        row = self.grid.rows[self.rows[i] - 1]
        own = clean(row[self.named]) if 0 <= self.named < len(row) else ""
        name = own or next((clean(c) for c in row if isinstance(c, str) and clean(c)), self.codes[i])
        return f"{name} {self.years[i]}" if self.years else name

    def families(self) -> list[families.Family]:
        """(parent row, child rows) by the codes, year by year."""
        made = []
        for year in dict.fromkeys(self.years or ("",)):
            rows = [n for n in range(len(self.rows)) if not self.years or self.years[n] == year]
            found = additivity.families([self.codes[n] for n in rows])
            made += [(rows[p], tuple(rows[k] for k in kids)) for p, kids in found]
        return made


def _number(raw: object) -> float | None:
    try:
        return number(raw, unit="percent")
    except CellFault:
        return np.nan


def matrix(grid: Grid, *, rows: int = 1, skip: int = 0) -> Matrix:
    """The columns of a grid that hold numbers in most of their filled cells, less the column of codes."""
    found = heads.find(grid, rows=rows, skip=skip)
    body = [n for n in range(found.bottom + 1, len(grid.rows)) if sum(bool(clean(c)) for c in grid.rows[n]) > 1]
    width = len(found.names)
    cells = [[_number(grid.rows[n][k]) if k < len(grid.rows[n]) else None for k in range(width)] for n in body]
    known = np.array([[v is not None for v in row] for row in cells], bool).reshape(len(body), width)
    x = np.array([[np.nan if v is None else v for v in row] for row in cells], float).reshape(len(body), width)
    numeric = np.isfinite(x).sum(axis=0) > NUMERIC * np.maximum(known.sum(axis=0), 1)
    rows_of = [grid.rows[n] for n in body]
    when = next((k for k in range(width) if _is_year(rows_of, k)), None)
    years = tuple(str(year_or_none(r[when]) or "") if when < len(r) else "" for r in rows_of) if when is not None else ()
    code_at, codes = _codes(rows_of, x, years)
    columns = [k for k in np.flatnonzero(numeric).tolist() if k not in (code_at, when)]
    texts = [(i, k, clean(grid.rows[body[i]][k])) for i, k in np.argwhere(known & ~np.isfinite(x)).tolist() if k in set(columns)]
    others = [k for k in range(width) if not numeric[k] and k not in (code_at, when)]
    named = max(others, key=lambda k: len({clean(r[k]) for r in rows_of if k < len(r)}), default=-1)
    numbers = tuple(n + 1 for n in body)
    held = x[:, columns]
    return Matrix(
        grid, found.names, numbers, tuple(columns), np.nan_to_num(held), codes, tuple(texts), np.isfinite(held), named, years
    )


def _is_year(rows: Sequence[Sequence[object]], k: int) -> bool:
    """True for a column of years of which there are some, each with many rows."""
    seen = [year_or_none(r[k]) for r in rows if k < len(r) and clean(r[k])]
    return len(seen) > 2 and all(seen) and len(set(seen)) <= 0.5 * len(seen)


def _codes(rows: Sequence[Sequence[object]], x: np.ndarray, years: Sequence[str]) -> tuple[int | None, tuple[str, ...]]:
    """The column of codes (None where there is none), and the code of each row, "" where it has none."""
    most = max((years.count(y) for y in set(years)), default=len(rows))
    gbt = next((k for k in range(x.shape[1]) if _is_code(x[:, k], most)), None)
    if gbt is not None:
        held = [f"{int(v):06d}" if np.isfinite(v) and v > 0 else "" for v in x[:, gbt]]
        return gbt, tuple(NATION if not c and _national(r) else c for c, r in zip(held, rows, strict=True))
    for k in range(x.shape[1]):
        texts = [clean(r[k]) if k < len(r) else "" for r in rows]
        lengths = {len(t) for t in texts}
        if len(lengths) > 1 and len(set(texts)) > 0.9 * most and all(families.NUTS.fullmatch(t) for t in texts):
            return k, tuple(texts)
    return None, ("",) * len(rows)


def _national(row: Sequence[object]) -> bool:
    names = set(rules()["nation"]["rows"])
    return any(isinstance(c, str) and clean(c) in names for c in row)


def _is_code(column: np.ndarray, most: int) -> bool:
    have = column[np.isfinite(column) & (column != 0)]
    if len(have) < 3 or (have % 1).any() or have.min() < 110000 or have.max() > 829999:
        return False
    written = [f"{int(v):06d}" for v in have.tolist()]
    inside = sum(c[:2] + "0000" in provinces() for c in written)
    return inside > 0.95 * len(written) and len(set(written)) > 0.8 * min(most, len(written))


def _two_in_one(m: Matrix) -> list[Repair]:
    made = []
    at = {k: j for j, k in enumerate(m.columns)}
    for i, k, text in m.texts:
        found = _TWO.fullmatch(str(m.grid.rows[m.rows[i] - 1][k]).strip())
        beside = at.get(k + 1)
        if found and beside is not None and m.values[i, beside] == 0:
            for j, part in ((at[k], found[1]), (beside, found[2])):
                value = number(part)
                if value is not None:
                    made.append(
                        Repair(
                            m.place(i, j),
                            m.label(i),
                            m.names[m.columns[j]],
                            text,
                            value,
                            "two numbers in one cell",
                            0,
                            True,
                            say("two"),
                        )
                    )
                    m.values[i, j] = value
    return made


def _of_sum(m: Matrix, s: additivity.Slip) -> Repair:
    en, zh = say("sums", count=s.equations) if s.kind != "gap" else say("gap_sum", gap=f"{s.found - s.right:+,.6g}")
    return _repair(m, (s.row, s.column), s.right, s.kind, s.equations, s.sure, (en, zh))


def _repair(
    m: Matrix, at: tuple[int, int], right: float, kind: str, equations: int, sure: bool, evidence: tuple[str, str]
) -> Repair:
    raw = clean(m.grid.rows[m.rows[at[0]] - 1][m.columns[at[1]]])
    return Repair(m.place(*at), m.label(at[0]), m.names[m.columns[at[1]]], raw, right, kind, equations, sure, evidence)


def _of_rates(m: Matrix, slips: Sequence[additivity.Slip]) -> Iterator[Repair]:
    """Cells out of line with rates, shares and the sign or wholeness of their column, after the sure slips are mended."""
    mended, known = m.values.copy(), m.known.copy()
    for s in slips:
        if s.sure:
            mended[s.row, s.column], known[s.row, s.column] = s.right, True
    told = {(s.row, s.column) for s in slips if s.sure}
    for o in rates.odd(mended, known):
        if (o.row, o.column) not in told:
            first, last = (m.names[m.columns[k]] for k in (o.of[0], o.of[-1]))
            texts = say(f"rate_{o.evidence}", first=first, last=last)
            yield _repair(m, (o.row, o.column), o.right, o.kind, 1, o.sure, texts)


def examine(path: Path, *, sheet: str | None = None, rows: int = 1, skip: int = 0) -> Examination:
    """Everything a table shows about itself; raises ProblemsError when the file cannot be read at all."""
    grid = read(path, path.name, sheet)
    with np.errstate(over="ignore", invalid="ignore"):
        return _examined(grid, rows, skip)


def _examined(grid: Grid, rows: int, skip: int) -> Examination:
    m = matrix(grid, rows=rows, skip=skip)
    runs = classes.find(m.names)
    broken = tuple((grid.place(1, k + 1), m.names[k], right) for run in runs for k, right in run.repaired)
    repairs = _two_in_one(m)
    seen = series.examine(grid)
    sums = additivity.column_sums(m.values) if len(m.rows) > 2 and seen is None else []
    nested = [f for f in m.families() if seen is None or m.codes[f[0]] != NATION]
    whole, lacking = additivity.complete(m.values, nested, codes=m.codes)
    slips = additivity.slips(m.values, sums, whole, absent=~m.known)
    repairs += [_of_sum(m, s) for s in slips]
    repairs += _of_rates(m, slips) if seen is None else []
    called = [m.names[k] for k in m.columns]
    said = tuple(f"{called[s.total]} = {called[s.parts[0]]} ... {called[s.parts[-1]]} ({len(s.parts)} parts)" for s in sums)
    gone = tuple(
        f"{m.label(p)} ({m.codes[p]}): its {len(kids)} rows do not add up to it, a row is missing" for p, kids in lacking
    )
    texts = tuple((grid.place(m.rows[i], k + 1), text) for i, k, text in m.texts)
    told = (seen.found, seen.made.shape, seen.made.cube, seen.derived) if seen is not None else ()
    return Examination(grid.file, grid.sheet, m.names, broken, said, gone, tuple(repairs), texts, *told)


def examine_all(path: Path) -> list[Examination]:
    """The examination of every sheet that holds a table; raises ProblemsError when the file cannot be read, or holds none."""
    sheets = sheet_names(path, path.name) if path.suffix.lower() in BOOKS else [None]
    made, faults = [], []
    for sheet in sheets:
        try:
            made.append(examine(path, sheet=sheet))
        except ProblemsError as fault:
            faults += list(fault.problems)
    if not made:
        raise ProblemsError("intake", faults)
    return made
