"""How sure one may be of what was found: many places were compared, those without crashes too."""

import numpy as np
import pytest
from made_crashes import made
from made_places import places
from made_roads import at, crashes, line, placed, roads
from scipy import stats as scipy_stats

from crashkit import peers, presets, screening, stats
from crashkit.model import Site
from crashkit.peers import PeerClass, Reference
from crashkit.screening import judging
from crashkit.sites import Sites, offsets_of

HARMONIC_100 = (1 / np.arange(1, 101)).sum()


def of(*counts):
    ends = np.cumsum([0, *counts])
    return Sites.of(
        [Site(str(i), "", 0, 0, tuple(range(ends[i], ends[i + 1]))) for i in range(len(counts))]
    )


def reference(rate, k, places=40):
    one = PeerClass(rate, k, places, 100)
    return Reference({}, one, "place", 3.0)


def judged(counts, known, **words):
    told = {"target": "excess", "anchored": False, "compared": 100, **words}
    return judging.evidence(of(*counts), known, **told)


def test_the_estimate_is_the_gamma_posterior_of_count_and_peers():
    (found,) = judged([9], reference(1.0, 0.5))
    posterior = scipy_stats.gamma(1 / 0.5 + 9, scale=0.5 * 3 / (1 + 0.5 * 3))
    assert found.expected == 3.0
    assert found.estimate == pytest.approx(posterior.mean())
    assert (found.low, found.high) == pytest.approx(posterior.interval(0.9))
    assert found.worse == pytest.approx(posterior.sf(1.5 * 3))
    assert found.p == pytest.approx(scipy_stats.nbinom.sf(8, 2, 1 / (1 + 0.5 * 3)))
    assert (found.q, found.peers) == (min(1.0, 100 * found.p * HARMONIC_100), 40)


def test_the_crash_a_place_was_drawn_around_is_no_evidence():
    (found,) = judged([9], reference(1.0, 0.5), anchored=True)
    # The others at a crash of a gamma-Poisson process: shape 1/k + 1, the same scale.
    assert found.p == pytest.approx(scipy_stats.nbinom.sf(7, 3, 1 / (1 + 0.5 * 3)))
    (plain,) = judged([9], reference(1.0, 0.0), anchored=True)
    assert plain.p == pytest.approx(scipy_stats.poisson.sf(7, 3))


def test_few_peers_say_nothing_and_a_known_rate_does():
    (few,) = judged([9], reference(1.0, 0.5, places=9))
    assert np.isnan(few.estimate) and few.rank_low is None
    (known,) = judged([9], peers.known(1.0, per="place", years=3))
    assert known.estimate == known.expected == 3.0
    assert judged([9], None)[0].rank_low is None
    assert judged([], reference(1, 1)) == []


def test_sites_far_apart_keep_their_ranks_and_those_alike_may_change_places():
    far = judged([60, 20, 2], reference(1.0, 2.0))
    assert [(one.rank_low, one.rank_high) for one in far] == [(1, 1), (2, 2), (3, 3)]
    alike = judged([6, 6, 6], reference(1.0, 1.0))
    assert all((one.rank_low, one.rank_high) == (1, 3) for one in alike)


def test_a_list_by_the_unit_draws_its_ranks_by_the_unit():
    # The long road has more crashes, the short ones more of them by the km.
    counts, lengths_m = [60, 30, 30], [10_000, 500, 500]
    known = Reference({}, PeerClass(1.0, 2.0, 40, 100), "km", 3.0)
    told = {"target": "mean", "anchored": False, "compared": 3}
    sites = places(counts, lengths_m=lengths_m)
    for by, rank in ((1.0, 1), (known.exposure(sites), 3)):
        (long, *_) = judging.evidence(sites, known, by=by, **told)
        assert (long.rank_low, long.rank_high) == (rank, rank)


