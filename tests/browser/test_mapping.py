"""A police file with Cyrillic names and no profile, from upload to map: few clicks, or none."""

import random
import re
from dataclasses import dataclass

import dashboard
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

MOST_CLICKS = 9
WAIT_MS = 60_000
NAMES = (
    "№ карточки;Дата ДТП;Время;Район;Дорога;Километр;Метр;Широта;Долгота;Вид ДТП;Освещение;"
    "Погибло;Ранено;ФИО водителя;Гос. номер"
)
TYPES = ("Столкновение", "Наезд на пешехода", "Опрокидывание", "Наезд на препятствие")
CRASHES = 60


def cards(folder, names=NAMES):
    """Write sixty crashes as a police office keeps them, in the encoding of its old computers."""
    draw = random.Random(7)
    lines = [names]
    for n in range(1, CRASHES + 1):
        place = f"{42.6 + draw.random() / 2:.5f};{73.9 + draw.random():.5f}"
        light = ("Светлое время суток", "Сумерки")[n % 2]
        lines.append(
            f"{n:04};{n % 28 + 1:02}.{n % 12 + 1:02}.2023;{n % 24:02}:{n % 60:02};Сокулукский;М-39;"
            f"{n};{n * 13 % 1000};{place};{TYPES[n % 4]};{light};{int(n % 9 == 0)};{n % 3};"
            f"Асанов Бек {n};01KG{n:03}ABC"
        )
    file = folder / "карточки.csv"
    file.write_bytes("\r\n".join(lines).encode("cp1251"))
    return file


@dataclass
class Mouse:
    """Somebody who clicks, and whose clicks are counted."""

    page: object
    clicks: int = 0

    def press(self, locator):
        self.clicks += 1
        locator.click()

    def write(self, locator, text):
        self.press(locator)
        self.page.keyboard.type(text)


@dataclass
class Keys:
    """Somebody who has no mouse: moves by Tab, presses Space and Enter."""

    page: object
    clicks: int = 0

    def press(self, locator):
        self._reach(locator)
        kind = locator.evaluate("one => one.type || one.tagName")
        self.page.keyboard.press("Space" if kind == "radio" else "Enter")

    def write(self, locator, text):
        self._reach(locator)
        self.page.keyboard.type(text)

    def _reach(self, locator):
        locator.wait_for()
        for _ in range(400):
            if locator.evaluate("one => one === document.activeElement"):
                return
            # A group of radio buttons is one stop of Tab; within it the arrows choose.
            if locator.evaluate(
                "one => one.type === 'radio' && document.activeElement.name === one.name"
            ):
                self.page.keyboard.press("ArrowDown")
            else:
                self.page.keyboard.press("Tab")
        raise AssertionError(f"{locator} cannot be reached by the keyboard")


def walk(page, hand, file, name):
    """Go from the import page to the map of the crashes."""
    page.goto("/import?lang=ru")
    page.locator("#files").set_input_files(file)
    hand.clicks += 1
    hand.write(page.locator("#dataset"), name)
    hand.press(page.locator("form[action='/import'] button"))

    # The file is not Unicode: which letters its bytes are is asked, as ever.
    expect(page.locator("input[name=answer][value=cp1251]")).to_be_visible(timeout=WAIT_MS)
    hand.press(page.locator("input[name=answer][value=cp1251]"))
    hand.press(page.locator("form[action$='/answer'] button"))

    page.wait_for_url("**/mapping", timeout=WAIT_MS)
    expect(page.locator("table.columns tbody tr").first).to_be_visible()
    hand.press(page.locator("header button[value=preview]"))

    commit = page.locator("form[action$='/commit'] button")
    order = page.locator("input[name=answer][value=dmy]")
    expect(commit.or_(order)).to_be_visible(timeout=WAIT_MS)
    if order.count():
        hand.press(order)
        hand.press(page.locator("form[action$='/answer'] button"))
    expect(commit).to_be_visible(timeout=WAIT_MS)
    hand.press(commit)
    page.wait_for_url(re.compile(r"/imports/\d+$"), timeout=WAIT_MS)
    hand.press(page.locator("a.button[href$='/map']"))
    page.wait_for_url("**/map", timeout=WAIT_MS)


def shows_the_crashes(page):
    page.evaluate("window.__ready")
    expect(page.locator("canvas.maplibregl-canvas")).to_be_visible()
    expect(page.locator(".map-page")).to_contain_text(str(CRASHES))


def test_from_upload_to_map_in_under_ten_clicks(page, clean, tmp_path):
    page.set_viewport_size({"width": 1366, "height": 768})
    hand = Mouse(page)
    walk(page, hand, cards(tmp_path), "cards-by-mouse")
    shows_the_crashes(page)
    assert hand.clicks <= MOST_CLICKS


@pytest.mark.slow
def test_the_keyboard_alone_is_enough(page, clean, tmp_path):
    page.set_viewport_size({"width": 1366, "height": 768})
    hand = Keys(page)
    # Another layout: that of the walk by mouse is known by now.
    walk(page, hand, cards(tmp_path, NAMES.replace("Район", "Улица")), "cards-by-keys")
    shows_the_crashes(page)


@pytest.mark.slow
def test_the_next_file_of_the_layout_asks_nothing(page, clean, tmp_path):
    names = NAMES.replace("Район", "Город")
    walk(page, Mouse(page), cards(tmp_path, names), "cards-first")
    file = tmp_path / "next.csv"
    row = (
        "0900;05.06.2024;10:00;Чуйский;М-39;7;100;42.7;74.1;Столкновение;Сумерки;0;1;Беков;01KG1AAA"
    )
    file.write_bytes(f"{names}\r\n{row}\r\n".encode("cp1251"))
    page.goto("/import?lang=en")
    page.locator("#files").set_input_files(file)
    page.locator("#dataset").fill("cards-next")
    page.locator("form[action='/import'] button").click()
    expect(page.locator("form[action$='/commit'] button")).to_be_visible(timeout=WAIT_MS)
    expect(page.locator("main")).to_contain_text("This profile was found by the columns")


@pytest.mark.parametrize("size", dashboard.SCREENS)
@pytest.mark.parametrize("language", dashboard.LANGUAGES)
def test_the_page_fits_the_screen_and_keeps_nobody_out(page, clean, tmp_path, size, language):
    width, height = dashboard.SCREENS[size]
    page.set_viewport_size({"width": width, "height": height})
    file = tmp_path / "unknown.csv"
    file.write_text(
        "id;Дата;Вид ДТП;телефон\n1;2020-01-31;Столкновение;+996 555 000001\n"
        "2;2021-12-05;Нечто;+996 555 000002\n",
        "utf-8",
    )
    page.goto(f"/import?lang={language}")
    page.locator("#files").set_input_files(file)
    page.locator("#dataset").fill("unknown")
    page.locator("form[action='/import'] button").click()
    page.wait_for_url("**/mapping", timeout=WAIT_MS)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    page.goto("/profiles")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
