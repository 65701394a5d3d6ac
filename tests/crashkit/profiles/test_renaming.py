"""A kind of file that is like another, with columns under other names."""

import made_files
import pytest

from crashkit import profiles
from crashkit.errors import DropinError

FIRST = """
title = "Police"
source = "The ministry"

[codes.letter]
"class=1" = "A"

[[files]]
name = "crashes"
level = "crash"
needs = ["no", "date"]
key = "no"
identity = ["no"]
ignore = ["colour"]
personal = ["driver"]

[files.crash]
crash_id = "no"
crash_date = { column = "date", format = "dmy", weekday = "day" }
severity = { column = "sev", codes = { 1 = "fatal" } }
road_number = { template = "{class}{road}", needs = ["class"], codes = "letter" }
chainage_km = { column = "km", plus_m = "m" }
"""
SECOND = """
[[files]]
name = "old"
like = "crashes"

[files.columns]
no = "NUMBER"
day = "WEEKDAY"
class = "KIND"
m = "METRES"
driver = "NAME"
"""


def test_every_mention_of_a_column_is_renamed():
    first, second = profiles.parse("police", FIRST + SECOND).files
    recipes = second.recipes["crash"]
    assert (first.key, second.key, second.needs) == (("no",), ("NUMBER",), ("NUMBER", "date"))
    assert (second.identity, second.ignore, second.personal) == (
        ("NUMBER",),
        ("colour",),
        ("NAME",),
    )
    assert recipes["crash_date"].columns == ("date", "WEEKDAY")
    assert recipes["road_number"].template == "{KIND}{road}"
    assert recipes["road_number"].needs == ("KIND",)
    assert recipes["chainage_km"].columns == ("km", "METRES")
    assert first.recipes["crash"]["road_number"].template == "{class}{road}"


def test_files_of_both_names_are_read_alike():
    rows = [["1", "07.02.2023", "Tue", "1", "1", "7", "12", "345"]]
    head = ["no", "date", "day", "sev", "class", "road", "km", "m"]
    old = ["NUMBER", "date", "WEEKDAY", "sev", "KIND", "road", "km", "METRES"]
    profile = profiles.parse("police", FIRST + SECOND)
    read = [
        made_files.imported(made_files.upload(made_files.table([names, *rows])), profile).crashes
        for names in (head, old)
    ]
    assert read[0].to_dict() == read[1].to_dict()
    assert (read[0]["road_number"][0], read[0]["chainage_km"][0]) == ("A7", 12.345)


def test_what_it_says_itself_leads():
    casualties = """
level = "casualty"
needs = ["NUMBER", "hurt"]
[files.person]
injury = { column = "hurt", codes = { 1 = "killed" } }
"""
    text = FIRST + SECOND.replace('like = "crashes"', 'like = "crashes"' + casualties)
    first, second = profiles.parse("police", text).files
    assert (first.level, second.level) == ("crash", "casualty")
    assert (second.needs, second.key) == (("NUMBER", "hurt"), ("NUMBER",))
    assert set(second.recipes) == {"crash", "person"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('like = "crashes"', 'like = "vehicles"', "files[1].like: a kind of file"),
        ('like = "crashes"', 'like = "crashes"\ncolour = "red"', "files[1].colour is no word"),
        ('like = "crashes"', 'like = "crashes"\nlevel = "person"', "files[1].crash.crash_id"),
        ('name = "old"', "", "files[1].name is missing"),
        ('name = "old"', 'name = "crashes"', "two have the same name"),
        ('no = "NUMBER"', "no = 3", "files[1].columns: names"),
        ("[files.columns]", "[files.rows]", "files[1].rows is no word"),
    ],
)
def test_what_is_wrong_is_named(old, new, said):
    with pytest.raises(DropinError) as caught:
        profiles.parse("police", FIRST + SECOND.replace(old, new))
    assert any(said in str(why) for why in caught.value.message.values["wrong"])
