"""The results on one page. Every field is a Table; its name is `stage.field`. R regions, T years, I indicators, C industries.

Columns are listed as axes -> columns. Optional tables are None where the data do not carry them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from yindi.core.document import Document
from yindi.core.table import Table


@dataclass(frozen=True, slots=True)
class Result:
    """Base: iterates over the tables that are there."""

    def tables(self) -> Iterator[Table]:
        """Every Table of this stage."""
        for f in fields(self):
            value = getattr(self, f.name)
            if isinstance(value, Table):
                yield value


@dataclass(frozen=True, slots=True)
class Intake(Result):
    """What was read, what was found in it, and what the study file chose to do about it."""

    summary: Table  # item (regions, years, indicators, cells, observed, corrected, imputed, derived, absent) -> value
    findings: Table  # finding -> variable, kind, years, regions, share, size, sure, choice, reason, ways_out
    coverage: Table  # indicator -> observed, imputed, corrected, absent, share
    imputed: Table | None = None  # cell -> variable, region, year, method, value, low, high (90 % interval of a regression)
    series: Table | None = None  # note -> variable, since, vintage, price_base, source: as the study file declares
    departments: Table | None = None  # row -> code, zh, en, region: the user's own names, as read
    projects: Table | None = None  # row -> the columns of the file of projects, as read
    texts: Table | None = None  # row -> language, section, key, text: the user's own phrases, as read
    higher: Table | None = None  # row -> parent, variable, year, value, unit, source: the higher plan, as read
    industries: Table | None = None  # row -> the user's own candidate industries, as read; so the next five
    needs: Table | None = None  # row -> industry, requirement, need
    requirements: Table | None = None  # row -> requirement, zh, en, lever
    sources: Table | None = None  # row -> requirement, source, variable, scaled_by, direction
    declared: Table | None = None  # row -> region, industry: what regions declared to cultivate
    capacity: Table | None = None  # row -> industry, year, and components of the overcapacity board
    parents: Table | None = None  # row -> code, parent: of the user's own table of regions, where a higher plan is given


@dataclass(frozen=True, slots=True)
class Scores(Result):
    """Stage measure."""

    normalised: Table  # region, year, indicator
    weights: Table  # scheme (each method, and "combined"), indicator
    index: Table  # region, year
    dimensions: Table  # region, year, dimension: contributions that sum to the index
    rank: Table  # region, year
    rank_low: Table  # region, year: best rank at the interval (small number)
    rank_high: Table  # region, year: worst rank at the interval
    trend: Table  # region -> first, last, change, growth (per year), rank_first, rank_last, rank_change (positive = rose)
    choices: Table  # choice (what the draws vary) -> options (text), share (of rank variance that it explains)
    national: Table | None = None  # year -> mean, median, lowest, highest of the index over regions
    influence: Table | None = None  # indicator -> nominal (weight), variance_share, correlation: what it really decides
    standing: Table | None = None  # region (last year) -> upper, lower (probability of the best, worst quarter), median (rank)
    drivers: Table | None = None  # region, choice (last year) -> first, total: Sobol shares of the variance of its rank
    frameworks: Table | None = (
        None  # framework -> indicators, covered, spearman, kendall, mean_shift, largest_shift, concept, use
    )


@dataclass(frozen=True, slots=True)
class Disparity(Result):
    """Stage disparity."""

    dagum: Table  # year -> gini, within, between, transvariation, within_share, between_share, transvariation_share, low, high
    dagum_pairs: Table  # year, pair ("east|west") -> gini, distance (D_jh), between_mean_gap
    dagum_groups: Table  # year, group -> gini, mean, population_share, income_share
    theil: Table  # year -> total, between, within, between_share
    sigma: Table  # year -> cv, sd_log
    moran: Table  # year -> i, expected, z, p
    local: Table  # region (last year) -> i, p, quadrant (HH/LH/LL/HL or "" when not significant)
    summary: Table  # item (cv_change, gini_change, theil_change, beta, beta_p, ...) -> value
    change: Table | None = None  # part (gini, within, between, transvariation) -> change first to last, low, high, certainty
    change_cells: Table | None = None  # pair (group, or "east|west") -> inequality, shares, change: sums to the Gini's change
    polarisation: Table | None = None  # year -> wolfson, esteban_ray, duclos_esteban_ray, tsui_wang
    warning: Table | None = None  # measure -> since, years, rise, relative, certainty, chance, step, step_share, level
    warning_drivers: Table | None = None  # region, measure: what of the rise would be missing without the region
    weighted: Table | None = None  # year -> gini, theil, mld, atkinson, cv and parts, under population weights
    density: Table | None = None  # year, point -> x, density (one bandwidth for all years)
    modes: Table | None = None  # year -> modes, fewest, most (over bandwidths), p_one (Silverman's test), bandwidth
    markov: Table | None = None  # from, to (classes "1" lowest .. "4") -> count, p, passage
    markov_classes: Table | None = None  # class -> upper (cut), starts, steady
    spatial_markov: Table | None = None  # neighbours, from, to -> count, p
    clubs: Table | None = None  # region -> club (0: none)
    convergence: Table | None = None  # model (absolute, panel, spatial) -> coefficient, low, high, speed, half_life
    ellipse: Table | None = None  # year -> longitude, latitude, major, minor, azimuth, area, shift, direction
    network: Table | None = None  # multiple (of the threshold) -> density, connectedness, hierarchy, efficiency, kept, ...
    network_regions: Table | None = None  # region (last year) -> out_degree, in_degree, betweenness, block, role
    left_out: Table | None = None  # table -> reason why the data do not carry it


@dataclass(frozen=True, slots=True)
class Diagnosis(Result):
    """Stage diagnose."""

    peers: Table  # region, place ("1".."k") -> peer (code), distance, rule
    endowment: Table  # region, variable -> value, percentile, peer_median, gap (relative to the peers' median), standing
    obstacle: Table  # region, indicator -> degree, distance (1 - z / frontier), place (1 = largest)
    levers: Table  # region, lever -> degree (sum of its obstacles), place
    coupling: Table  # region, year -> coupling, coordination, wang, wang_coordination, development, grade, kind


@dataclass(frozen=True, slots=True)
class Opportunities(Result):
    """Stage opportunities."""

    structure: Table | None  # region, industry (sections) -> share, quotient
    backtest: Table  # item -> value; and verdict text: whether relatedness is allowed to recommend, and why not
    requirements: Table  # industry, requirement -> need (0..1): judgement
    endowment: Table  # region, requirement -> level (0..1), from the panel; absent where no variable carries it
    fit: Table  # region, industry: 0..1
    candidates: Table  # region, industry -> fit, place, binding, binding_gap, lever, strength (best-met requirement)
    independent: Table  # region, industry: 1 where region-by-region advice gives the industry
    crowding: Table  # industry -> regions, share, base_share (adopters' share of national output), addition, expansion, crowded
    industries: Table  # industry -> class (emerging, future), base (section whose output carries it), attractiveness
    partners: Table  # region, place -> partner, complement, distance, similarity
    generic: Table | None = None  # requirement -> opens (pairs), regions, industries, gain, place, holder (region), lever
    similarity: Table | None = None  # item (cosine, krugman; neighbours and all pairs, activities) -> value
    herding: Table | None = None  # industry (activities) -> entrants, rush, breadth, left
    entries: Table | None = None  # region, activity -> listed, quadrant, membership, entry, exit, carried, lacking, alone, source
    portfolios: Table | None = None  # industry -> declared, recommended, both (regions)
    overlaps: Table | None = None  # pair ("declared|recommended", ...) -> overlap (mean over regions), industries
    board: Table | None = None  # industry, component -> last, strain (0 best to 1 worst in its own history), worsening
    entries_crowding: Table | None = None  # activity -> regions, regions_alone, expansion, expansion_alone, growth
    specialisation: Table | None = None  # region, activity (of counts) -> quotient, low, high (90 %), sure (chance above 1), ...
    # ... certain (text: above, open, below)
    complexity: Table | None = None  # region -> eci, eci_rank, outlook, outlook_rank (zero: own_eci), rank_mean_pci, ...
    # ... rank_eigenvector, rank_lowest (of outlook under other zeros), eci_low, eci_high (90 %), above (chance): of counts
    complexity_activities: Table | None = None  # activity -> pci, pci_rank, gain (mean over regions without it), gain_rank, ...
    # ... rank_mean_pci, rank_eigenvector, rank_lowest
    zeros: Table | None = None  # zero (own_eci: the stated one, mean_pci, eigenvector, lowest) -> at (pci), agreement (of ranks)


@dataclass(frozen=True, slots=True)
class Layout(Result):
    """Stage layout."""

    allocation: Table  # region, industry -> chosen (0/1), value, given_up (1 where own advice had it and the layout has not)
    regions: Table  # region -> count, value, best_alone, kept_share, lagging, gained, given_up
    industries: Table  # industry -> regions, limit, before, price, before_expansion, expansion
    duals: Table  # rule -> activity, limit, price, binding
    solution: Table  # item (objective, bound, gap, value_alone, floor, ...) -> value
    frontier: Table  # point -> floor, value, lagging_value, leading_value, gap_between, gainers, holders, expansion, over_band
    goals: Table | None = None  # reason (outcome goal) -> weight, kept, changed: the plan if this reason alone counted
    equity: Table | None = None  # policy (none, floor, gap) -> value, lagging, leading, gap_between, lost, gained, levelled
    protection: Table | None = None  # failing -> value, worst, unprotected, price, saved, changed
    levers: Table | None = None  # region, lever -> spending, share, gain: judgement
    lever_prices: Table | None = None  # lever -> budget, price, regions, gain
    rolling: Table | None = None  # region, industry -> period (absent: never), option (value of what it opens)
    periods: Table | None = None  # period -> begun, value (discounted), plain (without option values)
    points: Table | None = None  # point (of the front), region -> value, change (against the first point), count, side
    without: Table | None = None  # family (of rules) -> gain, changed, lagging_value, expansion: the plan were there none of them
    lever_sensitivity: Table | None = None  # effect -> gain, price, spread, moved: the split of levers at other effects
    parts: Table | None = None  # part (pairs, support, over, under, duplication, links) -> value: what the objective is made of
    support: Table | None = None  # region, industry -> package (number, absent where not held), name, chance
    bands: Table | None = None  # industry -> existing, built, low, high, over, under, price
    units: Table | None = None  # region, capability -> own, used, borrowed, price
    pools: Table | None = None  # pool (capability, or slots) -> size, used, price
    zones: Table | None = None  # spot ("zone|industry") -> zone, industry, regions, most, over, price: where more than one stands


@dataclass(frozen=True, slots=True)
class Scenarios(Result):
    """Stage simulate. Standing is a region's index over the geometric mean of all regions in that year."""

    hindcast: Table  # model, horizon -> rmse, mae, relative (to persistence), order (rank correlation), direction
    skill: Table  # horizon -> skill (against persistence), coverage, score, origins, verdict (text: skill, no_skill)
    dynamics: Table  # parameter (rho, tau, eta, theta, direct_now, ...) -> value, error, low, high (of the interval)
    regions: Table  # scenario, region, year -> standing, low, high, index, index_low, index_high, rank, rank_low, rank_high
    effect: Table  # scenario, region -> change (of log standing at the horizon against the baseline), low, high, places, ...
    # ... rising, gain (change and what the mean of all regions gains)
    nation: Table  # scenario, year -> gini, gini_low, gini_high, spread (sd of log), ratio (lead over lag), mobility, ...
    # ... narrowing, polarisation (Wolfson), class_mobility (Shorrocks), polarising, bands of each gap, gain (of the mean log
    # ... index against the baseline), skill (at that distance; absent beyond the hindcast), verdict (or untested)
    start: Table | None = None  # item (gini, spread, ratio, polarisation) -> value in the last year known
    transitions: Table | None = None  # scenario, class (at the start, 1 the highest), later (class at the horizon) -> share
    deviation: Table | None = None  # scenario, region, year -> change (of log standing against the baseline), low, high, gain
    lever_returns: Table | None = None  # lever, year -> gain (of the mean log index), spending, per_unit (spent per region)
    lever_regions: Table | None = None  # lever, region, year -> gain (of the log index), spending (there), per_unit
    placebo: Table | None = None  # horizon -> share (of the layout's effect seen without a plan), chance, origins, verdict
    national: Table | None = None  # horizon -> still, drifting, chosen (errors of the mean log index), coverage, origins, ...
    # ... skill, verdict


