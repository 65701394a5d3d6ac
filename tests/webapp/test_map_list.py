"""The crashes in view of the map as a table."""

import re

import kept_crashes
import pytest

from webapp import map_list

HERE = "/d/mine/map/list"


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())


def test_the_worst_come_first_and_lead_to_their_pages(aida, mine):
    page = aida.see(HERE)
    assert "24 crashes are in view." in page
    shown = re.findall(r'data-severity="(\w+)"', page)
    assert shown == ["fatal"] * 6 + ["serious"] * 6 + ["slight"] * 12
    assert re.search(r'<th scope="row"><a href="/d/mine/crashes/\d+">', page)


def test_only_the_crashes_of_the_box_and_the_filter_are_listed(aida, mine):
    assert "No crash" not in aida.see(f"{HERE}?place=69,40,70,42")
    assert "0 crashes are in view." in aida.see(f"{HERE}?place=10,10,11,11")
    assert "6 crashes are in view." in aida.see(f"{HERE}?severity=fatal&place=69,40,70,42")
    assert "crashes.csv?bbox=69%2C40%2C70%2C42&amp;severity=fatal" in aida.see(
        f"{HERE}?severity=fatal&place=69,40,70,42"
    )


def test_a_box_that_is_none_is_told(aida, mine):
    assert aida.get(f"{HERE}?place=1,2").status_code == 400


def test_a_long_list_has_pages(aida, mine, monkeypatch):
    monkeypatch.setattr(map_list, "LISTED", 10)
    first = aida.see(f"{HERE}?severity=fatal,slight&place=69,40,70,42")
    assert "Page 1 of 2" in first
    assert "severity=fatal%2Cslight&amp;place=69%2C40%2C70%2C42&amp;page=2" in first
    last = aida.see(f"{HERE}?severity=fatal,slight&page=99")
    assert "Page 2 of 2" in last
    assert last.count("<tr>") == 9


def test_texts_of_the_data_stay_text(aida, mine):
    assert "&lt;b&gt;Aksu&lt;/b&gt;" in aida.see(HERE)


def test_data_without_coordinates_are_listed_all_the_same(aida, store):
    kept_crashes.keep(store, kept_crashes.thin())
    assert "data-place" not in aida.see(HERE)
