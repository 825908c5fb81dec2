"""Writes pysal_peers.json: data that come with libpysal, made-up data without any random number, and what PySAL gives on them.

Run in an environment of its own, beside the project's (inequality 1.1.2, giddy 2.3.8, esda 2.8.2, libpysal 4.14.1,
convergence-clubs 0.1.2): python pysal_peers.py
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np

UNITS, YEARS, CLASSES = 30, 12, 4


def panel() -> np.ndarray:
    """Positive values (UNITS, YEARS) that wander, mixed by whole numbers alone."""
    r, t = np.indices((UNITS, YEARS))
    level = 1.0 + ((17 * r * r + 5 * r) % 23) / 10
    return level * (1.0 + 0.02 * t + ((13 * r * r + 7 * t * t + 3 * r * t) % 19 - 9) / 60)


def ring() -> np.ndarray:
    """Two neighbours on either side, row-standardised (UNITS, UNITS)."""
    w = sum(np.roll(np.eye(UNITS), shift, axis=0) for shift in (-2, -1, 1, 2))
    return np.asarray(w / 4.0)


def clubs_panel() -> np.ndarray:
    """24 regions, 20 years, three planted clubs that close ranks, each with its own end value; ripples by whole numbers."""
    r, t = np.indices((24, 20))
    end = np.array([4.0, 2.5, 1.5])[r % 3]
    start = 1.0 + ((11 * r * r + 3 * r) % 13) / 20 - 0.3
    ripple = 1.0 + ((7 * r * r + 5 * t * r + 3 * t * t) % 11 - 5) / 4000
    return end * (1.0 + (start - 1.0) * np.exp(-0.25 * t)) * (1 + 0.02 * t) * ripple


def main() -> None:
    """Run PySAL on everything."""
    warnings.simplefilter("ignore")
    found: dict[str, Any] = {"mexico": mexico(), "moran": {name: association(name) for name in ("stl", "sids2")}}
    found |= {"markov": markov(), "made_up": inequality(panel()[:, 0]), "clubs": clubs()}
    text = json.dumps(found, default=lambda a: np.asarray(a).tolist(), ensure_ascii=False)
    Path(__file__).with_name("pysal_peers.json").write_text(text + "\n", encoding="utf-8")


def inequality(y: np.ndarray) -> dict[str, float]:
    """Indices of one vector."""
    from inequality.atkinson import atkinson
    from inequality.gini import Gini
    from inequality.theil import Theil
    from inequality.wolfson import wolfson

    return {"gini": float(Gini(y).g), "theil": float(Theil(y).T), "atkinson_half": float(atkinson(y, 0.5)),
            "atkinson_one": float(atkinson(y, 1)), "wolfson": float(wolfson(y))}  # fmt: skip


def mexico() -> dict[str, Any]:
    """32 Mexican states, 1940 to 2000, in Hanson's regions."""
    import libpysal
    from inequality.theil import TheilD, TheilDSim

    f = libpysal.io.open(libpysal.examples.get_path("mexico.csv"))
    y = np.array([f.by_col[f"pcgdp{year}"] for year in range(1940, 2010, 10)], dtype=float).T
    regimes = np.array(f.by_col("hanson98"))
    parts = TheilD(y, regimes)
    return {"y": y, "regimes": regimes, "indices": [inequality(v) for v in y.T], "between": parts.bg, "within": parts.wg,
            "p": TheilDSim(y, regimes, 9999).bg_pvalue}  # fmt: skip


