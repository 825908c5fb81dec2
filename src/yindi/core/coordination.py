"""The part of study.yaml about rules of the layout that speak of all regions together: bands, zones, packages, pools, links."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from yindi.core.inputs import Model


class Package(Model):
    """A support package: what it adds to a pair's chance, and what it costs beyond the pair itself."""

    chance: float = Field(default=0.0, ge=0, lt=1)
    """Judgement: added to the fit, which is read as the probability of taking root; together at most 1."""
    units: int = Field(default=0, ge=0, le=20)
    """Judgement: further whole units of every capability that the industry needs at all."""


class National(Model):
    """Further rules of the layout that speak of all regions together; every one is off until it is given."""

    capacity: Literal["regions", "growth"] = "regions"
    """What bands count: regions that hold an industry, or years of growth of the output that carries it (implied expansion)."""
    band: tuple[float, float] | None = None
    """Least and most of every industry; passing either is charged and never forbidden."""
    bands: dict[str, tuple[float, float]] = {}
    """Industry -> its own least and most."""
    existing: dict[str, float] = {}
    """Industry -> what the nation has already, in the unit of `capacity`."""
    over: tuple[float, float] = (0.1, 0.4)
    """Judgement: points of value that a unit over the band costs: the first part, and what goes beyond it (convex)."""
    cheap: float = Field(default=0.2, ge=0)
    """Judgement: share of the upper end of the band that is charged at the first price."""
    under: float = Field(default=0.1, ge=0)
    """Judgement: points of value that a unit below the band costs."""
    zones: str = ""
    """Grouping of regions into zones; empty: the study's own (regions.grouping)."""
    zone_most: int | None = Field(default=None, ge=0)
    """Regions of one zone that may hold the same industry without a charge."""
    duplication: float = Field(default=0.05, ge=0)
    """Judgement: points of value that each region beyond that costs."""
    strategic: tuple[str, ...] = ()
    """Industries whose spread the nation wants."""
    strategic_least: int = Field(default=0, ge=0)
    """Regions in which each of them stands at least (resilience)."""
    strategic_share: float = Field(default=1.0, gt=0, le=1)
    """Most of what is built of one of them that a single region holds (concentration)."""
    packages: dict[str, Package] = {}
    """Support packages, the smallest first, e.g. seed, standard, flagship; they need `capabilities` to pay with."""
    capabilities: dict[str, int] = {}
    """Requirement -> whole units of it that the nation can lend to regions (pool)."""
    units: int = Field(default=12, ge=0, le=1000)
    """Judgement: own units of a region whose level of a requirement is 1; others in proportion, rounded."""
    tiers: int = Field(default=3, ge=1, le=4)
    """Judgement: units of a requirement that an industry costs whose need of it is 1; others in proportion, rounded."""
    slots: int = Field(default=0, ge=0)
    """Further places beyond `portfolio_max` that the nation gives out."""
    slot_most: int = Field(default=3, ge=0, le=20)
    """Further places of one region."""
    link_bonus: float = Field(default=0.0, ge=0)
    """Judgement: points of value where a region and its first partner hold the same industry; 0: none."""
    link_most: int = Field(default=2, ge=0)
    """Such links that count for one region."""

    @model_validator(mode="after")
    def _fits(self) -> National:
        if self.over[0] < 0 or self.over[0] > self.over[1]:
            raise ValueError("over: the second price of overcapacity is not below the first, and neither is negative")
        for name, (low, high) in {"band": self.band or (0, 0), **self.bands}.items():
            if not 0 <= low <= high:
                raise ValueError(f"{name}: a band is [least, most] with 0 <= least <= most, got {[low, high]}")
        if self.packages and not self.capabilities:
            raise ValueError("packages: nothing pays for them; give `capabilities`, e.g. {talent: 10}")
        if any(pool < 0 for pool in self.capabilities.values()) or any(v < 0 for v in self.existing.values()):
            raise ValueError("capabilities and existing are not negative")
        return self
