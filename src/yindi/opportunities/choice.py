"""Settings and model are chosen inside the training period: the years of the test are not looked at."""

from __future__ import annotations

from dataclasses import replace

from yindi.opportunities.models import SETTINGS, Model
from yindi.opportunities.scoring import average_precision
from yindi.opportunities.transitions import Trial

MOST = 60_000


def settle(laid: Trial, models: tuple[Model, ...]) -> tuple[tuple[Model, ...], str]:
    """The models with the settings that found most among regions held back from the training, and the best related one's name.

    A fourth of the regions is held back; of their neighbours' untrue cases about 60,000 are learned from.
    """
    able = [m for m in models if m.relatedness]
    if len(able) == 1:
        return models, able[0].name
    inner = laid.within()
    if not inner.tested.truth.any() or not inner.entries_learned:
        return models, next(m.name for m in able if not m.boosted)

    def found(model: Model) -> float:
        guess = inner.guess(model.groups, model.learn, most=MOST)
        return average_precision(inner.tested.entered, guess[inner.tested.candidates])

    tried = {m.name: [(found(v), v) for v in _variants(m)] for m in models if m.boosted or m.relatedness}
    best = {name: max(pairs, key=lambda pair: pair[0]) for name, pairs in tried.items()}
    settled = tuple(best[m.name][1] if m.name in best else m for m in models)
    return settled, max((m.name for m in able), key=lambda name: best[name][0])


def _variants(model: Model) -> list[Model]:
    return [replace(model, setting=n) for n in range(len(SETTINGS))] if model.boosted else [model]
