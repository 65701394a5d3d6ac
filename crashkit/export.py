"""Files to take away: crashes, sites, tables and rejected rows as CSV, Excel, GeoJSON, GPX and KML.

CSV carries a byte order mark, so that Excel shows every script, and a guard: a text that a
spreadsheet would run as a formula gets an apostrophe in front, which `unguard` takes away again.
Numbers are never guarded.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

from crashkit import crosstabs, fields, filters, geo, register, screening, tables, waypoints
from crashkit.crosstabs import Crossed
from crashkit.errors import Message, ReportError, counted
from crashkit.intake.mapping import fold
from crashkit.model import ORIGIN, OURS, CrashData, CrossTable, Ledger, ScreeningResult
from crashkit.quality import Complaint
from crashkit.register import SiteRecord
from crashkit.waypoints import Waypoint

Say = Callable[..., str]
Row = Sequence[Any]
Lines = Sequence[Sequence[tuple[float, float]]]

PAPER_A4 = 9
LINE_PT = 15
MOST_LINES = 27
"""A row of Excel is 409 points high at most."""
MOST_EXCEL_ROWS = 1_048_575
MOST_EXCEL_TEXT = 32_767

_RISKY = re.compile(r"'*[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]")
_GUARDED = re.compile(r"''*[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]")
# Excel files are XML, which has no place for these signs: they are shown as \x0b.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def guard(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if _RISKY.match(text) else text


def unguard(text: str) -> str:
    """Take away what `guard` put in front."""
    return text[1:] if _GUARDED.match(text) else text


# ---------------------------------------------------------------- crashes


def crashes(data: CrashData, format: str) -> bytes:
    """Write crashes as csv, xlsx (with their vehicles and people) or geojson.

    Columns bear the names of the dictionary, so that the file can be imported again. Raises
    ReportError for another format.
    """
    if format == "csv":
        return _csv(_sheet(data.crashes, "crash"))
    if format == "xlsx":
        return workbook(_crash_sheets(data))
    if format == "geojson":
        return _geojson(data)
    raise _no_format(format, "csv, xlsx, geojson")


def _no_format(format: str, known: str) -> ReportError:
    return ReportError(
        "There is no format {format} for this; there are {known}.", format=format, known=known
    )


def _sheet(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return the columns that the dictionary knows, in its order, as plain values."""
    names = [field.name for field in fields.table(table) if not field.personal]
    chosen = [name for name in names if name in frame.columns]
    return pd.DataFrame({name: _values(frame[name]) for name in chosen}, index=frame.index)


def _names(sheet: pd.DataFrame) -> list[str]:
    return [str(name) for name in sheet.columns]


def _values(column: pd.Series) -> pd.Series:
    """Return text, whole numbers, floats or dates; None for what is not known."""
    plain: pd.Series = (column.dt.date if column.dtype.kind == "M" else column).astype(object)
    known: pd.Series = plain.where(column.notna(), None)
    return known


def _crash_sheets(data: CrashData) -> list[tuple[str, list[str], Iterable[Row]]]:
    sheets = [("crashes", _sheet(data.crashes, "crash"))]
    key = "crash_id" if "crash_id" in data.crashes.columns else "id"
    numbers = pd.Series(data.crashes[key].astype(object).to_numpy(), index=data.crashes["id"])
    for name, members, table in (
        ("vehicles", data.vehicles, "vehicle"),
        ("people", data.people, "person"),
    ):
        if len(members):
            sheet = _sheet(members, table)
            sheet.insert(0, "crash_id", members["crash"].map(numbers))
            sheets.append((name, sheet))
    return [(name, _names(sheet), sheet.itertuples(index=False)) for name, sheet in sheets]


