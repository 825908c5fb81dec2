"""A document as PDF, set by typst (extra `pdf`): the profile's page and fonts, links to the evidence index, tags."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from yindi.core import resources
from yindi.core.document import Block, Document, Figure, Grid, Heading, Paragraph, Part, Parts, Sentence
from yindi.core.errors import need
from yindi.core.finding import Quantity
from yindi.report import styles
from yindi.report.charts import drawing
from yindi.report.draw import width
from yindi.report.svg import svg
from yindi.report.tables import columns, inset_of, size_of, together
from yindi.report.text import Evidence, any_marked, broken, chains, is_number, is_range, plain, short, source_of, spoken, stored
from yindi.report.words import word


def pdf(
    document: Document, evidence: Evidence | None = None, *, profile: str | None = None, author: str = "", date: str = ""
) -> bytes:
    """The document as a tagged PDF without a clock; raises UsageError when typst is not installed."""
    typst = need("typst", "pdf")
    source = markup(document, evidence or {}, profile=profile, author=author, date=date)
    content: bytes = typst.compile(source.encode(), format="pdf")
    return content


def markup(document: Document, evidence: Evidence, *, profile: str | None = None, author: str = "", date: str = "") -> str:
    """The typst source of the document; every word stands in a string, so that no text is taken for markup."""
    look = styles.profile(profile, document.language, document.voice)
    rows = () if document.voice == "brief" else spoken(document)
    numbers = {ref: f"E{n}" for n, ref in enumerate(rows, 1)}
    sheet = _Sheet(document.language, look, numbers)
    lines = [*sheet.head(document), *sheet.front(document, author, date)]
    for block in document.blocks:
        lines += sheet.block(block)
    if any_marked(document):
        lines += [sheet.note([_text(word("legend_marked", document.language))])]
    return "\n".join([*lines, *sheet.annex(document, evidence)]) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def _text(text: str) -> str:
    return f"#{_quoted(text)};" if text else ""


@functools.cache
def _families(latin: str, han: str) -> str:
    table: dict[str, dict[str, list[str]]] = resources.tree("report/typst_fonts.yaml")
    names = [*table["latin"][latin], *table["han"][han]]
    return "(" + ", ".join(_quoted(n) for n in names) + ")"


class _Sheet:
    """Writes the source for one language and profile."""

    def __init__(self, language: str, look: Mapping[str, Any], numbers: Mapping[str, str]):
        self.language, self.look, self.numbers = language, look, numbers
        self.figures, self.annexes = 0, 0

    def fonts(self, key: str) -> str:
        """The argument list of a text style of the profile."""
        p = self.look[key]
        weight = ', weight: "bold"' if p.get("bold") else ', weight: "regular"'
        return f"font: {_families(self.look['latin'], p['han'])}, size: {p['size']}pt{weight}"

    def head(self, document: Document) -> Iterator[str]:
        """Page, fonts, headings."""
        page, body, zh = self.look["page"], self.look["body"], self.language == "zh"
        title = _quoted(short(document.title, self.language))
        yield f"#set document(title: {title}, date: none)"
        sides = ", ".join(f"{k}: {v}mm" for k, v in page.items())
        yield f'#set page(paper: "a4", margin: ({sides}), footer: context {{ {self._footer()} }})'
        yield f'#set text({self.fonts("body")}, lang: "{self.language}"{", region: " + _quoted("cn") if zh else ""})'
        gap = f"{body['line'] - body['size']}pt" if body["line"] else "0.7em"
        first = f"(amount: {body['indent']}em, all: true)" if body.get("indent") else "0pt"
        space = gap if body.get("indent") else f"{body.get('after', 6) + body['line'] - body['size']}pt"
        yield resources.text("report/head.typ")
        yield "#set text(top-edge: 0.8em, bottom-edge: -0.2em)"
        yield f"#set par(leading: {gap}, spacing: {space}, first-line-indent: {first})"
        pattern = "chinese" if zh else '"1.1.1"'
        yield f"#set heading(numbering: {pattern})"
        for n in (1, 2, 3):
            yield f"#show heading.where(level: {n}): set text({self.fonts(f'heading{n}')})"
        yield f"#show figure.caption: set text({self.fonts('caption')})"
        names = "".join(f'#show figure.where(kind: {k}): set figure(supplement: {_quoted(word(w, self.language))})\n'
                        for k, w in (("table", "table"), ("image", "figure")))  # fmt: skip
        yield names + "#set figure.caption(separator: [#h(0.8em)])"

    def _footer(self) -> str:
        size = self.look["number_size"]
        number = "counter(page).get().first()"
        if self.look["number"] != "dashes":
            return f"align(center, text(size: {size}pt, str({number})))"
        side = f"if calc.odd({number}) {{ right }} else {{ left }}"
        return f'align({side}, text(size: {size}pt, "— " + str({number}) + " —"))'

    def front(self, document: Document, author: str, date: str) -> Iterator[str]:
        """Title, subtitle, author, date."""
        title, small = self._title(document), self.look["subtitle"]["size"]
        yield f"#align(center)[#set par(first-line-indent: 0pt, justify: false)\n#text({self.fonts('title')})[{title}]"
        for line in (self.parts(document.subtitle), _text(author), _text(date)):
            if line:
                yield f"\n#text(size: {small}pt)[{line}]"
        yield "]\n#v(1em)"

    def _title(self, document: Document) -> str:
        before, after = broken(document.title)
        long = width(short(document.title, self.language), self.look["title"]["size"] * 20) > styles.text_width(dict(self.look))
        return f"{self.parts(before)}#linebreak();{self.parts(after)}" if after and long else self.parts(document.title)

    def part(self, part: Part) -> str:
        """One part; a quantity of the evidence index links to its row."""
        text = _text(plain(part, self.language))
        row = self.numbers.get(str(part.ref)) if isinstance(part, Quantity) else None
        return f"#link(<{row}>)[{text}]" if row else text

    def parts(self, parts: Iterable[Part]) -> str:
        """Parts one after another."""
        return "".join(self.part(p) for p in parts)

    def sentences(self, sentences: Iterable[Sentence]) -> str:
        """Sentences of one paragraph."""
        return ("" if self.language == "zh" else _text(" ")).join(self.parts(s.parts) for s in sentences)

    def note(self, texts: Iterable[str]) -> str:
        """A small paragraph under a table or at the end."""
        inside = "".join(texts)
        return (
            f"\n#block(spacing: 8pt)[#set par(first-line-indent: 0pt, leading: 0.5em)\n#text({self.fonts('note')})[{inside}]]\n"
            if inside
            else ""
        )

    def block(self, block: Block) -> Iterator[str]:
        """One block."""
        match block:
            case Heading(annex=True):
                yield self._annex_title(self.parts(block.parts))
            case Heading():
                yield f"\n{'=' * min(max(block.level, 1), 3)} {self.parts(block.parts)}\n"
            case Paragraph(style="note"):
                yield self.note([self.sentences(block.sentences)])
            case Paragraph(style="item") if self.language != "zh":
                yield f"- {self.sentences(block.sentences)}"
            case Paragraph():
                yield f"\n{self.sentences(block.sentences)}\n"
            case Grid():
                yield from self._grid(block)
            case Figure():
                yield from self._figure(block)

    def _grid(self, grid: Grid) -> Iterator[str]:
        wide = styles.text_width(dict(self.look))
        size = self.look["table"]["size"] if grid.widths else size_of(grid, self.language, wide, self.look["table"]["size"])[1]
        widths = [w / 20 for w in columns(grid, self.language, wide, size)]
        head = ", ".join(f"align(center)[{self.parts(h)}]" for h in grid.head)
        inset = [inset_of(grid, k, round(w * 20), self.language, size) / 20 for k, w in enumerate(widths)]
        rows = ",\n".join(", ".join(self._cell(c, k, inset[k]) for k, c in enumerate(row)) for row in grid.rows)
        inside = f"#three(columns: ({', '.join(f'{w:.1f}pt' for w in widths)},), size: {size:.1f}pt, head: ({head},),\n{rows})"
        whole = f"#figure(kind: table, caption: [{self.parts(grid.caption)}])[{inside}]"
        small = together(grid, [round(w * 20) for w in widths], self.language, size)
        yield f"\n#block(breakable: false)[{whole}]\n" if small else f"\n{whole}\n"
        yield self.note([self.sentences(grid.note)])

    def _cell(self, cell: Parts, column: int, inset: float) -> str:
        if is_number(cell):
            return f"align(right, pad(right: {inset:.1f}pt)[{self.parts(cell)}])"
        side = "center" if column and is_range(cell) else "left"
        return f"align({side})[{self.parts(cell)}]"

    def _figure(self, figure: Figure) -> Iterator[str]:
        self.figures += 1
        title = short(figure.caption, self.language)
        picture = svg(drawing(figure, self.language), title=title, key=f"f{self.figures}", alone=True)
        alt = short((*figure.caption, word("colon", self.language), *figure.alt), self.language)
        image = f'image(bytes({_quoted(picture)}), format: "svg", width: 100%, alt: {_quoted(alt)})'
        yield f"\n#figure({image}, caption: [{self.parts(figure.caption)}])\n"
        yield self.note([self.sentences(figure.note)])

    def _annex_title(self, title: str) -> str:
        self.annexes += 1
        gap = "\u3000" if self.language == "zh" else ". "
        name = word("annex", self.language) + ("" if self.language == "zh" else " ")
        return f"\n#pagebreak()\n#heading(level: 1, numbering: none)[{_text(f'{name}{self.annexes}{gap}')}{title}]\n"

    def annex(self, document: Document, evidence: Evidence) -> Iterator[str]:
        """The evidence index; rows carry the labels that numbers link to."""
        if not self.numbers:
            return
        say = functools.partial(word, language=self.language)
        yield self._annex_title(_text(say("evidence_index")))
        yield f"{_text(say('evidence_lead_pdf'))}\n"
        rows = []
        for ref, quantity in spoken(document).items():
            row = self.numbers[ref]
            source = _text(source_of(evidence.get(ref, ())))
            cells = (
                f"#metadata({_quoted(row)})<{row}>{_text(row)}",
                _text(ref.replace("[", "\u200b[")),
                _text(stored(quantity)),
                source,
            )
            rows.append(", ".join(f"[{c}]" for c in cells))
        head = ", ".join(f"[{_text(say(f'evidence_{k}'))}]" for k in ("id", "ref", "value", "source"))
        size = self.look["note"]["size"] - 2
        yield f"#three(columns: (7%, 40%, 20%, 33%), size: {size}pt, head: ({head},),\n" + ",\n".join(rows) + ")"
        rests = [f"[{_text(name)}], [{_text(chain)}]" for name, chain in chains(spoken(document), evidence).items()]
        if rests:
            top = ", ".join(f"[{_text(say(f'evidence_{k}'))}]" for k in ("table", "rests"))
            yield f"#v(1em)\n#three(columns: (26%, 74%), size: {size}pt, head: ({top},),\n" + ",\n".join(rests) + ")"
