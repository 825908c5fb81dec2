"""Draft of corrections.yaml from what `yindi check` proposes: every entry is to be read by people, none is applied."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from yindi.core.errors import UsageError
from yindi.intake.assemble import Cube
from yindi.intake.found import Found

HEAD = """# Proposed by `yindi check`; nothing is applied from here by itself. Look at each entry in the source, say where the
# right value stands under `source`, delete what is real, then save the file as corrections.yaml beside study.yaml.
"""


def entries(cube: Cube, found: Sequence[Found]) -> list[dict[str, Any]]:
    """The right values that the findings of a cube propose, each with the value the file holds now."""
    made = []
    for f in found:
        for region, year, right in f.right if f.variable in cube.items else ():
            if region not in cube.regions or year not in cube.years:
                continue
            at = cube.regions.index(region), cube.years.index(year), cube.at(f.variable)
            made.append({"variable": f.variable, "region": region, "year": year, "expect": float(cube.values[at]),
                         "value": right, "reason": {"zh": f.zh or f.detail, "en": f.detail},
                         "source": f"yindi check: {'sure' if f.sure else 'may be real'}; {cube.place(*at)}"})  # fmt: skip
    return made


def write(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the draft; raises UsageError rather than replace a file."""
    if path.exists():
        raise UsageError(f"{path} is there already. Name another file for the draft.")
    lines = [f"  - {json.dumps(row, ensure_ascii=False)}" for row in rows]
    body = "\n".join(["corrections:", *lines]) if lines else "corrections: []"
    path.write_text(f"{HEAD}{body}\n", encoding="utf-8")
