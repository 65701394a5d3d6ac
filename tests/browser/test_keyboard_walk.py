"""The pages of analyses, answers and reports, walked by Tab, Enter, Space and arrows alone.

At each stop the focus is seen, is in the picture, and moves on; a form leads back to where one was.
"""

import itertools

import pytest
from playwright.sync_api import expect
from walking import MOST_STOPS, Walker

pytestmark = pytest.mark.slow

PLACE = """() => {
  const box = document.activeElement.getBoundingClientRect();
  return [box.left, scrollY + box.top];
}"""

BACK_PX = 700
"""How far up the next stop may be: the height of a part with two columns."""


@pytest.fixture
def walker(page, clean):
    return Walker(page)


WALKED = [
    "/",
    "/d/sample/explore",
    "/d/sample/explore/hours",
    "/d/sample/explore/hours?view=table",
    "/d/sample/explore/light?view=method",
    "/d/sample/explore/two_filters?year=2022-2023&other=year%3D2020-2021",
    "/d/sample/explore/target?base_year=2016",
    "/d/sample/explore/ages?unit=casualties&by=rates",
    "/d/sample/explore/table?rows=light&columns=severity",
    "/d/sample/explore/table?rows=year&columns=light&show=rates",
    "/d/sample/weather",
    "/d/sample/exposure",
    "/d/sample/answer?q=A4+km+148",
    "/d/sample/answer?q=km+41",
    "/d/sample/reports",
    "/d/sample/reports/templates/monthly",
    "/d/sample/reports/archive",
    "/d/sample/reports/schedules",
    "/reports/verify",
]


@pytest.mark.parametrize("path", WALKED)
def test_tab_goes_through_the_whole_page_and_leaves_it(page, walker, path):
    page.goto(path)
    page.wait_for_load_state("networkidle")
    first = walker.step()
    assert first["href"] == "#content"
    places = []
    while (stop := walker.step())["tag"] != "body":
        assert stop["before"] < 2 or stop["tag"] == "input", f"a trap: {stop['html']}"
        places.append(page.evaluate(PLACE))
        assert len(places) < MOST_STOPS
    assert len(places) >= 10
    # The order is that of the page: nothing throws one far back up, unless into the next column.
    for (left, top), (later_left, later_top) in itertools.pairwise(places):
        assert later_top > top - BACK_PX or later_left > left


def test_the_skip_link_leads_past_the_menus(page, walker):
    page.goto("/d/sample/explore/hours")
    walker.to(href="#content", most=1)
    walker.press(leads=False)
    assert page.evaluate("document.activeElement.id") == "content"
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    walker.step()
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_from_the_list_of_analyses_to_a_report(page, walker):
    page.goto("/d/sample/explore")
    walker.to(says="Day of the week and hour")
    walker.press()
    expect(page.locator("h1")).to_have_text("Day of the week and hour")

    walker.to(name="unit")
    walker.choose("casualties")
    walker.to(says="Apply")
    walker.press("Space")
    expect(page.locator("#answer-title")).to_contain_text("Casualties")

    walker.to(says="Chart")
    for view, further in (("table", 1), ("method", 2), ("chart", 0)):
        for _ in range(further):
            walker.step()
        walker.press()
        assert f"view={view}" in page.url
        # Where one was, not at the top of the page again.
        assert walker.step()["says"] == "Chart"

    walker.to(says="CSV")
    with page.expect_download() as kept:
        page.keyboard.press("Enter")
    assert kept.value.suggested_filename.endswith(".csv")

    walker.to(name="template")
    walker.choose("")
    walker.to(says="Add to report", most=1)
    walker.press()
    expect(page.locator(".notice-good")).to_contain_text("Added to the report")
    assert walker.to(says="Open the report", most=1) == 1
    walker.press()

    compose(page, walker)
    write(page, walker)


