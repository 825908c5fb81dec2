"""The stage: candidate industries, what they need, what regions have, and what everybody following advice would add up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from yindi.core import resources
from yindi.core.axes import INDUSTRY, REGION
from yindi.core.errors import Problems, ProblemsError
from yindi.core.names import Names
from yindi.core.study import Bench, Study
from yindi.core.table import Axes
from yindi.opportunities import backtest as proof
from yindi.opportunities import chances, learned, portfolios
from yindi.opportunities import partners as partner
from yindi.opportunities.advantage import present
from yindi.opportunities.advice import Advice, advise
from yindi.opportunities.carriers import carriers
from yindi.opportunities.endowment import Levels, levels
from yindi.opportunities.evidence import choose_split, stage_rows
from yindi.opportunities.fit import Fit, limiting
from yindi.opportunities.following import following
from yindi.opportunities.generic import generic
from yindi.opportunities.herding import herding, similarity
from yindi.opportunities.profile import REASONS, Profile, Rows, read, weighed
from yindi.opportunities.sections import Sections, sections
from yindi.opportunities.standing import standing

JUDGEMENT, MODEL = "judgement", "model"
COUNTS = ("regions", "activities", "minimum_activities", "candidates", "entries", "entries_learned")


@dataclass(frozen=True, slots=True)
class _Work:
    """What the steps of this stage hand to each other."""

    study: Study
    bench: Bench
    profile: Profile
    sections: Sections | None
    inputs: tuple[str, ...]
    learned: bool = False

    @property
    def grade(self) -> str:
        """What the fit of a candidate is: a model's chance, or a judgement."""
        return MODEL if self.learned else JUDGEMENT

    @property
    def regions(self) -> tuple[str, ...]:
        return self.study.panel.regions

    @property
    def pairs(self) -> Axes:
        return ((REGION, self.regions), (INDUSTRY, self.profile.industries))


def opportunities(study: Study, *, tables: Mapping[str, Rows] | None = None) -> Study:
    """Add the results of stage `opportunities` to a study.

    `tables` replaces packaged tables by rows: "industries", "requirements", "needs", "sources" (columns as in data/industries).
    Raises ProblemsError for faulty tables, an activity without a complete year, or unknown names of reasons.
    """
    profile = _profile(study, tables or {})
    named = replace(study, names=_names(study, profile))
    work = _Work(named, Bench(named, "opportunities"), profile, _sections(named), _inputs(named))
    _structure(work)
    found = _backtest(work)
    given = _advised(work, found)
    have, found_in = _levels(work)
    own = _learned(work, have, found, given)
    if own is not None:
        work, have, found_in = replace(work, profile=own.profile, learned=True), own.have, {}
        names = named.names.plus("industry", own.profile.names).plus("requirement", own.profile.names)
        work.bench.study = replace(named, names=names)
    appeal = _industries(work)
    _endowment(work, have, found_in)
    fit, marks = _fit(work, have) if own is None else _chances(work, own)
    told = _candidates(work, have, fit, marks, appeal)
    _crowding(work, told, marks)
    _partners(work, have, fit, told)
    if own is None:
        _generic(work, have)
    _collective(work)
    _entries(work, found, given)
    _declared(work, told)
    _board(work)
    done = work.bench.done(**({} if work.sections else {"structure": None}))
    return done if own is None else replace(done, config=chances.as_learned(done.config, own.least))


def _profile(study: Study, tables: Mapping[str, Rows]) -> Profile:
    name = study.config.opportunities.industries
    name = "nqpf_industries" if name.lower().endswith(".csv") else name
    packaged = {"industries": name, "needs": name.replace("_industries", "_requirements"), "requirements": "requirements",
                "sources": "requirement_sources"}  # fmt: skip
    own = {k: found for k in packaged if (found := _beside(study, k))}
    if "industries" in own and "needs" not in {*own, *tables}:
        problems = Problems("opportunities")
        problems.add("study.yaml: opportunities.needs", "own candidate industries need their own table of needs.",
                     "name a CSV with the columns industry, requirement, need")  # fmt: skip
        problems.raise_if_any()
    given: dict[str, Rows] = {**own, **tables}
    rows: dict[str, Rows] = {k: given.get(k) or resources.rows(f"industries/{p}.csv") for k, p in packaged.items()}
    made, known = read(rows["industries"], rows["requirements"], rows["needs"], rows["sources"]), _levers()
    problems = Problems("opportunities")
    for lever in sorted(set(made.levers) - set(known)):
        problems.add("opportunities.requirements", f"lever {lever!r} is unknown.", f"one of {', '.join(known)}")
    problems.raise_if_any()
    return made


