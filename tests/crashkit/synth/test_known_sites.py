"""Invented sites: their truth is what was asked for, and counts scatter around it."""

import numpy as np
import pytest

from crashkit.synth import known_sites


def rng(seed=1):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("name", ["few", "main", "many"])
def test_a_site_of_typical_traffic_has_the_crashes_that_are_published(name):
    about = known_sites.numbers()["sites"]
    design = about["designs"][name]
    typical = np.exp(about["power"] * about["log_aadt"][0] + design["constant"])
    assert typical == pytest.approx(design["typical"], rel=0.05)


def test_true_means_scatter_by_the_overdispersion_of_the_design():
    known = known_sites.with_traffic("main", rng())
    times = known.mean / (known.mean - known.excess)
    assert times.mean() == pytest.approx(1, abs=0.08)
    assert times.var() == pytest.approx(0.5, abs=0.12)


def test_both_periods_have_the_same_true_means():
    known = known_sites.with_traffic("main", rng())
    for sites in (known.sites, known.later):
        assert sites.counts.sum() == pytest.approx(known.mean.sum(), rel=0.05)
    assert (known.sites.counts != known.later.counts).any()


def test_traffic_told_wrong_is_right_in_the_mean():
    exact, off = (
        known_sites.with_traffic(name, rng()).sites.numbers("aadt") for name in ("alike", "aadt_06")
    )
    times = off / exact
    assert times.mean() == pytest.approx(1, abs=0.06)
    assert times.std() == pytest.approx(0.6, abs=0.12)


def test_long_segments_of_busy_classes_have_more_crashes():
    known = known_sites.of_lengths("dense", rng())
    km, group = known.sites.length_m / 1000, known.sites.words("group")
    assert (km.min() >= 0.2, km.max() <= 5) == (True, True)
    rates = {
        name: known.sites.counts[group == name].sum() / km[group == name].sum()
        for name in ("local", "secondary", "primary")
    }
    assert rates["local"] < rates["secondary"] < rates["primary"]
    assert rates["secondary"] == pytest.approx(3, rel=0.15)


def test_the_same_seed_gives_the_same_sites():
    once, again = (known_sites.with_traffic("few", rng(5)) for _ in range(2))
    assert (once.sites.counts == again.sites.counts).all()
    assert (once.mean == again.mean).all()
