import numpy as np
import pytest
from made_places import crashes, places

from crashkit.errors import MethodError
from crashkit.measures import safety_potential
from crashkit.measures.safety_potential import Params

COSTS = {"fatal": 1000.0, "serious": 100.0, "slight": 25.0}
RATES = {"primary": 28.0, "other": 50.0}


def test_the_published_section_has_its_potential():
    # 3 fatal, 1 serious and 2 slight crashes are 3150 thousand: on 4.2 km in 3 years 250 a km.
    data = crashes([6], severity=["fatal"] * 3 + ["serious"] + ["slight"] * 2)
    sites = places([6], lengths_m=[4200], groups=["primary rural"], aadt=[6500])
    (score,) = safety_potential.score(sites, data, Params(costs=COSTS, basic_rates=RATES))
    assert score.detail == pytest.approx({"density": 250.0, "basic": 66.43})
    assert (score.value, score.passed) == (pytest.approx(183.57), True)


def test_a_class_without_a_basic_rate_takes_that_of_others():
    data = crashes([3, 3], severity="fatal")
    sites = places([3, 3], groups=["street", "primary"], aadt=[1000, 1000])
    found = safety_potential.score(sites, data, Params(costs=COSTS, basic_rates=RATES))
    assert found.detail["basic"] == pytest.approx([50 * 0.365, 28 * 0.365])
    with pytest.raises(MethodError, match="other"):
        Params(costs=COSTS, basic_rates={"primary": 1.0})


def test_what_is_missing_is_said():
    data = crashes([3, 3], severity="slight")
    sites = places([3, 3], lengths_m=[1000, 0], aadt=[None, 500])
    found = safety_potential.score(sites, data, Params(costs=COSTS, basic_rates=RATES))
    assert np.isnan(found.values).all() and not found.passed.any()
    assert [str(one.reason) for one in found] == [
        "The traffic of this place is not known.",
        "A place without length has no cost per km.",
    ]
