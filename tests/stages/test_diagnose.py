"""Stage diagnose on the made-up study: labels, absence, marks, peers, and that figures follow from the cells."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from made_up import CENTROIDS, EDGES, REGIONS, YEARS, reordered, study

from yindi.core.errors import ProblemsError, UsageError
from yindi.core.space import Space
from yindi.core.study import Bench, Study
from yindi.diagnose.stage import diagnose

SMALL = {"diagnose": {"peers": {"count": 3}}}


def scored(given: Study, *, z: np.ndarray | None = None, absent: tuple[tuple[str, str], ...] = ()) -> Study:
    """The study with Scores put in by hand: pooled min-max, weights 1, 2, 3 ..., the index their weighted mean."""
    codes = tuple(i.code for i in given.framework.indicators)
    regions, years = given.panel.regions, given.panel.years
    raw = given.panel.take(items=codes)
    if z is None:
        low, high = np.nanmin(raw.values, axis=(0, 1)), np.nanmax(raw.values, axis=(0, 1))
        z = (raw.values - low) / (high - low)
    for region, code in absent:
        z[regions.index(region), :, codes.index(code)] = np.nan
    weights = np.arange(1.0, len(codes) + 1)
    weights /= weights.sum()
    index = np.where(np.isnan(z).any(axis=2), np.nan, np.nan_to_num(z) @ weights)
    cells, yearly = (("region", regions), ("year", years)), given.panel.marks()[..., [given.panel.items.index(c) for c in codes]]
    bench = Bench(given, "scores")
    bench.make("normalised", (*cells, ("indicator", codes)), z, method="minmax", inputs=("panel",), marks=yearly)
    axes = (("scheme", ("equal", "combined")), ("indicator", codes))
    bench.make("weights", axes, np.stack([np.full(len(codes), 1 / len(codes)), weights]), method="w", inputs=("panel",))
    for name in ("index", "rank", "rank_low", "rank_high"):
        bench.make(name, cells, index, method="mean", inputs=("scores.normalised",), marks=yearly.any(axis=2))
    for name in ("dimensions", "trend", "choices"):
        bench.make(name, (("item", ("none",)),), np.zeros(1), method="none", inputs=("panel",))
    return bench.done()


def diagnosed(*, z: np.ndarray | None = None, unscored: tuple[tuple[str, str], ...] = (), **options: Any) -> Study:
    return diagnose(scored(study(**{**SMALL, **options}), z=z, absent=unscored))


def test_all_tables_are_made_with_steps_and_read_again() -> None:
    done = diagnosed()
    names = [t.name for t in done.diagnosis.tables()]
    assert names == [f"diagnosis.{n}" for n in ("peers", "endowment", "obstacle", "levers", "coupling")]
    for table in done.diagnosis.tables():
        assert done.ledger.steps[table.step].made == table.name
    why = done.why("diagnosis.endowment[region=620000][variable=rd_spend].value")
    assert "[yuan_per_person]" in why
    assert "rd_spend 620000 2022" in why
    assert "patents" not in why, "the cells shown are those of the variable asked about"
    assert done.look("diagnosis.endowment[region=620000][variable=gdp].peer_median").unit == "100m_yuan"


def test_needs_the_scores_first() -> None:
    with pytest.raises(UsageError, match="scores"):
        diagnose(study(**SMALL))


def test_obstacles_of_a_region_sum_to_one_and_levers_add_them_up() -> None:
    done = diagnosed()
    degree = done.diagnosis.obstacle.dense("degree")
    assert np.allclose(degree.sum(axis=1), 1)
    lever = {"rd_personnel": "talent", "rd_spend": "science", "patents": "science"}
    science = done.diagnosis.levers.number("degree", region="620000", lever="science")
    parts = [done.diagnosis.obstacle.number("degree", region="620000", indicator=c) for c, v in lever.items() if v == "science"]
    assert science == pytest.approx(sum(parts), abs=1e-15)
    assert not done.diagnosis.levers.has("degree", region="620000", lever="finance"), "no indicator of nqpf_b measures finance"


def test_obstacle_by_hand_against_the_best_of_the_listed_peers() -> None:
    """Gansu's only peer is Hebei; Gansu scores .2 everywhere, Hebei .8 in the first indicator, .4 in the second, .1 elsewhere.

    Distances 1 - .2/.8 = .75, 1 - .2/.4 = .5, then 0 (Gansu itself is the best); weights 1 : 2, so .75 : 1.0 of 1.75.
    """
    z = np.full((8, 4, 7), 0.9)
    z[7], z[1] = 0.2, 0.1
    z[1, :, 0], z[1, :, 1] = 0.8, 0.4
    lists = {r: ["130000"] for r in REGIONS if r != "130000"} | {"130000": ["620000"]}
    done = diagnosed(z=z, diagnose={"peers": {"rule": "list", "lists": lists}})
    table = done.diagnosis.obstacle.select(region=("620000",))
    assert table.array("distance")[0] == pytest.approx([0.75, 0.5, 0, 0, 0, 0, 0])
    assert table.array("degree")[0] == pytest.approx([0.75 / 1.75, 1 / 1.75, 0, 0, 0, 0, 0])
    assert table.text("best", region="620000", indicator="rd_personnel") == "130000"
    assert table.number("place", region="620000", indicator="rd_spend") == 1
    assert not table.has("place", region="620000", indicator="software")


def test_region_at_the_frontier_everywhere_has_no_obstacle_and_no_place() -> None:
    z = np.full((8, 4, 7), 0.5)
    z[0] = 1.0
    done = diagnosed(z=z)
    row = done.diagnosis.obstacle.select(region=("110000",))
    assert not row.array("degree").any()
    assert np.isnan(row.array("place")).all()


def test_endowment_by_hand_against_listed_peers() -> None:
    """Direction: less energy per output is better, so a region below its peers' median has a positive gap."""
    lists = {r: [c for c in REGIONS if c != r][:3] for r in REGIONS}
    given = study(diagnose={"peers": {"rule": "list", "lists": lists}})
    done = diagnose(scored(given))
    cells = given.panel.take(regions=("110000", "130000", "210000", "620000"), years=("2022",), items=("energy_intensity", "gdp"))
    for item, sign in (("energy_intensity", -1), ("gdp", 1)):
        values = cells.values[:, 0, cells.items.index(item)]
        middle = sorted(values[:3])[1]
        at = {"region": "620000", "variable": item}
        assert done.diagnosis.endowment.number("peer_median", **at) == middle
        assert done.diagnosis.endowment.number("gap", **at) == pytest.approx(sign * (values[3] - middle) / middle)
    assert done.diagnosis.endowment.text("kind", region="620000", variable="gdp") == "total"
    assert not done.diagnosis.endowment.has("standing", region="620000", variable="gdp"), "a size is no strength"
    assert done.diagnosis.endowment.number("percentile", region="110000", variable="energy_intensity") == 1.0


