"""The panel's own activities as candidates: a learned chance stands where a judged fit would, and says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from yindi.core.errors import Problem
from yindi.opportunities.advantage import rca
from yindi.opportunities.advice import QUADRANTS, SHOWN, Advice
from yindi.opportunities.arrays import quotient
from yindi.opportunities.backtest import Backtest
from yindi.opportunities.complexity import eci_pci, parts
from yindi.opportunities.endowment import Levels
from yindi.opportunities.fit import Fit, percentile
from yindi.opportunities.profile import REASONS, Profile
from yindi.opportunities.relatedness import proximity
from yindi.opportunities.transitions import HOLD_OUT

CLASS, NEAR, NEUTRAL = "activity", 10, 0.5
FINER = "use a finer classification, more regions or years further apart; `yindi advise` shows the test itself"
WHY = {
    SHOWN: ("learned chances are there and not used.", "opportunities.feasibility: learned lays out the panel's own activities"),
    HOLD_OUT: ("with one date nothing is seen to enter: the test ranks, but has no chances to add up.", "give two dates or more"),
    "no_activity": ("there is no activity panel to learn from.", "give an input of 40 activities or more by region and year"),
    "few_activities": ("the activity panel has too few activities to learn from.", FINER),
    "no_entries": ("the tested years hold no robust entry to learn from.", FINER),
    "no_gain": ("relatedness does not foretell more than sizes and ubiquity alone.", FINER),
}


@dataclass(frozen=True, slots=True)
class Learned:
    """Candidates in the shape of judged ones: profile, levels, fit (NaN where no candidate), and the least chance of one.

    A requirement of an activity is one of its ten nearest activities; its level is the region's quotient in it, at most 1.
    """

    profile: Profile
    have: Levels
    fit: Fit
    least: float


def learned(
    found: Backtest,
    given: Advice,
    x: np.ndarray,
    labels: tuple[str, ...],
    names: Mapping[str, tuple[str, str]],
    marks: np.ndarray,
    *,
    order: np.ndarray,
) -> Learned:
    """Candidates from an advice on a panel x (R,T,C): cells with a chance of entry of the base rate at least.

    Where the chances did not pass their calibration, the rate at which cases of the same rank came true in the test stands in
    their place. marks (R,C): cells of the last year that were filled or corrected. The regions of the advice stand in `order`
    (R,) of those of x, whose order the result has.
    """
    back = np.argsort(order)
    shown = given.entry_state == SHOWN
    least = given.entry_rate if shown else found.base_rate
    chance = (given.entry if shown else observed(found, given.entry))[back]
    given = replace(given, quadrant=given.quadrant[back], entry=given.entry[back])
    here = given.quadrant <= QUADRANTS.index("threat")
    open_ = (given.entry > 0) & (chance >= least)
    near = _near(here)
    level = np.minimum(rca(x[:, -1]), 1.0)
    none = np.full(level.shape, "", dtype=object)
    known = {c: names.get(c, (c, c)) for c in labels}
    none_known = ("",) * len(labels)
    profile = Profile(labels, known, (CLASS,) * len(labels), none_known, _reasons(x, here), labels, known, none_known,
                      (near > 0).astype(float), ())  # fmt: skip
    have = Levels(level, np.ones(level.shape, bool), marks, none.astype(str))
    binding, strength = _first(near, ~here), _first(near, here)
    gap = np.where(binding >= 0, 1 - np.take_along_axis(level, np.maximum(binding, 0), axis=1), 0.0)
    fit = Fit(np.where(open_, chance, np.nan), binding, gap, gap, strength)
    return Learned(profile, have, fit, least)


def observed(found: Backtest, chance: np.ndarray) -> np.ndarray:
    """The rate (R,C) at which cases of the same rank came true in the test, never falling with the rank; 0 where no candidate."""
    from scipy.optimize import isotonic_regression

    tested = found.tested
    order = np.argsort(found.probability[tested.candidates], kind="stable")
    rate = isotonic_regression(tested.entered[order]).x
    cells = chance > 0
    place = (np.argsort(np.argsort(chance[cells], kind="stable"), kind="stable") + 0.5) / max(int(cells.sum()), 1)
    made: np.ndarray = np.zeros(chance.shape)
    made[cells] = np.interp(place, (np.arange(len(rate)) + 0.5) / len(rate), rate)
    return made


def carried(found: Backtest | None, given: Advice | None) -> bool:
    """True where an advice may be laid out: entries were seen to come, so that chances or rates can be added up."""
    return given is not None and found is not None and found.kind != HOLD_OUT


def as_learned(config: Any, least: float) -> Any:
    """The study file as later stages read it: learned candidates, and `least` as their least chance unless the file set one."""
    told = config.opportunities.model_copy(update={"feasibility": "learned"})
    set_ = config.layout.minimum_fit if "minimum_fit" in config.layout.model_fields_set else least
    return config.model_copy(update={"opportunities": told, "layout": config.layout.model_copy(update={"minimum_fit": set_})})


def ways_out(
    found: Backtest | None, given: Advice | None, bare: list[tuple[str, str]], count: int, variables: list[str]
) -> list[Problem]:
    """Why neither a judged fit nor learned chances carry a study, each with its way out.

    bare: the first of `count` pairs of region and candidate that need nothing known; variables: those known to carry something.
    """
    made = [Problem("opportunities", f"{count} pairs of region and candidate industry need nothing that this study's variables "
                    f"carry, e.g. {', '.join(pair)}: a fit cannot be judged.", "name CSVs in study.yaml: opportunities.sources "
                    "(which of your variables carry which requirement), or your own industries and needs",
                    tuple(variables[:12])) for pair in bare]  # fmt: skip
    verdict = (
        "no_activity" if found is None else found.verdict if not found.allowed else SHOWN if carried(found, given) else HOLD_OUT
    )
    said, way = WHY[verdict]
    return [*made, Problem("opportunities.feasibility", said, way)]


def _near(here: np.ndarray) -> np.ndarray:
    """Proximity (C,C) of each activity (row) to its nearest ten, 0 elsewhere; ties go to the earlier activity."""
    phi: np.ndarray = np.array(proximity(here.astype(float)), dtype=float)
    np.fill_diagonal(phi, 0.0)
    order = np.argsort(-phi, axis=1, kind="stable")[:, NEAR:]
    np.put_along_axis(phi, order, 0.0, axis=1)
    return phi


def _first(near: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Position (R,C) of the nearest activity that is wanted (R,C) of a region, -1 where none is."""
    found = np.full(wanted.shape, -1)
    for r, row in enumerate(wanted):
        among = near * row
        found[r] = np.where(among.max(axis=1) > 0, among.argmax(axis=1), -1)
    return found


