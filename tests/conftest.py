"""Fixtures for all tests: where outside data lie, and one small made-up study."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of outside data and oracles beside the project; the test is skipped where it is absent."""
    if not (SHARED / "oracles").is_dir():
        pytest.skip("needs ../shared (outside data that the project may not contain)")
    return SHARED


@pytest.fixture(scope="session")
def example() -> Path:
    """The embedded example."""
    return ROOT / "examples" / "china-provinces"


@pytest.fixture(scope="session")
def example_results(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of one whole run of the example, reports included; do not change them, copy them."""
    from yindi.shell import cli

    out = tmp_path_factory.mktemp("example") / "results"
    assert cli.call(["--quiet", "run", str(example), "--out", str(out)]) == 0
    return out
