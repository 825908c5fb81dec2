"""How long simulations take: python benchmarks/bench_simulate.py [CASE ...]; each case in its own process with its own memory.

Without arguments the cases of seconds, with `all` every one. One line a case: seconds (wall, CPU; the least of three runs), peak
memory, what was done. `paths-*` have parameters of their own in every path; `-iterated` are neighbours not all mutual (sparse
fixed point), the others are stepped in eigenvectors. Made-up histories: they say how long it takes, nothing about any country.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from yindi.simulate.dynamics import Dynamics, centred
from yindi.simulate.hindcast import hindcast
from yindi.simulate.outcomes import by_nation, by_region, order
from yindi.simulate.paths import simulate_paths

HORIZON = 15
PATHS = {
    "paths-31": (31, 10_000), "paths-100": (100, 10_000), "paths-300": (300, 10_000), "paths-300-iterated": (300, 10_000),
    "paths-1000": (1000, 10_000), "paths-2800": (2800, 2_000),
}  # fmt: skip
OUTCOMES = {"outcomes-31": (31, 10_000), "outcomes-300": (300, 10_000)}
HINDCASTS = {"hindcast-31": (31, 11, 6), "hindcast-48": (48, 81, 25), "hindcast-300": (300, 30, 15)}
LARGE = ("paths-1000", "paths-2800", "hindcast-300")
ALL = (*PATHS, *OUTCOMES, *HINDCASTS)
SMALL = tuple(n for n in ALL if n not in LARGE)
RUNS = 3


def timed(work: Callable[[], str], runs: int) -> str:
    measured = []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        said = work()
        measured.append((time.process_time() - cpu, time.perf_counter() - wall))
    cpu, wall = min(measured)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{wall:8.2f} s  {cpu:8.2f} s CPU  {peak:6.0f} MB  {said}"


def contacts(n: int, *, mutual: bool = True) -> np.ndarray:
    """Row-standardised neighbours of made-up places: the five nearest, made mutual or not."""
    from scipy.spatial import cKDTree

    places = np.random.default_rng(n).random((n, 2))
    near = cKDTree(places).query(places, 6)[1][:, 1:]
    w = np.zeros((n, n))
    w[np.arange(n)[:, None], near] = 1.0
    w = np.maximum(w, w.T) if mutual else w
    return w / w.sum(axis=1, keepdims=True)


def made_up(n: int, rng: np.random.Generator) -> Dynamics:
    """Parameters of the size that US states have, each with an error, and 24 years of residuals."""
    return Dynamics(0.45, 0.9, -0.36, np.zeros(n), rng.normal(0, 0.02, (24, n)), np.diag([9e-4, 2.5e-5, 1e-4]), 0.0)


def paths(name: str) -> str:
    n, draws = PATHS[name]
    rng, w = np.random.default_rng(1), contacts(n, mutual="iterated" not in name)
    model, last = made_up(n, rng), rng.normal(0, 0.3, n)

    def run() -> str:
        found = simulate_paths([model], w, last, horizon=HORIZON, draws=draws, rng=rng, kind=np.float32)
        return f"{n} regions, {found.shape[2]} paths of {found.shape[0]} years, single precision"

    return timed(run, 1 if name in LARGE else RUNS)


def outcomes(name: str) -> str:
    """One scenario as the stage does it: paths in double precision, then bands, gaps, polarisation and mobility."""
    n, draws = OUTCOMES[name]
    rng, w = np.random.default_rng(1), contacts(n)
    model, last = made_up(n, rng), centred(rng.normal(0, 0.3, n))

    def run() -> str:
        path = simulate_paths([model], w, last, horizon=HORIZON, draws=draws, rng=rng)
        place, ordered = order(path)
        by_region(path, np.zeros((HORIZON, draws)), place, (0.1, 0.9))
        by_nation(path, place, ordered, last, (0.1, 0.9))
        return f"{n} regions, {draws} paths of {HORIZON} years with all outcomes"

    return timed(run, 1)


def history(name: str) -> str:
    n, years, window = HINDCASTS[name]
    rng, w = np.random.default_rng(1), contacts(n)
    y = centred(0.3 * rng.standard_normal(n) + 0.02 * rng.standard_normal((years, n)).cumsum(axis=0))

    def run() -> str:
        found = hindcast(y, w, rng=rng, horizons=(1, 3, 5), window=window)
        return f"{n} regions, {years} years, {int(found.origins[0])} origins, {len(found.models)} models"

    return timed(run, 1)


def one(name: str) -> str:
    kinds: dict[str, Callable[[str], str]] = {"paths": paths, "outcomes": outcomes, "hindcast": history}
    return kinds[name.split("-")[0]](name)


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--one"]:
        sys.stdout.write(f"{arguments[1]:>18}  {one(arguments[1])}\n")
        return
    for name in ALL if arguments == ["all"] else arguments or SMALL:
        subprocess.run([sys.executable, __file__, "--one", name], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
