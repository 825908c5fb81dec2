"""The research report of a region: methods, results with uncertainty, tests on the past, references, replication."""

from __future__ import annotations

from yindi.core.document import Block, Document, Figure, Grid, Paragraph, Parts
from yindi.plan import claims, picks, support
from yindi.plan.annex import derivation
from yindi.plan.notes import notes
from yindi.plan.region import findings, subtitle
from yindi.plan.robustness import methods, references, replication, tests, uncertainty
from yindi.plan.situation import bottleneck, endowment, index_figure, moved
from yindi.plan.space import partners
from yindi.plan.writer import Writer, body, order

RESTS_ON = ("panel", "scores", "diagnosis", "opportunities", "layout", "scenarios", "plan")


def research_document(w: Writer) -> Document:
    """The research report of the writer's region."""
    parts = (summary, data, methods, level, profile, industries, scenarios, tests, targets, sources, replication)
    blocks: tuple[Block, ...] = tuple(block for part in parts for block in part(w))
    title = w.say("title_research", region=w.name("region", w.subject))
    return Document(w.subject, w.phrases.language, title.parts, subtitle(w), blocks, w.voice)


def summary(w: Writer) -> tuple[Block, ...]:
    """The findings: the same as those of the plan."""
    return (w.heading("summary"), Paragraph(tuple(findings(w)), "lead"))


def data(w: Writer) -> tuple[Block, ...]:
    """What the data are, what was found in them, what was chosen."""
    return (w.heading("scope"), *notes(w)[1:])


def sources(w: Writer) -> tuple[Block, ...]:
    """References of the methods used."""
    return references(w, RESTS_ON)


def level(w: Writer) -> tuple[Block, ...]:
    """Index and rank with interval, what moves the rank of this region, the same by choices and frameworks for all."""
    said = body(claims.place_in_nation(w), claims.against_nation(w), claims.against_block(w))
    return (
        w.heading("situation_level"),
        said,
        body(moved(w), claims.trend_caveat(w), claims.dimensions(w)),
        index_figure(w),
        claims.ranks_grid(w),
        w.heading("own_uncertainty", 2),
        *standing(w),
        *uncertainty(w),
    )


def standing(w: Writer) -> tuple[Block, ...]:
    """Chances to be among the best and the worst, and which choices move the rank of this region."""
    table, drivers = w.maybe("scores.standing"), w.maybe("scores.drivers")
    said = None
    if table is not None and table.has("median", region=w.subject):
        fill = {c: w.q(table.name, c, region=w.subject) for c in ("upper", "lower", "median")}
        said = w.say("standing_chances", "model", region=claims.region_label(w), **fill)
    known = [] if drivers is None else order(drivers, "total", "choice", region=w.subject)
    if drivers is None or not known:
        return (body(said, w.say("drivers_none", region=claims.region_label(w))),)
    rows: list[list[Parts]] = [
        [w.titled("choice", c), *w.cells(drivers.name, ("first", "total"), region=w.subject, choice=c)] for c in known
    ]
    heads = ("choice", "sobol_first", "sobol_total")
    note = (w.say("drivers_note", "model"),)
    return (body(said), w.grid("grid_drivers", heads, rows, region=claims.region_label(w), note=note))


def profile(w: Writer) -> tuple[Block, ...]:
    """Endowments and obstacles in full, partners."""
    return (w.heading("profile"), *endowment(w), claims.endowment_grid(w), *bottleneck(w), *partners(w))


def industries(w: Writer) -> tuple[Block, ...]:
    """All candidate industries: fit, place, what binds, chosen or not, how often the choice comes back."""
    table, allocation = w.table("opportunities.candidates"), w.table("layout.allocation")
    rows: list[tuple[Parts, ...]] = []
    for c in order(table, "fit", "industry", region=w.subject):
        at = {"region": w.subject, "industry": c}
        chosen = allocation.number("chosen", **at) > 0
        rows.append(
            (
                (w.name("industry", c),),
                *w.cells(table.name, ("fit", "place"), **at),
                claims.requirement(w, c, "binding"),
                w.cell(table.name, "binding_gap", **at),
                w.title("held_yes" if chosen else "held_no"),
                w.cell(allocation.name, "frequency", **at),
            )
        )
    heads = ("industry", "fit", "order", "bound_by", "shortfall", "chosen", "frequency")
    note = (w.say("fit_note", "judgement"), w.say("certainty_note", "model"))
    grid = w.grid("grid_candidates", heads, rows, region=claims.region_label(w), note=note, widths=(4, 1.6, 1.4, 3, 1.6, 1.6, 2))
    chosen_names = w.names("industry", picks.chosen_industries(w))
    lead = w.say("candidates_lead", "model", industries=chosen_names) if chosen_names else None
    none = None if chosen_names else w.say("cultivate_none", "model", region=claims.region_label(w))
    return (w.heading("candidates"), body(lead, none, claims.kept(w)), grid, *support.region(w))


def scenarios(w: Writer) -> tuple[Block, ...]:
    """The region under every scenario; the figures follow from assumptions."""
    heading = w.heading("outlook")
    if "scenarios" not in w.study.results:
        return (heading, body(w.say("outlook_none")))
    return (heading, body(w.say("scenario_lead", "model", region=claims.region_label(w))), _courses(w), _effects(w))


def _courses(w: Writer) -> Figure:
    table = w.table("scenarios.regions")
    known, years = table.labels("scenario"), table.labels("year")
    series = [
        w.series((w.name("scenario", s),), table.name, "standing", "year", years, "year", scenario=s, region=w.subject)
        for s in ("baseline", "layout")
        if s in known
    ]
    return w.figure("lines", "figure_standing", series, alt="figure_standing_alt", region=claims.region_label(w))


def _effects(w: Writer) -> Grid:
    table = w.table("scenarios.effect")
    columns = ("change", "low", "high", "places", "rising")
    rows: list[list[Parts]] = [
        [(w.name("scenario", s),), *w.cells(table.name, columns, scenario=s, region=w.subject)] for s in table.labels("scenario")
    ]
    heads = ("scenario", "effect_change", "low", "high", "effect_places", "effect_rising")
    return w.grid("grid_effects", heads, rows, region=claims.region_label(w), note=(w.say("effects_note", "model"),))


def targets(w: Writer) -> tuple[Block, ...]:
    """How the targets were derived."""
    _, *rest = derivation(w)
    return (w.heading("annex_targets"), *rest)
