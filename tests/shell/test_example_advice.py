"""The made-up example of `yindi advise` runs, agrees with itself, and is what its script writes."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path

from yindi.shell import cli

EXAMPLE = Path(__file__).parents[2] / "examples" / "advice"


def test_the_example_is_made_by_its_script_and_runs(tmp_path):
    shutil.copy(EXAMPLE / "make.py", tmp_path)
    runpy.run_path(str(tmp_path / "make.py"), run_name="__main__")
    for name in ("jobs.csv", "plans.csv"):
        assert (tmp_path / name).read_bytes() == (EXAMPLE / name).read_bytes(), name
    out = tmp_path / "out"
    asked = ["advise", str(EXAMPLE / "jobs.csv"), "--value", "jobs", "--declared", str(EXAMPLE / "plans.csv")]
    assert cli.call([*asked, "--out", str(out)]) == 0
    assert (out / "lists.csv").exists()
    assert (out / "declared.csv").exists()
    assert cli.call(["verify", str(out), "--inputs", str(EXAMPLE)]) == 0
