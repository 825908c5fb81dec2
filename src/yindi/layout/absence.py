"""What a layout would be without whole families of rules, and what its objective is made of under further rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from yindi.core.errors import MethodError
from yindi.layout import check
from yindi.layout.further import families, packed, without
from yindi.layout.national import National, built
from yindi.layout.problem import Problem
from yindi.layout.rules import BAND, FLOOR, FORBIDDEN, LIMIT, LOCKED, POOL, SLOTS, UNITS, ZONE
from yindi.layout.settle import settled
from yindi.layout.solver import Solution, highest_for_lagging, solve_with_floor

SURE = 1 - 1e-9
Columns = dict[str, np.ndarray]
UNITS_OF = {"value": "value", "price": "value", "package": "count",
            **dict.fromkeys(("own", "used", "borrowed", "size", "regions"), "count")}  # fmt: skip
BANDED = ("existing", "built", "low", "high", "over", "under")


def in_force(problem: Problem, found: Solution) -> tuple[str, ...]:
    """Families of rules that could be dropped from a layout."""
    held = {
        FLOOR: problem.floor > 0 and found.lagging_best > 0,
        LIMIT: bool(np.isfinite(np.asarray(problem.limit)).any()),
        FORBIDDEN: bool(np.asarray(problem.forbidden).any()),
        LOCKED: bool(np.asarray(problem.locked).any()),
    }
    more = () if problem.nation is None else tuple(families(problem.nation))
    return (*(name for name, there in held.items() if there), *more)


def bare(problem: Problem, family: str) -> Problem:
    """The problem without one family of rules."""
    if family == FLOOR:
        return replace(problem, floor=0.0)
    if family == LIMIT:
        return replace(problem, limit=np.inf)
    if family in (FORBIDDEN, LOCKED):
        changes: dict[str, np.ndarray | bool] = {family: False}
        return replace(problem, **changes)  # type: ignore[arg-type]
    return problem if problem.nation is None else replace(problem, nation=without(problem.nation, family))


def by_absence(
    problem: Problem, found: Solution, *, gap: float = 1e-6, seed: int = 0
) -> tuple[tuple[str, ...], Columns, np.ndarray]:
    """Families of rules in force; for each, what the plan without it gains (negative: what the rule had brought), how many pairs
    of the layout it does without, and what lagging regions then hold; and the plans (F,R,C).

    The value that lagging regions must keep stays what it was, except where the floor itself is dropped; without further places
    it is the same share of what is then attainable.
    """
    named = in_force(problem, found)
    rows, columns = problem.order()
    floor, lag = (found.floor if problem.floor > 0 and found.lagging_best > 0 else None), np.asarray(problem.lagging)
    plans, gain = [], []
    for family in named:
        loose = bare(problem, family)
        ordered = loose.take(rows, columns)
        least = None if family == FLOOR else floor
        if family == SLOTS and least is not None:
            least = min(least, problem.floor * highest_for_lagging(ordered, gap=gap, seed=seed) * SURE)
        kept, _ = solve_with_floor(ordered, least, gap=gap, seed=seed)
        plan = np.zeros_like(kept)
        plan[np.ix_(rows, columns)] = kept
        plans.append(plan)
        gain.append(check.objective(loose, plan) - found.objective)
    stack = np.array(plans).reshape(len(plans), *problem.value.shape)
    changed = (found.allocation[None] * (1 - stack)).sum(axis=(1, 2))
    lagging = (stack * problem.value[None])[:, lag].sum(axis=(1, 2))
    return named, {"gain": np.array(gain), "changed": changed, "lagging_value": lagging}, stack


def by_part(problem: Problem, plan: np.ndarray) -> dict[str, float]:
    """What the objective of a plan (R,C) is made of: the pairs themselves, and what further rules add and charge."""
    told = settled(problem, plan).parts
    names = ("over", "under", "duplication", "links")
    return {"pairs": float((plan * problem.value).sum()), "support": told["value"], **{k: told[k] for k in names}}


def by_support(problem: Problem, support: np.ndarray, names: Sequence[str]) -> Columns:
    """Package (R,C) of each pair: its number, its name, and the value it adds; absent and empty where the pair is not held."""
    n = _nation(problem)
    added = (packed(n, support) * n.value).sum(axis=1).reshape(support.shape)
    text = np.array(["", *names], dtype=str)[support.astype(int)]
    return {"package": np.where(support > 0, support, np.nan), "name": text, "value": np.where(support > 0, added, np.nan)}


def by_band(problem: Problem, found: Solution, support: np.ndarray) -> Columns:
    """For each industry what is there, what the plan builds, its band, what passes it either way, and the price of the band."""
    n = _nation(problem)
    made = built(n, packed(n, support))
    total = n.existing + made
    high = np.where(np.isfinite(n.high), n.high, np.nan)
    price = [found.duals[c].price if (c := f"{BAND}|{i}") in found.duals else 0.0 for i in problem.industries]
    return {"existing": n.existing, "built": made, "low": n.low, "high": high, "over": np.maximum(0.0, total - n.high),
            "under": np.maximum(0.0, n.low - total), "price": np.array(price)}  # fmt: skip


def over_bands(problem: Problem, plans: np.ndarray) -> np.ndarray | None:
    """(P,) capacity above the bands of all industries in each of the plans (P,R,C); None where there is no band to pass."""
    n = problem.nation
    if n is None or not np.isfinite(n.high).any():
        return None
    made = [n.existing + built(n, packed(n, settled(problem, plan).support)) - n.high for plan in plans]
    return np.array([np.clip(over, 0.0, None).sum() for over in made])


def by_unit(problem: Problem, found: Solution, support: np.ndarray) -> tuple[Columns, list[str], Columns]:
    """Capability units by region (R,M): own, used, borrowed, price; then the pools by name: size, used, price."""
    n = _nation(problem)
    plan = packed(n, support)
    used = np.stack([np.bincount(n.region, (plan * n.cost[..., m]).sum(axis=1), minlength=n.regions)
                     for m in range(len(n.pool))], axis=1) if len(n.pool) else np.zeros((n.regions, 0))  # fmt: skip
    borrowed = np.maximum(0.0, used - n.units)
    price = [[_price(found, f"{UNITS}|{r}|{m}") for m in n.capability_codes] for r in problem.regions]
    names, size, drawn = list(n.capability_codes), list(n.pool), list(borrowed.sum(axis=0))
    cost = [_price(found, f"{POOL}|{m}") for m in names]
    if n.slots:
        places = np.maximum(0.0, (support > 0).sum(axis=1) - np.asarray(problem.portfolio_max)).sum()
        names, size, drawn, cost = [*names, SLOTS], [*size, n.slots], [*drawn, places], [*cost, _price(found, SLOTS)]
    shape = used.shape
    return ({"own": n.units, "used": used, "borrowed": borrowed, "price": np.array(price, float).reshape(shape)}, names,
            {"size": np.array(size, float), "used": np.array(drawn, float), "price": np.array(cost, float)})  # fmt: skip


def by_zone(problem: Problem, found: Solution, plan: np.ndarray) -> tuple[list[str], Columns]:
    """Zones and industries that more than one region of the zone holds: regions, how many are free of charge, and the price."""
    n = _nation(problem)
    spots, rows = [], []
    for z, zone in enumerate(n.zone_codes):
        count = plan[n.zone == z].sum(axis=0)
        for c in np.flatnonzero(count > 1).tolist():
            name = problem.industries[c]
            spots.append(f"{zone}|{name}")
            rows.append((zone, name, count[c], max(0.0, count[c] - n.zone_most), _price(found, f"{ZONE}|{name}|{zone}")))
    told = [np.array([row[k] for row in rows], dtype=str if k < 2 else float) for k in range(5)]
    return spots, dict(zip(("zone", "industry", "regions", "over", "price"), told, strict=True))


def tables(problem: Problem, found: Solution, rules: Any) -> dict[str, tuple[Any, Columns]]:
    """Table -> (axes, columns) of everything that the further rules of the study file (`layout.national`) ask for."""
    own = settled(problem, found.allocation).support
    regions, industries = ("region", tuple(problem.regions)), ("industry", tuple(problem.industries))
    parts = by_part(problem, found.allocation)
    made: dict[str, tuple[Any, Columns]] = {"parts": ((("part", tuple(parts)),), {"value": np.array(list(parts.values()))})}
    if rules.packages:
        made["support"] = ((regions, industries), by_support(problem, own, tuple(rules.packages)))
    if rules.bands or rules.band:
        made["bands"] = ((industries,), by_band(problem, found, own))
    by_region, pools, by_pool = by_unit(problem, found, own)
    if rules.capabilities:
        made["units"] = ((regions, ("capability", tuple(rules.capabilities))), by_region)
    if pools:
        made["pools"] = ((("pool", tuple(pools)),), by_pool)
    spots, spread = by_zone(problem, found, found.allocation)
    if spots and rules.zone_most is not None:
        made["zones"] = ((("spot", tuple(spots)),), spread)
    return made


def units_of(rules: Any, columns: Columns) -> dict[str, str]:
    """Column -> unit: bands and regions beyond a zone's limit count regions, unless bands are in years of growth."""
    counted = BANDED if rules.capacity == "regions" else ("over",) if "zone" in columns else ()
    return {c: "count" if c in counted else UNITS_OF.get(c, "plain") for c in columns}


def _price(found: Solution, code: str) -> float:
    return found.duals[code].price if code in found.duals else 0.0


def _nation(problem: Problem) -> National:
    if problem.nation is None:
        raise MethodError("layout: the problem has no further rules.")
    return problem.nation
