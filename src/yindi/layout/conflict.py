"""Which rules contradict each other: a deletion filter over the planner's own rules, said in the planner's words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from yindi.layout import highs
from yindi.layout.model import Matrix
from yindi.layout.problem import Problem
from yindi.layout.rules import (
    FORBIDDEN,
    HARD,
    LEAST,
    LIMIT,
    LOCKED,
    MOST,
    POOL,
    SHARE,
    SLOTS,
    STRATEGIC,
    UNITS,
    Assembled,
    Rule,
    assemble,
)

FEW = 12
SAID = {
    LIMIT: ("industry limit", "at most {:.0f} regions", "cap_share, cap_overrides"),
    MOST: ("largest portfolio", "at most {:.0f} industries", "portfolio_max"),
    LEAST: ("smallest portfolio", "at least {:.0f} industries", "portfolio_min"),
    FORBIDDEN: ("forbidden pair", "", "forbidden"),
    LOCKED: ("locked pair", "", "locked"),
    STRATEGIC: ("strategic industry", "in at least {:.0f} regions", "national.strategic_least"),
    SHARE: ("largest share of a strategic industry", "at most {:.0f} % of what is built", "national.strategic_share"),
    UNITS: ("capability units", "{:.0f} units of its own", "national.units"),
    POOL: ("national pool of capability units", "{:.0f} units", "national.capabilities"),
    SLOTS: ("pool of further places", "{:.0f} places", "national.slots"),
}
T = TypeVar("T")


def conflict(problem: Problem) -> tuple[Rule, ...]:
    """A smallest-by-deletion set of rules that cannot all hold: dropping any one of them would leave a plan.

    The floor is never part of it: it is a share of what all other rules allow. Where only whole numbers contradict each other,
    they are searched for.
    """
    built = assemble(problem, objective=np.zeros_like(problem.value))
    matrix, named = built.model.matrix(), _named(problem, built)
    relax = not _holds(built, matrix, [], relax=True)

    def feasible(kept: list[Rule]) -> bool:
        stays = set(kept)
        return _holds(built, matrix, [r for r in named if r not in stays], relax=relax)

    return tuple(deletion(named, feasible))


def _named(problem: Problem, built: Assembled) -> list[Rule]:
    soft = {n for n, p in zip(problem.industries, np.asarray(problem.over_price).tolist(), strict=True) if np.isfinite(p)}
    wanted = (LIMIT, MOST, LEAST, *HARD)
    rules = [r for f in wanted for r in built.rows if r.family == f and not (f == LIMIT and r.industry in soft)]
    told = np.asarray(problem.forbidden) & ~np.asarray(problem.closed)
    for family, mask in ((FORBIDDEN, told), (LOCKED, problem.locked)):
        rules += [Rule(family, problem.regions[r], problem.industries[c]) for r, c in np.argwhere(np.asarray(mask)).tolist()]
    return rules


def _holds(built: Assembled, matrix: Matrix, dropped: Sequence[Rule], *, relax: bool) -> bool:
    """Whether a plan is left when some rules are dropped."""
    if not len(matrix.cost):
        return not any(matrix.row_lower > 0)
    loose = _dropped(built, matrix, dropped)
    if (loose.lower > loose.upper).any():
        return False
    return highs.run(loose, relax=relax).status == highs.OPTIMAL


def _dropped(built: Assembled, matrix: Matrix, dropped: Sequence[Rule]) -> Matrix:
    rows = [built.rows[r][0] for r in dropped if r in built.rows]
    low, high = matrix.row_lower.copy(), matrix.row_upper.copy()
    low[rows], high[rows] = -np.inf, np.inf
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    labels = {label: k for k, label in enumerate(built.model.columns["pair"].labels)}
    for rule in dropped:
        if rule.family in (FORBIDDEN, LOCKED):
            at = labels[f"{rule.region}|{rule.industry}"]
            lower[at], upper[at] = (0.0, upper[at]) if rule.family == LOCKED else (lower[at], 1.0)
    return replace(matrix, row_lower=low, row_upper=high, lower=lower, upper=upper)


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


def words(problem: Problem, rules: Sequence[Rule], say: Callable[[str, str], str] | None = None) -> str:
    """The contradiction in one sentence with the keys of the study file and its way out; `say` names a region, industry,
    requirement or zone: (kind, code) -> text."""
    told = say or (lambda kind, code: code)
    parts = []
    for family in (LIMIT, MOST, LEAST, FORBIDDEN, LOCKED, *HARD):
        members = [r for r in rules if r.family == family]
        if members:
            parts.append(_said(problem, family, members, told))
    keys = dict.fromkeys(k for family in SAID for r in rules if r.family == family for k in SAID[family][2].split(", "))
    return ("No plan satisfies the rules. These cannot all hold: " + "; ".join(parts)
            + f". -> Loosen any one of them in the study file under `layout`: {', '.join(keys)}.")  # fmt: skip


def _said(problem: Problem, family: str, members: Sequence[Rule], say: Callable[[str, str], str]) -> str:
    name, text, _ = SAID[family]
    number = _numbers(problem, family)
    shown = [(_subject(r, say), text.format(number(r)) + _few(problem, r, number(r)) if text else "", number(r)) for r in members]
    return _list(name, shown)


def _few(problem: Problem, rule: Rule, least: float) -> str:
    """What is to be added where a strategic industry has fewer candidates than regions that must hold it."""
    if rule.family != STRATEGIC:
        return ""
    open_ = int((~np.asarray(problem.closed))[:, problem.industries.index(rule.industry)].sum())
    return f"; candidates: {open_}, see minimum_fit" if open_ < least else ""


def _subject(rule: Rule, say: Callable[[str, str], str]) -> str:
    kinds = (("region", rule.region), ("industry", rule.industry), ("requirement", rule.part))
    return " with ".join(say(kind, code) for kind, code in kinds if code)


def _numbers(problem: Problem, family: str) -> Callable[[Rule], float]:
    """What a rule of a family asks for."""
    n = problem.nation
    if family in (LIMIT, MOST, LEAST):
        given = {LIMIT: problem.limit, MOST: problem.portfolio_max, LEAST: problem.portfolio_min}[family]
        labels = problem.industries if family == LIMIT else problem.regions
        number = dict(zip(labels, np.asarray(given).tolist(), strict=True))
        return lambda r: number[r.industry or r.region]
    if n is None:
        return lambda _: 1.0
    if family in (UNITS, POOL):
        codes = list(n.capability_codes)
        regions = {r: k for k, r in enumerate(problem.regions)}
        return lambda r: float(n.units[regions[r.region], codes.index(r.part)] if r.region else n.pool[codes.index(r.part)])
    return lambda _: float({STRATEGIC: n.strategic_least, SHARE: 100 * n.strategic_share, SLOTS: n.slots}.get(family, 1.0))


def _list(name: str, members: Sequence[tuple[str, str, float]]) -> str:
    shown = ", ".join(f"{code} ({text})" if code and text else code or text for code, text, _ in members[:FEW])
    more = f" and {len(members) - FEW} more" if len(members) > FEW else ""
    counts = len(members) > 1 and any(word in members[0][1] for word in ("regions", "industries"))
    total = f" [{sum(v for *_, v in members):.0f} places in all]" if counts else ""
    return f"{name}: {shown}{more}{total}"
