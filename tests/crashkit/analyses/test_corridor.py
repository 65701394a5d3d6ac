from dataclasses import replace

import pytest
from invented import sample
from made_crashes import made
from made_roads import ONE_WITH_TRAFFIC, at, crashes, placed

from crashkit import api
from crashkit.analysis import Listed, Sites
from crashkit.errors import Message, MethodError
from crashkit.roads.corridors import Corridor, Section

EN = api.speaker("en")


def rows(*kms, road="M1", **more):
    return [{"road_key": road, "chainage_km": km, "severity": "serious", **more} for km in kms]


def frame(answer):
    return api.analysis_frame(answer)


def notes(answer):
    return " ".join(EN.say(one) for one in answer.notes)


def test_the_road_with_most_crashes_is_usual_and_each_crash_is_in_one_step():
    data = made([*rows(*[1.5] * 4), *rows(*[k / 10 for k in range(12)], road="A2")])
    found = api.analyse("corridor", data)
    assert EN.say(found.title) == "Crashes along A2, in steps of 0.5 km"
    assert frame(found)["Crashes"].tolist() == [5, 5, 2]
    assert frame(found)["Serious"].tolist() == [5, 5, 2]


def test_the_finding_says_what_chance_would_make():
    data = made(rows(*[km + 0.5 for km in range(40)], *[7.2] * 20))
    found = api.analyse("corridor", data)
    said = EN.say(found.finding)
    # Two of forty steps are the twentieth part: 21 and 1 of 60 crashes.
    assert said.startswith("Of 40 km, 2 km hold 36.7 % of the crashes (by chance alone ")
    assert "1 of 40 steps have more than chance allows" in said
    assert frame(found)["Judged"].tolist().count("more than chance") == 1


def test_few_crashes_are_counted_and_not_judged():
    found = api.analyse("corridor", made(rows(1.5, 1.6, 3.0)))
    assert "too few" in EN.say(found.finding)
    assert "Judged" not in frame(found)


def test_crashes_without_km_are_told():
    data = made([*rows(1.0, 2.0), *rows(None), *rows(None, road="A2")])
    found = api.analyse("corridor", data)
    assert "One crash on this road has no km" in notes(found)
    assert "One crash on another road" in notes(found)


def test_people_killed_or_seriously_injured_stand_in_a_column_of_their_own():
    data = made(rows(0.5, 1.5, n_killed=2, n_serious=1, n_slight=4))
    found = frame(api.analyse("corridor", api.question(data, chosen={"size": "1"})))
    assert found["People killed or seriously injured"].tolist() == [3, 3]


def test_data_without_km_or_roads_lack_it():
    with pytest.raises(MethodError, match="km post"):
        api.analyse("corridor", made([{"severity": "fatal"}]))


def test_no_crash_with_both_a_road_and_a_km_lacks_it_too():
    with pytest.raises(MethodError, match="km post"):
        api.analyse("corridor", made([*rows(None), *rows(1.0, road=None)]))


def test_only_crashes_are_counted():
    with pytest.raises(MethodError, match="not casualties"):
        api.analyse("corridor", api.question(made(rows(1.0)), unit="casualties"))


def test_a_step_that_is_not_offered_is_refused():
    with pytest.raises(MethodError, match="there is no 3"):
        api.analyse("corridor", api.question(made(rows(1.0)), chosen={"size": "3"}))


def test_a_filter_moves_no_end_of_the_road():
    data = sample()
    part = api.cut(data, api.parse_filter("severity=fatal"))
    asked = {"by": "M1", "size": "5"}
    whole = frame(api.analyse("corridor", api.question(data, chosen=asked)))
    cut = frame(api.analyse("corridor", api.question(part, whole=data, chosen=asked)))
    assert cut["From km"].tolist() == whole["From km"].tolist()
    assert cut["Crashes"].tolist() == whole["Fatal"].tolist()


def test_sites_of_a_list_are_bands_and_named_beside_their_steps():
    listed = Sites(
        Message("Bands are told."),
        (Listed("7", "M1", "", 1200, 1400), Listed("8", "A9", "", 0, 100)),
    )
    question = replace(
        api.question(made(rows(*[0.1 * k for k in range(20)]))), sites=lambda: listed
    )
    found = api.analyse("corridor", question)
    assert [number for *_, number in found.figure.data["bands"]] == ["7"]
    assert frame(found)["Beside the road"].tolist() == ["", "", "№ 7", ""]
    assert "Bands are told." in notes(found)


def test_a_corridor_of_the_network_can_be_chosen():
    data = crashes(*[at(east=100 * k, severity="slight") for k in range(1, 49)])
    there = replace(
        placed(ONE_WITH_TRAFFIC, data),
        corridors=(Corridor("North", (Section("M-1", 1000, 3000),)),),
    )
    question = replace(
        api.question(data, chosen={"by": "corridor:North", "size": "1"}), roads=lambda: there
    )
    found = api.analyse("corridor", question)
    assert EN.say(found.title) == "Crashes along corridor North, in steps of 1 km"
    assert frame(found)["Traffic volume (AADT)"].tolist() == [1000, 2200]
    assert frame(found)["Crashes"].sum() == 21


def test_those_hurt_whom_nobody_tells_are_no_nought():
    told, silent = {"n_killed": 1, "n_serious": 2}, {"n_killed": None, "n_serious": None}
    data = made([*rows(0.5, **told), *rows(0.6, 1.5, **silent)])
    found = api.analyse("corridor", api.question(data, chosen={"size": "1"}))
    assert [row[4] for row in found.table.rows] == [3, None]
    assert "seriously injured: 2 crashes do not tell it" in notes(found)
