"""The plan of one region: position, endowments, bottlenecks, what to cultivate, what not to, levers, partners, monitoring."""

from __future__ import annotations

from yindi.core.document import Block, Document, Figure, Grid, Paragraph, Parts, Sentence, Series
from yindi.core.finding import Choice, Label, Quantity
from yindi.core.framework import LEVERS
from yindi.plan.notes import notes
from yindi.plan.rules import path_type
from yindi.plan.writer import Slot, Writer, body, items, order

SHOWN = 3


def region_document(w: Writer) -> Document:
    """The document of the writer's region."""
    parts = (summary, position, endowments, bottlenecks, cultivate, refrain, levers, partners, monitoring, notes)
    blocks: tuple[Block, ...] = tuple(block for part in parts for block in part(w))
    region = w.name("region", w.subject)
    title = w.say("title_region", region=region).parts
    subtitle = w.say("subtitle", first=w.name("year", w.study.panel.years[0]), last=w.name("year", w.year)).parts
    return Document(w.subject, w.phrases.language, title, subtitle, blocks)


def summary(w: Writer) -> tuple[Block, ...]:
    """One paragraph: position, path, main obstacle, what to cultivate, what not to."""
    chosen = chosen_industries(w)
    sentences = [_standing(w), _path(w), _main_obstacle(w, "main_obstacle_short")]
    if chosen:
        sentences.append(w.say("cultivate_short", region=_region(w), industries=w.names("industry", chosen)))
    crowded = given_up(w)[0]
    if crowded:
        sentences.append(w.say("refrain_short", industries=w.names("industry", crowded)))
    return (w.heading("summary"), Paragraph(tuple(sentences), "lead"))


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
        body(_standing(w), _against_nation(w), _against_block(w)),
        body(moved, _dimensions(w)),
        w.figure("lines", "figure_index", _index_lines(w), alt="figure_index_alt", region=_region(w), options={"zero": "yes"}),
        _ranks_grid(w),
    )


def endowments(w: Writer) -> tuple[Block, ...]:
    """Peers, strong and weak endowments, the whole profile as a table."""
    peers = peers_of(w)
    rule = w.study.config.diagnose.peers.rule
    lead = w.say(f"peers_{rule}", "judgement", region=_region(w), peers=w.names("region", peers))
    strong = [_endowment_item(w, v, "endowment_strong") for v in standing(w, "strong")[:SHOWN]]
    weak = [_endowment_item(w, v, "endowment_weak") for v in standing(w, "weak")[:SHOWN]]
    blocks: list[Block] = [w.heading("endowments"), body(lead)]
    blocks += [body(w.say("strong_lead" if strong else "strong_none", region=_region(w))), *items(strong)]
    blocks += [body(w.say("weak_lead" if weak else "weak_none", region=_region(w))), *items(weak)]
    return (*blocks, _endowment_figure(w), _endowment_grid(w))


def bottlenecks(w: Writer) -> tuple[Block, ...]:
    """Obstacles against the peers' frontier, by indicator and by lever; coupling with development."""
    table = w.table("diagnosis.obstacle")
    ranked = [
        i
        for i in order(table, "degree", "indicator", region=w.subject)
        if table.number("degree", region=w.subject, indicator=i) > 0
    ]
    found = [_obstacle_item(w, i) for i in ranked[:SHOWN]]
    rows = [
        (
            (w.name("indicator", i),),
            (w.q("diagnosis.obstacle", "degree", region=w.subject, indicator=i),),
            (w.q("diagnosis.obstacle", "distance", region=w.subject, indicator=i),),
            _lever_name(w, w.study.variables[i].lever),
        )
        for i in ranked
    ]
    grid = w.grid("grid_obstacles", ("indicator", "degree", "distance", "lever"), rows, region=_region(w), widths=(4, 2, 2, 4))
    lead = w.say("obstacle_lead" if found else "obstacle_none", region=_region(w))
    return (w.heading("bottlenecks"), body(lead), *items(found), body(_coupling(w)), *((grid,) if rows else ()))