def association(name: str) -> dict[str, Any]:
    """Global, bivariate and local statistics of two columns of a libpysal example."""
    import esda
    import libpysal

    if name == "stl":
        f = libpysal.io.open(libpysal.examples.get_path("stl_hom.txt"))
        y, x = (np.array(f.by_col[c], dtype=float) for c in ("HR8893", "HR8488"))
    else:
        f = libpysal.io.open(libpysal.examples.get_path("sids2.dbf"))
        y, x = (np.array(f.by_col(c), dtype=float) for c in ("SIDR74", "SIDR79"))
    w = libpysal.io.open(libpysal.examples.get_path(f"{name}.gal")).read()
    edges = np.argwhere(w.full()[0] > 0)
    m = esda.Moran(y, w, transformation="r", permutations=0, two_tailed=False)
    g = esda.Geary(y, w, transformation="r", permutations=0)
    local = esda.Moran_Local(y, w, transformation="r", permutations=9999, seed=1, n_jobs=1)
    both = esda.Moran_Local_BV(y, x, w, transformation="r", permutations=99, seed=1, n_jobs=1)
    return {
        "y": y, "x": x, "edges": edges, "i": m.I, "expected": m.EI, "variance_normal": m.VI_norm, "variance": m.VI_rand,
        "z_normal": m.z_norm, "z": m.z_rand, "p_normal_curve": m.p_norm, "p_rand": m.p_rand, "c": g.C,
        "c_variance_normal": g.VC_norm, "c_variance": g.VC_rand, "bivariate": esda.Moran_BV(y, x, w, permutations=0).I,
        "local": local.Is, "local_p": local.p_sim, "quadrant": local.q, "local_bivariate": both.Is,
    }  # fmt: skip


def markov() -> dict[str, Any]:
    """Chains of the made-up panel at given cuts, and the ergodic quantities of small matrices."""
    from giddy.ergodic import mfpt, steady_state
    from giddy.markov import Markov, Spatial_Markov
    from libpysal.weights import full2W

    y, w = panel(), full2W(ring())
    w.transform = "r"
    lag = ring() @ y
    cuts, lag_cuts = (np.quantile(a, [0.25, 0.5, 0.75]) for a in (y, lag))
    classes = np.array([[int(np.sum(v > cuts)) for v in row] for row in y])
    chain = Markov(classes, summary=False)
    spatial = Spatial_Markov(y, w, cutoffs=cuts, lag_cutoffs=lag_cuts)
    never = [*np.quantile(lag, [0.3, 0.6]), 1e6]
    empty = Spatial_Markov(y, w, cutoffs=cuts, lag_cutoffs=never)
    small = np.array([[0.5, 0.25, 0.25], [0.5, 0, 0.5], [0.25, 0.25, 0.5]])
    return {"cuts": cuts, "lag_cuts": lag_cuts, "counts": chain.transitions, "p": chain.p, "steady": chain.steady_state,
            "passage": chain.mfpt, "spatial_counts": spatial.T, "spatial_p": spatial.P, "q": spatial.Q, "lr": spatial.LR,
            "freedom": spatial.dof_hom, "small": small,
            "empty": {"lag_cuts": never, "counts": empty.T, "q": empty.Q, "lr": empty.LR}, "small_steady": steady_state(small),
            "small_passage": mfpt(small)}  # fmt: skip


def clubs() -> dict[str, Any]:
    """Clubs of the planted panel by the port of ConvergenceClubs, in the paper's, R's and Stata's convention."""
    import convergence_clubs as peer
    import pandas as pd

    frame = pd.DataFrame(clubs_panel())
    options: dict[str, dict[str, Any]] = {
        "phillips_sul": {"core_rule": "max_t", "cstar_method": "incremental", "cstar_increment": 0.05, "cstar_cap": 50},
        "r": {}, "stata": {"convention": "Stata", "time_trim": 1 / 3},
    }  # fmt: skip
    out = {}
    for name, given in options.items():
        parted = peer.find_clubs(frame, **given)
        merged = peer.merge_clubs(parted)
        # fmt: off
        out[name] = {"t": [c.model.t_value for c in parted.clubs], "slope": [c.model.beta for c in parted.clubs],
                     "members": [sorted(c.ids) for c in parted.clubs], "merged": [sorted(c.ids) for c in merged.clubs]}
        # fmt: on
    return out


if __name__ == "__main__":
    main()
