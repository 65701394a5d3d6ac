"""Crashes with a low sun, against the same hours of other seasons and the other direction."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from made_crashes import made
from statsmodels.stats.contingency_tables import StratifiedTable

from crashkit import daylight, glare, sun
from crashkit.model import Period
from crashkit.roads import junctions, placing, snapping, topology
from crashkit.roads.network import Lines, network
from crashkit.trends import strata

YEAR = Period(date(2023, 1, 1), date(2023, 12, 31))
AT = (42.0, 75.0)
CLOCK = "utc5"


def crash(day, hour, **told):
    return {"crash_date": day.isoformat(), "hour": hour, "lat": AT[0], "lon": AT[1], **told}


def heights():
    days = np.array([(date(2023, 1, 1) - daylight.EPOCH).days + i for i in range(365)])
    found, _ = sun.stands(days[:, None] + (np.arange(24) + 0.5 - 5)[None, :] / 24, *AT)
    return found


def every_day(low_each, high_each):
    """Make so many crashes each day at 8 h, by how high the sun stands then."""
    first, last = glare.low_sun()
    rows = []
    for i, height in enumerate(heights()[:, 8]):
        day = date(2023, 1, 1) + timedelta(days=i)
        rows += [crash(day, 8)] * (low_each if first < height < last else high_each)
    return made(rows, period=YEAR)


def test_an_hour_with_a_low_sun_is_compared_with_the_same_hour_with_a_high_one():
    first, last = glare.low_sun()
    at_8 = heights()[:, 8]
    low, high = int(((at_8 > first) & (at_8 < last)).sum()), int((at_8 >= last).sum())
    assert min(low, high) > 30
    found = glare.by_season(every_day(2, 1), CLOCK)
    (eight,) = [one for one in found.hours if one.hour == 8]
    # A day at the edge may fall to the other side: the sun is that of the day in any year.
    assert (eight.low_days, eight.high_days) == (
        pytest.approx(low, abs=1),
        pytest.approx(high, abs=1),
    )
    assert eight.low + eight.high == 2 * low + high
    assert found.found.ratio == pytest.approx(2.0, rel=0.02)
    assert (found.found.events_with, found.found.events_without) == (eight.low, eight.high)
    assert found.found.lower < 2 < found.found.upper
    assert glare.by_season(every_day(1, 1), CLOCK).found.ratio == pytest.approx(1.0)


def test_crashes_of_no_known_place_hour_or_day_are_in_no_comparison():
    day = date(2023, 11, 1)
    rows = [crash(day, 8), crash(day, None), crash(date(2020, 1, 1), 8), crash(day, 8, lat=None)]
    found = glare.by_season(made(rows, period=YEAR), CLOCK)
    assert sum(one.low + one.high for one in found.hours) == 1


def test_who_drives_towards_the_sun_is_compared_with_who_drives_away():
    # On 21 March the sun rises in the east and stands in the south at noon.
    low, high = (6, 12)
    rows = [crash(date(2023, 3, 21), hour) for hour in (low, high) for _ in range(4)]
    data = made(rows, period=YEAR)
    seen = daylight.seen(data, CLOCK)
    first, last = glare.low_sun()
    assert first < seen.height[0] < last <= seen.height[4]
    bearing = seen.bearing.astype(float)
    turn = np.array([0, 30, 180, np.nan, 0, 180, 180, 90])
    found = glare.by_direction(data, (bearing + turn) % 360, CLOCK)
    assert (found.ahead, found.behind, found.unknown) == (2, 1, 1)
    # No hour has both a low and a high sun here.
    assert np.isnan(found.odds.ratio)


def test_the_ratio_of_odds_is_that_of_statsmodels():
    tables = np.random.default_rng(3).integers(1, 30, (6, 2, 2)).astype(float)
    known = StratifiedTable(list(tables))
    found = strata.odds(np.concatenate([tables, np.zeros((1, 2, 2))]))
    assert found.ratio == pytest.approx(known.oddsratio_pooled)
    assert (found.lower, found.upper) == pytest.approx(known.oddsratio_pooled_confint())
    assert np.isnan(strata.odds(np.zeros((2, 2, 2))).ratio)


def test_a_vehicle_goes_where_its_road_leads_with_or_against_the_chainage():
    # M1 leads east with rising posts; M2 is drawn to the north, but its posts fall that way.
    frame = pd.DataFrame(
        {"road_key": ["M1", "M2", "M3"], "from_m": [0, 9000, np.nan], "to_m": [9000, 0, np.nan]}
    )
    lines = [[(75.0, 42.0), (75.1, 42.0)], [(76.0, 42.0), (76.0, 42.1)], [(77, 42), (77.1, 42)]]
    places = {"M1": (75.05, 42.0), "M2": (76.0, 42.05), "M3": (77.05, 42.0)}
    told = [
        ("M1", "inc"),
        ("M1", "dec"),
        ("M2", "inc"),
        ("M2", "dec"),
        ("M1", "both"),
        ("M3", "inc"),
    ]
    data = made(
        [
            {"road_key": road, "direction": way, "lon": places[road][0], "lat": places[road][1]}
            for road, way in told
        ]
    )
    snapped = snapping.snap(network(frame, Lines.of(lines)), data)
    built = topology.build(snapped.network)
    placed = placing.place(data, junctions.derived(built), topology=built, snapped=snapped)
    found = glare.headings(data, placed)
    assert found[:4] == pytest.approx([90, 270, 180, 0], abs=0.1)
    assert np.isnan(found[4:]).all()
    part = data.keep(np.array([False, True] * 3))
    assert glare.headings(part, placed)[:2] == pytest.approx([270, 0], abs=0.1)
    assert np.isnan(glare.headings(data, None)).all()
