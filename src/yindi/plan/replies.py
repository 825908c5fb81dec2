"""Why each region holds or passes: what is scarce at which price, best replies in words, what replacing a choice would cost."""

from __future__ import annotations

from yindi.core.document import Block, Paragraph, Parts, Sentence
from yindi.core.finding import Label
from yindi.plan import picks, prices, support
from yindi.plan.space import holders, passing
from yindi.plan.writer import Slot, Writer, body, order

CERTAINTY = ("core", "swing", "fragile")
PRICED = ("limit", "band")


def reasons(w: Writer) -> tuple[Block, ...]:
    """Scarce industries with the best replies to their prices; then every region's holdings and what it passes on, with costs."""
    rows: list[tuple[Parts, ...]] = []
    for r in picks.ranked(w):
        own = w.about(r)
        held, gone = picks.chosen_industries(own), [c for which in picks.given_up(own) for c in which]
        if held or gone:
            rows.append(((w.name("region", r),), _held(own, held), _passed(own, gone)))
    note = (w.say("reasons_note", "model"), w.say("replacement_note", "model"))
    grid = w.grid("grid_reasons", ("region", "holds", "passes_on"), rows, note=note, widths=(1.6, 6, 6))
    return (*_scarce(w), grid)


def _scarce(w: Writer) -> tuple[Block, ...]:
    """One item an industry whose places have a price, the dearest first; nothing where no place is scarce."""
    dear = [c for c in w.table("layout.industries").labels("industry") if prices.price_of(w, c)]
    dear.sort(key=lambda c: -w.table(prices.price_of(w, c)).number("price", industry=c))
    said = [_reply(w, c) for c in dear]
    return (body(w.say("replies_lead", "model")), *said) if said else (body(w.say("replies_none", "model")),)


def _reply(w: Writer, industry: str) -> Paragraph:
    """One scarce industry: its price, who holds it, whose best reply is to pass it on, and who is closest to holding it."""
    source = prices.price_of(w, industry)
    fill: dict[str, Slot] = {"industry": w.name("industry", industry), "price": w.q(source, "price", industry=industry)}
    fill["holders"] = w.names("region", holders(w, industry))
    table = w.table("layout.allocation")
    asked = [r for r in order(table, "margin", "region", industry=industry) if _priced_out(w, r, industry)]
    short, even, over = (
        [r for r in asked if prices.sign(table.number("margin", region=r, industry=industry)) == s] for s in (-1, 0, 1)
    )
    told = [w.say("reply_item", "model", regions=w.names("region", short), **fill)] if short else []
    told = told or [w.say("reply_nobody", "model", **fill)]
    told += [_closest(w, short[0], industry)] if short else []
    groups = (("reply_even", even), ("reply_whole", over))
    told += [w.say(phrase, "model", regions=w.names("region", group)) for phrase, group in groups if group]
    told += [] if asked else [w.say("reply_calm", "model")]
    beside = prices.beside(w, industry)
    return Paragraph((*told, *(() if beside is None else (beside,))), "item")


def _closest(w: Writer, region: str, industry: str) -> Sentence:
    table, at = w.table("layout.allocation"), {"region": region, "industry": industry}
    fill = {c: w.q(table.name, c, **at) for c in ("value", "margin")}
    return w.say("reply_closest", "model", first=w.name("region", region), **fill)


def _priced_out(w: Writer, region: str, industry: str) -> bool:
    """True where a region's own advice had the industry and its price keeps it out, not the fit, a ban or another rule."""
    return w.table("layout.allocation").text("passes", region=region, industry=industry) in PRICED


def _held(w: Writer, held: list[str]) -> Parts:
    table = w.table("layout.allocation")
    kinds: dict[str, list[str]] = {}
    for c in held:
        kinds.setdefault(table.text("kind", region=w.subject, industry=c), []).append(c)
    return _costed(w, [(w.known("certainty", k), v) for k, v in sorted(kinds.items(), key=_firm)])


def _firm(group: tuple[str, list[str]]) -> int:
    return CERTAINTY.index(group[0]) if group[0] in CERTAINTY else len(CERTAINTY)


def _passed(w: Writer, gone: list[str]) -> Parts:
    kinds: dict[str, list[str]] = {}
    for c in gone:
        kinds.setdefault(passing(w, c).code, []).append(c)
    return _costed(w, [(passing(w, v[0]), v) for v in kinds.values()])


def _costed(w: Writer, groups: list[tuple[Label, list[str]]]) -> Parts:
    """Industries under the name of each group, each with its margin at the prices behind it."""
    return support.listed_groups(w, [(kind, [prices.with_margin(w, c) for c in held]) for kind, held in groups])
