"""Groups of members, beside slow twins."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crashkit import kernels

GROUPS = st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True), max_size=12)


@given(GROUPS)
def test_a_site_is_kept_when_no_better_one_holds_one_of_its_crashes(sites):
    offsets = np.cumsum([0] + [len(site) for site in sites])
    members = np.array([member for site in sites for member in site], dtype=np.int64)
    taken, twin = set(), []
    for site in sites:
        twin.append(not taken & set(site))
        taken |= set(site) if twin[-1] else set()
    assert kernels.keep_apart(offsets, members, 10).tolist() == twin


@given(GROUPS)
def test_sums_of_groups_are_plain_sums(sites):
    offsets = np.cumsum([0] + [len(site) for site in sites])
    members = np.array([member for site in sites for member in site], dtype=np.int64)
    values = np.arange(20.0).reshape(10, 2)
    twin = [values[site].sum(axis=0).tolist() for site in sites]
    assert kernels.sum_groups(offsets, members, values).tolist() == twin
