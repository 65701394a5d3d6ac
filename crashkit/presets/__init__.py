"""Named rules: a place, a measure, their numbers and a filter, with source and dates.

Each rule is a file `<id>.toml` in this folder. `verified = false` is shown wherever the rule is
used, until a person has checked its numbers against the text of the rule itself. A rule may have
`parts`, other rules that are asked in turn and answered as one: a law with a clause for towns, one
for the country and one for junctions is one choice for the user.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import Any

from crashkit import dropins, tomls
from crashkit.errors import DropinError, Message, NotFound

WORDS = (
    *("title", "country", "source", "verified_by", "copied_from"),
    *("setting", "replaces", "place", "measure"),
)
NEEDED = ("title", "source")
METHOD = ("place", "measure")
DATES = ("verified_on", "valid_from", "valid_to")
LISTS = ("parts", "needs", "notes")
TABLES = ("place_params", "filter", "measure_params")
KNOWN = (*WORDS, "verified", *DATES, *LISTS, *TABLES, "rules", "inside")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

SETTINGS = {
    "town": Message("Inside built-up areas"),
    "country": Message("Outside built-up areas"),
    "junction": Message("At a junction"),
}
"""Where a part of a rule holds. In town and country it looks only at the crashes there."""


@dataclass(frozen=True)
class Preset:
    """A named question. `verified` says that its numbers were checked against `source`.

    `needs` names fields of the crash table without which the rule makes no sense. `country` is
    empty for a rule of no country. A rule of `parts` has no place and no measure of its own.
    `setting` is where a part holds, see SETTINGS; `replaces` is the id of its earlier version.
    Parts may stand `inside` it, so that its text is whole; others are rules of their own. Who
    checked a verified rule is `verified_by`, and when `verified_on`. `copied_from` is the id of the
    rule that a user began with.
    """

    id: str
    title: str
    source: str
    place: str = ""
    measure: str = ""
    country: str = ""
    verified: bool = False
    verified_by: str = ""
    copied_from: str = ""
    setting: str = ""
    replaces: str = ""
    verified_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    parts: tuple[str, ...] = ()
    place_params: Mapping[str, Any] = field(default_factory=dict)
    measure_params: Mapping[str, Any] = field(default_factory=dict)
    filter: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    inside: tuple[Preset, ...] = ()

    def holds_on(self, day: date) -> bool:
        """Say whether the rule was in force on a day; open ends are in force."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)


NO_STAND_IN = Message("No rule")
"""What can stand in for a definition that is like none of those we know."""


@cache
def all_presets() -> dict[str, Preset]:
    """Return every rule by id, in alphabetical order. Raises DropinError for a broken file."""
    found = dropins.texts("crashkit.presets", ".toml")
    return {name: parse(name, text) for name, text in found.items()}


def get(id: str) -> Preset:
    """Return one rule. Raises NotFound, naming the nearest ids."""
    found = all_presets()
    if id in unknown():
        raise NotFound(
            "The criterion of {id} ({title}) is not known to us, so nobody can search by it here. "
            "{stand_in} can stand in, under its own name; or write the rule down as your own.",
            id=id,
            title=Message(unknown()[id].title),
            stand_in=unknown()[id].stand_in or NO_STAND_IN,
        )
    if id not in found:
        near = get_close_matches(id, found, n=3, cutoff=0.4) or list(found)
        raise NotFound("There is no preset {id}; do you mean {near}?", id=id, near=near)
    return found[id]


@dataclass(frozen=True)
class UnknownCriterion:
    """A definition that exists and cannot be asked, because its limits are not known to us.

    `notes` say what is known of it. `stand_in` is the id of a rule that may be asked in its place,
    under that rule's own name; "" where there is none.
    """

    id: str
    title: str
    source: str
    country: str = ""
    stand_in: str = ""
    notes: tuple[str, ...] = ()


@cache
def unknown() -> dict[str, UnknownCriterion]:
    """Return the definitions whose criterion is not known to us, by id. No limit is invented."""
    text = resources.files("crashkit").joinpath("unknown_criteria.toml").read_text("utf-8")
    return {
        name: UnknownCriterion(id=name, **{**row, "notes": tuple(row["notes"])})
        for name, row in tomllib.loads(text).items()
    }


def whole(known: Mapping[str, Preset]) -> dict[str, Preset]:
    """Return the rules that a user chooses from: those that are not merely parts of others."""
    inside = {part for one in known.values() for part in one.parts}
    return {id_: one for id_, one in known.items() if id_ not in inside}


