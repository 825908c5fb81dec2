"""CPU seconds of the disparity kernels at growing size, beside their limits and their peers.

python benchmarks/bench_disparity.py [--peers PYTHON] [--panels 300]: PYTHON is an
interpreter with inequality, giddy, esda and spreg (without it the peers' column is empty); every measurement has a process of
its own on one thread; --panels simulates so many panels for the spatial Durbin model and prints what they recover.
"""

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


def plain_weights(n: int):  # type: ignore[no-untyped-def]
    """The weights of `neighbours` as a libpysal W."""
    from libpysal.weights import WSP, WSP2W

    w = WSP2W(WSP(neighbours(n)))
    w.transform = "r"
    return w


def peer_dagum(n: int) -> Callable[[], object]:
    """The loops of the published MATLAB and Stata scripts, in Python: every pair of units, group by group."""
    rng = np.random.default_rng(SEED)
    y, groups = rng.lognormal(size=n), rng.integers(0, 8, n)
    parts = [y[groups == g] for g in range(8)]

    def run() -> float:
        return sum(abs(a - b) for one in parts for other in parts for a in one for b in other) / (2 * n * n * float(y.mean()))

    return run


def peer_vectorised(n: int) -> Callable[[], object]:
    """Every pair of groups by an outer difference, 1,000 resamples inside groups."""
    rng = np.random.default_rng(SEED)
    y, groups = rng.lognormal(size=n), rng.integers(0, 8, n)
    parts = [y[groups == g] for g in range(8)]

    def once(drawn: list[np.ndarray]) -> float:
        return sum(float(np.abs(a[:, None] - b).sum()) for a in drawn for b in drawn)

    return lambda: [once([p[rng.integers(0, len(p), len(p))] for p in parts]) for _ in range(20)]


def peer_theil(n: int) -> Callable[[], object]:
    from inequality.theil import TheilDSim

    rng = np.random.default_rng(SEED)
    y, groups = rng.lognormal(size=n), rng.integers(0, 8, n)
    return lambda: TheilDSim(y, groups, 999)


def peer_moran(n: int) -> Callable[[], object]:
    from esda import Moran

    y, w = np.random.default_rng(SEED).normal(size=n), plain_weights(n)
    return lambda: Moran(y, w, permutations=999)


def peer_local(n: int) -> Callable[[], object]:
    from esda import Moran_Local

    y, w = np.random.default_rng(SEED).normal(size=n), plain_weights(n)
    return lambda: Moran_Local(y, w, permutations=999, keep_simulations=False, n_jobs=1)


def peer_markov(n: int) -> Callable[[], object]:
    from giddy.markov import Spatial_Markov

    rng, w = np.random.default_rng(SEED), plain_weights(n)
    y = np.exp(rng.normal(size=(n, 1)) + 0.1 * rng.normal(size=(n, 20)).cumsum(axis=1))
    return lambda: Spatial_Markov(y, w, k=3, permutations=99)


def peer_durbin(n: int) -> Callable[[], object]:
    from spreg import Panel_FE_Lag

    rng, w = np.random.default_rng(SEED), plain_weights(n)
    x, y = rng.normal(size=(n * 20, 5)), rng.normal(size=(n * 20, 1))
    return lambda: Panel_FE_Lag(y, x, w)


def peer_density(n: int) -> Callable[[], object]:
    from scipy.stats import gaussian_kde

    y = np.random.default_rng(SEED).lognormal(size=n)
    grid = np.linspace(y.min(), y.max(), 512)
    return lambda: gaussian_kde(y)(grid)


# name -> (maker, sizes, size the limit is set for, limit in CPU seconds or None)
CASES: dict[str, tuple[Callable[[int], Callable[[], object]], tuple[int, ...], int, float | None]] = {
    "Dagum, 8 groups": (dagum_once, (31, 2800, 30000), 30000, 0.01),
    "Dagum, 1,000 bootstraps": (dagum_bootstrap, (31, 300, 2800), 2800, 0.75),
    "Theil, 999 permutations": (theil_permutations, (31, 2800, 30000), 2800, 0.05),
    "Moran, 999 permutations": (moran_permutations, (300, 2800, 30000), 2800, None),
    "Local Moran, 999, first call": (local_moran_permutations, (300, 2800, 30000), 2800, 0.15),
    "Two-way SDM, 20 years, K 5": (durbin, (30, 300, 2800), 2800, 1.0),
    "Spatial Markov, 99 permutations, 20 years": (spatial_chain, (300, 2800), 2800, 0.3),
    "Duclos-Esteban-Ray": (polarisation, (31, 2800), 2800, None),
    "Kernel density, 512 points": (density, (31, 2800, 30000), 30000, 0.02),
}
# name -> (maker, what it is, size it is run at, factor to the full job)
PEERS: dict[str, tuple[Callable[[int], Callable[[], object]], str, int, float]] = {
    "Dagum, 8 groups": (peer_dagum, "loops over pairs (n 1,000 x 900)", 1000, 900.0),
    "Dagum, 1,000 bootstraps": (peer_vectorised, "outer differences (20 of 1,000)", 2800, 50.0),
    "Theil, 999 permutations": (peer_theil, "inequality TheilDSim", 2800, 1.0),
    "Moran, 999 permutations": (peer_moran, "esda Moran", 2800, 1.0),
    "Local Moran, 999, first call": (peer_local, "esda Moran_Local", 2800, 1.0),
    "Two-way SDM, 20 years, K 5": (peer_durbin, "spreg Panel_FE_Lag, one-way (n 700, not scaled)", 700, 1.0),
    "Spatial Markov, 99 permutations, 20 years": (peer_markov, "giddy Spatial_Markov, k 3", 2800, 1.0),
    "Kernel density, 512 points": (peer_density, "scipy gaussian_kde", 30000, 1.0),
}
MEMORY_LIMIT = {"Two-way SDM, 20 years, K 5": 100.0}


