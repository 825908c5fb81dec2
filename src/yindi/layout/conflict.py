"""Which rules contradict each other: a deletion filter over the planner's own rules, said in the planner's words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from yindi.layout import highs
from yindi.layout.problem import Problem
from yindi.layout.rules import FORBIDDEN, LEAST, LIMIT, LOCKED, MOST, Rule, assemble

FEW = 12
T = TypeVar("T")


def conflict(problem: Problem) -> tuple[Rule, ...]:
    """A smallest-by-deletion set of rules that cannot all hold: dropping any one of them would leave a plan.

    The floor is never part of it: it is a share of what all other rules allow.
    """
    return tuple(deletion(_named(problem), lambda kept: _feasible(_with(problem, kept))))


def _named(problem: Problem) -> list[Rule]:
    limits = np.isfinite(np.asarray(problem.limit)) & ~np.isfinite(np.asarray(problem.over_price))
    most, least = np.isfinite(np.asarray(problem.portfolio_max)), np.asarray(problem.portfolio_min) > 0
    rules = [Rule(LIMIT, "", problem.industries[k]) for k in np.flatnonzero(limits).tolist()]
    rules += [Rule(MOST, problem.regions[k]) for k in np.flatnonzero(most).tolist()]
    rules += [Rule(LEAST, problem.regions[k]) for k in np.flatnonzero(least).tolist()]
    for family, mask in ((FORBIDDEN, problem.forbidden), (LOCKED, problem.locked)):
        rules += [Rule(family, problem.regions[r], problem.industries[c]) for r, c in np.argwhere(np.asarray(mask)).tolist()]
    return rules


def _with(problem: Problem, kept: Sequence[Rule]) -> Problem:
    stays = set(kept)
    hard = ~np.isfinite(np.asarray(problem.over_price))
    limited = np.array([Rule(LIMIT, "", n) in stays for n in problem.industries], bool)
    capped = np.array([Rule(MOST, n) in stays for n in problem.regions], bool)
    held = np.array([Rule(LEAST, n) in stays for n in problem.regions], bool)
    masks = {}
    for family in (FORBIDDEN, LOCKED):
        mask = np.zeros(problem.value.shape, bool)
        for r, c in np.argwhere(np.asarray(getattr(problem, family))).tolist():
            mask[r, c] = Rule(family, problem.regions[r], problem.industries[c]) in stays
        masks[family] = mask
    return replace(problem, limit=np.where(limited | ~hard, problem.limit, np.inf),
                   portfolio_max=np.where(capped, problem.portfolio_max, np.inf),
                   portfolio_min=np.where(held, problem.portfolio_min, 0.0),
                   forbidden=masks[FORBIDDEN], locked=masks[LOCKED], closed=problem.closed)  # fmt: skip


def _feasible(problem: Problem) -> bool:
    if (np.asarray(problem.forbidden) & np.asarray(problem.locked)).any():
        return False
    nothing = assemble(problem, objective=np.zeros_like(problem.value)).model.matrix()
    return highs.run(nothing, relax=True).status == highs.OPTIMAL


def deletion(rules: list[T], feasible: Callable[[list[T]], bool]) -> list[T]:
    """Drop blocks of rules, halving the block, as long as the rest still contradicts itself."""
    size = max(1, len(rules) // 2)
    while True:
        at = 0
        while at < len(rules):
            rest = rules[:at] + rules[at + size :]
            if rest and not feasible(rest):
                rules = rest
            else:
                at += size
        if size == 1:
            return rules
        size = max(1, size // 2)


def words(problem: Problem, rules: Sequence[Rule]) -> str:
    """The contradiction in one sentence with its way out."""
    parts = []
    for family in (LIMIT, MOST, LEAST, FORBIDDEN, LOCKED):
        members = [r for r in rules if r.family == family]
        if members:
            parts.append(_say(problem, family, members))
    return ("No plan satisfies the rules. These cannot all hold: " + "; ".join(parts)
            + ". -> Loosen any one of them in the study file under `layout`.")  # fmt: skip


def _say(problem: Problem, family: str, members: Sequence[Rule]) -> str:
    if family in (FORBIDDEN, LOCKED):
        return _list(f"{family} pair", [(f"{r.region} with {r.industry}", "", 1.0) for r in members])
    name, text, given = {
        LIMIT: ("industry limit", "at most {:.0f} regions", problem.limit),
        MOST: ("largest portfolio", "at most {:.0f} industries", problem.portfolio_max),
        LEAST: ("smallest portfolio", "at least {:.0f} industries", problem.portfolio_min),
    }[family]
    labels = problem.industries if family == LIMIT else problem.regions
    number = dict(zip(labels, np.asarray(given).tolist(), strict=True))
    subjects = [r.industry or r.region for r in members]
    return _list(name, [(s, text.format(number[s]), number[s]) for s in subjects])


def _list(name: str, members: Sequence[tuple[str, str, float]]) -> str:
    shown = ", ".join(f"{code} ({text})" if text else code for code, text, _ in members[:FEW])
    more = f" and {len(members) - FEW} more" if len(members) > FEW else ""
    total = f" [{sum(v for *_, v in members):.0f} places in all]" if len(members) > 1 else ""
    return f"{name}: {shown}{more}{total}"
