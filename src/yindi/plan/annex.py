"""Annexes of a region's plan: split of tasks, how the targets were derived, data tables and notes."""

from __future__ import annotations

from yindi.core.document import Block, Grid, Parts, Sentence
from yindi.core.finding import Label
from yindi.plan import claims
from yindi.plan.notes import notes
from yindi.plan.overall import aimed, section_label
from yindi.plan.owners import departments, tasks_of
from yindi.plan.writer import Slot, Writer, body

SOURCES = {"peers": "region", "higher": "parent"}


def annexes(w: Writer) -> tuple[Block, ...]:
    """All annexes; the index of evidence is the renderer's."""
    return (*split(w), *derivation(w), *data(w), w.heading("notes", annex=True), *notes(w)[1:])


def split(w: Writer) -> tuple[Block, ...]:
    """Who does what until when, and by what it is checked."""
    heading, tasks = w.heading("annex_tasks", annex=True), tasks_of(w)
    if not tasks:
        return (heading, body(w.say("tasks_none")))
    return (heading, _tasks(w, tasks))


def _tasks(w: Writer, tasks: list[str]) -> Grid:
    table = w.table("plan.tasks")
    rows: list[tuple[Parts, ...]] = []
    for n, t in enumerate(tasks, 1):
        at = {"region": w.subject, "task": t}
        rows.append(
            (
                (w.name("code", str(n)),),
                _measure(w, t),
                w.title(f"kind_{table.text('kind', **at)}"),
                (w.known("department", table.text("lead", **at)),),
                (departments(w, table.text("support", **at)),) if table.has("support", **at) else w.title("nothing"),
                (w.name("year", table.text("deadline", **at)),),
                _result(w, t),
            )
        )
    heads = ("number", "task", "task_kind", "lead", "support", "deadline", "result")
    note = (w.say("tasks_note", "model"),)
    return w.grid("grid_tasks", heads, rows, region=claims.region_label(w), note=note, widths=(0.8, 3.8, 1.7, 2.7, 3, 1.4, 3.6))


def _labels(w: Writer, kind: str, codes: str) -> tuple[Label, ...]:
    return tuple(section_label(w, c) if kind == "industry" else w.known(kind or "quote", c) for c in codes.split())


def _measure(w: Writer, task: str) -> Parts:
    table, at = w.table("plan.tasks"), {"region": w.subject, "task": task}
    fill = {c: _labels(w, table.text(f"{c}_kind", **at), table.text(c, **at)) for c in ("object", "by") if table.has(c, **at)}
    return w.say(w.phrases.known(table.text("measure", **at), "task_any_near"), "judgement", **fill).parts


def _result(w: Writer, task: str) -> Parts:
    table, at = w.table("plan.tasks"), {"region": w.subject, "task": task}
    if not table.has("result", **at):
        return w.title("nothing")
    kind, measured = table.text("result_kind", **at), {"now": table.has("now", **at), "level": table.has("level", **at)}
    object_kind = {"requirement": "requirement", "joint": "requirement", "opens": "requirement"}.get(kind, "")
    named = object_kind or ("industry" if kind in ("limit", "fit", "section") else "variable")
    phrase = f"result_{kind}"
    if kind == "requirement" and not measured["now"]:
        phrase = "result_requirement_unknown"
    elif kind == "requirement" and table.number("now", **at) >= table.number("level", **at):
        phrase = "result_requirement_kept"
    elif kind == "variable":
        change = table.number("level", **at) - table.number("now", **at)
        phrase = "result_variable" if change > 0 else "result_variable_down" if change < 0 else "result_variable_hold"
    fill: dict[str, Slot] = {c: w.q(table.name, c, **at) for c, there in measured.items() if there}
    fill |= {"deadline": w.name("year", table.text("deadline", **at)), "object": _labels(w, named, table.text("result", **at))}
    return w.say(phrase, "model", **fill).parts


def derivation(w: Writer) -> tuple[Block, ...]:
    """How each target was derived and how such targets fared in the past; without targets a sentence that says so."""
    heading, table = w.heading("annex_targets", annex=True), w.maybe("plan.targets")
    found = aimed(w, table) if table else []
    if not found:
        return (heading, body(w.say("derivation_none")))
    return (heading, body(w.say("derivation_lead", "model")), _derived(w, found), body(_reasons(w)))


def _derived(w: Writer, variables: list[str]) -> Grid:
    table = w.table("plan.targets")
    rows: list[tuple[Parts, ...]] = []
    for v in variables:
        at = {"region": w.subject, "variable": v}
        low, high = (w.cell(table.name, c, **at) for c in ("low", "high"))
        method = table.text("method", **at)
        source = _labels(w, SOURCES.get(method, "quote"), table.text("source", **at))
        rows.append(
            (
                (w.name("variable", v),),
                (*w.say(f"target_by_{method}", "model", source=source).parts, *_limited(w, v)),
                w.cell(table.name, "growth", **at),
                (*low, "–", *high) if table.has("low", **at) else w.title("none"),
                _tested(w, v, method),
            )
        )
    heads = ("indicator", "target_method", "yearly", "target_range", "tested")
    note = (w.say("derivation_note", "model"),)
    return w.grid("grid_derivation", heads, rows, region=claims.region_label(w), note=note, widths=(3, 5, 1.6, 3.2, 1.8))


def _limited(w: Writer, variable: str) -> Parts:
    """What held a target back, or that such targets were rarely reached."""
    table, at = w.table("plan.targets"), {"region": w.subject, "variable": variable}
    if not table.has("limit", **at):
        return ()
    return w.say("target_limited", "model", limit=w.name("target_limit", table.text("limit", **at))).parts


def _tested(w: Writer, variable: str, method: str) -> Parts:
    at = {"variable": variable, "method": method}
    if w.maybe("plan.target_skill") is None or not w.has("plan.target_skill", "reached", **at):
        return w.title("none")
    return (w.q("plan.target_skill", "reached", **at),)


def _reasons(w: Writer) -> Sentence | None:
    """Why some variables have no target: reason by reason."""
    table = w.table("plan.targets")
    at = {"region": w.subject}
    left = [v for v in table.labels("variable") if table.has("reason", variable=v, **at)]
    kinds: dict[str, list[str]] = {}
    for v in left:
        kinds.setdefault(table.text("reason", variable=v, **at), []).append(v)
    kinds.pop("no_goal", None)
    if not kinds:
        return None
    return w.say("derivation_left", variables=w.names("variable", [v for held in kinds.values() for v in held]))


def data(w: Writer) -> tuple[Block, ...]:
    """The figures behind the situation: ranks by year, the whole endowment profile beside the peers."""
    return (w.heading("annex_data", annex=True), claims.ranks_grid(w), claims.endowment_grid(w))
