"""Made-up panels region x year x activity of which the answer is known."""

from __future__ import annotations

import numpy as np


def related_world(seed: int, *, regions: int = 120, activities: int = 60, years: int = 5, drift: float = 0.5) -> np.ndarray:
    """Regions with hidden strengths in five kinds; activities of a kind grow where the strength is: entries are related."""
    rng = np.random.default_rng(seed)
    kind = np.arange(activities) % 5
    strength = rng.gamma(0.4, 1.0, (regions, 5))[:, kind]
    x = rng.poisson(8 * strength * rng.random((regions, activities)) ** 2).astype(float)
    panel = [x]
    for _ in range(years - 1):
        panel.append(panel[-1] + rng.poisson(drift * strength) * (rng.random(x.shape) < 0.3))
    return np.stack(panel, axis=1)


def unrelated_world(seed: int) -> np.ndarray:
    """Every cell on its own: sizes matter, relations do not exist."""
    rng = np.random.default_rng(seed)
    mean = rng.gamma(2.0, 1.0, (80, 1)) * rng.gamma(2.0, 1.0, 50)
    return rng.poisson(mean[:, None, :] * rng.gamma(0.5, 2.0, (80, 5, 50))).astype(float)
