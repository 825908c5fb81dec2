"""Writes complexity_peers.json: what four published programs give on one small matrix.

Run in an environment of its own, beside the project's (ecomplexity 0.5.3, econcomplex 1.0.1, economic-complexity 0.3.0,
fermi-cref 0.2.0, pandas < 3): python complexity_peers.py
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np

REGIONS, ACTIVITIES = 16, 22


def matrix() -> np.ndarray:
    """A nested matrix with holes, without any random number: regions hold what is less rare than they are broad."""
    r, c = np.indices((REGIONS, ACTIVITIES))
    mixed = ((37 * r * r + 17 * c * c + 5 * r * c + 3 * c) % 19) / 19
    return ((mixed < 1.0 - 0.03 * c - 0.03 * r) | (c == r % 3)).astype(int)


NEAREST = 4


def amounts() -> np.ndarray:
    """Amounts whose cells differ, without any random number."""
    r, c = np.indices((REGIONS, ACTIVITIES))
    return matrix() * (1.0 + (7 * r + 11 * c) % 13)


def nearest_only(phi: np.ndarray) -> np.ndarray:
    """In each column the largest values off the diagonal, ties with the last included, one by one."""
    kept = np.zeros(phi.shape)
    for p in range(len(phi)):
        others = sorted((phi[q, p] for q in range(len(phi)) if q != p), reverse=True)
        for q in range(len(phi)):
            if q != p and phi[q, p] >= others[NEAREST - 1]:
                kept[q, p] = phi[q, p]
    return kept


def fermi_more(m: np.ndarray) -> dict[str, dict[str, np.ndarray]]:
    """Fermi's proximity, its normalised prediction (density) over all neighbours and over the nearest, its fitness."""
    from fermi import efc
    from fermi.prediction_module import ECPredictor
    from fermi.relatedness_metrics import RelatednessMetrics

    phi = RelatednessMetrics(m).get_projection(rows=False, projection_method="proximity").toarray()
    found = {"proximity": phi, "density": ECPredictor(m, normalize=True).predict_network(phi),
             "density_nearest": ECPredictor(m, normalize=True).predict_network(nearest_only(phi))}  # fmt: skip
    fit, rare = efc(m).get_fitness_complexity(max_iteration=100_000, min_distance=1e-15, normalization="mean")
    empty = np.vstack([m, np.zeros(m.shape[1], int)])
    ranked = efc(empty).get_fitness_complexity()[0]
    return {"fermi_relatedness": found, "fermi_fitness": {"fitness": np.ravel(fit), "complexity": np.ravel(rare)},
            "fermi_empty": {"fitness": np.ravel(ranked)}}  # fmt: skip


def ecomplexity_rows(m: np.ndarray) -> dict[str, dict[str, np.ndarray]]:
    """ECI of ecomplexity from a table in which one cell is listed twice, and from one with a negative amount."""
    import pandas as pd
    from ecomplexity import ecomplexity

    names = {"time": "t", "loc": "r", "prod": "c", "val": "v"}
    rows = [(1, r, c, v) for (r, c), v in np.ndenumerate(amounts())]

    def eci(table: list[tuple[int, int, int, float]]) -> np.ndarray:
        found = ecomplexity(pd.DataFrame(table, columns=["t", "r", "c", "v"]), names, verbose=False)
        return found.drop_duplicates("r").sort_values("r")["eci"].to_numpy()

    spoilt = [(t, r, c, -5.0 if (r, c) == (0, 3) else v) for t, r, c, v in rows]
    return {"atlas_rows": {"plain": eci(rows), "twice": eci([*rows, (1, 0, 0, 500.0)]), "negative": eci(spoilt)}}


def main() -> None:
    """Run the four programs."""
    import pandas as pd
    from ecomplexity import ecomplexity
    from econcomplex.complexity.eigenvector import eci_pci_eigenvector
    from econcomplex.complexity.fitness import fitness_complexity
    from econcomplex.outlook import complexity_outlook_gain, complexity_outlook_index
    from econcomplex.relatedness.density import relatedness_density
    from economic_complexity import complexity as datawheel
    from economic_complexity.product_space import opportunity_gain, relatedness
    from fermi import efc

    warnings.simplefilter("ignore")
    m = matrix()
    long = pd.DataFrame([(1, r, c, v) for (r, c), v in np.ndenumerate(m)], columns=["t", "r", "c", "v"])
    found = ecomplexity(long, {"time": "t", "loc": "r", "prod": "c", "val": "v"}, presence_test="manual", verbose=False)
    wide = {k: found.pivot(index="r", columns="c", values=k).to_numpy() for k in ("eci", "pci", "density", "coi", "cog")}
    expected = {"atlas": {"eci": wide["eci"][:, 0], "pci": wide["pci"][0], "density": wide["density"],
                          "outlook": wide["coi"][:, 0], "gain": wide["cog"]}}  # fmt: skip
    eci, pci = eci_pci_eigenvector(m, use_rca=False, threshold=0.5)
    options = {"use_rca": False, "threshold": 0.5}
    expected["econcomplex"] = {"eci": eci, "pci": pci, "density": relatedness_density(m, **options),
                               "outlook": complexity_outlook_index(m, pci, **options),
                               "gain": complexity_outlook_gain(m, pci, **options)}  # fmt: skip
    frame = pd.DataFrame(m)
    eci, pci = datawheel(frame, cutoff=1)
    expected["datawheel"] = {"eci": eci, "pci": pci, "density": relatedness(frame), "gain": opportunity_gain(frame, pci=pci)}
    fit, rare = fitness_complexity(m, use_rca=False, threshold=0.5, iterations=100_000, tol=1e-14)
    expected["fitness"] = {"fitness": fit, "complexity": rare}
    fermi_eci, fermi_pci = efc(m).get_eci_pci(method="eigenvalue")
    expected["fermi"] = {"eci": fermi_eci, "pci": fermi_pci}
    near = ecomplexity(long, {"time": "t", "loc": "r", "prod": "c", "val": "v"}, presence_test="manual", knn=5, verbose=False)
    expected["atlas_knn"] = {"density": near.pivot(index="r", columns="c", values="density").to_numpy()}
    eci, pci = datawheel(pd.DataFrame(np.vstack([m, np.zeros(ACTIVITIES, int)])), cutoff=1)
    expected["datawheel_empty"] = {"eci": eci, "pci": pci}
    expected |= fermi_more(m) | ecomplexity_rows(m)
    text = {k: {n: np.round(np.asarray(v, float), 15).tolist() for n, v in one.items()} for k, one in expected.items()}
    Path(__file__).with_name("complexity_peers.json").write_text(json.dumps(text), encoding="utf-8")


if __name__ == "__main__":
    main()
