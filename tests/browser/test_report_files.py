"""The HTML file of a report, in a browser: no table runs off the screen, nor off the paper."""

from functools import cache

import looked_over
import pytest
import written
from invented import sample

from crashkit import render, report
from crashkit.text import Speaker

KINDS = ("area_one_pager", "corridor_report", "quick_answer", "tabulation")
UPRIGHT, LYING = 703, 1017
"""A4 within its margins, in pixels of a browser."""
TOO_WIDE = """() => [...document.querySelectorAll(".scroll")].filter(
  one => one.querySelector("table").getBoundingClientRect().width > one.clientWidth + 1
).map(one => one.getAttribute("aria-label"))"""


@cache
def file_of(kind):
    return render.render(written.of_data(kind, sample()), Speaker("ru"), "html").decode("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_fits_a_phone_and_its_tables_are_moved_by_keys(page, kind):
    page.set_viewport_size({"width": 390, "height": 844})
    page.set_content(file_of(kind))
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator(".scroll").count() == page.locator(".scroll[tabindex='0']").count() > 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_no_table_is_cut_off_on_paper(page, kind):
    lies = report.kinds()[kind].layout in ("list", "lying")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": LYING if lies else UPRIGHT, "height": 900})
    page.set_content(file_of(kind))
    assert page.evaluate(TOO_WIDE) == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["area_one_pager", "quick_answer"])
def test_the_first_page_on_paper_holds_more_than_the_title(page, kind):
    page.set_content(file_of(kind))
    first = looked_over.flat(looked_over.pages_of(page.pdf(prefer_css_page_size=True))[0])
    headings = map(looked_over.flat, page.locator("main h2").all_inner_texts())
    assert sum(one in first for one in headings) >= 2
