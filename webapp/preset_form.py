"""The form of a rule: a preset as the texts of its fields, and those texts as a preset again.

A law has parts, any other rule is one part. What cannot be read is kept as it was written, so that
it stands in the form beside the sentence that says what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, Protocol

from crashkit import api

Texts = Mapping[str, str]

WHOLE = ("name", "title", "country", "source", "valid_from", "valid_to", "notes")
CHECKED = ("verified", "verified_by", "verified_on")
ORIGIN = ("was", "seen", "copied_from", "replaces")
OF_PART = ("id", "title", "setting", "place", "measure", "filter", "needs")
NEEDS = ("severity", "crash_type", "area_type", "road_class", "aadt", "junction")
"""Fields of a crash that a rule may be senseless without; what else it names is kept."""

MOST_ROWS = 100
"""More parts, or conditions, than a rule may have, so that it can be said that it has too many."""
PAIR = re.compile(r"\s*([^=:;,\n]+?)\s*[=:]\s*([^=:;,\n]+?)\s*")


class Values(Protocol):
    """What was sent with a form."""

    def get(self, key: str, default: str) -> str:
        """Return the value of a name."""

    def getlist(self, key: str) -> list[str]:
        """Return all values of a name."""


@dataclass(frozen=True)
class Part:
    """One question of a rule: where we look, what we measure, on which crashes."""

    id: str = ""
    title: str = ""
    setting: str = ""
    place: str = ""
    measure: str = ""
    filter: str = ""
    needs: str = ""
    place_params: Texts = field(default_factory=dict)
    measure_params: Texts = field(default_factory=dict)
    rules: tuple[Texts, ...] = ()


@dataclass(frozen=True)
class Draft:
    """What stands in the form.

    `was` is the own rule that is edited, "" for a new one, and `seen` when that one was saved. What
    the rule was copied from and which earlier version it replaces go along unchanged.
    """

    name: str = ""
    title: str = ""
    country: str = ""
    source: str = ""
    valid_from: str = ""
    valid_to: str = ""
    notes: str = ""
    verified: str = ""
    verified_by: str = ""
    verified_on: str = ""
    was: str = ""
    seen: str = ""
    copied_from: str = ""
    replaces: str = ""
    needs: tuple[str, ...] = ()
    parts: tuple[Part, ...] = (Part(),)


# -------------------------------------------------------------- from a preset


def of_preset(preset: api.Preset) -> Draft:
    """Return the form of a rule that stands by itself: with its parts inside it."""
    return Draft(
        **{
            name: str(getattr(preset, name) or "")
            for name in WHOLE
            if name not in ("name", "notes")
        },
        name=preset.id,
        notes="\n".join(preset.notes),
        verified="yes" if preset.verified else "",
        verified_by=preset.verified_by,
        verified_on=str(preset.verified_on or ""),
        copied_from=preset.copied_from,
        replaces=preset.replaces,
        needs=preset.needs,
        parts=tuple(map(_part_of, preset.inside)) or (replace(_part_of(preset), needs=""),),
    )


def _part_of(preset: api.Preset) -> Part:
    rules = preset.measure_params.get("rules", ())
    return Part(
        id=preset.id,
        title=preset.title,
        setting=preset.setting,
        place=preset.place,
        measure=preset.measure,
        filter=_words(preset.filter),
        needs=",".join(preset.needs),
        place_params=_shown(preset.place_params),
        measure_params=_shown(preset.measure_params),
        rules=tuple(_shown(rule) for rule in rules),
    )


def _words(query: Mapping[str, str]) -> str:
    try:
        return api.parse_filter(query).words
    except api.FilterError:
        return "; ".join(f"{name}={value}" for name, value in query.items())


def _shown(given: Mapping[str, Any]) -> dict[str, str]:
    return {name: shown(value) for name, value in given.items() if name != "rules"}


def shown(value: Any) -> str:
    """Write the value of a parameter as it stands in a field of the form."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, int | float):
        # The shortest number that is read back as this one, without an exponent.
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    if isinstance(value, Mapping):
        return "; ".join(f"{name} = {shown(number)}" for name, number in value.items())
    return str(value)


def written(value: float) -> int | str:
    """Return a limit as a sentence takes it: with all its decimals."""
    return int(value) if float(value).is_integer() else shown(value)


# ------------------------------------------------------------- from the form


def of_form(form: Values) -> Draft:
    """Return what was sent; what is absent is empty."""
    said = {name: _one(form, name) for name in (*WHOLE, *CHECKED, *ORIGIN) if name != "notes"}
    return Draft(
        **said,
        notes=form.get("notes", ""),
        needs=tuple(dict.fromkeys(form.getlist("needs"))),
        parts=tuple(_part_in(form, n) for n in range(max(_count(form, "parts"), 1))),
    )


def _part_in(form: Values, n: int) -> Part:
    said = {name: _one(form, f"{n}-{name}") for name in OF_PART}
    place, measure = said["place"], said["measure"]
    conditions = range(_count(form, f"{n}-rules"))
    return Part(
        **said,
        place_params=_sent(form, f"{n}-place.", api.place_params(place)),
        measure_params=_sent(form, f"{n}-measure.", api.measure_params(measure)),
        rules=tuple(
            _sent(form, f"{n}-rule.{i}.", api.condition_params(measure)) for i in conditions
        ),
    )


def _sent(form: Values, prefix: str, infos: Iterable[api.ParamInfo]) -> dict[str, str]:
    """Return what was written for parameters; what was left empty is not said."""
    found = {
        info.name: ",".join(filter(None, form.getlist(prefix + info.name))).strip()
        for info in infos
    }
    return {name: value for name, value in found.items() if value}


