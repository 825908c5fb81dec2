"""Sums across the files of a study (层级加总): parts of one file against totals of another, of the same variable and year."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from yindi.core.config import Input, Regions
from yindi.core.errors import Problems
from yindi.core.framework import Variable
from yindi.intake import assemble, culprits, families, layouts, standards
from yindi.intake.assemble import Cube
from yindi.intake.culprits import Figures, Slip
from yindi.intake.families import NATION, Family
from yindi.intake.found import Found, rules
from yindi.intake.read import Grid
from yindi.intake.reader import Reading
from yindi.intake.regions import Gazetteer, normal
from yindi.intake.said import say
from yindi.intake.standards import Register
from yindi.intake.written import resolution

LEAST, HOLDS, EXACT = 3, 0.6, 1e-9
_OTHER = re.compile(r"row of another level \((?:NUTS )?(\w+)\)")
_TOTAL = re.compile(r"(?:total of several regions|column that is no region of the study) \((.*)\)")


@dataclass(frozen=True, slots=True)
class Book:
    """One input of indicators: its description, its grid, and what the study read of it."""

    spec: Input
    grid: Grid
    reading: Reading


@dataclass(frozen=True, slots=True)
class _Sums:
    """One variable over all levels: values (N,T), what is absent, the families whose sums usually hold, the room."""

    cube: Cube
    item: int
    families: tuple[Family, ...]
    room: float

    @property
    def x(self) -> np.ndarray:
        """(N,T), 0 where absent."""
        values: np.ndarray = self.cube.values[:, :, self.item]
        return values


def found(
    chosen: Regions, panel: Cube, variables: Mapping[str, Variable], books: Sequence[Book], register: Register | None
) -> Iterator[Found]:
    """Cells that break the sums of regions over all files of a study; only totals are summed, never rates.

    Rows that the study leaves out because they are of another level, or of the nation, are read here. A family is held to
    account where it adds up in most years. A cell of the study that alone explains the gap is sure; all else is told.
    """
    items = [i for i in panel.items if variables[i].kind == "total"]
    others = [(b, r) for b in books for r in _readings(chosen, b, variables)] if items else []
    nests = register is not None and any(u.parent in panel.regions for c, u in register.units.items() if c in panel.regions)
    if register is None or not items or not (others or nests):
        return
    readings = [*(b.reading for b in books), *(r for _, r in others)]
    grids = [*(b.grid for b in books), *(b.grid for b, _ in others)]
    codes = sorted({c for r in readings for c, _ in r.rows})
    whole = assemble.cube(readings, grids, regions=codes, years=panel.years, items=items, problems=Problems("intake"))
    groups = nesting(codes, register)
    for k, item in enumerate(items):
        sums = _holding(whole, k, groups)
        for s in _slips(sums):
            yield _told(panel, sums, s, item, register)


def _readings(chosen: Regions, book: Book, variables: Mapping[str, Variable]) -> Iterator[Reading]:
    """What a file holds of other levels and of the nation."""
    for register in _others(chosen, book.reading.left_out):
        gazetteer = Gazetteer(register.level, {}, register)
        yield layouts.cells(
            book.grid, book.spec, gazetteer=gazetteer, variables=variables, problems=Problems("intake"), expected=()
        )


def _others(chosen: Regions, left_out: Collection[str]) -> Iterator[Register]:
    levels = sorted({found[1] for why in left_out if (found := _OTHER.fullmatch(why))})
    for level in levels:
        wanted = f"nuts{level}" if chosen.standard == "nuts" and level.isdigit() else level
        if wanted in ("province", "city", "county", "nuts0", "nuts1", "nuts2", "nuts3"):
            yield standards.register(chosen.model_copy(update={"level": wanted}), None, Problems("intake"))
    rows = {normal(r) for r in rules()["nation"]["rows"]}
    if any(normal(found[1]) in rows for why in left_out if (found := _TOTAL.fullmatch(why))):
        names = tuple(rules()["nation"]["rows"])
        yield Register("own", "unit", "nation", {NATION: standards.Unit(NATION, names[0], names[0], names)}, fold=str)


def nesting(codes: Sequence[str], register: Register) -> list[Family]:
    """(parent, children) among codes: by GB/T 2260, by NUTS, or by the column `parent` of the user's table; and the nation."""
    if register.standard == "gbt2260":
        return families.families(codes)
    at = {c: n for n, c in enumerate(codes) if c != NATION}
    above = {c: c[:-1] if register.standard == "nuts" else register.units[c].parent for c in at if c in register.units or
             register.standard == "nuts"}  # fmt: skip
    made = families.by_parent(above, at)
    tops = tuple(n for c, n in at.items() if above.get(c) not in at)
    return [*made, (codes.index(NATION), tops)] if NATION in codes and len(tops) > 1 else made


