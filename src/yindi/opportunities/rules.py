"""Weights that well-known tools put on density, complexity and gain, to be scored beside the models."""

from __future__ import annotations

import numpy as np

from yindi.core.errors import MethodError
from yindi.opportunities.arrays import quotient
from yindi.opportunities.complexity import eci_pci, parts
from yindi.opportunities.large import around
from yindi.opportunities.neighbours import NEAREST_ABOVE
from yindi.opportunities.relatedness import density, gain, proximity

WEIGHTS = {
    "rule_density": (1.0, 0.0, 0.0),
    "rule_low_hanging": (0.6, 0.2, 0.2),
    "rule_balanced": (1 / 3, 1 / 3, 1 / 3),
    "rule_long_jumps": (0.2, 0.4, 0.4),
    "rule_complexity": (0.0, 1.0, 0.0),
}


def rules(here: np.ndarray, candidates: np.ndarray) -> dict[str, np.ndarray]:
    """Score (R,C) by rule, from standardised density, complexity and outlook gain; none where the panel falls into parts."""
    m = here.astype(float)
    if parts(m)[0].max(initial=-1) != 0 or min(m.shape) < 3:
        return {}
    try:
        pci = np.nan_to_num(eci_pci(m).pci)
    except MethodError:  # regions all alike, or two directions of equal strength: no complexity to rank by
        return {}
    near, gained = _near(m, pci)
    terms = [near, np.broadcast_to(pci, m.shape), gained]
    scaled = [quotient(t - t[candidates].mean(), np.full_like(t, t[candidates].std())) for t in terms]
    return {name: sum((w * t for w, t in zip(ws, scaled, strict=True)), np.zeros(m.shape)) for name, ws in WEIGHTS.items()}


def _near(m: np.ndarray, pci: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Density and gain (R,C); above 3,000 activities from the nearest ones only."""
    if m.shape[1] > NEAREST_ABOVE:
        found = around(m > 0, pci)[0]
        return found.density.astype(float), found.gain.astype(float)
    phi = proximity(m)
    return density(m, phi), gain(m, phi, pci)
