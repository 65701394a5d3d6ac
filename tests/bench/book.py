"""The annual book of many crashes: the whole as PDF, and how long each of its chapters takes."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from crashkit import api, filters, quality, render, report
from crashkit.blocks import Figure, Heading
from crashkit.errors import Message
from tests.bench.works import Work

KIND = "annual_book"
MOST_S = 30.0
PAGE_MM = 182.0


def prepare(data: api.CrashData) -> Iterator[Work]:
    """Yield the writing of the book as PDF."""
    name = f"report: annual book of {len(data):,} crashes as PDF"
    yield Work(name, lambda: api.write_report(data, kind=KIND, format="pdf"), limit_s=MOST_S)


def chapters(data: api.CrashData) -> Mapping[str, float]:
    """Return the seconds that each chapter takes: its numbers, and its figures."""
    found: dict[str, float] = defaultdict(float)
    told = api.gather(data, chosen=filters.parse(""))
    judged = time.perf_counter()
    facts = replace(told, quality=quality.judge(data))
    found["Judging the data"] = time.perf_counter() - judged
    heard: list[tuple[str, float]] = []

    def hear(share: float, doing: Message | None = None) -> None:
        part = "" if doing is None else str(doing.values["part"])
        heard.append((part, time.perf_counter()))

    made = report.assemble(KIND, facts, hear)
    ends = [*(at for _, at in heard[1:]), time.perf_counter()]
    for (chapter, start), end in zip(heard, ends, strict=True):
        found[chapter] += end - start
    speaker, chapter = api.speaker("en"), heard[0][0]
    for block in made.blocks:
        if isinstance(block, Heading) and block.level == 1:
            chapter = str(block.text)
        elif isinstance(block, Figure):
            start = time.perf_counter()
            render.picture(block, speaker, width_mm=PAGE_MM)
            found[chapter] += time.perf_counter() - start
    return {name: round(seconds, 3) for name, seconds in found.items()}
