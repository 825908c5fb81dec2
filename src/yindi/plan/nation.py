"""The plan of the whole: pattern, gaps, the collective check, the layout of all regions at once, one line a region."""

from __future__ import annotations

from yindi.core.document import Block, Document, Figure, Grid, Paragraph, Parts, Sentence
from yindi.core.finding import Choice
from yindi.plan.claims import trend_caveat
from yindi.plan.nation_layout import collective, crowding, gains, layout, solution, trade_off
from yindi.plan.nation_regions import alike, each, levers, types
from yindi.plan.notes import notes
from yindi.plan.outlook import outlook, polarisation
from yindi.plan.overall import section_label
from yindi.plan.period import years
from yindi.plan.picks import ranked
from yindi.plan.region import subtitle
from yindi.plan.writer import Slot, Writer, body, items, order

SHOWN = 5
WIDEST = 12


def nation_document(w: Writer) -> Document:
    """The planning document of the whole."""
    blocks: tuple[Block, ...] = tuple(block for part in PARTS for block in part(w))
    first, _, last = years(w.study)
    title = w.say(f"title_{scope(w)}", first=w.name("year", first), last=w.name("year", last))
    return Document("nation", w.phrases.language, title.parts, subtitle(w), blocks, w.voice)


def scope(w: Writer) -> str:
    """nation where the study holds every province of the mainland, else whole."""
    regions = w.study.config.regions
    return "nation" if w.frame == "cn" and (regions.level, regions.scope) == ("province", "mainland") else "whole"


def opening(w: Writer) -> tuple[Block, ...]:
    """Why the plan is made, and its findings in a paragraph."""
    first, _, last = years(w.study)
    why = w.say("preamble_whole", first=w.name("year", first), last=w.name("year", last))
    return (Paragraph((why,)), Paragraph(findings(w), "lead"))


def findings(w: Writer) -> tuple[Sentence, ...]:
    """Who leads, the gap, what advice region by region adds up to, what the layout keeps."""
    return (_top(w), _gini(w), crowding(w), solution(w))


def ending(w: Writer) -> tuple[Block, ...]:
    """The notes, as an annex."""
    return (w.heading("notes", annex=True), *notes(w)[1:])


def map_figure(w: Writer) -> Figure:
    """The index of the last year on the map."""
    codes = w.study.panel.regions
    series = w.series(w.title("index"), "scores.index", "value", "region", codes, "region", year=w.year)
    top = w.names("region", ranked(w)[:SHOWN])
    return w.figure("map", "figure_map", [series], alt="figure_map_alt", year=w.name("year", w.year), top=top)


def pattern(w: Writer) -> tuple[Block, ...]:
    """Map, ranking with intervals, weights."""
    said = body(_top(w), _bottom(w))
    return (w.heading("pattern"), said, map_figure(w), _ranking(w), body(_weight_lead(w)), weights_grid(w))


def dagum_figure(w: Writer) -> Figure:
    """The Gini coefficient and its parts by year."""
    dates = w.study.panel.years
    lines = [
        w.series(w.title(c), "disparity.dagum", c, "year", dates, "year") for c in ("gini", "within", "between", "transvariation")
    ]
    return w.figure("lines", "figure_dagum", lines, alt="figure_dagum_alt", options={"zero": "yes"})


def gaps(w: Writer) -> tuple[Block, ...]:
    """Dagum by year, Theil, sigma."""
    return (
        w.heading("gaps"),
        body(_gini(w), _parts(w)),
        body(_theil(w), _sigma(w), trend_caveat(w)),
        dagum_figure(w),
        _dagum_grid(w),
        *polarisation(w),
    )


def space(w: Writer) -> tuple[Block, ...]:
    """Spatial association and local clusters."""
    local = w.table("disparity.local")
    clusters = []
    for quadrant in ("HH", "LL", "HL", "LH"):
        members = [r for r in local.labels("region") if local.text("quadrant", region=r) == quadrant]
        if members:
            clusters.append(w.say(f"cluster_{quadrant.lower()}", regions=w.names("region", members)))
    bridges = [w.say("bridge", "judgement", a=w.name("region", a), b=w.name("region", b)) for a, b in w.study.space.bridges]
    return (w.heading("space"), body(_moran(w), *bridges), *items(clusters or [w.say("cluster_none")]))


