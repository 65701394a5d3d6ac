"""Pages of many crashes: how long a reader waits for each, in the 95th percentile.

Every analysis, the list of them and the cross-table are asked, by everything that they count, and
the home page. They are asked in this process, warm, with another filter each time. The limit is
held by the time of the process: that on the wall, told beside it, is of other programs too.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from crashkit import api
from crashkit.synth import country, known
from tests.bench.service import Wait
from tests.bench.works import SEED
from webapp import config, create_app

NAME = "asked"
LIMIT_S = 0.3
WARMED, ASKED = 3, 20
OWN_PAGES = {"cross": "explore/table"}
FILTERS = tuple(
    f"{by}&year={first}-{last}"
    for by in (
        *("severity=fatal", "severity=fatal,serious", "severity=fatal,slight", "month=6,7,8"),
        *("light=day", "light=dark_none", "area_type=rural", "area_type=urban", "weekday=6,7"),
    )
    for first in (2016, 2018, 2020)
    for last in (2023, 2025)
)
"""Of the years of the invented country; some keep most crashes, some few."""


@dataclass(frozen=True)
class Page:
    """A page as it is asked for: its address after that of the data set, and words of its own."""

    what: str
    address: str
    words: str = ""


@dataclass(frozen=True)
class Pace:
    """How long a page took, by process and by wall."""

    process: Wait
    wall: Wait


def waits(folder: Path, crashes: int) -> Iterator[Wait]:
    """Time every page on so many invented crashes, by process and by wall."""
    url = f"sqlite:///{folder / 'asked.sqlite'}"
    keep(url, folder, crashes)
    for one in paces(url):
        yield from (one.process, one.wall)


def paces(url: str, wanted: str = "") -> Iterator[Pace]:
    """Time the pages whose name holds what is wanted, on the data set NAME of a store."""
    app = create_app(replace(config.read({}), store_url=url))
    try:
        client = app.test_client()
        # More than any cache of the dashboard keeps: none is met twice before it is forgotten.
        filters = itertools.cycle(random.Random(SEED).sample(FILTERS, len(FILTERS)))
        for page in pages():
            if wanted not in page.what:
                continue
            wall, process = [], []
            for words in itertools.islice(filters, WARMED + ASKED):
                begun, worked = time.perf_counter(), time.process_time()
                answer = client.get(f"{page.address}?{words}{page.words}")
                process.append(time.process_time() - worked)
                wall.append(time.perf_counter() - begun)
                assert answer.status_code == 200, (page, words, answer.status)
            yield Pace(
                *(
                    Wait(f"{page.what}, {clock}", tuple(seconds[WARMED:]), LIMIT_S)
                    for clock, seconds in (("process", process), ("wall", wall))
                )
            )
    finally:
        app.extensions["crashkit.board"].close()


def pages() -> Iterator[Page]:
    """Return what is timed."""
    yield Page("home", "/")
    here = f"/d/{NAME}"
    for unit in api.UNITS:
        yield Page(f"explore: {unit}", f"{here}/explore", f"&unit={unit}")
    for name, one in api.list_analyses().items():
        address = f"{here}/{OWN_PAGES.get(name, f'explore/{name}')}"
        other = "&other=light%3Ddark_none" if one.compares else ""
        for unit in one.units:
            yield Page(f"{name}: {unit}", address, f"&unit={unit}{other}")


def keep(url: str, folder: Path, crashes: int) -> None:
    """Keep an invented country of so many crashes, with people and vehicles, as a data set."""
    data = known.crash_data(country.make(crashes=crashes, seed=SEED))
    with api.open_store(url) as store:
        # The store is told the period and the country; the copy of the data set holds the crashes.
        ends = "".join(
            f"{n},{day.isoformat()},fatal,{data.crashes['country'].iloc[0]}\n"
            for n, day in enumerate((data.period.start, data.period.end), 1)
        )
        file = folder / "ends.csv"
        file.write_text(f"crash_id,crash_date,severity,country\n{ends}", encoding="utf-8")
        api.import_crashes(store, api.read_uploads([file]), profile="crashkit", dataset=NAME)
        api.keep_copy(store, data.replace(dataset=store.dataset(NAME)))


def line(pace: Pace) -> str:
    """Return a page as a line of the table."""
    clocks = (pace.process, pace.wall)
    told = " ".join(f"{one.median_s:10.3f} {one.p95_s:10.3f}" for one in clocks)
    what = pace.process.what.rpartition(",")[0]
    return f"{what:28} {told}   {'holds' if pace.process.holds else 'MISSED'}"


HEAD = f"{'seconds':28} {'process':>10} {'p95':>10} {'wall':>10} {'p95':>10}"


def _print(found: Iterator[Pace]) -> Sequence[Pace]:
    print(HEAD)
    kept = []
    for pace in found:
        print(line(pace), flush=True)
        kept.append(pace)
    return kept


if __name__ == "__main__":
    import argparse
    import tempfile

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", default="", help="pages whose name holds this")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        url = f"sqlite:///{Path(made) / 'asked.sqlite'}"
        keep(url, Path(made), asked.rows)
        _print(paces(url, asked.only))
