"""Laws of imputers: observed cells stay, and the order of regions does not matter."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from laws import law, law_settings
from yindi.core.registry import Method

NEEDS: dict[str, dict[str, Any]] = {"declared": {"value": 3.5}}


def gappy(regions: int, years: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Positive values and a mask with gaps, among them a region without gaps and, now and then, an empty one."""
    rng = np.random.default_rng(seed)
    known = rng.random((regions, years)) < 0.6
    known[0] = True
    known[-1] &= rng.random() < 0.5
    return rng.uniform(1, 9, (regions, years)), known


@law("imputer", "keeps_observed")
def observed_cells_stay(method: Method) -> None:
    @law_settings
    @given(st.integers(2, 7), st.integers(1, 8), st.integers(0, 2**32 - 1))
    def check(regions: int, years: int, seed: int) -> None:
        x, known = gappy(regions, years, seed)
        out = method.fn(x, known, **NEEDS.get(method.name, {}))
        np.testing.assert_array_equal(out.values[known], x[known])
        assert out.known[known].all()
        assert np.isfinite(out.values).all()
        hidden = method.fn(np.where(known, x, 1e9), known, **NEEDS.get(method.name, {}))
        np.testing.assert_array_equal(hidden.values, out.values)

    check()


@law("imputer", "region_order_free")
def order_of_regions_does_not_matter(method: Method) -> None:
    @law_settings
    @given(st.integers(2, 7), st.integers(1, 8), st.integers(0, 2**32 - 1))
    def check(regions: int, years: int, seed: int) -> None:
        x, known = gappy(regions, years, seed)
        order = np.random.default_rng(seed).permutation(regions)
        out = method.fn(x, known, **NEEDS.get(method.name, {}))
        other = method.fn(x[order], known[order], **NEEDS.get(method.name, {}))
        np.testing.assert_allclose(other.values, out.values[order], rtol=1e-12)
        np.testing.assert_array_equal(other.known, out.known[order])

    check()