def _levers() -> tuple[str, ...]:
    return tuple(r["lever"] for r in resources.rows("levers.csv"))


def _beside(study: Study, kind: str) -> list[dict[str, str]]:
    """The rows of a file beside the study file, as intake read it; none where it named none."""
    table = getattr(study.results.get("intake"), kind, None)
    if table is None:
        return []
    columns = {c: v.tolist() for c, v in table.columns.items()}
    return [dict(zip(columns, map(str, row), strict=True)) for row in zip(*columns.values(), strict=True)]


def _names(study: Study, profile: Profile) -> Names:
    known = study.names.table.get("industry", {})
    parts = {r["industry"]: (r["zh"], r["en"]) for r in resources.rows("industries/sections.csv")}
    names = study.names.plus("industry", {**parts, **known, **profile.names})
    names = names.plus("requirement", profile.requirement_names)
    for kind in ("verdict", "proof"):
        rows = resources.rows(f"industries/{kind}s.csv")
        names = names.plus(kind, {r[kind]: (r["zh"], r["en"]) for r in rows})
    return names


def _inputs(study: Study) -> tuple[str, ...]:
    return ("panel",) if study.activity is None else ("panel", "activity")


def _sections(study: Study) -> Sections | None:
    if study.activity is None:
        return None
    given = next((i for i in study.config.inputs if i.content == "activity"), None)
    total = None
    activity = study.activity
    if given is not None and given.total in study.panel.items:
        years = [y for y in activity.years if y in study.panel.years]
        activity = activity.take(regions=study.panel.regions, years=years)
        total = study.panel.take(years=years, items=[given.total]).values[..., 0]
    else:
        activity = activity.take(regions=study.panel.regions)
    return sections(activity.items, activity.years, activity.values, activity.marks(), total)


def _structure(work: _Work) -> None:
    """Structure, what is certain of it, and complexity beside its other zeros."""
    settings = work.study.config
    least, seed = settings.opportunities.minimum_activities, settings.seed
    for made in standing(work.sections, work.regions, least=least, seed=seed) if work.sections else []:
        cites = ("Balassa 1965",) if made.name == "structure" else ()
        work.bench.make(made.name, made.axes, made.columns, method=made.method, inputs=work.inputs, units=made.units,
                        params=made.params, cites=cites, marks=made.marks)  # fmt: skip


def _backtest(work: _Work) -> proof.Backtest | None:
    least, parts = work.study.config.opportunities.minimum_activities, work.sections
    params: dict[str, object] = {"minimum_activities": least}
    found = None
    if parts is not None:
        used, split, params["years"] = choose_split(parts.years)
        by_code = np.argsort(work.regions)
        found = proof.evaluate(parts.of(used)[by_code], split=split, minimum_activities=least, seed=work.study.config.seed)
    rows = stage_rows(found, least, str(params.get("years", "")))
    marked = bool(parts is not None and parts.marks.any())
    work.bench.make("backtest", (("item", tuple(rows)),), { "value": [v for v, _ in rows.values()],
                    "text": [t for _, t in rows.values()],
                    "unit": ["count" if k in COUNTS else "plain" for k in rows], }, units={"value": "@unit"},
                    method="backtest.evaluate", inputs=(*work.inputs, "config"), params=params,
                    marks=np.full(len(rows), marked))  # fmt: skip
    return found


def _industries(work: _Work) -> np.ndarray:
    profile, weights = work.profile, weighed(work.study.config.layout.attractiveness)
    value: np.ndarray = profile.reasons @ weights / weights.sum()
    columns = {"class": np.array(profile.kinds), "base": np.array(profile.bases), "attractiveness": value}
    work.bench.make("industries", ((INDUSTRY, profile.industries),),
                    {**columns, **dict(zip(REASONS, profile.reasons.T, strict=True))},
                    method="opportunities.attractiveness", inputs=("config",),
                    units=dict.fromkeys(("attractiveness", *REASONS), "index"),
                    params={"grade": work.grade, "weights": dict(zip(REASONS, weights.tolist(), strict=True))})  # fmt: skip
    return value


