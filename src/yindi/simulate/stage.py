"""Stage simulate: the past forecast again first, then what would come of the layout, against no layout at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from yindi.core import resources
from yindi.core.axes import INDUSTRY, REGION, YEAR
from yindi.core.errors import Problems
from yindi.core.streams import stream
from yindi.core.study import Bench, Study
from yindi.simulate.combine import members
from yindi.simulate.dynamics import Dynamics, relative
from yindi.simulate.effects import effects
from yindi.simulate.hindcast import Hindcast, hindcast
from yindi.simulate.paths import simulate_paths
from yindi.simulate.push import push, rooted
from yindi.simulate.scores import gini, ranks

BASELINE, LAYOUT, ALONE = "baseline", "layout", "alone"
NO_SPILLOVER, STRONG, SHOCK = "no_spillover", "strong_spillover", "industry_shock"
HORIZONS = (1, 3, 5, 10)
LEAST_YEARS = 6
SHARE = 0.4
ASSUMED = ("fit is taken as the probability that an industry takes root", "each that does adds `commitment` to the level")


@dataclass(frozen=True, slots=True)
class History:
    """Relative levels (T,R) in the order of the region codes, their labels, and the neighbours."""

    y: np.ndarray
    w: np.ndarray
    regions: tuple[str, ...]
    years: tuple[str, ...]


def possible(study: Study) -> bool:
    """True where the index has enough years and is positive throughout, so that it has a dynamics."""
    index = study.table("scores.index")
    return len(index.labels(YEAR)) >= LEAST_YEARS and bool((index.dense() > 0).all())


def simulate(study: Study) -> Study:
    """Hindcast, dynamics and scenarios (情景模拟) of the index under the layout.

    Raises ProblemsError for fewer than six years or an index that is not positive. Regions are worked on in the order of
    their codes, so that random numbers do not depend on the order of rows.
    """
    history = _history(study)
    names = {r["scenario"]: (r["zh"], r["en"]) for r in resources.rows("scenarios.csv")}
    bench = Bench(replace(study, names=study.names.plus("scenario", names)), "scenarios")
    proof = _hindcast(bench, history)
    models = members(history.y, history.w)
    _skill(bench, proof)
    _dynamics(bench, history, models)
    paths = _scenarios(study, history, models)
    _regions(bench, history, paths)
    _effect(bench, history, paths)
    _nation(bench, history, paths)
    return bench.done()


def _history(study: Study) -> History:
    index = study.table("scores.index")
    codes, years = tuple(sorted(index.labels(REGION))), index.labels(YEAR)
    level, problems = index.select(region=codes).dense(), Problems("simulate")
    if len(years) < LEAST_YEARS:
        problems.add("scores.index", f"{len(years)} years carry no dynamics.", f"study at least {LEAST_YEARS} years")
    if (level <= 0).any():
        problems.add("scores.index", "a level is zero or negative, so it has no logarithm.", "choose another aggregate")
    problems.raise_if_any()
    return History(relative(level.T), study.space.weights(codes), codes, years)


def _hindcast(bench: Bench, history: History) -> Hindcast:
    config, total = bench.study.config.simulate, len(history.years)
    window = min(config.window, max(4, (total + 1) // 2))
    horizons = tuple(h for h in HORIZONS if h <= min(config.horizon, total - window))
    found = hindcast(history.y, history.w, rng=stream(bench.study.config.seed, "simulate.hindcast"), horizons=horizons,
                     window=window, interval=config.interval)  # fmt: skip
    columns = {
        "rmse": found.rmse,
        "mae": found.mae,
        "relative": found.relative,
        "order": found.order,
        "direction": found.direction,
    }
    bench.make(
        "hindcast",
        (("model", found.models), ("horizon", tuple(str(h) for h in horizons))),
        columns,
        method="simulation.hindcast",
        inputs=("scores.index", "space"),
        units={"rmse": "coefficient", "mae": "coefficient", "relative": "ratio", "order": "coefficient", "direction": "share"},
        params={"window": window, "first": history.years[0], "last": history.years[-1]},
    )
    return found


def _skill(bench: Bench, found: Hindcast) -> None:
    skill = np.array([found.skill("combination", h) for h in found.horizons])
    columns = {
        "skill": skill,
        "coverage": found.coverage,
        "score": found.score,
        "origins": found.origins,
        "verdict": np.where(skill > 0, "skill", "no_skill"),
    }
    bench.make("skill", (("horizon", tuple(str(h) for h in found.horizons)),), columns, method="simulation.hindcast",
               inputs=("scores.index", "space", "scenarios.hindcast"), params={"interval": bench.study.config.simulate.interval},
               units={"skill": "growth", "coverage": "share", "score": "ratio", "origins": "count"})  # fmt: skip


def _dynamics(bench: Bench, history: History, models: tuple[Dynamics, ...]) -> None:
    model = models[-1]
    error, effect = np.sqrt(np.diag(model.covariance)), effects(model, history.w)
    rows = {
        "rho": (model.rho, error[0]),
        "tau": (model.tau, error[1]),
        "eta": (model.eta, error[2]),
        "theta": (model.theta, np.nan),
    }
    rows |= {k: (getattr(effect, k), np.nan) for k in ("direct_now", "indirect_now", "direct_long", "indirect_long")}
    bench.make("dynamics", (("parameter", tuple(rows)),), {"value": [v for v, _ in rows.values()],
               "error": [e for _, e in rows.values()]}, method="simulation.spatial_partial", inputs=("scores.index", "space"),
               units="coefficient", cites=("Elhorst 2014", "Lee and Yu 2010"))  # fmt: skip


def _scenarios(study: Study, history: History, models: tuple[Dynamics, ...]) -> dict[str, np.ndarray]:
    """Paths (H,R,D) of relative levels by scenario, all with the same random numbers."""
    config, seed = study.config.simulate, study.config.seed
    industries = tuple(sorted(study.table("layout.allocation").labels(INDUSTRY)))
    plans = _plans(study, history, industries)
    chance = np.nan_to_num(study.table("opportunities.fit").select(region=history.regions, industry=industries).array())
    paths = {}
    for name, (plan, spillover) in plans.items():
        count = rooted(plan, chance, draws=config.draws, rng=stream(seed, "simulate.rooted"))
        added = push(count, uplift=study.config.opportunities.commitment, phase=config.phase, horizon=config.horizon)
        paths[name] = simulate_paths(models, history.w, history.y[-1], horizon=config.horizon, draws=config.draws,
                                     rng=stream(seed, "simulate.paths"), push=added, spillover=spillover)  # fmt: skip
    return paths


def _plans(study: Study, history: History, industries: tuple[str, ...]) -> dict[str, tuple[np.ndarray, float]]:
    """Scenario -> plan (R,C) and factor on spillovers. The shock lets the industry that most regions hold fail everywhere."""
    chosen = study.table("layout.allocation").select(region=history.regions, industry=industries).array("chosen")
    alone = np.nan_to_num(study.table("opportunities.independent").select(region=history.regions, industry=industries).array())
    order = sorted(range(len(industries)), key=lambda c: (-chosen[:, c].sum(), industries[c]))
    shocked = chosen.copy()
    shocked[:, order[:1]] = 0.0
    strong = study.config.simulate.strong
    return {BASELINE: (np.zeros_like(chosen), 1.0), LAYOUT: (chosen, 1.0), ALONE: (alone, 1.0), NO_SPILLOVER: (chosen, 0.0),
            STRONG: (chosen, strong), SHOCK: (shocked, 1.0)}  # fmt: skip


def _params(study: Study) -> dict[str, object]:
    return {**study.config.simulate.model_dump(mode="json"), "assumed": list(ASSUMED), "grade": "judgement",
            "commitment": study.config.opportunities.commitment}  # fmt: skip


def _inputs() -> tuple[str, ...]:
    return ("scores.index", "space", "layout.allocation", "opportunities.fit", "opportunities.independent", "config")


def _future(study: Study, history: History) -> tuple[str, ...]:
    return tuple(str(int(history.years[-1]) + h + 1) for h in range(study.config.simulate.horizon))


def _tails(study: Study) -> tuple[float, float]:
    half = (1 - study.config.simulate.interval) / 2
    return half, 1 - half


def _back(bench: Bench, history: History) -> tuple[tuple[str, ...], np.ndarray]:
    """The regions in the order of the study's tables, and where each stands among the sorted codes."""
    regions = bench.study.table("scores.index").labels(REGION)
    return regions, np.array([history.regions.index(r) for r in regions], dtype=np.intp)


