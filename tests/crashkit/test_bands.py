import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_crashes import made

from crashkit import bands, crosstabs, tables
from crashkit.errors import MethodError


def people(*listed: dict[str, object]):
    frame = pd.DataFrame([{"crash": 1, "injury": "slight", **one} for one in listed])
    if "age" in frame:
        frame["age"] = pd.to_numeric(frame["age"]).astype("Int32")
    frame["injury"] = pd.Categorical(frame["injury"], ["killed", "serious", "slight", "none"])
    return made([{"severity": "slight", "crash_time": "23:50"}]).replace(people=frame)


@pytest.mark.parametrize("name", bands.known())
@given(value=st.integers(-3, 130))
def test_each_age_or_hour_is_in_one_band_that_holds_it(name, value):
    asked = bands.known()[name]
    key = asked.key_of(value)
    if key is None:
        assert not 0 <= value <= (120 if asked.of == "age" else 23)
        return
    first, _, last = key.replace("+", "-120").partition("-")
    assert int(first) <= value <= int(last)
    assert asked.key_of_words(key) == key


def test_people_are_counted_by_bands_of_their_age_and_the_unknown_are_shown():
    data = people({"age": 29}, {"age": 30}, {"age": 70}, {"age": 200}, {"age": None})
    found = tables.cross(data, "age_who", "injury", unit="casualties")
    assert found.rows == ("0-4", "5-14", "15-29", "30-49", "50-59", "60-69", "70+", "")
    assert [sum(row) for row in found.cells] == [0, 0, 1, 1, 0, 0, 1, 2]
    assert str(found.row_labels[2]) == "15–29"
    assert any("2 are without a known value of age" in str(note) for note in found.notes)


def test_a_band_of_the_source_counts_where_it_lies_in_one_of_ours():
    data = people({"age_band": "16-20"}, {"age_band": "26-35"}, {"age_band": "75+"})
    found = tables.cross(data, "age_who", "injury", unit="casualties")
    assert [sum(row) for row in found.cells] == [0, 0, 1, 0, 0, 0, 1, 1]


def test_hours_are_counted_in_bands_of_the_day():
    times = ["00:00", "02:59", "03:00", "23:59", ""]
    data = made({"crash_time": time, "severity": "slight"} for time in times)
    found = tables.cross(data, "hour_3", "severity")
    assert [sum(row) for row in found.cells] == [2, 1, 0, 0, 0, 0, 0, 1, 1]
    assert str(found.row_labels[0]) == "0–3 h"
    night = bands.known()[bands.PARTS].night_hours
    assert set(night) == {22, 23, 0, 1, 2, 3, 4, 5}
    assert bands.known()["hour_3"].night_hours == ()
    assert ("hour_4", bands.known()["hour_4"].label) in tables.fields_offered(data)


def test_ages_go_with_casualties_only():
    with pytest.raises(MethodError, match="count casualties to use it"):
        crosstabs.cross(people({"age": 3}), "age_who", "severity")
