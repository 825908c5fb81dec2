"""The same layout under one more wish: protection against industry-wide shocks, a rule about the gap, one rule less."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.layout import check, highs
from yindi.layout.problem import Problem
from yindi.layout.rules import Assembled, assemble, rounded
from yindi.layout.search import search
from yindi.layout.solver import refuse
from yindi.layout.sound import require_solve

NODES = 2000


@dataclass(frozen=True, slots=True)
class Protected:
    """A plan (R,C), its value when nothing fails, what is left when the worst industries fail, and the bound on that."""

    plan: np.ndarray
    value: float
    worst: float
    bound: float


def worst_case(by_industry: np.ndarray, loss: np.ndarray, failing: float) -> float:
    """What is lost at most when `failing` industries (a fraction: the last one in part) each lose their share `loss` (C,)."""
    most = np.sort(by_industry * loss)[::-1]
    whole = int(np.floor(failing))
    part = (failing - whole) * most[whole] if whole < len(most) else 0.0
    return float(most[:whole].sum() + part)


@method("layout", "protected", cites=("Bertsimas and Sim 2004",), laws=("protected_monotone",))
def protected(
    problem: Problem,
    *,
    failing: float,
    loss: np.ndarray | float,
    floor: float | None = None,
    gap: float = 1e-6,
    seed: int = 0,
) -> Protected:
    """The plan of highest value after the worst `failing` industries lost their share `loss` (C,) of value everywhere (共同冲击).

    Shocks hit industries and not single pairs, whose noise averages out. Raises InfeasibleError as solve does, MethodError for a
    share outside [0, 1].
    """
    require_solve(gap, seed)
    industries = problem.value.shape[1:]
    if np.ndim(loss) and np.shape(loss) != industries:
        raise MethodError(f"layout: `loss` has shape {np.shape(loss)}, {industries} was expected.")
    share = np.broadcast_to(np.asarray(loss, float), industries)
    if not ((share >= 0) & (share <= 1)).all() or not 0 <= failing < np.inf:
        raise MethodError("layout: a shock takes a share between 0 and 1, and the number of failing industries is not negative.")
    rows, columns = problem.order()
    ordered, share = problem.take(rows, columns), share[columns]
    built = assemble(ordered, floor=floor)
    _shocks(built, ordered, share, failing)
    outcome, _ = search(built.model.matrix(), gap=gap, seed=seed)
    if outcome.status == highs.INFEASIBLE:
        raise refuse(ordered)
    found = np.asarray(np.round(outcome.x[built.pairs]) + 0.0)
    check.require(ordered, found, floor=floor)
    value = check.objective(ordered, found)
    worst = value - worst_case((found * ordered.value).sum(axis=0), share, failing)
    plan = np.zeros_like(found)
    plan[np.ix_(rows, columns)] = found
    return Protected(plan, value, worst, max(worst, outcome.bound))


def _shocks(built: Assembled, problem: Problem, loss: np.ndarray, failing: float) -> None:
    """threshold + excess of i >= loss of i x its value; charged: failing x threshold + all excesses (dual of the worst case)."""
    model, (r, c) = built.model, problem.value.shape
    threshold = model.add_columns("threshold", ["threshold"], cost=-failing)
    excess = model.add_columns("excess", list(problem.industries), cost=-1.0)
    at = np.tile(np.arange(c), (r, 1)).ravel()
    values = -(rounded(problem.value) * loss[None, :]).ravel()
    every = np.arange(c)
    terms = [(at, built.pairs.ravel(), values), (every, excess, 1.0), (every, np.repeat(threshold, c), 1.0)]
    model.add_rows("shock", list(problem.industries), lower=0.0, terms=terms)


def aiming_at(
    problem: Problem, objective: np.ndarray, *, floor: float | None = None, gap: float = 1e-6, seed: int = 0
) -> np.ndarray:
    """The plan (R,C) that is best for another `objective` (R,C) under every rule of the problem, `floor` in the problem's own
    values; so it is worth no more than the layout by those. Raises InfeasibleError as solve does."""
    require_solve(gap, seed)
    if np.shape(objective) != problem.value.shape:
        raise MethodError(f"layout: `objective` has shape {np.shape(objective)}, {problem.value.shape} was expected.")
    plan = _best(problem, np.asarray(objective), floor, charged=True, gap=gap, seed=seed)
    if plan is None:
        raise refuse(problem.take(*problem.order()))
    return plan


def completed(problem: Problem, floor: float | None, *, seed: int = 0) -> np.ndarray | None:
    """Any plan (R,C) that keeps every rule and the value `floor` of lagging regions; None where there is none."""
    return _best(problem, np.zeros_like(problem.value), floor, charged=False, gap=1e-6, seed=seed)


def _best(
    problem: Problem, objective: np.ndarray, floor: float | None, *, charged: bool, gap: float, seed: int
) -> np.ndarray | None:
    """The plan (R,C) that is best for an objective (R,C) under every rule and the floor, checked; None where there is none."""
    rows, columns = problem.order()
    ordered = problem.take(rows, columns)
    built = assemble(ordered, floor=floor, objective=objective[np.ix_(rows, columns)], charged=charged)
    outcome, _ = search(built.model.matrix(), gap=gap, seed=seed)
    if outcome.status == highs.INFEASIBLE:
        return None
    found = np.asarray(np.round(outcome.x[built.pairs]) + 0.0)
    check.require(ordered, found, floor=floor)
    plan = np.zeros_like(found)
    plan[np.ix_(rows, columns)] = found
    return plan


def between(problem: Problem, plan: np.ndarray) -> float:
    """Mean value of a leading region less that of a lagging one."""
    lag, held = np.asarray(problem.lagging), (plan * problem.value).sum(axis=1)
    return float(held[~lag].sum() / max(1, int((~lag).sum())) - held[lag].sum() / max(1, int(lag.sum())))


def with_gap_rule(problem: Problem, *, most: float = 0.0, gap: float = 1e-6, seed: int = 0) -> np.ndarray | None:
    """The plan (R,C) of highest value in which leading regions gain at most `most` more on average than lagging ones.

    None where no plan can do it, or none was found within NODES. Such a rule can be met by holding leaders down: compare what it
    costs them with what it brings laggards before using it (Ogryczak: mean-equity models with dispersion indices).
    """
    found = under_gap_rule(problem, most=most, gap=gap, seed=seed)
    return None if found is None else found[0]


def under_gap_rule(
    problem: Problem, *, most: float = 0.0, gap: float = 1e-6, seed: int = 0, nodes: int = NODES
) -> tuple[np.ndarray, float] | None:
    """The same plan, and the relative gap that was reached: a rule of real numbers can make the last part of the proof endless,
    so that the search ends after `nodes` at the latest, the same ones in every run."""
    require_solve(gap, seed)
    if np.isnan(most):
        raise MethodError("layout: the most that leading regions may gain more is a number.")
    rows, columns = problem.order()
    ordered = problem.take(rows, columns)
    lag = np.asarray(ordered.lagging)
    if lag.all() or not lag.any():
        return None
    built = assemble(ordered)
    weight = np.where(lag, -1.0 / lag.sum(), 1.0 / (~lag).sum())
    terms = (rounded(ordered.value) * weight[:, None]).ravel()
    built.model.add_rows("gap", ["gap"], upper=most, terms=[(np.zeros(terms.size, np.intp), built.pairs.ravel(), terms)])
    outcome, _ = search(built.model.matrix(), gap=gap, seed=seed, nodes=nodes)
    if outcome.status != highs.OPTIMAL:
        return None
    found = np.asarray(np.round(outcome.x[built.pairs]) + 0.0)
    check.require(ordered, found)
    plan = np.zeros_like(found)
    plan[np.ix_(rows, columns)] = found
    return plan, max(0.0, outcome.bound - outcome.objective) / max(abs(outcome.objective), 1e-12)
