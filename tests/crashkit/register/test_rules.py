"""What can become of a site, and what is refused with a sentence."""

from datetime import UTC, date, datetime

import pytest
from made_sites import record

from crashkit import register
from crashkit.errors import Refused
from crashkit.register import SiteEvent, Spot

TODAY = date(2024, 6, 1)


def works(until, withdrawn=""):
    at = datetime(2024, 1, 1, tzinfo=UTC)
    return SiteEvent(1, "works", date(2024, 2, 1), until, "Lighting", at, "Aida", withdrawn)


def refused(site, status, reason=""):
    with pytest.raises(Refused) as error:
        register.check_status(site, status, reason, TODAY)
    return str(error.value)


def test_every_state_leads_somewhere_and_can_be_reached():
    assert set(register.NEXT) == set(register.STATUSES)
    reached = {"candidate"} | {one for after in register.NEXT.values() for one in after}
    assert reached == set(register.STATUSES)
    assert {one for one, after in register.NEXT.items() if not after or one in after} == set()


def test_a_candidate_goes_to_investigation_and_nowhere_unheard_of():
    register.check_status(record(), "investigation", "", TODAY)
    assert "cannot become “Closed”; it can become: " in refused(record(), "closed")
    assert "“Candidate” already" in refused(record(), "candidate")
    assert "no status “done”" in refused(record(), "done")


def test_nothing_is_rejected_or_taken_up_again_without_a_reason():
    assert "why the site is rejected" in refused(record(), "rejected", "  ")
    register.check_status(record(), "rejected", "Two crashes in ten years", TODAY)
    assert "taken up again" in refused(record(status="closed"), "investigation")
    register.check_status(record(status="rejected"), "candidate", "A third one", TODAY)


@pytest.mark.parametrize(
    "events", [(), (works(None),), (works(date(2024, 9, 1)),), (works(date(2024, 3, 1), "no"),)]
)
def test_a_site_is_treated_only_by_works_that_are_over(events):
    assert "Tell the works first" in refused(record(status="programmed", events=events), "treated")


def test_a_site_whose_works_are_over_is_treated():
    done = record(status="programmed", events=(works(date(2024, 3, 1)),))
    register.check_status(done, "treated", "", TODAY)


@pytest.mark.parametrize(
    ("spot", "said"),
    [
        (Spot(), "Say where the site is"),
        (Spot(road="M39"), "Say where the site is"),
        (Spot(lon=69.0), "Say where the site is"),
        (Spot(lon=69.0, road="M39", from_m=1, to_m=2), "both longitude and latitude"),
        (Spot(lon=200.0, lat=41.0), "no place on earth"),
        (Spot(lon=float("nan"), lat=41.0), "no place on earth"),
        (Spot(road="M39", from_m=5000, to_m=4000), "5 to 4 does not"),
        (Spot(lon=69.0, lat=41.0, radius_m=5), "between 10 and 20,000 m"),
    ],
)
def test_a_place_that_nobody_can_find_is_refused(spot, said):
    with pytest.raises(Refused) as error:
        register.check_spot(spot)
    assert said.replace(",", "") in str(error.value).replace(",", "")


def test_an_event_has_a_known_kind_and_days_in_order():
    register.check_event("visit", TODAY, None)
    for kind, until in (("party", None), ("works", date(2024, 5, 1))):
        with pytest.raises(Refused):
            register.check_event(kind, TODAY, until)
