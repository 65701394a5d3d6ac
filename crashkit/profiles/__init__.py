"""Import profiles: how the files of one source say what our dictionary says.

Each profile is a file `<id>.toml` in this folder; a page of the manual (`docs/how-to/profiles.md`)
explains it by examples. Every name is checked when it is read: unknown keys, fields, codes and
units are refused together, in one sentence.

    title = "..."                    what the user chooses (translated)
    country = "GBR"                  ISO 3166-1 alpha-3, or "" where the files say it themselves
    source = "..."                   who publishes the files, and where
    licence, attribution = "..."     the attribution stands on everything made from the data
    source_id = "stats19"            part of every crash's identity; the profile's id if left out
    killed_definition = "30d"        a code of killed_definition
    synthetic, verified = false      invented data; checked by a person against the source's guide
    notes = ["..."]                  what a user should know (translated)
    encoding = "cp1252"              only where the source states it; else BOM, UTF-8 or a question
    date_order = "dmy"               only where the source states it: dmy, mdy or ymd
    calendar = "solar_hijri"         only where the source states it: gregorian, solar_hijri, roc
                                     or thai; else told from the years, or a question
    decimal = ","                    the decimal mark; told from each column if left out
    thousands = " "                  a sign that parts thousands: a blank, "," "." or "'"; else such
                                     numbers are refused
    crs = "EPSG:28413"               the coordinate system of the points, if it is not WGS 84:
                                     EPSG numbers, SK-42 (the easting tells the zone), GCJ-02
    missing = ["-1", "NA"]           words that mean "not known" in every column
    guarded = false                  texts carry our guard against formulas (our own exports do)
    bare_roads = false               M-39 and M 39 are one road: fold hyphens and blanks of numbers
    posts_by_province = false        each province (admin1) counts its km posts anew, and may give
                                     the number of a road to another road

    [period]                         the dates the source covers; else whole months touched
                                     (whole years where only the year is known)
    from = 2019-01-01
    to = 2024-06-30

    [[boxes]]                        where crashes can lie: inside any box; none: anywhere
    name = "..."
    west, south, east, north = degrees

    [codes.NAME]                     their word -> our code ("" for does not apply)
    "С погибшими" = "fatal"

    [[files]]                        one for each kind of file; told apart by their columns
    name = "crashes"
    level = "crash"                  what a row is, see LEVELS
    needs = ["id", "date"]           a file with these columns is of this kind
    key = "id"                       column (or columns) that name the crash, in the same order in
                                     each kind; left out where the source numbers no crashes
    identity = ["road", "post"]      columns that tell crashes apart where there is no key; all
                                     columns taken if left out. Equal rows are kept, and flagged
    ignore = ["tags"]                columns known and not wanted
    personal = ["driver"]            columns that must never be kept, and are never read
    partial = false                  true: columns may be absent without a warning
    path = "vehicles"                of GeoJSON: the list in the properties of a feature that holds
                                     the rows ("vehicles.participants": a list in these). `^id` is
                                     the property `id` of the row above, `^^id` that of the row
                                     above that, `#` the place of a row in its list, from 1
    encoding, decimal, missing       as above, for this kind only

    like = "crashes"                 this kind is as that one before says, but for what stands here;
    [files.columns]                  and columns bear other names: theirs there -> here
    "Дата" = "Date"

    [files.crash]                    our field = recipe; likewise [files.vehicle], [files.person].
                                     Files of vehicles or people may say of the crash only who was
                                     involved: it is "yes" when any row of the crash says so
    point = "place"                  latitude and longitude in one cell, in place of lat and lon
    address = "place"                a text that may name a road and a km post
    easting, northing = "x", "y"     metres of the grid that `crs` names, in place of lat and lon
    [files.section]                  of a file of stretches of road: road_number or road_name (and
                                     admin1 with posts_by_province), from_km, to_km, aadt. A crash
                                     without an AADT gets that of the stretch it lies on
    crash_id = "id"                  a column as it stands, or a table:

    column = "speed"                 where the value stands
    template = "{catr}{voie}"        or a text made of several columns
    value = "GBR"                    or the same for all
    needs = ["catr"]                 of a template: without these there is no value
    missing = ["0"]                  more words for "not known"
    after, after_last = "_"          keep what follows the first, the last such sign
    codes = "severity"               a list of [codes], a table of its own, or several names of
                                     lists, of which the one that knows all values is taken (or
                                     the user is asked). Our own codes and labels are always known
    unlisted = "unknown"             what a word in no list becomes: "unknown" (with a warning),
                                     "empty", "keep" (texts), "reject" (the row cannot be read)
    several = ", "                   several words in one cell, parted by this; whole words are
                                     matched, the longest first
    decimal, thousands, unit, scale  of numbers; `unit` (see UNITS) is turned into ours, `scale`
                                     multiplies
    zero = "missing"                 0 means that nothing was noted
    plus_m = "metre"                 of km posts: another column with metres
    whole_km = "begun"               of km posts: 684 is 684.0 to 685.0 (begun), 683.5 to 684.5
                                     (nearest) or the very post (exact)
    format = "hhmm"                  of dates, times, places and chainage, see FORMATS
    year, month, day = "column"      of dates, in place of `column`: without a day (or month) the
                                     date is known to the month (or year) only
    century = 2000                   of dates: added to years of two digits
    weekday = "column"               of dates: tells day from month, and the weekday where the
                                     source gives no day
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cache
from typing import Any

from crashkit import dropins
from crashkit.errors import DropinError, NotFound
from crashkit.profiles import complaints, renaming
from crashkit.profiles.words import FORMATS, LEVELS, POSTS, UNITS, UNLISTED

__all__ = [
    "FORMATS",
    "LEVELS",
    "POSTS",
    "UNITS",
    "UNLISTED",
    "Box",
    "Layout",
    "Profile",
    "Recipe",
    "all_profiles",
    "get",
    "parse",
]


@dataclass(frozen=True)
class Box:
    """A part of the earth in degrees of WGS 84, edges included."""

    west: float
    south: float
    east: float
    north: float
    name: str = ""


@dataclass(frozen=True)
class Recipe:
    """Where a field is found and how it is read; see the head of this module for each word."""

    column: str = ""
    template: str = ""
    value: str = ""
    needs: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    after: str = ""
    after_last: str = ""
    codes: tuple[str, ...] = ()
    unlisted: str = ""
    several: str = ""
    decimal: str = ""
    thousands: str = ""
    unit: str = ""
    scale: float = 1.0
    zero: str = ""
    plus_m: str = ""
    whole_km: str = ""
    format: str = ""
    year: str = ""
    month: str = ""
    day: str = ""
    weekday: str = ""
    century: int = 0

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is looked at, in order."""
        named = (self.column, *complaints.holes(self.template), self.plus_m)
        named += (self.year, self.month, self.day, self.weekday)
        return tuple(dict.fromkeys(name for name in named if name))


