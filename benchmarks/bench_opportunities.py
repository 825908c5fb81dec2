"""CPU seconds and peak memory of the chain RCA, ECI/PCI, proximity, density, outlook, gain; and of one proof out of time.

python benchmarks/bench_opportunities.py [CASE ...]   (each case in a process of its own; set OMP_NUM_THREADS=1 to compare)
Peers run beside it where they are installed: ecomplexity on cases small enough for it.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from yindi.opportunities import advantage, backtest, complexity, large, relatedness

CASES = {
    "one_year": (250, 1200, 0.3, 1),
    "ten_years": (340, 1400, 0.3, 10),
    "counties": (2800, 1400, 0.25, 1),
    "half_counties": (1400, 1400, 0.25, 1),
    "half_activities": (2800, 700, 0.25, 1),
    "large": (3000, 10_000, 0.05, 1),
}


def panel(regions: int, activities: int, fill: float, seed: int) -> np.ndarray:
    """Nested amounts with noise."""
    rng = np.random.default_rng(seed)
    rank = np.linspace(0, 1, regions)[:, None] + np.linspace(0, 1, activities)
    chance = 1 / (1 + np.exp(6 * (rank - 0.5 - fill)))
    return rng.lognormal(0, 1, rank.shape) * (rng.random(rank.shape) < chance * fill / chance.mean())


def chain(x: np.ndarray) -> None:
    """All quantities of one year."""
    here = advantage.present(x)
    rows, columns = here.any(axis=1), here.any(axis=0)
    m = here if rows.all() and columns.all() else np.ascontiguousarray(here[rows][:, columns])
    pci = complexity.eci_pci(m).pci
    relatedness.surroundings(m, relatedness.proximity(m), pci)


def sparse_chain(x: Any) -> None:
    """The chain on a sparse matrix with the fifty nearest neighbours."""
    large.portrait(x)


def sparse_panel(regions: int, activities: int, fill: float, seed: int) -> Any:
    """Nested amounts with noise, row by row, so that no dense matrix is ever made; nobody is empty."""
    from scipy.sparse import csr_matrix, vstack

    rng, rank, rows = np.random.default_rng(seed), np.linspace(1.7, 0.3, activities), []
    for strength in np.linspace(1.7, 0.3, regions):
        rows.append(csr_matrix(rng.lognormal(0, 1, activities) * (rng.random(activities) < fill * strength * rank)))
    x = vstack(rows, format="csr")
    m = large.presence(x)
    return x[np.diff(m.indptr) > 0][:, np.bincount(m.indices, minlength=activities) > 0]


def ecomplexity(x: np.ndarray) -> None:
    """The same by the peer, from its long table; making the table is not counted against it."""
    import pandas
    from ecomplexity import ecomplexity as peer

    r, c = np.indices(x.shape)
    long = pandas.DataFrame({"t": 1, "r": r.ravel(), "c": c.ravel(), "v": x.ravel()})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer(long, {"time": "t", "loc": "r", "prod": "c", "val": "v"}, check_logsupermodularity=False, verbose=False)


def measure(work: Callable[[np.ndarray], None], years: list[np.ndarray], *, runs: int = 1) -> tuple[float, float]:
    """CPU seconds (the least of some runs), and megabytes above what stood before."""
    before, least = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, np.inf
    for _ in range(runs):
        start = time.process_time()
        for x in years:
            work(x)
        least = min(least, time.process_time() - start)
    return least, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1000


def proof() -> tuple[float, float]:
    """One proof out of time on 300 regions x 120 activities x 5 years, without boosting."""
    x = np.stack([panel(300, 120, 0.3, seed) for seed in range(5)], axis=1)
    return measure(lambda p: backtest.evaluate(p, split=2, boost=False) and None, [x])


def run(case: str) -> None:
    """One case, printed as a line."""
    if case == "proof":
        print(f"{case:16} {proof()[0]:8.2f} s")
        return
    regions, activities, fill, count = CASES[case]
    if case == "large":
        print("{:16} {:8.2f} s {:8.0f} MB".format(case, *measure(sparse_chain, [sparse_panel(regions, activities, fill, 0)])))
        return
    years = [panel(regions, activities, fill, seed) for seed in range(count)]
    chain(panel(40, 50, 0.3, 0))
    print("{:16} {:8.2f} s {:8.0f} MB".format(case, *measure(chain, years, runs=5)))
    try:
        print("{:16} {:8.2f} s {:8.0f} MB (ecomplexity)".format(case, *measure(ecomplexity, years[:1])))
    except ImportError:
        return


if __name__ == "__main__":
    chosen = sys.argv[1:] or [*CASES, "proof"]
    if len(chosen) == 1:
        run(chosen[0])
    else:
        for name in chosen:
            subprocess.run([sys.executable, __file__, name], check=True)
