import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit.columnar import Framed, Levels, Taken, levels_of

texts = st.lists(st.sampled_from(["day", "dark", "", None]), max_size=30)


def plain(levels):
    """Read the column back row by row."""
    return [None if code < 0 else levels.values[code] for code in levels.codes]


@given(texts)
def test_a_column_as_numbers_is_read_back_as_it_was(cells):
    assert plain(levels_of(pd.Series(cells, dtype=object))) == cells


@given(texts, st.booleans())
def test_a_flag_of_each_value_is_a_flag_of_each_row(cells, missing):
    levels = levels_of(pd.Series(cells, dtype=object))
    flags = levels.look_up([value == "day" for value in levels.values], missing=missing)
    assert flags.tolist() == [missing if cell is None else cell == "day" for cell in cells]


@given(texts)
def test_values_that_get_one_name_become_one(cells):
    levels = levels_of(pd.Series(cells, dtype=object))
    named = levels.renamed([{"day": "light", "dark": "light"}.get(one) for one in levels.values])
    assert plain(named) == ["light" if cell else None for cell in cells]


@given(texts)
def test_counts_say_how_many_rows_have_none_and_how_many_each(cells):
    levels = levels_of(pd.Series(cells, dtype=object))
    none, *counts = levels.counts()
    assert none == cells.count(None)
    assert counts == [cells.count(value) for value in levels.values]


def test_days_and_whole_numbers_are_written_as_a_filter_writes_them():
    days = pd.Series(np.array(["2021-02-03", "NaT"], dtype="datetime64[s]"))
    assert plain(levels_of(days)) == ["2021-02-03", None]
    years = pd.Series(pd.array([2021, None], dtype="Int32"))
    assert plain(levels_of(years)) == ["2021", None]
    assert plain(levels_of(pd.Series([30.0, np.nan]))) == ["30", None]


def test_few_values_need_small_numbers():
    assert levels_of(pd.Series(["a", "b"])).codes.dtype == np.int8
    assert levels_of(pd.Series([str(i) for i in range(200)])).codes.dtype == np.int16
    assert levels_of(pd.Series([str(i) for i in range(40_000)])).codes.dtype == np.int32


def frame():
    return pd.DataFrame(
        {
            "id": [4, 5, 6, 7],
            "light": pd.Categorical(["day", None, "dark", "day"]),
            "km": [1.5, np.nan, 3.0, np.nan],
            "road": pd.Series(["M-39", "M-39", None, "A1"], dtype=object),
            "lanes": pd.array([2, None, 4, 2], dtype="Int32"),
        }
    )


@given(st.lists(st.integers(0, 3), max_size=6))
def test_a_cut_table_is_the_cut_frame(rows):
    cut = Taken(Framed(frame()), lambda: np.array(rows, dtype=np.int32))
    expected = frame().iloc[rows].reset_index(drop=True)
    pd.testing.assert_frame_equal(cut.frame, expected)
    assert len(cut) == len(rows)
    for name in expected.columns:
        told = bool(expected[name].notna().any())
        assert cut.is_told(name) == told
        assert cut.is_float(name) == (name == "km")
        assert plain(cut.levels(name)) == [
            None if pd.isna(cell) else f"{cell:g}" if name == "km" else str(cell)
            for cell in expected[name]
        ]
    for name in ("id", "km", "lanes"):
        numbers = expected[name].to_numpy(dtype=float, na_value=np.nan)
        np.testing.assert_array_equal(cut.numbers(name), numbers)


def test_what_is_cut_is_cut_once_and_only_when_it_is_asked_for():
    asked = []

    def rows():
        asked.append("rows")
        return np.array([0, 2])

    cut = Taken(Framed(frame()), rows)
    assert not asked
    assert cut.levels("light") is cut.levels("light")
    assert cut.numbers("km") is cut.numbers("km")
    assert asked == ["rows"]


def test_a_table_knows_its_columns():
    table = Framed(frame())
    assert "light" in table
    assert "weather" not in table
    with pytest.raises(KeyError):
        table.levels("weather")


def test_numbers_of_values_are_numbers_of_rows():
    levels = Levels(np.array([1, -1, 0]), ("10", "20"))
    np.testing.assert_array_equal(levels.numbers([10, 20]), [20, np.nan, 10])


def test_numbers_are_added_up_by_value_those_without_one_first():
    levels = Levels(np.array([1, -1, 0, 1], dtype=np.int8), ("a", "b"))
    assert levels.sums(np.array([1.0, 2.0, 4.0, 8.0])).tolist() == [2.0, 4.0, 9.0]
    assert levels.counts() == [1, 1, 2]