@pytest.mark.parametrize("preset", ["frequency_segments", "rate_segments"])
def test_a_list_of_rates_draws_the_ranks_of_rates(preset):
    # Twelve roads of ten kilometres with more crashes, and one of 400 m with the highest rate.
    network = roads(
        [line(north=3000 * i) for i in range(12)] + [line(north=40_000, long=400)],
        road_key=[f"M-{i}" for i in range(13)],
        from_m=[0] * 13,
        to_m=[10_000] * 12 + [400],
        road_class=["primary"] * 13,
        aadt=[5000] * 13,
    )
    long = [
        at(north=3000 * i, east=700 * (j + 1), road_key=f"M-{i}")
        for i in range(12)
        for j in range(14)
    ]
    short = [at(north=40_000, east=60 + 30 * j, road_key="M-12") for j in range(10)]
    data = crashes(*long, *short)
    asked = screening.ask(presets.get(preset))
    result = screening.run(asked, data, roads=placed(network, data), repeat=False)
    worst = result.findings[0]
    assert (worst.site.road, len(worst.site.crash_ids)) == ("M-12", 10)
    assert worst.evidence.rank_low == worst.evidence.rank_high == 1


def rows(*at_km, years=(2021, 2022, 2023), road="M39"):
    return [
        {"road_key": road, "chainage_km": km, "crash_date": f"{years[i % len(years)]}-05-05"}
        for i, km in enumerate(at_km)
    ]


def test_a_site_that_all_years_make_stays_and_one_of_a_single_year_does_not():
    even = [200 + i * 1.7 for i in range(60)]
    data = made(
        [
            *rows(*[10.2 + i / 100 for i in range(12)]),
            *rows(*[50.2 + i / 100 for i in range(12)], years=(2021,)),
            *rows(*even),
        ]
    )
    result = screening.run(screening.ask(presets.get("count_1km"), {"min_crashes": "12"}), data)
    first, second = sorted(result.findings, key=lambda one: one.site.from_m)
    assert first.evidence.stability > second.evidence.stability
    said = [str(repeat) for repeat in result.repeats]
    assert "Without the year 2021" in said and "Places larger by 20 %" in said
    assert any(one.startswith("Crashes moved by some 50 m") for one in said)


def test_weights_are_changed_where_there_are_any():
    data = made([{**row, "severity": "fatal", "n_killed": 1} for row in rows(1, 1.1, 1.2, 1.3)])
    result = screening.run(screening.ask(presets.get("weighted_1km")), data)
    assert any("1 : 10 : 10" in str(repeat) for repeat in result.repeats)


def test_repeats_can_be_left_out():
    result = screening.run(
        screening.ask(presets.get("count_1km")), made(rows(1, 1, 1)), repeat=False
    )
    assert (result.repeats, result.findings[0].evidence.stability) == ((), None)


def test_a_list_says_by_what_it_ranks_and_how_many_sites_are_more_than_chance():
    data = made([*rows(*[10.2] * 30), *rows(*[20 + i * 1.0 for i in range(200)])])
    result = screening.run(screening.ask(presets.get("eb_excess_1km")), data)
    said = [str(note) for note in result.notes]
    assert "Sites are ranked by the most crashes above those of its peers." in said
    assert any("stands out from its peers beyond chance" in note for note in said)
    sentences = [str(one) for one in screening.evidence_sentences(result.findings[0], 100)]
    assert any("regression to the mean" in one for one in sentences)
    assert any("stands out even among 100 places" in one for one in sentences)


COUNTS = np.array([0, 0, 7, 1, 0, 2, 0, 0, 1, 0, 3, 0])


def sites(counts):
    facts = {
        "group": np.full(counts.size, "", dtype=object),
        "from_m": np.arange(counts.size) * 1000.0,
        "to_m": np.arange(1, counts.size + 1) * 1000.0,
    }
    return Sites(offsets_of(counts), np.arange(counts.sum()), facts, str)


@pytest.fixture
def known():
    return peers.fit(sites(COUNTS), per="km", years=1.0)


def test_places_without_crashes_were_compared_as_well(known):
    found = sites(COUNTS[COUNTS > 0])
    assert judging.family(found, known) == COUNTS.size
    assert judging.family(found, None) == len(found)
    many = sites(np.ones(40, dtype=np.int64))
    assert judging.family(many, known) == 40


def test_a_chance_is_adjusted_so_that_places_may_hang_together(known):
    found = sites(COUNTS[COUNTS > 0])
    judged = judging.evidence(found, known, target="excess", anchored=False, compared=COUNTS.size)
    p = np.array([one.p for one in judged])
    q = stats.false_discovery(p, COUNTS.size, dependent=True)
    assert [one.q for one in judged] == pytest.approx(q.tolist())
    assert (q > stats.false_discovery(p, COUNTS.size)).any()
