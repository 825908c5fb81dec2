"""What the study file asks of the layout beyond caps and portfolios, as arrays; and what its rules are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from yindi.core import resources
from yindi.core.errors import Problems, did_you_mean
from yindi.core.names import Names
from yindi.layout.further import MANY, Terms, further
from yindi.layout.national import National
from yindi.layout.rules import Rule

PLAIN = "standard"


def rule_names(names: Names, rules: Iterable[Rule], packages: Sequence[str] = ()) -> Names:
    """Names of rules, made of the names of their families, regions, industries, zones and requirements; and of packages."""
    families = {r["rule"]: (r["zh"], r["en"]) for r in resources.rows("layout_rules.csv")}

    def say(rule: Rule, language: int) -> str:
        kind = "group" if rule.family == "zone" else "requirement"
        parts = {"region": ("region", rule.region), "industry": ("industry", rule.industry), "part": (kind, rule.part)}
        known = {k: names.table.get(kind, {}).get(v, (v, v))[language] for k, (kind, v) in parts.items()}
        return families[rule.family][language].format(**known)

    told = {"seed": ("起步支持", "seed support"), "standard": ("标准支持", "standard support"),
            "flagship": ("重点支持", "flagship support")}  # fmt: skip
    named = names.plus("package", {p: told.get(p, (p, p)) for p in packages})
    return named.plus("rule", {r.code: (say(r, 0), say(r, 1)) for r in rules})


def both(names: Names, kind: str, code: str) -> str:
    """A code with its names, for a message."""
    zh, en = names.table.get(kind, {}).get(code, (code, code))
    return code if code in (zh, en) else f"{code} ({zh}, {en})"


def require_known(config: Any, known: Mapping[str, Sequence[str]]) -> None:
    """Raise all names at once in the study file's `layout` that the study does not know; `known`: kind -> codes."""
    problems, rules = Problems("layout"), config.national
    asked: list[tuple[str, str, Iterable[Any]]] = [("cap_overrides", "industry", config.cap_overrides)]
    asked += [("lever_budgets", "lever", config.lever_budgets), ("attractiveness", "reason", config.attractiveness)]
    for place in ("forbidden", "locked"):
        asked.append((place, "region", getattr(config, place)))
        asked += [(place, "industry", names) for names in getattr(config, place).values()]
    if rules is not None:
        asked += [(f"national.{key}", "industry", getattr(rules, key)) for key in ("bands", "existing", "strategic")]
        asked += [("national.capabilities", "requirement", rules.capabilities)]
        asked += [("national.zones", "grouping", [rules.zones] if rules.zones else [])]
    for place, kind, given in asked:
        for name in given:
            if name not in known[kind]:
                problems.add(f"layout.{place}", f"{name!r} is no {kind} of this study.",
                             f"use one of its {len(known[kind])} codes", did_you_mean(str(name), known[kind]))  # fmt: skip
    problems.raise_if_any()


def require_growth(growth: np.ndarray, industries: Sequence[str], rules: Any) -> None:
    """Raise all industries with a band of their own in years of growth (C,) whose output does not grow or is not known."""
    problems = Problems("layout")
    known = np.isfinite(growth) & (growth > 0)
    if not known.any():
        problems.add("layout.national.capacity", "no output that carries an industry is known to grow, so no band can count it.",
                     "give an input with `content: activity` of two years or more, or `capacity: regions`")  # fmt: skip
    for name, there in zip(industries, known.tolist(), strict=True) if known.any() else ():
        if name in rules.bands and not there:
            problems.add(f"layout.national.bands.{name}", "the output that carries this industry does not grow or is not known.",
                         "drop its band, name what carries it (`base`), or use `capacity: regions`")  # fmt: skip
    problems.raise_if_any()


def limits(config: Any, regions: int, industries: Sequence[str]) -> np.ndarray:
    """Most regions (C,) of each industry: the general share of all, at least one, unless an industry has its own."""
    general = max(1, int(np.floor(config.cap_share * regions + 0.5)))
    return np.array([float(config.cap_overrides.get(i, general)) for i in industries])


