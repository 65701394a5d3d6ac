"""One rule in two or three periods: what stays, moves, comes and goes."""

from datetime import date

import pytest
from made_crashes import made
from made_lists import along, answer, ask
from made_sites import finding

from crashkit import comparing, geo
from crashkit.comparing import periods
from crashkit.errors import MethodError
from crashkit.model import Period
from crashkit.text import Speaker

ENGLISH = Speaker("en").say

TWO_YEARS = """
| km     | crash_date |
| 1.000  | 2021-01-05 |
| 1.100  | 2021-02-05 |
| 1.200  | 2021-03-05 |
| 1.050  | 2022-01-05 |
| 1.150  | 2022-02-05 |
| 1.250  | 2022-03-05 |
| 5.000  | 2021-01-05 |
| 5.100  | 2021-02-05 |
| 5.300  | 2021-03-05 |
| 5.350  | 2022-01-05 |
| 5.500  | 2022-02-05 |
| 5.600  | 2022-03-05 |
| 9.000  | 2021-01-05 |
| 9.100  | 2021-02-05 |
| 9.200  | 2021-03-05 |
| 9.100  | 2022-03-05 |
| 20.000 | 2022-01-05 |
| 20.100 | 2022-02-05 |
| 20.200 | 2022-03-05 |
"""


def of_years(data, *years, preset="count_1km", **changes):
    questions = [ask(preset, f"from={one}-01-01; to={one}-12-31", **changes) for one in years]
    return comparing.of_periods(questions, data)


def told(found):
    return [
        (one.site.id, one.lasting.state, one.lasting.moved_m, one.lasting.counts, one.found)
        for one in found.places
    ]


def test_places_stay_move_come_and_go():
    found = of_years(along(TWO_YEARS), 2021, 2022, length_m="400")
    assert told(found) == [
        ("M39:1000-1200", "stable", 50.0, (3, 3), ((1,), (1,))),
        ("M39:5000-5300", "migrating", 325.0, (3, 3), ((2,), (2,))),
        ("M39:20000-20200", "new", None, (0, 3), ((), (3,))),
        ("M39:9000-9200", "gone", None, (3, 1), ((3,), ())),
    ]
    assert [*map(ENGLISH, comparing.sentences(found))] == [
        "4 places are listed in at least one of the 2 periods: 1 stable, 1 migrating, 1 new, "
        "1 gone.",
        "At 0 of them the number of crashes changed more than it would by chance at 95 of 100 "
        "places. They were picked for their many crashes, so some of these changes are chance, "
        "too.",
    ]


GERMAN = """
| km    | crash_date | severity | crash_type |
| 1.000 | 2010-01-05 | slight   | run_off    |
| 1.010 | 2013-01-05 | fatal    | run_off    |
"""


@pytest.mark.parametrize("named", ["de_before_2012", "de_muko_2012"])
def test_all_periods_are_asked_by_the_version_in_force_when_the_last_one_ends(named):
    data = along(GERMAN, period=Period(date(2009, 1, 1), date(2014, 12, 31)))
    spans = ["from=2009-01-01; to=2011-12-31", "from=2012-01-01; to=2014-12-31"]
    found = comparing.of_periods([ask(named, one) for one in spans], data)
    assert [one.asked.preset for one in found.lists] == ["de_muko_2012"] * 2
    assert [*map(ENGLISH, found.notes)][:2] == [
        "All periods are asked by one version of the rule, that in force at the end of the last: "
        "Accumulations of crashes on rural roads in Germany.",
        "At the end of 2009–2011 another version was in force: Accumulations of crashes in "
        "Germany, before 2012.",
    ]


def test_nothing_is_said_of_versions_where_one_holds_throughout():
    found = of_years(along(TWO_YEARS), 2021, 2022)
    assert not any("version" in ENGLISH(one) for one in found.notes)


def test_a_place_that_is_gone_says_what_is_found_there_now_and_how_much_is_chance():
    gone = of_years(along(TWO_YEARS), 2021, 2022, length_m="400").places[-1]
    assert [*map(ENGLISH, gone.absent[1].said)] == [
        "The best of its places here is M39, km 9.1 (crashes: 1); 3 or more are listed."
    ]
    change = " ".join(map(ENGLISH, comparing.change_sentences(gone)))
    assert (
        "Crashes on its ground: 3 in the first period, 1 in the last, −67 % for the same" in change
    )
    # The exact test of 1 among 4: twice (1 + 4)/16.
    assert gone.lasting.p == pytest.approx(0.625)
    assert "Where nothing changed, chance brings such a difference at 6" in change
    assert change.endswith(
        "It was picked for its many crashes in the first period, so a part of the fall is "
        "regression to the mean."
    )


