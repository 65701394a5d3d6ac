"""Every shipped rule names parts that exist, with numbers they allow, and a source."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_crashes import made

from crashkit import presets, screening
from crashkit.errors import DropinError, NotFound
from crashkit.roads import junctions, placing, snapping, topology
from crashkit.roads.corridors import Corridor, Section
from crashkit.roads.network import Lines, network

FULL = [
    {
        "crash_date": day,
        "severity": "fatal",
        "n_killed": 2,
        "n_injured": 1,
        "crash_type": "pedestrian",
        "road_class": "national",
        "area_type": area,
        "road_key": "M39",
        "chainage_km": 102.3 + i / 1000,
        "lon": 69.24 + i / 1e6,
        "lat": 41.31,
    }
    for i, (day, area) in enumerate(
        [(day, area) for day in ("2021-05-01", "2023-05-01") for area in ("urban", "rural")] * 8
    )
]


def placed(data, place):
    """Put crashes on a road through them; for junctions it meets another at the worst place."""
    side = 41.31 if place == "junctions" else 41.32
    lines = [[(69.0, 41.31), (69.24, 41.31)], [(69.24, 41.31), (69.4, 41.31)]]
    lines += [[(69.24, side), (69.24, 41.4)], [(60.0, 40.0), (75.0, 40.0)]]
    lines += [[(60.05 + lon, 39.9), (60.05 + lon, 40.1)] for lon in range(14)]
    keys = ["M39", "M39", "A1", "A2", *(f"B{i}" for i in range(14))]
    frame = pd.DataFrame({"road_key": keys, "road_class": "national", "aadt": 4000.0})
    snapped = snapping.snap(network(frame, Lines.of(lines)), data)
    built = topology.build(snapped.network)
    found = placing.place(data, junctions.derived(built), topology=built, snapped=snapped)
    return replace(found, corridors=(Corridor("one", (Section("M39"),)),))


NOMINATED = {
    "features": [
        {
            "properties": {
                "number": 1,
                "origin": "nominated",
                **dict.fromkeys(["road", "from_m", "to_m"]),
                "lon": 69.24,
                "lat": 41.31,
                "radius_m": 100.0,
            }
        }
    ]
}
CHANGES = {
    # One place of an otherwise even network is all that its peers differ by: no proof of anything.
    "nb_windows": {"adjust": "none"},
    "worse_windows": {"min_probability": "0.5"},
    "loss_segments": {"worst": "III"},
    "moran_500m": {"alpha": "0.5"},
}


@pytest.mark.parametrize("id_", presets.all_presets())
def test_a_rule_can_be_asked_and_lists_an_obvious_blackspot(id_):
    preset = presets.get(id_)
    far = [
        {**FULL[0], "chainage_km": 5.0 * i, "lon": 60 + 0.1 * i, "lat": 40, "crash_type": kind}
        for i, kind in enumerate(["pedestrian", "vehicle_vehicle", "run_off"] * 50, 1)
    ]
    # A place is high among high only where its neighbour is.
    near = [101.3, 101.8, 102.6, 103.1] if preset.measure == "local_moran" else []
    beside = [{**FULL[0], "chainage_km": km} for km in near for _ in range(8)]
    data = made([*FULL, *far, *beside])
    if preset.place == "nominated":
        data = data.replace(layers=lambda: {"sites": NOMINATED})
    asked = screening.ask(preset, CHANGES.get(id_))
    along = [one.place for one in asked.each if screening.looks_at_roads(one.place)]
    roads = placed(data, along[0]) if along else None
    result = screening.run(asked, data, roads=roads)
    assert result.findings and set(result.findings[0].site.crash_ids) <= set(range(1, 33))
    assert preset.title and preset.source and preset.id == id_


def test_no_rule_claims_to_be_checked_without_a_person_having_done_so():
    assert [one.id for one in presets.all_presets().values() if one.verified] == []


def test_an_unknown_rule_is_answered_with_near_ones():
    with pytest.raises(NotFound, match="count_1km"):
        presets.get("count_1")


WHOLE = """
title = "T"
source = "S"
country = "AAA"
valid_from = 2021-03-01
place = "anchored"
measure = "rule"
needs = ["severity"]
notes = ["N"]
[place_params]
length_m = 500
[filter]
severity = "fatal"
[measure_params]
combine = "any"
[[rules]]
min_crashes = 5
"""


def test_a_rule_is_read_from_its_text():
    assert presets.parse("aaa", WHOLE) == presets.Preset(
        id="aaa",
        title="T",
        source="S",
        place="anchored",
        measure="rule",
        country="AAA",
        valid_from=date(2021, 3, 1),
        place_params={"length_m": 500},
        measure_params={"combine": "any", "rules": ({"min_crashes": 5},)},
        filter={"severity": "fatal"},
        needs=("severity",),
        notes=("N",),
    )


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('title = "T"', ""), "It has no title."),
        (('place = "anchored"', "place = 3"), "Its place must be a text in quotes."),
        (("valid_from = 2021-03-01", 'valid_from = "soon"'), "Its valid_from must be a day"),
        (("= 2021-03-01", "= 2021-03-01T10:00:00"), "Its valid_from must be a day"),
        (('country = "AAA"', 'contry = "AAA"'), "no key contry; do you mean .*country"),
        (('country = "AAA"', 'setting = "sea"'), "Its setting is sea; allowed are .*town"),
        (('country = "AAA"', 'verified = "yes"'), "Its verified must be true or false."),
        (('country = "AAA"', 'parts = ["x", "y"]'), "made of parts, so place belongs into these"),
        (('country = "AAA"', "parts = [1]"), "Its parts must be a list of texts in quotes."),
        (('severity = "fatal"', "severity = 3"), "Its filter must be a table of texts in quotes."),
        (("[place_params]", "[place_params"), "not valid TOML"),
        (("[[rules]]", "rules = 3"), "Its conditions must be tables, each headed by"),
    ],
)
def test_a_broken_rule_says_what_is_wrong(change, complaint):
    with pytest.raises(DropinError, match=complaint):
        presets.parse("aaa", WHOLE.replace(*change))


def test_a_rule_holds_between_its_dates():
    preset = presets.parse("aaa", WHOLE)
    assert not preset.holds_on(date(2021, 2, 28))
    assert preset.holds_on(date(2021, 3, 1)) and preset.holds_on(date(2030, 1, 1))


# ------------------------------------------------------------------------------- writing


@pytest.mark.parametrize("preset", presets.all_presets().values(), ids=lambda one: one.id)
def test_a_shipped_rule_is_read_back_from_its_text_as_it_was(preset):
    assert presets.parse(preset.id, presets.text(preset)) == preset


WORD = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
NUMBER = st.integers(-1000, 1000) | st.floats(allow_nan=False) | st.booleans()
TABLE = st.dictionaries(WORD.filter(lambda name: name != "rules"), NUMBER | WORD)
RULE = st.dictionaries(WORD, NUMBER | WORD | TABLE)
DAY = st.none() | st.dates()


@given(
    st.builds(
        presets.Preset,
        id=st.just("own"),
        **dict.fromkeys(("title", "source", "place", "measure"), WORD),
        country=st.just("") | WORD,
        verified=st.booleans(),
        setting=st.sampled_from(["", *presets.SETTINGS]),
        replaces=st.just("") | WORD,
        valid_from=DAY,
        valid_to=DAY,
        parts=st.just(()),
        place_params=TABLE,
        measure_params=TABLE,
        filter=st.dictionaries(WORD, WORD),
        needs=st.lists(WORD).map(tuple),
        notes=st.lists(WORD).map(tuple),
    ),
    st.lists(RULE),
)
def test_any_rule_is_read_back_from_its_text_as_it_was(preset, rules):
    if rules:
        preset = replace(preset, measure_params={**preset.measure_params, "rules": tuple(rules)})
    assert presets.parse("own", presets.text(preset)) == preset


# --------------------------------------------------------------------- parts and versions


def test_parts_of_a_rule_are_no_choices_of_their_own():
    chosen = presets.whole(presets.all_presets())
    assert "ru_law" in chosen and not {"ru_law_town", "ru_law_country"} & set(chosen)


def test_an_open_end_may_be_told_by_an_empty_text():
    told = WHOLE.replace("valid_from = 2021-03-01", 'valid_from = ""')
    assert presets.parse("aaa", told).valid_from is None


def test_versions_of_a_rule_stand_with_the_latest_first_and_never_go_round():
    one = presets.parse("aaa", WHOLE)
    known = {
        "old": replace(one, id="old"),
        "new": replace(one, id="new", replaces="old"),
        "round": replace(one, id="round", replaces="trip"),
        "trip": replace(one, id="trip", replaces="round"),
    }
    for name in ("old", "new"):
        assert [each.id for each in presets.versions(known[name], known)] == ["new", "old"]
    assert {each.id for each in presets.versions(known["round"], known)} == {"round", "trip"}
    assert presets.versions(one, known) == (one,)
