"""The plan of one region: position, endowments, bottlenecks, what to cultivate, what not to, levers, partners, monitoring."""

from __future__ import annotations

from yindi.core.document import Block, Document, Paragraph
from yindi.core.finding import Choice
from yindi.core.framework import LEVERS
from yindi.plan import claims, picks
from yindi.plan.notes import notes
from yindi.plan.writer import Writer, body, items, order

SHOWN = 3


def region_document(w: Writer) -> Document:
    """The document of the writer's region."""
    parts = (summary, position, endowments, bottlenecks, cultivate, refrain, levers, partners, monitoring, notes)
    blocks: tuple[Block, ...] = tuple(block for part in parts for block in part(w))
    region = w.name("region", w.subject)
    title = w.say("title_region", region=region).parts
    subtitle = w.say("subtitle", first=w.name("year", w.study.panel.years[0]), last=w.name("year", w.year)).parts
    return Document(w.subject, w.phrases.language, title, subtitle, blocks, w.voice)


def summary(w: Writer) -> tuple[Block, ...]:
    """One paragraph: position, path, main obstacle, what to cultivate, what not to."""
    chosen = picks.chosen_industries(w)
    sentences = [
        claims.place_in_nation(w),
        claims.path(w),
        claims.main_obstacle(w, "main_obstacle_short"),
        claims.obstacle_imputed(w),
    ]
    if chosen:
        sentences.append(w.say("cultivate_short", region=claims.region_label(w), industries=w.names("industry", chosen)))
    crowded = picks.given_up(w)[0]
    if crowded:
        sentences.append(w.say("refrain_short", industries=w.names("industry", crowded)))
    return (w.heading("summary"), Paragraph(tuple(s for s in sentences if s is not None), "lead"))


def position(w: Writer) -> tuple[Block, ...]:
    """Index, interval, trend, parts, neighbours in rank."""
    at = {"region": w.subject}
    trend = {c: w.q("scores.trend", c, **at) for c in ("first", "last", "rank_first", "rank_last", "rank_change")}
    first = w.name("year", w.study.panel.years[0])
    moved = w.say(
        "trend",
        since=first,
        direction=Choice("rose_fell", "last", than="first"),
        shift=Choice("place_change", "rank_change"),
        **trend,
    )
    return (
        w.heading("position"),
        body(claims.place_in_nation(w), claims.against_nation(w), claims.against_block(w)),
        body(moved, claims.trend_caveat(w), claims.dimensions(w)),
        w.figure(
            "lines",
            "figure_index",
            claims.index_lines(w),
            alt="figure_index_alt",
            region=claims.region_label(w),
            options={"zero": "yes"},
        ),
        claims.ranks_grid(w),
    )


def endowments(w: Writer) -> tuple[Block, ...]:
    """Peers, strong and weak endowments, the whole profile as a table."""
    peers = picks.peers_of(w)
    rule = w.study.config.diagnose.peers.rule
    lead = w.say(f"peers_{rule}", "judgement", region=claims.region_label(w), peers=w.names("region", peers))
    strong = [claims.endowment_item(w, v, "endowment_strong") for v in picks.standing(w, "strong")[:SHOWN]]
    weak = [claims.endowment_item(w, v, "endowment_weak") for v in picks.standing(w, "weak")[:SHOWN]]
    blocks: list[Block] = [w.heading("endowments"), body(lead)]
    blocks += [body(w.say("strong_lead" if strong else "strong_none", region=claims.region_label(w))), *items(strong)]
    blocks += [body(w.say("weak_lead" if weak else "weak_none", region=claims.region_label(w))), *items(weak)]
    return (*blocks, claims.endowment_figure(w), claims.endowment_grid(w))


def bottlenecks(w: Writer) -> tuple[Block, ...]:
    """Obstacles against the peers' frontier, by indicator and by lever; coupling with development."""
    table = w.table("diagnosis.obstacle")
    ranked = [
        i
        for i in order(table, "degree", "indicator", region=w.subject)
        if table.number("degree", region=w.subject, indicator=i) > 0
    ]
    found = [claims.obstacle_item(w, i) for i in ranked[:SHOWN]]
    rows = [
        (
            (w.name("indicator", i),),
            (w.q("diagnosis.obstacle", "degree", region=w.subject, indicator=i),),
            (w.q("diagnosis.obstacle", "distance", region=w.subject, indicator=i),),
            claims.lever_name(w, w.study.variables[i].lever),
        )
        for i in ranked
    ]
    grid = w.grid(
        "grid_obstacles", ("indicator", "degree", "distance", "lever"), rows, region=claims.region_label(w), widths=(4, 2, 2, 4)
    )
    lead = w.say("obstacle_lead" if found else "obstacle_none", region=claims.region_label(w))
    return (w.heading("bottlenecks"), body(lead), *items(found), body(claims.coupling(w)), *((grid,) if rows else ()))