def _holding(cube: Cube, k: int, groups: Sequence[Family]) -> _Sums:
    """The families that add up in most of the years in which all their figures are there; few years are counted together."""
    x, known = cube.values[:, :, k], cube.known[:, :, k]
    digits = np.array([np.median([resolution(float(v)) for v in row[have]] or [0.0]) for row, have in zip(x, known, strict=True)])
    told = []
    for parent, kids in groups:
        at = [parent, *kids]
        years = known[at].all(axis=0) & (x[parent] != 0)
        gaps = np.abs(x[parent] - x[list(kids)].sum(axis=0))[years]
        exact = max(culprits.TOLERANCE, EXACT * float(np.abs(x[parent]).max(initial=0.0)))
        room = exact if len(gaps) and (gaps <= exact).mean() >= HOLDS else max(exact, 0.5 * min(float(digits[at].sum()), len(at)))
        told.append(((parent, kids), gaps <= room, room))
    pooled = [held for _, holds, _ in told for held in holds.tolist()]
    together = len(pooled) >= LEAST and float(np.mean(pooled)) >= HOLDS
    good = [
        (family, room)
        for family, holds, room in told
        if (holds.mean() >= HOLDS if len(holds) >= LEAST else together and len(holds))
    ]
    return _Sums(cube, k, tuple(family for family, _ in good), max((room for _, room in good), default=0.0))


def _slips(sums: _Sums) -> list[Slip]:
    if not sums.families:
        return []
    gone, years = ~sums.cube.known[:, :, sums.item], len(sums.cube.years)
    figures = Figures(sums.x, gone, np.ones(years, bool), np.full(years, sums.room), whole=True, series=True)
    return culprits.slips(figures, [], sums.families)


def _told(panel: Cube, sums: _Sums, s: Slip, item: str, register: Register) -> Found:
    """A finding that names both sides: the total and where it stands, the sum of the parts and how many they are."""
    cube, year = sums.cube, sums.cube.years[s.column]
    code = cube.regions[s.row]
    parent, kids = next(f for f in sums.families if s.row in (f[0], *f[1]) and _open(sums, f, s.column))
    total, parts = float(sums.x[parent, s.column]), float(sums.x[list(kids), s.column].sum())
    sides = {
        "total": f"{total:.12g}", "whole": _name(cube.regions[parent], register), "count": len(kids), "sum": f"{parts:.12g}",
        "at": cube.place(parent, s.column, sums.item), "from_": cube.place(kids[0], s.column, sums.item),
    }  # fmt: skip
    en, zh = say("nested", **sides)
    if s.kind != "gap":
        more = say("nested_right", name=_name(code, register), code=code, place=cube.place(s.row, s.column, sums.item),
                   found=f"{s.found:.12g}", right=f"{s.right:.12g}", year=year)  # fmt: skip
        en, zh = f"{en}; {more[0]}", f"{zh}；{more[1]}"
    inside = code in panel.regions and cube.state[s.row, s.column, sums.item] > 0
    sure = bool(s.kind != "gap" and s.sure and inside)
    regions = (code,) if code in panel.regions else ()
    right = ((code, year, float(f"{s.right:.12g}")),) if regions and s.kind != "gap" else ()
    cells = frozenset([(code, year)]) if right else frozenset()
    return Found(item, "sum", (year,), regions, len(regions) / len(panel.regions), s.right - s.found, sure, cells, en, zh=zh,
                 right=right, place=cube.place(s.row, s.column, sums.item))  # fmt: skip


def _open(sums: _Sums, family: Family, t: int) -> bool:
    parent, kids = family
    return bool(abs(sums.x[parent, t] - sums.x[list(kids), t].sum()) > sums.room)


def _name(code: str, register: Register) -> str:
    if code == NATION:
        return str(rules()["nation"]["rows"][0])
    if register.standard == "gbt2260":
        return next((standards.gbt2260(v).units[code].zh for v in ("province", "city", "county") if code in
                     standards.gbt2260(v).units), code)  # fmt: skip
    return register.name(code)
