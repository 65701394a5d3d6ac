"""Shapes of a filter: one spelling each, exact on the ground, well-defined across the date line."""

from __future__ import annotations

import time
from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from crashkit import filters, geo
from crashkit.errors import FilterError
from crashkit.filters import shapes
from crashkit.model import CrashData, Period

SQUARE = "polygon:69,41,70,41,70,42,69,42"


def canonical(words: str) -> str:
    return filters.parse({"within": words}).query["within"]


def one(words: str) -> shapes.Shape:
    [found] = shapes.shapes(canonical(words))
    return found


def polygon(words: str) -> shapes.Polygon:
    found = one(words)
    assert isinstance(found, shapes.Polygon)
    return found


def inside(words: str, points: list[tuple[float, float]]) -> list[bool]:
    lon, lat = (np.array(side, dtype=float) for side in zip(*points, strict=True))
    shape = one(words)
    if isinstance(shape, shapes.Circle):
        return shapes.in_circle(lon, lat, shape).tolist()
    assert isinstance(shape, shapes.Polygon)
    return shapes.in_polygon(lon, lat, shape).tolist()


@pytest.mark.parametrize(
    "words",
    [
        "polygon:70,42,69,42,69,41,70,41",
        "polygon:69,42,70,42,70,41,69,41,69,42",
        " Polygon: 69.0000001, 41.0, 69,41, 70,41,70,42,69,42 ",
    ],
)
def test_one_polygon_has_one_spelling(words: str) -> None:
    assert canonical(words) == SQUARE


def test_shapes_are_sorted_and_each_is_there_once() -> None:
    words = "road:M-39@10.50-12 | circle:69.28,41.31,500.0|road:m-39@10.5-12|circle:69.28,41.31,500"
    assert canonical(words) == "circle:69.28,41.31,500|road:M-39@10.5-12"
    assert filters.parse({"within": ["road:B", "road:A"]}).query == {"within": "road:A|road:B"}


def test_signs_in_the_name_of_a_road_are_escaped() -> None:
    words = "road:A%7CB%40C%2C D@1-2"
    assert canonical(words) == words
    assert one(words) == shapes.Stretch("A|B@C, D", (1.0, 2.0))
    assert filters.parse(f"within={words}").query["within"] == words


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("circle:69,41", "within has the circle “69,41”; write longitude, latitude and a radius"),
        ("circle:69,41,0", "within has the circle “69,41,0”; write longitude"),
        ("circle:69,141,5", "within has the circle “69,141,5”; write longitude"),
        ("circle:69,41,200001", "within has the circle “69,41,200001”; write longitude"),
        ("polygon:69,41,70", "within has the polygon “69,41,70”; write longitude and latitude"),
        ("polygon:69,x,70,1", "within has the polygon “69,x,70,1”; write longitude"),
        ("polygon:nan,1,2,3,4,5", "within has the polygon “nan,1,2,3,4,5”; write longitude"),
        ("polygon:69,41,70,41", "The polygon encloses no ground"),
        ("polygon:69,41,70,42,71,43", "The polygon encloses no ground"),
        ("polygon:69,41,69.000001,41,69,41.000001", "The polygon encloses no ground"),
        (
            "polygon:69,41,70,42,70,41,69,42",
            "The outline of the polygon crosses or touches itself near longitude 69.5, latitude "
            "41.5: draw it so that no side meets another.",
        ),
        ("polygon:0,80,90,80,180,80,-90,80", "The polygon runs around a pole"),
        ("road:@1-2", "within has a road without a number"),
        ("road:M-39@2-1", "within is “2-1”; write two km posts, the smaller first"),
        ("69,41,5", "within is “69,41,5”; write a shape as circle, polygon, road, area"),
        ("|", "within has no value."),
    ],
)
def test_a_wrong_shape_says_what_is_wrong_with_it(words: str, said: str) -> None:
    with pytest.raises(FilterError) as caught:
        filters.parse({"within": words})
    assert str(caught.value).startswith(said)


def test_shapes_that_no_web_address_has_room_for_are_refused() -> None:
    turns = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    numbers = np.column_stack([70 + np.cos(turns), 41 + np.sin(turns)]).ravel()
    with pytest.raises(FilterError, match="has room for 5000: draw fewer shapes, or draw them"):
        filters.parse({"within": "polygon:" + ",".join(f"{number:.5f}" for number in numbers)})


