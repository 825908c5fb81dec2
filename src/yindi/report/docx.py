"""A document as a Word file: real styles, three-line tables, and every number a link to its row of the evidence index."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from yindi.core.document import Block, Document, Figure, Grid, Heading, Paragraph, Part, Parts, Sentence
from yindi.core.finding import Label, Quantity
from yindi.report import draw, fonts, styles
from yindi.report.charts import for_picture
from yindi.report.package import XML, word_file
from yindi.report.png import png
from yindi.report.tables import columns, inset_of, size_of, together
from yindi.report.text import (
    ANNEX,
    Evidence,
    any_marked,
    broken,
    chains,
    checksum,
    has_digit,
    is_number,
    is_range,
    joined,
    plain,
    short,
    source_of,
    spoken,
    stored,
)
from yindi.report.words import word

_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_PIC = "http://schemas.openxmlformats.org/drawingml/2006/picture"
SPACES = f'xmlns:w="{styles.W}" xmlns:r="{_R}" xmlns:wp="{_WP}" xmlns:a="{_A}" xmlns:pic="{_PIC}"'
_EMU = 635
_MAY_BREAK = "\u200b"


def docx(document: Document, evidence: Evidence | None = None, *, profile: str | None = None, author: str = "",
         date: str = "", contents: bool = False) -> bytes:  # fmt: skip
    """The document as a Word file in a profile of profiles.yaml; `evidence` maps references to lines of the evidence index."""
    language = document.language
    look = styles.profile(profile, language, document.voice)
    page = Page(language, styles.text_width(look), rows_of(document), look["table"]["size"], look["title"]["size"])
    inside = "".join([*_front(page, document, author, date, contents), content(page, document, evidence or {})])
    body = f"{XML}<w:document {SPACES}><w:body>{inside}{styles.section(look)}</w:body></w:document>"
    title = short(document.title, language)
    fixed = styles.template(profile, language, document.voice)
    return word_file(body, page.images, fixed, title=title, author=author, language=look["language"])


def rows_of(document: Document) -> dict[str, str]:
    """Reference -> row of the evidence index; a brief has none: its numbers carry reference and value as the link's tip."""
    return {} if document.voice == "brief" else {ref: f"E{n}" for n, ref in enumerate(spoken(document), 1)}


def content(page: Page, document: Document, evidence: Evidence) -> str:
    """The blocks of a document and its evidence index as WordprocessingML; pictures are left in `page.images`."""
    return "".join([*_main(page, document), *_annex(page, document, evidence)])


@dataclass(slots=True)
class Page:
    """What is counted while a file is written."""

    language: str
    wide: int
    numbers: Mapping[str, str]
    table_size: float
    title_size: float = 22.0
    marks: int = 0
    tables: int = 0
    figures: int = 0
    images: dict[str, bytes] = field(default_factory=dict)

    def mark(self) -> int:
        """The next bookmark's number."""
        self.marks += 1
        return self.marks


def run(text: str, look: str = "") -> str:
    """A run of text."""
    inside = f"<w:rPr>{look}</w:rPr>" if look else ""
    return f'<w:r>{inside}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""


def bookmarked(page: Page, name: str, inside: str) -> str:
    """XML between the two ends of a bookmark."""
    n = page.mark()
    return f'<w:bookmarkStart w:id="{n}" w:name="{name}"/>{inside}<w:bookmarkEnd w:id="{n}"/>'


def label(page: Page, text: str) -> str:
    """A text with digits that is no quantity: character style Label, in a bookmark that holds its checksum."""
    name = f"L{page.marks + 1}_{checksum(text)}"
    return bookmarked(page, name, run(text, '<w:rStyle w:val="Label"/>'))


