"""The map in a real browser: filter, drawing, pop-ups, keyboard, phone, paper."""

import re
import subprocess

import dashboard
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

MAP = "/d/sample/map"
SHOWN = "[data-map=crashes]"
CANVAS = "canvas.maplibregl-canvas"
ALL = 3000


def go(page, words="", size="laptop", language="en"):
    width, height = dashboard.SCREENS[size]
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{MAP}?lang={language}{words}")
    page.evaluate("window.__ready")


def settled(page):
    """Wait until the page has followed its filter and the map is drawn."""
    expect(page.locator(f"{SHOWN}[aria-busy]")).to_have_count(0)
    page.evaluate(
        "() => new Promise((done) => { const map = document.querySelector('[data-map]').map;"
        " map.once('idle', () => { map.once('idle', () => done()); map.triggerRepaint(); });"
        " map.triggerRepaint(); })"
    )


def drawn(page):
    """Return how many crashes of each severity the map shows now."""
    settled(page)
    return page.evaluate(
        "() => { const map = document.querySelector('[data-map]').map;"
        " const seen = new Map(map.queryRenderedFeatures({ layers: ['crashes'] })"
        ".map((one) => [one.id, one.properties.severity]));"
        " const counts = {}; for (const one of seen.values()) counts[one] = (counts[one] ?? 0) + 1;"
        " return counts; }"
    )


def passing(page):
    """Return n of "n of N crashes", as the page says it."""
    settled(page)
    found = re.search(r"([\d,]+) of ([\d,]+) crashes", page.locator(".filter-state").inner_text())
    return int(found[1].replace(",", "")) if found else ALL


def at(page, across, down):
    """Return a point of the map in the window, from shares of its width and height."""
    page.locator(CANVAS).scroll_into_view_if_needed()
    box = page.locator(CANVAS).bounding_box()
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def corners(page, *places):
    for place in places:
        page.mouse.click(*at(page, *place))
        page.wait_for_timeout(350)  # two clicks at once would be a double one


CORNERS = ((0.45, 0.15), (0.75, 0.15), (0.75, 0.6), (0.45, 0.6))


def test_the_map_shows_the_crashes_of_the_address(page, clean, base_url):
    go(page, "&severity=fatal")
    assert passing(page) == 396
    assert set(drawn(page)) == {"fatal"}


SHARP = """() => {
    const { map } = document.querySelector('[data-map]');
    return map.getCanvas().width - map.getContainer().clientWidth * devicePixelRatio;
}"""


def test_a_map_that_was_drawn_coarse_while_it_loads_is_sharp_in_the_end(page, clean):
    go(page)
    assert abs(page.evaluate(SHARP)) <= 1


SETTLED = """new Promise(done => {
    const { map } = document.querySelector('[data-map]');
    return map.loaded() ? done() : map.once('idle', done);
})"""


@pytest.mark.slow
def test_the_address_says_where_one_looks(page, clean, base_url):
    page.goto(f"{MAP}?lang=en#map=9/45.2/68.1")
    page.evaluate("window.__ready")
    place = "document.querySelector('[data-map]').map.getCenter().toArray().map(Math.round)"
    assert page.evaluate(place) == [68, 45]
    assert page.evaluate("document.querySelector('[data-map]').map.getZoom()") == 9
    page.evaluate("document.querySelector('[data-map]').map.jumpTo({ zoom: 10 })")
    expect(page).to_have_url(re.compile("#map=10/45.2/68.1"))
    # A page that closes while tiles are on their way has them fail.
    page.evaluate(SETTLED)


def test_a_drawn_polygon_is_part_of_the_filter_at_once(page, clean, base_url):
    go(page)
    loads = []
    page.on("load", lambda: loads.append(page.url))
    page.locator("[data-draw=polygon]").click()
    corners(page, *CORNERS)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("within=polygon"))
    n = passing(page)
    assert 0 < n < ALL
    assert sum(drawn(page).values()) <= n
    legend = page.locator("[data-shows=points] b").all_inner_texts()
    assert sum(int(count.replace(",", "")) for count in legend) == n
    assert loads == []

    # The page of this address says the same, and so do its neighbours.
    page.reload()
    page.evaluate("window.__ready")
    assert passing(page) == n
    assert "within=polygon" in page.locator(".of-dataset a[href*=explore]").get_attribute("href")

    page.go_back()
    settled(page)
    assert passing(page) == ALL