def cultivate(w: Writer) -> tuple[Block, ...]:
    """The region's share of the layout of all regions: each industry with what carries it and what binds it."""
    chosen = picks.chosen_industries(w)
    if not chosen:
        return (w.heading("cultivate"), body(w.say("cultivate_none", region=claims.region_label(w))))
    lead = w.say("cultivate_lead", "model", region=claims.region_label(w), count=w.q("layout.regions", "count", region=w.subject))
    rows = [
        (
            (w.name("industry", c),),
            (w.name("class", w.table("opportunities.industries").text("class", industry=c)),),
            (w.q("opportunities.candidates", "fit", region=w.subject, industry=c),),
            claims.requirement(w, c, "strength"),
            claims.requirement(w, c, "binding"),
            (w.name("certainty", w.table("layout.allocation").text("kind", region=w.subject, industry=c)),),
            (w.q("layout.allocation", "frequency", region=w.subject, industry=c),),
        )
        for c in chosen
    ]
    grid = w.grid(
        "grid_cultivate",
        ("industry", "class", "fit", "carried_by", "bound_by", "certainty", "frequency"),
        rows,
        region=claims.region_label(w),
        note=(w.say("fit_note", "judgement"), w.say("certainty_note", "model")),
        widths=(4, 2.4, 1.8, 2.6, 2.6, 1.6, 2),
    )
    cautions = items([claims.left_out(w, chosen), claims.fewer(w)])
    return (
        w.heading("cultivate"),
        body(lead),
        *items(claims.industry_item(w, c) for c in chosen),
        *cautions,
        grid,
        body(claims.kept(w)),
    )


def refrain(w: Writer) -> tuple[Block, ...]:
    """What not to cultivate: crowded industries that the layout gives to others, and industries that do not fit."""
    crowded, displaced, short = picks.given_up(w)
    unfit = [claims.unfit_item(w, c) for c in (*short, *(x for x in picks.least_fit(w) if x not in short))[:SHOWN]]
    parts = (
        ("crowded_lead", "model", [claims.given_item(w, c, "crowded_item") for c in crowded]),
        ("displaced_lead", "model", [claims.given_item(w, c, "displaced_item") for c in displaced]),
        ("unfit_lead", "judgement", unfit),
    )
    blocks: list[Block] = [w.heading("refrain")]
    for lead, grade, said in parts:
        if said:
            blocks += [
                body(w.say(lead, grade, region=claims.region_label(w), minimum=w.config("layout.minimum_fit"))),
                *items(said),
            ]
    return tuple(blocks) if len(blocks) > 1 else (*blocks, body(w.say("refrain_none", region=claims.region_label(w))))


def levers(w: Writer) -> tuple[Block, ...]:
    """The five levers, each with its share of the obstacles, its measures, and the industries it unblocks."""
    blocks: list[Block] = [w.heading("levers"), body(w.say("levers_lead", region=claims.region_label(w)))]
    table = w.table("diagnosis.levers")
    have = order(table, "degree", "lever", region=w.subject)
    for lever in (*have, *(x for x in LEVERS if x not in have)):
        blocks.append(w.heading(f"lever_{lever}", level=2))
        blocks.append(body(*claims.lever_sentences(w, lever, table.has("place", region=w.subject, lever=lever))))
    return tuple(blocks)


def partners(w: Writer) -> tuple[Block, ...]:
    """Partner regions with what they complement."""
    table = w.table("opportunities.partners")
    rows = [p for p in table.labels("place") if table.has("partner", region=w.subject, place=p)]
    if not rows:
        return (w.heading("partners"), body(w.say("partners_none", region=claims.region_label(w))))
    found = [claims.partner_item(w, p) for p in rows]
    return (w.heading("partners"), body(w.say("partners_lead", "model", region=claims.region_label(w))), *items(found))


def monitoring(w: Writer) -> tuple[Block, ...]:
    """Indicators to watch: value now, and the two reference levels of the peers. References, not targets."""
    table = w.table("diagnosis.endowment")
    rows = [
        (
            (w.name("variable", i.code),),
            (w.name("year", table.text("year", region=w.subject, variable=i.code)),),
            (w.q("diagnosis.endowment", "value", region=w.subject, variable=i.code),),
            (w.q("diagnosis.endowment", "peer_median", region=w.subject, variable=i.code),),
            (w.q("diagnosis.endowment", "percentile", region=w.subject, variable=i.code),),
        )
        for i in w.study.framework.indicators
        if table.has("value", region=w.subject, variable=i.code)
    ]
    grid = w.grid(
        "grid_monitoring",
        ("indicator", "year", "value", "peer_median", "percentile"),
        rows,
        region=claims.region_label(w),
        note=(w.say("monitoring_note"),),
        widths=(4, 2, 3, 3, 2),
    )
    return (w.heading("monitoring"), body(w.say("monitoring_lead", region=claims.region_label(w))), grid)
