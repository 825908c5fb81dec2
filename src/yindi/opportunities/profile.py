"""The tables of candidate industries: read from rows of text, checked, all problems at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from yindi.core.errors import Problems, did_you_mean

Rows = Sequence[Mapping[str, str]]
REASONS = ("growth", "modernisation", "advantage", "system", "concepts")
CLASSES = ("emerging", "future")
SCALES = ("", "population", "gdp", "area", "total", "share")


@dataclass(frozen=True, slots=True)
class Source:
    """One carrier of a requirement: a variable of the panel, a section of the activity, scaled, with direction 1 or -1.

    Origin "group": membership, written "grouping:group", has the level 1 inside the group and 0 outside.
    """

    requirement: str
    origin: str
    variable: str
    scaled_by: str
    direction: int


@dataclass(frozen=True, slots=True)
class Profile:
    """Candidate industries with base section and five reasons (C,5), requirements with their levers, need (C,Q), and sources."""

    industries: tuple[str, ...]
    names: Mapping[str, tuple[str, str]]
    kinds: tuple[str, ...]
    bases: tuple[str, ...]
    reasons: np.ndarray
    requirements: tuple[str, ...]
    requirement_names: Mapping[str, tuple[str, str]]
    levers: tuple[str, ...]
    need: np.ndarray
    sources: tuple[Source, ...]

    def can_be_raised(self, requirement: str) -> bool:
        """False where a requirement rests on membership alone, as a coast does: no policy makes one."""
        origins = {s.origin for s in self.sources if s.requirement == requirement}
        return origins != {"group"}


def read(industries: Rows, requirements: Rows, needs: Rows, sources: Rows) -> Profile:
    """The profile; raises ProblemsError with every faulty row of the four tables. Rows are taken in any order."""
    problems = Problems("candidate industries")
    who = _unique(industries, "industry", "industries", problems)
    what = _unique(requirements, "requirement", "requirements", problems)
    reasons = np.array([[_share(r, k, f"industries {c}", problems) for k in REASONS] for c, r in who.items()])
    for code, row in who.items():
        _one_of(row, "class", CLASSES, f"industries {code}", problems)
    need = _need(needs, tuple(who), tuple(what), problems)
    carriers = tuple(s for row in sources if (s := _source(row, tuple(what), problems)) is not None)
    problems.raise_if_any()
    return Profile(
        tuple(who),
        _names(who),
        tuple(r["class"] for r in who.values()),
        tuple(r["base"] for r in who.values()),
        reasons,
        tuple(what),
        _names(what),
        tuple(r["lever"] for r in what.values()),
        need,
        tuple(sorted(carriers, key=lambda s: (s.requirement, s.origin, s.variable, s.scaled_by))),
    )


def _names(rows: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[str, str]]:
    return {c: (r["zh"], r["en"]) for c, r in rows.items()}


def _unique(rows: Rows, key: str, table: str, problems: Problems) -> dict[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {}
    for n, row in enumerate(rows, 2):
        code = row.get(key, "")
        if not code or code in found:
            problems.add(f"{table} row {n}", f"{key} {code!r} is empty or stands there twice.", "give every row its own code")
        found[code] = row
    if not found:
        problems.add(table, "has no row.", "start from the packaged table")
    return dict(sorted(found.items()))


def _share(row: Mapping[str, str], key: str, place: str, problems: Problems) -> float:
    try:
        value = float(row[key])
    except (KeyError, ValueError):
        problems.add(place, f"{key} {row.get(key)!r} is no number.", "a number from 0 to 1")
        return 0.0
    if not 0 <= value <= 1:
        problems.add(place, f"{key} {value} lies outside 0 to 1.", "a number from 0 to 1")
    return value


def _one_of(row: Mapping[str, str], key: str, known: Iterable[str], place: str, problems: Problems) -> bool:
    value, choice = row.get(key, ""), tuple(known)
    if value in choice:
        return True
    problems.add(place, f"{key} {value!r} is unknown.", f"one of {', '.join(choice)}", did_you_mean(value, choice))
    return False


def _need(rows: Rows, who: tuple[str, ...], what: tuple[str, ...], problems: Problems) -> np.ndarray:
    need, seen = np.zeros((len(who), len(what))), set()
    for n, row in enumerate(rows, 2):
        place = f"needs row {n}"
        pair = (row.get("industry", ""), row.get("requirement", ""))
        if not (_one_of(row, "industry", who, place, problems) & _one_of(row, "requirement", what, place, problems)):
            continue
        if pair in seen:
            problems.add(place, f"{pair} stands there twice.", "one row per industry and requirement")
        seen.add(pair)
        need[who.index(pair[0]), what.index(pair[1])] = _share(row, "need", place, problems)
    for code, total in zip(who, need.sum(axis=1), strict=True):
        if total == 0:
            problems.add(f"needs of {code}", "the industry needs nothing.", "give it at least one need above 0")
    return need


def _source(row: Mapping[str, str], what: tuple[str, ...], problems: Problems) -> Source | None:
    place = f"sources {row.get('requirement')} {row.get('variable')}"
    good = _one_of(row, "requirement", what, place, problems)
    good &= _one_of(row, "source", ("panel", "activity", "group"), place, problems)
    good &= _one_of(row, "scaled_by", SCALES, place, problems)
    good &= _one_of(row, "direction", ("1", "-1"), place, problems)
    return Source(row["requirement"], row["source"], row["variable"], row["scaled_by"], int(row["direction"])) if good else None


def weighed(wanted: Mapping[str, float]) -> np.ndarray:
    """Weights (5,) of the reasons, equal where none is wanted; ProblemsError for unknown reasons and what is no weight."""
    problems = Problems("opportunities")
    for name in set(wanted) - set(REASONS):
        problems.add(f"study.yaml: layout.attractiveness.{name}", "unknown reason.", f"known: {', '.join(REASONS)}")
    weights = np.array([wanted.get(k, 0.0) if wanted else 1.0 for k in REASONS])
    if (weights < 0).any() or weights.sum() <= 0:
        problems.add("study.yaml: layout.attractiveness", "the weights must be non-negative and not all 0.")
    problems.raise_if_any()
    return weights