def _geojson(data: CrashData) -> bytes:
    """Write one feature a crash; those without coordinates have no geometry, but are there."""
    sheet = _sheet(data.crashes, "crash").drop(columns=["lon", "lat"], errors="ignore")
    names = list(sheet)
    numbers = [filters.column(data, name) for name in ("lon", "lat")]
    lon, lat = (
        [math.nan] * len(data) if found is None else found.to_numpy(dtype=float, na_value=np.nan)
        for found in numbers
    )
    features = [
        {
            "type": "Feature",
            "id": int(identity),
            "geometry": _point(float(x), float(y)),
            "properties": {
                name: value.isoformat() if isinstance(value, date) else value
                for name, value in zip(names, row, strict=True)
            },
        }
        for identity, row, x, y in zip(
            data.crashes["id"], sheet.itertuples(index=False), lon, lat, strict=True
        )
    ]
    return _json({"type": "FeatureCollection", "features": features})


def _point(lon: float, lat: float) -> dict[str, Any] | None:
    if not (math.isfinite(lon) and math.isfinite(lat)):
        return None
    return {"type": "Point", "coordinates": [lon, lat]}


def _json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, allow_nan=False, default=_plain).encode(
        "utf-8", "backslashreplace"
    )


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(type(value).__name__)


# --------------------------------------------------------------- findings

FINDING_LABELS = {
    "rank": Message("Rank"),
    "id": Message("Site"),
    "place": Message("Place"),
    "road": Message("Road"),
    "from_km": Message("From km"),
    "to_km": Message("To km"),
    "lon": Message("Longitude"),
    "lat": Message("Latitude"),
    "crashes": Message("Crashes"),
    "killed": Message("Killed"),
    "injured": Message("Injured"),
    "score": Message("Score"),
    "expected": Message("Expected"),
    "low": Message("Lower limit"),
    "high": Message("Upper limit"),
    "p": Message("Probability"),
    "rule": Message("Rule met"),
    "evidence_expected": Message("Peers have"),
    "evidence_estimate": Message("Chance taken out"),
    "evidence_low": Message("Lower limit (90 %)"),
    "evidence_high": Message("Upper limit (90 %)"),
    "evidence_worse": Message("Probability of more than 1.5 times its peers"),
    "evidence_p": Message("Chance of so many at a peer"),
    "evidence_q": Message("The same, adjusted for all places compared"),
    "evidence_peers": Message("Number of peers"),
    "evidence_rank_low": Message("Best rank (90 %)"),
    "evidence_rank_high": Message("Worst rank (90 %)"),
    "evidence_stability": Message("Share of repeats in which it stays"),
    "evidence_since": Message("Works ended on"),
}


def findings(
    result: ScreeningResult, format: str, say: Say, *, lines: Mapping[int, Lines] | None = None
) -> bytes:
    """Write the list of sites as csv (names of the command line), xlsx (in words) or geojson.

    For navigators and maps also as gpx or kml: the name of a site begins with its rank; `lines` are
    those of sites along roads, by their position in the list from 1.
    """
    if format == "geojson":
        return _json(screening.as_geojson(result, say))
    if format in MARKED:
        text = " ".join(map(say, (*result.support, *_nowhere(result), *result.notes)))
        return MARKED[format](say(_rule(result)), text, _found_waypoints(result, say, lines or {}))
    rows = [_finding(row) for row in screening.as_rows(result, say)]
    names = list(dict.fromkeys([*_finding_names(), *(name for row in rows for name in row)]))
    cells = [[row.get(name) for name in names] for row in rows]
    if format == "csv":
        return _csv(pd.DataFrame(cells, columns=names, dtype=object))
    if format == "xlsx":
        heads = [say(_finding_label(name)) for name in names]
        cells = [[row.get(name) for name in names] for row in map(_dated, rows)]
        return workbook([(say("Sites"), heads, cells), _about(result, say)])
    raise _no_format(format, "csv, xlsx, geojson, gpx, kml")


MARKED: Mapping[str, Callable[[str, str, Iterable[Waypoint]], bytes]] = {
    "gpx": waypoints.gpx,
    "kml": waypoints.kml,
}
"""The formats of navigators and map viewers."""

CORNERS = 36
"""So many corners make a circle."""


