"""Looking ahead: early warning of polarisation; what would come of the layout, the skill on the past first."""

from __future__ import annotations

from yindi.core.document import Block, Figure, Grid, Parts, Sentence
from yindi.core.finding import Choice
from yindi.core.wording import write
from yindi.plan import picks
from yindi.plan.writer import Writer, body, items, order

SHOWN = ("baseline", "layout")
DEVIATIONS = ("layout", "layout_levers")
DRIVERS = 3


def outlook(w: Writer) -> tuple[Block, ...]:
    """Hindcast skill, the national gap under the scenarios, and what the layout changes."""
    if "scenarios" not in w.study.results:
        return (w.heading("outlook"), body(w.say("outlook_none")))
    said = [_skill(w, h) for h in w.table("scenarios.skill").labels("horizon")]
    stamp = w.say("outlook_no_skill" if not _any_skill(w) else "outlook_skill", "model")
    tested: tuple[Block, ...] = (w.heading("outlook"), body(w.say("outlook_lead", "model"), stamp), *items(said))
    return (*tested, body(*_assumed(w)), _figure(w), _grid(w), body(_gap(w), *_moves(w)), *_by_region(w))


def _assumed(w: Writer) -> list[Sentence]:
    """What the scenarios rest on, all of it judgement; spillovers and shocks as the study has them."""
    items_ = {"commitment": "opportunities.commitment", "phase": "simulate.phase", "loss": "simulate.shock_loss"}
    fill = {slot: w.config(item) for slot, item in items_.items()}
    spread = {slot: w.config(f"simulate.{slot}") for slot in ("weak", "strong", "draws", "interval")}
    levers = w.say("outlook_levers", "judgement", effect=w.config("layout.lever_effect"), doubt=w.config("simulate.lever_doubt"))
    return [w.say("outlook_assumed", "judgement", **fill), levers, w.say("outlook_spread", "judgement", **spread)]


def _moves(w: Writer) -> list[Sentence]:
    """Polarisation and mobility under the layout, beside no layout."""
    table = w.table("scenarios.nation")
    at = {"scenario": "layout", "year": table.labels("year")[-1]}
    base = {**at, "scenario": "baseline"}
    if not all(c in table.columns and table.has(c, **at) for c in ("polarising", "mobility", "class_mobility")):
        return []
    fill = {c: w.q(table.name, c, **at) for c in ("polarisation", "polarising", "mobility", "class_mobility")}
    return [w.say("outlook_moves", "model", without=w.q(table.name, "polarisation", **base), **fill)]


def _by_region(w: Writer) -> tuple[Block, ...]:
    """What the layout, with its lever budgets where there are any, changes for every region against no layout."""
    table = w.maybe("scenarios.effect")
    if table is None:
        return ()
    shown = [s for s in DEVIATIONS if s in table.labels("scenario")]
    rows: list[list[Parts]] = []
    for r in picks.ranked(w):
        row: list[Parts] = [(w.name("region", r),)]
        for s in shown:
            low, high = (w.q(table.name, c, scenario=s, region=r) for c in ("low", "high"))
            row += [(w.q(table.name, "change", scenario=s, region=r),), (low, " – ", high)]
        rows.append([*row, *w.cells(table.name, ("places", "rising"), scenario=shown[-1], region=r)])
    heads: list[str | Parts] = ["region"]
    for s in shown:
        heads += [(w.name("scenario", s),), "band"]
    year = w.name("year", w.table("scenarios.nation").labels("year")[-1])
    lead = w.say("effect_lead", "model", scenario=w.name("scenario", shown[-1]), year=year)
    widths = (2.4, *(1.8, 3.0) * len(shown), 1.8, 2.4)
    grid = w.grid(
        "grid_effect", [*heads, "places", "rising"], rows, widths=widths, note=(w.say("effect_note", "model"),), year=year
    )
    return (body(lead), grid)


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
    columns = ("gini", "gini_low", "gini_high", "ratio", "polarisation", "mobility", "narrowing")
    rows = [
        [(w.name("scenario", s),), *w.cells(table.name, columns, scenario=s, year=last), _stamp(w, s, last)]
        for s in table.labels("scenario")
    ]
    heads = ("scenario", "gini", "gini_low", "gini_high", "ratio", "wolfson", "mobility", "narrowing", "skill_stamp")
    note = (w.say("outlook_note", "model"),)
    widths = (4, *(1.7 for _ in columns), 2.6)
    return w.grid("grid_outlook", heads, rows, widths=widths, note=note, year=w.name("year", last))


def _stamp(w: Writer, scenario: str, year: str) -> Parts:
    """Skill and verdict of the nearest horizon that was tested, as every row of the scenarios carries them."""
    table, at = w.table("scenarios.nation"), {"scenario": scenario, "year": year}
    if "verdict" not in table.columns or not table.has("verdict", **at):
        return w.title("dash")
    code = table.text("verdict", **at)
    verdict = w.title("verdict_untested_no_skill" if code == "untested" and not _any_skill(w) else f"verdict_{code}")
    return (*verdict, " ", w.q(table.name, "skill", **at)) if table.has("skill", **at) else verdict


def _gap(w: Writer) -> Sentence:
    table = w.table("scenarios.nation")
    last = table.labels("year")[-1]
    planned, without = (w.q(table.name, "gini", scenario=s, year=last) for s in ("layout", "baseline"))
    if write(planned, w.phrases.language) == write(without, w.phrases.language):
        chance = w.q(table.name, "narrowing", scenario="layout", year=last)
        return w.say("outlook_gap_same", "model", year=w.name("year", last), planned=planned, narrowing=chance)
    return w.say(
        "outlook_gap",
        "model",
        year=w.name("year", last),
        without=without,
        planned=planned,
        direction=Choice("wider_narrower", "planned", than="without"),
        narrowing=w.q(table.name, "narrowing", scenario="layout", year=last),
    )
