"""Parts of research reports about data, uncertainty, sensitivity, tests on the past and refusals, for a region or the whole."""

from __future__ import annotations

from collections.abc import Sequence

from yindi.core.document import Block, Grid, Parts
from yindi.plan.nation import refusal
from yindi.plan.nation import weights_grid as weights
from yindi.plan.writer import Writer, body, items, order

MODELS = 10
JOINT = "interactions"


def methods(w: Writer) -> tuple[Block, ...]:
    """How the figures were made, in the order of the computation; the indicators with coverage; the weights."""
    keys = ("index", "obstacle", "fit", "layout", "scenarios")
    said = [w.say(f"method_{k}", "model") for k in keys]
    return (w.heading("methods"), *items(said), indicators_grid(w), weights(w))


def indicators_grid(w: Writer) -> Grid:
    """Indicators: dimension, unit as shown, direction, cells observed and filled."""
    table = w.table("intake.coverage")
    rows: list[tuple[Parts, ...]] = []
    for i in w.study.framework.indicators:
        counts = w.cells(table.name, ("observed", "imputed", "corrected", "absent"), indicator=i.code)
        side = w.word("direction", i.direction)
        rows.append(((w.name("indicator", i.code),), (w.name("dimension", i.dimension),), side, *counts))
    heads = ("indicator", "dimension", "direction", "observed", "imputed", "corrected", "absent")
    return w.grid("grid_indicators", heads, rows, note=(w.say("indicators_note"),), widths=(4.4, 2.6, 1.6, 1.4, 1.4, 1.4, 1.4))


def uncertainty(w: Writer) -> tuple[Block, ...]:
    """What moves the ranks: choices, indicators, other frameworks."""
    lead = w.say("uncertainty_lead", draws=w.config("measure.draws"))
    return (w.heading("uncertainty", 2), body(lead), *_choices(w), *_influence(w), *_frameworks(w))


def _choices(w: Writer) -> tuple[Block, ...]:
    table = w.table("scores.choices")
    ranked = order(table, "share", "choice")
    if not ranked:
        return (body(w.say("choices_none")),)
    rows: list[tuple[Parts, ...]] = [(w.titled("choice", c), w.cell(table.name, "share", choice=c)) for c in ranked]
    single = [c for c in ranked if c != JOINT]
    said = [w.say("choices_first", choice=w.titled("choice", c)[0], share=w.q(table.name, "share", choice=c)) for c in single[:1]]
    return (body(*said), w.grid("grid_choices", ("choice", "variance_share"), rows, widths=(6, 3)))


def _influence(w: Writer) -> tuple[Block, ...]:
    table = w.maybe("scores.influence")
    if table is None:
        return ()
    columns = ("nominal", "variance_share", "correlation")
    rows: list[list[Parts]] = [
        [(w.name("indicator", i),), *w.cells(table.name, columns, indicator=i)]
        for i in order(table, "variance_share", "indicator")
    ]
    return (w.grid("grid_influence", ("indicator", *columns), rows, note=(w.say("influence_note"),), widths=(5, 2, 2, 2)),)


def _frameworks(w: Writer) -> tuple[Block, ...]:
    table = w.maybe("scores.frameworks")
    if table is None:
        return ()
    columns = ("indicators", "covered", "spearman", "kendall", "mean_shift", "largest_shift")
    rows: list[list[Parts]] = [
        [(w.name("code", f),), *w.cells(table.name, columns, framework=f)] for f in table.labels("framework")
    ]
    heads = ("framework", *(f"framework_{c}" for c in columns))
    return (w.grid("grid_frameworks", heads, rows, note=(w.say("frameworks_note"),), widths=(2.4, 1.6, 1.6, 2, 2, 2, 2)),)


def tests(w: Writer) -> tuple[Block, ...]:
    """Tests on the past: targets, relatedness, dynamics; what was refused because of them."""
    return (w.heading("tests"), body(refusal(w)), *_skill(w), *_hindcast(w), *_target_skill(w))


def _skill(w: Writer) -> tuple[Block, ...]:
    if "scenarios" not in w.study.results:
        return (body(w.say("outlook_none")),)
    table = w.table("scenarios.skill")
    rows: list[list[Parts]] = [
        [(w.name("year", h),), *w.cells(table.name, ("skill", "coverage", "origins"), horizon=h)] for h in table.labels("horizon")
    ]
    any_skill = any(table.number("skill", horizon=h) > 0 for h in table.labels("horizon") if table.has("skill", horizon=h))
    said = w.say("outlook_skill" if any_skill else "outlook_no_skill", "model")
    return (body(w.say("outlook_lead", "model"), said), w.grid("grid_skill", ("horizon", "skill", "coverage", "origins"), rows))


def _hindcast(w: Writer) -> tuple[Block, ...]:
    if "scenarios" not in w.study.results:
        return ()
    table = w.table("scenarios.hindcast")
    horizon = table.labels("horizon")[0]
    ranked = order(table, "rmse", "model", largest=False, horizon=horizon)[:MODELS]
    columns = ("rmse", "relative", "order", "direction_share")
    rows: list[list[Parts]] = [
        [w.titled("model", m), *w.cells(table.name, ("rmse", "relative", "order", "direction"), model=m, horizon=horizon)]
        for m in ranked
    ]
    return (w.grid("grid_hindcast", ("model", *columns), rows, horizon=w.name("year", horizon)),)


def _target_skill(w: Writer) -> tuple[Block, ...]:
    table = w.maybe("plan.target_skill")
    if table is None:
        return (body(w.say("derivation_none")),)
    columns = ("regions", "miss", "size", "reached", "gain")
    known = [v for v in table.labels("variable") if table.has("reached", variable=v, method="chosen")]
    if not known:
        return (body(w.say("target_skill_none")),)
    rows: list[list[Parts]] = [
        [(w.name("variable", v),), *w.cells(table.name, columns, variable=v, method="chosen")] for v in known
    ]
    heads = ("indicator", *(f"skill_{c}" for c in columns))
    return (w.grid("grid_target_skill", heads, rows, note=(w.say("target_skill_note", "model"),), widths=(4, 1.6, 2, 2, 2, 2)),)


def references(w: Writer, tables: Sequence[str]) -> tuple[Block, ...]:
    """The sources of the methods that made the tables a report rests on, from the ledger."""
    steps = [s for s in w.study.ledger.steps.values() if any(s.made.startswith(t) for t in tables)]
    found = sorted({*(c for s in steps for c in s.cites), w.study.framework.source} - {""})
    said = [w.say("reference", citation=w.name("citation", c)) for c in found]
    return (w.heading("references"), *items(said))


def replication(w: Writer) -> tuple[Block, ...]:
    """How to run it again: version, seed, commands, the files with their digests."""
    from yindi import __version__

    said = w.say("replicate", version=w.name("version", f"yindi {__version__}"), seed=w.name("code", str(w.study.config.seed)))
    rows: list[tuple[Parts, ...]] = [
        (
            (w.name("file", s.path),),
            (w.name("quote", s.title),) if s.title else w.title("none"),
            (w.name("quote", s.producer),) if s.producer else w.title("none"),
            (w.name("code", s.sha256[:DIGEST]),),
        )
        for s in w.study.ledger.sources.values()
    ]
    grid = w.grid("grid_files", ("file", "source_title", "producer", "digest"), rows, widths=(2.4, 4, 3, 3))
    return (w.heading("replication"), body(said), *((grid,) if rows else ()))


DIGEST = 16
