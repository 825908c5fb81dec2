"""The reports of a study as files: one per document and format, named as the document is."""

from __future__ import annotations

import hashlib
import itertools
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yindi.core.config import StudyConfig
from yindi.core.document import Document
from yindi.core.errors import UsageError, need, suggestion
from yindi.core.finding import Quantity
from yindi.core.study import Study
from yindi.report import export, ground, styles
from yindi.report.docx import docx
from yindi.report.ground import Ground
from yindi.report.html import html
from yindi.report.pdf import pdf
from yindi.report.reread import docx_numbers
from yindi.report.template import fill
from yindi.report.text import CHAIN
from yindi.report.xlsx import workbook
from yindi.shell import folder, naming, store

FORMATS = ("docx", "html", "pdf", "xlsx", "figures")
STYLED = ("docx", "pdf")


@dataclass(frozen=True, slots=True)
class Look:
    """How Word and PDF reports look: a profile or the user's own Word template; neither: the usual profile of the language."""

    profile: str | None = None
    template: bytes | None = None


PLAIN = Look()


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
        return (f"{step.made}: {step.method}{cites}", f"{CHAIN}{' <- '.join(self._behind(name))}")

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
    """The name of a report's file; of its folder where the format is figures."""
    return f"figures/{document.name}" if kind == "figures" else f"{document.name}.{kind}"


def names(document: Document, kind: str) -> list[str]:
    """The files of a report in a format, relative to the folder of reports."""
    name = file_name(document, kind)
    return [f"{name}/{n}" for n in export.names(document)] if kind == "figures" else [name]


def typst_version() -> str | None:
    """The version of typst that is installed, or None."""
    return store.versions(("typst",)).get("typst")


def require(formats: Collection[str]) -> None:
    """Raise UsageError where a format needs an extra that is not installed: before the work, not after it."""
    if "pdf" in formats:
        need("typst", "pdf")


def evidence_of(document: Document, evidence: Evidence) -> dict[str, tuple[str, ...]]:
    """The lines of every number of a document, by reference."""
    return {str(p.ref): evidence.lines(p) for p in document.parts() if isinstance(p, Quantity)}


def report(study: Study, document: Document, kind: str, said: Mapping[str, Sequence[str]], look: Look = PLAIN) -> bytes:
    """One report as bytes, in any format but figures; `said` holds the lines of evidence by reference."""
    author, date = study.config.report.author, study.config.report.date
    match kind:
        case "html":
            return html(document, said, author=author, date=date).encode()
        case "pdf":
            return pdf(document, said, profile=look.profile, author=author, date=date)
        case "xlsx":
            return workbook(document, said)
        case "docx" if look.template is not None:
            return fill(document, look.template, said, author=author, date=date)
        case "docx":
            return docx(document, said, profile=look.profile, author=author, date=date)
    raise UsageError(f"{kind!r} is no report in one file.")


def ground_of(study: Study) -> Ground | None:
    """The boundaries that the study file gives; None where it gives none."""
    return ground.own(study.space.outlines, study.config.regions.map_source)


def documents(study: Study) -> tuple[Document, ...]:
    """The documents of the plan with their maps on the study's ground; none before that stage."""
    if "plan" not in study.results:
        return ()
    given = ground_of(study)
    return tuple(ground.grounded(d, given) for d in study.results["plan"].documents)


def chosen(
    study: Study,
    subjects: Collection[str] = (),
    languages: Collection[str] = (),
    formats: Collection[str] = (),
    voices: Collection[str] = (),
) -> list[tuple[Document, str]]:
    """Documents and formats asked for (empty: as the study file says); raises UsageError for one that there is not."""
    have = documents(study)
    for what, asked, known in (
        ("region", subjects, {d.subject for d in have}),
        ("language", languages, {d.language for d in have}),
        ("voice", voices, {d.voice for d in have}),
        ("format", formats, set(FORMATS)),
    ):
        unknown = sorted(set(asked) - known)
        if unknown:
            raise UsageError(f"No report of {what} {unknown[0]!r}; there are {', '.join(sorted(known)) or 'none'}."
                             f"{suggestion(unknown[0], known)}")  # fmt: skip
    kinds = formats or study.config.report.formats
    return [(d, k) for d in have if (not subjects or d.subject in subjects) and (not languages or d.language in languages)
            and (not voices or d.voice in voices) for k in kinds]  # fmt: skip


