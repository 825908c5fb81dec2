"""Stage measure on the made-up study: identities, marks, equivariance, refusals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import made_up
import numpy as np
import pytest

from yindi.core.errors import MethodError, ProblemsError
from yindi.core.study import Study
from yindi.measure.stage import measure

PLAIN = ("normalised", "weights", "index", "dimensions", "rank", "rank_low", "rank_high", "trend", "choices")
TABLES = (*PLAIN, "national", "influence", "standing", "drivers", "frameworks")


def run(**given: Any) -> Study:
    measure_part = {"draws": 200, **given.pop("measure", {})}
    return measure(made_up.study(measure=measure_part, **given))


@pytest.fixture(scope="module")
def done() -> Study:
    return run()


def test_all_tables_are_there_with_their_steps(done: Study) -> None:
    for name in TABLES:
        table = done.table(f"scores.{name}")
        assert table.step in done.ledger.steps
        assert done.ledger.steps[table.step].made == f"scores.{name}"


def test_parts_sum_to_the_index_and_weights_to_one(done: Study) -> None:
    np.testing.assert_allclose(done.scores.dimensions.array().sum(axis=2), done.scores.index.array(), atol=1e-12)
    np.testing.assert_allclose(done.scores.weights.array().sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(done.scores.weights.array()[:2].mean(axis=0), done.scores.weights.array()[2], atol=1e-12)


def test_ranks_follow_the_index_within_each_year(done: Study) -> None:
    index, rank = done.scores.index.array(), done.scores.rank.array()
    for t in range(index.shape[1]):
        assert [sorted(index[:, t], reverse=True).index(v) + 1 for v in index[:, t]] == rank[:, t].tolist()


def test_intervals_hold_the_published_rank(done: Study) -> None:
    low, rank, high = (getattr(done.scores, n).array() for n in ("rank_low", "rank", "rank_high"))
    assert ((low <= rank) & (rank <= high)).all()
    assert (low < high).any()
    params = done.ledger.steps[done.scores.rank_low.step].params
    assert "published ranks outside, to which the interval was widened" in params


def test_choices_share_the_variance(done: Study) -> None:
    shares = done.scores.choices.array("share")
    assert (shares >= 0).all()
    assert shares.sum() == pytest.approx(1, abs=0.02)
    assert "entropy; critic; equal" in done.scores.choices.array("options")


def test_what_an_indicator_decides_sums_to_the_index(done: Study) -> None:
    assert done.scores.influence.array("variance_share").sum() == pytest.approx(1)
    np.testing.assert_allclose(done.scores.influence.array("nominal"), done.scores.weights.array()[-1])


def test_sure_places_have_sure_probabilities(done: Study) -> None:
    """Two of eight regions are a quarter; Beijing leads and Gansu lags in every draw of the made-up data."""
    standing = done.scores.standing
    assert standing.quantity("upper", region="110000").value == 1
    assert standing.quantity("lower", region="620000").value == 1
    assert standing.number("median", region="620000") == 8


def test_total_shares_are_no_smaller_than_first_ones(done: Study) -> None:
    """But for the noise of the estimate."""
    drivers = done.scores.drivers
    assert (drivers.array("total") >= drivers.array("first") - 0.2).all()
    assert (drivers.array("total") >= 0).all()


def test_the_same_data_under_other_frameworks(done: Study) -> None:
    """The study's own framework agrees with itself; nqpf_c covers five of 25 (income, output, patents, software, telecom)."""
    frameworks = done.scores.frameworks
    assert frameworks.number("spearman", framework="nqpf_b") == pytest.approx(1)
    assert frameworks.number("largest_shift", framework="nqpf_b") == 0
    assert frameworks.number("covered", framework="nqpf_c") == 5
    assert frameworks.number("covered", framework="nqpf_d") == 2
    assert not frameworks.has("spearman", framework="nqpf_d")


def test_imputed_and_noisy_figures_widen_the_intervals(done: Study) -> None:
    """Two neighbours in rank: with figures half wrong their intervals grow; a study without doubt says that data do not vary."""
    assert done.scores.choices.text("options", choice="data").startswith("not varied")
    noisy = run(measure={"noise": 0.5})
    assert noisy.scores.choices.number("share", choice="data") > 0
    width = [(s.scores.rank_high.array() - s.scores.rank_low.array()).sum() for s in (done, noisy)]
    assert width[1] > width[0]
    filled = run(imputed=[("420000", "2022", i.code) for i in done.framework.indicators], measure={"imputed_noise": 0.9})
    at = {"region": "420000", "year": "2022"}
    spans = [s.scores.rank_high.number(**at) - s.scores.rank_low.number(**at) for s in (done, filled)]
    assert spans[1] > spans[0]
    np.testing.assert_array_equal(filled.scores.index.array(), done.scores.index.array())


