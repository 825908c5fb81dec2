"""Single records (firms, patents, loans, jobs) -> region x industry x year: one Ibis expression, the same for every engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from yindi.intake.microlookup import Way
from yindi.intake.microspec import Filter, Spec, Value

if TYPE_CHECKING:
    import ibis.expr.types as ir

OUTSIDE, FILTERED = "outside_years", "filtered"
NO_FAULT = (OUTSIDE, FILTERED)
EXAMPLES = 20
_YEAR = r"^[12][0-9]{3}([-/.年 T].*)?$|^[12][0-9]{5}$|^[12][0-9]{7}$"
_NUMBER = r"^[-+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][-+]?[0-9]{1,3})?$"
_LETTERED = r"^[A-Za-z][0-9]"


def grouped(records: ir.Table, lookups: Mapping[str, ir.Table], ways: Mapping[str, Way], spec: Spec) -> ir.Table:
    """The expression: a row per region, industry, year, fault and offending text, with `rows` and a column per value.

    Rows without a fault are the result; all others say what was left out and why: each record stands in exactly one group.
    `lookups`: "region" and "industry" -> table with the columns `code` and `label`, each code once.
    """
    import ibis

    coded = _coded(records, ways, spec)
    for axis, table in lookups.items():
        pairs = table.select(**{f"{axis}_key": table["code"], f"{axis}_found": table["label"]})
        coded = coded.left_join(pairs, [(f"{axis}_code", f"{axis}_key")])
    labelled = coded.mutate(**{axis: _label(coded, axis, way) for axis, way in ways.items()})
    faults = _faults(labelled, spec)
    fault = ibis.cases(*((condition, name) for name, condition, _ in faults), else_=ibis.null("string"))
    raw = ibis.cases(*((condition, text) for _, condition, text in faults), else_=ibis.null("string"))
    told = labelled.mutate(fault=fault, raw=raw)
    fine = told["fault"].isnull()
    keys = {k: ibis.ifelse(fine, told[k], ibis.null(told[k].type())) for k in ("region", "industry", "year")}
    told = told.mutate(**keys)
    sums = {name: _sum(told, name, value, told["fault"].isnull()) for name, value in spec.values.items()}
    rounded = {f"{n}_rounded": _rounded(told, n, v) for n, v in spec.values.items() if v.measure == "sum"}
    return told.group_by(["region", "industry", "year", "fault", "raw"]).aggregate(rows=told.count(), **sums, **rounded)


def cells(groups: ir.Table, spec: Spec) -> ir.Table:
    """The result in its fixed order: region, industry, year, rows, and a column per value."""
    fine = groups.filter(groups["fault"].isnull())
    columns = ["region", "industry", "year", "rows", *spec.values, *(f"{n}_rounded" for n in sums(spec))]
    return fine.select(*columns).order_by(["region", "industry", "year"])


def sums(spec: Spec) -> list[str]:
    """Names of the values that add numbers up."""
    return [n for n, v in spec.values.items() if v.measure == "sum"]


def totals(groups: ir.Table) -> ir.Table:
    """Fault -> records, and how many different texts caused it."""
    faulty = groups.filter(groups["fault"].notnull())
    return faulty.group_by("fault").aggregate(rows=faulty["rows"].sum(), texts=faulty.count()).order_by("fault")


def examples(groups: ir.Table) -> ir.Table:
    """The texts that most records of each fault have."""
    import ibis

    faulty = groups.filter(groups["fault"].notnull() & groups["raw"].notnull())
    ranked = faulty.mutate(place=ibis.row_number().over(group_by="fault", order_by=[faulty["rows"].desc(), faulty["raw"]]))
    return ranked.filter(ranked["place"] < EXAMPLES).select("fault", "raw", "rows").order_by(["fault", ibis.desc("rows"), "raw"])


def _text(column: Any) -> Any:
    """A column as text without blanks around it; null where nothing stands; whole floating numbers without their `.0`."""
    import ibis

    if column.type().is_string():
        return column.strip().nullif("")
    if column.type().is_floating():
        fine = (column == column.floor()) & (column.abs() < 1e15)
        return ibis.ifelse(fine, column.try_cast("int64").cast("string"), column.cast("string"))
    return column.cast("string")


def _absent(column: Any) -> Any:
    """True where a column holds nothing, or blanks."""
    empty = column.isnull()
    return empty | (column.strip() == "") if column.type().is_string() else empty


def _coded(records: ir.Table, ways: Mapping[str, Way], spec: Spec) -> ir.Table:
    """Only what is asked: texts of region, industry and year, codes to look up, the columns of filters and values."""
    made = {"region_written": records[spec.region.column], "industry_written": records[spec.industry.column]}
    made |= _years(records, spec)
    for n, f in enumerate(spec.filters):
        made[f"filter_{n}"] = _text(records[f.column])
        if f.bounded:
            made[f"filter_{n}_number"] = _number(records[f.column], "float64")
    for name, value in spec.values.items():
        if value.column:
            made[f"{name}_written"] = records[value.column]
        if value.measure == "sum":
            made[f"{name}_number"] = _number(records[str(value.column)], f"decimal(18, {value.decimals})")
            made[f"{name}_exact"] = _number(records[str(value.column)], "float64")
    coded = records.select(**made)
    codes = {f"{axis}_clean": _clean(_text(coded[f"{axis}_written"]), way) for axis, way in ways.items()}
    coded = coded.mutate(**codes)
    keys = {f"{axis}_code": _first(coded[f"{axis}_clean"], way.key_digits) for axis, way in ways.items()}
    return coded.mutate(**keys)


def _first(text: Any, digits: int | None) -> Any:
    return text if digits is None else text.substr(0, digits)


def _clean(raw: Any, way: Way) -> Any:
    import ibis

    text = ibis.ifelse(raw.re_search(_LETTERED), raw.substr(1), raw) if way.lettered else raw
    if way.width is None:
        return text
    return ibis.ifelse(text.length() < way.width, text.lpad(way.width, "0"), text)


def _label(coded: ir.Table, axis: str, way: Way) -> Any:
    """The label of a code; null where it is in no table, or has fewer digits than the label needs."""
    import ibis

    clean, code, none = coded[f"{axis}_clean"], coded[f"{axis}_code"], ibis.null("string")
    if way.pairs is None:
        short = way.key_digits is not None and clean.length() < way.key_digits
        label = code + way.fill if way.fill else code
        return label if way.key_digits is None else ibis.ifelse(short, none, label)
    found = coded[f"{axis}_found"]
    if way.label_digits is None:
        return found
    long_enough = found.notnull() & (clean.length() >= way.label_digits)
    return ibis.ifelse(long_enough, clean.substr(0, way.label_digits), none)


def _years(records: ir.Table, spec: Spec) -> dict[str, Any]:
    import ibis

    if spec.year.column is None:
        return {"year_written": ibis.literal(str(spec.year.fixed)), "year": ibis.literal(spec.year.fixed, "int32")}
    column = records[spec.year.column]
    if column.type().is_date() or column.type().is_timestamp():
        return {"year_written": column, "year": column.year().cast("int32")}
    text = _text(column)
    return {
        "year_written": column,
        "year": ibis.ifelse(text.re_search(_YEAR), text.substr(0, 4), ibis.null("string")).try_cast("int32"),
    }


def _number(column: Any, kind: str) -> Any:
    """The number in a column; null where the text is none."""
    import ibis

    if not column.type().is_string():
        return column.try_cast(kind)
    text = _text(column)
    return ibis.ifelse(text.re_search(_NUMBER), text, ibis.null("string")).try_cast(kind)


def _faults(t: ir.Table, spec: Spec) -> list[tuple[str, Any, Any]]:
    """Name, condition and offending text of every reason not to use a record, in the order in which they are asked."""
    import ibis

    none = ibis.null("string")
    found: list[tuple[str, Any, Any]] = []
    for n, f in enumerate(spec.filters):
        found += _filtered(t, n, f)
    for axis in ("year", "region", "industry"):
        written = t[f"{axis}_written"]
        found.append((f"{axis}_absent", _absent(written), none))
        found.append((f"{axis}_unmatched", t[axis].isnull(), _text(written)))
        if axis == "year" and spec.years:
            found.append((OUTSIDE, ~t["year"].between(*spec.years), t["year"].cast("string")))
    for name, value in spec.values.items():
        found += _unusable(t, name, value)
    return found


def _filtered(t: ir.Table, n: int, f: Filter) -> list[tuple[str, Any, Any]]:
    import ibis

    text, none = t[f"filter_{n}"], ibis.null("string")
    kept = []
    if f.present is not None:
        kept.append(text.notnull() if f.present else text.isnull())
    if f.among:
        kept.append(text.isin(f.among).fill_null(False))
    if f.none_of:
        kept.append(~text.isin(f.none_of).fill_null(False))
    faults = []
    if f.bounded:
        number = t[f"filter_{n}_number"]
        faults += [(f"filter_absent:{f.column}", text.isnull(), none), (f"filter_unreadable:{f.column}", number.isnull(), text)]
        kept += [number >= f.at_least] if f.at_least is not None else []
        kept += [number <= f.at_most] if f.at_most is not None else []
    return faults + [(FILTERED, ~condition, none) for condition in kept]


def _unusable(t: ir.Table, name: str, value: Value) -> list[tuple[str, Any, Any]]:
    import ibis

    if value.column is None:
        return []
    written = t[f"{name}_written"]
    absent = _absent(written)
    faults = [] if value.absent == "zero" else [(f"value_absent:{name}", absent, ibis.null("string"))]
    if value.measure == "distinct":
        return faults
    number = t[f"{name}_number"]
    faults.append((f"value_unreadable:{name}", ~absent & number.isnull(), _text(written)))
    return [*faults, (f"value_negative:{name}", (number < 0).fill_null(False), _text(written))]


def _sum(t: ir.Table, name: str, value: Value, fine: Any) -> Any:
    if value.measure == "count":
        return t.count(where=fine)
    if value.measure == "distinct":
        written = t[f"{name}_written"]
        return (_text(written) if written.type().is_string() else written).nunique(where=fine)
    return t[f"{name}_number"].sum(where=fine)


def _rounded(t: ir.Table, name: str, value: Value) -> Any:
    """How many used numbers have more decimals than are kept."""
    exact = t[f"{name}_exact"]
    apart = (t[f"{name}_number"].cast("float64") - exact).abs() > 10.0**-value.decimals / 1000 + exact.abs() * 1e-12
    return t.count(where=t["fault"].isnull() & apart.fill_null(False))
