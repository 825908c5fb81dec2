"""National: the whole industry layer over candidate pairs. R regions, C industries, E pairs, P packages, M capabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yindi.core.errors import MethodError


@dataclass(frozen=True, slots=True)
class National:
    """Values and rules of one national layout; a pair that is forbidden is simply no candidate.

    Pairs: `region`, `industry` (E,) positions. Per pair and package: `value` (E,P) expected value, `capacity` (E,P), `uplift`
    (E,P) of the region's level, `cost` (E,P,M) whole units of each capability. `locked` (E,) pairs that must be held.
    Regions: `units` (R,M) own units, `least`, `most` (R,) industries, `zone` (R,), `level` (R,). Industries: `existing`,
    `low`, `high` (C,) capacity band, `strategic` (C,). National: `pool` (M,) transferable units, `slots` further places (at most
    `slot_most` a region), prices of capacity over the band (the first `cheap` share of it at `over`[0], the rest at `over`[1]),
    under it (`under`), of each region beyond `zone_most` with the same industry in a zone (`duplication`); strategic industries
    stand in at least `strategic_least` regions, none of which holds more than `strategic_share` of what is built.
    The `worst` regions' mean level reaches at least `floor`. The mean level of `leading` (R,) regions stays within `gap_most` of
    the mean of the others (a rule that can be met by holding leaders down: compare with and without). `link` (N,2) pairs that
    gain `bonus` (N,) when both are held, of which a region counts at most `link_most`. `region_codes`, `industry_codes`,
    `zone_codes`, `capability_codes`: what they are called when rules clash.
    """

    region: np.ndarray
    industry: np.ndarray
    value: np.ndarray
    capacity: np.ndarray
    uplift: np.ndarray
    cost: np.ndarray
    units: np.ndarray
    pool: np.ndarray
    least: np.ndarray
    most: np.ndarray
    existing: np.ndarray
    low: np.ndarray
    high: np.ndarray
    zone: np.ndarray
    level: np.ndarray
    strategic: np.ndarray
    locked: np.ndarray
    link: np.ndarray
    bonus: np.ndarray
    slots: int = 0
    slot_most: int = 3
    over: tuple[float, float] = (1.0, 4.0)
    cheap: float = 0.2
    under: float = 0.0
    zone_most: int = 10**6
    duplication: float = 0.0
    strategic_least: int = 0
    strategic_share: float = 1.0
    worst: int = 0
    floor: float = -np.inf
    link_most: int = 2
    leading: np.ndarray | None = None
    gap_most: float = np.inf
    region_codes: tuple[str, ...] = ()
    industry_codes: tuple[str, ...] = ()
    zone_codes: tuple[str, ...] = ()
    capability_codes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        e, p = self.value.shape
        r, c, m = len(self.least), len(self.existing), len(self.pool)
        shapes = {"region": (e,), "industry": (e,), "capacity": (e, p), "uplift": (e, p), "cost": (e, p, m), "units": (r, m),
                  "most": (r,), "low": (c,), "high": (c,), "zone": (r,), "level": (r,), "strategic": (c,), "locked": (e,),
                  "bonus": (len(self.link),)}  # fmt: skip
        for name, shape in shapes.items():
            if np.shape(getattr(self, name)) != shape:
                raise MethodError(f"national layout: `{name}` has shape {np.shape(getattr(self, name))}, {shape} was expected.")
        whole = all(
            (np.asarray(a) == np.round(a)).all() and (np.asarray(a) >= 0).all() for a in (self.cost, self.units, self.pool)
        )
        if not whole:
            raise MethodError("national layout: costs, units and pools are whole numbers, not negative: state them in tiers.")
        if self.leading is not None and (np.shape(self.leading) != (r,) or np.all(self.leading) or not np.any(self.leading)):
            raise MethodError(f"national layout: `leading` must name some of the {r} regions and not all.")
        if self.over[0] > self.over[1] or min(self.over[0], self.under, self.duplication) < 0:
            raise MethodError(
                "national layout: prices are not negative, and the second price of overcapacity not below the first."
            )
        if len({(int(a), int(b)) for a, b in zip(self.region, self.industry, strict=True)}) != e:
            raise MethodError("national layout: a pair of region and industry stands twice.")

    @property
    def regions(self) -> int:
        """R."""
        return len(self.least)

    @property
    def industries(self) -> int:
        """C."""
        return len(self.existing)

    def name_region(self, position: int) -> str:
        """The code of a region, or its number."""
        return self.region_codes[position] if self.region_codes else f"region {position + 1}"

    def name_industry(self, position: int) -> str:
        """The code of an industry, or its number."""
        return self.industry_codes[position] if self.industry_codes else f"industry {position + 1}"

    def name_zone(self, position: int) -> str:
        """The code of a zone, or its number."""
        return self.zone_codes[position] if self.zone_codes else f"zone {position + 1}"

    def name_capability(self, position: int) -> str:
        """The code of a capability, or its number."""
        return self.capability_codes[position] if self.capability_codes else f"{position + 1}"

    def name_pair(self, position: int) -> str:
        """The names of a pair's region and industry."""
        return f"{self.name_region(int(self.region[position]))} with {self.name_industry(int(self.industry[position]))}"


