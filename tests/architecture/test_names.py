"""Public names, lazy imports, the registry's records, the packaged tables."""

from __future__ import annotations

import csv
import importlib
import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import yindi
from yindi.core import registry
from yindi.shell import catalogue

SOURCE = Path(yindi.__file__).parent
HEAVY = ("numpy", "scipy", "pandas", "matplotlib", "pydantic", "yaml", "docx", "lxml", "highspy", "starlette", "uvicorn")


def imported(code: str) -> set[str]:
    """Which heavy packages a fresh interpreter holds after running `code`."""
    ask = f"import sys, json\n{code}\njson.dump([m for m in {HEAVY!r} if m in sys.modules], sys.stderr)"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_import_yindi_is_light() -> None:
    assert imported("import yindi") == set()


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"]])
def test_help_is_light(arguments: list[str]) -> None:
    assert imported(f"from yindi.shell.cli import call\nassert call({arguments!r}) == 0") == set()


def test_help_is_quick() -> None:
    ask = (
        "import time\nfrom yindi.shell.cli import call\ncall(['--help'])\nimport sys\nprint(time.process_time(), file=sys.stderr)"
    )
    seconds = [float(subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stderr)
               for _ in range(3)]  # fmt: skip
    assert min(seconds) < 0.3


@pytest.mark.parametrize("stage", ["intake", "measure", "disparity", "diagnose", "opportunities", "layout", "plan", "report"])
def test_a_stage_package_imports_nothing_by_itself(stage: str) -> None:
    assert imported(f"import yindi.{stage}") == set()


def test_all_is_sorted_complete_and_resolves() -> None:
    assert yindi.__all__ == sorted(yindi.__all__)
    assert len(yindi.__all__) <= 15
    for name in yindi.__all__:
        assert getattr(yindi, name) is not None
    assert set(yindi.__all__) <= set(dir(yindi))
    with pytest.raises(AttributeError):
        getattr(yindi, "nothing")  # noqa: B009


def test_kernels_are_reachable_as_the_contract_writes_them() -> None:
    code = "import yindi\nyindi.measure.weights.entropy; yindi.disparity.inequality.gini; yindi.opportunities.advantage.rca"
    imported(code)


def every_method() -> list[registry.Method]:
    catalogue.load_all()
    return [m for m in registry.methods() if m.fn.__module__.startswith("yindi.")]


def test_every_method_cites_or_obeys() -> None:
    bare = [f"{m.kind} {m.name}" for m in every_method() if not m.cites and not m.laws]
    assert not bare
    silent = [f"{m.kind} {m.name}" for m in every_method() if not m.summary]
    assert not silent


def test_every_option_of_a_method_is_keyword_only_and_has_no_mutable_default() -> None:
    wrong = []
    for m in every_method():
        for p in inspect.signature(m.fn).parameters.values():
            if p.kind is p.POSITIONAL_OR_KEYWORD and p.default is not p.empty:
                wrong.append(f"{m.kind} {m.name}: {p.name} is an option, and not keyword-only")
            if isinstance(p.default, (list, dict, set)):
                wrong.append(f"{m.kind} {m.name}: {p.name} has a mutable default")
    assert not wrong


def test_a_registered_function_is_the_one_its_module_holds() -> None:
    for m in every_method():
        module = importlib.import_module(m.fn.__module__)
        assert getattr(module, m.fn.__name__) is m.fn


def test_packaged_tables_are_read_without_a_stray() -> None:
    for path in SOURCE.joinpath("data").rglob("*.csv"):
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        assert {len(r) for r in rows} == {len(rows[0])}, path
        assert len(set(rows[0])) == len(rows[0]), path
    for path in SOURCE.joinpath("data").rglob("*.yaml"):
        assert yaml.safe_load(path.read_text(encoding="utf-8")) is not None, path
    for path in SOURCE.joinpath("data").rglob("*.json"):
        assert json.loads(path.read_text(encoding="utf-8")) is not None, path


def test_the_packaged_data_enter_the_wheel() -> None:
    """Everything under data/ lies inside the package that hatch packs whole, and none of it is ignored by git."""
    paths = [str(p) for p in SOURCE.joinpath("data").rglob("*") if p.is_file() and p.suffix != ".pyc"]
    done = subprocess.run(["git", "check-ignore", "--no-index", *paths], cwd=SOURCE, capture_output=True, text=True)
    if done.returncode == 128:
        pytest.skip("no git checkout")
    assert done.stdout == ""
