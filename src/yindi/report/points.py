"""What a figure shows, as a table: one way for pages, workbooks and whoever cannot see the picture."""

from __future__ import annotations

from yindi.core.document import Figure, Grid
from yindi.core.finding import Label, Quantity
from yindi.report.words import word


def figure_grid(figure: Figure, language: str) -> Grid:
    """The points of a figure as a table: a row per label, a column per series."""
    labels: dict[str, Label] = {}
    columns: list[dict[str, Quantity]] = []
    for series in figure.series:
        columns.append({label.code: q for label, q in series.points})
        labels |= {label.code: label for label, _ in series.points}
    head = ((word("item", language),), *(s.name for s in figure.series))
    rows = tuple(((label,), *((c[code],) if code in c else () for c in columns)) for code, label in labels.items())
    return Grid(figure.caption, head, rows, figure.note)
