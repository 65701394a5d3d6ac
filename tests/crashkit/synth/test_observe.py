"""Police files of the invented country say less than the truth, and exactly the planted flaws."""

from collections import Counter

import pytest

from crashkit.synth import country, observe


@pytest.fixture(scope="module")
def made():
    return country.make(crashes=3_000, seed=9)


def column(sheet, name):
    return [row[sheet.header.index(name)] for row in sheet.rows]


def test_each_flaw_of_the_police_cards_is_there_as_often_as_said(made):
    sheet = observe.police_card(made, areas=("East", "South"), seed=1)
    assert sheet.flaws == {
        "a date that does not exist": column(sheet, "Дата").count("31.02.2021"),
        "a number written as a word": column(sheet, "Погибло").count("два"),
        "no card number": column(sheet, "Номер карточки").count(""),
        "a crash type nobody knows": column(sheet, "Вид ДТП").count("Прочее неясное"),
        "latitude and longitude swapped": sum(
            lat != "" and lat > 60 for lat in column(sheet, "Широта")
        ),
        "the same row again": sum(n - 1 for n in Counter(sheet.rows).values()),
    }


def test_each_flaw_of_the_casualty_rows_is_there_as_often_as_said(made):
    sheet = observe.casualties(made, areas=("North",), seed=1)
    assert sheet.flaws == {
        "an age that is not a number": column(sheet, "Age").count("child"),
        "a time that does not exist": column(sheet, "Time").count("27:80"),
        "an injury nobody knows": column(sheet, "Injury").count("see file"),
        "the same row again": sum(n - 1 for n in Counter(sheet.rows).values()),
    }


def test_each_flaw_of_the_numbered_codes_is_there_as_often_as_said(made):
    sheet = observe.numbered_codes(made, areas=("West", "Central"), seed=1)
    assert sheet.flaws == {
        "a severity nobody knows": column(sheet, "SEVERITY").count(7),
        "month 13": column(sheet, "MONTH").count(13),
        "a number below zero": column(sheet, "KILLED").count(-1),
        "coordinates 0, 0": column(sheet, "X").count("0,0"),
        "the same row again": sum(n - 1 for n in Counter(sheet.rows).values()),
    }


def test_slight_crashes_are_reported_less_often_than_deadly_ones(made):
    sheet = observe.numbered_codes(made, areas=("West", "Central"), seed=1)
    crashes = made.crashes[made.crashes["admin1"].isin(["West", "Central"])]
    told = Counter(column(sheet, "SEVERITY"))
    assert told[1] >= (crashes["severity"] == "fatal").sum() - 10
    assert 0.7 < told[3] / (crashes["severity"] == "slight").sum() < 0.9


def test_one_row_is_written_for_each_person_hurt(made):
    sheet = observe.casualties(made, areas=("North",), seed=1)
    persons = Counter(
        zip(column(sheet, "Case number"), column(sheet, "Casualty number"), strict=True)
    )
    assert sum(n > 1 for n in persons.values()) == 4
    ids = set(column(sheet, "Case number"))
    crashes = made.crashes[made.crashes["crash_id"].isin(ids)]
    assert len(persons) == (crashes["n_killed"] + crashes["n_injured"]).sum()


def test_the_same_seed_sees_the_same_and_another_sees_otherwise(made):
    first = observe.police_card(made, areas=("East",), seed=1)
    assert first == observe.police_card(made, areas=("East",), seed=1)
    assert first != observe.police_card(made, areas=("East",), seed=2)


def test_some_crashes_have_no_coordinates_but_a_km_post(made):
    sheet = observe.police_card(made, areas=("East", "South"), seed=1)
    lost = [row for row in sheet.rows if row[sheet.header.index("Широта")] == ""]
    assert 0.2 < len(lost) / len(sheet.rows) < 0.36
    assert any(row[sheet.header.index("Километр")] != "" for row in lost)
