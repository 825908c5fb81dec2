"""The frame of a planning document (cn or neutral), by the region standard of the study; the table is data/plan_frames.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yindi.core import resources
from yindi.core.study import Study


def frame_of(study: Study) -> str:
    """The frame of a study: `cn` for the region codes of GB/T 2260, `neutral` for any other country."""
    table = resources.tree("plan_frames.yaml")
    return str(table["standards"].get(study.config.regions.standard, table["otherwise"]))


def texts(frame: str) -> Mapping[str, Any]:
    """Keys of the fixed texts of a frame: preamble, thought, principles, safeguards."""
    found: Mapping[str, Any] = resources.tree("plan_frames.yaml")["frames"][frame]
    return found