def test_a_point_on_a_side_is_inside() -> None:
    assert inside(SQUARE, [(69, 41), (69.5, 41), (69.5, 41.5), (69.5, 40.999999), (70.1, 41)]) == [
        *(True, True, True),
        *(False, False),
    ]


def test_a_crash_without_a_place_lies_in_no_shape() -> None:
    nowhere = (float("nan"), float("nan"))
    assert inside(SQUARE, [nowhere, (69.5, float("nan"))]) == [False, False]
    assert inside("circle:69,41,200000", [nowhere]) == [False]


@pytest.mark.parametrize(
    "words", ["polygon:179,49,-179,49,-179,51,179,51", "polygon:-179,51,179,51,179,49,-179,49"]
)
def test_a_polygon_across_the_date_line_is_the_small_one(words: str) -> None:
    points = [(179.5, 50), (-179.5, 50), (180, 50), (-180, 50), (0, 50), (178.9, 50), (-178.9, 50)]
    assert inside(words, points) == [True, True, True, True, False, False, False]


LON, LAT = st.floats(-180, 180), st.floats(-85, 85)


@settings(deadline=None)
@given(LON, LAT, st.floats(0.1, 200_000), st.integers(0, 2**32 - 1))
def test_a_circle_keeps_exactly_the_points_so_near(
    lon: float, lat: float, radius_m: float, seed: int
) -> None:
    circle = one(f"circle:{lon!r},{lat!r},{radius_m!r}")
    assert isinstance(circle, shapes.Circle)
    rng = np.random.default_rng(seed)
    turn, far = rng.uniform(0, 2 * np.pi, 60), circle.radius_m * rng.uniform(0.97, 1.03, 60)
    east, north = np.sin(turn) * far, np.cos(turn) * far
    lats = circle.lat + north / 111_000
    lons = circle.lon + east / (111_000 * np.cos(np.radians(circle.lat)))
    lons = (lons + 180) % 360 - 180
    centre = geo.geocentric(np.array([circle.lon]), np.array([circle.lat]))
    exact = np.linalg.norm(geo.geocentric(lons, lats) - centre, axis=1) <= circle.radius_m
    assert shapes.in_circle(lons, lats, circle).tolist() == exact.tolist()


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(3, 60), st.booleans())
def test_cells_never_change_which_points_lie_in_a_polygon(
    seed: int, corners: int, on_the_line: bool
) -> None:
    rng = np.random.default_rng(seed)
    turns = np.sort(rng.uniform(0, 2 * np.pi, corners))
    far = rng.uniform(0.2, 1, corners)
    middle = 180.0 if on_the_line else 70.0
    ring = [
        (round(middle + r * np.cos(turn), 5), round(41 + r * np.sin(turn), 5))
        for turn, r in zip(turns, far, strict=True)
    ]
    outline = shapely.Polygon(ring)
    if not outline.is_valid or outline.area < 1e-6:
        return
    around = [((lon + 180) % 360 - 180, lat) for lon, lat in ring]
    words = "polygon:" + ",".join(f"{lon:.5f},{lat:.5f}" for lon, lat in around)
    lon, lat = rng.uniform(middle - 1, middle + 1, 30_000), rng.uniform(40, 42, 30_000)
    found = shapes.in_polygon((lon + 180) % 360 - 180, lat, polygon(words))
    doubtful = shapely.dwithin(outline.exterior, shapely.points(lon, lat), 1e-9)
    exact = shapely.intersects_xy(outline, lon, lat)
    assert (found == exact)[~doubtful].all()


def test_a_million_crashes_are_looked_up_without_waiting() -> None:
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(69, 75, 1_000_000), rng.uniform(39, 43, 1_000_000)
    turns = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    far = 1.5 + 0.1 * np.sin(7 * turns)
    numbers = np.column_stack([72 + far * np.cos(turns), 41 + far * np.sin(turns)]).ravel()
    drawn = polygon("polygon:" + ",".join(f"{number:.5f}" for number in numbers))
    round_one = one("circle:72,41,150000")
    assert isinstance(round_one, shapes.Circle)
    took = min(_seconds(lambda: shapes.in_polygon(lon, lat, drawn)) for _ in range(5))
    assert took < 0.3  # measured 0.03 s on an idle laptop; shared test machines are slow
    took = min(_seconds(lambda: shapes.in_circle(lon, lat, round_one)) for _ in range(5))
    assert took < 0.5  # measured 0.06 s


