"""Tables of routes with km posts: a network without lines, and chainage equations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit.errors import IntakeError, NeedsChoice
from crashkit.roads import linear, tables
from crashkit.roads.columns import Asked


def words(drawn):
    rows = [[cell.strip() for cell in line.split("|")] for line in drawn.strip().splitlines()]
    cells = [np.array(column, dtype=object) for column in zip(*rows[1:], strict=True)]
    return dict(zip(rows[0], cells, strict=True))


def test_a_table_becomes_a_network_without_lines():
    found = tables.read_table(
        words(
            """
            road_number|from_km|to_km|area_type|aadt|road_class|speed_limit|valid_from
            М-39       |0      |12+300|rural   |1980|national  |90         |2015
            M-39       |20     |12.3 |urban    |2420|national  |60 km/h    |
                       |0      |1    |         |1   |          |           |
            M-41       |0      |     |         |2   |          |           |
            M-41       |3      |3    |         |2   |          |           |
            """
        )
    )
    stretches = found.network.stretches
    assert stretches["road_key"].tolist() == ["M-39", "M-39"]
    assert stretches["from_m"].tolist() == [0, 12300]
    assert stretches["to_m"].tolist() == [12300, 20000]
    assert stretches["length_m"].tolist() == [12300, 7700]
    assert stretches["speed_limit"].tolist() == [90, 60]
    assert {name: rows.tolist() for name, rows in found.left_out.items()} == {
        "no_road": [3],
        "no_posts": [4, 5],
    }
    assert (found.read, found.taken) == (5, 2)


def test_rows_that_overlap_others_are_taken_and_told():
    rows = "A|0|5|\nA|4|6|\nA|6|7|\nB|0|9|\nA|9|6.5|\nA|0|9|2015"
    found = tables.read_table(words(f"road|from_km|to_km|valid_to\n{rows}"))
    (issue,) = found.issues
    assert (issue.code, issue.row, issue.message.values["n"]) == ("overlap", 2, 2)
    assert found.taken == 6


def test_of_several_years_one_is_asked_for():
    table = words("road|from_km|to_km|aadt|year\nA|0|1|10|2024\nA|0|1|12|2025.0")
    with pytest.raises(NeedsChoice) as asked:
        tables.read_table(table)
    assert (asked.value.option, asked.value.choices) == ("year", ("2024", "2025"))
    found = tables.read_table(table, Asked(year="2025"))
    assert found.network.stretches["aadt"].tolist() == [12]
    assert found.left_out["other_year"].tolist() == [1]


def test_a_table_without_posts_is_refused():
    with pytest.raises(IntakeError, match="from_m"):
        tables.read_table(words("road|aadt\nA|10"))
    with pytest.raises(IntakeError, match="road_number"):
        tables.read_table(words("from_km|to_km\n0|10"))


def test_equations_join_what_the_posts_tear_apart():
    table = words("road|from_km|to_km\nA 1|0|12.4\nA 1|12|20")
    told, issues = tables.read_equations(words("road|back_km|ahead_km\nA 1|12+400|12\nA 1|12.4|12"))
    assert told.to_dict("records") == [{"road_key": "A 1", "back_m": 12400, "ahead_m": 12000}]
    assert issues == ()
    found = tables.with_equations(tables.read_table(table).network, told)
    assert linear.routes(found).runs == 1


def test_an_equation_tells_all_three_or_nothing_is_read():
    with pytest.raises(IntakeError, match="Row 2"):
        tables.read_equations(words("road|back_km|ahead_km\nA|1|2\nA|1|"))
    with pytest.raises(IntakeError, match="ahead_m"):
        tables.read_equations(words("road|back_km\nA|1"))
    with pytest.raises(NeedsChoice):
        tables.read_equations(words("road|back|ahead\nA|1|2"))


@given(
    st.lists(
        st.tuples(st.sampled_from(["A", "", "B 1"]), st.text(max_size=5), st.text(max_size=5)),
        min_size=1,
        max_size=6,
    )
)
def test_every_row_is_taken_or_left_out(rows):
    table = dict(
        zip(
            ("road", "from_km", "to_km"),
            (np.array(column, dtype=object) for column in zip(*rows, strict=True)),
            strict=True,
        )
    )
    found = tables.read_table(table)
    assert found.taken == len(found.network)
    numbers = sorted(int(n) for some in found.left_out.values() for n in some)
    assert len(numbers) == len(set(numbers)) == found.read - found.taken
