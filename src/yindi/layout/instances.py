"""Made-up national layouts of any size: zones, a development gradient, clusters of capability. They describe no country."""

from __future__ import annotations

import numpy as np

from yindi.layout.national import National

PACKAGES = 3
DIRTY, ECOLOGICAL, STRATEGIC = 0.3, 0.12, 0.15


def instance(regions: int, industries: int, *, candidates: int, seed: int, links: int | None = None) -> National:
    """A National with `candidates` best-fitting industries a region; the same arguments give the same problem."""
    rng = np.random.default_rng(seed)
    place = rng.random((regions, 2))
    zone = np.floor(place[:, 0] * max(1, round(np.sqrt(regions) / 2))).astype(int)
    lead = 0.5 + 0.5 * place[:, 1] + 0.15 * rng.standard_normal(regions)
    able = rng.standard_normal((regions, 4)) * 0.5 + lead[:, None]
    asks = rng.dirichlet(np.ones(4), industries)
    hard = rng.random(industries)
    chance = 1 / (1 + np.exp(-(2.2 * (able @ asks.T) - 3.0 * hard + 0.5 * rng.standard_normal((regions, industries)))))
    shut = np.outer(rng.random(regions) < ECOLOGICAL, rng.random(industries) < DIRTY)
    region, industry = _best(np.where(shut, -1.0, chance), candidates)
    keep = ~shut[region, industry]
    return _national(rng, region[keep], industry[keep], chance, lead, zone, links)


def _best(chance: np.ndarray, candidates: int) -> tuple[np.ndarray, np.ndarray]:
    top = np.argsort(-chance, axis=1, kind="stable")[:, :candidates]
    top.sort(axis=1)
    return np.repeat(np.arange(len(chance)), top.shape[1]), top.ravel()


def _national(
    rng: np.random.Generator,
    region: np.ndarray,
    industry: np.ndarray,
    chance: np.ndarray,
    lead: np.ndarray,
    zone: np.ndarray,
    links: int | None,
) -> National:
    r, c, e = len(chance), int(chance.shape[1]), len(region)
    base: np.ndarray = chance[region, industry]
    odds: np.ndarray = np.minimum(np.add.outer(base, np.array([0.0, 0.12, 0.2])), 0.98)
    worth = rng.uniform(0.4, 1.0, c)
    value = odds * (worth[industry] * (0.5 + 0.5 * lead[region])).reshape(-1, 1)
    size = rng.uniform(0.5, 1.5, e)[:, None] * np.array([0.7, 1.0, 1.3])
    capacity = odds * size
    tier = rng.integers(1, 3, (e, 1, 2)) + np.array([0, 1, 2])[None, :, None]
    units = np.clip(np.round(6 + 6 * lead[:, None] + rng.normal(0, 1.5, (r, 2))), 3, 18)
    free = np.bincount(industry, capacity[:, 1], minlength=c)
    strategic = np.asarray((rng.random(c) < STRATEGIC) & (np.bincount(industry, minlength=c) >= 6))
    pairs = rng.integers(0, e, (e // 20 if links is None else links, 2))
    pairs = pairs[(region[pairs[:, 0]] != region[pairs[:, 1]])]
    crowd = int(np.ceil(0.3 * r / (zone.max() + 1)))
    existing = rng.uniform(0, 0.2, c) * np.maximum(free, 0.5)
    level = 0.2 + 0.3 * (lead - lead.min()) / np.ptp(lead)
    return National(
        region=region, industry=industry, value=value, capacity=capacity, uplift=odds * 0.012 * np.array([0.7, 1.0, 1.2]),
        cost=np.minimum(tier, 4).astype(float), units=units, pool=np.full(2, float(round(0.6 * r))), least=np.full(r, 3.0),
        most=np.full(r, 8.0), existing=existing, low=existing + 0.05 * free, high=existing + 0.3 * free + 0.2, zone=zone,
        level=level, strategic=strategic, locked=np.zeros(e, bool), link=pairs, bonus=rng.uniform(0.02, 0.08, len(pairs)),
        slots=max(1, r // 10), over=(0.3, 1.2), under=0.1, zone_most=crowd, duplication=0.1, strategic_least=3,
        strategic_share=0.5,
    )  # fmt: skip
