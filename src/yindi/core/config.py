"""study.yaml as frozen pydantic models: one source for validation, defaults and the JSON schema. Unknown keys are refused."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError, field_validator

from yindi.core.coordination import National
from yindi.core.errors import Problem, Problems, ProblemsError, did_you_mean
from yindi.core.inputs import Bridge, Deflator, Identity, Input, Model, Regions, SeriesNote, Title, Treatment

__all__ = ["Bridge", "Input", "Regions", "StudyConfig", "Title", "Treatment", "read_config", "validated"]

M = TypeVar("M", bound=BaseModel)


def _number(value: Any) -> Any:
    """A fraction written as text ("1/3") as a number."""
    top, slash, bottom = value.partition("/") if isinstance(value, str) else ("", "", "")
    try:
        return float(top) / float(bottom) if slash else value
    except (ValueError, ZeroDivisionError):
        return value


class Measure(Model):
    """Stage measure: scaling, weights, aggregation, what the draws vary."""

    normaliser: str = "minmax"
    weights: tuple[str, ...] = ("entropy", "critic")
    combination: str = "mean"
    aggregate: str = "arithmetic"
    scope: Literal["pooled", "per_year", "base_year"] = "pooled"
    """What shares a yardstick: all years, each year for itself (only ranks within a year mean anything), or the first year's."""
    goalposts: dict[str, tuple[float, float]] = {}
    """Indicator -> lowest and highest value of its yardstick for min-max; the others are scaled by `scope`."""
    pairwise: tuple[tuple[float, ...], ...] = ()
    """Judgement, for the weights `ahp`: a row per dimension or per indicator, in the framework's order; "1/3" may be written."""
    frameworks: tuple[str, ...] = ()
    """Packaged frameworks that the draws vary beside the study's own; empty: those of its concept that the data cover."""
    coverage: float = Field(default=0.5, gt=0, le=1)
    """Judgement: least share of its indicators that the panel must hold for the draws to take up a framework by themselves."""
    outliers: Literal["keep", "treat", "clip"] = "keep"
    """treat: skewed indicators are winsorised, else their logarithm is taken (COINr's rule); clip: cut at 2.5 and 97.5 %."""
    zeros: Literal["keep", "shift", "replace", "rescale", "lift"] = "keep"
    """What entropy weights do about zeros; all but keep use epsilon."""
    epsilon: float = Field(default=1e-5, gt=0, lt=0.5)
    levels: Literal["flat", "nested"] = "flat"
    """nested: weights within each dimension, then over the dimensions."""
    draws: int = Field(default=1000, ge=1, le=1_000_000)
    interval: float = Field(default=0.90, gt=0, lt=1)
    noise: float = Field(default=0.0, ge=0, lt=1)
    """Judgement: relative standard error of every published figure, for the rank intervals."""
    imputed_noise: float = Field(default=0.2, ge=0, lt=1)
    """Judgement: relative standard error of imputed figures, for the rank intervals."""

    @field_validator("pairwise", mode="before")
    @classmethod
    def _fractions(cls, value: Any) -> Any:
        rows = isinstance(value, (list, tuple)) and all(isinstance(row, (list, tuple)) for row in value)
        return [[_number(v) for v in row] for row in value] if rows else value


class Disparity(Model):
    """Stage disparity: resamples and permutations."""

    bootstrap: int = Field(default=1000, ge=0, le=1_000_000)
    interval: float = Field(default=0.95, gt=0, lt=1)
    permutations: int = Field(default=9999, ge=0, le=10_000_000)


class Peers(Model):
    """Who a region is compared with."""

    rule: Literal["similar", "neighbours", "list"] = "similar"
    count: int = Field(default=6, ge=2)
    by: tuple[str, ...] = ("population", "gdp", "gdp_per_capita", "urbanisation")
    """Variables in which peers resemble the region (size and structure)."""
    lists: dict[str, tuple[str, ...]] = {}
    """rule list: region -> its peers."""


