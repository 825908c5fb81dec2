"""`yindi.run`: a study file or a study through all stages; and the same with its results written into a folder."""

from __future__ import annotations

import contextlib
import gc
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from yindi import pipeline
from yindi.core import resources
from yindi.core.config import StudyConfig, read_config
from yindi.core.errors import PartialError, UsageError, need
from yindi.core.ledger import Ledger
from yindi.core.study import Study
from yindi.shell import folder, store, yamlfile

STUDY_FILE = "study.yaml"
READ_ALREADY = ("years", "regions", "inputs", "framework", "variables", "treatments")


@dataclass(slots=True)
class Clock:
    """Keeps the seconds of each stage, and tells each on stderr unless quiet."""

    quiet: bool = True
    seconds: dict[str, float] = field(default_factory=dict)
    current: str = ""
    since: float = 0.0

    def __call__(self, stage: str) -> None:
        """A stage begins (and the one before has ended)."""
        self.stop()
        self.current, self.since = stage, time.perf_counter()

    def stop(self) -> None:
        """The current stage has ended."""
        if self.current:
            self.seconds[self.current] = time.perf_counter() - self.since
            if not self.quiet:
                print(f"{self.current:<14}{self.seconds[self.current]:6.1f} s", file=sys.stderr, flush=True)
        self.current = ""


def study_file(path: str | Path) -> Path:
    """The study file of a path that is one, or of the folder that holds it; raises UsageError."""
    path = Path(path)
    found = path / STUDY_FILE if path.is_dir() else path
    if not found.is_file():
        raise UsageError(f"{found}: there is no such file. `yindi init {path if path.is_dir() else path.parent}` writes one.")
    return found


def start(place: Path) -> Path:
    """Write the proposed study file into a folder; raises UsageError where there is one already, or it cannot be written."""
    from yindi.intake.propose import propose

    path = place / STUDY_FILE
    if path.exists():
        raise UsageError(f"{path} exists already; it is left as it is.")
    try:
        place.mkdir(parents=True, exist_ok=True)
        text = propose(place) + resources.text("init_layout.txt")
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except (FileExistsError, NotADirectoryError, PermissionError) as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}).") from error
    return path


def read_study_file(path: str | Path, overrides: Mapping[str, Any] | None = None) -> tuple[StudyConfig, Path]:
    """The configuration with dotted overrides applied, and the folder its paths are relative to."""
    found = study_file(path)
    data = yamlfile.override(yamlfile.read(found), overrides or {})
    return read_config(data, place=found.name), found.parent


def run(
    path_or_study: str | Path | Study,
    *,
    only: str | None = None,
    out: str | Path | None = None,
    progress: pipeline.Progress | None = None,
    **overrides: Any,
) -> Study:
    """Run all stages (or those up to `only`) and return the study; write a result folder where `out` is given.

    `overrides` set keys of the study file: run(path, measure={"draws": 200}) or run(path, **{"measure.draws": 200}).
    """
    flat = _dotted(overrides)
    if isinstance(path_or_study, Study):
        study = _again(path_or_study, flat, only, progress or (lambda _: None))
        if out is not None:
            store.save(study, out, reports=_reports(study))
        return study
    config, place = read_study_file(path_or_study, flat)
    if out is None:
        return pipeline.run_stages(config, place, only, progress)
    return run_into(config, place, Path(out), only=only)


def run_into(config: StudyConfig, place: Path, out: Path, *, only: str | None = None, clock: Clock | None = None) -> Study:
    """Run the stages and replace the result folder `out` as a whole, reports included when all stages ran."""
    clock = clock or Clock()
    if "plan" in pipeline.up_to(only) and "pdf" in config.report.formats:
        need("typst", "pdf")
    target = out.resolve()
    with folder.replacing(target) as new, _collector_off():
        study = pipeline.run_stages(config, place, only, clock)
        clock("save")
        store.write_results(study, new)
        write_reports = _reports(study)
        if write_reports is not None:
            clock("report")
            (new / store.REPORTS).mkdir()
            write_reports(study, new / store.REPORTS)
        clock.stop()
        origin = place.resolve()
        store.write_manifest(store.manifest_of(study, new, timings=clock.seconds, origin=origin, target=target), new)
    return study


@contextlib.contextmanager
def _collector_off() -> Iterator[None]:
    """A run makes millions of small frozen objects without cycles; looking for cycles among them costs a sixth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _reports(study: Study) -> store.Writer | None:
    if "plan" not in study.results:
        return None
    from yindi.shell.render import write_reports

    return write_reports


def require_answers(study: Study) -> int:
    """0; raises PartialError where intake found something that the study file does not answer."""
    findings = study.table("intake.findings")
    labels = findings.labels("finding")
    open_ = [x for x, choice in zip(labels, findings.array("choice").tolist(), strict=True) if not choice]
    if open_:
        raise PartialError(f"finished, but {len(open_)} finding(s) in the data have no answer: {', '.join(open_)}.")
    return 0


def _dotted(overrides: Mapping[str, Any], head: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in overrides.items():
        if isinstance(value, Mapping):
            flat |= _dotted(value, f"{head}{key}.")
        else:
            flat[f"{head}{key}"] = value
    return flat


def _again(study: Study, changes: Mapping[str, Any], only: str | None, progress: pipeline.Progress) -> Study:
    """The stages after intake on a study that was read already, with a changed configuration."""
    late = sorted({key.split(".")[0] for key in changes} & set(READ_ALREADY))
    if late:
        raise UsageError(f"{late} decide how files are read, and this study is read already; run its study file instead.")
    config = read_config(yamlfile.override(study.config.model_dump(mode="json"), changes), place="overrides")
    kept = {name: result for name, result in study.results.items() if name == "intake"}
    steps = {i: s for i, s in study.ledger.steps.items() if s.made.split(".")[0] in ("intake", "panel", "activity", "space")}
    bare = replace(study, config=config, results=kept, ledger=Ledger(study.ledger.sources, steps))
    return pipeline.go_on(bare, pipeline.up_to(only)[1:], progress)
