"""Further rules over the pairs of a Problem: a National whose pairs are all of them, row by row. R regions, C industries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from yindi.core.errors import MethodError
from yindi.layout.national import National

MANY = 10**6


@dataclass(frozen=True, slots=True)
class Terms:
    """What a planner may add to a layout; whatever is left out is no rule.

    `extra`, `capacity` (R,C,P): value a package adds, capacity it builds; `cost` (R,C,P,M) whole units of capabilities, of
    which regions own `units` (R,M) and the nation lends `pool` (M,). `existing`, `low`, `high` (C,) capacity bands. `zone` (R,)
    numbers. `strategic` (C,). `link` (N,4) region, industry, region, industry, worth `bonus` (N,).
    """

    extra: np.ndarray
    capacity: np.ndarray
    cost: np.ndarray
    units: np.ndarray
    pool: np.ndarray
    existing: np.ndarray
    low: np.ndarray
    high: np.ndarray
    zone: np.ndarray
    strategic: np.ndarray
    link: np.ndarray
    bonus: np.ndarray


def further(terms: Terms, **rules: Any) -> National:
    """The National over all R x C pairs in the order of rows; `rules` are its scalars, prices and codes."""
    r, c, p = terms.extra.shape
    pairs = r * c
    link = np.asarray(terms.link, dtype=np.intp).reshape(-1, 4)
    ends = np.column_stack([link[:, 0] * c + link[:, 1], link[:, 2] * c + link[:, 3]])
    return National(
        region=np.repeat(np.arange(r), c), industry=np.tile(np.arange(c), r),
        value=terms.extra.reshape(pairs, p), capacity=terms.capacity.reshape(pairs, p), uplift=np.zeros((pairs, p)),
        cost=terms.cost.reshape(pairs, p, -1), units=terms.units, pool=terms.pool, least=np.zeros(r), most=np.full(r, float(c)),
        existing=terms.existing, low=terms.low, high=terms.high, zone=terms.zone, level=np.zeros(r), strategic=terms.strategic,
        locked=np.zeros(pairs, bool), link=ends, bonus=terms.bonus, **rules,
    )  # fmt: skip


def require_whole(nation: National, shape: tuple[int, ...]) -> None:
    """Raise MethodError unless the pairs of a National are all pairs (R,C), row by row."""
    r, c = shape
    same = len(nation.region) == r * c and nation.regions == r and nation.industries == c
    if not same or (nation.region != np.repeat(np.arange(r), c)).any() or (nation.industry != np.tile(np.arange(c), r)).any():
        raise MethodError(f"layout: further rules must speak of all {r} x {c} pairs, row by row.")


def named(nation: National, regions: Sequence[str], industries: Sequence[str]) -> National:
    """The same rules, speaking of regions and industries by the labels of the problem; raises MethodError where they have others.

    Zones and capabilities without names get their numbers.
    """
    for name, own, asked in (("regions", nation.region_codes, regions), ("industries", nation.industry_codes, industries)):
        if own and tuple(own) != tuple(asked):
            raise MethodError(f"layout: further rules name other {name} than the problem, or in another order.")
    zones = nation.zone_codes or tuple(nation.name_zone(k) for k in range(int(nation.zone.max(initial=-1)) + 1))
    units = nation.capability_codes or tuple(nation.name_capability(k) for k in range(len(nation.pool)))
    return replace(
        nation, region_codes=tuple(regions), industry_codes=tuple(industries), zone_codes=zones, capability_codes=units
    )


def taken(nation: National, rows: np.ndarray, columns: np.ndarray) -> National:
    """The same rules with regions and industries in the given order."""
    c = nation.industries
    at = (rows[:, None] * c + columns[None, :]).ravel()
    back = np.empty_like(at)
    back[at] = np.arange(len(at))
    pairs = {k: getattr(nation, k)[at] for k in ("value", "capacity", "uplift", "cost", "locked")}
    regional = {k: getattr(nation, k)[rows] for k in ("units", "least", "most", "zone", "level")}
    national = {k: getattr(nation, k)[columns] for k in ("existing", "low", "high", "strategic")}
    changes: dict[str, Any] = {**pairs, **regional, **national}
    changes |= {"region": np.repeat(np.arange(len(rows)), len(columns)), "industry": np.tile(np.arange(len(columns)), len(rows))}
    changes |= {"link": back[nation.link] if len(nation.link) else nation.link}
    changes |= {"region_codes": _picked(nation.region_codes, rows), "industry_codes": _picked(nation.industry_codes, columns)}
    return replace(nation, **changes)


def _picked(codes: tuple[str, ...], order: np.ndarray) -> tuple[str, ...]:
    return tuple(codes[k] for k in order.tolist()) if codes else ()


def uncharged(nation: National) -> National:
    """The same rules without any price, bonus or extra value."""
    return replace(nation, value=np.zeros_like(nation.value), over=(0.0, 0.0), under=0.0, duplication=0.0,
                   bonus=np.zeros_like(nation.bonus))  # fmt: skip


def packed(nation: National, support: np.ndarray) -> np.ndarray:
    """(E,P) of 0 and 1 from the package of each pair (R,C), counted from 1; 0: not held."""
    plan = np.zeros(nation.value.shape)
    number = np.asarray(support).ravel().astype(int)
    held = np.flatnonzero(number > 0)
    plan[held, number[held] - 1] = 1.0
    return plan


def without(nation: National, family: str) -> National:
    """The rules without one family: packages keep their costs, only what the family asks is dropped."""
    loose: dict[str, dict[str, Any]] = {
        "band": {"over": (0.0, 0.0), "under": 0.0},
        "zone": {"duplication": 0.0},
        "strategic": {"strategic_least": 0},
        "strategic_share": {"strategic_share": 1.0},
        "units": {"pool": np.full(len(nation.pool), float(MANY))},
        "slots": {"slots": 0},
        "links": {"bonus": np.zeros_like(nation.bonus)},
    }
    return replace(nation, **loose[family])


def families(nation: National) -> Sequence[str]:
    """The families of rules that a National holds."""
    charged = max(nation.over) > 0 and np.isfinite(nation.high).any()
    there = {
        "band": charged or (nation.under > 0 and (nation.low > nation.existing).any()),
        "zone": nation.duplication > 0,
        "strategic": nation.strategic.any() and nation.strategic_least > 0,
        "strategic_share": nation.strategic.any() and nation.strategic_share < 1,
        "units": len(nation.pool) > 0,
        "slots": nation.slots > 0,
        "links": len(nation.link) > 0,
    }
    return tuple(name for name, holds in there.items() if holds)
