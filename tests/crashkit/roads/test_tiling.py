"""Lines as vector tiles: nothing is lost at a seam, and a road of short lines stays whole."""

import mapbox_vector_tile
import numpy as np
import pytest

from crashkit.roads import tiling
from crashkit.roads.network import Lines

STREET = [
    [(74.0 + n / 2000, 42.0 + n / 7000), (74.0 + (n + 1) / 2000, 42.0 + (n + 1) / 7000)]
    for n in range(400)
]


def made(lines=STREET):
    lines = Lines.of(lines)
    words = {
        "shade": ["few" if n % 2 else "many" for n in range(len(lines))],
        "n": range(len(lines)),
    }
    return tiling.line_tiles(lines, np.arange(len(lines)) + 1, words)


def features(content):
    found = mapbox_vector_tile.decode(content, default_options={"y_coord_down": True})
    return found["lines"]["features"]


def tile_of(lon, lat, zoom):
    side = 2**zoom
    north = (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2
    return int((lon + 180) / 360 * side), int(north * side)


def test_each_line_has_its_number_and_its_words():
    found = features(made().tile(14, *tile_of(74.0001, 42.0, 14)))
    assert found[0]["id"] == 1
    assert found[0]["properties"] == {"shade": "many", "n": 0}
    assert found[1]["properties"] == {"shade": "few", "n": 1}


def test_a_tile_is_drawn_a_little_beyond_its_edge():
    zoom = 14
    x, y = tile_of(74.01, 42.002, zoom)
    drawn = [features(made().tile(zoom, at, y)) for at in (x, x + 1)]
    east = [[at[0] for one in part for at in one["geometry"]["coordinates"]] for part in drawn]
    assert max(east[0]) == tiling.EXTENT + tiling.MARGIN
    assert min(east[1]) == -tiling.MARGIN


def test_from_afar_a_road_of_short_lines_is_whole_and_light():
    found = features(made().tile(6, *tile_of(74.0, 42.0, 6)))
    assert len(found) < 40
    parts = [one["geometry"]["coordinates"] for one in found]
    assert all(one[-1] == other[0] for one, other in zip(parts, parts[1:], strict=False))


@pytest.mark.parametrize("place", [(-1, 0, 0), (0, 1, 0), (30, 0, 0), (5, -1, 3), (9, 3, 3)])
def test_there_is_no_tile_outside_of_the_world_and_none_without_lines(place):
    assert made().tile(*place) == b""


def test_what_is_no_line_is_not_drawn():
    assert made([None, [(74.0, 42.0)]]).tile(0, 0, 0) == b""
    assert made([]).tile(0, 0, 0) == b""