def _regions(bench: Bench, history: History, paths: Mapping[str, np.ndarray]) -> None:
    regions, back = _back(bench, history)
    tails, columns = _tails(bench.study), {}
    for name in ("standing", "low", "high", "rank", "rank_low", "rank_high"):
        columns[name] = np.zeros((len(paths), len(regions), bench.study.config.simulate.horizon))
    for s, path in enumerate(paths.values()):
        place = ranks(np.moveaxis(path, 1, 0))
        for kind, values in (("", np.exp(path)), ("rank_", np.moveaxis(place, 0, 1).astype(float))):
            middle = "standing" if not kind else "rank"
            low, median, high = np.quantile(values, [tails[0], 0.5, tails[1]], axis=2)
            for name, band in ((middle, median), (f"{kind}low", low), (f"{kind}high", high)):
                columns[name][s] = band.T[back]
    units = dict.fromkeys(("standing", "low", "high"), "ratio") | dict.fromkeys(("rank", "rank_low", "rank_high"), "rank")
    axes = (("scenario", tuple(paths)), (REGION, regions), (YEAR, _future(bench.study, history)))
    bench.make("regions", axes, columns, method="simulation.paths", inputs=_inputs(), units=units, params=_params(bench.study))


def _effect(bench: Bench, history: History, paths: Mapping[str, np.ndarray]) -> None:
    regions, back = _back(bench, history)
    tails, base = _tails(bench.study), paths[BASELINE][-1]
    place = ranks(base)
    rows: dict[str, list[np.ndarray]] = {k: [] for k in ("change", "low", "high", "places", "rising")}
    for path in paths.values():
        difference = path[-1] - base
        low, high = np.quantile(difference, tails, axis=1)
        moved = (place - ranks(path[-1])).mean(axis=1)
        parts = (difference.mean(axis=1), low, high, moved, (path[-1] > history.y[-1][:, None]).mean(axis=1))
        for name, part in zip(rows, parts, strict=True):
            rows[name].append(part[back])
    units = dict.fromkeys(("change", "low", "high"), "growth") | {"places": "points", "rising": "share"}
    bench.make("effect", (("scenario", tuple(paths)), (REGION, regions)), {k: np.array(v) for k, v in rows.items()},
               method="simulation.paths", inputs=_inputs(), units=units, params=_params(bench.study))  # fmt: skip


