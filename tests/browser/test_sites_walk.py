"""From a list to the register and back after the data moved, in a real browser."""

import re

import dashboard
import pandas as pd
import pytest
from playwright.sync_api import expect

from crashkit import api

COUNTRY = "sample_data/country"
FILES = ("vehicles.csv", "people.csv")
NAME = "moves"


def bring_in(env, crashes):
    others = [f"{COUNTRY}/{name}" for name in FILES]
    words = ("--profile", "crashkit", "--dataset", NAME)
    dashboard.crashkit("import", str(crashes), *others, *words, env=env)


def moved(folder):
    """Write the crashes as if each had been measured a little farther along and to the north."""
    rows = pd.read_csv(f"{COUNTRY}/crashes.csv", dtype=str, keep_default_na=False)
    rows["lat"] = [f"{float(one) + 0.0003:.6f}" for one in rows["lat"]]
    rows["chainage_km"] = [one and f"{float(one) + 0.06:.3f}" for one in rows["chainage_km"]]
    file = folder / "crashes.csv"
    rows.to_csv(file, index=False)
    return file


def take_back(env):
    home = env["XDG_DATA_HOME"]
    with api.open_store(f"sqlite:///{home}/crashkit/crashkit.sqlite") as store:
        api.undo_import(store, store.imports(NAME)[0].id)


def screen(page):
    page.goto(f"/d/{NAME}/blackspots")
    page.locator(".rules-top form:has(input[name=preset]) button[type=submit]").click()
    dashboard.follow_the_job(page)
    expect(page.locator("h1")).to_contain_text("Crashes above those of similar roads")


@pytest.mark.slow
def test_a_site_is_found_compared_saved_and_known_again_after_the_data_moved(
    page, clean, env, base_url, tmp_path
):
    page.set_viewport_size({"width": 1366, "height": 768})
    bring_in(env, f"{COUNTRY}/crashes.csv")
    screen(page)
    found = page.locator("table tbody tr a").first.inner_text()

    page.goto(f"/d/{NAME}/blackspots/compare")
    for preset in ("eb_excess_windows", "ru_law"):
        page.locator(f"input[name=preset][value={preset}]").evaluate(
            "(one) => { one.closest('details')?.setAttribute('open', ''); }"
        )
        page.locator(f"input[name=preset][value={preset}]").check()
    page.locator("form:has(input[name=preset]) button[type=submit]").click()
    dashboard.follow_the_job(page)
    expect(page.locator(".compare-answer")).not_to_be_empty()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    table = pd.read_csv(download.value.path())
    road, km = re.match(r"(\w+), km ([\d.]+)", found).groups()
    assert ((table["road"] == road) & (table["from_km"] == float(km))).any()

    page.goto(f"/d/{NAME}/blackspots")
    page.locator(".kept-list a").first.click()
    page.locator("table tbody tr a").first.click()
    page.get_by_role("button", name="Save to the register").click()
    number = page.url.rsplit("/", 1)[1]

    take_back(env)
    bring_in(env, moved(tmp_path))
    screen(page)
    page.get_by_role("link", name=f"Site {number} of the register").click()
    page.locator("#new-status").select_option("investigation")
    page.get_by_role("button", name="Change the status").click()
    expect(page.locator(".register-state")).to_contain_text("Under investigation")

    told = page.request.get(f"{base_url}/d/{NAME}/register/{number}.json").json()
    assert (told["status"], len(told["sightings"])) == ("investigation", 2)
    for end, word in (("geojson", '"FeatureCollection"'), ("gpx", "<gpx"), ("kml", "<kml")):
        answer = page.request.get(f"{base_url}/d/{NAME}/register.{end}")
        assert answer.ok and word in answer.text(), end