@pytest.mark.slow
def test_several_shapes_add_up_and_one_can_be_taken_away(page, clean, base_url):
    go(page)
    page.locator("[data-draw=rectangle]").click()
    corners(page, (0.45, 0.15), (0.6, 0.35))
    first = passing(page)
    page.locator("[data-draw=circle]").click()
    page.mouse.move(*at(page, 0.7, 0.6))
    page.mouse.down()
    page.mouse.move(*at(page, 0.76, 0.65), steps=3)
    page.mouse.up()
    expect(page.locator(".map-selection li")).to_have_count(2)
    both = passing(page)
    assert both > first
    page.locator(".map-selection li", has_text="Circle").locator("a").click()
    expect(page.locator(".map-selection li")).to_have_count(1)
    assert passing(page) == first


@pytest.mark.slow
def test_points_can_be_taken_back_and_a_drawing_given_up(page, clean, base_url):
    go(page)
    page.locator("[data-draw=polygon]").click()
    corners(page, *CORNERS)
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    expect(page.locator("[data-done]")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(page.locator("[data-drawing]")).to_be_hidden()
    assert "within" not in page.url


def test_the_keyboard_alone_selects_a_circle_and_changes_its_radius(page, clean, base_url):
    go(page)
    page.locator("[data-draw=circle]").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(700)
    page.keyboard.press("Space")
    expect(page.locator(".map-selection li")).to_have_count(1)
    before = passing(page)
    radius = page.locator(".map-selection input[name=radius]")
    radius.fill("190000")
    radius.press("Enter")
    expect(page).to_have_url(re.compile(r"%2C190000"))
    assert passing(page) > before


@pytest.mark.slow
def test_the_metres_of_a_circle_can_be_typed(page, clean, base_url):
    go(page)
    page.locator("[data-draw=circle]").click()
    page.mouse.click(*at(page, 0.6, 0.5))
    page.locator("[data-drawing] input").fill("40000")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"within=circle.*%2C40000"))


@pytest.mark.slow
def test_a_road_is_selected_between_km_posts_and_shown(page, clean, base_url):
    go(page)
    page.locator(".map-choose summary").click()
    form = page.locator(".map-choose form:has([name=on_road])")
    form.locator("[name=on_road]").fill("M1")
    form.locator("[name=from_km]").fill("200")
    form.locator("[name=to_km]").fill("215")
    form.locator("button").click()
    expect(page.locator(".map-selection")).to_contain_text("road M1 from km 200 to km 215")
    assert 0 < passing(page) < ALL
    assert page.evaluate("document.querySelector('[data-map]').map.getZoom()") > 8


def test_what_makes_no_sense_is_told_and_changes_nothing(page, base_url):
    go(page)
    page.locator(".map-choose summary").click()
    form = page.locator(".map-choose form:has([name=centre_lon])")
    form.locator("[name=centre_lon]").fill("600")
    form.locator("[name=centre_lat]").fill("41")
    form.locator("button").click()
    expect(page.locator("[data-tell]")).to_contain_text("circle")
    assert "within" not in page.url


@pytest.mark.slow
def test_the_longer_words_of_russian_leave_the_map_its_room(page, clean, base_url):
    def tops(*places):
        return {round(page.locator(one).first.bounding_box()["y"] / 8) for one in places}

    go(page, language="ru")
    assert len(tops("[data-draw=circle]", ".map-views a", "[data-print-map]")) == 1
    words = page.locator("select[name=unit]").bounding_box()["width"]
    assert words < 120, "as wide as what is chosen"

    go(page, size="phone", language="ru")
    assert len(tops(*(f"[data-draw={kind}]" for kind in ("circle", "polygon", "rectangle")))) == 1
    assert (
        len({round(one.bounding_box()["height"]) for one in page.locator(".map-views a").all()})
        == 1
    )
    rows = (page.locator(one).bounding_box() for one in ("[data-draw=rectangle]", SHOWN))
    last, map_box = (row["x"] + row["width"] for row in rows)
    assert last <= map_box + 1


@pytest.mark.slow
@pytest.mark.parametrize("size", dashboard.SCREENS)
@pytest.mark.parametrize("view", ["", "heat", "age", "months"])
def test_a_map_with_shapes_keeps_nobody_out(page, clean, base_url, size, view):
    go(page, f"&view={view}&within=circle:67,45.5,60000|road:M1@100-200", size)
    page.locator(".map-choose summary").click()
    page.locator("[data-draw=circle]").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= dashboard.SCREENS[size][0]
    found = [(one["id"], one["nodes"][0]["html"]) for one in Axe().run(page).response["violations"]]
    assert found == []


