"""The common template: a workbook to fill in, made from its profile and the data dictionary.

Its columns are those of the profile `carec_common`. The first line of a sheet has titles in the
language asked for, the second the names of the fields: by these a filled template is read, whatever
its language. The values of lists are labels of the language; the importer knows them in all.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from importlib import resources
from typing import Any

import xlsxwriter

from crashkit import export, fields, profiles
from crashkit.errors import Message, ReportError

Say = Callable[..., str]
Cell = str | float | date | time | None

PROFILE = "carec_common"
FORMATS = ("xlsx", "csv")
EXAMPLE_WORDS = (
    Message("North"),
    Message("Market street"),
    Message("No guard rail in the bend"),
)
"""Words of the example that are said in the language of the template; names stay as they are."""
READY_ROWS = 5_000
"""Rows that have drop-down lists; more rows may be filled, and are checked at the import."""
HEADER_LINES = 2
A4 = 9
"""The number that workbooks have for this paper."""
MADE = datetime(2026, 1, 1, tzinfo=UTC)
"""Stands in the file as the time of writing, so that the same template has the same bytes."""

SHEETS: Mapping[str, Message] = {
    "crash": Message("Crashes"),
    "vehicle": Message("Vehicles"),
    "person": Message("People"),
}
READ_ME, LISTS, EXAMPLE = Message("Read me"), Message("Lists"), Message("Example")

NEEDS: Mapping[str, Message] = {
    "mandatory": Message("Needed"),
    "location": Message("A place: one of these"),
    "core": Message("Wanted"),
    "optional": Message("If known"),
}
COLOURS: Mapping[str, tuple[str, str]] = {
    "mandatory": ("#1F4E79", "#FFFFFF"),
    "location": ("#2E7D6B", "#FFFFFF"),
    "core": ("#CFE2F3", "#1B1B1B"),
    "optional": ("#EFEFEF", "#1B1B1B"),
}
"""Paper and ink of the title of a column, by how much it is needed."""

FORMS = {
    "text": "@",
    "date": "yyyy-mm-dd",
    "time": "hh:mm",
    "float": "0.0#####",
    "int": "0",
}
"""How cells show what they hold; text keeps the noughts before a number."""

STEPS = (
    Message(
        "Fill in the sheets {crashes}, {vehicles} and {people}: one row for each crash, vehicle or "
        "person. The sheet {example} shows how it looks."
    ),
    Message(
        "Leave the second line of each sheet as it is: by the names in it the columns are read. "
        "The titles above it are for you."
    ),
    Message("Choose values from the lists in the cells; all of them stand on the sheet {lists}."),
    Message("What is not known stays empty. Write 0 only where you know that there was none."),
    Message(
        "A place is needed: latitude and longitude in degrees (WGS 84), or the number of the road "
        "and the km post."
    ),
    Message("Rows of vehicles and people bear the number of their crash."),
    Message(
        "A death counts within 30 days. Where your police count otherwise, say so in the column "
        "{column}."
    ),
    Message(
        "Write no names, dates of birth, telephone numbers or number plates: they are not kept."
    ),
    Message("Save the workbook and give it to CrashKit on the page “Import”, as it is."),
)


@dataclass(frozen=True)
class Column:
    """A column of the template: the name by which it is read, and the field it is."""

    name: str
    field: fields.Field

    @property
    def need(self) -> str:
        """How much it is needed: one of NEEDS."""
        return self.field.use if self.field.use in NEEDS else "optional"

    @property
    def list(self) -> str:
        """The list its values are chosen from; "" for none."""
        if self.field.name in ("country", "registration_country"):
            return "country"
        return "yes_no" if self.field.type == "yes_no" else self.field.codes

    @property
    def codes(self) -> tuple[fields.Code, ...]:
        """The codes of its list, where they are ours."""
        return fields.codes(self.list) if self.list and self.list != "country" else ()

    @property
    def several(self) -> bool:
        """Whether a cell may hold several values of the list."""
        return self.field.type == "codes"


def write(format: str, say: Say, *, filled: bool = False) -> bytes:
    """Write the template as a workbook, or as an archive of text files.

    `filled`: with three invented crashes in it. Raises ReportError for another format.
    """
    rows = _examples() if filled else {table: [] for table in SHEETS}
    if format == "xlsx":
        return _workbook(rows, say)
    if format == "csv":
        return _archive(rows, say)
    raise ReportError(
        "There is no format {format} for this; there are {known}.",
        format=format,
        known=", ".join(FORMATS),
    )


def columns(table: str) -> tuple[Column, ...]:
    """Return the columns of a sheet, in order; vehicles and people begin with their crash."""
    layout = next(one for one in profiles.get(PROFILE).files if one.level == table)
    found = [
        Column(recipe.column, fields.get(table, name))
        for name, recipe in layout.recipes[table].items()
    ]
    if table != "crash":
        found.insert(0, Column(layout.key[0], fields.get("crash", "crash_id")))
    return tuple(found)


def lists() -> tuple[str, ...]:
    """Return the names of all lists that the columns choose from, in order."""
    named = (column.list for table in SHEETS for column in columns(table))
    return tuple(dict.fromkeys(name for name in named if name))


def _values(name: str, say: Say) -> list[tuple[str, str]]:
    """Return what may be chosen of a list, and what else there is to say of each value."""
    if name != "country":
        return [(say(code.label), "") for code in fields.codes(name)]
    words = profiles.get(PROFILE).codes["country"]
    return [
        (code, " / ".join(word for word, of in words.items() if of == code != word))
        for code in dict.fromkeys(words.values())
    ]


# ---------------------------------------------------------------- example


def _examples() -> dict[str, list[dict[str, str]]]:
    """Return the rows of the example by table: the text of each field that has one."""
    text = resources.files("crashkit").joinpath("template_example.csv").read_text("utf-8")
    found: dict[str, dict[str, dict[str, str]]] = {table: {} for table in SHEETS}
    for cell in csv.DictReader(io.StringIO(text)):
        found[cell["table"]].setdefault(cell["row"], {})[cell["name"]] = cell["value"]
    return {table: list(rows.values()) for table, rows in found.items()}


def _cells(table: str, rows: Iterable[Mapping[str, str]], say: Say) -> list[list[Cell]]:
    """Return rows of the example as cells of the sheet, codes as their labels."""
    return [
        [_cell(one, row.get(one.field.name, ""), say) for one in columns(table)] for row in rows
    ]


def _cell(column: Column, text: str, say: Say) -> Cell:
    if not text:
        return None
    if column.codes:
        labels = {code.code: say(code.label) for code in column.codes}
        return " | ".join(labels[code] for code in text.split("|"))
    made: Mapping[str, Callable[[str], Cell]] = {
        "int": int,
        "float": float,
        "date": date.fromisoformat,
        "time": time.fromisoformat,
    }
    return made[column.field.type](text) if column.field.type in made else say(text)


# ------------------------------------------------------------- text files


def _archive(rows: Mapping[str, Sequence[Mapping[str, str]]], say: Say) -> bytes:
    """Write a text file for each sheet; the archive can be imported as it is."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for layout in profiles.get(PROFILE).files:
            heads = [column.name for column in columns(layout.level)]
            cells = [
                [_text(one) for one in row] for row in _cells(layout.level, rows[layout.level], say)
            ]
            _add(archive, f"{layout.name}.csv", export.rows(heads, cells))
    return content.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, MADE.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def _text(cell: Cell) -> str | float | date | None:
    return cell.isoformat("minutes") if isinstance(cell, time) else cell


