"""The notes every report ends with: what was found in the data and what was chosen, methods, grades, seed."""

from __future__ import annotations

from yindi.core.document import Block, Paragraph, Sentence
from yindi.plan.writer import Slot, Writer, body, items


def notes(w: Writer) -> tuple[Block, ...]:
    """Data, choices, methods and how to read the marks."""
    return (
        w.heading("notes"),
        body(_cells(w), _framework(w)),
        *_choices(w),
        body(_weights(w), _intervals(w), w.say("notes_obstacle"), w.say("notes_fit", "judgement")),
        body(w.say("notes_evidence"), w.say("notes_marks"), w.say("notes_grades"), _version(w)),
        Paragraph((w.say("notes_map"),), "note"),
    )


def _cells(w: Writer) -> Sentence:
    first, last = w.study.panel.years[0], w.study.panel.years[-1]
    made = (i.made_by(w.phrases.language) for i in w.study.config.inputs)
    sources = tuple(dict.fromkeys(name for name in made if name))
    return w.say(
        "notes_cells" if sources else "notes_cells_plain",
        first=w.name("year", first),
        last=w.name("year", last),
        sources=w.names("quote", sources),
        **{c: w.q("intake.summary", item=c) for c in ("regions", "cells", "observed", "imputed", "corrected", "absent")},
    )


def _framework(w: Writer) -> Sentence:
    codes = [i.code for i in w.study.framework.indicators]
    title = w.study.framework.title[0 if w.phrases.language == "zh" else 1]
    fill: dict[str, Slot] = {"title": w.name("quote", title), "indicators": w.names("indicator", codes)}
    if not w.study.framework.source:
        return w.say("notes_framework_own", **fill)
    return w.say("notes_framework", source=w.name("citation", w.study.framework.source), **fill)


def _choices(w: Writer) -> tuple[Block, ...]:
    table = w.table("intake.findings")
    found: list[Sentence | None] = []
    for label in table.labels("finding"):
        if table.text("choice", finding=label):
            found.append(_choice(w, label))
    if not found:
        return (body(w.say("notes_no_findings")),)
    return (body(w.say("notes_findings")), *items([*found, _left_absent(w)]))


def _choice(w: Writer, label: str) -> Sentence:
    table = w.table("intake.findings")
    reason = table.text("reason" if w.phrases.language == "zh" else "reason_en", finding=label)
    methods = tuple(dict.fromkeys(table.text("imputer", finding=label).split()))
    return w.say(
        "notes_choice_method" if methods else "notes_choice",
        variable=w.name("variable", table.text("variable", finding=label)),
        kind=w.name("finding_kind", table.text("kind", finding=label)),
        years=w.names("years", spans(table.text("years", finding=label).split())),
        share=w.q("intake.findings", "share", finding=label),
        choice=w.names("choice", table.text("choice", finding=label).split()),
        methods=w.names("imputer", methods),
        reason=w.name("quote", reason),
    )


def _left_absent(w: Writer) -> Sentence | None:
    table = w.table("intake.coverage")
    left = [i for i in table.labels("indicator") if table.number("absent", indicator=i) > 0]
    return w.say("notes_left_absent", variables=w.names("variable", left)) if left else None


def _weights(w: Writer) -> Sentence:
    return w.say("notes_weights", schemes=w.names("method", w.study.config.measure.weights))


def _intervals(w: Writer) -> Sentence:
    return w.say("notes_intervals", draws=w.config("measure.draws"))


def _version(w: Writer) -> Sentence:
    from yindi import __version__

    return w.say(
        "notes_version", version=w.name("version", f"yindi {__version__}"), seed=w.name("code", str(w.study.config.seed))
    )


def spans(years: list[str]) -> list[str]:
    """Years with runs of consecutive ones written from-to."""
    runs: list[list[str]] = []
    for year in years:
        if runs and year.isdigit() and int(year) == int(runs[-1][-1]) + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return [run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]
