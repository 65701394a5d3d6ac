"""A profile is read whole, and everything wrong with it is said at once."""

import pytest

from crashkit import fields, profiles
from crashkit.errors import DropinError, Message, NotFound
from crashkit.text import Speaker

GOOD = """
title = "Police"
source = "The ministry"
[codes.severity]
1 = "fatal"
[[files]]
name = "crashes"
level = "crash"
needs = ["no", "date"]
key = "no"
[files.crash]
crash_id = "no"
crash_date = { column = "date", format = "dmy" }
severity = { column = "sev", codes = "severity" }
light = { column = "light", codes = { d = "day" } }
road_number = { template = "{class}{no}", needs = ["class"] }
"""


def complaints(text):
    with pytest.raises(DropinError) as caught:
        profiles.parse("x", text)
    return [str(one) for one in caught.value.message.values["wrong"]]


def test_a_profile_is_read_with_its_recipes():
    profile = profiles.parse("police", GOOD)
    (layout,) = profile.files
    recipes = layout.recipes["crash"]
    assert (profile.source_id, profile.decimal, layout.key) == ("police", "", ("no",))
    assert recipes["crash_id"] == profiles.Recipe(column="no")
    assert recipes["road_number"].columns == ("class", "no")
    assert profile.codes[recipes["light"].codes[0]] == {"d": "day"}
    assert layout.columns == ("no", "date", "sev", "light", "class")


@pytest.mark.parametrize("name", sorted(profiles.all_profiles()))
def test_a_shipped_profile_has_a_title_a_source_and_recipes(name):
    profile = profiles.get(name)
    assert profile.title
    assert profile.source
    assert any(layout.level in ("crash", "casualty") for layout in profile.files)


def test_our_own_layout_takes_every_field_of_the_dictionary():
    for layout in profiles.get("crashkit").files:
        wanted = {field.name for field in fields.table(layout.level)}
        assert wanted <= set(layout.known)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('title = "Police"', 'title = ""', "title is missing"),
        ('title = "Police"', "title = 3", "title: a text"),
        ('source = "The ministry"', 'source = "x"\ncolour = "red"', "colour is no word"),
        ('source = "The ministry"', 'source = "x"\nencoding = "cp0"', "nobody knows cp0"),
        ('source = "The ministry"', 'source = "x"\ncountry = "uk"', "three capital letters"),
        ('source = "The ministry"', 'source = "x"\ndate_order = "ydm"', "date_order"),
        ('level = "crash"', 'level = "road"', "level: one of"),
        ('key = "no"', "", ""),
        ('key = "no"', "key = 3", "key: a column"),
        ("severity = {", "seriousness = {", "no such field"),
        ('crash_id = "no"', 'crash_id = "no"\nnarrative = "text"', "personal"),
        ('crash_id = "no"', 'crash_id = "no"\nyear = "y"', "derived"),
        ('crash_id = "no"', 'crash_id = "no"\nlat = { column = "y", unit = "mph" }', "unit"),
        ('crash_id = "no"', 'crash_id = "no"\nlat = { scale = 2 }', "one of column"),
        ('crash_id = "no"', 'crash_id = "no"\nlat = { column = "y", scale = "2" }', "numbers"),
        ('crash_id = "no"', 'crash_id = "no"\nlat = { column = "y", format = "dmy" }', "format"),
        (
            'crash_id = "no"',
            'crash_id = "no"\nlat = { column = "y", years = "dmy" }',
            "years is no word",
        ),
        ('codes = "severity"', 'codes = "sev"', "no list sev"),
        ('1 = "fatal"', '1 = "deadly"', "no such code: deadly"),
        ('needs = ["class"]', 'needs = ["klass"]', "needs"),
        ('format = "dmy"', 'day = "d"', "a day needs a month"),
        ('format = "dmy"', "century = '20'", "numbers"),
        ('crash_id = "no"', 'crash_id = ""', "a column or a table"),
        ('crash_id = "no"', "crash_id = 3", "a column or a table"),
        ('crash_id = "no"', 'crash_id = "no"\nplace = { column = "p", year = "y" }', "for dates"),
        ('crash_id = "no"', 'crash_id = "no"\nlat = { column = "p", plus_m = "y" }', "plus_m"),
        ('crash_id = "no"', 'crash_id = "no"\nlat = { column = "p", several = "," }', "several"),
        ('codes = "severity"', "codes = 3", "a table, a name or several"),
        ('1 = "fatal"', "1 = 1", "words and their codes"),
        ('level = "crash"', 'level = "vehicle"', "tell only who was involved"),
        ('key = "no"', 'key = "no"\npartial = 1', "true or false"),
        ("[files.crash]", "[files.vehicle]\nunit_no = 'u'\n[files.crash]", "not in a file"),
        ('level = "crash"', 'level = "vehicle"', "only who was involved"),
    ],
)
def test_what_is_wrong_is_named(old, new, said):
    assert old in GOOD
    text = GOOD.replace(old, new)
    if not said:
        assert profiles.parse("x", text).files[0].key == ()
    else:
        assert any(said in why for why in complaints(text))