# --------------------------------------------------------------- workbook


class _Looks:
    """The formats of a workbook, each made once, and who says its words."""

    def __init__(self, book: Any, say: Say) -> None:
        self.say = say
        self.title = book.add_format({"bold": True, "font_size": 18, "font_color": "#1F4E79"})
        self.part = book.add_format(
            {
                "bold": True,
                "font_size": 13,
                "font_color": "#1F4E79",
                "bottom": 2,
                "valign": "vcenter",
            }
        )
        self.plain = book.add_format({"text_wrap": True, "valign": "vcenter", "indent": 1})
        self.number = book.add_format({"bold": True, "valign": "vcenter", "font_color": "#1F4E79"})
        self.name = book.add_format(
            {"italic": True, "font_size": 8, "font_color": "#6B6B6B", "indent": 1}
            | {"bg_color": "#FAFAFA"}
            | {"bottom": 1, "bottom_color": "#B5B5B5", "locked": True}
        )
        self.cells = {
            kind: book.add_format(
                {"num_format": form, "align": "left", "valign": "vcenter", "indent": 1}
            )
            for kind, form in FORMS.items()
        }
        self.heads = {
            need: book.add_format(
                {"bold": True, "text_wrap": True, "valign": "vcenter", "indent": 1}
                | {"bg_color": paper}
                | {"font_color": ink, "border": 1, "border_color": "#FFFFFF"}
            )
            for need, (paper, ink) in COLOURS.items()
        }

    def cell(self, column: Column) -> Any:
        """Return the format of the cells of a column."""
        return self.cells.get(column.field.type, self.cells["text"])


