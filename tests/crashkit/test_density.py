"""Density along roads and on the plane, beside sums over every crash."""

import io
import math
from dataclasses import replace
from datetime import date

import made_roads
import mapbox_vector_tile
import numpy as np
import pytest
from made_crashes import made
from PIL import Image

from crashkit import density, geo
from crashkit.density import CONTINUOUS, DISCONTINUOUS, PLANAR, Asked
from crashkit.errors import MethodError
from crashkit.model import Period

YEARS = made_roads.PERIOD.years
LON, LAT = made_roads.HERE


def height(way_m, bandwidth_m):
    """The quartic kernel over the line: its area is one crash."""
    u = min(way_m / bandwidth_m, 1)
    return 15 / 16 / bandwidth_m * (1 - u * u) ** 2


def meeting():
    """A road of 600 m to the east, and one that leaves it in its middle to the north."""
    middle = made_roads.off(LON, LAT, east=300)
    lines = [
        [made_roads.off(LON, LAT), middle, made_roads.off(LON, LAT, east=600)],
        [middle, made_roads.off(*middle, north=300)],
    ]
    return made_roads.roads(lines, road_number=["A", "B"], from_m=[0, 0], to_m=[600, 300])


def spread(network, data, **asked):
    asked = Asked(**{"kind": CONTINUOUS, "bandwidth_m": 100, "lixel_m": 10, **asked})
    return density.on_network(made_roads.placed(network, data), data.period, asked)


def at_m(found, road):
    """Return the middles of the lixels of a road, in metres, and their values."""
    low, high = found.posts_m()
    here = found.names() == road
    return (low + high)[here] / 2, found.values[here]


@pytest.mark.parametrize("kind", [CONTINUOUS, DISCONTINUOUS])
def test_a_crash_is_spread_along_its_road_and_shared_at_a_junction(kind):
    data = made_roads.crashes(made_roads.at(east=270.0))
    found = spread(meeting(), data, kind=kind)
    back, beyond = (-1 / 3, 2 / 3) if kind == CONTINUOUS else (0, 1 / 2)
    posts, values = at_m(found, "A")
    for post, value in zip(posts, values, strict=True):
        straight = height(abs(post - 270), 100)
        told = straight + back * height(30 + 300 - post, 100) if post < 300 else beyond * straight
        assert value == pytest.approx(told * 1000 / YEARS, abs=0.02)
    posts, values = at_m(found, "B")
    for post, value in zip(posts, values, strict=True):
        assert value == pytest.approx(beyond * height(30 + post, 100) * 1000 / YEARS, abs=0.02)


@pytest.mark.parametrize("kind", [CONTINUOUS, DISCONTINUOUS])
def test_no_crash_is_lost_or_counted_twice(kind):
    rows = [made_roads.at(east=east) for east in (150.0, 250.0, 255.0, 300.0, 390.0)]
    found = spread(meeting(), made_roads.crashes(*rows), kind=kind)
    length = found.topology.network.stretches["length_m"].to_numpy()[found.stretch]
    sums = found.values * (found.to_share - found.from_share) * length / 1000 * YEARS
    assert sums.sum() == pytest.approx(5, rel=2e-3)
    assert (found.crashes, found.left) == (5, 0)


def test_the_order_of_crashes_changes_nothing():
    rows = [made_roads.at(east=east) for east in (150.0, 250.0, 251.0, 300.0)]
    one, other = (
        spread(meeting(), made_roads.crashes(*part)).values for part in (rows, rows[::-1])
    )
    assert one.tolist() == other.tolist()


def test_crashes_that_lie_on_no_road_or_on_one_of_two_are_told():
    data = made_roads.crashes(made_roads.at(east=5000.0), made_roads.at(east=5000.0, north=900.0))
    found = spread(made_roads.roads([made_roads.line()], road_key=["A"]), data)
    assert (found.crashes, found.left) == (1, 1)
    assert "1 crash is not counted" in " ".join(map(str, found.notes))
    rivals = spread(made_roads.TWO, made_roads.crashes(made_roads.at(north=20.0)))
    assert (rivals.crashes, rivals.left) == (0, 1)
    assert not rivals.values.any()


