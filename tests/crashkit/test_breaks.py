"""Breaks in a series of years: found where recording jumped, not where chance did."""

from datetime import date

from made_crashes import made

from crashkit import breaks, filters
from crashkit.model import Period

YEARS = Period(date(2019, 1, 1), date(2022, 12, 31))


def country(*years, first=2019, period=YEARS):
    """Make crashes of (crashes, deaths) a year; each death is in a crash of its own."""
    return made(
        [
            {"crash_date": f"{first + i}-05-06", "n_killed": int(number < deaths)}
            for i, (crashes, deaths) in enumerate(years)
            for number in range(crashes)
        ],
        period=period,
    )


def test_a_jump_of_recording_is_a_break_and_says_between_which_years():
    data = country((906, 127), (1076, 143), (5578, 126), (5418, 120))
    (found,) = breaks.found(data)
    assert (found.before.year, found.after.year) == (2020, 2021)
    assert round(found.ratio, 1) == 5.9
    assert "Between 2020 and 2021" in str(found.message)
    assert "from 7.5 to 44.3" in str(found.message)


def test_it_is_a_break_in_either_direction():
    (found,) = breaks.found(country((500, 50), (1500, 50), (1500, 50), (1500, 50)))
    (back,) = breaks.found(country((1500, 50), (500, 50), (500, 50), (500, 50)))
    assert found.ratio == back.ratio == 3


def test_what_chance_explains_is_no_break():
    assert breaks.found(country((300, 30), (300, 41), (300, 40), (300, 40))) == ()


def test_years_with_few_deaths_are_compared_with_none():
    data = country((100, 29), (1000, 29), (100, 29), (100, 29))
    assert breaks.steps(breaks.yearly(data)) == ()


def test_a_year_without_crashes_is_a_year():
    told = breaks.yearly(country((10, 1), period=YEARS))
    assert [(year.year, year.crashes, year.killed) for year in told][1:] == [
        (2020, 0, 0),
        (2021, 0, 0),
        (2022, 0, 0),
    ]
    assert told[1].per_death is None


def test_data_without_deaths_have_no_series():
    assert breaks.yearly(made([{"severity": "slight"}])) == ()
    assert breaks.yearly(made([{"severity": "fatal"}]))[0].killed == 1


def test_a_part_shows_the_breaks_of_the_whole_in_its_own_years():
    data = country((906, 127), (1076, 143), (5578, 126), (5418, 120))
    slight = data.keep((data.crashes["n_killed"] == 0).to_numpy(dtype=bool))
    assert len(breaks.found(data, slight)) == 1
    later = data.keep(
        (data.crashes["crash_date"].dt.year > 2020).to_numpy(),
        period=Period(date(2021, 1, 1), YEARS.end),
    )
    assert breaks.found(data, later) == ()


def test_years_apart_are_not_compared():
    data = country((906, 127), (1076, 143), (5578, 126), (5418, 120))
    part = filters.apply(filters.parse("year=2020,2022"), data)
    assert [year.year for year in breaks.yearly(part)] == [2020, 2022]
    assert breaks.steps(breaks.yearly(part)) == ()


def test_fatal_crashes_alone_have_no_break():
    rows = [{"severity": "fatal", "crash_date": "2019-01-02"}] * 40
    data = made(rows, period=YEARS)
    assert breaks.found(country((906, 127), (5578, 126)), data) == ()
