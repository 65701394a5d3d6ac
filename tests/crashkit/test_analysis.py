import html
import io

import numpy as np
import pytest
from invented import sample
from made_crashes import made
from PIL import Image

from crashkit import analysis, api, plot
from crashkit.blocks import Figure
from crashkit.errors import MethodError, NotFound
from crashkit.render import paper

EN = api.speaker("en")
CONTRACTS = sorted(analysis.analyses())


@pytest.fixture(scope="module")
def data():
    return sample()


@pytest.mark.parametrize("name", CONTRACTS)
def test_each_answer_says_what_is_counted_what_was_found_and_how(name, data):
    asked = api.question(data, unit=api.list_analyses()[name].units[0])
    if api.lacking(name, asked) is not None:
        with pytest.raises(MethodError):
            api.analyse(name, asked)
        return
    found = api.analyse(name, asked)
    assert found.method
    assert EN.say(found.title) != EN.say(found.finding)
    assert {len(row) for row in found.table.rows} == {len(found.table.columns)}
    assert isinstance(found.figure, Figure)
    drawn = api.draw_analysis(found, EN)
    assert drawn["data"]
    assert api.export_analysis(found, "svg", EN).startswith(b"<?xml")


@pytest.mark.parametrize("name", CONTRACTS)
def test_numbers_are_the_same_as_frame_document_and_file(name, data):
    asked = api.question(data, unit=api.list_analyses()[name].units[0])
    if api.lacking(name, asked) is not None:
        pytest.skip("the invented data do not have what it needs")
    found = api.analyse(name, asked)
    document = api.analysis_document(found, data, EN)
    frame = api.analysis_frame(found).astype(object)
    assert frame.where(frame.notna(), None).to_numpy().tolist() == document["rows"]
    lines = api.export_analysis(found, "csv", EN).decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + len(document["rows"])


def test_every_kind_on_the_screen_is_a_kind_on_paper():
    assert set(plot.plots()) <= set(paper.drawings())


def test_another_name_is_refused_with_the_names_there_are(data):
    with pytest.raises(NotFound, match="hours"):
        api.analyse("tea", data)


def test_no_crash_is_no_question(data):
    nothing = api.cut(data, api.parse_filter("year=1901"))
    with pytest.raises(MethodError, match="No crash"):
        api.analyse("hours", nothing)


def plate(data, language, format, words="severity=fatal,serious,slight; year=2019-2023"):
    chosen = api.parse_filter(words)
    asked = api.question(api.cut(data, chosen), whole=data)
    found = api.analyse("hours", asked)
    speaker = api.speaker(language)
    origin = api.analysis_origin(found, asked, chosen)
    return found, origin, api.export_analysis(found, format, speaker, origin)


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
@pytest.mark.parametrize("format", ["png", "svg"])
def test_a_picture_on_its_own_says_what_it_counts(data, language, format):
    found, origin, content = plate(data, language, format)
    speaker = api.speaker(language)
    if format == "svg":
        held = html.unescape(content.decode())
    else:
        held = Image.open(io.BytesIO(content)).text["Description"]
    for said in (found.title, found.finding, *origin.filter_sentence):
        assert speaker.say(said) in held
    assert "sample v3" in held and origin.fingerprint in held


@pytest.mark.parametrize("language", ["en", "zh"])
def test_long_lines_of_a_picture_are_broken_at_its_width(data, language):
    long = (
        "weekday=1,3,5; month=1,3,5,7,9,11; hour=1,3,5,7,9,11,13,15,17,19,21,23; "
        "severity=fatal,serious,slight; year=2016,2018,2020,2022,2024; light=day,dark_none,dark_lit"
    )
    sizes, inks = [], []
    for words in ("year=2019-2024", long):
        image = Image.open(io.BytesIO(plate(data, language, "png", words)[2])).convert("L")
        sizes.append(image.size)
        dark = np.asarray(image) < 200
        inks.append(dark)
        # The white margin is kept: nothing runs over the edge.
        assert not dark[:, :8].any() and not dark[:, -8:].any()
        assert not dark[:8].any() and not dark[-8:].any()
    assert sizes[0][0] == sizes[1][0]
    assert sizes[1][1] > sizes[0][1]
    assert all(dark[:120].any() and dark[-60:].any() for dark in inks)