def structure(w: Writer) -> tuple[Block, ...]:
    """What the sections of the national accounts show, and why they recommend nothing."""
    blocks: list[Block] = [w.heading("structure"), body(refusal(w))]
    table = w.study.opportunities.structure
    if table is None:
        return tuple(blocks)
    sections = table.labels("industry")
    if len(sections) > WIDEST:
        return (*blocks, _specialised(w))
    head: tuple[str | Parts, ...] = ("region", *(_section(w, s) for s in sections))
    rows: list[list[Parts]] = [
        [(w.name("region", r),), *(w.cell(table.name, "quotient", region=r, industry=s) for s in sections)]
        for r in table.labels("region")
    ]
    return (*blocks, w.grid("grid_structure", head, rows))


def _section(w: Writer, code: str) -> Parts:
    title = f"section_{code.lower()}"
    return w.title(title) if title in w.phrases.titles else (section_label(w, code),)


def _specialised(w: Writer) -> Grid:
    """What each region is most specialised in, where there are too many activities for a column each."""
    name = "opportunities.structure"
    rows = []
    for r in w.table(name).labels("region"):
        first = [s for s in order(w.table(name), "quotient", "industry", region=r) if s != "rest"][:SHOWN]
        rows.append([(w.name("region", r),), w.joined([section_label(w, s) for s in first])])
    return w.grid("grid_specialised", ("region", "specialised"), rows, widths=(1, 5))


def _top(w: Writer) -> Sentence:
    places = ranked(w)
    return w.say(
        "top",
        year=w.name("year", w.year),
        regions=w.names("region", places[:SHOWN]),
        first=w.name("region", places[0]),
        index=w.q("scores.index", region=places[0], year=w.year),
        mean=w.q("scores.national", "mean", year=w.year),
    )


def _bottom(w: Writer) -> Sentence:
    places = ranked(w)
    return w.say(
        "bottom",
        regions=w.names("region", places[-SHOWN:]),
        last=w.name("region", places[-1]),
        index=w.q("scores.index", region=places[-1], year=w.year),
    )


def _ranking(w: Writer) -> Grid:
    rows = [
        (
            (w.q("scores.rank", region=r, year=w.year),),
            (w.name("region", r),),
            (w.q("scores.index", region=r, year=w.year),),
            (w.q("scores.rank_low", region=r, year=w.year), "–", w.q("scores.rank_high", region=r, year=w.year)),
            (w.q("scores.trend", "rank_first", region=r),),
        )
        for r in ranked(w)
    ]
    return w.grid(
        "grid_ranking",
        ("rank", "region", "index", "interval", "rank_first"),
        rows,
        year=w.name("year", w.year),
        first=w.name("year", w.study.panel.years[0]),
    )


def _weight_lead(w: Writer) -> Sentence:
    ranked = order(w.table("scores.weights"), "value", "indicator", scheme="combined")
    return w.say(
        "weight_lead",
        indicator=w.name("indicator", ranked[0]),
        weight=w.q("scores.weights", scheme="combined", indicator=ranked[0]),
    )


def weights_grid(w: Writer) -> Grid:
    """The framework: indicators, dimensions and their weights by scheme."""
    table = w.table("scores.weights")
    schemes = table.labels("scheme")
    rows: list[list[Parts]] = [
        [
            (w.name("indicator", x.code),),
            (w.name("dimension", x.dimension),),
            *(w.cell(table.name, scheme=s, indicator=x.code) for s in schemes),
        ]
        for x in w.study.framework.indicators
    ]
    return w.grid(
        "grid_weights", ("indicator", "dimension", *(f"scheme_{s}" for s in schemes)), rows, widths=(4, 3, *(2 for _ in schemes))
    )


