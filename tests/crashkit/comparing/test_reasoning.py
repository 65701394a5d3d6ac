"""Why a place is not in the other list: each reason, worked on a table, with its numbers."""

from datetime import date

from made_lists import along, ask

from crashkit import comparing
from crashkit.model import Period
from crashkit.text import Speaker

ENGLISH = Speaker("en").say
YEARS = Period(date(2021, 1, 1), date(2023, 12, 31))


def why(data, *questions, at=1, place=0):
    """Return kind and words of why a list, the second unless told, lacks a place."""
    found = comparing.of_presets(questions, data).places[place].absent[at]
    return found.kind, [ENGLISH(one) for one in found.said]


FOUR_IN_THREE_YEARS = """
| km    | crash_date | severity | crash_type |
| 1.000 | 2021-05-01 | slight   | vehicle_vehicle |
| 1.050 | 2022-05-01 | slight   | pedestrian      |
| 1.100 | 2023-05-01 | slight   | vehicle_vehicle |
| 1.200 | 2023-06-01 | slight   | pedestrian      |
"""


def test_a_place_below_the_limit_says_what_is_asked_and_what_is_found():
    data = along(FOUR_IN_THREE_YEARS)
    # Three of one type in three years, three in the last year, or five of one type in that:
    # the nearest miss is two of three, and the first condition is the first of equals.
    assert why(data, ask("count_1km"), ask("cz")) == (
        "below",
        [
            "The best of its places here is M39, km 1 to 1.2 (crashes: 4). The rule asks for at "
            "least 3 crashes of severity Fatal or Serious or Slight or Injury, class unknown from "
            "1 Jan 2023 to 31 Dec 2023 and finds 2."
        ],
    )


def test_a_count_below_the_limit_says_both():
    data = along(FOUR_IN_THREE_YEARS)
    assert why(data, ask("count_1km"), ask("count_1km", min_crashes="6")) == (
        "below",
        ["The best of its places here is M39, km 1 to 1.2 (crashes: 4); 6 or more are listed."],
    )


FIVE_OF_WHICH_THREE_DAMAGE_ONLY = """
| km    | crash_date | severity |
| 1.000 | 2023-05-01 | pdo      |
| 1.050 | 2023-05-02 | pdo      |
| 1.100 | 2023-05-03 | pdo      |
| 1.150 | 2023-05-04 | slight   |
| 1.200 | 2023-05-05 | slight   |
"""


def test_crashes_that_the_filter_leaves_out_are_told_by_severity():
    data = along(FIVE_OF_WHICH_THREE_DAMAGE_ONLY)
    injury = ask("count_1km", "severity=fatal,serious,slight")
    kind, said = why(data, ask("count_1km"), injury)
    assert kind == "below"
    assert said == [
        "Left out by the filter: 3 of its 5 crashes (Property damage only: 3).",
        "The best of its places here is M39, km 1.15 to 1.2 (crashes: 2); 3 or more are listed.",
    ]
    fatal = ask("count_1km", "severity=fatal", min_crashes="1")
    wide = along(FIVE_OF_WHICH_THREE_DAMAGE_ONLY + "| 9.0 | 2023-05-06 | fatal |")
    assert why(wide, ask("count_1km"), fatal) == (
        "left_out",
        ["Left out by the filter: 5 of its 5 crashes (Property damage only: 3 and Slight: 2)."],
    )


def test_crashes_before_the_years_of_a_rule_are_told():
    data = along(
        """
        | km    | crash_date | severity | crash_type |
        | 1.000 | 2021-05-01 | slight   | vehicle_vehicle |
        | 1.050 | 2021-06-01 | slight   | vehicle_vehicle |
        | 1.100 | 2022-05-01 | slight   | vehicle_vehicle |
        | 9.000 | 2023-05-01 | slight   | vehicle_vehicle |
        """
    )
    assert why(data, ask("count_1km"), ask("ru_law")) == (
        "left_out",
        ["Outside the time that is looked at (1 Jan 2023 to 31 Dec 2023): 3 of its 3 crashes."],
    )


