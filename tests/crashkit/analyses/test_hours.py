import numpy as np
import pandas as pd
import pytest
from invented import sample
from scipy import stats

from crashkit import api
from crashkit.errors import MethodError


def test_the_grid_holds_what_a_cross_table_counts():
    data = sample()
    found = api.analyse("hours", data)
    table = api.tabulate(data, "weekday", "hour")
    known = sum(
        row[j]
        for key, row in zip(table.rows, table.cells, strict=True)
        for j, hour in enumerate(table.columns)
        if key and hour
    )
    assert sum(sum(row[1:]) for row in found.table.rows) == known
    assert "95 % limits" in api.speaker("en").say(found.finding)


def test_casualties_are_counted_as_such():
    found = api.analyse("hours", api.question(sample(), unit="casualties"))
    assert api.speaker("en").say(found.title) == "Casualties by day of the week and hour"


def test_a_unit_that_is_none_is_refused():
    with pytest.raises(MethodError, match="not horses"):
        api.analyse("hours", api.question(sample(), unit="horses"))


def test_people_of_one_crash_are_no_independent_witnesses():
    crashes = pd.DataFrame(
        {
            "crash_date": ["2023-03-01"] * 60,
            "crash_time": ["23:00"] * 20 + ["12:00"] * 40,
        }
    )
    people = pd.DataFrame({"crash": np.repeat(np.arange(1, 61), 4), "injury": "slight"})
    data = api.crashes(crashes, people=people)
    said = api.speaker("en").say(
        api.analyse("hours", api.question(data, unit="casualties")).finding
    )
    # 240 people of 60 crashes, all of one crash alike, tell as much as 60; by t of 59 fewer still.
    tell = 60 * 59 / 60 * 240 / 239 * (stats.t.ppf(0.975, 239) / stats.t.ppf(0.975, 59)) ** 2
    low = stats.beta.ppf(0.025, tell / 3, tell * 2 / 3 + 1)
    high = stats.beta.ppf(0.975, tell / 3 + 1, tell * 2 / 3)
    assert (
        f"33.3 % lie between 22 and 6 h (95 % limits {100 * low:.1f} to {100 * high:.1f} %)" in said
    )


def test_people_of_few_crashes_have_no_limits():
    crashes = pd.DataFrame({"crash_date": ["2023-03-01"] * 3, "crash_time": ["23:00"] * 3})
    people = pd.DataFrame({"crash": np.repeat([1, 2, 3], 5), "injury": "slight"})
    data = api.crashes(crashes, people=people)
    said = api.speaker("en").say(
        api.analyse("hours", api.question(data, unit="casualties")).finding
    )
    assert said == "Of 15 too few to say when they happen."
