"""The question behind a list of sites: the rule, its source, where we looked, what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from crashkit import filters, method, screening
from crashkit.errors import Message, counted
from crashkit.model import ScreeningResult
from crashkit.section import Block, Facts, Heading, Note, Pairs, Section

NOT_VERIFIED = Message(
    "Not verified: nobody has yet checked the numbers of this rule against its source."
)


def applies(facts: Facts) -> bool:
    """Say whether a screening was run."""
    return facts.screening is not None


def build(facts: Facts) -> list[Block]:
    """Return the rule in plain words; one that nobody checked is marked."""
    result = facts.screening
    assert result is not None
    found: list[Block] = [Heading(Message("How the sites were found"))]
    if not result.asked.verified:
        found.append(Note(NOT_VERIFIED, "warning"))
    return [*found, Pairs(tuple(_pairs(result)))]


def _pairs(result: ScreeningResult) -> Iterator[tuple[Message, Any]]:
    asked = result.asked
    place, measure = screening.places()[asked.place], screening.measures()[asked.measure]
    yield Message("Rule"), Message(asked.title or asked.preset)
    yield Message("Source of the rule"), Message(asked.source)
    yield Message("Checked against the source"), Message("yes") if asked.verified else Message("no")
    yield Message("Where we looked"), Message(place.title)
    yield Message("What we measured"), Message(measure.title)
    for rule in asked.measure_params.get("rules", ()):
        yield Message("Condition"), _list(_condition(rule))
    weights = asked.measure_params.get("weights")
    if weights:
        unit = asked.measure_params.get("unit", "")
        yield Message("Weights"), _list(_weights(weights, unit))
    settings = [
        *_settings(place.params, asked.place_params),
        *_settings(measure.params, asked.measure_params),
    ]
    if settings:
        yield Message("With these numbers"), _list(settings)
    yield (
        Message("Crashes the rule looks at"),
        _list(filters.sentence(filters.parse(asked.filter))),
    )
    yield (
        Message("Period"),
        Message("{start} to {end}", {"start": result.period.start, "end": result.period.end}),
    )


def _list(messages: Iterable[Message]) -> Message:
    return Message("{list}", {"list": list(messages)})


def _condition(rule: Mapping[str, Any]) -> Iterator[Message]:
    """Say one condition of a written rule, part by part."""
    if "min_crashes" in rule:
        yield Message("{n} or more crashes", {"n": rule["min_crashes"]})
    if "min_deaths" in rule:
        yield Message("{n} or more people killed", {"n": rule["min_deaths"]})
    if "min_score" in rule:
        yield Message("{n} or more points", {"n": rule["min_score"]})
    yield from _weights(rule.get("weights", {}), rule.get("unit", "people"))
    if rule.get("same_type"):
        yield Message("of one crash type")
    if "severity" in rule:
        codes = [code.strip() for code in rule["severity"].split(",")]
        values = [filters.value_label("severity", code) for code in codes]
        yield Message("of these severities: {values}", {"values": values})
    if "last_years" in rule:
        yield counted("in the last year", "in the last {n} years", int(rule["last_years"]))
    if rule.get("setting") == "urban":
        yield Message("inside built-up areas")
    if rule.get("setting") == "rural":
        yield Message("outside built-up areas")


def _weights(weights: Mapping[str, float], unit: str) -> Iterator[Message]:
    """Say what each class of people, or of crashes, counts."""
    field = "injury" if unit == "people" else "severity"
    for name, weight in weights.items():
        label = (
            Message("Injured, class unknown")
            if name == "unclassified"
            else filters.value_label(field, name)
        )
        yield Message("{what}: {weight}", {"what": label, "weight": weight})


WORDS = {
    "bh": Message("Benjamini and Hochberg"),
    "class": Message("places of the same class"),
    "all": Message("all places"),
    "crashes": Message("crashes"),
    "people": Message("people"),
    "best": Message("wherever most crashes lie"),
    "any": Message("any of them"),
    "yes": Message("yes"),
}
"""What the words of a parameter mean; `combine` says "all" of conditions, not of places."""

INNER = ("family", "anchor_crashes")
"""Parameters that the screening itself sets."""


def _settings(params: type, given: Mapping[str, Any]) -> Iterator[Message]:
    for info in method.describe(params):
        value = given.get(info.name, info.default)
        # Nought and "no" switch a limit off: it is not told.
        told = isinstance(value, int | float | str) and value and value not in ("no", "none")
        if info.label and told and info.name not in INNER:
            yield Message(
                "{label}: {value}",
                {"label": Message(info.label), "value": _written(info.name, value, info.unit)},
            )


def _written(name: str, value: float | str, unit: str) -> str | Message:
    if (name, value) == ("combine", "all"):
        return Message("all of them")
    if isinstance(value, str):
        return WORDS.get(value, value)
    if not unit:
        return f"{value:g}"
    return Message("{value} {unit}", {"value": f"{value:g}", "unit": Message(unit)})


SECTION = Section(
    name="screening_method",
    title="How the sites were found",
    build=build,
    applies=applies,
    order={"blackspot_list": 20},
)
