"""总体要求: guiding thought, principles, goals with the table of main indicators."""

from __future__ import annotations

from yindi.core.document import Block, Grid, Paragraph, Parts, Sentence
from yindi.core.finding import Label
from yindi.core.table import Table
from yindi.plan import claims, picks
from yindi.plan.frame import texts
from yindi.plan.period import years
from yindi.plan.situation import obstacles
from yindi.plan.writer import Slot, Writer, body, items, order

NAMED = 3
SHOWN = 5


def overall(w: Writer) -> tuple[Block, ...]:
    """Thought, principles, goals."""
    return (w.heading("overall"), *thought(w), *principles(w), *goals(w))


def thought(w: Writer) -> tuple[Block, ...]:
    """The frame's guiding thought, then what it means for this region."""
    return (w.heading("thought", 2), body(w.say(texts(w.frame)["thought"], "judgement"), *_aim(w)))


def _aim(w: Writer) -> list[Sentence]:
    held, chosen = obstacles(w), picks.chosen_industries(w)
    said = []
    if held:
        first = held[0]
        lever = w.study.variables[first].lever
        said.append(
            w.say("aim_first", region=claims.region_label(w), indicator=w.name("indicator", first), lever=w.name("lever", lever))
        )
    if chosen:
        said.append(w.say("aim_industries", "model", industries=w.names("industry", chosen)))
    return said


def principles(w: Writer) -> tuple[Block, ...]:
    """Each principle of the frame with what it means here."""
    own = (_base(w), _endowed(w), claims.path(w), _orderly(w))
    said = [Paragraph((w.say(key, "judgement"), s), "item") for key, s in zip(texts(w.frame)["principles"], own, strict=True)]
    return (w.heading("principles", 2), *said)


def main_section(w: Writer) -> str | None:
    """The section of the economy in which the region is most specialised."""
    table = w.maybe("opportunities.structure")
    found = order(table, "quotient", "industry", region=w.subject) if table else []
    return next((s for s in found if s != "rest"), None)


def section_fill(w: Writer, section: str) -> dict[str, Slot]:
    """Slots of a sentence on a section: its name, share and quotient."""
    at = {"region": w.subject, "industry": section}
    return {
        "section": section_label(w, section),
        "share": w.q("opportunities.structure", "share", **at),
        "quotient": w.q("opportunities.structure", "quotient", **at),
    }


def section_label(w: Writer, code: str) -> Label:
    """The name of an industry, or of a section of the accounts that has no row of its own."""
    if code in w.study.names.table.get("industry", {}):
        return w.name("industry", code)
    title = f"section_{code.lower()}"
    return w.text(w.phrases.title(title)) if title in w.phrases.titles else w.name("quote", code)


def _base(w: Writer) -> Sentence:
    section = main_section(w)
    return w.say("base_none", region=claims.region_label(w)) if section is None else w.say("base", **section_fill(w, section))


def _endowed(w: Writer) -> Sentence:
    strong = picks.standing(w, "strong")[:NAMED]
    if not strong:
        return w.say("endowed_none", region=claims.region_label(w))
    return w.say("endowed", region=claims.region_label(w), variables=w.names("variable", strong))


def _orderly(w: Writer) -> Sentence:
    crowded = picks.given_up(w)[0]
    if not crowded:
        return w.say("orderly_none", "model", region=claims.region_label(w), share=w.config("layout.cap_share"))
    return w.say("refrain_short", "model", industries=w.names("industry", crowded))


def goals(w: Writer) -> tuple[Block, ...]:
    """Paragraph, list and table of the targets; without targets one sentence says why there are none."""
    _, middle, last = years(w.study)
    table, heading = w.maybe("plan.targets"), w.heading("goals", 2)
    found = aimed(w, table) if table else []
    if table is None or not found:
        return (heading, body(w.say("goals_none", last=w.name("year", last))), monitoring_grid(w))
    lead = w.say(
        "goals_lead",
        "model",
        region=claims.region_label(w),
        middle=w.name("year", middle),
        last=w.name("year", last),
        variables=w.names("variable", [i for i in obstacles(w) if i in found][:NAMED] or found[:NAMED]),
    )
    said = items(_goal(w, v) for v in foremost(w, found))
    return (heading, body(lead), *said, targets_grid(w, found), body(_without(w, table)))


