"""What the draws varied, in words: the options of each choice, or why it was not varied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yindi.measure.robust import AGGREGATIONS, Choices
from yindi.measure.yardsticks import ALTERNATIVES

OWN, DRAWN = "the study's own", "in the draws"


def options(schemes: Sequence[str], items: Sequence[str], choices: Choices, use: Mapping[str, str]) -> dict[str, str]:
    """Choice -> its options; `use` says of each framework OWN, DRAWN, or why it is in none of the draws."""
    told = {
        "weights": "; ".join(schemes),
        "perturbation": f"each weight times {1 - choices.perturbation:g} to {1 + choices.perturbation:g}",
        "normaliser": "; ".join(ALTERNATIVES),
        "aggregate": "; ".join(AGGREGATIONS),
        "indicator": "all; " + "; ".join(f"without {i}" for i in items),
        "framework": "; ".join(n for n, u in use.items() if u in (OWN, DRAWN)),
        "imputation": "filled cells within what other fills give",
        "data": "noisy copies of uncertain figures",
        "interactions": "what no choice explains alone",
    }
    return {**told, **{choice: f"not varied: {why}" for choice, why in _still(choices, use).items()}}


def _still(choices: Choices, use: Mapping[str, str]) -> dict[str, str]:
    others = "; ".join(f"{n}: {u}" for n, u in use.items() if u not in (OWN, DRAWN))
    why = {
        "framework": (len(choices.systems), f"fewer than two usable frameworks; {others}"),
        "imputation": (choices.fills, "no filled cell whose region has known years to fill it otherwise"),
        "data": (choices.copies, "no figure is filled, and measure.noise is 0"),
    }
    return {choice: reason for choice, (count, reason) in why.items() if count < 2}
