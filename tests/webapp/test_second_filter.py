"""The second filter of a comparison: chosen from offers, by name or in words, exchanged."""

import re

import kept_crashes
import pytest

from crashkit import api

HERE = "/d/mine/explore/two_filters"


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())
    api.save_filter(store, "mine", "dark", api.parse_filter("light=dark_none"))


def test_without_a_second_filter_the_page_asks_for_one(aida, mine):
    page = aida.see(f"{HERE}?severity=fatal")
    assert "Choose a second filter to compare with." in page
    offers = re.findall(r'<option value="([^"]+)"', page)
    assert "@dark" in offers
    assert "severity=slight" in offers


def test_the_period_before_is_offered(aida, mine):
    assert '<option value="year=2021"' in aida.see(f"{HERE}?year=2022")


def test_both_filters_are_said_and_lead_to_their_crashes(aida, mine):
    page = aida.see(f"{HERE}?severity=fatal&other=severity=slight&by=light")
    assert "Severity: Fatal." in page and "Severity: Slight." in page
    assert 'href="/d/mine/explore?severity=fatal"' in page
    assert 'href="/d/mine/explore?severity=slight"' in page


def test_the_two_can_be_exchanged(aida, mine):
    page = aida.see(f"{HERE}?severity=fatal&other=severity=slight&by=light")
    link = re.search(r'href="([^"]+)">Exchange the two', page)[1].replace("&amp;", "&")
    turned = aida.get(link.replace(HERE, f"{HERE}.json")).json
    own = aida.get(f"{HERE}.json?severity=fatal&other=severity=slight&by=light").json
    assert turned["rows"][0][1:3] == own["rows"][0][1:3][::-1]


def test_a_saved_filter_is_taken_by_its_name(aida, mine):
    by_name, in_words = (
        aida.get(f"{HERE}.json?severity=fatal&other={words}").json
        for words in ("@dark", "light=dark_none")
    )
    assert by_name["rows"] == in_words["rows"]


def test_words_that_are_no_filter_are_refused_with_the_reason(aida, mine):
    answer = aida.get(f"{HERE}?other=colour=red")
    assert answer.status_code == 400
    assert "colour" in answer.get_data(as_text=True)


def test_the_list_leads_to_the_comparison(aida, mine):
    assert "/d/mine/explore/two_filters?severity=fatal" in aida.see(
        "/d/mine/explore?severity=fatal"
    )
