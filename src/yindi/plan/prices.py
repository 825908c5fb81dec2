"""Prices of places in words: what an industry costs, the best reply of a region to it, and the margin of each choice."""

from __future__ import annotations

from yindi.core import resources
from yindi.core.document import Parts, Sentence
from yindi.plan.writer import Writer


def price_of(w: Writer, industry: str) -> str:
    """The table that holds what a place of an industry costs (its limit, or the end of its band); "" where it costs nothing."""
    if w.table("layout.industries").number("price", industry=industry) > 0:
        return "layout.industries"
    bands = w.maybe("layout.bands")
    there = bands is not None and industry in bands.labels("industry") and bands.has("price", industry=industry)
    return "layout.bands" if bands is not None and there and bands.number("price", industry=industry) > 0 else ""


def sign(margin: float) -> int:
    """-1, 0 or 1; margins too small to be shown count as nothing."""
    even = resources.tree("rules.yaml")["prices"]["even"]
    return 0 if abs(margin) < even else 1 if margin > 0 else -1


def beside(w: Writer, industry: str) -> Sentence | None:
    """What the industry's band charges besides the price of its limit; None where only one of them has a price."""
    bands = w.maybe("layout.bands")
    if bands is None or price_of(w, industry) != "layout.industries" or industry not in bands.labels("industry"):
        return None
    if not bands.has("price", industry=industry) or bands.number("price", industry=industry) <= 0:
        return None
    return w.say("band_beside", "model", band=w.q(bands.name, "price", industry=industry))


def best_reply(w: Writer, industry: str) -> Sentence | None:
    """One region's reply to the price of an industry it passes on; None where the industry costs nothing or does not fit."""
    table, at = w.table("layout.allocation"), {"region": w.subject, "industry": industry}
    source = price_of(w, industry)
    if not source or not table.has("margin", **at):
        return None
    phrase = ("best_reply", "best_reply_even", "best_reply_whole")[sign(table.number("margin", **at)) + 1]
    fill = {c: w.q(table.name, c, **at) for c in ("value", *(() if phrase == "best_reply_even" else ("margin",)))}
    return w.say(phrase, "model", price=w.q(source, "price", industry=industry), **fill)


def with_margin(w: Writer, industry: str) -> Parts:
    """An industry with, in brackets, what replacing it would cost the region, or what it falls short by."""
    table, at = w.table("layout.allocation"), {"region": w.subject, "industry": industry}
    name = w.name("industry", industry)
    if "margin" not in table.columns or not table.has("margin", **at):
        return (name,)
    return w.say("with_margin", "model", industry=name, margin=w.q(table.name, "margin", **at)).parts
