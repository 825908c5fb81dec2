"""A made-up study with hand-made results of the stages before layout, in any order of regions and industries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from made_up import REGIONS, YEARS, study

from yindi.core.results import Diagnosis, Opportunities, Scores
from yindi.core.study import Study
from yindi.core.table import Table

INDUSTRIES = ("robotics", "biotech", "cloud", "storage", "drones")
REASONS = ("growth", "modernisation", "advantage", "system", "concepts")
BASES = ("BCD", "BCD", "rest", "BCD", "G")


def fit(seed: int = 3) -> np.ndarray:
    """Invented fit (8,5): the leading regions fit everything better, so that all want the same."""
    lead = np.linspace(1.0, 0.5, len(REGIONS))[:, None]
    taste = np.linspace(1.0, 0.6, len(INDUSTRIES))[None, :]
    noise = np.random.default_rng(seed).uniform(0.8, 1.0, (len(REGIONS), len(INDUSTRIES)))
    return np.asarray(np.round(lead * taste * noise, 4))


def before_layout(
    *,
    values: np.ndarray | None = None,
    regions: Sequence[str] = (),
    industries: Sequence[str] = (),
    years: Sequence[str] = YEARS,
    **config: Any,
) -> Study:
    """The study with scores and opportunities; `regions`, `industries`: their order in the tables; `years`: of the index."""
    regions, industries = tuple(regions) or tuple(REGIONS), tuple(industries) or INDUSTRIES
    rows = [list(REGIONS).index(r) for r in regions]
    columns = [INDUSTRIES.index(i) for i in industries]
    worth = (fit() if values is None else values)[np.ix_(rows, columns)]
    base = study(**config)
    return _with_opportunities(_with_scores(base, regions, rows, tuple(years)), regions, industries, worth, columns)


def _table(name: str, axes: Any, columns: Any) -> Table:
    return Table(name, axes, columns if isinstance(columns, dict) else {"value": columns}, "stp-made-up")


def _with_scores(base: Study, regions: tuple[str, ...], rows: list[int], years: tuple[str, ...]) -> Study:
    noise = np.exp(0.03 * np.random.default_rng(9).standard_normal((len(REGIONS), len(years))).cumsum(axis=1))
    noise = np.ones_like(noise) if len(years) == len(YEARS) else noise
    level = (np.linspace(0.9, 0.2, len(REGIONS))[:, None] * np.linspace(0.8, 1.0, len(years)) * noise)[rows]
    index = _table("scores.index", (("region", regions), ("year", years)), level)
    return base.plus("scores", Scores(*[index] * 9))


def with_levers(base: Study, degree: np.ndarray) -> Study:
    """The study with made-up obstacles by lever (8,3): science, data, and reform, of which nothing is known."""
    levers = _table(
        "diagnosis.levers", (("region", tuple(REGIONS)), ("lever", ("science", "data", "reform"))), {"degree": degree}
    )
    return base.plus("diagnosis", Diagnosis(levers, levers, levers, levers, levers))


def _with_opportunities(
    base: Study, regions: tuple[str, ...], industries: tuple[str, ...], worth: np.ndarray, columns: list[int]
) -> Study:
    axes = (("region", regions), ("industry", industries))
    told = np.zeros_like(worth)
    for r, row in enumerate(np.nan_to_num(worth)):
        told[r, np.argsort(-row)[:3]] = 1.0
    reasons = np.random.default_rng(5).uniform(0.5, 1.0, (len(INDUSTRIES), len(REASONS)))[columns]
    about = {"base": np.array(BASES)[columns], "attractiveness": reasons.mean(axis=1)}
    about |= {reason: reasons[:, k] for k, reason in enumerate(REASONS)}
    fitted = _table("opportunities.fit", axes, worth)
    held = _table("opportunities.industries", (("industry", industries),), about)
    crowding = _table("opportunities.crowding", (("industry", industries),), {"regions": told.sum(axis=0)})
    independent = _table("opportunities.independent", axes, told)
    needs = np.random.default_rng(6).random((len(INDUSTRIES), 4))[columns]
    wanted = (("industry", industries), ("requirement", ("a", "b", "c", "d")))
    required = _table("opportunities.requirements", wanted, {"need": needs})
    result = Opportunities(None, fitted, required, fitted, fitted, fitted, independent, crowding, held, fitted)
    return base.plus("opportunities", result)