def _workbook(rows: Mapping[str, Sequence[Mapping[str, str]]], say: Say) -> bytes:
    content = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"title": say("Template for road crash data"), "created": MADE})
        looks = _Looks(book, say)
        pages = {
            message.text: book.add_worksheet(export.sheet_name(say(message)))
            for message in (READ_ME, *SHEETS.values(), LISTS, EXAMPLE)
        }
        _read_me(pages[READ_ME.text], looks)
        _lists(book, pages[LISTS.text], looks)
        for table, message in SHEETS.items():
            _sheet(pages[message.text], table, _cells(table, rows[table], say), looks)
        _example(pages[EXAMPLE.text], looks)
        pages[READ_ME.text].activate()
    return content.getvalue()


def _title(column: Column, say: Say) -> str:
    label, unit = say(column.field.label), say(column.field.unit) if column.field.unit else ""
    return f"{label}, {unit}" if unit and unit.casefold() != label.casefold() else label


def _width(column: Column, say: Say) -> float:
    """Return a width in which the title takes three lines at most and a usual value fits."""
    longest = _widest(say(code.label) for code in column.codes)
    return min(max(_letters(_title(column, say)) / 2.4, len(column.name), longest * 0.9, 9) + 2, 30)


def _letters(text: str) -> float:
    """Return how wide a text is in letters; Chinese signs take the room of two."""
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)


def _sheet(page: Any, table: str, rows: Sequence[Sequence[Cell]], looks: _Looks) -> None:
    say = looks.say
    page.set_row(0, 48)
    page.freeze_panes(HEADER_LINES, 1)
    page.set_landscape()
    page.set_paper(A4)
    page.repeat_rows(0, HEADER_LINES - 1)
    for place, column in enumerate(columns(table)):
        page.set_column(place, place, _width(column, say), looks.cell(column))
        page.write_string(0, place, _title(column, say), looks.heads[column.need])
        page.write_string(1, place, column.name, looks.name)
        last = HEADER_LINES + READY_ROWS - 1
        page.data_validation(HEADER_LINES, place, last, place, _validation(column, say))
        for line, row in enumerate(rows, HEADER_LINES):
            _write(page, line, place, row[place], looks.cell(column))


def _write(page: Any, line: int, place: int, cell: Cell, look: Any) -> None:
    if isinstance(cell, str):
        page.write_string(line, place, cell, look)
    elif isinstance(cell, date | time):
        page.write_datetime(line, place, cell, look)
    elif cell is not None:
        page.write_number(line, place, cell, look)


def _validation(column: Column, say: Say) -> dict[str, Any]:
    """Say what a cell may hold, what is shown beside it, and what is said of another value."""
    told = " · ".join(_facts(column, say))
    shown = {"input_title": _short(say(column.field.label), 32), "input_message": _short(told, 255)}
    found: dict[str, Any] = {"ignore_blank": True, **(shown if told else {})}
    found["error_title"] = _short(say("This value cannot be read"), 32)
    if column.list:
        found |= {"validate": "list", "source": f"=list_{column.list}"}
        found["error_message"] = say("Choose a value from the list.")
        # Several values of a list are written with a sign between them, which no list has.
        found["error_type"] = "information" if column.several else "stop"
    elif column.field.type == "date":
        first, last = date(1950, 1, 1), date(2099, 12, 31)
        found |= {"validate": "date", "criteria": "between", "minimum": first, "maximum": last}
        found["error_message"] = say("Write a date: year-month-day.")
    elif column.field.type == "time":
        found |= {"validate": "time", "criteria": "between"}
        found |= {"minimum": time(0, 0), "maximum": time(23, 59, 59)}
        found["error_message"] = say("Write a time: hours and minutes.")
    elif column.field.type in ("int", "float"):
        found |= _limits(column)
        found["error_message"] = say("Write a number within the limits of the column.")
    else:
        found["validate"] = "any"
    return found


def _limits(column: Column) -> dict[str, Any]:
    kind = "integer" if column.field.type == "int" else "decimal"
    if column.field.high is None:
        return {"validate": kind, "criteria": ">=", "value": column.field.low or 0}
    return {
        "validate": kind,
        "criteria": "between",
        "minimum": column.field.low or 0,
        "maximum": column.field.high,
    }


def _facts(column: Column, say: Say) -> list[str]:
    """Say what is written in a column: its meaning, its form, its limits."""
    found = [say(column.field.meaning)] if column.field.meaning else []
    if column.several:
        found.append(say("Several values with a sign | between them"))
    elif column.list:
        found.append(say("From the list"))
    elif column.field.type == "date":
        found.append(say("year-month-day"))
    elif column.field.type == "time":
        found.append(say("hours:minutes"))
    elif column.field.high is not None and column.field.low is not None:
        found.append(
            say("{low} to {high}", low=_plain(column.field.low), high=_plain(column.field.high))
        )
    return found


