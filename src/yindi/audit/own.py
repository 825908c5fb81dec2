"""The identities of our own result tables, by name: what must add up within one, and between two of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from yindi.audit import convergence, coupling, dagum, moran, ranking, theil, weights
from yindi.audit.findings import Break
from yindi.audit.numbers import Column, Row, column

Tables = Mapping[str, Sequence[Row]]
Check = Callable[[Tables, str], Iterator[Break]]


def _slack(values: Sequence[float]) -> float:
    return 1e-9 * max(1.0, sum(map(abs, values)))


def _groups(rows: Sequence[Row], keys: Sequence[str]) -> dict[tuple[str, ...], list[int]]:
    found: dict[tuple[str, ...], list[int]] = {}
    for n, r in enumerate(rows):
        found.setdefault(tuple(r[k] for k in keys), []).append(n)
    return found


def _summed(rows: Sequence[Row], keys: Sequence[str], name: str, target: Callable[[tuple[str, ...]], float]) -> Iterator[Break]:
    """Breaks where the values of one group do not sum to their target."""
    values = column(rows, name).values
    for key, at in _groups(rows, keys).items():
        have = [values[n] for n in at if values[n] == values[n]]
        total, right = sum(have), target(key)
        if have and right == right and abs(total - right) > _slack(have):
            yield Break("parts add to the whole", at[0] + 1, (name,), total, right,
                        f"{', '.join(key) or 'the table'}: {len(have)} values sum to {total:.9g}, not {right:.9g}")  # fmt: skip


def _shares(*names: str, by: tuple[str, ...]) -> Check:
    def check(tables: Tables, table: str) -> Iterator[Break]:
        for name in names:
            yield from _summed(tables[table], by, name, lambda key: 1.0)

    return check


def _kind(check: Callable[..., Iterator[Break]], **roles: str) -> Check:
    return lambda tables, table: check(tables[table], roles)


def _dimensions(tables: Tables, table: str) -> Iterator[Break]:
    """Contributions of dimensions sum to the index."""
    index = tables.get("scores.index", ())
    value = column(index, "value").values
    whole = {(r["region"], r["year"]): value[n] for n, r in enumerate(index)}
    yield from _summed(tables[table], ("region", "year"), "value", lambda key: whole.get((key[0], key[1]), float("nan")))


def _rank(tables: Tables, table: str) -> Iterator[Break]:
    """Ranks follow from the index of the same cells."""
    index = {(r["region"], r["year"]): r["value"] for r in tables.get("scores.index", ())}
    joined = [{**r, "score": index.get((r["region"], r["year"]), "")} for r in tables[table]]
    yield from ranking.check(joined, {"score": "score", "rank": "value", "year": "year"})


def _moves(*keys: str) -> Check:
    """p is the count over the sum of its row, and every row with cases sums to 1."""

    def check(tables: Tables, table: str) -> Iterator[Break]:
        rows = tables[table]
        count, p = column(rows, "count").values, column(rows, "p").values
        for key, at in _groups(rows, keys).items():
            n = sum(count[i] for i in at)
            for i in at:
                right = count[i] / n if n else 0.0
                if abs(p[i] - right) > 1e-9:
                    yield Break("p times n is a count", i + 1, ("p", "count"), p[i], right,
                                f"{', '.join(key)}: {count[i]:g} of {n:g} cases are {right:.6g}, printed {p[i]:.6g}")  # fmt: skip

    return check


def _weighted(tables: Tables, table: str) -> Iterator[Break]:
    rows = tables[table]
    parts = {"within": "gini_within", "between": "gini_between", "transvariation": "gini_transvariation"}
    yield from dagum.check(rows, {"gini": "gini", **parts})
    yield from theil.check(rows, {"total": "theil", "within": "theil_within", "between": "theil_between"})


def _change(tables: Tables, table: str) -> Iterator[Break]:
    """The parts' changes sum to the Gini's, and the Gini's is that of the yearly table."""
    rows = tables[table]
    change = dict(zip((r["part"] for r in rows), column(rows, "change").values, strict=True))
    summed = sum(v for part, v in change.items() if part != "gini")
    if abs(summed - change["gini"]) > 1e-9:
        yield Break("parts add to the whole", 1, ("change",), summed, change["gini"],
                    f"the parts changed by {summed:.9g}, the Gini by {change['gini']:.9g}")  # fmt: skip
    years = column(tables["disparity.dagum"], "gini").values if "disparity.dagum" in tables else ()
    if years and abs(years[-1] - years[0] - change["gini"]) > 1e-9:
        yield Break("parts add to the whole", 1, ("change",), change["gini"], years[-1] - years[0],
                    f"the yearly table changed by {years[-1] - years[0]:.9g}")  # fmt: skip