def _nation(bench: Bench, history: History, paths: Mapping[str, np.ndarray]) -> None:
    tails, last = _tails(bench.study), history.y[-1]
    count = max(1, round(SHARE * len(last)))
    order, start = np.argsort(last, kind="stable"), ranks(last)
    rows: dict[str, list[np.ndarray]] = {}
    for path in paths.values():
        level = np.exp(path)
        spread = path.std(axis=1)
        uneven = gini(np.moveaxis(level, 1, 0))
        low, middle, high = np.quantile(uneven, [tails[0], 0.5, tails[1]], axis=1)
        ratio = level[:, order[-count:]].mean(axis=1) / level[:, order[:count]].mean(axis=1)
        moved = np.abs(ranks(np.moveaxis(path, 1, 0)) - start[:, None, None]).mean(axis=0)
        parts = {"gini": middle, "gini_low": low, "gini_high": high, "spread": np.median(spread, axis=1),
                 "ratio": np.median(ratio, axis=1), "mobility": moved.mean(axis=1),
                 "narrowing": (spread < last.std()).mean(axis=1)}  # fmt: skip
        for name, part in parts.items():
            rows.setdefault(name, []).append(part)
    units = dict.fromkeys(("gini", "gini_low", "gini_high", "spread"), "coefficient")
    units |= {"ratio": "ratio", "mobility": "points", "narrowing": "share"}
    bench.make("nation", (("scenario", tuple(paths)), (YEAR, _future(bench.study, history))),
               {k: np.array(v) for k, v in rows.items()}, method="simulation.paths", inputs=_inputs(), units=units,
               params=_params(bench.study))  # fmt: skip
