"""Saved filters: kept from the bar of a page, applied on any page, never lost."""

import csv
import io

import kept_crashes
import pytest


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())
    return store


def save(aida, name="Fatal <b>", words="severity=fatal", back="/d/mine/explore"):
    return aida.send("/d/mine/filters", {"name": name, "words": words, "back": back})


def test_a_filter_is_saved_from_the_bar_and_chosen_again(aida, mine):
    page = aida.see("/d/mine/explore?severity=fatal")
    assert '<input type="hidden" name="words" value="severity=fatal">' in page
    answer = save(aida)
    assert (answer.status_code, answer.location) == (303, "/d/mine/explore?severity=fatal")
    for name in ("map", "explore", "blackspots", "reports", "crashes"):
        page = aida.see(f"/d/mine/{name}")
        assert f'<a href="/d/mine/{name}?severity=fatal">Fatal &lt;b&gt;</a>' in page
    assert 'aria-current="true">Fatal &lt;b&gt;</a>' in aida.see("/d/mine/map?severity=fatal")


def test_saved_filters_are_listed_renamed_and_removed(aida, mine):
    assert "No filter is saved yet" in aida.see("/d/mine/filters")
    save(aida)
    page = aida.see("/d/mine/filters")
    assert "Severity: Fatal." in page
    assert 'href="/d/mine/map?severity=fatal"' in page
    aida.send("/d/mine/filters/rename", {"name": "Fatal <b>", "to": "Deaths"})
    found = aida.get("/d/mine/filters.json").json["filters"]
    assert [(one["name"], one["filter"], one["says"]) for one in found] == [
        ("Deaths", "severity=fatal", "Severity: Fatal.")
    ]
    rows = list(csv.reader(io.StringIO(aida.see("/d/mine/filters.csv").lstrip("\ufeff"))))
    assert rows[1][:3] == ["Deaths", "severity=fatal", "Severity: Fatal."]
    aida.send("/d/mine/filters/remove", {"name": "Deaths"})
    assert mine.filters("mine") == []


def test_a_filter_that_can_no_longer_be_read_is_shown_with_the_reason(aida, mine):
    mine.save_filter("mine", "Old", "colour=red")
    page = aida.see("/d/mine/filters")
    assert "colour=red" in page
    assert "There is no filter “colour”" in page
    assert "Old <small>can no longer be read</small>" in aida.see("/d/mine/explore")


def test_a_bad_name_is_refused_and_the_way_back_stays_here(aida, mine):
    assert save(aida, name=" ").status_code == 400
    assert save(aida, back="https://example.org/").location == "/d/mine/filters"


def test_nothing_is_saved_without_the_token_of_a_form(aida, mine):
    answer = aida.client.post("/d/mine/filters", data={"name": "x", "words": "severity=fatal"})
    assert answer.status_code == 400
    assert mine.filters("mine") == []
