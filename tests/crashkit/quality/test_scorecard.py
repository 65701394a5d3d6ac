"""The scorecard against tables drawn by hand: values, limits, the blocking rule, what is not there.

Each table has the fields a check is about, and no more.
"""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from invented import sample
from made_crashes import made, table

from crashkit import filters, profiles, quality
from crashkit.model import EARLIER, Duplicate, Issue, Ledger, Message, Period

MONTHS = Period(date(2021, 1, 1), date(2021, 12, 31))


def judged(data, **known):
    return {one.check.id: one for one in quality.judge(data, **known).judged}


def many(n=40, **fields):
    """Make n crashes, spread over the months of a year, all with these fields."""
    return made(
        [{"crash_date": f"2021-{1 + i % 12:02d}-10", **fields} for i in range(n)], period=MONTHS
    )


def ledger(total=100, issues=(), warnings=(), duplicates=()):
    rejected = len({(one.file, one.row) for one in issues})
    return Ledger(
        files=(),
        total=total,
        accepted=total - rejected - len(duplicates),
        rejected=rejected,
        duplicates=tuple(duplicates),
        issues=tuple(issues),
        warnings=tuple(warnings),
    )


def issue(row, code, field="n_killed"):
    return Issue("a.csv", row, field, "x", code, Message("wrong"))


def test_located_is_by_point_or_by_road_and_post():
    data = made(
        table("""
        | lon  | lat  | road_key | chainage_km | severity |
        | 69.1 | 41.2 |          |             | slight   |
        |      |      | M39      | 12.3        | slight   |
        |      |      | M39      |             | slight   |
        |      |      |          |             | slight   |
        """)
        * 10
    )
    found = judged(data)["located"]
    assert (found.numerator, found.denominator, found.value, found.grade) == (20, 40, 0.5, "D")
    assert found.low < 0.5 < found.high
    assert [str(one) for one in found.details] == [
        "10 crashes have coordinates.",
        "10 crashes have road and km post.",
    ]


def test_nothing_is_graded_below_thirty_rows():
    found = judged(many(29, severity="fatal"))["severity"]
    assert (found.value, found.grade) == (1, "")
    assert "29 rows" in str(found.details[0])
    assert judged(many(30, severity="fatal"))["severity"].grade == "A"


def test_a_month_without_a_crash_is_counted_and_named():
    rows = [{"crash_date": f"2021-{1 + i % 12:02d}-10"} for i in range(120) if i % 12 != 4]
    found = judged(made(rows, period=MONTHS))["period"]
    assert (found.numerator, found.denominator, found.grade) == (1, 12, "C")
    assert "2021-05" in str(found.details[0])


def test_months_that_a_filter_leaves_out_are_not_without_crashes():
    rows = [{"crash_date": f"{2021 + i % 3}-{1 + i % 12:02d}-10"} for i in range(180)]
    data = made(rows, period=Period(date(2021, 1, 1), date(2023, 12, 31)))
    found = judged(filters.apply(filters.parse("year=2021,2023"), data))["period"]
    assert (found.numerator, found.denominator) == (16, 24)
    assert "2022" not in str(found.details[0])


def test_an_unfinished_last_month_earns_no_a():
    short = Period(date(2021, 1, 1), date(2021, 12, 15))
    found = judged(many(120).replace(period=short))["period"]
    assert (found.value, found.grade) == (0, "B")
    few = made(
        [{"crash_date": f"2021-{1 + i % 11:02d}-10"} for i in range(330)]
        + [{"crash_date": "2021-12-01"}] * 3,
        period=MONTHS,
    )
    assert "2021-12" in str(judged(few)["period"].details[0])


def test_unknown_is_not_known():
    rows = [{"severity": code} for code in ("fatal", "unknown", "", "slight")] * 10
    found = judged(made(rows))["severity"]
    assert (found.numerator, found.denominator) == (20, 40)


def test_points_that_crashes_share_are_stacked():
    rows = [{"lon": 69 + i / 100, "lat": 41.123456} for i in range(30)]
    rows += [{"lon": 70.1, "lat": 41.5}, {"lon": 70.100001, "lat": 41.5}] * 5
    found = judged(made(rows))["stacking"]
    assert (found.numerator, found.denominator, found.grade) == (10, 40, "B")


def test_a_grid_is_no_landmark():
    seconds = made([{"lon": 69 + 7 / 3600, "lat": 41 + i % 3 / 3600} for i in range(40)])
    assert "seconds" in str(judged(seconds)["stacking"].details[0])
    rough = many(40, lon=69.12, lat=41.12, coord_accuracy_m=550)
    assert not judged(rough)["stacking"].is_judged


