"""Tasks and targets in words: the measure of a task, what proves it, and what a target rests on."""

from __future__ import annotations

from yindi.core.document import Sentence
from yindi.core.finding import Label
from yindi.plan.writer import Slot, Writer

TASKS, TARGETS = "plan.tasks", "plan.targets"


def tasks_of(w: Writer, *kinds: str) -> list[str]:
    """The region's tasks (of the given kinds, else all), the most important first."""
    table = w.table(TASKS)
    return [
        t
        for t in table.labels("task")
        if table.has("kind", region=w.subject, task=t) and (not kinds or table.text("kind", region=w.subject, task=t) in kinds)
    ]


def measure(w: Writer, task: str) -> Sentence:
    """What is done: the task's phrase with its object and what it rests on or serves."""
    table, at = w.table(TASKS), {"region": w.subject, "task": task}
    fill: dict[str, Slot] = {"object": w.name(table.text("object_kind", **at), table.text("object", **at))}
    if table.has("by", **at):
        fill["by"] = w.names(table.text("by_kind", **at), table.text("by", **at).split())
    grade = "model" if table.text("kind", **at) == "refrain" else "judgement"
    return w.say(table.text("measure", **at), grade, **fill)


def result(w: Writer, task: str) -> Sentence | None:
    """What proves the task and until when; None where the study holds nothing that could."""
    table, at = w.table(TASKS), {"region": w.subject, "task": task}
    if not table.has("result", **at):
        return None
    kind = table.text("result_kind", **at)
    fill: dict[str, Slot] = {"object": proof(w, task), "deadline": w.name("year", table.text("deadline", **at))}
    fill |= {c: w.q(TASKS, c, **at) for c in ("now", "level") if table.has(c, **at)}
    return w.say(_phrase(kind, fill, w, at), "judgement", **fill)


def _phrase(kind: str, fill: dict[str, Slot], w: Writer, at: dict[str, str]) -> str:
    if kind != "requirement":
        return f"result_{kind}"
    if "now" not in fill:
        return "result_requirement_unknown"
    table = w.table(TASKS)
    return "result_requirement_kept" if table.number("now", **at) >= table.number("level", **at) else "result_requirement"


def proof(w: Writer, task: str) -> Label:
    """What is measured to prove a task: a variable, a requirement or an industry."""
    table, at = w.table(TASKS), {"region": w.subject, "task": task}
    kinds = {"variable": "variable", "watch": "variable", "limit": "industry", "fit": "industry"}
    return w.name(kinds.get(table.text("result_kind", **at), "requirement"), table.text("result", **at))


def rests_on(w: Writer, variable: str) -> Sentence:
    """What a target rests on, in words."""
    table, at = w.table(TARGETS), {"region": w.subject, "variable": variable}
    kind, source = table.text("source_kind", **at), table.text("source", **at)
    named = {"years": "years", "year": "year", "region": "region", "parent": "region"}[kind]
    return w.say(f"target_by_{table.text('method', **at)}", "model", source=w.known(named, source))
