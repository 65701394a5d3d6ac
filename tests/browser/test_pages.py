"""Every page, in every language and at both sizes: it fits, it is accessible, nothing complains."""

from contextlib import suppress

import dashboard
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError as PlaywrightTimeout


@pytest.fixture(scope="module")
def paths():
    return dashboard.pages()


FITS = "(width) => document.documentElement.scrollWidth <= width"


def go(page, address, language):
    page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
    page.wait_for_load_state("networkidle")


def resize(page, size):
    width, height = dashboard.SCREENS[size]
    page.set_viewport_size({"width": width, "height": height})


def fits(page, size):
    """Say whether the page fits this screen, once what draws itself anew for it has done so."""
    resize(page, size)
    width, _ = dashboard.SCREENS[size]
    with suppress(PlaywrightTimeout):
        page.wait_for_function(FITS, arg=width, timeout=20_000)
    return page.evaluate(FITS, width)


def visited(page, paths, size, language):
    """Open every page for a screen; give its name.

    Each speaks the language, and fits the screen it was opened for and, turned to it, the other.
    """
    too_wide = []
    for name, path in paths.items():
        resize(page, size)
        go(page, path, language)
        assert page.locator("html").get_attribute("lang") == language, name
        yield name
        screens = sorted(dashboard.SCREENS, key=lambda one: one != size)
        too_wide += [(name, one) for one in screens if not fits(page, one)]
        page.goto("about:blank")  # nothing is to be drawn anew for the next page
    assert too_wide == []


@pytest.mark.slow
@pytest.mark.parametrize("language", dashboard.LANGUAGES)
def test_every_page_fits_the_screen_and_speaks_the_language(page, clean, paths, language):
    assert len(list(visited(page, paths, "phone", language))) == len(paths)


@pytest.mark.slow
@pytest.mark.parametrize("size", dashboard.SCREENS)
def test_no_page_keeps_anybody_out_or_is_too_wide(page, clean, paths, size):
    assert kept_out(page, paths, size) == {}


def kept_out(page, paths, size):
    """Return what keeps somebody out of each page, by its name."""
    found = {}
    for name in visited(page, paths, size, "en"):
        violations = Axe().run(page).response["violations"]
        if violations:
            found[name] = [(one["id"], one["nodes"][0]["html"][:150]) for one in violations]
    return found


FIRST_HOUR = (
    *("home", "import", "data", "map", "explore", "trend-years", "cross-table"),
    *("blackspots", "site", "reports", "answer"),
)


def test_no_page_of_the_first_hour_keeps_anybody_out_or_is_too_wide(page, clean, paths):
    assert kept_out(page, {name: paths[name] for name in FIRST_HOUR}, "laptop") == {}


def test_the_map_draws_the_crashes_of_the_filter(page, clean, paths):
    page.set_viewport_size({"width": 1366, "height": 768})
    go(page, paths["map-sites"], "en")
    page.evaluate("window.__ready")
    assert page.locator("canvas.maplibregl-canvas").count() == 1


def test_a_chart_is_drawn_when_it_comes_into_view(page, clean, paths):
    go(page, paths["trend-years"], "ru")
    page.locator("[data-chart]").first.scroll_into_view_if_needed()
    page.locator(".js-plotly-plot").first.wait_for()
    assert page.locator(".js-plotly-plot").count() >= 1


OUT_OF_ITS_BOX = """() => [...document.querySelectorAll("main :is(b, button, label, form)")]
  .filter(one => one.clientWidth && one.scrollWidth > one.clientWidth + 1)
  .filter(one => !one.closest(".filter"))
  .map(one => one.innerText.slice(0, 40))"""

TORN = """() => [...document.querySelectorAll("main .stacked td[data-label]")]
  .filter(one => one.children.length && getComputedStyle(one).display === "grid")
  .filter(one => [...one.childNodes].some(part => part.nodeType === 3 && part.data.trim()))
  .map(one => one.innerText.slice(0, 40))"""
"""Words and elements side by side in a cell that a phone shows as a grid: each takes a row."""


@pytest.mark.slow
@pytest.mark.parametrize("size", dashboard.SCREENS)
def test_no_russian_word_runs_out_of_its_box(page, clean, paths, size):
    width, height = dashboard.SCREENS[size]
    page.set_viewport_size({"width": width, "height": height})
    for name in ("data", "reports"):
        go(page, paths[name], "ru")
        page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
        assert page.evaluate(OUT_OF_ITS_BOX) == [], name


@pytest.mark.slow
def test_no_cell_of_a_table_is_torn_on_a_phone(page, clean, paths):
    width, height = dashboard.SCREENS["phone"]
    page.set_viewport_size({"width": width, "height": height})
    for name in ("data", "import", "jobs", "quality", "presets", "register", "report-archive"):
        go(page, paths[name], "ru")
        assert page.evaluate(TORN) == [], name