def test_few_decimals_are_not_exact_but_zeros_by_chance_are_forgiven():
    rough = judged(many(40, lon=69.12, lat=41.5))["precision"]
    assert (rough.value, rough.grade) == (0, "D")
    rng = np.random.default_rng(4)
    points = rng.uniform(40, 42, (20_000, 2)).round(4)
    found = judged(made([{"lon": x, "lat": y} for x, y in points]))["precision"]
    # One number in ten ends in 0, so one point in a hundred shows three decimals: all are exact.
    assert found.numerator / found.denominator == pytest.approx(0.99, abs=0.004)
    assert found.value == pytest.approx(1.0, abs=0.004)


def test_a_post_with_metres_is_exact_and_one_without_is_not():
    fields = {"road_key": "M39", "chainage_km": 12.5}
    assert judged(many(40, chainage_accuracy_m=5, **fields))["precision"].value == 1
    assert judged(many(40, chainage_accuracy_m=500, **fields))["precision"].value == 0


def test_the_same_day_time_type_and_place_twice_is_likely_one_crash():
    drawn = table("""
        | crash_date | crash_time | crash_type | lon     | lat |
        | 2021-01-01 | 08:17      | pedestrian | 69.0    | 41  |
        | 2021-01-01 | 08:17      | pedestrian | 69.0005 | 41  |
        | 2021-01-01 | 08:17      | pedestrian | 69.0007 | 41  |
        | 2021-01-01 | 08:17      | overturn   | 69.0    | 41  |
        | 2021-01-01 | 08:18      | pedestrian | 69.0    | 41  |
        """)
    found = judged(made([*drawn, *({**drawn[3], "lat": 42 + i} for i in range(30))]))
    # 0.0005 degrees are 42 m here: the second is a twin of the first, the third of the second.
    assert found["likely_duplicates"].numerator == 2


def test_heaping_is_nought_by_chance_and_one_for_every_time():
    rows = [{"crash_time": f"08:{minute:02d}"} for minute in range(60)]
    assert judged(made(rows))["heaping"].value == 0
    assert judged(many(40, crash_time="08:30"))["heaping"].value == 1
    assert not judged(many(40, crash_time="08:30", time_precision="hour"))["heaping"].is_judged


def test_fields_that_contradict_each_other_are_found():
    drawn = table("""
        | severity | n_killed | n_serious | n_injured | n_persons | n_vehicles | crash_type      |
        | fatal    | 1        | 0         | 0         | 1         | 1          | run_off         |
        | fatal    | 0        | 0         | 0         | 1         | 1          | run_off         |
        | slight   | 0        | 1         | 1         | 2         | 1          | run_off         |
        | pdo      | 0        | 0         | 1         | 2         | 1          | run_off         |
        | slight   | 0        | 0         | 3         | 2         | 1          | run_off         |
        | slight   | 0        | 0         | 1         | 2         | 1          | vehicle_vehicle |
        | slight   | 0        | 0         | 1         | 2         | 2          | vehicle_vehicle |
        """)
    found = judged(made([*drawn, *([drawn[0]] * 30)]))["consistency"]
    assert (found.denominator - found.numerator, len(found.details)) == (5, 5)


@pytest.mark.parametrize(
    ("when", "light", "wrong"),
    [
        ("2021-06-21 12:00", "day", False),
        ("2021-06-21 12:00", "dark", True),
        ("2021-12-21 00:00", "day", True),
        ("2021-12-21 00:00", "dark_none", False),
        # Clocks may run three hours from the sun: the evening proves nothing.
        ("2021-06-21 21:00", "day", False),
        ("2021-06-21 21:00", "dark", False),
    ],
)
def test_the_sun_arbitrates_the_light(when, light, wrong):
    day, time = when.split()
    data = many(40, lon=69.2, lat=41.3, light=light)
    data = data.replace(
        crashes=data.crashes.assign(
            crash_date=pd.Timestamp(day).as_unit("s"),
            crash_time=pd.Series([time] * 40, dtype=object),
        ),
    )
    assert (judged(data)["consistency"].value == 0) is wrong


def test_the_files_are_judged_by_the_accounts_of_their_imports():
    data = many(40, light="day")
    bad = [issue(row, "not_a_number") for row in (5, 5, 6)]
    lost = [issue(7, "orphan"), issue(12, "changed")]
    codes = [issue(row, "unknown_code", "light") for row in (8, 9)]
    again = [Duplicate("a.csv", 10, "a.csv:3"), Duplicate("a.csv", 11, EARLIER)]
    found = judged(data, ledgers=[ledger(102, [*bad, *lost], codes, again)])
    assert (found["valid_values"].numerator, found["valid_values"].denominator) == (98, 100)
    assert (found["duplicates"].numerator, found["duplicates"].denominator) == (2, 102)
    assert (found["uniformity"].numerator, found["uniformity"].denominator) == (38, 40)


def test_points_that_an_import_refused_were_outside_of_the_region():
    data = many(40, lon=-2.2, lat=53.5)
    profile = profiles.get("uk_stats19_manchester")
    refused = [issue(row, "outside_area", "lat") for row in range(10)]
    found = judged(data, ledgers=[ledger(warnings=refused)], profile=profile)["in_region"]
    assert (found.numerator, found.denominator, found.grade) == (40, 50, "D")


