"""`yindi advise`: one table to a proof, a verdict, and where it is allowed the lists of every region."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from yindi.core.errors import MethodError, Problem, UsageError
from yindi.opportunities import advice as kernel
from yindi.opportunities.clean import Comparable, comparable, parts
from yindi.opportunities.cross import Cross, cross_test
from yindi.opportunities.dossier import Dossier, dossier
from yindi.opportunities.evidence import choose_split
from yindi.opportunities.evidence import rows as proof_rows
from yindi.opportunities.panels import Cube
from yindi.opportunities.zeros import CERTAIN, activity_columns, certain, region_columns
from yindi.shell import advisetable, declaring, failure
from yindi.shell.advisetable import Columns, Read
from yindi.shell.declaring import Board, Declared

UNTESTABLE = "untestable"
LISTS = ("cultivate", "prepare", "hold", "watch", "do_not")
WAYS_OUT = {
    "few_activities": "use a finer classification of activities",
    "no_entries": "use years further apart, or a finer classification",
    "no_gain": "use a finer classification, more regions or years further apart; sizes alone foretell as much in this table",
    UNTESTABLE: "give the table at least two regions and two activities that have amounts in every used year",
}
Rows = Iterable[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Options:
    """What the command was asked: columns of both tables, entries per region, the cap, least totals, seed."""

    columns: Columns = field(default_factory=Columns)
    other: Path | None = None
    other_columns: Columns = field(default_factory=Columns)
    duplicates: str = "refuse"
    count: int = 5
    cap: float = 0.10
    min_region: float = 0.0
    min_activity: float = 0.0
    minimum_activities: int = 40
    seed: int = 20240305
    declared: Path | None = None
    capacity: Path | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that is written: the table as read and as used, its dossier or why there is none, and the other table's test."""

    path: Path
    options: Options
    read: Read
    used: Comparable | None
    made: Dossier | None
    refusal: str
    cross: Cross | None = None
    sources: tuple[str, ...] = ()
    declared: Declared | None = None
    board: Board | None = None

    @property
    def verdict(self) -> str:
        """`allowed`, or the reason of the refusal."""
        return UNTESTABLE if self.made is None else self.made.entries.verdict

    @property
    def allowed(self) -> bool:
        """True where lists were made."""
        return self.made is not None and self.made.advice is not None


def advise(path: Path, options: Options) -> Result:
    """Read, test, advise; a panel that cannot be tested ends in a refusal with its reason.

    Raises UsageError for options out of range, and what advisetable.read raises for a faulty table.
    """
    if options.count < 1 or not 0 < options.cap <= 10:
        raise UsageError("--count must be 1 or more, and --cap a share above 0 (0.1 is ten per cent).")
    seen = advisetable.read(path, options.columns, duplicates=options.duplicates)
    other = None
    if options.other is not None:
        other = advisetable.read(options.other, options.other_columns, duplicates=options.duplicates).cube
    board = None if options.capacity is None else declaring.board(options.capacity, options.columns)
    plans = None if options.declared is None else declaring.read(options.declared, [parts(seen.cube)], options.columns)
    used = None
    try:
        used = comparable(seen.cube, least_region=options.min_region, least_activity=options.min_activity)
        made = dossier(used.cube, count=options.count, cap=options.cap, minimum_activities=options.minimum_activities,
                       seed=options.seed)  # fmt: skip
    except MethodError as error:
        said = None if plans is None else declaring.check(plans, None, board, seed=options.seed)
        return Result(path, options, seen, used, None, str(error), declared=said, board=board)
    crossed, sources = (None, ()) if other is None else _cross(used, other, options)
    return Result(path, options, seen, used, made, "", crossed, sources, _declared(used.cube, made, seen, options, board), board)


def _declared(used: Cube, made: Dossier, seen: Read, options: Options, board: Board | None) -> Declared | None:
    """Plans beside the tested panel; where they name what was left out of the test, beside the whole table without its sums."""
    if options.declared is None:
        return None
    told = None
    if made.advice is not None:
        at = np.argwhere(made.advice.lists.chosen)
        told = {(used.regions[r], used.activities[c]) for r, c in at}
    plans = declaring.read(options.declared, [used, parts(seen.cube)], options.columns)
    return declaring.check(plans, told, board, seed=options.seed)


