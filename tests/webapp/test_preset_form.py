"""The form of a rule: nothing is lost on the way into it and back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from crashkit import api
from webapp import preset_form
from webapp.preset_form import Draft, Part

RULE = Part(place="anchored", measure="rule", rules=({"min_crashes": "3"},))


def test_every_rule_comes_out_of_the_form_as_it_went_in():
    for id_ in api.whole_presets():
        copy = replace(api.copied_preset(id_), replaces=api.find_preset(id_).replaces)
        assert preset_form.preset(preset_form.of_preset(copy)) == copy


def test_numbers_are_shown_as_a_person_writes_them():
    assert [preset_form.shown(one) for one in (1000, 0.1234567, 2.0, 1e9, True, {"a": 1.5})] == [
        *("1000", "0.1234567", "2", "1000000000", "yes", "a = 1.5")
    ]


@given(st.floats(allow_nan=False) | st.integers(-(10**15), 10**15))
def test_a_number_that_is_shown_is_read_as_the_same_number(number):
    assert "e" not in preset_form.shown(number).lower()
    rule = {"min_crashes": preset_form.shown(number)}
    made = preset_form.preset(Draft(name="x", parts=(Part(measure="rule", rules=(rule,)),)))
    assert made.measure_params["rules"][0]["min_crashes"] == number


@pytest.mark.parametrize("count", ["", "0", "x", "-1", "9999999999999", "\u0664"])
def test_a_count_that_is_none_is_one(count):
    assert len(preset_form.of_form(MultiDict({"parts": count})).parts) == 1


def test_more_parts_than_anybody_writes_are_cut_before_they_are_made():
    assert len(preset_form.of_form(MultiDict({"parts": "999"})).parts) == preset_form.MOST_ROWS


def test_texts_become_numbers_flags_and_tables():
    rule = {
        **{"min_score": "15", "same_type": "yes", "vru_factor": "1.7"},
        **{"weights": "killed = 5; slight: 1", "severity": "fatal,serious"},
    }
    made = preset_form.preset(Draft(name="x", parts=(Part(measure="rule", rules=(rule,)),)))
    assert made.measure_params["rules"] == (
        {
            **{"min_score": 15, "same_type": True, "vru_factor": 1.7},
            **{"weights": {"killed": 5, "slight": 1}, "severity": "fatal,serious"},
        },
    )


def test_a_condition_that_says_nothing_is_none():
    part = Part(place="anchored", measure="rule", rules=({}, {"min_crashes": "3"}))
    made = preset_form.preset(Draft(name="x", parts=(part,)))
    assert made.measure_params["rules"] == ({"min_crashes": 3},)


def test_parts_without_an_id_of_their_own_get_one():
    draft = Draft(name="x", source="S", parts=(RULE, RULE, Part(id="part_2", place="circles")))
    made = preset_form.preset(draft)
    assert len(set(made.parts)) == 3
    assert [one.id for one in made.inside] == list(made.parts)


@given(st.lists(st.sampled_from(["", "a", "part_1", "part_2", "part_3"]), min_size=2, max_size=6))
def test_every_part_has_an_id_of_its_own_and_keeps_the_one_it_had(ids):
    draft = Draft(name="x", source="S", parts=tuple(replace(RULE, id=one) for one in ids))
    made = preset_form.preset(draft).parts
    assert len(set(made)) == len(ids)
    for n, one in enumerate(ids):
        assert made[n] == one or not one or one in ids[:n]


def test_a_part_is_added_after_the_first_one_was_dropped():
    three = preset_form.preset(Draft(name="x", source="S", parts=(RULE, RULE, RULE)))
    less = preset_form.changed(preset_form.of_preset(three), "drop-part-0")
    assert preset_form.preset(preset_form.changed(less, "add-part")).parts == (
        *("part_2", "part_3", "part_1"),
    )


@pytest.mark.parametrize(
    ("draft", "complaint"),
    [
        (Draft(valid_from="soon"), "soon; it must be a day"),
        (Draft(parts=(Part(measure="weighted", measure_params={"weights": "many"}),)), "many"),
        (Draft(parts=(Part(filter="colour=red"),)), "colour"),
    ],
)
def test_what_no_preset_can_hold_is_said(draft, complaint):
    with pytest.raises((api.MethodError, api.FilterError), match=complaint):
        preset_form.preset(draft)


def test_a_rule_whose_other_parts_are_dropped_needs_what_its_last_part_needs():
    law = preset_form.of_preset(api.copied_preset("ru_law"))
    alone = preset_form.changed(preset_form.changed(law, "drop-part-2"), "drop-part-1")
    made = preset_form.preset(alone)
    assert (made.parts, made.inside, made.setting) == ((), (), law.parts[0].setting)
    assert set(law.parts[0].needs.split(",")) <= set(made.needs)


def test_the_last_part_stays():
    assert preset_form.changed(Draft(), "drop-part-0") == Draft()