def test_absent_cells_stay_absent_and_peers_without_a_value_are_left_out() -> None:
    cells = [("620000", y, "patents") for y in YEARS] + [("110000", "2022", "software")]
    done = diagnosed(absent=cells, unscored=(("620000", "patents"),))
    table = done.diagnosis.endowment
    for column in ("value", "gap", "standing", "year", "percentile"):
        assert not table.has(column, region="620000", variable="patents"), column
    assert table.has("gap", region="610000", variable="patents")
    assert table.text("year", region="620000", variable="software") == "2022", "seven of eight regions report 2022"
    obstacle = done.diagnosis.obstacle
    assert not obstacle.has("degree", region="620000", indicator="patents")
    assert np.nansum(obstacle.array("degree")[7]) == pytest.approx(1)
    assert not done.diagnosis.coupling.has("coupling", region="620000", year="2022")


def test_a_variable_reported_by_few_in_the_last_year_is_read_in_the_year_before() -> None:
    cells = [(r, "2022", "software") for r in list(REGIONS)[:5]]
    table = diagnosed(absent=cells, z=np.full((8, 4, 7), 0.5)).diagnosis.endowment
    assert table.text("year", region="110000", variable="software") == "2021"


def test_marks_follow_the_cell_its_peers_and_the_frontier() -> None:
    lists = {r: ["130000", "210000"] for r in REGIONS} | {"130000": ["110000", "620000"], "210000": ["110000", "620000"]}
    options: dict[str, Any] = {"diagnose": {"peers": {"rule": "list", "lists": lists}}}
    z = np.full((8, 4, 7), 0.5)
    z[1, :, 2] = 0.9
    done = diagnosed(z=z, imputed=[("130000", "2022", "patents"), ("620000", "2021", "urbanisation")], **options)
    endowment, obstacle, coupling = done.diagnosis.endowment, done.diagnosis.obstacle, done.diagnosis.coupling
    assert endowment.quantity("gap", region="130000", variable="patents").marked
    assert endowment.quantity("gap", region="620000", variable="patents").marked
    assert not endowment.quantity("gap", region="210000", variable="patents").marked
    assert obstacle.quantity("degree", region="620000", indicator="patents").marked
    assert not obstacle.quantity("degree", region="210000", indicator="patents").marked
    assert done.diagnosis.levers.quantity("degree", region="620000", lever="science").marked
    assert coupling.quantity("coupling", region="620000", year="2021").marked
    assert not coupling.quantity("coupling", region="610000", year="2021").marked


