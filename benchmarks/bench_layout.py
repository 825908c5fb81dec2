"""How long layouts take: python benchmarks/bench_layout.py [CASE ...]; each case in its own process, so that memory is its own.

Without arguments the cases of seconds, with `all` every one (some minutes). One line a case: seconds (wall, CPU), peak memory,
size, gap asked and proven. `300x100` is one package a pair, `300x100-packages` three. Made-up instances: they say what the
solver does, and nothing about any country. One thread throughout, but for the front, whose points run in two.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from yindi.layout.national import National

NATIONAL = {"31x40": (31, 40, 16, 1e-3), "100x60": (100, 60, 20, 2e-3), "300x100": (300, 100, 30, 2e-3),
            "1000x150": (1000, 150, 35, 1e-3), "300x1000": (300, 1000, 80, 2e-3), "2800x200": (2800, 200, 40, 1e-3)}  # fmt: skip
LEVERS = {"levers-31": 31, "levers-300": 300, "levers-2800": 2800}
PATHS = {"paths-31": (31, 10_000), "paths-300": (300, 10_000), "paths-2800": (2800, 2_000)}
SMALL = (
    "31x40",
    "31x40-packages",
    "300x100",
    "300x100-packages",
    "front-31x40",
    "levers-31",
    "levers-300",
    "paths-31",
    "paths-300",
)
ALL = (
    *SMALL[:2],
    "100x60",
    *SMALL[2:4],
    "300x1000",
    "1000x150",
    "2800x200",
    "2800x200-packages",
    *SMALL[4:],
    "levers-2800",
    "paths-2800",
)


def timed(work: Callable[[], str]) -> str:
    wall, cpu = time.perf_counter(), time.process_time()
    said = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{time.perf_counter() - wall:8.2f} s  {time.process_time() - cpu:8.2f} s CPU  {peak:6.0f} MB  {said}"


def contacts(n: int) -> np.ndarray:
    """Row-standardised symmetric neighbours of made-up places."""
    from scipy.spatial import cKDTree

    places = np.random.default_rng(n).random((n, 2))
    near = cKDTree(places).query(places, 6)[1][:, 1:]
    w = np.zeros((n, n))
    w[np.arange(n)[:, None], near] = 1.0
    w = np.maximum(w, w.T)
    return w / w.sum(axis=1, keepdims=True)


def single(stated: National) -> National:
    """The instance with its middle package only."""
    parts = {k: getattr(stated, k)[:, 1:2] for k in ("value", "capacity", "uplift", "cost")}
    return replace(stated, **parts)


def national(name: str, seed: int) -> list[str]:
    from yindi.layout.assemble import assemble
    from yindi.layout.instances import instance
    from yindi.layout.program import plan_nation

    size, _, packages = name.partition("-")
    regions, industries, candidates, gap = NATIONAL[size]
    stated = instance(regions, industries, candidates=candidates, seed=seed)
    stated = stated if packages else single(stated)

    def build() -> str:
        matrix = assemble(stated).model.matrix()
        return f"build: {len(stated.region)} pairs, {len(matrix.row_lower)} rows, {len(matrix.index)} entries"

    def solve() -> str:
        found = plan_nation(stated, gap=gap)
        return f"solve: objective {found.objective:.4f}, proven gap {found.gap:.5f} (asked {gap})"

    return [timed(build), timed(solve)]


def front_points(name: str, seed: int) -> list[str]:
    from yindi.layout.frontier import front
    from yindi.layout.problem import Problem

    rng = np.random.default_rng(seed)
    problem = Problem(rng.random((31, 40)), limit=4, portfolio_min=3, portfolio_max=5, lagging=np.arange(31) < 12)
    return [timed(lambda: f"front of {len(front(problem, points=8, gap=1e-5).value)} points")]


def levers(name: str, seed: int) -> list[str]:
    from yindi.layout.levers import LeverProblem
    from yindi.layout.levers import levers as solve

    n = LEVERS[name]
    rng = np.random.default_rng(seed)
    stated = LeverProblem(rng.random((n, 5)), np.full(5, float(n)), half=0.2 + rng.random((n, 5)), w=contacts(n), rho=0.4,
                          most=np.full(n, 8.0))  # fmt: skip
    return [timed(lambda: f"objective {solve(stated).objective:.4f}")]


def paths(name: str, seed: int) -> list[str]:
    from yindi.simulate.dynamics import Dynamics
    from yindi.simulate.paths import simulate_paths

    n, draws = PATHS[name]
    rng = np.random.default_rng(seed)
    model = Dynamics(0.45, 0.9, -0.36, np.zeros(n), rng.normal(0, 0.02, (24, n)), np.diag([9e-4, 2.5e-5, 1e-4]), 0.0)
    w, last = contacts(n), rng.normal(0, 0.3, n)

    def run() -> str:
        found = simulate_paths([model], w, last, horizon=15, draws=draws, rng=rng, kind=np.float32)
        return f"{found.shape[2]} paths of {found.shape[0]} years"

    return [timed(run)]


def one(name: str, seed: int) -> list[str]:
    """The lines of one case."""
    kinds: dict[str, Callable[[str, int], list[str]]] = {"levers": levers, "paths": paths, "front": front_points}
    return kinds.get(name.split("-")[0], national)(name, seed)


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--one"]:
        sys.stdout.write("".join(f"{arguments[1]:>12}  {line}\n" for line in one(arguments[1], int(arguments[2]))))
        return
    for name in ALL if arguments == ["all"] else arguments or SMALL:
        subprocess.run([sys.executable, __file__, "--one", name, "1"], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
