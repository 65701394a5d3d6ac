"""Roads of a network, and how densely crashes lie, on the map in a real browser."""

import dashboard
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

HERE = "document.querySelector('[data-map]').map"

SPOT = f"""(() => {{
    const map = {HERE}, box = map.getCanvas().getBoundingClientRect();
    for (const {{ geometry }} of map.queryRenderedFeatures({{ layers: ["network-roads"] }})) {{
        const places = geometry.coordinates.flat(geometry.type === "LineString" ? 0 : 1);
        const spots = places.map((place) => map.project(place));
        const inside = ({{ x, y }}) => x > 400 && x < 900 && y > 60 && y < 350;
        const at = spots.find(inside);
        if (at) return [at.x + box.x, at.y + box.y];
    }}
}})()"""
"""A place on the screen with a road, beside the legend."""


@pytest.fixture(scope="module")
def network(env, tmp_path_factory):
    """The roads of the sample country, with a corridor."""
    table = tmp_path_factory.mktemp("corridors") / "carec.csv"
    table.write_text("corridor,road,from_km,to_km\nCAREC 1,M1,0,200\n")
    dashboard.crashkit("roads", "corridors", "sample", str(table), env=env)


def go(page, path):
    page.goto(path)
    page.evaluate("window.__ready")


def shown(page, *layers):
    """Return how many things of some layers the map shows, once it has drawn all."""
    settled = f"new Promise((done) => {{ {HERE}.once('idle', done); {HERE}.triggerRepaint(); }})"
    page.evaluate(settled)
    return page.evaluate(f"{HERE}.queryRenderedFeatures({{layers: {list(layers)}}}).length")


def choose(page, block, label):
    """Go to a link of the legend by the keyboard alone."""
    part = page.locator(f"[data-follows={block}]")
    if part.locator("details:not([open])").count():
        part.locator("summary").focus()
        page.keyboard.press("Enter")
    part.get_by_role("link", name=label, exact=True).focus()
    page.keyboard.press("Enter")
    expect(part.locator("a[aria-current]", has_text=label).first).to_be_focused()


@pytest.mark.slow
def test_roads_of_a_network_are_chosen_coloured_and_put_away(page, clean, network):
    go(page, "/d/sample/map")
    choose(page, "network", "Nurdala")
    assert shown(page, "network-plain") > 50
    choose(page, "network", "Class")
    expect(page.locator("[data-follows='network-legend'] .paint").first).to_be_visible()
    assert shown(page, "network-roads") > 50
    choose(page, "network", "None")
    assert shown(page, "network-plain", "network-roads") == 0


def test_a_click_tells_of_the_road(page, clean, network):
    go(page, "/d/sample/map?network=sample&network_by=class#map=9/45.85/68.75")
    page.locator("[data-switch=crashes]").uncheck()
    assert shown(page, "network-roads")
    spot = page.evaluate(SPOT)
    page.mouse.click(*spot)
    expect(page.locator(".map-card")).to_contain_text("Length, km")


@pytest.mark.slow
def test_density_hides_the_crashes_until_they_are_asked_for(page, clean, network):
    go(page, "/d/sample/map?network=sample")
    choose(page, "density", "Along the roads, continuous")
    assert shown(page, "density") > 50
    crashes = page.locator("[data-switch=crashes]")
    expect(crashes).not_to_be_checked()
    bandwidth = page.get_by_label("Bandwidth, m")
    bandwidth.fill("500")
    bandwidth.press("Enter")
    page.wait_for_url("**bandwidth=500**")
    crashes.check()
    assert shown(page, "crashes", "cells") > 0
    choose(page, "density", "None")
    assert shown(page, "density") == 0


@pytest.mark.slow
def test_the_plane_is_drawn_as_a_picture_that_says_so(page, clean):
    go(page, "/d/sample/map?density=planar")
    expect(page.locator("[data-follows='density-legend']")).to_contain_text("not a ranking")
    assert page.evaluate(f"{HERE}.isSourceLoaded('plane')")
    assert page.evaluate(f"{HERE}.getLayoutProperty('plane', 'visibility')") == "visible"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "path"),
    [
        ("laptop", "/d/sample/map?network=sample&network_by=density&density=discontinuous"),
        ("phone", "/d/sample/map?density=planar"),
        ("phone", "/roads/sample/corridors"),
        ("phone", "/roads/sample/equations"),
        ("phone", "/d/sample/on-roads"),
    ],
)
def test_the_pages_of_roads_keep_nobody_out(page, clean, network, path, size):
    width, height = dashboard.SCREENS[size]
    page.set_viewport_size({"width": width, "height": height})
    go(page, path)
    if size == "phone" and page.locator("details[data-sheet]:not([open])").count():
        page.locator("details[data-sheet] > summary").click()
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
