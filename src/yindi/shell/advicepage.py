"""The page of `yindi advise`: data, verdict, proof, what it adds up to, lists, limits; every table names its source."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np

from yindi.opportunities.backtest import Backtest
from yindi.opportunities.conventions import ZEROS
from yindi.opportunities.dossier import Dossier
from yindi.opportunities.evidence import choose_split
from yindi.opportunities.panels import Cube
from yindi.opportunities.transitions import HOLD_OUT, OUT_OF_TIME
from yindi.opportunities.zeros import CERTAIN, certain
from yindi.shell import advising, planspage
from yindi.shell.advicewords import Words, number, share, table
from yindi.shell.advising import Result

STYLE = ("body{font:16px/1.6 system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:62rem;margin:2rem auto;"
         "padding:0 1rem;color:#222}table{border-collapse:collapse;margin:.6rem 0;font-size:.92rem}th,td{padding:.2rem .7rem;"
         "border-bottom:1px solid #ddd;text-align:left;vertical-align:top}td.n{text-align:right}"
         ".source{color:#666;font-size:.85rem}.verdict{padding:.6rem 1rem;background:#f1f5f1;border-left:.3rem solid #4a7c59}"
         ".refused{background:#faf1ee;border-color:#b5532f}")  # fmt: skip
LARGEST, CROWDED = 12, 10
SHOWN = {"cultivate": 5, "prepare": 3, "watch": 5, "do_not": 5}


def summary(found: Result, names: Sequence[str], target: Path | None) -> str:
    """A few lines for the terminal."""
    say = Words("en")
    lines = [_data(found, say)[0], _verdict(found, say)]
    made = found.made
    if made is not None and made.entries.scores:
        lines += [_proof_text(made.entries, say), *_together(found, made, say)]
    lines += planspage.said(found, say)
    if target is not None:
        lines += [f"written  {target}: {', '.join(names)}", f"         start with {target / 'page.en.html'}"]
    return "\n".join(lines)


def page(found: Result, language: str) -> str:
    """The page in one language, complete in itself."""
    say = Words(language)
    title = escape(say("title", file=found.path.name))
    body = [f"<h1>{title}</h1>", *_head(found, say)]
    if found.made is not None and found.used is not None:
        used = found.used.cube
        body += [*_proof(found, found.made, say), *_all(found, used, found.made, say), *planspage.parts(found, say),
                 *_lists(found, used, found.made, say),
                 *_standing(found, used, found.made, say)]  # fmt: skip
    else:
        body += planspage.parts(found, say)
    body += [f"<h2>{say('limits')}</h2>", f"<p>{say('limits_text')}</p>"]
    return (f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" '
            f'content="width=device-width"><title>{title}</title><style>{STYLE}</style></head><body>\n'
            + "\n".join(body) + "\n</body></html>\n")  # fmt: skip


def _data(found: Result, say: Words) -> list[str]:
    c, seen, used = found.options.columns, found.read, found.used
    kept = seen.cube if used is None else used.cube
    columns = {"region": c.region, "year": c.year, "activity": c.activity, "value": c.value}
    counts = {"rows": seen.rows, "regions": len(kept.regions), "activities": len(kept.activities)}
    said = [say("data_text", file=found.path.name, years=", ".join(kept.years), **columns, **counts)]
    said += [say(k, n=getattr(seen, k)) for k in ("filtered", "unlabelled", "absent") if getattr(seen, k)]
    if used is not None:
        kinds = (
            "years_left",
            "regions_left",
            "activities_left",
            "regions_small",
            "activities_small",
            "regions_sums",
            "activities_sums",
        )
        said += [say(k, n=len(getattr(used, k))) for k in kinds if getattr(used, k)]
    return said + ([say("shares")] if kept.values.max() <= 1 else [])


def _verdict(found: Result, say: Words) -> str:
    if found.made is None:
        return say("untestable", message=found.refusal)
    test = found.made.entries
    key = "allowed_hidden" if test.allowed and test.kind == HOLD_OUT else test.verdict
    return say(key, activities=test.activities, least=found.options.minimum_activities, low=number(test.gain_low),
               high=number(test.gain_high))  # fmt: skip


def _head(found: Result, say: Words) -> list[str]:
    body = [f"<h2>{say('data')}</h2>", *(f"<p>{escape(t)}</p>" for t in _data(found, say))]
    kind = "verdict" if found.allowed else "verdict refused"
    body += [f"<h2>{say('verdict')}</h2>", f'<p class="{kind}">{escape(_verdict(found, say))}</p>']
    if found.made is None:
        return body
    spans = choose_split(found.used.cube.years)[2] if found.used is not None else ""
    timed = say("spans", spans=spans) if found.made.entries.kind == OUT_OF_TIME else ""
    body.append(f"<p>{say(found.made.entries.kind)} {escape(timed)}</p>")
    told = found.made.advice
    if told is None:
        return [*body, f"<p>{say('refused_rest')}</p>"]
    return [*body, f"<p>{say('entry_' + told.entry_state)} {say('exit_' + told.exit_state)}</p>"]


def _proof_text(test: Backtest, say: Words) -> str:
    return say("proof_text", candidates=test.candidates, entries=test.entries, base=share(test.base_rate), chosen=test.chosen,
               ap=number(test.precision[test.chosen]), rival=test.rival, rival_ap=number(test.precision[test.rival]),
               low=number(test.gain_low), high=number(test.gain_high))  # fmt: skip


def _proof(found: Result, made: Dossier, say: Words) -> list[str]:
    test = made.entries
    if not test.scores:
        return []
    body = [f"<h2>{say('proof')}</h2>", f"<p>{_proof_text(test, say)}</p>"]
    rows = [[name, number(s.average_precision), share(s.precision_at_ten), f"{s.within_region:.2f}", share(s.crowded_share),
             share(s.expansion)] for name, s in test.scores.items()]  # fmt: skip
    heads = [say(k) for k in ("model", "ap", "top_ten", "within", "crowded", "largest")]
    body.append(table(heads, rows, found, "proof.csv: precision_*, top_ten_*, within_*, crowded_*, expansion_*", say))
    out = made.exits
    if out is not None and out.scores:
        body.append("<p>" + say("exit_text", candidates=out.candidates, entries=out.entries, chosen=out.chosen,
                                ap=number(out.precision[out.chosen]), rival_ap=number(out.precision[out.rival]),
                                verdict=out.verdict) + "</p>")  # fmt: skip
    return body


def _together(found: Result, made: Dossier, say: Words) -> list[str]:
    said = []
    if made.tested is not None:
        t = made.tested
        said.append(say("together_text", p0=share(t.precision_independent), e0=share(t.expansion_independent),
                        p1=share(t.precision_coordinated), e1=share(t.expansion_coordinated),
                        cap=share(found.options.cap)))  # fmt: skip
        if t.limited and t.loss > 0:
            said.append(say("together_cost", loss=share(t.loss), low=share(t.loss_low), high=share(t.loss_high),
                            expected=share(t.loss_expected), limited=t.limited))  # fmt: skip
    if made.advice is not None:
        both, common = made.advice.lists, made.common
        said.append(say("now_text", count=found.options.count, e0=share(float(both.expansion_alone.max())),
                        e1=share(float(both.expansion.max())), o0=share(common["independent"]),
                        o1=share(common["coordinated"]), o2=share(common["random"])))  # fmt: skip
    return said


def _all(found: Result, used: Cube, made: Dossier, say: Words) -> list[str]:
    body = [f"<h2>{say('together')}</h2>", *(f"<p>{t}</p>" for t in _together(found, made, say))]
    total = used.values.sum(axis=0)
    growth = total[-1] / total[0] - 1 if len(total) > 1 else np.full(total.shape[1], np.nan)
    if made.advice is not None:
        both = made.advice.lists
        first = np.argsort(-both.expansion_alone, kind="stable")[:CROWDED]
        rows = [[used.activities[c], str(int(both.alone[:, c].sum())), str(int(both.chosen[:, c].sum())),
                 share(both.expansion_alone[c]), share(both.expansion[c]), share(growth[c])] for c in first]  # fmt: skip
        heads = [say(k) for k in ("activity", "regions_alone", "regions_told", "expansion_alone", "expansion", "growth")]
        body += [f"<h3>{say('crowding')}</h3>", table(heads, rows, found, "activities.csv", say)]
    if made.pace is not None:
        first = np.argsort(-made.pace.entrants, kind="stable")[:5]
        rows = [[used.activities[c], f"{made.pace.entrants[c]:.0f}", share(made.pace.rush[c]), share(made.pace.left[c])]
                for c in first]  # fmt: skip
        heads = [say(k) for k in ("activity", "entrants", "rush", "left")]
        body += [f"<h3>{say('herding')}</h3>", table(heads, rows, found, "activities.csv: entrants, rush, left_again", say)]
    rows = [[d or "–", str(s.activities), f"{s.cosine_all:.3f}", f"{s.krugman_all:.3f}"] for d, s in made.alike.items()]
    heads = [say(k) for k in ("digits", "activities", "cosine", "krugman")]
    return [*body, f"<h3>{say('likeness')}</h3>", table(heads, rows, found, "likeness.csv", say)]


def _standing(found: Result, used: Cube, made: Dossier, say: Words) -> list[str]:
    """What is certain of the largest regions' specialisations and complexity, and the ranks of outlook by the zero of PCI."""
    zeros = made.zeros
    if zeros is None:
        return []
    largest = np.argsort(-used.values[:, -1].sum(axis=1), kind="stable")[:LARGEST]
    held = made.here.sum(axis=1)
    sure = None if made.sure is None else (made.here & (certain(made.sure) == CERTAIN[0])).sum(axis=1)
    low, high = made.span["eci_low"], made.span["eci_high"]
    rows = [[used.regions[r], str(held[r]), "–" if sure is None else str(sure[r]), f"{zeros.eci[r]:.2f}",
             "–" if not np.isfinite(low[r]) else f"{low[r]:.2f} – {high[r]:.2f}",
             *(f"{zeros.outlook_rank[z][r]:.0f}" for z in ZEROS)] for r in largest]  # fmt: skip
    heads = [say(k) for k in ("region", "present", "certain", "eci", "eci_interval", *(f"zero_{z}" for z in ZEROS))]
    agreed = {z: f"{zeros.agreement[z]:.2f}" for z in ZEROS[1:]}
    return [f"<h2>{say('standing')}</h2>", f"<p>{say('standing_text', **agreed)}</p>",
            table(heads, rows, found, "regions.csv, activities.csv", say)]  # fmt: skip


