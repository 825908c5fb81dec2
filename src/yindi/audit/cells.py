"""Data beside a table: variables by region and year, from a long table (region, year, ...) or a wide one (years as columns)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yindi.audit.numbers import Row, column, numeric, roles
from yindi.core.errors import UsageError

YEAR = re.compile(r"^(?:19|20)\d\d$")


@dataclass(frozen=True, slots=True)
class Variable:
    """Values (R,T) with their labels in the order of the file, and half a unit of the last printed digit."""

    name: str
    regions: tuple[str, ...]
    years: tuple[str, ...]
    values: np.ndarray
    half: float


def year_of(text: str) -> str:
    """A year as four digits: 2011, 2011.0, 2011年; other text as it is."""
    found = re.match(r"^\s*((?:19|20)\d\d)(?:\.0*|\s*年)?\s*$", text)
    return found.group(1) if found else text.strip()


def variables(rows: Sequence[Row]) -> list[Variable]:
    """Every variable of a long or a wide table that has each region in each year once; raises UsageError on other shapes."""
    heads = list(rows[0])
    years = [h for h in heads if YEAR.match(year_of(h))]
    if len(years) >= 2:
        regions = tuple(next(iter(r.values())).strip() for r in rows)
        columns = [column(rows, h) for h in years]
        values = np.array([c.values for c in columns]).T
        return [Variable("", regions, tuple(map(year_of, years)), values, max(c.half for c in columns))]
    given = roles("panel", heads)
    if not {"region", "year"} <= set(given):
        raise UsageError("the data need a column per year, or columns for region and year.")
    at, regions, years = _cells(rows, given["region"], given["year"])
    found = [c for c in numeric(rows) if c not in (given["region"], given["year"])]
    columns = [column(rows, c) for c in found]
    return [Variable(c.name, regions, tuple(years), np.array(c.values)[at], c.half) for c in columns]


def _cells(rows: Sequence[Row], region: str, year: str) -> tuple[np.ndarray, tuple[str, ...], list[str]]:
    where = {(r[region].strip(), year_of(r[year])): n for n, r in enumerate(rows)}
    regions = tuple(dict.fromkeys(r for r, _ in where))
    years = sorted({t for _, t in where})
    if len(where) != len(rows) or len(where) != len(regions) * len(years):
        raise UsageError(
            f"the data hold {len(rows)} rows for {len(regions)} regions and {len(years)} years; each once is needed."
        )
    return np.array([[where[r, t] for t in years] for r in regions]), regions, years


def aligned(labels: Sequence[str], regions: Sequence[str]) -> list[int]:
    """Where each label stands among the regions; raises UsageError where one is absent."""
    missing = [label for label in labels if label not in regions]
    if missing or len(labels) != len(regions):
        raise UsageError(f"weights and data name different regions: {len(labels)} and {len(regions)}; "
                         f"only in the weights: {missing[:5]}.")  # fmt: skip
    return [list(regions).index(label) for label in labels]
