"""Reports of many crashes as PDF, and how long each chapter of the annual book takes."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from crashkit import api, filters, quality, render, report
from crashkit.blocks import Figure, Heading
from crashkit.errors import Message
from tests.bench.works import Work

KIND = "annual_book"
LIMITS_S = {KIND: 30.0, "area_one_pager": 3.0}
"""How long the writing of a report may take."""
PAGE_MM = 182.0


def prepare(data: api.CrashData) -> Iterator[Work]:
    """Yield the writing of the book and of one page as PDF."""
    for kind, limit in LIMITS_S.items():
        name = f"report: {kind.replace('_', ' ')} of {len(data):,} crashes as PDF"
        yield Work(name, partial(api.write_report, data, kind=kind, format="pdf"), limit_s=limit)


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