@dataclass(frozen=True)
class Layout:
    """One kind of file: what its rows are, how it is recognised, what is taken from it.

    `recipes` maps a table ("crash", "vehicle", "person", "section") to its fields and recipes.
    """

    name: str
    level: str
    needs: tuple[str, ...]
    recipes: Mapping[str, Mapping[str, Recipe]]
    key: tuple[str, ...] = ()
    identity: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    partial: bool = False
    encoding: str = ""
    decimal: str = ""
    missing: tuple[str, ...] = ()
    path: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that something is taken from, in order."""
        taken = [recipe.columns for table in self.recipes.values() for recipe in table.values()]
        named = (*self.key, *self.identity, *(name for names in taken for name in names))
        return tuple(dict.fromkeys(named))

    @property
    def known(self) -> tuple[str, ...]:
        """Every column that the profile speaks of, taken or not."""
        return tuple(dict.fromkeys((*self.columns, *self.needs, *self.ignore, *self.personal)))


@dataclass(frozen=True)
class Profile:
    """How the files of one source are read. `verified`: checked against the source's guide."""

    id: str
    title: str
    source: str
    files: tuple[Layout, ...]
    country: str = ""
    licence: str = ""
    attribution: str = ""
    source_id: str = ""
    killed_definition: str = "unknown"
    synthetic: bool = False
    verified: bool = False
    notes: tuple[str, ...] = ()
    encoding: str = ""
    date_order: str = ""
    calendar: str = ""
    decimal: str = ""
    thousands: str = ""
    crs: str = ""
    missing: tuple[str, ...] = ()
    guarded: bool = False
    bare_roads: bool = False
    posts_by_province: bool = False
    period_from: date | None = None
    period_to: date | None = None
    boxes: tuple[Box, ...] = ()
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@cache
def all_profiles() -> dict[str, Profile]:
    """Return every profile by id, in alphabetical order. Raises DropinError for a broken file."""
    found = dropins.texts("crashkit.profiles", ".toml")
    return {name: parse(name, text) for name, text in found.items()}


