"""What a higher plan's targets ask of a region: its share of a total, or the same growth of an intensity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from yindi.core.errors import Problems, did_you_mean
from yindi.plan.targets import from_scale, to_scale

PER_YEAR = "percent_per_year"
WHOLE = ("100000", "000000")
"""Codes that statistics offices write for the whole of China."""


@dataclass(frozen=True, slots=True)
class Higher:
    """The higher plan: (parent, variable) -> {year: value}, its growth a year where that is what it states, and sources."""

    points: Mapping[tuple[str, str], Mapping[int, float]]
    rates: Mapping[tuple[str, str], tuple[int, float]]
    sources: Mapping[tuple[str, str], str]

    @property
    def parents(self) -> tuple[str, ...]:
        """All parents, sorted."""
        return tuple(sorted({p for p, _ in (*self.points, *self.rates)}))


def read(rows: Iterable[Mapping[str, str]], variables: Mapping[str, str], place: str) -> Higher:
    """The higher plan from its rows; `variables`: code -> unit. Raises ProblemsError with every unknown variable, bad number,
    other unit, doubled row and absent source: a target without a source is no evidence."""
    problems = Problems(place)
    points: dict[tuple[str, str], dict[int, float]] = {}
    rates: dict[tuple[str, str], tuple[int, float]] = {}
    sources: dict[tuple[str, str], str] = {}
    for n, row in enumerate(rows, 2):
        at, key = f"{place}, row {n}", (row["parent"], row["variable"])
        year, value = _number(row["year"]), _number(row["value"].replace(",", ""))
        _faults(row, year, value, variables, at, problems)
        if year is None or value is None or key[1] not in variables:
            continue
        if int(year) in points.get(key, {}) or (row["unit"] == PER_YEAR and key in rates):
            problems.add(at, f"{key[1]} of {key[0]} in {int(year)} stands twice.", "keep one of the two")
        if row["unit"] == PER_YEAR:
            rates[key] = (int(year), value / 100)
        else:
            points.setdefault(key, {})[int(year)] = value
        sources[key] = row["source"]
    problems.raise_if_any()
    return Higher(points, rates, sources)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _faults(
    row: Mapping[str, str], year: float | None, value: float | None, variables: Mapping[str, str], at: str, problems: Problems
) -> None:
    variable, unit = row["variable"], row["unit"]
    if not row["parent"]:
        problems.add(at, "names no parent.", "give the code of the region that the higher plan is of")
    if variable not in variables:
        problems.add(at, f"the study has no variable {variable!r}.", "", did_you_mean(variable, variables))
    elif unit not in (variables[variable], PER_YEAR):
        problems.add(at, f"{variable} is in {variables[variable]!r}, not {unit!r}.", f"convert it, or state {PER_YEAR}")
    if year is None or year != int(year):
        problems.add(at, f"the year {row['year']!r} is no year.")
    if value is None:
        problems.add(at, f"the value {row['value']!r} is no number.")
    if not row["source"]:
        problems.add(at, "has no source: a target without evidence is not taken over.", "name the document")


def parents(
    regions: Sequence[str], known: Iterable[str], standard: str, table: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The parent (among `known`) of each region that has one: by the regions' table, else by the code; never by a name."""
    have = set(known)
    found: dict[str, str] = {}
    for region in regions:
        way = list(_upwards(region, standard, table or {}))
        parent = next((p for p in way if p in have), "")
        if parent:
            found[region] = parent
    return found


def _upwards(region: str, standard: str, table: Mapping[str, str]) -> Iterable[str]:
    """Codes above a region, the nearest first."""
    seen = {region}
    at = table.get(region, "")
    while at and at not in seen:
        yield at
        seen.add(at)
        at = table.get(at, "")
    if standard == "gbt2260":
        yield from (p for p in (region[:4] + "00", region[:2] + "0000", *WHOLE) if p != region)
    elif standard == "nuts":
        yield from (region[:n] for n in range(len(region) - 1, 1, -1))
    elif standard == "iso3166_2":
        yield region.split("-")[0]


@dataclass(frozen=True, slots=True)
class Handed:
    """What one parent's target of one variable asks of its regions (C,): share, growth a year, target, the cover of the parent.

    share is NaN where the variable is no total; `parent_base` is NaN where nothing states it.
    """

    share: np.ndarray
    growth: np.ndarray
    target: np.ndarray
    cover: float
    parent_base: float
    parent_target: float


def hand_down_total(
    base: np.ndarray, years: np.ndarray, *, parent_base: float, parent_target: float, year: int, final: int
) -> Handed:
    """Shares of a total by what each region (C,) has: they sum to 1; targets at `final`, on the way to the target of `year`.

    `cover` is the regions' sum over the parent's own base where that is known (else 1, the regions are taken as the whole):
    the targets sum to parent_target x cover in `year`.
    """
    share = base / base.sum()
    cover = float(base.sum() / parent_base) if np.isfinite(parent_base) else 1.0
    asked = parent_target * share * cover
    growth = (asked / base) ** (1 / (year - years)) - 1
    return Handed(share, growth, base * (1 + growth) ** (final - years), cover, parent_base, parent_target)


def hand_down_rate(
    base: np.ndarray,
    years: np.ndarray,
    *,
    parent_base: float,
    parent_target: float,
    parent_year: int,
    year: int,
    final: int,
    bound: str,
) -> Handed:
    """The parent's yearly growth for every region (C,), on the logit scale for shares, so that a share stays below the whole."""
    low, high = (float(to_scale(np.array([x]), bound)[0]) for x in (parent_base, parent_target))
    pace = (high - low) / (year - parent_year)
    target = from_scale(to_scale(base, bound) + pace * (final - years), bound)
    growth = (target / base) ** (1 / (final - years)) - 1
    return Handed(np.full(len(base), np.nan), growth, target, np.nan, parent_base, parent_target)


def hand_down_growth(base: np.ndarray, years: np.ndarray, *, rate: float, final: int, bound: str) -> Handed:
    """A stated growth a year for every region (C,); a share ends below the whole."""
    top = {"share": 1.0, "percent": 100.0}.get(bound, np.inf)
    target = np.minimum(base * (1 + rate) ** (final - years), top)
    growth = (target / base) ** (1 / (final - years)) - 1
    return Handed(np.full(len(base), np.nan), growth, target, np.nan, np.nan, np.nan)
