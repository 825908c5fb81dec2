"""Stage simulate: the past forecast again first, then what would come of the layout, against no layout at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from yindi.core import resources
from yindi.core.axes import INDUSTRY, REGION, YEAR
from yindi.core.errors import Problems, did_you_mean
from yindi.core.names import Names
from yindi.core.streams import stream
from yindi.core.study import Bench, Study
from yindi.core.table import Axes
from yindi.simulate import outcomes
from yindi.simulate.cases import BASELINE, BUDGETS, LAYOUT, WITHOUT, Case, cases, most_held, off
from yindi.simulate.combine import members
from yindi.simulate.dynamics import Dynamics, relative
from yindi.simulate.effects import band, drawn_effects, effects
from yindi.simulate.hindcast import Hindcast, hindcast
from yindi.simulate.national import national_hindcast, national_paths
from yindi.simulate.paths import simulate_paths
from yindi.simulate.placebo import placebo
from yindi.simulate.push import blow, lever_lift, push, rooted, spread

HORIZONS = (1, 3, 5, 10)
LEAST_YEARS = 6
DRAWS = 2000
SURE = 0.1
ASSUMED = (
    "fit is taken as the probability that an industry takes root",
    "each that does adds `commitment` to the level",
    "lever budgets add what the layout says, in each path up to `lever_doubt` more or less",
    "what regions gain on average raises the nation, whatever spillovers are",
)

UNITS = {
    "regions": {"": "index", "standing": "ratio", "low": "ratio", "high": "ratio"}
    | dict.fromkeys(("rank", "rank_low", "rank_high"), "rank"),
    "effect": {"": "growth", "places": "points", "rising": "share"},
    "nation": {"": "coefficient", "mobility": "points", "narrowing": "share", "polarising": "share"}
    | dict.fromkeys(("gain", "skill"), "growth") | dict.fromkeys(("ratio", "ratio_low", "ratio_high"), "ratio"),
    "transitions": {"": "share"},
    "deviation": {"": "growth"},
    "lever_returns": {"": "growth", "spending": "plain"},
    "lever_regions": {"": "growth", "spending": "plain"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class History:
    """Relative levels (T,R) in the order of the region codes, the mean log level (T,), their labels, and the neighbours."""

    y: np.ndarray
    mean: np.ndarray
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
    stated = _stated(study, history)
    bench = Bench(replace(study, names=_names(study.names, stated)), "scenarios")
    proof = _hindcast(bench, history)
    models = members(history.y, history.w)
    _skill(bench, proof)
    _national(bench, history)
    _dynamics(bench, history, models)
    found = _run(study, history, models, stated)
    _tables(bench, history, found, _verdicts(proof, study.config.simulate.horizon))
    _returns(bench, history, found, stated)
    _placebo(bench, proof, found["deviation"][LAYOUT]["change"])
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
    return History(relative(level.T), np.log(level).mean(axis=0), study.space.weights(codes), codes, years)


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


def _national(bench: Bench, history: History) -> None:
    """How well the mean level was forecast: the index of a region is its standing times that level."""
    config = bench.study.config
    horizons = tuple(h for h in HORIZONS if h <= min(config.simulate.horizon, len(history.years) - 4))
    found = national_hindcast(history.mean, horizons, rng=stream(config.seed, "simulate.national_hindcast"),
                              interval=config.simulate.interval)  # fmt: skip
    skill = 1 - np.divide(found.chosen, found.still, out=np.full(len(horizons), np.nan), where=found.still > 0)
    columns = {"still": found.still, "drifting": found.drifting, "chosen": found.chosen, "coverage": found.coverage,
               "origins": found.origins, "skill": skill, "verdict": np.where(skill > 0, "skill", "no_skill")}  # fmt: skip
    bench.make("national", (("horizon", tuple(str(h) for h in horizons)),), columns, method="simulation.national",
               inputs=("scores.index",), params={"interval": config.simulate.interval},
               units=dict.fromkeys(("still", "drifting", "chosen"), "coefficient")
               | {"coverage": "share", "origins": "count", "skill": "growth"})  # fmt: skip


def _verdicts(proof: Hindcast, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """Skill and verdict of each year ahead (H,): of the nearest tested horizon that is no shorter; beyond it nothing is known."""
    nearest = [min((h for h in proof.horizons if h >= ahead), default=0) for ahead in range(1, horizon + 1)]
    skill = np.array([proof.skill("combination", h) if h else np.nan for h in nearest])
    return skill, np.where(np.isnan(skill), "untested", np.where(skill > 0, "skill", "no_skill"))


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
    config = bench.study.config
    half = (1 - config.simulate.interval) / 2
    drawn, four = drawn_effects(model, history.w, draws=DRAWS, rng=stream(config.seed, "simulate.effects"))
    away, low, high = band(np.vstack([drawn, np.full((1, DRAWS), np.inf), four]), (half, 1 - half))
    bench.make("dynamics", (("parameter", tuple(rows)),), {"value": [v for v, _ in rows.values()],
               "error": [*(e for _, e in list(rows.values())[:4]), *away[4:]], "low": low, "high": high},
               method="simulation.spatial_partial", inputs=("scores.index", "space"), units="coefficient",
               params={"interval": config.simulate.interval},
               cites=("Elhorst 2014", "Lee and Yu 2010", "LeSage and Pace 2009"))  # fmt: skip


def _returns(bench: Bench, history: History, found: Mapping[str, Mapping[str, outcomes.Columns]], stated: Stated) -> None:
    """What each lever brings by year, per unit spent: the layout with all its levers against the one without it."""
    gains = {name: columns["gain"] for name, columns in found["deviation"].items()}
    levers = tuple(name for name in stated.levers if off(name) in gains)
    if not levers:
        return
    regions = bench.study.table("scores.index").labels(REGION)
    spending = np.nan_to_num(bench.study.layout.levers.select(region=history.regions, lever=levers).array("spending")).T
    nation, region = outcomes.returns(gains[BUDGETS], np.array([gains[off(name)] for name in levers]), spending)
    back, years = _back(history, regions), _ahead(bench, history)
    _make(bench, "lever_returns", (("lever", levers), (YEAR, years)), nation)
    _make(
        bench, "lever_regions", (("lever", levers), (REGION, regions), (YEAR, years)), {k: v[:, back] for k, v in region.items()}
    )


def _placebo(bench: Bench, proof: Hindcast, change: np.ndarray) -> None:
    """The effect of the layout (H,R) against what came beyond the forecasts of the past, when there was no plan."""
    rng = stream(bench.study.config.seed, "simulate.placebo")
    told = [placebo(change[h - 1], m, rng=rng) for h, m in zip(proof.horizons, proof.misses, strict=True)]
    share, chance = (np.array([getattr(t, name) for t in told]) for name in ("share", "chance"))
    verdict = np.where(np.isnan(share), "untested", np.where(chance < SURE, "leaning", "not_seen"))
    bench.make("placebo", (("horizon", tuple(str(h) for h in proof.horizons)),),
               {"share": share, "chance": chance, "origins": proof.origins, "verdict": verdict}, method="simulation.placebo",
               inputs=("scores.index", "space", "scenarios.hindcast", "scenarios.deviation"), params={"sure": SURE},
               units={"share": "ratio", "chance": "share", "origins": "count"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stated:
    """Scenarios by code, probabilities (R,C), gains of levers (R,L), and the codes of what is shocked or can be switched off."""

    cases: Mapping[str, Case]
    chance: np.ndarray
    gain: np.ndarray
    industry: str
    region: str
    levers: tuple[str, ...]


def _stated(study: Study, history: History) -> Stated:
    """The scenarios of the study; raises ProblemsError for unknown codes of shocks and levers."""
    config, regions = study.config.simulate, history.regions
    industries = tuple(sorted(study.table("layout.allocation").labels(INDUSTRY)))
    levers, gain = _levers(study, regions)
    existing = study.opportunities.structure
    sections = () if existing is None else existing.labels(INDUSTRY)
    _known(study, regions, (*industries, *sections), levers)
    chosen = study.table("layout.allocation").select(region=regions, industry=industries).array("chosen")
    alone = np.nan_to_num(study.table("opportunities.independent").select(region=regions, industry=industries).array())
    industry = config.shock_industry or industries[most_held(chosen, _expansion(study, industries))]
    region = config.shock_region or _largest(study, history)
    planned = industry in industries
    share = np.zeros(len(regions)) if planned else _shares(study, regions, industry)
    found = cases(chosen, alone, levers, failing=industries.index(industry) if planned else None,
                  industry_hit=blow(share, config.shock_loss), weak=config.weak, strong=config.strong,
                  region_hit=blow(np.array([float(r == region) for r in regions]), config.shock_loss),
                  switched_off=levers if config.switched_off is None else config.switched_off)  # fmt: skip
    chance = np.nan_to_num(study.table("opportunities.fit").select(region=regions, industry=industries).array())
    return Stated(found, chance, gain, industry, region, levers)


def _known(study: Study, regions: tuple[str, ...], industries: tuple[str, ...], levers: tuple[str, ...]) -> None:
    config, problems = study.config.simulate, Problems("simulate")
    asked = [("shock_industry", config.shock_industry, industries), ("shock_region", config.shock_region, regions)]
    asked += [("switched_off", name, levers) for name in config.switched_off or ()]
    for field, name, known in asked:
        if name and name not in known:
            problems.add(f"simulate.{field}", f"{name!r} is not there to be shocked or switched off.",
                         f"use one of these: {', '.join(known) or 'none (this study has none)'}",
                         did_you_mean(name, known))  # fmt: skip
    problems.raise_if_any()


def _levers(study: Study, regions: tuple[str, ...]) -> tuple[tuple[str, ...], np.ndarray]:
    """Levers with a budget and what they add to the index (R,L)."""
    table = study.layout.levers
    if table is None:
        return (), np.zeros((len(regions), 0))
    gain = np.nan_to_num(table.select(region=regions).array("gain"))
    works = [k for k in range(gain.shape[1]) if gain[:, k].any()]
    return tuple(table.labels("lever")[k] for k in works), gain[:, works]


def _expansion(study: Study, industries: tuple[str, ...]) -> np.ndarray:
    return study.table("layout.industries").select(industry=industries).array("expansion")


def _largest(study: Study, history: History) -> str:
    """The region of the largest output in the last year, else of the most people, else of the highest index."""
    for item in ("gdp", "population"):
        if item in study.panel.items:
            size = study.panel.take(regions=history.regions, years=study.panel.years[-1:], items=(item,)).values[:, 0, 0]
            if np.isfinite(size).all():
                return history.regions[int(size.argmax())]
    return history.regions[int(history.y[-1].argmax())]


def _shares(study: Study, regions: tuple[str, ...], industry: str) -> np.ndarray:
    """Share (R,) of an existing industry in each region's output."""
    held = study.table("opportunities.structure").select(region=regions, industry=(industry,)).array("share")
    return np.asarray(np.nan_to_num(held[:, 0]))


