"""Major projects as the user's file names them: read, checked, none invented."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from yindi.core.errors import Problems, did_you_mean

TEXTS = ("name_zh", "name_en", "place", "unit", "first", "last", "lead", "source")


@dataclass(frozen=True, slots=True)
class Project:
    """One row of the file: texts as written, investment NaN where the file leaves it open."""

    region: str
    texts: Mapping[str, str]
    investment: float


def read(
    rows: Iterable[Mapping[str, str]], regions: Sequence[str], roles: Sequence[str], units: Iterable[str], place: str
) -> list[Project]:
    """The projects; raises ProblemsError with every unknown region, role, unit, bad number or year, absent name or source."""
    problems, found = Problems(place), []
    known = tuple(units)
    for n, row in enumerate(rows, 2):
        at = f"{place}, row {n}"
        text = {c: row.get(c, "") for c in TEXTS}
        _names(row, regions, roles, at, problems)
        amount = _investment(row.get("investment", ""), text["unit"], known, at, problems)
        _years(text, at, problems)
        found.append(Project(row.get("region", ""), text, amount))
    problems.raise_if_any()
    return found


def _names(row: Mapping[str, str], regions: Sequence[str], roles: Sequence[str], at: str, problems: Problems) -> None:
    region, lead = row.get("region", ""), row.get("lead", "")
    if region not in regions:
        problems.add(at, f"no region of the study has the code {region!r}.", "", did_you_mean(region, regions))
    for column in ("name_zh", "name_en", "source"):
        if not row.get(column):
            problems.add(
                at, f"{column} is empty.", "a project stands in a plan with its names and where it is approved or proposed"
            )
    if lead and lead not in roles:
        problems.add(at, f"no role is called {lead!r}.", f"roles: {', '.join(roles)}", did_you_mean(lead, roles))


def _investment(text: str, unit: str, units: Sequence[str], at: str, problems: Problems) -> float:
    if not text:
        return float("nan")
    try:
        amount = float(text.replace(",", ""))
    except ValueError:
        problems.add(at, f"the investment {text!r} is no number.", "a number alone; its unit stands in the column unit")
        return float("nan")
    if not np.isfinite(amount) or amount < 0:
        problems.add(at, f"the investment {text!r} is no amount of money.")
    if unit not in units:
        problems.add(at, f"unit {unit!r} is not known.", "see data/units.csv", did_you_mean(unit, units))
    return amount


def _years(text: Mapping[str, str], at: str, problems: Problems) -> None:
    for column in ("first", "last"):
        if text[column] and not (text[column].isdigit() and len(text[column]) == 4):
            problems.add(at, f"{column}: {text[column]!r} is no year.")
    if text["first"] and text["last"] and text["first"] > text["last"]:
        problems.add(at, f"ends in {text['last']}, before it begins in {text['first']}.")
