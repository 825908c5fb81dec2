"""Rules that sort regions into path types (differentiated paths, 差别化路径), read from data/rules.yaml."""

from __future__ import annotations

from collections.abc import Mapping

from yindi.core import resources
from yindi.core.errors import YindiError
from yindi.core.study import Study

_TESTS = {
    "rank_share_at_most": lambda facts, x: facts["rank_share"] <= x,
    "rank_change_at_least": lambda facts, x: facts["rank_change"] >= x,
    "rank_change_at_most": lambda facts, x: facts["rank_change"] <= x,
}


def path_type(study: Study, region: str) -> str:
    """The first path type whose conditions hold for the region's rank and its change."""
    trend = study.table("scores.trend")
    facts = {
        "rank_share": trend.number("rank_last", region=region) / len(study.panel.regions),
        "rank_change": trend.number("rank_change", region=region),
    }
    return first_match(resources.tree("rules.yaml")["paths"], facts)


def first_match(rules: list[Mapping[str, object]], facts: Mapping[str, float]) -> str:
    """The type of the first rule whose conditions all hold; raises YindiError when none does."""
    for rule in rules:
        conditions = {k: v for k, v in rule.items() if k != "type"}
        unknown = sorted(set(conditions) - set(_TESTS))
        if unknown:
            raise YindiError(f"rules.yaml: unknown conditions {unknown}; known: {sorted(_TESTS)}.")
        if all(_TESTS[k](facts, v) for k, v in conditions.items()):
            return str(rule["type"])
    raise YindiError("rules.yaml: no rule holds for every region; end the list with one without conditions.")