def versions(preset: Preset, known: Mapping[str, Preset]) -> tuple[Preset, ...]:
    """Return a rule with its earlier and later versions, the latest first."""
    found = [preset]
    while later := [one for one in known.values() if found[0].id and one.replaces == found[0].id]:
        found.insert(0, later[0])
        if len(found) > len(known):
            break
    while found[-1].replaces in known and known[found[-1].replaces] not in found:
        found.append(known[found[-1].replaces])
    return tuple(found)


def enclosed(preset: Preset, known: Mapping[str, Preset]) -> Preset:
    """Return a rule with its parts inside it, and with what a reader of these must know."""
    among = {**known, **{one.id: one for one in preset.inside}}
    parts = [among[name] for name in preset.parts]
    return replace(
        preset,
        inside=tuple(_part(one, of=preset) for one in parts),
        notes=tuple(dict.fromkeys((*preset.notes, *(note for one in parts for note in one.notes)))),
    )


def _part(one: Preset, *, of: Preset) -> Preset:
    """Return a rule as it stands inside another one, which says what both say."""
    told = replace(unverified(one), country="", source=of.source, notes=())
    return replace(told, replaces="", copied_from="", valid_from=None, valid_to=None)


def unverified(preset: Preset) -> Preset:
    """Return a rule of which nobody has said that they checked it."""
    return replace(preset, verified=False, verified_by="", verified_on=None)


# ------------------------------------------------------------------------------- reading


def parse(id: str, text: str) -> Preset:
    """Read a rule from its text. Raises DropinError naming what is wrong with it.

    Only what the text itself tells is checked; whether its place, its measure and their numbers are
    allowed is known to those who ask it, see `screening.check`.
    """
    try:
        given = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # Too many digits and too many brackets are no TOML either.
        cause = str(error) if isinstance(error, tomllib.TOMLDecodeError) else type(error).__name__
        raise DropinError(
            "The preset {id} is not valid TOML: {cause}.", id=id, cause=cause
        ) from error
    wrong = [*_complaints(given), *_complaints_of_whole(given)]
    if wrong:
        raise DropinError("The preset {id} cannot be used: {wrong}", id=id, wrong=wrong)
    inside = given.get("inside", {})
    parts = (_made(name, {"source": given["source"], **one}) for name, one in inside.items())
    return replace(_made(id, given), inside=tuple(parts))


def _made(id: str, given: Mapping[str, Any]) -> Preset:
    measure_params = dict(given.get("measure_params", {}))
    if "rules" in given:
        measure_params["rules"] = tuple(given["rules"])
    return Preset(
        id=id,
        verified=given.get("verified", False),
        measure_params=measure_params,
        **{name: given[name] for name in WORDS if name in given},
        **{name: given[name] for name in DATES if given.get(name)},
        **{name: given[name] for name in ("place_params", "filter") if name in given},
        parts=tuple(given.get("parts", ())),
        needs=tuple(given.get("needs", ())),
        notes=tuple(given.get("notes", ())),
    )


def _complaints_of_whole(given: Mapping[str, Any]) -> Iterator[Message]:
    """Say what is wrong with the parts inside a rule, and with who checked it."""
    if given.get("verified") and not (given.get("verified_by") and given.get("verified_on")):
        yield Message(
            "It is called verified, and does not say who checked it and when: verified_by, "
            "verified_on."
        )
    inside = given.get("inside", {})
    if not isinstance(inside, dict) or not _all_of(dict, list(inside.values())):
        yield Message("The parts inside it must be tables, each headed by [inside.NAME].")
        return
    parts = given.get("parts", [])
    for name, one in inside.items():
        if isinstance(parts, list) and name not in parts:
            yield Message(
                "The part {part} is inside it, and not named by its parts.", {"part": name}
            )
        if {"parts", "inside"} & set(one):
            yield Message("The part {part} has parts itself.", {"part": name})
        for wrong in _complaints({"source": "-", **one}):
            yield Message("Part {part}: {what}", {"part": name, "what": wrong})