def foremost(w: Writer, found: list[str]) -> list[str]:
    """The targets that matter most: of the largest obstacles, then in the order of the framework."""
    first = [i for i in obstacles(w) if i in found]
    return [*first, *(v for v in found if v not in first)][:SHOWN]


def aimed(w: Writer, table: Table) -> list[str]:
    """Variables with a target: those of the framework first, in its order."""
    have = [v for v in table.labels("variable") if table.has("final", region=w.subject, variable=v)]
    inside = [i.code for i in w.study.framework.indicators if i.code in have]
    return [*inside, *(v for v in have if v not in inside)]


def _goal(w: Writer, variable: str) -> Sentence:
    at = {"region": w.subject, "variable": variable}
    table = w.table("plan.targets")
    fill: dict[str, Slot] = {
        "variable": w.name("variable", variable),
        "year": w.name("year", table.text("year", **at)),
        "last": w.name("year", years(w.study)[2]),
        **{c: w.q(table.name, c, **at) for c in ("base", "final")},
    }
    change = table.number("final", **at) - table.number("base", **at)
    return w.say("goal" if change > 0 else "goal_down" if change < 0 else "goal_hold", "model", **fill)


def targets_grid(w: Writer, variables: list[str]) -> Grid:
    """Main indicators: base, year, middle, end, kind, lead, method."""
    table = w.table("plan.targets")
    rows: list[tuple[Parts, ...]] = []
    for v in variables:
        at = {"region": w.subject, "variable": v}
        rows.append(
            (
                (w.name("variable", v),),
                (w.q(table.name, "base", **at), *_of_year(w, table.text("year", **at))),
                w.cell(table.name, "middle", **at),
                (w.q(table.name, "final", **at),),
                w.title(f"duty_{table.text('duty', **at)}"),
                (w.known("department", table.text("lead", **at)),),
                w.title(f"method_{table.text('method', **at)}"),
            )
        )
    _, middle, last = years(w.study)
    return w.grid(
        "grid_targets",
        ("indicator", "base_value", "middle_value", "final_value", "duty", "lead", "target_method"),
        rows,
        region=claims.region_label(w),
        middle=w.name("year", middle),
        last=w.name("year", last),
        note=(w.say("targets_note", "model"),),
        widths=(2.8, 2.8, 1.9, 1.9, 1.5, 2.4, 1.6),
    )


def _of_year(w: Writer, year: str) -> Parts:
    return (w.phrases.title("open_bracket"), w.name("year", year), w.phrases.title("close_bracket"))


def _without(w: Writer, table: Table) -> Sentence | None:
    left = [i.code for i in w.study.framework.indicators if not table.has("final", region=w.subject, variable=i.code)]
    return w.say("goals_without", variables=w.names("variable", left)) if left else None


def monitoring_grid(w: Writer) -> Grid:
    """Indicators to watch beside the peers' median: references, not targets."""
    table = w.table("diagnosis.endowment")
    rows = [
        (
            (w.name("variable", i.code),),
            (w.name("year", table.text("year", region=w.subject, variable=i.code)),),
            *w.cells(table.name, ("value", "peer_median", "percentile"), region=w.subject, variable=i.code),
        )
        for i in w.study.framework.indicators
        if table.has("value", region=w.subject, variable=i.code)
    ]
    return w.grid(
        "grid_monitoring",
        ("indicator", "year", "value", "peer_median", "percentile"),
        rows,
        region=claims.region_label(w),
        note=(w.say("monitoring_note"),),
        widths=(4, 2, 3, 3, 2),
    )
