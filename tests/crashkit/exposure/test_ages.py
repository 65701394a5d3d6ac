"""Exposure by age and sex: read, put together to bands, divided by."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_crashes import made

from crashkit import api, bands, exposure, stats
from crashkit.errors import MethodError, TooLittle
from crashkit.exposure import ages
from crashkit.exposure.reading import Amount
from crashkit.model import Period, Upload

YEAR = Period(date(2023, 1, 1), date(2023, 12, 31))
EN = api.speaker("en")


def read(text):
    return exposure.read(Upload("people.csv", text.encode()))


def people(*told, year=2023):
    return [Amount("population", "", year, value, band, sex) for band, sex, value in told]


def test_ages_and_sexes_are_read_in_three_languages_and_what_is_none_is_rejected():
    found = read(
        "year,age band,sex,population\n2023,0-4,male,10\n2023,5–9 лет,жен,20\n"
        "2023,85岁及以上,女,30\n"
        "2023,total,both,900\n2023,May-09,male,1\n2023,0-4,x,1\n2023,0-4,male,11\n"
    )
    assert [(one.age_band, one.sex, one.value) for one in found.amounts] == [
        ("", "", 900),
        ("5-9", "female", 20),
        ("85+", "female", 30),
    ]
    assert [(one.row, one.code) for one in found.rejected] == [
        (1, "contradiction"),
        (5, "age_band"),
        (6, "sex"),
        (7, "contradiction"),
    ]
    again = exposure.wide_rows(found.amounts)
    assert again[0] == ["area", "year", "age_band", "sex", "population"]
    text = "\n".join(",".join(map(str, row)) for row in again)
    assert read(text).amounts == found.amounts


def test_bands_are_put_together_where_they_tile_and_not_guessed_where_they_do_not():
    told = ages.by_year(
        people(("0-4", "male", 5), ("5-14", "male", 9), ("15-17", "male", 4), ("15+", "male", 80)),
        "population",
    )[2023]
    assert ages.between(told, "male", 0, 14) == 14
    assert ages.between(told, "male", 0, bands.OLDEST) == 94
    assert ages.between(told, "male", 0, 9) is None
    assert ages.between(told, "", 0, 14) is None
    who = bands.known()["age_who"]
    assert ages.of_bands(told, who, "male") == {"0-4": 5, "5-14": 9}


@given(st.lists(st.integers(1, 30), min_size=1, max_size=12))
def test_the_bands_of_all_ages_add_up_to_everybody(widths):
    starts = np.cumsum([0, *widths])
    starts = starts[starts < bands.OLDEST]
    ends = [f"{a}-{b - 1}" for a, b in zip(starts[:-1], starts[1:], strict=True)]
    told = people(*((band, "", 7.0) for band in [*ends, f"{starts[-1]}+"] if band != "0+"))
    found = ages.by_year(told, "population")
    if told:
        assert ages.between(found[2023], "", 0, bands.OLDEST) == 7.0 * len(starts)


def hurt(rows):
    """Make a crash for each person (age, sex) of a list."""
    crashes = made([{"crash_date": "2023-05-01", "severity": "fatal"}] * len(rows), period=YEAR)
    told = pd.DataFrame(rows, columns=["age", "sex"])
    told.insert(0, "crash", np.arange(1, len(rows) + 1))
    told["age"] = told["age"].astype("Int32")
    told["sex"] = told["sex"].astype("category")
    told["injury"] = pd.Categorical(["killed"] * len(rows), ["killed", "serious", "slight"])
    return crashes.replace(people=told)


ROWS = [(25, "male")] * 44 + [(25, "female")] * 32 + [(70, "male")] * 10 + [(None, "male")]
TOLD = people(
    ("0-29", "male", 100_000),
    ("0-29", "female", 100_000),
    ("30+", "male", 50_000),
    ("30+", "female", 150_000),
)


def ask(told, **chosen):
    question = api.question(hurt(ROWS), unit="casualties", chosen=chosen)
    return api.analyse("ages", replace(question, exposure=told))


def test_the_pyramid_of_rates_divides_by_the_people_of_each_age_and_sex():
    told = [
        Amount(one.quantity, "", 2023, one.value / 4, band, one.sex)
        for one in TOLD
        for band in (["0-4", "5-14", "15-29"] if one.age_band == "0-29" else ["30-49", "50+"])
    ]
    found = ask(told, by="rates", set="age_who")
    rows = {str(row[0]): row[1:] for row in found.table.rows}
    # The bands 50-59, 60-69 and 70+ are in one of the table: no rate.
    assert list(rows) == ["0–4", "5–14", "15–29", "30–49"]
    n, by, rate, low, high = rows["15–29"][:5]
    assert (n, by, rate) == (44, 25_000, pytest.approx(176.0))
    assert (low, high) == pytest.approx([4 * one for one in stats.poisson_interval(44)])
    assert rows["15–29"][5:8] == (32, 25_000, pytest.approx(128.0))
    said = " ".join(EN.say(one) for one in found.notes)
    assert "11 of unknown age or sex, or in no band that fits, are in no rate" in said
    assert "70+" in said
    assert "Per 100,000 people and year" in EN.say(found.title)
    # 44 men of 87,500 against 32 women of 112,500.
    ratio = 44 / 87_500 / (32 / 112_500)
    assert f"{ratio:.1f} times as many male" in EN.say(found.finding)


def test_rates_are_offered_and_made_only_where_people_are_told_by_age_and_sex():
    with pytest.raises(MethodError):
        ask((), by="rates", set="age_10")
    with pytest.raises(TooLittle, match="in bands that fit"):
        ask(TOLD, by="rates", set="age_10")


def test_tables_of_rates_by_age_and_by_sex_have_their_exposure():
    told = people(("0-14", "", 30_000), ("15-29", "", 40_000), ("30+", "", 50_000))
    by_age = exposure.rates(hurt(ROWS), "age_who", "injury", told, unit="casualties")
    place = by_age.table.rows.index("15-29")
    assert sum(by_age.figures[place]) == pytest.approx(76 / 40_000 * 100_000)
    assert by_age.figures[by_age.table.rows.index("70+")] == (None,)
    by_sex = exposure.rates(hurt(ROWS), "sex", "injury", TOLD, unit="casualties")
    assert by_sex.figures[by_sex.table.rows.index("male")][0] == pytest.approx(55 / 1.5)
    with pytest.raises(TooLittle, match="in bands that"):
        exposure.rates(hurt(ROWS), "age_who", "injury", TOLD[:1], unit="casualties")


def test_people_by_age_and_sex_are_everybody_where_no_row_tells_them():
    found = exposure.death_rates(hurt(ROWS), TOLD, "population")
    assert (found.rates[0].deaths, found.rates[0].exposure) == (87, 400_000)
    with pytest.raises(MethodError, match="There is no exposure"):
        exposure.death_rates(hurt(ROWS), TOLD[:3], "population")


def test_a_year_that_tells_nobody_killed_brings_no_people_to_a_rate_of_the_killed():
    rows = [
        {"crash_date": "2022-05-01", "severity": "fatal", "n_slight": 1},
        {"crash_date": "2023-05-01", "severity": "fatal", "n_killed": 1, "n_slight": 1},
    ]
    data = made(rows, period=Period(date(2022, 1, 1), date(2023, 12, 31)))
    told = (*people(("0-4", "", 5.0)), *people(("0-4", "", 5.0), year=2022))

    def years(**more):
        return exposure.covered(data, told, "population", "age_who", data, **more).years

    assert years(unit="casualties") == (2022, 2023)
    assert years(unit="casualties", injuries=("killed", "slight")) == (2023,)
