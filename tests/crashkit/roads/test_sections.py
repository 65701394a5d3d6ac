"""Sections laid on lines: cut by km posts; what they tell leads, contradictions are not taken."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit.errors import IntakeError
from crashkit.roads import sections
from crashkit.roads.network import Lines, network

EAST = [(74.0, 42.0), (74.05, 42.0), (74.1, 42.0)]


def lined(**columns):
    frame = pd.DataFrame({"road_key": ["A"], "from_m": [0], "to_m": [10_000]}).assign(**columns)
    return network(frame, Lines.of([EAST]))


def table(*rows, **columns):
    frame = pd.DataFrame(rows, columns=["road_key", "from_m", "to_m", "aadt"]).assign(**columns)
    return network(frame, Lines.of([None] * len(frame)))


def drawn(found):
    frame = found.network.stretches[["from_m", "to_m", "aadt"]]
    return [tuple(None if pd.isna(x) else x for x in row) for row in frame.itertuples(index=False)]


def test_a_stretch_is_cut_where_sections_begin_and_end():
    made = lined(aadt=[100.0], road_class=["national"])
    found = sections.lay(made, table(("A", 2000, 5000, 900), ("A", 5000, 7000, None)))
    assert drawn(found) == [
        (0, 2000, 100),
        (2000, 5000, 900),
        (5000, 7000, 100),
        (7000, 10_000, 100),
    ]
    assert set(found.network.stretches["road_class"]) == {"national"}
    lengths = found.network.lines.lengths_m()
    assert lengths == pytest.approx(found.network.stretches["length_m"], abs=0.01)
    assert lengths.sum() == pytest.approx(made.stretches["length_m"].sum(), abs=0.01)
    ends = [found.network.lines.line(i)[-1].tolist() for i in range(3)]
    assert ends == [found.network.lines.line(i)[0].tolist() for i in range(1, 4)]
    assert not found.unused.size
    assert not found.disputed.size


def test_a_section_over_several_stretches_tells_of_all():
    frame = pd.DataFrame({"road_key": "A", "from_m": [0, 5000], "to_m": [5000, 9000]})
    made = network(frame, Lines.of([None, None]))
    found = sections.lay(made, table(("A", 0, 9000, 700), area_type="urban"))
    assert drawn(found) == [(0, 5000, 700), (5000, 9000, 700)]
    assert set(found.network.stretches["area_type"]) == {"urban"}
    assert found.network.stretches["length_m"].tolist() == [5000, 4000]


def test_where_sections_contradict_each_other_none_is_taken():
    found = sections.lay(lined(), table(("A", 0, 6000, 900), ("A", 4000, 10_000, 800)))
    assert drawn(found) == [(0, 4000, 900), (4000, 6000, None), (6000, 10_000, 800)]
    assert found.disputed.tolist() == [0, 1]
    same = sections.lay(lined(), table(("A", 0, 6000, 900), ("A", 4000, 10_000, 900)))
    assert {row[2] for row in drawn(same)} == {900}
    assert not same.disputed.size


def test_a_section_of_another_road_or_direction_is_not_used():
    told = table(("B", 0, 9000, 1), ("A", 20_000, 30_000, 2), ("A", 0, 9000, 3))
    told.stretches.loc[2, "direction"] = "dec"
    found = sections.lay(lined(direction=["inc"]), told)
    assert drawn(found) == [(0, 10_000, None)]
    assert found.unused.tolist() == [0, 1, 2]


def test_stretches_without_posts_or_road_stay_as_they_are():
    frame = pd.DataFrame({"road_key": ["A", ""], "from_m": [None, 0], "to_m": [None, 500]})
    made = network(frame, Lines.of([EAST, EAST]))
    found = sections.lay(made, table(("A", 0, 9000, 1), ("", 0, 500, 2)))
    assert np.array_equal(found.network.lines.lonlat, made.lines.lonlat)
    pd.testing.assert_frame_equal(found.network.stretches, made.stretches)


def test_sections_with_dates_are_a_network_of_their_own():
    with pytest.raises(IntakeError, match="no dates"):
        sections.lay(lined(), table(("A", 0, 9000, 1), valid_from="2015-01-01"))


POST = st.integers(-2000, 12_000)


@given(st.lists(st.tuples(POST, POST, st.integers(0, 3)), max_size=6))
def test_the_pieces_of_a_stretch_are_the_stretch(rows):
    told = table(*[("A", min(a, b), max(a, b), aadt) for a, b, aadt in rows])
    made = lined()
    found = sections.lay(made, told).network
    frame = found.stretches
    assert (frame["from_m"].iloc[0], frame["to_m"].iloc[-1]) == (0, 10_000)
    assert frame["from_m"].tolist()[1:] == frame["to_m"].tolist()[:-1]
    assert frame["length_m"].sum() == pytest.approx(made.stretches["length_m"].sum())
    assert found.lines.lengths_m() == pytest.approx(frame["length_m"], abs=0.01)
    shuffled = sections.lay(made, told.keep(np.arange(len(told))[::-1])).network
    pd.testing.assert_frame_equal(shuffled.stretches, frame)
