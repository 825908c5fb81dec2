"""The figures of a report as files: SVG and PNG to place elsewhere, and their points as CSV with references."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from yindi.core.document import Document, Figure
from yindi.core.wording import suffix, write
from yindi.report.charts import drawing, for_picture
from yindi.report.png import png
from yindi.report.svg import svg
from yindi.report.text import short, stored

COLUMNS = ("series", "kind", "code", "label", "value", "unit", "written", "filled", "reference")
PRINT = 3.0
"""Pixels of a PNG per unit of the drawing: 2,280 across, 300 dots per inch on 19 cm."""


ENDINGS = ("svg", "png", "csv")


def names(document: Document) -> list[str]:
    """The names of all files that `figures` makes, three a figure in the order of the document."""
    count = sum(isinstance(b, Figure) for b in document.blocks)
    return [f"{document.name}.figure-{n}.{kind}" for n in range(1, count + 1) for kind in ENDINGS]


def figures(document: Document, *, scale: float = PRINT) -> dict[str, bytes]:
    """Name -> bytes of every figure of a document as SVG, PNG and CSV, named SUBJECT.LANGUAGE.figure-N."""
    out: dict[str, bytes] = {}
    blocks = [b for b in document.blocks if isinstance(b, Figure)]
    for n, figure in enumerate(blocks, 1):
        name = f"{document.name}.figure-{n}"
        out |= {f"{name}.{kind}": content for kind, content in files(figure, document.language, scale=scale)}
    return out


def files(figure: Figure, language: str, *, scale: float = PRINT) -> Iterator[tuple[str, bytes]]:
    """One figure as (ending, bytes); the PNG shows codes where no Chinese font is found."""
    yield "svg", vector(figure, language)
    yield "png", png(for_picture(figure, language), scale=scale)
    yield "csv", data(figure, language)


def vector(figure: Figure, language: str) -> bytes:
    """One figure as an SVG file that stands alone."""
    title, text = short(figure.caption, language), short(figure.alt, language)
    return svg(drawing(figure, language), title=title, description=text, alone=True).encode()


def data(figure: Figure, language: str) -> bytes:
    """The points of a figure as CSV in UTF-8 with the mark that spreadsheets look for."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for series in figure.series:
        name = short(series.name, language)
        for label, q in series.points:
            unit, filled = suffix(q.unit, language).strip(), "yes" if q.marked else "no"
            row = (name, label.kind, label.code, label.text, stored(q), unit, write(q, language), filled, str(q.ref))
            writer.writerow(row)
    return out.getvalue().encode("utf-8-sig")
