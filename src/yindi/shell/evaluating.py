"""When later data have come in: an earlier plan beside a later run.

Which forecasts held, which targets are on their path, what the layout would choose again, what was built, what to look at anew.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from yindi.core.errors import Problems, UsageError, did_you_mean
from yindi.core.names import Names
from yindi.core.study import Study
from yindi.simulate.pace import pace
from yindi.simulate.review import held, review

SCENARIOS = ("baseline", "layout")
YARDSTICK = ("normaliser", "weights", "combination", "aggregate", "scope", "goalposts", "outliers", "zeros", "levels")
NOT_LISTED = "not_listed"
HEADS = {
    "forecasts": ("scenario", "year", "regions", "inside", "above", "below", "skill"),
    "targets": ("region", "variable", "unit", "base", "path", "actual", "share", "met", "final", "final_year"),
    "choices": ("region", "industry", "then", "now", "reason", "fit_then", "fit_now"),
    "built": ("region", "industry", "outcome"),
    "revise": ("what", "region", "subject", "why"),
}


@dataclass(slots=True)
class Evaluation:
    """Rows of each table by name, the figures of the whole, the years compared, what codes are called, regions in both runs and
    in one only, why forecasts are not compared (a key of evaluate_words.csv), and the share that a band is to hold."""

    then: str
    now: str
    names: Names
    regions: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    hindrance: str = ""
    interval: float = np.nan
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    summary: dict[str, float] = field(default_factory=dict)


def evaluate(earlier: Study, later: Study, built: Sequence[tuple[str, str]] | None = None) -> Evaluation:
    """An earlier run (to stage plan) against a later one, over the regions of both; `built`: pairs that are there now.

    Forecasts of standing are compared only where regions and the way the index is measured are the same. Raises UsageError where
    the later run has no later year, no two regions are in both, or a stage is missing.
    """
    then, now = _last(earlier), _last(later)
    if int(now) <= int(then):
        raise UsageError(f"The later run ends in {now}, the earlier in {then}: nothing new came in.")
    old, new = (set(s.panel.regions) for s in (earlier, later))
    both, apart = tuple(r for r in earlier.panel.regions if r in new), tuple(sorted(old ^ new))
    if len(both) < 2:
        raise UsageError(f"The two runs have not even two regions in common; in one only: {', '.join(apart[:8])}.")
    found = Evaluation(then, now, _names(earlier, later), regions=both, apart=apart, hindrance=_hindrance(earlier, later, apart),
                       interval=earlier.config.simulate.interval)  # fmt: skip
    found.summary |= {"regions": float(len(both)), "apart": float(len(apart))}
    _forecasts(found, earlier, later)
    _targets(found, earlier, later)
    _choices(found, earlier, later)
    if built is not None:
        _built(found, earlier, built)
    return found


def _last(study: Study) -> str:
    return str(study.table("scores.index").labels("year")[-1])


def _names(earlier: Study, later: Study) -> Names:
    """The later names; of what only the earlier run has, its own."""
    table = {kind: {**earlier.names.table.get(kind, {}), **later.names.table.get(kind, {})}
             for kind in {**earlier.names.table, **later.names.table}}  # fmt: skip
    return replace(later.names, table=table)


def _hindrance(earlier: Study, later: Study, apart: Sequence[str]) -> str:
    if "scenarios" not in earlier.results:
        return "no_scenarios"
    if _yardstick(earlier) != _yardstick(later):
        return "other_index"
    return "other_regions" if apart else ""


def _yardstick(study: Study) -> tuple[object, ...]:
    """What two indices must have in common for a standing in one to be a standing in the other."""
    asked = study.config.measure.model_dump(mode="json", include=set(YARDSTICK))
    return (*study.table("scores.weights").labels("indicator"), *((k, str(v)) for k, v in sorted(asked.items())))


def _standing(study: Study, regions: Sequence[str], year: str) -> np.ndarray:
    """Log index less its mean over regions."""
    level = np.log(study.table("scores.index").select(region=list(regions), year=[year]).dense()[:, 0])
    return np.asarray(level - level.mean())


def _forecasts(found: Evaluation, earlier: Study, later: Study) -> None:
    if found.hindrance:
        return
    table, regions = earlier.table("scenarios.regions"), found.regions
    years = [y for y in table.labels("year") if y in later.table("scores.index").labels("year") and int(y) > int(found.then)]
    still, rows = _standing(earlier, regions, found.then), []
    revised = still - _standing(later, regions, found.then)
    for scenario in (s for s in SCENARIOS if s in table.labels("scenario")):
        for year in years:
            part = table.select(scenario=[scenario], region=list(regions), year=[year])
            low, middle, high = (np.log(part.array(c)[0, :, 0]) for c in ("low", "standing", "high"))
            told = held(low, middle, high, still, _standing(later, regions, year) + revised)
            rows.append((scenario, year, len(regions), told.coverage, told.above, told.below, told.skill))
        if years:
            found.summary |= {f"{scenario}_inside": rows[-1][3], f"{scenario}_skill": rows[-1][6]}
            if not rows[-1][6] > 0:
                found.rows.setdefault("revise", []).append(("forecast", "", scenario, years[-1]))
    found.rows["forecasts"] = rows
    found.summary["revised"] = float(np.sqrt((revised**2).mean()))


def _targets(found: Evaluation, earlier: Study, later: Study) -> None:
    plan = earlier.results.get("plan")
    table = None if plan is None else plan.targets
    if table is None:
        return
    keys, numbers = [], []
    for region in (r for r in table.labels("region") if r in found.regions):
        for variable in (v for v in table.labels("variable") if v in later.panel.items):
            at = {"region": region, "variable": variable}
            columns = ("base", "middle", "final", "year", "middle_year", "final_year")
            actual = later.panel.take(regions=[region], years=[found.now], items=[variable]).values[0, 0, 0]
            if all(table.has(c, **at) for c in columns) and np.isfinite(actual):
                keys.append((region, variable, table.text("unit", **at)))
                numbers.append([*(float(table.at(at, c)) for c in columns), actual])
    if not keys:
        return
    x = np.array(numbers, float)
    told = pace(x[:, 0], x[:, 1], x[:, 2], x[:, 6], x[:, 3:6], now=int(found.now))
    found.rows["targets"] = [
        (*key, row[0], path, row[6], share, int(met), row[2], int(row[5]))
        for key, row, path, share, met in zip(keys, x.tolist(), told.path, told.share, told.met, strict=True)
    ]
    found.summary |= {"targets": float(len(keys)), "met": float(told.met.sum())}
    behind: dict[str, int] = {}
    for (_, variable, _), met in zip(keys, told.met, strict=True):
        behind[variable] = behind.get(variable, 0) + (not met)
    every = len(found.regions)
    found.rows.setdefault("revise", []).extend(("target", "", v, str(n)) for v, n in behind.items() if n > every / 2)


def _choices(found: Evaluation, earlier: Study, later: Study) -> None:
    old, new = earlier.table("layout.allocation"), later.table("layout.allocation")
    fits = [s.table("opportunities.fit") for s in (earlier, later)]
    rows, revise = [], found.rows.setdefault("revise", [])
    for region in (r for r in old.labels("region") if r in found.regions):
        for industry in dict.fromkeys((*old.labels("industry"), *new.labels("industry"))):
            at = {"region": region, "industry": industry}
            listed = [industry in t.labels("industry") for t in (old, new)]
            was, is_ = (int(t.number("chosen", **at)) if there else 0 for t, there in zip((old, new), listed, strict=True))
            if not (was or is_):
                continue
            reason = "" if is_ else (new.text("passes", **at) if new.has("passes", **at) else "") if listed[1] else NOT_LISTED
            fit = [t.number(**at) if there and t.has("value", **at) else np.nan for t, there in zip(fits, listed, strict=True)]
            rows.append((region, industry, was, is_, reason, *fit))
            if was and not is_:
                revise.append(("choice", region, industry, reason))
    found.rows["choices"] = rows
    pairs = np.array([(r[2], r[3]) for r in rows], int).reshape(-1, 2)
    before, after = pairs[:, 0] > 0, pairs[:, 1] > 0
    counts = {"chosen": before, "again": before & after, "dropped": before & ~after, "fresh": after & ~before}
    found.summary |= {name: float(mask.sum()) for name, mask in counts.items()}


def _built(found: Evaluation, earlier: Study, built: Sequence[tuple[str, str]]) -> None:
    table, problems = earlier.table("layout.allocation"), Problems("evaluate")
    regions, industries = found.regions, table.labels("industry")
    there = np.zeros((len(regions), len(industries)))
    for region, industry in built:
        for kind, name, known in (("region", region, table.labels("region")), ("industry", industry, industries)):
            if name not in known:
                problems.add("--built", f"{name!r} is no {kind} of the plan.", "use its code", did_you_mean(name, known))
        if region in regions and industry in industries:
            there[regions.index(region), industries.index(industry)] = 1.0
    problems.raise_if_any()
    told = review(table.select(region=list(regions)).array("chosen"), np.zeros_like(there), there)
    outcome = np.where(told.missed, "missed", np.where(told.unplanned, "unplanned", np.where(there > 0, "built", "")))
    found.rows["built"] = [
        (r, i, str(outcome[a, b])) for a, r in enumerate(regions) for b, i in enumerate(industries) if outcome[a, b]
    ]
    found.summary |= {"built": told.built, "elsewhere": told.elsewhere}


def pairs_of(path: Path) -> list[tuple[str, str]]:
    """The pairs in a CSV with the columns region and industry; raises UsageError where they are not there."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            rows, heads = list(reader), reader.fieldnames or ()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read ({error}).") from error
    if not {"region", "industry"} <= set(heads):
        raise UsageError(f"{path}: needs the columns region and industry, got {', '.join(map(str, heads)) or 'none'}.")
    return [(str(row["region"]).strip(), str(row["industry"]).strip()) for row in rows]
