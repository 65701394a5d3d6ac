"""Text of the data stays text: on every page, in every field, in every header."""

import csv
import io
import random
import re
from pathlib import Path

import dashboard
import pytest
from playwright.sync_api import expect

from crashkit import fields

PAYLOADS = (
    "<img src=x onerror=window.__hit=1>",
    '"><script>window.__hit=1</script>',
    "'><svg onload=window.__hit=1>",
    "</script><script>window.__hit=1</script>",
    "javascript:window.__hit=1",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "--><iframe srcdoc='<script>parent.__hit=1</script>'>",
    "<details open ontoggle=window.__hit=1>",
)
WRONG = "[src='x'], [onerror], [onload], [ontoggle], [srcdoc], a[href^='javascript']"
NAME = "hostile"
FOLDER = Path(__file__).parents[3] / "shared" / "bad_inputs"


def texts(table):
    """Return the text fields of a table that a file can fill."""
    own = {"crash_id", "source_id", "country", "road_key", "unit_no", "person_no"}
    found = [one for one in fields.table(table) if one.type == "text" and not one.personal]
    return [one.name for one in found if one.name not in own]


def written(heads, rows):
    out = io.StringIO()
    csv.writer(out).writerows([heads, *rows])
    return out.getvalue()


def files(folder):
    """Write a road with a blackspot, vehicles and people; each text field holds an attack."""
    chance = random.Random(4)
    numbers = [f"{i}{PAYLOADS[i % len(PAYLOADS)]}" for i in range(40)]

    def attacks(names):
        return [chance.choice(PAYLOADS) for _ in names]

    crash = [
        [n, f"202{i % 4}-03-{i % 27 + 1:02d}", f"{i % 24:02d}:10", 42 + i * 1e-4, 74.5, "fatal", 1,
         f"{10 + i * 0.02:.2f}", *attacks(texts("crash"))]
        for i, n in enumerate(numbers)
    ]  # fmt: skip
    plain = ["crash_id", "crash_date", "crash_time", "lat", "lon", "severity", "n_killed"]
    made = {
        "crashes.csv": written([*plain, "chainage_km", *texts("crash")], crash),
        "vehicles.csv": written(
            ["crash_id", "unit_no", "unit_type", *texts("vehicle")],
            [[n, "1", "car", *attacks(texts("vehicle"))] for n in numbers],
        ),
        "people.csv": written(
            ["crash_id", "unit_no", "person_no", "injury", *texts("person")],
            [[n, "1", "1", "killed", *attacks(texts("person"))] for n in numbers],
        ),
    }
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [str(folder / name) for name in made]


@pytest.fixture(scope="module")
def hostile(env, tmp_path_factory):
    """Keep a data set of attacks; give the number of a screening of it."""
    paths = files(tmp_path_factory.mktemp("hostile"))
    words = ["import", *paths, "--dataset", NAME, "--profile", "crashkit"]
    told = dashboard.crashkit(*words, "--json", env=env)
    assert '"accepted": 120' in told
    dashboard.crashkit("screen", NAME, "--preset", "count_circles", env=env)


@pytest.fixture
def quiet(page):
    """Fail when an attack ran: it said so, asked something or stands in the page as an element."""
    ran = []
    page.on("dialog", lambda asked: (ran.append(asked.message), asked.dismiss()))
    page.on("pageerror", lambda error: ran.append(str(error)))
    yield
    assert ran == []


def harmless(page):
    assert page.evaluate("window.__hit") is None
    assert page.locator(WRONG).count() == 0
    assert page.evaluate(
        "[...document.scripts].every((one) => one.src || one.type === 'application/json')"
    )


def pages():
    """Return every page about a data set, for this one."""
    found = dashboard.pages()
    own = {name: path for name, path in found.items() if path.startswith("/d/sample")}
    return {name: path.replace("/d/sample", f"/d/{NAME}") for name, path in own.items()}


NOT_TOLD = ("target", "ages-rates", "cross-rates", "low-sun")
"""Pages that ask for what these data do not tell."""

LANGUAGES = ("en", *(pytest.param(one, marks=pytest.mark.slow) for one in ("ru", "zh")))


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_attacks_in_every_field_are_shown_as_text_on_every_page(
    page, clean, quiet, base_url, hostile, language
):
    for name, path in pages().items():
        if "blackspots/" in path or "result=" in path or name in NOT_TOLD:
            continue
        page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
        page.wait_for_load_state("networkidle")
        if "map" in name:
            page.evaluate("window.__ready")
        harmless(page)


def test_attacks_are_shown_as_text_in_pop_ups_and_lists_of_the_map(
    page, clean, quiet, base_url, hostile
):
    page.goto(f"/d/{NAME}/map?lang=en")
    page.evaluate("window.__ready")
    page.locator(".map-list summary").first.click()
    page.locator(".map-list tbody tr button").first.click()
    expect(page.locator(".map-card")).to_be_visible()
    harmless(page)


def test_a_search_in_the_browser_keeps_attacks_as_text(page, clean, quiet, base_url, hostile):
    page.goto(f"/d/{NAME}/blackspots?lang=en")
    page.goto(f"/d/{NAME}/crashes?number={PAYLOADS[1]}")
    harmless(page)
    page.goto(f"/d/{NAME}/crashes?place={PAYLOADS[0]}&road={PAYLOADS[2]}")
    harmless(page)


def test_attacks_in_headers_are_shown_as_text_by_mapping_and_preview(page, clean, quiet, base_url):
    file = FOLDER / "C03_html_in_headers.csv"
    if not file.exists():
        pytest.skip(f"{file} is not here")
    page.goto("/import?lang=en")
    page.set_input_files("input[type=file]", str(file))
    page.fill("input[name=dataset]", "headers")
    page.locator("form[action='/import'] button").click()
    page.wait_for_url(re.compile("/import/.*/mapping"), timeout=60_000)
    expect(page.locator("table.columns tbody tr").first).to_be_visible()
    harmless(page)
    page.locator("header button[value=preview]").click()
    expect(page.locator("form[action$='/commit'] button")).to_be_visible(timeout=60_000)
    harmless(page)
