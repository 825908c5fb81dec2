"""Who is in charge of a task: lead and supporting departments, from the table of tasks."""

from __future__ import annotations

from yindi.core.document import Sentence
from yindi.core.finding import Label
from yindi.core.table import Table
from yindi.plan.writer import Writer


def tasks_of(w: Writer) -> list[str]:
    """The region's tasks in their order."""
    table = w.maybe("plan.tasks")
    return [] if table is None else [t for t in table.labels("task") if table.has("lead", region=w.subject, task=t)]


def owners(w: Writer, aim: str) -> list[Sentence]:
    """（牵头单位：…；责任单位：…） of the task whose object is `aim`, else of the target of that name; else nothing."""
    tasks, targets = w.maybe("plan.tasks"), w.maybe("plan.targets")
    for t in tasks_of(w):
        if tasks is not None and tasks.text("object", region=w.subject, task=t) == aim:
            return [charge(w, tasks, task=t)]
    if targets is not None and targets.has("lead", region=w.subject, variable=aim):
        return [charge(w, targets, variable=aim)]
    return []


def charge(w: Writer, table: Table, **where: str) -> Sentence:
    """The brackets of one row."""
    at = {"region": w.subject, **where}
    lead = w.known("department", table.text("lead", **at))
    support = departments(w, table.text("support", **at)) if table.has("support", **at) else None
    return w.say("charge_lead", lead=lead) if support is None else w.say("charge", lead=lead, support=support)


def departments(w: Writer, codes: str) -> Label:
    """Several departments as one label, joined as in official papers (without a word before the last)."""
    return w.text(w.phrases.join.join(w.known("department", c).text for c in codes.split()))
