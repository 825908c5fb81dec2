"""The reports of a study as files: one per document and format, named SUBJECT.LANGUAGE.FORMAT."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from yindi.core.document import Document
from yindi.core.errors import UsageError, did_you_mean
from yindi.core.finding import Quantity
from yindi.core.study import Study
from yindi.report.docx import docx
from yindi.report.html import html
from yindi.shell import folder, store

FORMATS = ("docx", "html")


@dataclass(slots=True)
class Evidence:
    """Short lines on where a number comes from; `yindi why` tells all of it."""

    study: Study
    chains: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def lines(self, quantity: Quantity) -> tuple[str, ...]:
        """The method that made it and what that rests on, or the very cell."""
        ref = quantity.ref
        if ref.name in ("panel", "activity", "config"):
            return tuple(line.strip() for line in self.study.why(ref).splitlines()[1:])
        if ref.name not in self.chains:
            self.chains[ref.name] = self._chain(ref.name)
        return self.chains[ref.name]

    def _chain(self, name: str) -> tuple[str, ...]:
        step = self.study.ledger.steps[self.study.table(name).step]
        cites = f" ({'; '.join(step.cites)})" if step.cites else ""
        return (f"{step.made}: {step.method}{cites}", f"<- {' <- '.join(self._behind(name))}")

    def _behind(self, name: str) -> Iterator[str]:
        """Everything a table rests on, nearest first, ending with files."""
        sources, steps = self.study.ledger.sources, self.study.ledger.steps
        made = {s.made: s for s in steps.values()}
        seen, rank = [name], 0
        while rank < len(seen):
            step = made.get(seen[rank])
            rank += 1
            seen += [i for i in dict.fromkeys(step.inputs if step else ()) if i not in seen]
        tables = [s for s in seen[1:] if s not in sources]
        yield from (*tables, *(sources[s].path for s in seen[1:] if s in sources))


def file_name(document: Document, kind: str) -> str:
    """The name of a report's file."""
    return f"{document.subject}.{document.language}.{kind}"


def evidence_of(document: Document, evidence: Evidence) -> dict[str, tuple[str, ...]]:
    """The lines of every number of a document, by reference."""
    return {str(p.ref): evidence.lines(p) for p in document.parts() if isinstance(p, Quantity)}


def report(study: Study, document: Document, kind: str, said: Mapping[str, Sequence[str]]) -> bytes:
    """One report as bytes; `said` holds the lines of evidence by reference."""
    author, date = study.config.report.author, study.config.report.date
    if kind == "html":
        return html(document, said, author=author, date=date).encode()
    return docx(document, said, author=author, date=date)


def documents(study: Study) -> tuple[Document, ...]:
    """The documents of the plan; none before that stage."""
    return tuple(study.results["plan"].documents) if "plan" in study.results else ()


def chosen(
    study: Study,
    subjects: Collection[str] = (),
    languages: Collection[str] = (),
    formats: Collection[str] = (),
) -> list[tuple[Document, str]]:
    """Documents and formats asked for (empty: as the study file says); raises UsageError for one that there is not."""
    have = documents(study)
    for what, asked, known in (
        ("region", subjects, {d.subject for d in have}),
        ("language", languages, {d.language for d in have}),
        ("format", formats, set(FORMATS)),
    ):
        unknown = sorted(set(asked) - known)
        if unknown:
            raise UsageError(f"No report of {what} {unknown[0]!r}; there are {', '.join(sorted(known)) or 'none'}. "
                             f"Did you mean {did_you_mean(unknown[0], known)}?")  # fmt: skip
    kinds = formats or study.config.report.formats
    return [(d, k) for d in have if (not subjects or d.subject in subjects) and (not languages or d.language in languages)
            for k in kinds]  # fmt: skip


def write_reports(study: Study, place: Path, wanted: list[tuple[Document, str]] | None = None) -> None:
    """Write reports into an existing folder (default: all that the study file asks for)."""
    evidence = Evidence(study)
    asked = chosen(study) if wanted is None else wanted
    for _, group in itertools.groupby(asked, key=lambda pair: id(pair[0])):
        pairs = list(group)
        said = evidence_of(pairs[0][0], evidence)
        for document, kind in pairs:
            (place / file_name(document, kind)).write_bytes(report(study, document, kind, said))


def again(
    results: Path,
    *,
    subjects: Collection[str] = (),
    languages: Collection[str] = (),
    formats: Collection[str] = (),
) -> list[str]:
    """Write reports of a finished run again; the other files stay; returns the names written."""
    target = results.resolve()
    manifest = store.manifest(target)
    study = store.load(target)
    wanted = chosen(study, subjects, languages, formats)
    if not wanted:
        raise UsageError(f"{results}: this run has no plan yet, so there is nothing to report; run it without --only.")
    with folder.replacing(target) as new:
        shutil.copytree(target, new, dirs_exist_ok=True, ignore=shutil.ignore_patterns(folder.MANIFEST))
        (new / store.REPORTS).mkdir(exist_ok=True)
        write_reports(study, new / store.REPORTS, wanted)
        manifest["outputs"] = store.hashes(new)
        store.write_manifest(manifest, new)
    return [file_name(d, k) for d, k in wanted]
