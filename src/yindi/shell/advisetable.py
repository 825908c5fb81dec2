"""A table of amounts by region, year and activity for `yindi advise`: no column is guessed, what is dropped is counted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from yindi.core.errors import MethodError, Problem, Problems, ProblemsError, UsageError, did_you_mean, need
from yindi.opportunities.panels import DUPLICATES, Cube, cube, in_order

if TYPE_CHECKING:
    import pandas

ABSENT = ("", "na", "n/a", "nan", "null", "none", ".", "..", "...", "-", "--", "—", "…", ":", "*", "x", "#n/a")
WIDE = ("", "year", "activity")
HINTS = {"--year": "; or --year =2020 where the whole table is of one year; or --wide year where every year has its own column",
         "--activity": "; or --wide activity where every activity has its own column"}  # fmt: skip
KEYS = ("region", "year", "activity", "value")


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the four columns; `year` may be "=2020", a whole table of that year. where: column -> value of the rows read.

    wide: "year" or "activity" where every year, or every activity, has a column of its own; `where` columns stay out of them.
    """

    region: str = "region"
    year: str = "year"
    activity: str = "activity"
    value: str = "value"
    where: Mapping[str, str] = field(default_factory=dict)
    wide: str = ""

    @property
    def fixed_year(self) -> str:
        """The year of the whole table, or empty."""
        return self.year[1:].strip() if self.year.startswith("=") else ""


@dataclass(frozen=True, slots=True)
class Read:
    """The cube, rows of the file, rows left out by `where`, without a label, and without a number (these count as 0)."""

    cube: Cube
    rows: int
    filtered: int
    unlabelled: int
    absent: int


def read(path: Path, columns: Columns, *, duplicates: str = "refuse") -> Read:
    """The table as a cube with sorted labels: CSV or TSV (also .gz; UTF-8, GB18030), xlsx, parquet, dta.

    Raises UsageError for another ending; ProblemsError for columns that are not there, cells that are no numbers, negative
    amounts, cells listed twice (unless duplicates="sum"), years that cannot be put in order and a year in which nothing is made.
    """
    if duplicates not in DUPLICATES:
        raise UsageError(f"--duplicates must be one of {', '.join(DUPLICATES)}, not {duplicates!r}.")
    if columns.wide not in WIDE:
        raise UsageError(f"--wide must be one of year and activity, not {columns.wide!r}.")
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file.")
    frame = _frame(path)
    frame.columns = [str(c).strip().lstrip("\ufeff") for c in frame.columns]
    _known(frame, columns, path.name)
    rows = len(frame)
    frame = _long(_where(frame, columns, path.name), columns)
    left = rows - len(frame) if not columns.wide else 0
    keys = {k: _labels(frame, columns, k) for k in KEYS[:3]}
    named = np.logical_and.reduce([k != "" for k in keys.values()])
    value = _numbers(frame[columns.value], path.name)
    there = np.isfinite(value) & named
    if not there.any():
        raise _faulty(path.name, "no row has a region, a year, an activity and a number.", "name its columns")
    try:
        made = cube(_cube({k: v[there] for k, v in keys.items()}, value[there], duplicates))
    except MethodError as error:
        raise _faulty(path.name, str(error)) from error
    return Read(made, rows, left, int((~named).sum()), int((named & ~np.isfinite(value)).sum()))


def _faulty(name: str, message: str, way_out: str = "") -> ProblemsError:
    return ProblemsError("advise", [Problem(name, message, way_out)])


def _long(frame: pandas.DataFrame, columns: Columns) -> pandas.DataFrame:
    """A wide table as rows; a long one as it is. What is empty in a wide table is not listed."""
    if not columns.wide:
        return frame
    keys = [columns.region, columns.activity if columns.wide == "year" else columns.year, *columns.where]
    kept = [k for k in dict.fromkeys(keys) if k in frame.columns]
    head = columns.year if columns.wide == "year" else columns.activity
    made = frame.melt(id_vars=kept, var_name=head, value_name=columns.value)
    empty = made[columns.value].isna() | (made[columns.value].astype(str).str.strip() == "")
    return made[~empty].reset_index(drop=True)


