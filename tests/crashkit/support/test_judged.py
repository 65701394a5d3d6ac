"""What data can support: by how they are located, for how long, on which roads; two sentences."""

import csv
import random
from datetime import date

import numpy as np
import pytest
import recount
import sources
from hypothesis import given, settings
from hypothesis import strategies as st
from invented import sample
from kept_batch import kept
from made_crashes import made

from crashkit import quality, stats, support
from crashkit.model import Period
from crashkit.text import Speaker

YEAR = Period(date(2021, 1, 1), date(2021, 12, 31))


def by_post(n=40, **fields):
    """Make n crashes on ten kilometres of a road, posts to 10 m."""
    return [
        {
            "road_key": "M41",
            "chainage_km": i % 10 + 0.013 * i,
            "chainage_accuracy_m": 10,
            "severity": "slight",
            **fields,
        }
        for i in range(n)
    ]


def by_point(n=40, **fields):
    return [
        {"lon": 69.2 + 1e-5 * i, "lat": 41.3, "coord_accuracy_m": 5, **fields} for i in range(n)
    ]


def aspect(data, id_, **known):
    return next(one for one in support.of(data, **known).aspects if one.id == id_)


def text(data, **known):
    return " ".join(map(str, support.of(data, **known).text))


def test_posts_support_kilometres_and_name_the_rule():
    told = text(made(by_post()))
    assert "With 40 crashes from 2021-01-01 to 2023-12-31, 100 % with road and km post" in told
    assert "known to about 10 m, these data support a ranking of kilometres of road" in told
    assert "compared with one another only" in told
    assert "The recommended screening is “Crashes above those of similar roads" in told
    assert "as traffic is not known, a place can be listed merely because it is busy" in told


def test_posts_with_classes_are_compared_within_them():
    assert "within the classes of road they name" in text(made(by_post(road_class="national")))


def test_points_without_roads_are_compared_with_one_another():
    told = text(made(by_point()))
    assert "100 % with a place known to about 5 m" in told
    assert "within some hundred metres, compared with one another only" in told


def test_a_network_with_traffic_supports_windows_against_their_peers():
    told = text(made(by_post()), on_network=True, with_traffic=True)
    assert (
        "windows of 500 m along the roads against what class of road and traffic lead to expect"
        in told
    )
    assert "a ranking by the crash rate alone would put empty roads first" in told
    assert support.of(made(by_post()), on_network=True, with_traffic=True).rung.id == "L3"


def test_rough_posts_support_no_windows_even_on_a_network():
    found = support.of(made(by_post(chainage_accuracy_m=500)), on_network=True, with_traffic=True)
    assert found.presets[0] == "eb_excess_1km"
    assert "places shorter than 1500 m would show errors of their location" in str(found.text[1])
    assert next(one for one in found.aspects if one.id == "exact").holds == support.NOT


def test_crashes_without_a_place_support_no_ranking():
    nowhere = made([{"severity": "slight"}] * 40)
    told = text(nowhere)
    assert support.of(nowhere).presets == ()
    assert "comparisons of areas, roads and years, but no ranking of places" in told
    assert "No search for places can be made until crashes have coordinates" in told


def test_crashes_far_from_each_other_support_no_list():
    far = made([{"lon": 20.0 + i, "lat": 50.0, "coord_accuracy_m": 5} for i in range(60)])
    assert "nowhere do three crashes lie together" in text(far)
    assert aspect(far, "crashes").holds == support.NOT


def test_crashes_in_one_square_are_counted_together():
    assert support.of(made(by_point(5))).holding(support.PARTLY)
    assert "At most 5 lie" in str(aspect(made(by_point(5)), "crashes").found[1])


@pytest.mark.parametrize(
    ("period", "holds"),
    [
        (YEAR, support.PARTLY),
        (Period(date(2021, 1, 1), date(2021, 6, 30)), support.NOT),
        (Period(date(2021, 1, 1), date(2023, 12, 31)), support.SUPPORTED),
    ],
)
def test_three_years_are_enough_and_half_a_year_is_not(period, holds):
    assert aspect(made(by_point(), period=period), "years").holds == holds


def test_one_severity_alone_weighs_nothing():
    found = aspect(made(by_point(severity="fatal")), "severity")
    assert (found.holds, str(found.follows)) == (
        support.PARTLY,
        "All crashes are of one severity: there is nothing to weigh.",
    )


