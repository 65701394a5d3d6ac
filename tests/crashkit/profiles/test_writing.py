"""A profile is written so that reading it gives the same profile again."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crashkit import profiles
from crashkit.profiles import writing

LETTERS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


@pytest.mark.parametrize("name", sorted(profiles.all_profiles()))
def test_each_shipped_profile_comes_back_equal(name):
    profile = profiles.get(name)
    assert profiles.parse(name, writing.text(profile)) == profile


@settings(deadline=None)
@given(LETTERS, LETTERS, st.dictionaries(LETTERS, st.sampled_from(["fatal", "serious", ""])))
def test_any_words_and_column_names_come_back_equal(title, column, words):
    recipe = profiles.Recipe(column=column, codes=("of it",), missing=(title,))
    layout = profiles.Layout(
        name="crashes",
        level="crash",
        needs=(column,),
        recipes={"crash": {"crash_id": profiles.Recipe(column=column), "severity": recipe}},
        key=(column, title),
        personal=(title,),
    )
    profile = profiles.Profile(
        id="x",
        title=title,
        source=column,
        source_id="x",
        files=(layout,),
        codes={"of it": words},
        period_from=date(2019, 1, 1),
        boxes=(profiles.Box(1.5, -2.0, 3.0, 4.25, title),),
    )
    assert profiles.parse("x", writing.text(profile)) == profile


def test_the_id_is_not_written_but_the_source_is():
    profile = replace(profiles.get("de_unfallatlas"), id="other")
    assert profiles.parse("third", writing.text(profile)).source_id == "unfallatlas"