def _names(names: Names, stated: Stated) -> Names:
    """Names of the scenarios, made of the names of what is shocked or switched off."""
    said = {r["scenario"]: (r["zh"], r["en"]) for r in resources.rows("scenarios.csv")}
    lever = {off(name): name for name in stated.levers}

    def say(code: str, language: int) -> str:
        parts = {"industry": stated.industry, "region": stated.region, "lever": lever.get(code, "")}
        known = {k: names.table.get(k, {}).get(v, (v, v))[language] for k, v in parts.items()}
        return said[WITHOUT if code in lever else code][language].format(**known)

    return names.plus("scenario", {code: (say(code, 0), say(code, 1)) for code in stated.cases})


def _run(study: Study, history: History, models: tuple[Dynamics, ...], stated: Stated) -> dict[str, dict[str, outcomes.Columns]]:
    """Kind of table -> scenario -> columns; all scenarios share their random numbers; one and the baseline are held at a time."""
    config, seed, last = study.config.simulate, study.config.seed, history.y[-1]
    half = (1 - config.interval) / 2
    tails, level = (half, 1 - half), np.exp(last + history.mean[-1])
    nation = national_paths(history.mean, horizon=config.horizon, draws=config.draws, rng=stream(seed, "simulate.national"))
    found: dict[str, dict[str, outcomes.Columns]] = {k: {} for k in ("regions", "nation", "effect", "deviation", "transitions")}
    base = first = np.empty(0)
    counts: dict[bytes, np.ndarray] = {}
    for name, case in stated.cases.items():
        key = case.plan.tobytes()
        if key not in counts:
            counts[key] = rooted(case.plan, stated.chance, draws=config.draws, rng=stream(seed, "simulate.rooted"))
        added = _added(study, case, stated, counts[key], level)
        path = simulate_paths(models, history.w, last, horizon=config.horizon, draws=config.draws,
                              rng=stream(seed, "simulate.paths"), push=added, spillover=case.spillover)  # fmt: skip
        (place, ordered), mean = outcomes.order(path), added.mean(axis=1).cumsum(axis=0)
        if name == BASELINE:
            base, first = path, place[-1]
        found["regions"][name] = outcomes.by_region(path, nation + mean, place, tails)
        found["nation"][name] = outcomes.by_nation(path, place, ordered, last, tails) | {"gain": mean.mean(axis=1)}
        found["effect"][name] = outcomes.against(path[-1], base[-1], first - place[-1], last, mean[-1], tails)
        found["deviation"][name] = outcomes.deviation(path, base, mean, tails)
        found["transitions"][name] = {"value": outcomes.by_class(place[-1], last)}
    return found


