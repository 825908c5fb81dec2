"""Exceptions with their exit codes, and Problems: gather every fault of a stage, then raise once.

* YindiError (exit 3)
  - UsageError (2)       a wrong call: unknown method, parameter, result or folder
      - MethodError      a method outside what it assumes
  - AxisError (3)        labels do not match
  - AbsentError (3)      a value that is not there was asked for
  - EvidenceError (3)    a sentence and its evidence disagree
  - ProblemsError (3)    one or more collected problems
  - InfeasibleError (4)  no plan satisfies the rules
  - PartialError (5)     finished with warnings under --strict
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import ModuleType


class YindiError(ValueError):
    """Base of all errors raised on purpose."""

    exit_code = 3


class UsageError(YindiError):
    """The call is wrong."""

    exit_code = 2


class MethodError(UsageError):
    """Unknown method or parameter, or input outside what the method assumes."""


class AxisError(YindiError):
    """Labels do not match."""


class AbsentError(YindiError):
    """A value was asked for that is not there."""


class EvidenceError(YindiError):
    """A sentence and its evidence disagree, or evidence is missing."""


class InfeasibleError(YindiError):
    """No plan satisfies the rules."""

    exit_code = 4


class PartialError(YindiError):
    """Finished, but with warnings, and --strict was asked for."""

    exit_code = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: where it is, what is wrong, and how to get out."""

    place: str
    message: str
    way_out: str = ""
    candidates: tuple[str, ...] = ()

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}"
        if self.candidates:
            text += f" Candidates: {', '.join(self.candidates)}."
        return f"{text} -> {self.way_out}" if self.way_out else text


class ProblemsError(YindiError):
    """All problems of one stage."""

    def __init__(self, stage: str, problems: Iterable[Problem]):
        self.stage = stage
        self.problems = tuple(problems)
        lines = "\n".join(f"  {n}. {p}" for n, p in enumerate(self.problems, 1))
        super().__init__(f"{stage}: {len(self.problems)} problem(s)\n{lines}")


@dataclass(slots=True)
class Problems:
    """A collector: add as many as there are, raise once."""

    stage: str
    found: list[Problem] = field(default_factory=list)

    def add(self, place: str, message: str, way_out: str = "", candidates: Iterable[str] = ()) -> None:
        """Keep one problem."""
        self.found.append(Problem(place, message, way_out, tuple(candidates)))

    def raise_if_any(self) -> None:
        """Raise ProblemsError when anything was added."""
        if self.found:
            raise ProblemsError(self.stage, self.found)


def did_you_mean(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """Up to three known words that resemble `word`."""
    return tuple(difflib.get_close_matches(word, [str(k) for k in known], n=3, cutoff=0.5))


def suggestion(word: str, known: Iterable[str]) -> str:
    """` Did you mean a, b?` with the known words that resemble `word`; empty where none does."""
    near = did_you_mean(word, known)
    return f" Did you mean {', '.join(near)}?" if near else ""


def need(module: str, extra: str) -> ModuleType:
    """Import an optional module, or raise UsageError that names the extra which brings it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise UsageError(f"{module} is not installed; it comes with the extra: pip install 'yindi[{extra}]'") from error
