"""Roads and layers of the user's own, drawn by a real browser."""

import json
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

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


@pytest.mark.slow
def test_an_extract_is_switched_off_and_on(page, clean, base_url, extract):
    go(page, "/d/sample/map")
    page.locator("[data-switch=extracts]").uncheck()
    settled(page)
    assert drawn(page, "extract-0-roads") == []
    page.locator("[data-switch=extracts]").check()
    settled(page)
    assert drawn(page, "extract-0-roads") != []


ATTACK = "<img src=x onerror=window.broken=1>"


@pytest.fixture(scope="module")
def layer(env, tmp_path_factory):
    """A layer with a square that calls itself a piece of a page."""
    square = [[[68, 45], [69.5, 45], [69.5, 46.5], [68, 46.5], [68, 45]]]
    one = {
        "type": "Feature",
        "properties": {"name": ATTACK, "name_ru": "Школьная зона", "note": ATTACK},
        "geometry": {"type": "Polygon", "coordinates": square},
    }
    file = tmp_path_factory.mktemp("layer") / "zones.geojson"
    file.write_text(json.dumps(one), "utf-8")
    words = ("layers", "add", "sample", str(file), "--name", f"Zones {ATTACK}")
    dashboard.crashkit(*words, "--colour", "pink", env=env)
    yield "zones-img-src-x-onerror-window-broken-1"
    dashboard.crashkit(
        "layers", "remove", "sample", "zones-img-src-x-onerror-window-broken-1", env=env
    )


@pytest.mark.slow
def test_a_layer_is_drawn_named_and_tells_its_words_as_text(page, clean, base_url, layer):
    page.set_viewport_size({"width": 1366, "height": 768})
    go(page, "/d/sample/map?severity=fatal", "ru")
    assert drawn(page, f"layer-{layer}-surfaces")
    page.evaluate(f"{HERE}.jumpTo({{center: [68.75, 45.75], zoom: 11}})")
    settled(page)
    assert drawn(page, f"layer-{layer}-names")[0]["name_ru"] == "Школьная зона"
    page.evaluate(f"{HERE}.jumpTo({{center: [68.2, 46.4], zoom: 12}})")
    settled(page)
    page.locator("canvas.maplibregl-canvas").click()
    told = page.locator(".map-card")
    assert told.locator("strong").inner_text() == "Школьная зона"
    assert ATTACK in told.inner_text()
    assert page.evaluate("window.broken") is None
    assert told.locator("img").count() == 0


def test_a_layer_is_added_and_removed_by_hand(page, clean, base_url, tmp_path):
    file = tmp_path / "stops.geojson"
    point = {"type": "Point", "coordinates": [68.75, 45.85]}
    file.write_text(json.dumps({"type": "Feature", "properties": {}, "geometry": point}))
    go(page, "/d/sample/layers")
    page.get_by_label("File (.geojson)").set_input_files(file)
    page.get_by_role("button", name="Add the layer").click()
    assert "stops is on the maps" in page.locator("main").inner_text()
    page.get_by_text("Rename or recolour").first.click()
    page.get_by_label("Name of the layer").first.fill("Bus stops")
    page.get_by_role("button", name="Save").first.click()
    assert "Bus stops" in page.locator("main").inner_text()
    page.get_by_role("button", name="Remove").first.click()
    assert "Bus stops" not in page.locator("main ul").first.inner_text()


@pytest.mark.slow
def test_only_what_has_a_surface_is_offered_as_an_area(page, clean, base_url, env, tmp_path):
    square = [[[68, 45], [69.5, 45], [69.5, 46.5], [68, 46.5], [68, 45]]]
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": geometry}
        for name, geometry in (
            ("North district", {"type": "Polygon", "coordinates": square}),
            ("Town hall", {"type": "Point", "coordinates": [68.75, 45.85]}),
        )
    ]
    file = tmp_path / "districts.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    words = ("layers", "add", "sample", str(file), "--name", "Districts", "--kind", "areas")
    dashboard.crashkit(*words, env=env)
    try:
        go(page, "/d/sample/map")
        offered = page.locator("[data-named] option").evaluate_all("all => all.map(o => o.value)")
        assert "North district" in offered
        assert "Town hall" not in offered
    finally:
        dashboard.crashkit("layers", "remove", "sample", "districts", env=env)


@pytest.mark.slow
def test_roads_are_coloured_by_what_is_chosen_and_by_the_filter(page, clean, base_url):
    page.set_viewport_size({"width": 1366, "height": 768})
    go(page, "/d/sample/map")
    assert drawn(page, "painted-roads") == []
    with page.expect_response("**/roads.json?*"):
        page.locator(".map-ways").get_by_role("link", name="Class").click()
    settled(page)
    assert {road["shade"] for road in drawn(page, "painted-roads")} >= {"class-0", "class-1"}
    assert "paint=class" in page.url
    go(page, "/d/sample/map?paint=rate&severity=fatal", "zh")
    settled(page)
    assert drawn(page, "painted-few")
    assert page.locator(".paint-few").count() == 1


class Pictures(BaseHTTPRequestHandler):
    """A map server of one grey picture; `asked` is what came in."""

    asked: list[str] = []

    def do_GET(self):
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(GREY)

    def log_message(self, *_):
        """Say nothing: the tests are loud enough."""


def _part(name, content):
    body = name + content
    return len(content).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")


GREY = b"\x89PNG\r\n\x1a\n" + b"".join(
    [
        _part(b"IHDR", bytes.fromhex("00000001000000010800000000")),
        _part(b"IDAT", zlib.compress(b"\x00\xb0")),
        _part(b"IEND", b""),
    ]
)


@pytest.fixture
def outside():
    """The address of a map server on another port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Pictures) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.slow
def test_an_allowed_map_server_is_asked_only_when_switched_on(page, env, outside):
    words = f"Office map|{outside}/{{z}}/{{x}}/{{y}}.png|© Office"
    errors = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    with dashboard.running({**env, "CRASHKIT_MAP_SERVER": words}) as address:
        go(page, f"{address}/d/sample/map")
        settled(page)
        assert Pictures.asked == []
        assert not page.locator("[data-server-credit]").is_visible()
        page.get_by_label("Map pictures of Office map").check()
        settled(page)
        assert Pictures.asked
        assert all(path.endswith(".png") and "?" not in path for path in Pictures.asked)
        assert "Office map: © Office" in page.locator(".map-credit").inner_text()
        page.reload()
        page.evaluate("window.__ready")
        assert not page.get_by_label("Map pictures of Office map").is_checked()
    assert errors == []
