"""The made-up study with results, as in the tests of the shell."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from yindi.core.study import Study

TESTS = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def full() -> Study:
    """A study with made-up results of every kind."""
    spec = importlib.util.spec_from_file_location("shell_made_up", TESTS / "shell" / "conftest.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    import made_up

    return module.with_results(made_up.study())
