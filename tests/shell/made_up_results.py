"""Made-up results in every kind the format knows, for tests that need no pipeline."""

from __future__ import annotations

import dataclasses

import numpy as np

from yindi.core import results
from yindi.core.document import Document, Figure, Grid, Heading, Paragraph, Sentence, Series
from yindi.core.finding import Label
from yindi.core.study import Bench, Study


def with_results(bare: Study) -> Study:
    """Made-up results of the stages layout and plan: numbers, text, absent cells, marks, documents."""
    regions = bare.panel.regions
    bench = Bench(bare, "layout")
    rng = np.random.default_rng(3)
    for n, field in enumerate(dataclasses.fields(results.Layout)):
        values = rng.normal(size=(len(regions), 2))
        values[0, 0] = np.nan
        text = np.array([[f'第{r}行，"引"', ""] for r in range(len(regions))])
        bench.make(field.name, (("region", regions), ("industry", ("A", "BCD"))), {"value": values, "said": text},
                   method="made.up", inputs=("panel", "space", "config"), units={"value": "index", "said": "plain"},
                   params={"n": n, "list": [1, 2.5], "tuple": (1, "a"), "map": {"k": None}, "limit": float("inf"),
                           "whole": np.int64(3), "yes": True},
                   cites=("nobody2026",), marks=values > 1)  # fmt: skip
    return _with_documents(bench.done())


def _with_documents(study: Study) -> Study:
    table = study.table("layout.allocation")
    region = study.panel.regions[1]
    quantity = table.quantity(region=region, industry="A")
    name = Label("region", region, "河北")
    sentence = Sentence((name, "的数值为", quantity, "。"), "made.up", "model")
    blocks = (
        Heading(1, ("总体",)),
        Paragraph((sentence,), "lead"),
        Grid((name,), (("甲",), ("乙",)), (((name,), (quantity,)),), (sentence,), (1.0, 2.0)),
        Figure("bars", ("图",), (Series(("值",), ((name, quantity),)),), ("图：", name), (), (region,), {"axis": "zero"}),
    )
    bench = Bench(study, "plan")
    for n, field in enumerate(f for f in dataclasses.fields(results.Plan) if f.name != "documents"):
        bench.make(field.name, (("item", ("a", "b")),), np.array([1.0, n]), method="made.up", inputs=("layout.allocation",))
    documents = tuple(Document(region, language, (name,), ("副题",), blocks) for language in ("zh", "en"))
    return bench.done(documents=documents)
