"""Every place and every measure has a worked example, and the library answers as it promises."""

import pytest
import worked

from crashkit import screening


def test_every_place_and_every_measure_has_a_worked_example():
    assert set(worked.examples()) == {*screening.places(), *screening.measures()}


def test_no_measure_has_the_name_of_a_place():
    assert set(screening.places()) & set(screening.measures()) == set()


@pytest.mark.parametrize("example", worked.examples().values(), ids=lambda example: example.name)
def test_an_example_is_about_the_method_it_is_named_after(example):
    assert example.name in (example.place, example.measure)


@pytest.mark.parametrize("example", worked.examples().values(), ids=lambda example: example.name)
def test_the_library_answers_a_worked_example_as_it_promises(example):
    assert example.sites
    assert worked.listed(example, worked.answer(example)) == list(example.sites)
