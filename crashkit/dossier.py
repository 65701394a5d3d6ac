"""Everything about one site, ready to show: its crashes, their pattern, and why it is listed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crashkit import tables
from crashkit.model import CrashData, CrossTable, Finding, ScreeningResult, Summary

CRASH_COLUMNS = (
    "crash_id",
    "crash_date",
    "crash_time",
    "severity",
    "crash_type",
    "light",
    "weather",
    "surface_condition",
    "n_killed",
    "n_serious",
    "n_slight",
    "n_vehicles",
)
PATTERN_FIELDS = ("crash_type", "light", "surface_condition", "weather", "junction")


@dataclass(frozen=True, eq=False)
class Dossier:
    """One finding with its crashes (`data`), its figures and its tables."""

    finding: Finding
    result: ScreeningResult
    data: CrashData
    summary: Summary
    year_severity: CrossTable
    weekday_hour: CrossTable
    patterns: tuple[CrossTable, ...]
    crashes: pd.DataFrame


def build(result: ScreeningResult, finding: Finding, everything: CrashData) -> Dossier:
    """Gather what is known of the site of `finding`; only fields that the source has appear."""
    data = everything.ids(np.array(finding.site.crash_ids, dtype=np.int64))
    return Dossier(
        finding=finding,
        result=result,
        data=data,
        summary=tables.summary(data, everything),
        year_severity=tables.cross(data, "year", "severity", whole=everything),
        weekday_hour=tables.cross(data, "weekday", "hour", unit="crashes"),
        patterns=_patterns(data),
        crashes=_listed(data),
    )


def _patterns(data: CrashData) -> tuple[CrossTable, ...]:
    return tuple(
        tables.cross(data, name, "severity", unit="crashes")
        for name in PATTERN_FIELDS
        if data.has(name)
    )


def _listed(data: CrashData) -> pd.DataFrame:
    columns = [name for name in CRASH_COLUMNS if name in data.crashes.columns]
    ordered = data.crashes.sort_values(["crash_date", "id"], ascending=[False, True])
    return ordered[["id", *columns]].reset_index(drop=True)
