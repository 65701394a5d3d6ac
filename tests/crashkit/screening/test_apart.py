"""Sites in their order, the worst first; names decide where nothing else does."""

import numpy as np
from made_places import places

from crashkit.screening.apart import Scored
from crashkit.sites import Scores


def test_of_sites_alike_in_all_else_the_name_decides():
    # All begin at the same metre of the same road; two lie at the same point as well.
    sites = places([3, 3, 3, 5]).take(np.array([3, 2, 1, 0]))
    sites.columns["lon"][:] = [70, 71, 70, 70]
    sites.columns["lat"][:] = 40
    found = Scored(sites, Scores(np.array([1.0, 2, 2, 2]), np.ones(4, dtype=bool))).worst_first()
    assert [site.id for site in found.sites] == ["P0", "P1", "P2", "P3"]
    assert found.scores.values.tolist() == [2, 2, 2, 1]
