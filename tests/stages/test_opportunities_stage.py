"""Stage opportunities on the made-up study."""

from __future__ import annotations

from dataclasses import replace

import made_up
import numpy as np
import pytest
from worlds import related_world

from yindi.core import resources
from yindi.core.errors import ProblemsError
from yindi.core.panel import Origin
from yindi.core.space import Space
from yindi.opportunities.backtest import evaluate
from yindi.opportunities.profile import REASONS
from yindi.opportunities.stage import opportunities


@pytest.fixture(scope="module")
def done():
    return opportunities(made_up.study())


def test_relatedness_is_refused_on_seven_sections(done):
    assert done.opportunities.backtest.text("text", item="verdict") == "few_activities"
    assert done.opportunities.backtest.number(item="verdict") == 0
    assert done.names.of("verdict", "few_activities", "en").startswith("too few")


def test_structure_adds_to_one_with_the_remainder(done):
    table = done.opportunities.structure
    assert table.labels("industry")[-1] == "rest"
    np.testing.assert_allclose(table.array("share").sum(axis=1), 1)
    gdp = done.look("panel[region=110000][year=2022][indicator=gdp]").value
    industry = done.look("activity[region=110000][year=2022][industry=BCD]").value
    assert table.number("share", region="110000", industry="BCD") == pytest.approx(industry / gdp)


def test_every_region_is_told_its_portfolio(done):
    told = done.opportunities.independent.array()
    np.testing.assert_array_equal(told.sum(axis=1), 5)
    best = done.opportunities.candidates.array("place") == 1
    np.testing.assert_array_equal(told[best], 1)


def test_crowding_by_hand(done):
    told = done.opportunities.independent
    crowded = done.opportunities.crowding
    item = crowded.labels("industry")[int(crowded.array("regions").argmax())]
    followers = [r for r in told.labels("region") if told.number(region=r, industry=item)]
    base = done.opportunities.industries.text("base", industry=item)
    assert base == "BCD"
    made = sum(done.look(f"activity[region={r}][year=2022][industry=BCD]").value for r in followers)
    assert crowded.number("regions", industry=item) == len(followers)
    assert crowded.number("addition", industry=item) == pytest.approx(0.01 * made)
    nation = [
        sum(done.look(f"activity[region={r}][year={y}][industry=BCD]").value for r in told.labels("region")) for y in (2019, 2022)
    ]
    assert crowded.number("expansion", industry=item) == pytest.approx(0.01 * made / ((nation[1] - nation[0]) / 3))
    assert crowded.number("crowded", industry=item) == float(len(followers) > 0.3 * 8)


def test_binding_requirement_falls_short(done):
    table = done.opportunities.candidates
    have, need = done.opportunities.endowment, done.opportunities.requirements
    for region in table.labels("region"):
        for item in table.labels("industry"):
            if table.has("binding", region=region, industry=item):
                q = table.text("binding", region=region, industry=item)
                gap = need.number("need", industry=item, requirement=q) - have.number("level", region=region, requirement=q)
                assert table.number("binding_gap", region=region, industry=item) == pytest.approx(gap)
            else:
                assert table.number("fit", region=region, industry=item) == 1


def test_labels_travel(done):
    turned = opportunities(made_up.reordered(made_up.study(), tuple(reversed(made_up.REGIONS))))
    for table in done.opportunities.tables():
        other = turned.table(table.name)
        if "region" in dict(table.axes):
            other = other.select(region=table.labels("region"))
        for column, values in table.columns.items():
            if values.dtype.kind == "U":
                np.testing.assert_array_equal(other.array(column), values, err_msg=f"{table.name}.{column}")
            else:
                np.testing.assert_allclose(other.array(column), values, rtol=1e-12, atol=1e-12, err_msg=f"{table.name}.{column}")


def test_same_input_same_tables(done):
    again = opportunities(made_up.study())
    assert [t.digest for t in again.opportunities.tables()] == [t.digest for t in done.opportunities.tables()]


def test_absent_requirement_is_left_out_and_said():
    gaps = [("620000", y, "trade_openness") for y in made_up.YEARS]
    done = opportunities(made_up.study(absent=gaps))
    assert not done.opportunities.endowment.has("level", region="620000", requirement="openness")
    assert done.opportunities.candidates.text("left_out", region="620000", industry="integrated_circuits") == "openness"
    assert done.opportunities.candidates.has("fit", region="620000", industry="integrated_circuits")


def test_last_complete_year_is_used():
    done = opportunities(made_up.study(absent=[("620000", "2022", "trade_openness")]))
    step = done.ledger.steps[done.opportunities.endowment.step]
    assert step.params["openness: trade_openness"] == "2021"
    assert step.params["market: gdp"] == "2022"


