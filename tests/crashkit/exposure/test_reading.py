"""Tables of people, vehicles and travel: every row accounted for, nothing guessed."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from crashkit import exposure
from crashkit.errors import IntakeError, NeedsChoice, SettingError
from crashkit.model import Upload


def read(text, **asked):
    return exposure.read(Upload("people.csv", text.encode()), **asked)


def told(found):
    return {(one.quantity, one.area, one.year): one.value for one in found.amounts}


def test_a_table_of_areas_and_years_is_read_and_its_columns_are_told():
    found = read("Район;Год;Население, тыс. чел.\nОш;2021;312,5\nВсего;2021;6600,0\n")
    assert told(found) == {("population", "Ош", 2021): 312_500, ("population", "", 2021): 6_600_000}
    assert found.columns["population"] == "Население, тыс. чел."
    assert found.units == {"population": 1000}
    assert (found.rows, found.accepted, found.rejected, found.duplicates) == (2, 2, (), ())


def test_a_chinese_table_is_read_in_ten_thousands():
    assert told(read("地区,年份,常住人口（万人）\n全国,2021,141260\n")) == {
        ("population", "", 2021): 1_412_600_000
    }


def test_every_row_is_accepted_rejected_or_a_duplicate():
    text = """area,year,population,vehicles
Osh,2020,300,
Osh,2020,300,
Osh,soon,300,
Osh,2021,-4,
Osh,2022,,
Jalal-Abad,2020,200,20
Jalal-Abad,2020,210,20
Batken,2020,,15
Batken,2020,100,
"""
    found = read(text)
    assert told(found) == {
        ("population", "Osh", 2020): 300,
        ("vehicles", "Batken", 2020): 15,
        ("population", "Batken", 2020): 100,
    }
    assert [(one.row, one.code, one.value) for one in found.rejected] == [
        (3, "year", "soon"),
        (4, "number", "-4"),
        (5, "empty", ""),
        (6, "contradiction", "200"),
        (7, "contradiction", "210"),
    ]
    assert found.duplicates == (2,)
    assert found.accepted + len(found.rejected) + len(found.duplicates) == found.rows == 9


@given(st.permutations(range(6)))
def test_the_order_of_rows_changes_nothing(order):
    rows = ["A,2020,5", "A,2020,5", "B,2020,7", "B,2020,8", "a,2021,9", "C,x,1"]
    found = read("\n".join(["area,year,population", *(rows[i] for i in order)]))
    assert told(found) == {("population", "A", 2020): 5, ("population", "a", 2021): 9}
    assert (found.accepted, len(found.rejected), len(found.duplicates)) == (2, 3, 1)


@settings(max_examples=25)
@given(st.lists(st.lists(st.text(max_size=6), min_size=3, max_size=3), min_size=1, max_size=8))
def test_rows_of_any_words_add_up(rows):
    book = Workbook()
    book.active.append(["area", "year", "population"])
    for row in rows:
        book.active.append(["".join(sign for sign in word if sign.isprintable()) for word in row])
    content = io.BytesIO()
    book.save(content)
    try:
        found = exposure.read(Upload("people.xlsx", content.getvalue()))
    except IntakeError:
        return
    assert found.accepted + len(found.rejected) + len(found.duplicates) == found.rows
    assert all(one.value > 0 for one in found.amounts)


def test_people_counted_one_by_one_have_no_fractions():
    text = 'year;population\n2020;1 234 567\n2021;1,234,567\n2022;234,567\n2023;"234.567"\n'
    assert list(told(read(text)).values()) == [1_234_567, 1_234_567, 234_567, 234_567]


def test_a_number_that_can_be_read_in_two_ways_is_asked_for():
    text = "year;population thousand\n2020;234,567\n"
    with pytest.raises(NeedsChoice) as asked:
        read(text)
    assert asked.value.option == "decimal"
    assert list(told(read(text, decimal=",")).values()) == pytest.approx([234_567])
    assert list(told(read(text, decimal=".")).values()) == pytest.approx([234_567_000])


@pytest.mark.parametrize("word", ["٢٣٤,٥٦٧", "۲۳۴,۵۶۷", "２３４,５６７", "٢٣٤.٥٦٧"])
def test_a_number_is_as_unclear_in_the_digits_of_any_script(word):
    text = f"year;population thousand\n2020;{word}\n"
    with pytest.raises(NeedsChoice) as asked:
        read(text)
    assert asked.value.message.values["value"] == word
    found = {mark: [*told(read(text, decimal=mark)).values()] for mark in ",."}
    assert sorted(round(value) for one in found.values() for value in one) == [234_567, 234_567_000]


def test_columns_and_units_can_be_told():
    found = read(
        "t,n\n2020,5\n",
        columns={"year": "t", "vehicle_km": "n"},
        units={"vehicle_km": 10**6},
        options={"delimiter": ","},
    )
    assert told(found) == {("vehicle_km", "", 2020): 5e6}


@pytest.mark.parametrize(
    ("text", "asked", "error", "words"),
    [
        ("area,people\nOsh,4\n", {}, IntakeError, "no column that is known as"),
        ("year,area\n2020,Osh\n", {}, IntakeError, "population / vehicles / vehicle_km"),
        ("year,people\n2020,4\n", {"columns": {"folk": "people"}}, SettingError, "no “folk”"),
        ("year,people\n2020,4\n", {"columns": {"area": "x"}}, IntakeError, "no column “x”"),
        ("year,people\n2020,4\n", {"units": {"people": 5}}, SettingError, "whole number"),
        ("year,people\n2020,4\n", {"decimal": ";"}, SettingError, "comma or a dot"),
    ],
)
def test_what_cannot_be_read_is_said(text, asked, error, words):
    with pytest.raises(error, match=words):
        read(text, **asked)
