import pytest
from invented import sample
from made_crashes import made

from crashkit import api

EN = api.speaker("en")


def test_types_stand_by_their_number_and_agree_with_the_table():
    data = sample()
    found = api.analyse("crash_types", data)
    table = api.tabulate(data, "crash_type", "severity")
    counts = sorted((sum(row) for key, row in zip(table.rows, table.cells, strict=True) if key))
    assert [row[1] for row in found.table.rows] == counts[::-1]


def test_another_field_can_be_chosen_and_none_is_refused():
    asked = api.question(sample(), chosen={"by": "collision_manner"})
    assert "by manner of collision" in EN.say(api.analyse("crash_types", asked).title)
    with pytest.raises(api.MethodError, match="type of any crash"):
        api.analyse("crash_types", made([{"severity": "slight"}]))


@pytest.mark.parametrize("unit", ["casualties", "vehicles"])
def test_people_and_vehicles_are_counted_as_such(unit):
    data = sample()
    found = api.analyse("crash_types", api.question(data, unit=unit))
    table = api.tabulate(data, "crash_type", "severity", unit=unit)
    assert sum(row[1] for row in found.table.rows) == table.total
