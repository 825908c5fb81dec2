"""How a study makes its index, as a pure function of columns: normalise, weigh by several schemes, combine, aggregate (测度方案).

The same recipe on the columns of another framework tells what the choice of the framework alone does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from yindi.core.errors import MethodError
from yindi.core.registry import get
from yindi.measure import aggregate, hierarchy, normalise, weights
from yindi.measure.yardsticks import Segments, by_segment

FLOOR = 0.01
LIFTED = ("geometric", "harmonic")
JUDGED = ("published", "ahp")


@dataclass(frozen=True, slots=True)
class Columns:
    """Indicators: codes, directions and dimensions, comparable years, values (R,T,J), printed weights where there are any."""

    codes: tuple[str, ...]
    direction: tuple[int, ...]
    dimension: tuple[str, ...]
    segments: Segments
    values: np.ndarray
    printed: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipe:
    """The study file's choices; `pairwise`: judgements over dimensions or indicators, `goalposts`: code -> low, high."""

    normaliser: str = "minmax"
    scope: str = "pooled"
    schemes: tuple[str, ...] = ("entropy", "critic")
    combination: str = "mean"
    aggregation: str = "arithmetic"
    levels: str = "flat"
    zeros: Mapping[str, object] = field(default_factory=dict)
    goalposts: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    pairwise: tuple[tuple[float, ...], ...] = ()

    def options(self) -> dict[str, object]:
        """What the normaliser is told besides the direction; raises MethodError for one that takes no direction."""
        found = get("normaliser", self.normaliser)
        if "direction" not in found.params:
            raise MethodError(f"normaliser {self.normaliser!r} needs bounds for each indicator; it is a kernel for scripts.")
        if self.goalposts and self.normaliser != "minmax":
            raise MethodError(f"goalposts belong to the normaliser minmax, not to {self.normaliser!r}.")
        scaled: dict[str, object] = {"scaled": True} if self.normaliser == "rank" else {}
        return scaled | ({"scope": self.scope} if "scope" in found.params else {})

    def normalise(self, given: Columns) -> np.ndarray:
        """Normalised values (R,T,J); values beyond goalposts are cut."""
        fn = get("normaliser", self.normaliser).bind(**self.options())
        posts = [self.goalposts.get(code) for code in given.codes]
        free = [j for j, post in enumerate(posts) if post is None]
        z = np.empty_like(given.values)
        parts = [given.segments[j] for j in free]
        z[..., free] = by_segment(given.values[..., free], [given.direction[j] for j in free], parts, fn)
        for j, post in enumerate(posts):
            if post is not None:
                column = given.values[..., [j]]
                z[..., [j]] = normalise.minmax(column, direction=given.direction[j], goalposts=[post], clip=True)
        return z

    def weigh(self, given: Columns, z: np.ndarray, scheme: str) -> np.ndarray:
        """Weights (J,) of one scheme: a registered method, `equal`, `published` (printed ones) or `ahp` (the judgements)."""
        if scheme == "published":
            return _published(given)
        if scheme == "ahp":
            return self._judged(given)
        method = get("weights", scheme)
        fn = method.bind(**self.zeros) if scheme == "entropy" else method.fn
        if self.levels == "flat":
            return np.asarray(fn(z))
        labels = tuple(dict.fromkeys(given.dimension))
        return hierarchy.nested_weights(z.reshape(-1, z.shape[-1]), [labels.index(d) for d in given.dimension], fn)

    def _judged(self, given: Columns) -> np.ndarray:
        labels = tuple(dict.fromkeys(given.dimension))
        size = len(self.pairwise)
        if size not in (len(given.codes), len(labels)):
            raise MethodError(
                f"ahp: `pairwise` has {size} row(s); give judgements over the {len(labels)} dimensions {list(labels)} "
                f"or the {len(given.codes)} indicators, in this order."
            )
        found = weights.ahp(self.pairwise)
        if size == len(given.codes):
            return found
        part = {d: found[n] / given.dimension.count(d) for n, d in enumerate(labels)}
        return np.array([part[d] for d in given.dimension])

    def combine(self, each: list[np.ndarray]) -> np.ndarray:
        """One vector of weights (J,) from the schemes'."""
        return weights.combine(each, rule=self.combination)

    def aggregate(self, z: np.ndarray, w: np.ndarray) -> np.ndarray:
        """The index (R,T); geometric and harmonic means take values lifted to FLOOR."""
        fn = get("aggregate", self.aggregation).fn
        if self.aggregation == "benefit_of_doubt":
            return np.asarray(fn(z.reshape(-1, z.shape[-1]))).reshape(z.shape[:-1])
        return np.asarray(fn(aggregate.lift(z, floor=FLOOR) if self.aggregation in LIFTED else z, w))

    def index(self, given: Columns) -> np.ndarray:
        """All steps at once, (R,T); a scheme that asks for judgement is taken as equal where the columns carry none."""
        z = self.normalise(given)
        return self.aggregate(z, self.combine([self.weigh_or_equal(given, z, s) for s in self.schemes]))

    def weigh_or_equal(self, given: Columns, z: np.ndarray, scheme: str) -> np.ndarray:
        """As `weigh`, but equal where judgement says nothing about these columns."""
        try:
            return self.weigh(given, z, scheme)
        except MethodError:
            if scheme not in JUDGED:
                raise
            return weights.equal(z)


def _published(given: Columns) -> np.ndarray:
    bare = [c for c, w in zip(given.codes, given.printed or (None,) * len(given.codes), strict=True) if w is None]
    if bare:
        raise MethodError(f"published: the framework prints no weight for {bare}; give `weight` beside each indicator.")
    printed = np.array(given.printed, dtype=float)
    if (printed < 0).any() or not printed.sum() > 0:
        raise MethodError(f"published: weights must be at least 0 and sum to more than 0, got {printed.tolist()}.")
    return np.asarray(printed / printed.sum())
