"""Alarms about the data, new fatal crashes and sites over a limit: found once, kept as values."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import made_crashes
import numpy as np
import pytest
from scipy import stats

from crashkit import quality, watching
from crashkit.errors import Message
from crashkit.model import Period
from crashkit.register import SiteEvent, SiteRecord, Spot
from crashkit.watching import Run

YEARS = Period(date(2022, 1, 1), date(2023, 12, 31))
NOW = datetime(2024, 3, 1, tzinfo=UTC)


def monthly(unit, *, until=(2023, 12), each=3, start=2022):
    """Make so many crashes of a unit a month, up to a month."""
    return [
        {"admin2": unit, "crash_date": f"{year}-{month:02d}-{day + 1:02d}", "severity": "slight"}
        for year in range(start, 2024)
        for month in range(1, 13)
        if (year, month) <= until
        for day in range(each)
    ]


def look(rows, before=None, batches=None, period=YEARS):
    data = made_crashes.made(rows, period=period)
    return watching.watch(data, quality.judge(data), before, batches or {})


def kinds(found):
    return [(one.kind, one.facts.get("unit")) for one in found.alarms if one.kind == "silent"]


def test_a_unit_is_silent_only_where_chance_does_not_explain_it():
    busy, quiet, rare = monthly("Aksu"), monthly("Talas", until=(2023, 8)), monthly("Manas")[::24]
    found = look([*busy, *quiet, *rare])
    assert kinds(found) == [("silent", "Talas")]
    alarm = next(one for one in found.alarms if one.kind == "silent")
    assert alarm.facts["months"] == 4
    assert "No crash came from Talas for 4 months" in str(alarm.message)


def test_a_unit_whose_papers_come_in_bundles_is_silent_later_than_an_even_one():
    bundles = [
        {"admin2": "Naryn", "crash_date": f"{year}-{month:02d}-{day + 1:02d}", "severity": "slight"}
        for year, month in ((2022, 2), (2022, 8), (2023, 2), (2023, 8))
        for day in range(18)
    ]
    even = monthly("Talas", until=(2023, 8))
    assert kinds(look([*monthly("Aksu"), *even])) == [("silent", "Talas")]
    assert kinds(look([*monthly("Aksu"), *bundles])) == []


def test_a_unit_with_a_quiet_half_year_behind_it_is_silent_later():
    half = [
        row
        for row in monthly("Naryn", until=(2023, 6), each=4)
        if not "2022-07" <= row["crash_date"] < "2023-01" or row["crash_date"].endswith("-07-01")
    ]
    period = Period(YEARS.start, date(2023, 9, 30))
    even = monthly("Talas", until=(2023, 6))
    assert kinds(look([*monthly("Aksu"), *even], period=period)) == [("silent", "Talas")]
    assert kinds(look([*monthly("Aksu"), *half], period=period)) == []


def test_the_chance_of_silence_is_negative_binomial():
    months = np.array([5, *range(12), *range(12)])
    spells = np.array([15, 51, 15, 51])
    k = (spells.var(ddof=1) - spells.mean()) / spells.mean() ** 2
    assert watching._overdispersion([months], 6) == pytest.approx(k)
    # Two units weigh by the squares of their means.
    other = np.array([3] * 12)
    both = (spells.var(ddof=1) - spells.mean() - 18) / (spells.mean() ** 2 + 18**2)
    assert watching._overdispersion([months, other], 6) == pytest.approx(both)
    # The chance of one spell is that of none in scipy's distribution, of two its square.
    own = stats.nbinom.pmf(0, 1 / 0.4, 1 / (1 + 0.4 * 18))
    quiet = [watching._Heard("Talas", n, other) for n in (6, 12)]
    found = [watching._chance_of_none(one, 6, 0.4) for one in quiet]
    assert found == pytest.approx([own, own**2])
    assert watching._chance_of_none(quiet[0], 6, 0.0) == pytest.approx(np.exp(-18))


def test_the_month_that_is_not_over_does_not_count():
    rows = [*monthly("Aksu"), *monthly("Talas", until=(2023, 11))]
    whole = look(rows, period=YEARS)
    part = look(rows, period=Period(date(2022, 1, 1), date(2023, 12, 20)))
    assert kinds(whole) == kinds(part) == []


def test_a_year_that_jumps_beyond_chance_is_told():
    many = [{"crash_date": "2022-05-01", "n_killed": 0} for _ in range(200)]
    few = [{"crash_date": "2023-05-01", "n_killed": 0} for _ in range(100)]
    alarm = next(one for one in look([*many, *few]).alarms if one.kind == "jump")
    assert "2023 has 100 crashes, the year before 200" in str(alarm.message)
    by_chance = look([*many[:10], *few[:6]])
    assert [one for one in by_chance.alarms if one.kind == "jump"] == []


def test_a_grade_that_fell_stays_an_alarm_until_it_is_mended():
    rows = monthly("Aksu")
    first = look(rows)
    better = replace(first, grade="A", checks=dict.fromkeys(first.checks, "A"))
    fell = look(rows, better)
    assert first.grade > "A"
    told = [one.kind for one in fell.alarms]
    assert told.count("grade") == 1
    again = look(rows, fell)
    assert [one.kind for one in again.alarms] == told
    assert any("fell from A to" in str(one.message) for one in again.alarms)


def test_fatal_crashes_are_counted_by_import_the_newest_first():
    rows = [
        {
            "crash_date": f"2023-01-{i + 1:02d}",
            "severity": "fatal",
            "n_killed": 1,
            "road_key": "M39",
        }
        for i in range(12)
    ]
    rows[3]["severity"] = "slight"
    found = look(rows, batches={1: (1, 6), 2: (7, 12)})
    n, newest = watching.new_fatal(found, {2})
    assert (n, newest[0].day, newest[0].road, newest[0].killed) == (6, "2023-01-12", "M39", 1)
    n, newest = watching.new_fatal(found, {1, 2})
    assert (n, len(newest)) == (11, watching.LISTED)
    assert watching.new_fatal(found, set()) == (0, ())


def test_what_was_found_is_read_back_as_it_was():
    found = look([*monthly("Aksu"), *monthly("Talas", until=(2023, 8))], batches={1: (1, 9)})
    assert watching.read(json.loads(json.dumps(found.document()))) == found


def site(number=7, at=NOW, **more):
    spot = Spot(road="M39", from_m=0, to_m=1000)
    known = {"status": "candidate", "why": "", "who": "", "name": "", "settlement": "", **more}
    return SiteRecord(number=number, dataset="x", origin="found", spot=spot, at=at, **known)


def run(id, question="q"):
    return Run(id, Message("Rule"), question, NOW + timedelta(days=id))


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        ({(7, 2): (3, 9)}, "at rank 3 of 9; the screening before did not"),
        ({(7, 1): (3, 9)}, "does not any more"),
        ({(7, 1): (3, 9), (7, 2): (1, 9)}, None),
        ({}, None),
    ],
)
def test_a_site_crosses_the_limit_between_two_screenings_of_one_question(seen, said):
    found = watching.crossed([site()], seen, [run(1), run(2), run(3, "other")])
    assert [said in str(one.why) for one in found] == ([True] if said else [])


def test_a_site_that_was_not_in_the_register_then_crossed_nothing():
    late = site(at=NOW + timedelta(days=1, hours=1))
    assert watching.crossed([late], {(7, 2): (1, 9)}, [run(1), run(2)]) == []
    assert watching.crossed([site(status="closed")], {(7, 2): (1, 9)}, [run(1), run(2)]) == []


def test_works_that_are_over_want_a_status():
    works = SiteEvent(1, "works", date(2024, 1, 1), date(2024, 2, 1), "", NOW, "")
    today = date(2024, 3, 1)
    assert "2024-02-01" in str(watching.overdue([site(events=(works,))], today)[0].why)
    assert watching.overdue([site(events=(works,), status="treated")], today) == []
    assert watching.overdue([site(events=(works,))], date(2024, 1, 15)) == []