def frame(path: Path) -> pandas.DataFrame:
    """A table as it stands, all text, with clean heads; UsageError where it is not there or cannot be read."""
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file.")
    made = _frame(path)
    made.columns = [str(c).strip().lstrip("\ufeff") for c in made.columns]
    return made


def _frame(path: Path) -> pandas.DataFrame:
    import pandas

    name = path.name.lower().removesuffix(".gz")
    try:
        if name.endswith((".csv", ".tsv", ".txt")):
            return _text(path)
        if name.endswith((".xlsx", ".xlsm", ".xls")):
            return pandas.read_excel(path, dtype=str, keep_default_na=False, engine="calamine")
        if name.endswith(".parquet"):
            need("pyarrow", "parquet")
            return pandas.read_parquet(path)
        if name.endswith(".dta"):
            return pandas.read_stata(path, convert_categoricals=True)
    except (OSError, EOFError, ValueError, KeyError) as error:
        if isinstance(error, UsageError):
            raise
        raise UsageError(f"{path.name}: cannot be read ({error}).") from error
    raise UsageError(f"{path.name}: unknown kind of table. Read are .csv, .tsv, .csv.gz, .xlsx, .parquet and .dta.")


def _text(path: Path) -> pandas.DataFrame:
    """A delimited file as text; decoded as UTF-8 where its bytes are that, else as GB18030."""
    import gzip
    import io

    import pandas

    raw = path.read_bytes()
    raw = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    for encoding in ("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "gb18030"):
        try:
            raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise UsageError(f"{path.name}: is neither UTF-8 nor GB18030; save it as UTF-8.")
    head = raw[:20000].decode(encoding, errors="ignore").split("\n", 1)[0]
    separator = max(",;\t|", key=head.count)
    return pandas.read_csv(io.BytesIO(raw), sep=separator, dtype=str, keep_default_na=False, encoding=encoding)


def _known(frame: pandas.DataFrame, columns: Columns, name: str) -> None:
    problems, heads = Problems("advise"), [str(c) for c in frame.columns]
    asked = {"--region": columns.region, "--activity": columns.activity, "--value": columns.value}
    asked |= {} if columns.fixed_year else {"--year": columns.year}
    asked = {k: v for k, v in asked.items() if k not in (f"--{columns.wide}", "--value" if columns.wide else "")}
    asked |= {f"--where {k}": k for k in columns.where}
    for option, column in asked.items():
        if column not in heads:
            hint = HINTS.get(option, "")
            near = did_you_mean(column, heads)
            problems.add(f"{name}: {option}", f"there is no column {column!r}.",
                         f"name one of {', '.join(_seen(frame, h) for h in heads[:30])}{hint}", near)  # fmt: skip
        elif heads.count(column) > 1:
            problems.add(f"{name}: {option}", f"{column!r} heads several columns.", "give each its own head")
    problems.raise_if_any()


def _seen(frame: pandas.DataFrame, head: str) -> str:
    first = next((str(v) for v in frame[head].iloc[:50] if str(v).strip()), "") if list(frame.columns).count(head) == 1 else ""
    return f"{head!r} (e.g. {first[:24]})" if first else repr(head)


def _where(frame: pandas.DataFrame, columns: Columns, name: str) -> pandas.DataFrame:
    for column, wanted in columns.where.items():
        text = frame[column].astype(str).str.strip()
        kept = frame[text == wanted]
        if not len(kept):
            known = sorted(set(text))[:12]
            raise UsageError(f"{name}: no row has {column} = {wanted!r}; there are {', '.join(known)}.")
        frame = kept
    return frame


def _labels(frame: pandas.DataFrame, columns: Columns, key: str) -> np.ndarray:
    """Labels as text; a column of whole numbers written as decimals loses its .0; no number is made of a code."""
    if key == "year" and columns.fixed_year:
        return np.full(len(frame), columns.fixed_year, dtype=object)
    column = frame[getattr(columns, key)]
    from pandas import Series, factorize

    codes, found = factorize(column.to_numpy(dtype=object), use_na_sentinel=True)
    text = ["" if v is None else str(v).strip() for v in found]
    if text and all(re.fullmatch(r"\d+\.0", t) or not t for t in text):
        text = [t.removesuffix(".0") for t in text]
    return np.asarray(Series([*text, ""], dtype=object).to_numpy()[codes])


def _numbers(column: pandas.Series[Any], name: str) -> np.ndarray:
    """Numbers, NaN where a cell says that it is absent; ProblemsError for anything else."""
    from pandas import to_numeric
    from pandas.api.types import is_numeric_dtype

    if is_numeric_dtype(column):
        return np.asarray(column.to_numpy(dtype=float, na_value=np.nan))
    text = column.astype(str).str.strip()
    made = to_numeric(text, errors="coerce").to_numpy(dtype=float, copy=True)
    odd = np.flatnonzero(~np.isfinite(made))
    left = [n for n in odd if text.iloc[n].lower() not in ABSENT]
    for n in list(left):
        plain = text.iloc[n].replace(",", "").replace("\u00a0", "").replace(" ", "")
        if re.fullmatch(r"-?\d+(\.\d+)?", plain):
            made[n] = float(plain)
            left.remove(n)
    problems = Problems("advise")
    for n in left[:5]:
        problems.add(f"{name}: row {column.index[n] + 2}, {column.name}", f"{text.iloc[n]!r} is no number"
                     + (f" ({len(left)} such cells)." if n == left[0] else "."), "mend it, or leave the cell empty")  # fmt: skip
    problems.raise_if_any()
    return np.asarray(made)


def _cube(keys: Mapping[str, np.ndarray], value: np.ndarray, duplicates: str) -> Cube:
    from pandas import factorize

    found = [factorize(keys[k], sort=True) for k in KEYS[:3]]
    labels = [tuple(str(v) for v in names) for _, names in found]
    order = in_order(labels[1])
    found[1] = (np.argsort(order)[found[1][0]], found[1][1])
    labels[1] = tuple(labels[1][n] for n in order)
    bad = np.flatnonzero(value < 0)
    if len(bad):
        at = ", ".join(str(keys[k][bad[0]]) for k in KEYS[:3])
        raise MethodError(f"{len(bad)} value(s) are negative, the first {value[bad[0]]:g} of {at}: amounts are counted or "
                          "valued, never negative.")  # fmt: skip
    shape = tuple(len(n) for n in labels)
    size = int(np.prod(shape, dtype=float))
    if size > 4e8:
        raise UsageError(f"{' x '.join(map(str, shape))} regions, years and activities are more than this machine is asked to "
                         "hold; use --where, or fewer years.")  # fmt: skip
    cell = np.ravel_multi_index(tuple(codes for codes, _ in found), shape)
    if duplicates == "refuse":
        _once(cell, shape, labels, size)
    return Cube(np.bincount(cell, value, minlength=size).reshape(shape), *labels)


def _once(cell: np.ndarray, shape: tuple[int, ...], labels: list[tuple[str, ...]], size: int) -> None:
    count = np.bincount(cell, minlength=size)
    many = int((count > 1).sum())
    if many:
        at = ", ".join(names[int(n)] for names, n in zip(labels, np.unravel_index(int(count.argmax()), shape), strict=True))
        raise MethodError(f"{many} cells stand in the file {int(count.max())} times or fewer but more than once, e.g. {at}. "
                          "--duplicates sum adds them up (quarters, parts of a region); a column that tells them apart can be "
                          "fixed by --where COLUMN=VALUE.")  # fmt: skip