def test_the_traffic_may_be_told_by_the_crashes_themselves():
    data = made(by_post(aadt=4000))
    assert aspect(data, "traffic").holds == support.SUPPORTED
    assert "roads without crashes are not among the peers" in text(data)


def test_no_crashes_support_nothing_and_break_nothing():
    assert "There are no crashes to judge." in text(made(by_post()).keep(np.zeros(40, dtype=bool)))


def test_the_order_of_crashes_changes_no_word():
    rows = by_post(200, road_class="national") + by_point(50)
    mixed = random.Random(7).sample(rows, len(rows))
    assert support.of(made(rows)).text == support.of(made(mixed)).text
    assert support.of(made(rows)).aspects == support.of(made(mixed)).aspects


def test_without_a_second_list_what_is_not_reported_cannot_be_told():
    found = aspect(made(by_point()), "reporting")
    assert found.holds == support.NOT
    assert "cannot be told from these data" in str(found.found[0])


def test_a_hospital_list_tells_the_share_the_police_know():
    lists = stats.chapman(60, 80, 40)
    linkage = quality.Linkage(lists, lists, (), 0, 0)
    found = aspect(made(by_point()), "reporting", linkage=linkage)
    assert found.holds == support.PARTLY
    assert "The police know 50 % of the people hurt" in str(found.found[0])


def test_ratios_stand_beside_those_that_a_country_published():
    rows = by_point(40, n_killed=1, n_serious=3, n_slight=8, n_injured=11, killed_definition="7d")
    told = " ".join(map(str, aspect(made(rows), "reporting").found))
    # 162,340 / 1,732 and 22,137 / 1,732 of Great Britain in 2015.
    assert "Slightly injured for each death: 8.0; Great Britain, 2015: 93.7" in told
    assert "Seriously injured for each death: 3.0; Great Britain, 2015: 12.8." in told
    assert "times 1.08 they would be those within 30 days" in told


def test_the_sample_has_posts_for_two_of_three_crashes():
    assert "With 3000 crashes" in text(sample())
    assert "67 % with road and km post" in text(sample())


@pytest.mark.slow
def test_the_thousand_crashes_of_a_continent_support_no_list():
    data, _ = kept(sources.imported("ru_dtpstat_csv"))
    assert "no list of places: nowhere do three crashes lie together" in text(data)


@pytest.mark.slow
def test_manchester_supports_circles_and_no_types():
    (path,) = recount.paths("uk_stats19_manchester", recount.MANCHESTER)
    with path.open(encoding="utf-8", newline="") as file:
        crashes = len({row["AREFNO"] for row in csv.DictReader(file)})
    data, _ = kept(sources.imported("uk_stats19_manchester"))
    assert f"With {crashes} crashes from 2019-01-01 to 2024-06-30, 100 % with a place" in text(data)
    assert aspect(data, "types").holds == support.NOT


@pytest.mark.slow
def test_montana_supports_kilometres_and_no_severity():
    data, _ = kept(sources.imported("us_montana"))
    assert "With 9634 crashes from 2019-01-01 to 2023-12-31, 100 % with road and km" in text(data)
    assert aspect(data, "severity").holds == support.NOT


FIELDS = {
    "lon": st.floats(-180, 180),
    "lat": st.floats(-90, 90),
    "coord_accuracy_m": st.floats(0, 1e5),
    "road_key": st.sampled_from(["", "M41", "А-1"]),
    "chainage_km": st.floats(0, 5000),
    "chainage_accuracy_m": st.floats(0, 1e4),
    "severity": st.sampled_from(["fatal", "slight", "unknown", ""]),
    "n_killed": st.integers(0, 5),
    "n_slight": st.integers(0, 50),
    "crash_type": st.sampled_from(["unknown", ""]),
    "aadt": st.integers(0, 90_000),
}
"""What crashes may tell, each perhaps not at all."""


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.fixed_dictionaries({}, optional=FIELDS), min_size=1, max_size=40),
    st.booleans(),
    st.booleans(),
)
def test_whatever_is_told_two_sentences_and_nine_aspects_come_of_it(rows, on_network, traffic):
    found = support.of(made(rows), on_network=on_network, with_traffic=traffic)
    assert len(found.text) == 2 and len(found.aspects) == 9
    assert {one.holds for one in found.aspects} <= {"yes", "partly", "no"}
    assert all("{" not in Speaker(code).say(one) for one in found.text for code in ("en", "ru"))
