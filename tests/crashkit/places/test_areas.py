"""Areas: every surface of the layer, those without crashes too, no crash in two."""

from made_roads import at, crashes

from crashkit.places.areas import Params, cut


def square(name, west, east):
    ring = [[west, 41.9], [east, 41.9], [east, 42.1], [west, 42.1], [west, 41.9]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"name": name}, "geometry": geometry}


def with_areas(*features, rows):
    layer = {"type": "FeatureCollection", "features": list(features)}
    return crashes(*rows).replace(layers=lambda: {"areas": layer})


def told(sites):
    return [(site.id, len(site.crash_ids)) for site in sites]


def test_each_area_has_its_crashes_and_empty_ones_are_there():
    data = with_areas(
        square("West", 73.9, 74.03),
        square("East", 74.03, 74.2),
        square("Far", 80.0, 81.0),
        rows=[at(east=100), at(east=200), at(east=9000), at(east=90000)],
    )
    assert told(cut(data, Params())) == [("East", 1), ("Far", 0), ("West", 2)]


def test_surfaces_of_one_name_are_one_and_no_crash_is_in_two():
    data = with_areas(
        square("A", 73.9, 74.01),
        square("A", 74.05, 74.1),
        square("B", 74.0, 74.2),
        rows=[at(east=100), at(east=3000), at(east=6000)],
    )
    assert told(cut(data, Params())) == [("A", 2), ("B", 1)]


def test_without_a_layer_there_are_no_areas():
    assert cut(crashes(at()), Params()) == []
