"""Complexity as other programs define it: to reproduce what was published, and to see why numbers differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core.errors import MethodError, suggestion
from yindi.core.registry import method
from yindi.opportunities.arrays import binary, quotient
from yindi.opportunities.complexity import eci_pci
from yindi.opportunities.relatedness import density, gain, outlook, proximity

CONVENTIONS = ("consistent", "atlas", "stata", "econcomplex", "datawheel")
ZEROS = ("own_eci", "mean_pci", "eigenvector", "lowest")


@dataclass(frozen=True, slots=True)
class Complexity:
    """eci (R,), pci (C,), density (R,C), outlook (R,) and gain (R,C) under one convention; outlook is None where it has none."""

    eci: np.ndarray
    pci: np.ndarray
    density: np.ndarray
    outlook: np.ndarray | None
    gain: np.ndarray


@method("complexity", "reproduce", cites=("Hausmann et al. 2014", "econcomplex 1.0.1", "economic-complexity 0.3.0"),
        laws=("one_eci_in_all_conventions",))  # fmt: skip
def reproduce(m: Any, *, convention: str = "consistent") -> Complexity:
    """ECI, PCI, density, outlook and gain of a presence matrix (R,C) in a convention.

    consistent: proximity without diagonal, gain equal to the change of outlook. atlas and stata: py-ecomplexity and the Stata
    command (diagonal 1, uncentred eigenvector in outlook and gain). econcomplex: PCI standardised by itself, density in per cent,
    gain divided by the proximity sum of the added activity. datawheel: twenty reflections, sample deviations, no outlook.
    Raises MethodError for another convention, an empty row or column, or a matrix in parts.
    """
    here = binary(m)
    if convention not in CONVENTIONS:
        hint = suggestion(convention, CONVENTIONS)
        raise MethodError(f"No convention is called {convention!r}. Known: {', '.join(CONVENTIONS)}.{hint}")
    if not (here.any(axis=0).all() and here.any(axis=1).all()):
        raise MethodError("The programs treat empty rows and columns each in its own way; take them out first.")
    return {"consistent": _consistent, "econcomplex": _econcomplex, "datawheel": _datawheel}.get(convention, _atlas)(here)


def _consistent(m: np.ndarray) -> Complexity:
    eci, pci = eci_pci(m)
    phi = proximity(m)
    return Complexity(eci, pci, density(m, phi), outlook(m, phi, pci), gain(m, phi, pci))


def uncentred(m: Any, pci: Any) -> np.ndarray:
    """The eigenvector itself (C,), of length 1: pci moved so that its mean over all present cells is 0."""
    here, value = binary(m), np.asarray(pci, dtype=float)
    ubiquity = here.sum(axis=0)
    raw: np.ndarray = value - (ubiquity @ value) / ubiquity.sum()
    raw /= np.linalg.norm(raw)
    return raw


def _atlas(m: np.ndarray) -> Complexity:
    eci, pci = eci_pci(m)
    raw, phi = uncentred(m, pci), proximity(m, diagonal=1.0)
    around, absent = density(m, phi), 1 - m
    spread = (m @ raw / m.sum(axis=1)).std()
    gained = absent * (absent @ (phi * (raw / phi.sum(axis=1))[:, None])) / spread
    ahead = (around * absent) @ raw
    return Complexity(eci, pci, around, (ahead - ahead.mean()) / ahead.std(), gained)


def _econcomplex(m: np.ndarray) -> Complexity:
    eci, pci = eci_pci(m)
    own = (pci - pci.mean()) / pci.std()
    own *= -1 if np.corrcoef(own, m.sum(axis=0))[0, 1] > 0 else 1
    phi, absent = proximity(m), 1 - m
    shared = quotient(phi, phi.sum(axis=1, keepdims=True)) * own
    return Complexity(eci, own, 100 * density(m, phi), outlook(m, phi, own), absent * (absent @ shared.T))


def _datawheel(m: np.ndarray, *, iterations: int = 20) -> Complexity:
    diversity, ubiquity = m.sum(axis=1), m.sum(axis=0)
    kc, kp = diversity.copy(), ubiquity.copy()
    for n in range(1, iterations):
        kc, kp = (m @ kp / diversity if n < iterations - 1 else kc), m.T @ kc / ubiquity
    eci, pci = ((k - k.mean()) / k.std(ddof=1) for k in (kc, kp))
    phi = proximity(m)
    around = density(m, phi)
    return Complexity(eci, pci, around, None, ((1 - m) * pci) @ (phi / phi.sum(axis=0)) - around * pci)


def outlook_by_zero(m: Any) -> dict[str, np.ndarray]:
    """Outlook (R,) of each region under four zeros of PCI; ranks depend on that choice, so show them beside each other.

    own_eci: pci minus the region's own eci (what is more complex than today); mean_pci: minus the mean of pci; eigenvector: as
    the eigenvector has it; lowest: minus the smallest pci. own_eci is the default of the product.
    """
    here = binary(m)
    eci, pci = eci_pci(here)
    phi = proximity(here)
    weight = density(here, phi) * (1 - here)
    total, raw = weight.sum(axis=1), uncentred(here, pci)
    return {
        "own_eci": weight @ pci - total * eci,
        "mean_pci": weight @ (pci - pci.mean()),
        "eigenvector": weight @ (raw / (here @ raw / here.sum(axis=1)).std()),
        "lowest": weight @ (pci - pci.min()),
    }
