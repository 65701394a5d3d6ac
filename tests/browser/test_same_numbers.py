"""The same sample by the library and in the browser: the same numbers, read off the page."""

import re

import pytest

from crashkit import api

FILTER = "severity=fatal,serious; year=2018-2023"
QUERY = "severity=fatal,serious&year=2018-2023"


@pytest.fixture(scope="module")
def data(env):
    with api.open_store(f"{env['XDG_DATA_HOME']}/crashkit/crashkit.sqlite") as store:
        yield api.load(store, "sample")


def numbers(row):
    return [int(re.sub(r"\D", "", cell)) for cell in row.locator("td").all_inner_texts()]


def test_the_table_of_the_page_is_the_table_of_the_library(page, clean, base_url, data):
    page.goto(f"/d/sample/explore/table?rows=year&columns=severity&{QUERY}&lang=en")
    rows = page.locator("table.cross").first.locator("tbody tr").all()
    part = api.cut(data, api.parse_filter(FILTER))
    table = api.tabulate(part, "year", "severity")
    cells = [numbers(row)[: len(table.columns)] for row in rows[: len(table.rows)]]
    assert cells == [list(row) for row in table.cells]
    expected = f"{len(part):,} of {len(data):,}"
    assert expected in page.locator("main").inner_text()


def test_the_list_of_the_page_is_the_list_of_the_library(page, clean, base_url, data):
    page.goto(f"/d/sample/blackspots?{QUERY}&lang=en")
    page.locator("details.rule:has(input[name=preset][value=count_1km]) > summary").click()
    form = page.locator("form:has(input[name=preset][value=count_1km])").first
    form.locator("button[type=submit]").click()
    page.wait_for_url(re.compile(r"/blackspots/\d+|/jobs/"))
    offered = page.locator("#job a.button:not(.button-second)")
    page.locator("table.sites").or_(offered).wait_for(timeout=60_000)
    if offered.count():
        offered.click()
    rows = page.locator("table.sites tbody tr")
    shown = [
        (int(row.locator("td.rank b").inner_text()), int(row.locator("td").nth(1).inner_text()))
        for row in rows.all()[:30]
    ]
    result = api.screen(data, api.ask("count_1km", {}, api.parse_filter(FILTER)))
    assert shown == [(f.rank, f.counts["crashes"]) for f in result.findings[:30]]
