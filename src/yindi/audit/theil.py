"""Theil's decomposition: T = between + within, or between + inner + within in two stages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from yindi.audit.findings import Break
from yindi.audit.numbers import Row
from yindi.audit.sums import decomposition

RULES = ("parts add to the whole", "a part lies between 0 and the whole", "shares follow from parts", "shares add to the whole")


def check(rows: Sequence[Row], found: Mapping[str, str]) -> Iterator[Break]:
    """All breaks of a table with a row per year."""
    yield from decomposition(rows, found, "total", ("within", "between", "inner") if "inner" in found else ("within", "between"))
