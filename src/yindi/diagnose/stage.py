"""Stage diagnose: panel, space and scores -> Diagnosis (peers, endowment, obstacle, levers, coupling)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from yindi.core import resources
from yindi.core.axes import INDICATOR, LEVER, REGION, YEAR
from yindi.core.errors import Problems, did_you_mean
from yindi.core.framework import LEVERS
from yindi.core.names import Names
from yindi.core.registry import get
from yindi.core.study import Bench, Study
from yindi.core.table import Table
from yindi.diagnose import coupling as couple
from yindi.diagnose import endowment as endow
from yindi.diagnose import obstacle, profile
from yindi.diagnose.peers import Peers, apart, by_contact, by_distance, by_similarity

WORDS = ("standing", "grade", "coupling_kind", "peer_rule")
STEP = 2
SIZE = "total"


@dataclass(frozen=True, slots=True)
class Ground:
    """What peers are chosen from: the regions, their points of size and structure (R,V) or None, and what those rest on."""

    regions: tuple[str, ...]
    points: np.ndarray | None
    by: tuple[str, ...]


def diagnose(study: Study) -> Study:
    """Endowment against peers, obstacles against the peers' frontier, levers, and coupling with development, for every region.

    Needs the stage measure. Raises ProblemsError naming every part of the study file that does not fit the data.
    """
    words = resources.tree("diagnose.yaml")
    study = replace(study, names=_named(study.names, words))
    problems = Problems("diagnose")
    ground = _ground(study)
    peers = _peers(study, ground, problems)
    variables = _endowments(study, problems)
    outcomes = _outcomes(study, problems)
    problems.raise_if_any()
    bench = Bench(study, "diagnosis")
    _make_peers(bench, ground, peers)
    _make_endowment(bench, ground, peers, variables, words)
    _make_obstacle(bench, peers)
    _make_levers(bench)
    _make_coupling(bench, words, outcomes)
    return bench.done()


def _named(names: Names, words: Mapping[str, Any]) -> Names:
    for kind in WORDS:
        names = names.plus(kind, {code: (row["zh"], row["en"]) for code, row in words[kind].items()})
    return names


def _ground(study: Study) -> Ground:
    """What peers resemble each other in: `peers.by`, or, where the study has none of the usual ones, the index and a size."""
    columns, used = _sizes(study, study.config.diagnose.peers.by)
    if not columns and "by" not in study.config.diagnose.peers.model_fields_set:
        index = study.scores.index.select(region=study.panel.regions)
        full = [t for t in range(index.shape[1]) if not np.isnan(index.array()[:, t]).any()]
        totals = [c for c in study.panel.items if study.variables[c].kind == SIZE]
        columns, used = _sizes(study, totals[:1])
        if full:
            columns.append(np.exp(index.array()[:, full[-1]]))  # standardise takes the logarithm
            used.append(f"scores.index {index.labels(YEAR)[full[-1]]}")
    points = endow.standardise(np.stack(columns, axis=1)) if columns else None
    return Ground(study.panel.regions, points, tuple(used))


def _sizes(study: Study, codes: Sequence[str]) -> tuple[list[np.ndarray], list[str]]:
    """Values (R,) of each variable in the last year in which every region has a positive one, and "CODE YEAR"."""
    panel = study.panel
    columns: list[np.ndarray] = []
    used: list[str] = []
    for code in (c for c in codes if c in panel.items):
        values = panel.values[:, :, panel.items.index(code)]
        full = [t for t in range(len(panel.years)) if bool((values[:, t] > 0).all()) and np.ptp(values[:, t]) > 0]
        if full:
            columns.append(values[:, full[-1]])
            used.append(f"{code} {panel.years[full[-1]]}")
    return columns, used


def _peers(study: Study, ground: Ground, problems: Problems) -> Peers:
    rule, count = study.config.diagnose.peers.rule, study.config.diagnose.peers.count
    if "count" not in study.config.diagnose.peers.model_fields_set:
        count = min(count, len(ground.regions) - 1)
    before = len(problems.found)
    if rule == "list":
        return _listed(study, problems)
    if rule == "neighbours":
        found = _contacts(study, ground)
        if found is None:
            problems.add("diagnose.peers.rule", "neighbours: a region has fewer than two neighbours, and neither centroids nor "
                         "variables of size and structure say who is near.", "use rule: list")  # fmt: skip
        return found or Peers((), ())
    if ground.points is None:
        by = list(study.config.diagnose.peers.by)
        problems.add("diagnose.peers.by", f"none of {by} has a year with a positive value for every region.",
                     "name variables that are complete, or use rule: neighbours")  # fmt: skip
    if count >= len(ground.regions):
        problems.add("diagnose.peers.count", f"{count} peers are asked for among {len(ground.regions)} regions.",
                     f"use at most {len(ground.regions) - 1}")  # fmt: skip
    if ground.points is None or len(problems.found) > before:
        return Peers((), ())
    return by_similarity(ground.points, count, ground.regions)


def _listed(study: Study, problems: Problems) -> Peers:
    regions, lists = study.panel.regions, study.config.diagnose.peers.lists
    at = {r: n for n, r in enumerate(regions)}
    for region in sorted(set(lists) - set(at)):
        problems.add(f"diagnose.peers.lists.{region}", "is no region of this study.", "", did_you_mean(region, regions))
    members = []
    for region in regions:
        chosen = lists.get(region, ())
        place = f"diagnose.peers.lists.{region}"
        if not chosen:
            problems.add(place, "rule: list, but this region has no list.", "name its peers, or use rule: similar")
        wrong = [c for c in chosen if c not in at or c == region]
        if wrong or len(set(chosen)) != len(chosen):
            problems.add(place, f"peers must be other regions of this study, each once; got {list(chosen)}.",
                         "correct the codes", [n for c in wrong for n in did_you_mean(c, regions)])  # fmt: skip
        members.append(tuple(at[c] for c in chosen if c in at))
    return Peers(tuple(members), tuple(("list",) * len(m) for m in members))


def _contacts(study: Study, ground: Ground) -> Peers | None:
    """Land neighbours, nearest in size and structure first; regions with fewer than two are filled up by distance."""
    at = {r: n for n, r in enumerate(ground.regions)}
    contact = []
    for unit, region in enumerate(ground.regions):
        touching = [at[c] for c in study.space.neighbours(region) if c in at]
        far = np.round(apart(ground.points, unit, touching), 12)
        contact.append([touching[i] for i in np.argsort(far, kind="stable")])
    where = study.space.centroids
    if all(r in where for r in ground.regions):
        fill = by_distance(np.array([where[r] for r in ground.regions]), ground.regions)
    elif ground.points is not None and len(ground.regions) > 2:
        near = by_similarity(ground.points, len(ground.regions) - 1, ground.regions).members
        fill = near.__getitem__
    elif min(len(c) for c in contact) < 2:
        return None
    else:
        fill = _nobody
    return by_contact(contact, fill) if len(ground.regions) > 2 else None


def _nobody(unit: int) -> Sequence[int]:
    return ()


def _alternatives(study: Study, ground: Ground, main: Peers) -> dict[str, Peers]:
    """Other defensible peer sets: the rule similar with two peers fewer and more, and the land neighbours."""
    most = len(ground.regions) - 1
    count = min(study.config.diagnose.peers.count, most)
    found: dict[str, Peers] = {}
    if ground.points is not None:
        for k in sorted({max(2, count - STEP), count, min(most, count + STEP)}):
            if k <= most:
                found[f"similar {k}"] = by_similarity(ground.points, k, ground.regions)
    contacts = _contacts(study, ground) if study.space.edges else None
    if contacts is not None:
        found["neighbours"] = contacts
    return {name: other for name, other in found.items() if other.members != main.members}


def _make_peers(bench: Bench, ground: Ground, peers: Peers) -> None:
    shape = (len(ground.regions), peers.width)
    codes, rules = np.full(shape, "", dtype=object), np.full(shape, "", dtype=object)
    distance = np.full(shape, np.nan)
    for unit, members in enumerate(peers.members):
        codes[unit, : len(members)] = [ground.regions[m] for m in members]
        rules[unit, : len(members)] = peers.rules[unit]
        distance[unit, : len(members)] = apart(ground.points, unit, members)
    axes = ((REGION, ground.regions), ("place", tuple(str(n + 1) for n in range(peers.width))))
    params = {"rule": bench.study.config.diagnose.peers.rule, "by": list(ground.by)}
    bench.make("peers", axes, {"peer": codes, "distance": distance, "rule": rules}, method="endowment.similar",
               inputs=("panel", "space", "config"), units={"distance": "ratio"}, params=params)  # fmt: skip


def _endowments(study: Study, problems: Problems) -> tuple[str, ...]:
    panel = study.panel
    asked = study.config.diagnose.endowments
    for code in asked:
        if code not in panel.items:
            problems.add("diagnose.endowments", f"the panel has no variable {code!r}.", "", did_you_mean(code, panel.items))
    return asked or panel.items


def _make_endowment(bench: Bench, ground: Ground, peers: Peers, variables: tuple[str, ...], words: Mapping[str, Any]) -> None:
    study, panel = bench.study, bench.study.panel
    alternatives = _alternatives(study, ground, peers)
    shape = (len(ground.regions), len(variables))
    numbers = {c: np.full(shape, np.nan) for c in ("value", "percentile", "peer_median", "gap", "stable")}
    texts = {c: np.full(shape, "", dtype=object) for c in ("standing", "year", "kind", "unit")}
    marks, flags = np.zeros(shape, dtype=bool), panel.marks()
    for v, code in enumerate(variables):
        k, variable = panel.items.index(code), study.variables[code]
        texts["kind"][:, v], texts["unit"][:, v] = variable.kind, variable.unit
        year = profile.last_year(panel.values[:, :, k], words["coverage"])
        if year is None:
            continue
        values = panel.values[:, year, k]
        middle, relative = profile.against(values, variable.direction, peers)
        others = [profile.against(values, variable.direction, other)[1] for other in alternatives.values()]
        numbers["value"][:, v], numbers["peer_median"][:, v], numbers["gap"][:, v] = values, middle, relative
        numbers["percentile"][:, v] = profile.share_below(values * variable.direction)
        numbers["stable"][:, v] = profile.stable(relative, others)
        if variable.kind != SIZE:
            texts["standing"][:, v] = profile.standing(relative, {code: row["from"] for code, row in words["standing"].items()})
        texts["year"][:, v] = np.where(np.isnan(values), "", panel.years[year])
        marks[:, v] = flags[peers.with_self(), year, k].any(axis=1)
    bench.make("endowment", ((REGION, ground.regions), ("variable", variables)), {**numbers, **texts}, marks=marks,
               method="endowment.gap", inputs=("panel", "diagnosis.peers"),
               units={"value": "@unit", "peer_median": "@unit", "percentile": "share", "gap": "growth", "stable": "share"},
               params={"alternatives": sorted(alternatives), "coverage": words["coverage"]})  # fmt: skip


def _unit_scores(values: np.ndarray) -> tuple[np.ndarray, str]:
    """Scores as they are where they lie in [0, 1]; otherwise pooled min-max over everything but the last axis."""
    if np.nanmin(values) >= 0 and np.nanmax(values) <= 1 + couple.ROUNDING:
        return np.minimum(values, 1.0), "as scored"
    flat = values.reshape(-1, values.shape[-1])
    low, high = np.nanmin(flat, axis=0), np.nanmax(flat, axis=0)
    return np.divide(values - low, high - low, out=np.zeros_like(values), where=high > low), "pooled min-max"


def _last_scored(normalised: Table) -> str:
    """The last year in which any indicator is scored."""
    some = ~np.isnan(normalised.array()).all(axis=(0, 2))
    return normalised.labels(YEAR)[int(np.flatnonzero(some)[-1])]


def _make_obstacle(bench: Bench, peers: Peers) -> None:
    study, regions = bench.study, bench.study.panel.regions
    full = study.scores.normalised.select(region=regions)
    items, year = full.labels(INDICATOR), _last_scored(full)
    scaled, scale = _unit_scores(full.array())
    z = scaled[:, full.labels(YEAR).index(year)]
    weights = study.scores.weights.select(scheme=("combined",), indicator=items).dense()[0]
    have = ~np.isnan(z)
    crowd = peers.with_self()
    pool = np.where(have, z, -1.0)[crowd]
    frontier, donor = pool.max(axis=1), np.take_along_axis(crowd, pool.argmax(axis=1), axis=1)
    known, reach = np.where(have, z, 0.0), np.where(have, frontier, 0.0)
    method = get("obstacle", "degree")
    degree, distance = method.fn(known, weights, frontier=reach), obstacle.shortfall(known, reach)
    place = obstacle.places(degree, items)
    marks = _score_marks(full, year)
    rests: np.ndarray = marks | np.take_along_axis(marks, donor, axis=0)
    columns = {"degree": degree, "distance": distance, "place": np.where(place > 0, place, np.nan), "frontier": frontier}
    donors = np.where(have, np.array(regions, dtype=object)[donor], "")
    bench.make("obstacle", ((REGION, regions), (INDICATOR, items)),
               {**{c: np.where(have, v, np.nan) for c, v in columns.items()}, "best": donors},
               method="obstacle.degree", inputs=("scores.normalised", "scores.weights", "diagnosis.peers"),
               units={"degree": "share", "distance": "share", "place": "rank", "frontier": "index"},
               params={"year": year, "scale": scale}, cites=method.cites,
               marks=np.repeat(rests.any(axis=1, keepdims=True), len(items), axis=1))  # fmt: skip


def _score_marks(table: Table, year: str) -> np.ndarray:
    marks = np.zeros(table.shape, dtype=bool) if table.marks is None else table.marks
    return marks[:, table.labels(YEAR).index(year)]


def _make_levers(bench: Bench) -> None:
    """Obstacles summed by the lever their variable belongs to; absent where the framework measures no indicator of a lever."""
    study, table = bench.study, bench.made["obstacle"]
    regions, items = table.labels(REGION), table.labels(INDICATOR)
    degrees = table.array("degree")
    amount = np.full((len(regions), len(LEVERS)), np.nan)
    for n, lever in enumerate(LEVERS):
        own = [j for j, code in enumerate(items) if study.variables[code].lever == lever]
        part = degrees[:, own]
        amount[:, n] = np.where((~np.isnan(part)).any(axis=1), np.nansum(part, axis=1), np.nan)
    place = obstacle.places(np.nan_to_num(amount), LEVERS)
    flags: np.ndarray = np.any(np.zeros((len(regions), 1)) if table.marks is None else table.marks, axis=1)
    bench.make("levers", ((REGION, regions), (LEVER, LEVERS)), {"degree": amount, "place": np.where(place > 0, place, np.nan)},
               method="obstacle.by_lever", inputs=("diagnosis.obstacle",), units={"degree": "share", "place": "rank"},
               marks=np.repeat(flags[:, None], len(LEVERS), axis=1))  # fmt: skip


def _outcomes(study: Study, problems: Problems) -> tuple[str, ...]:
    """The variables to couple the index with; of the usual ones those that are there, none where the study has none.

    Variables that the study file names must be there, outside the index, and vary.
    """
    inside, asked = {i.code for i in study.framework.indicators}, study.config.diagnose.outcomes
    if "outcomes" not in study.config.diagnose.model_fields_set:
        asked = tuple(c for c in asked if c in study.panel.items and c not in inside)
    for code in asked:
        if code not in study.panel.items:
            problems.add("diagnose.outcomes", f"the panel has no variable {code!r}.",
                         f"name variables of development among {list(study.panel.items)}",
                         did_you_mean(code, study.panel.items))  # fmt: skip
        elif code in inside:
            problems.add("diagnose.outcomes", f"{code!r} is an indicator of the index: it would be coupled with itself.",
                         "name another variable")  # fmt: skip
        else:
            _check_varies(study, code, problems)
    return asked


def _check_varies(study: Study, code: str, problems: Problems) -> None:
    values = study.panel.values[:, :, study.panel.items.index(code)]
    for years in study.panel.segments_of(code):
        part = values[:, [study.panel.years.index(y) for y in years]]
        part = part[~np.isnan(part)]
        if len(part) and part.max() - part.min() <= couple.ROUNDING * max(abs(part.max()), abs(part.min())):
            problems.add("diagnose.outcomes", f"{code!r} never varies in {years[0]} to {years[-1]}.", "name another variable")


def _development(study: Study, years: tuple[str, ...], outcomes: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Mean of the outcomes scaled to [0, 1] over all regions and comparable years (R,T), and its marks; absent if any is."""
    panel = study.panel.take(years=years, items=outcomes)
    scaled = np.full(panel.values.shape, np.nan)
    for k, code in enumerate(panel.items):
        for segment in panel.segments_of(code):
            cells = np.zeros(panel.values.shape[:2], dtype=bool)
            cells[:, [panel.years.index(y) for y in segment if y in panel.years]] = True
            cells &= ~np.isnan(panel.values[:, :, k])
            if cells.any():
                scaled[cells, k] = couple.unit_scale(panel.values[:, :, k][cells], direction=study.variables[code].direction)
    return scaled.mean(axis=2), np.asarray(panel.marks().any(axis=2))


