"""GPX and KML: the elements of the schemas in their order, hostile text as text, areas closed."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import waypoints
from crashkit.waypoints import GPX, KML, Waypoint

PLACE = Waypoint("1. M39, km 10", "Crashes: 12", 69.25, 41.3, {"Rank": "1"})
NOWHERE = Waypoint("2. M39, km 20", "Crashes: 5", None, None, {"Rank": "2"})
RING = ((69.0, 41.0), (69.1, 41.0), (69.1, 41.1), (69.0, 41.0))

GPX_ORDER = {
    "gpx": ["metadata", "wpt"],
    "metadata": ["name", "desc"],
    "wpt": ["name", "desc", "sym"],
}
KML_ORDER = {
    "kml": ["Document"],
    "Document": ["name", "description", "Placemark"],
    "Placemark": ["name", "description", "ExtendedData", "Point", "MultiGeometry"],
    "ExtendedData": ["Data"],
    "Data": ["value"],
    "MultiGeometry": ["Point", "LineString", "Polygon"],
    "LineString": ["coordinates"],
    "Point": ["coordinates"],
    "Polygon": ["outerBoundaryIs"],
    "outerBoundaryIs": ["LinearRing"],
    "LinearRing": ["coordinates"],
}
"""The children that a schema allows us, in the order in which it wants them."""


def check(element, namespace, order):
    """Hold an element against its schema: names, namespace, order of children."""
    name = element.tag.removeprefix(f"{{{namespace}}}")
    assert element.tag == f"{{{namespace}}}{name}"
    children = [child.tag.removeprefix(f"{{{namespace}}}") for child in element]
    allowed = order.get(name, [])
    assert children == sorted(children, key=allowed.index)
    for child in element:
        check(child, namespace, order)
    return element


def gpx(*places):
    return check(ElementTree.fromstring(waypoints.gpx("Title", "Head", places)), GPX, GPX_ORDER)


def kml(*places):
    return check(ElementTree.fromstring(waypoints.kml("Title", "Head", places)), KML, KML_ORDER)


def texts(root, name):
    return [one.text for one in root.iter() if one.tag.endswith(f"}}{name}")]


def test_a_place_is_a_waypoint_with_version_and_creator():
    root = gpx(PLACE)
    assert (root.get("version"), root.get("creator")) == ("1.1", "CrashKit")
    point = root.find(f"{{{GPX}}}wpt")
    assert (point.get("lat"), point.get("lon")) == ("41.300000", "69.250000")
    assert texts(root, "name") == ["Title", "1. M39, km 10"]


def test_a_place_without_coordinates_is_a_placemark_but_no_waypoint():
    assert texts(gpx(PLACE, NOWHERE), "name") == ["Title", "1. M39, km 10"]
    root = kml(PLACE, NOWHERE)
    assert texts(root, "name") == ["Title", "1. M39, km 10", "2. M39, km 20"]
    assert texts(root, "coordinates") == ["69.250000,41.300000"]


def test_an_area_is_drawn_beside_its_middle():
    root = kml(Waypoint("a", "", 69.05, 41.05, ring=RING))
    middle, edge = texts(root, "coordinates")
    assert middle == "69.050000,41.050000"
    assert edge.split()[0] == edge.split()[-1]


def test_parts_of_roads_are_lines_beside_their_middle():
    root = kml(Waypoint("a", "", 69.05, 41.0, lines=(RING[:2], RING[1:3])))
    assert texts(root, "coordinates")[1:] == [
        "69.000000,41.000000 69.100000,41.000000",
        "69.100000,41.000000 69.100000,41.100000",
    ]


@pytest.mark.parametrize("write", [waypoints.gpx, waypoints.kml])
@pytest.mark.parametrize(
    "text",
    ["</name><script>alert(1)</script>", "]]>", "&amp;", "a\0b", "\ud800", "\uffff", "\x1b["],
)
def test_hostile_text_stays_text(write, text):
    place = Waypoint(text, text, 1.0, 2.0, {text: text})
    root = ElementTree.fromstring(write(text, text, [place]))
    shown = waypoints._xml(text)
    assert shown in texts(root, "name")
    assert not [one for one in root.iter() if one.tag.endswith("script")]


@given(st.text(), st.floats(-180, 180), st.floats(-90, 90))
def test_any_name_and_place_gives_files_that_can_be_read(name, lon, lat):
    place = Waypoint(name, name, lon, lat, {name: name}, RING)
    gpx(place)
    kml(place)