def _nowhere(result: ScreeningResult) -> Iterator[Message]:
    """Say how many sites a map cannot show."""
    n = sum(not math.isfinite(one.site.lon) for one in result.findings)
    if n:
        yield counted(
            "{n} site has no coordinates, so no map shows it.",
            "{n} sites have no coordinates, so no map shows them.",
            n,
        )


def _rule(result: ScreeningResult) -> Message:
    return Message(result.asked.title or result.asked.preset)


def _found_waypoints(
    result: ScreeningResult, say: Say, lines: Mapping[int, Lines]
) -> Iterator[Waypoint]:
    rows = zip(screening.as_rows(result, say), result.findings, strict=True)
    for position, (row, finding) in enumerate(rows, 1):
        flat = {name: value for name, value in _finding(row).items() if value is not None}
        name = say(screening.site_name(row, lambda km, digits: f"{km:.{digits}f}"))
        yield Waypoint(
            name=f"{row['rank']}. {name}",
            text=_told(flat, say),
            lon=row["lon"],
            lat=row["lat"],
            facts={say(_finding_label(one)): str(value) for one, value in flat.items()},
            ring=_circle(row["lon"], row["lat"], finding.site.radius_m),
            lines=lines.get(position, ()),
        )


def _told(row: Mapping[str, Any], say: Say) -> str:
    """Say the counts of a site, and why it is listed."""
    counts = [
        f"{say(_finding_label(name))}: {row[name]}"
        for name in ("crashes", "killed", "injured")
        if row.get(name) is not None
    ]
    return ". ".join([", ".join(counts), *([row["rule"]] if row.get("rule") else [])])


def _circle(
    lon: float | None, lat: float | None, radius_m: float | None
) -> tuple[tuple[float, float], ...]:
    """Return the edge of a circle, closed; none without a middle or a radius."""
    if lon is None or lat is None or not radius_m:
        return ()
    turn = np.linspace(0, 2 * np.pi, CORNERS + 1)
    east, north = radius_m * np.cos(turn), radius_m * np.sin(turn)
    lons, lats = geo.moved_all(np.full(turn.size, lon), np.full(turn.size, lat), east, north)
    edge = list(zip(lons.tolist(), lats.tolist(), strict=True))
    return (*edge[:-1], edge[0])


def _finding_names() -> list[str]:
    return ["rank", "id", "place", "road", "from_km", "to_km", "lon", "lat", "crashes"]


def _finding(row: Mapping[str, Any]) -> dict[str, Any]:
    """Lay the counts of a site beside its other values."""
    found: dict[str, Any] = {name: row.get(name) for name in _finding_names()}
    found |= dict(row.get("counts", {}))
    judged = {f"evidence_{name}": value for name, value in row.get("evidence", {}).items()}
    plain = {name: row[name] for name in row if name not in ("counts", "evidence")}
    return found | plain | judged


