"""Dagum's decomposition of the Gini coefficient: G = Gw + Gnb + Gt, shares follow from parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from yindi.audit.findings import Break
from yindi.audit.numbers import Row, column
from yindi.audit.sums import decomposition

RULES = ("parts add to the whole", "a part lies between 0 and the whole", "shares follow from parts", "shares add to the whole",
         "Gini below 1")  # fmt: skip
PARTS = ("within", "between", "transvariation")


def check(rows: Sequence[Row], found: Mapping[str, str]) -> Iterator[Break]:
    """All breaks of a table with a row per year."""
    yield from decomposition(rows, found, "gini", PARTS)
    gini = column(rows, found["gini"])
    for n, value in enumerate(gini.values):
        if not 0 <= value < 1 and value == value:
            yield Break("Gini below 1", n + 1, (gini.name,), value, 1.0, f"a Gini coefficient of {value:g} is not in [0, 1)")