def write_reports(study: Study, place: Path, wanted: list[tuple[Document, str]] | None = None, look: Look = PLAIN) -> None:
    """Write reports into an existing folder (default: all that the study file asks for)."""
    evidence = Evidence(study)
    asked = chosen(study) if wanted is None else wanted
    require({kind for _, kind in asked})
    for _, group in itertools.groupby(asked, key=lambda pair: id(pair[0])):
        pairs = list(group)
        said = evidence_of(pairs[0][0], evidence)
        for document, kind in pairs:
            if kind == "figures":
                _write_figures(document, place / file_name(document, kind))
            else:
                (place / file_name(document, kind)).write_bytes(report(study, document, kind, said, look))


def _write_figures(document: Document, place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for name, content in export.figures(document).items():
        (place / name).write_bytes(content)


def _only(config: StudyConfig, languages: Collection[str], formats: Collection[str], look: Look) -> tuple[list[str], list[str]]:
    """Languages and formats that a look is for; raises UsageError where it does not go with what was asked for."""
    if look.profile is not None and look.template is not None:
        raise UsageError("A template brings its own styles: give --template or --profile, not both.")
    if look.template is not None:
        if formats and "docx" not in formats:
            raise UsageError("A template is for Word reports: add docx to --format.")
        return list(languages), list(formats or ["docx"])
    if look.profile is None:
        return list(languages), list(formats)
    language = str(styles.profile(look.profile, "zh")["language"])[:2]
    if set(languages) - {language}:
        raise UsageError(
            f"The profile {look.profile!r} is for reports in {language}; leave --lang out or choose another profile."
        )
    kinds = list(formats or config.report.formats)
    if not set(kinds) & set(STYLED):
        raise UsageError(f"A profile is for {' and '.join(STYLED)}; add one to --format.")
    return [language], kinds


def again(
    results: Path,
    *,
    subjects: Collection[str] = (),
    languages: Collection[str] = (),
    formats: Collection[str] = (),
    voices: Collection[str] = (),
    profile: str | None = None,
    template: Path | None = None,
) -> list[str]:
    """Write reports of a finished run again; the other files stay; returns the names written."""
    target = results.resolve()
    manifest = store.manifest(target)
    study = store.load(target)
    look = Look(profile, None if template is None else template.read_bytes())
    languages, formats = _only(study.config, languages, formats, look)
    subjects = [naming.subject(study.names, s, ("nation", *study.panel.regions)) for s in subjects]
    wanted = chosen(study, subjects, languages, formats, voices)
    if not wanted:
        raise UsageError(f"{results}: this run has no plan yet, so there is nothing to report; run it without --only.")
    with folder.replacing(target) as new:
        shutil.copytree(target, new, dirs_exist_ok=True, ignore=shutil.ignore_patterns(folder.MANIFEST))
        (new / store.REPORTS).mkdir(exist_ok=True)
        write_reports(study, new / store.REPORTS, wanted, look)
        manifest["looks"] = _looks(new / store.REPORTS, manifest.get("looks", {}), wanted, look)
        manifest["outputs"] = store.hashes(new)
        store.write_manifest(manifest, new)
    return [file_name(d, k) for d, k in wanted]


def _looks(place: Path, known: Mapping[str, Any], wanted: list[tuple[Document, str]], look: Look) -> dict[str, Any]:
    """What verify must know about files that do not look as usual: profile, the template's own digits, version of typst."""
    looks = dict(known)
    for document, kind in wanted:
        name = file_name(document, kind)
        facts: dict[str, Any] = {"profile": look.profile} if look.profile and kind in STYLED else {}
        if kind == "pdf":
            facts["typst"] = typst_version()
        if kind == "docx" and look.template is not None:
            found = docx_numbers((place / name).read_bytes())
            facts = {"template": hashlib.sha256(look.template).hexdigest(), "own": [f.text for f in found if f.kind == "stray"]}
        looks.pop(name, None)
        looks |= {name: facts} if facts else {}
    return looks
