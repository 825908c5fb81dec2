"""study.yaml and the keys that the command line sets in it; how YAML is read at all stands in intake/yamltext.py."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from yindi.core.errors import Problem, ProblemsError, UsageError
from yindi.intake import yamltext
from yindi.intake.yamltext import LARGEST

STAGE = "study file"


def parse(text: str, *, place: str = "study.yaml") -> Any:
    """The content of YAML text; raises ProblemsError with the line of the first fault."""
    return yamltext.parse(text, place=place, stage=STAGE)


def read(path: Path) -> Any:
    """The content of a YAML file (UTF-8, with or without BOM, at most 1 MB)."""
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file. `yindi init DIR` writes one.")
    if path.stat().st_size > LARGEST:
        raise ProblemsError(STAGE, [Problem(str(path), f"is larger than {LARGEST} bytes: no study file.")])
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problem = Problem(f"{path.name} line {line}", "is not UTF-8.", "save the file as UTF-8")
        raise ProblemsError(STAGE, [problem]) from None
    return parse(text, place=path.name)


def override(data: Any, changes: Mapping[str, Any]) -> Any:
    """A copy of parsed YAML with dotted keys set, e.g. {"measure.draws": 200, "inputs.0.file": "a.csv"}."""
    for dotted, value in changes.items():
        data = _put(data, dotted.split("."), value, dotted)
    return data


def _put(node: Any, path: list[str], value: Any, dotted: str) -> Any:
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(node, (list, tuple)):
        if not head.isdigit() or int(head) >= len(node):
            raise UsageError(f"-c {dotted}: {head!r} is no place in a list of {len(node)}.")
        return [_put(item, rest, value, dotted) if n == int(head) else item for n, item in enumerate(node)]
    if node is not None and not isinstance(node, Mapping):
        raise UsageError(f"-c {dotted}: nothing can be set below a plain value.")
    own = dict(node or {})
    own[head] = _put(own.get(head), rest, value, dotted)
    return own


def parse_override(text: str) -> tuple[str, Any]:
    """`key=value` with the value read as YAML; raises UsageError when there is no `=`."""
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise UsageError(f"-c {text!r}: write it as key=value, e.g. -c measure.draws=200")
    return key.strip(), parse(value, place=f"-c {key.strip()}")
