"""Generic technologies (通用底层技术): which shared capability would open the most candidates for the most regions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.opportunities.arrays import unit
from yindi.opportunities.fit import limiting


@dataclass(frozen=True, slots=True)
class Generic:
    """Per capability (Q,): candidates it alone would open (`opens`), regions and industries among them, and fit it would add.

    `gain` is the fit summed over all pairs; `holder` the position of the region that has most of it (the earliest of equals).
    """

    opens: np.ndarray
    regions: np.ndarray
    industries: np.ndarray
    gain: np.ndarray
    holder: np.ndarray


@method("fit", "generic", cites=("judgement of this project",), laws=("order_free", "counted", "nothing_where_all_is_met"))
def generic(level: Any, need: Any, *, known: Any = None, feasible: float = 0.4, exponent: float = 0.5) -> Generic:
    """Raise one capability after the other to what every industry needs, and count the pairs that become feasible.

    level (R,Q), need (C,Q) in 0..1, known (R,Q); a pair is feasible from fit `feasible` on. A capability unknown for a region
    opens nothing there; `exponent` is the fit's weight of the weakest requirement. Raises MethodError where `feasible` lies
    outside 0 to 1.
    """
    have, want = unit(level, "level"), unit(need, "need")
    if not 0 <= feasible <= 1:
        raise MethodError(f"feasible must lie between 0 and 1, got {feasible}.")
    seen = np.ones(have.shape, bool) if known is None else np.asarray(known, bool)
    before = limiting(have, want, known=seen, limiting=exponent).value
    opened, gains = [], []
    for q in range(have.shape[1]):
        raised = have.copy()
        raised[:, q] = np.where(seen[:, q], np.maximum(raised[:, q], want[:, q].max()), raised[:, q])
        after = limiting(raised, want, known=seen, limiting=exponent).value
        opened.append((before < feasible) & (after >= feasible))
        gains.append(float((after - before).sum()))
    pairs = np.stack(opened)
    return Generic(pairs.sum(axis=(1, 2)), pairs.any(axis=2).sum(axis=1), pairs.any(axis=1).sum(axis=1), np.array(gains),
                   np.where(seen, have, -1.0).argmax(axis=0))  # fmt: skip
