"""What was packed is equal to what is unpacked."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from crashkit.errors import Message, counted
from crashkit.model import Month, Period, Site
from crashkit.store import wire

PLAIN = (
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats(allow_nan=False)
    | some.text()
    | some.dates()
    | some.datetimes()
)
ANYTHING = some.recursive(
    PLAIN,
    lambda inner: (
        some.lists(inner)
        | some.lists(inner).map(tuple)
        | some.dictionaries(some.text() | some.just("$"), inner)
        | some.dictionaries(some.integers(), inner)
        | some.dictionaries(some.text(), inner).map(lambda values: Message("{a}", values))
    ),
    max_leaves=12,
)


@given(ANYTHING)
def test_whatever_is_packed_is_unpacked_equal(value):
    assert wire.unpack(wire.pack(value)) == value


@given(ANYTHING)
def test_what_is_packed_is_json_without_nan(value):
    json.loads(wire.pack(value), parse_constant=pytest.fail)


def test_nouns_come_back_as_nouns():
    site = Site("s", "circles", 74.0, 42.0, (1, 2), radius_m=250.0)
    values = [site, Period(date(2020, 1, 1), date(2021, 1, 1)), counted("one", "many", 3)]
    assert wire.unpack(wire.pack(values)) == values
    assert wire.unpack(wire.pack(datetime(2024, 1, 1, tzinfo=UTC))).tzinfo == UTC


def test_numbers_that_are_no_numbers_survive():
    assert wire.unpack(wire.pack([math.inf, -math.inf])) == [math.inf, -math.inf]
    assert math.isnan(wire.unpack(wire.pack(math.nan)))
    assert wire.unpack(wire.pack([np.int64(3), np.float64(0.5), np.bool_(True)])) == [3, 0.5, True]


def test_what_sentences_hold_comes_back_with_its_digits_and_as_what_it_was():
    said = Message("{p}, {month}", {"p": Decimal("0.50"), "month": Month(2025, 3, 1)})
    back = wire.unpack(wire.pack(said))
    assert back == said
    assert str(back.values["p"]) == "0.50"
    assert type(back.values["month"]) is Month


def test_what_is_no_noun_is_refused():
    with pytest.raises(TypeError, match="set cannot be kept"):
        wire.pack({1, 2})
