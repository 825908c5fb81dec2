"""Writes jobs.csv and plans.csv of this example: made-up regions, no real place. Run it again and the same bytes come out."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

REGIONS, ACTIVITIES, YEARS, KINDS = 120, 60, range(2017, 2022), 5


def main() -> None:
    """Regions have hidden strengths in five kinds of activity; activities of a kind grow where the strength is."""
    rng, here = np.random.default_rng(1), Path(__file__).parent
    strength = rng.gamma(0.4, 1.0, (REGIONS, KINDS))[:, np.arange(ACTIVITIES) % KINDS]
    jobs = rng.poisson(8 * strength * rng.random((REGIONS, ACTIVITIES)) ** 2).astype(float)
    rows = []
    for year in YEARS:
        rows += [(f"R{r:03d}", year, f"a{c:02d}", int(20 * v)) for (r, c), v in np.ndenumerate(jobs) if v > 0]
        jobs = jobs + rng.poisson(0.5 * strength) * (rng.random(jobs.shape) < 0.3)
    plans = sorted({(f"R{r:03d}", f"a{c:02d}") for r in range(REGIONS) for c in (*rng.choice(6, 2), rng.integers(ACTIVITIES))})
    for name, heads, content in (("jobs.csv", ("region", "year", "activity", "jobs"), rows),
                                 ("plans.csv", ("region", "activity"), plans)):  # fmt: skip
        with (here / name).open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows([heads, *content])


if __name__ == "__main__":
    main()
