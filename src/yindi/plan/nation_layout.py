"""The collective check, the layout of all regions at once, its trade-offs, who gains and who is asked to hold back."""

from __future__ import annotations

from yindi.core.document import Block, Grid, Parts, Sentence
from yindi.plan import nation_choices, periods, picks, replies
from yindi.plan.space import holders
from yindi.plan.writer import Writer, body, items, order

SHOWN = 5
HEADS = {"regions": "regions_count"}
GAINS = {"count": "industries_count"}


def collective(w: Writer) -> tuple[Block, ...]:
    """What advice region by region would add up to."""
    table = w.table("opportunities.crowding")
    crowded = [c for c in order(table, "regions", "industry") if table.number("crowded", industry=c) > 0]
    found = [_crowded(w, c) for c in crowded[:SHOWN]]
    lead = w.say(
        "collective_lead",
        "judgement",
        portfolio=w.config("opportunities.portfolio"),
        commitment=w.config("opportunities.commitment"),
    )
    verdict = w.say("collective_crowded" if crowded else "collective_calm", industries=w.names("industry", crowded))
    return (w.heading("collective"), body(lead), body(verdict, _nowhere(w)), *items(found))


def layout(w: Writer) -> tuple[Block, ...]:
    """The layout: rules, what binds and at what price, industries before and after."""
    fill = {"industries": w.q("layout.solution", item="industries")}
    sized = w.study.config.layout.size_exponent > 0
    power = {"size": w.config("layout.size_exponent")} if sized else {}
    lead = w.say("layout_lead_size" if sized else "layout_lead", "model", **fill, **power)
    return (
        w.heading("layout"),
        body(lead, solution(w)),
        _industries(w),
        body(_bound(w)),
        w.heading("assumptions", 2),
        *nation_choices.assumed(w),
        w.heading("caps", 2),
        *nation_choices.caps(w),
        *nation_choices.without(w),
        *nation_choices.nation(w),
    )


def trade_off(w: Writer) -> tuple[Block, ...]:
    """Points of the front, floors and gaps, protection, goals, periods."""
    parts = (
        ("points", nation_choices.front),
        ("fairness", nation_choices.equity),
        ("protection", nation_choices.protection),
        ("outcome_goals", nation_choices.goals),
        ("stepping", periods.stepping),
    )
    made = [(key, make(w)) for key, make in parts]
    return (w.heading("trade_off"), *(b for key, found in made if found for b in (w.heading(key, 2), *found)))


def holding_back(w: Writer) -> list[str]:
    """Regions that keep less than all of their own best value, those who keep least first."""
    table = w.table("layout.regions")
    return [r for r in order(table, "kept_share", "region", largest=False) if table.number("kept_share", region=r) < 1]


def held_most(w: Writer) -> list[Sentence]:
    """Who holds back most."""
    holding = holding_back(w)
    if not holding:
        return []
    least = w.q("layout.regions", "kept_share", region=holding[0])
    return [w.say("hold_back", "model", regions=w.names("region", holding[:SHOWN]), least=least)]


def gains(w: Writer) -> tuple[Block, ...]:
    """Every region's share of its own best value, what it took and left; who holds back most, for whom and why."""
    table, holding = w.table("layout.regions"), holding_back(w)
    taking = [r for r in order(table, "gained", "region") if table.number("gained", region=r) > 0]
    said = held_most(w)
    if taking:
        most, first = w.q(table.name, "gained", region=taking[0]), w.name("region", taking[0])
        said.append(w.say("gain_most", "model", region=first, most=most, regions=w.names("region", taking[:SHOWN])))
    if not said:
        said.append(w.say("gain_none", "model"))
    why = [s for r in holding[:SHOWN] if (s := _held_back(w, r)) is not None]
    columns = ("count", "kept_share", "gained", "given_up")
    rows: list[list[Parts]] = [
        [(w.name("region", r),), *w.cells(table.name, columns, region=r)]
        for r in order(table, "kept_share", "region", largest=False)
    ]
    grid = w.grid("grid_gains", ("region", *(GAINS.get(c, c) for c in columns)), rows, note=_gains_note(w))
    whys = (w.heading("why_each", 2), *replies.reasons(w))
    return (w.heading("gains"), body(*said), *items(why), grid, *whys)


