import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from crashkit.extracts import cutting
from crashkit.extracts.cutting import LINE, SURFACE, Layer


def layer(*shapes, kind=LINE, zooms=None, words=None, name="roads"):
    return Layer(
        name,
        kind,
        np.array(shapes, dtype=object),
        np.array(zooms or [0] * len(shapes), dtype=np.int64),
        words or [{"n": i} for i in range(len(shapes))],
    )


def tiles(*layers, deepest=4):
    return {
        (zoom, x, y): mapbox_vector_tile.decode(content, default_options={"y_coord_down": True})
        for zoom, x, y, content in cutting.cut(layers, deepest=deepest)
    }


def on_earth(place, spot):
    zoom, x, y = place
    across = (x + spot[0] / cutting.EXTENT) / 2**zoom
    down = (y + spot[1] / cutting.EXTENT) / 2**zoom
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * down))))
    return across * 360 - 180, lat


def test_a_line_stands_where_it_is_at_every_zoom():
    road = shapely.LineString([(70, 42), (70.2, 42.2)])
    found = tiles(layer(road), deepest=8)
    assert {place[0] for place in found} >= set(range(4, 9))
    for place, content in found.items():
        for feature in content["roads"]["features"]:
            for spot in feature["geometry"]["coordinates"]:
                off = road.distance(shapely.Point(on_earth(place, spot)))
                assert off < 3 * 360 / 2 ** place[0] / cutting.EXTENT


def test_a_line_begins_at_its_own_zoom():
    shapes = [shapely.LineString([(10, 10), (30, 30)])] * 2
    found = tiles(layer(*shapes, zooms=[0, 3], words=[{"class": "a"}, {"class": "b"}]))
    by_zoom = {
        zoom: {
            feature["properties"]["class"]
            for place, content in found.items()
            if place[0] == zoom
            for feature in content["roads"]["features"]
        }
        for zoom in range(5)
    }
    assert by_zoom == {0: {"a"}, 1: {"a"}, 2: {"a"}, 3: {"a", "b"}, 4: {"a", "b"}}


def test_words_numbers_and_layers_are_kept():
    line = shapely.LineString([(1, 1), (20, 20)])
    square = shapely.box(-20, -20, -1, -1)
    words = {"name": "Дорога", "lanes": 4, "width": 3.5, "below": -2}
    found = tiles(layer(line, words=[words]), layer(square, kind=SURFACE, name="water"), deepest=0)[
        0, 0, 0
    ]
    assert found["roads"]["features"][0]["properties"] == words
    assert found["water"]["features"][0]["geometry"]["type"] == "Polygon"


def test_a_surface_keeps_its_hole_and_its_area():
    lake = shapely.Polygon(
        [(0, 0), (40, 0), (40, 40), (0, 40)], [[(10, 10), (20, 10), (20, 20), (10, 20)]]
    )
    (content,) = tiles(layer(lake, kind=SURFACE, name="water"), deepest=0).values()
    drawn = shapely.geometry.shape(content["water"]["features"][0]["geometry"])
    wanted = shapely.transform(lake, lambda xy: cutting._on_the_square(xy) * cutting.EXTENT)
    assert len(drawn.interiors) == 1
    assert drawn.area == pytest.approx(wanted.area, rel=0.02)


def test_water_that_fills_tiles_fills_each_of_them():
    found = tiles(layer(shapely.box(-170, -80, 170, 80), kind=SURFACE, name="water"), deepest=3)
    assert len([place for place in found if place[0] == 3]) == 64


def test_parts_of_one_shape_are_one_feature_of_a_tile():
    parts = shapely.MultiLineString([[(1, 1), (20, 20)], [(-1, -1), (-20, -20)]])
    (content,) = tiles(layer(parts), deepest=0).values()
    (feature,) = content["roads"]["features"]
    assert feature["geometry"]["type"] == "MultiLineString"
    assert len(feature["geometry"]["coordinates"]) == 2


def test_shapes_of_another_kind_and_empty_ones_are_left_out():
    odd = [shapely.Point(1, 1), shapely.LineString(), shapely.box(0, 0, 1, 1)]
    assert tiles(layer(*odd)) == {}
    assert tiles() == {}


def test_the_work_is_told_and_never_runs_backwards():
    told = []
    roads = [shapely.LineString([(x, 1), (x + 3, 5)]) for x in range(-90, 90, 5)]
    list(cutting.cut([layer(*roads)], deepest=6, progress=lambda share, _: told.append(share)))
    assert told == sorted(told)
    assert 0 < told[0] <= told[-1] <= 1


places = st.tuples(st.floats(-179, 179), st.floats(-84, 84))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(places, min_size=2, max_size=6), min_size=1, max_size=6))
def test_any_lines_make_tiles_that_can_be_read(lines):
    found = tiles(layer(*map(shapely.LineString, lines)), deepest=3)
    for content in found.values():
        for feature in content["roads"]["features"]:
            spots = shapely.get_coordinates(shapely.geometry.shape(feature["geometry"]))
            assert (np.abs(spots - cutting.EXTENT / 2) <= cutting.EXTENT * 0.52).all()


@settings(max_examples=60, deadline=None)
@given(st.lists(places, min_size=3, max_size=8, unique=True))
def test_any_surface_makes_tiles_that_can_be_read(ring):
    surface = shapely.make_valid(shapely.Polygon(ring))
    for content in tiles(layer(surface, kind=SURFACE, name="water"), deepest=3).values():
        for feature in content["water"]["features"]:
            assert feature["geometry"]["type"] in ("Polygon", "MultiPolygon")
