"""The tables and figure data of reports as a workbook: numbers as numbers, captions, notes, and an evidence sheet by cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from yindi.core.document import Document, Figure, Grid, Parts
from yindi.core.finding import Quantity
from yindi.core.wording import MARK, suffix, unit
from yindi.report.draw import width
from yindi.report.package import XML, zipped
from yindi.report.points import figure_grid
from yindi.report.text import Evidence, is_number, joined, short, stored
from yindi.report.words import word

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
TITLE, HEAD, TEXT, NOTE, FIRST_NUMBER = 1, 2, 3, 4, 5


def workbook(document: Document, evidence: Evidence | None = None) -> bytes:
    """The workbook of one report: a sheet of contents, one a table, one a figure's data, and the evidence of every cell."""
    book = _Book(document.language)
    sheets = [_sheet(book, n, kind, block) for kind, n, block in _numbered(document)]
    proof = _evidence(book, sheets, evidence or {})
    front = _contents(book, document, [*sheets, proof])
    return _file(book, [front, *sheets, proof])


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    title: str
    xml: str
    cells: tuple[tuple[str, Quantity], ...] = ()


@dataclass(slots=True)
class _Book:
    language: str
    formats: list[str] = field(default_factory=list)

    def style(self, quantity: Quantity) -> int:
        """Number of the cell style that shows a quantity as the reports write it."""
        code = number_format(quantity, self.language)
        if code not in self.formats:
            self.formats.append(code)
        return FIRST_NUMBER + self.formats.index(code)


def number_format(quantity: Quantity, language: str) -> str:
    """The spreadsheet's format code for a quantity: digits, unit, sign and the mark of filled cells."""
    u = unit(quantity.unit)
    places = u.digits[language]
    shape = "#,##0" + ("." + "0" * places if places else "")
    tail = suffix(quantity.unit, language)
    literal = ("%" if _percent(quantity, language) else f'"{tail}"' if tail else "") + (f'"{MARK}"' if quantity.marked else "")
    return f"+{shape}{literal};-{shape}{literal};{shape}{literal}" if u.signed else shape + literal


def _percent(quantity: Quantity, language: str) -> bool:
    return suffix(quantity.unit, language) == "%" and unit(quantity.unit).scale[language] == 100


def shown(quantity: Quantity, language: str) -> float:
    """The number that stands in the cell: as stored where the format scales it, else in the unit's scale."""
    return quantity.value if _percent(quantity, language) else quantity.value * unit(quantity.unit).scale[language]


def _numbered(document: Document) -> Iterator[tuple[str, int, Grid | Figure]]:
    count = {"table": 0, "figure": 0}
    for block in document.blocks:
        if isinstance(block, Grid | Figure):
            kind = "table" if isinstance(block, Grid) else "figure"
            count[kind] += 1
            yield kind, count[kind], block


def column_name(n: int) -> str:
    """Letters of a column, from zero: A, B, ... Z, AA."""
    letters = ""
    while n >= 0:
        letters = chr(65 + n % 26) + letters
        n = n // 26 - 1
    return letters


def _words(at: str, text: str, style: int) -> str:
    return f'<c r="{at}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>' if text else ""


def _cell(book: _Book, at: str, cell: Parts) -> str:
    if is_number(cell):
        q = next(p for p in cell if isinstance(p, Quantity))
        return f'<c r="{at}" s="{book.style(q)}"><v>{shown(q, book.language)!r}</v></c>'
    return _words(at, joined(cell, book.language), TEXT)


def _row(n: int, cells: Iterable[str]) -> str:
    return f'<row r="{n}">{"".join(cells)}</row>'


def _sheet(book: _Book, n: int, kind: str, block: Grid | Figure) -> _Sheet:
    grid = block if isinstance(block, Grid) else figure_grid(block, book.language)
    title = short(grid.caption, book.language)
    rows = [_row(1, [_words("A1", title, TITLE)])]
    rows.append(_row(3, (_words(f"{column_name(k)}3", short(h, book.language), HEAD) for k, h in enumerate(grid.head))))
    places = []
    for r, row in enumerate(grid.rows, 4):
        rows.append(_row(r, (_cell(book, f"{column_name(k)}{r}", c) for k, c in enumerate(row))))
        places += [(f"{column_name(k)}{r}", p) for k, c in enumerate(row) for p in c if isinstance(p, Quantity)]
    note = " ".join(joined(s.parts, book.language) for s in grid.note)
    end = len(grid.rows) + 5
    rows.append(_row(end, [_words(f"A{end}", note, NOTE)]))
    if any(q.marked for _, q in places):
        rows.append(_row(end + 1, [_words(f"A{end + 1}", word("legend_marked", book.language), NOTE)]))
    name = f"{word(kind, book.language)}{n}" if book.language == "zh" else f"{word(kind, book.language)} {n}"
    return _Sheet(name, title, _page(rows, _widths(grid, book.language), freeze=3), tuple(places))


def _widths(grid: Grid, language: str) -> list[float]:
    columns = zip(grid.head, *grid.rows, strict=True)
    return [min(max(width(joined(c, language), 2.0) for c in column) + 3, 60) for column in columns]


