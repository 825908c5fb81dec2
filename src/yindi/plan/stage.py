"""All results -> Plan: the documents of every region and of the whole, in every language, and their sentences as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from yindi.core import resources
from yindi.core.document import Document, Figure, Grid, Heading, Paragraph, Part, Sentence
from yindi.core.finding import Quantity
from yindi.core.names import Names
from yindi.core.study import Bench, Study
from yindi.core.table import Table
from yindi.core.wording import write
from yindi.plan import goals, making, phrases
from yindi.plan.brief import brief_document
from yindi.plan.nation import nation_document
from yindi.plan.region import region_document
from yindi.plan.research import research_document
from yindi.plan.research_nation import research_whole
from yindi.plan.writer import Writer

INPUTS = ("scores.index", "diagnosis.endowment", "diagnosis.obstacle", "opportunities.candidates", "layout.allocation")


def plan(study: Study) -> Study:
    """The study with every report's words; every number in them is a Quantity that points at a table."""
    study = making.with_departments(replace(study, names=with_words(study.names)))
    bench = Bench(study, "plan")
    making.tables(bench)
    regional = regions_first(making.draft(bench))
    making.similarity_tables(bench, regional)
    documents = compose(making.draft(bench), {d.name: d for d in regional})
    _sentences(bench, documents)
    _quantities(bench, documents)
    return bench.done(documents=documents)


def check(study: Study) -> None:
    """Refuse the user's departments, projects, phrases and higher plan where they are unsound, before anything is computed."""
    making.check(study)
    phrases_of(study)


def phrases_of(study: Study) -> Mapping[str, phrases.Phrases]:
    """The phrases of a study: the packaged ones and the user's own."""
    rows = making.rows_of(study.need("intake").texts)
    return phrases.load(tuple((r["language"], r["section"], r["key"], r["text"]) for r in rows))


def regions_first(study: Study) -> list[Document]:
    """The planning documents of all regions in the first language: what plan.similarity compares (they cannot cite it)."""
    words = phrases_of(study)[study.config.report.languages[0]]
    return [region_document(Writer(study, words, r)) for r in study.panel.regions]


def compose(study: Study, made: Mapping[str, Document] | None = None) -> tuple[Document, ...]:
    """Every document of a study in every language: a pure function of its tables, so that it can be done again and compared.

    `made` holds documents of the same study that are there already, by name.
    """
    tables = phrases_of(study)
    subjects = ("nation", *study.panel.regions)
    report = study.config.report
    held: dict[str, Table] = {}
    writers = (Writer(study, tables[x], s, v, held) for v in report.voices for x in report.languages for s in subjects)
    return tuple((made or {}).get(name_of(w)) or _document(w) for w in writers)


def name_of(w: Writer) -> str:
    """The name of the document a writer will write."""
    return Document(w.subject, w.phrases.language, (), (), (), w.voice).name


def _document(w: Writer) -> Document:
    if w.voice == "brief":
        return brief_document(w)
    if w.voice == "research":
        return research_whole(w) if w.subject == "nation" else research_document(w)
    return nation_document(w) if w.subject == "nation" else region_document(w)


def reworded(study: Study) -> list[tuple[str, str]]:
    """(place, what differs) for each stored document whose words no longer follow from the stored tables."""
    found: list[tuple[str, str]] = []
    if study.need("plan").targets is not None:
        goals.evidenced(study.table("plan.targets"))
    fresh = {d.name: d for d in compose(study)}
    for held in study.need("plan").documents:
        place = f"document {held.name}"
        again = fresh.get(held.name)
        if again is None or len(again.blocks) != len(held.blocks):
            found.append((place, "has other sections than its tables give."))
        elif again != held:
            pairs = zip(_plain(held), _plain(again), strict=False)
            was, now = next(((a, b) for a, b in pairs if a != b), ("", ""))
            found.append((place, f"says {was!r}, its tables give {now!r}."))
    return found


def _plain(document: Document) -> Iterator[str]:
    for _, s in said(document):
        yield text_of(s.parts, document.language)
    for part in document.parts():
        yield text_of((part,), document.language)


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


def _sentences(bench: Bench, documents: Sequence[Document]) -> None:
    rows = [
        (f"{d.name}.{n}", d.subject, d.language, section, text_of(s.parts, d.language), s.finding, s.grade)
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


def _quantities(bench: Bench, documents: Sequence[Document]) -> None:
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
