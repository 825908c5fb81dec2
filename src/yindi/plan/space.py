"""空间布局: the region's role in the layout of all regions: what it takes, what its neighbours take, partners, who holds back."""

from __future__ import annotations

from yindi.core import resources
from yindi.core.document import Block, Paragraph, Sentence
from yindi.core.finding import Label
from yindi.plan import claims, picks, prices, support
from yindi.plan.writer import Writer, body, items, order

SHOWN = 3


def space(w: Writer) -> tuple[Block, ...]:
    """Role, division of work with the neighbours, what is left to others, partners."""
    return (w.heading("layout_place"), *role(w), *support.region(w), *neighbours(w), *left_to_others(w), *partners(w))


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
    gone = [(_given(w, c), prices.best_reply(w, c)) for c in (*crowded, *displaced)]
    taken = [s for c in picks.chosen_industries(w) if (s := _taken(w, c)) is not None]
    blocks: list[Block] = [w.heading("give_and_take", 2)]
    if gone:
        blocks += [body(w.say("give_lead", "model", region=claims.region_label(w)))]
        blocks += [Paragraph(tuple(s for s in said if s is not None), "item") for said in gone]
    if taken:
        blocks += [body(w.say("take_lead", "model", region=claims.region_label(w))), *items(taken[:SHOWN])]
    if len(blocks) == 1:
        blocks.append(body(w.say("give_none", "model", region=claims.region_label(w))))
    return tuple(blocks)


def passing(w: Writer, industry: str) -> Label:
    """Why the layout does not give the region an industry that its own advice had."""
    table, at = w.table("layout.allocation"), {"region": w.subject, "industry": industry}
    known = "passes" in table.columns and table.has("passes", **at)
    return w.known("passes", table.text("passes", **at)) if known else w.text(w.phrases.title("passes_otherwise"))


def _given(w: Writer, industry: str) -> Sentence:
    held = holders(w, industry)[:SHOWN]
    return w.say(
        "give_item" if held else "give_nobody",
        "model",
        industry=w.name("industry", industry),
        reason=passing(w, industry),
        regions=w.names("region", held),
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
    kinds: dict[str, list[str]] = {}
    for p in rows:
        kinds.setdefault(partner_kind(w, p), []).append(table.text("partner", region=w.subject, place=p))
    advice = [w.say(k, "model", partners=w.names("region", held)) for k, held in kinds.items() if k]
    lead = body(w.say("partners_lead", "model", region=region))
    return (heading, lead, *items(partner(w, p) for p in rows), *((body(*advice),) if advice else ()))


def partner(w: Writer, place: str) -> Sentence:
    """One partner: what it covers here, what is covered there, how far away."""
    table, at = w.table("opportunities.partners"), {"region": w.subject, "place": place}
    numbers = {c: w.q(table.name, c, **at) for c in ("complement", "returned")}
    name = w.name("region", table.text("partner", **at))
    if not table.has("distance", **at):
        return w.say("partner_placeless", "model", partner=name, **numbers)
    return w.say("partner_item", "model", partner=name, distance=w.q(table.name, "distance", **at), **numbers)


def partner_kind(w: Writer, place: str) -> str:
    """The advice on a partner, as the key of its phrase: near or far, mutual or one-way; "" where no distance is known."""
    table, at = w.table("opportunities.partners"), {"region": w.subject, "place": place}
    rules = resources.tree("rules.yaml")["partners"]
    complement, returned = (table.number(c, **at) for c in ("complement", "returned"))
    if complement <= 0:
        return "partner_gives"
    if not table.has("distance", **at):
        return ""
    far = table.number("distance", **at) > rules["far_km"]
    return ("partner_far" if far else "partner_near") + ("" if returned >= rules["mutual_share"] * complement else "_oneway")
