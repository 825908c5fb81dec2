"""Industries against their total (产业加总): what a table of industries sums to, held against the variable named as its total."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from yindi.intake import culprits
from yindi.intake.assemble import Cube
from yindi.intake.culprits import Figures, Slip
from yindi.intake.found import Found
from yindi.intake.said import say
from yindi.intake.written import written

LEAST, HOLDS, OFTEN, EXACT = 10, 0.6, 0.2, 1e-9


@dataclass(frozen=True, slots=True)
class _Both:
    """Industries and total over the years that both have: values (R,I+1,T) with the total last, what is known, the room."""

    activity: Cube
    panel: Cube
    total: str
    years: tuple[str, ...]
    x: np.ndarray
    known: np.ndarray
    room: float

    @property
    def sums(self) -> np.ndarray:
        """(R,T), the sum of the industries that are there."""
        made: np.ndarray = self.x[:, :-1].sum(axis=1)
        return made

    def place(self, r: int, n: int, t: int) -> str:
        """Where a cell stands."""
        cube, k = (self.activity, n) if n < len(self.activity.items) else (self.panel, self.panel.at(self.total))
        return cube.place(r, cube.years.index(self.years[t]), k)


def found(activity: Cube, panel: Cube, total: str) -> Iterator[Found]:
    """Region-years in which the industries do not sum to their total, or, of a list that is not complete, exceed it.

    The list is complete where it sums to the total in most region-years. Rounding has half a last digit a figure.
    """
    years = tuple(y for y in activity.years if y in panel.years)
    if total not in panel.items or not years or activity.regions != panel.regions:
        return
    b = _both(activity, panel, total, years)
    whole = b.known.all(axis=1) & (b.x[:, -1] != 0)
    holds = np.abs(b.x[:, -1] - b.sums) <= b.room
    if whole.sum() >= LEAST and holds[whole].mean() >= HOLDS:
        yield from (_told(b, s) for s in _slips(b))
    else:
        yield from _over(b)


def _both(activity: Cube, panel: Cube, total: str, years: tuple[str, ...]) -> _Both:
    mine, theirs, k = [activity.years.index(y) for y in years], [panel.years.index(y) for y in years], panel.at(total)
    x = np.concatenate([activity.values[:, mine].transpose(0, 2, 1), panel.values[:, None, theirs, k]], axis=1)
    known = np.concatenate([activity.known[:, mine].transpose(0, 2, 1), panel.known[:, None, theirs, k]], axis=1)
    x = np.where(known, x, 0.0)
    have = known.all(axis=1) & (x[:, -1] != 0)
    gaps, exact = np.abs(x[:, -1] - x[:, :-1].sum(axis=1))[have], max(culprits.TOLERANCE, EXACT * float(np.abs(x).max(initial=0)))
    places = written(x).place
    digits = sum(float(np.median(places[:, n][known[:, n]])) for n in range(x.shape[1]) if known[:, n].any())
    room = exact if len(gaps) and (gaps <= exact).mean() >= HOLDS else max(exact, 0.5 * min(digits, x.shape[1]))
    return _Both(activity, panel, total, years, x, known, room)


def _slips(b: _Both) -> list[Slip]:
    regions, many, years = b.x.shape
    groups = [(r * many + many - 1, tuple(range(r * many, r * many + many - 1))) for r in range(regions)]
    flat, gone = b.x.reshape(-1, years), ~b.known.reshape(-1, years)
    return culprits.slips(Figures(flat, gone, np.ones(years, bool), np.full(years, b.room), whole=True, series=True), [], groups)


def _sides(b: _Both, r: int, t: int) -> tuple[str, str]:
    region, last = b.panel.regions[r], b.x.shape[1] - 1
    first = next((n for n in range(last) if b.known[r, n, t]), 0)
    return say("industries_sum", region=region, year=b.years[t], sum=f"{b.sums[r, t]:.12g}", at=b.place(r, first, t),
               variable=b.total, total=f"{b.x[r, last, t]:.12g}", place=b.place(r, last, t))  # fmt: skip


def _told(b: _Both, s: Slip) -> Found:
    r, n = divmod(s.row, b.x.shape[1])
    region, year = b.panel.regions[r], b.years[s.column]
    name = b.total if n == b.x.shape[1] - 1 else b.activity.items[n]
    en, zh = _sides(b, r, s.column)
    share, place, gap = 1 / len(b.panel.regions), b.place(r, n, s.column), s.right - s.found
    if s.kind == "gap":
        return Found(b.total, "sum", (year,), (region,), share, gap, False, detail=en, zh=zh, place=place)
    more = say("industries_right", which=name, found=f"{s.found:.12g}", right=f"{s.right:.12g}")
    sure = s.sure and bool(b.known[r, n, s.column])
    return Found(name, "sum", (year,), (region,), share, gap, sure, frozenset([(region, year)]), f"{en}; {more[0]}",
                 zh=f"{zh}；{more[1]}", right=((region, year, float(f"{s.right:.12g}")),), place=place)  # fmt: skip


def _over(b: _Both) -> Iterator[Found]:
    total = b.x[:, -1]
    have = b.known[:, -1] & b.known[:, :-1].any(axis=1)
    over = have & (b.sums > total + b.room)
    if over.sum() > OFTEN * have.sum():
        r, t = (int(n) for n in np.argwhere(over)[0])
        en, zh = say("industries_over", variable=b.total, cells=int(over.sum()), region=b.panel.regions[r], year=b.years[t],
                     sum=f"{b.sums[r, t]:.12g}", total=f"{total[r, t]:.12g}")  # fmt: skip
        yield Found(b.total, "sum", b.years, b.panel.regions, 1.0, float(over.sum()), False, detail=en, zh=zh)
        return
    for r, t in np.argwhere(over).tolist():
        en, zh = _sides(b, r, t)
        place = b.place(r, b.x.shape[1] - 1, t)
        yield Found(b.total, "sum", (b.years[t],), (b.panel.regions[r],), 1 / len(b.panel.regions),
                    float(total[r, t] - b.sums[r, t]), False, detail=en, zh=zh, place=place)  # fmt: skip
