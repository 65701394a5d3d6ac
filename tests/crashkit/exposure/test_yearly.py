"""Deaths for so many people, vehicles or vehicle-km: exact limits, refused without exposure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_crashes import made

from crashkit import exposure
from crashkit.errors import MethodError
from crashkit.exposure.reading import Amount


def crashes(deaths):
    """Make one crash for each year and area of a mapping with so many killed."""
    return made(
        [
            {
                "crash_date": f"{year}-05-01",
                "n_killed": n,
                "severity": "fatal" if n else "slight",
                "admin1": province,
                "admin2": district,
            }
            for (year, province, district), n in deaths.items()
        ]
    )


DATA = crashes(
    {(2021, "North", "Hill"): 10, (2022, "North", "Hill"): 0, (2021, "South", "Lake"): 4}
)
PEOPLE = [
    Amount("population", "", 2021, 200_000),
    Amount("population", "NORTH", 2021, 100_000),
    Amount("population", "NORTH", 2022, 100_000),
    Amount("population", "West", 2021, 50_000),
]


def test_ten_deaths_among_a_hundred_thousand_have_the_limits_of_garwood():
    found = exposure.death_rates(DATA, PEOPLE, "population", by="admin1")
    first, second = found.rates
    assert (first.area, first.year, first.deaths, first.exposure) == ("North", 2021, 10, 100_000)
    assert [round(one, 2) for one in (first.rate.rate, first.rate.lower, first.rate.upper)] == [
        10.0,
        4.8,
        18.39,
    ]
    assert (second.deaths, second.rate.rate, round(second.rate.upper, 2)) == (0, 0.0, 3.69)
    assert "South" in str(found.notes[0]) and "west" in str(found.notes[1])
    assert "2023" in str(found.notes[2])


def test_all_crashes_are_divided_by_the_row_without_an_area():
    (found,) = exposure.death_rates(DATA, PEOPLE, "population").rates
    assert (found.deaths, found.rate.rate) == (14, pytest.approx(7.0))


@pytest.mark.parametrize(
    ("quantity", "by", "told", "words"),
    [
        ("vehicles", "", PEOPLE, "Add a table with a column of years and one of “vehicles”"),
        ("population", "", PEOPLE[1:], "told of areas only"),
        ("population", "admin2", PEOPLE, "No whole year and area"),
        ("people", "", PEOPLE, "no exposure “people”"),
        ("population", "road", PEOPLE, "not by “road”"),
    ],
)
def test_a_rate_without_exposure_is_refused(quantity, by, told, words):
    with pytest.raises(MethodError, match=words):
        exposure.death_rates(DATA, told, quantity, by=by)


def test_districts_of_two_provinces_with_one_name_have_no_rate():
    data = crashes(
        {(2021, "North", "Hill"): 3, (2021, "South", "Hill"): 2, (2021, "South", "Bay"): 1}
    )
    told = [Amount("vehicles", name, 2021, 1000) for name in ("Hill", "Bay")]
    found = exposure.death_rates(data, told, "vehicles", by="admin2")
    assert [one.area for one in found.rates] == ["Bay"]
    assert "share a name" in str(found.notes[0])


@given(st.lists(st.integers(0, 30), min_size=2, max_size=2), st.floats(1e3, 1e9))
def test_areas_with_all_their_deaths_add_up_to_the_whole(deaths, people):
    north, south = deaths
    data = crashes({(2021, "North", "Hill"): north, (2021, "South", "Lake"): south})
    told = [Amount("population", name, 2021, people) for name in ("", "North", "South")]
    (whole,) = exposure.death_rates(data, told, "population").rates
    areas = exposure.death_rates(data, told, "population", by="admin1").rates
    assert whole.deaths == sum(one.deaths for one in areas)
    assert all(one.rate.lower <= one.rate.rate <= one.rate.upper for one in (whole, *areas))
