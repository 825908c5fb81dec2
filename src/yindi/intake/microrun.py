"""One aggregate from its spec to activity.csv, aggregate.json (manifest) and aggregate.txt (report)."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import platform
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from yindi import __version__
from yindi.core.errors import Problem, Problems, ProblemsError, UsageError
from yindi.intake import microdata, microengine, microlookup
from yindi.intake.microlookup import Way
from yindi.intake.microspec import STAGE, Spec

CELLS, MANIFEST, REPORT = "activity.csv", "aggregate.json", "aggregate.txt"
BATCH = 100_000
FAILURES = ("_duckdb", "duckdb", "pyspark", "ibis", "py4j", "pyarrow")


@dataclass(slots=True)
class Outcome:
    """What came of the records: all read, used, not chosen, left out by fault with examples, and the sums of the result."""

    spec: Spec
    records: int = 0
    used: int = 0
    cells: int = 0
    years: tuple[int, int] | None = None
    regions: int = 0
    industries: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)
    rounded: dict[str, int] = field(default_factory=dict)
    not_chosen: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    texts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    manifest: dict[str, Any] = field(default_factory=dict)

    @property
    def faulty(self) -> int:
        """Chosen records that were left out for a fault."""
        return sum(self.left_out.values())

    @property
    def share(self) -> float:
        """Faulty records as a share of all chosen ones."""
        return self.faulty / (self.used + self.faulty) if self.faulty else 0.0


def run(
    spec: Spec,
    folder: Path,
    out: Path,
    *,
    engine: str = "duckdb",
    memory: str = "4GB",
    master: str | None = None,
    place: str = "",
) -> Outcome:
    """Aggregate the records of a spec (paths relative to `folder`) into `out`.

    `memory`: what the engine may hold (DuckDB: the rest is spilled to disk). Raises ProblemsError where files, columns or
    look-ups are wrong, no record is left, or more than `most_left_out` of them are at fault (the report is written even then).
    """
    problems = Problems(STAGE)
    files = microengine.expand(spec.inputs, folder, problems)
    if engine == "duckdb" and any(microengine.is_remote(f) for f in files):
        raise UsageError("Addresses (hdfs://, s3a://, ...) are read by Spark: --engine spark.")
    found = microengine.sources(files, spec, problems)
    ways = {
        "region": microlookup.region(spec.region, folder, problems),
        "industry": microlookup.industry(spec.industry, folder, problems),
    }
    problems.raise_if_any()
    out.mkdir(parents=True, exist_ok=True)
    _forget(out)
    with tempfile.TemporaryDirectory(prefix=".aggregate-", dir=out) as made:
        scratch = Path(made)
        outcome = _computed(spec, found, ways, engine, memory, master, scratch)
        outcome.manifest = _manifest(outcome, files, folder, engine, place)
        fault = _refusal(outcome)
        _write(outcome, out, scratch, whole=fault is None)
    if fault is not None:
        raise ProblemsError(STAGE, fault)
    return outcome


def _computed(spec: Spec, found: list[microengine.Source], ways: Mapping[str, Way], engine: str, memory: str,
              master: str | None, scratch: Path) -> Outcome:  # fmt: skip
    outcome = Outcome(spec)
    pairs = {axis: way.pairs for axis, way in ways.items() if way.pairs is not None}
    try:
        with microengine.connected(engine, memory, scratch, master) as con:
            records = microengine.records(con, engine, found, spec, Problems(STAGE))
            expression = microdata.grouped(records, microengine.lookups(con, engine, pairs, scratch), ways, spec)
            outcome.manifest["sql"] = con.compile(expression, pretty=True)
            with expression.cache() as groups:
                _left_out(outcome, groups)
                _cells(outcome, groups, scratch / CELLS)
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in FAILURES:
            raise
        raise ProblemsError(STAGE, [Problem(f"engine {engine}", _short(error), _way_out(error))]) from None
    return outcome


def _short(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip() and not line.strip().startswith("at ")]
    return " ".join(lines)[:600]


def _way_out(error: Exception) -> str:
    if "memory" in str(error).lower():
        return "give it more --memory, or room on the disk that holds --out"
    return "mend the file it names; rows need as many cells as the head, texts with the delimiter need quotation marks"


def _rows(table: Any) -> Iterator[dict[str, Any]]:
    for batch in table.to_pyarrow_batches(chunk_size=BATCH):
        yield from batch.to_pylist()


def _left_out(outcome: Outcome, groups: Any) -> None:
    for row in _rows(microdata.totals(groups)):
        kept = outcome.not_chosen if row["fault"] in microdata.NO_FAULT else outcome.left_out
        kept[row["fault"]] = int(row["rows"])
        outcome.texts[row["fault"]] = int(row["texts"])
        outcome.records += int(row["rows"])
    for row in _rows(microdata.examples(groups)):
        outcome.examples.setdefault(row["fault"], []).append((row["raw"], int(row["rows"])))


def _cells(outcome: Outcome, groups: Any, path: Path) -> None:
    """Write the cells, in the order of the query, and add up what they hold."""
    import pyarrow.compute as pc

    names, sums = list(outcome.spec.values), microdata.sums(outcome.spec)
    outcome.sums, outcome.rounded = dict.fromkeys(names, Decimal(0)), dict.fromkeys(sums, 0)
    labels: dict[str, set[Any]] = {"region": set(), "industry": set(), "year": set()}
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*labels, *names])
        for batch in microdata.cells(groups, outcome.spec).to_pyarrow_batches(chunk_size=BATCH):
            columns = {name: batch.column(name) for name in batch.schema.names}
            writer.writerows(zip(*(columns[k].to_pylist() for k in labels), *(_written(columns[n]) for n in names), strict=True))
            outcome.cells += batch.num_rows
            outcome.used += int(pc.sum(columns["rows"]).as_py() or 0)
            for name in names:
                outcome.sums[name] += Decimal(pc.sum(columns[name]).as_py() or 0)
            for name in sums:
                outcome.rounded[name] += int(pc.sum(columns[f"{name}_rounded"]).as_py() or 0)
            for axis, seen in labels.items():
                seen.update(pc.unique(columns[axis]).to_pylist())
    outcome.records += outcome.used
    outcome.regions, outcome.industries = len(labels["region"]), len(labels["industry"])
    outcome.years = (min(labels["year"]), max(labels["year"])) if labels["year"] else None


def _written(column: Any) -> list[str]:
    """Whole numbers and decimals as text without zeros at the end."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.cast(column, pa.string())
    if pa.types.is_decimal(column.type):
        text = pc.if_else(pc.match_substring(text, "."), pc.utf8_rtrim(pc.utf8_rtrim(text, "0"), "."), text)
    written: list[str] = pc.fill_null(text, "0").to_pylist()
    return written


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _refusal(outcome: Outcome) -> list[Problem] | None:
    if outcome.records == 0:
        return [Problem("inputs", "the files hold no record.", "export them again with their rows")]
    told = [_fault(outcome, fault) for fault in outcome.left_out]
    if outcome.share > outcome.spec.most_left_out:
        head = f"{outcome.faulty:,} of {outcome.used + outcome.faulty:,} chosen records ({outcome.share:.2%}) are at fault, "
        head += f"more than most_left_out ({outcome.spec.most_left_out:.2%}); {REPORT} lists them."
        return [Problem("records", head, "mend the records or the look-up tables, or raise most_left_out"), *told]
    if outcome.used == 0:
        return [Problem("records", "none is left after years and filters.", "correct `years` and `filters`")]
    return None