def _lists(found: Result, used: Cube, made: Dossier, say: Words) -> list[str]:
    body = _crossed(found, say)
    if made.advice is None:
        return body
    told = made.advice
    largest = np.argsort(-used.values[:, -1].sum(axis=1), kind="stable")[:LARGEST]
    kept = advising.lists(used, made, told, only=largest)
    shown = {used.regions[r] for r in largest}
    by_region: dict[str, dict[str, list[str]]] = {used.regions[r]: {} for r in largest}
    for row in kept:
        if row[0] in shown and int(str(row[2])) <= SHOWN.get(str(row[1]), 0):
            by_region[str(row[0])].setdefault(str(row[1]), []).append(_item(row, say))
    heads = [say(k) for k in ("region", *SHOWN)]
    rows = [[region, *("<br>".join(lists.get(k, [])) or (say("nothing") if k == "cultivate" else "–")
                       for k in SHOWN)] for region, lists in by_region.items()]  # fmt: skip
    text = f"<p>{say('lists_text', n=len(largest))}</p>"
    return [*body, f"<h2>{say('lists')}</h2>", text, table(heads, rows, found, "lists.csv", say, raw=True)]


def _item(row: Sequence[object], say: Words) -> str:
    chance = next((v for v in row[10:12] if isinstance(v, float) and np.isfinite(v)), None)
    text = f"<b>{escape(str(row[3]))}</b>" + (f" {share(chance)}" if chance is not None else "")
    if row[1] == "do_not" and row[13]:
        text += f" <span class=source>{say('lacking')} {escape(str(row[13]).replace(';', ', '))}</span>"
    elif row[1] != "do_not" and row[12]:
        text += f" <span class=source>{say('carried')} {escape(str(row[12]).replace(';', ', '))}"
        text += f" ({say('carried_open')} {escape(str(row[19]).replace(';', ', '))})" if row[19] else ""
        text += f"; {say('lacking')} {escape(str(row[13]).replace(';', ', '))}</span>" if row[13] else "</span>"
    return text


def _crossed(found: Result, say: Words) -> list[str]:
    if found.cross is None:
        return []
    c = found.cross
    key = "cross_allowed" if c.allowed else "cross_refused"
    low, high = number(c.gain_low), number(c.gain_high)
    text = say(key, ap=number(c.precision), without=number(c.precision_without), low=low, high=high)
    return [f"<h2>{say('cross')}</h2>", f"<p>{text} {say('few_cross') if c.allowed else ''}</p>"]
