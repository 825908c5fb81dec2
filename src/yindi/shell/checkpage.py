"""One readable page of what `yindi check` found: offline, in Chinese and English, without a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from yindi.core import resources

LANGUAGES = ("zh", "en")
MOST = 8


def write(path: Path, content: Mapping[str, Any], title: str) -> None:
    """Write the page of a record of `check` (of a file or of a study)."""
    path.write_text(page(content, title), encoding="utf-8")


def page(content: Mapping[str, Any], title: str) -> str:
    """The page as text; both languages stand in it, one is shown at a time."""
    words = resources.tree("check_page.yaml")
    style = "".join(f"#{x}:checked~.{y}{{display:none}}" for x, y in (("zh", "en"), ("en", "zh")))
    radios = "".join(
        f'<input type="radio" name="language" id="{x}"{checked}><label for="{x}">{words["language"][x]}</label>'
        for x, checked in zip(LANGUAGES, (" checked", ""), strict=True)
    )
    bodies = "".join(f'<main class="{x}" lang="{x}">{_body(content, title, x, words)}</main>' for x in LANGUAGES)
    head = f'<head><meta charset="utf-8"><title>{escape(title)}</title><style>{words["style"]}{style}</style></head>'
    return f"<!doctype html><html>{head}<body>{radios}{bodies}</body></html>\n"


def _body(content: Mapping[str, Any], title: str, x: str, words: Mapping[str, Any]) -> str:
    said = {k: v[x] for k, v in words["text"].items()}
    parts = [f"<h1>{escape(said['title'])}: {escape(title)}</h1>"]
    parts.append(f'<p class="{"ok" if content["ok"] else "bad"}">{escape(said["ok"] if content["ok"] else said["not_ok"])}</p>')
    parts += [_recognised(t, said) for t in content.get("tables", ())]
    sure = [f for f in content["findings"] if f["sure"]]
    look = [*(f for f in content["findings"] if not f["sure"]), *content.get("look", ())]
    for key, held in (("sure", sure), ("look", look)):
        parts.append(f"<h2>{escape(said[key])} ({len(held)})</h2>{_findings(held, x, said)}")
    if content["problems"]:
        rows = [(p["place"], p["message"], p["way_out"]) for p in content["problems"]]
        parts.append(f"<h2>{escape(said['problems'])}</h2>{_rows((said['place'], said['message'], said['way_out']), rows)}")
    return "".join(parts)


def _recognised(table: Mapping[str, Any], said: Mapping[str, str]) -> str:
    years = f"{table['years'][0]}-{table['years'][-1]}" if table["years"] else ""
    units = ", ".join(u["unit"] + ("" if u["known_as"] else " ?") for u in table["units"])
    rows = [(said["file"], f"{table['file']} {table['sheet']}"), (said["layout"], table["layout"] or "-"),
            (said["regions"], f"{len(table['regions'])} ({table['level']})"), (said["years"], years),
            (said["items"], ", ".join(table["items"][:60]) or str(len(table["heads"]))), (said["units"], units),
            (said["heads"], "; ".join(f"{h['place']}: {h['written']} → {h['read_as']}" for h in table["broken_heads"])),
            (said["sums"], "; ".join(table["sums"])), (said["incomplete"], "; ".join(table["incomplete"])),
            (said["derived"], "; ".join(f"{d['column']} = {d['formula']}" for d in table["derived"]))]  # fmt: skip
    return f"<h2>{escape(said['recognised'])}</h2>" + _rows((), [r for r in rows if r[1]])


def _findings(held: Sequence[Mapping[str, Any]], x: str, said: Mapping[str, str]) -> str:
    if not held:
        return f"<p>{escape(said['none'])}</p>"
    heads = tuple(said[k] for k in ("kind", "variable", "years", "regions", "evidence", "right", "effect", "place"))
    return _rows(heads, [_finding(f, x, said) for f in held])


def _finding(f: Mapping[str, Any], x: str, said: Mapping[str, str]) -> tuple[str, ...]:
    names = list(f["names"])
    who = said["every"] if f["share"] == 1 else " ".join(names[:MOST]) + (f" … {len(names)}" if len(names) > MOST else "")
    when = f["years"][0] if len(f["years"]) == 1 else f"{f['years'][0]}-{f['years'][-1]}" if f["years"] else ""
    right = "; ".join(f"{r['name'] or r['region']} {r['year']} {r['value']:.12g}".strip() for r in f["right"][:MOST])
    return (f["title"][x], f["variable"], when, who, f["evidence"][x], right, f["effect"][x], f["place"])


def _rows(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = f"<tr>{''.join(f'<th>{escape(h)}</th>' for h in heads)}</tr>" if heads else ""
    return f"<table>{top}{''.join('<tr>' + ''.join(f'<td>{escape(str(c))}</td>' for c in r) + '</tr>' for r in rows)}</table>"
