"""The whole walk from files to a batch for the store, and the account of every row."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

import numpy as np
import pandas as pd

from crashkit.errors import Message
from crashkit.intake import (
    archives,
    checked,
    checking,
    dates,
    deriving,
    linking,
    placing,
    reading,
    sections,
)
from crashkit.intake.cells import Ints
from crashkit.intake.checked import Checked, Values
from crashkit.intake.checking import Context
from crashkit.intake.linking import Linked
from crashkit.intake.rows import ACCEPTED, REJECTED, Part, Table
from crashkit.intake.sheets import Sheet
from crashkit.model import (
    FileRead,
    ImportBatch,
    Issue,
    Ledger,
    Period,
    Progress,
    Upload,
    no_progress,
)
from crashkit.profiles import Profile


def harmonise(
    uploads: Sequence[Upload],
    profile: Profile,
    *,
    options: Mapping[str, str],
    known: Mapping[str, str],
    today: date,
    progress: Progress = no_progress,
) -> ImportBatch:
    """Read, check and link the files of one import; account for every row.

    `options` are the answers of the user: encoding, date_order, header_row, sheet, codes.
    `known` maps the keys of the crashes in the data set to their digests. `today` is the day on
    which "after today" is judged. Raises IntakeError, NeedsChoice, Cancelled.
    """
    answers = {name.replace("-", "_"): value.strip() for name, value in options.items()}
    uploads, said = archives.opened(uploads)
    sheets = reading.read(uploads, profile, answers, _part(progress, 0.0, 0.5))
    context = Context(profile, answers, today, dates.orders(sheets, profile, answers))
    found = _check(sheets, context, _part(progress, 0.5, 0.8))
    progress(0.8, Message("Bringing crashes, vehicles and people together"))
    stretches = sections.settle(found, profile)
    found = [one for one in found if one.sheet.layout.level != sections.LEVEL]
    linked = linking.link(found, profile, known, partial(progress, 0.8, None))
    progress(0.9, None)
    deriving.derive(linked, profile)
    sections.give(stretches, linked, profile)
    linked.parts += stretches.parts
    progress(0.95, Message("Accounting for every row"))
    told = account(uploads, sheets, linked.parts, said)
    batch = _batch(linked, told, context)
    progress(1.0, None)
    return batch


def _part(progress: Progress, start: float, end: float) -> Progress:
    def report(share: float, doing: Message | None = None) -> None:
        progress(start + share * (end - start), doing)

    return report


def _check(sheets: Sequence[Sheet], context: Context, progress: Progress) -> list[Checked]:
    found: list[Checked] = []
    for number, sheet in enumerate(sheets):
        start = number / len(sheets)
        progress(start, Message("Checking the values"))
        one = checking.check(sheet, context, partial(progress, start, None))
        placing.place(one, context.profile.boxes)
        found.append(one)
    return found


# ------------------------------------------------------------------- batch


def _batch(linked: Linked, told: Ledger, context: Context) -> ImportBatch:
    profile = context.profile
    crashes = deriving.frame(linked.crashes, "crash")
    crashes.insert(0, "digest", pd.Series(linked.digests, dtype=object))
    crashes.insert(0, "crash_key", pd.Series(linked.crash_keys, dtype=object))
    keys = np.array(linked.crash_keys, dtype=object)
    country = profile.country or _commonest(linked.crashes.get("country"))
    return ImportBatch(
        crashes=crashes,
        vehicles=_members(linked.vehicles, "vehicle", keys, linked.vehicle_of),
        people=_members(linked.people, "person", keys, linked.person_of),
        period=_period(linked, profile, context.today),
        ledger=told,
        profile=profile.id,
        # A layout of no country says nothing of the data: they are called as the user calls them.
        title=profile.title if profile.country else "",
        country=country,
        killed_definition=profile.killed_definition,
        attribution=profile.attribution,
        options=context.options,
        synthetic=profile.synthetic or _is_invented(country),
    )


def _members(table: Table, kind: str, keys: Values, of: Ints) -> pd.DataFrame:
    frame = deriving.frame(table, kind)
    frame.insert(0, "crash_key", pd.Series(keys[of] if len(of) else [], dtype=object))
    return frame


def _commonest(values: Values | None) -> str:
    found = Counter(value for value in (() if values is None else values) if value)
    return min(found, key=lambda one: (-found[one], one), default="")


def _is_invented(country: str) -> bool:
    """Say whether a code is one that ISO 3166-1 leaves to users (XAA to XZZ): no real country."""
    return len(country) == 3 and country.startswith("X")


def _period(linked: Linked, profile: Profile, today: date) -> Period:
    """Return the dates the source covers: as it says, or the whole months with crashes."""
    days = [day for day in linked.crashes.get("crash_date", ()) if day]
    if not days:
        days = [
            day
            for part in linked.parts
            for day in part.checked.tables.get("crash", {}).get("crash_date", ())
            if day
        ]
    first = date.fromisoformat(min(days)) if days else today
    last = date.fromisoformat(max(days)) if days else today
    start = first.replace(day=1)
    end = last.replace(day=calendar.monthrange(last.year, last.month)[1])
    return Period(
        min(profile.period_from or start, first),
        max(profile.period_to or min(end, max(today, last)), last),
    )


# ----------------------------------------------------------------- account


def account(
    uploads: Sequence[Upload],
    sheets: Sequence[Sheet],
    parts: Sequence[Part],
    said: Sequence[Issue] = (),
) -> Ledger:
    """Say what happened to each row of each file; the sums close, file by file and in all.

    `said` is what was said of files before any of their rows was read.
    """
    places = [upload.name for upload in uploads]
    places += [*(sheet.place for sheet in sheets), *(one.file for one in said)]
    place = {name: number for number, name in enumerate(dict.fromkeys(places))}
    issues = [*_spoilt(sheets), *(one for part in parts for one in part.checked.issues)]
    warnings = [*said, *(one for part in parts for one in part.checked.warnings)]
    statuses = [part.status for part in parts]
    spoilt = sum(len(sheet.spoilt) for sheet in sheets)
    return Ledger(
        files=tuple(_file(upload, sheets) for upload in uploads),
        total=sum(sheet.rows for sheet in sheets),
        accepted=int(sum((status == ACCEPTED).sum() for status in statuses)),
        rejected=int(sum((status == REJECTED).sum() for status in statuses)) + spoilt,
        duplicates=tuple(
            sorted(
                (one for part in parts for one in part.duplicates()),
                key=lambda one: (place[one.file], one.row),
            )
        ),
        issues=_ordered(issues, place),
        warnings=_ordered(warnings, place),
        cells=_cells(sheets, parts),
    )


def _ordered(issues: Sequence[Issue], place: Mapping[str, int]) -> tuple[Issue, ...]:
    return tuple(
        sorted(issues, key=lambda one: (place[one.file], one.row or 0, one.field, one.code))
    )


def _spoilt(sheets: Sequence[Sheet]) -> list[Issue]:
    return [
        Issue(
            sheet.place,
            one.line,
            "",
            checked.short(" ".join(one.cells.values())),
            one.fault.code,
            one.fault.message,
        )
        for sheet in sheets
        for one in sheet.spoilt
    ]


def _cells(
    sheets: Sequence[Sheet], parts: Sequence[Part]
) -> dict[tuple[str, int], Mapping[str, str]]:
    found: dict[tuple[str, int], Mapping[str, str]] = {
        (sheet.place, one.line): one.cells for sheet in sheets for one in sheet.spoilt
    }
    for part in parts:
        sheet = part.checked.sheet
        for row in np.flatnonzero(part.status == REJECTED).tolist():
            found[sheet.place, int(sheet.lines[row])] = sheet.cells(row)
    return found


def _file(upload: Upload, sheets: Sequence[Sheet]) -> FileRead:
    own = [sheet for sheet in sheets if sheet.file == upload.name]
    return FileRead(
        name=upload.name,
        sha256=reading.sha256(upload.content),
        size=len(upload.content),
        rows=sum(sheet.rows for sheet in own),
        table=", ".join(dict.fromkeys(sheet.layout.level for sheet in own)),
        encoding=own[0].encoding,
        delimiter=own[0].delimiter,
    )