def _fault(outcome: Outcome, fault: str) -> Problem:
    seen = ", ".join(f"{raw!r} ({rows:,})" for raw, rows in outcome.examples.get(fault, [])[:5])
    return Problem(fault, f"{outcome.left_out[fault]:,} records" + (f", e.g. {seen}." if seen else "."))


def digest(path: Path) -> str:
    """SHA-256 of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _file(name: str, folder: Path) -> dict[str, Any]:
    if microengine.is_remote(name):
        return {"file": name, "sha256": None}
    path = Path(name) if Path(name).is_absolute() else folder / name
    shown = os.path.relpath(path, folder.resolve()) if path.is_absolute() else name
    return {"file": Path(shown).as_posix(), "sha256": digest(path), "bytes": path.stat().st_size}


def _manifest(outcome: Outcome, files: list[str], folder: Path, engine: str, place: str) -> dict[str, Any]:
    spec = outcome.spec
    tables = [t for t in (spec.region.table, spec.industry.table) if t]
    return {
        "format": "yindi-aggregate", "schema_version": 1, "title": spec.title,
        "spec": {"file": place, "content": spec.model_dump(mode="json", by_alias=True, exclude_defaults=True)},
        "inputs": [_file(f, folder) for f in files], "tables": [_file(t, folder) for t in tables],
        "engine": engine, "versions": {"yindi": __version__, "python": platform.python_version(), **microengine.versions(engine)},
        **record(outcome), "sql": outcome.manifest["sql"],
    }  # fmt: skip


def record(outcome: Outcome) -> dict[str, Any]:
    """The counts as plain records."""
    return {
        "records": outcome.records, "used": outcome.used, "not_chosen": outcome.not_chosen, "faulty": outcome.faulty,
        "share_faulty": outcome.share, "most_left_out": outcome.spec.most_left_out, "cells": outcome.cells,
        "regions": outcome.regions, "industries": outcome.industries, "years": outcome.years,
        "left_out": {f: {"records": n, "texts": outcome.texts[f],
                         "examples": [{"text": raw, "records": k} for raw, k in outcome.examples.get(f, [])]}
                     for f, n in outcome.left_out.items()},
        "sums": {n: _plain(v) for n, v in outcome.sums.items()}, "rounded": outcome.rounded,
    }  # fmt: skip


def lines(outcome: Outcome) -> list[str]:
    """The report as text: where every record went, and how a study reads the result."""
    spec = outcome.spec
    span = f"{outcome.years[0]} to {outcome.years[1]}" if outcome.years else "no year"
    size = f"{outcome.regions} regions, {outcome.industries} industries, {span}"
    counted = [("records read", outcome.records, "")]
    counted += [(f"  {_said(fault)}", n, "") for fault, n in outcome.not_chosen.items()]
    counted += [("  left out", outcome.faulty, f"{outcome.share:.3%} of the chosen ones"), ("  used", outcome.used, "")]
    counted += [("cells", outcome.cells, size)]
    said = [spec.title] if spec.title else []
    said += [f"{name:<18}{n:>16,}" + (f"  ({note})" if note else "") for name, n, note in counted]
    said += [f"sum of {name:<11}{_plain(n):>16}" for name, n in outcome.sums.items() if spec.values[name].measure != "distinct"]
    said += [f"{n:,} numbers of {name} have more than {spec.values[name].decimals} decimals and were rounded"
             for name, n in outcome.rounded.items() if n]  # fmt: skip
    said += _listed(outcome)
    said += ["", "In study.yaml:", "  - file: " + CELLS, "    content: activity", "    layout: long", "    region: region",
             "    item: industry", "    year: year", f"    value: {next(iter(spec.values))}", "    absent: zero"]  # fmt: skip
    return said


def _listed(outcome: Outcome) -> list[str]:
    said = ["", "Left out, each record once, for its first fault:"] if outcome.left_out else []
    for fault, n in outcome.left_out.items():
        said.append(f"  {_said(fault)}: {n:,}" + (f" ({outcome.texts[fault]:,} different)" if fault in outcome.examples else ""))
        said += [f"    {raw!r}: {k:,}" for raw, k in outcome.examples.get(fault, [])]
    return said


def _said(fault: str) -> str:
    kind, _, name = fault.partition(":")
    return kind.replace("_", " ") + (f" ({name})" if name else "")


def _forget(out: Path) -> None:
    """Remove what an earlier aggregate left, so that its cells never stand beside a report of other records."""
    if (out / MANIFEST).is_file():
        for name in (CELLS, MANIFEST, REPORT):
            (out / name).unlink(missing_ok=True)


def _write(outcome: Outcome, out: Path, scratch: Path, *, whole: bool) -> None:
    if whole:
        outcome.manifest["result"] = {"file": CELLS, "sha256": digest(scratch / CELLS)}
    (scratch / REPORT).write_text("\n".join(lines(outcome)) + "\n", encoding="utf-8")
    (scratch / MANIFEST).write_text(json.dumps(outcome.manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for name in (*([CELLS] if whole else []), REPORT, MANIFEST):
        os.replace(scratch / name, out / name)
