"""重点任务: the five levers, the industries (renew, strengthen, prepare), what not to do; items end with who is in charge."""

from __future__ import annotations

from yindi.core import resources
from yindi.core.document import Block, Grid, Paragraph, Sentence
from yindi.core.finding import Label
from yindi.core.framework import LEVERS
from yindi.plan import claims, picks
from yindi.plan.overall import main_section, section_fill
from yindi.plan.owners import owners
from yindi.plan.space import holders
from yindi.plan.writer import Slot, Writer, body, items, order

SHOWN = 3
MEASURES = 2
CLASSES = {"emerging": "strengthen", "future": "prepare"}
REACHED = {"activity": "within_reach"}


def work(w: Writer) -> tuple[Block, ...]:
    """All key tasks."""
    return (w.heading("work"), *levers(w), *renew(w), *industries(w), *refrain(w))


def levers(w: Writer) -> tuple[Block, ...]:
    """The five levers, the heaviest share of the obstacles first."""
    table = w.table("diagnosis.levers")
    have = order(table, "degree", "lever", region=w.subject)
    blocks: list[Block] = []
    for lever in (*have, *(x for x in LEVERS if x not in have)):
        blocks.append(w.heading(f"lever_{lever}", 2))
        blocks += lever_blocks(w, lever, table.has("place", region=w.subject, lever=lever))
    return tuple(blocks)


def lever_blocks(w: Writer, lever: str, measured: bool) -> list[Block]:
    """What a lever has to do: its share of the obstacles, its measures, the industries it unblocks, collaboration."""
    measures = [Paragraph((_measure(w, i), *owners(w, i)), "item") for i in own_obstacles(w, lever)[:MEASURES]]
    needs = [Paragraph((_unblock(w, q, held), *owners(w, q)), "item") for q, held in _needs(w, lever).items()]
    more = [s for s in (_generic(w, lever), _joint(w) if lever == "data" else None) if s is not None]
    if not measures and not needs and not more:
        return [body(w.say("lever_idle", lever=w.name("lever", lever)))]
    at = {"region": w.subject, "lever": lever}
    lead = (
        w.say("lever_share", degree=w.q("diagnosis.levers", "degree", **at), place=w.q("diagnosis.levers", "place", **at))
        if measured
        else w.say("lever_unmeasured", lever=w.name("lever", lever))
    )
    return [body(lead, _budget(w, lever)), *measures, *needs, *items(more)]


def _budget(w: Writer, lever: str) -> Sentence | None:
    """The region's part of a lever's budget, were it spread over all regions."""
    table, at = w.maybe("layout.levers"), {"region": w.subject, "lever": lever}
    if table is None or lever not in table.labels("lever") or not table.has("share", **at):
        return None
    region = claims.region_label(w)
    if table.number("share", **at) <= 0:
        return w.say("lever_budget_none", "judgement", region=region)
    return w.say("lever_budget", "judgement", region=region, share=w.q(table.name, "share", **at))


def own_obstacles(w: Writer, lever: str) -> list[str]:
    """Indicators of a lever that hold the region back, the largest obstacle first."""
    table = w.table("diagnosis.obstacle")
    ranked = order(table, "degree", "indicator", region=w.subject)
    return [
        i for i in ranked if w.study.variables[i].lever == lever and table.number("degree", region=w.subject, indicator=i) > 0
    ]


def _measure(w: Writer, indicator: str) -> Sentence:
    table, at = w.table("diagnosis.obstacle"), {"region": w.subject, "indicator": indicator}
    return w.say(
        w.phrases.known(f"measure_{indicator}", "measure_any"),
        "judgement",
        indicator=w.name("indicator", indicator),
        value=claims.raw(w, indicator),
        best=w.name("region", table.text("best", **at)),
        distance=w.q(table.name, "distance", **at),
    )


def _unblock(w: Writer, binding: str, industries: list[str]) -> Sentence:
    table = w.table("opportunities.candidates")
    gap = {c: table.number("binding_gap", region=w.subject, industry=c) for c in industries}
    first = max(industries, key=lambda c: gap[c])
    return w.say(
        w.phrases.known(f"unblock_{binding}", "unblock_any"),
        "judgement",
        industries=w.names("industry", industries),
        binding=w.name("requirement", binding),
        gap=w.q(table.name, "binding_gap", region=w.subject, industry=first),
    )


def _needs(w: Writer, lever: str) -> dict[str, list[str]]:
    """Requirement of a lever -> industries of the portfolio that it binds first."""
    table = w.table("opportunities.candidates")
    found: dict[str, list[str]] = {}
    for c in claims.unblocks(w, lever):
        found.setdefault(table.text("binding", region=w.subject, industry=c), []).append(c)
    return found


def _generic(w: Writer, lever: str) -> Sentence | None:
    """The shared capability of this lever that opens most choices everywhere, where it also binds industries here."""
    table = w.maybe("opportunities.generic")
    if table is None:
        return None
    shared = resources.tree("tasks.yaml")["generic_requirements"]
    ranked = order(table, "opens", "requirement")
    own = [q for q in ranked if q in shared and table.text("lever", requirement=q) == lever]
    held = picks.bound_by(w, own[0]) if own else []
    if not held:
        return None
    return w.say(
        "generic",
        "model",
        requirement=w.name("requirement", own[0]),
        opens=w.q(table.name, "opens", requirement=own[0]),
        regions=w.q(table.name, "regions", requirement=own[0]),
        industries=w.names("industry", held[:SHOWN]),
    )