def test_marks_reach_candidates_and_partners():
    done = opportunities(made_up.study(imputed=[("620000", "2022", "trade_openness")]))
    assert done.opportunities.endowment.quantity("level", region="620000", requirement="openness").marked
    assert done.opportunities.candidates.quantity("fit", region="620000", industry="integrated_circuits").marked
    assert not done.opportunities.candidates.quantity("fit", region="620000", industry="software").marked
    assert done.opportunities.partners.quantity("complement", region="620000", place="1").marked


def test_without_activity_nothing_is_invented():
    done = opportunities(made_up.study(with_activity=False))
    assert done.opportunities.structure is None
    assert done.opportunities.backtest.text("text", item="verdict") == "no_activity"
    assert not done.opportunities.crowding.has("addition", industry="software")
    assert not done.opportunities.endowment.has("level", region="110000", requirement="finance")


def test_own_tables_replace_the_packaged(done):
    rows = [r for r in resources.rows("industries/nqpf_industries.csv") if r["industry"] in ("software", "quantum")]
    needs = [r for r in resources.rows("industries/nqpf_requirements.csv") if r["industry"] in ("software", "quantum")]
    own = opportunities(made_up.study(), tables={"industries": rows, "needs": needs})
    assert own.opportunities.fit.labels("industry") == ("quantum", "software")
    assert own.look("opportunities.fit[region=620000][industry=software]").value == pytest.approx(
        done.look("opportunities.fit[region=620000][industry=software]").value
    )


def test_unknown_reason_is_a_problem():
    with pytest.raises(ProblemsError, match="modernisation"):
        opportunities(made_up.study(layout={"attractiveness": {"modern": 1.0}}))


def test_number_leads_back_to_the_file(done):
    assert "indicators.csv row" in done.why("opportunities.fit[region=620000][industry=software]")


def test_generic_capabilities_are_ranked(done):
    table = done.opportunities.generic
    assert "coast" not in table.labels("requirement")
    assert sorted(table.array("place")) == list(range(1, len(table.labels("requirement")) + 1))
    first = table.labels("requirement")[int(np.argmin(table.array("place")))]
    assert table.number("opens", requirement=first) == table.array("opens").max()
    holder = table.text("holder", requirement=first)
    level = done.opportunities.endowment
    assert level.number("level", region=holder, requirement=first) == np.nanmax(
        [level.number("level", region=r, requirement=first) for r in level.labels("region")]
    )


def test_likeness_is_never_shown_without_its_digit_level(done):
    table = done.opportunities.similarity
    assert table.number(item="activities") == 8
    assert 0 < table.number(item="cosine_neighbours") <= 1
    step = done.ledger.steps[table.step]
    assert step.params["activities"] == 8


def test_piling_in_is_shown_per_section(done):
    assert done.opportunities.herding.labels("industry") == (*made_up.SECTIONS, "rest")


def test_no_entries_are_listed_after_a_refusal(done):
    assert done.opportunities.entries is None


def wide_study():
    """120 made-up regions with 60 activities whose entries are related, so that the proof allows lists."""
    x = related_world(1)
    regions, items = tuple(f"R{n:03d}" for n in range(len(x))), tuple(f"a{n:02d}" for n in range(x.shape[2]))
    given = made_up.study()
    source = given.panel.origin.books[0][0]
    axes = {"regions": regions, "years": ("2018", *made_up.YEARS)}

    def panel(like, values, items, units):
        none = np.full(values.shape, -1)
        origin = Origin(((source, ""),), none, none, none)
        return replace(like, **axes, items=items, values=values, status=np.ones(values.shape, int), origin=origin, units=units,
                       segments=())  # fmt: skip

    size = np.stack([x.sum(axis=2) * 2 + 1, x.sum(axis=2) + 5], axis=2)
    main = panel(given.panel, size, ("gdp", "population"), ("100m_yuan", "10k_persons"))
    activity = panel(given.activity, x, items, ("plain",) * len(items))
    inputs = [{"file": "a.csv"}, {"file": "b.csv", "content": "activity"}]
    industries = [{**dict.fromkeys(REASONS, "0.5"), "industry": "a", "zh": "", "en": "", "class": "future", "base": "a00"}]
    needs = [{"industry": "a", "requirement": "market", "need": "0.5"}]
    study = replace(given, config=made_up.config(inputs=inputs), panel=main, activity=activity,
                    space=Space(regions, step=given.space.step))  # fmt: skip
    return opportunities(study, tables={"industries": industries, "needs": needs})


