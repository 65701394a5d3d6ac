import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from made_crashes import made

from crashkit.errors import Message
from crashkit.model import Score, Site
from crashkit.sites import Scores, Sites

WORDS = st.sampled_from(["", "M39", "трасса"])
METRES = st.none() | st.integers(0, 9000)
NUMBERS = st.none() | st.floats(0, 1e6)
SITES = st.lists(
    st.builds(
        Site,
        id=st.sampled_from("abcdef"),
        place=WORDS,
        lon=st.floats(60, 80),
        lat=st.floats(35, 45),
        crash_ids=st.lists(st.integers(1, 8), max_size=5).map(tuple),
        road=WORDS,
        from_m=METRES,
        to_m=METRES,
        radius_m=NUMBERS,
        group=WORDS,
        aadt=NUMBERS,
        measured_m=NUMBERS,
        equation=st.booleans(),
        strength=NUMBERS,
    ),
    max_size=6,
)


@settings(deadline=None)
@given(SITES, st.data())
def test_columns_give_back_the_sites_they_were_made_of(sites, chosen):
    columns = Sites.of(sites)
    assert list(columns) == sites and Sites.of(columns) is columns
    rows = chosen.draw(st.permutations(range(len(sites)))) if sites else []
    assert list(columns.take(np.array(rows, dtype=int))) == [sites[row] for row in rows]
    assert list(columns[1:]) == sites[1:]
    assert list(columns.joined(columns[:2])) == sites + sites[:2]
    lengths = [np.nan if one.length_m is None else one.length_m for one in sites]
    assert np.array_equal(columns.length_m, lengths, equal_nan=True)


@settings(deadline=None)
@given(SITES)
def test_sums_are_plain_sums_in_whatever_order_the_crashes_are(sites):
    data = made([{}] * 8)
    mixed = data.replace(crashes=data.crashes.sample(frac=1, random_state=2))
    expected = [[sum(site.crash_ids), len(site.crash_ids)] for site in sites]
    for one in (data, mixed):
        values = np.column_stack([one.crash_ids, np.ones(8)])
        columns = Sites.of(sites)
        assert columns.sums(one, values).tolist() == expected
        assert columns.sums(one, values[:, 0]).tolist() == [row[0] for row in expected]


def test_a_place_renamed_keeps_its_class_and_gets_a_setting():
    site = Site("a", "", 0, 0, (1,), group="primary")
    (found,) = Sites.of([site]).renamed("u", setting="urban")
    assert (found.id, found.group) == ("au", "primary urban")


def test_scores_give_a_reason_where_a_place_is_listed_or_has_no_value():
    scores = [
        Score(2.0, True, Message("Two."), {"low": 1.0}),
        Score(1.0, False),
        Score(float("nan"), False, Message("Not known.")),
    ]
    columns = Scores.of(scores)
    assert list(columns)[:2] == scores[:2]
    assert columns[2].reason == Message("Not known.")
    assert [one.value for one in columns.take(np.array([1, 0]))] == [1, 2]
    assert [one.detail for one in columns[:1].joined(columns[1:2])] == [{"low": 1.0}, {}]
    assert Scores(np.ones(1), np.zeros(1, bool), reason=lambda _: Message("Why"))[0].reason is None
