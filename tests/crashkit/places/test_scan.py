import numpy as np
import pytest
from made_crashes import made

from crashkit import presets, screening
from crashkit.places import scan

CHANCE = np.random.default_rng(8)


def on_road(at_km, road="M39"):
    return [{"road_key": road, "chainage_km": round(float(km), 3)} for km in at_km]


EVEN = on_road(CHANCE.uniform(0, 60, 120)) + on_road(CHANCE.uniform(0, 30, 40), "A2")


def test_a_crowd_is_found_where_it_is_and_nothing_else():
    crowd = on_road(CHANCE.uniform(20.21, 20.69, 15))
    sites = scan.cut(made(EVEN + crowd), scan.Params())
    assert len(sites) == 1
    (site,) = sites
    assert site.road == "M39" and 20_100 <= site.from_m <= 20_300 and 20_600 <= site.to_m <= 20_800
    assert set(range(161, 176)) <= set(site.crash_ids) and site.strength >= 0.95
    assert site.id == f"M39:{site.from_m}-{site.to_m}"


def test_even_roads_have_no_crowd():
    assert not len(scan.cut(made(EVEN), scan.Params()))
    assert not len(scan.cut(made([{"lon": 69.0, "lat": 41.0}]), scan.Params()))


def test_the_level_holds_for_all_roads_together():
    alarms = 0
    for seed in range(60):
        chance = np.random.default_rng(seed)
        rows = on_road(chance.uniform(0, 40, 80)) + on_road(chance.uniform(0, 40, 20), "A2")
        alarms += len(scan.cut(made(rows), scan.Params(draws=99))) > 0
    assert alarms <= 8


def test_a_site_has_the_middle_of_its_crashes_and_peers():
    crowd = [{**row, "lon": 69.5, "lat": 41.25} for row in on_road(np.linspace(20.2, 20.6, 15))]
    result = screening.run(screening.ask(presets.get("scan_1km")), made(EVEN + crowd))
    (one,) = result.findings
    assert (one.site.lon, one.site.lat) == (pytest.approx(69.5), pytest.approx(41.25))
    assert one.evidence.expected < 5 < one.evidence.estimate
    assert result.target == "density"