@pytest.mark.slow
def test_a_finger_draws_on_a_phone_where_the_map_is_large(browser, base_url):
    width, height = dashboard.SCREENS["phone"]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        has_touch=True,
        is_mobile=True,
        base_url=base_url,
    )
    page = context.new_page()
    page.goto(f"{MAP}?lang=en")
    page.evaluate("window.__ready")
    assert page.locator(CANVAS).bounding_box()["height"] > 0.6 * height
    # The legend is a sheet that opens when it is asked for.
    expect(page.locator("[data-show-all]")).to_be_hidden()
    page.locator(".map-panel summary").first.tap()
    expect(page.locator("[data-show-all]")).to_be_visible()
    page.locator(".map-panel summary").first.tap()
    page.locator("[data-draw=polygon]").tap()
    for place in ((0.3, 0.3), (0.7, 0.3), (0.7, 0.6), (0.3, 0.6)):
        page.touchscreen.tap(*at(page, *place))
        page.wait_for_timeout(350)
    page.locator("[data-done]").tap()
    expect(page).to_have_url(re.compile("within=polygon"))
    assert 0 < passing(page) < ALL
    context.close()


def test_the_keyboard_moves_the_map_and_its_focus_is_seen(page, clean, base_url):
    go(page)
    view = (
        "() => { const map = document.querySelector('[data-map]').map;"
        " return [map.getCenter().lng, map.getZoom()]; }"
    )
    before = page.evaluate(view)
    page.locator(".map-print").focus()
    page.keyboard.press("Tab")
    focused = page.locator(CANVAS)
    expect(focused).to_be_focused()
    assert focused.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(700)
    page.keyboard.press("+")
    page.wait_for_timeout(700)
    after = page.evaluate(view)
    assert after[0] > before[0]
    assert after[1] == pytest.approx(before[1] + 1, abs=0.01)
    page.keyboard.press("Tab")
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    expect(page.get_by_role("button", name="Zoom in")).to_be_focused()
    assert page.evaluate(outline) == "solid"


@pytest.mark.slow
def test_heat_is_a_way_to_show_the_crashes_that_the_address_keeps(page, clean, base_url):
    go(page, "&severity=fatal")
    page.locator(".map-views a", has_text="Heat").click()
    expect(page).to_have_url(re.compile("view=heat"))
    settled(page)
    expect(page.locator("[data-shows=heat]")).to_be_visible()
    expect(page.locator("[data-shows=points]")).to_be_hidden()
    assert drawn(page) == {}
    page.go_back()
    expect(page.locator("[data-shows=points]")).to_be_visible()
    assert set(drawn(page)) == {"fatal"}


def test_the_list_follows_the_map_and_leads_to_the_crash(page, clean, base_url):
    go(page, "&severity=fatal")
    page.locator(".map-list summary").focus()
    page.keyboard.press("Enter")
    told = page.locator(".map-list [role=status]")
    expect(told).to_contain_text("crashes are in view")
    first = int(re.match(r"\d+", told.inner_text())[0])
    page.locator(".map-list a[rel=next]").click()
    expect(told).to_contain_text("Page 2 of")
    page.evaluate("document.querySelector('[data-map]').map.setZoom(8)")
    expect(told).not_to_contain_text("Page 2 of")
    settled(page)
    assert int(re.match(r"\d+", told.inner_text())[0]) < first
    page.locator(".map-list tbody button").first.click()
    expect(page.locator(".map-card strong")).to_have_text("Fatal")
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    page.locator(".map-list tbody th a").first.click()
    expect(page).to_have_url(re.compile(r"/crashes/\d+$"))


def test_without_webgl_a_picture_and_the_list_stand_for_the_map(page, clean, base_url):
    page.add_init_script(
        "const real = HTMLCanvasElement.prototype.getContext;"
        " HTMLCanvasElement.prototype.getContext = function (kind, ...more)"
        " { return kind.startsWith('webgl') ? null : real.call(this, kind, ...more); }"
    )
    page.goto(f"{MAP}?lang=en&severity=fatal")
    picture = page.locator(".map-fallback img")
    expect(picture).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert picture.evaluate("one => one.complete && one.naturalWidth > 1000")
    expect(page.locator(".map-panel")).to_be_hidden()
    expect(page.locator("[data-tools]").first).to_be_hidden()
    page.locator(".map-list summary").click()
    expect(page.locator(".map-list [role=status]")).to_contain_text("396 crashes")
    expect(page.locator(".map-table")).to_be_visible()


