"""One file of the reports at a time, read back and compared with what is stored; each format in its own way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from yindi.core.document import Document, Figure
from yindi.core.errors import Problem
from yindi.core.study import Study
from yindi.report import export, reread, sheets
from yindi.report.reread import Found, Look
from yindi.shell import render, spoken

COUNTED = ("number", "stored", "cell", "within")


@dataclass(frozen=True, slots=True)
class Seen:
    """What came out of one file: how it counts, how many numbers were compared, what does not agree, or why it was not read."""

    kind: str = "reports"
    numbers: int = 0
    problems: tuple[str, ...] = ()
    unchecked: str = ""


class Reader:
    """Reads the files of one study's reports; `manifest` says how files were made that do not look as usual."""

    def __init__(self, study: Study, look: Look, manifest: Mapping[str, Any]):
        self.study, self.look = study, look
        self.looks: Mapping[str, Any] = manifest.get("looks", {})
        self.typst: str | None = manifest.get("libraries", {}).get("typst")
        self.evidence = render.Evidence(study)

    def read(self, path: Path, name: str, document: Document) -> Seen:
        """One file; errors of a damaged file are the caller's."""
        raw, known = path.read_bytes(), self.looks.get(name, {})
        match path.suffix:
            case ".html":
                return self._with_words(self._seen(reread.html_numbers(raw.decode())), spoken.html_words(raw), document, "html")
            case ".docx":
                whole = "template" not in known
                return self._with_words(self._word(raw, known), spoken.docx_words(raw), document, "docx", whole=whole)
            case ".xlsx":
                return self._workbook(raw, document)
            case ".pdf":
                return self._pdf(raw, document, known)
            case ".csv":
                return self._points(raw, name, document)
            case ".svg":
                same = raw == export.vector(_figure(name, document), document.language)
                return Seen("drawings", 0, () if same else ("is not the drawing of the stored figure.",))
        return Seen(unchecked="PNG pictures (only their sha256 is compared)")

    def _seen(self, found: list[Found], more: tuple[Problem, ...] = (), kind: str = "reports") -> Seen:
        problems = (*sheets.check(found, self.look, self.study.names.of), *more)
        return Seen(kind, sum(f.kind in COUNTED for f in found), tuple(str(p) for p in problems))

    def _with_words(self, seen: Seen, words: str, document: Document, kind: str, *, whole: bool = True) -> Seen:
        own = self.study.config.report
        pieces = spoken.said(document, kind, own.author, own.date, front=whole)
        return replace(seen, problems=(*seen.problems, *spoken.differences(words, pieces, whole=whole)))

    def _word(self, raw: bytes, known: Mapping[str, Any]) -> Seen:
        own = set(known.get("own", ()))
        return self._seen([f for f in reread.docx_numbers(raw) if f.kind != "stray" or f.text not in own])

    def _workbook(self, raw: bytes, document: Document) -> Seen:
        again = render.report(self.study, document, "xlsx", render.evidence_of(document, self.evidence))
        seen = self._seen(sheets.xlsx_numbers(raw, document.language))
        told = {p.split(": ")[0] for p in seen.problems}
        more = tuple(str(p) for p in sheets.differences(raw, again) if p.place not in told)
        return Seen(seen.kind, seen.numbers, (*seen.problems, *more))

    def _pdf(self, raw: bytes, document: Document, known: Mapping[str, Any]) -> Seen:
        made_with, here = known.get("typst", self.typst), render.typst_version()
        if here is None or made_with != here:
            here_is = f"here is {here}" if here else "it is not installed; the extra `pdf` brings it"
            return Seen(unchecked=f"PDF files (set by typst {made_with}, {here_is})")
        said = render.evidence_of(document, self.evidence)
        again = render.report(self.study, document, "pdf", said, render.Look(known.get("profile")))
        wrong = "is not what typst makes of the stored report here: another content, or other fonts than where it was written."
        return Seen("PDF files made again", 0, () if raw == again else (wrong,))

    def _points(self, raw: bytes, name: str, document: Document) -> Seen:
        stored = export.data(_figure(name, document), document.language)
        seen = self._seen(sheets.csv_numbers(raw, document.language), kind="figure data")
        if seen.problems or raw == stored:
            return seen
        return Seen(seen.kind, seen.numbers, ("is not the data of the stored figure.",))


def _figure(name: str, document: Document) -> Figure:
    """The figure that a file of `export` is of: SUBJECT.LANGUAGE.figure-N.ENDING."""
    number = int(name.rsplit(".", 2)[1].removeprefix("figure-"))
    return [b for b in document.blocks if isinstance(b, Figure)][number - 1]
