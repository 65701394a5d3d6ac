"""Places for navigators and map viewers: GPX 1.1 and KML 2.2.

Who drives to the sites takes the list along on a phone or a satellite navigator; these read GPX.
KML also draws the area of a place. Source: Topografix, GPX 1.1 schema (GPX/1/1/gpx.xsd); Open
Geospatial Consortium, 07-147r2, KML 2.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree

GPX = "http://www.topografix.com/GPX/1/1"
KML = "http://www.opengis.net/kml/2.2"
SYMBOL = "Danger Area"
"""The name of the sign in navigators, which know it in English only."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Waypoint:
    """A place: its name, what is said of it, longitude and latitude in degrees, None without.

    `facts` are its values by name; `ring` is the edge of its area, the first point also the last;
    `lines` are its parts of roads.
    """

    name: str
    text: str
    lon: float | None
    lat: float | None
    facts: Mapping[str, str] = field(default_factory=dict)
    ring: Sequence[tuple[float, float]] = ()
    lines: Sequence[Sequence[tuple[float, float]]] = ()


def gpx(title: str, text: str, places: Iterable[Waypoint]) -> bytes:
    """Write places as waypoints. Those without coordinates are left out: GPX has no words for them.

    `text` stands at the head of the file.
    """
    root = ElementTree.Element("gpx", {"xmlns": GPX, "version": "1.1", "creator": "CrashKit"})
    head = ElementTree.SubElement(root, "metadata")
    _say(head, name=title, desc=text)
    for place in places:
        if place.lon is None or place.lat is None:
            continue
        at = {"lat": f"{place.lat:.6f}", "lon": f"{place.lon:.6f}"}
        point = ElementTree.SubElement(root, "wpt", at)
        _say(point, name=place.name, desc=place.text, sym=SYMBOL)
    return _written(root)


def kml(title: str, text: str, places: Iterable[Waypoint]) -> bytes:
    """Write places as placemarks with their values, and their areas and lines where they have some.

    Those without coordinates are there by name, without a geometry.
    """
    root = ElementTree.Element("kml", {"xmlns": KML})
    document = ElementTree.SubElement(root, "Document")
    _say(document, name=title, description=text)
    for place in places:
        mark = ElementTree.SubElement(document, "Placemark")
        _say(mark, name=place.name, description=place.text)
        told = ElementTree.SubElement(mark, "ExtendedData")
        for name, value in place.facts.items():
            _say(ElementTree.SubElement(told, "Data", {"name": _xml(name)}), value=value)
        _draw(mark, place)
    return _written(root)


def _draw(mark: ElementTree.Element, place: Waypoint) -> None:
    if place.lon is None or place.lat is None:
        return
    several = place.ring or place.lines
    both = ElementTree.SubElement(mark, "MultiGeometry") if several else mark
    _say(ElementTree.SubElement(both, "Point"), coordinates=_along([(place.lon, place.lat)]))
    for line in place.lines:
        _say(ElementTree.SubElement(both, "LineString"), coordinates=_along(line))
    if place.ring:
        area = ElementTree.SubElement(both, "Polygon")
        edge = ElementTree.SubElement(ElementTree.SubElement(area, "outerBoundaryIs"), "LinearRing")
        _say(edge, coordinates=_along(place.ring))


def _along(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{lon:.6f},{lat:.6f}" for lon, lat in points)


def _say(parent: ElementTree.Element, **texts: str) -> None:
    for name, text in texts.items():
        ElementTree.SubElement(parent, name).text = _xml(text)


def _xml(text: str) -> str:
    """Return a text in which the signs that XML has no place for are replacement characters."""
    return _NOT_XML.sub("\ufffd", text)


def _written(root: ElementTree.Element) -> bytes:
    content: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content
