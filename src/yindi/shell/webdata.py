"""What the web app is told: plain records of a study, absent numbers as None, every value with its shown text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from yindi.core import resources
from yindi.core.document import Document, Figure, Series
from yindi.core.errors import AxisError, UsageError
from yindi.core.finding import Label, Ref
from yindi.core.study import Study
from yindi.core.table import Table
from yindi.core.wording import LANGUAGES, write
from yindi.report.charts import drawing
from yindi.report.ground import placed
from yindi.report.svg import svg
from yindi.report.text import short
from yindi.shell import render

KINDS = {"region": "region", "industry": "industry", "indicator": "variable", "variable": "variable", "lever": "lever",
         "dimension": "dimension", "group": "group", "requirement": "requirement"}  # fmt: skip


def overview(study: Study) -> dict[str, Any]:
    """Title, years, regions with their names, tables, and which reports there are."""
    regions = [{"code": r, **{lang: _name(study, "region", r, lang) for lang in LANGUAGES}} for r in study.panel.regions]
    title = study.config.title
    return {"title": {"zh": title.zh, "en": title.en}, "years": list(study.panel.years), "seed": study.config.seed,
            "stages": list(study.results), "regions": regions, "tables": [summary(study.table(n)) for n in study.table_names()],
            "reports": [{"subject": d.subject, "language": d.language, "voice": d.voice}
                        for d in render.documents(study)]}  # fmt: skip


def document(study: Study, subject: str, language: str, voice: str) -> Document:
    """One document; raises UsageError when there is none of that subject, language and voice."""
    for found in render.documents(study):
        if (found.subject, found.language, found.voice) == (subject, language, voice):
            return found
    raise UsageError(f"There is no report of {subject!r} in {language!r} ({voice}).")


def summary(table: Table) -> dict[str, Any]:
    """Name, axes, columns, number of rows."""
    return {"name": table.name, "axes": [a for a, _ in table.axes], "columns": list(table.columns),
            "rows": math.prod(table.shape)}  # fmt: skip


def rows(study: Study, name: str, wanted: Mapping[str, str], language: str, limit: int, start: int = 0) -> dict[str, Any]:
    """Cells of a table as rows; `wanted` fixes labels of axes; raises UsageError or AxisError for what does not exist."""
    table = study.table(name)
    unknown = sorted(set(wanted) - {a for a, _ in table.axes})
    if unknown:
        raise AxisError(f"{name} has no axis {unknown}; it has {[a for a, _ in table.axes]}.")
    part = table.select(**{a: [label] for a, label in wanted.items()})
    at = [np.unravel_index(n, part.shape) for n in range(start, min(start + limit, math.prod(part.shape)))]
    records = [_row(study, part, tuple(int(i) for i in index), language) for index in at]
    return {**summary(part), "step": table.step, "total": math.prod(part.shape), "start": start, "records": records}


def _row(study: Study, table: Table, index: tuple[int, ...], language: str) -> dict[str, Any]:
    where = tuple((a, labels[i]) for (a, labels), i in zip(table.axes, index, strict=True))
    cells = {c: _cell(table, Ref(table.name, where, c), language) for c in table.columns}
    names = [_name(study, KINDS[a], label, language) if a in KINDS else label for a, label in where]
    return {"at": dict(where), "names": names, "cells": cells}


def _cell(table: Table, ref: Ref, language: str) -> dict[str, Any]:
    where = dict(ref.at)
    if not table.has(ref.column, **where):
        return {"value": None, "shown": "", "ref": str(ref)}
    value = table.at(where, ref.column)
    shown = value if isinstance(value, str) else write(table.quantity(ref.column, **where), language)
    return {"value": value, "shown": shown, "ref": str(ref)}


def _name(study: Study, kind: str, code: str, language: str) -> str:
    return study.names.of(kind, code, language) if code in study.names.table.get(kind, {}) else code


def map_svg(study: Study, name: str, column: str, wanted: Mapping[str, str], language: str) -> str:
    """A map of one column by region, as SVG whose shapes carry references."""
    table = study.table(name)
    regions = table.labels("region")
    codes = [r for r in regions if table.has(column, region=r, **wanted)]
    points = tuple((Label("region", r, _name(study, "region", r, language)), table.quantity(column, region=r, **wanted))
                   for r in codes)  # fmt: skip
    caption = (Label("cell", name, " ".join([called(name, column, language), *_labels(study, wanted, language)])),)
    figure = placed(Figure("map", caption, (Series(caption, points),)), language, render.ground_of(study))
    return svg(drawing(figure, language), title=short(caption, language), key="map")


def called(name: str, column: str, language: str) -> str:
    """What a column of a table is called on its map: in the words of the page, else by its own name."""
    words: dict[str, str] = resources.tree("web/words.json")[language]
    own = words.get(f"table {name}", name)
    return own if column == "value" and f"table {name}" in words else f"{own} {words.get(column, column)}"


def _labels(study: Study, wanted: Mapping[str, str], language: str) -> list[str]:
    """The labels of other axes as a title writes them: a name, or the axis in front of a mere number."""
    words: dict[str, str] = resources.tree("web/words.json")[language]
    named = {a: f"{words.get(a, a)} {label}" if label.isdigit() and a != "year" else label for a, label in wanted.items()}
    return [_name(study, KINDS[a], label, language) if a in KINDS else named[a] for a, label in wanted.items()]