class Diagnose(Model):
    """Stage diagnose: peers, frontier, coupling."""

    peers: Peers = Peers()
    endowments: tuple[str, ...] = ()
    """Variables of the endowment profile; empty: all that the panel holds in its last year."""
    outcomes: tuple[str, ...] = ("income_per_capita", "urbanisation")
    """Variables of regional development that NQPF is coupled with."""


class Opportunities(Model):
    """Stage opportunities: industries, portfolios, when relatedness is tried."""

    feasibility: Literal["auto", "judged", "learned"] = "auto"
    """judged: fit of endowments to needs. learned: the activity panel's own activities, by chances of entry that passed
    their test. auto: judged, or learned where the study's variables carry no need of a packaged candidate."""
    industries: str = "nqpf_industries"
    """Packaged table (data/industries/NAME.csv), or a CSV beside the study file in the same columns (its name ends in .csv)."""
    needs: str | None = None
    """CSV of your own: industry, requirement, need (0 to 1)."""
    requirements: str | None = None
    """CSV of your own: requirement, zh, en, lever."""
    sources: str | None = None
    """CSV of your own: requirement, source (panel, activity, group), variable, scaled_by, direction."""
    declared: str | None = None
    """CSV of what regions declared to cultivate: region (code), industry (code)."""
    capacity: str | None = None
    """CSV of the overcapacity board: industry, year; utilisation, inventories, receivables, price, planned_to_market (some)."""
    portfolio: int = Field(default=5, ge=1)
    """How many industries region-by-region advice would give each region."""
    minimum_activities: int = Field(default=40, ge=2)
    """Fewer activities than this carry no relatedness."""
    commitment: float = Field(default=0.01, gt=0, le=1)
    """Judgement: share of its value added a region would put into one new industry."""
    cap: float = Field(default=0.10, gt=0)
    """Judgement: most that the learned lists of all regions may expand one activity, as a share of its national total."""
    limiting: float = Field(default=0.5, ge=0, le=1)
    """Judgement: weight of the weakest requirement in the fit; the rest is how much of all needs is covered."""
    partners: int = Field(default=3, ge=1, le=30)
    """How many partner regions are named."""
    partner_reach: float = Field(default=1000.0, gt=0)
    """Judgement: kilometres at which a partner counts half."""


class Layout(Model):
    """Stage layout: caps, portfolios, floors, goals."""

    cap_share: float = Field(default=0.30, gt=0, le=1)
    """Most regions, as a share of all, that cultivate the same industry."""
    cap_overrides: dict[str, Annotated[int, Field(ge=0)]] = {}
    """Industry -> most regions."""
    portfolio_min: int = Field(default=3, ge=0)
    portfolio_max: int = Field(default=5, ge=1)
    lagging_share: float = Field(default=0.4, ge=0, le=1)
    """The lowest-ranked share of regions that the floor protects."""
    floor: float = Field(default=0.95, ge=0, le=1)
    """Share of the highest attainable value of the lagging regions that the plan must keep for them."""
    size_exponent: float = Field(default=0.0, ge=0, le=1)
    """0: every region counts the same; 1: in proportion to its output."""
    attractiveness: dict[str, float] = {}
    """Weights of the five reasons (growth, modernisation, advantage, system, concepts); empty: equal."""
    forbidden: dict[str, tuple[str, ...]] = {}
    """Region -> industries it must not hold."""
    locked: dict[str, tuple[str, ...]] = {}
    """Region -> industries it must hold."""
    minimum_fit: float = Field(default=0.4, ge=0, le=1)
    """Judgement: a pair of region and industry that fits less is no candidate; a region may then hold fewer than the minimum."""
    gap: float = Field(default=1e-4, ge=0)
    """Relative gap at which the solver stops."""
    front_points: int = Field(default=6, ge=0, le=40)
    shocks: int = Field(default=3, ge=0, le=20)
    """Most industries that fail at once in the table of protection; 0: no such table."""
    shock_loss: float = Field(default=0.3, ge=0, le=1)
    """Judgement: share of its value that an industry loses everywhere when it fails."""
    lever_budgets: dict[str, Annotated[float, Field(ge=0)]] = {}
    """Lever -> its part of all spending on levers; empty: equal parts."""
    lever_effect: float = Field(default=0.1, gt=0, le=1)
    """Judgement: what average spending on a lever closes of a region's distance to the frontier, as far as the lever holds it."""
    lever_cap: float = Field(default=0.0, ge=0)
    """Most a region can absorb, in times of the average region's spending; 0: no limit (a limit needs the extra `levers`)."""
    lever_spillover: float = Field(default=0.0, ge=0, lt=1)
    """Judgement: part of a region's gain that reaches its neighbours."""
    national: National | None = None
    """Bands, zones, strategic industries, support packages, capability units, further places, partner links."""
    periods: int = Field(default=0, ge=0, le=10)
    """Periods of a rolling horizon in which the layout is begun; 0: no such table."""
    period_lift: float = Field(default=0.3, ge=0)
    """Judgement: what holding the most related industry adds to the value of another, one period later."""
    period_discount: float = Field(default=0.9, gt=0, le=1)
    """Judgement: what a period later is worth."""


