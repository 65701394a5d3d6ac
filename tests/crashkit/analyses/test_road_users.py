import pytest
from invented import sample
from made_crashes import made

from crashkit import api, contrasts

EN = api.speaker("en")


def rows(found):
    return {EN.say(row[0]): row[1:] for row in found.table.rows}


def test_people_are_counted_by_road_user_and_injury():
    data = sample()
    found = rows(api.analyse("road_users", api.question(data, unit="casualties")))
    people = data.people
    walking = people[people["road_user_type"] == "pedestrian"]["injury"].value_counts()
    killed, serious, slight, every, share, low, high = found["Pedestrian"]
    assert [killed, serious, slight] == [walking[one] for one in ("killed", "serious", "slight")]
    assert every == killed + serious + slight
    severe = people["injury"].isin(["killed", "serious"]).sum()
    assert share == pytest.approx((killed + serious) / severe)
    assert low < share < high


def test_the_worst_hurt_stand_first_and_all_are_counted():
    data = sample()
    found = api.analyse("road_users", api.question(data, unit="casualties"))
    severe = [row[1] + row[2] for row in found.table.rows]
    assert severe == sorted(severe, reverse=True)
    assert (
        sum(row[4] for row in found.table.rows)
        == api.tabulate(data, "injury", "severity", unit="casualties").total
    )


def test_vehicles_are_counted_by_type():
    found = api.analyse("road_users", api.question(sample(), unit="vehicles"))
    assert EN.say(found.title) == "Vehicles in crashes by type"


def test_where_most_are_of_unknown_road_user_none_is_called_the_first():
    whole = sample()
    people = whole.people.copy()
    people["unit_no"] = people["unit_no"].where(people["road_user_type"] == "pedestrian")
    people["road_user_type"] = people["road_user_type"].where(
        people["road_user_type"] == "pedestrian"
    )
    found = api.analyse("road_users", api.question(whole.replace(people=people), unit="casualties"))
    severe = people["injury"].isin(["killed", "serious"])
    unknown = int((severe & people["road_user_type"].isna()).sum())
    said = EN.say(found.finding).replace(",", "")
    assert f"Of {severe.sum()} killed or seriously injured the road user of {unknown} is" in said


def test_numbers_of_killed_alone_do_not_say_who():
    data = made([{"n_killed": 1}] * 12)
    with pytest.raises(api.MethodError, match="who was hurt"):
        api.analyse("road_users", api.question(data, unit="casualties"))


def test_people_of_too_few_crashes_have_a_share_and_no_word_of_who_is_ahead():
    whole = sample()
    severe = whole.people[whole.people["injury"].isin(["killed", "serious"])]
    crashes = severe["crash"].drop_duplicates().head(contrasts.LEAST_CRASHES // 2)
    few = whole.keep(whole.crashes["id"].isin(crashes).to_numpy())
    found = api.analyse("road_users", api.question(few, unit="casualties"))
    said = EN.say(found.finding)
    assert said.endswith("in too few crashes to tell how sure that share is.")
    assert "about as many" not in said
    assert "–" not in said
