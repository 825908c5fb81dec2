"""空间布局: the region's role in the layout of all regions: what it takes, what its neighbours take, partners, who holds back."""

from __future__ import annotations

from yindi.core import resources
from yindi.core.document import Block, Sentence
from yindi.plan import claims, picks
from yindi.plan.writer import Writer, body, items, order

SHOWN = 3


def space(w: Writer) -> tuple[Block, ...]:
    """Role, division of work with the neighbours, what is left to others, partners."""
    return (w.heading("layout_place"), *role(w), *neighbours(w), *left_to_others(w), *partners(w))


def role(w: Writer) -> tuple[Block, ...]:
    """What the layout gives the region, and how it stands to choosing alone."""
    chosen = picks.chosen_industries(w)
    heading = w.heading("role", 2)
    if not chosen:
        return (heading, body(w.say("cultivate_none", "model", region=claims.region_label(w))))
    lead = w.say(
        "role_lead",
        "model",
        region=claims.region_label(w),
        count=w.q("layout.regions", "count", region=w.subject),
        industries=w.names("industry", chosen),
    )
    return (heading, body(lead, *_certain(w, chosen), claims.kept(w)))


def _certain(w: Writer, chosen: list[str]) -> list[Sentence]:
    table = w.table("layout.allocation")
    kinds = {c: table.text("kind", region=w.subject, industry=c) for c in chosen}
    found = {k: [c for c in chosen if kinds[c] == k] for k in ("core", "fragile")}
    return [w.say(f"role_{k}", "model", industries=w.names("industry", which)) for k, which in found.items() if which]


def neighbours(w: Writer) -> tuple[Block, ...]:
    """What each neighbour takes in the layout, and what it shares with this region."""
    near = [r for r in w.study.space.neighbours(w.subject) if r in w.study.panel.regions]
    heading = w.heading("neighbours", 2)
    if not near:
        return (heading, body(w.say("neighbours_none", region=claims.region_label(w))))
    own = set(picks.chosen_industries(w))
    said = [_neighbour(w, r, own) for r in near]
    return (heading, body(w.say("neighbours_lead", "model", region=claims.region_label(w))), *items(said))


def _neighbour(w: Writer, region: str, own: set[str]) -> Sentence:
    held = picks.chosen_industries(w.about(region))
    shared, other = [c for c in held if c in own], [c for c in held if c not in own]
    fill = {"neighbour": w.name("region", region)}
    if not held:
        return w.say("neighbour_nothing", "model", **fill)
    if shared and other:
        return w.say("neighbour_both", "model", shared=w.names("industry", shared), other=w.names("industry", other), **fill)
    if shared:
        return w.say("neighbour_same", "model", shared=w.names("industry", shared), **fill)
    return w.say("neighbour_other", "model", other=w.names("industry", other), **fill)


def holders(w: Writer, industry: str) -> list[str]:
    """Regions to which the layout gives an industry, by value."""
    table = w.table("layout.allocation")
    ranked = order(table, "value", "region", industry=industry)
    return [r for r in ranked if table.number("chosen", region=r, industry=industry) > 0]


def left_to_others(w: Writer) -> tuple[Block, ...]:
    """Industries this region gives up, to whom; and those that others were asked to give up where it holds them."""
    crowded, displaced, _ = picks.given_up(w)
    gone = [_given(w, c) for c in (*crowded, *displaced)]
    taken = [s for c in picks.chosen_industries(w) if (s := _taken(w, c)) is not None]
    blocks: list[Block] = [w.heading("give_and_take", 2)]
    if gone:
        blocks += [body(w.say("give_lead", "model", region=claims.region_label(w))), *items(gone)]
    if taken:
        blocks += [body(w.say("take_lead", "model", region=claims.region_label(w))), *items(taken[:SHOWN])]
    if len(blocks) == 1:
        blocks.append(body(w.say("give_none", "model", region=claims.region_label(w))))
    return tuple(blocks)


def _given(w: Writer, industry: str) -> Sentence:
    return w.say(
        "give_item",
        "model",
        industry=w.name("industry", industry),
        regions=w.names("region", holders(w, industry)[:SHOWN]),
        before=w.q("layout.industries", "before", industry=industry),
        limit=w.q("layout.industries", "limit", industry=industry),
        fit=w.q("opportunities.candidates", "fit", region=w.subject, industry=industry),
    )


def _taken(w: Writer, industry: str) -> Sentence | None:
    table = w.table("layout.allocation")
    others = [r for r in table.labels("region") if table.number("given_up", region=r, industry=industry) > 0]
    if not others:
        return None
    ranked = sorted(others, key=lambda r: -table.number("value", region=r, industry=industry))
    return w.say("take_item", "model", industry=w.name("industry", industry), regions=w.names("region", ranked[:SHOWN]))


def partners(w: Writer) -> tuple[Block, ...]:
    """Partner regions with what they complement; far ones and one-way ones are said to be so."""
    table = w.table("opportunities.partners")
    rows = [p for p in table.labels("place") if table.has("partner", region=w.subject, place=p)]
    heading, region = w.heading("partners", 2), claims.region_label(w)
    if not rows:
        return (heading, body(w.say("partners_none", region=region)))
    return (heading, body(w.say("partners_lead", "model", region=region)), *items(partner(w, p) for p in rows))


def partner(w: Writer, place: str) -> Sentence:
    """One partner: mutual or one-way, near or far."""
    table, at = w.table("opportunities.partners"), {"region": w.subject, "place": place}
    rules = resources.tree("rules.yaml")["partners"]
    numbers = {c: w.q(table.name, c, **at) for c in ("complement", "returned")}
    name = w.name("region", table.text("partner", **at))
    if numbers["complement"].value <= 0:
        return w.say("partner_gives", "model", partner=name, **numbers)
    if not table.has("distance", **at):
        return w.say("partner_placeless", "model", partner=name, **numbers)
    numbers["distance"] = w.q(table.name, "distance", **at)
    mutual = numbers["returned"].value >= rules["mutual_share"] * numbers["complement"].value
    far = numbers["distance"].value > rules["far_km"]
    phrase = ("partner_" + ("far" if far else "near")) + ("" if mutual else "_oneway")
    return w.say(phrase, "model", partner=name, **numbers)
