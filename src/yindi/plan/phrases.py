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
SECTIONS = ("sentences", "titles", "words")
TABLES = ("", "tables.", "plan.", "research.", "brief.", "learned.")
"""The phrase files of a language: the common one, words of the plan's tables, the voices, and learned candidates."""


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


Own = tuple[tuple[str, str, str, str], ...]
"""Phrases of the user's: (language, section, key, text); the key of a word is ROW.SIGN."""


@functools.cache
def load(own: Own = ()) -> Mapping[str, Phrases]:
    """The phrases of every language, checked: the packaged tables, and the user's own in their place."""
    tables = {language: _joined(resources.tree(f"phrases/{n}{language}.yaml") for n in TABLES) for language in LANGUAGES}
    check(replaced(tables, own) if own else tables)
    return {
        language: Phrases(language, t["sentences"], t["titles"], t["words"], t["join"], t["last"])
        for language, t in (replaced(tables, own) if own else tables).items()
    }


def replaced(tables: Mapping[str, Mapping[str, Any]], own: Own) -> dict[str, dict[str, Any]]:
    """The tables with the user's texts; raises ProblemsError with every unknown language, section, key, slot and sign."""
    problems = Problems("own phrases")
    out = {x: {**t, **{s: dict(t[s]) for s in SECTIONS}} for x, t in tables.items()}
    for language in out:
        out[language]["words"] = {row: dict(signs) for row, signs in out[language]["words"].items()}
    given = {(section, key): {x for x, s, k, _ in own if (s, k) == (section, key)} for _, section, key, _ in own}
    for language, section, key, text in own:
        at = f"{language}.{section}.{key}"
        if _place(out, language, section, key, at, problems):
            _put(out[language][section], section, key, text, at, problems)
    for (section, key), languages in given.items():
        for language in sorted(set(LANGUAGES) - languages):
            problems.add(f"{language}.{section}.{key}", "is given in the other language only.", "give it in both languages")
    problems.raise_if_any()
    return out


def _place(tables: Mapping[str, Mapping[str, Any]], language: str, section: str, key: str, at: str, problems: Problems) -> bool:
    if language not in tables or section not in SECTIONS:
        known = tables if language not in tables else SECTIONS
        problems.add(at, "is in no known language and section.", f"LANGUAGE.SECTION.KEY; known: {', '.join(known)}")
        return False
    row = key.partition(".")[0] if section == "words" else key
    if row not in tables[language][section]:
        problems.add(at, f"no {section} are called {row!r}.", "", did_you_mean(row, tables[language][section]))
        return False
    return True


def _put(table: dict[str, Any], section: str, key: str, text: str, at: str, problems: Problems) -> None:
    if section == "words":
        row, _, word_sign = key.partition(".")
        if word_sign not in SIGNS:
            problems.add(at, f"has no sign {word_sign!r}.", f"signs: {', '.join(SIGNS)}")
        else:
            table[row][word_sign] = text
        return
    try:
        unknown = sorted({s for _, s in slots(text) if s} - {s for _, s in slots(table[key]) if s})
    except ValueError as fault:
        problems.add(at, f"has a brace that opens or closes no slot ({fault}).", "write {slot}")
        return
    if unknown:
        have = sorted({s for _, s in slots(table[key]) if s})
        near = [n for u in unknown for n in did_you_mean(u, have)]
        problems.add(at, f"has no slot {', '.join(unknown)}.", f"slots: {', '.join(have) or 'none'}", near)
        return
    table[key] = text
