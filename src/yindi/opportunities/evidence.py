"""The proof as rows to be shown beside every list."""

from __future__ import annotations

import numpy as np

from yindi.opportunities.backtest import ALLOWED, Backtest
from yindi.opportunities.panels import calendar
from yindi.opportunities.transitions import HOLD_OUT

Row = tuple[float, str]
LONGEST = 5
NO_ACTIVITY = "no_activity"


def choose_split(years: tuple[str, ...]) -> tuple[tuple[str, ...], int | str, str]:
    """The years to use, given in order (five to learn, five to test at most), the split, and the years in words.

    Both spans are equally long in time where the years allow it; in between, years stand on both sides or on none. Where no two
    spans are alike, as many dates are learned from as are tested.
    """
    if len(years) < 3:
        return years, ("regions" if len(years) == 2 else HOLD_OUT), "-".join(years)
    used = _alike(years) or years[-(2 * min((len(years) - 1) // 2, LONGEST) + 1) :]
    half = len(used) // 2
    return used, half, f"{used[0]}-{used[half]}, {used[half]}-{used[-1]}"


def _alike(years: tuple[str, ...]) -> tuple[str, ...]:
    """The years of two spans of the same length: the longest of five years at most, else the shortest there is."""
    at = {n: y for y in years if (n := calendar(y)) is not None}
    if len(at) < len(years):
        return ()
    last = max(at)
    spans = sorted(last - n for n in at if n < last and 2 * n - last in at)
    if not spans:
        return ()
    span = max((s for s in spans if s <= LONGEST), default=spans[0])
    before = [n for n in at if last - 2 * span <= n < last - span and n + span in at]
    return tuple(at[n] for n in sorted({*before, *(n + span for n in before), last}))


def rows(found: Backtest) -> dict[str, Row]:
    """Item -> (value, text): counts, one line per score of every model and rule, the gain with its interval, calibration."""
    counts = ("regions", "activities", "candidates", "entries", "entries_learned", "base_rate")
    made: dict[str, Row] = {k: (float(getattr(found, k)), "") for k in counts}
    if not found.scores:
        return made
    for name, one in found.scores.items():
        made |= {f"precision_{name}": (one.average_precision, ""), f"top_ten_{name}": (one.precision_at_ten, "")}
        made |= {f"within_{name}": (one.within_region, ""), f"crowded_{name}": (one.crowded_share, "")}
        made[f"expansion_{name}"] = (one.expansion, "")
    made |= {k: (float(getattr(found, k)), "") for k in ("gain", "gain_low", "gain_high")}
    made |= {k: (found.precision[str(getattr(found, k))], str(getattr(found, k))) for k in ("chosen", "rival")}
    made["lift"] = (found.precision[found.chosen] / found.base_rate, "")
    if found.calibration is not None:
        made |= {k: (float(getattr(found.calibration, k)), "") for k in ("brier", "brier_base")}
        made |= {"calibration_gap": (found.calibration.gap, ""), "calibrated": (float(found.calibrated), "")}
    return made


def stage_rows(found: Backtest | None, least: int, years: str) -> dict[str, Row]:
    """Item -> (value, text) of the table `backtest` of a study; found is None without an activity panel."""
    made: dict[str, Row] = {}
    if found is not None:
        made |= rows(found) | {"proof": (np.nan, found.kind), "years": (np.nan, years)}
    verdict = NO_ACTIVITY if found is None else found.verdict
    return {**made, "minimum_activities": (float(least), ""), "verdict": (float(verdict == ALLOWED), verdict)}
