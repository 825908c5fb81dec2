"""What a coordinator chooses between: points of the front, floors, protection, goals, lever budgets; and what is judgement."""

from __future__ import annotations

from collections.abc import Sequence

from yindi.core import resources
from yindi.core.document import Block, Grid, Parts, Sentence
from yindi.core.table import Table
from yindi.plan import picks, support
from yindi.plan.space import passing
from yindi.plan.writer import Slot, Writer, body, items, order

SHOWN = 3
CERTAINTY = ("core", "swing", "fragile")


def columns_of(table: Table, wanted: Sequence[str]) -> list[str]:
    """The wanted columns that a table has, in their order."""
    return [c for c in wanted if c in table.columns]


def plain_grid(w: Writer, caption: str, table: Table, axis: str, kind: str, wanted: Sequence[str]) -> Grid:
    """A table of results as it is: the label of its axis by name, then its columns."""
    columns = columns_of(table, wanted)
    rows: list[list[Parts]] = [
        [(w.known(kind, x) if kind else w.name("code", x),), *w.cells(table.name, columns, **{axis: x})]
        for x in table.labels(axis)
    ]
    return w.grid(caption, (axis, *(f"{axis}_{c}" for c in columns)), rows)


def caps(w: Writer) -> tuple[Block, ...]:
    """What the limits cost: price, gain and moved choices of every limit that binds."""
    table = w.table("layout.duals")
    kinds = resources.tree("rules.yaml")["front"]["priced"]
    ranked = [
        r for r in order(table, "price", "rule") if table.text("kind", rule=r) in kinds and table.number("price", rule=r) > 0
    ]
    if not ranked:
        return (body(w.say("price_none", "model")),)
    wanted = columns_of(table, ("limit", "price", "gain", "changed"))
    columns = [c for c in wanted if any(table.has(c, rule=r) for r in ranked)]
    rows: list[list[Parts]] = [[(w.name("rule", r),), *w.cells(table.name, columns, rule=r)] for r in ranked]
    heads = ("rule", *(f"rule_{c}" for c in columns))
    dearest, fill = ranked[0], {"price": w.q(table.name, "price", rule=ranked[0])}
    lead = w.say("caps_lead", "model", rule=w.name("rule", dearest), binding=_solved(w, "priced_limits"), **fill)
    note = (w.say("caps_note" if "gain" in columns else "caps_note_prices", "model"),)
    return (body(lead), w.grid("grid_caps", heads, rows, note=note, widths=(6, *(2 for _ in columns))))


def _solved(w: Writer, item: str) -> Slot:
    return w.q("layout.solution", item=item)


def front(w: Writer) -> tuple[Block, ...]:
    """The points of the front that a coordinator would look at, then all points."""
    table = w.table("layout.frontier")
    points = [p for p in table.labels("point") if table.has("value", point=p) and table.has("lagging_value", point=p)]
    wanted = ("floor", "value", "lagging_value", "leading_value", "gap_between", "gainers", "holders", "expansion", "marginal")
    grid = plain_grid(w, "grid_frontier", table, "point", "", wanted)
    if len(points) < 2:
        return (body(w.say("front_single", "model")), grid)
    return (body(w.say("frontier_lead", "model")), *items(_points(w, table, points)), grid, *_who(w))


def _who(w: Writer) -> tuple[Block, ...]:
    """By name who gains and who holds back at each point after the first."""
    table = w.maybe("layout.points")
    if table is None or len(table.labels("point")) < 2:
        return ()
    rows: list[tuple[Parts, ...]] = []
    for p in table.labels("point")[1:]:
        sides = [[r for r in table.labels("region") if table.text("side", point=p, region=r) == s] for s in ("gains", "holds")]
        rows.append(((w.name("code", p),), *(_listed(w, r) for r in sides)))
    said = body(w.say("points_who", "model"))
    return (said, w.grid("grid_points", ("point", "gain_regions", "hold_regions"), rows, widths=(1, 6, 6)))


def _listed(w: Writer, regions: list[str]) -> Parts:
    return w.say("listed", "model", regions=w.names("region", regions)).parts if regions else w.title("nothing")


