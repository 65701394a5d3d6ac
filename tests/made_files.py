"""Crash files for tests, written as their makers would write them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter

from crashkit import profiles
from crashkit.intake import ledger
from crashkit.model import ImportBatch, Recall, Records, Upload

TODAY = date(2026, 6, 30)

CRASHES = (
    "crash_id,crash_date,crash_time,lat,lon,road_number,chainage_km,severity,n_killed,crash_type\n"
    "0001,2023-02-07,05:07,42.22967,73.93586,M-39,12.345,fatal,1,pedestrian\n"
    "0002,2023-03-16,10:14,42.83209,75.28213,M-39,13.001,slight,0,run_off\n"
    "0003,2023-04-22,15:21,,,,,serious,0,vehicle_vehicle\n"
)
VEHICLES = "crash_id,unit_no,unit_type\n0001,1,car\n0002,1,bus\n0003,1,car\n0003,2,motorcycle\n"
PEOPLE = (
    "crash_id,person_no,unit_no,road_user_type,age,sex,injury\n"
    "0001,1,,pedestrian,44,male,killed\n0002,1,1,driver,31,female,slight\n"
    "0003,1,2,driver,19,male,serious\n"
)

CARDS = (
    "№ карточки;Дата ДТП;Время;Широта;Долгота;Дорога;Километр;Метр;Вид ДТП;Погибло;Ранено;"
    "ФИО водителя\n"
    "001;05.03.2023;05:07;42,22967;73,93586;М-39;12;345;Столкновение;0;2;Асанов Б. А.\n"
    "002;16.03.2023;10:14;42,83209;75,28213;М-39;13;10;Наезд на пешехода;1;0;Беков А. А.\n"
    "003;22.04.2023;15:21;42,45973;76,17600;А-380;7;900;Опрокидывание;0;1;Чен В. В.\n"
)
"""A list of crashes as a police office keeps it: no profile knows its columns."""


def upload(text: str | bytes, name: str = "crashes.csv", encoding: str = "utf-8") -> Upload:
    """Make a file of a text."""
    return Upload(name, text if isinstance(text, bytes) else text.encode(encoding))


def three(crashes: str = CRASHES, vehicles: str = VEHICLES, people: str = PEOPLE) -> list[Upload]:
    """Make the three linked files of our own layout."""
    return [
        upload(crashes),
        upload(vehicles, "vehicles.csv"),
        upload(people, "people.csv"),
    ]


def table(rows: Iterable[Sequence[Any]], *, delimiter: str = ",", end: str = "\n") -> str:
    """Write rows as CSV."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue()


def workbook(**sheets: Iterable[Sequence[Any]]) -> bytes:
    """Write sheets of rows as an Excel workbook; dates as dates, numbers as numbers."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"strings_to_numbers": False}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    if isinstance(cell, date):
                        page.write_datetime(i, j, cell, day)
                    elif cell is not None:
                        page.write(i, j, cell)
    return content.getvalue()


def packed(files: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Pack files by name into an archive (zip)."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def imported(
    files: Upload | Sequence[Upload],
    profile: profiles.Profile | str = "crashkit",
    *,
    known: Mapping[str, str] | None = None,
    after: ImportBatch | None = None,
    **options: str,
) -> ImportBatch:
    """Import files into an empty data set, or after crashes that are `known`, or a whole batch."""
    return ledger.harmonise(
        [files] if isinstance(files, Upload) else files,
        profiles.get(profile) if isinstance(profile, str) else profile,
        options=options,
        known=known or (keys(after) if after else {}),
        today=TODAY,
        recall=recall_of(after) if after else None,
    )


def recall_of(batch: ImportBatch) -> Recall:
    """Return the crashes of a batch as a store would."""

    def recall(wanted: Collection[str]) -> Records:
        frames = (batch.crashes, batch.vehicles, batch.people)
        return Records(*(frame[frame["crash_key"].isin(list(wanted))] for frame in frames))

    return recall


def keys(batch: ImportBatch) -> dict[str, str]:
    """Return the digest of each accepted crash by its key, as the store remembers them."""
    return dict(zip(batch.crashes["crash_key"], batch.digests, strict=True))


def codes(issues: Iterable[Any]) -> list[tuple[int | None, str, str]]:
    """Return line, field and code of issues, for short comparisons."""
    return [(issue.row, issue.field, issue.code) for issue in issues]
