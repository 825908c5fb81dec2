"""Study: the one frozen object that flows through the stages; each stage returns a copy with its results added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from yindi.core import resources
from yindi.core.config import StudyConfig
from yindi.core.errors import EvidenceError, UsageError, suggestion
from yindi.core.finding import Quantity, Ref
from yindi.core.framework import Framework, Variable
from yindi.core.ledger import Ledger, Source, Step, digest
from yindi.core.names import Names
from yindi.core.panel import Panel
from yindi.core.results import STAGES, Result
from yindi.core.space import Space
from yindi.core.table import Axes, Table

if TYPE_CHECKING:
    import pandas
    from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True)
class Study:
    """Inputs (config, variables, framework, panel, activity, space, names), the ledger, and one result object per stage."""

    config: StudyConfig
    variables: Mapping[str, Variable]
    framework: Framework
    panel: Panel
    activity: Panel | None
    space: Space
    names: Names
    ledger: Ledger = field(default_factory=Ledger)
    results: Mapping[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        if name in STAGES:
            return self.need(name)
        raise AttributeError(name)

    def need(self, stage: str) -> Any:
        """The results of a stage; raises UsageError when it has not run."""
        if stage not in self.results:
            raise UsageError(
                f"The study has no {stage!r} yet: run that stage first. It has {', '.join(sorted(self.results)) or 'none'}."
            )
        return self.results[stage]

    def plus(self, stage: str, result: Result, *records: Source | Step) -> Study:
        """A copy with the results of a stage and its ledger records; results are never overwritten."""
        if stage in self.results:
            raise EvidenceError(f"Results of {stage!r} exist already; start from the study before that stage.")
        expected = STAGES.get(stage)
        if expected is None or not isinstance(result, expected):
            raise UsageError(f"Stage {stage!r} wants a {expected}, got {type(result)}.")
        return replace(self, results={**self.results, stage: result}, ledger=self.ledger.add(*records))

    def step(
        self,
        made: str,
        method: str,
        inputs: Sequence[str],
        output: object,
        *,
        params: Mapping[str, object] | None = None,
        cites: Sequence[str] = (),
        fresh: Mapping[str, Step] | None = None,
    ) -> Step:
        """A ledger step: `inputs` are result names (or source ids); `fresh` holds steps of this stage not yet in the study."""
        from yindi import __version__

        after = tuple(self._step_of(name, fresh or {}) for name in inputs)
        return Step(method, made, tuple(inputs), digest(output), dict(params or {}), tuple(cites), after, __version__)

    def _step_of(self, name: str, fresh: Mapping[str, Step]) -> str:
        if name in fresh:
            return fresh[name].id
        if name in self.ledger.sources:
            return name
        if name == "space":
            return self.space.step
        if name == "config":
            return digest(self.config.model_dump(mode="json"))
        return self.table(name).step

    def table_names(self) -> tuple[str, ...]:
        """Names of all tables, in the order of the stages."""
        inputs = ("config", "panel") if self.activity is None else ("config", "panel", "activity")
        return inputs + tuple(t.name for s in STAGES if s in self.results for t in self.results[s].tables())

    def table(self, name: str) -> Table:
        """A table by name; raises UsageError listing near names."""
        if name == "config":
            return config_table(self.config)
        if name == "panel":
            return self.panel.table()
        if name == "activity" and self.activity is not None:
            return self.activity.table()
        stage, _, entry = name.partition(".")
        if stage in STAGES and stage not in self.results:
            self.need(stage)
        found = getattr(self.results.get(stage), entry, None) if entry else None
        if not isinstance(found, Table):
            names = self.table_names()
            raise UsageError(f"No result is called {name!r}.{suggestion(name, names)} All: {', '.join(names)}.")
        return found

    def frame(self, name: str) -> pandas.DataFrame:
        """A result as a tidy, labelled DataFrame."""
        return self.table(name).frame()

    def look(self, ref: Ref | str) -> Quantity:
        """The quantity a reference points at, read now."""
        ref = Ref.parse(ref) if isinstance(ref, str) else ref
        return self.table(ref.name).quantity(ref.column, **dict(ref.at))

    def why(self, ref: Ref | str) -> str:
        """A number back to its cells, steps and files, as text."""
        from yindi.core.why import explain

        return explain(self, ref)


def config_table(config: StudyConfig) -> Table:
    """The study file's numbers as a table `config`: item (dotted key) -> value and unit, so that reports can cite them."""
    found = dict(_numbers("", config.model_dump(mode="json")))
    units = {r["item"]: r["unit"] for r in resources.rows("config_units.csv")}
    columns = {"value": np.array(list(found.values()), dtype=float), "unit": np.array([units.get(i, "plain") for i in found])}
    return Table("config", (("item", tuple(found)),), columns, units={"value": "@unit"})


def _numbers(prefix: str, value: Any) -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _numbers(f"{prefix}.{key}" if prefix else str(key), inner)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield prefix, float(value)


@dataclass(slots=True)
class Bench:
    """A stage's workbench: makes tables together with their ledger steps, then adds them to the study in one go."""

    study: Study
    stage: str
    made: dict[str, Table] = field(default_factory=dict)
    steps: dict[str, Step] = field(default_factory=dict)

    def make(
        self,
        name: str,
        axes: Axes,
        columns: Mapping[str, ArrayLike] | ArrayLike,
        *,
        method: str,
        inputs: Sequence[str],
        units: Mapping[str, str] | str = "plain",
        params: Mapping[str, object] | None = None,
        cites: Sequence[str] = (),
        marks: Any = None,
    ) -> Table:
        """A table called `stage.name` and its step; `columns` is a mapping or the one array called `value`."""
        full = f"{self.stage}.{name}"
        given = columns if isinstance(columns, Mapping) else {"value": columns}
        cols = {c: np.asarray(v) for c, v in given.items()}
        unit_map = dict.fromkeys(cols, units) if isinstance(units, str) else dict(units)
        bare = Table(full, axes, cols, "", unit_map, marks)
        step = self.study.step(full, method, inputs, bare.digest, params=params, cites=cites, fresh=self.steps)
        table = replace(bare, step=step.id)
        self.made[name], self.steps[full] = table, step
        return table

    def done(self, **extra: object) -> Study:
        """The study with this stage's results."""
        result = STAGES[self.stage](**self.made, **extra)  # type: ignore[arg-type]
        return self.study.plus(self.stage, result, *self.steps.values())
