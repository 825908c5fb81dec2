"""Fixtures for all tests: where outside data lie, and one small made-up study."""

from __future__ import annotations

from pathlib import Path

import pytest

from yindi.core.study import Study

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


@pytest.fixture(scope="session")
def bare() -> Study:
    """A made-up study before any stage, with an absent, an imputed and a corrected cell."""
    import made_up

    return made_up.study(
        absent=[("620000", "2019", "software")],
        imputed=[("610000", "2020", "telecom")],
        corrected=[("110000", "2021", "patents")],
        segments={"telecom": (("2019", "2020"), ("2021", "2022"))},
    )


@pytest.fixture(scope="session")
def full(bare: Study) -> Study:
    """The same with made-up results of every kind: numbers, text, absent cells, marks, documents."""
    from tests.shell.made_up_results import with_results

    return with_results(bare)
