"""A document as one HTML file that needs nothing else: every number carries its reference and opens its evidence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from html import escape

from yindi.core import resources
from yindi.core.document import Block, Document, Figure, Grid, Heading, Paragraph, Part, Parts, Sentence
from yindi.core.finding import Label, Quantity
from yindi.core.wording import MARK, suffix
from yindi.report.charts import drawing
from yindi.report.points import figure_grid
from yindi.report.svg import svg
from yindi.report.text import Evidence, any_marked, checksum, has_digit, is_number, is_range, plain, quantities, short, stored
from yindi.report.words import word

_TAGS = {"zh": "zh-CN", "en": "en"}


def html(document: Document, evidence: Evidence | None = None, *, author: str = "", date: str = "") -> str:
    """The document as a self-contained page; `evidence` maps references to lines shown in the drawer of a number."""
    language = document.language
    title = short(document.title, language)
    head = (
        f'<!doctype html>\n<html lang="{_TAGS[language]}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{resources.text('report/report.css')}</style>\n</head>\n"
    )
    body = "\n".join([*_opening(document, author, date), *_main(document), *_closing(document, evidence or {})])
    return f"{head}<body>\n{body}\n</body>\n</html>\n"


def part(p: Part, language: str) -> str:
    """One part: quantities as <data>, labels with digits as marked spans, words escaped."""
    text = escape(plain(p, language))
    match p:
        case Quantity():
            ref, text = escape(str(p.ref)), text.replace(MARK, f"<sup>{MARK}</sup>")
            return f'<data class="q" value="{stored(p)}" data-ref="{ref}" tabindex="0" role="button">{text}</data>'
        case Label() if has_digit(p.text):
            return f'<span class="label" data-kind="{escape(p.kind)}" data-code="{escape(p.code)}">{text}</span>'
        case _:
            return text


def parts(items: Iterable[Part], language: str) -> str:
    """Parts one after another."""
    return "".join(part(p, language) for p in items)


def _own(text: str, kind: str) -> str:
    return part(Label(kind, text, text), "zh") if text else ""


def _opening(document: Document, author: str, date: str) -> Iterator[str]:
    language = document.language
    yield f'<a class="skip" href="#text">{word("skip", language)}</a>'
    yield f"<header>\n<h1>{parts(document.title, language)}</h1>"
    lines = [parts(document.subtitle, language), _own(author, "author"), _own(date, "date")]
    yield from (f'<p class="subtitle">{line}</p>' for line in lines if line)
    yield "</header>"
    heads = [(n, b) for n, b in enumerate(document.blocks) if isinstance(b, Heading) and b.level == 1]
    if heads:
        links = "".join(f'<li{_annex(b)}><a href="#part-{n}">{parts_without_marks(b.parts, language)}</a></li>' for n, b in heads)
        yield f'<nav aria-label="{word("contents", language)}"><ol>{links}</ol></nav>'


def _annex(heading: Heading) -> str:
    return ' class="annex"' if heading.annex else ""


def parts_without_marks(items: Parts, language: str) -> str:
    """Parts for a link: labels keep their span, quantities lose the button (no control inside a control)."""
    return parts(items, language).replace(' tabindex="0" role="button"', "")


def _main(document: Document) -> Iterator[str]:
    language = document.language
    yield '<main id="text">'
    open_list = False
    for n, block in enumerate(document.blocks):
        item = isinstance(block, Paragraph) and block.style == "item"
        if item != open_list:
            yield "<ul>" if item else "</ul>"
            open_list = item
        yield _block(n, block, language)
    if open_list:
        yield "</ul>"
    if any_marked(document):
        yield f'<p class="note marks">{word("legend_marked", language)}</p>'
    yield "</main>"


def _block(n: int, block: Block, language: str) -> str:
    match block:
        case Heading():
            level = min(max(block.level, 1), 3) + 1
            return f'<h{level} id="part-{n}"{_annex(block)}>{parts(block.parts, language)}</h{level}>'
        case Paragraph(style="item"):
            return f"<li>{_sentences(block.sentences, language)}</li>"
        case Paragraph():
            return f'<p class="{block.style}">{_sentences(block.sentences, language)}</p>'
        case Grid():
            return _grid(n, block, language)
        case Figure():
            return _figure(n, block, language)


def _sentences(sentences: Iterable[Sentence], language: str) -> str:
    gap = "" if language == "zh" else " "
    return gap.join(_sentence(s, language) for s in sentences)


def _sentence(s: Sentence, language: str) -> str:
    grade = "" if s.grade == "data" else f'<sup class="grade">{word(f"grade_{s.grade}", language)}</sup>'
    return f'<span class="s" data-finding="{escape(s.finding)}" data-grade="{s.grade}">{parts(s.parts, language)}{grade}</span>'


def _notes(sentences: tuple[Sentence, ...], language: str) -> str:
    return f'<p class="note">{_sentences(sentences, language)}</p>' if sentences else ""


def _cell(cell: Parts, language: str) -> str:
    kind = ' class="n"' if is_number(cell) else ' class="c"' if is_range(cell) else ""
    return f"<td{kind}>{parts(cell, language)}</td>"


def _rows(rows: Iterable[tuple[Parts, ...]], language: str) -> Iterator[str]:
    for first, *rest in rows:
        cells = "".join(_cell(c, language) for c in rest)
        start = _cell(first, language) if is_number(first) else f'<th scope="row">{parts(first, language)}</th>'
        yield f"<tr>{start}{cells}</tr>"


def _table(caption: str, head: tuple[Parts, ...], rows: Iterable[tuple[Parts, ...]], language: str) -> str:
    lines = list(rows)
    numeric = [bool(lines) and all(is_number(r[k]) or not r[k] for r in lines) for k in range(len(head))]
    kinds = [' class="n"' if n else "" for n in numeric]
    cells = "".join(f'<th scope="col"{k}>{parts(h, language)}</th>' for k, h in zip(kinds, head, strict=True))
    body = "\n".join(_rows(lines, language))
    return f"<table>{caption}<thead><tr>{cells}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"


def _grid(n: int, grid: Grid, language: str) -> str:
    caption = f'<caption id="table-{n}" data-word="{word("table", language)}">{parts(grid.caption, language)}</caption>'
    table = _table(caption, grid.head, grid.rows, language)
    region = f'<div class="wide" tabindex="0" role="region" aria-labelledby="table-{n}">{table}</div>'
    return f'<figure class="table">{region}{_notes(grid.note, language)}</figure>'


def _figure(n: int, figure: Figure, language: str) -> str:
    title = short(figure.caption, language)
    picture = svg(drawing(figure, language), title=title, description=short(figure.alt, language), key=f"figure-{n}")
    caption = f'<figcaption data-word="{word("figure", language)}">{parts(figure.caption, language)}</figcaption>'
    return f'<figure class="chart">\n{picture}\n{_notes(figure.note, language)}{_data(figure, language)}{caption}</figure>'


def _data(figure: Figure, language: str) -> str:
    """The points of a figure as a table that opens on request: for readers without the picture, and for verify."""
    grid = figure_grid(figure, language)
    summary = word("figure_data", language)
    return f"<details><summary>{summary}</summary>{_table('', grid.head, grid.rows, language)}</details>"


def _closing(document: Document, evidence: Evidence) -> Iterator[str]:
    language = document.language
    say: Callable[[str], str] = lambda key: escape(word(key, language))  # noqa: E731
    yield (
        f'<aside id="drawer" hidden role="dialog" aria-labelledby="drawer-name"><button id="drawer-close" type="button">'
        f'{say("close")}</button><h2 id="drawer-name">{say("evidence")}</h2><dl>'
        f'<dt>{say("reference")}</dt><dd id="drawer-ref"></dd><dt>{say("stored_value")}</dt><dd id="drawer-value"></dd>'
        f'<dt>{say("unit")}</dt><dd id="drawer-unit"></dd><dt>{say("chain")}</dt><dd><pre id="drawer-chain"></pre></dd></dl>'
        f'<p class="note">{say("copy_hint")}</p></aside>'
    )
    found = {ref: [suffix(q.unit, language).strip(), list(evidence.get(ref, ()))] for ref, q in quantities(document).items()}
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    yield f'<script type="application/json" id="evidence-data" data-sum="{checksum(text)}">{text}</script>'
    yield f"<script>\n{resources.text('report/report.js')}</script>"
