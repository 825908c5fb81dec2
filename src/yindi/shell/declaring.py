"""What regions' plans declare, beside what they have and what is recommended: who chose the same, and what it adds up to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from yindi.core.errors import Problems, did_you_mean
from yindi.core.streams import stream
from yindi.opportunities.advantage import present
from yindi.opportunities.crowding import collective_check, overlap
from yindi.opportunities.herding import common_choices, herding
from yindi.opportunities.panels import Cube
from yindi.shell import advisetable

MOST = 20


@dataclass(frozen=True, slots=True)
class Declared:
    """said (R,C); columns (C,) of declared.csv; overlaps: mean overlap of kinds of lists, and of two regions' declared lists."""

    said: np.ndarray
    columns: dict[str, np.ndarray]
    overlaps: dict[str, float]


def read(path: Path, used: Cube, region: str, activity: str) -> np.ndarray:
    """Declared pairs (R,C) from a table with the columns of region and activity.

    Raises ProblemsError for columns and labels that are not there, up to twenty of them.
    """
    frame = advisetable.frame(path)
    problems, said = Problems("advise"), np.zeros((len(used.regions), len(used.activities)), bool)
    for column in (region, activity):
        if column not in frame.columns:
            problems.add(f"{path.name}: --declared", f"there is no column {column!r}.", f"name one of {', '.join(frame.columns)}")
    problems.raise_if_any()
    at = [{label: n for n, label in enumerate(labels)} for labels in (used.regions, used.activities)]
    for n, pair in enumerate(zip(frame[region].astype(str).str.strip(), frame[activity].astype(str).str.strip(), strict=True), 2):
        places = [known.get(label) for known, label in zip(at, pair, strict=True)]
        for label, place, known in zip(pair, places, at, strict=True):
            if place is None and len(problems.found) < MOST:
                problems.add(f"{path.name} row {n}", f"{label!r} is not in the table as it is used.", "use its label there, or "
                             "leave the row out", did_you_mean(label, known))  # fmt: skip
        if None not in places:
            said[places[0], places[1]] = True
    problems.raise_if_any()
    return said


def check(said: np.ndarray, used: Cube, told: np.ndarray | None, *, seed: int) -> Declared:
    """Counts, implied expansion and past growth by activity; overlaps of what is declared, revealed and (R,C) recommended."""
    x, here = used.values, present(used.values)
    found, total = collective_check(said, x[:, -1]), x.sum(axis=0)
    growth = total[-1] / total[0] - 1 if len(total) > 1 else np.full(total.shape[1], np.nan)
    years = np.divide(found.expansion, growth, out=np.full(len(growth), np.nan), where=growth > 0)
    none = np.full(len(growth), np.nan)
    columns = {"declared": found.regions, "share": found.share, "present": here[:, -1].sum(axis=0),
               "recommended": none if told is None else told.sum(axis=0),
               "declared_present": (said & here[:, -1]).sum(axis=0),
               "declared_recommended": none if told is None else (said & told).sum(axis=0),
               "expansion": found.expansion, "growth": growth, "times_growth": years,
               "left_again": herding(here).left if len(total) > 1 else none}  # fmt: skip
    kinds = {"declared": said, "revealed": here[:, -1], **({} if told is None else {"recommended": told})}
    overlaps = {"|".join(k): v for k, v in common_choices(kinds).items()}
    drawn = stream(seed, "opportunities.declared").random(said.shape).argsort(axis=1).argsort(axis=1)
    random = drawn < said.sum(axis=1, keepdims=True)
    return Declared(said, columns, {**overlaps, "regions": overlap(said), "random": overlap(random)})
