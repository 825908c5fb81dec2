"""Stage layout: opportunities of all regions in, one plan of all regions out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from yindi.core.axes import INDUSTRY, REGION, require_same
from yindi.core.errors import EvidenceError, InfeasibleError
from yindi.core.streams import stream
from yindi.core.study import Bench, Study
from yindi.layout import absence, accounts
from yindi.layout.asked import both, limits, nation, pairs, require_growth, require_known, rule_names
from yindi.layout.conflict import conflict, words
from yindi.layout.frontier import front
from yindi.layout.marginal import effects
from yindi.layout.national import National
from yindi.layout.problem import Problem
from yindi.layout.rolling import relatedness, rolling
from yindi.layout.rules import PRICED
from yindi.layout.solver import Solution, solve
from yindi.layout.stability import frequency, kinds, margins
from yindi.layout.value import REASONS, attractiveness, carriers, expansion, lagging, value

OPPORTUNITIES = ("opportunities.fit", "opportunities.industries", "scores.index", "config")
AFTER = (*OPPORTUNITIES, "layout.allocation")
CITES = ("Huangfu and Hall 2018",)
DRAWS, SHOCK_GAP = 100, 1e-3


@dataclass(frozen=True, slots=True)
class Stated:
    """The planner's problem, what region-by-region advice would give (R,C), and which cells rest on filled input."""

    problem: Problem
    before: np.ndarray
    known: np.ndarray
    marks: np.ndarray | None


def layout(study: Study) -> Study:
    """The coordinated layout (协同布局), its front, prices and comparison with region-by-region advice.

    Raises InfeasibleError (exit 4) naming the rules that contradict each other.
    """
    stated = _stated(study)
    config = study.config.layout
    try:
        found = solve(stated.problem, gap=config.gap, seed=study.config.seed)
    except InfeasibleError:
        told = words(stated.problem, conflict(stated.problem), lambda kind, code: both(study.names, kind, code))
        raise InfeasibleError(told) from None
    packages = tuple(config.national.packages) if config.national else ()
    names = rule_names(study.names, [d.rule for d in found.duals.values()], packages)
    bench = Bench(replace(study, names=names), "layout")
    _allocation(bench, stated, found)
    _regions(bench, stated, found)
    _industries(bench, stated, found)
    _duals(bench, found, effects(stated.problem, found, families=PRICED, gap=config.gap, seed=study.config.seed))
    _solution(bench, stated, found)
    _frontier(bench, stated)
    _goals(bench, stated, found)
    _equity(bench, stated, found)
    _protection(bench, stated, found)
    _absent(bench, stated, found)
    _further(bench, stated, found)
    _levers(bench, stated)
    _rolling(bench, stated)
    return bench.done()


def _stated(study: Study) -> Stated:
    fit, config = study.table("opportunities.fit"), study.config.layout
    regions, industries = fit.labels(REGION), fit.labels(INDUSTRY)
    independent = study.table("opportunities.independent")
    require_same(REGION, regions, independent.labels(REGION), where="layout: fit and independent")
    require_same(INDUSTRY, industries, independent.labels(INDUSTRY), where="layout: fit and independent")
    raw = fit.array()
    locked = pairs(config.locked, regions, industries)
    forbidden = pairs(config.forbidden, regions, industries)
    known = ~np.isnan(raw)
    candidate = known & (np.nan_to_num(raw) >= config.minimum_fit) | locked
    open_ = candidate.sum(axis=1)
    _known(study, regions, industries)
    chance = np.where(known, raw, 0.0)
    worth = value(chance, _attractive(study, industries), _size(study, regions), exponent=config.size_exponent)
    problem = Problem(
        worth,
        limit=limits(config, len(regions), industries),
        portfolio_min=np.minimum(config.portfolio_min, open_).astype(float),
        portfolio_max=config.portfolio_max,
        lagging=_lagging(study, regions),
        floor=config.floor,
        forbidden=forbidden,
        locked=locked,
        closed=~candidate,
        regions=regions,
        industries=industries,
        nation=_national(study, chance, worth, regions, industries),
    )
    return Stated(problem, np.nan_to_num(independent.array()), known, fit.marks)