def _runs(page: Page, parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        text = plain(part, page.language)
        match part:
            case Quantity():
                ref = str(part.ref)
                inside = run(text, '<w:rStyle w:val="Number"/>')
                tip = quoteattr(f"{ref} = {stored(part)}")
                row = page.numbers.get(ref, ANNEX)
                yield f'<w:hyperlink w:anchor="{row}" w:tooltip={tip} w:history="1">{inside}</w:hyperlink>'
            case Label() if has_digit(part.text):
                yield label(page, text)
            case "、":
                yield run(text + _MAY_BREAK)
            case _:
                yield run(text)


def paragraph(style: str, inside: str, rule: str = "") -> str:
    """A paragraph in a style."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{rule}</w:pPr>{inside}</w:p>'


def _said(page: Page, style: str, parts: Iterable[Part], rule: str = "") -> str:
    return paragraph(style, "".join(_runs(page, parts)), rule)


def _own(page: Page, text: str) -> str:
    return paragraph("Subtitle", label(page, text) if has_digit(text) else run(text)) if text else ""


def _front(page: Page, document: Document, author: str, date: str, contents: bool) -> Iterator[str]:
    title = _title(page, document)
    yield paragraph("Title", title if page.numbers else bookmarked(page, ANNEX, title))
    if joined(document.subtitle, page.language):
        yield _said(page, "Subtitle", document.subtitle)
    yield _own(page, author)
    yield _own(page, date)
    if contents:
        yield _contents(page)


def _title(page: Page, document: Document) -> str:
    """The title; one that is longer than a line breaks before its bracket, never inside it."""
    before, after = broken(document.title)
    if not after or draw.width(joined(document.title, page.language), page.title_size * 20) <= page.wide:
        return "".join(_runs(page, document.title))
    return "".join([*_runs(page, before), "<w:r><w:br/></w:r>", *_runs(page, after)])


def _contents(page: Page) -> str:
    start = '<w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r>'
    code = '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" \\h \\z \\u </w:instrText></w:r>'
    rest = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>' + run(word("contents", page.language))
    return paragraph("Normal", start + code + rest + '<w:r><w:fldChar w:fldCharType="end"/></w:r>')


def _main(page: Page, document: Document) -> Iterator[str]:
    for block in document.blocks:
        yield from _block(page, block)
    if any_marked(document):
        yield paragraph("NoteText", run(word("legend_marked", page.language)))
    if page.figures and page.language == "zh" and fonts.chinese() is None:
        yield paragraph("NoteText", run(word("fonts_missing", page.language)))


def _block(page: Page, block: Block) -> Iterator[str]:
    match block:
        case Heading(annex=True):
            yield _said(page, "AnnexHeading", block.parts)
        case Heading():
            yield _said(page, f"Heading{min(max(block.level, 1), 3)}", block.parts)
        case Paragraph():
            yield from _paragraph(page, block)
        case Grid():
            yield from _grid(page, block)
        case Figure():
            yield from _figure(page, block)


def _between(page: Page, sentences: Sequence[Sentence]) -> Iterator[Part]:
    for n, s in enumerate(sentences):
        if n and page.language != "zh":
            yield " "
        yield from s.parts


def _paragraph(page: Page, block: Paragraph) -> Iterator[str]:
    style = {"lead": "Lead", "item": "ListItem", "note": "NoteText"}.get(block.style, "Normal")
    rule = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr>' if block.style == "item" and page.language != "zh" else ""
    yield _said(page, style, _between(page, block.sentences), rule)


def _caption(page: Page, key: str, number: int, parts: Parts) -> str:
    name = word(key, page.language)
    gap = "" if page.language == "zh" else " "
    counted = f'<w:fldSimple w:instr=" SEQ {name} \\* ARABIC ">{run(str(number))}</w:fldSimple>'
    style, rule = ("TableCaption", "<w:keepNext/>") if key == "table" else ("FigureCaption", "")
    space = run("\u3000" if page.language == "zh" else "  ")
    return paragraph(style, run(name + gap) + counted + space + "".join(_runs(page, parts)), rule)


def _grid(page: Page, grid: Grid) -> Iterator[str]:
    page.tables += 1
    yield _caption(page, "table", page.tables, grid.caption)
    tail, size = ("", page.table_size) if grid.widths else size_of(grid, page.language, page.wide, page.table_size)
    wide = columns(grid, page.language, page.wide, size)
    small = together(grid, wide, page.language, size)
    inset = [inset_of(grid, k, w, page.language, size) for k, w in enumerate(wide)]
    rows = [_row(page, grid.head, wide, tail, inset, head=True, keep=True)]
    rows += [_row(page, r, wide, tail, inset, keep=(small or n == 0) and n + 1 < len(grid.rows)) for n, r in enumerate(grid.rows)]
    yield table(wide, rows, joined(grid.caption, page.language))
    yield _said(page, "NoteText", _between(page, grid.note)) if grid.note else _gap()


def _gap() -> str:
    return paragraph("NoteText", "", '<w:spacing w:before="0" w:after="0" w:line="120" w:lineRule="exact"/>')


def table(wide: Sequence[int], rows: Iterable[str], title: str) -> str:
    """A three-line table (三线表) of so many twips a column."""
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in wide)
    look = '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
    name = f"<w:tblCaption w:val={quoteattr(title)}/>" if not has_digit(title) else ""
    rule = f'<w:tblStyle w:val="ThreeLine"/><w:tblW w:w="{sum(wide)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>{look}{name}'
    return f"<w:tbl><w:tblPr>{rule}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def _row(page: Page, cells: Iterable[Parts], wide: Sequence[int], tail: str, inset: Sequence[int], *, head: bool = False,
         keep: bool = False) -> str:  # fmt: skip
    inside = []
    for n, cell in enumerate(cells):
        style = _cell_style(cell, n, head)
        rule = "<w:keepNext/>" if keep else ""
        if style == "TableNumber" and inset[n]:
            rule += f'<w:ind w:right="{inset[n]}" w:firstLineChars="0" w:firstLine="0"/>'
        inside.append(_said(page, style + tail, cell, rule))
    return row(inside, wide, head=head)


def row(cells: Iterable[str], wide: Sequence[int], *, head: bool = False) -> str:
    """A table row of paragraphs; it does not break across pages, and a head row repeats."""
    line = '<w:tcBorders><w:bottom w:val="single" w:sz="6" w:space="0" w:color="000000"/></w:tcBorders>' if head else ""
    boxes = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{w}" w:type="dxa"/>{line}<w:vAlign w:val="center"/></w:tcPr>{c}</w:tc>'
        for c, w in zip(cells, wide, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if head else ''}</w:trPr>{boxes}</w:tr>"


def _cell_style(cell: Parts, column: int, head: bool) -> str:
    if head:
        return "TableCentred"
    if is_number(cell):
        return "TableNumber"
    return "TableCentred" if column and is_range(cell) else "TableText"


@functools.lru_cache(maxsize=256)
def _picture_of(key: str) -> dict[str, Any]:
    return {}


def _picture(figure: Figure, language: str) -> tuple[bytes, float]:
    """The PNG of a figure and its height over its width; equal figures are drawn once."""
    kept = _picture_of(f"{language} {figure!r}")
    if not kept:
        shown = for_picture(figure, language)
        kept.update(png=png(shown), ratio=shown.high / shown.wide)
    return kept["png"], kept["ratio"]


def _figure(page: Page, figure: Figure) -> Iterator[str]:
    page.figures += 1
    image, ratio = _picture(figure, page.language)
    name = f"f{page.figures}"
    page.images[name] = image
    alt = short((*figure.caption, word("colon", page.language), *figure.alt), page.language)
    wide = page.wide * _EMU
    yield paragraph("Figure", _inline(page.figures, name, alt, wide, round(wide * ratio)))
    yield _caption(page, "figure", page.figures, figure.caption)
    if figure.note:
        yield _said(page, "NoteText", _between(page, figure.note))


def _inline(n: int, name: str, alt: str, wide: int, high: int) -> str:
    size = f'cx="{wide}" cy="{high}"'
    words = f'id="{n}" name="F{n}_{checksum(alt)}" descr={quoteattr(alt)}'
    picture = (
        f"<pic:pic><pic:nvPicPr><pic:cNvPr {words}/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>"
        f'<a:blip r:embed="rImg_{name}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>'
        f'<a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
    )
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/><wp:docPr {words}/>'
        f'<a:graphic><a:graphicData uri="{_PIC}">{picture}</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    )


def _annex(page: Page, document: Document, evidence: Evidence) -> Iterator[str]:
    """The evidence index: a bookmarked row for every quantity of a sentence, its stored value and where it comes from.

    Numbers in table cells carry their reference as the link's tip; a row for each would make the index longer than the report.
    """
    found = spoken(document)
    if not page.numbers:
        return
    say = functools.partial(word, language=page.language)
    yield paragraph("AnnexHeading", bookmarked(page, ANNEX, run(say("evidence_index"))))
    yield paragraph("Normal", run(say("evidence_lead")))
    wide = [round(page.wide * share) for share in (0.065, 0.39, 0.205, 0.34)]
    heads = [paragraph("EvidenceText", run(say(f"evidence_{k}"))) for k in ("id", "ref", "value", "source")]
    rows = [row(heads, wide, head=True)]
    for ref, quantity in found.items():
        number = page.numbers[ref]
        lines = source_of(evidence.get(ref, ()))
        source = label(page, lines) if has_digit(lines) else run(lines)
        cells = [bookmarked(page, number, run(number)), run(ref), run(stored(quantity)), source]
        rows.append(row([paragraph("EvidenceText", c) for c in cells], wide))
    yield table(wide, rows, say("evidence_index"))
    yield from _chains(page, chains(found, evidence))


def _chains(page: Page, found: Mapping[str, str]) -> Iterator[str]:
    """What each table of the index rests on, said once a table."""
    if not found:
        return
    say = functools.partial(word, language=page.language)
    yield _gap()
    wide = [round(page.wide * share) for share in (0.26, 0.74)]
    rows = [row([paragraph("EvidenceText", run(say(f"evidence_{k}"))) for k in ("table", "rests")], wide, head=True)]
    for name, chain in found.items():
        cells = [run(name), label(page, chain) if has_digit(chain) else run(chain)]
        rows.append(row([paragraph("EvidenceText", c) for c in cells], wide))
    yield table(wide, rows, say("evidence_rests"))