def _cross(used: Comparable, other: Cube, options: Options) -> tuple[Cross, tuple[str, ...]]:
    """The other table in the regions and years of the first; a region that it lacks has none of its activities."""
    mine = used.cube
    years = [y for y in mine.years if y not in other.years]
    common = [r for r in mine.regions if r in set(other.regions)]
    if years or len(common) < 2:
        lacks = f"the years {', '.join(years)}" if years else "the regions of the table (two in common at least)"
        raise UsageError(f"--other {options.other}: lacks {lacks}.")
    place = {r: n for n, r in enumerate(other.regions)}
    rows = [place[r] for r in common]
    sources = other.values[rows][:, [other.years.index(y) for y in mine.years]]
    at = {r: n for n, r in enumerate(mine.regions)}
    full = np.zeros((len(mine.regions), *sources.shape[1:]))
    full[[at[r] for r in common]] = sources
    return cross_test(mine.values, full, seed=options.seed), other.activities


def tables(found: Result) -> Iterable[tuple[str, Rows]]:
    """The name and the rows of every table that the result carries."""
    yield "proof.csv", proof(found)
    yield "left_out.csv", _left_out(found)
    if found.declared is not None:
        yield "declared.csv", list(zip(found.declared.plans.ground.activities, *found.declared.columns.values(), strict=True))
    if found.board is not None:
        yield "capacity.csv", found.board.rows()
    if found.made is None or found.used is None:
        return
    yield "activities.csv", activities(found.used.cube, found.made)
    yield "regions.csv", regions(found.used.cube, found.made, found.cross)
    yield "likeness.csv", [(d, s.activities, s.cosine_all, s.krugman_all) for d, s in found.made.alike.items()]
    if found.made.advice is not None:
        yield "lists.csv", lists(found.used.cube, found.made, found.made.advice)
    if found.cross is not None and found.cross.allowed:
        yield "cross.csv", _crossed(found.used.cube, found.cross, found.sources, found.options.count)


def proof(found: Result) -> list[tuple[str, str, float, str]]:
    """event, item, value, text: data, both tests, what coordination costs, and the other table's test."""
    seen, made = found.read, found.made
    rows: list[tuple[str, str, float, str]] = [("data", "verdict", float(found.allowed), found.refusal or found.verdict)]
    rows += [("data", k, float(getattr(seen, k)), "") for k in ("rows", "filtered", "unlabelled", "absent")]
    kept = seen.cube if found.used is None else found.used.cube
    rows += [("data", "years", float(len(kept.years)), ";".join(kept.years))]
    if found.used is None:
        rows += [("data", "regions", float(len(kept.regions)), ""), ("data", "activities", float(len(kept.activities)), "")]
    else:
        rows += [("data", "spans", np.nan, choose_split(kept.years)[2])]
    if found.declared is not None:
        rows += _declared_rows(found.declared)
    if made is None:
        return rows
    for event, test in (("entry", made.entries), ("exit", made.exits)):
        if test is not None:
            rows += [(event, k, v, t) for k, (v, t) in proof_rows(test).items()]
            rows += [(event, "proof", np.nan, test.kind), (event, "verdict", float(test.allowed), test.verdict)]
    if made.tested is not None:
        names = ("precision_independent", "precision_coordinated", "expansion_independent", "expansion_coordinated", "loss",
                 "loss_low", "loss_high", "loss_expected", "limited")  # fmt: skip
        rows += [("entry", k, getattr(made.tested, k), "") for k in names]
    if made.advice is not None:
        told, both = made.advice, made.advice.lists
        rows += [("lists", "expansion_independent", float(both.expansion_alone.max()), "")]
        rows += [("lists", "expansion_coordinated", float(both.expansion.max()), ""), ("lists", "cap", found.options.cap, "")]
        rows += [("lists", "entry_chances", np.nan, told.entry_state), ("lists", "exit_chances", np.nan, told.exit_state)]
        rows += [("lists", f"overlap_{k}", v, "") for k, v in made.common.items()]
    if made.zeros is not None:
        rows += [("standing", f"agreement_{zero}", float(v), "") for zero, v in made.zeros.agreement.items()]
    if found.cross is not None:
        of_cross = ("entries", "base_rate", "precision", "precision_without", "within_region", "gain", "gain_low", "gain_high")
        rows += [("cross", k, float(getattr(found.cross, k)), "") for k in of_cross]
        rows += [("cross", "verdict", float(found.cross.allowed), found.cross.verdict)]
    return rows


