"""A letter is answered in three steps, by keyboard: the box, the answer, the document."""

import pytest
from playwright.sync_api import expect


@pytest.mark.slow
def test_a_letter_is_answered_in_three_steps(page, clean):
    page.goto("/")
    expect(page.get_by_role("heading", name="The last seven days")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("A4 km 148")
    page.keyboard.press("Enter")
    page.wait_for_url("**/d/sample/answer?q=*")
    expect(page.get_by_role("heading", level=1)).to_have_text("A4, km 148 ± 500 m")
    crashes = int(page.locator(".answer-figures dd").first.inner_text())
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").first.click()
    assert download.value.suggested_filename == "answer_sample_A4_km_148_en.pdf"
    with open(download.value.path(), "rb") as file:
        assert file.read(5) == b"%PDF-"
    page.get_by_role("navigation", name="The same crashes elsewhere").get_by_text("Map").click()
    page.wait_for_url("**/d/sample/map?*")
    expect(page.locator(".filter-figures b")).to_contain_text(f"{crashes} of 3,000 crashes")


@pytest.mark.slow
def test_what_several_places_fit_is_asked_back(page, clean):
    page.goto("/d/sample/reports")
    page.keyboard.press("/")
    page.keyboard.type("km 41")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="M1, km 41 ± 500 m").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("M1, km 41 ± 500 m")
    page.goto("/")
    expect(page.get_by_role("navigation", name="Shortcuts")).to_contain_text("Reports")
