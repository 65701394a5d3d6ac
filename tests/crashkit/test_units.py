import pytest

from crashkit import units
from crashkit.errors import MethodError


def test_a_mile_is_as_long_as_by_treaty():
    assert units.km_per("mi") == 1.609344


def test_a_unit_that_is_none_is_refused():
    with pytest.raises(MethodError, match="allowed are"):
        units.km_per("verst")
