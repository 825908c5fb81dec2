"""The plan of the whole, region by region: path types, levers, how alike the plans are, one block a region."""

from __future__ import annotations

from collections import Counter

from yindi.core.document import Block, Paragraph, Parts, Sentence
from yindi.core.framework import LEVERS
from yindi.plan import claims, picks
from yindi.plan.nation_choices import budgets
from yindi.plan.overall import aimed
from yindi.plan.period import years
from yindi.plan.rules import path_type
from yindi.plan.writer import Writer, body, items, order

ITEMS = ("lowest", "median", "highest")
AIMS = 2


def types(w: Writer) -> tuple[Block, ...]:
    """Path types with their members, and every region's portfolio as a table."""
    kinds = {r: path_type(w.study, r) for r in w.study.panel.regions}
    rows: list[tuple[Parts, ...]] = []
    for r in picks.ranked(w):
        chosen = picks.chosen_industries(w.about(r))
        cell = w.joined(w.names("industry", chosen)) if chosen else w.title("none")
        rows.append(((w.q("scores.rank", region=r, year=w.year),), (w.name("region", r),), w.title(f"path_{kinds[r]}"), cell))
    grid = w.grid("grid_regions", ("rank", "region", "path", "portfolio"), rows, widths=(1, 2, 2, 8))
    said = [
        w.say("path_members", "judgement", path=w.name("path", t), regions=w.names("region", [r for r in kinds if kinds[r] == t]))
        for t in Counter(kinds.values())
    ]
    return (w.heading("types"), body(w.say("regions_lead", "judgement")), *items(said), grid)


def levers(w: Writer) -> tuple[Block, ...]:
    """For whom each lever comes first, and the shared capabilities that open most industries."""
    table = w.table("diagnosis.levers")
    first = {r: next(iter(order(table, "degree", "lever", region=r)), "") for r in table.labels("region")}
    said = []
    for lever in LEVERS:
        members = [r for r in first if first[r] == lever and table.number("degree", region=r, lever=lever) > 0]
        if members:
            said.append(w.say("lever_members", lever=w.name("lever", lever), regions=w.names("region", members)))
    return (
        w.heading("levers"),
        body(w.say("levers_whole_lead")),
        *items(said or [w.say("levers_whole_none")]),
        *_generic(w),
        *_spread(w),
    )


def _spread(w: Writer) -> tuple[Block, ...]:
    return (w.heading("budgets", 2), *budgets(w))


def _generic(w: Writer) -> tuple[Block, ...]:
    table = w.maybe("opportunities.generic")
    if table is None:
        return ()
    ranked = [q for q in order(table, "opens", "requirement") if table.number("opens", requirement=q) > 0]
    if not ranked:
        return ()
    rows: list[tuple[Parts, ...]] = [
        (
            (w.name("requirement", q),),
            *w.cells(table.name, ("opens", "regions", "industries"), requirement=q),
            (w.name("region", table.text("holder", requirement=q)),) if table.has("holder", requirement=q) else w.title("none"),
            claims.lever_name(w, table.text("lever", requirement=q)),
        )
        for q in ranked
    ]
    lead = w.say(
        "generic_whole",
        "model",
        requirement=w.name("requirement", ranked[0]),
        opens=w.q(table.name, "opens", requirement=ranked[0]),
        regions=w.q(table.name, "regions", requirement=ranked[0]),
    )
    heads = ("requirement", "opens", "regions_helped", "industries_count", "holder", "lever")
    return (body(lead), w.grid("grid_generic", heads, rows, widths=(3.4, 2, 2, 2, 2, 4)))


def alike(w: Writer) -> tuple[Block, ...]:
    """How alike the plans of any two regions are beyond their frame, and why the most alike are."""
    heading, table = w.heading("alike"), w.maybe("plan.similarity_summary")
    if table is None or not all(table.has("share", item=i) for i in ITEMS):
        return (heading, body(w.say("alike_none")))
    fill = {i: w.q(table.name, "share", item=i) for i in ITEMS}
    a, b = (w.name("region", c) for c in table.text("pair", item="highest").split("|"))
    return (heading, body(w.say("alike", "model", a=a, b=b, **fill), _why(w, a.code, b.code)))


def _why(w: Writer, a: str, b: str) -> Sentence | None:
    table = w.table("plan.similarity_summary")
    common = table.text("common", item="highest").split()
    if not common:
        return None
    reasons = tuple(w.text(w.phrases.title(f"alike_{c}")) for c in common)
    return w.say("alike_why", "model", a=w.name("region", a), b=w.name("region", b), reasons=reasons)


def each(w: Writer) -> tuple[Block, ...]:
    """One block a region: standing, bottleneck, targets, what it takes and leaves, its first partner."""
    blocks: list[Block] = [w.heading("each")]
    for r in picks.ranked(w):
        own = w.about(r)
        blocks.append(w.named(r))
        blocks.append(Paragraph(tuple(s for s in block(own) if s is not None)))
    return tuple(blocks)


def block(w: Writer) -> list[Sentence | None]:
    """The sentences of one region."""
    at = {"region": w.subject, "year": w.year}
    chosen, crowded = picks.chosen_industries(w), picks.given_up(w)[0]
    standing = w.say(
        "each_standing",
        path=w.name("path", path_type(w.study, w.subject)),
        rank=w.q("scores.rank", **at),
        low=w.q("scores.rank_low", **at),
        high=w.q("scores.rank_high", **at),
    )
    return [
        standing,
        claims.main_obstacle(w, "main_obstacle_short"),
        _aims(w),
        w.say("each_takes", "model", industries=w.names("industry", chosen)) if chosen else w.say("each_nothing", "model"),
        w.say("each_leaves", "model", industries=w.names("industry", crowded)) if crowded else None,
        _partner(w),
    ]


def _aims(w: Writer) -> Sentence | None:
    table = w.maybe("plan.targets")
    found = aimed(w, table)[:AIMS] if table is not None else []
    if table is None or len(found) < AIMS:
        return None
    one, other = found
    return w.say(
        "each_aims",
        "model",
        last=w.name("year", years(w.study)[2]),
        one=w.name("variable", one),
        other=w.name("variable", other),
        to_one=w.q(table.name, "final", region=w.subject, variable=one),
        to_other=w.q(table.name, "final", region=w.subject, variable=other),
    )


def _partner(w: Writer) -> Sentence | None:
    table = w.table("opportunities.partners")
    found = [p for p in table.labels("place") if table.has("partner", region=w.subject, place=p)]
    if not found:
        return None
    return w.say("each_partner", "model", partner=w.name("region", table.text("partner", region=w.subject, place=found[0])))