def _added(study: Study, case: Case, stated: Stated, count: np.ndarray, level: np.ndarray) -> np.ndarray:
    """(H,R,D) what a scenario adds to log levels: industries that take root, lever budgets, and what is lost at once."""
    config, seed, uplift = study.config.simulate, study.config.seed, study.config.opportunities.commitment
    added = push(count, uplift=uplift, phase=config.phase, horizon=config.horizon)
    if case.keep.any():
        lift = lever_lift(stated.gain, level, case.keep, doubt=config.lever_doubt, draws=config.draws,
                          rng=stream(seed, "simulate.levers"))  # fmt: skip
        added += spread(lift, phase=config.phase, horizon=config.horizon)
    added[0] += case.hit[:, None]
    return added


def _tables(
    bench: Bench,
    history: History,
    found: Mapping[str, Mapping[str, outcomes.Columns]],
    verdicts: tuple[np.ndarray, np.ndarray],
) -> None:
    study, names = bench.study, tuple(found["regions"])
    regions = study.table("scores.index").labels(REGION)
    back, years = _back(history, regions), _ahead(bench, history)
    scenario, start = ("scenario", names), outcomes.at_start(history.y[-1])
    skill, verdict = (np.tile(v, (len(names), 1)) for v in verdicts)
    for kind in ("regions", "deviation"):
        rows = {k: np.moveaxis(v, 1, 2)[:, back] for k, v in outcomes.stacked(found[kind]).items()}
        _make(bench, kind, (scenario, (REGION, regions), (YEAR, years)), rows)
    _make(bench, "effect", (scenario, (REGION, regions)), {k: v[:, back] for k, v in outcomes.stacked(found["effect"]).items()})
    nation = outcomes.stacked(found["nation"]) | {"skill": skill, "verdict": verdict}
    _make(bench, "nation", (scenario, (YEAR, years)), nation)
    moved = outcomes.stacked(found["transitions"])
    label = tuple(str(c + 1) for c in range(moved["value"].shape[1]))
    _make(bench, "transitions", (scenario, ("class", label), ("later", label)), moved)
    bench.make("start", (("item", tuple(start)),), np.array(list(start.values())), method="simulation.start",
               inputs=("scores.index",), units="coefficient")  # fmt: skip


def _back(history: History, regions: tuple[str, ...]) -> np.ndarray:
    """Positions of `regions` in the order of the codes."""
    return np.array([history.regions.index(r) for r in regions], dtype=np.intp)


def _ahead(bench: Bench, history: History) -> tuple[str, ...]:
    return tuple(str(int(history.years[-1]) + h + 1) for h in range(bench.study.config.simulate.horizon))


def _make(bench: Bench, name: str, axes: Axes, columns: outcomes.Columns) -> None:
    inputs = ["scores.index", "space", "layout.allocation", "opportunities.fit", "opportunities.independent", "config"]
    inputs += ["layout.levers"] if bench.study.layout.levers is not None else []
    units = {c: UNITS[name].get(c, UNITS[name][""]) for c in columns if c != "verdict"}
    bench.make(name, axes, columns, method="simulation.paths", inputs=inputs, units=units, params=_params(bench.study))


def _params(study: Study) -> dict[str, object]:
    return {**study.config.simulate.model_dump(mode="json"), "assumed": list(ASSUMED), "grade": "judgement",
            "commitment": study.config.opportunities.commitment}  # fmt: skip
