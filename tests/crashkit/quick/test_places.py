"""Which place of the data is meant; where several fit, all; where none fits, what comes near."""

import made_crashes
import pytest

from crashkit import filters
from crashkit.errors import FilterError
from crashkit.model import DatasetInfo
from crashkit.quick import Route, find, gazetteer
from crashkit.quick.places import count
from crashkit.register import SiteRecord, Spot

ROWS = made_crashes.table(
    """
    | road_key | road_name     | chainage_km | place    | admin2 | admin1 | lon  | lat  |
    | M39      | Tashkent ring | 40.8        | Karakol  | Aksu   | North  | 76.9 | 41.2 |
    | M39      | Tashkent ring | 41.2        | Karakol  | Aksu   | North  | 76.9 | 41.2 |
    | M39      | Tashkent ring | 90          | Kirovka  | Aksu   | North  |      |      |
    | A-2      |               | 12          | Kirovka  | Talas  | South  | 76.5 | 41.0 |
    | A-2      |               |             | Manas    | Talas  | South  |      |      |
    | 39       |               | 3           |          | Talas  | South  |      |      |
    """
)
JUNCTION = {
    "type": "Feature",
    "properties": {"id": "J1", "name": "Big cross", "arms": [{"road": "M39"}, {"road": "A-2"}]},
    "geometry": {"type": "Point", "coordinates": [76.9, 41.2]},
}
TOWN = {
    "type": "Feature",
    "properties": {"name": "Manas", "name_ru": "Манас-сити", "name_zh": "玛纳斯"},
    "geometry": {"type": "Point", "coordinates": [76.5, 41.0]},
}
LAYERS = {"junctions": {"features": [JUNCTION]}, "towns": {"features": [TOWN]}}
SITE = SiteRecord(
    7, "x", "nominated", "School", "", Spot(road="M39", from_m=40_500, to_m=41_000), "candidate",
    "", None, "",
)  # fmt: skip


@pytest.fixture(scope="module")
def data():
    return made_crashes.made(ROWS).replace(layers=lambda: LAYERS)


def ask(data, words, **how):
    return find(data, gazetteer(data, how.pop("routes", {}), [SITE]), words, **how)


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ("M39 km 41", "km=40.5-41.5; road=M39"),
        ("М-39 41 км", "km=40.5-41.5; road=M39"),
        ("how many crashes at km 41 of M39?", "km=40.5-41.5; road=M39"),
        ("Tashkent ring km 41", "km=40.5-41.5; road=M39"),
        ("M39 40-42", "km=40-42; road=M39"),
        ("M39 km 41 ± 100 m", "km=40.9-41.1; road=M39"),
        ("M39 0+100", None),
        ("39 km 3", "km=2.5-3.5; road=39"),
        ("M39", "road=M39"),
        ("Karakol", "settlement=Karakol"),
        ("в селе Каракол", "settlement=Karakol"),
        ("玛纳斯", "settlement=Manas"),
        ("Манас-сити", "settlement=Manas"),
        ("Talas district", "admin2=Talas"),
        ("North", "admin1=North"),
        ("J1", "within=junction:Big cross"),
        ("big CROSS", "within=junction:Big cross"),
        ("junction of M39 and A-2", "within=junction:Big cross"),
        ("J1 ± 100 m", "within=circle:76.9,41.2,100"),
        ("41.2 76.9", "within=circle:76.9,41.2,250"),
        ("76.9 41.2", "within=circle:76.9,41.2,250"),
        ("41°12'N 76°54'E", "within=circle:76.9,41.2,250"),
        ("site 7", "km=40.5-41; road=M39"),
        ("school", "km=40.5-41; road=M39"),
    ],
)
def test_a_line_leads_to_a_filter(data, words, chosen):
    found = ask(data, words)
    assert (found.place and found.place.chosen.words) == chosen, found


def test_a_place_asks_for_itself_again(data):
    for words in ("M39 km 41", "M39 40-42", "Karakol", "41.2 76.9", "J1", "site 7", "A-2"):
        place = ask(data, words).place
        again = ask(data, place.words, kind=place.kind).place
        assert again.chosen == place.chosen, words


def test_a_post_without_a_road_is_asked_back_the_most_crashes_first(data):
    found = ask(data, "km 12")
    assert [one.chosen.words for one in found.places] == ["km=11.5-12.5; road=A-2"]
    several = ask(data, "41 km", routes={"A-2": Route(0, 60, 60)})
    assert [one.road.key for one in several.places] == ["M39", "A-2"]
    assert [count(data, one) for one in several.places] == [2, 0]
    assert several.place is None


