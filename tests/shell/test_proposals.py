"""`yindi check --corrections`: a draft with the value that is there and the proposed one; never applied, never overwriting."""

from __future__ import annotations

from pathlib import Path

from yindi.intake import corrections
from yindi.shell import cli


def test_a_decimal_slip_is_proposed_and_the_draft_can_be_read(tmp_path: Path, capsys) -> None:
    names = ["北京", "天津", "河北", "山西", "辽宁", "吉林", "上海", "江苏"]
    rows = ["省份,年份,GDP(亿元)"]
    for n, name in enumerate(names):
        for y in range(2010, 2020):
            right = (1000 + 137 * n) * 1.07 ** (y - 2010) * (1 + 0.003 * ((n * 7 + y * 3) % 5))
            rows.append(f"{name},{y},{right / 10 if (name, y) == ('河北', 2014) else right:.3f}")
    table, draft = tmp_path / "a.csv", tmp_path / "draft.yaml"
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert cli.call(["check", str(table), "--corrections", str(draft)]) == 3
    assert "none applied" in capsys.readouterr().out
    (found,) = [c for c in corrections.read(draft) if (c.region, c.year) == ("130000", "2014")]
    held = float(next(r for r in rows if r.startswith("河北,2014")).split(",")[2])
    assert found.expect == held
    assert found.value is not None
    assert abs(found.value - 10 * held) < 1e-6
    assert cli.call(["check", str(table), "--corrections", str(draft)]) == 2


def test_a_study_says_how_each_file_was_read(example: Path, capsys) -> None:
    assert cli.call(["check", str(example)]) == 0
    assert "read: indicators.csv: indicators, layout wide" in capsys.readouterr().out