def _one(form: Values, name: str) -> str:
    return " ".join(form.get(name, "").split())


def _count(form: Values, name: str) -> int:
    told = form.get(name, "")
    return min(int(told), MOST_ROWS) if told.isascii() and told.isdigit() and len(told) < 4 else 1


# ---------------------------------------------------------------- more and less


def changed(draft: Draft, wish: str) -> Draft:
    """Return the form with a part or a condition more or less: "add-part", "drop-rule-0-2"."""
    what, *where = wish.split("-")[1:]
    numbers = [int(one) for one in where if one.isascii() and one.isdigit() and len(one) < 4]
    more = wish.startswith("add-")
    if what == "part":
        return replace(draft, parts=_parts(draft.parts, numbers, more=more))
    if what == "rule" and numbers and numbers[0] < len(draft.parts):
        n, *rest = numbers
        part = draft.parts[n]
        rules = (*part.rules, {}) if more else _without(part.rules, rest)
        parts = (*draft.parts[:n], replace(part, rules=rules), *draft.parts[n + 1 :])
        return replace(draft, parts=parts)
    return draft


def _parts(parts: tuple[Part, ...], numbers: Sequence[int], *, more: bool) -> tuple[Part, ...]:
    if not more:
        return _without(parts, numbers) or parts
    # The new part begins as the last one: most clauses of a law differ in a number or two.
    return (*parts, replace(parts[-1], id="", title="", setting=""))


def _without(found: tuple[Any, ...], numbers: Sequence[int]) -> tuple[Any, ...]:
    return tuple(one for i, one in enumerate(found) if i not in numbers)


# ----------------------------------------------------------------- to a preset


def preset(draft: Draft) -> api.Preset:
    """Return the rule that the form says, unchecked. Raises MethodError, FilterError.

    Only what cannot be written into a preset at all is complained of here.
    """
    inside = tuple(_named_parts(draft)) if len(draft.parts) > 1 else ()
    alone = {} if inside else {**_method(draft.parts[0]), "setting": draft.parts[0].setting}
    return api.Preset(
        id=draft.name,
        title=draft.title,
        source=draft.source,
        country=draft.country,
        verified=draft.verified == "yes",
        verified_by=draft.verified_by if draft.verified == "yes" else "",
        verified_on=_day("verified_on", draft.verified_on) if draft.verified == "yes" else None,
        copied_from=draft.copied_from,
        replaces=draft.replaces,
        valid_from=_day("valid_from", draft.valid_from),
        valid_to=_day("valid_to", draft.valid_to),
        needs=tuple(dict.fromkeys((*draft.needs, *(() if inside else _needs(draft.parts[0]))))),
        notes=tuple(line for one in draft.notes.splitlines() if (line := " ".join(one.split()))),
        parts=tuple(one.id for one in inside),
        inside=inside,
        **alone,
    )


def _named_parts(draft: Draft) -> Iterator[api.Preset]:
    given = {part.id for part in draft.parts}
    free = (id_ for n in count(1) if (id_ := f"part_{n}") not in given)
    taken: set[str] = set()
    for part in draft.parts:
        id_ = part.id if part.id and part.id not in taken else next(free)
        taken.add(id_)
        yield api.Preset(
            id=id_,
            title=part.title,
            source=draft.source,
            setting=part.setting,
            needs=_needs(part),
            **_method(part),
        )


def _needs(part: Part) -> tuple[str, ...]:
    return tuple(filter(None, part.needs.split(",")))


def _method(part: Part) -> dict[str, Any]:
    measure = _values(part.measure_params, api.measure_params(part.measure))
    conditions = api.condition_params(part.measure)
    rules = [_values(rule, conditions) for rule in part.rules]
    # A condition that says nothing was added and not filled in, or was emptied.
    if told := tuple(rule for rule in rules if rule):
        measure["rules"] = told
    return {
        "place": part.place,
        "measure": part.measure,
        "place_params": _values(part.place_params, api.place_params(part.place)),
        "measure_params": measure,
        "filter": dict(api.parse_filter(part.filter).query),
    }


def _values(said: Texts, infos: Iterable[api.ParamInfo]) -> dict[str, Any]:
    """Return parameters as a preset writes them, in their order."""
    return {info.name: _value(info, said[info.name]) for info in infos if said.get(info.name)}


def _value(info: api.ParamInfo, text: str) -> Any:
    if info.kind == "flag":
        return text == "yes"
    if info.kind == "mapping":
        return _pairs(info, text)
    return text if info.choices else _number(text)


def _number(text: str) -> int | float | str:
    """Return a number as such; what is none is refused by its limits, where its name is known."""
    try:
        found = float(text)
    except ValueError:
        return text
    return int(found) if found.is_integer() and abs(found) < 1e15 else found


def _pairs(info: api.ParamInfo, text: str) -> dict[str, int | float | str]:
    found: dict[str, int | float | str] = {}
    for one in filter(str.strip, re.split(r"[;\n]", text)):
        pair = PAIR.fullmatch(one)
        if pair is None:
            raise api.MethodError(
                "{name}: write a word, = and a number, for example: killed = 5; serious = 3. Not "
                "understood: {given}",
                name=api.Message(info.label),
                given=one.strip()[:100],
            )
        found[pair[1]] = _number(pair[2])
    return found


def _day(name: str, text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise api.MethodError(
            "{name} is {value}; it must be a day, such as 2021-03-01.", name=name, value=text[:100]
        ) from None
