"""The phrase tables: templates per finding kind and language, words that follow signs, headings; refused when unsound."""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from yindi.core import resources
from yindi.core.errors import Problems, UsageError, did_you_mean
from yindi.core.wording import LANGUAGES

NUMERALS = "〇零二两三四五六七八九十百千万亿半倍"
SPELLED = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|million|billion"
    r"|half|double|twice|third|quarter|dozen)\b",
    re.IGNORECASE,
)
SIGNS = ("plus", "zero", "minus")
TABLES = ("", "tables.", "plan.", "research.", "brief.")
"""The phrase files of a language: the common one, words of the plan's tables, and the voices."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases of one language: sentences, headings and column heads by key; words by key and sign; joiners of lists."""

    language: str
    sentences: Mapping[str, str]
    titles: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]
    join: str
    last: str

    def template(self, key: str) -> str:
        """The template of a sentence; raises UsageError with near keys."""
        return str(_lookup(self.sentences, key, f"sentence ({self.language})"))

    def known(self, key: str, otherwise: str) -> str:
        """The key where a sentence has it, else the other key."""
        return key if key in self.sentences else otherwise

    def title(self, key: str) -> str:
        """A heading, column head or fixed word."""
        return str(_lookup(self.titles, key, f"title ({self.language})"))

    def word(self, row: str, sign: int) -> str:
        """The word of a row for a sign (+1, 0, -1)."""
        return str(_lookup(self.words, row, f"words ({self.language})")[SIGNS[1 - sign]])


def _lookup(table: Mapping[str, Any], key: str, what: str) -> Any:
    if key not in table:
        raise UsageError(f"No {what} for {key!r}. Near: {did_you_mean(key, table)}.")
    return table[key]


def slots(template: str) -> list[tuple[str, str | None]]:
    """(words, slot) pairs of a template, in order; the last slot may be None."""
    return [(words, slot) for words, slot, _, _ in string.Formatter().parse(template)]


def numerals(text: str, allowed: tuple[str, ...] = ()) -> list[str]:
    """Digits and spelled-out numbers in the fixed words of a template, after the allowed expressions are taken out."""
    for expression in allowed:
        text = text.replace(expression, "")
    return [c for c in text if c.isdigit() or c in NUMERALS] + SPELLED.findall(text)


def check(tables: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise ProblemsError unless both languages have the same keys and slots and no template holds a number."""
    problems = Problems("phrase tables")
    for section in ("sentences", "titles", "words"):
        _same_keys(tables, section, problems)
    for language, table in tables.items():
        allowed = tuple(table.get("allowed", ()))
        texts = {**table["sentences"], **table["titles"], **_flat(table["words"])}
        for key, template in texts.items():
            fixed = "".join(words for words, _ in slots(template))
            if numerals(fixed, allowed):
                problems.add(f"{language}: {key}", f"holds a number: {numerals(fixed, allowed)}", "numbers enter as {slots}")
    problems.raise_if_any()


def _flat(words: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {f"{row}.{sign}": word for row, by_sign in words.items() for sign, word in by_sign.items()}


def _same_keys(tables: Mapping[str, Mapping[str, Any]], section: str, problems: Problems) -> None:
    every = {key for t in tables.values() for key in t[section]}
    for language, table in tables.items():
        for key in sorted(every - set(table[section])):
            problems.add(f"{language}: {key}", f"is missing from {section}", "give it in both languages")
    for key in sorted(every if section == "sentences" else ()):
        wanted = {lang: sorted({s for _, s in slots(t[section][key]) if s}) for lang, t in tables.items() if key in t[section]}
        if len({tuple(s) for s in wanted.values()}) > 1:
            problems.add(key, f"has other slots in each language: {wanted}", "use the same slots")
    if section == "words":
        for language, table in tables.items():
            for row, by_sign in table["words"].items():
                if set(by_sign) != set(SIGNS):
                    problems.add(f"{language}: {row}", f"needs the words {SIGNS}, has {sorted(by_sign)}")


def _joined(tables: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """One table of several; raises UsageError where a key is in more than one."""
    out: dict[str, Any] = {"sentences": {}, "titles": {}, "words": {}, "allowed": []}
    for table in tables:
        for section in ("sentences", "titles", "words"):
            rows = table.get(section) or {}
            twice = sorted(set(rows) & set(out[section]))
            if twice:
                raise UsageError(f"Phrase tables: {section} {', '.join(twice)} are given twice.")
            out[section] |= rows
        out["allowed"] += table.get("allowed") or []
        out |= {key: table[key] for key in ("join", "last") if key in table}
    return out


@functools.cache
def load() -> Mapping[str, Phrases]:
    """The packaged phrases of every language, checked: the common table and one more per voice."""
    tables = {language: _joined(resources.tree(f"phrases/{n}{language}.yaml") for n in TABLES) for language in LANGUAGES}
    check(tables)
    return {
        language: Phrases(language, t["sentences"], t["titles"], t["words"], t["join"], t["last"])
        for language, t in tables.items()
    }