def _complaints(given: Mapping[str, Any]) -> Iterator[Message]:
    """Say all that is wrong with the tables of a rule, one sentence each."""
    for name in given:
        if name not in KNOWN:
            near = get_close_matches(name, KNOWN, n=1) or list(KNOWN)
            yield Message("There is no key {name}; do you mean {near}?", _named(name, near=near))
    yield from _wrong_kinds(given)
    parts = bool(given.get("parts"))
    for name in NEEDED if parts else (*NEEDED, *METHOD):
        if not given.get(name):
            yield Message("It has no {name}.", _named(name))
    for name in (*METHOD, *TABLES, "rules"):
        if parts and given.get(name):
            yield Message("It is made of parts, so {name} belongs into these.", _named(name))
    named = given["parts"] if parts and _all_of(str, given["parts"]) else []
    if again := sorted({one for one in named if named.count(one) > 1}):
        yield Message("It names {parts} more than once.", {"parts": again})
    if given.get("setting", "") not in ("", *SETTINGS):
        yield Message(
            "Its setting is {value}; allowed are {settings}.",
            {"value": str(given["setting"]), "settings": list(SETTINGS)},
        )


def _wrong_kinds(given: Mapping[str, Any]) -> Iterator[Message]:
    """Say which keys have a value of another kind than they should."""
    for names, fits, sentence in KINDS:
        for name in names:
            if name in given and not fits(given[name]):
                yield Message(sentence.text, _named(name))
    inside = given.get("measure_params")
    if isinstance(inside, dict) and "rules" in inside:
        yield NO_CONDITIONS


def _all_of(kind: type[Any], found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(one, kind) for one in found)


def _is_line(found: Any) -> bool:
    return isinstance(found, str) and not CONTROL.search(found)


def _is_day(found: Any) -> bool:
    # A moment of a day is a date, too, and has no place here; an empty text is an open end.
    return found == "" or type(found) is date


def _is_filter(found: Any) -> bool:
    return isinstance(found, dict) and _all_of(str, list(found.values()))


NO_CONDITIONS = Message("Its conditions must be tables, each headed by [[rules]].")
KINDS: tuple[tuple[tuple[str, ...], Callable[[Any], bool], Message], ...] = (
    (WORDS, _is_line, Message("Its {name} must be a text in quotes, on one line.")),
    (DATES, _is_day, Message("Its {name} must be a day, such as 2021-03-01.")),
    (
        LISTS,
        lambda found: _all_of(str, found) and all(map(_is_line, found)),
        Message("Its {name} must be a list of texts in quotes, each on one line."),
    ),
    (
        ("place_params", "measure_params"),
        lambda found: isinstance(found, dict),
        Message("Its {name} must be a table of its own."),
    ),
    (("filter",), _is_filter, Message("Its {name} must be a table of texts in quotes.")),
    (
        ("verified",),
        lambda found: isinstance(found, bool),
        Message("Its {name} must be true or false."),
    ),
    (("rules",), lambda found: _all_of(dict, found), NO_CONDITIONS),
)
"""For each key what its value must be, and what is said of another."""


def _named(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, **more}


# ------------------------------------------------------------------------------- writing


def text(preset: Preset) -> str:
    """Return the TOML of a rule: what is read back from it is equal to it.

    Comments that a person wrote into the file are not kept.
    """
    return "\n".join(_lines(preset)) + "\n"


def _lines(preset: Preset, head: str = "", *, source: str = "") -> Iterator[str]:
    """Write a rule; of a part inside one only what it says otherwise than the whole."""
    usual = {one.name: one.default for one in dataclasses.fields(preset)}
    if head:
        usual |= {"source": source, "verified": False}
    for name in (*WORDS[:3], "verified", *WORDS[3:], *DATES, *LISTS):
        told = getattr(preset, name)
        always = name == "verified" and not head
        if always or (told != usual[name] and told not in ("", ())):
            yield f"{name} = {_long(told) if name == 'notes' else tomls.value(told)}"
    for name in TABLES:
        pairs = {key: one for key, one in getattr(preset, name).items() if key != "rules"}
        if pairs:
            yield from ("", f"[{head}{name}]", *_pairs(pairs))
    for rule in preset.measure_params.get("rules", ()):
        yield from ("", f"[[{head}rules]]", *_pairs(rule))
    for part in preset.inside:
        here = f"inside.{tomls.key(part.id)}"
        yield from ("", f"[{here}]", *_lines(part, f"{here}.", source=preset.source))


def _pairs(table: Mapping[str, Any]) -> Iterator[str]:
    return (f"{tomls.key(name)} = {tomls.value(one)}" for name, one in table.items())


def _long(sentences: tuple[str, ...]) -> str:
    """Write sentences one a line, as a person does."""
    return "[\n" + "".join(f"    {tomls.value(one)},\n" for one in sentences) + "]"
