"""Lists side by side in a real browser: choose, read, look at a place with the keyboard alone."""

import dashboard
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.slow

HERE = "document.querySelector('[data-map]').map"
PAGE = "/d/sample/blackspots/compare"


def drawn(page):
    page.wait_for_load_state("networkidle")
    page.evaluate("window.__ready")
    script = f"{HERE}.queryRenderedFeatures({{layers: ['compared']}}).map((one) => one.properties)"
    return page.evaluate(script)


def test_rules_are_chosen_compared_and_each_place_is_found_on_the_map(page, clean):
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto("/d/sample/blackspots")
    page.get_by_role("link", name="Put lists side by side").click()
    usual = page.locator("details[open] input[name=preset]")
    expect(usual.first).to_be_visible()
    for box in usual.all():
        box.uncheck()
    for group in ("Rules of countries", "More methods"):
        page.locator("summary", has_text=group).click()
    for name in ("cz", "count_1km"):
        page.locator(f"input[name=preset][value={name}]").check()
    page.get_by_role("button", name="Compare the rules").click()
    dashboard.follow_the_job(page)
    expect(page.locator(".compare-answer")).to_contain_text("at least one of the 2 rules")

    groups = {one["group"] for one in drawn(page)}
    assert groups <= {"all", "A", "B"}
    assert groups
    button = page.locator("button[data-compared-place='1']")
    button.focus()
    page.keyboard.press("Enter")
    card = page.locator(".map-card")
    expect(card).to_contain_text("Rank in A")
    card.get_by_role("link", name="See its row in the list").click()
    assert page.url.endswith("#place-1")

    page.get_by_role("link", name="Only in B").click()
    page.wait_for_url("**?group=B*")
    assert {one["group"] for one in drawn(page)} <= {"B"}


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_two_periods_keep_nobody_out_and_fit_the_screen(page, clean, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(PAGE)
    page.locator("#rule").select_option("count_1km")
    page.get_by_role("button", name="Compare the periods").click()
    dashboard.follow_the_job(page)
    expect(page.locator(".compare-answer")).to_contain_text("stable")
    page.evaluate("window.__ready")
    violations = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:150]) for one in violations] == []
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