def cultivate(w: Writer) -> tuple[Block, ...]:
    """The region's share of the layout of all regions: each industry with what carries it and what binds it."""
    chosen = chosen_industries(w)
    if not chosen:
        return (w.heading("cultivate"), body(w.say("cultivate_none", region=_region(w))))
    lead = w.say("cultivate_lead", "model", region=_region(w), count=w.q("layout.regions", "count", region=w.subject))
    rows = [
        (
            (w.name("industry", c),),
            (w.name("class", w.table("opportunities.industries").text("class", industry=c)),),
            (w.q("opportunities.candidates", "fit", region=w.subject, industry=c),),
            _requirement(w, c, "strength"),
            _requirement(w, c, "binding"),
        )
        for c in chosen
    ]
    grid = w.grid(
        "grid_cultivate",
        ("industry", "class", "fit", "carried_by", "bound_by"),
        rows,
        region=_region(w),
        note=(w.say("fit_note", "judgement"),),
        widths=(4, 2, 2, 3, 3),
    )
    return (w.heading("cultivate"), body(lead), *items(_industry_item(w, c) for c in chosen), grid, body(_kept(w)))


def refrain(w: Writer) -> tuple[Block, ...]:
    """What not to cultivate: crowded industries that the layout gives to others, and industries that do not fit."""
    crowded, displaced, short = given_up(w)
    unfit = [_unfit_item(w, c) for c in (*short, *(x for x in least_fit(w) if x not in short))[:SHOWN]]
    parts = (
        ("crowded_lead", "model", [_given_item(w, c, "crowded_item") for c in crowded]),
        ("displaced_lead", "model", [_given_item(w, c, "displaced_item") for c in displaced]),
        ("unfit_lead", "judgement", unfit),
    )
    blocks: list[Block] = [w.heading("refrain")]
    for lead, grade, said in parts:
        if said:
            blocks += [body(w.say(lead, grade, region=_region(w), minimum=w.config("layout.minimum_fit", "index"))), *items(said)]
    return tuple(blocks) if len(blocks) > 1 else (*blocks, body(w.say("refrain_none", region=_region(w))))


def levers(w: Writer) -> tuple[Block, ...]:
    """The five levers, each with its share of the obstacles, its measures, and the industries it unblocks."""
    blocks: list[Block] = [w.heading("levers"), body(w.say("levers_lead", region=_region(w)))]
    table = w.table("diagnosis.levers")
    have = order(table, "degree", "lever", region=w.subject)
    for lever in (*have, *(x for x in LEVERS if x not in have)):
        blocks.append(w.heading(f"lever_{lever}", level=2))
        blocks.append(body(*_lever_sentences(w, lever, table.has("place", region=w.subject, lever=lever))))
    return tuple(blocks)


def partners(w: Writer) -> tuple[Block, ...]:
    """Partner regions with what they complement."""
    table = w.table("opportunities.partners")
    rows = [p for p in table.labels("place") if table.has("partner", region=w.subject, place=p)]
    if not rows:
        return (w.heading("partners"), body(w.say("partners_none", region=_region(w))))
    found = [_partner_item(w, p) for p in rows]
    return (w.heading("partners"), body(w.say("partners_lead", "model", region=_region(w))), *items(found))


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
        region=_region(w),
        note=(w.say("monitoring_note"),),
        widths=(4, 2, 3, 3, 2),
    )
    return (w.heading("monitoring"), body(w.say("monitoring_lead", region=_region(w))), grid)


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
    ranked = order(table, "fit", "industry", largest=False, region=w.subject)
    return [c for c in ranked if table.number("fit", region=w.subject, industry=c) < least]


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


def _region(w: Writer) -> tuple[Label, ...]:
    return (w.name("region", w.subject),)


def _standing(w: Writer) -> Sentence:
    at = {"region": w.subject, "year": w.year}
    return w.say(
        "standing",
        region=_region(w),
        year=w.name("year", w.year),
        index=w.q("scores.index", **at),
        rank=w.q("scores.rank", **at),
        low=w.q("scores.rank_low", **at),
        high=w.q("scores.rank_high", **at),
        regions=w.q("intake.summary", item="regions"),
    )


def _path(w: Writer) -> Sentence:
    kind = path_type(w.study, w.subject)
    at = {"region": w.subject}
    return w.say(
        f"path_{kind}",
        "judgement",
        region=_region(w),
        rank_first=w.q("scores.trend", "rank_first", **at),
        rank_last=w.q("scores.trend", "rank_last", **at),
    )


def _main_obstacle(w: Writer, phrase: str) -> Sentence:
    table = w.table("diagnosis.obstacle")
    first = order(table, "degree", "indicator", region=w.subject)[0]
    if table.number("degree", region=w.subject, indicator=first) <= 0:
        return w.say("obstacle_none", region=_region(w))
    return w.say(
        phrase,
        region=_region(w),
        indicator=w.name("indicator", first),
        degree=w.q("diagnosis.obstacle", "degree", region=w.subject, indicator=first),
        lever=w.name("lever", w.study.variables[first].lever),
    )