def _dated(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row whose day is a day, which Excel can sort and count from."""
    since = row.get("evidence_since")
    return {**row, "evidence_since": date.fromisoformat(since)} if since else dict(row)


def _finding_label(name: str) -> Message:
    return FINDING_LABELS.get(name) or filters.value_label("severity", name)


def _about(result: ScreeningResult, say: Say) -> tuple[str, list[str], list[Row]]:
    asked, period = result.asked, result.period
    lines: list[Row] = [
        *([say("Evidence"), say(sentence)] for sentence in result.support),
        [say("Rule"), say(_rule(result))],
        [say("Source"), asked.source],
        [say("Data"), result.data_version],
        [say("From"), period.start],
        [say("Until"), period.end],
        [say("Crashes"), result.crashes],
        [say("Places compared"), result.compared],
        *([say("Filter"), say(one)] for one in filters.sentence(filters.parse(asked.crashes))),
        *([say("Note"), say(note)] for note in result.notes),
    ]
    return say("About"), [say("About"), ""], lines


def saved_sites(sites: Sequence[SiteRecord], format: str, say: Say) -> bytes:
    """Write sites of the register as csv (names of the command line), xlsx (in words) or geojson.

    Excel also gets what happened at them; gpx and kml are for navigators and maps.
    """
    if format == "geojson":
        return _json(register.as_geojson(sites, say))
    if format in MARKED:
        return MARKED[format](say(Message("Register of sites")), "", _saved_waypoints(sites, say))
    cells: list[Row] = [list(row.values()) for row in register.as_rows(sites, say)]
    if format == "csv":
        return _csv_rows(list(register.COLUMNS), cells)
    if format == "xlsx":
        heads = [say(label) for label in register.COLUMNS.values()]
        return workbook([(say("Sites"), heads, cells), _events(sites, say)])
    raise _no_format(format, "csv, xlsx, geojson, gpx, kml")


def _saved_waypoints(sites: Sequence[SiteRecord], say: Say) -> Iterator[Waypoint]:
    for row in register.as_rows(sites, say):
        told = {**row, "status": say(register.STATUSES[row["status"]])}
        yield Waypoint(
            name=f"{row['number']}. {row['name']}",
            text=f"{told['status']}. {row['why'] or ''}".strip(),
            lon=row["lon"],
            lat=row["lat"],
            facts={
                say(label): str(told[name])
                for name, label in register.COLUMNS.items()
                if told[name] is not None
            },
            ring=_circle(row["lon"], row["lat"], row["radius_m"]),
        )


def _events(sites: Sequence[SiteRecord], say: Say) -> tuple[str, list[str], list[Row]]:
    """Lay out what happened at sites, without what was taken out."""
    heads = [say("Number"), say("Event"), say("From"), say("Until"), say("Text"), say("Who")]
    lines: list[Row] = [
        [site.number, say(register.EVENTS[one.kind]), one.day, one.until, one.text, one.who]
        for site in sites
        for one in site.events
        if not one.withdrawn
    ]
    return say("Events"), heads, lines


# ----------------------------------------------------------------- tables


def table(counts: CrossTable, format: str, say: Say) -> bytes:
    """Write a table with its totals as csv or xlsx; Excel also gets the notes."""
    heads, cells = _counts(counts, say)
    if format == "csv":
        return _csv_rows(heads, cells)
    if format == "xlsx":
        told = (tables.title(counts), *counts.warnings, *counts.notes)
        notes: list[Row] = [[say(one)] for one in told]
        return workbook([(say("Table"), heads, cells), (say("About"), [say("About")], notes)])
    raise _no_format(format, "csv, xlsx")


def _counts(counts: CrossTable, say: Say) -> tuple[list[str], list[Row]]:
    heads = [say(filters.label(counts.row_field)), *map(say, counts.column_labels), say("Total")]
    totals = tables.row_totals(counts)
    cells: list[Row] = [
        [say(label), *row, total]
        for label, row, total in zip(counts.row_labels, counts.cells, totals, strict=True)
    ]
    return heads, [*cells, [say("Total"), *tables.column_totals(counts), counts.total]]


def cross_table(crossed: Crossed, format: str, say: Say) -> bytes:
    """Write what the cells show as csv; Excel gets counts, figures, the test and the notes."""
    counts, shown = crossed.table, say(crossed.shown)
    if format == "csv":
        return _csv_rows(*_figures(crossed, say)) if crossed.figures else table(counts, format, say)
    if format != "xlsx":
        raise _no_format(format, "csv, xlsx")
    heads = [say(filters.label(counts.row_field)), *map(say, counts.column_labels)]
    sheets = [(say(tables.UNIT_LABELS[counts.unit]), *_counts(counts, say))]
    if crossed.figures:
        sheets.append((shown, *_figures(crossed, say)))
    for name, numbers in (
        (Message("Expected"), crossed.test.expected),
        (Message("Residuals"), crossed.test.residuals),
    ):
        lines: list[Row] = [
            [say(label), *(None if math.isnan(one) else one for one in row)]
            for label, row in zip(counts.row_labels, numbers.tolist(), strict=True)
        ]
        sheets.append((say(name), heads, lines))
    told = (crosstabs.title(crossed), crossed.finding, *counts.warnings, *crossed.notes)
    sheets.append((say("About"), [say("About")], [[say(one)] for one in told]))
    return workbook(sheets)


def _figures(crossed: Crossed, say: Say) -> tuple[list[str], list[Row]]:
    """Lay out the figures of the cells beside how many each row is made of."""
    counts = crossed.table
    heads = [
        say(filters.label(counts.row_field)),
        *map(say, counts.column_labels),
        say(tables.UNIT_LABELS[counts.unit]),
    ]
    totals = tables.row_totals(counts)
    return heads, [
        [say(label), *row, total]
        for label, row, total in zip(counts.row_labels, crossed.figures, totals, strict=True)
    ]


def told_table(
    heads: Sequence[str], lines: Iterable[Row], told: Iterable[Message], format: str, say: Say
) -> bytes:
    """Write a table as csv, or as xlsx with a second sheet of what is to be known about it."""
    if format == "csv":
        return _csv_rows(heads, lines)
    if format != "xlsx":
        raise _no_format(format, "csv, xlsx, png, svg")
    about = [[say(one)] for one in told]
    return workbook([(say("Table"), heads, lines), (say("About"), [say("About")], about)])


# ---------------------------------------------------------------- rejects

REJECT_COLUMNS = (*ORIGIN, *(f"{OURS}{name}" for name in ("field", "code", "reason")))


def rejects(ledger: Ledger, say: Say) -> bytes:
    """Write the rejected rows: where they stood, why they were refused, their original cells.

    Our own columns begin with `crashkit_`; the others are as in the file, so that the rows can be
    mended and imported again. Rows that come from such a file are told by where they stood first.
    """
    reasons: dict[tuple[str, int], list[tuple[str, str, str]]] = {key: [] for key in ledger.cells}
    for issue in ledger.issues:
        told = (issue.field, issue.code, say(issue.message))
        reasons.setdefault((issue.file, issue.row or 0), []).append(told)
    place = {read.name: i for i, read in enumerate(ledger.files)}
    keys = sorted(reasons, key=lambda key: (place.get(key[0], len(place)), key))
    column = _columns(ledger.cells.get(key, {}) for key in keys)
    heads = [*REJECT_COLUMNS, *dict.fromkeys(column.values())]
    return _csv_rows(heads, [_reject(key, reasons[key], ledger, column) for key in keys])


def _columns(cells: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return the column for each name of a cell: one for names that readers take for the same.

    Linked files may write the name of a column each in its way; one row may also have both.
    """
    rows = dict.fromkeys(tuple(name for name in row if name not in ORIGIN) for row in cells)
    twice = {name for row in rows for name, n in Counter(map(fold, row)).items() if n > 1}
    first: dict[str, str] = {}
    return {
        name: name if fold(name) in twice else first.setdefault(fold(name), name)
        for row in rows
        for name in row
    }


def _reject(
    key: tuple[str, int],
    reasons: Sequence[tuple[str, str, str]],
    ledger: Ledger,
    column: Mapping[str, str],
) -> list[Any]:
    file, row = ledger.origin(*key)
    cells = dict.fromkeys(column.values(), "")
    cells |= {
        column[name]: cell for name, cell in ledger.cells.get(key, {}).items() if name in column
    }
    whys = [" | ".join(part) for part in zip(*reasons, strict=True)] or ["", "", ""]
    return [file, row or None, *whys, *cells.values()]


# ------------------------------------------------------------- complaints

COMPLAINT_LABELS = (
    Message("Unit"),
    Message("File"),
    Message("Row"),
    Message("Crash number"),
    Message("Field"),
    Message("Value"),
    Message("What is wrong"),
    Message("What to do"),
)
COMPLAINT_WIDTHS = (18, 16, 7, 14, 16, 18, 44, 40)
"""The columns of the list in signs: what is wrong and what to do are sentences."""


def complaints(found: Iterable[Complaint], format: str, say: Say) -> bytes:
    """Write what a reporting unit should mend, as csv or xlsx, to be sent back."""
    heads = [say(label) for label in COMPLAINT_LABELS]
    cells: list[Row] = [
        [
            *(one.unit or say("not known"), one.file, one.row, one.crash),
            *(say(filters.label(one.field)) if one.field else "", one.value),
            *(say(one.wrong), say(one.advice)),
        ]
        for one in found
    ]
    if format == "csv":
        return _csv_rows(heads, cells)
    if format == "xlsx":
        return workbook([(say("What to mend"), heads, cells)], widths=COMPLAINT_WIDTHS)
    raise _no_format(format, "csv, xlsx")


# ------------------------------------------------------------ spreadsheets


def rows(heads: Sequence[str], rows: Iterable[Row]) -> bytes:
    """Write any list as CSV: its headings, then its rows, guarded against formulas."""
    return _csv_rows(heads, rows)


def _csv(sheet: pd.DataFrame) -> bytes:
    return _csv_rows(_names(sheet), sheet.itertuples(index=False))


def _csv_rows(heads: Sequence[str], rows: Iterable[Row]) -> bytes:
    text = io.StringIO(newline="")
    # With this line end the writer quotes both carriage returns and line feeds inside a cell.
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([guard(head) for head in heads])
    writer.writerows([_csv_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", "backslashreplace")


def _csv_cell(value: Any) -> Any:
    if isinstance(value, str):
        return guard(value)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return value.isoformat() if isinstance(value, date) else value


def workbook(
    sheets: Iterable[tuple[str, Sequence[str], Iterable[Row]]], *, widths: Sequence[int] = ()
) -> bytes:
    """Write sheets of (name, headings, rows). Raises ReportError when Excel cannot hold them.

    `widths` are those of the columns, in signs, of sheets that are printed and read as a letter.
    """
    content = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for name, heads, rows in sheets:
            page = book.add_worksheet(sheet_name(name))
            page.freeze_panes(1, 0)
            page.set_column(0, max(len(heads) - 1, 0), 14)
            for column, width in enumerate(widths):
                page.set_column(column, column, width, wrapped)
            if widths:
                page.set_landscape()
                page.set_paper(PAPER_A4)
                page.fit_to_pages(1, 0)
            for column, head in enumerate(heads):
                page.write_string(0, column, excel_text(head), bold)
            for number, row in enumerate(rows, 1):
                if widths:
                    page.set_row(number, LINE_PT * _lines(row, widths))
                _write_row(page, number, row, day)
    return content.getvalue()


def _lines(row: Row, widths: Sequence[int]) -> int:
    """Return how many lines the longest cell of a row takes; spreadsheets do not all count it."""
    cells = zip(row, widths, strict=True)
    lines = max(math.ceil(len(str(value)) / width) or 1 for value, width in cells)
    return min(lines, MOST_LINES)


def sheet_name(name: str) -> str:
    """Return a name that Excel takes for a sheet: 31 signs at most, and not all signs."""
    return re.sub(r"[\[\]:*?/\\']", " ", name)[:31].strip() or "1"


def _write_row(page: Any, number: int, row: Row, day: Any) -> None:
    if number > MOST_EXCEL_ROWS:
        raise ReportError(
            "An Excel sheet holds {most} rows at most. Choose CSV, or narrow the filter.",
            most=MOST_EXCEL_ROWS,
        )
    for column, value in enumerate(row):
        if isinstance(value, str):
            page.write_string(number, column, excel_text(value))
        elif isinstance(value, datetime | date):
            page.write_datetime(number, column, value, day)
        elif value is not None and math.isfinite(value):
            page.write_number(number, column, value)


def excel_text(text: str) -> str:
    """Return a text as a cell of Excel can hold it, guarded against formulas."""
    shown = _NOT_XML.sub(lambda sign: f"\\x{ord(sign[0]):02x}", guard(text))
    return shown if len(shown) <= MOST_EXCEL_TEXT else f"{shown[: MOST_EXCEL_TEXT - 1]}…"