def without(w: Writer) -> tuple[Block, ...]:
    """What the plan would be without each kind of rule."""
    table = w.maybe("layout.without")
    if table is None:
        return ()
    ranked = order(table, "changed", "family")
    fill: dict[str, Slot] = {c: w.q(table.name, c, family=ranked[0]) for c in ("gain", "changed")}
    lead = w.say("without_lead", "model", family=w.known("family", ranked[0]), **fill)
    grid = plain_grid(w, "grid_without", table, "family", "family", ("gain", "changed", "lagging_value", "expansion"))
    return (body(lead), grid)


def nation(w: Writer) -> tuple[Block, ...]:
    """What the objective is made of under further rules; bands and pools."""
    parts = w.maybe("layout.parts")
    if parts is None:
        return ()
    grid = plain_grid(w, "grid_parts", parts, "part", "value_part", ("value",))
    made: list[Block] = [body(w.say("nation_lead", "judgement")), grid]
    bands, pools = w.maybe("layout.bands"), w.maybe("layout.pools")
    if bands is not None:
        columns = columns_of(bands, ("existing", "built", "low", "high", "over", "under", "price"))
        rows: list[list[Parts]] = [
            [(w.name("industry", i),), *w.cells(bands.name, columns, industry=i)] for i in bands.labels("industry")
        ]
        made.append(w.grid("grid_bands", ("industry", *(f"band_{c}" for c in columns)), rows))
    if pools is not None:
        columns = columns_of(pools, ("size", "used", "price"))
        rows = [[(support.pool(w, p),), *w.cells(pools.name, columns, pool=p)] for p in pools.labels("pool")]
        made.append(w.grid("grid_pools", ("pool", *(f"pool_{c}" for c in columns)), rows))
    return (*made, *support.whole(w))


def _points(w: Writer, table: Table, points: Sequence[str]) -> list[Sentence]:
    first, last = points[0], points[-1]
    said = [_point(w, "front_first", first, ("value", "lagging_value"))]
    if "marginal" in table.columns:
        dear = resources.tree("rules.yaml")["front"]["dear"]
        cheap = [p for p in points[1:] if table.has("marginal", point=p) and table.number("marginal", point=p) <= dear]
        columns = columns_of(table, ("floor", "gainers", "holders", "marginal"))
        if cheap and cheap[-1] != last:
            said.append(_point(w, "front_cheap", cheap[-1], columns))
    return [*said, _point(w, "front_last", last, ("value", "lagging_value"))]


def _point(w: Writer, phrase: str, point: str, columns: Sequence[str]) -> Sentence:
    fill: dict[str, Slot] = {c: w.q("layout.frontier", c, point=point) for c in columns}
    return w.say(phrase, "model", point=w.name("code", point), **fill)


def equity(w: Writer) -> tuple[Block, ...]:
    """No floor, a floor, a gap that must not widen; a warning where the last is met by holding leaders down."""
    table = w.maybe("layout.equity")
    if table is None:
        return (body(w.say("equity_none")),)
    said = []
    for p in table.labels("policy"):
        at = {"policy": p}
        if "levelled" in table.columns and table.has("levelled", **at) and table.number("levelled", **at) > 0:
            fill: dict[str, Slot] = {c: w.q(table.name, c, **at) for c in ("lost", "gained")}
            said.append(w.say("equity_levelled", "model", policy=w.known("policy", p), **fill))
    grid = plain_grid(w, "grid_equity", table, "policy", "policy", ("value", "lagging", "leading", "gap_between"))
    return (body(w.say("equity_lead", "model"), *said), grid)


def protection(w: Writer) -> tuple[Block, ...]:
    """What protection against the failure of whole industries costs and saves."""
    table = w.maybe("layout.protection")
    if table is None:
        return (body(w.say("protection_none")),)
    first = table.labels("failing")[0]
    fill: dict[str, Slot] = {c: w.q(table.name, c, failing=first) for c in ("price", "saved") if table.has(c, failing=first)}
    lead = w.say("protection_lead", "judgement", loss=w.config("layout.shock_loss"), failing=w.name("code", first), **fill)
    grid = plain_grid(w, "grid_protection", table, "failing", "", ("value", "worst", "unprotected", "price", "saved", "changed"))
    return (body(lead), grid)