def test_a_panel_is_tested_like_its_array():
    activity = wide_study().activity
    by_label = evaluate(activity, split="2020", boost=False, resamples=20)
    by_place = evaluate(activity.values, split=2, boost=False, resamples=20)
    assert by_label.precision == by_place.precision


def test_lists_stand_beside_their_proof():
    done = wide_study()
    proof, entries = done.opportunities.backtest, done.opportunities.entries
    assert proof.text("text", item="verdict") == "allowed"
    assert proof.number(item="gain_low") > 0
    assert set(entries.array("listed").ravel()) <= {"", "cultivate", "prepare", "hold", "watch", "do_not"}
    assert (entries.array("listed") == "cultivate").sum(axis=1).max() <= 5
    region, activity = np.argwhere(entries.array("listed") == "cultivate")[0]
    at = {"region": entries.labels("region")[region], "activity": entries.labels("activity")[activity]}
    assert entries.has("entry", **at) == bool(proof.number(item="calibrated"))
    assert done.opportunities.crowding.has("addition", industry="a")
    assert not done.opportunities.partners.has("distance", region="R000", place="1")


def test_learned_entries_say_their_source_and_sum():
    done = wide_study()
    entries, together = done.opportunities.entries, done.opportunities.entries_crowding
    assert set(entries.array("source").ravel()) == {"learned"}
    assert together.array("expansion").max() <= 0.1 + 1e-9
    cultivated = (entries.array("listed") == "cultivate").sum(axis=0)
    np.testing.assert_array_equal(together.array("regions"), cultivated)
    np.testing.assert_array_equal(together.array("regions_alone"), entries.array("alone").sum(axis=0))
    assert done.ledger.steps[entries.step].params["cap"] == 0.1


def test_nothing_carried_is_said_with_the_ways_out():
    """Without a variable that carries a need there is no fit, and what is learned does not stand in for it silently."""
    rows = [r for r in resources.rows("industries/nqpf_industries.csv") if r["industry"] == "software"]
    needs = [{"industry": "software", "requirement": "talent", "need": "1"}]
    sources = [{"requirement": "talent", "source": "panel", "variable": "nowhere", "scaled_by": "", "direction": "1"}]
    with pytest.raises(ProblemsError, match=r"opportunities\.sources"):
        opportunities(made_up.study(), tables={"industries": rows, "needs": needs, "sources": sources})


def test_declared_portfolios_and_the_board_by_hand(monkeypatch):
    """Region 1 declared software, which it is (or is not) told; the board's strain is its place in its own history."""
    from yindi.opportunities import stage

    plain = opportunities(made_up.study())
    told = plain.opportunities.independent
    region = told.labels("region")[0]
    beside = {
        "declared": [{"region": region, "industry": "software"}],
        "capacity": [
            {"industry": "steel", "year": y, "utilisation": v} for y, v in (("2020", ".8"), ("2021", ".7"), ("2022", ".75"))
        ],
    }
    found = {}

    class Spy(stage.Bench):
        def make(self, name, axes, columns, **more):
            found[name] = (dict(axes), columns)
            return super().make(name, axes, columns, **{**more, "inputs": ("panel",)} if name in BESIDE else more)

    BESIDE = ("portfolios", "overlaps", "board")
    monkeypatch.setattr(stage, "_beside", lambda study, kind: beside.get(kind, []))
    monkeypatch.setattr(stage, "Bench", Spy)
    done = opportunities(made_up.study())
    given = told.number(region=region, industry="software")
    table = done.opportunities.portfolios
    assert table.number("declared", industry="software") == 1
    assert table.number("both", industry="software") == given
    # software among five recommended ones: 1/5 overlap where told, 0/6 where not; all other regions declared nothing: 0
    expected = (given / 5) / len(told.labels("region"))
    assert done.opportunities.overlaps.number("overlap", pair="declared|recommended") == pytest.approx(expected)
    # .75: worse than .8, better than .7: half; it rose by .05, which is no worsening
    assert done.opportunities.board.number("strain", industry="steel", component="utilisation") == pytest.approx(0.5)
    assert done.opportunities.board.number("worsening", industry="steel", component="utilisation") == pytest.approx(-0.05)


def test_a_declared_code_that_is_unknown_is_a_problem():
    from yindi.opportunities import portfolios

    with pytest.raises(ProblemsError, match="'softwear' is not in this study"):
        portfolios.declared([{"region": "a", "industry": "softwear"}], ("a",), ("software",))
    with pytest.raises(ProblemsError, match="is no number"):
        portfolios.signs([{"industry": "steel", "year": "2020", "price": "high"}])