def test_what_is_wrong_is_said_in_the_language_of_the_reader():
    with pytest.raises(DropinError) as caught:
        profiles.parse("x", "columns = 3")
    wrong = caught.value.message.values["wrong"]
    assert all(isinstance(one, Message) for one in wrong)
    assert "columns is no word of a profile" in Speaker("en").say(caught.value.message)


def test_all_complaints_are_said_at_once():
    text = GOOD.replace('title = "Police"', "colour = 1").replace("light = {", "lamp = {")
    assert len(complaints(text)) == 3


def test_the_boxes_of_a_country_are_those_of_its_own_profile_or_of_the_list_of_countries():
    assert profiles.boxes_of("NZL") == profiles.get("nz_cas").boxes
    assert [box.name for box in profiles.boxes_of("KGZ")] == ["Kyrgyzstan"]
    assert profiles.boxes_of("") == profiles.boxes_of("ZZZ") == ()


def test_boxes_and_periods_are_checked():
    box = (
        "\n[[boxes]]\nwest = 5\nsouth = 1\neast = 4\nnorth = 2\n[period]\nfrom = 2020\nuntil = 1\n"
    )
    head, tail = GOOD.split("[codes", 1)
    assert [
        why.split(":")[0].split(" ")[0] for why in complaints(head + box + "[codes" + tail)
    ] == [
        "period.until",
        "period.from",
        "boxes[0]",
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("period = 3", "period: a table"),
        ("boxes = 3", "boxes: a list"),
        ("boxes = [3]", "west, south, east, north"),
        ("boxes = [{ west = 1, south = 1, east = 2, north = '2' }]", "four numbers"),
        ("boxes = [{ west = 1, south = 1, east = 2, north = 2, name = 3 }]", "name: a text"),
    ],
)
def test_what_is_no_box_or_period_is_named(more, said):
    assert any(said in why for why in complaints(more + GOOD))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ("files = 3", "a list of tables"),
        ("files = [3]", "files[0]: a table"),
        ('files = [{ name = "a", level = "person", needs = ["x"] }]', "key is missing"),
        ('files = [{ name = "a", level = "crash", needs = ["x"] }]', "nothing is taken"),
        ('files = [{ name = "a", level = "crash", needs = ["x"], crash = 3 }]', "crash: a table"),
    ],
)
def test_what_is_no_kind_of_file_is_named(files, said):
    assert any(said in why for why in complaints(f'title = "x"\nsource = "x"\n{files}'))


def test_codes_are_a_table():
    assert "codes: a table" in complaints('title = "x"\nsource = "x"\ncodes = 3\nfiles = 3')


def test_text_that_is_not_toml_is_refused_in_a_sentence():
    with pytest.raises(DropinError, match="not valid TOML"):
        profiles.parse("x", "title =")


def test_an_unknown_profile_names_the_nearest():
    with pytest.raises(NotFound, match="crashkit"):
        profiles.get("crashkitt")
