"""What is begun when: the layout over several periods, and the stepping stones (垫脚石) that open other places."""

from __future__ import annotations

from yindi.core.document import Block, Grid, Parts, Sentence
from yindi.plan import picks
from yindi.plan.nation_choices import plain_grid
from yindi.plan.writer import Writer, body, order

STONES = 3


def stepping(w: Writer) -> tuple[Block, ...]:
    """By period and region, where the study asks for periods."""
    table = w.maybe("layout.periods")
    if table is None:
        return ()
    grid = plain_grid(w, "grid_periods", table, "period", "", ("begun", "value", "plain"))
    lead = w.say("periods_lead", "judgement", lift=w.config("layout.period_lift"), discount=w.config("layout.period_discount"))
    if w.maybe("layout.rolling") is None:
        return (body(lead), grid)
    return (body(lead, *_stones(w)), grid, _begun(w))


def _stones(w: Writer) -> list[Sentence]:
    """The first choices that open most, each with what it opens."""
    table, first = w.table("layout.rolling"), w.table("layout.periods").labels("period")[0]
    found = []
    for r in table.labels("region"):
        begun = [c for c in order(table, "option", "industry", region=r) if _period(w, r, c) == float(first)]
        found += [(table.number("option", region=r, industry=c), r, c) for c in begun[:1]]
    best = sorted(found, key=lambda x: -x[0])[:STONES]
    return [
        w.say(
            "stepping_stone",
            "model",
            region=w.name("region", r),
            industry=w.name("industry", c),
            option=w.q(table.name, "option", region=r, industry=c),
        )
        for value, r, c in best
        if value > 0
    ]


def _period(w: Writer, region: str, industry: str) -> float:
    table, at = w.table("layout.rolling"), {"region": region, "industry": industry}
    return table.number("period", **at) if table.has("period", **at) else 0.0


def _begun(w: Writer) -> Grid:
    table, periods = w.table("layout.rolling"), w.table("layout.periods").labels("period")
    rows: list[tuple[Parts, ...]] = []
    for r in picks.ranked(w):
        ranked = order(table, "option", "industry", region=r)
        held = [[c for c in ranked if _period(w, r, c) == float(p)] for p in periods]
        cells = [w.joined(w.names("industry", cs)) if cs else w.title("nothing") for cs in held]
        rows.append(((w.name("region", r),), *cells))
    heads: list[str | Parts] = ["region", *(w.say("period_head", "model", period=w.name("code", p)).parts for p in periods)]
    return w.grid("grid_begun", heads, rows, widths=(1.6, *(4 for _ in periods)))
