"""Sentences, tables and figures about one region; each takes the Writer of that region."""

from __future__ import annotations

from yindi.core.document import Figure, Grid, Parts, Sentence, Series
from yindi.core.finding import Choice, Label, Quantity
from yindi.plan import picks
from yindi.plan.rules import path_type
from yindi.plan.writer import Writer, order


def region_label(w: Writer) -> tuple[Label, ...]:
    """The region as a label slot."""
    return (w.name("region", w.subject),)


def place_in_nation(w: Writer) -> Sentence:
    """Index, rank and rank interval."""
    at = {"region": w.subject, "year": w.year}
    return w.say(
        "standing",
        region=region_label(w),
        year=w.name("year", w.year),
        index=w.q("scores.index", **at),
        rank=w.q("scores.rank", **at),
        low=w.q("scores.rank_low", **at),
        high=w.q("scores.rank_high", **at),
        regions=w.q("intake.summary", item="regions"),
    )


def path(w: Writer) -> Sentence:
    """The path type with the ranks it rests on."""
    kind = path_type(w.study, w.subject)
    at = {"region": w.subject}
    return w.say(
        f"path_{kind}",
        "judgement",
        region=region_label(w),
        since=w.name("year", w.study.panel.years[0]),
        shift=Choice("path_shift", "rank_change"),
        rank_last=w.q("scores.trend", "rank_last", **at),
        rank_change=w.q("scores.trend", "rank_change", **at),
    )


def trend_caveat(w: Writer) -> Sentence | None:
    """Which indicators of the index compare within a span of years only."""
    bound = [i.code for i in w.study.framework.indicators if len(w.study.panel.segments_of(i.code)) > 1]
    return w.say("trend_caveat", indicators=w.names("indicator", bound)) if bound else None


def obstacle_imputed(w: Writer) -> Sentence | None:
    """A warning where the region's own value behind its largest obstacle was filled."""
    first = order(w.table("diagnosis.obstacle"), "degree", "indicator", region=w.subject)[0]
    return w.say("obstacle_imputed", indicator=w.name("indicator", first)) if raw(w, first).marked else None


def left_out(w: Writer, industries: list[str]) -> Sentence | None:
    """Requirements that the fits of these industries leave out for want of local data."""
    table = w.table("opportunities.candidates")
    codes = [
        q
        for c in industries
        for q in str(table.array("left_out")[table.labels("region").index(w.subject), table.labels("industry").index(c)]).split(
            ";"
        )
        if q
    ]
    return w.say("left_out", requirements=w.names("requirement", dict.fromkeys(codes))) if codes else None


def fewer(w: Writer) -> Sentence | None:
    """Said where fewer industries fit than the smallest portfolio asks for."""
    count, least = w.q("layout.regions", "count", region=w.subject), w.config("layout.portfolio_min")
    return w.say("fewer", minimum=least, count=count) if count.value < least.value else None


def main_obstacle(w: Writer, phrase: str) -> Sentence:
    """The largest obstacle with its lever."""
    table = w.table("diagnosis.obstacle")
    first = order(table, "degree", "indicator", region=w.subject)[0]
    if table.number("degree", region=w.subject, indicator=first) <= 0:
        return w.say("obstacle_none", region=region_label(w))
    return w.say(
        phrase,
        region=region_label(w),
        indicator=w.name("indicator", first),
        degree=w.q("diagnosis.obstacle", "degree", region=w.subject, indicator=first),
        lever=w.name("lever", w.study.variables[first].lever),
    )


def against_nation(w: Writer) -> Sentence:
    """The index beside the national mean."""
    return w.say(
        "against_nation",
        index=w.q("scores.index", region=w.subject, year=w.year),
        mean=w.q("scores.national", "mean", year=w.year),
        direction=Choice("above_below", "index", than="mean"),
    )


def against_block(w: Writer) -> Sentence:
    """The index beside the mean of its block."""
    grouping = w.study.config.regions.grouping
    group = w.study.space.group_of(grouping, [w.subject])[0]
    return w.say(
        "against_block",
        group=w.name("group", group),
        index=w.q("scores.index", region=w.subject, year=w.year),
        mean=w.q("disparity.dagum_groups", "mean", year=w.year, group=group),
        direction=Choice("above_below", "index", than="mean"),
    )


def dimensions(w: Writer) -> Sentence:
    """The largest and the smallest dimension."""
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


def index_lines(w: Writer) -> list[Series]:
    """The index of the region and of the nation by year."""
    years = w.study.panel.years
    own = w.series(region_label(w), "scores.index", "value", "year", years, "year", region=w.subject)
    mean = w.series(w.title("national_mean"), "scores.national", "mean", "year", years, "year")
    return [own, mean]


def ranks_grid(w: Writer) -> Grid:
    """Index, rank and interval by year."""
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
    return w.grid("grid_ranks", ("year", "index", "rank", "interval", "national_mean"), rows, region=region_label(w))


def endowment_item(w: Writer, variable: str, phrase: str) -> Sentence:
    """One endowment beside its peers."""
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


def endowment_figure(w: Writer) -> Figure:
    """Percentiles of all endowments."""
    table = w.table("diagnosis.endowment")
    variables = [v for v in table.labels("variable") if table.has("percentile", region=w.subject, variable=v)]
    own = w.series(region_label(w), table.name, "percentile", "variable", variables, "variable", region=w.subject)
    return w.figure(
        "bars", "figure_endowment", [own], alt="figure_endowment_alt", region=region_label(w), options={"reference": "0.5"}
    )


def endowment_grid(w: Writer) -> Grid:
    """The whole endowment profile."""
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
    return w.grid("grid_endowment", heads, rows, region=region_label(w), note=(w.say("gap_note"),), widths=(4, 1.5, 3, 3, 2, 2))


def coupling(w: Writer) -> Sentence:
    """Coupling with development, by two forms, and which system leads."""
    at = {"region": w.subject, "year": w.year}
    table = w.table("diagnosis.coupling")
    if not table.has("coordination", **at):
        return w.say("coupling_none", region=region_label(w))
    return w.say(
        "coupling",
        coordination=w.q(table.name, "coordination", **at),
        wang=w.q(table.name, "wang_coordination", **at),
        grade_name=w.name("grade", table.text("grade", **at)),
        kind=w.name("coupling_kind", table.text("relative_kind", **at)),
        outcomes=w.names("variable", w.study.config.diagnose.outcomes),
    )


def lever_name(w: Writer, lever: str) -> Parts:
    """The name of a lever, or the word for none."""
    return (w.name("lever", lever),) if lever else w.title("none")


def requirement(w: Writer, industry: str, column: str) -> Parts:
    """The name of a requirement of a candidate, or the word for none."""
    code = w.table("opportunities.candidates").text(column, region=w.subject, industry=industry)
    return (w.name("requirement", code),) if code else w.title("nothing")


def kept(w: Writer) -> Sentence:
    """The share of its own best value that the layout leaves the region."""
    return w.say("kept", "model", region=region_label(w), kept=w.q("layout.regions", "kept_share", region=w.subject))


def unfit_item(w: Writer, industry: str) -> Sentence | None:
    """One industry that does not fit, with its largest shortfall."""
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


def raw(w: Writer, indicator: str) -> Quantity:
    """An indicator's value in the last year."""
    return w.q("panel", region=w.subject, year=w.year, indicator=indicator)


def unblocks(w: Writer, lever: str) -> list[str]:
    """Industries of the portfolio that this lever binds first."""
    table = w.table("opportunities.candidates")
    return [c for c in picks.chosen_industries(w) if table.text("lever", region=w.subject, industry=c) == lever]
