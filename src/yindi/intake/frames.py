"""Data sets of statistics programs as rows of cells: Stata (dta) and Parquet; the first row holds the names of the columns."""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from yindi.core.errors import need
from yindi.intake import limits

KINDS = (".dta", ".parquet")
Rows = tuple[tuple[object, ...], ...]


def read(path: Path, kind: str, encoding: str | None = None) -> tuple[Rows, tuple[str, ...]]:
    """(rows, labels of the columns); raises UsageError naming the extra that is missing, ValueError for damaged files."""
    return _stata(path, encoding) if kind == ".dta" else _parquet(path)


def _stata(path: Path, encoding: str | None) -> tuple[Rows, tuple[str, ...]]:
    from pandas.io.stata import StataReader

    try:
        with warnings.catch_warnings(), StataReader(path, convert_dates=True, order_categoricals=False) as reader:
            warnings.simplefilter("ignore")
            labels = reader.variable_labels()
            frame = reader.read()
    except (*limits.FAULTS, AttributeError, TypeError, AssertionError, ArithmeticError, StopIteration) as fault:
        raise ValueError(f"is no Stata data set that can be read ({type(fault).__name__}: {fault}).") from None
    limits.cells(len(frame), len(frame.columns))
    fix = _fixer(path, encoding)
    columns = [[_plain(fix(v)) for v in frame.iloc[:, k].astype(object)] for k in range(len(frame.columns))]
    names = [str(fix(str(c))) for c in frame.columns]
    return _rows(names, columns), tuple(str(fix(labels.get(c, ""))) for c in frame.columns)


def _fixer(path: Path, encoding: str | None) -> Any:
    """Text of old Stata files (before version 14) is read byte by byte: UTF-8 or GB18030, or as said."""
    with path.open("rb") as file:
        old = not file.read(40).startswith((b"<stata_dta><header><release>118", b"<stata_dta><header><release>119"))

    def fix(value: object) -> object:
        if not old or not isinstance(value, str) or value.isascii():
            return value
        data = value.encode("latin-1", "replace")
        for name in (encoding,) if encoding else ("utf-8", "gb18030"):
            try:
                return data.decode(name)
            except UnicodeDecodeError:
                continue
        return value

    return fix


def _parquet(path: Path) -> tuple[Rows, tuple[str, ...]]:
    parquet = need("pyarrow.parquet", "parquet")
    with parquet.ParquetFile(path) as looked:
        seen, schema = looked.metadata, looked.schema_arrow
    _bounded(seen, schema)
    texts = [f.name for f in schema if str(f.type) in ("string", "large_string", "binary", "large_binary")]
    with parquet.ParquetFile(path, read_dictionary=texts) as file:
        table = file.read()
    table = table.drop_columns([n for n in table.column_names if n.startswith("__index_level_")])
    columns = [_values(table.column(k)) for k in range(table.num_columns)]
    labels = tuple((f.metadata or {}).get(b"label", b"").decode("utf-8", "replace") for f in table.schema)
    return _rows(table.column_names, columns), labels


def _bounded(seen: Any, schema: Any) -> None:
    """Refuse what unpacks to more than any table holds, and columns that hold lists: one cell of them may be a table itself."""
    limits.cells(seen.num_rows, seen.num_columns)
    unpacked = sum(seen.row_group(n).total_byte_size for n in range(seen.num_row_groups))
    if unpacked > limits.UNPACKED_BYTES:
        raise limits.TooMuch(f"unpacks to {unpacked:,} bytes.", "keep the columns and rows that are needed")
    nested = [f.name for f in schema if f.type.num_fields]
    if nested:
        raise limits.TooMuch(f"the column(s) {', '.join(nested[:5])} hold lists or records, not values.", "leave them out")


def _values(column: Any) -> list[object]:
    """The cells of a column; texts that stand often are held once."""
    made: list[object] = []
    for chunk in column.chunks:
        if not hasattr(chunk, "dictionary"):
            made += [_plain(v) for v in chunk.to_pylist()]
            continue
        texts = [v.decode("utf-8", "replace") if isinstance(v, bytes) else _plain(v) for v in chunk.dictionary.to_pylist()]
        made += ["" if n is None else texts[n] for n in chunk.indices.to_pylist()]
    return made


def _rows(names: Iterable[str], columns: Iterable[list[object]]) -> Rows:
    return (tuple(names), *zip(*columns, strict=True))


def _plain(value: Any) -> object:
    """A cell as other readers give it: no value is an empty text, whole days of a year stay dates."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool) or type(value).__module__ == "numpy":
        return value.item() if hasattr(value, "item") else value
    if isinstance(value, datetime.datetime):
        return value.date()
    return value if isinstance(value, (str, int, float, datetime.date)) else str(value)