def goals(w: Writer) -> tuple[Block, ...]:
    """The layout if one outcome goal alone counted: how much the plan hangs on the user's weights."""
    table = w.maybe("layout.goals")
    if table is None:
        return ()
    ranked = order(table, "changed", "reason")
    most = w.q(table.name, "changed", reason=ranked[0])
    lead = w.say("goals_weights", "judgement", reason=w.known("reason", ranked[0]), most=most, pairs=_solved(w, "pairs"))
    return (body(lead), plain_grid(w, "grid_goals", table, "reason", "reason", ("weight", "kept", "changed")))


def budgets(w: Writer) -> tuple[Block, ...]:
    """How the lever budgets would be spread, what one more unit of each would bring, who would get most."""
    table, spread = w.maybe("layout.lever_prices"), w.maybe("layout.levers")
    if table is None or spread is None:
        return (body(w.say("budgets_none")),)
    said = []
    for lever in order(table, "price", "lever"):
        got = [r for r in order(spread, "share", "region", lever=lever) if spread.number("share", region=r, lever=lever) > 0]
        if got:
            most = w.q(spread.name, "share", region=got[0], lever=lever)
            fill = {"price": w.q(table.name, "price", lever=lever), "most": most}
            regions = w.names("region", got[:SHOWN])
            said.append(
                w.say("budgets_item", "judgement", lever=w.name("lever", lever), regions=regions, first=regions[0], **fill)
            )
    grid = plain_grid(w, "grid_budgets", table, "lever", "lever", ("budget", "price", "regions", "gain"))
    return (body(w.say("budgets_lead", "judgement")), *items(said), grid, *_doubt(w))


def _doubt(w: Writer) -> tuple[Block, ...]:
    """How the split of levers hangs on what is assumed of them."""
    table = w.maybe("layout.lever_sensitivity")
    if table is None:
        return ()
    late = max(("half_halved", "half_doubled"), key=lambda c: table.number("moved", case=c))
    lead = w.say("doubt_lead", "judgement", effect=w.q(table.name, "effect", case="stated"),
                 moved=w.q(table.name, "moved", case="effect_doubled"), half=w.q(table.name, "moved", case=late))  # fmt: skip
    grid = plain_grid(w, "grid_doubt", table, "case", "lever_case", ("effect", "gain", "moved", "closed"))
    return (body(lead), grid)


def stepping(w: Writer) -> tuple[Block, ...]:
    """What is begun when, where the study asks for periods."""
    table = w.maybe("layout.periods")
    if table is None:
        return ()
    grid = plain_grid(w, "grid_periods", table, "period", "", ("begun", "value", "plain"))
    return (body(w.say("periods_lead", "model")), grid)


def reasons(w: Writer) -> tuple[Block, ...]:
    """Every region's holdings by certainty, and what it passes on and why."""
    rows: list[tuple[Parts, ...]] = []
    for r in picks.ranked(w):
        own = w.about(r)
        held, gone = picks.chosen_industries(own), [c for which in picks.given_up(own) for c in which]
        if held or gone:
            rows.append(((w.name("region", r),), _held(own, held), _passed(own, gone)))
    return (
        w.grid(
            "grid_reasons", ("region", "holds", "passes_on"), rows, note=(w.say("reasons_note", "model"),), widths=(1.6, 6, 6)
        ),
    )


def _held(w: Writer, held: list[str]) -> Parts:
    table = w.table("layout.allocation")
    kinds: dict[str, list[str]] = {}
    for c in held:
        kinds.setdefault(table.text("kind", region=w.subject, industry=c), []).append(c)
    return support.grouped(w, [(w.known("certainty", k), v) for k, v in sorted(kinds.items(), key=_firm)])


def _firm(group: tuple[str, list[str]]) -> int:
    return CERTAINTY.index(group[0]) if group[0] in CERTAINTY else len(CERTAINTY)


def _passed(w: Writer, gone: list[str]) -> Parts:
    kinds: dict[str, list[str]] = {}
    for c in gone:
        kinds.setdefault(passing(w, c).code, []).append(c)
    return support.grouped(w, [(passing(w, v[0]), v) for v in kinds.values()])


def assumed(w: Writer) -> tuple[Block, ...]:
    """Which parts of the layout are data, which follow from a method, which are judgement."""
    items_ = ("cap_share", "portfolio_min", "portfolio_max", "minimum_fit", "floor")
    fill: dict[str, Slot] = {i: w.config(f"layout.{i}") for i in items_}
    return (body(w.say("assumed", "judgement", **fill)),)
