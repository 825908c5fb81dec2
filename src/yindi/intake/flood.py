"""Floods: many problems of one file that say the same are told once, with their count and the first places."""

from __future__ import annotations

import re
from collections.abc import Sequence

from yindi.core.errors import Problem

MOST, SHOWN = 20, 3
_VARYING = re.compile(r"'[^']*'|\"[^\"]*\"|[-+]?\d[\d.,]*")


def _pattern(problem: Problem) -> tuple[str, str]:
    return problem.place.split(", row")[0], _VARYING.sub("*", problem.message)


def grouped(problems: Sequence[Problem]) -> list[Problem]:
    """The problems in their order; over 20 of one file and one pattern become one with the first three places."""
    same: dict[tuple[str, str], list[Problem]] = {}
    for p in problems:
        same.setdefault(_pattern(p), []).append(p)
    return [one for group in same.values() for one in (group if len(group) <= MOST else [_one(group)])]


def _one(group: Sequence[Problem]) -> Problem:
    first = group[0]
    places = "; ".join(dict.fromkeys(p.place for p in group[:SHOWN]))
    message = f"{len(group)} problems of the same kind, the first at {places}. The first: {first.message}"
    return Problem(first.place.split(", row")[0], message, first.way_out, first.candidates)
