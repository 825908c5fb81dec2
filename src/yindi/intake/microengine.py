"""Engines that run an aggregate: DuckDB on this machine, out of core; Apache Spark where the records outgrow it."""

from __future__ import annotations

import csv
import glob
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yindi.core.errors import Problems, UsageError, did_you_mean, need
from yindi.intake.microspec import Spec

if TYPE_CHECKING:
    import ibis.expr.types as ir

ENGINES = ("duckdb", "spark")
HEAD = 1_000_000
TEXT, PARQUET = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz"), (".parquet", ".parq")


@dataclass(frozen=True, slots=True)
class Source:
    """Files that one read takes together: Parquet, or CSV with the same head in the same order."""

    kind: str
    files: tuple[str, ...]
    head: tuple[str, ...] = ()


def is_remote(pattern: str) -> bool:
    """True for an address such as hdfs://... or s3a://..., which only Spark opens."""
    return "://" in pattern


def expand(patterns: Sequence[str], folder: Path, problems: Problems) -> list[str]:
    """The files that the patterns stand for, each once, sorted; a pattern without a file is a problem."""
    found: set[str] = set()
    for n, pattern in enumerate(patterns):
        if is_remote(pattern):
            found.add(pattern)
            continue
        here = [p for p in glob.glob(str(folder / pattern), recursive=True) if Path(p).is_file()]
        if not here:
            place = (folder / pattern).parent
            near = did_you_mean(Path(pattern).name, [p.name for p in place.iterdir()]) if place.is_dir() else ()
            problems.add(f"inputs.{n}: {pattern}", "there is no such file.", "correct it, or put the file there", near)
        found |= {str(Path(p).resolve()) for p in here}
    return sorted(found)


def sources(files: Sequence[str], spec: Spec, problems: Problems) -> list[Source]:
    """The files put together by kind and head; a CSV without a column that the spec asks for is a problem."""
    together: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for file in files:
        name = file.lower()
        if name.endswith(PARQUET):
            together.setdefault(("parquet", _schema(file, problems)), []).append(file)
        elif name.endswith(TEXT):
            head = (file,) if is_remote(file) else _head(Path(file), spec, problems)
            together.setdefault(("csv", head), []).append(file)
        else:
            problems.add(Path(file).name, "is neither CSV nor Parquet.", f"known endings: {', '.join((*TEXT, *PARQUET))}")
    return [Source(kind, tuple(paths), head) for (kind, head), paths in sorted(together.items(), key=lambda kv: kv[1])]


def _schema(file: str, problems: Problems) -> tuple[str, ...]:
    if is_remote(file):
        return (file,)
    need("pyarrow", "micro")
    import pyarrow
    from pyarrow import parquet

    try:
        return tuple(f"{f.name}: {f.type}" for f in parquet.read_schema(file))
    except (OSError, pyarrow.ArrowException) as error:
        problems.add(Path(file).name, f"is no Parquet file: {error}.", "write it again")
        return ()


def _head(path: Path, spec: Spec, problems: Problems) -> tuple[str, ...]:
    opener = gzip.open if path.name.lower().endswith(".gz") else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
            head = tuple(next(csv.reader(io.StringIO(file.read(HEAD), newline=""), delimiter=spec.delimiter), []))
    except (UnicodeDecodeError, OSError, EOFError, zlib.error, csv.Error) as error:
        problems.add(path.name, f"cannot be read as UTF-8 text: {error}.", "save it as UTF-8, e.g. iconv -f GB18030 -t UTF-8")
        return ()
    _columns(head, spec, path.name, problems)
    return head


def _columns(head: Sequence[str], spec: Spec, place: str, problems: Problems) -> None:
    for column, key in spec.columns.items():
        if head.count(column) != 1:
            count = "no column" if column not in head else f"{head.count(column)} columns"
            problems.add(
                f"{place}, row 1",
                f"has {count} {column!r} ({key}).",
                f"it has: {', '.join(head[:40])}",
                did_you_mean(column, head),
            )


def records(con: Any, engine: str, found: Sequence[Source], spec: Spec, problems: Problems) -> ir.Table:
    """All records as one table of the columns that the spec asks for; types that differ between files are refused."""
    tables = []
    for n, source in enumerate(found, 1):
        table = _open(con, engine, source, f"records_{n}", spec)
        _columns(list(table.columns), spec, Path(source.files[0]).name, problems)
        tables.append((source, table))
    problems.raise_if_any()
    wanted = list(spec.columns)
    first = tables[0][1].select(*wanted)
    for source, table in tables[1:]:
        other = table.select(*wanted)
        for column in wanted:
            if _kind(other[column]) != _kind(first[column]):
                both = f"column {column!r} is {other[column].type()} here and {first[column].type()} elsewhere."
                problems.add(Path(source.files[0]).name, both, "store it in one type, codes as text")
        first = first.union(other) if not problems.found else first
    problems.raise_if_any()
    return first