def _reasons(x: np.ndarray, here: np.ndarray) -> np.ndarray:
    """The five reasons (C,5): place in national growth and in complexity, from the panel; one half where it carries none."""
    made = np.full((x.shape[2], len(REASONS)), NEUTRAL)
    total = x.sum(axis=0)
    made[:, REASONS.index("growth")] = percentile(quotient(total[-1], total[0]))
    m = here.astype(float)
    if parts(m)[0].max(initial=-1) == 0 and min(m.shape) >= 3:
        pci = eci_pci(m).pci
        there = np.isfinite(pci)
        made[there, REASONS.index("modernisation")] = percentile(pci[there])
    return made


def columns(fit: Fit, score: np.ndarray, profile: Profile, known: np.ndarray) -> dict[str, np.ndarray]:
    """Columns (R,C) of the table of candidates: place by score (absent where no candidate), what binds, what carries."""
    codes, levers = np.array([*profile.requirements, ""]), np.array([*profile.levers, ""])
    place = np.argsort(np.argsort(-score, axis=1, kind="stable"), axis=1) + 1.0
    missing = [[";".join(np.array(profile.requirements)[(n > 0) & ~k]) for n in profile.need] for k in known]
    return {
        "fit": fit.value,
        "score": score,
        "place": np.where(np.isnan(score), np.nan, place),
        "binding": codes[fit.binding],
        "binding_gap": np.where(fit.binding >= 0, fit.gap, 0.0),
        "lever": levers[fit.binding],
        "strength": codes[fit.strength],
        "left_out": np.array(missing),
    }
