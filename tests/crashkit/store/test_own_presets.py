"""Presets of the users: one text under a name, replaced and renamed in one step."""

import pytest

from crashkit.errors import NotFound, StoreError


def kept(store):
    return {one.name: one.text for one in store.presets()}


def test_a_preset_is_kept_replaced_and_removed(store):
    store.save_preset("ours", "a = 1")
    store.save_preset("Наш_закон", "b = 1")
    assert kept(store) == {"ours": "a = 1", "Наш_закон": "b = 1"}
    store.save_preset("ours", "a = 2", instead="ours")
    assert kept(store)["ours"] == "a = 2"
    store.remove_preset("ours")
    assert kept(store) == {"Наш_закон": "b = 1"}


def test_a_preset_is_renamed_where_it_is_replaced(store):
    store.save_preset("ours", "a = 1")
    store.save_preset("ours_2026", "a = 1", instead="ours")
    assert kept(store) == {"ours_2026": "a = 1"}


def test_a_name_that_is_taken_is_refused_and_nothing_is_lost(store):
    store.save_preset("one", "a = 1")
    store.save_preset("two", "a = 2")
    for words in ({}, {"instead": "two"}):
        with pytest.raises(StoreError, match="already a preset one"):
            store.save_preset("one", "a = 3", **words)
    assert kept(store) == {"one": "a = 1", "two": "a = 2"}


@pytest.mark.parametrize("name", ["", "a/b", "-x", "a@2", "x" * 61, "a b", "a.toml"])
def test_a_name_that_cannot_stand_in_an_address_is_refused(store, name):
    with pytest.raises(StoreError, match="Give the preset a name"):
        store.save_preset(name, "a = 1")


def test_what_is_not_there_is_said(store):
    with pytest.raises(NotFound, match="no preset nowhere"):
        store.remove_preset("nowhere")
    with pytest.raises(NotFound, match="no preset nowhere"):
        store.save_preset("here", "a = 1", instead="nowhere")
    assert store.presets() == []
