"""The research report of the whole."""

from __future__ import annotations

from yindi.core.document import Block, Document, Grid, Paragraph, Parts
from yindi.plan import nation
from yindi.plan.nation_layout import collective, gains, layout, trade_off
from yindi.plan.nation_regions import alike, levers, types
from yindi.plan.outlook import outlook
from yindi.plan.region import subtitle
from yindi.plan.research import data, sources
from yindi.plan.robustness import methods, replication, tests, uncertainty
from yindi.plan.writer import Writer, body


def research_whole(w: Writer) -> Document:
    """Data, methods, results, robustness, tests, references, replication."""
    blocks: tuple[Block, ...] = tuple(block for part in PARTS for block in part(w))
    title = w.say("title_research_whole")
    return Document(w.subject, w.phrases.language, title.parts, subtitle(w), blocks, w.voice)


def summary(w: Writer) -> tuple[Block, ...]:
    """The findings: the same as those of the plan."""
    return (w.heading("summary"), Paragraph(nation.findings(w), "lead"))


def ways(w: Writer) -> tuple[Block, ...]:
    """How the figures were made; the table of weights stands beside the ranking."""
    return methods(w)[:-1]


def sensitivity(w: Writer) -> tuple[Block, ...]:
    """What moves the ranks of all regions."""
    return (w.heading("sensitivity"), *uncertainty(w))


def convergence(w: Writer) -> tuple[Block, ...]:
    """Convergence by model, with intervals."""
    heading, table = w.heading("convergence"), w.maybe("disparity.convergence")
    if table is None or not table.labels("model"):
        return (heading, body(w.say("convergence_none")))
    return (heading, _convergence(w), *_weighted(w))


def _convergence(w: Writer) -> Grid:
    table = w.table("disparity.convergence")
    columns = ("coefficient", "low", "high", "speed", "half_life")
    rows: list[list[Parts]] = [
        [w.titled("convergence", m), *w.cells(table.name, columns, model=m)] for m in table.labels("model")
    ]
    return w.grid("grid_convergence", ("model", *columns), rows, note=(w.say("convergence_note", "model"),))


def _weighted(w: Writer) -> tuple[Block, ...]:
    table = w.maybe("disparity.weighted")
    if table is None:
        return ()
    columns = ("gini", "theil", "mld", "atkinson", "cv")
    rows: list[list[Parts]] = [[(w.name("year", y),), *w.cells(table.name, columns, year=y)] for y in table.labels("year")]
    return (w.grid("grid_weighted", ("year", *columns), rows, note=(w.say("weighted_note"),)),)


PARTS = (
    summary,
    data,
    ways,
    nation.pattern,
    nation.gaps,
    convergence,
    nation.space,
    sensitivity,
    nation.structure,
    types,
    collective,
    layout,
    trade_off,
    gains,
    levers,
    outlook,
    tests,
    alike,
    sources,
    replication,
)
