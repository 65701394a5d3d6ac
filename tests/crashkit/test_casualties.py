"""People hurt in each crash: counted once, by one rule, wherever deaths are told."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from made_crashes import made

from crashkit import breaks, casualties, stats, tables, timeline
from crashkit.model import CrashData, Period

YEAR = Period(date(2022, 1, 1), date(2022, 12, 31))


def day(**told):
    return {"crash_date": "2022-05-06", **told}


def with_people(crashes, *people):
    """Make crashes of a year, and people of (crash, injury)."""
    codes = pd.CategoricalDtype(["killed", "serious", "slight", "none"])
    listed = pd.DataFrame(
        {
            "crash": np.array([crash for crash, _ in people], dtype="int64"),
            "injury": pd.Series([injury for _, injury in people], dtype=codes),
        }
    )
    known = made(crashes, period=YEAR)
    return CrashData(known.crashes, known.vehicles, listed, YEAR)


COUNTED = made(
    [day(severity="fatal", n_killed=3), day(severity="fatal"), day(severity="slight")], period=YEAR
)
LISTED = with_people(
    [day(severity="fatal"), day(severity="fatal")],
    *[(1, "killed")] * 3,
)
BOTH = with_people(
    [
        day(severity="fatal", n_killed=2, n_injured=0),
        day(severity="fatal", n_killed=1, n_injured=0),
        day(severity="fatal", n_killed=2, n_injured=0),
    ],
    *((1, "killed"), (2, "killed"), (2, "killed"), (3, "serious")),
)


@pytest.mark.parametrize(("data", "dead"), [(COUNTED, 3), (LISTED, 3), (BOTH, 5)])
def test_years_tables_and_timelines_count_the_same_deaths(data, dead):
    assert breaks.yearly(data)[0].killed == dead
    assert tables.summary(data, data).killed == dead
    line = timeline.of(data, whole=data, unit="casualties", show=timeline.FATAL)
    assert line.total == dead


def test_where_nobody_killed_is_counted_a_fatal_crash_is_one_death():
    data = made([day(severity="fatal"), day(severity="fatal"), day(severity="slight")])
    assert not casualties.records(data, "killed")
    assert casualties.deaths(data).tolist() == stats.deaths(data).tolist() == [1, 1, 0]


def test_of_a_year_without_numbers_among_others_with_them_a_fatal_crash_is_one_death():
    data = made(
        [
            day(severity="fatal", n_killed=3),
            day(severity="fatal"),
            {"crash_date": "2023-01-01", "severity": "fatal"},
            {"crash_date": "2023-01-02", "severity": "slight"},
        ]
    )
    assert casualties.deaths(data).tolist() == [3, 0, 1, 0]
    assert casualties.uncounted_years(data) == (2023,)
    assert [year.killed for year in breaks.yearly(data)][-2:] == [3, 1]
    (note,) = casualties.uncounted_notes((2023,))
    assert str(note).startswith("Of ['2023'] no fatal crash tells how many were killed")
    assert casualties.uncounted_years(COUNTED) == casualties.uncounted_notes(()) == ()


def test_a_part_of_the_crashes_has_the_deaths_it_has_in_the_whole():
    assert casualties.deaths(LISTED.keep(np.array([False, True]))).tolist() == [0]


def test_nought_of_a_harmless_crash_does_not_erase_the_deaths_of_its_year():
    fatal = [{"crash_date": "2023-03-01", "severity": "fatal"}] * 40
    harmless = {"crash_date": "2023-03-02", "severity": "pdo", "n_killed": 0}
    data = made([day(severity="fatal", n_killed=3), *fatal, harmless])
    assert casualties.uncounted_years(data) == (2023,)
    assert breaks.yearly(data)[-1].killed == 40
    assert tables.untold_years(data, "killed") == {2023}