def measure(name: str, n: int) -> dict[str, float]:
    """CPU seconds of the first call in this process (libraries loaded) and the best of four, and the memory added in MB."""
    import scipy.fft
    import scipy.sparse.linalg
    import scipy.special

    assert scipy.fft
    assert scipy.sparse.linalg
    assert scipy.special
    peer = name.startswith("peer ")
    run = PEERS[name[5:]][0](n) if peer else CASES[name][0](n)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times = []
    for _ in range(2 if peer else 4):
        began = time.process_time()
        run()
        times.append(time.process_time() - began)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"first": times[0], "best": min(times), "memory": (after - before) / 1024}


def fresh(name: str, n: int, python: str = sys.executable) -> dict[str, float]:
    """The measurement in a process of its own, on one thread, so that CPU seconds compare."""
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    done = subprocess.run(
        [python, "-W", "ignore", __file__, "--one", name, "--size", str(n)],
        capture_output=True,
        text=True,
        check=True,
        env=one_thread,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def panels(count: int) -> str:
    """What `count` simulated panels of 31 regions and 10 years with year shocks recover of rho .4, two ways and one way."""
    from yindi.disparity.spatial import sdm

    rng, w = np.random.default_rng(SEED), neighbours(31, 4).toarray()
    inverse, lines = np.linalg.inv(np.eye(31) - 0.4 * w), []
    found: dict[str, list[tuple[float, bool, float]]] = {"twoways": [], "region": []}
    for _ in range(count):
        x = rng.standard_normal((31, 10))
        shocks = 2 * rng.standard_normal((31, 1)) + 2 * rng.standard_normal((1, 10))
        y = inverse @ (x + 0.5 * (w @ x) + shocks + rng.standard_normal((31, 10)))
        for effects, kept in found.items():
            r = sdm(y, x, w, effects=effects, draws=50)  # type: ignore[arg-type]
            kept.append((r.rho, r.interval[0] <= 0.4 <= r.interval[1], r.sigma2))
    for effects, kept in found.items():
        rho, covers, sigma2 = np.array(kept, dtype=float).T
        lines.append(f"{effects}: mean rho {rho.mean():.3f} (sd {rho.std():.3f}), intervals hold .40 in {covers.mean():.1%}, "
                     f"sigma2 {sigma2.mean():.3f}")  # fmt: skip
    return f"{count} panels, 31 regions, 10 years, year shocks of twice the noise, rho .40\n" + "\n".join(lines) + "\n"


def table(python: str | None) -> tuple[list[str], int]:
    """The lines of the table, and how many limits are broken."""
    broken, lines = 0, ["| kernel | n | first call | best | added MB | limit | peer | peer first | peer best | ratio (first) |",
                        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"]  # fmt: skip
    for name, (_, sizes, at, limit) in CASES.items():
        for n in sizes:
            found = fresh(name, n)
            shown = f"{limit:g}" if limit is not None and n == at else ""
            broken += bool(shown and found["first"] > (limit or 0)) + bool(
                n == at and found["memory"] > MEMORY_LIMIT.get(name, 1e9)
            )
            cells = [name, f"{n:,}", f"{found['first']:.4f}", f"{found['best']:.4f}", f"{found['memory']:.0f}", shown]
            cells += _peer(name, found["first"], python) if n == at else [""] * 4
            lines.append("| " + " | ".join(cells) + " |")
            sys.stdout.write(lines[-1] + "\n")
            sys.stdout.flush()
    return lines, broken


def _peer(name: str, own: float, python: str | None) -> list[str]:
    if python is None or name not in PEERS:
        return [""] * 4
    _, what, n, factor = PEERS[name]
    found = fresh(f"peer {name}", n, python)
    first, best = factor * found["first"], factor * found["best"]
    return [what, f"{first:.3g}", f"{best:.3g}", f"{first / own:,.0f}"]


def main() -> int:
    """Print the table; exit 1 where a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one")
    parser.add_argument("--size", type=int, default=0)
    parser.add_argument("--peers")
    parser.add_argument("--panels", type=int, default=0)
    given = parser.parse_args()
    if given.one:
        sys.stdout.write(json.dumps(measure(given.one, given.size)))
        return 0
    if given.panels:
        sys.stdout.write(panels(given.panels))
        return 0
    return int(table(given.peers)[1] > 0)


if __name__ == "__main__":
    sys.exit(main())
