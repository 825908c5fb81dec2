"""What prices say: each region's best reply, and the bound they prove without a solver."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yindi.layout.problem import Problem


@dataclass(frozen=True, slots=True)
class Replies:
    """Each region's best reply to prices (`plan` (R,C)) and the bound on every plan's value that these prices prove."""

    plan: np.ndarray
    bound: float


def best_reply(net: np.ndarray, least: float, most: float, locked: np.ndarray, shut: np.ndarray) -> np.ndarray:
    """One region's choice (C,): locked pairs, then the highest net values while they are positive or the portfolio is short."""
    chosen = locked.astype(float)
    for c in np.argsort(-net, kind="stable"):
        short = chosen.sum() < least
        if chosen[c] or shut[c] or chosen.sum() >= most or not (short or net[c] > 0):
            continue
        chosen[c] = 1.0
    return chosen


def replies(problem: Problem, price: np.ndarray, *, floor_price: float = 0.0, floor: float = 0.0) -> Replies:
    """Best replies to industry prices (C,) >= 0 and the Lagrangian bound.

    The bound is price @ limit - floor_price * floor + sum of the regions' best net values; every feasible plan is worth at
    most that. Prices of soft limits are cut at the price of passing them. Source: Geoffrion (1974).
    """
    limit = np.asarray(problem.limit)
    price = np.minimum(np.where(np.isfinite(limit), np.asarray(price, float), 0.0), np.asarray(problem.over_price))
    weight = np.where(np.asarray(problem.lagging), 1.0 + floor_price, 1.0)
    net = problem.value * weight[:, None] - price
    least, most, locked, shut = (np.asarray(a) for a in
                                 (problem.portfolio_min, problem.portfolio_max, problem.locked, problem.shut))  # fmt: skip
    plan = np.array([best_reply(net[r], least[r], most[r], locked[r], shut[r]) for r in range(len(net))]).reshape(net.shape)
    capped = np.isfinite(limit)
    return Replies(plan, float(price[capped] @ limit[capped] - floor_price * floor + (net * plan).sum()))


def best_alone(problem: Problem) -> np.ndarray:
    """(R,) the value of each region's own best portfolio, were there no other region and no floor."""
    alone = Problem(problem.value, portfolio_min=problem.portfolio_min, portfolio_max=problem.portfolio_max,
                    forbidden=problem.shut, locked=problem.locked)  # fmt: skip
    plan = replies(alone, np.zeros(problem.value.shape[1])).plan
    return np.asarray((plan * problem.value).sum(axis=1))
