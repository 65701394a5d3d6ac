import pytest
from invented import sample
from made_crashes import made

from crashkit import api

EN = api.speaker("en")


def test_causes_are_counted_as_written():
    data = made([{"main_cause": "speed"}] * 12 + [{"main_cause": "priority"}] * 4)
    found = api.analyse("causes", data)
    assert [(EN.say(row[0]), row[1]) for row in found.table.rows] == [
        ("speed", 12),
        ("priority", 4),
    ]
    assert found.table.rows[0][2] == 0.75


def test_data_without_causes_say_so():
    with pytest.raises(api.MethodError, match="name no cause"):
        api.analyse("causes", sample())
