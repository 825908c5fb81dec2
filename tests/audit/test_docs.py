"""The examples in the guides to the audit print what the guides say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from yindi import audit

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLE = re.compile(r"```csv (\S+)\n(.*?)```\n```console\n\$ yindi audit (\S+)\n(.*?)```", re.DOTALL)
TEXTS = {language: (DOCS / language / "audit.md").read_text("utf-8") for language in ("en", "zh")}
CASES = [(language, *found) for language, text in TEXTS.items() for found in EXAMPLE.findall(text)]


@pytest.mark.parametrize(("language", "name", "content", "file", "printed"), CASES, ids=[f"{c[0]}-{c[1]}" for c in CASES])
def test_example(tmp_path: Path, language: str, name: str, content: str, file: str, printed: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    found = audit.table(tmp_path / file)
    assert str(found) == printed.rstrip("\n")
    assert not found.clean


def test_both_languages_hold_the_same_examples() -> None:
    parts = {language: [case[1:] for case in CASES if case[0] == language] for language in ("en", "zh")}
    assert parts["en"] == parts["zh"]
    assert len(parts["en"]) >= 5