def test_land_neighbours_are_filled_up_by_distance_and_say_so() -> None:
    """Gansu touches only Shaanxi; of Hubei (114.3, 30.6) and Henan (113.6, 34.8) Henan is nearer."""
    done = diagnosed(diagnose={"peers": {"rule": "neighbours"}})
    peers = done.diagnosis.peers
    assert [peers.text("peer", region="620000", place=p) for p in "12"] == ["610000", "410000"]
    assert [peers.text("rule", region="620000", place=p) for p in "12"] == ["neighbour", "nearest"]
    assert not peers.has("peer", region="620000", place="3")
    hebei = {peers.text("peer", region="130000", place=p) for p in "123"}
    assert hebei == {"110000", "210000", "410000"}


def test_similar_peers_are_nearest_first_and_never_the_region_itself() -> None:
    done = diagnosed()
    peers = done.diagnosis.peers
    distance = peers.dense("distance")
    assert (np.diff(distance, axis=1) >= 0).all()
    for region in REGIONS:
        chosen = [peers.text("peer", region=region, place=p) for p in "123"]
        assert region not in chosen
        assert len(set(chosen)) == 3


@pytest.mark.parametrize("rule", ["similar", "neighbours"])
def test_the_order_of_the_regions_changes_no_result(rule: str) -> None:
    given = study(diagnose={"peers": {"rule": rule, "count": 3}}, imputed=[("130000", "2022", "patents")])
    shuffled = reordered(given, tuple(sorted(REGIONS, key=lambda r: r[::-1])))
    straight, other = diagnose(scored(given)), diagnose(scored(shuffled))
    for table in straight.diagnosis.tables():
        back = other.table(table.name).select(region=tuple(REGIONS))
        for column, values in table.columns.items():
            if values.dtype.kind == "f":
                assert np.allclose(values, back.array(column), rtol=1e-12, atol=1e-12, equal_nan=True), (table.name, column)
            else:
                assert (values == back.array(column)).all(), (table.name, column)
        assert (table.marks is None) == (back.marks is None)
        assert table.marks is None or (table.marks == back.marks).all()


def test_two_runs_give_the_same_steps() -> None:
    assert list(diagnosed().ledger.steps) == list(diagnosed().ledger.steps)


def test_coupling_follows_index_and_outcomes() -> None:
    """All outcomes at their pooled maximum in 2022 for one region make development 1; its index .64 gives C = 2 * .8 / 1.64."""
    z = np.full((8, 4, 7), 0.64)
    given = study(**SMALL)
    values = given.panel.values.copy()
    for item in ("income_per_capita", "urbanisation"):
        values[0, 3, given.panel.items.index(item)] = 1e6
    done = diagnose(scored(replace(given, panel=replace(given.panel, values=values)), z=z))
    at = {"region": "110000", "year": "2022"}
    table = done.diagnosis.coupling
    assert table.number("development", **at) == 1.0
    assert table.number("coupling", **at) == pytest.approx(1.6 / 1.64)
    assert table.number("coordination", **at) == pytest.approx(0.8**0.5), "sqrt(1.6 / 1.64 * .82) = sqrt(.8) = .894"
    assert table.text("grade", **at) == "good_coordination"
    assert table.text("kind", **at) == "lagging"
    assert done.names.of("grade", "good_coordination", "zh") == "良好协调"


