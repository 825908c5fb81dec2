"""What a coordinator chooses between: points of the front, floors, protection, goals, lever budgets; and what is judgement."""

from __future__ import annotations

from collections.abc import Sequence

from yindi.core import resources
from yindi.core.document import Block, Grid, Parts, Sentence
from yindi.core.table import Table
from yindi.plan import support
from yindi.plan.writer import Slot, Writer, body, items, order

SHOWN = 3
SLACK = 1e-6


def columns_of(table: Table, wanted: Sequence[str]) -> list[str]:
    """The wanted columns that a table has, in their order."""
    return [c for c in wanted if c in table.columns]


def plain_grid(w: Writer, caption: str, table: Table, axis: str, kind: str, wanted: Sequence[str]) -> Grid:
    """A table of results as it is: the label of its axis by name, then its columns."""
    columns = columns_of(table, wanted)
    rows: list[list[Parts]] = [
        [
            (w.known(kind, x) if kind else w.name("code", x),),
            *(_cell(w, table, c, **{axis: x}) for c in columns),
        ]
        for x in table.labels(axis)
    ]
    return w.grid(caption, (axis, *(f"{axis}_{c}" for c in columns)), rows)


def _cell(w: Writer, table: Table, column: str, **at: str) -> Parts:
    """A cell, or a dash where there is nothing to tell: no step before the first point, no price of what was not solved again."""
    return (w.q(table.name, column, **at),) if table.has(column, **at) else w.title("dash")


def caps(w: Writer) -> tuple[Block, ...]:
    """What the rules cost: price, gain and moved choices of every rule that binds."""
    table = w.table("layout.duals")
    kinds = resources.tree("rules.yaml")["front"]["priced"]
    ranked = [
        r for r in order(table, "price", "rule") if table.text("kind", rule=r) in kinds and table.number("price", rule=r) > 0
    ]
    if not ranked:
        return (body(w.say("price_none", "model")),)
    wanted = columns_of(table, ("limit", "price", "gain", "changed"))
    columns = [c for c in wanted if any(table.has(c, rule=r) for r in ranked)]
    rows: list[list[Parts]] = [[(w.name("rule", r),), *(_cell(w, table, c, rule=r) for c in columns)] for r in ranked]
    heads = ("rule", *(f"rule_{c}" for c in columns))
    dearest = ranked[0]
    fill: dict[str, Slot] = {"price": w.q(table.name, "price", rule=ranked[0])}
    kinds_there = {table.text("kind", rule=r) for r in ranked}
    if "limit" in kinds_there:
        phrase, fill = (
            "caps_lead" if kinds_there == {"limit"} else "caps_lead_rules",
            {**fill, "binding": _solved(w, "priced_limits")},
        )
    else:
        phrase = "caps_lead_nation"
    lead = w.say(phrase, "model", rule=w.name("rule", dearest), **fill)
    note = (w.say("caps_note" if "gain" in columns else "caps_note_prices", "model"),)
    return (body(lead), w.grid("grid_caps", heads, rows, note=note, widths=(6, *(2 for _ in columns))))


def _solved(w: Writer, item: str) -> Slot:
    return w.q("layout.solution", item=item)


def front(w: Writer) -> tuple[Block, ...]:
    """The points of the front that a coordinator would look at, then all points."""
    table = w.table("layout.frontier")
    points = [p for p in table.labels("point") if table.has("value", point=p) and table.has("lagging_value", point=p)]
    wanted = ("floor", "value", "lagging_value", "leading_value", "gap_between", "gainers", "holders", "expansion", "over_band",
              "marginal")  # fmt: skip
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
    return w.joined(w.names("region", regions)) if regions else w.title("nothing")


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
    middle = _middle(w, table, points) if "marginal" in table.columns else None
    ends = [_point(w, f"front_{k}", p, ("value", "lagging_value")) for k, p in (("first", first), ("last", last))]
    own = {"value": w.q("layout.solution", item="objective"), "lagging_value": w.q("layout.solution", item="lagging_value")}
    mine = w.say("front_own", "judgement", floor=w.config("layout.floor"), **own)
    return [s for s in (ends[0], middle, ends[1], mine) if s is not None]


def _middle(w: Writer, table: Table, points: Sequence[str]) -> Sentence | None:
    """The point to look at first: the last before a step costs the whole more than lagging regions gain, or the dearest one."""
    steps = [p for p in points[1:] if table.has("marginal", point=p)]
    if not steps:
        return None
    dear = [p for p in steps if table.number("marginal", point=p) > resources.tree("rules.yaml")["front"]["dear"]]
    if dear and dear[0] == steps[0]:
        return _point(w, "front_dear", dear[0], ("marginal",))
    turn = dear[0] if dear else max(steps, key=lambda p: table.number("marginal", point=p))
    before = points[points.index(turn) - 1]
    columns = columns_of(table, ("floor", "gainers", "holders"))
    step = before if dear else turn
    return _point(w, "front_cheap" if dear else "front_even", before, columns, marginal=w.q(table.name, "marginal", point=step))


def _point(w: Writer, phrase: str, point: str, columns: Sequence[str], **more: Slot) -> Sentence:
    fill: dict[str, Slot] = {c: w.q("layout.frontier", c, point=point) for c in columns}
    return w.say(phrase, "model", point=w.name("code", point), **fill, **more)


def equity(w: Writer) -> tuple[Block, ...]:
    """No floor, a floor, a gap that must not widen; a warning where the last is met by holding leaders down."""
    table = w.maybe("layout.equity")
    if table is None:
        return (body(w.say("equity_none")),)
    said = [_policy(w, table, p) for p in table.labels("policy")[1:]]
    grid = plain_grid(w, "grid_equity", table, "policy", "policy", ("value", "lagging", "leading", "gap_between"))
    return (body(w.say("equity_lead", "model"), *said), grid)


def _policy(w: Writer, table: Table, policy: str) -> Sentence | None:
    """What a rule costs the others and brings lagging regions: levelling down where the whole pays more than they gain."""
    at, named = {"policy": policy}, w.known("policy", policy)
    if not all(c in table.columns and table.has(c, **at) for c in ("lost", "gained", "levelled")):
        return None
    lost, gained = (table.number(c, **at) for c in ("lost", "gained"))
    if max(abs(lost), abs(gained)) < SLACK:
        return w.say("equity_slack", "model", policy=named)
    dear = resources.tree("rules.yaml")["front"]["dear"]
    levelled = table.number("levelled", **at) > 0 and lost - gained > dear * gained
    fill: dict[str, Slot] = {c: w.q(table.name, c, **at) for c in ("lost", "gained")}
    return w.say("equity_levelled" if levelled else "equity_price", "model", policy=named, **fill)


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


def assumed(w: Writer) -> tuple[Block, ...]:
    """Which parts of the layout are data, which follow from a method, which are judgement."""
    items_ = ("cap_share", "portfolio_min", "portfolio_max", "minimum_fit", "floor")
    fill: dict[str, Slot] = {i: w.config(f"layout.{i}") for i in items_}
    national = w.study.config.layout.national is not None
    more = w.say("assumed_national", "judgement") if national else None
    return (*items((w.say("assumed_data"), w.say("assumed_model", "model"), w.say("assumed", "judgement", **fill), more)),)
