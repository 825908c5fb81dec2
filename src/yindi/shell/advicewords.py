"""Words, numbers and tables of the page of `yindi advise`."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from yindi.core import resources
from yindi.shell.advising import Result


class Words:
    """The words of one language, with slots filled."""

    def __init__(self, language: str):
        self.table = {r["key"]: r[language] for r in resources.rows("advise_words.csv")}

    def __call__(self, key: str, **slots: object) -> str:
        return self.table[key].format(**slots)


def share(value: float) -> str:
    """A share as a percentage, a dash where there is none."""
    return "–" if not np.isfinite(value) else f"{100 * value:.1f} %"


def number(value: float) -> str:
    """A number with four decimals, a dash where there is none."""
    return "–" if not np.isfinite(value) else f"{value:.4f}"


def table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], found: Result, source: str, say: Words, *, raw: bool = False
) -> str:
    """Heads and rows as an HTML table with the files and columns it comes from; raw: cells after the first are HTML."""
    c = found.options.columns
    origin = f"{found.path.name}: {c.region}, {c.year}, {c.activity}, {c.value}"
    cells = "".join("<tr>" + "".join(f"<td{_kind(v)}>{v if raw and n else escape(v)}</td>" for n, v in enumerate(row)) + "</tr>"
                    for row in rows)  # fmt: skip
    head = "".join(f"<th>{escape(h)}</th>" for h in heads)
    return (f'<table><thead><tr>{head}</tr></thead><tbody>{cells}</tbody></table>'
            f'<p class="source">{say("source")}: {escape(source)} ← {escape(origin)}</p>')  # fmt: skip


def _kind(value: str) -> str:
    return ' class="n"' if value[:1].isdigit() and value.rstrip(" %").replace(".", "").isdigit() else ""
