"""Time the daily work on a generated set beside the best peer that can be installed.

python -m tests.bench [--crashes 100000] [--rows 1000000] [--most 10000000] [--rounds 3]

Ours and the peer take turns in one process after one untimed warm-up; medians are compared. The
ratio is what counts, not the seconds. Kernels are timed at the size of a large country, and how
long they take to be ready, compiled anew and kept from before. Then a dashboard with `rows` crashes
is asked over HTTP and looked at in a browser, the page of each analysis is asked (alone: python -m
tests.bench.asked), and a copy of `most` crashes is filtered: there the 95th percentile counts.
Writes build/bench.json.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from crashkit import api
from tests.bench import asked as pages
from tests.bench import book, judging, loops, many, service, works

OUT = Path("build/bench.json")


@dataclass(frozen=True)
class Row:
    """One line of the table: a work, our time, the peer's, their ratio and what we aim at.

    Where there is no peer the goal may be a time instead, `limit_s`.
    """

    work: str
    ours_s: float
    peer: str | None
    peer_s: float | None
    ratio: float | None
    goal: float | None
    limit_s: float | None
    holds: bool | None


def main() -> None:
    """Make the data, time every work, print the table, write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--crashes", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--most", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = []
        for work in _works(Path(folder), asked.crashes, asked.rows):
            rows.append(_row(work, work.rounds or asked.rounds))
            print(_line(rows[-1]), flush=True)
        chapters = _chapters(Path(folder))
        print(_chapter_lines(chapters), flush=True)
        warming = loops.warming()
        print(_warming_lines(warming), flush=True)
        waits = []
        for wait in _waits(Path(folder), asked.rows, asked.most):
            waits.append(wait)
            print(_wait_line(wait), flush=True)
    OUT.parent.mkdir(exist_ok=True)
    document = {
        "crashes": asked.crashes,
        "long": asked.rows,
        "rows": [asdict(row) for row in rows],
        "chapters of the annual book": dict(chapters),
        "warming": warming,
        "waits": service.lines(waits),
    }
    OUT.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(f"{OUT} written")


def _works(folder: Path, crashes: int, rows: int) -> Iterator[works.Work]:
    yield from works.prepare(folder, crashes=crashes, rows=rows)
    with api.open_store(f"sqlite:///{folder / 'bench.sqlite'}") as store:
        yield from book.prepare(api.load(store, "bench"))
    yield from loops.prepare(rows)
    yield from judging.prepare(rows)
    with api.open_store(_many_url(folder)) as store:
        files = api.read_uploads([folder / "long.csv"])
        api.import_crashes(store, files, profile="crashkit", dataset=service.NAME)
        api.lay_out(store, service.NAME)
        yield from many.prepare(api.load(store, service.NAME))


def _chapters(folder: Path) -> Mapping[str, float]:
    with api.open_store(f"sqlite:///{folder / 'bench.sqlite'}") as store:
        return book.chapters(api.load(store, "bench"))


def _chapter_lines(chapters: Mapping[str, float]) -> str:
    lines = [f"  {seconds:7.3f} s  {name}" for name, seconds in chapters.items()]
    return "\n".join(["annual book by chapter, numbers and figures", *lines])


def _waits(folder: Path, rows: int, most: int) -> Iterator[service.Wait]:
    yield from service.waits(_many_url(folder), folder / "home")
    yield from pages.waits(folder, rows)
    yield service.ten_millions(folder, most)


def _many_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'many.sqlite'}"


def _row(work: works.Work, rounds: int) -> Row:
    ours, peers = [], []
    for turn in range(rounds + 1):
        ours.append(_seconds(work.ours))
        if work.theirs:
            peers.append(_seconds(work.theirs))
        if turn == 0:
            ours.clear()
            peers.clear()
    mine = statistics.median(ours)
    theirs = statistics.median(peers) if peers else None
    ratio = round(mine / theirs, 3) if theirs else None
    holds = None if ratio is None or work.goal is None else ratio <= work.goal
    if work.limit_s is not None:
        holds = mine <= work.limit_s
    their_s = round(theirs, 4) if theirs else None
    aims = (work.goal, work.limit_s, holds)
    return Row(work.name, round(mine, 4), work.peer, their_s, ratio, *aims)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _line(row: Row) -> str:
    peer = f"{row.peer} {row.peer_s:.3f} s, ratio {row.ratio:g}" if row.peer_s else "no peer"
    held = "holds" if row.holds else "MISSED"
    goal = "" if row.goal is None else f" (goal {row.goal:g}: {held})"
    limit = "" if row.limit_s is None else f" (limit {row.limit_s:g} s: {held})"
    return f"{row.work:58} {row.ours_s:8.3f} s | {peer}{goal}{limit}"


def _warming_lines(warming: dict[str, dict[str, float]]) -> str:
    lines = [
        f"{f'ready: kernels {name}':58} {took['cold_s']:8.3f} s anew, {took['warm_s']:.3f} s kept"
        for name, took in warming.items()
    ]
    total = {key: sum(took[key] for took in warming.values()) for key in ("cold_s", "warm_s")}
    lines.append(
        f"{'ready: all kernels':58} {total['cold_s']:8.3f} s anew, {total['warm_s']:.3f} s"
    )
    return "\n".join(lines)


def _wait_line(wait: service.Wait) -> str:
    told = f"median {wait.median_s:.3f} s, p95 {wait.p95_s:.3f} s"
    holds = "holds" if wait.holds else "MISSED"
    return f"{wait.what:58} {told} (limit {wait.limit_s:g} s: {holds})"


if __name__ == "__main__":
    main()
