"""Declared portfolios beside what is recommended, and the overcapacity board, from rows of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from yindi.core.errors import Problems, did_you_mean
from yindi.opportunities.herding import RISING_IS_BAD, board, common_choices

Rows = Sequence[Mapping[str, str]]


def declared(rows: Rows, regions: tuple[str, ...], industries: tuple[str, ...]) -> np.ndarray:
    """What regions declared, (R,C) bool; raises ProblemsError with every unknown region or industry."""
    problems, told = Problems("opportunities"), np.zeros((len(regions), len(industries)), bool)
    for n, row in enumerate(rows, 2):
        known = {"region": regions, "industry": industries}
        wrong = [k for k, labels in known.items() if row[k] not in labels]
        for k in wrong:
            problems.add(f"opportunities.declared row {n}", f"{k} {row[k]!r} is not in this study.", "use its code",
                         did_you_mean(row[k], known[k]))  # fmt: skip
        if not wrong:
            told[regions.index(row["region"]), industries.index(row["industry"])] = True
    problems.raise_if_any()
    return told


def counts(said: np.ndarray, recommended: np.ndarray) -> dict[str, np.ndarray]:
    """Regions (C,) that declared an industry, that are recommended it, and both; said, recommended (R,C) bool."""
    return {"declared": said.sum(axis=0), "recommended": recommended.sum(axis=0), "both": (said & recommended).sum(axis=0)}


def overlaps(kinds: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Mean overlap (Jaccard) of two kinds of portfolio, by "one|other"."""
    return {"|".join(pair): value for pair, value in common_choices(kinds).items()}


def signs(rows: Rows, *, place: str = "opportunities.capacity") -> tuple[tuple[str, ...], tuple[str, ...], dict[str, np.ndarray]]:
    """Industries, components and the board's columns (C,K): last, strain, worsening; NaN where a component is not given in full.

    rows: industry, year and components as text; place: what errors call them.
    Raises ProblemsError for a cell that is no number, a year twice, or no component.
    """
    problems = Problems("opportunities")
    names = tuple(k for k in RISING_IS_BAD if any(row.get(k) for row in rows))
    industries = tuple(sorted({row["industry"] for row in rows}))
    years = sorted({row["year"] for row in rows})
    if not names:
        problems.add(place, "has no component.", f"columns: some of {', '.join(RISING_IS_BAD)}")
    values: np.ndarray = np.full((len(names), len(industries), len(years)), np.nan)
    seen: set[tuple[str, str]] = set()
    for n, row in enumerate(rows, 2):
        at = row["industry"], row["year"]
        if at in seen:
            problems.add(f"{place} row {n}", f"{at} stands there twice.", "one row per industry and year")
        seen.add(at)
        for k, name in enumerate(names):
            values[k, industries.index(at[0]), years.index(at[1])] = _number(
                row.get(name, ""), f"{place} row {n}: {name}", problems
            )
    problems.raise_if_any()
    made = {c: np.full((len(industries), len(names)), np.nan) for c in ("last", "strain", "worsening")}
    for k, name in enumerate(names):
        whole = np.isfinite(values[k]).all(axis=1) & (len(years) > 1)
        if whole.any():
            sign = board({name: values[k][whole]})[name]
            for column in made:
                made[column][whole, k] = getattr(sign, column)
    return industries, names, made


def _number(text: str, place: str, problems: Problems) -> float:
    try:
        return float(text) if text else np.nan
    except ValueError:
        problems.add(place, f"{text!r} is no number.", "a number, or nothing where it is not known")
        return np.nan
