"""The renderer's own fixed words per language, from data/report/words.csv; none of them holds a digit."""

from __future__ import annotations

import functools

from yindi.core import resources
from yindi.core.errors import UsageError
from yindi.core.finding import Label


@functools.cache
def table() -> dict[str, dict[str, str]]:
    """key -> language -> words; raises UsageError when a row holds a digit."""
    rows = {r["key"]: {"zh": r["zh"], "en": r["en"]} for r in resources.rows("report/words.csv")}
    wrong = [key for key, words in rows.items() if any(c.isdigit() for w in words.values() for c in w)]
    if wrong:
        raise UsageError(f"report/words.csv: {wrong} hold digits; only quantities and labels may.")
    return rows


def word(key: str, language: str) -> str:
    """The words for a key; raises UsageError when there is no such row."""
    if key not in table():
        raise UsageError(f"report/words.csv has no row {key!r}.")
    return table()[key][language]


@functools.cache
def citation(key: str, language: str) -> Label:
    """A fixed text with digits (an approval number), as a label that is called by itself."""
    found = {r["key"]: r[language] for r in resources.rows("report/citations.csv")}
    return Label("citation", found[key], found[key])
