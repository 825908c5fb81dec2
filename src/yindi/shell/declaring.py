"""What plans declare, beside what is there and what is recommended; and the overcapacity board. Neither needs a proof."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from yindi.core.errors import MethodError, Problem, Problems, ProblemsError, did_you_mean
from yindi.core.streams import stream
from yindi.opportunities import portfolios
from yindi.opportunities.advantage import present
from yindi.opportunities.crowding import collective_check, overlap
from yindi.opportunities.herding import Herding, common_choices, herding
from yindi.opportunities.panels import Cube, in_order
from yindi.shell import advisetable
from yindi.shell.advisetable import Columns

MOST, PACE = 20, 3
BOARD = ("last", "strain", "worsening")


@dataclass(frozen=True, slots=True)
class Plans:
    """Plans by date (R,D,C), their dates (one, named "", where the file has none), and the cube they are held against."""

    said: np.ndarray
    dates: tuple[str, ...]
    ground: Cube


@dataclass(frozen=True, slots=True)
class Declared:
    """plans; columns (C,) of declared.csv; overlaps: mean overlap of kinds of lists, and of two regions' declared lists."""

    plans: Plans
    columns: dict[str, np.ndarray]
    overlaps: dict[str, float]


@dataclass(frozen=True, slots=True)
class Board:
    """activities (C,), components (K,), columns last, strain and worsening (C,K)."""

    activities: tuple[str, ...]
    components: tuple[str, ...]
    columns: Mapping[str, np.ndarray]

    def rows(self) -> list[tuple[object, ...]]:
        """One row per activity and component that is given in full, the most strained first."""
        strain, worsening = self.columns["strain"], self.columns["worsening"]
        given = sorted((-strain[at], -worsening[at], at) for at in np.ndindex(strain.shape) if np.isfinite(strain[at]))
        return [(self.activities[n], self.components[k], *(float(self.columns[c][n, k]) for c in BOARD)) for *_, (n, k) in given]

    def utilisation(self, activities: Sequence[str]) -> np.ndarray:
        """Capacity use (C,) of activities in the last year; NaN where it is not given."""
        if "utilisation" not in self.components:
            return np.full(len(activities), np.nan)
        last = self.columns["last"][:, self.components.index("utilisation")]
        return np.array([dict(zip(self.activities, last, strict=True)).get(a, np.nan) for a in activities])


def read(path: Path, grounds: Sequence[Cube], columns: Columns) -> Plans:
    """Declared pairs from a table with the columns of region and activity, and of year where plans of several dates are given.

    Held against the first cube that knows all their labels, else against the last.
    Raises ProblemsError for columns and labels that are not there, up to twenty of them.
    """
    frame = advisetable.frame(path)
    problems = Problems("advise")
    for column in (columns.region, columns.activity):
        if column not in frame.columns:
            problems.add(f"{path.name}: --declared", f"there is no column {column!r}.", f"name one of {', '.join(frame.columns)}")
    problems.raise_if_any()
    dated = columns.year in frame.columns
    keys = [columns.region, columns.activity, *([columns.year] if dated else [])]
    rows = [tuple(str(v).strip() for v in row) for row in frame[keys].itertuples(index=False)]
    ground = next((g for g in grounds if {r[0] for r in rows} <= {*g.regions} and {r[1] for r in rows} <= {*g.activities}),
                  grounds[-1])  # fmt: skip
    _known(path.name, rows, ground)
    dates = _dates(path.name, [r[2] for r in rows]) if dated else ("",)
    said = np.zeros((len(ground.regions), len(dates), len(ground.activities)), bool)
    at = [{label: n for n, label in enumerate(labels)} for labels in (ground.regions, dates, ground.activities)]
    for row in rows:
        said[at[0][row[0]], at[1][row[2] if dated else ""], at[2][row[1]]] = True
    return Plans(said, dates, ground)


def _known(name: str, rows: Sequence[tuple[str, ...]], ground: Cube) -> None:
    problems, known = Problems("advise"), ({*ground.regions}, {*ground.activities})
    if not rows:
        problems.add(f"{name}: --declared", "has no row.", "give a region and an activity per row")
    for n, row in enumerate(rows, 2):
        for label, labels in zip(row, known, strict=False):
            if label not in labels and len(problems.found) < MOST:
                problems.add(f"{name} row {n}", f"{label!r} is not in the table as it is used.", "use its label there, or "
                             "leave the row out", did_you_mean(label, labels))  # fmt: skip
    problems.raise_if_any()