class Simulate(Model):
    """Stage simulate: horizon, draws, interval."""

    horizon: int = Field(default=10, ge=1, le=60)
    """Years ahead."""
    draws: int = Field(default=2000, ge=2, le=100_000)
    """Paths per scenario."""
    interval: float = Field(default=0.8, gt=0, lt=1)
    window: int = Field(default=25, ge=4)
    """Most years of history that one hindcast learns from; a shorter study uses half of what it has."""
    phase: int = Field(default=5, ge=1)
    """Years over which a chosen industry builds up."""
    strong: float = Field(default=1.5, ge=1)
    """How much stronger spillovers are in the scenario of strong spillovers."""
    weak: float = Field(default=0.5, ge=0, le=1)
    """What is left of spillovers in the scenario of weak spillovers."""
    shock_industry: str = ""
    """Industry of the layout that takes root nowhere, or an existing one that loses; empty: the one most regions are given."""
    shock_region: str = ""
    """Region that loses in the first year; empty: the one of the largest output."""
    shock_loss: float = Field(default=0.1, ge=0, lt=1)
    """Judgement: share of its level a shocked region loses, and share of its output a shocked existing industry loses."""
    lever_doubt: float = Field(default=0.5, ge=0, le=1)
    """Judgement: in each path a lever works up to this much better or worse than assumed."""
    switched_off: tuple[str, ...] | None = None
    """Levers switched off one at a time; without it each lever of the layout that gets a budget."""


class Plan(Model):
    """Stage plan: period and the office's own tables and words."""

    period: tuple[int, int] | None = None
    """Middle and last year of the plan; without it the last is the next full half-decade at least five years after the data."""
    departments: str | None = None
    """CSV beside the study file (code, zh, en, ...): who leads and supports each kind of task; else the packaged table."""
    projects: str | None = None
    """CSV of major projects (region, name_zh, name_en, place, investment, unit, first, last, lead, source); none are invented."""
    texts: str | None = None
    """YAML of your own phrases beside the study file, laid out as data/phrases; they replace the packaged ones."""
    higher: str | None = None
    """Targets of the higher plan: a results folder of it, or a CSV (parent, variable, year, value, unit, source)."""
    number: str = ""
    """Document number as your office writes it."""


class Report(Model):
    """Which reports are written, in which voices, languages and formats."""

    languages: tuple[Literal["zh", "en"], ...] = ("zh", "en")
    voices: tuple[Literal["plan", "research", "brief"], ...] = ("plan",)
    """plan: a planning document; research: methods, robustness and references; brief: one page."""
    formats: tuple[Literal["docx", "html", "pdf", "xlsx", "figures"], ...] = ("docx", "html")
    """pdf needs the extra `pdf`; figures: a folder of SVG, PNG and CSV per report."""
    date: str = ""
    """Date printed on the reports, as you write it; the clock is never read."""
    author: str = ""

    @field_validator("date", mode="before")
    @classmethod
    def _date_as_text(cls, value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime.date) else value


