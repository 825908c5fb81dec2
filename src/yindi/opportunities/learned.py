"""The learned advice as columns of the tables that show it."""

from __future__ import annotations

import numpy as np

from yindi.opportunities.advice import CODES, QUADRANTS, SHOWN, Advice

JUDGED, LEARNED = "judged", "learned"
CELL_UNITS = {"entry": "share", "exit": "share", "membership": "share", "alone": "count"}
ACTIVITY_UNITS = {
    "regions": "count",
    "regions_alone": "count",
    "expansion": "share",
    "expansion_alone": "share",
    "growth": "share",
}


def cells(given: Advice, names: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Columns (R,C): list, quadrant with its chance, chances where they may be shown, reasons, and advice alone."""
    known = np.array([*names, ""], dtype=object)
    told = {k: np.full(given.listed.shape, "", dtype=object) for k in ("carried", "lacking")}
    for (r, c), carried, lacking in zip(given.why.cells, given.why.carried, given.why.lacking, strict=True):
        told["carried"][r, c], told["lacking"][r, c] = (";".join(n for n in known[k] if n) for k in (carried, lacking))
    return {
        "listed": np.array(CODES)[given.listed],
        "quadrant": np.array(QUADRANTS)[given.quadrant],
        "membership": np.full(given.entry.shape, np.nan) if given.membership is None else given.membership,
        "entry": np.where((given.entry > 0) & (given.entry_state == SHOWN), given.entry, np.nan),
        "exit": np.where((given.exit > 0) & (given.exit_state == SHOWN), given.exit, np.nan),
        **{k: v.astype(str) for k, v in told.items()},
        "alone": given.lists.alone,
        "source": np.full(given.entry.shape, LEARNED),
    }


def activities(given: Advice, x: np.ndarray) -> dict[str, np.ndarray]:
    """Columns (C,): what following the lists adds up to, alone and together, beside the growth of the panel x (R,T,C)."""
    both, last, first = given.lists, x[:, -1].sum(axis=0), x[:, 0].sum(axis=0)
    there = (first > 0) & (x.shape[1] > 1)
    growth = np.divide(last, first, out=np.full(len(last), np.nan), where=there) - 1
    return {"regions": both.chosen.sum(axis=0), "regions_alone": both.alone.sum(axis=0), "expansion": both.expansion,
            "expansion_alone": both.expansion_alone, "growth": growth}  # fmt: skip