def _gains_note(w: Writer) -> tuple[Sentence, ...]:
    """How to read the shares, and why some pass the whole where the nation gives out further places."""
    table = w.table("layout.regions")
    beyond = any(table.number("kept_share", region=r) > 1 for r in table.labels("region"))
    return (w.say("gains_note", "model"), *((w.say("gains_beyond", "model"),) if beyond else ()))


def _held_back(w: Writer, region: str) -> Sentence | None:
    """What one region leaves, and to whom the places went first."""
    own = w.about(region)
    crowded, displaced, _ = picks.given_up(own)
    gone = [*crowded, *displaced]
    taken = list(dict.fromkeys(r for c in gone for r in holders(w, c)[:2] if r != region))
    if not gone or not taken:
        return None
    return w.say(
        "held_back",
        "model",
        region=w.name("region", region),
        industries=w.names("industry", gone),
        regions=w.names("region", taken[:SHOWN]),
        kept=w.q("layout.regions", "kept_share", region=region),
    )


def _nowhere(w: Writer) -> Sentence | None:
    table = w.table("opportunities.endowment")
    needs = w.table("opportunities.requirements")
    asked = [q for q in table.labels("requirement") if any(needs.number("need", industry=c, requirement=q) > 0
             for c in needs.labels("industry") if needs.has("need", industry=c, requirement=q))]  # fmt: skip
    absent = [q for q in asked if not any(table.has("level", region=r, requirement=q) for r in w.study.panel.regions)]
    return w.say("collective_left_out", "judgement", requirements=w.names("requirement", absent)) if absent else None


def crowding(w: Writer) -> Sentence:
    """The industry that most regions would choose at once."""
    table = w.table("opportunities.crowding")
    first = order(table, "regions", "industry")[0]
    return w.say(
        "crowding",
        "judgement",
        industry=w.name("industry", first),
        regions=w.q(table.name, "regions", industry=first),
        share=w.q(table.name, "share", industry=first),
    )


def _crowded(w: Writer, industry: str) -> Sentence:
    table = "opportunities.crowding"
    columns = [c for c in ("regions", "share", "base_share", "addition", "expansion") if w.has(table, c, industry=industry)]
    fill = {c: w.q(table, c, industry=industry) for c in columns}
    phrase = "collective_item" if len(columns) == 5 else "collective_item_plain"
    return w.say(phrase, "judgement", industry=w.name("industry", industry), **fill)


def solution(w: Writer) -> Sentence:
    """Objective, bound, gap, and what the layout keeps of the separate choices."""
    more = w.q("layout.solution", item="kept_share").value > 1
    return w.say(
        "solution_more" if more else "solution",
        "model",
        objective=w.q("layout.solution", item="objective"),
        bound=w.q("layout.solution", item="bound"),
        gap=w.q("layout.solution", item="gap"),
        alone=w.q("layout.solution", item="value_alone"),
        kept=w.q("layout.solution", item="kept_share"),
    )


def _bound(w: Writer) -> Sentence:
    fill = {i: w.q("layout.solution", item=i) for i in ("core", "swing", "fragile", "pairs")}
    return w.say("solution_note", "model", **fill)


def _industries(w: Writer) -> Grid:
    table = w.table("layout.industries")
    columns = [c for c in ("before", "limit", "regions", "price", "before_expansion", "expansion") if c in table.columns]
    rows: list[list[Parts]] = [
        [(w.name("industry", i),), *w.cells(table.name, columns, industry=i)] for i in order(table, "before", "industry")
    ]
    return w.grid("grid_industries", ("industry", *(HEADS.get(c, c) for c in columns)), rows, widths=(5, *(2 for _ in columns)))
