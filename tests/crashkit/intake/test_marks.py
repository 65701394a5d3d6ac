"""Point or comma before decimals: all values of a column tell, or the user does."""

import made_files
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import profiles
from crashkit.errors import NeedsChoice
from crashkit.intake import marks, parsing

PROFILE = """
title = "Test"
source = "Nobody"
[[files]]
name = "crashes"
level = "crash"
needs = ["no", "day"]
key = "no"
partial = true
[files.crash]
crash_id = "no"
crash_date = "day"
lat = "y"
lon = "x"
chainage_km = "km"
n_vehicles = "n"
"""


def read(**columns):
    options = {name: columns.pop(name) for name in ("decimal", "text") if name in columns}
    text = options.pop("text", PROFILE)
    names = list(columns)
    rows = [("no", "day", *names)]
    rows += [
        (n, "2023-02-07", *cells) for n, cells in enumerate(zip(*columns.values(), strict=True), 1)
    ]
    profile = profiles.parse("test", text)
    return made_files.imported(made_files.upload(made_files.table(rows)), profile, **options)


def column(batch, name):
    return [None if v != v else v for v in batch.crashes[name].astype(object)]


def told(batch):
    return {one.column: (one.value, one.certain) for one in batch.inferences if one.column}


def test_each_column_tells_its_own_mark():
    batch = read(km=["12,5", "1,25"], y=["42.125", "42.25"], x=["74.5", "74.25"])
    assert column(batch, "chainage_km") == [12.5, 1.25]
    assert column(batch, "lat") == [42.125, 42.25]
    found = told(batch)
    assert (found["km"], found["y"]) == ((",", True), (".", True))
    (one,) = [one for one in batch.inferences if one.column == "km"]
    assert str(one.evidence) == (
        "Different values with a comma before decimals: 2; with a point: 0."
    )
    assert ("12,5", "12.5") in one.examples


def test_a_comma_that_may_part_thousands_is_asked_about_with_examples():
    with pytest.raises(NeedsChoice) as caught:
        read(km=["1,234", "2,500", "12"])
    assert (caught.value.option, caught.value.choices) == ("decimal", (",", "."))
    assert ("1,234", "1.234") in caught.value.examples[","]
    assert ("1,234", "1234") in caught.value.examples["."]
    assert column(read(km=["1,234", "2"], decimal=","), "chainage_km") == [1.234, 2]
    assert column(read(km=["1,234", "2"], decimal="."), "chainage_km") == [1234, 2]


def test_a_comma_in_degrees_can_only_stand_before_decimals():
    batch = read(y=["42,123", "42,456"], x=["74,123", "75,456"])
    assert column(batch, "lat") == [42.123, 42.456]
    assert told(batch)["y"] == (",", True)


def test_a_mixed_column_keeps_the_commoner_mark_and_rejects_the_rest_with_a_reason():
    batch = read(km=["12.5", "1.25", "1,234", "1,234.5", "12 345", "1'234.5", "3,5", "7"])
    assert column(batch, "chainage_km") == [12.5, 1.25, 7]
    assert [code for _, _, code in made_files.codes(batch.ledger.issues)] == [
        *["number_format"] * 4,
        "not_a_number",
    ]
    assert told(batch)["km"] == (".", False)


@pytest.mark.parametrize(
    ("sign", "words"),
    [
        (" ", ["1 234,5", "12 345,25", "7"]),
        (" ", ["1\u00a0234.5", "12\u202f345.25", "7"]),
        (",", ["1,234.5", "12,345.25", "7"]),
        (".", ["1.234,5", "12.345,25", "7"]),
        ("'", ["1'234.5", "12’345.25", "7"]),
    ],
)
def test_thousands_are_read_where_the_profile_says_so(sign, words):
    text = PROFILE.replace('source = "Nobody"', f'source = "Nobody"\nthousands = "{sign}"')
    batch = read(km=words, n=["1", "2", "3"], text=text)
    assert column(batch, "chainage_km") == [1234.5, 12345.25, 7]


def test_groups_that_are_not_of_three_digits_are_never_joined():
    for word in ("1,23", "12,34,567", "1234,567", ",123", "1,234,"):
        assert isinstance(parsing.number(word, ".", thousands=","), parsing.Fault)
    assert parsing.whole("1,234", thousands=",") == 1234
    assert isinstance(parsing.whole("1,234"), parsing.Fault)


def test_a_text_in_a_workbook_that_may_hold_thousands_is_refused():
    rows = [("no", "day", "km"), (1, "2023-02-07", "1,234"), (2, "2023-02-07", 1.5), (3, "", 2.5)]
    rows += [(4, "2023-02-07", 3.5)]
    file = made_files.upload(made_files.workbook(a=rows), "a.xlsx")
    batch = made_files.imported(file, profiles.parse("test", PROFILE))
    assert (2, "chainage_km", "number_format") in made_files.codes(batch.ledger.issues)


@given(st.lists(st.text("0123456789.,-' ", max_size=9), max_size=8), st.permutations(range(8)))
def test_the_order_of_values_changes_nothing(words, order):
    shuffled = [words[place] for place in order if place < len(words)]
    assert marks.find(words) == marks.find(shuffled)
