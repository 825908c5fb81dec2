"""Which rows of the results a plan speaks of: chosen, given up, unfit industries, peers, strong and weak endowments."""

from __future__ import annotations

from yindi.core import resources
from yindi.plan.writer import Writer, order


def chosen_industries(w: Writer) -> list[str]:
    """Industries the layout gives the region, by fit."""
    table = w.table("layout.allocation")
    return [
        c
        for c in order(w.table("opportunities.candidates"), "fit", "industry", region=w.subject)
        if table.number("chosen", region=w.subject, industry=c) > 0
    ]


def given_up(w: Writer) -> tuple[list[str], list[str], list[str]]:
    """Industries that the region would choose alone and the layout does not give it: crowded, displaced, fitting too little."""
    table, fit, industries = w.table("layout.allocation"), w.table("opportunities.candidates"), w.table("layout.industries")
    gone = [
        c for c in order(fit, "fit", "industry", region=w.subject) if table.number("given_up", region=w.subject, industry=c) > 0
    ]
    short = [c for c in gone if fit.number("fit", region=w.subject, industry=c) < w.study.config.layout.minimum_fit]
    over = [c for c in gone if industries.number("before", industry=c) > industries.number("limit", industry=c)]
    crowded = [c for c in over if c not in short]
    return crowded, [c for c in gone if c not in short and c not in over], short


def least_fit(w: Writer) -> list[str]:
    """Industries that fit less than the layout asks for, the least fitting first."""
    table = w.table("opportunities.candidates")
    least = w.study.config.layout.minimum_fit
    fixed = resources.tree("rules.yaml")["fixed_requirements"]
    ranked = order(table, "fit", "industry", largest=False, region=w.subject)
    return [
        c
        for c in ranked
        if table.number("fit", region=w.subject, industry=c) < least
        and table.text("binding", region=w.subject, industry=c) not in fixed
    ]


def ranked(w: Writer) -> list[str]:
    """All regions by rank in the last year."""
    return order(w.table("scores.rank"), "value", "region", largest=False, year=w.year)


def bound_by(w: Writer, requirement: str) -> list[str]:
    """Industries whose largest shortfall here is one requirement, the best fitting first."""
    table = w.table("opportunities.candidates")
    ranked = order(table, "fit", "industry", region=w.subject)
    return [c for c in ranked if table.text("binding", region=w.subject, industry=c) == requirement]


def peers_of(w: Writer) -> list[str]:
    """Codes of the region's peers."""
    table = w.table("diagnosis.peers")
    return [
        table.text("peer", region=w.subject, place=p)
        for p in table.labels("place")
        if table.has("peer", region=w.subject, place=p)
    ]


def standing(w: Writer, which: str) -> list[str]:
    """Variables of a standing, the largest gap first."""
    table = w.table("diagnosis.endowment")
    ranked = order(table, "gap", "variable", largest=which == "strong", region=w.subject)
    return [v for v in ranked if table.text("standing", region=w.subject, variable=v) == which]
