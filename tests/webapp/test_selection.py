"""Selecting crashes on the map: forms and drawings become shapes of the filter."""

from urllib.parse import parse_qs, quote, urlparse

import kept_crashes
import pytest

from crashkit import api
from webapp import selection


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())


def goes_to(answer):
    """Return the path and the words of the address that an answer leads to."""
    assert answer.status_code == 302
    target = urlparse(answer.headers["Location"])
    return target.path, {name: values[0] for name, values in parse_qs(target.query).items()}


def test_a_circle_that_was_typed_joins_the_filter(aida, mine):
    words = "shape=circle&centre_lon=69,1&centre_lat=41&radius=1+500&severity=fatal&result=3"
    path, query = goes_to(aida.get(f"/d/mine/map/select?{words}"))
    assert path == "/d/mine/map"
    assert query == {"severity": "fatal", "within": "circle:69.1,41,1500", "result": "3"}


def test_a_second_shape_stands_beside_the_first(aida, mine):
    words = "shape=polygon&corners=69,40.9,69.2,40.9,69.2,41.1&within=circle:69.1,41,500"
    _, query = goes_to(aida.get(f"/d/mine/map/select?{words}"))
    assert query["within"] == "circle:69.1,41,500|polygon:69,40.9,69.2,40.9,69.2,41.1"


def test_a_radius_is_changed_in_the_place_of_the_old_circle(aida, mine):
    words = "shape=circle&centre_lon=69.1&centre_lat=41&radius=900&instead=1"
    within = "circle:69.1,41,500|polygon:69,40.9,69.2,40.9,69.2,41.1"
    _, query = goes_to(aida.get(f"/d/mine/map/select?{words}&within={within}"))
    assert query["within"] == "circle:69.1,41,900|polygon:69,40.9,69.2,40.9,69.2,41.1"


@pytest.mark.parametrize(
    ("words", "within"),
    [
        ("on_road=M39&from_km=10&to_km=20,5", "road:M39@10-20.5"),
        ("on_road=M39", "road:M39"),
        ("on_road=a%40b%7Cc", "road:a%40b%7Cc"),
    ],
)
def test_a_road_is_selected_whole_or_between_km_posts(aida, mine, words, within):
    _, query = goes_to(aida.get(f"/d/mine/map/select?shape=road&{words}"))
    assert query["within"] == within


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("shape=circle&centre_lon=x&centre_lat=41&radius=500", "circle"),
        ("shape=road&on_road=M39&from_km=10", "both km posts"),
        ("shape=polygon&corners=69,41,69,41", "polygon"),
    ],
)
def test_a_shape_that_makes_no_sense_is_told_in_words(aida, mine, words, said):
    answer = aida.get(f"/d/mine/map/select?{words}")
    assert answer.status_code == 400
    assert said in answer.get_data(as_text=True)


def test_a_name_that_no_layer_has_is_not_found(aida, mine):
    answer = aida.get("/d/mine/map/select?shape=named&named=Nowhere")
    assert answer.status_code == 404
    assert "Nowhere" in answer.get_data(as_text=True)


def test_the_page_lists_what_is_selected_with_the_way_to_take_it_away(aida, mine):
    page = aida.see("/d/mine/map?within=circle:69.1,41,500|road:M39&severity=fatal")
    assert 'name="radius" inputmode="decimal" autocomplete="off" value="500"' in page
    assert 'href="/d/mine/map?severity=fatal&amp;within=road%3AM39"' in page
    assert 'href="/d/mine/map?severity=fatal&amp;within=circle%3A69.1%2C41%2C500"' in page


def test_a_filter_that_leaves_nothing_keeps_the_map(aida, mine):
    page = aida.see("/d/mine/map?within=circle:10,10,500")
    assert "No crash passes this filter" in page
    assert 'data-map="crashes"' in page


def test_signs_that_part_shapes_are_written_in_numbers():
    assert selection.escaped("a|b, 5%;@") == "a%7Cb%2C 5%25%3B%40"


def layer(*features):
    """Return a layer of features: geometry and properties each."""
    made = [{"type": "Feature", "geometry": g, "properties": p} for g, p in features]
    return {"type": "FeatureCollection", "features": made}


SQUARE = {
    "type": "Polygon",
    "coordinates": [[[69, 40.9], [69.4, 40.9], [69.4, 41.1], [69, 41.1], [69, 40.9]]],
}
POINT = {"type": "Point", "coordinates": [69.1, 41]}


@pytest.mark.parametrize(
    ("named", "within"),
    [
        ("north", "area:areas/North"),
        ("Север", "area:areas/North"),
        ("j1", "junction:J1"),
        ("a, b", "area:zones/A%2C b"),
        ("Ош", "area:zones/Ош"),
        ("old town", "area:zones/Old Town"),
    ],
)
def test_areas_and_junctions_are_found_by_their_names(aida, mine, store, named, within):
    store.save_layer("mine", "areas", layer((SQUARE, {"name": "North", "name_ru": "Север"})))
    store.save_layer("mine", "junctions", layer((POINT, {"id": "J1"})))
    called = ({"name": "A, b"}, {"name_ru": "Ош"}, {"name": "Old  Town"})
    zones = layer((POINT, {"name": "P"}), *((SQUARE, words) for words in called))
    store.save_layer("mine", "zones", zones)
    answer = aida.get(f"/d/mine/map/select?shape=named&named={quote(named)}")
    _, query = goes_to(answer)
    assert query["within"] == within
    assert aida.get(answer.headers["Location"]).status_code == 200


def test_no_word_of_a_shape_is_a_key_of_the_filter():
    for word in (*selection.SHAPE, "instead"):
        with pytest.raises(api.FilterError, match="no filter"):
            api.parse_filter({word: "1"})


@pytest.mark.parametrize("condition", ["lat=40.5-41.5", "lon=69-70", "road_name=ring"])
def test_a_condition_on_coordinates_or_a_name_stays_beside_a_new_shape(aida, mine, condition):
    name, _, value = condition.partition("=")
    words = "shape=circle&centre_lon=69.1&centre_lat=41&radius=500"
    _, query = goes_to(aida.get(f"/d/mine/map/select?{condition}&{words}"))
    assert query == {name: value, "within": "circle:69.1,41,500"}
