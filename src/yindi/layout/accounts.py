"""What a layout comes to, as columns of tables: by region, rule, item, point of the front, outcome goal, shock and lever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from yindi.layout.check import objective
from yindi.layout.frontier import Front
from yindi.layout.levers import LeverPlan, LeverProblem, levers, water_filling
from yindi.layout.prices import best_alone
from yindi.layout.problem import Problem
from yindi.layout.rules import BAND, FLOOR, LIMIT, UNITS, ZONE
from yindi.layout.solver import Dual, Solution, solve
from yindi.layout.stability import CORE, FRAGILE, SWING
from yindi.layout.variants import aiming_at, between, protected, under_gap_rule, worst_case

Columns = dict[str, np.ndarray]
SOLUTION = {**dict.fromkeys(("objective", "bound", "relaxation", "value_alone", "floor", "lagging_best", "lagging_value",
                                   "leading_value"), "points"), "gap": "small_share", "kept_share": "share"}  # fmt: skip
REGIONS = {"value": "value", "best_alone": "value", "kept_share": "share",
           **dict.fromkeys(("count", "lagging", "gained", "given_up"), "count")}  # fmt: skip
INDUSTRIES = {"regions": "count", "limit": "count", "before": "count", "price": "value", "before_expansion": "growth",
              "expansion": "growth"}  # fmt: skip
RULES = {"activity": "@unit", "limit": "@unit", "price": "value", "binding": "count", "gain": "value", "changed": "count"}
POINTS = {"floor": "share", "value": "value", "lagging_value": "value", "leading_value": "value", "gap_between": "value",
          "gainers": "count", "holders": "count", "expansion": "growth", "marginal": "ratio"}  # fmt: skip
GOALS = {"weight": "share", "kept": "share", "changed": "count"}
ROLLED = {"period": "count", "option": "value", "begun": "count", "value": "value", "plain": "value"}
SPENT = {"spending": "ratio", "share": "share", "gain": "index"}
LEVERS = {"budget": "ratio", "price": "index", "regions": "count", "gain": "index"}
CASES = {"effect": "share", "half": "ratio", "gain": "index", "moved": "share", "served": "share", "closed": "share"}
DOUBT = ((1.0, 1.0), (0.5, 1.0), (2.0, 1.0), (1.0, 0.5), (1.0, 2.0))
PASSES = ("fit", "forbidden", "limit", "band", "zone", "units", "floor", "portfolio")


def passes(problem: Problem, found: Solution, before: np.ndarray) -> np.ndarray:
    """(R,C) text: why a pair of the region's own advice is not in the layout; "" where it is, or was not advised.

    fit: no candidate; forbidden; limit: the industry is scarce at a price; floor: the region is leading and lagging ones come
    first; portfolio: others of the region are worth more. Under further rules also band: one more would pass the nation's band
    at a price; zone: the region's zone has enough of it; units: the region's capability units are used up.
    """
    scarce = np.array([_price(found, f"{LIMIT}|{i}") > 0 for i in problem.industries], bool)[None, :]
    floor = (_price(found, FLOOR) > 0) & ~np.asarray(problem.lagging)[:, None]
    why = np.where(floor, "floor", "portfolio")
    for name, held in _further(problem, found):
        why = np.where(held, name, why)
    why = np.where(scarce, "limit", why)
    why = np.where(problem.forbidden, "forbidden", np.where(problem.closed, "fit", why))
    return np.where((before > 0) & (found.allocation == 0), why, "")


def _further(problem: Problem, found: Solution) -> list[tuple[str, np.ndarray]]:
    """What of further rules has a price for each pair (R,C), the weakest reason first."""
    n = problem.nation
    if n is None:
        return []
    codes, shape = [n.name_zone(z) for z in n.zone.tolist()], problem.value.shape
    units = np.array([any(_price(found, f"{UNITS}|{r}|{m}") > 0 for m in n.capability_codes) for r in problem.regions], bool)
    zone = [[_price(found, f"{ZONE}|{i}|{z}") > 0 for i in problem.industries] for z in codes]
    band = np.array([_price(found, f"{BAND}|{i}") > 0 for i in problem.industries], bool)
    return [("units", np.broadcast_to(units[:, None], shape)), ("zone", np.array(zone, bool).reshape(shape)),
            ("band", np.broadcast_to(band[None, :], shape))]  # fmt: skip


def _price(found: Solution, code: str) -> float:
    return found.duals[code].price if code in found.duals else 0.0


def _floor(problem: Problem, found: Solution) -> float | None:
    return found.floor if problem.floor > 0 and found.lagging_best > 0 else None


def by_region(problem: Problem, plan: np.ndarray, before: np.ndarray) -> Columns:
    """What each region holds, against its own best portfolio and its own advice."""
    held, alone = (plan * problem.value).sum(axis=1), best_alone(problem)
    return {
        "count": plan.sum(axis=1),
        "value": held,
        "best_alone": alone,
        "kept_share": np.divide(held, alone, out=np.ones_like(held), where=alone > 0),
        "lagging": np.asarray(problem.lagging).astype(float),
        "gained": (plan * (1 - before)).sum(axis=1),
        "given_up": (before * (1 - plan)).sum(axis=1),
    }


def by_rule(duals: Sequence[Dual], effects: Mapping[str, tuple[float, float]]) -> Columns:
    """Activity, limit and price of each rule, and what one unit looser would gain and change."""
    columns = {
        "activity": np.array([d.activity for d in duals], float),
        "limit": np.array([d.limit for d in duals], float),
        "price": np.array([d.price for d in duals], float),
        "binding": np.array([d.binding for d in duals], float),
        "gain": np.array([effects.get(d.rule.code, (np.nan, np.nan))[0] for d in duals], float),
        "changed": np.array([effects.get(d.rule.code, (np.nan, np.nan))[1] for d in duals], float),
        "kind": np.array([d.rule.family for d in duals], dtype=str),
        "region": np.array([d.rule.region for d in duals], dtype=str),
        "industry": np.array([d.rule.industry for d in duals], dtype=str),
        "part": np.array([d.rule.part for d in duals], dtype=str),
    }
    columns["unit"] = np.where(columns["kind"] == FLOOR, "points", "count")
    return columns


def by_item(problem: Problem, found: Solution, before: np.ndarray, kind: np.ndarray) -> dict[str, float]:
    """The figures of the whole layout."""
    plan, lag = found.allocation, np.asarray(problem.lagging)
    alone, kept = float(best_alone(problem).sum()), float((plan * problem.value)[lag].sum())
    limits = [d for d in found.duals.values() if d.rule.family == LIMIT]
    return {
        "objective": found.objective,
        "bound": found.bound,
        "gap": found.gap,
        "relaxation": found.relaxation,
        "value_alone": alone,
        "kept_share": found.objective / alone if alone > 0 else 1.0,
        "floor": found.floor,
        "lagging_best": found.lagging_best,
        "lagging_value": kept,
        "leading_value": float((plan * problem.value).sum()) - kept,
        "industries": float(len(problem.industries)),
        "lagging_regions": float(lag.sum()),
        "pairs": float(plan.sum()),
        "given_up": float((before * (1 - plan)).sum()),
        "gained": float((plan * (1 - before)).sum()),
        "binding_limits": float(sum(d.binding for d in limits)),
        "priced_limits": float(sum(d.price > 0 for d in limits)),
        "over_limit_before": float((before.sum(axis=0) > np.asarray(problem.limit)).sum()),
        **{name: float((kind == name).sum()) for name in (CORE, SWING, FRAGILE)},
    }


def by_point(problem: Problem, found: Front, expansion: np.ndarray) -> Columns:
    """Points of the front: `gainers` and `holders` are regions worth more, less, than at the first point; `expansion` (P,) the
    largest implied one; `marginal`: value given up for each unit that lagging regions gain since the point before."""
    worth = (found.plans * problem.value).sum(axis=2)
    change = np.round(worth - worth[:1], 9) if len(worth) else worth
    more, less = np.diff(found.lagging, prepend=np.nan), -np.diff(found.value, prepend=np.nan)
    return {
        "floor": found.floor,
        "value": found.value,
        "lagging_value": found.lagging,
        "leading_value": found.leading,
        "gap_between": found.gap,
        "gainers": (change > 0).sum(axis=1).astype(float),
        "holders": (change < 0).sum(axis=1).astype(float),
        "expansion": expansion,
        "marginal": np.divide(less, more, out=np.full(more.shape, np.nan), where=more > 1e-9),
    }


def by_point_region(problem: Problem, found: Front) -> Columns:
    """By point and region (P,R): value held, its change against the first point, industries, and the side text: gains, holds
    (back), same."""
    worth = (found.plans * problem.value).sum(axis=2)
    change = np.round(worth - worth[:1], 9) + 0.0
    side = np.where(change > 0, "gains", np.where(change < 0, "holds", "same"))
    return {"value": worth, "change": change, "count": found.plans.sum(axis=2), "side": side}


def by_goal(
    problem: Problem, found: Solution, base: np.ndarray, reasons: np.ndarray, weights: np.ndarray, *, gap: float, seed: int
) -> Columns:
    """For each outcome goal (K,), its weight and the plan that is best for it alone under the layout's own rules and floor:
    `kept`, what that plan is worth over what the layout is, by the layout's own values (at most 1, but for the gap), and
    `changed`, the pairs of the layout it does without. `base` (R,C): value but for the attractiveness; `reasons` (C,K)."""
    kept, changed = [], []
    for k in range(reasons.shape[1]):
        plan = aiming_at(problem, base * reasons[:, k], floor=_floor(problem, found), gap=gap, seed=seed)
        kept.append(objective(problem, plan) / found.objective if found.objective > 0 else 1.0)
        changed.append((found.allocation * (1 - plan)).sum())
    return {"weight": weights / weights.sum(), "kept": np.array(kept), "changed": np.array(changed)}


def by_equity(problem: Problem, found: Solution, *, gap: float, seed: int) -> tuple[list[str], Columns]:
    """The layout without a floor, with it, and under a rule that the gap must not widen: what leading regions `lost` and lagging
    ones `gained` against none, `levelled` (1) where leaders lose more than laggards gain, and the relative gap `proven`."""
    bare = solve(replace(problem, floor=0.0), gap=gap, seed=seed)
    plans = {"none": bare.allocation, "floor": found.allocation}
    ruled = under_gap_rule(problem, gap=gap, seed=seed)
    plans |= {} if ruled is None else {"gap": ruled[0]}
    reached = [bare.gap, found.gap, *(() if ruled is None else (ruled[1],))]
    lag = np.asarray(problem.lagging)
    worth = np.array([(plan * problem.value).sum(axis=1) for plan in plans.values()])
    lagging, leading = worth[:, lag].sum(axis=1), worth[:, ~lag].sum(axis=1)
    lost, gained = leading[0] - leading, lagging - lagging[0]
    columns = {"value": lagging + leading, "lagging": lagging, "leading": leading,
               "gap_between": np.array([between(problem, p) for p in plans.values()]), "lost": lost, "gained": gained,
               "levelled": (lost > gained + 1e-6).astype(float), "proven": np.array(reached)}  # fmt: skip
    return list(plans), columns


def by_shock(problem: Problem, found: Solution, failing: Sequence[int], loss: float, *, gap: float, seed: int) -> Columns:
    """For each number of industries that fail at once: value of the protected plan, what is left of it and of the layout in the
    worst case, the `price` of protection when nothing fails, what it `saved` in the worst case, and the pairs that differ."""
    floor = _floor(problem, found)
    shares = np.full(problem.value.shape[1], loss)
    made = [protected(problem, failing=n, loss=loss, floor=floor, gap=gap, seed=seed) for n in failing]
    own = (found.allocation * problem.value).sum(axis=0)
    bare = np.array([found.objective - worst_case(own, shares, n) for n in failing])
    value, worst = np.array([m.value for m in made]), np.array([m.worst for m in made])
    return {"value": value, "worst": worst, "unprotected": bare, "price": np.maximum(0.0, found.objective - value),
            "saved": np.maximum(0.0, worst - bare),
            "changed": np.array([(found.allocation * (1 - m.plan)).sum() for m in made])}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LeverCase:
    """What budgets of levers rest on: `degree` (R,L) of a region's distance to an index of 1 (or to the best) that each lever
    holds, `level` (R,), `weight` (R,), `parts` (L,) of all spending; `effect`: the part of that distance that average spending
    closes; `cap` on what a region absorbs (0: none), `w` and `rho` of spillovers."""

    degree: np.ndarray
    level: np.ndarray
    weight: np.ndarray
    parts: np.ndarray
    effect: float
    cap: float
    w: np.ndarray | None
    rho: float

    @property
    def room(self) -> np.ndarray:
        """(R,) distance to an index of 1, or to the best where that is above 1."""
        return max(1.0, float(self.level.max(initial=0.0))) - self.level

    def problem(self, *, half: float = 1.0) -> LeverProblem:
        """Average spending closes `effect`, twice as much less than twice of it: half of what the logarithm gives at `half` times
        the average. All spending adds up to R, `parts` of it a lever."""
        share = self.parts / self.parts.sum()
        point = np.broadcast_to(np.where(share > 0, share, 1.0) * half, self.degree.shape)
        alpha = self.effect * self.degree * self.room[:, None] / np.log1p(1.0 / half)
        return LeverProblem(alpha, len(self.level) * share, half=point, weight=self.weight, w=self.w, rho=self.rho,
                            most=self.cap if self.cap > 0 else np.inf)  # fmt: skip


def by_doubt(case: LeverCase) -> tuple[list[str], Columns]:
    """The split of the levers at other assumptions: `effect` and `half` (how soon returns fall off) halved and doubled, one at a
    time; then the `gain` of all, the share of spending that `moved` against the first row, the share of region-lever pairs that
    are `served`, and the part of all distance `closed`. Only assumptions that move spending matter to who gets what."""
    made = [by_lever(replace(case, effect=case.effect * e).problem(half=h)) for e, h in DOUBT]
    base, total = made[0][0]["spending"], max(float(made[0][0]["spending"].sum()), 1e-12)
    gain = np.array([rows["gain"].sum() for rows, *_ in made])
    columns = {
        "effect": np.array([case.effect * e for e, _ in DOUBT]),
        "half": np.array([h for _, h in DOUBT]),
        "gain": gain,
        "moved": np.array([np.abs(rows["spending"] - base).sum() / 2 / total for rows, *_ in made]),
        "served": np.array([(rows["spending"] > 1e-6).mean() for rows, *_ in made]),
        "closed": gain / max(float(case.room.sum()), 1e-12),
    }
    return ["stated", "effect_halved", "effect_doubled", "half_halved", "half_doubled"], columns


def by_lever(stated: LeverProblem) -> tuple[Columns, Columns, LeverPlan]:
    """Columns by region and lever, columns by lever, and the plan: the closed form where only budgets bind, else cones."""
    found = water_filling(stated) if np.isinf(np.asarray(stated.most)).all() else levers(stated)
    spent, budget = found.spending, np.asarray(stated.budget)
    gain = stated.effect * np.log1p(spent / stated.half)
    share = np.divide(spent, budget, out=np.zeros_like(spent), where=budget > 0)
    served = (spent > 1e-6).sum(axis=0).astype(float)
    total = {"budget": budget, "price": found.price, "regions": served, "gain": gain.sum(axis=0)}
    return {"spending": spent, "share": share, "gain": gain}, total, found