def test_without_dates_nothing_is_divided_by_years():
    data = made_roads.crashes(made_roads.at(east=270.0))
    undated = data.replace(period=replace(data.period, undated=True))
    found, by_year = (spread(meeting(), one) for one in (undated, data))
    assert found.values == pytest.approx(by_year.values * YEARS)
    assert "without a date" in " ".join(map(str, found.notes))


def test_lixels_of_one_step_are_one_line_of_the_tile():
    data = made_roads.crashes(made_roads.at(east=270.0))
    found = spread(meeting(), data)
    zoom = 14
    x, y = (int(one[0] * 2**zoom) for one in geo.mercator(np.array([LON]), np.array([LAT])))
    drawn = mapbox_vector_tile.decode(density.network_tiles(found).tile(zoom, x, y))
    words = [one["properties"] for one in drawn["lines"]["features"]]
    assert {word["name"] for word in words} == {"A", "B"}
    assert max(word["most"] for word in words) == round(found.values.max() * 1000)
    assert words[0]["shade"].startswith("density-")
    assert len(words) < (found.levels >= 0).sum()


def test_a_crash_at_a_junction_counts_though_two_roads_are_as_near():
    data = made_roads.crashes(made_roads.at(east=300.0))
    found = spread(meeting(), data)
    assert (found.crashes, found.left) == (1, 0)
    placed = made_roads.placed(meeting(), data)
    with pytest.raises(ValueError, match="no roads"):
        density.on_network(replace(placed, topology=None), found.period, found.asked)


def test_the_densest_lixels_come_first():
    data = made_roads.crashes(*[made_roads.at(east=270.0)] * 3, made_roads.at(east=100.0))
    found = spread(meeting(), data)
    first = found.densest(3)
    assert found.values[first].tolist() == sorted(found.values, reverse=True)[:3]
    lon, lat = (one[first[0]] for one in found.middles())
    assert geo.distance_m(lon, lat, *made_roads.off(LON, LAT, east=270)) < 16


def test_peaks_lie_a_bandwidth_apart():
    data = made_roads.crashes(*[made_roads.at(east=east) for east in (100.0, 270.0, 275.0, 550.0)])
    found = spread(meeting(), data)
    rows = found.peaks(3)
    low, high = found.posts_m()
    first, *others = ((low + high) / 2)[rows].tolist()
    assert first == pytest.approx(272.5, abs=10)
    assert sorted(others) == pytest.approx([100, 550], abs=10)
    assert found.peaks(1).tolist() == found.densest(1).tolist()


@pytest.mark.parametrize(
    "words",
    [
        {"bandwidth_m": 49},
        {"bandwidth_m": 2001},
        {"lixel_m": 9},
        {"bandwidth_m": 100, "lixel_m": 101},
    ],
)
def test_lengths_that_make_no_sense_are_refused(words):
    with pytest.raises(MethodError):
        Asked(**{"kind": CONTINUOUS, "bandwidth_m": 200, "lixel_m": 50, **words})


def test_too_many_lixels_are_refused(monkeypatch):
    monkeypatch.setattr(density, "MOST_LIXELS", 10)
    with pytest.raises(MethodError, match="lixels"):
        spread(meeting(), made_roads.crashes(made_roads.at(east=270.0)))


# ------------------------------------------------------------------ on the plane


def tile_at(lon, lat, zoom):
    x, y = geo.mercator(np.array([lon]), np.array([lat]))
    return int(x[0] * 2**zoom), int(y[0] * 2**zoom)


def middles(zoom, x, y, pixels):
    """Return longitude and latitude of the cells of a tile."""
    side = 2**zoom
    east = (x + (np.arange(pixels) + 0.5) / pixels) / side * 360 - 180
    south = (y + (np.arange(pixels) + 0.5) / pixels) / side
    return np.meshgrid(east, np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * south)))))


