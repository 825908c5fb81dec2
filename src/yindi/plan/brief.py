"""The brief: five sentences, one small table, one figure; the findings of the plan on one page."""

from __future__ import annotations

from yindi.core.document import Block, Document, Grid, Paragraph, Parts, Sentence
from yindi.plan import claims, picks, support
from yindi.plan.nation import dagum_figure
from yindi.plan.nation import findings as of_the_whole
from yindi.plan.nation_layout import held_most
from yindi.plan.region import findings, subtitle
from yindi.plan.situation import index_figure
from yindi.plan.writer import Writer, order

SENTENCES = 5
ROWS = 5


def brief_document(w: Writer) -> Document:
    """The brief of a region or of the whole."""
    nation = w.subject == "nation"
    blocks = whole(w) if nation else region(w)
    title = w.say("title_brief_whole") if nation else w.say("title_brief", region=w.name("region", w.subject))
    return Document(w.subject, w.phrases.language, title.parts, subtitle(w), blocks, w.voice)


def region(w: Writer) -> tuple[Block, ...]:
    """Position, path, bottleneck, what to cultivate, what not to follow; the portfolio; the index by year."""
    said: list[Sentence] = findings(w)
    if len(said) < SENTENCES:
        said.append(_partner(w))
    return (Paragraph(tuple(said[:SENTENCES]), "lead"), *_portfolio(w), index_figure(w), _more(w))


def _partner(w: Writer) -> Sentence:
    table = w.table("opportunities.partners")
    found = [p for p in table.labels("place") if table.has("partner", region=w.subject, place=p)]
    if not found:
        return w.say("partners_none", region=claims.region_label(w))
    return w.say("each_partner", "model", partner=w.name("region", table.text("partner", region=w.subject, place=found[0])))


def _portfolio(w: Writer) -> tuple[Block, ...]:
    table, packages = w.table("opportunities.candidates"), w.maybe("layout.support")
    rows: list[tuple[Parts, ...]] = []
    for c in picks.chosen_industries(w)[:ROWS]:
        at = {"region": w.subject, "industry": c}
        lever = claims.lever_name(w, table.text("lever", **at)) if table.has("lever", **at) else w.title("nothing")
        fit = (w.q(table.name, "fit", **at),)
        more = () if packages is None else (support.package(w, c),)
        rows.append(((w.name("industry", c),), fit, claims.requirement(w, c, "binding"), lever, *more))
    if not rows:
        return (Paragraph((w.say("cultivate_none", "model", region=claims.region_label(w)),)),)
    heads = ("industry", "fit", "bound_by", "lever", *(() if packages is None else ("packages",)))
    widths = (4, 1.6, 3, 4, *(() if packages is None else (2.4,)))
    return (w.grid("grid_cultivate", heads, rows, region=claims.region_label(w), widths=widths),)


def whole(w: Writer) -> tuple[Block, ...]:
    """Who leads, the gap, crowding, the layout, who holds back; industries before and after; the gap by year."""
    said, lent = [*of_the_whole(w), *held_most(w)], support.lent(w)
    pools = (Paragraph(tuple(lent), "note"),) if lent else ()
    return (Paragraph(tuple(said[:SENTENCES]), "lead"), _crowded(w), *pools, dagum_figure(w), _more(w))


def _crowded(w: Writer) -> Grid:
    table = w.table("layout.industries")
    ranked = order(table, "before", "industry")[:ROWS]
    rows: list[list[Parts]] = [
        [(w.name("industry", c),), *w.cells(table.name, ("before", "limit", "regions"), industry=c)] for c in ranked
    ]
    return w.grid("grid_industries", ("industry", "before", "limit", "regions_count"), rows, widths=(4, 2.4, 2, 2))


def _more(w: Writer) -> Paragraph:
    return Paragraph((w.say("brief_more"),), "note")
