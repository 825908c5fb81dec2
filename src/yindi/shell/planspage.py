"""The parts of the page of `yindi advise` that need no proof: what plans declare, and the overcapacity board."""

from __future__ import annotations

from html import escape

import numpy as np

from yindi.shell.advicewords import Words, share, table
from yindi.shell.advising import Result

CROWDED = 10


def said(found: Result, say: Words) -> list[str]:
    """What is declared, in sentences; empty without plans."""
    if found.declared is None:
        return []
    o, plans = found.declared.overlaps, found.declared.plans
    recommended = o.get("declared|recommended", np.nan)
    text = [say("declared_text", regions=share(o["regions"]), random=share(o["random"]), revealed=share(o["declared|revealed"]))]
    text += [say("declared_told", recommended=share(recommended))] if np.isfinite(recommended) else []
    if len(plans.dates) > 1:
        text.append(say("declared_dates", dates=", ".join(plans.dates)))
    used = () if found.used is None else found.used.cube.activities
    if plans.ground.activities != used:
        text.append(say("declared_ground", regions=len(plans.ground.regions), activities=len(plans.ground.activities)))
    return [" ".join(text)]


def parts(found: Result, say: Words) -> list[str]:
    """Both parts of the page, each only where its file was given."""
    return [*_declared(found, say), *_board(found, say)]


def _declared(found: Result, say: Words) -> list[str]:
    if found.declared is None:
        return []
    c, names = found.declared.columns, found.declared.plans.ground.activities
    first = [n for n in np.argsort(-c["declared"], kind="stable")[:CROWDED] if c["declared"][n]]
    counted = [k for k in ("declared", "present", "recommended", "declared_recommended", "plans_entrants") if _any(c[k])]
    shared = ["expansion", "growth", *(k for k in ("rush", "left_again", "plans_rush", "plans_left_again") if _any(c[k]))]
    covered = ["idle_cover"] if _any(c["idle_cover"]) else []
    rows = [[names[n], *(_plain(c[k][n], 0) for k in counted), *(share(c[k][n]) for k in shared),
             *(_plain(c[k][n], 2) for k in covered)] for n in first]  # fmt: skip
    own = {"expansion": "expansion_declared", "left_again": "left", "present": "declared_here"}
    heads = [say(own.get(k, k)) for k in ("activity", *counted, *shared, *covered)]
    body = [f"<h2>{say('declared_head')}</h2>", *(f"<p>{escape(t)}</p>" for t in said(found, say))]
    return [*body, table(heads, rows, found, "declared.csv", say)]


def _any(values: np.ndarray) -> bool:
    return bool(np.isfinite(values).any())


def _plain(value: float, digits: int) -> str:
    return f"{value:.{digits}f}" if np.isfinite(value) else "–"


def _board(found: Result, say: Words) -> list[str]:
    """Components one by one, the most strained first; never one number."""
    if found.board is None:
        return []
    rows = [[str(a), say(f"component_{k}"), f"{last:.4g}", f"{strain:.2f}", f"{worsening:.4g}"]
            for a, k, last, strain, worsening in found.board.rows()[: 2 * CROWDED]]  # fmt: skip
    heads = [say(k) for k in ("activity", "component", "last", "strain", "worsening")]
    return [f"<h2>{say('board_head')}</h2>", f"<p>{say('board_text')}</p>", table(heads, rows, found, "capacity.csv", say)]
