"""`yindi check`: what intake found in the files, what the study file answers, what is still to be answered."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from yindi.core.config import StudyConfig
from yindi.intake import findings, stage
from yindi.intake.findings import Found
from yindi.intake.stage import Inspection
from yindi.shell import failure

SHOWN = 6


def look(config: StudyConfig, folder: Path) -> Inspection:
    """Read and check the inputs."""
    return stage.inspect(config, folder)


def clean(seen: Inspection) -> bool:
    """True where the study can run."""
    return not seen.problems and not seen.unanswered


def record(seen: Inspection) -> dict[str, Any]:
    """The inspection as plain records."""
    found = [_record(f, seen.names) for f in seen.findings]
    stops = [failure.problem(p) for p in (*seen.problems, *seen.unanswered)]
    error = "" if clean(seen) else f"the study cannot run yet: {len(stops)} problem(s)."
    return {"ok": clean(seen), "exit_code": 0 if clean(seen) else 3, "error": error, "files": list(seen.files),
            "findings": found, "problems": stops}  # fmt: skip


def _record(f: Found, called: Mapping[str, str]) -> dict[str, Any]:
    right = [{"region": r, "name": called.get(r, ""), "year": y, "value": v} for r, y, v in f.right]
    return {"id": f.id, "variable": f.variable, "kind": f.kind, "title": dict(findings.rules()[f.kind]["title"]),
            "years": list(f.years), "regions": list(f.regions), "names": [called.get(r, r) for r in f.regions],
            "share": f.share, "size": f.size, "sure": f.sure, "certainty": "sure" if f.sure else "may be real",
            "ways_out": list(f.ways_out), "detail": f.detail, "evidence": {"en": f.detail, "zh": f.zh or f.detail},
            "right": right, "effect": {"en": f.effect, "zh": f.effect_zh}, "place": f.place}  # fmt: skip


def text(seen: Inspection) -> str:
    """The inspection for people."""
    lines = [f"read: {said}" for said in seen.files]
    lines += [f"found in the data ({len(seen.findings)}):", *(f"  {_finding(f)}" for f in seen.findings)]
    for title, problems in (("problems", seen.problems), ("to be answered in the study file", seen.unanswered)):
        if problems:
            lines += [f"{title} ({len(problems)}):", *(f"  {n}. {p}" for n, p in enumerate(problems, 1))]
    lines.append("the study can run." if clean(seen) else "the study cannot run yet.")
    return "\n".join(lines)


def _finding(found: Found) -> str:
    title = findings.rules()[found.kind]["title"]
    where = _few(found.regions) if found.share < 1 else "every region"
    right = ", ".join(f"{r} {y}: {v:.12g}" for r, y, v in found.right[:3])
    proposed = f"right: {right}" + (" ..." if len(found.right) > 3 else "") if right else ""
    parts = [found.variable, _few(found.years), where if found.regions else "", found.detail, proposed, found.effect]
    sure = "" if found.sure else " (may be real)"
    return f"{title['en']} ({title['zh']}){sure}: " + ", ".join(p for p in parts if p)


def _few(labels: tuple[str, ...]) -> str:
    more = "" if len(labels) <= SHOWN else f" and {len(labels) - SHOWN} more"
    return " ".join(labels[:SHOWN]) + more
