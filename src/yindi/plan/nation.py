"""The plan of the whole: pattern, gaps, the collective check, the layout of all regions at once, one line a region."""

from __future__ import annotations

from collections import Counter

from yindi.core.document import Block, Document, Grid, Paragraph, Parts, Sentence
from yindi.core.finding import Choice
from yindi.plan.claims import trend_caveat
from yindi.plan.notes import notes
from yindi.plan.outlook import outlook, polarisation
from yindi.plan.picks import chosen_industries
from yindi.plan.rules import path_type
from yindi.plan.writer import Slot, Writer, body, items, order

SHOWN = 5
PRICED = ("limit", "floor")
HEADS = {"regions": "regions_count"}


def nation_document(w: Writer) -> Document:
    """The national document."""
    parts = (summary, pattern, gaps, space, structure, collective, layout, trade_off, outlook, regions, notes)
    blocks: tuple[Block, ...] = tuple(block for part in parts for block in part(w))
    title = w.say("title_nation").parts
    subtitle = w.say("subtitle", first=w.name("year", w.study.panel.years[0]), last=w.name("year", w.year)).parts
    return Document("nation", w.phrases.language, title, subtitle, blocks, w.voice)


def summary(w: Writer) -> tuple[Block, ...]:
    """The findings of the whole in one paragraph."""
    return (w.heading("summary"), Paragraph((_top(w), _gini(w), _crowding(w), _solution(w)), "lead"))


def pattern(w: Writer) -> tuple[Block, ...]:
    """Map, ranking with intervals, weights."""
    codes = w.study.panel.regions
    series = w.series(w.title("index"), "scores.index", "value", "region", codes, "region", year=w.year)
    figure = w.figure(
        "map",
        "figure_map",
        [series],
        alt="figure_map_alt",
        year=w.name("year", w.year),
        top=w.names("region", _ranked(w)[:SHOWN]),
    )
    return (w.heading("pattern"), body(_top(w), _bottom(w)), figure, _ranking(w), body(_weight_lead(w)), _weights(w))


