"""CPU seconds of the disparity kernels at growing size, beside their limits; run: python benchmarks/bench_disparity.py."""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

SEED = 20240305


def neighbours(n: int, k: int = 6):  # type: ignore[no-untyped-def]
    """Row-standardised weights of the k nearest of n random places, as CSR."""
    from scipy.sparse import csr_matrix
    from scipy.spatial import cKDTree

    places = np.random.default_rng(SEED).random((n, 2))
    near = cKDTree(places).query(places, k + 1)[1][:, 1:]
    return csr_matrix((np.full(n * k, 1 / k), (np.repeat(np.arange(n), k), near.ravel())), (n, n))


def dagum_once(n: int) -> Callable[[], object]:
    from yindi.disparity.decompose import dagum

    rng = np.random.default_rng(SEED)
    y, groups = rng.lognormal(size=n), rng.integers(0, 8, n)
    return lambda: dagum(y, groups)


def dagum_bootstrap(n: int) -> Callable[[], object]:
    from yindi.disparity.decompose import dagum

    rng = np.random.default_rng(SEED)
    y, groups = rng.lognormal(size=n), rng.integers(0, 8, n)
    return lambda: dagum(y, groups, bootstrap=1000)


def theil_permutations(n: int) -> Callable[[], object]:
    from yindi.disparity.decompose import theil

    rng = np.random.default_rng(SEED)
    y, groups = rng.lognormal(size=n), rng.integers(0, 8, n)
    return lambda: theil(y, groups, permutations=999)


def moran_permutations(n: int) -> Callable[[], object]:
    from yindi.disparity.association import moran

    y, w = np.random.default_rng(SEED).normal(size=n), neighbours(n)
    return lambda: moran(y, w, permutations=999)


def local_moran_permutations(n: int) -> Callable[[], object]:
    from yindi.disparity.association import local_moran

    y, w = np.random.default_rng(SEED).normal(size=n), neighbours(n)
    return lambda: local_moran(y, w, permutations=999)


def durbin(n: int) -> Callable[[], object]:
    from yindi.disparity.spatial import sdm

    rng, w = np.random.default_rng(SEED), neighbours(n)
    x = rng.normal(size=(n, 20, 5))
    y = x.sum(axis=2) + rng.normal(size=(n, 20)) + rng.normal(size=(n, 1)) + rng.normal(size=(1, 20))
    for _ in range(30):
        y = 0.4 * (w @ y) + x.sum(axis=2)
    return lambda: sdm(y + rng.normal(size=y.shape), x, w)


def spatial_chain(n: int) -> Callable[[], object]:
    from yindi.disparity.distribution import spatial_markov

    rng, w = np.random.default_rng(SEED), neighbours(n)
    y = np.exp(rng.normal(size=(n, 1)) + 0.1 * rng.normal(size=(n, 20)).cumsum(axis=1))
    return lambda: spatial_markov(y, w, k=5, permutations=99)


def polarisation(n: int) -> Callable[[], object]:
    from yindi.disparity.inequality import duclos_esteban_ray

    y = np.random.default_rng(SEED).lognormal(size=n)
    return lambda: duclos_esteban_ray(y)


def density(n: int) -> Callable[[], object]:
    from yindi.disparity.density import kde

    y = np.random.default_rng(SEED).lognormal(size=n)
    return lambda: kde(y)


# name -> (maker, sizes, size the limit is set for, limit in CPU seconds or None, what peers take there by their own account)
CASES: dict[str, tuple[Callable[[int], Callable[[], object]], tuple[int, ...], int, float | None, str]] = {
    "Dagum, 8 groups": (dagum_once, (31, 2800, 30000), 30000, 0.01, "loops of the MATLAB scripts 124 s, vectorised n^2 2.3 s"),
    "Dagum, 1,000 bootstraps": (dagum_bootstrap, (31, 2800), 2800, 0.75, "loop of sorted NumPy 0.60 s; none offered elsewhere"),
    "Theil, 999 permutations": (theil_permutations, (31, 2800, 30000), 2800, 0.05, "inequality TheilDSim 1.74 s"),
    "Moran, 999 permutations": (moran_permutations, (300, 2800, 30000), 2800, None, "esda 0.061 s, spdep 0.80 s"),
    "Local Moran, 999, first call": (local_moran_permutations, (300, 2800, 30000), 2800, 0.15, "esda 15 s first, 0.085 s warm"),
    "Two-way SDM, 20 years, K 5": (durbin, (30, 300, 2800), 2800, 1.0, "spreg one-way 15.1 s and 7 GB"),
    "Spatial Markov, 99 permutations, 20 years": (spatial_chain, (300, 2800), 2800, 0.3, "giddy 4.5 s (k 3; k 5 fails)"),
    "Duclos-Esteban-Ray": (polarisation, (31, 2800), 2800, None, ""),
    "Kernel density, 512 points": (density, (31, 2800, 30000), 30000, 0.02, "scipy 0.165 s, statsmodels FFT 0.0018 s"),
}


def measure(name: str, n: int) -> dict[str, float]:
    """CPU seconds of the first call in this process (libraries loaded) and the best of four, and the memory added in MB."""
    import scipy.fft
    import scipy.sparse.linalg
    import scipy.special

    assert scipy.fft
    assert scipy.sparse.linalg
    assert scipy.special
    run = CASES[name][0](n)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times = []
    for _ in range(4):
        began = time.process_time()
        run()
        times.append(time.process_time() - began)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"first": times[0], "best": min(times), "memory": (after - before) / 1024}


def fresh(name: str, n: int) -> dict[str, float]:
    """The measurement in a process of its own, on one thread, so that CPU seconds compare."""
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, __file__, "--one", name, "--size", str(n)], capture_output=True, text=True, check=True, env=one_thread
    )
    return dict(json.loads(done.stdout))


def main() -> int:
    """Print the table; exit 1 where a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one")
    parser.add_argument("--size", type=int, default=0)
    given = parser.parse_args()
    if given.one:
        sys.stdout.write(json.dumps(measure(given.one, given.size)))
        return 0
    broken = 0
    sys.stdout.write(
        "| kernel | n | first call | best | added MB | limit | peers |\n| --- | --- | --- | --- | --- | --- | --- |\n"
    )
    for name, (_, sizes, at, limit, peers) in CASES.items():
        for n in sizes:
            found = fresh(name, n)
            shown = f"{limit:g}" if limit is not None and n == at else ""
            broken += bool(shown and found["first"] > (limit or 0))
            cells = (name, f"{n:,}", f"{found['first']:.4f}", f"{found['best']:.4f}", f"{found['memory']:.0f}", shown)
            sys.stdout.write("| " + " | ".join([*cells, peers if n == at else ""]) + " |\n")
            sys.stdout.flush()
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
