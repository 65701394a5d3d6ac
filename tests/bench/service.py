"""The dashboard as its readers meet it: how long they wait, in the 95th percentile.

A server runs on an embedded store of many crashes, as `crashkit serve` runs it. Readers ask over
HTTP; the first view of the map is timed in a real browser.
"""

from __future__ import annotations

import http.client
import math
import random
import statistics
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crashkit import api
from tests import dashboard
from tests.bench import many
from tests.bench.works import SEED

READERS = 25
TILES_EACH = 24
ZOOMS = (5, 6, 7, 8, 9, 10, 11, 12)
FILTERS = tuple(
    f"severity={severity}&year={first}-{first + years}"
    for severity in ("fatal", "fatal,serious", "serious", "slight")
    for first in range(2015, 2021)
    for years in (0, 2, 4)
)
ASKED = 40
NAME = "many"


@dataclass(frozen=True)
class Wait:
    """How long readers wait for something, and the longest we accept."""

    what: str
    seconds: tuple[float, ...]
    limit_s: float

    @property
    def median_s(self) -> float:
        """The wait of the reader in the middle."""
        return statistics.median(self.seconds)

    @property
    def p95_s(self) -> float:
        """The wait that one reader in twenty exceeds; of few, the longest."""
        ordered = sorted(self.seconds)
        return ordered[min(math.ceil(0.95 * len(ordered)), len(ordered)) - 1]

    @property
    def holds(self) -> bool:
        """Say whether it is short enough."""
        return self.p95_s <= self.limit_s


def waits(store_url: str, home: Path) -> Iterator[Wait]:
    """Time filters, tiles and the first view of the map on the data set NAME of a store."""
    env = {**dashboard.environment(home), "CRASHKIT_STORE": store_url}
    with dashboard.running(env) as address:
        with _browser() as browser:
            cold, *warm = (_first_view(browser, address) for _ in range(6))
        yield Wait("first map view, after a cold start", (cold,), 4.0)
        yield Wait("first map view, warm", tuple(warm), 2.0)
    with dashboard.running(env) as address:
        here = f"{address}/d/{NAME}"
        _wait_for(f"{here}/explore")
        chance = random.Random(SEED)
        for page in ("map.json", "explore", "map"):
            asked = chance.sample(FILTERS, ASKED)
            seconds = tuple(_wait_for(f"{here}/{page}?{words}") for words in asked)
            yield Wait(f"filter -> {page}", seconds, 0.3)
        yield Wait(f"tile, {READERS} readers at once", _tiles(here), 0.15)


def ten_millions(folder: Path, crashes: int) -> Wait:
    """Time filters on the columnar copy of so many crashes, each another one."""
    with api.open_store(f"sqlite:///{folder / 'few.sqlite'}") as store:
        file = folder / "few.csv"
        file.write_text("crash_id,crash_date,severity\n1,2020-01-01,fatal\n", encoding="utf-8")
        api.import_crashes(store, api.read_uploads([file]), profile="crashkit", dataset=NAME)
        copied = api.keep_copy(store, many.invented(store.dataset(NAME), crashes))
        asked = [words.replace("&", "; ") for words in FILTERS]
        seconds = [_timed(lambda words=words: many.looked_at(copied, words)) for words in asked]
    # The first one reads the file from the disk.
    return Wait(f"filter of {crashes:,} crashes, columnar copy", tuple(seconds[1:]), 1.5)


def _timed(work: Any) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _wait_for(address: str) -> float:
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    start = time.perf_counter()
    with urllib.request.urlopen(request, timeout=60) as answer:
        answer.read()
    return time.perf_counter() - start


# ------------------------------------------------------------------- tiles


def _tiles(here: str) -> tuple[float, ...]:
    """Let readers pan and zoom at once, each with a filter of its own."""
    found: list[float] = []
    readers = [threading.Thread(target=_pan, args=(here, i, found)) for i in range(READERS)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    return tuple(found)


def _pan(here: str, reader: int, found: list[float]) -> None:
    chance = random.Random(reader)
    words = FILTERS[reader % len(FILTERS)]
    parts = urllib.parse.urlsplit(here)
    # A browser keeps its connection from one tile to the next.
    with closing(http.client.HTTPConnection(parts.netloc, timeout=60)) as connection:
        for _ in range(TILES_EACH):
            zoom, x, y = _somewhere(chance)
            start = time.perf_counter()
            connection.request(
                "GET",
                f"{parts.path}/tiles/{zoom}/{x}/{y}.mvt?{words}&v=1",
                headers={"Accept-Encoding": "gzip"},
            )
            answer = connection.getresponse()
            answer.read()
            found.append(time.perf_counter() - start)
            assert answer.status < 400, answer.status


def _somewhere(chance: random.Random) -> tuple[int, int, int]:
    """Return a tile of the country that the long file is spread over."""
    zoom = chance.choice(ZOOMS)
    lon, lat = chance.uniform(69.5, 80.0), math.radians(chance.uniform(39.3, 43.0))
    side: int = 2**zoom
    return (
        zoom,
        int((lon + 180) / 360 * side),
        int((1 - math.asinh(math.tan(lat)) / math.pi) / 2 * side),
    )


# ----------------------------------------------------------------- browser


def _first_view(browser: Any, address: str) -> float:
    """Return how long it takes from asking for the page until the map is drawn."""
    page = browser.new_page()
    start = time.perf_counter()
    page.goto(f"{address}/d/{NAME}/map", wait_until="commit")
    page.wait_for_selector(".map-drawn", state="attached", timeout=60_000)
    found = time.perf_counter() - start
    page.close()
    return found


@contextmanager
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        browser = player.chromium.launch(
            executable_path=dashboard.CHROMIUM, args=list(dashboard.FLAGS)
        )
        try:
            # One context: what it fetched once is in its cache, as with a person's own browser.
            yield browser.new_context(viewport={"width": 1366, "height": 768})
        finally:
            browser.close()


def lines(found: Sequence[Wait]) -> list[dict[str, Any]]:
    """Return waits for the file."""
    return [
        {
            "what": one.what,
            "median_s": round(one.median_s, 4),
            "p95_s": round(one.p95_s, 4),
            "limit_s": one.limit_s,
            "holds": one.holds,
        }
        for one in found
    ]
