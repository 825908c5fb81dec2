"""National: the whole industry layer over candidate pairs. R regions, C industries, E pairs, P packages, M capabilities."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from yindi.layout.sound import COUNT, ENDLESS, FLAG, FREE, SHARE, SOME, UNITS, Kind, checked, numbers, position, refuse

WHERE = "national layout"


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
        faults: list[str] = []
        value = numbers("value", self.value, faults)
        if value is None or value.ndim != 2:
            refuse([*faults, "`value` is an (E,P) array of numbers"], where=WHERE)
            return
        r, c, m = np.size(self.least), np.size(self.existing), np.size(self.pool)
        held = {f.name: getattr(self, f.name) for f in fields(self)}
        e, p = value.shape
        held["link"] = self.link if np.size(self.link) else np.zeros((0, 2))
        kept, faults = checked(held, _asked(e, p, r, c, m, len(self.link)))
        refuse(faults, where=WHERE)
        kept["over"] = tuple(kept["over"].tolist())
        for name, array in kept.items():
            object.__setattr__(self, name, array)
        refuse(_clashes(self), where=WHERE)

    @property
    def regions(self) -> int:
        """R."""
        return len(self.least)

    @property
    def industries(self) -> int:
        """C."""
        return len(self.existing)

    @property
    def cheaply(self) -> np.ndarray:
        """(C,) capacity over the band that is charged at the first price; 0 where there is no upper end to pass."""
        return np.asarray(self.cheap * np.where(np.isfinite(self.high), self.high, 0.0))

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
    cheap = np.minimum(over, n.cheaply)
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


def _asked(e: int, p: int, r: int, c: int, m: int, links: int) -> dict[str, tuple[tuple[int, ...], Kind]]:
    """Shape and kind of every part of a National."""
    pairs = {"region": position(r), "industry": position(c), "locked": FLAG}
    packages = {"value": FREE, "capacity": SOME, "uplift": FREE}
    regions = {"least": SOME, "most": ENDLESS, "zone": Kind(0.0, 2.0**31, whole=True), "level": FREE}
    industries = {"existing": SOME, "low": SOME, "high": ENDLESS, "strategic": FLAG}
    single = {"slots": COUNT, "slot_most": COUNT, "zone_most": COUNT, "strategic_least": COUNT, "link_most": COUNT, "cheap": SOME,
              "under": SOME, "duplication": SOME, "strategic_share": SHARE, "worst": position(r + 1),
              "floor": Kind(most=1e300, endless=True), "gap_most": Kind(endless=True)}  # fmt: skip
    shaped = ((pairs, (e,)), (packages, (e, p)), (regions, (r,)), (industries, (c,)), (single, ()))
    asked: dict[str, tuple[tuple[int, ...], Kind]] = {n: (shape, kind) for kinds, shape in shaped for n, kind in kinds.items()}
    return asked | {"cost": ((e, p, m), COUNT), "units": ((r, m), UNITS), "pool": ((m,), UNITS), "over": ((2,), SOME),
                    "link": ((links, 2), position(e)), "bonus": ((links,), SOME)}  # fmt: skip


def _clashes(n: National) -> list[str]:
    """What is wrong between parts that are sound by themselves."""
    faults, r, lead = [], n.regions, n.leading
    if lead is not None and (np.shape(lead) != (r,) or np.all(lead) or not np.any(lead)):
        faults.append(f"`leading` must name some of the {r} regions and not all")
    if not n.worst and np.isfinite(n.floor):
        faults.append("`floor` is the mean level of the `worst` regions, and `worst` is 0")
    if lead is None and np.isfinite(n.gap_most):
        faults.append("`gap_most` is the lead of `leading` regions, and none are named")
    if len(n.region) and not n.value.shape[1]:
        faults.append("`value` knows no package: (E,P) with one or more")
    if n.over[0] > n.over[1]:
        faults.append("the second price of overcapacity is not below the first")
    spot = np.sort(n.region * max(n.industries, 1) + n.industry)
    if (spot[1:] == spot[:-1]).any():
        faults.append("a pair of region and industry stands twice")
    sizes = {"region_codes": r, "industry_codes": n.industries, "zone_codes": int(n.zone.max(initial=-1)) + 1,
             "capability_codes": len(n.pool)}  # fmt: skip
    for name, size in sizes.items():
        given = getattr(n, name)
        if given and (len(given) < size if name == "zone_codes" else len(given) != size):
            faults.append(f"`{name}` has {len(given)} codes, {size} were expected")
    return faults