def built(national: National, plan: np.ndarray) -> np.ndarray:
    """Capacity (C,) a plan (E,P) adds."""
    return np.bincount(national.industry, (plan * national.capacity).sum(axis=1), minlength=national.industries)


def levels(national: National, plan: np.ndarray) -> np.ndarray:
    """Levels (R,) after a plan (E,P)."""
    return np.asarray(
        national.level + np.bincount(national.region, (plan * national.uplift).sum(axis=1), minlength=national.regions)
    )


def apart(national: National, plan: np.ndarray) -> float:
    """Mean level of the leading regions less that of the others after a plan (E,P); 0 where none are named."""
    if national.leading is None:
        return 0.0
    level, lead = levels(national, plan), np.asarray(national.leading, bool)
    return float(level[lead].mean() - level[~lead].mean())


def charges(national: National, plan: np.ndarray) -> dict[str, float]:
    """What a plan (E,P) is worth and what it is charged, part by part, computed from the problem alone.

    Links count by their bonus, the largest first, at most `link_most` a region: a bound from below of what a solver may count.
    """
    n = national
    total = n.existing + built(n, plan)
    over = np.clip(total - n.high, 0.0, None)
    cheap = np.minimum(over, n.cheap * n.high)
    held = plan.sum(axis=1)
    spot = n.zone[n.region] * n.industries + n.industry
    crowd = np.clip(np.bincount(spot, held) - n.zone_most, 0.0, None)
    return {
        "value": float((plan * n.value).sum()),
        "over": -float(n.over[0] * cheap.sum() + n.over[1] * (over - cheap).sum()),
        "under": -float(n.under * np.clip(n.low - total, 0.0, None).sum()),
        "duplication": -float(n.duplication * crowd.sum()),
        "links": _links(n, held),
    }


def _links(n: National, held: np.ndarray) -> float:
    used, total = np.zeros(n.regions), 0.0
    for k in np.argsort(-n.bonus, kind="stable"):
        a, b = n.link[k]
        ra, rb = n.region[a], n.region[b]
        if held[a] and held[b] and used[ra] < n.link_most and used[rb] < n.link_most:
            used[ra] += 1
            used[rb] += rb != ra
            total += float(n.bonus[k])
    return total


def faults(national: National, plan: np.ndarray) -> tuple[str, ...]:
    """The hard rules a plan (E,P) breaks, in words; empty when it keeps all. Nothing of the solver enters."""
    n, held = national, plan.sum(axis=1)
    count = np.bincount(n.region, held, minlength=n.regions)
    spent = np.array(
        [np.bincount(n.region, (plan * n.cost[..., m]).sum(axis=1), minlength=n.regions) for m in range(len(n.pool))]
    ).reshape(len(n.pool), n.regions)
    more, borrowed = np.clip(count - n.most, 0, None), np.clip(spent.T - n.units, 0, None)
    spread = np.bincount(n.industry, held, minlength=n.industries)
    mine = (plan * n.capacity).sum(axis=1)
    share = mine > n.strategic_share * built(n, plan)[n.industry] + 1e-6
    lowest = np.sort(levels(n, plan))[: n.worst]
    checks = (
        ("packages are not 0 or 1", not np.isin(plan, (0.0, 1.0)).all()),
        ("a pair holds two packages", bool((held > 1).any())),
        ("a locked pair is not held", bool((held[n.locked] < 1).any())),
        ("a region holds too few industries", bool((count < n.least).any())),
        ("a region takes too many further places", bool((more > n.slot_most).any())),
        ("the pool of places is overdrawn", more.sum() > n.slots),
        ("a pool of capability units is overdrawn", bool((borrowed.sum(axis=0) > n.pool).any())),
        ("a strategic industry stands in too few regions", bool((spread[n.strategic] < n.strategic_least).any())),
        ("a region holds too much of a strategic industry", bool(share[n.strategic[n.industry]].any())),
        ("leading regions are too far ahead", apart(n, plan) > n.gap_most + 1e-6),
        ("the worst regions stay below the floor", bool(n.worst) and lowest.mean() < n.floor - 1e-6),
    )
    return tuple(text for text, broken in checks if broken)