def _declared_rows(said: Declared) -> list[tuple[str, str, float, str]]:
    rows = [("declared", f"overlap_{k}", v, "") for k, v in said.overlaps.items()]
    ground = said.plans.ground
    rows += [("declared", k, float(n), "") for k, n in (("regions", len(ground.regions)), ("activities", len(ground.activities)))]
    return [*rows, ("declared", "dates", float(len(said.plans.dates)), ";".join(said.plans.dates))]


def _left_out(found: Result) -> Rows:
    if found.used is None:
        return []
    kinds = (("year", "not_used", found.used.years_left), ("region", "empty_in_a_used_year", found.used.regions_left),
             ("activity", "empty_in_a_used_year", found.used.activities_left),
             ("region", "below_min_region", found.used.regions_small),
             ("activity", "below_min_activity", found.used.activities_small),
             ("region", "sum_of_others", found.used.regions_sums),
             ("activity", "sum_of_others", found.used.activities_sums))  # fmt: skip
    return [(kind, label, reason) for kind, reason, labels in kinds for label in labels]


def activities(used: Cube, made: Dossier) -> list[tuple[object, ...]]:
    """One row per activity, as in activities.csv."""
    total = used.values.sum(axis=0)
    none = np.full(len(used.activities), np.nan)
    growth = total[-1] / total[0] - 1 if len(total) > 1 else none
    pace = [none] * 4 if made.pace is None else [made.pace.entrants, made.pace.rush, made.pace.breadth, made.pace.left]
    told = [none] * 4
    if made.advice is not None:
        both = made.advice.lists
        told = [both.alone.sum(axis=0), both.chosen.sum(axis=0), both.expansion_alone, both.expansion]
    ranks = [none] * 6 if made.zeros is None else list(activity_columns(made.zeros).values())[1:]
    columns = [used.activities, total[-1], growth, made.here.sum(axis=0), made.pci, *ranks, *told, *pace]
    return list(zip(*columns, strict=True))


def regions(used: Cube, made: Dossier, cross: Cross | None) -> list[tuple[object, ...]]:
    """One row per region, as in regions.csv."""
    size = used.values[:, -1].sum(axis=1)
    blank: list[object] = [""] * len(used.regions)
    counts: list[Any] = [blank] * len(LISTS)
    note = ["refused"] * len(used.regions)
    if made.advice is not None:
        counts = [(made.advice.listed == kernel.CODES.index(k)).sum(axis=1) for k in LISTS]
        empty = "see cross.csv" if cross is not None and cross.allowed else "no candidate left, or national limits used up"
        note = [empty if not n else "" for n in counts[0]]
    none = np.full(len(used.regions), np.nan)
    sure = none if made.sure is None else (made.here & (certain(made.sure) == CERTAIN[0])).sum(axis=1)
    ranks = [none] * 6 if made.zeros is None else list(region_columns(made.zeros).values())[1:]
    columns = [used.regions, size, made.here.sum(axis=1), sure, made.eci, *made.span.values(), *ranks, *counts, note]
    return list(zip(*columns, strict=True))