def pairs(given: Mapping[str, Sequence[str]], regions: tuple[str, ...], industries: tuple[str, ...]) -> np.ndarray:
    """(R,C) True at the pairs that are named, region -> industries."""
    mask = np.zeros((len(regions), len(industries)), bool)
    for region, names in given.items():
        for name in names:
            if region in regions and name in industries:
                mask[regions.index(region), industries.index(name)] = True
    return mask


def nation(
    rules: Any,
    *,
    fit: np.ndarray,
    worth: np.ndarray,
    output: np.ndarray,
    needs: np.ndarray,
    levels: np.ndarray,
    zone: np.ndarray,
    partner: np.ndarray,
    codes: Mapping[str, tuple[str, ...]],
) -> National:
    """The National of the study file's rules (its `layout.national`).

    fit, worth (R,C): chance and value of pairs; output (R,C): what a region holding an industry adds in the unit of the bands;
    needs (C,M), levels (R,M) of the capabilities, in [0, 1]; zone (R,) numbers; partner (R,) position of the first partner, -1:
    none; codes: regions, industries, zones, capabilities.
    """
    (r, c), packages = fit.shape, list(rules.packages.values())
    chance = np.array([p.chance for p in packages] or [0.0])
    rise = np.minimum(1.0, fit[..., None] + chance) - fit[..., None]
    base = np.divide(worth, fit, out=np.zeros_like(worth), where=fit > 0)
    tier = np.floor(needs * rules.tiers + 0.5)
    more = np.array([float(p.units) for p in packages] or [0.0])
    cost = np.where(needs > 0, tier, 0.0)[None, :, None, :] + np.where(needs > 0, 1.0, 0.0)[None, :, None, :] * more[:, None]
    low, high, existing = _bands(rules, codes["industries"])
    most = MANY if rules.zone_most is None else rules.zone_most
    link = _links(partner, c) if rules.link_bonus > 0 else np.zeros((0, 4), int)
    terms = Terms(
        extra=rise * base[..., None],
        capacity=np.repeat(output[..., None], len(chance), axis=2),
        cost=np.broadcast_to(cost, (r, c, len(chance), needs.shape[1])).copy(),
        units=np.floor(np.nan_to_num(levels) * rules.units + 0.5),
        pool=np.array([float(v) for v in rules.capabilities.values()]),
        existing=existing, low=low, high=high, zone=zone, strategic=np.isin(codes["industries"], list(rules.strategic)),
        link=link, bonus=np.full(len(link), float(rules.link_bonus)),
    )  # fmt: skip
    scalars = {k: getattr(rules, k) for k in ("over", "cheap", "under", "strategic_least", "strategic_share", "slots",
                                              "slot_most", "link_most")}  # fmt: skip
    scalars |= {"zone_most": most, "duplication": 0.0 if rules.zone_most is None else rules.duplication}
    named = {"region_codes": codes["regions"], "industry_codes": codes["industries"], "zone_codes": codes["zones"],
             "capability_codes": codes["capabilities"]}  # fmt: skip
    return further(terms, **scalars, **named)


def _bands(rules: Any, industries: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    general = rules.band or (0.0, np.inf)
    bands = np.array([rules.bands.get(i, general) for i in industries], float).reshape(-1, 2)
    return bands[:, 0], bands[:, 1], np.array([rules.existing.get(i, 0.0) for i in industries], float)


def _links(partner: np.ndarray, industries: int) -> np.ndarray:
    """(N,4) region and its partner in the same industry, each two regions once."""
    ends = sorted({(min(a, b), max(a, b)) for a, b in enumerate(partner.tolist()) if b >= 0 and a != b})
    return np.array([(a, c, b, c) for a, b in ends for c in range(industries)], int).reshape(-1, 4)