def _levels(work: _Work) -> tuple[Levels, dict[str, str]]:
    profile = work.profile
    found = carriers(profile, work.study.panel, work.study.space, work.sections)
    have = levels([c for _, c, _ in found], len(work.regions), len(profile.requirements))
    return have, {f"{s.requirement}: {c.label}": year for s, c, year in found}


def _advised(work: _Work, found: proof.Backtest | None) -> Advice | None:
    """Advice from what the activity proved, regions by code; None after a refusal."""
    parts, settings, seed = work.sections, work.study.config.opportunities, work.study.config.seed
    if parts is None or found is None or not found.allowed:
        return None
    used, split, _ = choose_split(parts.years)
    x, least = parts.of(used)[np.argsort(work.regions)], settings.minimum_activities
    leaving = proof.evaluate(x, split=split, event="exit", minimum_activities=least, seed=seed) if len(used) > 1 else None
    return advise(x, found, leaving=leaving, count=settings.portfolio, cap=settings.cap, seed=seed)


def _learned(work: _Work, have: Levels, found: proof.Backtest | None, given: Advice | None) -> chances.Learned | None:
    """The study's own activities with learned chances, where it asks for them or can judge nothing; else None.

    Every judged candidate must need something that is known of every region: what is learned never stands in for it silently.
    """
    wanted, parts = work.study.config.opportunities.feasibility, work.sections
    bare = np.argwhere((have.known.astype(float) @ work.profile.need.T) == 0)
    if wanted != "learned" and not len(bare):
        return None
    own_tables = any(_beside(work.study, k) for k in ("industries", "sources"))
    able = chances.carried(found, given) and not (wanted == "judged" or (wanted == "auto" and own_tables))
    if not able or found is None or given is None or parts is None:
        first = [(work.regions[r], work.profile.industries[c]) for r, c in bare[:1]]
        variables = sorted({s.variable for s in work.profile.sources if s.origin == "panel"})
        raise ProblemsError("opportunities", chances.ways_out(found, given, first, len(bare), variables))
    names = parts.labels[:-1] if parts.rest else parts.labels
    x, known = parts.of(choose_split(parts.years)[0]), work.study.names.table.get("industry", {})
    marks = parts.marks[:, -1, : len(names)]
    return chances.learned(found, given, x, names, known, marks, order=np.argsort(work.regions))


def _chances(work: _Work, own: chances.Learned) -> tuple[Fit, np.ndarray]:
    """Table `fit` of learned chances, absent where a cell is no candidate."""
    marks = np.broadcast_to(own.have.marks.any(axis=1, keepdims=True), own.fit.value.shape)
    work.bench.make("fit", work.pairs, own.fit.value, method="opportunities.advise",
                    inputs=("opportunities.backtest", *work.inputs, "config"), units="share",
                    params={"grade": work.grade, "least": own.least}, marks=marks)  # fmt: skip
    return own.fit, np.asarray(marks)


def _endowment(work: _Work, have: Levels, found: Mapping[str, str]) -> None:
    profile = work.profile
    work.bench.make("requirements", ((INDUSTRY, profile.industries), ("requirement", profile.requirements)),
                    {"need": profile.need}, method="opportunities.profile", inputs=("config",),
                    units={"need": "index"}, params={"grade": work.grade})  # fmt: skip
    work.bench.make("endowment", ((REGION, work.regions), ("requirement", profile.requirements)),
                    {"level": np.where(have.known, have.level, np.nan), "left_out": have.left_out},
                    method="opportunities.levels", inputs=(*work.inputs, "space", "config"),
                    units={"level": "index"}, params=found, marks=have.marks)  # fmt: skip


def _fit(work: _Work, have: Levels) -> tuple[Fit, np.ndarray]:
    need = work.profile.need
    weight = work.study.config.opportunities.limiting
    found = limiting(have.level, need, known=have.known, limiting=weight)
    marks = (have.marks.astype(float) @ (need > 0).T) > 0
    work.bench.make("fit", work.pairs, found.value, method="fit.limiting",
                    inputs=("opportunities.endowment", "opportunities.requirements"), units="index",
                    params={"limiting": weight, "grade": JUDGEMENT}, marks=marks)  # fmt: skip
    return found, marks


