"""Facts for reports: the invented country, and a few crashes drawn as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from made_crashes import made, table

from crashkit import filters, presets, screening, tables
from crashkit.model import CrashData, DatasetInfo
from crashkit.section import Facts
from crashkit.synth import country, known

FOUR = """
| crash_date | crash_time | severity | lon   | lat   | crash_type      | light   | n_killed |
| ---------- | ---------- | -------- | ----- | ----- | --------------- | ------- | -------- |
| 2021-03-01 | 08:10      | fatal    | 69.20 | 41.30 | pedestrian      | day     | 2        |
| 2021-03-02 | 08:50      | slight   | 69.21 | 41.31 | vehicle_vehicle | day     | 0        |
| 2023-07-05 | 23:00      | serious  | 69.22 | 41.32 | pedestrian      | dark    | 0        |
| 2023-07-06 |            | slight   |       |       | unknown         | unknown | 0        |
"""


def with_info(data: CrashData, **known_of: Any) -> CrashData:
    """Return the data as a store would hand them out."""
    info = DatasetInfo(
        id=1,
        name="test",
        title="Test country",
        version=3,
        profile="crashkit",
        country="XTE",
        period=data.period,
        crashes=len(data),
        vehicles=len(data.vehicles),
        people=len(data.people),
        located=0,
        fields={},
        killed_definition="30d",
        attribution="Police of the test",
        changed=datetime(2024, 2, 3, 10, 0, tzinfo=UTC),
    )
    return data.replace(dataset=replace(info, **known_of))


def tiny(drawn: str = FOUR, **known_of: Any) -> CrashData:
    """Return the crashes of a table drawn in text."""
    return with_info(made(table(drawn)), **known_of)


@cache
def land() -> country.Country:
    """Return the country of the sample files."""
    return country.make(crashes=3000, seed=2025)


@cache
def sample() -> CrashData:
    """Return the invented crashes, marked as such."""
    known_of = {"name": "sample", "title": "The invented country", "synthetic": True}
    return with_info(known.crash_data(land()), **known_of)


@cache
def layers() -> dict[str, Any]:
    """Return roads, towns, lakes and areas of the invented country."""
    return country.layers(land())


def facts(
    data: CrashData,
    *,
    words: str = "",
    preset: str = "",
    changes: Mapping[str, str] | None = None,
    on: Mapping[str, Any] | None = None,
) -> Facts:
    """Gather facts as the front door does."""
    chosen = filters.parse(words)
    part = filters.apply(chosen, data)
    found = None
    if preset:
        asked = screening.ask(presets.get(preset), changes or {}, chosen)
        found = screening.run(asked, data, data_version=data.dataset.fingerprint)
    return Facts(
        data=part,
        everything=data,
        dataset=data.dataset,
        filter_sentence=filters.sentence(chosen),
        filter_query=chosen.query,
        summary=tables.summary(part, data),
        screening=found,
        layers=on or {},
    )
