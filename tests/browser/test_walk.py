"""Aida's first hour, in a real browser: upload, preview, map, blackspots, one site, PDF."""

import re
import subprocess
from pathlib import Path

import dashboard
import pytest
from playwright.sync_api import expect

SAMPLE = Path(__file__).parents[2] / "sample_data" / "country"
FILES = [SAMPLE / name for name in ("crashes.csv", "vehicles.csv", "people.csv")]
WORDS = {"en": "Blackspots", "ru": "концентрации", "zh": "多发点"}


@pytest.mark.parametrize("language", dashboard.LANGUAGES)
def test_from_the_police_file_to_the_signed_list(page, clean, language, tmp_path):
    page.set_viewport_size({"width": 1366, "height": 768})
    name = f"walk-{language}"

    page.goto(f"/import?lang={language}")
    page.locator("#files").set_input_files(FILES)
    page.locator("details.known > summary").click()
    page.locator("input[name=profile][value=crashkit]").check()
    page.locator("#dataset").fill(name)
    page.locator("form[action='/import'] button").click()
    dashboard.follow_the_job(page)
    expect(page.locator("h1")).to_contain_text(name)
    page.locator("form[action$='/commit'] button").click()
    dashboard.follow_the_job(page)

    page.goto(f"/d/{name}/map?severity=fatal")
    page.evaluate("window.__ready")
    expect(page.locator("canvas.maplibregl-canvas")).to_be_visible()
    expect(page.locator(".map-page")).to_contain_text("396")

    page.goto(f"/d/{name}/blackspots")
    page.locator(".rules-top form:has(input[name=preset]) button[type=submit]").click()
    dashboard.follow_the_job(page)
    page.evaluate("window.__ready")
    first = page.locator("table tbody tr").first
    site = first.locator("a").first.inner_text()
    assert re.match(r"[AM]\d", site)
    first.locator("a").first.click()
    expect(page.locator("h1")).to_contain_text(site[:2])
    assert re.search(r"/blackspots/\d+/1$", page.url)

    page.goto(f"/d/{name}/reports")
    form = page.locator("form:has(input[name=kind][value=blackspot_list])")
    form.locator("select[name=format]").select_option("pdf")
    form.locator("button[type=submit]:not([formaction])").click()
    dashboard.follow_the_job(page)
    with page.expect_download() as download:
        page.locator("a.button[href$='/file']").click()
    paper = tmp_path / "list.pdf"
    download.value.save_as(paper)
    text = subprocess.run(
        ["pdftotext", str(paper), "-"], capture_output=True, check=True, encoding="utf-8"
    ).stdout
    assert WORDS[language] in text
    assert f"{site[:2]}:" in text
