import pytest
from invented import sample

from crashkit import api
from crashkit.errors import MethodError


def test_the_grid_holds_what_a_cross_table_counts():
    data = sample()
    found = api.analyse("hours", data)
    table = api.tabulate(data, "weekday", "hour")
    known = sum(
        row[j]
        for key, row in zip(table.rows, table.cells, strict=True)
        for j, hour in enumerate(table.columns)
        if key and hour
    )
    assert sum(sum(row[1:]) for row in found.table.rows) == known
    assert "95 % limits" in api.speaker("en").say(found.finding)


def test_casualties_are_counted_as_such():
    found = api.analyse("hours", api.question(sample(), unit="casualties"))
    assert api.speaker("en").say(found.title) == "Casualties by day of the week and hour"


def test_a_unit_that_is_none_is_refused():
    with pytest.raises(MethodError, match="not horses"):
        api.analyse("hours", api.question(sample(), unit="horses"))
