"""The public edition: what stands in it, and that no attack on all of it tells a small count."""

import json
from datetime import date

import attacked
import numpy as np
import pytest
from invented import sample, with_info
from made_crashes import made

from crashkit import api, edition
from crashkit.errors import NotFound, ReportError
from crashkit.model import Period
from crashkit.publishing import HIDDEN
from crashkit.text import Speaker

YEARS = Period(date(2019, 1, 1), date(2021, 12, 31))


def crashes(n=200, period=YEARS):
    rng = np.random.default_rng(3)
    rows = [
        {
            "crash_date": f"{2019 + i % 3}-{1 + i % 12:02d}-05",
            "severity": str(rng.choice(["fatal", "serious", "slight"], p=[0.04, 0.2, 0.76])),
            "light": str(rng.choice(["day", "dark_none"])),
            "lon": 70 + int(rng.integers(0, 30)) / 10,
            "lat": 41.0,
        }
        for i in range(n)
    ]
    return with_info(made(rows, period=period), name="mine")


def test_an_edition_is_of_whole_years_and_leaves_out_what_is_not_told():
    found = edition.make(crashes(period=Period(date(2018, 5, 1), date(2022, 3, 31))), 5)
    assert (found.period.start, found.period.end) == (date(2019, 1, 1), date(2021, 12, 31))
    assert {"years", "severity", "light"} <= {one.id for one in found.tables}
    assert not {"areas", "ages", "surface"} & {one.id for one in found.tables}
    with pytest.raises(NotFound, match="no table tea"):
        found.table("tea")


def test_a_year_between_of_which_a_part_counts_is_left_out():
    parts = (
        (date(2018, 1, 1), date(2019, 3, 31)),
        (date(2020, 1, 1), date(2020, 12, 31)),
    )
    period = Period(date(2018, 1, 1), date(2020, 12, 31), parts)
    rows = [
        {"crash_date": f"{year}-{1 + i % 3:02d}-05", "severity": "slight"}
        for year, n in ((2018, 30), (2019, 12), (2020, 40))
        for i in range(n)
    ]
    found = edition.make(with_info(made(rows, period=period)), 5)
    assert found.period.whole_years == found.period.calendar_years == (2018, 2020)
    assert [Speaker("en").say(one) for one in found.period.notes] == [
        "Of these years only 2018 and 2020 count."
    ]
    assert [row[:2] for row in told(found, "years")][:2] == [("2018", 30), ("2020", 40)]
    assert found.figures.figures[0].value == 70


def told(found, id):
    return [(str(row[0]), *row[1:]) for row in found.table(id).answer.table.rows]


def test_what_could_tell_hidden_counts_is_not_said():
    found = edition.make(crashes(), 5)
    hides = [
        one
        for one in found.tables
        if any(cell == HIDDEN for row in one.answer.table.rows for cell in row)
    ]
    assert hides
    assert all(one.finding is None for one in hides)


def test_a_threshold_hides_what_is_below_it():
    found = edition.make(crashes(), 9)
    counts = [n for one in found.tables for row in one.answer.table.rows for n in row[1:]]
    assert not [n for n in counts if isinstance(n, int) and 0 < n < 9]


def test_cells_of_the_map_are_squares_of_enough_crashes():
    document = api.edition_cells(edition.make(crashes(), 5), Speaker("en"))
    assert document["features"]
    for one in document["features"]:
        (ring,) = one["geometry"]["coordinates"]
        assert ring[0] == ring[-1]
        assert len(ring) == 5
        assert one["properties"]["crashes"] >= 5
    json.dumps(document, allow_nan=False)


@pytest.mark.parametrize(
    "data", [crashes(4), crashes(40, Period(date(2019, 2, 1), date(2019, 12, 30)))]
)
def test_too_few_crashes_and_no_whole_year_are_no_edition(data):
    with pytest.raises(ReportError, match="whole calendar years"):
        edition.make(data, 5)


@pytest.mark.slow
def test_no_attack_on_all_tables_of_an_edition_tells_a_hidden_number(monkeypatch):
    found = attacked.pressed(monkeypatch)
    made_ = edition.make(sample(), 5)
    assert len(made_.tables) == 13
    ((before, after),) = found
    assert None in attacked.shown(before, after).values()
    assert attacked.told_closely(before, after, 5) == []
