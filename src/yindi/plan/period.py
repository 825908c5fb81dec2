"""The period of a plan as labels: its first, middle and last year."""

from __future__ import annotations

from yindi.core.study import Study
from yindi.plan.targets import period

LENGTH = 5


def years(study: Study) -> tuple[str, str, str]:
    """First, middle and last year of the plan; the first is that of the last half-decade, after the data."""
    data = int(study.panel.years[-1])
    middle, last = period(data, study.config.plan.period)
    return str(max(data + 1, min(middle, last - LENGTH + 1))), str(middle), str(last)