def lists(used: Cube, made: Dossier, told: kernel.Advice, *, only: np.ndarray | None = None) -> list[tuple[object, ...]]:
    """One row per region and listed activity, as in lists.csv: by region, list and place; `only` some regions by position."""
    amount = used.values[:, -1]
    why = {(int(r), int(c)): n for n, (r, c) in enumerate(told.why.cells)}
    names = np.array([*used.activities, ""], dtype=object)
    count, left = told.lists.chosen.sum(axis=0), None if made.pace is None else made.pace.left
    strength = {"cultivate": told.entry, "prepare": told.entry, "hold": made.quotient, "watch": told.exit, "do_not": -told.entry}
    rows: list[tuple[object, ...]] = []
    for r in range(len(used.regions)) if only is None else sorted(only.tolist()):
        region = used.regions[r]
        for kind in LISTS:
            cells = np.flatnonzero(told.listed[r] == kernel.CODES.index(kind))
            for place, c in enumerate(cells[np.argsort(-strength[kind][r, cells], kind="stable")], 1):
                n = why.get((r, int(c)))
                carried, lacking = (
                    ("", "") if n is None else (_join(names, told.why.carried[n]), _join(names, told.why.lacking[n]))
                )
                low, high = (np.nan, np.nan) if told.quotient is None else (told.quotient.low[r, c], told.quotient.high[r, c])
                rows.append((region, kind, place, used.activities[c], kernel.QUADRANTS[told.quadrant[r, c]], amount[r, c],
                             made.quotient[r, c], low, high, np.nan if told.membership is None else told.membership[r, c],
                             _shown(told.entry[r, c], told.entry_state), _shown(told.exit[r, c], told.exit_state), carried,
                             lacking, int(told.lists.alone[r, c]), int(count[c]), told.lists.expansion[c],
                             np.nan if left is None else left[c], "" if made.sure is None else str(certain(made.sure[r, c])),
                             "" if n is None else _open(names, told.why.carried[n], made.sure, r)))  # fmt: skip
    return rows


def _shown(chance: float, state: str) -> float:
    return float(chance) if state == kernel.SHOWN and chance > 0 else np.nan


def _open(names: np.ndarray, at: np.ndarray, sure: np.ndarray | None, region: int) -> str:
    """Those of some activities whose quotient is not surely above 1 in a region."""
    if sure is None:
        return ""
    there = at[at >= 0]
    return _join(names, there[certain(sure[region, there]) != CERTAIN[0]])


def _join(names: np.ndarray, at: np.ndarray) -> str:
    return ";".join(str(n) for n in names[at] if n)


def _crossed(used: Cube, cross: Cross, sources: tuple[str, ...], count: int) -> Rows:
    for r, region in enumerate(used.regions):
        order = np.argsort(-cross.chance[r], kind="stable")[:count]
        for place, c in enumerate(order, 1):
            if cross.chance[r, c] > 0:
                carried = sources[cross.carried[r, c]] if cross.carried[r, c] >= 0 else ""
                shown = cross.chance[r, c] if cross.calibrated else np.nan
                yield region, place, used.activities[c], shown, cross.density[r, c], carried


def record(found: Result) -> dict[str, Any]:
    """The result as a plain record for --json: verdict, proof, expansions, and the lists without what is simply held."""
    reason = found.refusal or found.verdict
    wrong = [] if found.allowed else [failure.problem(Problem(found.path.name, reason, WAYS_OUT.get(found.verdict, "")))]
    made: dict[str, Any] = {
        "ok": found.allowed,
        "exit_code": 0 if found.allowed else 3,
        "error": "" if found.allowed else f"refused: {reason}",
        "problems": wrong,
        "verdict": found.verdict,
        "allowed": found.allowed,
        "reason": reason,
    }
    proofs: dict[str, dict[str, Any]] = {}
    for event, item, value, text in proof(found):
        proofs.setdefault(event, {})[item] = text or (float(value) if np.isfinite(value) else None)
    made["proof"] = proofs
    if found.used is not None:
        kept = found.used.cube
        made["panel"] = {"regions": len(kept.regions), "years": list(kept.years), "activities": len(kept.activities)}
    if found.used is not None and found.made is not None and found.made.advice is not None:
        told = found.made.advice
        made["lists"] = {
            region: {k: [kept.activities[c] for c in np.flatnonzero(told.listed[r] == kernel.CODES.index(k))]
                     for k in LISTS if k != "hold"}
            for r, region in enumerate(kept.regions)
        }  # fmt: skip
    return made