def test_a_name_of_several_places_is_asked_back_with_each_and_all(data):
    found = ask(data, "Kirovka")
    assert {one.chosen.words for one in found.places} == {
        "settlement=Kirovka",
        "admin1=North; admin2=Aksu; settlement=Kirovka",
        "admin1=South; admin2=Talas; settlement=Kirovka",
    }
    assert "Several places" in str(found.notes[0])
    one = ask(data, "Kirovka, Talas").place
    assert one.chosen.words == "admin1=South; admin2=Talas; settlement=Kirovka"


def test_words_that_were_not_understood_are_said(data):
    found = ask(data, "M39 km 41 Atlantis")
    assert found.place.chosen.words == "km=40.5-41.5; road=M39"
    assert "“Atlantis” was not understood" in str(found.notes[0])
    assert ask(data, "M39 km 41 North").place.chosen.query["admin1"] == "North"


def test_a_number_is_never_passed_over(data):
    assert ask(data, "M39 41:300").places == ()


def test_a_post_beyond_the_road_says_which_posts_there_are(data):
    found = ask(data, "M39 km 600")
    assert "km posts from 40.8 to 90; km 600 lies beyond" in str(found.notes[0])
    assert [one.chosen.words for one in found.near][:1] == ["road=M39"]
    known = ask(data, "M39 km 600", routes={"M39": Route(0, 120, 120)})
    assert "runs from km 0 to km 120" in str(known.notes[0])


def test_what_is_written_nearly_right_comes_near(data):
    assert [one.chosen.words for one in ask(data, "Karakul").near] == ["settlement=Karakol"]
    assert "no crash" in str(ask(data, "A-3 km 12").notes[0]).lower()
    assert "km=11.5-12.5; road=A-2" in [one.chosen.words for one in ask(data, "A-3 km 12").near]
    assert "called “Atlantis”" in str(ask(data, "Atlantis").notes[0])
    assert "Write a place" in str(ask(data, " ").notes[0])
    assert "no site number 99" in str(ask(data, "site 99").notes[0])


def test_a_point_far_from_every_crash_is_answered_and_told(data):
    found = ask(data, "12.1 13.2")
    assert found.place.chosen.words == "within=circle:13.2,12.1,250"
    assert "within 50 km" in str(found.notes[0])


def test_a_width_that_makes_no_sense_is_refused_and_one_too_many_is_told(data):
    with pytest.raises(FilterError, match="10 to 20000 m"):
        ask(data, "M39 km 41", width_m=1)
    assert "extent of its own" in str(ask(data, "Karakol ± 300 m").notes[0])


def test_posts_that_start_anew_are_asked_back_by_province(data):
    rows = [{**row, "road_key": "M39", "chainage_km": "41", "road_name": ""} for row in ROWS]
    info = DatasetInfo(
        1, "x", "x", 1, "own", "", data.period, 6, 0, 0, 0, {}, posts_by_province=True
    )
    anew = made_crashes.made(rows).replace(dataset=info)
    found = ask(anew, "M39 km 41")
    assert [one.chosen.query.get("admin1") for one in found.places] == [None, "North", "South"]
    assert "say which one" in str(found.notes[0])
    assert ask(anew, "M39 km 41 North").place.chosen.query["admin1"] == "North"


def test_data_without_roads_and_names_answer_by_points_only():
    bare = made_crashes.made([{"lon": 76.9, "lat": 41.2}])
    assert count(bare, ask(bare, "41.2 76.9").place) == 1
    assert ask(bare, "M39 km 41").places == ()
    assert filters.parse("") == filters.Filter()


def test_data_that_name_no_road_say_so_and_take_no_word_for_one():
    data = made_crashes.made([{"place": "Karakol"}])
    for words in ("km 41", "A4 km 148"):
        [note] = ask(data, words).notes
        assert str(note).startswith("No crash of this data set tells its road")


def test_a_km_that_no_road_has_is_named(data):
    assert [str(note) for note in ask(data, "km 900").notes] == [
        "No road of this data set has a km 900."
    ]


def test_roads_without_km_posts_are_asked_for_as_a_whole():
    data = made_crashes.made([{"road_key": "M39"}])
    [note] = ask(data, "km 41").notes
    assert str(note) == "The roads of this data set have no km posts: ask for a whole road."