def test_a_filled_cell_is_drawn_within_what_other_fills_give(done: Study) -> None:
    """Hubei's software in 2020 is filled; its neighbours in time and its ratio to the others say otherwise."""
    told = done.scores.choices.text("options", choice="imputation")
    assert told == "not varied: no filled cell whose region has known years to fill it otherwise"
    filled = run(imputed=[("420000", "2020", "software")], measure={"imputed_noise": 0})
    assert filled.scores.choices.text("options", choice="imputation") == "filled cells within what other fills give"
    assert filled.scores.choices.text("options", choice="data").startswith("not varied")
    assert "imputation" in filled.scores.drivers.labels("choice")
    assert filled.ledger.steps[filled.scores.rank_low.step].params["fills"] == 4
    np.testing.assert_array_equal(filled.scores.index.array(), done.scores.index.array())


def test_outliers_may_be_cut_at_quantiles() -> None:
    done = run(measure={"outliers": "clip"})
    outliers = done.ledger.steps[done.scores.normalised.step].params["outliers"]
    assert "winsorised 2" in str(outliers)


def test_trend_reads_the_ends(done: Study) -> None:
    """Growth over three years: (last / first) ** (1 / 3) - 1."""
    trend, index = done.scores.trend, done.scores.index
    for region in ("110000", "620000"):
        first, last = (index.number(region=region, year=y) for y in ("2019", "2022"))
        assert trend.number("change", region=region) == pytest.approx(last - first)
        assert (1 + trend.number("growth", region=region)) ** 3 * first == pytest.approx(last)
        places = [done.scores.rank.number(region=region, year=y) for y in ("2019", "2022")]
        assert trend.number("rank_change", region=region) == places[0] - places[1]


def test_labels_may_come_in_any_order() -> None:
    order = list(np.random.default_rng(5).permutation(list(made_up.REGIONS)))
    noisy = {"draws": 200, "noise": 0.05}
    done = measure(made_up.study(measure=noisy))
    other = measure(made_up.reordered(made_up.study(measure=noisy), order))
    for name in TABLES:
        one, two = done.table(f"scores.{name}"), other.table(f"scores.{name}")
        two = two.select(region=one.labels("region")) if "region" in dict(one.axes) else two
        for column in one.columns:
            if one.array(column).dtype.kind == "f":
                np.testing.assert_allclose(two.array(column), one.array(column), atol=1e-10)


def test_same_seed_same_bytes(done: Study) -> None:
    again = run()
    assert [done.table(f"scores.{n}").digest for n in TABLES] == [again.table(f"scores.{n}").digest for n in TABLES]


def test_the_seed_of_the_study_file_moves_only_the_draws(done: Study) -> None:
    given = made_up.study(measure={"draws": 200})
    other = measure(replace(given, config=given.config.model_copy(update={"seed": 8})))
    assert other.scores.index.digest == done.scores.index.digest
    assert other.scores.choices.digest != done.scores.choices.digest


def test_a_filled_cell_marks_what_rests_on_it() -> None:
    done = run(imputed=[("420000", "2020", "software")], corrected=[("110000", "2022", "patents")])
    index, dims, trend = done.scores.index, done.scores.dimensions, done.scores.trend
    assert np.argwhere(index.marks).tolist() == [[0, 3], [5, 1]]
    assert dims.quantity(region="420000", year="2020", dimension="objects").marked
    assert not dims.quantity(region="420000", year="2020", dimension="means").marked
    assert trend.quantity("last", region="110000").marked
    assert not trend.quantity("last", region="420000").marked
    assert done.scores.rank_low.quantity(region="420000", year="2020").marked


def test_split_years_have_their_own_yardstick() -> None:
    """telecom may be compared within 2019-2020 and within 2021-2022 only: each part then reaches 0 and 1."""
    parts = (("2019", "2020"), ("2021", "2022"))
    done = run(segments={"telecom": parts})
    z = done.scores.normalised.array()[..., done.scores.normalised.labels("indicator").index("telecom")]
    for years in (slice(0, 2), slice(2, 4)):
        assert (z[:, years].min(), z[:, years].max()) == (0, 1)
    assert "telecom" in str(done.ledger.steps[done.scores.normalised.step].params)


