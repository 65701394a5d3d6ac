"""Profiles of the users: every version stays, none is lost, a removed one is not offered."""

import pytest

from crashkit.errors import NotFound, StoreError


def test_versions_count_up_and_the_newest_is_offered(store):
    assert store.save_profile("police", "a = 1") == 1
    assert store.save_profile("police", "a = 2") == 2
    assert store.save_profile("Полиция", "b = 1") == 1
    assert [(one.name, one.version, one.text) for one in store.profiles()] == [
        ("police", 2, "a = 2"),
        ("Полиция", 1, "b = 1"),
    ]
    assert store.profile("police").text == "a = 2"
    assert store.profile("police", 1).text == "a = 1"
    assert [one.version for one in store.profile_versions("police")] == [2, 1]


def test_the_same_text_is_no_new_version(store):
    assert [store.save_profile("police", "a = 1") for _ in range(3)] == [1, 1, 1]


def test_a_removed_profile_is_still_found_by_its_version(store):
    store.save_profile("police", "a = 1")
    store.remove_profile("police")
    assert store.profiles() == []
    assert store.profile("police", 1).removed
    with pytest.raises(NotFound):
        store.profile("police")
    assert store.save_profile("police", "a = 1") == 2
    assert store.profile("police").version == 2


@pytest.mark.parametrize("name", ["", "a/b", "-x", "a@2", "x" * 61, "a b"])
def test_a_name_that_cannot_stand_in_an_address_is_refused(store, name):
    with pytest.raises(StoreError):
        store.save_profile(name, "a = 1")


@pytest.mark.parametrize("ask", ["profile", "profile_versions", "remove_profile"])
def test_what_is_not_there_is_said(store, ask):
    with pytest.raises(NotFound):
        getattr(store, ask)("nowhere")