NO_OUTCOME = "no variable of regional development outside the index: coupling is left out; name some in diagnose.outcomes"


def _make_coupling(bench: Bench, words: Mapping[str, Any], outcomes: tuple[str, ...]) -> None:
    """Coupling of the index with development; absent everywhere, with the reason, where no outcome is there."""
    study = bench.study
    index = study.scores.index.select(region=study.panel.regions)
    values, scale = _unit_scores(index.array()[..., None])
    if outcomes:
        grown, grown_marks = _development(study, index.labels(YEAR), outcomes)
    else:
        grown, grown_marks = np.full(values.shape[:-1], np.nan), np.zeros(values.shape[:-1], dtype=bool)
    have = ~np.isnan(values[..., 0]) & ~np.isnan(grown)
    u = np.stack([values[..., 0][have], grown[have]], axis=-1)
    level = couple.level(u)
    ratio = couple.pace(u[:, 0], u[:, 1])
    relative = couple.pace(ratio, _typical(ratio, have))
    columns: dict[str, np.ndarray] = {"level": level, "ratio": _finite(ratio), "relative": _finite(relative)}
    texts = {"kind": _word(ratio, words["coupling_kind"]), "relative_kind": _word(relative, words["coupling_kind"])}
    for name, column, verdict in (("standard", "coupling", "grade"), ("wang", "wang", "wang_grade")):
        columns[column] = get("coupling", name).fn(u)
        tied = "coordination" if column == "coupling" else "wang_coordination"
        columns[tied] = couple.coordination(columns[column], level)
        texts[verdict] = _word(columns[tied], words["grade"])
    spread = {c: _spread(v, have, np.nan) for c, v in columns.items()}
    said = {c: _spread(v, have, "") for c, v in texts.items()}
    marks = grown_marks if index.marks is None else grown_marks | index.marks
    bench.make("coupling", index.axes, {**spread, "development": grown, **said}, method="coupling.standard",
               inputs=("scores.index", "panel", "config"), marks=marks & have,
               units={**dict.fromkeys(spread, "coefficient"), "development": "index", "level": "index",
                      "ratio": "ratio", "relative": "ratio"},
               params={"outcomes": list(outcomes), "index": scale, "outcome_scale": "pooled min-max",
                      **({} if outcomes else {"left_out": NO_OUTCOME})},
               cites=(*get("coupling", "standard").cites, *get("coupling", "wang").cites))  # fmt: skip


def _typical(ratio: np.ndarray, have: np.ndarray) -> np.ndarray:
    """For each value given (in the order of `have` (R,T)) the median of its year: what is usual among the regions."""
    year = np.nonzero(have)[1]
    middle = {t: np.median(ratio[year == t]) for t in np.unique(year)}
    return np.array([middle[t] for t in year], dtype=float)


def _finite(values: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(values), values, np.nan)


def _word(values: np.ndarray, rows: Mapping[str, Mapping[str, Any]]) -> np.ndarray:
    codes = np.array(list(rows), dtype=object)
    return np.asarray(codes[couple.grade(values, [row["upto"] for row in rows.values()])])


def _spread(values: np.ndarray, have: np.ndarray, blank: object) -> np.ndarray:
    full = np.full(have.shape, blank, dtype=values.dtype if values.dtype.kind == "f" else object)
    full[have] = values
    return full
