"""Columns and words of others: proposed by name, told otherwise, never guessed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import fields
from crashkit.errors import IntakeError, NeedsChoice, SettingError
from crashkit.roads import columns
from crashkit.roads.columns import Asked


def words(**given):
    return {name: np.array(cells, dtype=object) for name, cells in given.items()}


def understood(asked=None, **given):
    table = words(**given)
    count = len(next(iter(table.values())))
    asked = asked or Asked()
    which, _ = columns.chosen(list(table), asked, "roads.csv", table)
    return columns.understand(table, which, asked, "roads.csv", count)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Номер_дороги", "road_number"),
        ("路线编号", "road_number"),
        ("ref", "road_number"),
        ("Наименование дороги", "road_name"),
        ("fclass", "road_class"),
        ("技术状况", None),
        ("限速", "speed_limit"),
        ("MAXSPEED", "speed_limit"),
        ("ROAD_NUMBE", "road_number"),
        ("FUNCTIONAL", "road_class"),
        ("НАЗВА", "road_name"),
        ("路线编", "road_number"),
        ("ROAD_NUMB", None),
        ("начало, км", "from_m"),
        ("止点桩号", "to_m"),
        ("среднегодовая суточная интенсивность", "aadt"),
    ],
)
def test_columns_are_known_by_their_names(theirs, ours):
    found = columns.candidates([theirs])
    assert list(found) == ([ours] if ours else [])


def test_of_several_columns_the_first_leads_and_the_others_are_told():
    which, others = columns.chosen(["CORRIDOR", "CORR_ID"], Asked(), "a")
    assert which == {"road_number": "CORR_ID"}
    assert others == {"road_number": ("CORRIDOR",)}
    asked = Asked(columns={"road_number": "CORRIDOR"})
    assert columns.chosen(["CORRIDOR", "CORR_ID"], asked, "a") == ({"road_number": "CORRIDOR"}, {})
    assert columns.chosen(["ref"], Asked(columns={"road_number": ""}), "a") == ({}, {})


def test_a_column_of_classes_is_one_in_which_a_class_stands():
    table = words(type=["asphalt"], category=["республиканская"])
    which, _ = columns.chosen(list(table), Asked(), "a", table)
    assert which["road_class"] == "category"


def test_what_was_told_must_make_sense():
    with pytest.raises(SettingError, match="colour"):
        columns.chosen(["ref"], Asked(columns={"colour": "ref"}), "a")
    with pytest.raises(IntakeError, match="no column"):
        columns.chosen(["ref"], Asked(columns={"road_name": "name"}), "a")
    with pytest.raises(SettingError, match="huge"):
        columns.chosen(["ref"], Asked(classes={"A": "huge"}), "a")


def test_words_become_codes_of_ours():
    found = understood(
        road_class=["trunk_link", "Областная", "省道", "footway", "purple", "street"],
        setting=["Urban", "вне населённого пункта", "", "城区", "nan", "?"],
    )
    assert found.frame["road_class"].tolist() == [
        "national",
        "regional",
        "regional",
        "",
        "",
        "street",
    ]
    assert found.frame["area_type"].tolist() == ["urban", "rural", "", "urban", "", ""]
    assert found.not_roads.tolist() == [False] * 3 + [True] + [False] * 2
    assert {(one.field, one.value, one.row) for one in found.issues} == {
        ("road_class", "purple", 5),
        ("area_type", "?", 6),
    }
    assert found.classes["purple"] == ""
    told = understood(Asked(classes={"Purple": "local"}), road_class=["purple"])
    assert told.frame["road_class"].tolist() == ["local"]


def test_all_codes_of_words_are_ours():
    codes = set(fields.code_names("road_class"))
    assert {rank["code"] for rank in columns.known()["ranks"].values()} <= codes
    assert set(columns.known()["settings"]) <= set(fields.code_names("area_type"))


def test_each_word_has_one_meaning():
    ranked = [w for rank in columns.known()["ranks"].values() for w in rank["said"]]
    assert len(ranked) == len(set(ranked))
    for kind in ("settings", "directions", "oneways", "flags"):
        listed = [word for some in columns.known()[kind].values() for word in some]
        assert len(listed) == len(set(listed)), kind
    assert all(columns.plain(w) == w for some in columns.known()["columns"].values() for w in some)


def test_speeds_come_in_km_an_hour():
    found = understood(maxspeed=["30 mph", "50", "90 км/ч", "none", "RU:urban", "999"])
    assert found.frame["speed_limit"].round(2).tolist()[:3] == [48.28, 50.0, 90.0]
    assert found.frame["speed_limit"].isna().tolist()[3:] == [True] * 3
    assert [one.value for one in found.issues] == ["999", "RU:urban"]
    assert understood(Asked(speed_unit="mph"), maxspeed=["30"]).frame["speed_limit"][0] > 48
    with pytest.raises(SettingError):
        understood(Asked(speed_unit="knots"), maxspeed=["30"])


def test_km_posts_come_in_metres():
    found = understood(from_km=["0", "12.5", "12+300", "K12+300", "1,5", "x"], to_km=["1"] * 6)
    assert found.frame["from_m"].tolist()[:5] == [0, 12500, 12300, 12300, 1500]
    assert [one.value for one in found.issues] == ["x"]
    miles = understood(corr_mp=["000+0.5", "029+1.019"], corr_endmp=["1", "2 km"])
    assert miles.frame["from_m"].tolist() == [805, 48311]
    assert miles.frame["to_m"].tolist() == [1609, 2000]
    assert miles.units["from_m"] == "mi"


def test_the_unit_of_posts_is_asked_for_where_nothing_tells_it():
    with pytest.raises(NeedsChoice) as asked:
        understood(start=["0"], end=["1"])
    assert (asked.value.option, asked.value.choices) == ("post-unit", ("km", "m", "mi"))
    told = understood(Asked(post_unit="m"), start=["0"], end=["1500"])
    assert told.frame["to_m"].tolist() == [1500]


def test_traffic_is_a_number_or_nothing():
    found = understood(aadt=["1200", "1 200", "1200.5", "1,200", "-5", ""])
    assert found.frame["aadt"].tolist()[:3] == [1200, 1200, 1200.5]
    assert sorted(one.value for one in found.issues) == ["-5", "1,200"]


def test_days_are_read_and_a_year_is_its_first_or_last_day():
    found = understood(
        valid_from=["2015", "2015-02-03", "03.02.2015", "03/02/2015", "0000", "2015-13-01"],
        valid_to=["2015", "2015-02-03 00:00:00", "", "", "", ""],
    )
    assert found.frame["valid_from"].dt.strftime("%Y-%m-%d").tolist()[:3] == [
        "2015-01-01",
        "2015-02-03",
        "2015-02-03",
    ]
    assert found.frame["valid_to"].dt.strftime("%Y-%m-%d").tolist()[:2] == [
        "2015-12-31",
        "2015-02-03",
    ]
    assert {one.value for one in found.issues} == {"03/02/2015", "0000", "2015-13-01"}


def test_one_way_is_seen_along_the_posts():
    table = understood(
        oneway=["yes", "yes", "-1", "no", ""],
        from_km=["0", "5", "5", "0", "0"],
        to_km=["5", "0", "0", "5", "5"],
    )
    assert columns.directed(table.frame, table.one_way).tolist() == [
        "inc",
        "dec",
        "inc",
        "both",
        "both",
    ]


def test_letters_for_one_way_are_those_of_geofabrik_only_where_they_must_be():
    assert understood(oneway=["F", "T", "B"]).one_way.tolist() == ["inc", "dec", "both"]
    alone = understood(oneway=["F", "T"])
    assert alone.one_way.tolist() == ["", ""]
    assert [one.field for one in alone.issues] == ["oneway", "oneway"]


def test_bridges_and_tunnels_are_beside_the_ground():
    found = understood(layer=["2", "", "", "", "-1"], bridge=["yes", "viaduct", "no", "", "T"])
    assert found.frame["level"].fillna(9).tolist() == [2, 1, 9, 9, -1]
    found = understood(tunnel=["F", "1", "odd"], layer=["roads", "", ""])
    assert found.frame["level"].fillna(9).tolist() == [9, -1, 9]
    assert [one.field for one in found.issues] == ["tunnel"]
    assert "level" not in understood(ref=["A 1"]).frame


def test_many_values_that_are_not_understood_are_told_in_few_words():
    found = understood(aadt=[f"x{n}" for n in range(100)])
    assert len(found.issues) == columns.TOLD + 1
    assert "80" in str(found.issues[-1].message)


@given(st.lists(st.text(max_size=12), min_size=1, max_size=5))
def test_any_words_end_in_values_or_complaints(cells):
    names = ("road_number", "road_class", "aadt", "maxspeed", "from_km", "to_km", "valid_from")
    found = understood(**{name: cells for name in (*names, "oneway", "setting")})
    assert len(found.frame) == len(cells)
    assert (found.frame["speed_limit"].dropna() > 0).all()
