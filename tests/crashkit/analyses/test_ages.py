import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented import sample
from made_crashes import made

from crashkit import api
from crashkit.errors import MethodError

EN = api.speaker("en")
INJURIES = ["killed", "serious", "slight", "none"]


def crashes(people, **fields):
    """Make a crash for each person that is told: (age, sex, injury, road user)."""
    frame = pd.DataFrame(people, columns=["age", "sex", "injury", "road_user_type"])
    frame.insert(0, "crash", np.arange(1, len(frame) + 1))
    frame["age"] = pd.to_numeric(frame["age"]).astype("Int32")
    for name in ("sex", "injury", "road_user_type"):
        frame[name] = frame[name].astype("category")
    return made([{"severity": "slight", **fields}] * len(frame)).replace(people=frame)


def ages(data, **chosen):
    return api.analyse("ages", api.question(data, unit="casualties", chosen=chosen))


def rows(found):
    return {str(row[0]): list(row[1:]) for row in found.table.rows}


def test_a_worked_example():
    # Ages 1 to 100; every fourth is a woman. The order statistics 40 and 61 hold the median.
    people = [(age, "male" if age % 4 else "female", "slight", "driver") for age in range(1, 101)]
    found = ages(crashes(people), set="age_10")
    assert rows(found)["10–19"] == [8, 2, 10]
    assert rows(found)["80+"] == [15, 6, 21]
    assert rows(found)["Total"] == [75, 25, 100]
    # Clopper and Pearson for 75 of 100: 65.3 to 83.1 %.
    assert EN.say(found.finding) == (
        "The median age is 50.5 years (95 % limits 40 to 61, 100 with a known age); 75.0 % of "
        "those whose sex is known are male (65.3 to 83.1 %)."
    )
    male, female = found.figure.data["sides"]
    assert (sum(male["values"]), sum(female["values"])) == (75, 25)


def test_what_is_unknown_is_in_the_table_and_told():
    known = [(30, "male", "slight", "driver")] * 12
    people = [*known, (None, "male", "slight", "driver"), (40, None, "killed", "driver")]
    found = ages(crashes(people))
    assert rows(found)["Unknown"] == [1, 0, 0, 1]
    assert rows(found)["Total"] == [13, 0, 1, 14]
    notes = [str(note) for note in found.notes]
    assert "The age of 1 is not known; it is in the table, not in the chart." in notes
    assert "The sex of 1 is not known; it is in the table, not in the chart." in notes


def test_people_a_crash_only_counts_are_of_unknown_age():
    found = ages(crashes([(30, "male", "killed", "driver")] * 3, n_killed=2))
    assert rows(found)["Unknown"][-1] == 3
    assert rows(found)["Total"][-1] == 6


def test_only_those_asked_for_are_counted():
    people = [
        *[(30, "male", "killed", "driver")] * 2,
        *[(31, "male", "serious", "pedestrian")] * 3,
        *[(32, "male", "slight", "pedestrian")] * 4,
        *[(33, "male", "none", "driver")] * 5,
    ]
    data = crashes(people)
    assert rows(ages(data))["Total"][-1] == 9
    assert rows(ages(data, show="killed"))["Total"][-1] == 2
    assert rows(ages(data, show="ksi"))["Total"][-1] == 5
    walked = ages(data, kind="pedestrian", show="ksi")
    assert rows(walked)["Total"][-1] == 3
    assert "Pedestrian" in EN.say(walked.title)
    with pytest.raises(MethodError, match="Nobody"):
        ages(data, kind="pedestrian", show="killed")


def test_few_have_no_median_and_no_share():
    said = EN.say(ages(crashes([(30, "male", "slight", "driver")] * 9)).finding)
    assert said == "The age of 9 is known: too few to say more."


def test_bands_of_the_source_tell_the_fullest_band():
    data = crashes([(None, "female", "slight", "driver")] * 12)
    people = data.people.assign(age_band="16-20").drop(columns="age")
    said = EN.say(ages(data.replace(people=people), set="age_stats19").finding)
    assert said.startswith("The fullest band is 16–20: 100.0 % of 12 with a known age")


def test_bands_that_mostly_do_not_fit_say_nothing_of_all():
    # 21–25 lies in the twenties and 26–35 in no band of ten years: the first are no sample of all.
    data = crashes([(None, "female", "slight", "driver")] * 36)
    people = data.people.assign(age_band=["21-25"] * 12 + ["26-35"] * 24).drop(columns="age")
    said = EN.say(ages(data.replace(people=people), set="age_10").finding)
    assert said.startswith("The age, or a band that fits, is known of 12 and not known of 24")


def test_data_without_ages_say_so_and_bands_that_are_none_are_refused():
    with pytest.raises(MethodError, match="do not tell the age"):
        ages(made([{"severity": "slight", "n_slight": 1}]))
    with pytest.raises(MethodError, match="there is no ages"):
        ages(sample(), set="ages")


@given(st.lists(st.tuples(st.none() | st.integers(0, 120), st.sampled_from(["male", "female", None])
), min_size=1, max_size=30), st.sampled_from(["age_10", "age_who", "age_5"]))  # fmt: skip
def test_nobody_is_lost_in_any_bands(people, name):
    told = [*people, (40, "male")]
    data = crashes([(age, sex, "slight", "driver") for age, sex in told])
    assert rows(ages(data, set=name))["Total"][-1] == len(told)
