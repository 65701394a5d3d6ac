"""The page of each analysis on many crashes: how long a reader waits, in the 95th percentile.

The pages are asked in this process, warm: the wait is that of the work, not of other programs. What
a reader meets is timed beside it by the clock on the wall.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from crashkit import api
from crashkit.synth import country, known
from tests.bench.service import Wait
from tests.bench.works import SEED
from webapp import config, create_app

NAME = "asked"
LIMIT_S = 0.3
ASKED = 20
FILTERS = ("", "severity=fatal,serious", "year=2018-2022", "light=dark_none")


def waits(folder: Path, crashes: int) -> Iterator[Wait]:
    """Time the page of each analysis, by process and by wall, for several filters in turn."""
    url = f"sqlite:///{folder / 'asked.sqlite'}"
    keep(url, folder, crashes)
    app = create_app(replace(config.read({}), store_url=url))
    try:
        client = app.test_client()
        for name, one in api.list_analyses().items():
            unit = "" if one.units[0] == api.UNITS[0] else f"&unit={one.units[0]}"
            asked = [f"/d/{NAME}/explore/{name}?{words}{unit}" for words in FILTERS]
            for address in asked:
                answer = client.get(address)
                assert answer.status_code == 200, (address, answer.status)
            wall, process = [], []
            for turn in range(ASKED):
                begun, worked = time.perf_counter(), time.process_time()
                client.get(asked[turn % len(asked)])
                wall.append(time.perf_counter() - begun)
                process.append(time.process_time() - worked)
            yield Wait(f"analysis {name}: {crashes:,} crashes, process", tuple(process), LIMIT_S)
            yield Wait(f"analysis {name}: {crashes:,} crashes, wall", tuple(wall), LIMIT_S)
    finally:
        app.extensions["crashkit.board"].close()


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


if __name__ == "__main__":
    import argparse
    import tempfile

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    with tempfile.TemporaryDirectory() as made:
        for wait in waits(Path(made), parser.parse_args().rows):
            print(f"{wait.what:58} p95 {wait.p95_s:.3f} s, holds: {wait.holds}", flush=True)