def _page(rows: Iterable[str], widths: Sequence[float], *, freeze: int = 0) -> str:
    pane = f'<pane ySplit="{freeze}" topLeftCell="A{freeze + 1}" activePane="bottomLeft" state="frozen"/>' if freeze else ""
    cols = "".join(f'<col min="{k}" max="{k}" width="{w:.1f}" customWidth="1"/>' for k, w in enumerate(widths, 1))
    fit = '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
    setup = '<pageSetup paperSize="9" orientation="portrait" fitToWidth="1" fitToHeight="0"/>'
    return (
        f'{XML}<worksheet xmlns="{_MAIN}">{fit}<sheetViews><sheetView workbookViewId="0" showGridLines="0">{pane}</sheetView>'
        f"</sheetViews><cols>{cols}</cols><sheetData>{''.join(rows)}</sheetData>{setup}</worksheet>"
    )


def _evidence(book: _Book, sheets: Sequence[_Sheet], evidence: Evidence) -> _Sheet:
    language = book.language
    heads = [word(k, language) for k in ("table", "cell", "evidence_ref", "evidence_value", "evidence_source")]
    rows = [_row(1, (_words(f"{column_name(k)}1", h, HEAD) for k, h in enumerate(heads)))]
    n = 1
    for sheet in sheets:
        for at, q in sheet.cells:
            n += 1
            texts = (sheet.name, at, str(q.ref), stored(q), "; ".join(evidence.get(str(q.ref), ())))
            rows.append(_row(n, (_words(f"{column_name(k)}{n}", t, TEXT) for k, t in enumerate(texts))))
    title = word("evidence_index", language)
    return _Sheet(title, title, _page(rows, [12, 8, 62, 22, 70], freeze=1))


def _contents(book: _Book, document: Document, sheets: Sequence[_Sheet]) -> _Sheet:
    name = word("contents", book.language)
    rows = [_row(1, [_words("A1", short(document.title, book.language), TITLE)])]
    rows += [_row(n, [_words(f"A{n}", s.name, TEXT), _words(f"B{n}", s.title, TEXT)]) for n, s in enumerate(sheets, 3)]
    links = "".join(
        f'<hyperlink ref="A{n}" location={quoteattr(f"{chr(39)}{s.name}{chr(39)}!A1")} display={quoteattr(s.name)}/>'
        for n, s in enumerate(sheets, 3)
    )
    page = _page(rows, [16, 80]).replace("</sheetData>", f"</sheetData><hyperlinks>{links}</hyperlinks>")
    return _Sheet(name, name, page)


_LOOKS = """<fonts count="4"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="13"/><name val="Calibri"/></font>
<font><b/><sz val="11"/><name val="Calibri"/></font><font><i/><sz val="9"/><name val="Calibri"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>
<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>
<border><left/><right/><top style="medium"/><bottom style="thin"/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs>"""
_CELLS = """<xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/>
<xf xfId="0" fontId="2" borderId="1" applyFont="1" applyBorder="1" applyAlignment="1">
<alignment horizontal="center" vertical="center" wrapText="1"/></xf>
<xf xfId="0" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf><xf xfId="0" fontId="3" applyFont="1"/>"""
_NORMAL = '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'


def _styles(book: _Book) -> str:
    formats = "".join(f'<numFmt numFmtId="{170 + n}" formatCode={quoteattr(f)}/>' for n, f in enumerate(book.formats))
    shapes = f'<numFmts count="{len(book.formats)}">{formats}</numFmts>' if formats else ""
    numbers = "".join(f'<xf xfId="0" numFmtId="{170 + n}" applyNumberFormat="1"/>' for n in range(len(book.formats)))
    cells = f'<cellXfs count="{FIRST_NUMBER + len(book.formats)}">{_CELLS}{numbers}</cellXfs>'
    return f'{XML}<styleSheet xmlns="{_MAIN}">{shapes}{_LOOKS}{cells}{_NORMAL}</styleSheet>'


def _file(book: _Book, sheets: Sequence[_Sheet]) -> bytes:
    count = range(1, len(sheets) + 1)
    kinds = "".join(f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_KIND}.worksheet+xml"/>' for n in count)
    types = (
        f'{XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>{kinds}</Types>'
    )
    names = "".join(f'<sheet name={quoteattr(s.name[:31])} sheetId="{n}" r:id="rId{n}"/>' for n, s in enumerate(sheets, 1))
    book_xml = f'{XML}<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>{names}</sheets></workbook>'
    links = "".join(f'<Relationship Id="rId{n}" Type="{_REL}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in count)
    links += f'<Relationship Id="rIdStyles" Type="{_REL}/styles" Target="styles.xml"/>'
    root = f'<Relationship Id="rId1" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/>'
    parts = {
        "[Content_Types].xml": types,
        "_rels/.rels": f'{XML}<Relationships xmlns="{_PACKAGE}/relationships">{root}</Relationships>',
        "xl/workbook.xml": book_xml,
        "xl/_rels/workbook.xml.rels": f'{XML}<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>',
        "xl/styles.xml": _styles(book),
        **{f"xl/worksheets/sheet{n}.xml": s.xml for n, s in enumerate(sheets, 1)},
    }
    return zipped({name: text.encode() for name, text in parts.items()})
