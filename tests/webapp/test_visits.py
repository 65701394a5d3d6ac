"""When this browser was here last: a cookie, and an hour's pause makes a new visit."""

from datetime import UTC, datetime, timedelta

import pytest

from webapp import visits

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
TWO_DAYS, EIGHT_HOURS = timedelta(days=2), timedelta(hours=8)


def cookie(since, last):
    return f"crashkit_visit={int(since.timestamp())}.{int(last.timestamp())}"


@pytest.mark.parametrize(
    ("header", "since", "is_first"),
    [
        ("", NOW - visits.AT_FIRST, True),
        (
            cookie(NOW - timedelta(days=2), NOW - timedelta(minutes=5)),
            NOW - timedelta(days=2),
            False,
        ),
        (
            cookie(NOW - timedelta(days=2), NOW - timedelta(hours=8)),
            NOW - timedelta(hours=8),
            False,
        ),
        ("crashkit_visit=1.x", NOW - visits.AT_FIRST, True),
    ],
)
def test_a_visit_begins_after_a_pause(app, header, since, is_first):
    with app.test_request_context("/", headers={"Cookie": header}):
        found = visits.here(NOW)
    assert (found.since, found.is_first) == (since, is_first)


def test_pages_are_remembered_newest_first_and_once(app):
    with app.test_request_context("/", headers={"Cookie": "crashkit_trail=map.a%20b!quality.x"}):
        found = visits.trail()
    assert [(one.page, one.dataset, one.address) for one in found] == [
        ("map", "a b", "/d/a%20b/map"),
        ("quality", "x", "/d/x/quality"),
    ]
    assert [str(one.label) for one in found] == ["Map", "Quality"]
