"""What findings say, in both languages, from the table of phrases."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from yindi.core import resources


@functools.cache
def _phrases() -> Mapping[str, Mapping[str, str]]:
    made: Mapping[str, Mapping[str, str]] = resources.tree("checks.yaml")["phrases"]
    return made


def say(phrase: str, **slots: object) -> tuple[str, str]:
    """A phrase in English and in Chinese, its slots filled; a slot `name_en` is the English word for `name`."""
    row = _phrases()[phrase]
    english = {**slots, **{k.removesuffix("_en"): v for k, v in slots.items() if k.endswith("_en")}}
    return row["en"].format(**english), row["zh"].format(**slots)
