"""The closed lists a profile chooses from."""

from __future__ import annotations

LEVELS = {
    "crash": "one row a crash",
    "crash_part": "further facts of crashes listed in another file, one row a crash",
    "casualty": "one row a person; the facts of the crash are said again on each of its rows",
    "vehicle": "one row a vehicle",
    "person": "one row a person",
    "section": "one row a stretch of road, with its traffic",
}
"""What a row of a file is."""

FORMATS = {
    "date": {
        "dmy": "day, month, year; parted by any of . / - or a blank; a month may be a word",
        "mdy": "month, day, year",
        "ymd": "year, month, day",
        "yyyymmdd": "eight digits",
    },
    "time": {
        "clock": "12:05, 12:05:00, 12.05 or 8:05 pm, a date may stand in front",
        "hhmm": "digits without leading zeros: 45 is 00:45",
        "hour": "the hour only, 0 to 23",
        "fraction": "a part of a day, as Excel counts it: 0.5 is 12:00",
    },
    "degrees": {
        "any": "42.87123, 42°52'28\", N42.52.28, 42 52.5, 42.87 с.ш.; used when none is named",
        "decimal": "a number of degrees, nothing else",
        "dms": "bare digits are degrees, minutes and seconds as well: 425228 is 42°52'28\"",
    },
    "chainage": {
        "number": "12.345; used when none is named",
        "km+m": "12+345 is 12 km and 345 m",
        "post+distance": "012+0.082 is post 12 and 0.082 of the same unit",
    },
}
"""How dates, times, places and km posts may be written."""

POSTS = ("chainage_km", "from_km", "to_km")
"""Fields that are km posts: of a crash, and of the ends of a stretch of road."""

DEGREES = ("lat", "lon", "point")
"""Fields that are degrees: one number of a place, or both in one cell."""

WAYS_TO_PLACE = (("lat", "lon"), ("point",), ("easting", "northing"))
"""The fields by which a profile says where a crash is: one of these ways."""

UNITS = {
    ("mph", "km/h"): 1.609344,
    ("mi", "km"): 1.609344,
    ("m", "km"): 0.001,
    ("ft", "m"): 0.3048,
    ("dm", "m"): 0.1,
    ("cm", "m"): 0.01,
}
"""From their unit to the unit of the dictionary: so many of ours is one of theirs.

Source: international yard and pound agreement, 1959.
"""

UNLISTED = ("unknown", "empty", "keep", "reject")
"""What becomes of a word that stands in no list of codes."""

CALENDARS = ("gregorian", "solar_hijri", "roc", "thai")
"""Calendars whose days are turned into ours."""