def _known(study: Study, regions: tuple[str, ...], industries: tuple[str, ...]) -> None:
    config = study.config.layout
    levers = study.table("diagnosis.levers").labels("lever") if "diagnosis" in study.results else tuple(config.lever_budgets)
    known = {"region": regions, "industry": industries, "lever": levers, "reason": REASONS, "grouping": tuple(study.space.groups)}
    known["requirement"] = study.table("opportunities.requirements").labels("requirement") if config.national else ()
    require_known(config, known)


def _national(
    study: Study, fit: np.ndarray, worth: np.ndarray, regions: tuple[str, ...], industries: tuple[str, ...]
) -> National | None:
    """The further rules of the study file over these regions and industries."""
    rules = study.config.layout.national
    if rules is None:
        return None
    codes = tuple(rules.capabilities)
    grouping = rules.zones or study.config.regions.grouping
    zone = study.space.group_of(grouping, regions) if rules.zone_most is not None else ("",) * len(regions)
    zones = tuple(sorted(set(zone)))
    needs, levels = np.zeros((len(industries), 0)), np.zeros((len(regions), 0))
    if codes:
        needs = study.table("opportunities.requirements").select(industry=industries, requirement=codes).dense("need")
        levels = study.table("opportunities.endowment").select(region=regions, requirement=codes).array("level")
    output, partner = np.ones(fit.shape), np.full(len(regions), -1)
    if rules.capacity == "growth":
        base, growth = _bases(study, regions, industries)
        require_growth(growth, industries, rules)
        output = np.nan_to_num(study.config.opportunities.commitment * base / np.where(growth > 0, growth, np.nan))
    if rules.link_bonus > 0:
        table = study.table("opportunities.partners")
        first = [table.text("partner", region=r, place=table.labels("place")[0]) for r in regions]
        partner = np.array([regions.index(p) if p in regions else -1 for p in first])
    named = {"regions": regions, "industries": industries, "zones": zones, "capabilities": codes}
    return nation(rules, fit=fit, worth=worth, output=output, needs=np.nan_to_num(needs), levels=levels,
                  zone=np.array([zones.index(z) for z in zone]), partner=partner, codes=named)  # fmt: skip


