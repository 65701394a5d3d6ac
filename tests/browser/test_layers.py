"""Roads and layers of the user's own, drawn by a real browser."""

import dashboard
import made_extracts
import pytest
import shapely

HERE = "document.querySelector('[data-map]').map"


def go(page, path, language="en"):
    page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
    page.wait_for_load_state("networkidle")
    page.evaluate("window.__ready")


def drawn(page, layer):
    """Return the properties of what a layer of the map shows."""
    script = f"{HERE}.queryRenderedFeatures({{layers: [{layer!r}]}}).map((one) => one.properties)"
    return page.evaluate(script)


def settled(page):
    """Wait until the map has drawn all it was asked for."""
    page.evaluate(
        f"new Promise((done) => {{ {HERE}.once('idle', done); {HERE}.triggerRepaint(); }})"
    )


@pytest.fixture(scope="module")
def extract(env, tmp_path_factory):
    """An extract across the sample country, on the map while the tests of this file run."""
    folder = tmp_path_factory.mktemp("extract")
    road = shapely.LineString([(67, 45), (69, 46), (70.5, 46.5)])
    words = {"fclass": ["trunk"], "ref": ["E 40"], "name": ["Silk Road"], "name_ru": ["Шёлковый"]}
    layers = {
        "gis_osm_roads_free": ([road], {"osm_id": ["1"], **words}),
        "gis_osm_water_a_free": ([shapely.box(68, 46, 69, 46.6)], {"fclass": ["water"]}),
    }
    file = made_extracts.package(folder / "silk.gpkg", layers)
    dashboard.crashkit("basemap", "add", str(file), env=env)
    yield
    dashboard.crashkit("basemap", "remove", "silk", env=env)


def test_an_extract_is_drawn_under_the_crashes_and_named(page, clean, base_url, extract):
    page.set_viewport_size({"width": 1366, "height": 768})
    go(page, "/d/sample/map", "ru")
    (road, *_) = drawn(page, "extract-0-roads")
    assert (road["class"], road["ref"], road["name_ru"]) == ("trunk", "E 40", "Шёлковый")
    assert drawn(page, "extract-0-water")
    order = page.evaluate(f"{HERE}.getStyle().layers.map((layer) => layer.id)")
    assert order.index("extract-0-roads") < order.index("crashes")
    assert "OpenStreetMap" in page.locator(".map-credit").inner_text()


def test_an_extract_is_switched_off_and_on(page, clean, base_url, extract):
    go(page, "/d/sample/map")
    page.locator("[data-switch=extracts]").uncheck()
    settled(page)
    assert drawn(page, "extract-0-roads") == []
    page.locator("[data-switch=extracts]").check()
    settled(page)
    assert drawn(page, "extract-0-roads") != []
