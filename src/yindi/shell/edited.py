"""`yindi verify FILE.docx --against DIR`: what was changed in one Word report, and which of its numbers no longer agree."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from yindi.core.document import Document
from yindi.core.errors import UsageError
from yindi.core.finding import Quantity
from yindi.core.study import Study
from yindi.report.edits import Edit, edits
from yindi.report.reread import Found, check, docx_numbers
from yindi.report.text import has_digit
from yindi.shell import render, store
from yindi.shell.verify import Looker

UNPROVED = "number_unproved"


@dataclass(frozen=True, slots=True)
class Compared:
    """A Word file against the report it came from: edits of words, numbers that disagree, and how many numbers were looked at."""

    subject: str
    language: str
    edits: tuple[Edit, ...]
    mismatches: tuple[tuple[str, str], ...]
    numbers: int

    @property
    def ok(self) -> bool:
        """True where every number still agrees; words may have changed."""
        return not self.mismatches


def against(file: Path, results: Path) -> Compared:
    """Compare an edited Word file with the report of the same subject and language; raises UsageError where there is none."""
    manifest = store.manifest(results)
    study = store.load(results)
    after = file.read_bytes()
    found = _read(after, file)
    document = _document(study, found, file, results)
    changes = edits(_before(study, document, file, results, manifest["outputs"]), after)
    problems = check((f for f in found if f.kind != "stray"), Looker(study), study.names.of)
    wrong = [(p.place, p.message) for p in problems]
    own = manifest.get("looks", {}).get(render.file_name(document, "docx"), {}).get("own", ())
    alone = (e for e in changes if e.kind == UNPROVED and has_digit(e.after) and e.after not in own)
    wrong += [(e.place, f"{e.after!r} holds digits that no reference stands behind.") for e in alone]
    numbers = sum(f.kind == "number" for f in found)
    return Compared(document.subject, document.language, tuple(e for e in changes if e.kind != UNPROVED), tuple(wrong), numbers)


def _read(content: bytes, file: Path) -> list[Found]:
    from lxml.etree import XMLSyntaxError

    try:
        return docx_numbers(content)
    except (zipfile.BadZipFile, KeyError, XMLSyntaxError) as error:
        raise UsageError(f"{file}: is no Word file (.docx) that can be read ({error}).") from error


def _document(study: Study, found: Iterable[Found], file: Path, results: Path) -> Document:
    """The document of the file's language that shares most of the references it cites; file names may have changed."""
    items = list(found)
    cited = Counter(f.ref for f in items if f.kind == "number")
    language = items[0].language if items else ""
    near = {d.name: (_likeness(cited, d), d) for d in render.documents(study) if d.language == language}
    best, document = max(near.values(), key=lambda pair: pair[0], default=(0.0, None))
    if document is None or not best:
        raise UsageError(
            f"{file}: cites no number of a report in {results}; is it a report of this study, and are its links whole?"
        )
    return document


def _likeness(cited: Counter[str], document: Document) -> float:
    own = Counter(str(p.ref) for p in document.parts() if isinstance(p, Quantity))
    return (cited & own).total() / max((cited | own).total(), 1)


def _before(study: Study, document: Document, file: Path, results: Path, said: dict[str, str]) -> bytes:
    """The report as it was written: the file in the folder where it is untouched, else made again."""
    name = f"{store.REPORTS}/{render.file_name(document, 'docx')}"
    path = results / name
    if path.is_file() and store.sha256(path) == said.get(name):
        return path.read_bytes()
    return render.report(study, document, "docx", render.evidence_of(document, render.Evidence(study)))


_WORDS = {"added": "added", "removed": "removed", "changed": "changed", "number_removed": "number no longer cited"}


def lines(compared: Compared) -> Iterator[str]:
    """The comparison for people."""
    for e in compared.edits:
        yield f"{_WORDS[e.kind]}, {e.place}:"
        yield from (f"  {sign} {text}" for sign, text in (("-", e.before), ("+", e.after)) if text)
    yield from (f"{place}: {message}" for place, message in compared.mismatches)
    yield (f"checked: {compared.numbers} numbers against {compared.subject}.{compared.language}; "
           f"{len(compared.edits)} edit(s) of words.")  # fmt: skip
    yield "all numbers agree." if compared.ok else f"{len(compared.mismatches)} do not agree."