def test_without_scripts_the_forms_and_the_picture_do(browser, base_url):
    context = browser.new_context(java_script_enabled=False, base_url=base_url)
    page = context.new_page()
    page.goto(f"{MAP}?lang=en")
    page.locator(".map-choose summary").click()
    form = page.locator(".map-choose form:has([name=centre_lon])")
    form.locator("[name=centre_lon]").fill("67")
    form.locator("[name=centre_lat]").fill("45.5")
    form.locator("[name=radius]").fill("60000")
    form.locator("button").click()
    expect(page).to_have_url(re.compile("within=circle"))
    expect(page.locator(".filter-state")).to_contain_text("164 of 3,000 crashes")
    expect(page.locator(".map-unscripted img")).to_be_visible()
    context.close()


def months_seen(page):
    """Return the months of the single crashes that the map shows now."""
    settled(page)
    return set(
        page.evaluate(
            "() => document.querySelector('[data-map]').map"
            ".queryRenderedFeatures({ layers: ['crashes'] }).map((one) => one.properties.month)"
        )
    )


@pytest.mark.slow
def test_the_crashes_are_shown_month_by_month(page, clean, base_url):
    go(page, "&view=months")
    slider, told = page.locator(".map-time input"), page.locator(".map-time output")
    assert months_seen(page) == {2016 * 12}
    expect(told).to_have_text("January 2016 · crashes: 27")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(told).to_have_text("February 2016 · crashes: 15")
    assert months_seen(page) == {2016 * 12 + 1}
    page.locator(".map-time button").click()
    expect(told).to_contain_text("April 2016")
    page.locator(".map-time button").click()
    page.locator(".map-views a", has_text="Crashes").click()
    expect(slider).to_be_hidden()
    assert len(months_seen(page)) > 100


@pytest.mark.slow
def test_nothing_plays_where_motion_is_not_wanted(page, clean, base_url):
    page.emulate_media(reduced_motion="reduce")
    go(page, "&view=months")
    expect(page.locator(".map-time input")).to_be_visible()
    expect(page.locator(".map-time button")).to_be_hidden()


@pytest.mark.slow
def test_older_crashes_fade_and_the_legend_says_so(page, clean, base_url):
    go(page, "&view=age")
    expect(page.locator("[data-shows=age]")).to_contain_text("The older a crash, the fainter")
    expect(page.locator("[data-shows=points]")).to_be_visible()
    opacity = "document.querySelector('[data-map]').map.getPaintProperty('crashes', 'icon-opacity')"
    assert page.evaluate(opacity)[0] == "interpolate"
    page.locator(".map-views a", has_text="Crashes").click()
    settled(page)
    assert page.evaluate(opacity) == 1


@pytest.mark.slow
def test_the_map_prints_on_one_sheet_with_all_that_explains_it(page, clean, base_url, tmp_path):
    go(page, "&severity=fatal&within=circle:67,45.5,60000")
    expect(page.locator("[data-print-map]")).to_be_visible()
    before = page.evaluate("document.querySelector('[data-map]').map.getZoom()")
    page.evaluate("document.querySelector('[data-map]').toPaper()")
    paper = tmp_path / "map.pdf"
    page.pdf(path=paper, prefer_css_page_size=True)

    def told(*words):
        return subprocess.run(words, capture_output=True, check=True, encoding="utf-8").stdout

    about = told("pdfinfo", str(paper))
    assert re.search(r"Pages: +1\n", about)
    assert "841.92 x 594.96" in about
    text = told("pdftotext", "-layout", str(paper), "-")
    for words in (
        "29 of 3,000 crashes",
        "Inside a circle of 60000 m",
        "31 killed",
        "Fatal",
        " km",
        "Natural Earth; GeoNames (CC BY 4.0)",
        "do not imply any judgement on legal status",
        "Data set sample, version 1. Printed on",
    ):
        assert words in text
    subprocess.run(["pdftoppm", "-r", "50", "-png", paper, tmp_path / "sheet"], check=True)
    colours = Image.open(next(tmp_path.glob("sheet*.png"))).convert("RGB").getcolors(1_000_000)
    assert len(colours) > 300
    # The screen is as it was.
    settled(page)
    after = page.evaluate("document.querySelector('[data-map]').map.getZoom()")
    assert after == pytest.approx(before, abs=0.01)


def open_at(page, lon, lat, zoom):
    """Bring a place into the middle of the map, and click it."""
    page.evaluate(
        "(view) => document.querySelector('[data-map]').map.jumpTo(view)",
        {"center": [lon, lat], "zoom": zoom},
    )
    settled(page)
    page.mouse.click(*at(page, 0.5, 0.5))


