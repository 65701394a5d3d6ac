"""The real sources, imported by the library and put into figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

import recount

from crashkit import profiles
from crashkit.intake import ledger
from crashkit.model import ImportBatch, Issue, Upload

FILES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "uk_stats19_manchester": ("uk_stats19_manchester", (recount.MANCHESTER,)),
    "ru_dtpstat_csv": ("ru_dtpstat_sample", recount.DTPSTAT),
    "fr_baac_2013": ("fr_baac", recount.BAAC),
    "de_unfallatlas": ("de_unfallatlas", (recount.UNFALLATLAS,)),
    "us_montana": ("us_montana", recount.MONTANA),
    "us_fars": ("us_fars", recount.FARS),
    "nz_cas": ("nz_cas", (recount.CAS,)),
}
TODAY = date(2026, 1, 1)


def uploads(profile: str) -> list[Upload]:
    """Return the files of a source as they are; skip the test where they are not here."""
    folder, names = FILES[profile]
    found = recount.paths(folder, *names)
    return [Upload(path.name.removesuffix(".bz2"), recount.content(path)) for path in found]


@cache
def imported(profile: str) -> ImportBatch:
    """Import the files of a source into an empty data set."""
    return read(profile, uploads(profile))


def read(
    profile: str, files: list[Upload], known: Mapping[str, str] | None = None, **options: str
) -> ImportBatch:
    """Import files by a profile, after crashes that are `known` by key and digest."""
    return ledger.harmonise(
        files, profiles.get(profile), options=options, known=known or {}, today=TODAY
    )


def keys(batch: ImportBatch) -> dict[str, str]:
    """Return the digest of each crash by its key."""
    return dict(zip(batch.crashes["crash_key"], batch.digests, strict=True))


def outcome(batch: ImportBatch) -> dict[str, Any]:
    """Return all that a test states of an import."""
    told, crashes = batch.ledger, batch.crashes
    return {
        "rows": {file.name: file.rows for file in told.files},
        "total": told.total,
        "accepted": told.accepted,
        "rejected": Counter(issue.code for issue in told.issues),
        "duplicates": len(told.duplicates),
        "warnings": Counter((issue.field, issue.code) for issue in told.warnings),
        "crashes": len(crashes),
        "vehicles": len(batch.vehicles),
        "people": len(batch.people),
        "places": counted(crashes["location_kind"]),
        "severity": counted(crashes["severity"]),
        "period": (str(batch.period.start), str(batch.period.end)),
    }


def counted(values: Iterable[Any]) -> dict[Any, int]:
    """Return how often each value occurs, without those that are not known."""
    return dict(Counter(value for value in values if value is not None and value == value))


def summed(batch: ImportBatch, name: str) -> int | None:
    """Return the sum of a number over all crashes, or None where the source has none."""
    return int(batch.crashes[name].sum()) if name in batch.crashes else None


def told(batch: ImportBatch, code: str) -> list[tuple[str, int | None, str]]:
    """Return file, row and value of each warning of a kind."""
    found: list[Issue] = [issue for issue in batch.ledger.warnings if issue.code == code]
    return [(issue.file, issue.row, issue.value) for issue in found]


def crash(batch: ImportBatch, crash_id: str) -> dict[str, Any]:
    """Return one crash."""
    found = batch.crashes[batch.crashes["crash_id"] == crash_id]
    return dict(found.iloc[0])


def row_of(batch: ImportBatch, file: str, row: int) -> int:
    """Return the position of the crash that stands on a line of a file of crashes.

    Crashes keep the order of files and rows where every row is one of them.
    """
    before = 0
    for one in batch.ledger.files:
        if one.name == file:
            return before + row - 2
        before += one.rows
    raise KeyError(file)
