"""fsQCA and NCA against R QCA 3.25.1, R NCA 5.0.1 (printed outputs), exhaustive search, and values worked by hand."""

from __future__ import annotations

import csv
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest

from yindi.core.errors import MethodError
from yindi.diagnose.configure import calibrate, minimise, nca, necessity, sufficiency, truth_table
from yindi.diagnose.cubes import contains, prime_implicants, smallest_covers

NAMES = ["DEV", "URB", "LIT", "IND", "STB"]


def lipset(shared: Path, name: str) -> tuple[np.ndarray, np.ndarray]:
    with (shared / "oracles" / "qca_lipset" / f"{name}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return np.array([[float(r[n]) for n in NAMES] for r in rows]), np.array([float(r["SURV"]) for r in rows])


def solved(x: np.ndarray, y: np.ndarray, inclusion: float = 0.8) -> dict[str, tuple[str, ...]]:
    table = truth_table(x, y, names=NAMES, inclusion=inclusion)
    return {k: minimise(table, solution=k).expressions for k in ("conservative", "parsimonious", "intermediate")}  # type: ignore[arg-type]


class TestCalibration:
    def test_r_qca_direct(self) -> None:
        found = calibrate([400, 500, 550, 600, 720, 900], [400, 550, 900])
        assert found == pytest.approx([0.05, 0.2725983, 0.5, 0.6036350, 0.8069256, 0.95], abs=5e-8)

    def test_r_qca_with_the_log_odds_of_ragin(self) -> None:
        found = calibrate([400, 500, 550, 600, 720, 900], [400, 550, 900], inclusion=0.953)
        assert found == pytest.approx([0.047, 0.2683214, 0.5, 0.6058555, 0.8117989, 0.953], abs=5e-8)

    def test_r_qca_on_lipset_development(self, shared: Path) -> None:
        found = calibrate(lipset(shared, "LR")[0][:, 0], [400, 550, 900])
        printed = [
            *(0.80692563, 0.99014771, 0.57514068, 0.16664046, 0.58334186, 0.97448622, 0.88706515, 0.04145790, 0.07774921),
            *(0.71954796, 0.34349076, 0.97922495, 0.01934250, 0.01082721, 0.01340171, 0.02679927, 0.94878749, 0.98378370),
        ]
        assert found == pytest.approx(printed, abs=5e-9)

    def test_r_qca_from_end_to_end(self) -> None:
        """R QCA 3.25 with thresholds 20, 50, 80 and idm .99: memberships within 1e-4 of the ends become 0 and 1."""
        found = calibrate([0, 10, 25, 60, 100, -50, 150], [20, 50, 80], inclusion=0.99)
        printed = [0.0004717766085, 0.0021787421026, 0.0212635816755, 0.8222558754, 0.9995282233915, 0, 1]
        assert found == pytest.approx(printed, abs=1e-12)

    def test_falling_anchors_reverse(self) -> None:
        assert calibrate([1.0, 2.5, 4.0], [4, 2, 1]) == pytest.approx(1 - calibrate([1.0, 2.5, 4.0], [1, 2, 4]))

    def test_crisp_levels(self) -> None:
        assert calibrate([1, 2, 3, 9], [2, 5], kind="crisp").tolist() == [0, 1, 1, 2]

    def test_exactly_half_may_be_nudged(self) -> None:
        assert calibrate([550.0], [400, 550, 900], nudge=0.001).tolist() == [0.501]

    @pytest.mark.parametrize("anchors", [[1, 1, 2], [1, 3, 2], [1, 2], [1, 2, np.nan]])
    def test_refuses_anchors_out_of_order(self, anchors: list[float]) -> None:
        with pytest.raises(MethodError):
            calibrate([1.0, 2.0], anchors)


class TestTruthTable:
    def test_lipset_fuzzy_against_the_table_of_r(self, shared: Path) -> None:
        table = truth_table(*lipset(shared, "LF"), names=NAMES)
        with (shared / "oracles" / "qca_lipset" / "LF_truthtable_incl08.csv").open(encoding="utf-8") as file:
            printed = {int(r[""]): r for r in csv.DictReader(file) if r["n"] != "0"}
        assert table.row.tolist() == sorted(printed)
        for row, n, output, inclusion, pri in zip(table.row, table.n, table.output, table.inclusion, table.pri, strict=True):
            want = printed[int(row)]
            assert (int(n), output) == (int(want["n"]), want["OUT"])
            assert inclusion == pytest.approx(float(want["incl"]), abs=1e-12)
            assert pri == pytest.approx(float(want["PRI"]), abs=1e-12)

    def test_frequency_makes_remainders(self, shared: Path) -> None:
        table = truth_table(*lipset(shared, "LF"), names=NAMES, frequency=2)
        assert {int(r) for r, o in zip(table.row, table.output, strict=True) if o == "?"} == {6, 23, 31}

    def test_pri_threshold(self, shared: Path) -> None:
        """Rows 22 (.719) and 32 (.886) reach inclusion .8; a PRI threshold of .75 keeps row 32."""
        table = truth_table(*lipset(shared, "LF"), names=NAMES, pri=0.75)
        assert [int(r) for r, o in zip(table.row, table.output, strict=True) if o == "1"] == [32]

    def test_exactly_half_belongs_to_no_row(self) -> None:
        with pytest.raises(MethodError, match=r"exactly \.5 in cases \[1\]"):
            truth_table([[0.9, 0.2], [0.5, 0.7]], [1, 0])

    def test_refusals(self) -> None:
        for x, y in (([[0.2, 1.4]], [1]), ([[0.2, np.nan]], [1]), ([[0.2, 0.4]], [1.2]), ([[0.2, 0.4]], [1, 0])):
            with pytest.raises(MethodError):
                truth_table(x, y)
        with pytest.raises(MethodError, match="names"):
            truth_table([[0.2, 0.4]], [1], names=["A", "A"])


class TestSolutions:
    def test_lipset_crisp(self, shared: Path) -> None:
        x, y = lipset(shared, "LC")
        assert solved(x, y) == {
            "conservative": ("DEV*~URB*LIT*STB + DEV*LIT*IND*STB",),
            "parsimonious": ("DEV*STB",),
            "intermediate": ("DEV*LIT*STB",),
        }
        negated = solved(x, 1 - y)
        assert negated["conservative"] == ("~DEV*~URB*~IND + DEV*LIT*IND*~STB",)
        assert negated["parsimonious"] == ("~DEV + ~STB",)

    def test_lipset_fuzzy(self, shared: Path) -> None:
        x, y = lipset(shared, "LF")
        assert solved(x, y) == {
            "conservative": ("DEV*URB*LIT*IND*STB + DEV*~URB*LIT*~IND*STB",),
            "parsimonious": ("DEV*~IND + URB*STB",),
            "intermediate": ("DEV*URB*LIT*STB + DEV*LIT*~IND*STB",),
        }
        assert solved(x, y, 0.7) == {
            "conservative": ("DEV*~URB*LIT*STB + DEV*LIT*IND*STB",),
            "parsimonious": ("DEV*STB",),
            "intermediate": ("DEV*LIT*STB",),
        }

    def test_three_conditions_of_lipset_fuzzy(self, shared: Path) -> None:
        """R QCA 3.25: conservative and intermediate DEV*LIT*STB, parsimonious DEV*STB, both .868812 / .848138 / .823944."""
        x, y = lipset(shared, "LF")
        table = truth_table(x[:, [0, 2, 4]], y, names=["DEV", "LIT", "STB"])
        assert table.inclusion == pytest.approx(
            [0.210526315789, 0.281385281385, 0.524096385542, 0.584337349398, 0.446564885496, 0.868811881188], abs=1e-12
        )
        for kind, text in (("conservative", "DEV*LIT*STB"), ("intermediate", "DEV*LIT*STB"), ("parsimonious", "DEV*STB")):
            found = minimise(table, solution=kind)  # type: ignore[arg-type]
            assert found.expressions == (text,)
            fit = (found.fit.inclusion[0], found.fit.pri[0], found.fit.coverage[0])
            assert fit == pytest.approx((0.868811881188, 0.848137535817, 0.823943661972), abs=1e-12)

    def test_unions_are_necessary_as_in_r(self, shared: Path) -> None:
        x, y = lipset(shared, "LF")
        found = necessity(np.maximum(x[:, 0], x[:, 1]), y)
        assert (found.inclusion[0], found.coverage[0], found.relevance[0]) == pytest.approx(
            (0.899061032864, 0.753937007874, 0.758220502901), abs=1e-12
        )

    @pytest.mark.parametrize(
        ("kind", "inclusion", "terms", "model"),
        [
            ("conservative", 0.8, [(0.904, 0.886, 0.454, 0.393), (0.804, 0.719, 0.265, 0.204)], (0.870, 0.843, 0.658)),
            ("parsimonious", 0.8, [(0.815, 0.721, 0.284, 0.194), (0.874, 0.845, 0.520, 0.430)], (0.850, 0.819, 0.714)),
            ("intermediate", 0.8, [(0.901, 0.879, 0.468, 0.378), (0.814, 0.721, 0.282, 0.191)], (0.866, 0.839, 0.660)),
            ("conservative", 0.7, [(0.809, 0.761, 0.433, 0.196), (0.843, 0.821, 0.622, 0.385)], (0.871, 0.851, 0.818)),
        ],
    )
    def test_fit_of_lipset_fuzzy(
        self, shared: Path, kind: str, inclusion: float, terms: list[tuple[float, ...]], model: tuple[float, ...]
    ) -> None:
        found = minimise(truth_table(*lipset(shared, "LF"), names=NAMES, inclusion=inclusion), solution=kind)  # type: ignore[arg-type]
        fit = np.stack([found.fit.inclusion, found.fit.pri, found.fit.coverage, found.unique[0]], axis=1)
        assert fit == pytest.approx(np.array(terms), abs=5.1e-4)
        whole = [found.model_fit.inclusion[0], found.model_fit.pri[0], found.model_fit.coverage[0]]
        assert whole == pytest.approx(model, abs=5.1e-4)

    def test_lipset_with_three_levels_has_three_tied_models(self, shared: Path) -> None:
        found = minimise(truth_table(*lipset(shared, "LM"), names=NAMES))
        printed = ["DEV[2] + DEV[1]*STB[1]", "DEV[1]*IND[0] + IND[1]*STB[1]", "DEV[1]*STB[1] + IND[1]*STB[1]"]
        assert sorted(found.expressions) == sorted(printed)
        assert found.complete
        unique = dict(zip(found.expressions, found.unique, strict=True))
        assert unique["DEV[1]*STB[1] + IND[1]*STB[1]"] == pytest.approx((0.25, 0.625))

    def test_expectations_decide_what_may_be_dropped(self, shared: Path) -> None:
        """With no expectation intermediate equals conservative. With URB and LIT expected absent, LIT is contrary
        in both conservative terms and goes; URB stays in the first, because the parsimonious URB*STB asks for it."""
        table = truth_table(*lipset(shared, "LF"), names=NAMES)
        none = minimise(table, solution="intermediate", expectations=[None] * 5)
        assert none.expressions == minimise(table, solution="conservative").expressions
        r_qca = minimise(table, solution="intermediate", expectations=[1, 1, 1, 0, 1])
        assert r_qca.expressions == ("DEV*URB*LIT*STB + DEV*LIT*~IND*STB",), "as R QCA 3.25 with IND expected absent"
        absent = minimise(table, solution="intermediate", expectations=[1, 0, 0, 1, 1])
        assert "LIT" not in absent.expressions[0]
        assert "URB" in absent.expressions[0]

    def test_nothing_to_explain_or_to_tell_apart(self) -> None:
        table = truth_table([[1, 0], [0, 1]], [1, 1])
        with pytest.raises(MethodError, match="told apart"):
            minimise(table)
        with pytest.raises(MethodError, match="nothing is to be explained"):
            minimise(truth_table([[1, 0], [0, 1]], [0, 0]))

    @pytest.mark.parametrize("seed", range(12))
    def test_primes_and_ties_against_exhaustive_search(self, seed: int) -> None:
        """Every term and every set of terms is tried: levels 2, 3, 2 or 2^4, rows drawn at random."""
        rng = np.random.default_rng(seed)
        levels = (2, 3, 2) if seed % 2 else (2, 2, 2, 2)
        state = rng.choice([0, 1, 2], size=levels, p=[0.3, 0.4, 0.3])
        state.flat[0], state.flat[1] = 0, 1
        on, off = state == 1, state == 0
        rows, bad = np.argwhere(on), np.argwhere(off)
        every = list(product(*(range(-1, n) for n in levels)))
        fine = [t for t in every if contains(t, rows).any() and not contains(t, bad).any()]
        prime = {t for t in fine if not any(o != t and all(a in (-1, b) for a, b in zip(o, t, strict=True)) for o in fine)}
        found = prime_implicants(on, off)
        assert set(found) == prime
        chart = np.stack([contains(t, rows) for t in found], axis=1)
        for size in range(1, len(found) + 1):
            covers = [c for c in combinations(range(len(found)), size) if chart[:, list(c)].any(axis=1).all()]
            if covers:
                break
        assert smallest_covers(chart, limit=10_000) == (covers, True)

    @pytest.mark.parametrize("seed", range(12))
    def test_all_smallest_covers_of_random_charts(self, seed: int) -> None:
        rng = np.random.default_rng(100 + seed)
        chart = rng.random((9, 11)) < 0.28
        chart[np.arange(9), rng.integers(0, 11, 9)] = True
        for size in range(1, 10):
            covers = [c for c in combinations(range(11), size) if chart[:, list(c)].any(axis=1).all()]
            if covers:
                break
        assert smallest_covers(chart, limit=10_000) == (covers, True)

    def test_a_limit_is_reported(self) -> None:
        chart = np.kron(np.eye(4, dtype=bool), np.ones((1, 3), dtype=bool))
        covers, complete = smallest_covers(chart, limit=50)
        assert (len(covers), complete) == (50, False)
        assert len(smallest_covers(chart, limit=100)[0]) == 3**4


class TestNecessity:
    def test_lipset_fuzzy(self, shared: Path) -> None:
        x, y = lipset(shared, "LF")
        found = necessity(np.hstack([x, 1 - x]), y)
        assert found.inclusion == pytest.approx(
            [0.831, 0.539, 0.991, 0.669, 0.920, 0.285, 0.568, 0.096, 0.417, 0.218], abs=5.1e-4
        )
        assert found.relevance == pytest.approx(
            [0.811, 0.899, 0.509, 0.786, 0.680, 0.587, 0.452, 0.764, 0.576, 0.687], abs=5.1e-4
        )
        assert found.coverage == pytest.approx([0.775, 0.771, 0.643, 0.684, 0.707, 0.274, 0.402, 0.168, 0.367, 0.269], abs=5.1e-4)

    def test_sufficiency_of_single_conditions(self, shared: Path) -> None:
        found = sufficiency(*lipset(shared, "LF"))
        assert found.inclusion == pytest.approx([0.775, 0.771, 0.643, 0.684, 0.707], abs=5.1e-4)
        assert found.pri == pytest.approx([0.743, 0.720, 0.587, 0.648, 0.664], abs=5.1e-4)


class TestNca:
    @pytest.fixture
    def example_of_r(self, shared: Path) -> tuple[np.ndarray, np.ndarray]:
        with (shared / "oracles" / "nca" / "nca_example.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        x = np.array([[float(r["Individualism"]), float(r["Risk taking"])] for r in rows])
        return x, np.array([float(r["Innovation performance"]) for r in rows])

    def test_steps(self, example_of_r: tuple[np.ndarray, np.ndarray]) -> None:
        x, y = example_of_r
        for j, (zone, scope, cond, out) in enumerate([(6466.8, 15563.6, 0.0, 19.278), (5871.1, 18974.8, 25.843, 5.066)]):
            found = nca(x[:, j], y)
            assert (found.zone, found.scope) == (pytest.approx(zone, abs=5e-4), pytest.approx(scope, abs=0.05))
            assert 100 * found.condition_inefficiency == pytest.approx(cond, abs=5.1e-4)
            assert 100 * found.outcome_inefficiency == pytest.approx(out, abs=5.1e-4)
            assert found.accuracy == 1.0
        assert nca(x[:, 0], y).peers.tolist() == [[18, 42.3], [46, 171.6], [63, 173.1], [71, 184.9], [91, 214.4]]

    def test_line(self, example_of_r: tuple[np.ndarray, np.ndarray]) -> None:
        x, y = example_of_r
        printed = [(4772.541, 2.230, 28.353, 92.9, 10.383, 31.565), (5348.968, 2.642, -14.478, 96.4, 28.500, 21.147)]
        for j, (zone, slope, intercept, accuracy, cond, out) in enumerate(printed):
            found = nca(x[:, j], y, ceiling="cr_fdh")
            assert (found.zone, found.slope, found.intercept) == pytest.approx((zone, slope, intercept), abs=5.1e-4)
            assert 100 * found.accuracy == pytest.approx(accuracy, abs=0.051)
            assert 100 * found.condition_inefficiency == pytest.approx(cond, abs=5.1e-4)
            assert 100 * found.outcome_inefficiency == pytest.approx(out, abs=5.1e-4)

    def test_bottlenecks(self, example_of_r: tuple[np.ndarray, np.ndarray]) -> None:
        """R prints NN where nothing is needed; here 0."""
        x, y = example_of_r
        steps = [[0, 0] + [38.4] * 6 + [61.6, 100, 100], [0, 20.2, 20.2, 20.2] + [22.5] * 4 + [59.6, 74.2, 74.2]]
        lines = [[0, 0, 0, 0, 11.0, 24.1, 37.2, 50.3, 63.4, 76.5, 89.6], [0, 0, 0, 8.0, 17.1, 26.2, 35.2, 44.3, 53.4, 62.4, 71.5]]
        for j in range(2):
            assert 100 * nca(x[:, j], y).bottleneck() == pytest.approx(steps[j], abs=0.051)
            assert 100 * nca(x[:, j], y, ceiling="cr_fdh").bottleneck() == pytest.approx(lines[j], abs=0.051)

    def test_empty_corner_by_hand(self) -> None:
        """Points (0,0) (1,1) (2,2): steps leave 1 * 2 + 1 * 1 = 3 of 4 empty; the line y = x leaves half."""
        assert nca([0, 1, 2], [0, 1, 2]).effect == pytest.approx(3 / 4)
        assert nca([0, 1, 2], [0, 1, 2], ceiling="cr_fdh").effect == pytest.approx(1 / 2)

    def test_nothing_is_necessary_when_the_corner_is_filled(self) -> None:
        for kind in ("ce_fdh", "cr_fdh"):
            found = nca([0, 1, 2], [2, 0, 1], ceiling=kind, permutations=99)  # type: ignore[arg-type]
            assert found.effect == 0.0
            assert found.p == 1.0
            assert not found.bottleneck().any()

    def test_tied_x_count_by_their_highest_point(self) -> None:
        """x 0 0 1 with y 0 1 2: the ceiling starts at 1, so 1 * 1 of the scope 1 * 2 is empty, in any order of the cases."""
        assert nca([0, 0, 1], [0, 1, 2]).effect == pytest.approx(0.5)
        assert nca([0, 1, 0], [1, 2, 0]).effect == pytest.approx(0.5)

    def test_permutations_against_all_orders(self) -> None:
        """Four points on the diagonal: of the 24 orders of y only their own leaves as much empty, so p tends to 1/24."""
        found = nca([0, 1, 2, 3], [0, 1, 2, 3], permutations=20_000, seed=3)
        assert found.p == pytest.approx(1 / 24, abs=0.005)

    def test_seed_decides(self, example_of_r: tuple[np.ndarray, np.ndarray]) -> None:
        x, y = example_of_r
        first, again, other = (nca(x[:, 0], y, permutations=500, seed=s).p for s in (1, 1, 2))
        assert first == again
        assert first != other

    def test_refusals(self) -> None:
        for x, y in (([1, 1], [0, 1]), ([0, 1], [1, 1]), ([0, np.nan], [0, 1]), ([0, 1], [0, 1, 2])):
            with pytest.raises(MethodError):
                nca(x, y)
        with pytest.raises(MethodError, match="ce_fdh"):
            nca([0, 1], [0, 1], ceiling="c_lp")  # type: ignore[arg-type]
