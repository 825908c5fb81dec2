"""study.yaml as frozen pydantic models: one source for validation, defaults and the JSON schema. Unknown keys are refused."""

from __future__ import annotations

import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from yindi.core.errors import Problem, Problems, ProblemsError, did_you_mean

Choice = Literal["drop", "within_years", "split", "impute", "keep", "correct"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, populate_by_name=True)


class Title(_Model):
    zh: str
    en: str


class Regions(_Model):
    standard: Literal["gbt2260", "nuts", "iso3166_2", "own"] = "gbt2260"
    """Table of region codes; own: the table beside the study file, named by `table`."""
    level: Literal["province", "city", "county", "nuts0", "nuts1", "nuts2", "nuts3", "unit"] = "province"
    """GB/T 2260: province, city, county; NUTS: nuts0 to nuts3; ISO 3166-2 and own tables: unit."""
    table: str | None = None
    """CSV beside the study file: code, name, name_en, parent, group, longitude, latitude, area, population, aliases."""
    version: Literal["2010", "2013", "2016", "2021", "2024"] | None = None
    """NUTS: version of the classification; codes that ended before it are refused, with their successors."""
    neighbours: str | None = None
    """CSV beside the study file with an edge a line: two region codes."""
    nearest: int | None = Field(default=None, ge=1, le=20)
    """Neighbours are the nearest regions by coordinates, this many of each, where there is no list."""
    scope: Literal["mainland", "present"] = "mainland"
    """mainland: all 31 provinces must be there; present: those in the files."""
    aliases: dict[str, str] = {}
    """A name as written in the files -> its code; answers what could not be resolved."""
    grouping: str = "four_blocks"
    """Grouping used for decompositions; see data/regions/groups.csv."""
    bridges: tuple[tuple[str, str], ...] = (("460000", "440000"),)
    """Pairs of regions without land contact that count as neighbours; stated in every report."""

    @model_validator(mode="before")
    @classmethod
    def _usual(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        made = dict(value)
        if made.get("table") and "standard" not in made:
            made["standard"] = "own"
        standard = made.get("standard", "gbt2260")
        if standard != "gbt2260":
            made = {
                "level": "nuts2" if standard == "nuts" else "unit",
                "scope": "present",
                "grouping": "group",
                "bridges": (),
                **made,
            }
        return made

    @model_validator(mode="after")
    def _fits(self) -> Regions:
        levels = {"gbt2260": ("province", "city", "county"), "nuts": ("nuts0", "nuts1", "nuts2", "nuts3")}
        if self.level not in levels.get(self.standard, ("unit",)):
            raise ValueError(
                f"level {self.level} does not belong to {self.standard}: {', '.join(levels.get(self.standard, ('unit',)))}"
            )
        if self.standard == "own" and not self.table:
            raise ValueError("standard: own needs `table`, a CSV with at least the columns code and name")
        return self


class Input(_Model):
    file: str
    content: Literal["indicators", "activity"] = "indicators"
    layout: Literal["wide", "long", "years", "blocks", "regions"] = "wide"
    """wide: a row per region and year, a column per indicator; long: a row per value; years: a column per year;
    blocks: several indicators side by side, each with a column per year; regions: a column per region, a row per year."""
    sheet: str | None = None
    skip: int = Field(default=0, ge=0)
    """Rows above the head (titles); blank ones are passed over without being counted here."""
    head: int = Field(default=1, ge=1, le=5)
    """Rows of a stacked head; their texts are joined by "-", merged cells are spread."""
    region: str = "code"
    """Column with the region's code or name: its head, or "#2" for the second column."""
    name: str | None = None
    """A second column with the region's name, checked against the first."""
    parent: str | None = None
    """Column with the region above, for names that several regions share."""
    prefix: int | None = Field(default=None, ge=1, le=12)
    """The rows are parts of the study's regions: the first characters of their codes name the region; values are summed."""
    year: str = "year"
    """Column with the year; "=2020": the whole table is of that year; "@sheet": one sheet a year, its name is the year."""
    fiscal_year: Literal["start", "end"] | None = None
    """The year that a fiscal year such as 2010/11 counts as; without it such a year is refused."""
    years: tuple[int, int] | None = None
    """First and last year read of this file; activity may then lie outside the years of the study."""
    encoding: str | None = None
    """Encoding of a text file, where the bytes do not tell it (e.g. big5)."""
    absent: Literal["unknown", "zero"] = "unknown"
    """Activity: what a pair of region and industry without a row means; zero: the file is a complete census."""
    item: str | None = None
    """Long layout, and years with several items: column that names the indicator or the industry."""
    value: str | None = None
    """Long layout: column with the number."""
    unit: str | None = None
    """Long layout: column with the unit, checked against the variable's."""
    units: dict[str, str] = {}
    """Column head -> its unit, where the head does not say it or says it otherwise; an empty text: as it is."""
    columns: dict[str, str] = {}
    """Column of the file (or item of a long file) -> code of the variable; empty: the names are the codes."""
    total: str | None = None
    """Activity: variable that holds the total of all industries (with the ones not listed)."""
    title: str = ""
    producer: str | Title = ""
    licence: str = ""

    def made_by(self, language: str) -> str:
        """The producer's name in a language."""
        return self.producer if isinstance(self.producer, str) else str(getattr(self.producer, language))

    @model_validator(mode="after")
    def _long_needs_columns(self) -> Input:
        if self.layout == "long" and not (self.item and self.value):
            raise ValueError("layout: long needs `item` and `value` (the columns with the name and the number)")
        if self.layout in ("years", "regions") and not self.item and len(self.columns) != 1:
            raise ValueError(
                f"layout: {self.layout} needs `item`, or `columns` with one entry that says which variable the table holds"
            )
        return self


class Bridge(_Model):
    """Joins series over a change of territory: `into` is the sum of `parts`, each times its share."""

    into: str
    """Code of the region of the study."""
    parts: dict[str, float]
    """Code -> the share of it that belongs to `into` (1: all of it)."""
    years: tuple[int, int]
    """First and last year in which the cells of `into` are made of the parts."""
    sum: tuple[str, ...] = ()
    """Variables that are counts: summed."""
    mean: dict[str, str] = {}
    """Rates -> the variable that weighs them."""
    reason: str | Title

    @model_validator(mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        parts = value.get("parts")
        if isinstance(parts, (list, tuple)):
            parts = dict.fromkeys(parts, 1.0)
        if isinstance(parts, dict):
            parts = {str(k): v for k, v in parts.items()}
        return {**value, "parts": parts, **({"into": str(value["into"])} if "into" in value else {})}

    @field_validator("parts")
    @classmethod
    def _shares(cls, value: dict[str, float]) -> dict[str, float]:
        if not value or not all(0 < share <= 1 for share in value.values()):
            raise ValueError("parts needs at least one region, with a share above 0 and at most 1")
        return value

    def said(self, language: str) -> str:
        """The reason in a language."""
        return self.reason if isinstance(self.reason, str) else str(getattr(self.reason, language))


class Treatment(_Model):
    finding: Literal[
        "break", "vintage", "absent", "constant", "outlier", "filled",
        "identity", "sum", "total", "stock", "shifted", "digits", "rounded", "unit",
    ]  # fmt: skip
    """Which finding of `yindi check` this answers."""
    choice: Choice
    method: str | None = None
    """For impute: an imputer, see `yindi methods imputer`."""
    value: float | None = None
    """For correct, or impute with method `declared`: the value."""
    expect: float | None = None
    """For correct: what the file holds now; the run stops when it holds something else, e.g. because the source was mended."""
    regions: tuple[str, ...] = ()
    """Codes; empty: all regions the finding names."""
    years: tuple[str, ...] = ()
    """Empty: all years the finding names."""
    reason: str | Title
    """Printed in the report; a text, or {zh: ..., en: ...}."""

    def said(self, language: str) -> str:
        """The reason in a language."""
        return self.reason if isinstance(self.reason, str) else str(getattr(self.reason, language))

    @field_validator("regions", "years", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        return tuple(str(v) for v in value) if isinstance(value, (list, tuple)) else value


def _number(value: Any) -> Any:
    """A fraction written as text ("1/3") as a number."""
    top, slash, bottom = value.partition("/") if isinstance(value, str) else ("", "", "")
    try:
        return float(top) / float(bottom) if slash else value
    except (ValueError, ZeroDivisionError):
        return value


class Measure(_Model):
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


class Disparity(_Model):
    bootstrap: int = Field(default=1000, ge=0, le=1_000_000)
    interval: float = Field(default=0.95, gt=0, lt=1)
    permutations: int = Field(default=9999, ge=0, le=10_000_000)


class Peers(_Model):
    rule: Literal["similar", "neighbours", "list"] = "similar"
    count: int = Field(default=6, ge=2)
    by: tuple[str, ...] = ("population", "gdp", "gdp_per_capita", "urbanisation")
    """Variables in which peers resemble the region (size and structure)."""
    lists: dict[str, tuple[str, ...]] = {}
    """rule list: region -> its peers."""


class Diagnose(_Model):
    peers: Peers = Peers()
    endowments: tuple[str, ...] = ()
    """Variables of the endowment profile; empty: all that the panel holds in its last year."""
    outcomes: tuple[str, ...] = ("income_per_capita", "urbanisation")
    """Variables of regional development that NQPF is coupled with."""


class Opportunities(_Model):
    industries: str = "nqpf_industries"
    """Packaged table (data/industries/NAME.csv) or a CSV beside the study file."""
    portfolio: int = Field(default=5, ge=1)
    """How many industries region-by-region advice would give each region."""
    minimum_activities: int = Field(default=40, ge=2)
    """Fewer activities than this carry no relatedness."""
    commitment: float = Field(default=0.01, gt=0, le=1)
    """Judgement: share of its value added a region would put into one new industry."""


class Layout(_Model):
    cap_share: float = Field(default=0.30, gt=0, le=1)
    """Most regions, as a share of all, that cultivate the same industry."""
    cap_overrides: dict[str, int] = {}
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


class Simulate(_Model):
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


class Plan(_Model):
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


class Report(_Model):
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


class StudyConfig(_Model):
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


def _fields_at(location: tuple[str | int, ...]) -> list[str]:
    model: Any = StudyConfig
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
    try:
        return StudyConfig.model_validate(data)
    except ValidationError as error:
        problems = Problems("study file")
        for fault in error.errors():
            where = ".".join(str(s) for s in fault["loc"])
            if fault["type"] == "extra_forbidden":
                known = _fields_at(fault["loc"])
                near = did_you_mean(str(fault["loc"][-1]), known)
                problems.add(
                    f"{place}: {where}", "unknown key.", f"known here: {', '.join(known)}", [f"did you mean {n!r}?" for n in near]
                )
            else:
                problems.add(f"{place}: {where}", f"{fault['msg']} (got {fault['input']!r}).")
        raise ProblemsError("study file", problems.found) from None
