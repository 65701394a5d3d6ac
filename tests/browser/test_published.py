"""The pages of the public edition: they fit, speak the language, and keep nobody out."""

import re

import dashboard
import pytest
from axe_playwright_python.sync_playwright import Axe
from walking import MOST_STOPS, Walker

pytestmark = pytest.mark.slow

PAGES = {
    "home": "/",
    "about": "/about",
    "edition": "/d/sample",
    "bars": "/d/sample/severity",
    "pyramid": "/d/sample/ages",
    "hides": "/d/sample/hours",
    "no-chart": "/d/sample/road-users",
}
REFUSED = "/d/sample?year=2020"


@pytest.fixture(scope="session")
def base_url(env):
    with dashboard.running({**env, "CRASHKIT_PUBLIC": "sample"}) as address:
        yield address


def go(page, base_url, path, language):
    page.goto(f"{base_url}{path}{'&' if '?' in path else '?'}lang={language}")
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("size", dashboard.SCREENS)
@pytest.mark.parametrize("language", dashboard.LANGUAGES)
def test_public_pages_fit_the_screen_and_keep_nobody_out(page, clean, base_url, size, language):
    width, height = dashboard.SCREENS[size]
    page.set_viewport_size({"width": width, "height": height})
    found = {}
    for name, path in PAGES.items():
        go(page, base_url, path, language)
        assert page.locator("html").get_attribute("lang") == language, name
        wide = page.evaluate("document.documentElement.scrollWidth")
        violations = Axe().run(page).response["violations"]
        if wide > width or violations:
            told = [(one["id"], one["nodes"][0]["html"][:150]) for one in violations]
            found[name] = (wide, told)
    assert found == {}


def test_a_filter_is_answered_by_a_page_that_says_what_to_do(page, base_url):
    for size in dashboard.SCREENS.values():
        page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
        go(page, base_url, REFUSED, "en")
        assert "no filters" in page.locator("main").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert Axe().run(page).response["violations"] == []


def test_by_keyboard_from_home_to_the_numbers_and_back(page, clean, base_url):
    walker = Walker(page)
    go(page, base_url, "/", "en")
    walker.to(href="/d/sample")
    walker.press()
    walker.to(says="Casualties by age and sex")
    walker.press()
    assert page.url.endswith("/d/sample/ages")
    walker.to(says="CSV")
    with page.expect_download() as kept:
        page.keyboard.press("Enter")
    assert kept.value.suggested_filename == "sample_ages_public.csv"
    go(page, base_url, "/d/sample/ages", "en")
    walker.to(href="/d/sample")
    walker.press()
    assert page.url.endswith("/d/sample")


@pytest.mark.parametrize("path", ["/d/sample", "/d/sample/hours"])
def test_tab_goes_through_a_public_page_and_leaves_it(page, clean, base_url, path):
    walker = Walker(page)
    go(page, base_url, path, "ru")
    assert walker.step()["href"] == "#content"
    stops = []
    while (stop := walker.step())["tag"] != "body":
        assert stop["before"] == 0 or stop["tag"] != "a", f"a trap: {stop['html']}"
        stops.append(stop)
        assert len(stops) < MOST_STOPS
    assert len(stops) > 8


def test_a_public_chart_shows_what_its_table_does_and_no_hidden_cell(page, clean, base_url):
    go(page, base_url, "/d/sample/hours", "en")
    page.locator("[data-chart]").first.scroll_into_view_if_needed()
    page.locator(".js-plotly-plot").first.wait_for()
    drawn = page.evaluate("document.querySelector('.js-plotly-plot').data[0].z.flat()")
    cells = page.locator("main table tbody td").all_inner_texts()
    assert "[c]" in cells
    seen = sorted(int(re.sub(r"\D", "", one)) for one in cells if re.fullmatch(r"[\d,]+", one))
    assert sorted(n for n in drawn if n is not None) == seen
