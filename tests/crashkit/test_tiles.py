from datetime import date

import mapbox_vector_tile
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import tiles
from crashkit.model import SEVERITIES, CrashData, Period


def crashes(lon, lat, severity=None):
    n = len(lon)
    frame = pd.DataFrame(
        {
            "id": np.arange(1, n + 1),
            "lon": np.array(lon, dtype=float),
            "lat": np.array(lat, dtype=float),
            "severity": severity or ["slight"] * n,
            "year": 2020 + np.arange(n) % 3,
        }
    )
    nobody = pd.DataFrame({"crash": np.array([], dtype=int)})
    return CrashData(frame, nobody, nobody, Period(date(2020, 1, 1), date(2022, 12, 31)))


def decoded(content):
    return mapbox_vector_tile.decode(content, default_options={"y_coord_down": True})


def whole_world(index, zoom, mask=None):
    """Decode every tile of a zoom level: the twin of a range query is looking everywhere."""
    found = []
    for x in range(2**zoom):
        for y in range(2**zoom):
            content = index.tile(zoom, x, y, mask)
            if content:
                for layer in decoded(content).values():
                    found += layer["features"]
    return found


def random_data(n=400, seed=1):
    rng = np.random.default_rng(seed)
    severity = [SEVERITIES[i] for i in rng.integers(0, len(SEVERITIES), n)]
    return crashes(rng.uniform(-179, 179, n), rng.uniform(-80, 80, n), severity)


def test_every_crash_stands_in_exactly_one_tile_of_a_zoom_level():
    index = tiles.Index.build(random_data())
    for zoom in (0, 1, 3):
        assert sorted(feature["id"] for feature in whole_world(index, zoom)) == list(range(1, 401))


def test_data_without_coordinates_have_no_tiles():
    data = random_data()
    bare = data.replace(crashes=data.crashes.drop(columns=["lon", "lat"]))
    assert tiles.Index.build(bare).tile(0, 0, 0) == b""


def test_a_point_carries_its_severity_year_and_place():
    index = tiles.Index.build(crashes([74.59], [42.87], ["fatal"]))
    (feature,) = whole_world(index, 2)
    assert feature["id"] == 1
    assert feature["properties"] == {"severity": "fatal", "year": 2020, "month": 0}
    # Tile 2/2/1 runs from 0 to 90 degrees east, from 66.51 degrees north to the equator.
    x, y = feature["geometry"]["coordinates"]
    assert x == int((74.59 / 90) * 4096)
    assert y == pytest.approx(
        (1 - np.arcsinh(np.tan(np.radians(42.87))) / np.pi) / 2 * 4 * 4096 % 4096, abs=1
    )


def test_a_mask_keeps_only_its_crashes():
    data = random_data()
    index = tiles.Index.build(data)
    mask = index.mask(np.array([4, 6, 398]))
    assert sorted(feature["id"] for feature in whole_world(index, 2, mask)) == [5, 7, 399]


def test_unlocated_crashes_are_off_the_map():
    index = tiles.Index.build(crashes([10, np.nan, 20], [50, 50, np.nan]))
    assert [feature["id"] for feature in whole_world(index, 0)] == [1]


def test_cells_sum_up_to_all_crashes_where_points_would_be_too_many():
    rng = np.random.default_rng(3)
    n = 6000
    severity = ["fatal" if i % 10 == 0 else "slight" for i in range(n)]
    data = crashes(74 + rng.normal(0, 0.2, n), 42 + rng.normal(0, 0.2, n), severity)
    index = tiles.Index.build(data)
    assert not index.shows_points(0)
    assert index.shows_points(index.first_point_zoom)
    cells = whole_world(index, 1)
    assert sum(cell["properties"]["count"] for cell in cells) == n
    assert sum(cell["properties"]["fatal"] for cell in cells) == 600


def test_the_first_view_leaves_out_the_farthest():
    around = tiles.bounds(crashes([*np.linspace(74, 75, 999), 0.0], [42.0] * 999 + [89.0]))
    assert around == pytest.approx((74, 42, 75, 42), abs=0.01)
    assert tiles.bounds(crashes([np.nan], [42.0])) is None


