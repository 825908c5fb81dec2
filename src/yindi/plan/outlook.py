"""Looking ahead: early warning of polarisation; what would come of the layout, the skill on the past first."""

from __future__ import annotations

from yindi.core.document import Block, Figure, Grid, Sentence
from yindi.core.finding import Choice
from yindi.plan.writer import Writer, body, items, order

SHOWN = ("baseline", "layout")
DRIVERS = 3


def outlook(w: Writer) -> tuple[Block, ...]:
    """Hindcast skill, the national gap under the scenarios, and what the layout changes."""
    if "scenarios" not in w.study.results:
        return (w.heading("outlook"), body(w.say("outlook_none")))
    said = [_skill(w, h) for h in w.table("scenarios.skill").labels("horizon")]
    stamp = w.say("outlook_no_skill" if not _any_skill(w) else "outlook_skill", "model")
    return (w.heading("outlook"), body(w.say("outlook_lead", "model"), stamp), *items(said), _figure(w), _grid(w), body(_gap(w)))


def polarisation(w: Writer) -> tuple[Block, ...]:
    """Early warning of polarisation by several indices: since when, how sure, how much came in one step, who drives it."""
    if w.study.disparity.warning is None:
        return ()
    found = w.table("disparity.warning").labels("measure")
    needed = ("since", "step", "rise", "relative", "certainty", "chance", "step_share")
    said = [_warning(w, m) for m in found if all(w.has("disparity.warning", c, measure=m) for c in needed)]
    return (
        w.heading("polarisation", level=2),
        body(w.say("warning_lead", "model")),
        *items(said),
        *items([_drivers(w, found[0])]),
    )


def _warning(w: Writer, measure: str) -> Sentence:
    table, at = w.table("disparity.warning"), {"measure": measure}
    columns = ("rise", "relative", "certainty", "chance", "step_share")
    return w.say(
        "warning_item",
        "model",
        measure=w.name("measure", measure),
        since=w.name("year", table.text("since", **at)),
        step=w.name("year", table.text("step", **at)),
        level=w.name("level", table.text("level", **at)),
        caution=Choice("step_caution", "step_share", pivot=0.5),
        **{c: w.q(table.name, c, **at) for c in columns},
    )


def _drivers(w: Writer, measure: str) -> Sentence | None:
    if w.study.disparity.warning_drivers is None:
        return None
    ranked = order(w.table("disparity.warning_drivers"), "value", "region", measure=measure)[:DRIVERS]
    return w.say("warning_drivers", "model", measure=w.name("measure", measure), regions=w.names("region", ranked))


def _any_skill(w: Writer) -> bool:
    table = w.table("scenarios.skill")
    return any(table.number("skill", horizon=h) > 0 for h in table.labels("horizon"))


def _skill(w: Writer, horizon: str) -> Sentence:
    at = {"horizon": horizon}
    return w.say(
        "outlook_horizon",
        "model",
        horizon=w.name("year", horizon),
        skill=w.q("scenarios.skill", "skill", **at),
        coverage=w.q("scenarios.skill", "coverage", **at),
        verdict=Choice("better_worse", "skill"),
    )


def _figure(w: Writer) -> Figure:
    table = w.table("scenarios.nation")
    years = table.labels("year")
    series = [
        w.series((w.name("scenario", s),), table.name, "gini", "year", years, "year", scenario=s)
        for s in SHOWN
        if s in table.labels("scenario")
    ]
    return w.figure("lines", "figure_outlook", series, alt="figure_outlook_alt")


def _grid(w: Writer) -> Grid:
    table = w.table("scenarios.nation")
    last = table.labels("year")[-1]
    columns = ("gini", "gini_low", "gini_high", "ratio", "narrowing")
    rows = [[(w.name("scenario", s),), *w.cells(table.name, columns, scenario=s, year=last)] for s in table.labels("scenario")]
    return w.grid("grid_outlook", ("scenario", *columns), rows, widths=(4, 2, 2, 2, 2, 2), year=w.name("year", last))


def _gap(w: Writer) -> Sentence:
    table = w.table("scenarios.nation")
    last = table.labels("year")[-1]
    return w.say(
        "outlook_gap",
        "model",
        year=w.name("year", last),
        without=w.q(table.name, "gini", scenario="baseline", year=last),
        planned=w.q(table.name, "gini", scenario="layout", year=last),
        direction=Choice("wider_narrower", "planned", than="without"),
        narrowing=w.q(table.name, "narrowing", scenario="layout", year=last),
    )
