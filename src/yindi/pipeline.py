"""The way of the data, in order: each stage takes the study and returns it with its results added."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

from yindi.core.config import StudyConfig
from yindi.core.errors import UsageError, suggestion
from yindi.core.study import Study

STAGES = ("intake", "measure", "disparity", "diagnose", "opportunities", "layout", "simulate", "plan")
Progress = Callable[[str], None]


def up_to(only: str | None) -> tuple[str, ...]:
    """The stages to run: all, or those up to and including `only`; raises UsageError for an unknown name."""
    if only is None:
        return STAGES
    if only not in STAGES:
        raise UsageError(f"No stage is called {only!r}. Stages: {', '.join(STAGES)}.{suggestion(only, STAGES)}")
    return STAGES[: STAGES.index(only) + 1]


def run_stages(config: StudyConfig, folder: Path, only: str | None = None, progress: Progress | None = None) -> Study:
    """Read the files beside the study file and run the stages; `progress` is told each stage as it begins."""
    wanted = up_to(only)
    tell = progress or (lambda _: None)
    tell("intake")
    study: Study = importlib.import_module("yindi.intake.stage").intake(config, folder)
    if "plan" in wanted:
        importlib.import_module("yindi.plan.stage").check(study)
    return go_on(study, wanted[1:], tell)


def go_on(study: Study, stages: tuple[str, ...], progress: Progress) -> Study:
    """Run the named stages on a study that has what comes before them; one that declares itself impossible is left out, the
    last, which was asked for, says why it cannot run."""
    for name in stages:
        stage = importlib.import_module(f"yindi.{name}.stage")
        if name == stages[-1] or getattr(stage, "possible", lambda _: True)(study):
            progress(name)
            study = getattr(stage, name)(study)
    return study
