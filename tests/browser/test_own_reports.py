"""A chart is added to a report, its parts are put in order, and the PDF says the same numbers."""

import re
import shutil
import subprocess

import dashboard
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.slow


def words_of(file):
    found = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], check=True, capture_output=True
    )
    return " ".join(found.stdout.decode().split())


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_from_a_chart_to_the_pdf_of_a_report_of_ones_own(page, clean, tmp_path):
    page.goto("/d/sample/explore/hours?severity=fatal")
    finding = page.locator(".chart-card .notice").inner_text()
    page.locator("select[name=template]").select_option("")
    page.get_by_role("button", name="Add to report").click()
    expect(page.locator(".notice-good")).to_contain_text("Added to the report")
    assert page.url.endswith("/explore/hours?severity=fatal&view=chart#content")
    page.get_by_role("link", name="Open the report").click()

    page.locator("#add-title ~ .template-new [name=heading]").fill("Deaths by {night}")
    page.get_by_role("button", name="Add the heading").click()
    page.locator("select[name=section]").select_option("key_figures")
    page.get_by_role("button", name="Add the section to the report").click()
    page.locator("#part-3 button[value=up]").press("Enter")
    page.locator("#part-2 button[value=up]").click()
    page.locator("#part-3 button[value=up]").click()
    titles = page.locator(".template-parts h2 bdi")
    expect(titles).to_have_text(["Key figures", "Deaths by {night}", "Day of the week and hour"])
    page.locator("[name=title]").fill("Nights of our own")
    page.get_by_role("button", name="Save title and name").click()
    expect(page.locator("h1")).to_have_text("Nights of our own")

    page.get_by_role("link", name="Write it").click()
    page.get_by_role("button", name=re.compile("Write the report.*Nights of our own")).click()
    dashboard.follow_the_job(page)
    expect(page.locator("h1")).to_have_text("Nights of our own")
    fingerprint = page.locator("dd code").inner_text()
    with page.expect_download() as kept:
        page.get_by_role("link", name="Download").click()
    file = tmp_path / "report.pdf"
    kept.value.save_as(file)
    said = words_of(file)
    for told in ("Nights of our own", "Deaths by {night}", "Crashes by day of the week and hour"):
        assert told in said
    assert " ".join(finding.split()) in said
    assert re.search(r"its own: Severity: Fatal. [0-9,]+ crashes pass it", said)
    assert fingerprint in said
    assert said.index("Deaths by {night}") < said.index("Crashes by day of the week")
