"""Strips: every crash of a road in one bar, sites where their posts are, settlements in order."""

import random
from dataclasses import replace
from datetime import date

import made_roads
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented import sample
from made_crashes import made

from crashkit import api, stripcharts
from crashkit.model import Finding, Period, Score, Screening, ScreeningResult, Site
from crashkit.presets import Preset

FATAL, SERIOUS, SLIGHT = (
    stripcharts.SEVERITIES.index(one) for one in ("fatal", "serious", "slight")
)


def at(*posts, road="M41", severity="slight", **fields):
    return [{"road_key": road, "chainage_km": km, "severity": severity, **fields} for km in posts]


def listing(*sites, filter=None):
    """Make a list of sites, each told as road, first and last metre."""
    found = [
        Finding(
            Site(f"{road}:{low}-{high}", "", np.nan, np.nan, (1,), road, low, high),
            Score(1.0, True),
            rank,
            {},
        )
        for rank, (road, low, high) in enumerate(sites, 1)
    ]
    asked = Screening("count_1km", "anchored", "count", {}, {}, filter or {})
    return ScreeningResult(asked, tuple(found), 1, 1, 1, made(at(0)).period, "mine v1")


def test_crashes_stand_in_the_kilometre_of_their_post_by_severity():
    data = made([*at(10.2, 10.9, 31.0), *at(10.5, severity="fatal")])
    (strip,) = stripcharts.strips(data, listing(("M41", 10000, 11000)))
    assert (strip.from_km, strip.to_km, strip.step_km) == (10.0, 32.0, 1.0)
    counts = strip.bars[0].counts
    assert (counts[FATAL], counts[SERIOUS], counts[SLIGHT]) == (1, 0, 2)
    assert strip.bars[0].per_km == 3.0
    assert [bar.crashes for bar in strip.bars[1:]] == [0] * 20 + [1]


def test_a_short_road_has_bars_of_half_a_kilometre():
    (strip,) = stripcharts.strips(made(at(1.1, 1.4, 1.6)), listing(("M41", 1000, 2000)))
    assert [bar.crashes for bar in strip.bars] == [2, 1, 0]
    assert strip.bars[0].per_km == 4.0


def test_sites_are_bands_between_their_posts_and_the_road_of_the_worst_comes_first():
    data = made([*at(1, 2, 3), *at(5, 6, road="A2")])
    found = stripcharts.strips(
        data, listing(("A2", 5000, 6000), ("M41", 1000, 2000), ("A2", 5500, 6000))
    )
    assert [strip.road for strip in found] == ["A2", "M41"]
    assert [(band.position, band.from_km, band.to_km) for band in found[0].bands] == [
        (1, 5.0, 6.0),
        (3, 5.5, 6.0),
    ]


def test_the_filter_of_the_list_holds_for_the_bars():
    data = made([*at(1.2), *at(1.4, severity="fatal")])
    (strip,) = stripcharts.strips(data, listing(("M41", 1000, 2000), filter={"severity": "fatal"}))
    assert strip.crashes == 1


def test_the_bars_have_the_years_that_the_rule_looks_at():
    rule = Preset(
        **{"id": "mine", "title": "Mine", "source": "a test", "verified": False},
        **{"place": "anchored", "measure": "rule", "place_params": {"length_m": 1000}},
        measure_params={"combine": "any", "period_years": 1, "rules": [{"min_crashes": 2}]},
    )
    old, new = at(1.1, 1.2, 1.3, crash_date="2021-05-01"), at(1.4, 1.6, crash_date="2023-05-01")
    data = made([*old, *new], period=Period(date(2021, 1, 1), date(2023, 12, 31)))
    result = api.screen(data, api.ask(rule), repeat=False)
    (strip,) = stripcharts.strips(data, result)
    assert (strip.crashes, result.crashes) == (2, 2)


def test_the_bars_have_the_crashes_of_all_parts_each_where_it_holds():
    rural = preset("country", "country", {"severity": "fatal"}, min_crashes=1)
    urban = preset("town", "town", {"severity": "slight"}, min_crashes=2)
    rule = replace(rural, id="both", parts=("country", "town"), inside=(rural, urban), filter={})
    data = made(
        [
            *at(1.1, severity="fatal", area_type="rural"),
            *at(1.2, severity="slight", area_type="rural"),
            *at(2.1, 2.2, severity="slight", area_type="urban"),
            *at(2.3, severity="fatal", area_type="urban"),
        ]
    )
    result = api.screen(data, api.ask(rule), repeat=False)
    (strip,) = stripcharts.strips(data, result)
    assert (strip.crashes, result.crashes) == (3, 3)


