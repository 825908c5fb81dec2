"""Scenarios as arrays: which pairs are planned, which levers spend, how strong spillovers are, and what is shocked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

BASELINE, LAYOUT, ALONE, BUDGETS = "baseline", "layout", "alone", "layout_levers"
NO_SPILLOVER, WEAK, STRONG = "no_spillover", "weak_spillover", "strong_spillover"
INDUSTRY_SHOCK, REGION_SHOCK, WITHOUT = "industry_shock", "region_shock", "without"


@dataclass(frozen=True, slots=True)
class Case:
    """Planned pairs `plan` (R,C), levers that spend `keep` (L,), factor on spillovers, and what is lost at once `hit` (R,) in
    log levels."""

    plan: np.ndarray
    keep: np.ndarray
    spillover: float
    hit: np.ndarray


def off(lever: str) -> str:
    """Code of the scenario without a lever."""
    return f"{WITHOUT}_{lever}"


def cases(
    chosen: np.ndarray,
    alone: np.ndarray,
    levers: Sequence[str],
    *,
    failing: int | None,
    industry_hit: np.ndarray,
    region_hit: np.ndarray,
    weak: float,
    strong: float,
    switched_off: Sequence[str],
) -> dict[str, Case]:
    """Scenario -> case: each differs in one thing from the layout, those without a lever from the layout with lever budgets.

    chosen, alone: (R,C) plans; `failing`: position of the industry that takes root nowhere, None where an existing one is hit;
    `industry_hit`, `region_hit`: (R,) log changes at once.
    """
    every, none, calm = np.ones(len(levers)), np.zeros(len(levers)), np.zeros(len(chosen))
    whole = Case(chosen, none, 1.0, calm)
    spending = replace(whole, keep=every)
    without = chosen.copy()
    if failing is not None:
        without[:, failing] = 0.0
    found = {BASELINE: Case(np.zeros_like(chosen), none, 1.0, calm), LAYOUT: whole}
    if len(levers):
        found[BUDGETS] = spending
    found |= {ALONE: replace(whole, plan=alone), NO_SPILLOVER: replace(whole, spillover=0.0)}
    found |= {WEAK: replace(whole, spillover=weak), STRONG: replace(whole, spillover=strong)}
    found[INDUSTRY_SHOCK] = replace(whole, plan=without, hit=industry_hit)
    found[REGION_SHOCK] = replace(whole, hit=region_hit)
    for lever in switched_off:
        found[off(lever)] = replace(spending, keep=np.array([float(n != lever) for n in levers]))
    return found


def most_held(chosen: np.ndarray, expansion: np.ndarray) -> int:
    """Position of the industry that most regions hold in a plan (R,C); of equals the one that expands most, then the first."""
    return int(np.lexsort((np.arange(chosen.shape[1]), -np.nan_to_num(expansion), -chosen.sum(axis=0)))[0])