def _against_nation(w: Writer) -> Sentence:
    return w.say(
        "against_nation",
        index=w.q("scores.index", region=w.subject, year=w.year),
        mean=w.q("scores.national", "mean", year=w.year),
        direction=Choice("above_below", "index", than="mean"),
    )


def _against_block(w: Writer) -> Sentence:
    grouping = w.study.config.regions.grouping
    group = w.study.space.group_of(grouping, [w.subject])[0]
    return w.say(
        "against_block",
        group=w.name("group", group),
        index=w.q("scores.index", region=w.subject, year=w.year),
        mean=w.q("disparity.dagum_groups", "mean", year=w.year, group=group),
        direction=Choice("above_below", "index", than="mean"),
    )


def _dimensions(w: Writer) -> Sentence:
    at = {"region": w.subject, "year": w.year}
    ranked = order(w.table("scores.dimensions"), "value", "dimension", region=w.subject, year=w.year)
    largest, smallest = ranked[0], ranked[-1]
    return w.say(
        "dimensions",
        largest=w.name("dimension", largest),
        smallest=w.name("dimension", smallest),
        most=w.q("scores.dimensions", dimension=largest, **at),
        least=w.q("scores.dimensions", dimension=smallest, **at),
    )


def _index_lines(w: Writer) -> list[Series]:
    years = w.study.panel.years
    own = w.series(_region(w), "scores.index", "value", "year", years, "year", region=w.subject)
    mean = w.series(w.title("national_mean"), "scores.national", "mean", "year", years, "year")
    return [own, mean]


def _ranks_grid(w: Writer) -> Grid:
    rows = [
        (
            (w.name("year", y),),
            (w.q("scores.index", region=w.subject, year=y),),
            (w.q("scores.rank", region=w.subject, year=y),),
            (w.q("scores.rank_low", region=w.subject, year=y), "–", w.q("scores.rank_high", region=w.subject, year=y)),
            (w.q("scores.national", "mean", year=y),),
        )
        for y in w.study.panel.years
    ]
    return w.grid("grid_ranks", ("year", "index", "rank", "interval", "national_mean"), rows, region=_region(w))


def _endowment_item(w: Writer, variable: str, phrase: str) -> Sentence:
    at = {"region": w.subject, "variable": variable}
    table = "diagnosis.endowment"
    return w.say(
        phrase,
        indicator=w.name("variable", variable),
        year=w.name("year", w.table(table).text("year", **at)),
        value=w.q(table, "value", **at),
        median=w.q(table, "peer_median", **at),
        gap=w.q(table, "gap", **at),
    )


def _endowment_figure(w: Writer) -> Figure:
    table = w.table("diagnosis.endowment")
    variables = [v for v in table.labels("variable") if table.has("percentile", region=w.subject, variable=v)]
    own = w.series(_region(w), table.name, "percentile", "variable", variables, "variable", region=w.subject)
    return w.figure(
        "bars", "figure_endowment", [own], alt="figure_endowment_alt", region=_region(w), options={"reference": "0.5"}
    )


def _endowment_grid(w: Writer) -> Grid:
    table = w.table("diagnosis.endowment")
    rows: list[tuple[Parts, ...]] = []
    for v in table.labels("variable"):
        if table.has("value", region=w.subject, variable=v):
            at = {"region": w.subject, "variable": v}
            gap: Parts = (w.q(table.name, "gap", **at),) if table.has("gap", **at) else w.title("none")
            median: Parts = (w.q(table.name, "peer_median", **at),) if table.has("peer_median", **at) else w.title("none")
            rows.append(
                (
                    (w.name("variable", v),),
                    (w.name("year", table.text("year", **at)),),
                    (w.q(table.name, "value", **at),),
                    median,
                    gap,
                    (w.q(table.name, "percentile", **at),),
                )
            )
    heads = ("variable", "year", "value", "peer_median", "gap", "percentile")
    return w.grid("grid_endowment", heads, rows, region=_region(w), note=(w.say("gap_note"),), widths=(4, 1.5, 3, 3, 2, 2))


def _obstacle_item(w: Writer, indicator: str) -> Sentence:
    at = {"region": w.subject, "indicator": indicator}
    return w.say(
        "obstacle_item",
        indicator=w.name("indicator", indicator),
        degree=w.q("diagnosis.obstacle", "degree", **at),
        distance=w.q("diagnosis.obstacle", "distance", **at),
        lever=w.name("lever", w.study.variables[indicator].lever),
    )