def _dates(name: str, found: Iterable[str]) -> tuple[str, ...]:
    dates = sorted(set(found))
    try:
        return tuple(dates[n] for n in in_order(dates))
    except MethodError as error:
        wrong = Problem(f"{name}: --declared", str(error), "give one plan date in every row, or no such column")
        raise ProblemsError("advise", [wrong]) from error


def check(plans: Plans, told: set[tuple[str, str]] | None, board: Board | None, *, seed: int) -> Declared:
    """Counts, implied expansion, past growth and idle capacity by activity, the pace of entries and of declarations; overlaps.

    told: region and activity of the recommended lists, None after a refusal. What is declared is that of the last plan date.
    """
    ground, said = plans.ground, plans.said[:, -1]
    x, here = ground.values, present(ground.values)
    total = x.sum(axis=0)
    none = np.full(total.shape[1], np.nan)
    listed = None if told is None else np.array([[(r, a) in told for a in ground.activities] for r in ground.regions])
    growth = none if len(total) < 2 else np.divide(total[-1], total[0], out=none.copy(), where=total[0] > 0) - 1
    expansion, idle = _expansion(said, x[:, -1], none if board is None else board.utilisation(ground.activities))
    columns = {"declared": said.sum(axis=0), "share": said.mean(axis=0), "present": here[:, -1].sum(axis=0),
               "recommended": none if listed is None else listed.sum(axis=0),
               "declared_present": (said & here[:, -1]).sum(axis=0),
               "declared_recommended": none if listed is None else (said & listed).sum(axis=0),
               "expansion": expansion, "growth": growth, "idle_cover": idle,
               "times_growth": np.divide(expansion, growth, out=none.copy(), where=growth > 0),
               **_pace(herding(here) if len(total) > 1 else None, len(total), none, ""),
               **_pace(herding(plans.said) if len(plans.dates) > 1 else None, len(plans.dates), none, "plans_")}  # fmt: skip
    kinds = {"declared": said, "revealed": here[:, -1], **({} if listed is None else {"recommended": listed})}
    overlaps = {"|".join(k): v for k, v in common_choices(kinds).items()}
    drawn = stream(seed, "opportunities.declared").random(said.shape).argsort(axis=1).argsort(axis=1)
    random = drawn < said.sum(axis=1, keepdims=True)
    return Declared(plans, columns, {**overlaps, "regions": overlap(said), "random": overlap(random)})


def _expansion(said: np.ndarray, last: np.ndarray, used: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Implied national expansion (C,), NaN where nobody makes any yet; output of idle capacity over it where use is known."""
    live = last.sum(axis=0) > 0
    expansion, idle = np.full(len(live), np.nan), np.full(len(live), np.nan)
    if live.any():
        expansion[live] = collective_check(said[:, live], last[:, live]).expansion
    some = (expansion > 0) & (used > 0) & (used <= 1)
    idle[some] = (1 / used[some] - 1) / expansion[some]
    return expansion, idle


def _pace(found: Herding | None, dates: int, none: np.ndarray, prefix: str) -> dict[str, np.ndarray]:
    """Entrants and those who left again; with three dates or more also how far they crowded into one."""
    if found is None:
        return {f"{prefix}{k}": none for k in ("entrants", "rush", "breadth", "left_again")}
    crowd = (found.rush, found.breadth) if dates >= PACE else (none, none)
    return dict(zip((f"{prefix}{k}" for k in ("entrants", "rush", "breadth", "left_again")),
                    (found.entrants, *crowd, np.where(found.entrants > 0, found.left, np.nan)), strict=True))  # fmt: skip


def board(path: Path, columns: Columns) -> Board:
    """The overcapacity board (产能过剩) from a table with the columns of activity and year, and some components.

    Raises ProblemsError for columns that are not there and what portfolios.signs refuses.
    """
    frame = advisetable.frame(path)
    year = "year" if columns.fixed_year else columns.year
    problems = Problems("advise")
    for column in (columns.activity, year):
        if column not in frame.columns:
            problems.add(f"{path.name}: --capacity", f"there is no column {column!r}.", f"name one of {', '.join(frame.columns)}")
    problems.raise_if_any()
    made = frame.rename(columns={columns.activity: "industry", year: "year"})
    rows = [{str(k): str(v).strip() for k, v in row.items()} for row in made.to_dict("records")]
    return Board(*portfolios.signs(rows, place=f"{path.name}: --capacity"))
