"""Where a requirement's level is read: variables of the panel, sections of the activity, membership of a group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yindi.core.space import Space
from yindi.opportunities.endowment import Carrier
from yindi.opportunities.profile import Profile, Source
from yindi.opportunities.sections import Sections

if TYPE_CHECKING:
    from yindi.core.panel import Panel


@dataclass(frozen=True, slots=True)
class _Where:
    profile: Profile
    panel: Panel
    space: Space
    sections: Sections | None


def carriers(profile: Profile, panel: Panel, space: Space, sections: Sections | None) -> list[tuple[Source, Carrier, str]]:
    """Every source that the data hold, with its series over the panel's regions and the year it was read in.

    The year is the last in which all regions have the variable; where there is none, the last of the fullest.
    """
    where = _Where(profile, panel, space, sections)
    return [(s, *c) for s in profile.sources if (c := _carrier(where, s)) is not None]


def _carrier(where: _Where, source: Source) -> tuple[Carrier, str] | None:
    found = {"activity": _section, "panel": _variable, "group": _membership}[source.origin](where, source)
    if found is None:
        return None
    values, marks, year = found
    label = source.variable + (f" {source.scaled_by}" if source.scaled_by else "")
    place = where.profile.requirements.index(source.requirement)
    return Carrier(place, label, values, source.direction, marks, source.origin == "group"), year


def _membership(where: _Where, source: Source) -> tuple[np.ndarray, np.ndarray, str] | None:
    grouping, _, group = source.variable.partition(":")
    if grouping not in where.space.groups:
        return None
    members = where.space.group_of(grouping, where.panel.regions)
    return np.array([float(m == group) for m in members]), np.zeros(len(where.panel.regions), bool), ""


def _section(where: _Where, source: Source) -> tuple[np.ndarray, np.ndarray, str] | None:
    parts = where.sections
    if parts is None or source.variable not in parts.labels:
        return None
    k = parts.labels.index(source.variable)
    x = parts.values[:, -1]
    values = x[:, k] / x.sum(axis=1) if source.scaled_by == "share" else x[:, k]
    return values, parts.marks[:, -1, k], parts.years[-1]


def _variable(where: _Where, source: Source) -> tuple[np.ndarray, np.ndarray, str] | None:
    panel, space = where.panel, where.space
    if source.variable not in panel.items:
        return None
    year = _fullest(panel, source.variable)
    values, marks = _column(panel, source.variable, year)
    if source.scaled_by in ("population", "gdp"):
        if source.scaled_by not in panel.items:
            return None
        size, more = _column(panel, source.scaled_by, year)
        values, marks = values * size, marks | more
    if source.scaled_by == "area":
        values = values / np.array([space.areas.get(r, np.nan) for r in panel.regions])
    return (values, marks, year) if np.isfinite(values).any() else None


def _fullest(panel: Panel, item: str) -> str:
    """The last year in which all regions have the item; where there is none, the last of the fullest years."""
    count = np.isfinite(panel.values[..., panel.items.index(item)]).sum(axis=0)
    return panel.years[int(np.flatnonzero(count == count.max())[-1])]


def _column(panel: Panel, item: str, year: str) -> tuple[np.ndarray, np.ndarray]:
    at = (slice(None), panel.years.index(year), panel.items.index(item))
    return panel.values[at], panel.marks()[at]
