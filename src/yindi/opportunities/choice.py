"""Settings and model are chosen inside the training period: the years of the test are not looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from yindi.opportunities.models import SETTINGS, Model, guessed
from yindi.opportunities.scoring import average_precision
from yindi.opportunities.transitions import Trial

MOST = 60_000
CLOSE = 0.95


def settle(laid: Trial, models: tuple[Model, ...]) -> tuple[tuple[Model, ...], str]:
    """The models with the settings that found most among regions held back from the training, and the best related one's name.

    A fourth of the regions is held back; of their neighbours' untrue cases about 60,000 are learned from. The mean of two models
    stands where neither of them found clearly more (a twentieth): it errs less where the held-back regions mislead.
    """
    able = [m for m in models if m.relatedness]
    if len(able) == 1:
        return models, able[0].name
    inner = laid.within()
    if not inner.tested.truth.any() or not inner.entries_learned:
        return models, next(m.name for m in able if not m.boosted)

    def guess(model: Model) -> np.ndarray:
        return inner.guess(model.groups, model.learn, most=MOST)

    def found(model: Model, made: dict[str, np.ndarray]) -> float:
        return average_precision(inner.tested.entered, guessed(model, models, guess, made)[inner.tested.candidates])

    made: dict[str, np.ndarray] = {}
    settings = {m.groups: _setting(m, found, made) for m in models if m.boosted and not m.mean}
    settled = tuple(replace(m, setting=settings.get(m.groups, 0)) if m.boosted else m for m in models)
    foretold = {m.name: found(m, made) for m in able}
    best = max(foretold, key=foretold.__getitem__)
    mean = next((m.name for m in able if m.mean), best)
    return settled, mean if foretold[mean] >= CLOSE * foretold[best] else best


def _setting(model: Model, found: Callable[[Model, dict[str, np.ndarray]], float], made: dict[str, np.ndarray]) -> int:
    """The settings that found most; the guess made with them is kept."""
    tried: list[tuple[float, int, np.ndarray]] = []
    for n in range(len(SETTINGS)):
        alone: dict[str, np.ndarray] = {}
        tried.append((found(replace(model, setting=n), alone), n, alone[model.name]))
    _, best, made[model.name] = max(tried, key=lambda t: t[0])
    return best
