"""From single firms to a study: `yindi aggregate` writes activity.csv, a study reads it, every number counts its firms."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
import yaml

from yindi.core.config import read_config
from yindi.intake import stage
from yindi.shell import cli

pytest.importorskip("ibis", reason="needs the extra micro: pip install 'yindi[micro]'")

pytestmark = [
    pytest.mark.filterwarnings(f"ignore::{w}") for w in ("DeprecationWarning", "FutureWarning", "ResourceWarning", "UserWarning")
]
COUNTIES = {"110105": "110000", "130102": "130000", "130203": "130000", "310115": "310000", "620102": "620000"}
TRADES = {"C3911": "39", "6510": "65", "2710": "27"}
SPEC = {
    "title": "firms", "inputs": ["firms.csv"], "region": {"column": "county", "level": "province"},
    "industry": {"column": "trade", "standard": "GB/T 4754-2017", "level": "division"}, "year": {"column": "founded"},
    "years": [2019, 2021], "values": {"firms": {"measure": "count"}},
}  # fmt: skip


def firms() -> list[tuple[str, str, int]]:
    """(county, trade, year) of every firm: 1 to 13 of each kind, unevenly."""
    return [(c, t, y) for n, c in enumerate(COUNTIES) for k, t in enumerate(TRADES) for y in (2019, 2020, 2021)
            for _ in range(1 + (3 * n + 5 * k + 7 * y) % 13)]  # fmt: skip


def test_firms_become_the_activity_of_a_study(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = firms()
    (tmp_path / "firms.csv").write_text(
        "county,trade,founded\n" + "".join(f"{c},{t},{y}-03-01\n" for c, t, y in rows), encoding="utf-8"
    )
    (tmp_path / "aggregate.yaml").write_text(yaml.safe_dump(SPEC), encoding="utf-8")
    assert cli.call(["aggregate", str(tmp_path / "aggregate.yaml"), "--out", str(tmp_path / "firms")]) == 0
    lines = (tmp_path / "firms" / "aggregate.txt").read_text(encoding="utf-8")
    (offered,) = yaml.safe_load(lines[lines.index("  - file: activity.csv") :])
    assert "file: activity.csv" in capsys.readouterr().out

    codes = sorted(set(COUNTIES.values()))
    table = "".join(f"{r},{y},{1000 + 317.7 * n + 41.3 * (y % 5)},{300 + 61.7 * n + y % 3}\n" for n, r in enumerate(codes)
                    for y in (2019, 2020, 2021))  # fmt: skip
    (tmp_path / "i.csv").write_text(f"code,year,gdp,population\n{table}", encoding="utf-8")
    (tmp_path / "f.yaml").write_text(
        "code: own\ntitle: {zh: 框架, en: Frame}\ndimensions: {d: {zh: 维度, en: D}}\n"
        "indicators: [{code: gdp, dimension: d, direction: 1}, {code: population, dimension: d, direction: 1}]\n",
        encoding="utf-8",
    )
    tree = {"title": {"zh": "a", "en": "b"}, "years": [2019, 2021], "regions": {"scope": "present"}, "framework": "f.yaml",
            "inputs": [{"file": "i.csv"}, {**offered, "file": "firms/activity.csv"}]}  # fmt: skip
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    assert cli.call(["check", str(tmp_path)]) == 0, capsys.readouterr().out

    activity = stage.intake(read_config(tree), tmp_path).activity
    assert activity is not None
    expected = Counter((COUNTIES[c], str(y), TRADES[t]) for c, t, y in rows)
    made = {(r, y, i): int(activity.values[a, b, k]) for a, r in enumerate(activity.regions) for b, y in enumerate(activity.years)
            for k, i in enumerate(activity.items)}  # fmt: skip
    assert made == dict(expected)
    manifest = json.loads((tmp_path / "firms" / "aggregate.json").read_text(encoding="utf-8"))
    assert manifest["used"] == len(rows) == sum(made.values())
