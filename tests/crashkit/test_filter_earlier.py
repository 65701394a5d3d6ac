from datetime import date

import pytest

from crashkit import filters
from crashkit.model import Period

COVERED = Period(date(2016, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("words", "earlier"),
    [
        ("year=2022-2023; light=day", "light=day; year=2020-2021"),
        ("year=2020,2022", "year=2017,2019"),
        ("from=2022-03-01; to=2022-03-31", "from=2022-01-29; to=2022-02-28"),
        ("from=2025-12-01", "from=2025-10-31; to=2025-11-30"),
    ],
)
def test_a_period_moves_by_its_length(words, earlier):
    assert filters.before(filters.parse(words), COVERED) == filters.parse(earlier)


@pytest.mark.parametrize(
    "words", ["", "light=day", "year=2016", "year=2022,unknown", "from=2016-02-01; to=2016-03-31"]
)
def test_where_no_period_is_chosen_or_none_is_before_there_is_none(words):
    assert filters.before(filters.parse(words), COVERED) is None
