"""Worlds A and B, judged by the measures of the product."""

import numpy as np
import pytest

from crashkit import peers
from crashkit.bench import at_sites
from crashkit.bench.methods import methods
from crashkit.sites import Sites, offsets_of
from crashkit.synth import known_sites, metrics


def child(seed=1):
    return np.random.SeedSequence(seed)


@pytest.fixture(scope="module")
def judged():
    return at_sites.judge("A", "main", child())


def of(judged, measure, kind=""):
    names = [(one.measure, one.peers) for one in methods("A")]
    return judged.of[names.index((measure, kind))]


def test_the_target_decides_which_method_wins(judged):
    expected, excess = of(judged, "eb_expected", "traffic"), of(judged, "eb_excess", "traffic")
    assert expected["fi_mean"] < excess["fi_mean"]
    assert excess["fi_excess"] < expected["fi_excess"]


def test_a_crash_rate_finds_the_wrong_sites(judged):
    excess = of(judged, "eb_excess", "traffic")
    assert of(judged, "crash_rate")["fi_excess"] > excess["fi_excess"] + 0.05


def test_without_traffic_empirical_bayes_puts_sites_of_one_size_in_the_order_of_their_counts():
    known = known_sites.with_traffic("main", np.random.default_rng(2))
    names = [(one.measure, one.peers) for one in methods("A")]
    found = at_sites.rankings("A", known)
    by_moments, counts = (
        found[names.index(name)] for name in (("eb_expected", "class"), ("count", ""))
    )
    order = np.argsort(counts, kind="stable")
    assert (np.diff(by_moments[order]) >= -1e-9).all()


def test_figures_are_those_of_the_benchmark_metrics():
    known = known_sites.with_traffic("few", np.random.default_rng(3))
    values = known.sites.counts.astype(float)
    hit = set(metrics.worst(known.mean, known.top)) & set(metrics.worst(values, known.top))
    found = metrics.identified(known.mean, values, known.top).false_identification
    # Equal counts at the edge are drawn: the two may differ by these.
    edge = np.sort(values)[-known.top]
    assert abs(found - (1 - len(hit) / known.top)) <= (values == edge).sum() / known.top


def test_overdispersion_and_limits_are_told_right(judged):
    assert judged.k == pytest.approx(1, abs=0.2)
    assert judged.coverage == pytest.approx(0.9, abs=0.04)


def test_the_consistency_tests_score_the_best_method_highest(judged):
    totals = [one["tst"] for one in judged.of]
    assert max(totals) == of(judged, "eb_expected", "traffic")["tst"] <= 100
    assert min(totals) == of(judged, "loss", "traffic")["tst"]


def test_where_lengths_differ_the_class_is_worth_more_than_the_count():
    judged = [at_sites.judge("B", "middle", one) for one in child().spawn(5)]
    rows = {(row.measure, row.peers): row for row in at_sites.rows("B", "middle", judged)}
    by_class, by_count = rows["eb_expected", "class"], rows["count", ""]
    assert by_class.figures["fi_mean"].value < by_count.figures["fi_mean"].value
    per_km = rows["frequency", ""].figures["fi_excess"].value
    assert rows["eb_excess", "class"].figures["fi_excess"].value < per_km


def test_a_row_has_the_earlier_figure_beside_it(judged):
    rows = {(row.measure, row.peers): row for row in at_sites.rows("A", "main", [judged])}
    found = rows["eb_excess", "traffic"].figures
    assert (found["fi_mean"].anchor, found["fi_excess"].anchor) == (0.343, 0.265)
    assert np.isnan(rows["nb_tail", "traffic"].figures["fi_mean"].anchor)


def test_the_same_seed_gives_the_same_figures():
    assert repr(at_sites.judge("A", "few", child(9))) == repr(at_sites.judge("A", "few", child(9)))


def test_peers_do_not_depend_on_the_order_of_sites():
    counts = np.array([0, 4, 2, 0, 1, 9, 0, 3, 1, 0, 2, 5])
    sites = Sites(
        offsets_of(counts),
        np.arange(counts.sum()),
        {"group": np.full(counts.size, "", dtype=object)},
        str,
    )
    turned = sites.take(np.arange(counts.size)[::-1])
    first, second = (peers.fit(one, per="place", years=1.0).every for one in (sites, turned))
    assert (first.rate, first.k) == pytest.approx((second.rate, second.k), rel=1e-12)
