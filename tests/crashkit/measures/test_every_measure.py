"""What holds for each measure: every order, no NaN without a reason, none listed without one."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_places import KM, crashes, places

from crashkit import method, peers, presets, screening
from crashkit.errors import MethodError
from crashkit.sites import Scores, Sites

SEVERITIES = ["fatal", "serious", "slight", "pdo", "unknown"]
KINDS = ["pedestrian", "run_off", "obstacle", "unknown"]
GIVEN = {
    "relative_severity": {"costs": {"pedestrian": 50.0, "run_off": 20.0, "other": 10.0}},
    "safety_potential": {
        "costs": {"fatal": 900.0, "serious": 90.0, "slight": 9.0, "pdo": 3.0},
        "basic_rates": {"primary": 20.0, "other": 30.0},
    },
}
"""What measures that no preset asks for need."""


def asked(name):
    """The parameters of a measure as a preset has them, listing all that can be listed."""
    of = screening.measures()[name].params
    known = [one for one in presets.all_presets().values() if one.measure == name]
    told = dict(known[0].measure_params) if known else dict(GIVEN[name])
    if "min_crashes" in of.__dataclass_fields__:
        told["min_crashes"] = 1
    return method.read(of, told)


def reference(sites):
    if not len(sites):
        return None
    return peers.fit(sites, per="km", years=3.0)


def scored(name, sites, data, known="fit"):
    of = screening.measures()[name]
    known = reference(sites) if known == "fit" else known
    return Scores.of(of.score(sites, data, asked(name), known))


def measures():
    return pytest.mark.parametrize("name", sorted(screening.measures()))


@st.composite
def some_places(draw):
    """Places of two classes, some without crashes, length or traffic, and their crashes."""
    counts = draw(st.lists(st.integers(0, 12), min_size=1, max_size=14))
    chance = np.random.default_rng(draw(st.integers(0, 2**16)))
    n, total = len(counts), sum(counts)
    lengths = chance.choice([0, 500, KM, 2500], n).tolist()
    aadt = chance.choice([np.nan, 0.0, 300.0, 9000.0], n).tolist()
    groups = chance.choice(["primary", "secondary"], n).tolist()
    data = crashes(
        counts,
        severity=chance.choice(SEVERITIES, total).tolist(),
        crash_type=chance.choice(KINDS, total).tolist(),
        n_killed=1,
    )
    return places(counts, lengths_m=lengths, aadt=aadt, groups=groups), data


def told(scores):
    return np.round(scores.values, 9).tolist(), scores.passed.tolist()


@measures()
@settings(deadline=None, max_examples=12)
@given(of=some_places())
def test_no_number_is_missing_and_no_place_listed_without_a_reason(name, of):
    sites, data = of
    try:
        scores = scored(name, sites, data)
    except MethodError:
        return
    assert len(scores) == len(sites)
    for one in scores:
        assert not np.isinf(one.value)
        if np.isnan(one.value):
            assert not one.passed and one.reason is not None
        if one.reason is not None:
            assert "nan" not in str(one.reason).replace("finan", "")


@measures()
@settings(deadline=None, max_examples=8)
@given(of=some_places(), seed=st.integers(0, 99))
def test_the_order_of_places_and_of_crashes_changes_nothing(name, of, seed):
    sites, data = of
    chance = np.random.default_rng(seed)
    rows = chance.permutation(len(sites))
    mixed = data.replace(crashes=data.crashes.sample(frac=1, random_state=seed))
    try:
        before = scored(name, sites, data)
    except MethodError:
        with pytest.raises(MethodError):
            scored(name, sites.take(rows), mixed)
        return
    after = scored(name, sites.take(rows), mixed)
    if name in ("gi_star", "local_moran"):
        # Sums of neighbours are added in another order.
        np.testing.assert_allclose(after.values, before.values[rows], atol=1e-6)
        return
    values, passed = told(before.take(rows))
    assert passed == told(after)[1]
    np.testing.assert_allclose(told(after)[0], values, rtol=1e-7, atol=1e-8)


@measures()
def test_no_places_have_no_scores(name):
    data = crashes([2], severity="slight", crash_type="pedestrian", n_killed=0)
    nothing = Sites.of([])
    known = peers.known(1.0, per="km", years=3.0)
    if name == "epdo_expected":
        with pytest.raises(MethodError, match="known rate"):
            scored(name, nothing, data, known)
        return
    assert not len(scored(name, nothing, data, known))


@measures()
def test_places_that_are_all_alike_are_told_apart_by_none(name):
    counts = [3] * 12
    data = crashes(counts, severity="slight", crash_type="pedestrian", n_killed=0)
    scores = scored(name, places(counts, aadt=[1000.0] * 12), data)
    assert len({repr(value) for value in np.round(scores.values, 9).tolist()}) == 1
    if screening.measures()[name].target in ("excess", "chance", "share"):
        assert not scores.passed.any() or name == "safety_potential"


@measures()
def test_peers_that_are_not_known_are_said_to_be_missing(name):
    if "population" not in screening.measures()[name].needs:
        return
    data = crashes([3, 4], severity="slight")
    with pytest.raises(MethodError, match="none are known"):
        scored(name, places([3, 4]), data, None)


@settings(deadline=None, max_examples=12)
@given(of=some_places())
def test_twice_the_years_and_crashes_leave_rates_as_they_were(of):
    sites, data = of
    period = replace(data.period, start=data.period.start.replace(year=2018))
    twice = Sites(
        2 * sites.offsets,
        np.repeat(sites.crash_ids, 2),
        sites.columns,
        sites.named,
    )
    longer = data.replace(period=period)
    for name in ("frequency", "crash_rate"):
        before, after = scored(name, sites, data, None), scored(name, twice, longer, None)
        np.testing.assert_allclose(after.values, before.values)