class StudyConfig(Model):
    """study.yaml as a whole."""

    title: Title
    seed: int = Field(default=20240305, ge=0)
    years: tuple[int, int]
    """First and last year of the study."""
    regions: Regions = Regions()
    inputs: tuple[Input, ...] = Field(min_length=1)
    framework: str = "nqpf_b"
    """Packaged framework (data/frameworks/NAME.yaml) or a YAML file beside the study file."""
    variables: str | None = None
    """CSV of your own variables beside the study file, in the columns of data/variables.csv."""
    treatments: dict[str, tuple[Treatment, ...]] = {}
    """Variable -> what to do about what `yindi check` found."""
    corrections: str = "corrections.yaml"
    """File of corrections beside the study file, read where it is there; see the guide on checks."""
    identities: tuple[Identity, ...] = ()
    """Totals and their parts, checked in every region and year."""
    deflators: dict[str, Deflator] = {}
    """Variable -> the price index that deflates it; its cells are marked as derived."""
    series: dict[str, SeriesNote] = {}
    """Variable -> vintage and price base of its values; where either changes, the years are told apart."""
    bridges: tuple[Bridge, ...] = ()
    """Mergers and splits of regions between years, joined as declared; bridged cells are marked."""
    measure: Measure = Measure()
    disparity: Disparity = Disparity()
    diagnose: Diagnose = Diagnose()
    opportunities: Opportunities = Opportunities()
    layout: Layout = Layout()
    simulate: Simulate = Simulate()
    plan: Plan = Plan()
    report: Report = Report()

    @property
    def year_labels(self) -> tuple[str, ...]:
        """All years of the study, as text."""
        return tuple(str(y) for y in range(self.years[0], self.years[1] + 1))

    @field_validator("regions", mode="before")
    @classmethod
    def _table(cls, value: Any) -> Any:
        return {"table": value} if isinstance(value, str) else value

    @field_validator("years")
    @classmethod
    def _in_order(cls, value: tuple[int, int]) -> tuple[int, int]:
        if value[0] > value[1] or value[0] < 1900 or value[1] > 2200:
            raise ValueError(f"years must be [first, last], got {list(value)}")
        return value


def _fields_at(root: type[BaseModel], location: tuple[str | int, ...]) -> list[str]:
    model: Any = root
    for step in location[:-1]:
        if isinstance(step, int) or not isinstance(model, type):
            continue
        field = model.model_fields.get(step) if issubclass(model, BaseModel) else None
        model = _inner(field.annotation) if field else model
    return list(model.model_fields) if isinstance(model, type) and issubclass(model, BaseModel) else []


def _inner(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for arg in getattr(annotation, "__args__", ()):
        found = _inner(arg)
        if found is not None:
            return found
    return None


def read_config(data: Any, *, place: str = "study.yaml") -> StudyConfig:
    """A StudyConfig from parsed YAML; raises ProblemsError with every unknown key, wrong type and missing field."""
    if not isinstance(data, dict):
        raise ProblemsError("study file", [Problem(place, "is empty or no mapping of keys", "start from `yindi init DIR`")])
    return validated(StudyConfig, data, place=place, stage="study file")


def validated(model: type[M], data: dict[str, Any], *, place: str, stage: str) -> M:
    """Parsed YAML as a model; raises ProblemsError of the stage with every unknown key, wrong type and missing field."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = Problems(stage)
        for fault in error.errors():
            where = ".".join(str(s) for s in fault["loc"])
            if fault["type"] == "extra_forbidden":
                known = _fields_at(model, fault["loc"])
                near = did_you_mean(str(fault["loc"][-1]), known)
                problems.add(
                    f"{place}: {where}", "unknown key.", f"known here: {', '.join(known)}", [f"did you mean {n!r}?" for n in near]
                )
            else:
                problems.add(f"{place}: {where}", f"{fault['msg']} (got {fault['input']!r}).")
        raise ProblemsError(stage, problems.found) from None
