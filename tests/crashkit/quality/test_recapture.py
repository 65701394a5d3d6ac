"""Two lists compared by keys: the same person meets, nobody is named, the estimate is Chapman's."""

import csv
import io
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_crashes import made

from crashkit import quality, stats
from crashkit.errors import IntakeError, SettingError
from crashkit.quality import recapture
from crashkit.quality.recapture import Person

SECRET = "the bridge is red in the morning"


def police(*people, admin2="Aksu"):
    """Make crashes of one person each: (day, sex, age)."""
    data = made([{"crash_date": day, "admin2": admin2} for day, *_ in people])
    listed = pd.DataFrame(
        {
            "crash": data.crashes["id"],
            "sex": [sex for _, sex, _ in people],
            "age": pd.array([age for *_, age in people], dtype="Int32"),
            "injury": "serious",
        }
    )
    return data.replace(people=listed)


def hospital(*rows, heads="date,sex,age"):
    return "\n".join([heads, *rows]).encode()


def linked(data, content):
    return quality.link(data, content, SECRET)


def test_the_same_day_sex_and_band_of_age_meet():
    data = police(
        ("2021-03-01", "male", 33), ("2021-03-01", "female", 33), ("2021-03-05", "male", 7)
    )
    found = linked(data, hospital("2021-03-01,M,34", "2021-03-01,Ж,33", "2021-03-06,male,8"))
    assert (found.strict.first, found.strict.second, found.strict.both) == (3, 3, 2)
    # The hospital may have written the day after the crash.
    assert found.loose.both == 3


def test_a_person_meets_one_person_only():
    data = police(("2021-03-01", "male", 33))
    found = linked(data, hospital("2021-03-01,m,33", "2021-03-01,m,31", "2021-03-02,m,33"))
    assert (found.strict.both, found.loose.both) == (1, 1)


def test_a_place_joins_the_key_where_the_hospital_tells_it():
    data = police(("2021-03-01", "male", 33), admin2="Ак-Суу  район")
    same, other = "2021-03-01,m,33,ак-суу район", "2021-03-01,m,33,Жайыл району"
    heads = "date,sex,age,admin2"
    assert linked(data, hospital(same, heads=heads)).strict.both == 1
    assert linked(data, hospital(other, heads=heads)).strict.both == 0
    assert linked(data, hospital("2021-03-01,m,33")).strict.both == 1


def test_who_cannot_be_compared_is_counted():
    data = police(("2021-03-01", "unknown", 33), ("2021-03-01", "male", 33))
    found = linked(
        data, hospital("2021-03-01,m,33", "2021-03-01,,33", "1 March,m,33", "2021-03-01,m,x")
    )
    assert (found.lost_police, found.lost_hospital) == (1, 3)


def test_keys_name_nobody_and_cannot_be_made_without_the_secret():
    person = Person(date(2021, 3, 1), "male", 33, ("Aksu",))
    key = recapture.key_of(person, SECRET)
    assert len(key) == 32 and set(key) <= set("0123456789abcdef")
    assert key == recapture.key_of(person, f" {SECRET} ")
    assert key != recapture.key_of(person, "another secret of ours")


@given(st.dates(), st.sampled_from(["male", "female"]), st.integers(0, 84), st.integers(0, 84))
def test_two_ages_have_one_key_exactly_within_a_band(day, sex, one, other):
    keys = [recapture.key_of(Person(day, sex, age), SECRET) for age in (one, other)]
    assert (keys[0] == keys[1]) is (one // 5 == other // 5)


def test_a_hospital_can_send_keys_in_place_of_people():
    content = hospital("2021-03-01,m,33,Aksu", "2021-03-02,f,50,Aksu", heads="date,sex,age,admin2")
    keys = recapture.hospital(content, SECRET)
    text = io.StringIO()
    csv.writer(text).writerows([recapture.KEYED, *quality.linkage_keys(content, SECRET)])
    again = recapture.hospital(text.getvalue().encode(), SECRET)
    assert (again.keys, again.parts) == (keys.keys, ("admin2",))
    assert "2021" not in text.getvalue()
    assert "Aksu" not in text.getvalue()


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"date,sex\n2021-01-01,m", b'date,sex,age\n"', b"date,sex,age\n"]
)
def test_what_is_no_list_is_refused_in_a_sentence(content):
    with pytest.raises(IntakeError):
        recapture.hospital(content, SECRET)


def test_a_secret_that_can_be_guessed_is_refused():
    with pytest.raises(SettingError, match="12 letters"):
        recapture.hospital(hospital("2021-03-01,m,33"), "1234")


def test_data_without_people_cannot_be_compared():
    with pytest.raises(IntakeError, match="sex and age"):
        recapture.police(made([{"severity": "fatal"}]), SECRET, ())


def test_the_share_known_to_the_police_is_that_of_chapman():
    days = [f"2021-{1 + i % 12:02d}-{1 + i % 28:02d}" for i in range(60)]
    data = police(*((day, "male", i) for i, day in enumerate(days)))
    # The hospital has 40 people, 30 of whom the police know.
    known = [f"{day},m,{i}" for i, day in enumerate(days[:30])]
    unknown = [f"2022-05-{1 + i:02d},f,50" for i in range(10)]
    linkage = linked(data, hospital(*known, *unknown))
    assert linkage.strict == stats.chapman(60, 40, 30)
    judged = quality.judge(data, linkage=linkage).judged
    found = next(one for one in judged if one.check.id == "ascertainment")
    assert found.value == pytest.approx(60 / (61 * 41 / 31 - 1))
    assert found.grade == "B"
    assert found.low < found.value <= found.high


def test_few_in_both_lists_are_no_estimate():
    data = police(*[("2021-03-01", "male", i * 5) for i in range(6)])
    linkage = linked(data, hospital(*(f"2021-03-01,m,{i * 5}" for i in range(6))))
    judged = quality.judge(data, linkage=linkage).judged
    found = next(one for one in judged if one.check.id == "ascertainment")
    assert not found.is_judged
    assert "Only 6 people" in str(found.details[0])
