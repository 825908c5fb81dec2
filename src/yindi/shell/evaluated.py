"""What `yindi evaluate` found, in words and as tables with names beside the codes, in either language."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from yindi.core import resources
from yindi.shell.evaluating import HEADS, NOT_LISTED, SCENARIOS, Evaluation

SHOWN = 8
LANGUAGES = ("zh", "en")
KINDS = {"region": "region", "industry": "industry", "variable": "variable", "scenario": "scenario"}
SUBJECTS = {"target": "variable", "forecast": "scenario", "choice": "industry"}
WORDS = {"outcome": "outcome", "what": "revise_kind"}


def lines(found: Evaluation, language: str) -> list[str]:
    """What a reader is told first, in one language."""
    say, s = _words(language), found.summary
    told = [say["span"].format(then=found.then, now=found.now), *_apart(found, language), *_forecasts(found, language)]
    counts = {k: f"{v:.0f}" for k, v in s.items() if k in ("targets", "met", "chosen", "again", "dropped", "fresh")}
    if "targets" in s:
        told.append(say["targets"].format_map(counts))
    told.append(say["choices"].format_map(counts))
    if "built" in s:
        told.append(say["built"].format(built=_share(s["built"]), elsewhere=_share(s["elsewhere"])))
    else:
        told.append(say["not_built"])
    return [*told, *_revise(found, language)]


def _apart(found: Evaluation, language: str) -> Iterator[str]:
    """Regions in one run only, and why forecasts are not compared."""
    say = _words(language)
    if found.apart:
        named = [name(found, "region", code, language) for code in found.apart[:SHOWN]]
        more = say["and_others"] if len(found.apart) > SHOWN else ""
        yield say["apart"].format(count=len(found.apart), regions=say["between"].join(named) + more, both=len(found.regions))
    if found.hindrance:
        yield say[found.hindrance]


def _words(language: str) -> Mapping[str, str]:
    return {r["key"]: r[language] for r in resources.rows("evaluate_words.csv")}


def _share(value: float) -> str:
    return f"{value:.0%}"


def name(found: Evaluation, kind: str, code: str, language: str) -> str:
    """What a code is called in a language; the code itself where nothing names it."""
    known = found.names.table.get(kind, {})
    if code in known:
        return found.names.of(kind, code, language)
    named = {r["scenario"]: r[language] for r in resources.rows("scenarios.csv")} if kind == "scenario" else {}
    return named.get(code, code)


def _forecasts(found: Evaluation, language: str) -> Iterator[str]:
    say, last = _words(language), {row[0]: row for row in found.rows.get("forecasts", [])}
    for scenario in (x for x in SCENARIOS if x in last):
        row, skill = last[scenario], float(last[scenario][6])
        against = (
            say["unknown"] if math.isnan(skill) else say["lower" if skill >= 0 else "higher"].format(share=f"{abs(skill):.1%}")
        )
        called = name(found, "scenario", scenario, language)
        yield say["forecast"].format(scenario=called, year=row[1], inside=_share(row[3]), against=against,
                                     interval=_share(found.interval))  # fmt: skip


def _revise(found: Evaluation, language: str) -> list[str]:
    say, rows = _words(language), found.rows.get("revise", [])
    regions = len({row[0] for row in found.rows.get("targets", [])})
    told = [say["revise"]] if rows else []
    for what, region, subject, why in rows[:SHOWN]:
        if what == "forecast":
            told.append(say["revise_forecast"].format(scenario=name(found, "scenario", subject, language), year=why))
        elif what == "target":
            variable = name(found, "variable", subject, language)
            told.append(say["revise_target"].format(variable=variable, behind=why, regions=regions))
        else:
            reason = _reason(found, why, language) or say["not_advised"]
            called = {"region": name(found, "region", region, language), "industry": name(found, "industry", subject, language)}
            told.append(say["revise_choice"].format(**called, reason=reason))
    return told + ([say["more"].format(more=len(rows) - SHOWN)] if len(rows) > SHOWN else [])


def _reason(found: Evaluation, code: str, language: str) -> str:
    if code == NOT_LISTED:
        return _words(language)[code]
    return name(found, "passes", code, language) if code else ""


def write(found: Evaluation, folder: Path) -> list[str]:
    """One CSV a table with names in both languages after the codes, the summary, and the text of each language; returns names."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"summary": [("item", "value"), *found.summary.items()]}
    tables |= {table: [*_named(found, HEADS[table], rows)] for table, rows in found.rows.items()}
    for table, rows in tables.items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(rows)
    for language in LANGUAGES:
        (folder / f"evaluation.{language}.txt").write_text("\n".join(lines(found, language)) + "\n", encoding="utf-8")
    return [*(f"{table}.csv" for table in tables), *(f"evaluation.{x}.txt" for x in LANGUAGES)]


def _named(found: Evaluation, head: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    spoken = [k for k, h in enumerate(head) if h in KINDS or h in WORDS or h in ("reason", "subject", "why")]
    yield (*head, *(f"{head[k]}_{x}" for k in spoken for x in LANGUAGES))
    for row in rows:
        yield (*row, *(_called(found, head[k], row, k, x) for k in spoken for x in LANGUAGES))


def _called(found: Evaluation, head: str, row: tuple[Any, ...], at: int, language: str) -> str:
    code = str(row[at])
    if head in WORDS:
        return _words(language).get(f"{WORDS[head]}_{code}", code)
    if head in ("reason", "why"):
        return _reason(found, code, language)
    kind = KINDS.get(head) or SUBJECTS.get(str(row[0]), "industry")
    return name(found, kind, code, language)
