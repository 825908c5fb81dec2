"""The replication archive of a run: its inputs, its study file, versions, tables and how to get the same numbers again."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from yindi.core import resources
from yindi.core.errors import Problems, UsageError
from yindi.core.study import Study
from yindi.shell import folder, job, store
from yindi.shell.archive import member
from yindi.shell.trace import inputs_folder

STUDY_FILE = "study.yaml"


def archive(results: Path, out: Path, *, inputs: Path | None = None) -> list[str]:
    """Write one zip with equal bytes for equal results; the names inside.

    Raises UsageError when the study's folder is not found, ProblemsError when an input is gone or is not the one that was read.
    """
    place = results.resolve()
    study, said = store.load(place), store.manifest(place)
    where = inputs or inputs_folder(place)
    if where is None or not (where / STUDY_FILE).is_file():
        raise UsageError(f"{results}: the study's folder is not beside it; say where it is with --inputs DIR.")
    changes = list(_changes(job.read_study_file(where)[0].model_dump(mode="json"), said["config"]))
    files = {**dict(_inputs(study, where)), **dict(_tables(place)), **_words(study, said, changes)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        for name in sorted(files):
            member(zipped, name, files[name])
    beside = out.with_name(f".{out.name}.new")
    beside.write_bytes(buffer.getvalue())
    beside.replace(out)
    return sorted(files)


def _inputs(study: Study, where: Path) -> Iterator[tuple[str, bytes]]:
    """The study file, every file it names, every file that was read; those are the very bytes of the run."""
    problems = Problems("replication archive")
    known = {source.path: source.sha256 for source in study.ledger.sources.values()}
    root = where.resolve()
    for path in sorted({STUDY_FILE, *known, *_named(study.config.model_dump(mode="json"), root)}):
        file = root / path
        if not file.is_file():
            problems.add(path, "is not there any more", "say where the inputs are with --inputs DIR")
        elif path in known and store.sha256(file) != known[path]:
            problems.add(path, "has changed since the run (sha256 differs)", "run the study again, or bring the old file back")
        else:
            yield f"study/{path}", file.read_bytes()
    problems.raise_if_any()


def _named(config: Any, root: Path) -> Iterator[str]:
    """Files of the study's folder that its configuration names anywhere."""
    match config:
        case str() if config and len(config) < 255 and not Path(config).is_absolute() and (root / config).is_file():
            yield config
        case Mapping():
            for value in config.values():
                yield from _named(value, root)
        case list() | tuple():
            for value in config:
                yield from _named(value, root)


def _tables(place: Path) -> Iterator[tuple[str, bytes]]:
    yield from ((f"expected/{p.name}", p.read_bytes()) for p in sorted((place / store.TABLES).glob("*.csv")))
    yield f"expected/{folder.MANIFEST}", (place / folder.MANIFEST).read_bytes()


def _changes(written: Any, used: Any, key: str = "") -> Iterator[str]:
    """The settings that the run used and the study file does not say, as options of `yindi run`."""
    if isinstance(written, Mapping) and isinstance(used, Mapping) and written.keys() == used.keys():
        for name in used:
            yield from _changes(written[name], used[name], f"{key}.{name}" if key else name)
    elif written != used:
        yield f" -c '{key}={json.dumps(used, ensure_ascii=False)}'"


def _words(study: Study, said: Mapping[str, Any], changes: list[str]) -> dict[str, bytes]:
    """How to run again, in both languages, and the versions as a requirements file."""
    versions = {"yindi": said["yindi"], **said.get("libraries", {})}
    sources = sorted(study.ledger.sources.values(), key=lambda s: s.path)
    listed = "\n".join(f"| {s.path} | {s.title} | {s.producer} | {s.licence} | {s.sha256} |" for s in sources)
    title = study.config.title
    facts = {"python": said["python"], "version": said["yindi"], "seed": study.config.seed, "sources": listed,
             "changes": "".join(changes), "title_zh": title.zh, "title_en": title.en}  # fmt: skip
    readme = resources.text("report/replication.md").format(**facts)
    pinned = "".join(f"{name}=={version}\n" for name, version in sorted(versions.items()))
    return {"README.md": readme.encode(), "requirements.txt": pinned.encode()}