def _plain(limit: float) -> str:
    return str(int(limit)) if limit.is_integer() else str(limit)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _lists(book: Any, page: Any, looks: _Looks) -> None:
    """Write each list in a column of its own, and give it the name that cells choose from."""
    say = looks.say
    sheet = page.get_name().replace("'", "''")
    page.set_row(0, 32)
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.set_paper(A4)
    place = 0
    for name in lists():
        values = _values(name, say)
        title = say(_list_title(name))
        for at, words in enumerate((title, *(value for value, _ in values))):
            page.write_string(at, place, words, looks.heads["core"] if at == 0 else looks.plain)
        page.set_column(place, place, min(_widest([title, *(one for one, _ in values)]) + 4, 46))
        letter = xlsxwriter.utility.xl_col_to_name(place)
        range_ = f"='{sheet}'!${letter}$2:${letter}${len(values) + 1}"
        book.define_name(f"list_{name}", range_)
        if any(also for _, also in values):
            place += 1
            page.write_string(0, place, "", looks.heads["core"])
            page.set_column(place, place, min(_widest([also for _, also in values]) + 2, 46))
            for line, (_, also) in enumerate(values, 1):
                page.write_string(line, place, also, looks.plain)
        place += 1


def _list_title(name: str) -> Message:
    """Return what a list is called: the label of the first column that chooses from it."""
    if name == "yes_no":
        return Message("Yes or no")
    chosen = (one for table in SHEETS for one in columns(table) if one.list == name)
    return Message(next(chosen).field.label)


def _widest(words: Iterable[str]) -> float:
    return max(map(_letters, words), default=0)


def _example(page: Any, looks: _Looks) -> None:
    """Show the example turned on its side, a row below each other as a column.

    Without the names of fields in one line it is never read as data.
    """
    say = looks.say
    page.hide_gridlines(2)
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.set_column(0, 0, 34)
    page.set_column(1, 6, 32)
    page.set_row(0, 30)
    page.write_string(0, 0, say("Three invented crashes, filled in"), looks.title)
    line = 2
    for table, message in SHEETS.items():
        rows = _cells(table, _examples()[table], say)
        page.set_row(line, 24)
        for place in range(len(rows) + 1):
            page.write_string(line, place, say(message) if place == 0 else "", looks.part)
        for column, cells in zip(columns(table), zip(*rows, strict=True), strict=True):
            if any(cells):
                line += 1
                page.write_string(line, 0, _title(column, say), looks.heads[column.need])
                for place, cell in enumerate(cells, 1):
                    _write(page, line, place, cell, looks.cell(column))
        line += 2


def _read_me(page: Any, looks: _Looks) -> None:
    page.hide_gridlines(2)
    for place, width in enumerate((4, 34, 24, 62)):
        page.set_column(place, place, width)
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.set_row(0, 30)
    page.write_string(0, 0, looks.say("Template for road crash data"), looks.title)
    line = _steps(page, 2, looks) + 1
    for need, message in NEEDS.items():
        page.merge_range(line, 0, line, 1, looks.say(message), looks.heads[need])
        line += 1
    for table in SHEETS:
        line = _columns_of(page, line + 1, table, looks)


def _steps(page: Any, line: int, looks: _Looks) -> int:
    """Write the numbered steps; return the line below them."""
    names = dict(zip(("crashes", "vehicles", "people"), SHEETS.values(), strict=True))
    names |= {"lists": LISTS, "example": EXAMPLE}
    names["column"] = Message(fields.get("crash", "killed_definition").label)
    for number, step in enumerate(STEPS, 1):
        text = looks.say(Message(step.text, names))
        page.write_string(line, 0, f"{number}.", looks.number)
        page.merge_range(line, 1, line, 3, text, looks.plain)
        page.set_row(line, 32 if _letters(text) > 118 else 17)
        line += 1
    return line


def _columns_of(page: Any, line: int, table: str, looks: _Looks) -> int:
    """List the columns of a sheet: title, how much it is needed, what is written in it."""
    say = looks.say
    page.set_row(line, 24)
    page.merge_range(line, 0, line, 3, say(SHEETS[table]), looks.part)
    for column in columns(table):
        line += 1
        text = " · ".join(_facts(column, say))
        page.merge_range(line, 0, line, 1, _title(column, say), looks.heads[column.need])
        page.write_string(line, 2, say(NEEDS[column.need]), looks.plain)
        page.write_string(line, 3, text, looks.plain)
        page.set_row(line, 32 if _letters(text) > 66 else 17)
    return line + 1
