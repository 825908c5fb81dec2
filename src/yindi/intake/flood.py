"""Floods: many problems of one file, or of its sheets, that say the same are told once, with their count and places."""

from __future__ import annotations

import re
from collections.abc import Sequence

from yindi.core.errors import Problem

MOST, SHOWN = 20, 3
_SHEET = re.compile(r", sheet ('(?:[^'\\]|\\.)*'|\"[^\"]*\")")
_VARYING = re.compile(r"'[^']*'|\"[^\"]*\"|[-+]?\d[\d.,]*")


def _pattern(problem: Problem) -> tuple[str, str]:
    return problem.place.split(", row")[0], _VARYING.sub("*", problem.message)


def over_sheets(problems: Sequence[Problem]) -> list[Problem]:
    """The problems in their order; one cell of several sheets that says the same is told once, with the sheets."""
    same: dict[tuple[str, str, str], list[Problem]] = {}
    for p in problems:
        same.setdefault((_SHEET.sub("", p.place), p.message, p.way_out), []).append(p)
    return [group[0] if len(group) == 1 else _of_sheets(group) for group in same.values()]


def _of_sheets(group: Sequence[Problem]) -> Problem:
    first, sheets = group[0], list(dict.fromkeys(found[1] for p in group if (found := _SHEET.search(p.place))))
    if len(sheets) < 2:
        return first
    return Problem(first.place, f"{first.message} The same on {len(sheets)} sheets: {', '.join(sheets)}.", first.way_out,
                   first.candidates)  # fmt: skip


def grouped(problems: Sequence[Problem]) -> list[Problem]:
    """The problems in their order; over 20 of one file and one pattern become one with the first three places."""
    same: dict[tuple[str, str], list[Problem]] = {}
    for p in over_sheets(problems):
        same.setdefault(_pattern(p), []).append(p)
    return [one for group in same.values() for one in (group if len(group) <= MOST else [_one(group)])]


def _one(group: Sequence[Problem]) -> Problem:
    first = group[0]
    places = "; ".join(dict.fromkeys(p.place for p in group[:SHOWN]))
    message = f"{len(group)} problems of the same kind, the first at {places}. The first: {first.message}"
    return Problem(first.place.split(", row")[0], message, first.way_out, first.candidates)
