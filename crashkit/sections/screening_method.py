"""The question behind a list of sites: the rule, its source, where we looked, what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from crashkit import filters, method, screening
from crashkit.blocks import (
    Block,
    Heading,
    Note,
    Pairs,
)
from crashkit.errors import Message
from crashkit.model import Screening, ScreeningResult
from crashkit.section import Facts, Section

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
    yield Message("Rule"), Message(asked.title or asked.preset)
    yield Message("Source of the rule"), Message(asked.source)
    yield Message("Checked against the source"), Message("yes") if asked.verified else Message("no")
    target = screening.target_sentence(result)
    if target:
        yield Message("Ranked by"), target
    if result.repeats:
        yield Message("Repeated with something changed"), _list(result.repeats)
    for one in asked.each:
        if asked.parts:
            yield Message("Part of the rule"), Message(one.title)
        yield from _question(one)
    yield (
        Message("Period"),
        Message("{start} to {end}", {"start": result.period.start, "end": result.period.end}),
    )


def _question(asked: Screening) -> Iterator[tuple[Message, Any]]:
    """Say where a rule, or a part of one, looks, what it measures there, and on which crashes."""
    place, measure = screening.places()[asked.place], screening.measures()[asked.measure]
    yield Message("Where we looked"), Message(place.title)
    yield Message("What we measured"), Message(measure.title)
    for condition in screening.conditions(asked.measure_params):
        yield Message("Condition"), _list(condition)
    weights = screening.weights(asked.measure_params)
    if weights:
        yield Message("Weights"), _list(weights)
    settings = [
        *_settings(place.params, asked.place_params),
        *_settings(measure.params, asked.measure_params),
    ]
    if settings:
        yield Message("With these numbers"), _list(settings)
    yield (
        Message("Crashes the rule looks at"),
        _list(filters.sentence(filters.parse(asked.crashes))),
    )


def _list(messages: Iterable[Message]) -> Message:
    return Message("{list}", {"list": list(messages)})


def _settings(params: type, given: Mapping[str, Any]) -> Iterator[Message]:
    for info in method.describe(params):
        value = given.get(info.name, info.default)
        # Nought and "no" switch a limit off: it is not told.
        told = isinstance(value, int | float | str) and value and value not in ("no", "none")
        if info.label and told and info.name not in screening.INNER:
            yield Message(
                "{label}: {value}",
                {"label": Message(info.label), "value": _written(info.name, value, info.unit)},
            )


def _written(name: str, value: float | str, unit: str) -> str | Message:
    if isinstance(value, str):
        return screening.word(name, value)
    if not unit:
        return f"{value:g}"
    return Message("{value} {unit}", {"value": f"{value:g}", "unit": Message(unit)})


SECTION = Section(
    name="screening_method",
    title="How the sites were found",
    build=build,
    applies=applies,
    needs="screening",
)