def gaps(w: Writer) -> tuple[Block, ...]:
    """Dagum by year, Theil, sigma."""
    years = w.study.panel.years
    lines = [
        w.series(w.title(c), "disparity.dagum", c, "year", years, "year") for c in ("gini", "within", "between", "transvariation")
    ]
    figure = w.figure("lines", "figure_dagum", lines, alt="figure_dagum_alt", options={"zero": "yes"})
    return (
        w.heading("gaps"),
        body(_gini(w), _parts(w)),
        body(_theil(w), _sigma(w), trend_caveat(w)),
        figure,
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
    blocks: list[Block] = [w.heading("structure"), body(_refusal(w))]
    table = w.study.opportunities.structure
    if table is None:
        return tuple(blocks)
    sections = table.labels("industry")
    head = ("region", *(f"section_{s.lower()}" for s in sections))
    rows: list[list[Parts]] = [
        [(w.name("region", r),), *(w.cell(table.name, "quotient", region=r, industry=s) for s in sections)]
        for r in table.labels("region")
    ]
    return (*blocks, w.grid("grid_structure", head, rows))


def collective(w: Writer) -> tuple[Block, ...]:
    """What advice region by region would add up to."""
    table = w.table("opportunities.crowding")
    crowded = [c for c in order(table, "regions", "industry") if table.number("crowded", industry=c) > 0]
    found = [_crowded(w, c) for c in crowded[:SHOWN]]
    lead = w.say(
        "collective_lead",
        "judgement",
        portfolio=w.config("opportunities.portfolio"),
        commitment=w.config("opportunities.commitment"),
    )
    verdict = w.say("collective_crowded" if crowded else "collective_calm", industries=w.names("industry", crowded))
    return (w.heading("collective"), body(lead), body(verdict, _nowhere(w)), *items(found))


def layout(w: Writer) -> tuple[Block, ...]:
    """The layout: rules, what binds and at what price, industries before and after."""
    duals = w.table("layout.duals")
    binding = [
        r for r in order(duals, "price", "rule") if duals.text("kind", rule=r) in PRICED and duals.number("price", rule=r) > 0
    ]
    prices = [_price(w, r) for r in binding[:SHOWN]]
    lead = w.say("layout_lead", "model", industries=w.q("layout.solution", item="industries"))
    price_lead = w.say("price_lead" if prices else "price_none", "model")
    return (w.heading("layout"), body(lead, _solution(w)), body(price_lead), *items(prices), _industries(w), body(_bound(w)))


def trade_off(w: Writer) -> tuple[Block, ...]:
    """The front between the value of the whole and the floor of the lagging regions; who gains and who holds back."""
    table = w.table("layout.frontier")
    columns = [c for c in ("floor", "value", "lagging_value", "leading_value") if c in table.columns]
    rows = [w.cells(table.name, columns, point=p) for p in table.labels("point")]
    grid = w.grid("grid_frontier", columns, rows)
    regional = w.table("layout.regions")
    holding = order(regional, "kept_share", "region", largest=False)[:SHOWN]
    held = w.say(
        "hold_back",
        "model",
        regions=w.names("region", holding),
        least=w.q("layout.regions", "kept_share", region=holding[0]),
    )
    return (w.heading("trade_off"), body(w.say("frontier_lead", "model"), held), *((grid,) if rows else ()))


def regions(w: Writer) -> tuple[Block, ...]:
    """One line a region: path type and its industries in the layout."""
    types = {r: path_type(w.study, r) for r in w.study.panel.regions}
    rows: list[tuple[Parts, ...]] = []
    for r in _ranked(w):
        own = Writer(w.study, w.phrases, r)
        chosen = chosen_industries(own)
        cell = w.joined(w.names("industry", chosen)) if chosen else w.title("none")
        rows.append(((w.q("scores.rank", region=r, year=w.year),), (w.name("region", r),), w.title(f"path_{types[r]}"), cell))
    grid = w.grid("grid_regions", ("rank", "region", "path", "portfolio"), rows, widths=(1, 2, 2, 8))
    said = [
        w.say("path_members", path=w.name("path", t), regions=w.names("region", [r for r in types if types[r] == t]))
        for t in Counter(types.values())
    ]
    return (w.heading("regions"), body(w.say("regions_lead", "judgement")), *items(said), grid)


def _ranked(w: Writer) -> list[str]:
    return order(w.table("scores.rank"), "value", "region", largest=False, year=w.year)


def _top(w: Writer) -> Sentence:
    ranked = _ranked(w)
    return w.say(
        "top",
        year=w.name("year", w.year),
        regions=w.names("region", ranked[:SHOWN]),
        first=w.name("region", ranked[0]),
        index=w.q("scores.index", region=ranked[0], year=w.year),
        mean=w.q("scores.national", "mean", year=w.year),
    )


def _bottom(w: Writer) -> Sentence:
    ranked = _ranked(w)
    return w.say(
        "bottom",
        regions=w.names("region", ranked[-SHOWN:]),
        last=w.name("region", ranked[-1]),
        index=w.q("scores.index", region=ranked[-1], year=w.year),
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
        for r in _ranked(w)
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


def _weights(w: Writer) -> Grid:
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


def _refusal(w: Writer) -> Sentence:
    table = w.table("opportunities.backtest")
    if w.study.activity is None:
        return w.say("refusal_none")
    few = {i: w.q(table.name, item=i) for i in ("activities", "minimum_activities", "entries", "candidates") if table.has(item=i)}
    if len(few) == 4 and few["activities"].value < few["minimum_activities"].value:
        return w.say("refusal", **few)
    return w.say("relatedness_verdict", verdict=w.name("verdict", table.text("text", item="verdict")))


def _nowhere(w: Writer) -> Sentence | None:
    table = w.table("opportunities.endowment")
    absent = [
        q
        for q in table.labels("requirement")
        if not any(table.has("level", region=r, requirement=q) for r in w.study.panel.regions)
    ]
    return w.say("collective_left_out", "judgement", requirements=w.names("requirement", absent)) if absent else None


def _crowding(w: Writer) -> Sentence:
    table = w.table("opportunities.crowding")
    first = order(table, "regions", "industry")[0]
    return w.say(
        "crowding",
        "judgement",
        industry=w.name("industry", first),
        regions=w.q(table.name, "regions", industry=first),
        share=w.q(table.name, "share", industry=first),
    )


def _crowded(w: Writer, industry: str) -> Sentence:
    table = "opportunities.crowding"
    columns = [c for c in ("regions", "share", "base_share", "addition", "expansion") if w.has(table, c, industry=industry)]
    fill = {c: w.q(table, c, industry=industry) for c in columns}
    phrase = "collective_item" if len(columns) == 5 else "collective_item_plain"
    return w.say(phrase, "judgement", industry=w.name("industry", industry), **fill)


def _solution(w: Writer) -> Sentence:
    return w.say(
        "solution",
        "model",
        objective=w.q("layout.solution", item="objective"),
        bound=w.q("layout.solution", item="bound"),
        gap=w.q("layout.solution", item="gap"),
        alone=w.q("layout.solution", item="value_alone"),
        kept=w.q("layout.solution", item="kept_share"),
    )


def _price(w: Writer, rule: str) -> Sentence:
    table = "layout.duals"
    return w.say(
        "price_item",
        "model",
        rule=w.name("rule", rule),
        limit=w.q(table, "limit", rule=rule),
        price=w.q(table, "price", rule=rule),
    )


def _bound(w: Writer) -> Sentence:
    fill = {i: w.q("layout.solution", item=i) for i in ("core", "swing", "fragile", "pairs")}
    return w.say("solution_note", "model", **fill)


def _industries(w: Writer) -> Grid:
    table = w.table("layout.industries")
    columns = [c for c in ("before", "limit", "regions", "price", "before_expansion", "expansion") if c in table.columns]
    rows: list[list[Parts]] = [
        [(w.name("industry", i),), *w.cells(table.name, columns, industry=i)] for i in order(table, "before", "industry")
    ]
    return w.grid("grid_industries", ("industry", *(HEADS.get(c, c) for c in columns)), rows, widths=(5, *(2 for _ in columns)))
