import kept_crashes
import pytest

from crashkit.errors import NotFound, Refused
from crashkit.store import own_layers

EMPTY = {"type": "FeatureCollection", "features": []}


def about(title="Districts", **more):
    return {"title": title, "kind": "areas", "colour": "blue", "features": 2, "shapes": [], **more}


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())
    return store


def test_a_layer_is_added_changed_and_removed(mine):
    mine.save_layer("mine", "roads", EMPTY)
    key = mine.add_layer("mine", EMPTY, about())
    assert key == "districts"
    brought, own = mine.layer_list("mine")[::-1]
    assert (brought.key, brought.own, brought.kind, brought.at) == ("roads", False, "roads", None)
    assert (own.key, own.own, own.title, own.kind, own.features) == (
        *("districts", True, "Districts", "areas"),
        2,
    )
    mine.change_layer("mine", key, {"title": "Районы", "colour": "green"})
    changed = mine.layer_list("mine")[0]
    assert (changed.key, changed.title, changed.colour) == ("districts", "Районы", "green")
    assert mine.layers("mine") == {"roads": EMPTY, "districts": EMPTY}
    mine.remove_layer("mine", key)
    assert [one.key for one in mine.layer_list("mine")] == ["roads"]


def test_keys_are_told_apart_and_never_those_of_the_data(mine):
    keys = [mine.add_layer("mine", EMPTY, about(title)) for title in ("A b", "a-B", "Roads", "…")]
    assert keys == ["a-b", "a-b-2", "roads-2", "layer-2"]


def test_what_came_with_the_data_is_not_the_users_to_change(mine):
    mine.save_layer("mine", "roads", EMPTY)
    for key in ("roads", "nope"):
        with pytest.raises(NotFound):
            mine.change_layer("mine", key, {"title": "x"})
        with pytest.raises(NotFound):
            mine.remove_layer("mine", key)


def test_layers_are_few_and_go_with_their_data_set(mine, monkeypatch):
    monkeypatch.setattr(own_layers, "MOST", 2)
    for title in ("a", "b"):
        mine.add_layer("mine", EMPTY, about(title))
    with pytest.raises(Refused, match="2 layers already"):
        mine.add_layer("mine", EMPTY, about("c"))
    mine.delete_dataset("mine")
    kept_crashes.keep(mine, kept_crashes.road())
    assert mine.layer_list("mine") == []


def test_a_key_is_never_used_for_another_layer(mine):
    first = mine.add_layer("mine", EMPTY, about())
    mine.remove_layer("mine", first)
    assert (first, mine.add_layer("mine", EMPTY, about())) == ("districts", "districts-2")