def _reasons(study: Study, industries: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The five reasons (C,K) of each industry and the user's weights (K,) of them, equal where none are given."""
    table, given = study.table("opportunities.industries").select(industry=industries), study.config.layout.attractiveness
    reasons = np.column_stack([table.dense(r) for r in REASONS])
    return reasons, np.array([given.get(r, 0.0) if given else 1.0 for r in REASONS])


def _attractive(study: Study, industries: tuple[str, ...]) -> np.ndarray:
    table, given = study.table("opportunities.industries").select(industry=industries), study.config.layout.attractiveness
    return (
        table.dense("attractiveness") if not given or set(given) - set(REASONS) else attractiveness(*_reasons(study, industries))
    )


def _size(study: Study, regions: tuple[str, ...]) -> np.ndarray:
    if study.config.layout.size_exponent == 0:
        return np.ones(len(regions))
    return study.panel.take(regions=regions, years=study.panel.years[-1:], items=["gdp"]).dense()[:, 0, 0]


def _lagging(study: Study, regions: tuple[str, ...]) -> np.ndarray:
    index = study.table("scores.index")
    last = index.labels("year")[-1]
    order = np.argsort(np.array(regions))
    level = index.select(region=[regions[k] for k in order], year=[last]).dense()[:, 0]
    mask = np.zeros(len(regions), bool)
    mask[order] = lagging(np.round(level, 12), share=study.config.layout.lagging_share)
    return mask


def _allocation(bench: Bench, stated: Stated, found: Solution) -> None:
    problem, plan, study = stated.problem, found.allocation, bench.study
    often = frequency(problem, found, draws=DRAWS, rng=stream(study.config.seed, "layout.frequency"))
    columns = {
        "chosen": plan,
        "value": np.where(stated.known, problem.value, np.nan),
        "given_up": stated.before * (1 - plan),
        "margin": margins(problem, found),
        "frequency": often,
        "kind": kinds(plan, often),
        "passes": accounts.passes(problem, found, stated.before),
    }
    params = {**study.config.layout.model_dump(mode="json", exclude={"front_points"}), "draws": DRAWS}
    bench.make(
        "allocation",
        ((REGION, tuple(problem.regions)), (INDUSTRY, tuple(problem.industries))),
        columns,
        method="layout.milp",
        inputs=(*OPPORTUNITIES, "opportunities.independent"),
        units={"chosen": "count", "value": "value", "given_up": "count", "margin": "value", "frequency": "share"},
        params=params,
        cites=CITES,
        marks=stated.marks,
    )


def _regions(bench: Bench, stated: Stated, found: Solution) -> None:
    bench.make("regions", ((REGION, tuple(stated.problem.regions)),),
               accounts.by_region(stated.problem, found.allocation, stated.before), method="layout.compare",
               inputs=("layout.allocation", "opportunities.independent", "scores.index"), units=accounts.REGIONS)  # fmt: skip


def _industries(bench: Bench, stated: Stated, found: Solution) -> None:
    problem, plan = stated.problem, found.allocation
    price = [found.duals[f"limit|{i}"].price for i in problem.industries]
    expanded = _expansions(bench.study, tuple(problem.regions), tuple(problem.industries), (stated.before, plan))
    columns = {
        "regions": plan.sum(axis=0),
        "limit": np.asarray(problem.limit),
        "before": stated.before.sum(axis=0),
        "price": np.array(price),
        "before_expansion": expanded[0],
        "expansion": expanded[1],
    }
    inputs = ["layout.allocation", "opportunities.independent", "opportunities.industries", "opportunities.crowding"]
    inputs += ["activity"] if bench.study.activity is not None else []
    bench.make("industries", ((INDUSTRY, tuple(problem.industries)),), columns, method="layout.compare", inputs=inputs,
               units=accounts.INDUSTRIES)  # fmt: skip


def _expansions(
    study: Study, regions: tuple[str, ...], industries: tuple[str, ...], plans: Sequence[np.ndarray]
) -> tuple[np.ndarray, ...]:
    """Implied expansion (C,) of each plan (R,C) as in opportunities.crowding: additions over one year's growth of the section.

    Absent where the study knows no output that carries the industry, or that output does not grow.
    """
    base, growth = _bases(study, regions, industries)
    commitment = study.config.opportunities.commitment
    found = tuple(expansion(plan, base, growth, commitment=commitment) for plan in plans)
    told = study.table("opportunities.crowding").select(industry=industries)
    if "expansion" in told.columns and not np.allclose(told.array("expansion"), found[0], rtol=1e-6, equal_nan=True):
        raise EvidenceError(
            "layout.industries.before_expansion differs from opportunities.crowding.expansion: two ways of counting."
        )
    return found


def _bases(study: Study, regions: tuple[str, ...], industries: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Output (R,C) of the section that carries each industry in the last complete year, and its yearly growth (C,)."""
    activity, panel, table = study.activity, study.panel, study.table("opportunities.industries")
    if activity is None:
        return np.full((len(regions), len(industries)), np.nan), np.full(len(industries), np.nan)
    name = next((i.total for i in study.config.inputs if i.content == "activity"), None)
    years = tuple(y for y in activity.years if name not in panel.items or y in panel.years)
    total = panel.take(regions=regions, years=years, items=[str(name)]).values[..., 0] if name in panel.items else None
    sections = activity.take(regions=regions, years=years)
    return carriers(years, sections.items, sections.values, total, [table.text("base", industry=i) for i in industries])


def _duals(bench: Bench, found: Solution, effect: Mapping[str, tuple[float, float]]) -> None:
    rules = sorted(found.duals)
    bench.make("duals", (("rule", tuple(rules)),), accounts.by_rule([found.duals[r] for r in rules], effect),
               method="layout.relaxation_prices", inputs=AFTER, units=accounts.RULES, cites=CITES)  # fmt: skip


def _solution(bench: Bench, stated: Stated, found: Solution) -> None:
    items = accounts.by_item(stated.problem, found, stated.before, bench.made["allocation"].array("kind"))
    columns = {"value": np.array(list(items.values())), "unit": np.array([accounts.SOLUTION.get(i, "count") for i in items])}
    bench.make("solution", (("item", tuple(items)),), columns, method="layout.milp",
               inputs=("layout.allocation", "layout.duals", "opportunities.independent"), units={"value": "@unit"},
               params={"gap": bench.study.config.layout.gap}, cites=CITES)  # fmt: skip


def _frontier(bench: Bench, stated: Stated) -> None:
    config, problem = bench.study.config, stated.problem
    found = front(problem, points=config.layout.front_points, gap=config.layout.gap, seed=config.seed)
    columns = accounts.by_point(problem, found, _largest(bench.study, stated, found.plans))
    over, units = absence.over_bands(problem, found.plans), accounts.POINTS
    if over is not None and config.layout.national is not None:
        columns["over_band"] = over
        units = units | {"over_band": "count" if config.layout.national.capacity == "regions" else "plain"}
    params, points = config.layout.model_dump(mode="json"), tuple(str(n) for n in range(1, len(found.value) + 1))
    bench.make("frontier", (("point", points),), columns, method="layout.epsilon_constraint", inputs=OPPORTUNITIES,
               units=units, params=params, cites=("Haimes, Lasdon and Wismer 1971",))  # fmt: skip
    if points:
        bench.make("points", (("point", points), (REGION, tuple(problem.regions))), accounts.by_point_region(problem, found),
                   method="layout.epsilon_constraint", inputs=("layout.frontier", *OPPORTUNITIES),
                   units={"value": "value", "change": "value", "count": "count"})  # fmt: skip


def _largest(study: Study, stated: Stated, plans: np.ndarray) -> np.ndarray:
    """The largest implied expansion (P,) of each of the plans (P,R,C)."""
    base, growth = _bases(study, tuple(stated.problem.regions), tuple(stated.problem.industries))
    most = study.config.opportunities.commitment
    largest = np.array([np.nanmax(expansion(p, base, growth, commitment=most), initial=-np.inf) for p in plans])
    return np.where(np.isfinite(largest), largest, np.nan)


def _absent(bench: Bench, stated: Stated, found: Solution) -> None:
    """What the plan would be without each family of rules."""
    config, problem = bench.study.config, stated.problem
    named, columns, plans = absence.by_absence(problem, found, gap=config.layout.gap, seed=config.seed)
    if not named:
        return
    columns["expansion"] = _largest(bench.study, stated, plans)
    bench.make("without", (("family", named),), columns, method="layout.milp", inputs=AFTER, cites=CITES,
               units={"gain": "value", "changed": "count", "lagging_value": "value", "expansion": "growth"})  # fmt: skip


def _further(bench: Bench, stated: Stated, found: Solution) -> None:
    """Packages, bands, units, pools and zones, where the study file asks for them."""
    problem, rules = stated.problem, bench.study.config.layout.national
    if rules is None or not found.allocation.size:
        return
    made = absence.tables(problem, found, rules)
    for name, (axes, columns) in made.items():
        bench.make(name, axes, columns, method="layout.milp", inputs=AFTER, cites=CITES, params=rules.model_dump(mode="json"),
                   units=absence.units_of(rules, columns))  # fmt: skip


def _goals(bench: Bench, stated: Stated, found: Solution) -> None:
    study, problem = bench.study, stated.problem
    reasons, weights = _reasons(study, tuple(problem.industries))
    attractive = attractiveness(reasons, weights) if weights.any() else np.zeros(0)
    if not len(attractive) or (attractive <= 0).any():
        return
    columns = accounts.by_goal(problem, found, problem.value / attractive, reasons, weights, gap=study.config.layout.gap,
                               seed=study.config.seed)  # fmt: skip
    bench.make("goals", (("reason", REASONS),), columns, method="layout.outcome_goals", inputs=AFTER,
               units=accounts.GOALS,
               params={"attractiveness": dict(zip(REASONS, weights.tolist(), strict=True))})  # fmt: skip


def _equity(bench: Bench, stated: Stated, found: Solution) -> None:
    config = bench.study.config
    lag = np.asarray(stated.problem.lagging)
    if lag.all() or not lag.any():
        return
    rules, columns = accounts.by_equity(stated.problem, found, gap=config.layout.gap, seed=config.seed)
    bench.make("equity", (("policy", tuple(rules)),), columns, method="layout.levelling_down", inputs=AFTER,
               units={**dict.fromkeys(columns, "value"), "levelled": "count", "proven": "small_share"},
               params={"lagging_share": config.layout.lagging_share},
               cites=("Ogryczak 2009",))  # fmt: skip


def _protection(bench: Bench, stated: Stated, found: Solution) -> None:
    config = bench.study.config.layout
    failing = range(1, min(config.shocks, len(stated.problem.industries)) + 1)
    if not len(failing) or found.objective <= 0:
        return
    columns = accounts.by_shock(stated.problem, found, failing, config.shock_loss, gap=max(config.gap, SHOCK_GAP),
                                seed=bench.study.config.seed)  # fmt: skip
    bench.make("protection", (("failing", tuple(str(n) for n in failing)),), columns, method="layout.protected",
               inputs=AFTER, units={**dict.fromkeys(columns, "value"), "changed": "count"},
               params={"shock_loss": config.shock_loss}, cites=("Bertsimas and Sim 2004",))  # fmt: skip


def _levers(bench: Bench, stated: Stated) -> None:
    """Budgets of the levers, where the diagnosis knows obstacles by lever."""
    study, regions = bench.study, tuple(stated.problem.regions)
    if "diagnosis" not in study.results:
        return
    table, config = study.table("diagnosis.levers").select(region=regions), study.config.layout
    known = [k for k, n in enumerate(table.labels("lever")) if np.isfinite(table.array("degree")[:, k]).any()]
    names = tuple(table.labels("lever")[k] for k in known)
    parts = np.array([config.lever_budgets.get(n, 0.0 if config.lever_budgets else 1.0) for n in names])
    if not parts.any():
        return
    index = study.table("scores.index")
    level = index.select(region=regions, year=index.labels("year")[-1:]).dense()[:, 0]
    w = study.space.weights(regions) if config.lever_spillover > 0 else None
    weight, degree = _size(study, regions) ** config.size_exponent, np.nan_to_num(table.array("degree")[:, known])
    asked = accounts.LeverCase(degree, level, weight, parts, config.lever_effect, config.lever_cap, w, config.lever_spillover)
    rows, columns, _ = accounts.by_lever(asked.problem())
    inputs, marks = ("diagnosis.levers", "scores.index", "config"), None if table.marks is None else table.marks[:, known]
    params = {"effect": config.lever_effect, "spillover": config.lever_spillover, "cap": config.lever_cap}
    method = "layout.levers" if config.lever_cap > 0 else "layout.water_filling"
    bench.make("levers", ((REGION, regions), ("lever", names)), rows, method=method, inputs=inputs, units=accounts.SPENT,
               params=params, marks=marks)  # fmt: skip
    bench.make("lever_prices", (("lever", names),), columns, method=method, inputs=("layout.levers",), params=params,
               units=accounts.LEVERS)  # fmt: skip
    labels, told = accounts.by_doubt(asked)
    bench.make("lever_sensitivity", (("case", tuple(labels)),), told, method=method, inputs=inputs, params=params,
               units=accounts.CASES)  # fmt: skip


def _rolling(bench: Bench, stated: Stated) -> None:
    """The layout begun over several periods, where the study asks for it."""
    study, problem, config = bench.study, stated.problem, bench.study.config.layout
    if not config.periods:
        return
    needs = study.table("opportunities.requirements").select(industry=tuple(problem.industries)).dense("need")
    related = relatedness(needs)
    options = {"periods": config.periods, "lift": config.period_lift, "discount": config.period_discount}
    found, plain = (rolling(problem, related, periods=config.periods, lift=config.period_lift, discount=config.period_discount,
                            stepping=stones, gap=config.gap, seed=study.config.seed) for stones in (True, False))  # fmt: skip
    axes = ((REGION, tuple(problem.regions)), (INDUSTRY, tuple(problem.industries)))
    bench.make("rolling", axes, {"period": np.where(found.begun > 0, found.begun, np.nan), "option": found.option},
               method="layout.rolling", inputs=(*OPPORTUNITIES, "opportunities.requirements"),
               units={k: accounts.ROLLED[k] for k in ("period", "option")}, params=options)  # fmt: skip
    numbers = tuple(str(t) for t in range(1, config.periods + 1))
    begun = np.array([(found.begun == t).sum() for t in range(1, config.periods + 1)], float)
    bench.make("periods", (("period", numbers),), {"begun": begun, "value": found.value, "plain": plain.value},
               method="layout.rolling", inputs=("layout.rolling",), params=options,
               units={k: accounts.ROLLED[k] for k in ("begun", "value", "plain")})  # fmt: skip
