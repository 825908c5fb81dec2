"""All results -> Plan: the documents of every region and of the whole, in every language, and their sentences as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from yindi.core import resources
from yindi.core.document import Document, Figure, Grid, Heading, Paragraph, Part, Sentence
from yindi.core.finding import Quantity
from yindi.core.names import Names
from yindi.core.study import Bench, Study
from yindi.core.wording import write
from yindi.plan import phrases
from yindi.plan.nation import nation_document
from yindi.plan.region import region_document
from yindi.plan.writer import Writer

INPUTS = ("scores.index", "diagnosis.endowment", "diagnosis.obstacle", "opportunities.candidates", "layout.allocation")


def plan(study: Study) -> Study:
    """The study with every report's words; every number in them is a Quantity that points at a table."""
    study = replace(study, names=with_words(study.names))
    tables = phrases.load()
    documents: list[Document] = []
    for language in study.config.report.languages:
        documents.append(nation_document(Writer(study, tables[language], "nation")))
        documents += [region_document(Writer(study, tables[language], r)) for r in study.panel.regions]
    bench = Bench(study, "plan")
    _sentences(bench, documents)
    _quantities(bench, documents)
    return bench.done(documents=tuple(documents))


def with_words(names: Names) -> Names:
    """Names plus the packaged names that plans use: finding kinds, choices, methods, parts, path types."""
    for kind, table in resources.tree("names.yaml").items():
        names = names.plus(kind, {code: (row["zh"], row["en"]) for code, row in table.items()})
    return names


def text_of(parts: tuple[Part, ...], language: str) -> str:
    """Parts as plain text."""
    return "".join(p if isinstance(p, str) else write(p, language) if isinstance(p, Quantity) else p.text for p in parts)


def said(document: Document) -> Iterator[tuple[str, Sentence]]:
    """(section, sentence) in reading order."""
    section = ""
    for block in document.blocks:
        match block:
            case Heading():
                section = text_of(block.parts, document.language) if block.level == 1 else section
            case Paragraph():
                yield from ((section, s) for s in block.sentences)
            case Grid() | Figure():
                yield from ((section, s) for s in block.note)


def _sentences(bench: Bench, documents: list[Document]) -> None:
    rows = [
        (f"{d.subject}.{d.language}.{n}", d.subject, d.language, section, text_of(s.parts, d.language), s.finding, s.grade)
        for d in documents
        for n, (section, s) in enumerate(said(d), 1)
    ]
    labels = tuple(r[0] for r in rows)
    columns = ("subject", "language", "section", "text", "phrase", "grade")
    bench.make(
        "sentences",
        (("sentence", labels),),
        {c: [r[n] for r in rows] for n, c in enumerate(columns, 1)},
        method="plan.compose",
        inputs=INPUTS,
    )


def _quantities(bench: Bench, documents: list[Document]) -> None:
    cited = [p for d in documents for p in d.parts() if isinstance(p, Quantity)]
    times = Counter(str(q.ref) for q in cited)
    values = {str(q.ref): q.value for q in cited}
    labels = tuple(sorted(times))
    bench.make(
        "quantities",
        (("cited", labels),),
        {"value": [values[x] for x in labels], "times": [float(times[x]) for x in labels]},
        method="plan.cite",
        inputs=INPUTS,
        units={"value": "value", "times": "count"},
    )