def test_crashes_without_what_places_are_cut_by_are_told():
    data = along(
        """
        | km    |
        | 1.000 |
        | 1.050 |
        | 1.100 |
        | 9.000 |
        """
    )
    crashes = data.crashes.assign(lon=[None, None, None, 69.09])
    crashes["lon"] = crashes["lon"].astype(float)
    found = data.replace(crashes=crashes)
    assert why(found, ask("count_1km"), ask("count_circles", min_crashes="1")) == (
        "unlocated",
        ["Without coordinates: 3 of its 3 crashes."],
    )


THREE_BESIDE_FIVE = """
| km    |
| 1.000 |
| 1.010 |
| 1.020 |
| 1.940 |
| 1.940 |
| 1.940 |
| 1.940 |
| 1.940 |
"""


def test_a_place_that_overlaps_a_worse_site_says_how_many_crashes_belong_to_that():
    # The window from km 1.02 has six; it takes one of the three, and two are not enough.
    wide = ask("count_1km", length_m="920")
    assert why(along(THREE_BESIDE_FIVE), ask("count_1km", length_m="100"), wide, place=1) == (
        "worse_beside",
        [
            "The best of its places here, M39, km 1 to 1.02 (crashes: 3), meets the limit, but of "
            "these 1 belong to the site of rank 1, which is worse; what is left does not meet it."
        ],
    )


def test_a_place_that_is_cut_otherwise_says_where_its_crashes_are():
    wide = ask("count_1km", length_m="920", min_crashes="4")
    assert why(along(THREE_BESIDE_FIVE), ask("count_1km", length_m="100"), wide, place=1) == (
        "elsewhere",
        [
            "To the site of rank 1, M39, km 1.02 to 1.94, belong 1 of its 3 crashes.",
            "The best of its places here is M39, km 1 to 1.02 (crashes: 3); 4 or more are listed.",
        ],
    )


def test_a_measure_without_a_written_rule_says_its_limits_and_what_it_finds():
    weighted = ask("weighted_1km", min_score="50")
    data = along(FOUR_IN_THREE_YEARS)
    kind, said = why(data, ask("count_1km"), weighted)
    assert kind == "below"
    assert "below the limit (Lowest sum to be listed: 50). " in said[0]
    assert said[0].endswith("points from 4 crashes.")


def test_ground_without_a_crash_says_so():
    data = along(
        """
        | km    | crash_date |
        | 1.000 | 2021-05-01 |
        | 1.050 | 2021-06-01 |
        | 1.100 | 2021-07-01 |
        | 9.000 | 2022-05-01 |
        """
    )
    years = [ask("count_1km", f"from={year}-01-01; to={year}-12-31") for year in (2021, 2022)]
    (place,) = comparing.of_periods(years, data).places
    assert (place.absent[1].kind, place.absent[1].said) == ("nothing", ())


IN_TOWN_AND_OUTSIDE = """
| km    | crash_date | severity | crash_type      | area_type |
| 1.000 | 2023-05-01 | slight   | vehicle_vehicle | rural     |
| 1.300 | 2023-05-02 | slight   | vehicle_vehicle | rural     |
| 1.600 | 2023-05-03 | slight   | pedestrian      | rural     |
| 9.000 | 2023-05-03 | slight   | pedestrian      | urban     |
"""


def test_of_a_rule_of_parts_the_one_that_comes_closest_speaks():
    kind, said = why(along(IN_TOWN_AND_OUTSIDE), ask("count_1km"), ask("ru_law"))
    assert kind == "below"
    assert said == [
        "Closest comes this part of the rule: Outside built-up areas.",
        "The best of its places here is M39, km 1 to 1.6 (crashes: 3). The rule asks for at least "
        "3 crashes of one type and finds 2.",
    ]
