"""现状与研判: where the region stands, what it has, what holds it back, condensed; the full tables stand in the annex."""

from __future__ import annotations

from yindi.core.document import Block, Grid, Sentence
from yindi.core.finding import Choice
from yindi.plan import claims, picks
from yindi.plan.writer import Slot, Writer, body, items, order

SHOWN = 3


def situation(w: Writer) -> tuple[Block, ...]:
    """Level and trend, endowments beside the peers, bottlenecks against the peers' frontier."""
    return (w.heading("situation"), *level(w), *endowment(w), *bottleneck(w))


def moved(w: Writer) -> Sentence:
    """How index and rank moved since the first year."""
    at = {"region": w.subject}
    trend: dict[str, Slot] = {c: w.q("scores.trend", c, **at) for c in ("first", "last", "rank_first", "rank_last")}
    trend |= {"since": w.name("year", w.study.panel.years[0]), "direction": Choice("rose_fell", "last", than="first")}
    change = w.q("scores.trend", "rank_change", **at)
    if change.value == 0:
        del trend["rank_first"]
        return w.say("trend_same", **trend)
    return w.say("trend", shift=Choice("place_change", "rank_change"), rank_change=change, **trend)


def level(w: Writer) -> tuple[Block, ...]:
    """Index, interval, trend, parts."""
    return (
        w.heading("situation_level", 2),
        body(moved(w), claims.against_nation(w), claims.against_block(w)),
        body(claims.trend_caveat(w), claims.dimensions(w)),
        index_figure(w),
    )


def index_figure(w: Writer) -> Block:
    """The index by year beside the mean of the regions."""
    lines = claims.index_lines(w)
    region = claims.region_label(w)
    return w.figure("lines", "figure_index", lines, alt="figure_index_alt", region=region, options={"zero": "yes"})


def endowment(w: Writer) -> tuple[Block, ...]:
    """Peers, strong and weak endowments, percentiles as a figure."""
    peers = picks.peers_of(w)
    lead = w.say(
        f"peers_{w.study.config.diagnose.peers.rule}",
        "judgement",
        region=claims.region_label(w),
        peers=w.names("region", peers),
    )
    blocks: list[Block] = [w.heading("situation_endowment", 2), body(lead)]
    for which in ("strong", "weak"):
        found = [claims.endowment_item(w, v, f"endowment_{which}") for v in picks.standing(w, which)[:SHOWN]]
        blocks += [body(w.say(f"{which}_lead" if found else f"{which}_none", region=claims.region_label(w))), *items(found)]
    return (*blocks, claims.endowment_figure(w))


def bottleneck(w: Writer) -> tuple[Block, ...]:
    """The largest obstacles, the coupling with development, all obstacles as a table."""
    ranked = obstacles(w)
    region = claims.region_label(w)
    lead = (
        w.say("obstacle_lead", region=region, indicators=w.names("indicator", ranked[:SHOWN]))
        if ranked
        else w.say("obstacle_none", region=region)
    )
    return (
        w.heading("situation_bottleneck", 2),
        body(lead),
        body(claims.obstacle_imputed(w) if ranked else None, claims.coupling(w)),
        *((obstacle_grid(w),) if ranked else ()),
    )


def obstacles(w: Writer) -> list[str]:
    """Indicators with an obstacle, the largest first."""
    table = w.table("diagnosis.obstacle")
    ranked = order(table, "degree", "indicator", region=w.subject)
    return [i for i in ranked if table.number("degree", region=w.subject, indicator=i) > 0]


def obstacle_grid(w: Writer) -> Grid:
    """All obstacles: degree, distance, who stands at the frontier, lever."""
    table = w.table("diagnosis.obstacle")
    rows = []
    for i in obstacles(w):
        at = {"region": w.subject, "indicator": i}
        best = table.text("best", **at)
        rows.append(
            (
                (w.name("indicator", i),),
                (w.q(table.name, "degree", **at),),
                (w.q(table.name, "distance", **at),),
                (w.name("region", best),) if best else w.title("none"),
                claims.lever_name(w, w.study.variables[i].lever),
            )
        )
    heads = ("indicator", "degree", "distance", "best", "lever")
    return w.grid("grid_obstacles", heads, rows, region=claims.region_label(w), widths=(4, 2, 2.2, 2.2, 3.6))
