"""重大工程 and 保障措施: the user's projects, the frame's safeguards with what the region has to watch."""

from __future__ import annotations

from yindi.core.document import Block, Paragraph, Parts, Sentence
from yindi.plan import claims
from yindi.plan.frame import texts
from yindi.plan.situation import obstacles
from yindi.plan.writer import Writer, body

WATCHED = 3


def projects(w: Writer) -> tuple[Block, ...]:
    """The user's projects as a table; one sentence where none are given."""
    heading, table = w.heading("projects"), w.maybe("plan.projects")
    name = "name_zh" if w.phrases.language == "zh" else "name_en"
    own = [] if table is None else [p for p in table.labels("project") if table.has(name, region=w.subject, project=p)]
    if table is None or not own:
        return (heading, body(w.say("projects_none", region=claims.region_label(w))))
    rows: list[tuple[Parts, ...]] = []
    for p in own:
        at = {"region": w.subject, "project": p}
        place, lead, first, last = (table.text(c, **at) for c in ("place", "lead", "first", "last"))
        rows.append(
            (
                (w.name("quote", table.text(name, **at)),),
                (w.name("quote", place),) if place else w.title("none"),
                w.cell(table.name, "investment", **at),
                (w.name("years", "–".join(y for y in (first, last) if y)),) if first or last else w.title("none"),
                (w.known("department", lead),) if lead else w.title("none"),
                (w.name("quote", table.text("source", **at)),),
            )
        )
    heads = ("project", "location", "investment", "build_years", "lead", "basis")
    grid = w.grid("grid_projects", heads, rows, region=claims.region_label(w), widths=(4, 2, 2, 2, 2.6, 2.6))
    return (heading, body(w.say("projects_lead", region=claims.region_label(w))), grid)


def safeguards(w: Writer) -> tuple[Block, ...]:
    """The frame's safeguards, one paragraph each; monitoring says what this region watches."""
    said = []
    for key in texts(w.frame)["safeguards"]:
        own = watched(w) if key.startswith("safeguard_watch") else None
        said.append(Paragraph(tuple(s for s in (w.say(key, "judgement"), own) if s is not None)))
    return (w.heading("safeguards"), *said)


def watched(w: Writer) -> Sentence | None:
    """The indicators whose yearly figures decide whether the plan works."""
    found = obstacles(w)[:WATCHED]
    return w.say("watched", region=claims.region_label(w), indicators=w.names("indicator", found)) if found else None