def _gini(w: Writer) -> Sentence:
    first = w.study.panel.years[0]
    fill: dict[str, Slot] = {
        "since": w.name("year", first),
        "year": w.name("year", w.year),
        "then": w.q("disparity.dagum", "gini", year=first),
        "now": w.q("disparity.dagum", "gini", year=w.year),
    }
    if w.study.disparity.change is None or not w.has("disparity.dagum", "low", year=w.year):
        return w.say("gini_plain", direction=Choice("rose_fell", "now", than="then"), **fill)
    fill |= {c: w.q("disparity.dagum", c, year=w.year) for c in ("low", "high")}
    moved = {"change": "change", "change_low": "low", "change_high": "high"}
    found = {slot: w.q("disparity.change", column, part="gini") for slot, column in moved.items()}
    if found["change_low"].value <= 0 <= found["change_high"].value:
        return w.say("gini_unclear", **fill, **found)
    return w.say("gini", verdict=Choice("widened", "change"), **fill, **found)


def _parts(w: Writer) -> Sentence:
    shares = {c: w.q("disparity.dagum", f"{c}_share", year=w.year) for c in ("within", "between", "transvariation")}
    largest = max(shares, key=lambda c: shares[c].value)
    return w.say("dagum_parts", largest=w.name("part", largest), **shares)


def _theil(w: Writer) -> Sentence:
    return w.say(
        "theil", total=w.q("disparity.theil", "total", year=w.year), share=w.q("disparity.theil", "between_share", year=w.year)
    )


def _sigma(w: Writer) -> Sentence:
    first = w.study.panel.years[0]
    lowest = order(w.table("disparity.sigma"), "cv", "year", largest=False)[0]
    return w.say(
        "sigma",
        since=w.name("year", first),
        year=w.name("year", w.year),
        lowest_year=w.name("year", lowest),
        then=w.q("disparity.sigma", "cv", year=first),
        lowest=w.q("disparity.sigma", "cv", year=lowest),
        now=w.q("disparity.sigma", "cv", year=w.year),
        verdict=Choice("converged", "now", than="lowest"),
    )


def _dagum_grid(w: Writer) -> Grid:
    columns = ("gini", "low", "high", "within_share", "between_share", "transvariation_share")
    rows: list[list[Parts]] = [[(w.name("year", y),), *w.cells("disparity.dagum", columns, year=y)] for y in w.study.panel.years]
    return w.grid("grid_dagum", ("year", *columns), rows)


def _moran(w: Writer) -> Sentence:
    at = {"year": w.year}
    if not w.has("disparity.moran", "i", **at):
        return w.say("moran_none")
    common: dict[str, Slot] = {
        "year": w.name("year", w.year),
        "i": w.q("disparity.moran", "i", **at),
        "expected": w.q("disparity.moran", "expected", **at),
        "direction": Choice("clustered", "i", than="expected"),
    }
    if not w.has("disparity.moran", "p", **at):
        return w.say("moran_plain", **common)
    return w.say("moran", p=w.q("disparity.moran", "p", **at), sure=Choice("significant", "p", pivot=0.05), **common)


def refusal(w: Writer) -> Sentence:
    """Why relatedness recommends nothing, or what its test found."""
    table = w.table("opportunities.backtest")
    if w.study.activity is None:
        return w.say("refusal_none")
    if w.learned:
        items_ = {"found": "chosen", "rival": "rival", "low": "gain_low", "high": "gain_high"}
        proof = {k: w.q(table.name, item=i) for k, i in items_.items()}
        return w.say("refusal_learned", "model", least=w.config("layout.minimum_fit"), **proof)
    few = {i: w.q(table.name, item=i) for i in ("activities", "minimum_activities", "entries", "candidates") if table.has(item=i)}
    if len(few) == 4 and few["activities"].value < few["minimum_activities"].value:
        return w.say("refusal", **few)
    return w.say("relatedness_verdict", verdict=w.name("verdict", table.text("text", item="verdict")))


PARTS = (
    opening,
    pattern,
    gaps,
    space,
    structure,
    types,
    collective,
    layout,
    trade_off,
    gains,
    levers,
    outlook,
    alike,
    each,
    ending,
)
