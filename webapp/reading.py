"""What an import may be told, and how a file was read, in words for pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from crashkit import api

OPTIONS: Mapping[str, api.Message] = {
    "encoding": api.Message("Encoding of the text files"),
    "delimiter": api.Message("Sign between the cells"),
    "date_order": api.Message("Order of day, month and year"),
    "century": api.Message("Century of years of two digits"),
    "calendar": api.Message("Calendar of the dates"),
    "header_row": api.Message("Line with the column names"),
    "sheet": api.Message("Sheet of the workbook"),
    "decimal": api.Message("Sign before decimals, where 1,234 may be either"),
    "codes": api.Message("Code list of the values"),
    "crs": api.Message("Coordinate system of the points"),
    "repairs": api.Message("Repairs allowed"),
}
"""What an import may be told, under the names the command line uses."""

RECORDED = {**OPTIONS, "by_hand": api.Message("Entered by hand")}
"""What an import may have recorded of how its rows came."""

ENCODINGS: Mapping[str, api.Message] = {
    "utf-8": api.Message("Unicode, UTF-8"),
    "cp1251": api.Message("Windows, Cyrillic (cp1251)"),
    "kz1048": api.Message("Windows, Kazakh (kz1048)"),
    "ptcp154": api.Message("Windows, Cyrillic of Central Asia (ptcp154)"),
    "cp866": api.Message("DOS, Cyrillic (cp866)"),
    "koi8-r": api.Message("Unix, Russian (koi8-r)"),
    "gb18030": api.Message("Chinese (gb18030)"),
    "cp1252": api.Message("Windows, Western Europe (cp1252)"),
    "cp1250": api.Message("Windows, Central Europe (cp1250)"),
    "cp1254": api.Message("Windows, Turkish and Azerbaijani (cp1254)"),
    "cp1256": api.Message("Windows, Arabic and Persian (cp1256)"),
    "utf-16": api.Message("Unicode, UTF-16"),
    "utf-16-le": api.Message("Unicode, UTF-16, low byte first"),
    "utf-16-be": api.Message("Unicode, UTF-16, high byte first"),
    "utf-32-le": api.Message("Unicode, UTF-32, low byte first"),
    "utf-32-be": api.Message("Unicode, UTF-32, high byte first"),
}
DATE_ORDERS: Mapping[str, api.Message] = {
    "dmy": api.Message("day, month, year"),
    "mdy": api.Message("month, day, year"),
    "ymd": api.Message("year, month, day"),
    "yyyymmdd": api.Message("year, month, day in eight digits (20230314)"),
    "excel": api.Message("numbers by which Excel counts days from 1900"),
    "excel1904": api.Message("numbers by which Excel counts days from 1904 (old Mac files)"),
}

INFERRED: Mapping[str, api.Message] = {
    **OPTIONS,
    "decimal": api.Message("Decimal mark"),
    "time_format": api.Message("Times written as"),
}
"""What is found out about a file or a column."""

CENTURIES: Mapping[str, api.Message] = {
    "2000": api.Message("2000 to 2099"),
    "1900": api.Message("1900 to 1999"),
}
DELIMITERS: Mapping[str, api.Message] = {
    "tab": api.Message("tab"),
    "space": api.Message("one blank"),
    "spaces": api.Message("two or more blanks"),
    "0x1f": api.Message("the sign that nobody sees, of code 1F (unit separator)"),
}
TYPED: Mapping[str, api.Message] = {
    "header_row": api.Message("Or another line, by its number"),
    "delimiter": api.Message("Or another sign: write it here"),
}
"""Questions to which an answer may be typed that is not among those offered."""

MARKS: Mapping[str, api.Message] = {
    ".": api.Message("point (1.5)"),
    ",": api.Message("comma (1,5)"),
}


NO_SYSTEM = "none"
"""The answer that no map grid is known: the crashes stay without a point."""

SYSTEMS: Mapping[str, api.Message] = {
    NO_SYSTEM: api.Message("Keep the crashes without a point"),
    "SK-42": api.Message("SK-42: maps of the Soviet Union, Pulkovo 1942, Gauss-Krüger zones"),
    "GCJ-02": api.Message("GCJ-02: maps made in China"),
}
"""What no registry of coordinate systems has a name for."""

TIME_FORMATS: Mapping[str, api.Message] = {
    "hhmm": api.Message("hours and minutes without a sign (1715)"),
    "hour": api.Message("hours of the day"),
    "fraction": api.Message("parts of a day, as Excel counts them"),
}


def labels_of(option: str) -> Mapping[str, api.Message]:
    """Return the words for the answers to a question, as far as there are any."""
    known = {
        **{"date_order": DATE_ORDERS, "encoding": ENCODINGS, "decimal": MARKS},
        **{"calendar": api.list_calendars(), "time_format": TIME_FORMATS},
        "sheet": {"all": api.Message("all of them")},
        "crs": SYSTEMS,
        "delimiter": DELIMITERS,
        "century": CENTURIES,
        "header_row": {
            "none": api.Message("The file has no column names: call its columns 1, 2, 3")
        },
    }
    return known.get(option, {})


def choice_label(option: str, value: str) -> api.Message | str:
    """Say one of the answers to a question."""
    known = labels_of(option).get(value)
    if option == "header_row" and not known:
        return api.Message("Line {line}", {"line": value})
    return known or (api.system_title(value) if option == "crs" else value)


def inferred_label(one: api.Inference) -> api.Message:
    """Name what was found out."""
    return INFERRED.get(one.what, api.Message(one.what))


def inferred_value(one: api.Inference) -> api.Message:
    """Say how a column or a file was read."""
    return labels_of(one.what).get(one.value, api.Message("{value}", {"value": one.value}))


def cell_of(read: str) -> date | str:
    """Return a cell that was read: a day, or the text of another value."""
    try:
        return date.fromisoformat(read)
    except ValueError:
        return read


WORDS = {
    "inferred_label": inferred_label,
    "inferred_value": inferred_value,
    "cell_of": cell_of,
}
