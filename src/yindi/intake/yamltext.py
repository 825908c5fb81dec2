"""YAML that people bring, read safely: no aliases, no duplicate keys, no surprises of YAML 1.1, and every fault with its line."""

from __future__ import annotations

import re
from typing import Any

import yaml

from yindi.core.errors import Problem, ProblemsError

LARGEST = 1_000_000
DEEPEST = 24
_BOOL = re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$")
_INT = re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$")
_FLOAT = re.compile(r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?$")
_NULL = re.compile(r"^(?:~|null|Null|NULL|)$")


class _Loader(yaml.SafeLoader):
    """YAML 1.2 scalars only: `no`, `0123`, `12:30` and dates stay text; duplicate keys are refused."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: dict[Any, int] = {}
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            line = key_node.start_mark.line + 1
            if not isinstance(key, (str, int, float, bool, type(None))):
                raise _Refused(line, "a list or mapping cannot be a key.", "keys are plain text")
            if key in seen:
                raise _Refused(line, f"key {key!r} stands twice, first in line {seen[key]}.", "keep one of the two")
            seen[key] = line
        return super().construct_mapping(node, deep=True)


for _tag, _pattern, _first in (
    ("bool", _BOOL, "tTfF"),
    ("int", _INT, "-+0123456789"),
    ("float", _FLOAT, "-+0123456789."),
    ("null", _NULL, ("~", "n", "N", "")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", _pattern, list(_first))


class _Refused(Exception):
    def __init__(self, line: int, message: str, way_out: str = ""):
        super().__init__(message)
        self.line, self.message, self.way_out = line, message, way_out


def _guard(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused(line, "anchors and aliases (& and *) are not read.", "write the value out at each place")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise _Refused(line, f"nested deeper than {DEEPEST} levels.", "study files are flat")


def _where(place: str, line: int | None) -> str:
    return place if line is None else f"{place} line {line}"


def parse(text: str, *, place: str = "study.yaml", stage: str = "intake") -> Any:
    """The content of YAML text; raises ProblemsError with the line of the first fault."""
    try:
        _guard(text)
        return yaml.load(text, Loader=_Loader)
    except _Refused as refused:
        raise ProblemsError(stage, [Problem(_where(place, refused.line), refused.message, refused.way_out)]) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = " ".join(p for p in (error.context, error.problem) if p)
        raise ProblemsError(stage, [Problem(_where(place, mark.line + 1 if mark else None), f"is no YAML: {message}.")]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        fault = f"is no YAML: it holds the control character U+{int(error.character):04X}."
        raise ProblemsError(stage, [Problem(_where(place, line), fault, "delete it")]) from None
    except yaml.YAMLError as error:
        raise ProblemsError(stage, [Problem(place, f"is no YAML: {error}.")]) from None
    except ValueError as error:
        raise ProblemsError(stage, [Problem(place, f"holds a value that cannot be read: {error}.")]) from None
