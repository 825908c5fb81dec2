"""What a failed command tells: one record for programs, and the exit that a request to end leads to."""

from __future__ import annotations

import signal
from types import FrameType
from typing import Any

from yindi.core.errors import Problem, ProblemsError

TERMINATED = 128 + signal.SIGTERM


class Terminated(BaseException):
    """The system asked the program to end (SIGTERM)."""


def end_when_asked() -> None:
    """SIGTERM unwinds the program as an interrupt does, so that unfinished folders are cleared."""
    signal.signal(signal.SIGTERM, _end)


def _end(number: int, frame: FrameType | None) -> None:
    raise Terminated


def record(error: BaseException | str, code: int) -> dict[str, Any]:
    """A failure as a plain record: ok, exit code, error, and its problems with place, message, way out and candidates."""
    found = error.problems if isinstance(error, ProblemsError) else (Problem("", str(error)),)
    return {"ok": False, "exit_code": code, "error": str(error), "problems": [problem(p) for p in found]}


def problem(found: Problem) -> dict[str, Any]:
    """One problem as a plain record."""
    return {"place": found.place, "message": found.message, "way_out": found.way_out, "candidates": list(found.candidates)}
