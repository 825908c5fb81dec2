"""CPU seconds of the measure kernels at growing size, beside limits and peers; run: python benchmarks/bench_measure.py.

Peers (pip install pymcdm scikit-criteria) are timed on the same arrays, each case in a fresh process; what is not installed is
left out and said. Each line: case, rows x columns, CPU seconds (best of three), limit, ratio to each peer.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import time
import warnings
from collections.abc import Callable

import numpy as np

SEED = 20240305
LIMITS = {"entropy_topsis 2800x20x60": 0.15, "rank_intervals 300x40": 0.10}
PANELS = {"30x20x10": (30, 20, 10), "300x40x20": (300, 40, 20), "2800x20x60": (2800, 20, 60)}
SQUARES = {"31x20": (31, 20), "300x40": (300, 40), "2800x60": (2800, 60)}
PEERS = ("pymcdm", "skcriteria")


def panel(size: str) -> np.ndarray:
    """Lognormal regions x years x indicators."""
    return np.random.default_rng(SEED).lognormal(size=PANELS[size])


def square(size: str) -> np.ndarray:
    from yindi.measure.normalise import minmax

    return minmax(np.random.default_rng(SEED).lognormal(size=SQUARES[size]), direction=1)


def entropy_topsis(size: str) -> Callable[[], object]:
    from yindi.measure.aggregate import topsis
    from yindi.measure.normalise import minmax
    from yindi.measure.weights import entropy

    x = panel(size)

    def work() -> object:
        z = minmax(x, direction=1)
        return topsis(z, entropy(z))

    return work


def critic(size: str) -> Callable[[], object]:
    from yindi.measure.normalise import minmax
    from yindi.measure.weights import critic

    x = panel(size)
    return lambda: critic(minmax(x, direction=1))


def rank_intervals(size: str) -> Callable[[], object]:
    from yindi.measure.robust import rank_intervals

    z = square(size)
    return lambda: rank_intervals(z, draws=1000, seed=1)


def sobol(size: str) -> Callable[[], object]:
    from yindi.measure.sensitivity import rank_model, sobol

    z = 0.01 + 0.99 * square(size)
    columns = z.shape[1]
    model, factors = rank_model([z, z**2], [np.full(columns, 1 / columns), z.std(axis=0) / z.std(axis=0).sum()])
    return lambda: sobol(model, factors=factors, draws=256, seed=1)


def pymcdm_topsis(size: str) -> Callable[[], object]:
    from pymcdm.methods import TOPSIS
    from pymcdm.weights import entropy_weights

    x = panel(size).reshape(-1, PANELS[size][2])
    method, types = TOPSIS(), np.ones(x.shape[1])

    def work() -> object:
        z = (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0))
        return method(x, entropy_weights(np.maximum(z, 1e-12)), types)

    return work


def skcriteria_topsis(size: str) -> Callable[[], object]:
    import skcriteria
    from skcriteria.agg.similarity import TOPSIS
    from skcriteria.pipeline import mkpipe
    from skcriteria.preprocessing.scalers import MinMaxScaler
    from skcriteria.preprocessing.weighters import EntropyWeighter

    x = panel(size).reshape(-1, PANELS[size][2])
    matrix = skcriteria.mkdm(x, [max] * x.shape[1])
    pipe = mkpipe(MinMaxScaler("matrix"), EntropyWeighter(), TOPSIS())
    return lambda: pipe.evaluate(matrix)


def pymcdm_draws(size: str) -> Callable[[], object]:
    """A twentieth of the draws, multiplied: the peer goes through them one by one."""
    from pymcdm.methods import TOPSIS

    z = square(size)
    method, types = TOPSIS(), np.ones(z.shape[1])
    w = np.random.default_rng(SEED).dirichlet(np.ones(z.shape[1]), size=50)
    return lambda: [method.rank(method(z, one, types)) for one in w]


OURS = {"entropy_topsis": (entropy_topsis, PANELS), "critic": (critic, PANELS), "rank_intervals": (rank_intervals, SQUARES),
        "sobol": (sobol, SQUARES)}  # fmt: skip
THEIRS = {("entropy_topsis", "pymcdm"): (pymcdm_topsis, 1), ("entropy_topsis", "skcriteria"): (skcriteria_topsis, 1),
          ("rank_intervals", "pymcdm"): (pymcdm_draws, 20)}  # fmt: skip


def best_of_three(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(3):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def measured(case: str, size: str, who: str) -> float:
    """CPU seconds of one case in a fresh process."""
    command = [sys.executable, __file__, "--case", case, "--size", size, "--who", who]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout)["seconds"])


def one(case: str, size: str, who: str) -> float:
    warnings.simplefilter("ignore")
    if who == "yindi":
        return best_of_three(OURS[case][0](size))
    make, times = THEIRS[case, who]
    return times * best_of_three(make(size))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--case", choices=OURS)
    options.add_argument("--size")
    options.add_argument("--who", default="yindi")
    given = options.parse_args()
    if given.case and given.size:
        print(json.dumps({"seconds": one(given.case, given.size, given.who)}))
        return 0
    here = [p for p in PEERS if importlib.util.find_spec(p)]
    print(f"peers here: {here or 'none'} of {list(PEERS)}")
    late = []
    for case, (_, sizes) in OURS.items():
        for size in sizes:
            seconds, limit = measured(case, size, "yindi"), LIMITS.get(f"{case} {size}")
            ratios = [f"{p} {measured(case, size, p) / seconds:.1f} x" for p in here if (case, p) in THEIRS]
            print(
                f"{case:16} {size:>11} {seconds:9.4f} s"
                + (f"  limit {limit:.2f} s" if limit else "")
                + "".join(f"  {r}" for r in ratios)
            )
            late += [f"{case} {size}"] if limit and seconds > limit else []
    print("over their limit: " + ", ".join(late) if late else "all within their limits")
    return 1 if late else 0


if __name__ == "__main__":
    raise SystemExit(main())