def test_a_unit_does_not_matter(done: Study) -> None:
    given = made_up.study(measure={"draws": 200})
    values = given.panel.values.copy()
    values[..., given.panel.items.index("software")] *= 10000
    other = measure(replace(given, panel=replace(given.panel, values=values)))
    np.testing.assert_allclose(other.scores.index.array(), done.scores.index.array(), atol=1e-12)


@pytest.mark.parametrize("aggregate", ["geometric", "harmonic", "topsis", "penalised", "benefit_of_doubt"])
def test_other_aggregates_still_divide_into_dimensions(aggregate: str) -> None:
    done = run(measure={"aggregate": aggregate})
    np.testing.assert_allclose(done.scores.dimensions.array().sum(axis=2), done.scores.index.array(), atol=1e-12)


def test_rank_normaliser_and_more_schemes() -> None:
    done = run(measure={"normaliser": "rank", "weights": ["equal", "cv", "pca"], "combination": "game"})
    assert done.scores.weights.labels("scheme") == ("equal", "cv", "pca", "combined")
    assert done.scores.normalised.array().max() == 1


def test_each_year_may_have_its_own_yardstick() -> None:
    """Then every indicator reaches 0 and 1 in every year."""
    z = run(measure={"scope": "per_year"}).scores.normalised.array()
    assert (z.min(axis=0) == 0).all()
    assert (z.max(axis=0) == 1).all()


def test_outliers_are_treated_and_recorded() -> None:
    """One value a hundred times too large: as it stands it squeezes all others below .02; treated it does not."""
    given = made_up.study(measure={"draws": 50, "outliers": "treat"})
    values = given.panel.values.copy()
    values[0, 0, given.panel.items.index("patents")] *= 100
    spoilt = replace(given, panel=replace(given.panel, values=values))
    plain = replace(spoilt, config=made_up.config(measure={"draws": 50}))
    at = [i.code for i in given.framework.indicators].index("patents")
    squeezed, treated = (np.median(measure(s).scores.normalised.array()[..., at]) for s in (plain, spoilt))
    assert squeezed < 0.02
    assert treated > 0.2
    done = measure(spoilt)
    assert "winsorised" in str(done.ledger.steps[done.scores.normalised.step].params["outliers"])


def test_nested_weights_share_out_each_dimension() -> None:
    """Labourers have one indicator: with equal schemes it takes its dimension's third whole."""
    done = run(measure={"weights": ["equal"], "levels": "nested"})
    assert done.scores.weights.number(scheme="combined", indicator="rd_personnel") == pytest.approx(1 / 3)
    assert done.scores.weights.number(scheme="combined", indicator="patents") == pytest.approx(1 / 9)


def test_the_zero_policy_of_the_study_file_moves_the_weights(done: Study) -> None:
    shifted = run(measure={"zeros": "shift", "epsilon": 0.1}).scores.weights
    assert abs(shifted.array()[0] - done.scores.weights.array()[0]).max() > 1e-4
    assert (shifted.array()[1] == done.scores.weights.array()[1]).all()


def test_one_region_in_one_year_is_said() -> None:
    given = made_up.study()
    with pytest.raises(ProblemsError, match="nothing can be read"):
        measure(replace(given, panel=given.panel.take(regions=["110000"], years=["2022"])))


def test_one_year_is_enough() -> None:
    given = made_up.study(measure={"draws": 50})
    done = measure(replace(given, panel=given.panel.take(years=["2022"])))
    assert sorted(done.scores.rank.array()[:, 0]) == list(range(1, 9))
    assert not done.scores.trend.has("growth", region="110000")


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(ProblemsError) as caught:
        run(absent=[("110000", "2020", "patents"), ("620000", "2019", "software")])
    assert len(caught.value.problems) == 2
    assert "110000 in 2020" in str(caught.value)
    assert "treatments" in str(caught.value)


def test_a_constant_indicator_is_said() -> None:
    given = made_up.study()
    values = given.panel.values.copy()
    values[..., given.panel.items.index("patents")] = 3.3
    with pytest.raises(ProblemsError, match="patents in 2019-2022: is the same"):
        measure(replace(given, panel=replace(given.panel, values=values)))


def test_unknown_method_lists_what_there_is() -> None:
    with pytest.raises(MethodError, match="Did you mean 'entropy'"):
        run(measure={"weights": ["entropie"]})