def _candidates(work: _Work, have: Levels, fit: Fit, marks: np.ndarray, appeal: np.ndarray) -> np.ndarray:
    columns = chances.columns(fit, fit.value * appeal, work.profile, have.known)
    inputs = ("opportunities.fit", "opportunities.industries", "opportunities.endowment", "opportunities.requirements")
    units = {"fit": "share" if work.learned else "index", "score": "index", "place": "rank", "binding_gap": "index"}
    work.bench.make("candidates", work.pairs, columns, method="learned chance" if work.learned else "fit.limiting",
                    inputs=inputs, units=units, params={"score": "fit * attractiveness", "grade": work.grade},
                    marks=marks)  # fmt: skip
    place = np.where(np.isnan(columns["place"]), np.inf, columns["place"])
    told = place <= work.study.config.opportunities.portfolio
    work.bench.make("independent", work.pairs, told, method="opportunities.independent", units="count",
                    inputs=("opportunities.candidates", "config"), marks=marks.any(axis=1, keepdims=True),
                    params={"portfolio": work.study.config.opportunities.portfolio})  # fmt: skip
    return told


def _crowding(work: _Work, told: np.ndarray, marks: np.ndarray) -> None:
    settings, parts = work.study.config, work.sections
    columns = following(told, work.profile.bases, parts, commitment=settings.opportunities.commitment,
                        cap_share=settings.layout.cap_share)  # fmt: skip
    units = {"regions": "count", "share": "share", "base_share": "share", "addition": "100m_yuan", "expansion": "share",
             "national_expansion": "share", "crowded": "count"}  # fmt: skip
    work.bench.make("crowding", ((INDUSTRY, work.profile.industries),), columns,
                    method="crowding.collective_check",
                    inputs=("opportunities.independent", "opportunities.industries", *work.inputs[1:], "config"),
                    units=units,
                    params={"commitment": settings.opportunities.commitment, "cap_share": settings.layout.cap_share,
                    "years": f"{parts.years[0]}-{parts.years[-1]}" if parts else "", "grade": JUDGEMENT},
                    marks=(told & marks).any(axis=0))  # fmt: skip


def _partners(work: _Work, have: Levels, fit: Fit, told: np.ndarray) -> None:
    n, settings = len(work.regions), work.study.config.opportunities
    short = [np.where(told & (fit.binding == q), fit.gap, 0.0).sum(axis=1) for q in range(have.level.shape[1])]
    weakness = np.stack(short, axis=1)
    centroids = work.study.space.centroids
    placed = all(r in centroids for r in work.regions)
    points = np.array([centroids.get(r, (0.0, 0.0)) for r in work.regions])
    distance = partner.great_circle(points[:, 0], points[:, 1]) if placed else np.zeros((n, n))
    columns, chosen = partner.named(work.regions, have.level, weakness, distance if placed else None, known=have.known,
                                    count=settings.partners, reach=settings.partner_reach)  # fmt: skip
    marks: np.ndarray = np.asarray(have.marks.any(axis=1))
    places = tuple(str(k + 1) for k in range(chosen.shape[1]))
    work.bench.make("partners", ((REGION, work.regions), ("place", places)), columns, method="partners.choose",
                    inputs=("opportunities.endowment", "opportunities.candidates", "opportunities.independent", "space"),
                    units={"complement": "index", "returned": "index", "distance": "km", "similarity": "index"},
                    params={"count": settings.partners, "reach_km": settings.partner_reach,
                            "distance": "centroids" if placed else "none"},
                    marks=marks[:, None] | marks[chosen])  # fmt: skip


def _generic(work: _Work, have: Levels) -> None:
    profile, feasible = work.profile, work.study.config.layout.minimum_fit
    by_code = np.argsort(work.regions)
    found = generic(have.level[by_code], profile.need, known=have.known[by_code], feasible=feasible,
                    exponent=work.study.config.opportunities.limiting)  # fmt: skip
    able = [q for q, name in enumerate(profile.requirements) if profile.can_be_raised(name)]
    order = np.lexsort((-found.gain[able], -found.opens[able]))
    columns = {k: getattr(found, k)[able] for k in ("opens", "regions", "industries", "gain")}
    columns["place"] = np.argsort(order) + 1
    columns["holder"] = np.array(work.regions)[by_code][found.holder[able]]
    columns["lever"] = np.array(profile.levers)[able]
    work.bench.make("generic", (("requirement", tuple(profile.requirements[q] for q in able)),), columns,
                    method="opportunities.generic",
                    inputs=("opportunities.endowment", "opportunities.requirements", "config"),
                    units={"opens": "count", "regions": "count", "industries": "count", "gain": "index", "place": "rank"},
                    params={"feasible": feasible, "grade": JUDGEMENT}, marks=have.marks[:, able].any(axis=0))  # fmt: skip