def _coupling(w: Writer) -> Sentence:
    at = {"region": w.subject, "year": w.year}
    table = w.table("diagnosis.coupling")
    if not table.has("coordination", **at):
        return w.say("coupling_none", region=_region(w))
    return w.say(
        "coupling",
        coordination=w.q(table.name, "coordination", **at),
        wang=w.q(table.name, "wang_coordination", **at),
        grade_name=w.name("grade", table.text("grade", **at)),
        kind=w.name("coupling_kind", table.text("kind", **at)),
        outcomes=w.names("variable", w.study.config.diagnose.outcomes),
    )


def _lever_name(w: Writer, lever: str) -> Parts:
    return (w.name("lever", lever),) if lever else w.title("none")


def _requirement(w: Writer, industry: str, column: str) -> Parts:
    code = w.table("opportunities.candidates").text(column, region=w.subject, industry=industry)
    return (w.name("requirement", code),) if code else w.title("none")


def _industry_item(w: Writer, industry: str) -> Sentence:
    table, at = w.table("opportunities.candidates"), {"region": w.subject, "industry": industry}
    binding, strength, lever = (table.text(c, **at) for c in ("binding", "strength", "lever"))
    common: dict[str, Slot] = {"industry": w.name("industry", industry), "fit": w.q(table.name, "fit", **at)}
    if not binding:
        return w.say("industry_met", "judgement", **common)
    return w.say(
        "industry_item",
        "judgement",
        **common,
        strength=w.name("requirement", strength),
        binding=w.name("requirement", binding),
        gap=w.q(table.name, "binding_gap", **at),
        lever=w.name("lever", lever),
    )


def _kept(w: Writer) -> Sentence:
    return w.say("kept", "model", region=_region(w), kept=w.q("layout.regions", "kept_share", region=w.subject))


def _given_item(w: Writer, industry: str, phrase: str) -> Sentence:
    return w.say(
        phrase,
        "model",
        industry=w.name("industry", industry),
        before=w.q("layout.industries", "before", industry=industry),
        limit=w.q("layout.industries", "limit", industry=industry),
        fit=w.q("opportunities.candidates", "fit", region=w.subject, industry=industry),
        price=w.q("layout.industries", "price", industry=industry),
    )


def _unfit_item(w: Writer, industry: str) -> Sentence | None:
    table, at = w.table("opportunities.candidates"), {"region": w.subject, "industry": industry}
    binding = table.text("binding", **at)
    if not binding:
        return None
    return w.say(
        "unfit_item",
        "judgement",
        industry=w.name("industry", industry),
        fit=w.q(table.name, "fit", **at),
        binding=w.name("requirement", binding),
        gap=w.q(table.name, "binding_gap", **at),
    )


def _lever_sentences(w: Writer, lever: str, measured: bool) -> list[Sentence]:
    said: list[Sentence] = []
    at = {"region": w.subject, "lever": lever}
    if measured:
        said.append(
            w.say("lever_share", degree=w.q("diagnosis.levers", "degree", **at), place=w.q("diagnosis.levers", "place", **at))
        )
    else:
        said.append(w.say("lever_unmeasured", lever=w.name("lever", lever)))
    obstacles = w.table("diagnosis.obstacle")
    own = [
        i
        for i in order(obstacles, "degree", "indicator", region=w.subject)
        if w.study.variables[i].lever == lever and obstacles.number("degree", region=w.subject, indicator=i) > 0
    ]
    said += [
        w.say(
            f"measure_{i}",
            indicator=w.name("indicator", i),
            value=_raw(w, i),
            distance=w.q("diagnosis.obstacle", "distance", region=w.subject, indicator=i),
        )
        for i in own[:2]
    ]
    waiting = _unblocks(w, lever)
    if waiting:
        said.append(w.say("lever_unblocks", "judgement", industries=w.names("industry", waiting)))
    return said


def _raw(w: Writer, indicator: str) -> Quantity:
    return w.q("panel", region=w.subject, year=w.year, indicator=indicator)


def _unblocks(w: Writer, lever: str) -> list[str]:
    table = w.table("opportunities.candidates")
    return [c for c in chosen_industries(w) if table.text("lever", region=w.subject, industry=c) == lever]


def _partner_item(w: Writer, place: str) -> Sentence:
    table, at = w.table("opportunities.partners"), {"region": w.subject, "place": place}
    return w.say(
        "partner_item",
        "model",
        partner=w.name("region", table.text("partner", **at)),
        complement=w.q(table.name, "complement", **at),
        returned=w.q(table.name, "returned", **at),
        distance=w.q(table.name, "distance", **at),
        similarity=w.q(table.name, "similarity", **at),
    )
