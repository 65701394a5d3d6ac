"""How sure one may be of what was found: many places were compared, those without crashes too."""

import numpy as np
import pytest

from crashkit import peers, stats
from crashkit.screening import judging
from crashkit.sites import Sites, offsets_of

COUNTS = np.array([0, 0, 7, 1, 0, 2, 0, 0, 1, 0, 3, 0])


def sites(counts):
    facts = {
        "group": np.full(counts.size, "", dtype=object),
        "from_m": np.arange(counts.size) * 1000.0,
        "to_m": np.arange(1, counts.size + 1) * 1000.0,
    }
    return Sites(offsets_of(counts), np.arange(counts.sum()), facts, str)


@pytest.fixture
def known():
    return peers.fit(sites(COUNTS), per="km", years=1.0)


def test_places_without_crashes_were_compared_as_well(known):
    found = sites(COUNTS[COUNTS > 0])
    assert judging.family(found, known) == COUNTS.size
    assert judging.family(found, None) == len(found)
    many = sites(np.ones(40, dtype=np.int64))
    assert judging.family(many, known) == 40


def test_a_chance_is_adjusted_so_that_places_may_hang_together(known):
    found = sites(COUNTS[COUNTS > 0])
    judged = judging.evidence(found, known, target="excess", anchored=False, compared=COUNTS.size)
    p = np.array([one.p for one in judged])
    q = stats.false_discovery(p, COUNTS.size, dependent=True)
    assert [one.q for one in judged] == pytest.approx(q.tolist())
    assert (q > stats.false_discovery(p, COUNTS.size)).any()