@pytest.mark.parametrize(("zoom", "pixels"), [(12, 128), (14, 64)])
def test_a_cell_has_the_sum_of_all_crashes_around_it(zoom, pixels):
    chance = np.random.default_rng(3)
    spots = [
        made_roads.at(east=east, north=north) for east, north in chance.uniform(-900, 900, (60, 2))
    ]
    found = density.on_plane(made_roads.crashes(*spots), Asked(PLANAR, 400))
    x, y = tile_at(LON, LAT, zoom)
    lon, lat = middles(zoom, x, y, pixels)
    told = np.zeros(lon.size)
    for spot in spots:
        n = lon.size
        far = geo.distances_m(
            lon.ravel(), lat.ravel(), np.full(n, spot["lon"]), np.full(n, spot["lat"])
        )
        told += 3 / math.pi / 0.4**2 * np.maximum(1 - (far / 400) ** 2, 0) ** 2 / YEARS
    cells = found.cells(zoom, x, y, pixels).ravel()
    assert told.max() > 1
    assert np.abs(cells - told).max() < 0.03 * told.max()


@pytest.mark.parametrize("zoom", [2, 6, 8])
def test_from_afar_a_cell_shows_the_densest_place_in_it(zoom):
    rows = [{"lon": 60.0 + n, "lat": 20.0 + 3 * n} for n in range(12)]
    crowd = [made_roads.at(east=east) for east in (0.0, 40.0, 80.0, 120.0)]
    found = density.on_plane(made_roads.crashes(*rows, *crowd), Asked(PLANAR, 300))
    one = 3 / math.pi / 0.3**2 / YEARS
    for row in rows:
        assert found.cells(zoom, *tile_at(row["lon"], row["lat"], zoom)).max() >= one * 0.999
    # At the middle of the four the density is this; squares are rougher than the place itself.
    middle = sum((1 - (far / 300) ** 2) ** 2 for far in (20, 20, 60, 60))
    densest = found.cells(zoom, *tile_at(LON, LAT, zoom)).max()
    assert densest == pytest.approx(one * middle, rel=0.25)


def test_tiles_are_pictures_without_the_crashes_that_have_no_point():
    data = made_roads.crashes(made_roads.at(east=0.0), {"lon": np.nan, "lat": np.nan})
    found = density.on_plane(data, Asked(PLANAR, 300))
    assert (found.crashes, found.left) == (1, 1)
    zoom = 14
    place = tile_at(LON, LAT, zoom)
    picture = np.array(Image.open(io.BytesIO(found.tile(zoom, *place))).convert("RGBA"))
    assert picture.shape == (256, 256, 4)
    assert set(np.unique(picture[..., 3])) == {0, 255}
    assert found.tile(zoom, place[0] + 9, place[1]) == b""
    assert found.tile(25, 0, 0) == b""
    assert "not a ranking" in " ".join(map(str, found.notes))


def test_no_crash_makes_an_empty_picture():
    found = density.on_plane(
        made_roads.crashes(made_roads.at()).keep(np.zeros(1, bool)), Asked(PLANAR, 300)
    )
    assert found.tile(0, 0, 0) == b""


# ------------------------------------------------------------------------ steps


def test_most_places_are_pale_and_few_dark():
    values = np.concatenate([np.zeros(50), np.arange(1, 101) / 10])
    limits = density.steps(values, 0.05)
    assert limits == (0.05, 4.0, 7.0, 9.0, 9.8)
    assert np.bincount(density.levels(values, limits) + 1).tolist() == [50, 39, 30, 20, 8, 3]
    assert density.steps(np.zeros(3), 0.05) == (0.05,)


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        (["urban"] * 2 + ["rural"], "urban"),
        (["urban", "rural"], ""),
        (["rural"] * 5 + [None], "rural"),
        ([None], ""),
    ],
)
def test_the_setting_is_that_of_two_thirds_of_the_crashes(settings, found):
    period = Period(date(2020, 1, 1), date(2020, 12, 31))
    rows = [{"crash_date": "2020-05-05", "area_type": one} for one in settings]
    assert density.setting(made(rows, period=period)) == found
