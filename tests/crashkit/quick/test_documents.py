"""The JSON of a quick answer follows its schema, with and without an answer."""

import json
from pathlib import Path

import jsonschema
import made_crashes
import pytest

from crashkit.quick import answer, as_document, find, gazetteer

SCHEMA = json.loads((Path(__file__).parents[3] / "docs/schema/answer.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("words", "choices", "near", "crashes"),
    [("M39 km 41", 0, 0, 1), ("km 41", 2, 0, None), ("M38 km 41", 0, 2, None)],
)
def test_what_is_said_follows_the_schema(words, choices, near, crashes):
    data = made_crashes.made(
        [{"road_key": road, "chainage_km": 41, "n_killed": 1} for road in ("M39", "M37")]
    )
    found = find(data, gazetteer(data, {}, ()), words)
    made = None if found.place is None else answer(data, found.place)
    document = as_document(found, made, data, str)
    jsonschema.validate(document, SCHEMA)
    assert (len(document["choices"]), len(document["near"])) == (choices, near)
    assert (document["answer"] or {}).get("crashes") == crashes
