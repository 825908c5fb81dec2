"""What further national rules give and cost: support packages, capability units and pools, zones; for a region and for all."""

from __future__ import annotations

from collections.abc import Sequence

from yindi.core.document import Block, Grid, Part, Parts, Sentence
from yindi.core.finding import Label
from yindi.plan import claims, picks
from yindi.plan.writer import Slot, Writer, body, items

LENT = ("own", "used", "borrowed")


def region(w: Writer) -> tuple[Block, ...]:
    """The package of each industry of a region, and the capability units they cost: its own and what it borrows."""
    said, held = _units(w), picks.chosen_industries(w)
    table = w.maybe("layout.support")
    if not said and (table is None or not held):
        return ()
    grid = () if table is None or not held else (_packages(w, held),)
    return (
        w.heading("support_place", 2),
        body(w.say("support_lead", "judgement", region=claims.region_label(w))),
        *grid,
        *items(said),
    )


def package(w: Writer, industry: str) -> Parts:
    """The package of one of a region's industries."""
    at = {"region": w.subject, "industry": industry}
    name = w.table("layout.support").text("name", **at)
    return (w.known("package", name),) if name else w.title("none")


def _packages(w: Writer, held: list[str]) -> Grid:
    rows: list[tuple[Parts, ...]] = [
        ((w.name("industry", c),), package(w, c), w.cell("layout.support", "value", region=w.subject, industry=c)) for c in held
    ]
    heads = ("industry", "packages", "support_value")
    return w.grid("grid_support", heads, rows, region=claims.region_label(w), note=(w.say("support_note", "judgement"),))


def _units(w: Writer) -> list[Sentence]:
    table = w.maybe("layout.units")
    if table is None:
        return []
    said = []
    for m in table.labels("capability"):
        at = {"region": w.subject, "capability": m}
        if table.number("used", **at) > 0:
            fill: dict[str, Slot] = {c: w.q(table.name, c, **at) for c in LENT}
            phrase = "units_lent" if table.number("borrowed", **at) > 0 else "units_own"
            said.append(w.say(phrase, "model", capability=w.known("requirement", m), **fill))
    return said


def whole(w: Writer) -> tuple[Block, ...]:
    """Who holds which package, which regions borrow units, and zones whose regions hold the same industry."""
    return (*_by_region(w), *_lending(w), *_zones(w))


def _by_region(w: Writer) -> tuple[Block, ...]:
    table = w.maybe("layout.support")
    if table is None:
        return ()
    national = w.study.config.layout.national
    sizes = tuple(national.packages) if national is not None else ()
    rows: list[tuple[Parts, ...]] = []
    for r in picks.ranked(w):
        kinds: dict[str, list[str]] = {}
        for c in picks.chosen_industries(w.about(r)):
            kinds.setdefault(table.text("name", region=r, industry=c), []).append(c)
        if kinds:
            named = [(w.known("package", k), [(w.name("industry", c),) for c in kinds[k]]) for k in sizes if k in kinds]
            rows.append(((w.name("region", r),), listed_groups(w, named)))
    return (w.grid("grid_packages", ("region", "packages"), rows, note=(w.say("support_note", "judgement"),), widths=(1.6, 12)),)


def listed_groups(w: Writer, groups: Sequence[tuple[Label, Sequence[Parts]]]) -> Parts:
    """Members under the name of each group, in one cell."""
    parts: list[Part] = []
    for kind, members in groups:
        parts += [*(w.title("group_next") if parts else ()), *w.say("group_head", "model", kind=kind).parts]
        parts += [p for n, member in enumerate(members) for p in (*(w.title("group_join") if n else ()), *member)]
    return tuple(parts) or w.title("nothing")


def _lending(w: Writer) -> tuple[Block, ...]:
    table = w.maybe("layout.units")
    if table is None:
        return ()
    rows: list[tuple[Parts, ...]] = []
    for r in picks.ranked(w):
        for m in table.labels("capability"):
            at = {"region": r, "capability": m}
            if table.number("borrowed", **at) > 0:
                names: tuple[Parts, ...] = ((w.name("region", r),), (w.known("requirement", m),))
                rows.append((*names, *w.cells(table.name, (*LENT, "price"), **at)))
    if not rows:
        return (body(w.say("units_none", "model")),)
    heads = ("region", "requirement", *(f"unit_{c}" for c in (*LENT, "price")))
    return (body(w.say("units_lead", "model")), w.grid("grid_units", heads, rows))


def _zones(w: Writer) -> tuple[Block, ...]:
    table = w.maybe("layout.zones")
    if table is None:
        return ()
    rows: list[tuple[Parts, ...]] = []
    for s in table.labels("spot"):
        if table.number("over", spot=s) > 0 or table.number("price", spot=s) > 0:
            names: tuple[Parts, ...] = (
                (w.known("group", table.text("zone", spot=s)),),
                (w.name("industry", table.text("industry", spot=s)),),
            )
            rows.append((*names, *w.cells(table.name, ("regions", "over", "price"), spot=s)))
    if not rows:
        return (body(w.say("zones_none", "model")),)
    heads = ("zone", "industry", "regions_count", "zone_over", "zone_price")
    return (body(w.say("zones_lead", "judgement")), w.grid("grid_zones", heads, rows))


def lent(w: Writer) -> list[Sentence]:
    """One sentence a pool: how much of it is used."""
    table = w.maybe("layout.pools")
    if table is None:
        return []
    return [
        w.say("pool_item", "model", pool=pool(w, p), used=w.q(table.name, "used", pool=p), size=w.q(table.name, "size", pool=p))
        for p in table.labels("pool")
    ]


def pool(w: Writer, code: str) -> Label:
    """A pool by name: a requirement, or the further places."""
    return w.name("pool", code) if code in w.study.names.table.get("pool", {}) else w.known("requirement", code)
