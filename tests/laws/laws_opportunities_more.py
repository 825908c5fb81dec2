"""Laws of the collective kernels, partners, generic capabilities, intervals, zeros of complexity and cross-space."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import assume
from laws_opportunities import amounts, clear, close, connected, on_seeds, presence

from laws import law
from yindi.core.errors import MethodError
from yindi.core.registry import Method
from yindi.opportunities.complexity import eci_pci
from yindi.opportunities.conventions import CONVENTIONS
from yindi.opportunities.relatedness import outlook, proximity

SIGNS = ("utilisation", "inventories", "receivables", "price", "planned_to_market")
Rng = np.random.Generator


def numbers(found: Any) -> np.ndarray:
    """All numbers of a result, end to end; a mapping in the order of its keys."""
    if isinstance(found, dict):
        return np.concatenate([numbers(found[k]) for k in sorted(found)])
    fields = getattr(type(found), "__slots__", None)
    parts = [getattr(found, k) for k in fields] if fields else [found]
    return np.concatenate([np.ravel(np.asarray(p, float)) for p in parts])


def years(rng: Rng, rows: int, columns: int) -> np.ndarray:
    return rng.random((rows, 4, columns)) < 0.4


def signs(rng: Rng, rows: int, columns: int) -> dict[str, np.ndarray]:
    return {k: rng.random((columns, rows)) for k in SIGNS}


def portfolios(rng: Rng, rows: int, columns: int) -> dict[str, np.ndarray]:
    return {k: rng.random((rows, columns)) < 0.4 for k in ("declared", "recommended", "revealed")}


# crowding: likeness, piling in, signs of overcapacity, common choices


@law("crowding", "order_free")
def order_of_regions_does_not_matter(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        r, c = rng.permutation(rows), rng.permutation(columns)
        if method.name == "similarity":
            x = amounts(rng, rows, columns)
            close(numbers(method.fn(x)), numbers(method.fn(x[np.ix_(r, c)])))
        elif method.name == "herding":
            here = years(rng, rows, columns)
            before, after = method.fn(here), method.fn(here[r][:, :, c])
            for k in ("entrants", "rush", "breadth", "left"):
                close(getattr(before, k)[c], getattr(after, k))
        elif method.name == "board":
            given = signs(rng, rows, columns)
            before, after = method.fn(given), method.fn({k: v[c] for k, v in reversed(given.items())})
            for k in SIGNS:
                close(before[k].strain[c], after[k].strain)
        else:
            given = portfolios(rng, rows, columns)
            close(numbers(method.fn(given)), numbers(method.fn({k: v[np.ix_(r, c)] for k, v in given.items()})))

    on_seeds(check)


@law("crowding", "bounded")
def shares_lie_between_zero_and_one(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        if method.name == "similarity":
            found = method.fn(amounts(rng, rows, columns))
            value = np.array([found.cosine, found.krugman, found.cosine_all, found.krugman_all])
        elif method.name == "herding":
            pace = method.fn(years(rng, rows, columns))
            value = np.concatenate([pace.rush, pace.breadth, pace.left])
            assert (pace.entrants <= rows * 2).all()  # in four years a region can enter twice at most
        elif method.name == "board":
            value = np.concatenate([s.strain for s in method.fn(signs(rng, rows, columns)).values()])
        else:
            value = numbers(method.fn(portfolios(rng, rows, columns)))
        assert value.min() >= -1e-12
        assert value.max() <= 1 + 1e-12

    on_seeds(check)


@law("crowding", "scale_free_mixes")
def size_of_a_region_does_not_change_its_mix(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        x = amounts(rng, rows, columns)
        close(numbers(method.fn(x)), numbers(method.fn(x * rng.integers(1, 100, (rows, 1)))))

    on_seeds(check)


@law("crowding", "alike_to_itself")
def equal_mixes_are_alike(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        found = method.fn(np.outer(rng.random(rows) + 0.1, rng.random(columns) + 0.1))
        close([found.cosine_all, found.krugman_all], [1, 0])

    on_seeds(check)


@law("crowding", "none_from_standing_still")
def who_stays_does_not_enter(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        found = method.fn(np.repeat(years(rng, rows, columns)[:, :1], 3, axis=1))
        assert not numbers(found).any()

    on_seeds(check)


@law("crowding", "scale_free_signs")
def unit_of_a_component_does_not_matter(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        given = signs(rng, rows, columns)
        before, after = method.fn(given), method.fn({k: v * 1024 for k, v in given.items()})
        for k in SIGNS:
            close(before[k].strain, after[k].strain)
            close(before[k].worsening * 1024, after[k].worsening)

    on_seeds(check)


@law("crowding", "symmetric_pairs")
def common_choices_are_mutual(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        given = portfolios(rng, rows, columns)
        forth, back = method.fn(given), method.fn(dict(reversed(given.items())))
        assert {frozenset(k): v for k, v in forth.items()} == {frozenset(k): v for k, v in back.items()}
        one = given["declared"]
        assert method.fn({"a": one, "b": one})["a", "b"] == float(one.any())

    on_seeds(check)


# fit: generic capabilities


def profile(rng: Rng, rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    return rng.random((rows, 4)), np.maximum(rng.integers(0, 11, (columns, 4)) / 10, [0.1, 0, 0, 0])


@law("fit", "order_free")
def generic_does_not_depend_on_order(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        (level, need), r, c = profile(rng, rows, columns), rng.permutation(rows), rng.permutation(columns)
        before, after = method.fn(level, need), method.fn(level[r], need[c])
        for k in ("opens", "regions", "industries", "gain"):
            close(getattr(before, k), getattr(after, k))
        np.testing.assert_array_equal(before.holder, r[after.holder])

    on_seeds(check)


@law("fit", "counted")
def what_opens_is_counted_once(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        found = method.fn(*profile(rng, rows, columns))
        assert (found.opens <= found.regions * found.industries).all()
        assert (found.opens >= np.maximum(found.regions, found.industries)).all()
        assert (found.regions <= rows).all()
        assert (found.industries <= columns).all()
        assert (found.gain >= -1e-12).all()

    on_seeds(check)


@law("fit", "nothing_where_all_is_met")
def nothing_opens_where_all_needs_are_met(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        _, need = profile(rng, rows, columns)
        found = method.fn(np.ones((rows, 4)), need)
        assert not found.opens.any()
        close(found.gain, np.zeros(4))

    on_seeds(check)


# partners


def asked(method: Method, rng: Rng, rows: int) -> tuple[np.ndarray, ...]:
    """What a method of partners is given, and a distance at the end of it for choose."""
    level, weak = rng.random((rows, 5)), rng.random((rows, 5))
    east, north = rng.uniform(-180, 180, rows), rng.uniform(-90, 90, rows)
    far = rng.random((rows, rows)) * 3000
    return {"great_circle": (east, north), "similarity": (level,), "complement": (level, weak)}.get(
        method.name, (level, weak, far + far.T)
    )


def turned(method: Method, given: tuple[np.ndarray, ...], r: np.ndarray) -> tuple[np.ndarray, ...]:
    return tuple(g[np.ix_(r, r)] if method.name == "choose" and n == 2 else g[r] for n, g in enumerate(given))


@law("partners", "symmetric")
def what_is_mutual_is_symmetric(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        found = method.fn(*asked(method, rng, rows))
        close(found, found.T)

    on_seeds(check)


@law("partners", "bounded")
def partners_lie_between_zero_and_one(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        found = method.fn(*asked(method, rng, rows))
        assert found.min() >= 0
        assert found.max() <= 1 + 1e-12
        close(np.diag(found), np.full(rows, 1.0 if method.name == "similarity" else 0.0))

    on_seeds(check)


@law("partners", "order_free")
def pairs_follow_their_labels(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        given, r = asked(method, rng, rows), rng.permutation(rows)
        np.testing.assert_allclose(method.fn(*given)[np.ix_(r, r)], method.fn(*turned(method, given, r)), atol=1e-6)

    on_seeds(check)


@law("partners", "order_free_score")
def partners_follow_their_labels(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        given, r = asked(method, rng, rows), rng.permutation(rows)
        before, after = method.fn(*given), method.fn(*turned(method, given, r))
        np.testing.assert_array_equal(before.partner[r], r[after.partner])

    on_seeds(check)


@law("partners", "nobody_is_its_own")
def nobody_is_its_own_partner(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        found = method.fn(*asked(method, rng, rows))
        assert (found.partner != np.arange(rows)[:, None]).all()
        chosen = np.take_along_axis(found.score, found.partner, axis=1)
        assert (np.diff(chosen, axis=1) <= 0).all()

    on_seeds(check)


@law("partners", "scale_free")
def unit_of_weakness_does_not_matter(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        level, weak, *rest = asked(method, rng, rows)
        before, after = method.fn(level, weak, *rest), method.fn(level, weak * 1024, *rest)
        close(numbers(before), numbers(after))

    on_seeds(check)


# intervals of counts


def counted(rng: Rng, rows: int, columns: int) -> np.ndarray:
    return rng.poisson(3 * amounts(rng, rows, columns)) + 1


@law("advantage", "labelled_interval")
def intervals_follow_their_labels(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        x, r, c = counted(rng, rows, columns), rng.permutation(rows), rng.permutation(columns)
        before, after = method.fn(x), method.fn(x[np.ix_(r, c)])
        for k in ("low", "high", "sure"):
            close(getattr(before, k)[np.ix_(r, c)], getattr(after, k))

    on_seeds(check)


@law("advantage", "holds_its_middle")
def wider_intervals_hold_narrower_ones(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        x = counted(rng, rows, columns)
        narrow, wide = method.fn(x, interval=0.5), method.fn(x, interval=0.95)
        assert (wide.low <= narrow.low).all()
        assert (narrow.low < narrow.high).all()
        assert (narrow.high <= wide.high).all()
        assert ((wide.sure >= 0) & (wide.sure <= 1)).all()
        np.testing.assert_array_equal(wide.low > 1, wide.sure > 0.975)

    on_seeds(check)


@law("complexity", "seeded_interval")
def drawn_intervals_repeat_and_hold_their_middle(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        x = counted(rng, rows, columns)
        once, again = method.fn(x, draws=12, seed=3), method.fn(x, draws=12, seed=3)
        np.testing.assert_array_equal(once.low, again.low)
        there = np.isfinite(once.low)
        assert (once.low[there] <= once.high[there]).all()
        assert ((once.sure[there] >= 0) & (once.sure[there] <= 1)).all()

    on_seeds(check)


# zeros and conventions of complexity


@law("complexity", "follows_labels")
def ranks_by_zero_follow_their_labels(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        m, r, c = connected(rng, rows, columns), rng.permutation(rows), rng.permutation(columns)
        assume(clear(m))
        assume(abs(np.corrcoef(m.sum(axis=1), eci_pci(m).eci)[0, 1] if m.sum(axis=1).std() else 0) > 1e-6)
        before, after = method.fn(m), method.fn(m[np.ix_(r, c)])
        for zero in before.outlook:
            np.testing.assert_allclose(before.outlook[zero][r], after.outlook[zero], atol=1e-6)
            np.testing.assert_allclose(before.gain[zero][c], after.gain[zero], atol=1e-6)

    on_seeds(check)


@law("complexity", "gain_of_every_zero")
def gain_under_a_zero_is_the_change_of_that_outlook(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        m = connected(rng, rows, columns)
        assume(clear(m))
        found, phi = method.fn(m), proximity(m)
        zero = ("mean_pci", "eigenvector", "lowest")[rng.integers(3)]
        pci, p = found.pci - found.at[zero], int(rng.integers(columns))
        without = np.flatnonzero(m[:, p] == 0)
        assume(len(without))
        more = m.copy()
        more[:, p] = 1
        change = (outlook(more, phi, pci) - outlook(m, phi, pci))[without]
        close(found.gain[zero][p], change.mean())

    on_seeds(check)


@law("complexity", "one_eci_in_all_conventions")
def converged_conventions_share_one_eci(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        m = connected(rng, rows, columns)
        assume(clear(m))
        own = eci_pci(m).eci
        for convention in ("consistent", "atlas", "stata", "econcomplex"):
            assert convention in CONVENTIONS
            try:
                found = method.fn(m, convention=convention)
            except MethodError:
                assume(False)
            close(found.eci, own)

    on_seeds(check)


# relatedness across two kinds of activity


@law("relatedness", "order_free_cross")
def cross_space_follows_its_labels(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        left, right = presence(rng, rows, columns), presence(rng, rows, 5)
        r, a, c = rng.permutation(rows), rng.permutation(columns), rng.permutation(5)
        if method.name == "cross_proximity":
            close(method.fn(left, right)[np.ix_(a, c)], method.fn(left[np.ix_(r, a)], right[np.ix_(r, c)]))
        else:
            phi = rng.random((columns, 5))
            close(method.fn(left, phi)[np.ix_(r, c)], method.fn(left[np.ix_(r, a)], phi[np.ix_(a, c)]))

    on_seeds(check)


@law("relatedness", "turned_over")
def cross_proximity_is_mutual(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        left, right = presence(rng, rows, columns), presence(rng, rows, 5)
        found = method.fn(left, right)
        close(found, method.fn(right, left).T)
        assert found.min() >= 0
        assert found.max() <= 1

    on_seeds(check)


@law("relatedness", "bounded_cross")
def cross_density_is_a_share(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        found = method.fn(presence(rng, rows, columns), rng.random((columns, 5)))
        assert found.min() >= 0
        assert found.max() <= 1 + 1e-12
        close(method.fn(np.ones((2, columns)), np.ones((columns, 5))), np.ones((2, 5)))

    on_seeds(check)


@law("relatedness", "order_free_relative")
def relative_density_follows_its_labels(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        m, around = presence(rng, rows, columns), rng.random((rows, columns))
        at = np.ix_(rng.permutation(rows), rng.permutation(columns))
        close(method.fn(m, around)[at], method.fn(m[at], around[at]))

    on_seeds(check)


@law("relatedness", "mean_zero_spread_one")
def relative_density_is_standardised_over_what_is_absent(method: Method) -> None:
    def check(rng: Rng, rows: int, columns: int) -> None:
        m = presence(rng, rows, columns)
        found = method.fn(m, rng.random((rows, columns)))
        for here, value in zip(m, found, strict=True):
            assert not value[here == 1].any()
            if (here == 0).sum() > 1:
                close([value[here == 0].mean(), value[here == 0].std()], [0, 1])

    on_seeds(check)