def _seconds(work: object) -> float:
    start = time.perf_counter()
    assert callable(work)
    work()
    return time.perf_counter() - start


# ------------------------------------------------------- areas and junctions


def feature(kind: str, coordinates: object, **facts: str) -> dict[str, object]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": facts, "geometry": geometry}


def layers() -> dict[str, dict[str, object]]:
    ring = [[69, 41], [70, 41], [70, 42], [69, 42], [69, 41]]
    hole = [[69.4, 41.4], [69.6, 41.4], [69.6, 41.6], [69.4, 41.6], [69.4, 41.4]]
    far = [[[75, 41], [76, 41], [76, 42], [75, 41]]]
    areas = [
        feature("MultiPolygon", [[ring, hole], far], name="Osh, south", name_ru="Ош  (юг)"),
        feature("Polygon", [[[80, 41], [81, 41], [81, 42], [80, 41]]], name="Naryn"),
        feature("Point", [80.5, 41.2], name="Naryn"),
    ]
    junctions = [feature("Point", [69.28, 41.31], id="J0001", name="Ring|1")]
    towns = [feature("Point", [69.28, 41.31], name="Aksu")]
    return {
        name: {"type": "FeatureCollection", "features": found}
        for name, found in (("areas", areas), ("junctions", junctions), ("towns", towns))
    }


def in_layers(words: str, points: list[tuple[float, float]]) -> list[bool]:
    crashes = pd.DataFrame(points, columns=["lon", "lat"]).assign(id=range(len(points)))
    crashes["crash_date"] = pd.Timestamp("2021-02-03")
    none = pd.DataFrame({"crash": []})
    period = Period(date(2021, 1, 1), date(2021, 12, 31))
    data = CrashData(crashes, none, none, period, layers=layers)
    return filters.keeps(filters.parse({"within": words}), data).tolist()


@pytest.mark.parametrize("name", ["Osh%2C south", "osh%2C  SOUTH", "ОШ (юг)"])
def test_an_area_is_found_by_its_name_in_any_language(name: str) -> None:
    points = [(69.2, 41.2), (69.5, 41.5), (75.9, 41.5), (80.9, 41.5), (float("nan"),) * 2]
    assert in_layers(f"area:areas/{name}", points) == [True, False, True, False, False]


def test_a_point_of_the_same_name_is_no_second_area() -> None:
    assert in_layers("area:areas/Naryn", [(80.9, 41.5), (80.5, 42.0)]) == [True, False]


@pytest.mark.parametrize("name", ["J0001", "ring%7C1"])
def test_a_junction_has_ground_around_it(name: str) -> None:
    points = [(69.28, 41.31), (69.2805, 41.31), (69.281, 41.31)]
    assert in_layers(f"junction:{name}", points) == [True, True, False]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("area:areas/Och", "The layer “areas” has nothing called “Och”; near to it are:"),
        ("area:lakes/Issyk", "This data set has no layer “lakes”; it has areas, junctions, towns."),
        ("area:towns/Aksu", "“Aksu” has no surface in the layer “towns”: draw a circle"),
        ("junction:X", "The layer “junctions” has nothing called “X”"),
    ],
)
def test_a_name_that_no_layer_has_says_what_there_is(words: str, said: str) -> None:
    with pytest.raises(FilterError) as caught:
        in_layers(words, [(69.28, 41.31)])
    assert str(caught.value).startswith(said)


def test_areas_and_junctions_have_one_spelling_and_a_sentence() -> None:
    words = "junction: Ring%7C1 |area: areas/Osh%2C  south"
    assert canonical(words) == "area:areas/Osh%2C south|junction:Ring%7C1"
    assert str(filters.sentence(filters.parse({"within": words}))[0]) == (
        "Inside Osh, south of the layer “areas” or junction Ring|1 and 50 m around it."
    )
    for wrong in ("area:Osh", "area:../x/Osh", "area:areas/", "junction: "):
        with pytest.raises(FilterError):
            canonical(wrong)