def test_where_nearly_all_lag_the_relative_kind_tells_regions_apart() -> None:
    """Every index is a tenth: nearly all lag. The region whose ratio is the year's median is in step by the relative kind."""
    table = diagnosed(z=np.full((8, 4, 7), 0.1)).diagnosis.coupling.select(year=("2022",))
    assert (table.array("kind") == "lagging").sum() >= 6
    relative = table.array("relative")[:, 0]
    assert np.median(relative) == pytest.approx(1)
    assert {"lagging", "leading"} <= set(table.array("relative_kind")[:, 0])
    assert table.text("relative_kind", region="110000", year="2022") == "lagging", "the same index, the highest development"


def test_outcomes_are_compared_only_within_their_segments() -> None:
    broken = {"income_per_capita": (("2019", "2020"), ("2021", "2022"))}
    done = diagnosed(segments=broken, diagnose={"peers": {"count": 3}, "outcomes": ["income_per_capita"]})
    development = done.diagnosis.coupling.array("development")
    for part in (development[:, :2], development[:, 2:]):
        assert (part.min(), part.max()) == (0.0, 1.0)


def test_stability_is_the_share_of_other_peer_sets_with_the_same_sign() -> None:
    table = diagnosed().diagnosis.endowment
    stable = table.dense("stable")
    assert set(np.round(np.unique(stable) * 3, 9)) <= {0.0, 1.0, 2.0, 3.0}, "two, five peers, and the neighbours"
    beijing = table.number("stable", region="110000", variable="income_per_capita")
    assert beijing == 1.0, "the richest region is above every median"


def test_every_fault_of_the_study_file_is_reported_at_once() -> None:
    faulty = {"peers": {"count": 9}, "outcomes": ["income", "patents"], "endowments": ["patent"]}
    with pytest.raises(ProblemsError) as caught:
        diagnosed(diagnose=faulty)
    text = str(caught.value)
    assert len(caught.value.problems) == 4
    for part in ("9 peers", "at most 7", "'income'", "income_per_capita", "coupled with itself", "patents"):
        assert part in text


def test_lists_name_every_wrong_code() -> None:
    lists = {"110000": ["110000"], "130000": ["13000"], "999999": ["110000"]}
    with pytest.raises(ProblemsError) as caught:
        diagnosed(diagnose={"peers": {"rule": "list", "lists": lists}})
    assert len(caught.value.problems) == 3 + 6, "self, unknown peer, unknown region, six without a list"
    assert "130000" in str(caught.value)


def test_constant_outcome_is_refused_before_the_kernel() -> None:
    given = study(**SMALL)
    values = given.panel.values.copy()
    values[:, :, given.panel.items.index("urbanisation")] = 60.0
    with pytest.raises(ProblemsError, match="never varies"):
        diagnose(scored(replace(given, panel=replace(given.panel, values=values))))


def test_scores_outside_zero_to_one_are_rescaled_and_the_step_says_so() -> None:
    z = np.random.default_rng(0).standard_normal((8, 4, 7))
    done = diagnosed(z=z)
    assert done.ledger.steps[done.diagnosis.obstacle.step].params["scale"] == "pooled min-max"
    assert done.ledger.steps[done.diagnosis.coupling.step].params["index"] == "pooled min-max"


def test_neighbours_without_centroids_or_structure_is_a_problem() -> None:
    given = study(diagnose={"peers": {"rule": "neighbours", "by": ["nothing"]}})
    lonely = replace(given, space=Space(tuple(REGIONS), EDGES[:2], (), given.space.groups))
    with pytest.raises(ProblemsError, match="who is near"):
        diagnose(scored(lonely))
    assert len(CENTROIDS) == len(REGIONS)