def test_a_place_of_known_length_says_what_was_to_be_expected_and_what_happened():
    # Peers enough to tell what is usual: one crash at each of fifteen other kilometres.
    peers = [f"| {km}.5 | {year}-05-05 |" for km in range(30, 45) for year in (2021, 2022)]
    data = along(TWO_YEARS + "\n".join(peers))
    found = of_years(data, 2021, 2022, preset="eb_excess_1km")
    (one,) = (one for one in found.places if one.site.from_m == 1000)
    estimate = found.lists[0].findings[one.found[0][0] - 1].evidence.estimate
    assert one.lasting.expected == pytest.approx(estimate)
    assert one.lasting.happened == 3
    said = [*map(ENGLISH, comparing.change_sentences(one))]
    assert said[-1].endswith("(regression to the mean); 3 happened.")


def test_the_next_site_along_the_road_has_migrated_and_a_farther_one_is_new():
    one = [finding(1000, 1400, crash_ids=(1, 2, 3))]
    for start, states in ((1700, 1), (1800, 1), (1900, 2)):
        lists = [answer(one), answer([finding(start, start + 400, crash_ids=(4, 5, 6))])]
        assert len(periods.places(lists)) == states, start


def test_circles_on_one_road_migrate_and_on_two_roads_do_not():
    lon, lat = geo.moved(69.0, 41.0, east_m=700, north_m=0)
    for road, places in (("M39", 1), ("A2", 2), ("", 2)):
        first = finding(road=road and "M39", lon=69.0, lat=41.0, radius_m=250)
        second = finding(road=road, lon=lon, lat=lat, radius_m=250)
        assert len(periods.places([answer([first]), answer([second])])) == places, road


def test_each_site_is_one_place_at_most_and_the_closest_are_put_together():
    first = [finding(1000, 2000, crash_ids=(1,))]
    second = [finding(1900, 2500, crash_ids=(2,)), finding(1100, 1800, crash_ids=(3,))]
    assert [
        [tuple(one) for one in place] for place in periods.places([answer(first), answer(second)])
    ] == [
        [(0, 0), (1, 1)],
        [(1, 0)],
    ]


@pytest.mark.parametrize(
    ("years", "state"),
    [
        ((2021, 2022, 2023), "stable"),
        ((2022, 2023), "stable"),
        ((2021, 2023), "migrating"),
        ((2023,), "new"),
        ((2021, 2022), "gone"),
        ((2021,), "gone"),
        ((2022,), "gone"),
    ],
)
def test_three_periods_have_the_classes_of_the_norm_where_they_are_known(years, state):
    rows = [(1 + n / 100, f"{year}-06-0{n + 1}") for year in years for n in range(3)]
    rows += [(n * 5, f"{year}-07-01") for n, year in enumerate((2021, 2022, 2023), 2)]
    data = along("| km | crash_date |\n" + "\n".join(f"| {km} | {day} |" for km, day in rows))
    (place,) = of_years(data, 2021, 2022, 2023).places
    assert place.lasting.state == state


def test_periods_that_overlap_or_are_turned_round_are_refused():
    data = along(TWO_YEARS)
    with pytest.raises(MethodError, match="does not come after the one until"):
        of_years(data, 2022, 2021)
    with pytest.raises(MethodError, match="Between two and 3 lists"):
        of_years(data, 2018, 2019, 2020, 2021)


def test_circles_count_the_same_ground_in_every_period():
    here, beside = (69.0, 41.0), geo.moved(69.0, 41.0, east_m=30, north_m=0)
    rows = [
        {"lon": lon, "lat": lat, "crash_date": day}
        for (lon, lat), days in (
            (here, ("2021-01-01", "2021-02-01", "2021-03-01", "2022-01-01")),
            (beside, ("2022-02-01",)),
            (geo.moved(69.0, 41.0, east_m=400, north_m=0), ("2022-02-01",)),
        )
        for day in days
    ]
    (place,) = of_years(made(rows), 2021, 2022, preset="count_circles").places
    assert place.lasting.counts == (3, 2)
