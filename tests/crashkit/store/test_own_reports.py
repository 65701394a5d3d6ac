"""Report templates in the store: the last changed first, and nobody's change is lost."""

import pytest

from crashkit.errors import NotFound, Overtaken, Refused


def test_the_one_changed_last_comes_first(store):
    for name in ("one", "two"):
        store.add_report_template(name, f"title = '{name}'")
    assert [one.name for one in store.report_templates()] == ["two", "one"]
    store.change_report_template("one", lambda text: text + "\n")
    assert [one.name for one in store.report_templates()] == ["one", "two"]


def test_a_name_that_is_taken_or_bad_is_refused(store):
    store.add_report_template("one", "a")
    store.add_report_template("two", "b")
    with pytest.raises(Refused, match="already a report template one"):
        store.add_report_template("one", "c")
    with pytest.raises(Refused, match="already a report template two"):
        store.change_report_template("one", str.upper, to="two")
    with pytest.raises(Refused, match="Give the report template a name"):
        store.add_report_template("../one", "c")
    assert {one.name: one.text for one in store.report_templates()} == {"one": "a", "two": "b"}


def test_who_saw_an_older_state_is_told_and_changes_nothing(store):
    store.add_report_template("one", "a")
    seen = store.report_template("one").at.isoformat()
    store.change_report_template("one", lambda text: text + "b", seen=seen)
    with pytest.raises(Overtaken, match="Somebody else has changed"):
        store.change_report_template("one", lambda text: text + "c", seen=seen)
    store.change_report_template("one", lambda text: text + "d")
    assert store.report_template("one").text == "abd"


def test_a_change_that_fails_keeps_the_old_one_and_its_name(store):
    store.add_report_template("one", "a")
    with pytest.raises(ZeroDivisionError):
        store.change_report_template("one", lambda text: str(1 / 0), to="two")
    assert [(one.name, one.text) for one in store.report_templates()] == [("one", "a")]


def test_one_is_renamed_and_removed(store):
    store.add_report_template("one", "a")
    store.change_report_template("one", str.upper, to="two")
    assert store.report_template("two").text == "A"
    with pytest.raises(NotFound):
        store.report_template("one")
    store.remove_report_template("two")
    for forget in (store.remove_report_template, store.report_template):
        with pytest.raises(NotFound, match="no report template two"):
            forget("two")
