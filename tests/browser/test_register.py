"""A site from the list of blackspots to the register, its map and back, in a real browser."""

import dashboard
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

HERE = "document.querySelector('[data-map]').map"
REGISTER = "/d/sample/register"


@pytest.fixture(scope="module", autouse=True)
def saved(env):
    """A proposed site on the map of the sample country, and the first of its blackspots."""
    words = ("--lat", "45.9", "--lon", "68.7", "--why", "School")
    dashboard.crashkit("sites", "propose", "sample", *words, env=env)


def go(page, path):
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.evaluate("window.__ready")


def drawn(page):
    script = f"{HERE}.queryRenderedFeatures({{layers: ['saved']}}).map((one) => one.properties)"
    return page.evaluate(script)


def test_a_site_is_saved_found_again_changed_and_exported(page, clean, base_url):
    page.set_viewport_size({"width": 1366, "height": 768})
    go(page, "/d/sample/blackspots/1/1")
    page.get_by_role("button", name="Save to the register").click()
    expect(page.locator("h1")).to_contain_text(", km")
    number = page.url.rsplit("/", 1)[1]

    page.goto("/d/sample/blackspots")
    page.locator("form:has(input[value=poisson_1km]) button[type=submit]").first.evaluate(
        "(one) => one.closest('details')?.setAttribute('open', '')"
    )
    page.locator("form:has(input[value=poisson_1km]) button[type=submit]").first.click()
    dashboard.follow_the_job(page)
    page.get_by_role("link", name=f"Site {number} of the register").click()
    expect(page.locator("#sightings ~ .scroll")).to_contain_text("By road and km posts")

    page.locator("#new-status").select_option("investigation")
    page.get_by_role("button", name="Change the status").click()
    expect(page.locator(".register-state")).to_contain_text("Under investigation")
    found = page.request.get(f"{base_url}{REGISTER}/{number}.json").json()
    assert (found["status"], len(found["sightings"])) == ("investigation", 2)


@pytest.mark.slow
def test_the_map_shows_the_sites_and_their_cards_to_mouse_and_keyboard(page, clean):
    page.set_viewport_size({"width": 1366, "height": 768})
    go(page, "/d/sample/map")
    assert {one["status"] for one in drawn(page)} >= {"candidate"}
    page.locator("summary", has_text="List of the sites in the register").press("Enter")
    button = page.locator("button[data-saved-place='1']")
    button.press("Enter")
    card = page.locator(".map-card")
    expect(card).to_contain_text("Candidate")
    card.get_by_role("link").press("Enter")
    expect(page.locator(".register-state")).to_contain_text("Site 1 of the register")


@pytest.mark.slow
def test_the_sites_are_switched_off_and_on(page, clean):
    page.set_viewport_size({"width": 1366, "height": 768})
    go(page, "/d/sample/map")
    idle = f"new Promise((done) => {{ {HERE}.once('idle', done); {HERE}.triggerRepaint(); }})"
    for tick, there in ((False, False), (True, True)):
        page.locator("[data-switch=saved]").set_checked(tick)
        page.evaluate(idle)
        assert bool(drawn(page)) == there


@pytest.mark.slow
def test_a_place_of_the_map_is_proposed(page, clean):
    page.set_viewport_size({"width": 1366, "height": 768})
    go(page, "/d/sample/map#map=9/45.5/68.5")
    page.get_by_role("link", name="Propose a site here").click()
    expect(page.locator("#lat")).to_have_value("45.50000")
    expect(page.locator("#lon")).to_have_value("68.50000")
    page.locator("#why").fill("Lorries skid in the bend")
    page.get_by_role("button", name="Put it into the register").click()
    expect(page.locator("main")).to_contain_text("Lorries skid in the bend")


@pytest.mark.slow
@pytest.mark.parametrize("size", dashboard.SCREENS)
def test_the_pages_of_the_register_keep_nobody_out(page, clean, size):
    width, height = dashboard.SCREENS[size]
    page.set_viewport_size({"width": width, "height": height})
    for path in (REGISTER, f"{REGISTER}/1", f"{REGISTER}/new", "/d/sample/map"):
        go(page, path)
        page.evaluate(
            "for (const one of document.querySelectorAll('.card details, details.card, .map-list'))"
            " one.open = true"
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        violations = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:150]) for one in violations] == [], path