def test_late_records_are_measured_by_their_median():
    data = many(40)
    late = data.crashes["crash_date"] + pd.to_timedelta([10] * 21 + [200] * 19, unit="D")
    dated = data.replace(crashes=data.crashes.assign(entry_date=late))
    found = judged(dated)["timeliness"]
    assert (found.value, found.grade) == (10, "A")


def test_what_cannot_be_computed_is_not_judged_and_says_why():
    found = judged(many(40))
    unjudged = {id_: str(one.details[0]) for id_, one in found.items() if not one.is_judged}
    assert set(unjudged) == {
        *("in_region", "stacking", "precision", "road_distance", "valid_values", "consistency"),
        *("duplicates", "likely_duplicates", "heaping", "comparability", "injury_ratios"),
        *("ascertainment", "who_deaths", "timeliness", "uniformity", "integration"),
        "documentation",
    }
    assert all(reason.endswith(".") for reason in unjudged.values())


def test_no_crash_at_all_is_no_grade():
    card = quality.judge(many(40).keep(np.zeros(40, dtype=bool)))
    assert (card.grade, card.units, card.rung.id) == ("", (), "L0")
    assert "Not enough" in str(card.verdict)


def test_the_grade_is_the_worst_of_the_blocking_checks():
    card = quality.judge(many(40, severity="slight", lon=69.1234, lat=41.5678))
    # Everything lies on one point, which is a blocking D; empty core fields do not block.
    assert card.grade == "D"
    assert [one.check.id for one in card.deciding] == ["stacking"]
    assert {one.check.id for one in card.open} == {
        *("in_region", "valid_values", "duplicates", "comparability")
    }


def test_deaths_are_estimated_within_thirty_days_beside_the_raw_count():
    raw = quality.judge(many(40, n_killed=2, killed_definition="7d")).deaths
    assert (raw.killed, raw.killed_30d_est) == (80, pytest.approx(86.4))
    assert raw.factor.verified is False
    thirty = quality.deaths(many(40, n_killed=2, killed_definition="30d"))
    assert (thirty.killed_30d_est, thirty.factor.verified) == (80, True)


def test_an_unknown_definition_has_no_estimate():
    assert quality.deaths(many(40, n_killed=2)).killed_30d_est is None
    mixed = many(40, n_killed=1)
    mixed = mixed.replace(crashes=mixed.crashes.assign(killed_definition=["7d", "30d"] * 20))
    assert quality.deaths(mixed).killed_30d_est is None
    assert quality.deaths(many(40, severity="slight")).killed is None


def test_deaths_are_compared_with_the_estimate_of_the_world_health_organization():
    data = many(40, n_killed=2, killed_definition="30d")
    assert judged(data, who_deaths=100)["who_deaths"].grade == "B"


def test_injured_for_each_death_are_flagged_by_the_band_of_the_user():
    data = many(40, n_killed=1, n_injured=3)
    found = judged(data, bands={"injured_per_death": (10, 40)})["injury_ratios"]
    assert (found.value, found.grade) == (3, "")
    assert "outside" in str(found.details[0])


RUNGS = [
    ({"severity": "slight"}, "L0"),
    ({"lon": 69.1, "lat": 41.2}, "L1"),
    ({"road_key": "M39", "chainage_km": 1, "chainage_accuracy_m": 500}, "L1"),
    ({"road_key": "M39", "chainage_km": 1, "chainage_accuracy_m": 5}, "L2"),
    ({"lon": 69.1234, "lat": 41.2345}, "L2"),
    ({"lon": 69.1234, "lat": 41.2345, "aadt": 12_000}, "L3"),
]


@pytest.mark.parametrize(("fields", "rung"), RUNGS)
def test_the_rung_is_told_by_what_the_crashes_have(fields, rung):
    found = quality.judge(many(40, **fields)).rung
    assert found.id == rung
    assert found.missing


def test_each_unit_is_graded_by_what_can_be_split():
    good = [
        {"admin2": "North", "severity": "slight", "lon": 69 + i / 99, "lat": 41.23456}
        for i in range(40)
    ]
    bad = [{"admin2": "South", "severity": "unknown"}] * 35
    few = [{"admin2": "West", "severity": "slight"}] * 5
    card = quality.judge(made([*good, *bad, *few, {"severity": "slight"}]))
    assert card.unit_field == "admin2"
    assert [(one.name, one.crashes, one.grade) for one in card.units] == [
        ("North", 40, "A"),
        ("South", 35, "D"),
        ("West", 5, ""),
        ("", 1, ""),
    ]
    assert card.units[1].marks["severity"].value == 0


def test_the_order_of_the_rows_changes_nothing():
    data = sample()
    rng = np.random.default_rng(1)
    order = rng.permutation(len(data))
    turned = data.replace(crashes=data.crashes.iloc[order].reset_index(drop=True))
    one, other = (quality.as_document(quality.judge(each), str) for each in (data, turned))
    assert one == other
