"""The figures by which the guide tells one program's variant from another's: 1, 2, 3, 4, 5, 7 (mean 11/3)."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from yindi.disparity.inequality import cv, gini, mld, theil, wolfson

SIX = [1.0, 2, 3, 4, 5, 7]
DOCS = Path(__file__).parents[2] / "docs"


def test_figures_by_hand() -> None:
    """Pairwise differences sum to 40: 80 / (2 x 36 x 11/3) = 10/33, over 30 pairs 4/11. L = ln(11/3) - ln(840) / 6.

    Squared deviations sum to 104 - 6 x 121/9 = 70/3. Median 3.5, poorest half 6/22: W = 4 x 22/21 (1/2 - 3/11 - 5/33).
    """
    assert gini(SIX) == pytest.approx(10 / 33)
    assert gini(SIX, convention="sample") == pytest.approx(4 / 11)
    assert mld(SIX) == pytest.approx(math.log(11 / 3) - math.log(840) / 6)
    assert cv(SIX) == pytest.approx(math.sqrt(70 / 18) / (11 / 3))
    assert cv(SIX, ddof=1) == pytest.approx(math.sqrt(70 / 15) / (11 / 3))
    assert wolfson(SIX) == pytest.approx(4 * 22 / 21 * (1 / 2 - 3 / 11 - 5 / 33))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_guides_print_them(language: str) -> None:
    figures = (gini(SIX), gini(SIX, convention="sample"), theil(SIX), mld(SIX), cv(SIX), cv(SIX, ddof=1), wolfson(SIX),
               wolfson(SIX, convention="pysal"))  # fmt: skip
    text = (DOCS / language / "why-numbers-differ-disparity.md").read_text(encoding="utf-8").rpartition("\n\n")[2]
    for figure in figures:
        assert f"{figure:.4f}".removeprefix("0") in text