@dataclass(frozen=True, slots=True)
class Plan(Result):
    """Stage plan: every sentence of every report in every language, and the documents that hold them."""

    sentences: Table  # sentence -> subject, language, section, text, phrase, grade
    quantities: Table  # cited (reference) -> value, times: how often a report cites it
    targets: Table | None = None  # region, variable -> base, middle, final, low, high, growth, trend, peers, ceiling, year, ...
    # ... middle_year, final_year, unit, method (trend, peers, higher, hold), source, source_kind (years, region, year),
    # ... limit (capped, beyond, rarely_reached), duty (expected, binding), lead, support (departments), reason (of no target)
    target_skill: Table | None = None  # variable, method (trend, peers, hold, chosen) -> regions, miss, size, reached, gain, ...
    # ... low, high (a year), origin, end: targets set earlier against what came
    tasks: Table | None = (
        None  # region, task ("t01"..) -> weight, now, level, unit, lever, kind, measure, object, object_kind, ...
    )
    # ... by, by_kind, lead, support, deadline, result, result_kind, reference (of the level), basis (reference of the finding)
    cascade: Table | None = None  # region, variable -> base, parent, parent_base, parent_target, share, cover, growth, ...
    # ... target, year, unit, basis (share, growth, stated_growth), reason: where a higher plan is given
    projects: Table | None = None  # region, project -> name_zh, name_en, place, investment, unit, first, last, lead, source
    similarity: Table | None = None  # pair ("a|b") -> sentences, shared, share, frame, portfolio (overlap), common (why), top
    similarity_summary: Table | None = None  # item (lowest, median, highest) -> share, shared, sentences, portfolio, pair
    documents: tuple[Document, ...] = ()


STAGES: dict[str, type[Result]] = {
    "intake": Intake,
    "scores": Scores,
    "disparity": Disparity,
    "diagnosis": Diagnosis,
    "opportunities": Opportunities,
    "layout": Layout,
    "scenarios": Scenarios,
    "plan": Plan,
}
