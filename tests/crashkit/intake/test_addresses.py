"""A road and a km post out of address text; the table stands in the manual too."""

import re
from pathlib import Path

import made_files
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import profiles
from crashkit.intake import addresses
from crashkit.intake.addresses import OnRoad

MANUAL = Path(__file__).parents[3] / "docs" / "how-to" / "locations.md"

EXAMPLES = """
а/д М-39 Алматы-Бишкек 41 км + 350 м       М-39         41.350 ± 5 m
41 км 350 м а/д М-39                       М-39         41.350 ± 5 m
М-39, км 41+350                            М-39         41.350 ± 5 m
km 41.350 of road A365                     A365         41.350 ± 5 m
A365 041+0.350                             A365         41.350 ± 5 m
Р-217 «Кавказ», 128,4 км                   Р-217        128.400 ± 50 m
M-39, 41 km                                M-39         41.500 ± 500 m
трасса М39, на 41-м километре              М39          41.500 ± 500 m
автодорога Бишкек - Ош, 129 км             Бишкек - Ош  129.500 ± 500 m
highway M41 at km 88+120                   M41          88.120 ± 5 m
а/д М-39, 5 км от г. Токмок                М-39         –
M39, 3 km north of Osh                     M39          –
а/д М-39, ограничение 60 км/ч              М-39         –
M39 41-42 км                               M39          –
М-39, между км 61 и км 62                  –            –
пересечение а/д М-39 и А-365, 41 км        –            –
г. Бишкек, ул. Киевская, д. 44             –            –
"""


def rows(table):
    return [re.split(r"\s{2,}", line.strip()) for line in table.strip().splitlines()]


@pytest.mark.parametrize(("text", "road", "post"), rows(EXAMPLES))
def test_an_address_tells_a_road_and_a_km_post_or_nothing(text, road, post):
    found = addresses.parse(text) or OnRoad()
    assert (found.number or found.name or "–") == road
    told = "–" if found.km is None else f"{found.km:.3f} ± {found.accuracy_m:.0f} m"
    assert told == post


def test_the_manual_shows_the_same_examples():
    assert EXAMPLES.strip() in MANUAL.read_text("utf-8")


@pytest.mark.parametrize(
    "text",
    ["", "ПК 41+350", "ГАЗ 53", "кв. 12", "350 м", "с. 41", "км", "а/д", "1" * 500, "км " * 90],
)
def test_what_is_no_post_says_nothing(text):
    assert addresses.parse(text) is None


@given(st.text(max_size=400))
def test_any_text_ends_in_a_place_on_a_road_or_in_none(text):
    found = addresses.parse(text)
    assert found is None or found.number or found.name or found.km is not None


WORDS = st.lists(
    st.sampled_from(
        ["а/д", "М-39", "A365", "км", "km", "41", "350", "+", "м", ",", "от", "-", "0.5", "/ч", "й"]
    ),
    max_size=40,
)


@given(WORDS.map(" ".join), WORDS.map("".join))
def test_any_mixture_of_the_words_of_addresses_is_read_or_left(spaced, tight):
    for text in (spaced, tight):
        found = addresses.parse(text)
        assert found is None or found.km is None or 0 <= found.km < 10_001


@given(st.sampled_from(["М-39", "A365", "Р-217"]), st.integers(0, 9999), st.integers(0, 999))
def test_a_post_written_out_comes_back(road, km, metres):
    for text in (
        f"а/д {road}, {km} км + {metres} м",
        f"{km} км {metres} м {road}",
        f"{road} km {km}+{metres:03d}",
        f"{road}, км {km}.{metres:03d}",
    ):
        assert addresses.parse(text) == OnRoad(road, "", round(km + metres / 1000, 3), 5.0)


# ------------------------------------------------------------- in a profile

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
address = "Место"
crash_id = "no"
crash_date = "day"
road_number = "Дорога"
chainage_km = "Км"
"""


def imported(header, *cells):
    table = [("no", "day", *header), *((n, "2023-02-07", *row) for n, row in enumerate(cells))]
    upload = made_files.upload(made_files.table(table))
    return made_files.imported(upload, profiles.parse("test", PROFILE))


def test_an_address_places_a_crash_and_is_not_kept_itself():
    batch = imported(["Место"], ["а/д М-39, 41 км + 350 м, Иванов И."], ["ул. Ленина, 5"])
    crashes = batch.crashes
    assert list(crashes["location_kind"]) == ["route", "none"]
    assert (crashes["road_number"][0], crashes["chainage_km"][0]) == ("М-39", 41.35)
    assert crashes["chainage_accuracy_m"][0] == 5
    assert not crashes.astype(str).apply(lambda column: column.str.contains("Иванов").any()).any()
    told = next(one for one in batch.ledger.warnings if one.code == "read_from_text")
    assert "the road of 1 rows, the km post of 1" in str(told.message)


def test_columns_of_the_road_lead_and_another_road_in_the_text_says_nothing():
    batch = imported(
        ["Дорога", "Км", "Место"],
        ["M 39", "", "а/д М-39, 41 км + 350 м"],
        ["A-365", "", "а/д М-39, 41 км + 350 м"],
        ["M 39", "7.125", "а/д М-39, 41 км + 350 м"],
        ["M 39", "", "41 км + 350 м"],
        ["", "", "41 км + 350 м"],
    )
    found = batch.crashes[["road_number", "chainage_km"]].astype(object)
    assert [tuple(row) for row in found.where(found.notna(), None).to_numpy()] == [
        ("M 39", 41.35),
        ("A-365", None),
        ("M 39", 7.125),
        ("M 39", 41.35),
        (None, None),
    ]


@pytest.mark.parametrize(
    ("word", "km", "accuracy"),
    [("", 684.5, 500), ("begun", 684.5, 500), ("nearest", 684, 500), ("exact", 684, 5)],
)
def test_a_profile_may_say_what_a_whole_kilometre_stands_for(word, km, accuracy):
    recipe = f'{{ column = "Км", whole_km = "{word}" }}' if word else '"Км"'
    text = PROFILE.replace('chainage_km = "Км"', f"chainage_km = {recipe}")
    upload = made_files.upload("no,day,Дорога,Км\n1,2023-02-07,М-5,684\n")
    (crash,) = made_files.imported(upload, profiles.parse("test", text)).crashes.to_dict("records")
    assert (crash["chainage_km"], crash["chainage_accuracy_m"]) == (km, accuracy)
