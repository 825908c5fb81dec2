"""The packaged tables (law 9): frameworks, units, regions, industries, phrases. Read-only, cached."""

from __future__ import annotations

import csv
import functools
import io
import json
from importlib.resources import files
from typing import Any

from yindi.core.errors import UsageError, suggestion


@functools.cache
def text(path: str) -> str:
    """The text of a packaged file, e.g. `units.csv` or `phrases/zh.yaml`."""
    place = files("yindi.data").joinpath(path)
    if not place.is_file():
        folder = path.rpartition("/")[0]
        have = [p.name for p in files("yindi.data").joinpath(folder).iterdir()]
        raise UsageError(f"No packaged table {path!r}.{suggestion(path.rpartition('/')[2], have)}")
    return place.read_text(encoding="utf-8")


@functools.cache
def rows(path: str) -> tuple[dict[str, str], ...]:
    """The rows of a packaged CSV."""
    return tuple(csv.DictReader(io.StringIO(text(path))))


@functools.cache
def tree(path: str) -> Any:
    """The content of a packaged YAML or JSON file."""
    if path.endswith(".json"):
        return json.loads(text(path))
    import yaml

    return yaml.load(text(path), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@functools.cache
def names(folder: str, suffix: str) -> tuple[str, ...]:
    """Names (without suffix) of the packaged files of a folder, sorted."""
    return tuple(
        sorted(p.name.removesuffix(suffix) for p in files("yindi.data").joinpath(folder).iterdir() if p.name.endswith(suffix))
    )
