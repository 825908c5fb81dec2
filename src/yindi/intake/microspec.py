"""What an aggregate of single records is made of: files, look-ups, year, values, filters; as frozen models."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from yindi.core.config import validated
from yindi.core.errors import Problem, ProblemsError
from yindi.core.inputs import Model, Span

STAGE = "aggregate"
Scalar = str | int | float | bool


class Lookup(Model):
    """A column with codes, and how a code becomes a label: a table of the study's own, a packaged one, or its first digits."""

    column: str
    width: int | None = Field(default=None, ge=1, le=20)
    """Codes with fewer signs get zeros in front, e.g. 4 where 0111 was stored as the number 111."""
    digits: int | None = Field(default=None, ge=1, le=20)
    """How many leading signs of the code are looked up (or are the label, where nothing is looked up)."""
    fill: str = ""
    """What is put behind these digits where nothing is looked up, e.g. "0000" behind the two digits of a province."""
    table: str | None = None
    """CSV beside the spec with the study's own mapping."""
    key: str = "code"
    """Column of `table` with the codes as the records have them."""
    to: str = "to"
    """Column of `table` with the label that a code belongs to."""

    @property
    def packaged(self) -> bool:
        """True where the labels come from a table that is part of yindi."""
        return False

    @model_validator(mode="after")
    def _one_way(self) -> Lookup:
        if self.table and self.packaged:
            raise ValueError("a table of your own and a packaged level exclude each other: keep one of them")
        if self.fill and (self.table or self.packaged or not self.digits):
            raise ValueError("`fill` goes with `digits` and without a table or level")
        return self


class RegionOf(Lookup):
    """The column that says where; `level` looks six-digit codes up in GB/T 2260 (and longer ones by their first six digits)."""

    level: Literal["province", "city", "county"] | None = None
    boundaries: Literal["as_written", "today"] = "as_written"
    """today: a code that ended counts as the unit it belongs to now, as far as that is one unit."""

    @property
    def packaged(self) -> bool:
        """True with a level of GB/T 2260."""
        return self.level is not None


class IndustryOf(Lookup):
    """The column that says what; `standard` and `level` read codes of GB/T 4754, with or without the letter in front."""

    standard: Literal["GB/T 4754-2002", "GB/T 4754-2011", "GB/T 4754-2017"] | None = None
    level: Literal["section", "division", "group", "class"] | None = None
    """GB/T 4754: section (A to T), division (2 digits), group (3), class (4)."""

    @property
    def packaged(self) -> bool:
        """True with an edition of GB/T 4754."""
        return self.standard is not None

    @model_validator(mode="after")
    def _both(self) -> IndustryOf:
        if (self.standard is None) != (self.level is None):
            raise ValueError("`standard` and `level` go together")
        return self


class YearOf(Model):
    """The column with the year or a date, or one year for all records."""

    column: str | None = None
    fixed: int | None = Field(default=None, ge=1900, le=2200)

    @model_validator(mode="after")
    def _one(self) -> YearOf:
        if (self.column is None) == (self.fixed is None):
            raise ValueError("give either `column` or `fixed`")
        return self


class Value(Model):
    """What is counted or added up."""

    measure: Literal["count", "sum", "distinct"] = "count"
    column: str | None = None
    """sum: the column with the number; distinct: the column with the name or number of the firm, inventor, ..."""
    decimals: int = Field(default=2, ge=0, le=9)
    """Decimals that are kept of every number; sums of them are exact, so that no order of rows changes them."""
    absent: Literal["left_out", "zero"] = "left_out"
    """What an empty cell means: the record is left out and counted as such, or it adds nothing."""

    @model_validator(mode="after")
    def _column(self) -> Value:
        if (self.measure == "count") != (self.column is None):
            raise ValueError("sum and distinct need `column`; count takes none")
        return self


class Filter(Model):
    """Which records are used: those whose column holds one of some texts, or a number within bounds, or anything at all."""

    column: str
    among: tuple[Scalar, ...] = Field(default=(), alias="in")
    none_of: tuple[Scalar, ...] = Field(default=(), alias="not_in")
    at_least: float | None = None
    at_most: float | None = None
    present: bool | None = None

    @field_validator("among", "none_of")
    @classmethod
    def _as_text(cls, value: tuple[Scalar, ...]) -> tuple[str, ...]:
        return tuple(str(v) for v in value)

    @model_validator(mode="after")
    def _asks(self) -> Filter:
        if not (self.among or self.none_of or self.present is not None or self.bounded):
            raise ValueError("say what is asked: in, not_in, at_least, at_most or present")
        return self

    @property
    def bounded(self) -> bool:
        """True where the column must hold a number."""
        return self.at_least is not None or self.at_most is not None


class Spec(Model):
    """One aggregate as a whole."""

    title: str = ""
    inputs: tuple[str, ...] = Field(min_length=1)
    """CSV, CSV.gz or Parquet files beside the spec; `*` stands for any signs."""
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    region: RegionOf
    industry: IndustryOf
    year: YearOf
    years: Span | None = None
    """First and last year that is used; records of other years are counted and no fault."""
    values: dict[str, Value] = Field(min_length=1)
    """Name of a column of the result -> what it holds."""
    filters: tuple[Filter, ...] = ()
    most_left_out: float = Field(default=0.01, ge=0, lt=1)
    """Judgement: largest share of the chosen records that may be left out for a fault; above it only the report is written."""

    @field_validator("years")
    @classmethod
    def _in_order(cls, value: tuple[int, int] | None) -> tuple[int, int] | None:
        if value and value[0] > value[1]:
            raise ValueError(f"years must be [first, last], got {list(value)}")
        return value

    @field_validator("values")
    @classmethod
    def _names(cls, value: dict[str, Value]) -> dict[str, Value]:
        taken = {"region", "industry", "year"} & set(value)
        if taken or not all(name.isidentifier() for name in value):
            raise ValueError("names of values are letters, digits and _, and none of region, industry, year")
        return value

    @property
    def columns(self) -> dict[str, str]:
        """Column of the records -> the key of the spec that asks for it."""
        asked = {self.region.column: "region.column", self.industry.column: "industry.column"}
        asked |= {self.year.column: "year.column"} if self.year.column else {}
        asked |= {v.column: f"values.{n}.column" for n, v in self.values.items() if v.column}
        return asked | {f.column: f"filters.{n}.column" for n, f in enumerate(self.filters)}


def read_spec(data: Any, *, place: str = "aggregate.yaml") -> Spec:
    """A Spec from parsed YAML; raises ProblemsError with every unknown key (and what was meant), wrong type and missing field."""
    if not isinstance(data, dict):
        raise ProblemsError(STAGE, [Problem(place, "is empty or no mapping of keys", "see docs: microdata")])
    return validated(Spec, data, place=place, stage=STAGE)
