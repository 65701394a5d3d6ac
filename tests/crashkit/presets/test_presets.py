"""Every shipped rule names parts that exist, with numbers they allow, and a source."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_crashes import made

from crashkit import presets, screening
from crashkit.errors import DropinError, MethodError, NotFound
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
LINE = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)
NUMBER = st.integers(-1000, 1000) | st.floats(allow_nan=False) | st.booleans()
TABLE = st.dictionaries(WORD.filter(lambda name: name != "rules"), NUMBER | WORD)
RULE = st.dictionaries(WORD, NUMBER | WORD | TABLE)
DAY = st.none() | st.dates()


@given(
    st.builds(
        presets.Preset,
        id=st.just("own"),
        **dict.fromkeys(("title", "source", "place", "measure", "verified_by"), LINE),
        **dict.fromkeys(("country", "replaces", "copied_from"), st.just("") | LINE),
        verified=st.booleans(),
        verified_on=st.dates(),
        setting=st.sampled_from(["", *presets.SETTINGS]),
        valid_from=DAY,
        valid_to=DAY,
        parts=st.just(()),
        place_params=TABLE,
        measure_params=TABLE,
        filter=st.dictionaries(WORD, WORD),
        needs=st.lists(LINE).map(tuple),
        notes=st.lists(LINE).map(tuple),
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


def test_what_is_not_known_is_no_rule_and_what_stands_in_is_one():
    unknown = presets.unknown()
    assert {"kz", "kg", "az", "ge", "ru_vasiliev", "ch_sn641724", "carec_manual_6"} <= set(unknown)
    assert not set(unknown) & set(presets.all_presets())
    stand_ins = {one.stand_in for one in unknown.values()} - {""}
    assert stand_ins <= set(presets.whole(presets.all_presets()))
    assert all(one.title and one.source and one.notes for one in unknown.values())


def test_who_asks_for_an_unknown_criterion_is_told_so_and_what_can_stand_in():
    with pytest.raises(NotFound, match="not known to us.*ru_law can stand in"):
        presets.get("kg")


def test_no_rule_claims_to_be_the_text_of_the_manual():
    told = [f"{one.title} {one.source}" for one in presets.all_presets().values()]
    assert [one for one in told if "Manual 6" in one or "CAREC" in one] == []


# ---------------------------------------------------------------------- parts inside a rule

LAW = """
title = "Law"
source = "S"
parts = ["town", "ru_law_country"]
[inside.town]
title = "In towns"
setting = "town"
place = "anchored"
measure = "rule"
[inside.town.place_params]
length_m = 200
[[inside.town.rules]]
min_crashes = 4
"""


def test_a_law_may_hold_its_parts_inside_it():
    law = presets.parse("law", LAW)
    (town,) = law.inside
    assert (town.id, town.source, town.setting) == ("town", "S", "town")
    assert town.measure_params == {"rules": ({"min_crashes": 4},)}
    assert presets.parse("law", presets.text(law)) == law
    asked = screening.ask(law)
    assert [one.preset for one in asked.parts] == ["town", "ru_law_country"]


@pytest.mark.parametrize("id_", [id_ for id_, one in presets.all_presets().items() if one.parts])
def test_a_shipped_law_stands_by_itself_with_its_parts_inside_it(id_):
    law = presets.get(id_)
    whole = presets.enclosed(law, presets.all_presets())
    assert presets.parse(id_, presets.text(whole)) == whole
    found, own = screening.ask(whole), screening.ask(law)
    for one, other in zip(found.parts, own.parts, strict=True):
        assert (one.place_params, one.measure_params) == (other.place_params, other.measure_params)
        assert (one.filter, one.needs, one.setting) == (other.filter, other.needs, other.setting)
    assert {note for one in (own, *own.parts) for note in one.notes} == set(found.notes)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('["town", "ru_law_country"]', '["ru_law_country"]'), "town is inside it, and not named"),
        (('title = "In towns"', ""), "Part town: It has no title"),
        (('setting = "town"', 'setting = "moon"'), "Part town: Its setting is moon"),
        (('setting = "town"', 'parts = ["ru_law_town"]'), "town has parts itself"),
        (('source = "S"', 'source = "S"\n[inside.x]\n[[inside.y]]'), "each headed by"),
        (
            ('["town", "ru_law_country"]', '["town", "town", "town"]'),
            "names .*town.* more than once",
        ),
        (('["town", "ru_law_country"]', "5"), "Its parts must be a list"),
        (('["town", "ru_law_country"]', "{}"), "Its parts must be a list"),
        (('source = "S"', 'source = "S\\nT"'), "on one line"),
        (('source = "S"', 'source = "S"\nverified = true'), "who checked it and when"),
        (('source = "S"', f"source = {'[' * 5000}"), "not valid TOML"),
        (('source = "S"', f"source = {'9' * 5000}"), "not valid TOML"),
    ],
)
def test_a_broken_law_says_which_part_is_wrong_and_why(change, complaint):
    with pytest.raises(DropinError, match=complaint):
        presets.parse("law", LAW.replace(*change))


def test_a_rule_with_more_than_a_person_can_read_is_refused():
    many = ({"min_crashes": 3},) * 21
    rule = presets.Preset("own", "T", "S", "anchored", "rule", measure_params={"rules": many})
    with pytest.raises(MethodError, match="21 conditions"):
        screening.check(rule)
