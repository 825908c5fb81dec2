"""The page of `yindi advise`: data, verdict, proof, what it adds up to, lists, limits; every table names its source."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np

from yindi.core import resources
from yindi.opportunities.backtest import Backtest
from yindi.opportunities.conventions import ZEROS
from yindi.opportunities.dossier import Dossier
from yindi.opportunities.evidence import choose_split
from yindi.opportunities.panels import Cube
from yindi.opportunities.transitions import HOLD_OUT, OUT_OF_TIME
from yindi.opportunities.zeros import CERTAIN, certain
from yindi.shell import advising
from yindi.shell.advising import Result

STYLE = ("body{font:16px/1.6 system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:62rem;margin:2rem auto;"
         "padding:0 1rem;color:#222}table{border-collapse:collapse;margin:.6rem 0;font-size:.92rem}th,td{padding:.2rem .7rem;"
         "border-bottom:1px solid #ddd;text-align:left;vertical-align:top}td.n{text-align:right}"
         ".source{color:#666;font-size:.85rem}.verdict{padding:.6rem 1rem;background:#f1f5f1;border-left:.3rem solid #4a7c59}"
         ".refused{background:#faf1ee;border-color:#b5532f}")  # fmt: skip
LARGEST, CROWDED = 12, 10


class _Words:
    """The words of one language, with slots filled."""

    def __init__(self, language: str):
        self.table = {r["key"]: r[language] for r in resources.rows("advise_words.csv")}

    def __call__(self, key: str, **slots: object) -> str:
        return self.table[key].format(**slots)


def _share(value: float) -> str:
    return "–" if not np.isfinite(value) else f"{100 * value:.1f} %"


def _number(value: float) -> str:
    return "–" if not np.isfinite(value) else f"{value:.4f}"


def summary(found: Result, names: Sequence[str], target: Path | None) -> str:
    """A few lines for the terminal."""
    say = _Words("en")
    lines = [_data(found, say)[0], _verdict(found, say)]
    made = found.made
    if made is not None and made.entries.scores:
        lines += [_proof_text(made.entries, say), *_together(found, made, say)]
    if target is not None:
        lines += [f"written  {target}: {', '.join(names)}", f"         start with {target / 'page.en.html'}"]
    return "\n".join(lines)


def page(found: Result, language: str) -> str:
    """The page in one language, complete in itself."""
    say = _Words(language)
    title = escape(say("title", file=found.path.name))
    body = [f"<h1>{title}</h1>", *_head(found, say)]
    if found.made is not None and found.used is not None:
        used = found.used.cube
        body += [*_proof(found, found.made, say), *_all(found, used, found.made, say), *_declared(found, used, say),
                 *_lists(found, used, found.made, say),
                 *_standing(found, used, found.made, say)]  # fmt: skip
    body += [f"<h2>{say('limits')}</h2>", f"<p>{say('limits_text')}</p>"]
    return (f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" '
            f'content="width=device-width"><title>{title}</title><style>{STYLE}</style></head><body>\n'
            + "\n".join(body) + "\n</body></html>\n")  # fmt: skip


def _data(found: Result, say: _Words) -> list[str]:
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


def _verdict(found: Result, say: _Words) -> str:
    if found.made is None:
        return say("untestable", message=found.refusal)
    test = found.made.entries
    key = "allowed_hidden" if test.allowed and test.kind == HOLD_OUT else test.verdict
    return say(key, activities=test.activities, least=found.options.minimum_activities, low=_number(test.gain_low),
               high=_number(test.gain_high))  # fmt: skip


def _head(found: Result, say: _Words) -> list[str]:
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


def _proof_text(test: Backtest, say: _Words) -> str:
    return say("proof_text", candidates=test.candidates, entries=test.entries, base=_share(test.base_rate), chosen=test.chosen,
               ap=_number(test.precision[test.chosen]), rival=test.rival, rival_ap=_number(test.precision[test.rival]),
               low=_number(test.gain_low), high=_number(test.gain_high))  # fmt: skip


def _proof(found: Result, made: Dossier, say: _Words) -> list[str]:
    test = made.entries
    if not test.scores:
        return []
    body = [f"<h2>{say('proof')}</h2>", f"<p>{_proof_text(test, say)}</p>"]
    rows = [[name, _number(s.average_precision), _share(s.precision_at_ten), f"{s.within_region:.2f}", _share(s.crowded_share),
             _share(s.expansion)] for name, s in test.scores.items()]  # fmt: skip
    heads = [say(k) for k in ("model", "ap", "top_ten", "within", "crowded", "largest")]
    body.append(_table(heads, rows, found, "proof.csv: precision_*, top_ten_*, within_*, crowded_*, expansion_*", say))
    out = made.exits
    if out is not None and out.scores:
        body.append("<p>" + say("exit_text", candidates=out.candidates, entries=out.entries, chosen=out.chosen,
                                ap=_number(out.precision[out.chosen]), rival_ap=_number(out.precision[out.rival]),
                                verdict=out.verdict) + "</p>")  # fmt: skip
    return body


def _together(found: Result, made: Dossier, say: _Words) -> list[str]:
    said = []
    if made.tested is not None:
        t = made.tested
        said.append(say("together_text", p0=_share(t.precision_independent), e0=_share(t.expansion_independent),
                        p1=_share(t.precision_coordinated), e1=_share(t.expansion_coordinated),
                        cap=_share(found.options.cap)))  # fmt: skip
        if t.limited and t.loss > 0:
            said.append(say("together_cost", loss=_share(t.loss), low=_share(t.loss_low), high=_share(t.loss_high),
                            expected=_share(t.loss_expected), limited=t.limited))  # fmt: skip
    if made.advice is not None:
        both, common = made.advice.lists, made.common
        said.append(say("now_text", count=found.options.count, e0=_share(float(both.expansion_alone.max())),
                        e1=_share(float(both.expansion.max())), o0=_share(common["independent"]),
                        o1=_share(common["coordinated"]), o2=_share(common["random"])))  # fmt: skip
    return said


def _all(found: Result, used: Cube, made: Dossier, say: _Words) -> list[str]:
    body = [f"<h2>{say('together')}</h2>", *(f"<p>{t}</p>" for t in _together(found, made, say))]
    total = used.values.sum(axis=0)
    growth = total[-1] / total[0] - 1 if len(total) > 1 else np.full(total.shape[1], np.nan)
    if made.advice is not None:
        both = made.advice.lists
        first = np.argsort(-both.expansion_alone, kind="stable")[:CROWDED]
        rows = [[used.activities[c], str(int(both.alone[:, c].sum())), str(int(both.chosen[:, c].sum())),
                 _share(both.expansion_alone[c]), _share(both.expansion[c]), _share(growth[c])] for c in first]  # fmt: skip
        heads = [say(k) for k in ("activity", "regions_alone", "regions_told", "expansion_alone", "expansion", "growth")]
        body += [f"<h3>{say('crowding')}</h3>", _table(heads, rows, found, "activities.csv", say)]
    if made.pace is not None:
        first = np.argsort(-made.pace.entrants, kind="stable")[:5]
        rows = [[used.activities[c], f"{made.pace.entrants[c]:.0f}", _share(made.pace.rush[c]), _share(made.pace.left[c])]
                for c in first]  # fmt: skip
        heads = [say(k) for k in ("activity", "entrants", "rush", "left")]
        body += [f"<h3>{say('herding')}</h3>", _table(heads, rows, found, "activities.csv: entrants, rush, left_again", say)]
    rows = [[d or "–", str(s.activities), f"{s.cosine_all:.3f}", f"{s.krugman_all:.3f}"] for d, s in made.alike.items()]
    heads = [say(k) for k in ("digits", "activities", "cosine", "krugman")]
    return [*body, f"<h3>{say('likeness')}</h3>", _table(heads, rows, found, "likeness.csv", say)]


def _standing(found: Result, used: Cube, made: Dossier, say: _Words) -> list[str]:
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
            _table(heads, rows, found, "regions.csv, activities.csv", say)]  # fmt: skip


def _declared(found: Result, used: Cube, say: _Words) -> list[str]:
    """What plans declare: shared choices, what they add up to, and how like the lists are."""
    if found.declared is None:
        return []
    c, o = found.declared.columns, found.declared.overlaps
    first = np.argsort(-c["declared"], kind="stable")[:CROWDED]
    shown = ("declared", "present", "recommended", "declared_recommended")
    rows = [[used.activities[n], *("–" if not np.isfinite(c[k][n]) else f"{c[k][n]:.0f}" for k in shown),
             *(_share(c[k][n]) for k in ("expansion", "growth", "left_again"))] for n in first]  # fmt: skip
    heads = [say(k) for k in ("activity", *shown, "expansion_declared", "growth", "left")]
    text = say("declared_text", regions=_share(o["regions"]), random=_share(o["random"]), revealed=_share(o["declared|revealed"]),
               recommended=_share(o.get("declared|recommended", np.nan)))  # fmt: skip
    return [f"<h2>{say('declared_head')}</h2>", f"<p>{text}</p>", _table(heads, rows, found, "declared.csv", say)]


def _lists(found: Result, used: Cube, made: Dossier, say: _Words) -> list[str]:
    body = _crossed(found, say)
    if made.advice is None:
        return body
    told = made.advice
    largest = np.argsort(-used.values[:, -1].sum(axis=1), kind="stable")[:LARGEST]
    kept = advising.lists(used, made, told, only=largest)
    shown = {used.regions[r] for r in largest}
    by_region: dict[str, dict[str, list[str]]] = {used.regions[r]: {} for r in largest}
    for row in kept:
        if row[0] in shown and row[1] in ("cultivate", "watch", "do_not") and int(str(row[2])) <= 5:
            by_region[str(row[0])].setdefault(str(row[1]), []).append(_item(row, say))
    heads = [say(k) for k in ("region", "cultivate", "watch", "do_not")]
    rows = [[region, *("<br>".join(lists.get(k, [])) or (say("nothing") if k == "cultivate" else "–")
                       for k in ("cultivate", "watch", "do_not"))] for region, lists in by_region.items()]  # fmt: skip
    text = f"<p>{say('lists_text', n=len(largest))}</p>"
    return [*body, f"<h2>{say('lists')}</h2>", text, _table(heads, rows, found, "lists.csv", say, raw=True)]


def _item(row: Sequence[object], say: _Words) -> str:
    chance = next((v for v in row[10:12] if isinstance(v, float) and np.isfinite(v)), None)
    text = f"<b>{escape(str(row[3]))}</b>" + (f" {_share(chance)}" if chance is not None else "")
    if row[1] != "do_not" and row[12]:
        text += f" <span class=source>{say('carried')} {escape(str(row[12]).replace(';', ', '))}"
        text += f" ({say('carried_open')} {escape(str(row[19]).replace(';', ', '))})" if row[19] else ""
        text += f"; {say('lacking')} {escape(str(row[13]).replace(';', ', '))}</span>" if row[13] else "</span>"
    return text


def _crossed(found: Result, say: _Words) -> list[str]:
    if found.cross is None:
        return []
    c = found.cross
    key = "cross_allowed" if c.allowed else "cross_refused"
    low, high = _number(c.gain_low), _number(c.gain_high)
    text = say(key, ap=_number(c.precision), without=_number(c.precision_without), low=low, high=high)
    return [f"<h2>{say('cross')}</h2>", f"<p>{text} {say('few_cross') if c.allowed else ''}</p>"]


def _table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], found: Result, source: str, say: _Words, *, raw: bool = False
) -> str:
    c = found.options.columns
    origin = f"{found.path.name}: {c.region}, {c.year}, {c.activity}, {c.value}"
    cells = "".join("<tr>" + "".join(f"<td{_kind(v)}>{v if raw and n else escape(v)}</td>" for n, v in enumerate(row)) + "</tr>"
                    for row in rows)  # fmt: skip
    head = "".join(f"<th>{escape(h)}</th>" for h in heads)
    return (f'<table><thead><tr>{head}</tr></thead><tbody>{cells}</tbody></table>'
            f'<p class="source">{say("source")}: {escape(source)} ← {escape(origin)}</p>')  # fmt: skip


def _kind(value: str) -> str:
    return ' class="n"' if value[:1].isdigit() and value.rstrip(" %").replace(".", "").isdigit() else ""