def _kind(column: Any) -> str:
    kind = column.type()
    groups = {"number": kind.is_integer() or kind.is_floating() or kind.is_decimal(), "text": kind.is_string()}
    return next((name for name, holds in groups.items() if holds), str(kind))


def _open(con: Any, engine: str, source: Source, name: str, spec: Spec) -> ir.Table:
    paths = list(source.files)
    if source.kind == "parquet":
        if engine == "duckdb":
            table: ir.Table = con.read_parquet(paths, table_name=name)
            return table
        first, *others = (con.read_parquet(p, table_name=f"{name}_{n}") for n, p in enumerate(paths, 1))
        return first.union(*others) if others else first
    return text_table(con, engine, paths, source.head, name, spec.delimiter)


def text_table(con: Any, engine: str, paths: list[str], head: Sequence[str], name: str, delimiter: str = ",") -> ir.Table:
    """CSV files of one head as a table of texts; a row with too few or too many cells stops the run."""
    if engine == "duckdb":
        told = {"columns": dict.fromkeys(head, "string"), "header": True, "delim": delimiter, "quote": '"', "escape": '"'}
    else:
        told = {"inferSchema": False, "header": True, "sep": delimiter, "quote": '"', "escape": '"', "mode": "FAILFAST",
                "multiLine": True, "encoding": "UTF-8"}  # fmt: skip
    table: ir.Table = con.read_csv(paths, table_name=name, **told)
    return table


def lookups(con: Any, engine: str, pairs: Mapping[str, Mapping[str, str]], folder: Path) -> dict[str, ir.Table]:
    """Look-up tables inside the engine, by axis."""
    made = {}
    for axis, table in pairs.items():
        path = folder / f"{axis}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("code", "label"), *sorted(table.items())])
        made[axis] = text_table(con, engine, [str(path)], ("code", "label"), f"lookup_{axis}")
    return made


@contextmanager
def connected(engine: str, memory: str, scratch: Path, master: str | None = None) -> Iterator[Any]:
    """A connection of Ibis that stays below `memory` and spills into `scratch`; closed in the end."""
    if engine not in ENGINES:
        raise UsageError(f"There is no engine {engine!r}; known: {', '.join(ENGINES)}.")
    need("ibis", "micro" if engine == "duckdb" else "spark")
    made = _duckdb(memory, scratch) if engine == "duckdb" else _spark(memory, scratch, master)
    try:
        yield made
    finally:
        made.disconnect()


def _duckdb(memory: str, scratch: Path) -> Any:
    need("duckdb", "micro")
    import duckdb
    import ibis

    try:
        return ibis.duckdb.connect(memory_limit=memory, temp_directory=str(scratch / "spill"), preserve_insertion_order=False,
                                   autoinstall_known_extensions=False)  # fmt: skip
    except duckdb.Error as error:
        raise UsageError(f"--memory {memory}: {error}") from None


def _spark(memory: str, scratch: Path, master: str | None) -> Any:
    need("pyspark", "spark")
    import ibis
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    settings = {"spark.sql.ansi.enabled": "false", "spark.sql.session.timeZone": "UTC",
                "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR",
                "spark.sql.csv.parser.columnPruning.enabled": "false", "spark.local.dir": str(scratch / "spill"),
                "spark.sql.execution.arrow.pyspark.enabled": "true", "spark.driver.memory": memory.lower().removesuffix("b"),
                "spark.sql.warehouse.dir": str(scratch / "warehouse")}  # fmt: skip
    builder = SparkSession.builder.appName("yindi aggregate")
    for key, value in settings.items():
        builder = builder.config(key, value)
    builder = builder.master(master) if master else builder
    try:
        session = builder.getOrCreate()
    except (PySparkException, RuntimeError, OSError) as error:
        raise UsageError(f"Spark does not start ({error}); it needs Java 17 or newer (`java -version`, JAVA_HOME).") from None
    context = session.sparkContext
    if str(context.master).startswith("local"):
        session.conf.set("spark.sql.shuffle.partitions", str(max(2, context.defaultParallelism)))
    return ibis.pyspark.connect(session)


def versions(engine: str) -> dict[str, str]:
    """Versions of what computed the aggregate."""
    from importlib.metadata import version

    return {name: version(name) for name in ("ibis-framework", "duckdb" if engine == "duckdb" else "pyspark")}
