import numpy as np
import pandas as pd
import pytest
from made_crashes import made

from crashkit import api
from crashkit.errors import MethodError

EN = api.speaker("en")


def people(rows, unit_type="car"):
    """Make one crash a row: injury, equipment and alcohol of its driver."""
    crashes, vehicles, persons = [], [], []
    for i, row in enumerate(rows):
        severity = {"killed": "fatal", "unhurt": "pdo"}.get(row["injury"], row["injury"])
        crashes.append({"crash_date": "2023-05-01", "severity": severity})
        vehicles.append({"crash": i + 1, "unit_no": "1", "unit_type": unit_type})
        persons.append({"crash": i + 1, "unit_no": "1", "road_user_type": "driver", **row})
    return api.crashes(
        pd.DataFrame(crashes).assign(id=np.arange(1, len(rows) + 1)),
        pd.DataFrame(vehicles),
        pd.DataFrame(persons),
    )


def ask(data, unit="casualties", **chosen):
    return api.analyse("protection", api.question(data, unit=unit, chosen=chosen))


def rows(found):
    return {EN.say(row[0]): row[1:] for row in found.table.rows}


def belts(killed_without=8, killed_with=12, slight_without=10, slight_with=40, unknown=5):
    told = {
        ("killed", "none"): killed_without,
        ("killed", "belt"): killed_with,
        ("slight", "none"): slight_without,
        ("slight", "child_seat"): slight_with,
        ("slight", "unknown"): unknown,
    }
    return people(
        [
            {"injury": injury, "safety_equipment": word}
            for (injury, word), n in told.items()
            for _ in range(n)
        ]
    )


def test_belts_of_those_hurt_are_shares_of_the_known():
    found = ask(belts())
    killed = rows(found)["Killed (30 days)"]
    assert killed[:3] == (8, 12, 0)
    assert killed[3] == pytest.approx(0.4)
    assert killed[4] < 0.4 < killed[5]
    assert rows(found)["Total"][:3] == (18, 52, 5)
    said = EN.say(found.finding)
    assert said.startswith("Of 20 killed whose seat belt or child seat is known 40")


def test_a_helmet_is_asked_of_riders_alone():
    riders = people(
        [{"injury": "serious", "safety_equipment": "helmet"}] * 9
        + [{"injury": "serious", "safety_equipment": "none"}] * 3,
        unit_type="motorcycle",
    )
    found = ask(riders)
    assert EN.say(found.title).startswith("Riders")
    assert rows(found)["Total"][:3] == (3, 9, 0)


def test_alcohol_is_counted_by_crash_and_refused_tests_are_not_known():
    tests = ["positive"] * 6 + ["negative"] * 14 + ["refused", "not_tested"]
    data = people([{"injury": "killed", "alcohol": one} for one in tests])
    found = ask(data, unit="crashes")
    assert rows(found)["Fatal"][:4] == (6, 14, 2, pytest.approx(0.3))
    assert "In 30.0 % of the 20 fatal crashes" in EN.say(found.finding)


def test_few_known_have_no_shares():
    found = ask(belts(1, 1, 1, 1, 0))
    assert len(found.table.columns) == 4
    assert "too few" in EN.say(found.finding)


def test_more_unknown_than_known_say_nothing_of_all():
    found = ask(belts(0, 0, 5, 10, 100))
    assert "nothing is said of all" in EN.say(found.finding)


@pytest.mark.parametrize("unit", ["casualties", "crashes"])
def test_data_without_it_say_so(unit):
    with pytest.raises(MethodError, match="do not tell"):
        ask(made([{"severity": "fatal", "n_killed": 1}]), unit=unit)


def test_a_severity_of_few_is_in_the_table_and_has_no_bar():
    found = ask(belts(killed_without=1, killed_with=2))
    assert rows(found)["Killed (30 days)"][:2] == (1, 2)
    drawn = [EN.say(one["label"]) for one in found.figure.data["rows"]]
    assert drawn == ["Slight / outpatient", "Total"]
    assert "Of 50 slightly injured" in EN.say(found.finding)


def test_a_part_of_the_crashes_has_its_own_people():
    data = belts()
    part = api.cut(data, api.parse_filter("severity=slight"))
    found = api.analyse("protection", api.question(part, whole=data, unit="casualties"))
    assert rows(found)["Total"][:3] == (10, 40, 5)
