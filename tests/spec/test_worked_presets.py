"""Every preset has a worked example, and the library answers as it promises."""

import pytest
import worked

from crashkit import presets

EXAMPLES = worked.of_presets()


def test_every_preset_has_a_worked_example():
    assert set(EXAMPLES) == set(presets.all_presets())


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=lambda example: example.name)
def test_the_library_answers_the_worked_example_of_a_preset_as_it_promises(example):
    assert worked.listed(example, worked.answer(example)) == list(example.sites)


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=lambda example: example.name)
def test_an_example_of_a_national_rule_says_what_is_found_and_what_is_not(example):
    if presets.get(example.name).country:
        said = [row["why"] for row in example.crashes if row["why"]]
        assert len(said) > 1 and example.sites