def test_the_fingerprint_of_a_picture_is_that_of_its_question_and_numbers(data):
    marks = [
        plate(data, "en", "svg", words)[1].fingerprint
        for words in ("year=2020", "year=2021", "year=2020")
    ]
    assert marks[0] == marks[2] != marks[1]


def about(name, words, **more):
    whole, passed = sample(), api.parse_filter(words)
    asked = api.question(api.cut(whole, passed), whole=whole, passed=passed, **more)
    return api.analyse(name, asked)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("hours", "hour=17-18"),
        ("hours", "light=dark_none,dark_lit"),
        ("hours", "crash_time=17:00/18:30"),
        ("light", "crash_time=17:00/18:30"),
        ("severity", "severity=fatal"),
        ("severity", "person.injury=killed"),
        ("ages", "person.age=60-"),
        ("road_users", "person.road_user_type=pedestrian"),
        ("crash_types", "crash_type=pedestrian"),
    ],
)
def test_nothing_is_found_of_what_the_filter_itself_chose(name, words):
    unit = api.list_analyses()[name].units[0]
    assert "The filter itself chooses by" in EN.say(about(name, words, unit=unit).finding)


def test_a_part_is_cut_off_where_chance_would_not_leave_it_empty():
    whole = sample()
    for words, hours in (("hour=0-21", {22, 23}), ("severity=fatal", set())):
        part = api.cut(whole, api.parse_filter(words))
        assert analysis.cut_off(api.question(part, whole=whole), "hour") == hours


def test_rates_by_whole_years_warn_where_the_filter_takes_a_part_of_each():
    warned = about("corridor", "hour=17-18").warnings
    assert any("tell no risk" in EN.say(one) for one in warned)
    assert not any("tell no risk" in EN.say(one) for one in about("corridor", "").warnings)


BARE = made([{"crash_date": f"{year}-05-06", "severity": "slight"} for year in (2021, 2022)] * 9)


COUNTING = [
    (name, unit)
    for name, one in analysis.analyses().items()
    for unit in one.units
    if unit != "crashes" and not one.of_deaths
]


@pytest.mark.parametrize(("name", "unit"), COUNTING)
def test_what_the_data_never_record_is_lacking_and_no_nought(name, unit):
    asked = api.question(BARE, whole=BARE, unit=unit, other=api.parse_filter("year=2021"))
    assert "The data tell of no" in EN.say(api.lacking(name, asked))
    with pytest.raises(MethodError, match="The data tell of no"):
        api.analyse(name, asked)


@pytest.mark.parametrize("name", ["trend_years", "trend_months", "this_year"])
def test_a_severity_that_the_data_never_record_is_lacking(name):
    asked = api.question(BARE, chosen={"show": "fatal"})
    assert EN.say(api.lacking(name, asked)) == "The data do not tell of any “Fatal crashes”."
    with pytest.raises(MethodError, match="Fatal crashes"):
        api.analyse(name, asked)


def test_where_only_the_killed_are_told_they_are_not_called_casualties():
    data = made([{"crash_date": "2021-05-06", "n_killed": 1}] * 12)
    found = api.analyse("trend_years", api.question(data, unit="casualties"))
    assert EN.say(found.title) == "People killed by year"
    severity = api.analyse("severity", api.question(data, unit="casualties"))
    assert "People killed are counted; the data tell of nobody injured." in map(
        EN.say, severity.notes
    )


def test_deaths_against_a_target_are_told_by_the_severity_alone():
    rows = [{"crash_date": f"{year}-05-06", "severity": "fatal"} for year in (2021, 2022)] * 9
    assert api.lacking("target", api.question(made(rows), unit="casualties")) is None
