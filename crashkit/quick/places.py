"""Which place a line of words means in these crash data, as a filter; or what it may have meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from crashkit import filters, units
from crashkit.errors import FilterError, Message, counted
from crashkit.filters import Filter, spelling
from crashkit.model import CrashData
from crashkit.quick import names, reading
from crashkit.quick.names import Entry, Gazetteer, Road, Thing
from crashkit.quick.reading import Named, Point, Posts, SiteNumber
from crashkit.screening.parts import posts_by_province

MOST = 12
"""So many places are offered to choose from."""

LONGEST_NAME = 5
"""A name has at most so many words, where it stands among others."""


@dataclass(frozen=True)
class Place:
    """A place in the data: what it is, in words, and the filter that keeps its crashes.

    `words` with `kind` ask for it again. `width_m` is how far to both sides of a km post, or around
    a point, crashes count; None where the place has an extent of its own. `low_km` and `high_km`
    are the ends of the stretch that is counted.
    """

    kind: str
    label: Message
    chosen: Filter
    words: str
    width_m: float | None = None
    road: Road | None = None
    low_km: float | None = None
    high_km: float | None = None


@dataclass(frozen=True)
class Found:
    """What a line means: one place, or several to choose from; else those that are near.

    `notes` say what was not understood, left out or taken for granted.
    """

    words: str
    places: tuple[Place, ...]
    near: tuple[Place, ...] = ()
    notes: tuple[Message, ...] = ()

    @property
    def place(self) -> Place | None:
        """The place, where there is no doubt which one is meant."""
        return self.places[0] if len(self.places) == 1 else None


@dataclass
class _Asked:
    """What is asked, of which data; and what is noted on the way."""

    data: CrashData
    known: Gazetteer
    width_m: float | None
    notes: list[Message]

    def width(self, usual: str) -> float:
        return float(reading.known()["usual"][usual]) if self.width_m is None else self.width_m


def find(
    data: CrashData,
    known: Gazetteer,
    words: str,
    *,
    width_m: float | None = None,
    kind: str = "",
) -> Found:
    """Say which place of the data a line of words means.

    `width_m` leads over the width that the line itself names; `kind` takes one kind of place of
    those with the same name. Raises FilterError for a width that makes no sense.
    """
    line = reading.read(words)
    asked = _Asked(data, known, _checked(width_m if width_m is not None else line.width_m), [])
    found, notes = _all_meant(asked, line.meanings, kind)
    if found:
        shown = _most_crashes_first(data, found)[:MOST] if len(found) > 1 else tuple(found)
        return Found(words, shown, notes=(*notes, *_left_out(len(found) - len(shown))))
    near = {one.chosen.words: one for one in _near(asked, line.meanings)}
    return Found(words, (), tuple(near.values())[:MOST], notes or _nothing(words))


def _all_meant(
    asked: _Asked, meanings: Sequence[reading.Meaning], kind: str
) -> tuple[list[Place], tuple[Message, ...]]:
    """Return the places of all meanings, each once, with the notes of those that have one.

    Where none has a place, the notes of the likeliest say why.
    """
    found: dict[str, Place] = {}
    said: list[tuple[bool, list[Message]]] = []
    points = [one for one in meanings if isinstance(one, Point)]
    works: list[Callable[[], list[Place]]] = [partial(_points, asked, points)]
    works += [partial(_meant, asked, one) for one in meanings]
    for work in works:
        asked.notes = []
        new = [one for one in work() if one.chosen.words not in found]
        said.append((bool(new), asked.notes))
        found |= {one.chosen.words: one for one in new}
    places = list(found.values())
    of_kind = [one for one in places if one.kind == kind] if kind else places
    if not places:
        return [], tuple(next((notes for _, notes in said if notes), ()))
    return of_kind or places, _each_once(note for is_new, notes in said if is_new for note in notes)


def _each_once(notes: Iterable[Message]) -> tuple[Message, ...]:
    return tuple({str(one): one for one in notes}.values())


def _nothing(words: str) -> tuple[Message, ...]:
    if not words.strip():
        return (Message("Write a place: a road and its km, a name, or coordinates."),)
    return (Message("Nothing in this data set is called “{words}”.", {"words": words[:80]}),)


def _checked(width_m: float | None) -> float | None:
    usual = reading.known()["usual"]
    if width_m is not None and not usual["least_m"] <= width_m <= usual["most_m"]:
        raise FilterError(
            "Crashes are counted {least} to {most} m around a place; {width} m is not.",
            least=usual["least_m"],
            most=usual["most_m"],
            width=spelling.short(width_m, 1),
        )
    return width_m


def _left_out(left: int) -> Iterator[Message]:
    if left > 0:
        yield counted(
            "One more place fits: say more of where it is.",
            "{n} more places fit: say more of where it is.",
            left,
        )


def _most_crashes_first(data: CrashData, places: Sequence[Place]) -> tuple[Place, ...]:
    counts = {one.chosen.words: count(data, one) for one in places}
    return tuple(sorted(places, key=lambda one: -counts[one.chosen.words]))


def count(data: CrashData, place: Place) -> int:
    """Return how many crashes a place has."""
    return int(filters.keeps(place.chosen, data).sum())


def _meant(asked: _Asked, meaning: reading.Meaning) -> list[Place]:
    if isinstance(meaning, Posts):
        return _posts(asked, meaning)
    if isinstance(meaning, SiteNumber):
        return _site(asked, meaning.number)
    return _named(asked, meaning) if isinstance(meaning, Named) else []


# --------------------------------------------------------------------- km posts


def _posts(asked: _Asked, meant: Posts) -> list[Place]:
    if not meant.road:
        return _on_any_road(asked, meant)
    matched = _matched(asked.known, meant.road, roads_only=True)
    if not matched.roads:
        asked.notes.append(_no_road(asked.known, meant.road))
    places = []
    for road in matched.roads:
        if _carries(road, meant):
            places += _by_province(asked, road, meant, matched.rest)
        else:
            asked.notes.append(_beyond(road, meant))
    return places


def _on_any_road(asked: _Asked, meant: Posts) -> list[Place]:
    """Return km 41 of each road that has one."""
    roads = names.roads_at(
        asked.known.roads.values(),
        lambda span: span[0] <= meant.high_km and span[1] >= meant.low_km,
    )
    if not roads:
        asked.notes.append(_no_post(asked.known, meant.low_km))
    return [_stretch(asked, road, meant) for road in roads]


def _no_post(known: Gazetteer, km: float) -> Message:
    """Say that no road has the post; or that this cannot be known."""
    if not known.roads:
        return _no_roads()
    if all(road.span_km is None for road in known.roads.values()):
        return Message("The roads of this data set have no km posts: ask for a whole road.")
    return Message("No road of this data set has a km {km}.", {"km": spelling.short(km, 3)})


def _no_road(known: Gazetteer, road: str) -> Message:
    if not known.roads:
        return _no_roads()
    return Message("No crash of this data set is on a road {road}.", {"road": road})


def _no_roads() -> Message:
    return Message(
        "No crash of this data set tells its road, so none can be found by km post. Ask for a "
        "settlement, a district or coordinates."
    )


def _carries(road: Road, meant: Posts) -> bool:
    span = road.span_km
    return span is not None and span[0] - 1 <= meant.high_km and meant.low_km <= span[1] + 1


def _beyond(road: Road, meant: Posts) -> Message:
    span = road.span_km
    if span is None:
        return Message("No km post of {road} is known.", {"road": road.key})
    ends = {
        "low": units.post(round(span[0], 1), short=True),
        "high": units.post(round(span[1], 1), short=True),
    }
    values = {"road": road.key, "km": units.post(meant.low_km, short=True), **ends}
    if road.route is not None:
        return Message("{road} runs from km {low} to km {high}; km {km} is not on it.", values)
    return Message(
        "The crashes on {road} have km posts from {low} to {high}; km {km} lies beyond.", values
    )


def _stretch(
    asked: _Asked, road: Road, meant: Posts, within: Mapping[str, str] | None = None
) -> Place:
    """Return the stretch of road that is counted: around one post, or between two."""
    usual = 0.0 if meant.is_stretch and asked.width_m is None else asked.width("post_m")
    low = max(round(meant.low_km - usual / 1000, 3), 0.0)
    high = round(meant.high_km + usual / 1000, 3)
    terms = {"road": spelling.escape(road.key), "km": spelling.stretches([(low, high)])[0]}
    where = ", ".join((within or {}).values())
    label = _stretch_label(road, meant, usual)
    post = "-".join(spelling.short(km, 3) for km in dict.fromkeys((meant.low_km, meant.high_km)))
    return Place(
        "post",
        Message("{place}, {where}", {"place": label, "where": where}) if where else label,
        filters.parse({**terms, **{k: spelling.escape(v) for k, v in (within or {}).items()}}),
        " ".join(part for part in (f"{road.key} km {post}", where) if part),
        usual,
        road,
        low,
        high,
    )


def _stretch_label(road: Road, meant: Posts, width_m: float) -> Message:
    low, high = (units.post(km, short=True) for km in (meant.low_km, meant.high_km))
    values = {"road": road.key, "low": low, "high": high, "metres": round(width_m)}
    if not meant.is_stretch:
        return Message("{road}, km {low} ± {metres} m", values)
    if not width_m:
        return Message("{road}, km {low} to km {high}", values)
    return Message("{road}, km {low} to km {high} ± {metres} m", values)


def _by_province(asked: _Asked, road: Road, meant: Posts, rest: str) -> list[Place]:
    """Return the stretch; one for each province where km posts start anew in each of them."""
    named = _area_named(asked.known, rest, ("province", "district")) if rest else None
    if rest and named is None:
        asked.notes.append(_not_understood(rest))
    if named is not None:
        return [_stretch(asked, road, meant, {names.KEYS[named.kind]: named.name})]
    whole = _stretch(asked, road, meant)
    if not posts_by_province(asked.data):
        return [whole]
    here = filters.levels(asked.data, "admin1")
    if here is None:
        return [whole]
    codes = np.unique(here.codes[filters.keeps(whole.chosen, asked.data)])
    provinces = [here.values[code] for code in codes.tolist() if code >= 0]
    if len(provinces) < 2:
        return [whole]
    asked.notes.append(Message("Each province counts its km posts anew: say which one is meant."))
    each = [_stretch(asked, road, meant, {"admin1": one}) for one in provinces]
    return [*each, whole]


def _area_named(known: Gazetteer, words: str, kinds: Sequence[str]) -> Thing | None:
    for entry in _exact(known, words) or _exact(known, _bare(words)):
        if isinstance(entry, Thing) and entry.kind in kinds:
            return entry
    return None


def _not_understood(words: str) -> Message:
    return Message("“{words}” was not understood, and is left out.", {"words": words})


# ----------------------------------------------------------------------- points


def _points(asked: _Asked, meant: Sequence[Point]) -> list[Place]:
    """Return circles. Of two orders of the numbers those that lie among the crashes, else one."""
    inside = [one for one in meant if _among(asked.data, one)]
    if meant and not inside:
        asked.notes.append(Message("No crash of this data set is within 50 km of this point."))
    if len(meant) > 1 and len(inside) != 1:
        asked.notes.append(Message("Without N and E the first number is taken for the latitude."))
    return [_circle(asked, one) for one in inside or meant[:1]]


def _among(data: CrashData, point: Point) -> bool:
    """Say whether there are crashes within half a degree, some 50 km."""
    lon, lat = filters.numbers(data, "lon"), filters.numbers(data, "lat")
    return bool(((np.abs(lon - point.lon) <= 0.5) & (np.abs(lat - point.lat) <= 0.5)).any())


def _circle(asked: _Asked, meant: Point) -> Place:
    width_m = asked.width("point_m")
    lat, lon = (spelling.short(one, 5) for one in (meant.lat, meant.lon))
    return Place(
        "point",
        Message(
            "{metres} m around latitude {lat}, longitude {lon}",
            {"metres": round(width_m), "lat": lat, "lon": lon},
        ),
        filters.parse({"within": names.circle(meant.lon, meant.lat, width_m)}),
        _degrees(meant),
        width_m,
    )


def _degrees(point: Point) -> str:
    """Write a point so that nobody can take one number for the other."""
    lat, lon = (spelling.short(abs(one), 5) for one in (point.lat, point.lon))
    return f"{lat}°{'N' if point.lat >= 0 else 'S'} {lon}°{'E' if point.lon >= 0 else 'W'}"


# ------------------------------------------------------------------------ names


@dataclass(frozen=True)
class _Matched:
    """Roads and places with a name, and the words that stood beside it."""

    entries: tuple[Entry, ...]
    rest: str = ""

    @property
    def roads(self) -> list[Road]:
        return [one for one in self.entries if isinstance(one, Road)]


def _named(asked: _Asked, meant: Named) -> list[Place]:
    crossing = _crossing(asked, meant.name)
    if crossing:
        return crossing
    matched = _matched(asked.known, meant.name)
    found = _narrowed(matched.entries, asked, matched.rest)
    return [_place_of(asked, one) for one in found]


def _narrowed(entries: Sequence[Entry], asked: _Asked, rest: str) -> list[Entry]:
    """Keep the places within the area that the other words name; say what was left out."""
    if rest:
        above = _area_named(asked.known, rest, ("district", "province"))
        inside = [
            one
            for one in entries
            if above is not None and isinstance(one, Thing) and above.name in one.within
        ]
        if inside:
            return list(inside)
        asked.notes.append(_not_understood(rest))
    # A settlement that lies in several districts is asked back; else its parts are not told.
    parted = {(one.kind, one.name) for one in entries if isinstance(one, Thing) and one.within}
    if parted:
        asked.notes.append(Message("Several places have this name: say which one is meant."))
    return list(entries)


def _site(asked: _Asked, number: int) -> list[Place]:
    site = asked.known.sites.get(number)
    thing = names.site_thing(site) if site else None
    if thing is not None:
        return [replace(_place_of(asked, thing), words=f"site {number}")]
    asked.notes.append(
        Message("There is no site number {number} in the register.", {"number": str(number)})
        if site is None
        else Message("The register does not tell where site {number} is.", {"number": str(number)})
    )
    return []


_AND = re.compile(r"\s+(?:and|x|×|и|с|与|和)\s+|\s*[/&×]\s*|与|和")


def _crossing(asked: _Asked, words: str) -> list[Place]:
    """Return the junctions of two roads."""
    parts = [part for part in _AND.split(words) if part.strip()]
    if len(parts) != 2:
        return []
    ends = [
        {one.key for one in _matched(asked.known, part, roads_only=True).roads} for part in parts
    ]
    return [
        _place_of(asked, one)
        for one in asked.known.things
        if one.kind == "junction" and all(end & set(one.roads) for end in ends)
    ]


def _matched(known: Gazetteer, words: str, *, roads_only: bool = False) -> _Matched:
    """Find a name: as written, without the words around it, within the line, or a part of one."""

    def kept(entries: Iterable[Entry]) -> tuple[Entry, ...]:
        return tuple(one for one in entries if isinstance(one, Road) or not roads_only)

    for line in (words, _bare(words)):
        if entries := kept(_exact(known, line)):
            return _Matched(entries)
    tokens = [word for word in re.split(r"[\s,;()]+", _bare(words)) if word]
    for start, end in _runs(len(tokens)):
        rest = " ".join([*tokens[:start], *tokens[end:]])
        entries = kept(_exact(known, " ".join(tokens[start:end])))
        # A number that was passed over might have been the km post.
        if entries and not any(sign.isdigit() for sign in rest):
            return _Matched(entries, rest)
    return _Matched(kept(_parts_of(known, tokens)))


def _runs(n: int) -> Iterator[tuple[int, int]]:
    """Yield the runs of fewer than n words, the longest first."""
    for size in range(min(n - 1, LONGEST_NAME), 0, -1):
        for start in range(n - size + 1):
            yield start, start + size


def _exact(known: Gazetteer, words: str) -> tuple[Entry, ...]:
    found = {
        id(one): one for spelled in names.spellings(words) for one in known.by_name.get(spelled, ())
    }
    return tuple(found.values())


def _parts_of(known: Gazetteer, tokens: Sequence[str]) -> Iterator[Entry]:
    """Yield what has a word that begins with each of these; three letters are the least."""
    wanted = [names.spellings(token) for token in tokens]
    if not wanted or not any(len(one) >= 3 for token in wanted for one in token):
        return
    for entry in known.entries:
        words = [
            spelled
            for name in known.names_of(entry)
            for word in re.split(r"[\s,;()–-]+", name)
            for spelled in names.spellings(word)
        ]
        if all(any(word.startswith(tuple(one)) for word in words) for one in wanted):
            yield entry


def _bare(words: str) -> str:
    """Return a line without the words that say nothing of where a place is."""
    left_out = reading.known()["left_out"]
    for sign in sorted(left_out["signs"], key=len, reverse=True):
        words = words.replace(sign, " ")
    tokens = [word for word in re.split(r"[\s,;()]+", words) if word]
    return " ".join(one for one in tokens if one.casefold().strip(".") not in left_out["spelled"])


def _place_of(asked: _Asked, entry: Entry) -> Place:
    if isinstance(entry, Road):
        terms = {"road": spelling.escape(entry.key)}
        label = Message("Whole road {road}", {"road": entry.key})
        return Place("road", label, filters.parse(terms), entry.key, road=entry)
    words = ", ".join([entry.name, *(one for one in entry.within if one)])
    if entry.point is not None and asked.width_m is not None:
        label = Message(
            "{metres} m around {place}",
            {"metres": round(asked.width_m), "place": entry.label},
        )
        chosen = filters.parse({"within": names.circle(*entry.point, asked.width_m)})
        return Place(entry.kind, label, chosen, words, asked.width_m)
    if asked.width_m is not None:
        asked.notes.append(
            Message(
                "The width is left out: {place} has an extent of its own.", {"place": entry.label}
            )
        )
    return Place(entry.kind, entry.label, filters.parse(dict(entry.terms)), words)


# ------------------------------------------------------------------------- near


def _near(asked: _Asked, meanings: Sequence[reading.Meaning]) -> Iterator[Place]:
    """Yield what comes near where nothing fits: the road without its km, names that are alike."""
    posts = [one for one in meanings if isinstance(one, Posts) and one.road]
    for post in posts:
        for road in _matched(asked.known, post.road, roads_only=True).roads:
            yield _place_of(asked, road)
        for entry in _alike(asked.known, post.road, ALIKE_ROADS):
            if isinstance(entry, Road) and _carries(entry, post):
                yield _stretch(asked, entry, post)
    for name in (one.name for one in meanings if isinstance(one, Named) and not posts):
        for entry in _alike(asked.known, name, ALIKE):
            yield _place_of(asked, entry)


ALIKE, ALIKE_ROADS = 0.7, 0.5
"""How alike names have to be to be offered, 0 to 1; numbers of roads are short.

Source: difflib, twice the signs that agree over all signs.
"""


def _alike(known: Gazetteer, words: str, least: float) -> Iterator[Entry]:
    spelled = {one for line in (words, _bare(words)) for one in names.spellings(line)}
    for one in sorted(spelled):
        for near in difflib.get_close_matches(one, known.by_name, n=6, cutoff=least):
            yield from known.by_name[near]