def _cells(tables: Tables, table: str) -> Iterator[Break]:
    rows = tables[table]
    every: list[Column] = [column(rows, c) for c in ("inequality", "shares", "change")]
    for n in range(len(rows)):
        both = every[0].values[n] + every[1].values[n]
        if abs(both - every[2].values[n]) > 1e-9:
            yield Break("parts add to the whole", n + 1, ("inequality", "shares", "change"), both, every[2].values[n],
                        f"{both:.9g} is not {every[2].values[n]:.9g}")  # fmt: skip
    if "disparity.change" in tables:
        gini = next((column(tables["disparity.change"], "change").values[n] for n, r in enumerate(tables["disparity.change"])
                     if r["part"] == "gini"), float("nan"))  # fmt: skip
        yield from _summed(rows, (), "change", lambda key: gini)


def _sorted(tables: Tables, table: str) -> Iterator[Break]:
    """The lower end lies below the value and the upper one above."""
    rows = tables[table]
    low, value, high = (column(rows, c).values for c in ("low", "gini", "high"))
    for n in range(len(rows)):
        if low[n] > high[n]:
            yield Break("an interval has a lower and an upper end", n + 1, ("low", "high"), low[n], high[n],
                        f"{low[n]:.6g} to {high[n]:.6g} around {value[n]:.6g}")  # fmt: skip
    yield from dagum.check(rows, {c: c for c in rows[0] if c in DAGUM})


def _theil(tables: Tables, table: str) -> Iterator[Break]:
    rows = tables[table]
    yield from theil.check(rows, {c: c for c in ("total", "within", "between", "between_share") if c in rows[0]})


def _convergence(tables: Tables, table: str) -> Iterator[Break]:
    told = [r for r in tables[table] if r.get("speed")]
    yield from convergence.check(told, {"beta": "coefficient", "speed": "speed", "half_life": "half_life"})


WHOLE, SHARES = ("parts add to the whole",), ("shares add to the whole",)
DAGUM = ("gini", "within", "between", "transvariation", "within_share", "between_share", "transvariation_share")
CHECKS: dict[str, tuple[Check, tuple[str, ...]]] = {
    "disparity.dagum": (_sorted, dagum.RULES),
    "disparity.dagum_groups": (_shares("population_share", "income_share", by=("year",)), SHARES),
    "disparity.theil": (_theil, theil.RULES),
    "disparity.weighted": (_weighted, WHOLE),
    "disparity.change": (_change, WHOLE),
    "disparity.change_cells": (_cells, WHOLE),
    "disparity.moran": (_kind(moran.check, i="i", z="z", expected="expected"), moran.RULES),
    "disparity.markov": (_moves("from"), ("p times n is a count",)),
    "disparity.spatial_markov": (_moves("neighbours", "from"), ("p times n is a count",)),
    "disparity.convergence": (_convergence, convergence.RULES),
    "scores.weights": (_kind(weights.check, scheme="scheme", indicator="indicator", weight="value"), weights.RULES[:2]),
    "scores.dimensions": (_dimensions, WHOLE),
    "scores.rank": (_rank, ranking.RULES),
    "diagnosis.obstacle": (_shares("degree", by=("region",)), SHARES),
    "diagnosis.coupling": (_kind(coupling.check, t="level", c="coupling", d="coordination", grade="grade"), coupling.RULES),
}
