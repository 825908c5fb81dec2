"""CPU seconds of the measure kernels at growing size, beside their limits and the packages people use, on the same arrays.

    OMP_NUM_THREADS=1 python benchmarks/bench_measure.py             # each case in a fresh process, ratios, growth with size
    OMP_NUM_THREADS=1 python benchmarks/bench_measure.py --markdown  # the same as the table of docs/*/methods-measure.md
    OMP_NUM_THREADS=1 pytest benchmarks/bench_measure.py --benchmark-timer=time.process_time --benchmark-columns=min,median,rounds

Peers (pip install pymcdm scikit-criteria SALib; those that are not installed are left out and said) and `numpy`, the recipe
written out by hand as in a notebook. Times are the best of several runs in CPU seconds; a busy machine makes them upper bounds.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

SEED = 20240305
LIMITS = {"entropy_topsis 2800x20x60": 0.15, "rank_intervals 300x40": 0.10}
PANELS = {"30x20x10": (30, 20, 10), "300x40x20": (300, 40, 20), "2800x20x60": (2800, 20, 60)}
SQUARES = {"31x20": (31, 20), "300x40": (300, 40), "2800x60": (2800, 60)}
PEERS = ("numpy", "pymcdm", "skcriteria", "SALib")
CELLS = {k: int(np.prod(shape)) for k, shape in {**PANELS, **SQUARES}.items()}


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


def numpy_topsis(size: str) -> Callable[[], object]:
    """The recipe as notebooks write it."""
    x = panel(size).reshape(-1, PANELS[size][2])

    def work() -> object:
        z = (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0))
        p = z / z.sum(axis=0)
        e = -(p * np.log(np.where(p > 0, p, 1))).sum(axis=0) / np.log(len(p))
        v = z * ((1 - e) / (1 - e).sum())
        far, near = (np.sqrt(((v - point) ** 2).sum(axis=1)) for point in (v.min(axis=0), v.max(axis=0)))
        return far / (far + near)

    return work


def pymcdm_critic(size: str) -> Callable[[], object]:
    from pymcdm.weights import critic_weights

    x = panel(size).reshape(-1, PANELS[size][2])
    return lambda: critic_weights(x)


def numpy_critic(size: str) -> Callable[[], object]:
    x = panel(size).reshape(-1, PANELS[size][2])

    def work() -> object:
        z = (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0))
        c = z.std(axis=0, ddof=1) * (1 - np.corrcoef(z, rowvar=False)).sum(axis=0)
        return c / c.sum()

    return work


def numpy_draws(size: str) -> Callable[[], object]:
    """A twentieth of the draws, multiplied: a loop over draws with pandas ranks."""
    import pandas

    z = 0.01 + 0.99 * square(size)
    w = np.random.default_rng(SEED).dirichlet(np.ones(z.shape[1]), size=50)

    def work() -> object:
        index = [z @ one if n % 2 else np.exp(np.log(z) @ one) for n, one in enumerate(w)]
        places = pandas.DataFrame(index).rank(axis=1, ascending=False, method="min")
        return places.quantile([0.05, 0.5, 0.95])

    return work


def salib_sobol(size: str) -> Callable[[], object]:
    """SALib's sample and its analysis of one region's rank, the ranks themselves by our model: what a user of SALib would run."""
    from SALib.analyze import sobol as analyse
    from SALib.sample import sobol as sample

    from yindi.measure.sensitivity import rank_model

    z = 0.01 + 0.99 * square(size)
    columns = z.shape[1]
    model, factors = rank_model([z, z**2], [np.full(columns, 1 / columns), z.std(axis=0) / z.std(axis=0).sum()])
    names = [f"{f}{n}" for f, count in factors.items() for n in range(count)]
    groups = [f for f, count in factors.items() for _ in range(count)]
    problem = {"num_vars": len(names), "names": names, "groups": groups, "bounds": [[0.0, 1.0 - 1e-12]] * len(names)}

    def work() -> object:
        places = model(sample.sample(problem, 256, calc_second_order=False, seed=1))
        return analyse.analyze(problem, places[:, 0].astype(float), calc_second_order=False, num_resamples=2, seed=1)

    return work


OURS = {"entropy_topsis": (entropy_topsis, PANELS), "critic": (critic, PANELS), "rank_intervals": (rank_intervals, SQUARES),
        "sobol": (sobol, SQUARES)}  # fmt: skip
THEIRS = {("entropy_topsis", "numpy"): (numpy_topsis, 1), ("entropy_topsis", "pymcdm"): (pymcdm_topsis, 1),
          ("entropy_topsis", "skcriteria"): (skcriteria_topsis, 1), ("critic", "numpy"): (numpy_critic, 1),
          ("critic", "pymcdm"): (pymcdm_critic, 1), ("rank_intervals", "numpy"): (numpy_draws, 20),
          ("rank_intervals", "pymcdm"): (pymcdm_draws, 20), ("sobol", "SALib"): (salib_sobol, 1)}  # fmt: skip
CASES = [(case, size, who) for case, (_, sizes) in OURS.items() for size in sizes
         for who in ("yindi", *(p for p in PEERS if (case, p) in THEIRS))]  # fmt: skip


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


def test_bench(benchmark: Any, case: str, size: str, who: str) -> None:
    """One case under pytest-benchmark, CPU seconds; a peer stands in the group of its case and size."""
    if who not in ("yindi", "numpy"):
        importlib.import_module(who)
    make, times = (OURS[case][0], 1) if who == "yindi" else THEIRS[case, who]
    benchmark.group, benchmark.name = f"{case} {size}", who + (f" (1/{times} of the work)" if times > 1 else "")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        benchmark.pedantic(make(size), rounds=3, warmup_rounds=1)


def pytest_generate_tests(metafunc: Any) -> None:
    here = [c for c in CASES if c[2] in ("yindi", "numpy") or importlib.util.find_spec(c[2])]
    metafunc.parametrize(("case", "size", "who"), here)


def growth(times: list[tuple[str, float]]) -> str:
    """How cost grows from the second size to the last: the exponent of the number of cells (rows times indicators)."""
    (small, before), (large, after) = times[-2], times[-1]
    return f"cells^{np.log(after / before) / np.log(CELLS[large] / CELLS[small]):.2f}"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--case", choices=OURS)
    options.add_argument("--size")
    options.add_argument("--who", default="yindi")
    options.add_argument("--markdown", action="store_true")
    given = options.parse_args()
    if given.case and given.size:
        print(json.dumps({"seconds": one(given.case, given.size, given.who)}))
        return 0
    here = [p for p in PEERS if p == "numpy" or importlib.util.find_spec(p)]
    absent = [p for p in PEERS if p not in here]
    print("peers: " + ", ".join(here) + (f"; not installed: {', '.join(absent)}" if absent else ""))
    head = ("case", "size", "yindi", "limit", *here, "growth")
    print("| " + " | ".join(head) + " |\n" + "| --- " * len(head) + "|" if given.markdown else "")
    late = []
    for case, (_, sizes) in OURS.items():
        done: list[tuple[str, float]] = []
        for size in sizes:
            seconds, limit = measured(case, size, "yindi"), LIMITS.get(f"{case} {size}")
            done.append((size, seconds))
            others = [measured(case, size, p) if (case, p) in THEIRS else None for p in here]
            told = ["" if o is None else f"{o:.4f} ({o / seconds:.1f} x)" for o in others]
            last = growth(done) if len(done) == len(sizes) else ""
            cells = [case, size, f"{seconds:.4f}", "" if limit is None else f"{limit:.2f}", *told, last]
            widths = (0,) * 9 if given.markdown else (15, 11, 8, 6, *(18,) * len(here), 9)
            print("| " + " | ".join(c.rjust(n) for c, n in zip(cells, widths, strict=False)) + " |", flush=True)
            late += [f"{case} {size}"] if limit and seconds > limit else []
    print("over their limit: " + ", ".join(late) if late else "all within their limits")
    return 1 if late else 0


if __name__ == "__main__":
    raise SystemExit(main())