def _joint(w: Writer) -> Sentence | None:
    table = w.table("opportunities.partners")
    found = [
        table.text("partner", region=w.subject, place=p)
        for p in table.labels("place")
        if table.has("partner", region=w.subject, place=p)
    ]
    return w.say("joint", "model", partners=w.names("region", found)) if found else None


def renew(w: Writer) -> tuple[Block, ...]:
    """Traditional industries: the section in which the region is most specialised, from the accounts."""
    heading, section = w.heading("renew", 2), main_section(w)
    if section is None:
        return (heading, body(w.say("renew_none", region=claims.region_label(w))))
    known = f"renew_{section.lower()}"
    said = w.say("renew_lead", **section_fill(w, section))
    what = w.say(w.phrases.known(known, "renew_any"), "judgement")
    return (heading, body(said, what, *owners(w, section)))


def industries(w: Writer) -> tuple[Block, ...]:
    """The region's portfolio by class: emerging ones to strengthen, future ones to prepare."""
    chosen = picks.chosen_industries(w)
    classes = {c: w.table("opportunities.industries").text("class", industry=c) for c in chosen}
    blocks: list[Block] = []
    for kind, key in (REACHED if w.learned else CLASSES).items():
        found = [c for c in chosen if classes[c] == kind]
        blocks.append(w.heading(key, 2))
        if not found:
            blocks.append(body(w.say(f"{key}_none", "model", region=claims.region_label(w))))
        blocks += [Paragraph((_industry(w, c), *owners(w, c)), "item") for c in found]
    if chosen:
        blocks += [*items([claims.left_out(w, chosen), claims.fewer(w)]), portfolio(w, chosen)]
    return tuple(blocks)


def _industry(w: Writer, industry: str) -> Sentence:
    table, at = w.table("opportunities.candidates"), {"region": w.subject, "industry": industry}
    binding, strength = table.text("binding", **at), table.text("strength", **at)
    fill: dict[str, Slot] = {"industry": w.name("industry", industry), "fit": w.q(table.name, "fit", **at)}
    if w.learned:
        return _reached(w, fill, binding, strength)
    if not binding:
        return w.say("industry_met", "judgement", **fill)
    others = [r for r in holders(w, industry) if r != w.subject][:SHOWN]
    fill |= {
        "binding": w.name("requirement", binding),
        "gap": w.q(table.name, "binding_gap", **at),
        "lever": w.name("lever", table.text("lever", **at)),
    }
    if not strength:
        return w.say("industry_bound", "judgement", **fill)
    fill["strength"] = w.name("requirement", strength)
    if not others:
        return w.say("industry_item", "judgement", **fill)
    return w.say("industry_beside", "judgement", others=w.names("region", others), **fill)


def _reached(w: Writer, fill: dict[str, Slot], binding: str, strength: str) -> Sentence:
    """One activity by its learned chance, and the nearest ones that the region has and has not."""
    if not (binding and strength):
        return w.say("industry_reached_plain", "model", **fill)
    at = {"region": w.subject, "industry": fill["industry"].code} if isinstance(fill["industry"], Label) else {}
    near = {"strength": w.name("requirement", strength), "binding": w.name("requirement", binding)}
    return w.say("industry_reached", "model", gap=w.q("opportunities.candidates", "binding_gap", **at), **fill, **near)


def portfolio(w: Writer, chosen: list[str]) -> Grid:
    """The portfolio as a table."""
    rows = [
        (
            (w.name("industry", c),),
            (w.name("class", w.table("opportunities.industries").text("class", industry=c)),),
            (w.q("opportunities.candidates", "fit", region=w.subject, industry=c),),
            claims.requirement(w, c, "strength"),
            claims.requirement(w, c, "binding"),
            (w.name("certainty", w.table("layout.allocation").text("kind", region=w.subject, industry=c)),),
            (w.q("layout.allocation", "frequency", region=w.subject, industry=c),),
            w.cell("layout.allocation", "margin", region=w.subject, industry=c),
        )
        for c in chosen
    ]
    return w.grid(
        "grid_cultivate",
        ("industry", "class", "fit", "carried_by", "bound_by", "certainty", "frequency", "replacement"),
        rows,
        region=claims.region_label(w),
        note=(w.say("fit_note", "judgement"), w.say("certainty_note", "model"), w.say("replacement_note", "model")),
        widths=(3.6, 2.2, 1.6, 2.4, 2.4, 1.9, 2.3, 2.3),
    )


def refrain(w: Writer) -> tuple[Block, ...]:
    """What not to do: crowded and displaced industries, industries that do not fit, and those the study forbids."""
    crowded, displaced, short = picks.given_up(w)
    least = (*short, *(x for x in picks.least_fit(w) if x not in short))[:SHOWN]
    unfit = [(c, s) for c in least if (s := claims.unfit_item(w, c)) is not None]
    region = claims.region_label(w)
    blocks: list[Block] = [w.heading("refrain", 2)]
    for lead, gone in (("crowded_lead", crowded), ("displaced_lead", displaced)):
        if gone:
            blocks.append(body(w.say(lead, "model", region=region, industries=w.names("industry", gone)), *owners(w, gone[0])))
    if unfit:
        blocks.append(body(w.say("unfit_lead", "judgement", region=region, minimum=w.config("layout.minimum_fit"))))
        blocks += [Paragraph((x, *owners(w, c)), "item") for c, x in unfit]
    banned = w.study.config.layout.forbidden.get(w.subject, ())
    if banned:
        blocks.append(body(w.say("forbidden", "judgement", industries=w.names("industry", banned))))
    return tuple(blocks) if len(blocks) > 1 else (*blocks, body(w.say("refrain_none", region=claims.region_label(w))))
