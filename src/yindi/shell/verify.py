"""`yindi verify`: every stored number against its ledger, every table file, every report against the stored results."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yindi.core.document import Document
from yindi.core.errors import YindiError
from yindi.core.finding import Quantity
from yindi.core.ledger import digest
from yindi.core.study import Study
from yindi.core.table import Table
from yindi.plan.stage import reworded
from yindi.shell import folder, render, store
from yindi.shell.reader import Reader
from yindi.shell.trace import inputs_folder

NOT_BESIDE = "inputs not found beside the results (give --inputs DIR)"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One place that does not agree with what is stored."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@dataclass(slots=True)
class Report:
    """What was checked (kind -> how many), what did not agree, and what could not be checked here."""

    checked: dict[str, int] = field(default_factory=dict)
    mismatches: list[Mismatch] = field(default_factory=list)
    unchecked: dict[str, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """True where everything agrees."""
        return not self.mismatches

    def count(self, kind: str, number: int = 1) -> None:
        """Add to the number checked."""
        self.checked[kind] = self.checked.get(kind, 0) + number

    def skip(self, what: str, number: int = 1) -> None:
        """Add to the number of what could not be checked here."""
        self.unchecked[what] = self.unchecked.get(what, 0) + number

    def wrong(self, place: str, message: str) -> None:
        """Keep one mismatch."""
        self.mismatches.append(Mismatch(place, message))


def verify(place: str | Path, *, inputs: Path | None = None) -> Report:
    """Check a whole result folder; `inputs` is the study's folder where it was moved. Raises when there is none."""
    at = Path(place)
    manifest = store.manifest(at)
    report = Report()
    outputs(at, manifest["outputs"], report)
    study = store.load(at)
    _inputs(study, manifest["inputs"], inputs, inputs_folder(at), report)
    if json.loads(json.dumps(study.config.model_dump(mode="json"))) != manifest["config"]:
        report.wrong(folder.MANIFEST, "its configuration is not the stored one.")
    _ledger(study, report)
    _tables(study, at / store.TABLES, report)
    look = Looker(study)
    _documents(study, look, report)
    _words(study, report)
    _reports(study, at / store.REPORTS, look, manifest, report)
    return report


def _words(study: Study, report: Report) -> None:
    if "plan" not in study.results:
        return
    try:
        different = reworded(study)
    except YindiError as error:
        report.wrong("plan", f"its documents cannot be composed again: {error}")
        return
    report.count("documents composed again", len(study.plan.documents))
    for place, message in different:
        report.wrong(place, message)


def outputs(at: Path, said: Mapping[str, str], report: Report) -> None:
    """Files of a folder against its manifest: gone, added or changed ones are told."""
    there = {p.relative_to(at).as_posix() for p in at.rglob("*") if p.is_file()} - {folder.MANIFEST}
    for name in sorted(set(said) - there):
        report.wrong(name, "is gone; the manifest lists it.")
    for name in sorted(there - set(said)):
        report.wrong(name, "is not in the manifest; yindi did not write it.")
    for name in sorted(there & set(said)):
        report.count("files")
        if store.sha256(at / name) != said[name]:
            report.wrong(name, "has changed since it was written (sha256 differs from the manifest).")


def _inputs(study: Study, said: list[dict[str, str]], inputs: Path | None, beside: Path | None, report: Report) -> None:
    ledger = {(s.path, s.sha256) for s in study.ledger.sources.values()}
    if {(i["path"], i["sha256"]) for i in said} != ledger:
        report.wrong(folder.MANIFEST, "its inputs are not those of the stored ledger.")
    where = inputs or beside
    if inputs is None and (where is None or not any((where / path).is_file() for path, _ in ledger)):
        report.skip(NOT_BESIDE, len(ledger))
        return
    for path, sha256 in sorted(ledger):
        report.count("inputs")
        if where is None or not (where / path).is_file():
            report.wrong(path, "the input is not there, so it cannot be checked; say where with --inputs DIR.")
        elif store.sha256(where / path) != sha256:
            report.wrong(path, "the input has changed since it was read (sha256 differs).")


def _ledger(study: Study, report: Report) -> None:
    for key, step in study.ledger.steps.items():
        if step.id != key:
            report.wrong(f"ledger {step.made}", f"step {key} does not have the content its id stands for.")
    for key, source in study.ledger.sources.items():
        if source.id != key:
            report.wrong(f"ledger {source.path}", f"source {key} does not have the content its id stands for.")
    for name in study.table_names():
        if name != "config":
            _step_of(study, study.table(name), report)


