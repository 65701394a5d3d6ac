"""The whole walk from files to a batch for the store, and the account of every row."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial, reduce

import numpy as np
import pandas as pd

from crashkit.errors import IntakeError, Message
from crashkit.intake import (
    archives,
    checked,
    checking,
    coded,
    completing,
    dates,
    deriving,
    differing,
    drift,
    linking,
    placing,
    reading,
    repairs,
    sections,
    stacking,
    unmade,
)
from crashkit.intake.cells import Flags, Ints
from crashkit.intake.checked import Checked
from crashkit.intake.checking import Context
from crashkit.intake.coded import Values
from crashkit.intake.digests import Prints
from crashkit.intake.earlier import TAKE, Earlier
from crashkit.intake.linking import Found, Linked
from crashkit.intake.repairs import Wishes
from crashkit.intake.rows import ACCEPTED, REJECTED, Part, Table
from crashkit.intake.sheets import Sheet
from crashkit.model import (
    ORIGIN,
    FileRead,
    ImportBatch,
    Inference,
    Issue,
    Ledger,
    Period,
    Progress,
    Recall,
    Records,
    SeenColumns,
    Texts,
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
    recall: Recall | None = None,
    before: Mapping[str, SeenColumns] | None = None,
    progress: Progress = no_progress,
    most_rows: int | None = None,
) -> ImportBatch:
    """Read, check and link the files of one import; account for every row.

    `options` are the answers of the user: encoding, delimiter, date_order, calendar, header_row,
    sheet, codes, crs, the repairs allowed, and conflicts ("take": crashes with other facts replace
    those that were kept before).
    `known` maps the keys of the crashes in the data set to their digests, and `recall` returns
    such crashes whole. `before` are the columns of the last import by kind of file: what became of
    them is told. `today` is the day on which "after today" is judged. `most_rows` are taken
    at once, any number where it is None.
    Raises IntakeError, NeedsChoice, Cancelled.
    """
    answers = {name.replace("-", "_"): value.strip() for name, value in options.items()}
    uploads, said = archives.opened(uploads)
    wished = repairs.wishes(profile, answers)
    sheets = reading.read(uploads, profile, answers, _part(progress, 0.0, 0.5), most_rows)
    _refuse_without_crashes(sheets, known)
    ways, told = dates.ways(sheets, profile, answers, today)
    context = Context(profile, answers, today, ways)
    checked = _check(sheets, context, wished, _part(progress, 0.5, 0.8))
    progress(0.8, Message("Bringing crashes, vehicles and people together"))
    stretches = sections.settle(checked, profile)
    found = [one for one in checked if one.sheet.layout.level != sections.LEVEL]
    earlier = Earlier(known, recall, take=answers.get("conflicts") == TAKE)
    compared = partial(_compared, earlier, profile)
    linked = linking.link(found, profile, earlier, compared, partial(progress, 0.8, None))
    progress(0.9, None)
    unmade.tell(linked, wished, earlier)
    deriving.derive(linked.new, profile)
    stacking.say(linked.new.crashes, linked.parts)
    sections.give(stretches, linked, profile)
    linked.parts += stretches.parts
    completed = completing.complete(linked, earlier, profile)
    progress(0.95, Message("Accounting for every row"))
    changed = drift.told(sheets, before or {})
    kept = account(uploads, sheets, linked.parts, [*said, *changed])
    inferences = [*_read(sheets), *told, *_told(found)]
    batch = _batch(linked, completed, kept=kept, context=context, inferences=inferences)
    progress(1.0, None)
    return replace(batch, columns=drift.columns(sheets))


def _refuse_without_crashes(sheets: Sequence[Sheet], known: Mapping[str, str]) -> None:
    """Vehicles and people need crashes: of these files, or of earlier ones."""
    levels = {sheet.layout.level for sheet in sheets}
    late = known and levels & {"vehicle", "person"}
    if not (levels & {"crash", "casualty"} or late or any(sheet.mended for sheet in sheets)):
        raise IntakeError(
            "None of the files lists crashes. Give the file of crashes together with those of "
            "vehicles and people."
        )


def _part(progress: Progress, start: float, end: float) -> Progress:
    def report(share: float, doing: Message | None = None) -> None:
        progress(start + share * (end - start), doing)

    return report


def _check(
    sheets: Sequence[Sheet], context: Context, wished: Wishes, progress: Progress
) -> list[Checked]:
    found: list[Checked] = []
    for number, sheet in enumerate(sheets):
        start = number / len(sheets)
        progress(start, Message("Checking the values"))
        one = checking.check(sheet, context, partial(progress, start, None))
        placing.place(one, wished)
        found.append(one)
    return found


def _read(sheets: Sequence[Sheet]) -> list[Inference]:
    """Return how the files were read, once where a file has rows of several kinds."""
    found: list[Inference] = []
    for one in (one for sheet in sheets for one in sheet.inferences):
        if one not in found:
            found.append(one)
    return found


def _told(found: Sequence[Checked]) -> list[Inference]:
    return [one for checked in found for one in checked.inferences]


COMPARED_AT_ONCE = 5_000
"""Crashes whose facts are laid beside those that were kept: of more, the room would be felt."""


def _compared(before: Earlier, profile: Profile, told: Linked, listed: Flags) -> Values:
    """Say how crashes stand, fact by fact, to what was kept of them before."""
    found = np.full(len(told.crash_keys), "", dtype=object)
    if before.recall is None:
        return found
    for start in range(0, len(found), COMPARED_AT_ONCE):
        rows = np.arange(start, min(start + COMPARED_AT_ONCE, len(found)))
        some = completing.only(told, rows)
        deriving.derive(some, profile)
        keys = some.crash_keys
        of_lists = {key for key, is_listed in zip(keys, listed[rows], strict=True) if is_listed}
        stand = differing.standing(_records(some), before.recall(keys), of_lists)
        found[rows] = [stand.get(key, "") for key in keys]
    return found


# ------------------------------------------------------------------- batch


def _batch(
    found: Found,
    completed: Linked,
    *,
    kept: Ledger,
    context: Context,
    inferences: Sequence[Inference],
) -> ImportBatch:
    profile = context.profile
    told = (found.new, completed)
    batch = _of_linked(told, kept, profile, _period(told, found.parts, profile, context.today))
    return replace(
        batch,
        options=context.options,
        inferences=tuple(inferences),
        replaces=frozenset(completed.crash_keys),
        conflicts=_contrary(found.contrary, profile),
        proposals=repairs.merged(one for part in found.parts for one in part.checked.proposals),
        bounded=any(part.checked.bounded for part in found.parts),
    )


def batch_of(
    parts: Sequence[tuple[Linked, Linked]], kept: Ledger, profile: Profile, today: date
) -> ImportBatch:
    """Return an import of new crashes and, second, of such as replace those of earlier ones."""
    told = [one for part in parts for one in part]
    batch = _of_linked(told, kept, profile, _period(told, (), profile, today))
    return replace(batch, replaces=frozenset(key for _, one in parts for key in one.crash_keys))


def _of_linked(
    told: Sequence[Linked], kept: Ledger, profile: Profile, period: Period
) -> ImportBatch:
    country = profile.country or _commonest(told)
    # All is said of their rows: the sheets, which take much room, need not wait for the frames.
    alone = [replace(one, crash_rows=None) for one in told]
    return ImportBatch(
        made=partial(_together, alone),
        digests=_digests(alone),
        period=period,
        ledger=kept,
        profile=profile.id,
        # A layout of no country says nothing of the data: they are called as the user calls them.
        title=profile.title if profile.country else "",
        country=country,
        killed_definition=profile.killed_definition,
        attribution=profile.attribution,
        options={},
        synthetic=profile.synthetic or _is_invented(country),
    )


def _contrary(found: Sequence[Linked], profile: Profile) -> Records | None:
    """Return the crashes that contradict others, as they would have been kept."""
    whole: Records | None = None
    for one in (one for one in found if one.crash_keys):
        lines = one.lines(range(len(one.crash_keys)))
        # Their rows are rejected, with a reason of their own; nothing more is said of them.
        one.crash_rows = None
        deriving.derive(one, profile)
        records = _records(one)
        records.crashes["told_at"] = lines
        whole = records if whole is None else _beside(whole, _without_members(records, whole))
    return whole


def _without_members(records: Records, of: Records) -> Records:
    """Leave out the members of crashes that stand there: the tellings of a crash share them."""
    there = set(of.crashes["crash_key"])
    members = (records.vehicles, records.people)
    return Records(records.crashes, *(one[~one["crash_key"].isin(there)] for one in members))


def _together(told: Sequence[Linked]) -> Records:
    return reduce(_beside, map(_frames, told))


def _digests(told: Sequence[Linked]) -> Texts:
    """Return the digests of crashes behind each other, unwritten where they are of one kind."""
    some = [one.digests for one in told if one.crash_keys]
    if len(some) == 1 and isinstance(some[0], Prints):
        return some[0]
    return np.array([digest for one in some for digest in one], dtype=object)


def _records(linked: Linked) -> Records:
    """Return crashes as they are laid beside others, with their digests."""
    found = _frames(linked)
    found.crashes.insert(1, "digest", pd.Series(list(linked.digests), dtype=object))
    return found


def _frames(linked: Linked) -> Records:
    keys = np.fromiter(linked.crash_keys, dtype=object, count=len(linked.crash_keys))
    crashes = deriving.frame(linked.crashes, "crash")
    crashes.insert(0, "crash_key", pd.Series(keys, dtype=object))
    return Records(
        crashes,
        _members(linked.vehicles, "vehicle", keys, linked.vehicle_of),
        _members(linked.people, "person", keys, linked.person_of),
    )


def _members(table: Table, kind: str, keys: Values, of: Ints) -> pd.DataFrame:
    frame = deriving.frame(table, kind)
    frame.insert(0, "crash_key", pd.Series(keys[of] if len(of) else [], dtype=object))
    return frame


def _beside(new: Records, completed: Records) -> Records:
    if not len(completed):
        return new
    pairs = (
        (new.crashes, completed.crashes),
        (new.vehicles, completed.vehicles),
        (new.people, completed.people),
    )
    return Records(*(_under(first, then) for first, then in pairs))


def _under(first: pd.DataFrame, then: pd.DataFrame) -> pd.DataFrame:
    """Lay frames under each other; a column that one lacks, or has empty, is empty there."""
    filled = [frame for frame in (first, then) if len(frame)]
    if len(filled) < 2:
        return filled[0] if filled else first
    plain = [
        frame.astype(dict.fromkeys(frame.select_dtypes("category"), object)) for frame in filled
    ]
    return pd.concat(plain, ignore_index=True)


def _commonest(told: Sequence[Linked]) -> str:
    """Return the country that most crashes have; of several the first by name."""
    found: Counter[str] = Counter()
    for one in told:
        found.update(coded.counted(one.crashes["country"]) if "country" in one.crashes else {})
    return min(found, key=lambda one: (-found[one], one), default="")


def _is_invented(country: str) -> bool:
    """Say whether a code is one that ISO 3166-1 leaves to users (XAA to XZZ): no real country."""
    return len(country) == 3 and country.startswith("X")


def _period(told: Sequence[Linked], parts: Sequence[Part], profile: Profile, today: date) -> Period:
    """Return the dates the source covers: as it says, or the whole months with crashes.

    A crash of which only the year is known lies anywhere in it: then it is the whole year.
    """
    days = _days([one.crashes for one in told])
    days = days or _days([part.checked.tables.get("crash", {}) for part in parts])
    first = date.fromisoformat(min(days)) if days else today
    last = date.fromisoformat(max(days)) if days else today
    start = first.replace(day=1)
    month = last.replace(day=calendar.monthrange(last.year, last.month)[1])
    end = max([month, *(date(year, 12, 31) for year in _years(told))])
    return Period(
        min(profile.period_from or start, first),
        max(profile.period_to or min(end, max(today, last)), last),
    )


def _days(tables: Sequence[Table]) -> set[str]:
    """Return the different days of crashes."""
    return {
        day for one in tables if "crash_date" in one for day in coded.counted(one["crash_date"])
    }


def _years(told: Sequence[Linked]) -> set[int]:
    """Return the years of crashes of which no more is known."""
    tables = (one.crashes for one in told if {"crash_date", "date_precision"} <= set(one.crashes))
    coarse = (one["crash_date"][coded.equal(one["date_precision"], "year")] for one in tables)
    return {int(day[:4]) for days in coarse for day in coded.counted(days)}


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
            checked.short(" ".join(cell for name, cell in one.cells.items() if name not in ORIGIN)),
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