def get(id: str) -> Profile:
    """Return one profile. Raises NotFound, naming the nearest ids."""
    found = all_profiles()
    if id not in found:
        near = get_close_matches(id, found, n=3, cutoff=0.4) or list(found)
        raise NotFound("There is no profile {id}; do you mean {near}?", id=id, near=near)
    return found[id]


def boxes_of(country: str) -> tuple[Box, ...]:
    """Return where the crashes of a country can lie, as far as a shipped profile knows it.

    The profile of a source of that country says it, else the one that lists countries by name.
    """
    shipped = all_profiles().values()
    own = (one.boxes for one in shipped if one.country == country and one.boxes)
    named = (
        tuple(box for box in one.boxes if one.codes["country"].get(box.name) == country)
        for one in shipped
        if "country" in one.codes
    )
    return next(filter(None, (*own, *named)), ()) if country else ()


def parse(id: str, text: str) -> Profile:
    """Read a profile from its text. Raises DropinError naming everything that is wrong with it."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DropinError(
            "The profile {id} is not valid TOML: {cause}.", id=id, cause=str(error)
        ) from error
    wrong = complaints.of_profile(given)
    if wrong:
        raise DropinError("The profile {id} cannot be used: {wrong}.", id=id, wrong=wrong)
    codes: dict[str, Mapping[str, str]] = dict(given.get("codes", {}))
    period = given.get("period", {})
    files = tuple(_layout(one, codes) for one in renaming.whole(given["files"], codes))
    return Profile(
        id=id,
        title=given["title"],
        source=given["source"],
        files=files,
        country=given.get("country", ""),
        licence=given.get("licence", ""),
        attribution=given.get("attribution", ""),
        source_id=given.get("source_id", id),
        killed_definition=given.get("killed_definition", "unknown"),
        synthetic=given.get("synthetic", False),
        verified=given.get("verified", False),
        notes=tuple(given.get("notes", ())),
        encoding=given.get("encoding", ""),
        date_order=given.get("date_order", ""),
        calendar=given.get("calendar", ""),
        decimal=given.get("decimal", ""),
        thousands=given.get("thousands", ""),
        crs=given.get("crs", ""),
        missing=tuple(given.get("missing", ())),
        guarded=given.get("guarded", False),
        bare_roads=given.get("bare_roads", False),
        posts_by_province=given.get("posts_by_province", False),
        period_from=period.get("from"),
        period_to=period.get("to"),
        boxes=tuple(Box(**box) for box in given.get("boxes", ())),
        codes=codes,
    )


def _layout(given: Mapping[str, Any], codes: dict[str, Mapping[str, str]]) -> Layout:
    """Make a kind of file; code tables written inside a recipe join `codes` under a name."""
    recipes = {
        table: {
            name: _recipe(recipe, f"{given['name']}.{table}.{name}", codes)
            for name, recipe in given[table].items()
        }
        for table in complaints.TABLES
        if table in given
    }
    return Layout(
        name=given["name"],
        level=given["level"],
        needs=tuple(given["needs"]),
        recipes=recipes,
        key=_names(given.get("key", ())),
        identity=tuple(given.get("identity", ())),
        ignore=tuple(given.get("ignore", ())),
        personal=tuple(given.get("personal", ())),
        partial=given.get("partial", False),
        encoding=given.get("encoding", ""),
        decimal=given.get("decimal", ""),
        missing=tuple(given.get("missing", ())),
        path=given.get("path", ""),
    )


def _recipe(given: str | Mapping[str, Any], place: str, codes: dict[str, Any]) -> Recipe:
    if isinstance(given, str):
        return Recipe(column=given)
    words: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in given.items()
    }
    if isinstance(given.get("codes"), Mapping):
        codes[place] = given["codes"]
        words["codes"] = place
    if "codes" in words:
        words["codes"] = _names(words["codes"])
    return Recipe(**words)


def _names(given: Any) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)