def compose(page, walker):
    """Add a heading, move it up, rename the report."""
    walker.to(name="heading")
    page.keyboard.type("By keyboard")
    walker.to(says="Add the heading", most=1)
    walker.press("Space")
    titles = page.locator(".template-parts h2 bdi")
    expect(titles).to_have_text(["Day of the week and hour", "By keyboard"])
    # At the part that was added, whose button is next.
    assert walker.to(says="Up: By keyboard", most=1) == 1
    walker.press("Space")
    expect(titles).to_have_text(["By keyboard", "Day of the week and hour"])
    assert walker.to(says="Down: By keyboard", most=1) == 1
    walker.press()
    expect(titles).to_have_text(["Day of the week and hour", "By keyboard"])
    walker.to(name="title")
    page.keyboard.press("Control+a")
    page.keyboard.type("Walked by keyboard")
    walker.to(says="Save title and name")
    walker.press()
    expect(page.locator("h1")).to_have_text("Walked by keyboard")
    walker.to(says="Write it")
    walker.press()


def write(page, walker):
    """Write the report as a web page and come to it."""
    walker.to(says="Write the report: Walked by keyboard", most=60)
    walker.press()
    there = page.locator("main:not(:has(#job))")
    page.locator("#job a.button:not(.button-second)").or_(there).wait_for(timeout=120_000)
    if page.locator("#job").count():
        walker.to(says="report")
        walker.press()
    expect(page.locator("h1")).to_have_text("Walked by keyboard")
    walker.to(says="Download")


def test_a_choice_of_an_analysis_is_changed(page, walker):
    page.goto("/d/sample/explore/districts")
    walker.to(name="show")
    walker.choose("severity")
    walker.to(says="Show", most=3)
    walker.press("Space")
    assert "show=severity" in page.url
    # Back at the choices, to change them again.
    assert walker.to(name="show", most=2) <= 2


def test_the_fields_of_a_cross_table_are_chosen(page, walker):
    page.goto("/d/sample/explore/table?rows=light&columns=severity")
    walker.to(name="rows")
    page.keyboard.press("ArrowDown")
    chosen = page.locator(":focus").input_value()
    walker.to(tag="button", most=12)
    walker.press()
    assert f"rows={chosen}" in page.url
    assert walker.to(name="rows", most=2) <= 2


def test_a_question_is_asked_back_and_the_document_taken(page, walker):
    page.goto("/d/sample/explore")
    walker.to(id="ask")
    page.keyboard.type("km 41")
    walker.press()
    walker.to(says="M1, km 41 ± 500 m")
    walker.press()
    expect(page.locator("h1")).to_have_text("M1, km 41 ± 500 m")
    walker.to(says="PDF")
    with page.expect_download() as kept:
        page.keyboard.press("Enter")
    assert kept.value.suggested_filename.endswith(".pdf")


def test_weather_is_uploaded(page, walker, tmp_path):
    file = tmp_path / "weather.csv"
    days = "".join(f"2020-01-{day:02},{day % 3}\n" for day in range(1, 29))
    file.write_text("date,precipitation (mm)\n" + days, encoding="utf-8")
    page.goto("/d/sample/weather")
    # The browser begins to wait for the chooser before the walk, or the key is too early for it.
    with page.expect_file_chooser() as asked:
        walker.to(name="file")
        page.keyboard.press("Enter")
    asked.value.set_files(str(file))
    walker.to(says="Add the table")
    walker.press("Space")
    expect(page.locator("#read")).to_be_visible()
    # What became of it is next, not the menus.
    assert page.evaluate("document.activeElement.id") == "content"
    walker.to(says="Remove the weather", most=6)
    walker.press()


def test_the_shortcuts_of_home_lead_on(page, walker):
    page.goto("/")
    shortcuts = page.get_by_role("navigation", name="Shortcuts").get_by_role("link")
    there = shortcuts.last.get_attribute("href")
    walker.to(href=there)
    walker.press()
    assert page.url.endswith(there)