def _collective(work: _Work) -> None:
    parts = work.sections
    if parts is None:
        return
    regions, marked = work.regions, bool(parts.marks.any())
    index = {r: n for n, r in enumerate(regions)}
    pairs = [(index[a], index[b]) for a, b in work.study.space.edges if a in index and b in index]
    found = similarity(parts.values[:, -1], pairs=pairs or None)
    rows = {"activities": float(found.activities), "cosine_all": found.cosine_all, "krugman_all": found.krugman_all}
    rows |= {"cosine_neighbours": found.cosine, "krugman_neighbours": found.krugman} if pairs else {}
    work.bench.make("similarity", (("item", tuple(rows)),), list(rows.values()),
                    method="opportunities.similarity", inputs=(*work.inputs, "space"), units="coefficient",
                    params={"year": parts.years[-1], "activities": found.activities},
                    marks=np.full(len(rows), marked))  # fmt: skip
    if len(parts.years) > 1:
        pace = herding(present(parts.values))
        columns = {k: getattr(pace, k) for k in ("entrants", "rush", "breadth", "left")}
        units = {"entrants": "count", "rush": "share", "breadth": "share", "left": "share"}
        work.bench.make("herding", ((INDUSTRY, parts.labels),), columns, method="opportunities.herding", inputs=work.inputs,
                        units=units, params={"years": f"{parts.years[0]}-{parts.years[-1]}"},
                        marks=parts.marks.any(axis=(0, 1)))  # fmt: skip


def _entries(work: _Work, found: proof.Backtest | None, given: Advice | None) -> None:
    """What is learned, cell by cell, with the proof of entries and of exits; nothing after a refusal."""
    parts, settings = work.sections, work.study.config.opportunities
    if parts is None or found is None or given is None:
        return
    by_code = np.argsort(work.regions)
    x = parts.of(choose_split(parts.years)[0])[by_code]
    names = parts.labels[:-1] if parts.rest else parts.labels
    params = {"portfolio": settings.portfolio, "cap": settings.cap, "model": found.chosen, "entry_chances": given.entry_state,
              "exit_chances": given.exit_state}  # fmt: skip
    columns = {k: v[np.argsort(by_code)] for k, v in learned.cells(given, names).items()}
    work.bench.make("entries", ((REGION, work.regions), ("activity", names)), columns, method="opportunities.advise",
                    inputs=(*work.inputs, "opportunities.backtest", "config"), units=learned.CELL_UNITS,
                    params=params)  # fmt: skip
    work.bench.make("entries_crowding", (("activity", names),), learned.activities(given, x), method="opportunities.together",
                    inputs=("opportunities.entries", *work.inputs), units=learned.ACTIVITY_UNITS,
                    params={"cap": settings.cap})  # fmt: skip


def _declared(work: _Work, told: np.ndarray) -> None:
    rows = _beside(work.study, "declared")
    if not rows:
        return
    said = portfolios.declared(rows, work.regions, work.profile.industries)
    inputs, axis = ("intake.declared", "opportunities.independent"), ((INDUSTRY, work.profile.industries),)
    columns = portfolios.counts(said, told)
    work.bench.make("portfolios", axis, columns, method="opportunities.portfolios", inputs=inputs, units="count")
    pairs = portfolios.overlaps({"declared": said, "recommended": told})
    columns = {"overlap": np.array(list(pairs.values()))}
    work.bench.make("overlaps", (("pair", tuple(pairs)),), columns, method="opportunities.common_choices", inputs=inputs,
                    units="share", params={"industries": len(work.profile.industries)})  # fmt: skip


def _board(work: _Work) -> None:
    rows = _beside(work.study, "capacity")
    if rows:
        industries, names, columns = portfolios.signs(rows)
        work.bench.make("board", ((INDUSTRY, industries), ("component", names)), columns, method="opportunities.board",
                        inputs=("intake.capacity",), units={"last": "plain", "strain": "index",
                        "worsening": "plain"})  # fmt: skip
