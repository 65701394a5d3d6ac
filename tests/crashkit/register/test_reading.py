"""From words of people to places, events and changes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_sites import record

from crashkit import register
from crashkit.errors import Refused
from crashkit.register import Spot


@pytest.mark.parametrize("words", ["41.35", "41,350", "41+350", " 41 + 350 "])
def test_a_post_is_read_however_it_is_written(words):
    found = register.spot({"road": "m-39", "from_km": words})
    assert found == Spot(road="M-39", from_m=41_350, to_m=41_350)


def test_a_point_has_a_radius_of_its_own():
    found = register.spot({"lon": "69,1234567", "lat": "41.5", "radius_m": "300"})
    assert found == Spot(lon=69.123457, lat=41.5, radius_m=300.0)


@pytest.mark.parametrize(
    "said",
    [
        {"lon": "east", "lat": "41"},
        {"lon": "inf", "lat": "41"},
        {"road": "M39", "from_km": "41+1350"},
        {"road": "M39", "from_km": "+350"},
        {"road": "M39", "from_km": "10", "to_km": "9"},
    ],
)
def test_words_that_are_no_place_are_refused(said):
    with pytest.raises(Refused):
        register.spot(said)


def test_an_event_has_days_and_words_on_one_line():
    said = {
        "kind": "works",
        "day": "2024-05-01",
        "until": "2024-06-30",
        "text": " New\n lights\x07",
    }
    assert register.event(said) == ("works", date(2024, 5, 1), date(2024, 6, 30), "New lights")
    with pytest.raises(Refused, match="2024-05-31"):
        register.event({"kind": "visit", "day": "31.05.2024"})


def test_only_what_is_said_and_differs_is_changed():
    site = record(road="M39", from_m=10_000, to_m=11_000, settlement="Aksu")
    assert register.fields_of(site, {"settlement": "Aksu", "name": "Bend"}) == {
        "name": ("", "Bend")
    }
    assert register.fields_of(site, {"to_km": "11.5"}) == {"to_m": (11_000, 11_500)}
    with pytest.raises(Refused, match="no field colour"):
        register.fields_of(site, {"colour": "red"})
    with pytest.raises(Refused, match="Say where"):
        register.fields_of(site, {"road": ""})


degrees = st.floats(-89, 89).map(lambda value: round(value, 6))
posts = st.tuples(st.integers(0, 5_000_000), st.integers(0, 5_000_000)).map(sorted)


@given(degrees, degrees, posts)
def test_a_place_as_it_is_typed_is_read_as_the_same_place(lon, lat, ends):
    spot = Spot(lon=lon, lat=lat, road="M39", from_m=ends[0], to_m=ends[1], radius_m=250.0)
    assert register.spot(register.words_of(spot)) == spot


@given(st.dictionaries(st.sampled_from(["lon", "lat", "road", "from_km", "radius_m"]), st.text()))
def test_any_words_end_in_a_place_or_a_sentence(said):
    try:
        register.check_spot(register.spot(said))
    except Refused as error:
        assert str(error)
