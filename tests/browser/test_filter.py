"""The filter bar in a browser: keyboard alone, short addresses, explanations, nobody kept out."""

from urllib.parse import parse_qs, urlsplit

import dashboard
import pytest
from axe_playwright_python.sync_playwright import Axe

FILTERED = "/d/sample/explore?severity=fatal,serious&light=day&field=person.injury"


def go(page, address):
    page.goto(f"{address}{'&' if '?' in address else '?'}lang=en")
    page.wait_for_load_state("networkidle")


def query(page):
    return {name: one for name, (one,) in parse_qs(urlsplit(page.url).query).items()}


def part(page, name):
    return page.locator(".filter-group > summary", has_text=name)


def test_a_filter_is_chosen_with_the_keyboard_alone(page, clean):
    page.set_viewport_size({"width": 1366, "height": 768})
    go(page, "/d/sample/explore")
    part(page, "Severity").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText").startswith("?")
    page.keyboard.press("Enter")
    assert page.get_by_text("At least one person died of the crash.").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_text("At least one person died of the crash.").is_visible()
    assert page.locator("input[name=severity][value=fatal]").is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**severity=fatal*")
    assert query(page) == {"severity": "fatal"}
    assert page.get_by_text("396 of 3,000 crashes").is_visible()


def test_any_field_conditions_of_either_or_and_a_saved_filter(page, clean):
    page.set_viewport_size({"width": 390, "height": 844})
    go(page, "/d/sample/explore?severity=fatal")
    part(page, "More").click()
    page.locator("select[name=field]").select_option("vehicle.unit_type")
    page.get_by_role("button", name="Show its values").click()
    page.wait_for_url("**field=vehicle.unit_type*")
    page.locator("input[name='vehicle.unit_type'][value=bus]").check()
    page.locator(".filter-group[open] button", has_text="Apply the filter").click()
    page.wait_for_url("**vehicle.unit_type=bus*")
    assert query(page) == {"severity": "fatal", "vehicle.unit_type": "bus"}

    part(page, "Either").click()
    for number, choice in enumerate(page.locator("select[name=alternative]").all(), 1):
        choice.select_option(str(number))
    page.get_by_role("button", name="Put them together so").click()
    page.wait_for_url("**any=*")
    assert query(page) == {"any": "(severity=fatal|vehicle.unit_type=bus)"}

    part(page, "Saved").click()
    page.get_by_label("Save this choice as").fill("Fatal, or with a bus")
    page.get_by_role("button", name="Save the filter").click()
    assert page.get_by_text("The filter “Fatal, or with a bus” is saved.").is_visible()
    assert query(page) == {"any": "(severity=fatal|vehicle.unit_type=bus)"}
    go(page, "/d/sample/crashes")
    part(page, "Saved").click()
    page.get_by_role("link", name="Fatal, or with a bus").click()
    page.wait_for_url("**any=*")


@pytest.mark.slow
@pytest.mark.parametrize("size", dashboard.SCREENS)
def test_no_open_part_of_the_bar_keeps_anybody_out_or_is_too_wide(page, clean, size):
    width, height = dashboard.SCREENS[size]
    page.set_viewport_size({"width": width, "height": height})
    go(page, FILTERED)
    found = {}
    for summary in page.locator(".filter-group > summary").all():
        if not summary.evaluate("one => one.parentElement.open"):
            summary.click()
        for more in page.locator(".filter-group[open] .filter-help > summary").all()[:1]:
            more.click()
        violations = Axe().run(page).response["violations"]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if violations or wide > width:
            complaints = [(one["id"], one["nodes"][0]["html"][:150]) for one in violations]
            found[summary.inner_text()] = (wide, complaints)
        # On a small screen the open part lies over the others: its explanation closes, then itself.
        for _ in range(2):
            page.keyboard.press("Escape")
    assert found == {}


@pytest.mark.parametrize("language", dashboard.LANGUAGES)
def test_a_number_stands_beside_its_own_value_however_large(page, clean, language):
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"/d/sample/explore?lang={language}")
    page.locator(".filter-group > summary").first.click()
    covered = page.evaluate(
        "() => { const ends = (one) => one.getBoundingClientRect();"
        " const open = document.querySelector('.filter-group[open]');"
        " const counts = [...open.querySelectorAll('.filter-ticks small')];"
        " for (const one of counts) one.textContent = '12,345';"
        " const boxes = [...open.querySelectorAll('.filter-ticks input')].map(ends);"
        " return counts.filter((one) => boxes.some((box) =>"
        " box.left < ends(one).right && ends(one).left < box.right"
        " && box.top < ends(one).bottom && ends(one).top < box.bottom))"
        ".map((one) => one.parentElement.innerText); }"
    )
    assert covered == []


def test_an_empty_result_leads_out_of_itself(page, clean):
    go(page, "/d/sample/explore?severity=fatal&near=0,0,100")
    blamed = page.locator(".filter-to-blame")
    assert "no crash is like this" in blamed.inner_text()
    blamed.get_by_role("link").click()
    page.wait_for_url("**explore?severity=fatal*")
    assert page.get_by_text("396 of 3,000 crashes").is_visible()
