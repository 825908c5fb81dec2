"""corrections.yaml: corrections kept apart from the study file, each with the value it expects, a reason and a source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError, field_validator, model_validator

from yindi.core.config import StudyConfig
from yindi.core.errors import Problem, Problems, ProblemsError
from yindi.core.inputs import Model, Title, Treatment
from yindi.core.ledger import Source
from yindi.intake import yamltext
from yindi.intake.limits import regular
from yindi.intake.read import decode, sha256


class Correction(Model):
    """One corrected cell: what the file holds, what is right, why, and where that stands."""

    variable: str
    region: str
    year: str
    expect: float
    value: float | None = None
    factor: float | None = None
    reason: str | Title
    source: str

    @field_validator("region", "year", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int) else value

    @model_validator(mode="after")
    def _one_of_two(self) -> Correction:
        if (self.value is None) == (self.factor is None):
            raise ValueError("a correction needs one of value and factor")
        return self

    def treatment(self) -> Treatment:
        """The same as a treatment of the study file."""
        right = self.value if self.value is not None else float(f"{self.expect * float(self.factor or 0):.12g}")
        return Treatment(finding="outlier", choice="correct", value=right, expect=self.expect, regions=(self.region,),
                         years=(self.year,), reason=self.reason, source=self.source)  # fmt: skip


def _tree(path: Path) -> Any:
    if path.stat().st_size > yamltext.LARGEST:
        message = f"is larger than {yamltext.LARGEST:,} bytes."
        raise ProblemsError("intake", [Problem(path.name, message, "keep corrections only")])
    try:
        return yamltext.parse(decode(path.read_bytes(), path.name), place=path.name)
    except RecursionError:
        raise ProblemsError("intake", [Problem(path.name, "is nested too deeply.", "corrections are a flat list")]) from None


def read(path: Path) -> list[Correction]:
    """The corrections of a file; raises ProblemsError with every faulty entry."""
    tree = _tree(path)
    rows = tree.get("corrections") if isinstance(tree, dict) and set(tree) == {"corrections"} else None
    if not isinstance(rows, list):
        raise ProblemsError("intake", [Problem(path.name, "holds no list `corrections`.", "see the guide on checks")])
    problems, made = Problems("intake"), []
    for n, row in enumerate(rows):
        try:
            made.append(Correction.model_validate(row))
        except ValidationError as fault:
            for e in fault.errors():
                where = ".".join(str(s) for s in e["loc"])
                problems.add(f"{path.name}: corrections[{n}]{'.' + where if where else ''}", f"{e['msg']}.")
    problems.raise_if_any()
    return made


def source(config: StudyConfig, folder: Path) -> Source | None:
    """The file of corrections as a source of the ledger; None where there is none."""
    path = Path(folder) / config.corrections
    return Source("Corrections", "", config.corrections, sha256(path), "") if regular(path) else None


def merged(config: StudyConfig, folder: Path) -> StudyConfig:
    """The configuration with the corrections of the file beside it in front of its treatments; as it is where there is none."""
    path = Path(folder) / config.corrections
    if not regular(path):
        if config.corrections != type(config).model_fields["corrections"].default:
            raise ProblemsError("intake", [Problem(config.corrections, "there is no such file.", "correct `corrections`")])
        return config
    treatments = {v: list(ts) for v, ts in config.treatments.items()}
    for c in reversed(read(path)):
        treatments.setdefault(c.variable, []).insert(0, c.treatment())
    return config.model_copy(update={"treatments": {v: tuple(ts) for v, ts in treatments.items()}})