def preset(id, setting, filter, **params):
    return Preset(
        **{"id": id, "title": id, "source": "a test", "verified": False, "setting": setting},
        **{"place": "anchored", "measure": "count", "place_params": {"length_m": 1000}},
        **{"measure_params": params, "filter": filter},
    )


def test_settlements_stand_at_the_middle_of_the_crashes_that_name_them():
    data = made([*at(30, 31, 35, place="Nurkent"), *at(5, 6, 7, place="Kensay"), *at(9, place="X")])
    (strip,) = stripcharts.strips(data, listing(("M41", 5000, 6000)))
    assert [(mark.name, mark.at_km) for mark in strip.marks] == [("Kensay", 6.0), ("Nurkent", 31.0)]


def test_a_list_without_posts_has_no_strip():
    result = api.screen(sample(), api.ask("count_circles"), repeat=False)
    assert stripcharts.strips(sample(), result) == ()


def test_a_road_whose_posts_start_anew_has_a_strip_for_each_province():
    posts = [i / 2 for i in range(40)]
    data = made([*at(*posts, admin1="North"), *at(*posts, admin1="South")])
    result = api.screen(data, api.ask("count_1km", {"min_crashes": "2"}), repeat=False)
    found = stripcharts.strips(data, result)
    assert sorted(strip.label for strip in found) == ["M41 (North)", "M41 (South)"]
    assert [strip.crashes for strip in found] == [40, 40]


def test_a_list_along_a_network_is_drawn_by_its_posts():
    rows = [made_roads.at(east=4000 + 20 * i, road_key="M-1", severity="slight") for i in range(8)]
    data = made_roads.crashes(*rows)
    placed = made_roads.placed(made_roads.TWO, data)
    result = api.screen(data, api.ask("eb_excess_windows"), roads=placed, repeat=False)
    (strip,) = stripcharts.strips(data, result, placed)
    assert (strip.road, strip.crashes) == ("M-1", 8)
    band = strip.bands[0]
    inside = [bar for bar in strip.bars if bar.crashes]
    assert band.from_km <= inside[0].to_km and inside[-1].from_km <= band.to_km


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(0, 3000).map(lambda km: round(km, 3)), min_size=1, max_size=60),
    st.integers(0, 3_000_000),
)
def test_every_crash_of_a_road_is_in_one_bar(posts, low):
    (strip,) = stripcharts.strips(made(at(*posts)), listing(("M41", low, low + 1000)))
    assert strip.crashes == len(posts)
    assert len(strip.bars) <= stripcharts.MOST_BARS + 2
    assert strip.from_km <= low / 1000 and low / 1000 + 1 <= strip.to_km + 1e-9


def test_the_order_of_crashes_changes_no_strip():
    rows = at(*[i * 0.7 for i in range(60)], place="Kensay")
    mixed = random.Random(3).sample(rows, len(rows))
    result = listing(("M41", 1000, 2000))
    assert stripcharts.strips(made(rows), result) == stripcharts.strips(made(mixed), result)


def test_all_sites_with_posts_of_the_sample_are_on_strips():
    result = api.screen(sample(), api.ask("eb_excess_1km"), repeat=False)
    found = stripcharts.strips(sample(), result)
    told = sorted(band.position for strip in found for band in strip.bands)
    assert told == list(range(1, len(result.findings) + 1))


def test_a_document_tells_bars_sites_and_settlements():
    data = made(at(10.2, 10.9, 31.0, place="Kensay"))
    document = stripcharts.as_document(stripcharts.strips(data, listing(("M41", 10000, 11000))))
    (road,) = document["roads"]
    assert document["severities"][-1] == "unknown"
    assert road["bars"][0] == {"from_km": 10.0, "to_km": 11.0, "counts": [0, 0, 2, 0, 0, 0]}
    assert road["sites"] == [
        {"position": 1, "rank": 1, "from_km": 10.0, "to_km": 11.0, "crashes": 1}
    ]
    assert road["settlements"] == [{"name": "Kensay", "km": pytest.approx(10.9)}]


def test_a_site_on_a_road_without_a_line_lies_where_its_crashes_lie():
    rows = [
        {"road_key": "M-1", "chainage_km": 4 + i / 100, "lon": 70 + i / 1000, "lat": 42.0}
        for i in range(9)
    ]
    table = made_roads.roads([None], road_key=["M-1"], from_m=[0], to_m=[10000])
    data = made(rows)
    placed = made_roads.placed(table, data)
    result = api.screen(data, api.ask("count_windows"), roads=placed, repeat=False)
    site = result.findings[0].site
    assert site.from_m is not None
    assert (site.lon, site.lat) == (pytest.approx(70.004), 42.0)
