import pytest
from invented import facts, tiny

from crashkit.blocks import Points, Table
from crashkit.sections import missing_values


def drawn(n, light):
    head = "| crash_date | severity | light | lat | lon |\n| - | - | - | - | - |\n"
    rows = [f"| 2023-01-0{1 + i % 9} | slight | {light(i)} | 41.{i:02} | 69.1 |" for i in range(n)]
    return facts(tiny(head + "\n".join(rows)))


def rows(told):
    (table,) = (one for one in missing_values.build(told) if isinstance(one, Table))
    return {str(row[1]): row[2:] for row in table.rows}


def test_unknown_words_and_empty_values_are_not_known():
    words = ["day", "unknown", "", "day", "day"]
    found = rows(drawn(20, lambda i: words[i % 5]))
    assert found["Light"] == (20, 8, pytest.approx(0.4))
    assert found["Severity"] == (20, 0, 0.0)
    assert next(iter(found)) == "Light"


def test_a_field_that_is_not_there_at_all_is_named_apart():
    told = drawn(12, lambda i: "day")
    assert "Weather" not in rows(told)
    (notes,) = (one for one in missing_values.build(told) if isinstance(one, Points))
    assert "Weather" in [str(one) for one in notes.items[-1].values["fields"]]


def test_of_few_records_there_are_no_shares():
    assert rows(drawn(4, lambda i: "day" if i else "unknown"))["Light"] == (4, 1, None)