def _step_of(study: Study, table: Table, report: Report) -> None:
    report.count("tables")
    report.count("numbers in tables", sum(v.size for v in table.columns.values() if v.dtype.kind == "f"))
    step = study.ledger.steps.get(table.step)
    if step is None or step.made != table.name:
        report.wrong(table.name, "no step of the ledger made it.")
    elif digest(table.digest) != step.output:
        report.wrong(table.name, "its values are not those its ledger step made.")


def _tables(study: Study, where: Path, report: Report) -> None:
    names = study.table_names()
    for name in names:
        path = where / f"{name}.csv"
        if not path.is_file():
            report.wrong(f"{store.TABLES}/{path.name}", "is missing.")
            continue
        said, stored = path.read_bytes(), store.csv_bytes(study.table(name))
        if said != stored:
            report.wrong(f"{store.TABLES}/{path.name}", _first_difference(said, stored))
    for path in sorted(where.glob("*")):
        if path.name not in {f"{n}.csv" for n in names}:
            report.wrong(f"{store.TABLES}/{path.name}", "belongs to no stored table.")


def _first_difference(said: bytes, stored: bytes) -> str:
    pairs = zip(said.split(b"\n"), stored.split(b"\n"), strict=False)
    for n, (a, b) in enumerate(pairs, 1):
        if a != b:
            return f"line {n} says {a.decode(errors='replace')!r:.120}, stored is {b.decode()!r:.120}."
    return "is longer or shorter than the stored table."


class Looker:
    """Looks quantities up, each reference once."""

    def __init__(self, study: Study):
        self.study = study
        self._known: dict[str, Quantity] = {}

    def __call__(self, ref: str) -> Quantity:
        """The quantity a reference points at; raises YindiError where it points at nothing."""
        if ref not in self._known:
            self._known[ref] = self.study.look(ref)
        return self._known[ref]


def _documents(study: Study, look: Looker, report: Report) -> None:
    for document in render.documents(study):
        for quantity in (p for p in document.parts() if isinstance(p, Quantity)):
            report.count("numbers in documents")
            fault = _against(look, quantity)
            if fault:
                report.wrong(f"document {document.name}", fault)


def _against(look: Looker, quantity: Quantity) -> str:
    """What is wrong with a quantity, in words; empty where it is the number its reference points at."""
    try:
        stored = look(str(quantity.ref))
    except YindiError as error:
        return f"{quantity.ref} cannot be looked up: {error}"
    if stored == quantity:
        return ""
    return f"{quantity.ref} is {stored.value!r} [{stored.unit}], the document holds {quantity.value!r} [{quantity.unit}]."


def _reports(study: Study, where: Path, look: Looker, manifest: Mapping[str, Any], report: Report) -> None:
    if not where.exists():
        return
    expected = {n for d, k in render.chosen(study) for n in render.names(d, k)}
    possible = {n: d for d in render.documents(study) for k in render.FORMATS for n in render.names(d, k)}
    there = {p.relative_to(where).as_posix() for p in where.rglob("*") if p.is_file()}
    for name in sorted(expected - there):
        report.wrong(f"{store.REPORTS}/{name}", "is missing; `yindi report` writes it.")
    for name in sorted(there - possible.keys()):
        report.wrong(f"{store.REPORTS}/{name}", "belongs to no document of the plan.")
    reader = Reader(study, look, manifest)
    for name in sorted(there & possible.keys()):
        _read_report(reader, where, name, possible[name], report)


def _read_report(reader: Reader, where: Path, name: str, document: Document, report: Report) -> None:
    try:
        seen = reader.read(where / name, name, document)
    except Exception as error:  # noqa: BLE001 - whatever a damaged file does to its reader, it does not agree
        report.wrong(f"{store.REPORTS}/{name}", f"cannot be read: {type(error).__name__}: {error}")
        return
    if seen.unchecked:
        report.skip(seen.unchecked)
        return
    report.count(seen.kind)
    report.count("numbers in reports", seen.numbers)
    for problem in seen.problems:
        report.wrong(f"{store.REPORTS}/{name}", problem)


def check_report(study: Study, path: Path, look: Looker, report: Report) -> None:
    """Read one report file back and compare every number and label in it with what is stored."""
    at = {Path(n).name: d for d in render.documents(study) for k in render.FORMATS for n in render.names(d, k)}
    _read_report(Reader(study, look, {}), path.parent, path.name, at[path.name], report)


def lines(report: Report) -> Iterator[str]:
    """The report for people."""
    yield from (str(m) for m in report.mismatches)
    yield "checked: " + ", ".join(f"{n} {kind}" for kind, n in report.checked.items())
    if report.unchecked:
        yield "not checked: " + ", ".join(f"{n} {what}" for what, n in report.unchecked.items())
    yield "all agree." if report.ok else f"{len(report.mismatches)} do not agree."
