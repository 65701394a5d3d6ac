"""The report about a road: what each of its parts tells, and when it tells nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime

from invented import facts, sample, tiny, with_info
from made_crashes import made
from made_roads import ONE_WITH_TRAFFIC, at, crashes, placed

from crashkit import api, render, report
from crashkit.blocks import Figure, Heading, Note, Pairs, Paragraph, Points, Table
from crashkit.register import SiteEvent, SiteRecord, Spot
from crashkit.roads.corridors import Corridor
from crashkit.roads.corridors import Section as Stretch
from crashkit.sections import (
    route_clusters,
    route_definition,
    route_plan,
    route_risk,
    route_users,
)
from crashkit.text import Speaker

SAY = Speaker("en").say


def rows(km, n, severity="fatal", **more):
    one = {"road_key": "M1", "chainage_km": km, "severity": severity, "aadt": 10_000}
    one |= {"crash_date": "2022-05-01", "n_killed": 1, "crash_type": "pedestrian"}
    return [{**one, **more}] * n


def road(*more):
    return facts(with_info(made([*rows(0.0, 2), *rows(99.9, 2), *rows(40.5, 30), *more])))


def words(blocks):
    return " ".join(
        SAY(one) for block in blocks if isinstance(block, Paragraph) for one in block.sentences
    )


def test_the_definition_tells_road_length_traffic_and_what_lies_elsewhere():
    about = road(*rows(1.0, 3, road_key="M2"))
    [pairs] = [one for one in route_definition.SECTION.build(about) if isinstance(one, Pairs)]
    told = {
        SAY(label): SAY(value) if not isinstance(value, str) else value
        for label, value in pairs.items
    }
    assert told["Road"] == "M1"
    assert told["Length"] == "99.9 km"
    assert told["Crashes on it"].startswith("34, of which 34")
    assert told["Traffic volume (AADT)"].startswith("10,000 on average")
    assert told["Not on it"].startswith("3 crashes")


def test_a_filter_that_takes_a_part_of_the_crashes_is_warned_of():
    about = replace(road(), filter_query={"light": "dark"})
    [note] = [one for one in route_definition.SECTION.build(about) if isinstance(one, Note)]
    assert "chooses by Light" in SAY(note.text)
    assert not [one for one in route_definition.SECTION.build(road()) if isinstance(one, Note)]


def test_the_risk_names_sections_above_the_critical_rate():
    blocks = route_risk.SECTION.build(road())
    assert "1 have a rate above their critical one" in words(blocks)
    [figure] = [one for one in blocks if isinstance(one, Figure)]
    [table] = [one for one in blocks if isinstance(one, Table)]
    assert figure.data["rate"] == [row[5] for row in table.rows]


def test_without_traffic_there_is_cost_and_no_rate():
    bare = facts(with_info(made([{**one, "aadt": ""} for one in [*rows(0, 2), *rows(99, 20)]])))
    blocks = route_risk.SECTION.build(bare)
    assert "Traffic is told of no section" in words(blocks)
    [table] = [one for one in blocks if isinstance(one, Table)]
    assert "Critical rate" not in [SAY(one.title) for one in table.columns]


def test_clusters_are_named_by_km_with_their_most_frequent_type():
    [table] = [one for one in route_clusters.SECTION.build(road()) if isinstance(one, Table)]
    assert SAY(table.rows[0][1]) == "M1, km 40.500 to 41.000"
    assert "40,500" in Speaker("ru").say(table.rows[0][1])
    assert SAY(table.rows[0][-1]) == "Pedestrian hit: 30 of 30"


def test_what_the_source_does_not_tell_is_not_nought():
    bare = [{**one, "severity": "", "n_killed": ""} for one in [*rows(0, 2), *rows(99, 20)]]
    about = facts(with_info(made(bare)))
    [pairs] = [one for one in route_definition.SECTION.build(about) if isinstance(one, Pairs)]
    told = {SAY(label): value for label, value in pairs.items}
    assert SAY(told["Crashes on it"]) == "22"
    assert "People" not in told
    [table] = [one for one in route_clusters.SECTION.build(about) if isinstance(one, Table)]
    assert not [one for one in table.columns if "killed" in SAY(one.title)]


def test_few_crashes_are_not_tested():
    few = facts(with_info(made([*rows(0.0, 2), *rows(50.0, 2)])))
    assert not route_clusters.SECTION.applies(few)


def test_types_are_more_frequent_only_beyond_chance():
    other = rows(1.0, 60, road_key="M2", crash_type="run_off") + rows(2.0, 9, road_key="M2")
    about = replace(road(*other), options={"road": "M1"})
    assert "More frequent on the route than elsewhere, beyond chance: Pedestrian hit" in words(
        route_users.SECTION.build(about)
    )
    same = rows(1.0, 60, road_key="M2")
    alike = replace(road(*same), options={"road": "M1"})
    assert "none is more frequent on the route" in words(route_users.SECTION.build(alike))


def judged_types(here, elsewhere):
    """Make so many crashes of pedestrians and run-offs on the route, and elsewhere."""
    made_of = [
        row
        for key, (walked, ran) in (("M1", here), ("M2", elsewhere))
        for row in (
            *rows(0.0, walked, road_key=key, crash_type="pedestrian"),
            *rows(50.0, ran, road_key=key, crash_type="run_off"),
        )
    ]
    about = replace(facts(with_info(made(made_of))), options={"road": "M1"})
    table = [one for one in route_users.SECTION.build(about) if isinstance(one, Table)][0]
    return {SAY(row[0]): row for row in table.rows}, [SAY(one.title) for one in table.columns]


def test_a_share_elsewhere_of_few_crashes_is_not_exact():
    # 16 of 30 against 2 of 12: against one sixth taken as exact p is below 0.00001.
    few, heads = judged_types((16, 14), (2, 10))
    assert few["Pedestrian hit"][heads.index("Judged")] == ""
    many, _ = judged_types((16, 14), (200, 1000))
    assert SAY(many["Pedestrian hit"][heads.index("Judged")]) == "more than elsewhere"


def test_how_many_times_as_large_a_share_is_has_limits():
    found, heads = judged_types((16, 14), (200, 1000))
    first = heads.index("Times as large")
    ratio, low, high = found["Pedestrian hit"][first : first + 3]
    assert low < ratio < high
    assert round(ratio, 2) == 3.2
    few, _ = judged_types((9, 30), (200, 1000))
    assert few["Pedestrian hit"][first : first + 3] == (None, None, None)


def test_bands_that_nobody_checked_are_marked_so():
    notes = [one for one in route_risk.SECTION.build(road()) if isinstance(one, Points)]
    said = " ".join(SAY(item) for one in notes for item in one.items)
    assert "Not verified: nobody has yet checked the limits of the bands" in said
    assert "EuroRAP" in said


def site(number, road_name, low, high, *events):
    at = datetime(2024, 1, 1, tzinfo=UTC)
    spot = Spot(road=road_name, from_m=low, to_m=high)
    return SiteRecord(
        number, "test", "found", "", "", spot, "programmed", "many", at, "", events=events
    )


def test_the_plan_lists_the_sites_of_the_register_on_the_road():
    works = SiteEvent(
        1, "works", date(2023, 5, 1), None, "Lighting", datetime(2023, 5, 2, tzinfo=UTC), ""
    )
    saved = (
        site(7, "M1", 40_000, 41_000, works),
        site(8, "M2", 0, 1000),
        site(9, "M1", 200_000, 201_000),
    )
    about = replace(road(), saved=saved)
    blocks = route_plan.SECTION.build(about)
    [table] = [one for one in blocks if isinstance(one, Table)]
    assert [row[0] for row in table.rows] == [7]
    assert SAY(table.rows[0][4]) == "Works: Lighting"
    assert "At one of them works are told." in words(blocks)
    assert not route_plan.SECTION.applies(road())


def test_the_report_is_about_the_road_that_was_chosen():
    most = report.assemble("corridor_report", facts(sample()))
    other = report.assemble("corridor_report", replace(facts(sample()), options={"road": "A4"}))
    assert most.stamp.fingerprint != other.stamp.fingerprint
    [pairs] = [one for one in other.blocks if isinstance(one, Pairs)]
    assert pairs.items[0][1] == "A4"
    assert b"A4" in render.render(other, Speaker("en"), "html")


def test_the_report_can_be_about_a_corridor_of_the_network():
    data = with_info(crashes(*[at(east=100 * k, severity="slight") for k in range(1, 49)]))
    told = (Corridor("North", (Stretch("M-1", 1000, 3000),)),)
    there = replace(placed(ONE_WITH_TRAFFIC, data), corridors=told)
    asked = replace(api.question(data), roads=lambda: there, corridors=lambda: told)
    about = replace(facts(data), besides=asked, options={"road": "corridor:North"})
    made_of = report.assemble("corridor_report", about)
    assert [SAY(said) for _, said in made_of.stamp.options] == ["corridor North"]
    [pairs] = [one for one in made_of.blocks if isinstance(one, Pairs)]
    assert [SAY(label) for label, _ in pairs.items][:1] == ["Corridor"]
    assert pairs.items[0][1] == "North"
    assert dict((SAY(label), SAY(said)) for label, said in pairs.items[1:])["Length"] == "2.0 km"


def test_a_road_without_a_known_place_is_told_and_no_other_takes_its_stead():
    bare = {"road_key": "X9", "severity": "fatal", "crash_date": "2022-05-01"}
    about = replace(road(bare), options={"road": "X9"})
    made_of = report.assemble("corridor_report", about)
    assert not [one for one in made_of.blocks if isinstance(one, Pairs)]
    told = [SAY(one.text) for one in made_of.blocks if isinstance(one, Note)]
    assert told[0].startswith("No crash of the report has a known place along X9")


def test_data_without_roads_have_no_chapter_about_them():
    made_of = report.assemble("corridor_report", facts(tiny()))
    assert [str(one.text) for one in made_of.blocks if isinstance(one, Heading)] == [
        "How to read these numbers"
    ]


def test_clusters_say_of_how_many_crashes_those_hurt_are_not_told():
    told = {"n_serious": 0, "n_killed": 1}
    known, silent = rows(40.5, 20, **told), rows(40.5, 10, n_killed=None)
    ends = [*rows(0.0, 2, **told), *rows(99.9, 2, **told)]
    found = route_clusters.SECTION.build(facts(with_info(made([*known, *silent, *ends]))))
    [table] = [one for one in found if isinstance(one, Table)]
    assert 20 in table.rows[0]
    [points] = [one for one in found if isinstance(one, Points)]
    assert "10 crashes do not tell it" in SAY(points.items[0])
    nobody = [*rows(40.5, 30, n_killed=None), *ends]
    [table, *_] = [
        one
        for one in route_clusters.SECTION.build(facts(with_info(made(nobody))))
        if isinstance(one, Table)
    ]
    hurt = [SAY(one.title) for one in table.columns].index("People killed or seriously injured")
    assert table.rows[0][hurt] is None
