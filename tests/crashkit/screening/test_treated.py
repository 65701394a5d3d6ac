from datetime import date, datetime

import pytest
from made_crashes import made

from crashkit import presets, screening
from crashkit.register import SiteEvent, SiteRecord, Spot
from crashkit.screening import Treated, from_register

AT = datetime(2024, 1, 1)


def crashes(at_km, days, road="M39"):
    return [
        {"road_key": road, "chainage_km": km, "crash_date": day, "road_class": "national"}
        for km in at_km
        for day in days
    ]


EVERY_YEAR = ("2021-05-05", "2022-05-05", "2023-05-05")
DATA = made(
    [
        *crashes([10.2, 10.4], EVERY_YEAR * 3),
        *crashes([50.2, 50.4], EVERY_YEAR * 3),
        *crashes([100 + i for i in range(60)], EVERY_YEAR[:1]),
    ]
)
WORKS = Treated(7, Spot(road="M-39", from_m=10_000, to_m=11_000), date(2022, 12, 31))


def found(treated=(), preset="eb_excess_1km", **changes):
    asked = screening.ask(presets.get(preset), changes)
    result = screening.run(asked, DATA, treated=treated, repeat=False)
    return result, {one.site.from_m: one for one in result.findings}


def test_a_treated_site_is_judged_on_the_time_after_its_works():
    _, before = found()
    result, after = found([WORKS])
    assert (before[10_000].counts["crashes"], after[10_000].counts["crashes"]) == (18, 6)
    assert before[50_000].counts == after[50_000].counts
    mine, other = after[10_000].evidence, after[50_000].evidence
    # One year of three is left, and its peers have as much less.
    assert mine.expected == pytest.approx(other.expected / 3, rel=0.01)
    assert (mine.since, other.since) == (date(2022, 12, 31), None)
    assert any("One listed site was treated" in str(note) for note in result.notes)
    said = [str(one) for one in screening.evidence_sentences(after[10_000], result.compared)]
    assert said[0] == "Works ended here on 2022-12-31: only crashes after it are counted."


def test_treated_sites_are_no_peers():
    _, before = found()
    _, after = found([WORKS])
    assert after[50_000].evidence.expected < before[50_000].evidence.expected


def test_works_before_the_period_change_nothing_and_those_after_it_leave_nothing():
    old = Treated(7, WORKS.spot, date(2020, 6, 1))
    assert found([old])[1][10_000].evidence == found()[1][10_000].evidence
    new = Treated(7, WORKS.spot, date(2024, 6, 1))
    assert set(found([new])[1]) == {50_000}


def test_a_window_of_which_a_part_was_treated_is_watched_longer_on_the_rest():
    half = Treated(7, Spot(road="M39", from_m=10_000, to_m=10_300), date(2022, 12, 31))
    _, after = found([half])
    # 9 of the 18 crashes lie at the treated end, 6 of these before the end of the works.
    assert after[10_000].counts["crashes"] == 12
    share = after[10_000].evidence.expected / after[50_000].evidence.expected
    assert share == pytest.approx(0.7 + 0.3 / 3, rel=0.01)


def test_anchored_windows_lose_the_crashes_before_the_works_too():
    _, after = found([WORKS], preset="count_1km")
    assert after[10_200].score.value == 6


def event(kind, until, withdrawn=""):
    return SiteEvent(1, kind, date(2021, 3, 1), until, "", AT, "Aida", withdrawn)


def record(*events):
    return SiteRecord(7, "mine", "found", "", "", WORKS.spot, "treated", "", AT, "Aida", 0, events)


def test_the_register_tells_whose_works_are_done():
    done = event("works", date(2021, 9, 1))
    assert from_register([record(done, event("works", date(2022, 12, 31)))]) == (WORKS,)
    assert from_register([record(event("visit", date(2021, 9, 1)))]) == ()
    assert from_register([record(event("works", None))]) == ()
    assert from_register([record(event("works", date(2021, 9, 1), "typo"))]) == ()
