"""The part of study.yaml that says what is read: regions, files, bridges over changes of territory, treatments."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

Choice = Literal["drop", "within_years", "split", "impute", "keep", "correct"]


class Model(BaseModel):
    """Frozen, and unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, populate_by_name=True,
                              allow_inf_nan=False)  # fmt: skip


def _span(value: tuple[int, int]) -> tuple[int, int]:
    """First and last year, in order and within 1900 to 2200."""
    if not 1900 <= value[0] <= value[1] <= 2200:
        raise ValueError(f"years must be [first, last] within 1900 to 2200, got {list(value)}")
    return value


Span = Annotated[tuple[int, int], AfterValidator(_span)]


class Title(Model):
    """A text in both languages."""

    zh: str
    en: str


class Regions(Model):
    """Which regions there are and how they hang together."""

    standard: Literal["gbt2260", "nuts", "iso3166_2", "own"] = "gbt2260"
    """Table of region codes; own: the table beside the study file, named by `table`."""
    level: Literal["province", "city", "county", "nuts0", "nuts1", "nuts2", "nuts3", "unit"] = "province"
    """GB/T 2260: province, city, county; NUTS: nuts0 to nuts3; ISO 3166-2 and own tables: unit."""
    table: str | None = None
    """CSV beside the study file: code, name, name_en, parent, group, longitude, latitude, area, population, aliases."""
    version: Literal["2010", "2013", "2016", "2021", "2024"] | None = None
    """NUTS: version of the classification; codes that ended before it are refused, with their successors."""
    country: str | None = None
    """ISO 3166-2: the country's two letters; its national codes (e.g. FIPS) and short names are then known too."""
    neighbours: str | None = None
    """CSV beside the study file with an edge a line: two region codes."""
    nearest: int | None = Field(default=None, ge=1, le=20)
    """Neighbours are the nearest regions by coordinates, this many of each, where there is no list."""
    map: str | None = None
    """GeoJSON or TopoJSON beside the study file with the boundaries of the regions in degrees; maps are drawn from it."""
    map_code: str | None = None
    """Property of that file with the regions' codes; without it the property that knows most of them is taken."""
    map_source: str = ""
    """Who the boundaries are from, as it shall stand below every map."""
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
        if self.standard == "gbt2260" and self.table:
            raise ValueError("standard: gbt2260 has its own table; leave `table` out, or choose standard: own")
        if self.standard == "own" and not self.table:
            raise ValueError("standard: own needs `table`, a CSV with at least the columns code and name")
        return self


class Input(Model):
    """One file and how it is laid out."""

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
    years: Span | None = None
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
    per: dict[str, str] = {}
    """Code -> the variable that it is divided by: the file holds a total (patents), the study measures it per head."""
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


class Bridge(Model):
    """Joins series over a change of territory: `into` is the sum of `parts`, each times its share."""

    into: str
    """Code of the region of the study."""
    parts: dict[str, float]
    """Code -> the share of it that belongs to `into` (1: all of it)."""
    years: Span
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


class Treatment(Model):
    """What to do about one finding, and why."""

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
    covariates: tuple[str, ...] = ()
    """For impute with method `panel_regression`: variables whose known values explain the absent ones."""
    source: str = ""
    """Where the right value stands, e.g. a yearbook and page."""
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


class Identity(Model):
    """Variables that must add up: total = sum of parts, in every region and year."""

    total: str
    parts: tuple[str, ...] = Field(min_length=2)
    tolerance: float = Field(default=0.005, ge=0, lt=1)
    """Relative distance that rounding may make."""


class Deflator(Model):
    """A declared price index that turns a variable into prices of one year; the cells become derived ones."""

    index: str
    """Variable with the index."""
    base: int
    """Year whose prices are used."""
    chain: bool = False
    """True: the index compares with the year before (previous year = 100); False: with one fixed year."""
    reason: str | Title = ""


class SeriesNote(Model):
    """What a series is, in the producer's words: its vintage and its price base, from a year on."""

    vintage: dict[str, str] = {}
    """First year -> vintage, e.g. {"2011": "before the census", "2019": "after the fourth economic census"}."""
    price_base: dict[str, str] = {}
    """First year -> price base, e.g. {"2011": "2010 prices", "2016": "2015 prices"}."""
    source: str = ""

    @field_validator("vintage", "price_base", mode="before")
    @classmethod
    def _years_as_text(cls, value: Any) -> Any:
        return {str(k): v for k, v in value.items()} if isinstance(value, dict) else value
