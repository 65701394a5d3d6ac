"""Presets of users: refused with the reason, or usable wherever shipped ones are."""

import fresh_store
import pytest
from made_crashes import made

from crashkit import api
from crashkit.store import Store

OURS = """
title = "Ours"
source = "Letter of 2026"
country = "AAA"
place = "anchored"
measure = "rule"
needs = ["severity"]
notes = ["Ask {Aida}."]
[[rules]]
min_crashes = 2
"""


@pytest.fixture
def store(tmp_path):
    with Store.open(fresh_store.put(tmp_path / "store.sqlite")) as opened:
        yield opened


def test_an_own_rule_stands_before_those_shipped_and_is_asked_like_them(store):
    api.save_preset(store, "ours", OURS)
    assert next(iter(api.list_presets(store))) == "ours"
    assert "ours" in api.whole_presets(store)
    assert "ours" not in api.list_presets()
    with pytest.raises(api.NotFound):
        api.ask("ours")
    asked = api.ask("ours", {"length_m": "500"}, of=store)
    crash = {"road_key": "M39", "severity": "fatal"}
    data = made([{**crash, "chainage_km": km} for km in (1, 1.1, 9)])
    result = api.screen(data, asked, repeat=False)
    assert len(result.findings) == 1
    said = [str(note) for note in result.notes]
    assert "Ask {Aida}." in said
    assert "Nobody has yet checked the numbers of this rule against its source." in said
    assert "ours" in api.unsuited_presets(made([{"road_key": "M39"}]), of=store)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('"anchored"', '"moon"'), "There is no place moon"),
        (('"rule"', '"luck"'), "There is no measure luck"),
        (("min_crashes = 2", "min_crashes = 0"), "Condition 1: min_crashes is 0"),
        (("min_crashes = 2", "min_crashes = true"), "Condition 1: .* not a number"),
        (("min_crashes = 2", "same_type = true"), "at least one of the limits"),
        (("min_crashes = 2", 'min_crashes = 2\nseverity = "bad"'), "severity is bad; allowed"),
        (('"severity"', '"luck"'), "luck, which the data dictionary does not have"),
        (("[[rules]]", '[filter]\ncolour = "red"\n[[rules]]'), "colour"),
        (("[[rules]]", "[place_params]\nlength_m = 1\n[[rules]]"), "length_m is 1; it must lie"),
        (("[[rules]]", "[[rules]"), "not valid TOML: .*line"),
        (('title = "Ours"', "verified = true"), "who checked it and when"),
    ],
)
def test_a_bad_rule_is_refused_when_it_is_saved(store, change, complaint):
    with pytest.raises((api.MethodError, api.FilterError), match=complaint):
        api.save_preset(store, "ours", OURS.replace(*change))
    assert store.presets() == []


@pytest.mark.parametrize("name", ["ru_law", "kg"])
def test_the_name_of_a_shipped_rule_or_an_unknown_criterion_is_refused(store, name):
    with pytest.raises(api.MethodError, match="choose another one"):
        api.save_preset(store, name, OURS)


def test_the_word_of_who_checked_a_rule_is_not_taken_over_for_another_one(store):
    word = 'verified = true\nverified_by = "Aida"\nverified_on = 2026-11-20\n'
    api.save_preset(store, "ours", word + OURS)
    changed = OURS.replace("min_crashes = 2", "min_crashes = 3")
    with pytest.raises(api.MethodError, match="has changed since Aida checked it"):
        api.save_preset(store, "ours", word + changed, instead="ours")
    api.save_preset(store, "renamed", word + OURS, instead="ours")
    api.save_preset(store, "renamed", word.replace("20", "21") + changed, instead="renamed")
    api.save_preset(store, "renamed", changed, instead="renamed")
    assert not api.find_preset("renamed", store).verified


def test_the_word_of_who_checked_a_rule_is_not_taken_over_under_another_name(store):
    word = 'verified = true\nverified_by = "Aida"\nverified_on = 2026-11-20\n'
    api.save_preset(store, "ours", word + OURS)
    changed = OURS.replace("min_crashes = 2", "min_crashes = 3")
    for text in (
        changed,
        changed.replace('"Ours"', '"Theirs"'),
        changed.replace("Letter", "Law"),
        'copied_from = "ours"\n' + changed,
    ):
        with pytest.raises(api.MethodError, match="Aida checked the rule ours on 2026-11-20"):
            api.save_preset(store, "theirs", word + text)
    assert [one.name for one in store.presets()] == ["ours"]
    api.save_preset(store, "theirs", changed)
    api.save_preset(store, "anew", word.replace("20", "21") + changed)
    api.save_preset(store, "same", 'copied_from = "ours"\n' + word + OURS)
    another = changed.replace('"Ours"', '"Another"').replace("Letter", "Law")
    api.save_preset(store, "another", word + another)


def test_a_copy_is_whole_says_where_it_comes_from_and_is_not_verified(store):
    word = 'verified = true\nverified_by = "Aida"\nverified_on = 2026-11-20\n'
    api.save_preset(store, "ours", word + OURS)
    copy = api.copied_preset("ours", store)
    assert (copy.copied_from, copy.verified, copy.verified_by) == ("ours", False, "")
    law = api.copied_preset("ru_law")
    assert [one.id for one in law.inside] == list(law.parts)
    assert api.read_preset("x", api.preset_text(law)).parts == law.parts
    with pytest.raises(api.NotFound):
        api.copied_preset("nowhere", store)


def test_what_can_no_longer_be_used_is_kept_and_not_offered(store):
    store.save_preset("old", OURS.replace('"anchored"', '"gone"'))
    assert "old" not in api.list_presets(store)
    assert "gone" in api.export_preset("old", store)