def a_crash(page):
    """Return longitude, latitude and number of a crash on the map, to the metre when close."""
    settled(page)
    return page.evaluate(
        "() => { const map = document.querySelector('[data-map]').map;"
        " const middle = map.project(map.getCenter());"
        " const away = ({ geometry }) => middle.dist(map.project(geometry.coordinates));"
        " const [one] = map.queryRenderedFeatures({ layers: ['crashes'] })"
        ".sort((a, b) => away(a) - away(b));"
        " return [...one.geometry.coordinates, one.id]; }"
    )


def test_a_crash_tells_of_itself_in_text(page, clean, base_url):
    go(page, "&severity=fatal")
    for zoom in (12, 16):
        lon, lat, crash = a_crash(page)
        open_at(page, lon, lat, zoom)
    card = page.locator(".map-card")
    expect(card.locator("strong")).to_have_text("Fatal")
    expect(card).to_contain_text("Killed")
    expect(card.locator("a")).to_have_attribute("href", f"/d/sample/crashes/{crash}")
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)


@pytest.mark.slow
def test_a_crash_tells_of_itself_where_the_data_set_brings_no_layers(page, clean, base_url):
    page.route("**/d/sample/layers/*.geojson", lambda asked: asked.fulfill(body="null"))
    go(page, "&severity=fatal")
    for zoom in (12, 16):
        lon, lat, crash = a_crash(page)
        open_at(page, lon, lat, zoom)
    link = page.locator(".map-card a")
    expect(link).to_have_attribute("href", f"/d/sample/crashes/{crash}")


@pytest.mark.slow
def test_a_road_and_a_junction_are_selected_where_they_are_clicked(page, clean, base_url):
    go(page, "&severity=unknown,fatal&weekday=1")
    road = page.evaluate(
        "() => document.querySelector('[data-map]').layers.roads.features"
        ".find((one) => one.properties.name === 'M2').geometry.coordinates[200]"
    )
    open_at(page, *road, 13)
    page.locator(".map-card a", has_text="Select the whole road").click()
    expect(page).to_have_url(re.compile("within=road%3AM2"))
    expect(page.locator(".map-selection")).to_contain_text("road M2")
    junction = page.evaluate(
        "() => { const one = document.querySelector('[data-map]').layers.junctions.features[5];"
        " return [...one.geometry.coordinates, one.properties.id]; }"
    )
    open_at(page, *junction[:2], 15.5)
    page.locator(".map-card a", has_text="Select the crashes here").click()
    expect(page).to_have_url(re.compile(f"within=junction%3A{junction[2]}"))
    assert page.evaluate(
        "document.querySelector('[data-map]').map.getSource('shapes') !== undefined"
    )


@pytest.mark.slow
def test_an_area_is_selected_by_its_name_in_the_language_of_the_page(page, clean, base_url):
    go(page, language="ru")
    page.locator(".map-choose summary").click()
    form = page.locator(".map-choose form:has([name=named])")
    form.locator("[name=named]").fill("Северная область")
    form.locator("button").click()
    expect(page).to_have_url(re.compile("within=area%3Aareas%2FNorth"))
    settled(page)
    expect(page.locator(".map-selection li")).to_have_count(1)
    drawn_shapes = page.evaluate(
        "() => document.querySelector('[data-map]').map.queryRenderedFeatures("
        "{ layers: ['shape-surfaces'] }).length"
    )
    assert drawn_shapes > 0


@pytest.mark.parametrize(
    ("language", "town"), [("en", "Nurkent"), ("ru", "Нуркент"), ("zh", "努尔肯特")]
)
def test_names_on_the_map_are_in_the_language_of_the_page(page, clean, base_url, language, town):
    go(page, language="en")
    page.locator(f".tongues a[hreflang={language}]").click()
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.wait_for_load_state()
    page.evaluate("window.__ready")
    shown = page.evaluate(
        "() => document.querySelector('[data-map]').map.queryRenderedFeatures("
        "{ layers: ['own-towns-names'] })"
        ".map((one) => String(one.layer.layout['text-field']))"
    )
    assert town in shown


def test_what_a_crash_says_is_never_read_as_markup(page, clean, base_url):
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    go(page, "&severity=fatal")
    page.route(
        "**/crash/*.json",
        lambda route: route.fulfill(
            json={"title": evil, "page": "/d/sample/crashes/17", "rows": [[evil, evil]]}
        ),
    )
    page.locator(".map-list summary").click()
    page.locator(".map-list tbody button").first.click()
    card = page.locator(".map-card")
    expect(card.locator("dd")).to_have_text(evil)
    expect(card.locator("strong")).to_have_text(evil)
    assert card.locator("img, script").count() == 0
