"""Tables of weather: every row accounted for, units and dates told or asked for."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crashkit import weather
from crashkit.errors import IntakeError, NeedsChoice, SettingError
from crashkit.model import Upload
from crashkit.weather import words


def read(text, **asked):
    return weather.read(Upload("weather.csv", text.encode()), **asked)


def told(found):
    return {(one.place, one.day.isoformat()): one for one in found.days}


def test_a_russian_table_is_read():
    found = read(
        "Дата;Станция;Тмин;Мин. температура, °C;Макс. температура, °C;Осадки, мм;Явления\n"
        "31.01.2021;Ош;;-12,5;−3;следы;гололёд, метель\n01.02.2021;Ош;;1;4,5;12;\n"
    )
    first, second = found.days
    assert first.values == {"temp_min": -12.5, "temp_max": -3.0, "precipitation": 0.0}
    assert first.phenomena == {"ice", "snow"} and second.phenomena == frozenset()
    assert (found.order, found.units["precipitation"]) == ("dmy", "mm")


def test_a_chinese_table_is_read():
    (found,) = read(
        "日期,地点,最高气温(℃),降水量(毫米),天气现象\n2021年3月15日,喀什,21,0,沙尘暴\n"
    ).days
    assert found.values == {"temp_max": 21, "precipitation": 0}
    assert found.phenomena == {"dust"}


def test_units_are_turned():
    found = read(
        "date,tmax (F),rain in,wind knots,visibility mi,snow depth in\n2021-01-13,50,1,10,2,4\n"
    )
    assert found.units == {
        "temp_max": "F", "precipitation": "in", "wind": "kn", "visibility": "mi", "snow": "in",
    }  # fmt: skip
    assert found.days[0].values == pytest.approx(
        {"temp_max": 10, "precipitation": 25.4, "wind": 5.144444, "visibility": 3.218688,
         "snow": 10.16}
    )  # fmt: skip


def test_every_row_is_accepted_rejected_or_a_duplicate():
    found = read(
        """date,place,lat,lon,tmin,tmax
2021-01-13,A,41,69,-3,4
2021-01-13,A,41,69,-3,4
2021-01-14,A,41,69,-3,4
2021-01-14,A,41,69,-2,4
soon,A,41,69,1,2
2021-01-15,A,41,69,9,2
2021-01-16,A,41,69,x,2
2021-01-17,A,41,69,-300,2
2021-01-18,A,41,69,,
2021-01-19,A,51,69,1,2
2021-01-20,A,141,69,1,2
2021-01-21,B,,,1,9999
"""
    )
    assert [(one.row, one.code) for one in found.rejected] == [
        (3, "contradiction"), (4, "contradiction"), (5, "date"), (6, "turned"), (7, "number"),
        (8, "limits"), (9, "empty"), (10, "moved"), (11, "point"),
    ]  # fmt: skip
    assert found.duplicates == (2,)
    assert found.accepted + len(found.rejected) + len(found.duplicates) == found.rows == 12
    assert told(found)["B", "2021-01-21"].values == {"temp_min": 1.0}


def test_rows_of_one_day_that_add_to_each_other_are_put_together():
    found = read("date,place,tmin,rain\n2021-01-13,a b,-3,\n2021-01-13,A-B,,2\n")
    (day,) = found.days
    assert day.values == {"temp_min": -3, "precipitation": 2}
    assert found.accepted == 2


def test_dates_that_can_be_read_in_two_ways_are_asked_for():
    text = "date,tmax\n01/02/2021,3\n03/02/2021,4\n"
    with pytest.raises(NeedsChoice) as asked:
        read(text)
    assert asked.value.option == "order" and set(asked.value.choices) == {"dmy", "mdy"}
    assert read(text, order="dmy").days[0].day == date(2021, 2, 1)
    assert read(text + "25/02/2021,4\n").order == "dmy"


def test_heat_that_is_no_celsius_is_asked_for():
    text = "date,tmax\n2021-07-13,95\n2021-07-14,99\n2021-07-15,9999.9\n"
    with pytest.raises(NeedsChoice) as asked:
        read(text)
    assert asked.value.option == "unit_temp_max"
    assert read(text, units={"temp_max": "F"}).days[0].values["temp_max"] == pytest.approx(35)


def test_words_that_are_not_understood_are_told():
    found = read("date,weather\n2021-07-13,dust storm / plague of frogs\n2021-07-14,clear\n")
    assert found.strange == {"plague of frogs": 1}
    assert [one.phenomena for one in found.days] == [{"dust"}, frozenset()]


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Freezing rain", {"ice"}),
        ("мокрый снег", {"snow"}),
        ("ледяной дождь", {"ice"}),
        ("雨夹雪", {"snow"}),
        ("雨凇;大风", {"ice", "wind"}),
        ("пыльная буря", {"dust"}),
        ("TS RA", {"rain"}),
        ("нет данных", set()),
    ],
)
def test_phenomena_are_known_in_three_languages(cell, names):
    assert words.phenomena(cell)[0] == names


def test_what_was_written_is_read_again():
    found = read(
        "date,place,lat,lon,tmax,weather\n2021-07-13,A,41.5,69,31.5,dust\n2021-07-14,A,41.5,69,30,\n"
    )
    again = "\n".join(
        ",".join("" if cell is None else str(cell) for cell in row)
        for row in weather.rows(found.days)
    )
    assert read(again).days == found.days


@pytest.mark.parametrize(
    ("text", "asked", "error", "say"),
    [
        ("day,people\n2021-01-13,4\n", {}, IntakeError, "no column that is known as"),
        ("tmax,tmin\n4,3\n", {}, IntakeError, "no column that is known as"),
        ("date,tmax\n2021-01-13,4\n", {"columns": {"heat": "tmax"}}, SettingError, "no “heat”"),
        ("date,tmax\n2021-01-13,4\n", {"columns": {"wind": "w"}}, IntakeError, "no column “w”"),
        ("date,tmax\n2021-01-13,4\n", {"units": {"temp_max": "K"}}, SettingError, "A unit is"),
        ("date,tmax\n2021-01-13,4\n", {"order": "ydm"}, SettingError, "orders"),
    ],
)
def test_what_cannot_be_read_is_said(text, asked, error, say):
    with pytest.raises(error, match=say):
        read(text, **asked)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["2021-01-13", "13.01.2021", "x", "", "2021-13-45"]),
            st.sampled_from(["A", "a", "", "B"]),
            st.sampled_from(["1", "2", "", "999", "-5,5", "t"]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_rows_of_any_words_add_up(rows):
    text = "date;place;tmax;rain\n" + "".join(f"{a};{b};{c};0\n" for a, b, c in rows)
    try:
        found = read(text)
    except IntakeError:
        return
    assert found.accepted + len(found.rejected) + len(found.duplicates) == found.rows == len(rows)
