"""How sure each choice is: its margin at the prices, and how often it comes back when the values are drawn again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from yindi.core.errors import MethodError
from yindi.layout import highs
from yindi.layout.model import Matrix
from yindi.layout.problem import Problem
from yindi.layout.rules import BAND, BAND_LOW, FLOOR, LIMIT, STRATEGIC, UNITS, ZONE, Assembled, Rule, assemble, rounded
from yindi.layout.solver import Solution

CORE, SWING, FRAGILE = "core", "swing", "fragile"
OFTEN, SELDOM, HELD = 0.8, 0.5, 0.98


def margins(problem: Problem, found: Solution) -> np.ndarray:
    """(R,C) value at the prices against the next best reply of the same region.

    Net value is value x (1 + price of the floor for lagging regions) less the price of the industry. A chosen pair: its net value
    less that of the best allowed pair not chosen, what the region would lose by replacing it; any other: its net value less
    that of the weakest chosen one, what it falls short by. NaN where there is nothing to compare with. Under further rules a pair
    has the package that pays best at the prices: with what it adds, less bands, zones and capability units at theirs.
    """
    price = np.array([_price(found, f"{LIMIT}|{i}") for i in problem.industries]) - _added(problem, found)
    weight = found.duals[FLOOR].price if FLOOR in found.duals else 0.0
    net = problem.value * np.where(np.asarray(problem.lagging), 1 + weight, 1.0)[:, None] - price
    chosen = found.allocation > 0
    outside = np.where(~chosen & problem.open, net, -np.inf).max(axis=1, initial=-np.inf)
    inside = np.where(chosen, net, np.inf).min(axis=1, initial=np.inf)
    other = np.where(chosen, outside[:, None], inside[:, None])
    return np.where(np.isfinite(other) & problem.open, net - np.where(np.isfinite(other), other, 0.0), np.nan)


def _added(problem: Problem, found: Solution) -> np.ndarray:
    """(R,C) what the best package of each pair adds at the prices of bands, zones, strategic industries and units; 0 without."""
    n = problem.nation
    if n is None:
        return np.zeros(problem.value.shape)
    band = np.array([_price(found, f"{BAND_LOW}|{i}") - _price(found, f"{BAND}|{i}") for i in problem.industries])
    least = np.array([_price(found, f"{STRATEGIC}|{i}") for i in problem.industries])
    zone = np.array([[_price(found, f"{ZONE}|{i}|{n.name_zone(z)}") for i in problem.industries] for z in n.zone.tolist()])
    unit = np.array([[_price(found, f"{UNITS}|{r}|{m}") for m in n.capability_codes] for r in problem.regions])
    paid = np.einsum("epm,em->ep", n.cost, unit.reshape(len(problem.regions), -1)[n.region])
    best = (n.value + n.capacity * band[n.industry][:, None] - paid).max(axis=1).reshape(problem.value.shape)
    return np.asarray(best + least - zone.reshape(problem.value.shape))


def _price(found: Solution, code: str) -> float:
    return found.duals[code].price if code in found.duals else 0.0


def frequency(
    problem: Problem, found: Solution, *, draws: int, rng: np.random.Generator, common: float = 0.05, own: float = 0.10
) -> np.ndarray:
    """(R,C) mean over draws of the relaxation's choice when values are multiplied by exp of a shock to the industry (standard
    deviation `common`) and to the pair (`own`); lagging regions keep 98 % of what they had to keep, so that nearly every draw has
    a plan; a draw without one does not count.

    Regions and industries are drawn for in the order of their labels.
    """
    if draws < 1 or not 0 <= common < np.inf or not 0 <= own < np.inf:
        raise MethodError("layout: frequencies need one draw or more, and standard deviations that are finite and not negative.")
    rows, columns = problem.order()
    ordered = problem.take(rows, columns)
    floor = found.floor if problem.floor > 0 and found.lagging_best > 0 else None
    built = assemble(ordered, floor=None if floor is None else HELD * floor)
    matrix = built.model.matrix()
    shape, held, total = ordered.value.shape, 0, np.zeros(ordered.value.shape)
    shocks = (common * rng.standard_normal(shape[1]) + own * rng.standard_normal(shape) for _ in range(draws))
    for outcome in highs.relaxations(matrix, (_drawn(built, matrix, ordered.value * np.exp(s)) for s in shocks)):
        if outcome is not None and outcome.x.size:
            total += np.clip(outcome.x[built.pairs], 0.0, 1.0)
            held += 1
    result = np.zeros_like(total)
    result[np.ix_(rows, columns)] = total / max(1, held)
    return result


def _drawn(built: Assembled, matrix: Matrix, value: np.ndarray) -> Matrix:
    """The model with other values (R,C) of the pairs, in the objective and in the floor."""
    cost, coefficient, worth = matrix.cost.copy(), matrix.coefficient.copy(), rounded(value)
    cost[built.pairs] = worth
    if Rule(FLOOR) in built.rows:
        row, at = built.rows[Rule(FLOOR)][0], np.zeros_like(cost)
        at[built.pairs] = worth
        span = slice(matrix.start[row], matrix.start[row + 1])
        coefficient[span] = at[matrix.index[span]]
    return replace(matrix, cost=cost, coefficient=coefficient)


def kinds(plan: np.ndarray, often: np.ndarray) -> np.ndarray:
    """(R,C) text: core (chosen, in four draws of five), swing, fragile (in less than half of them); "" where not chosen."""
    kind = np.where(often >= OFTEN, CORE, np.where(often >= SELDOM, SWING, FRAGILE))
    return np.where(plan > 0, kind, "")
