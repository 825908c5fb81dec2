"""Hierarchy (层级加总) in the files of a study: rows of several levels in one file, held against each other by their codes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from yindi.intake import additivity, examine
from yindi.intake.found import Found
from yindi.intake.read import Grid
from yindi.intake.reader import Reading
from yindi.intake.said import say

NAMED = 10
LEVELS = ("row of another level", "total of several regions")


def found(grid: Grid, reading: Reading) -> Iterator[Found]:
    """Cells that break the sums of counties, cities, provinces and the nation in a file of which a study reads one level."""
    if not any(why.startswith(LEVELS) for why in reading.left_out):
        return
    m = examine.matrix(grid)
    whole, _ = additivity.complete(m.values, m.families(), codes=m.codes)
    for s in additivity.slips(m.values, [], whole, absent=~m.known) if whole else ():
        head, place = m.names[m.columns[s.column]], m.place(s.row, s.column)
        held = f"{s.found:.12g}" if m.known[s.row, s.column] else ""
        if s.kind == "gap":
            en, zh = say("level_gap", place=place, name=m.label(s.row), head=head, gap=f"{s.found - s.right:+,.10g}")
        else:
            en, zh = say("level", place=place, name=m.label(s.row), head=head, found=held or "-", right=f"{s.right:.12g}",
                         count=s.equations)  # fmt: skip
        codes = (m.codes[s.row],) if m.codes[s.row] else ()
        yield Found("", "sum", (), codes, 0.0, s.right - s.found, False, detail=en, zh=zh, place=place)


def further(known: Sequence[Found], more: Iterable[Found]) -> list[Found]:
    """The findings of sums whose cell is not already surely told."""
    told = {(f.variable, cell) for f in known if f.sure for cell in f.cells}
    return [f for f in more if not any((f.variable, cell) in told for cell in f.cells)]


def not_yet(known: Sequence[Found], more: Iterable[Found]) -> list[Found]:
    """The findings whose place is not already told."""
    told = {f.place for f in known if f.kind == "sum"}
    return [f for f in more if f.place not in told]


def elsewhere(reading: Reading) -> bool:
    """True for a file all of whose rows are of other levels: it holds totals or parts to hold the study against."""
    return not reading.rows and any(why.startswith(LEVELS) for why in reading.left_out)


def not_in_panel(reading: Reading, file: str, inside: Collection[str], name: Callable[[str], str]) -> Iterator[Found]:
    """The regions of a table of industries that have no indicators: their rows are not used, which is said."""
    gone = sorted({r for r, _ in reading.rows} - set(inside))
    if gone and inside:
        names = ", ".join(f"{name(r)} ({r})" for r in gone[:NAMED]) + (" ..." if len(gone) > NAMED else "")
        en, zh = say("not_in_panel", count=len(gone), names=names)
        yield Found("", "left_out", (), tuple(gone), 0.0, float(len(gone)), False, detail=f"{file}: {en}", zh=f"{file}：{zh}")
