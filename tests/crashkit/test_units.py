from decimal import Decimal

import pytest

from crashkit import units
from crashkit.errors import MethodError


def test_a_mile_is_as_long_as_by_treaty():
    assert units.km_per("mi") == 1.609344


def test_a_unit_that_is_none_is_refused():
    with pytest.raises(MethodError, match="allowed are"):
        units.km_per("verst")


def test_a_post_has_its_metres_and_a_short_one_no_needless_noughts():
    assert str(units.post(208.9)) == "208.900"
    assert [str(units.post(km, short=True)) for km in (208.9, 210.0, 0.0)] == ["208.9", "210", "0"]
    assert units.post(41.35) == Decimal("41.350")
