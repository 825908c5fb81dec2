"""What a plan comes to under further rules: the best packages, places, loans and links once its pairs are fixed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from yindi.layout import highs
from yindi.layout.further import packed
from yindi.layout.national import National, charges, faults
from yindi.layout.problem import Problem
from yindi.layout.rules import assemble

EQUAL = 1e-9
NO_CHOICE = "packages, places or capability units cannot carry the pairs of the plan"


@dataclass(frozen=True, slots=True)
class Settled:
    """`support` (R,C) package of each pair, counted from 1 (0: not held); `parts`: what it adds and is charged by name; `worth`
    their sum; `faults`: hard rules it breaks, in words, found without the solver."""

    support: np.ndarray
    parts: dict[str, float]
    worth: float
    faults: tuple[str, ...]


def settled(problem: Problem, plan: np.ndarray) -> Settled:
    """The best that the further rules of a problem allow a plan (R,C) of 0 and 1; the links count as the solver counts them."""
    nation, plan = problem.nation, np.asarray(plan, float)
    if nation is None or not plan.size:
        return Settled(plan, {}, 0.0, ())
    built = assemble(problem)
    matrix = built.model.matrix()
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    lower[built.pairs], upper[built.pairs] = plan, plan
    found = highs.run(matrix.within(lower, upper), gap=1e-9)
    if found.status == highs.INFEASIBLE or built.parts is None:
        return Settled(plan, {}, 0.0, (NO_CHOICE,))
    chosen = np.round(found.x[built.parts.plan])
    support = _smallest(nation, (chosen * np.arange(1, chosen.shape[1] + 1)).sum(axis=1)).reshape(plan.shape)
    parts = charges(nation, packed(nation, support))
    links = built.model.columns.get("link")
    parts["links"] = float(matrix.cost[links.span] @ found.x[links.span]) if links else 0.0
    return Settled(support, parts, sum(parts.values()), _broken(problem, packed(nation, support)))


def _smallest(nation: National, support: np.ndarray) -> np.ndarray:
    """(E,) the smallest package that adds and builds as much as the one held and costs no more: none is given for nothing."""
    made = support.copy()
    for p in range(1, nation.value.shape[1]):
        for q in range(p - 1, -1, -1):
            same = (nation.value[:, q] >= nation.value[:, p] - EQUAL) & (nation.capacity[:, q] == nation.capacity[:, p])
            no_dearer = (nation.cost[:, q] <= nation.cost[:, p]).all(axis=1)
            made[(support == p + 1) & same & no_dearer] = q + 1
    return made


def _broken(problem: Problem, plan: np.ndarray) -> tuple[str, ...]:
    """Hard rules of the National with the portfolios of the problem, but for those about places below the least."""
    nation = problem.nation
    if nation is None:
        return ()
    most = np.minimum(np.asarray(problem.portfolio_max), float(nation.industries))
    return faults(replace(nation, most=most), plan)
