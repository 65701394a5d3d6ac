"""A rule in words: where it looked, what it measured there, with which numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from crashkit import filters, method
from crashkit.errors import Message
from crashkit.model import Screening
from crashkit.screening.parts import measures, places
from crashkit.screening.wording import INNER, conditions, weights, word


def question(asked: Screening) -> Iterator[tuple[Message, Message]]:
    """Say where a rule, or a part of one, looks, what it measures there, and on which crashes."""
    place, measure = places()[asked.place], measures()[asked.measure]
    yield Message("Where we looked"), Message(place.title)
    yield Message("What we measured"), Message(measure.title)
    for condition in conditions(asked.measure_params):
        yield Message("Condition"), _list(condition)
    weighed = weights(asked.measure_params)
    if weighed:
        yield Message("Weights"), _list(weighed)
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
        if info.label and told and info.name not in INNER:
            yield Message(
                "{label}: {value}",
                {"label": Message(info.label), "value": _written(info.name, value, info.unit)},
            )


def _written(name: str, value: float | str, unit: str) -> Decimal | Message:
    if isinstance(value, str):
        return word(name, value)
    told = method.exact(value)
    return Message("{value} {unit}", {"value": told, "unit": Message(unit)}) if unit else told