def test_months_are_counted_from_the_year_nought():
    data = crashes([74.0, 74.0], [42.0, 42.0])
    frame = data.crashes.assign(crash_date=np.array(["2020-03-05", "NaT"], "datetime64[s]"))
    months = [
        one["properties"]["month"]
        for one in whole_world(tiles.Index.build(data.replace(crashes=frame)), 0)
    ]
    assert sorted(months) == [0, 2020 * 12 + 2]


@given(st.lists(st.integers(0, 2**24 - 1), min_size=1))
def test_a_place_is_read_back_from_its_code(places):
    x = np.array(places)
    codes = tiles._interleave(x, x[::-1].copy())
    assert tiles._together(codes).tolist() == places
    assert tiles._together(codes >> np.uint64(1)).tolist() == places[::-1]


def test_crashes_stacked_on_one_point_are_shown_as_points_when_zoomed_in():
    index = tiles.Index.build(crashes([74.0] * 5000, [42.0] * 5000))
    assert index.first_point_zoom == tiles.DEEPEST_CELLS + 1


@pytest.mark.parametrize("zxy", [(-1, 0, 0), (0, 1, 0), (3, 0, -1), (99, 0, 0), (5, 0, 0)])
def test_a_tile_without_crashes_or_outside_the_world_is_empty(zxy):
    assert tiles.Index.build(crashes([74.0], [42.0])).tile(*zxy) == b""


def test_no_crashes_make_an_empty_index():
    index = tiles.Index.build(crashes([], []))
    assert index.tile(0, 0, 0) == b""


@given(st.lists(st.integers(0, 2**24 - 1), min_size=2, max_size=2))
def test_the_morton_code_interleaves_bit_by_bit(place):
    x, y = place
    slow = sum(((x >> bit & 1) << 2 * bit) | ((y >> bit & 1) << 2 * bit + 1) for bit in range(24))
    assert int(tiles._interleave(np.array([x]), np.array([y]))[0]) == slow


def test_the_order_of_rows_does_not_change_the_map():
    data = random_data()
    shuffled = CrashData(
        data.crashes.sample(frac=1, random_state=2), data.vehicles, data.people, data.period
    )
    one, other = tiles.Index.build(data), tiles.Index.build(shuffled)
    assert sorted(f["id"] for f in whole_world(one, 2)) == sorted(
        f["id"] for f in whole_world(other, 2)
    )


def clustered(n=60_000, seed=3):
    rng = np.random.default_rng(seed)
    return crashes(*rng.normal([[74.6], [42.9]], 0.05, (2, n)))


def twin_limits(counts):
    """Count cell by cell: the round number below each share, higher than the one before."""
    known = sorted(counts)
    found = [1]
    for share in tiles.SHARES:
        wanted = known[int(share * (len(known) - 1))] if known else 0
        higher = [one for one in tiles.ROUND if one > found[-1]]
        found.append(max([one for one in higher if one <= wanted] or higher[:1]))
    return tuple(found[1:])


def test_the_limits_of_cells_follow_the_cells_of_the_tiles_at_each_zoom_level():
    data = clustered()
    index = tiles.Index.build(data)
    mask = index.mask(np.arange(0, 60_000, 3))
    assert index.first_point_zoom > 5
    for part in (None, mask):
        limits = index.cell_limits(part)
        assert len(limits) == index.first_point_zoom
        for zoom in (0, 2, 4):
            cells = whole_world(index, zoom, part)
            assert limits[zoom] == twin_limits([one["properties"]["count"] for one in cells])


def test_limits_rise_where_no_crash_passes_and_where_none_is_drawn_as_a_cell():
    index = tiles.Index.build(clustered())
    nothing = index.cell_limits(np.zeros(60_000, dtype=bool))
    assert set(nothing) == {(2, 5, 10, 20)}
    assert tiles.Index.build(crashes([74.6], [42.9])).cell_limits() == ()
