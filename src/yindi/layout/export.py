"""A layout's model as a file that any solver reads: .mps or .lp, with the names of its pairs and rules."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

from yindi.core.errors import MethodError, YindiError
from yindi.layout import assemble, highs, rules
from yindi.layout.model import Block, LayoutModel
from yindi.layout.national import National
from yindi.layout.problem import Problem

ENDINGS = (".mps", ".lp")


def write_model(stated: Problem | National, path: str | os.PathLike[str], *, floor: float | None = None) -> Path:
    """Write the model that `solve` (a Problem, in the order of its labels) or `plan_nation` (a National) gives to HiGHS.

    The file minimises, so values stand with a minus. `floor`: the value lagging regions must keep (a Problem only).
    Raises MethodError for another ending than .mps or .lp, and for a floor of a National, which has its own.
    """
    target = Path(path)
    if target.suffix not in ENDINGS:
        raise MethodError(f"layout: a model is written as {' or '.join(ENDINGS)}, got {target.name!r}.")
    if isinstance(stated, National):
        if floor is not None:
            raise MethodError("layout: a National has its own `floor`.")
        model = assemble.assemble(stated).model
    else:
        model = rules.assemble(stated.take(*stated.order()), floor=floor).model
    _written(model, target)
    return target


def _written(model: LayoutModel, target: Path) -> None:
    import highspy

    solver = highs.model(model.matrix())
    for k, name in enumerate(_names(model.columns)):
        solver.passColName(k, name)
    for k, name in enumerate(_names(model.rows)):
        solver.passRowName(k, name)
    beside = target.with_name(f".{target.stem}.part{target.suffix}")
    try:
        beside.touch()
    except OSError as error:  # the solver itself would end the process
        raise YindiError(f"layout: {target} could not be written: {error.strerror}.") from error
    if solver.writeModel(str(beside)) == highspy.HighsStatus.kError:
        beside.unlink(missing_ok=True)
        raise YindiError(f"layout: {target} could not be written.")
    beside.replace(target)


def _names(blocks: dict[str, Block]) -> list[str]:
    """`block.label`, without what the formats do not allow, and with its number where that is needed to tell two apart."""
    said = [f"{name}.{label}" for name, block in blocks.items() for label in block.labels]
    plain = ["".join(c if c.isalnum() and c.isascii() else "_" for c in text) for text in said]
    count = Counter(plain)
    return [f"{text}_{k + 1}" if count[text] > 1 else text for k, text in enumerate(plain)]
