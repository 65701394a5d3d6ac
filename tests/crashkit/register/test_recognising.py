"""Saved sites are known again though they moved a little, and no two are taken for one."""

from datetime import date

import made_roads
from hypothesis import given
from hypothesis import strategies as st
from made_sites import finding, record

from crashkit.model import Finding, Period, Score, Screening, ScreeningResult
from crashkit.register import alike, recognise, recognise_listed


def told(findings, saved):
    return {at: (seen.number, seen.by) for at, seen in recognise(findings, saved).items()}


def test_a_section_that_moved_is_the_same_site():
    saved = [record(7, road="M39", from_m=10_000, to_m=11_000)]
    assert told([finding(10_400, 11_400)], saved) == {0: (7, "posts")}
    assert told([finding(11_080, 11_900)], saved) == {0: (7, "posts")}
    assert told([finding(11_200, 12_000)], saved) == {}
    assert told([finding(10_400, 11_400, road="M41")], saved) == {}


def test_a_road_is_known_by_any_spelling_of_its_number():
    saved = [record(1, road="М-39", from_m=10_000, to_m=10_000)]
    assert told([finding(9_500, 10_500, road="M39")], saved) == {0: (1, "posts")}


def test_the_section_that_shares_most_is_taken_and_each_site_once():
    saved = [record(1, road="M39", from_m=10_000, to_m=11_000)]
    findings = [finding(9_000, 10_100), finding(10_200, 11_200), finding(10_900, 11_900)]
    assert told(findings, saved) == {1: (1, "posts")}


def test_sections_of_one_post_in_two_provinces_are_two_sites():
    north, south = ({"lon": 69.0, "lat": lat} for lat in (42.0, 41.0))
    saved = [record(1, road="M39", from_m=10_000, to_m=11_000, **north)]
    assert told([finding(10_000, 11_000, **south)], saved) == {}
    assert told([finding(10_000, 11_000, **north)], saved) == {0: (1, "posts")}


def point(**away):
    lon, lat = made_roads.off(*made_roads.HERE, **away)
    return {"lon": lon, "lat": lat}


def test_a_circle_is_known_again_within_the_smaller_radius():
    saved = [record(1, radius_m=250, **point())]
    for metres, found in ((0, {0: (1, "point")}), (240, {0: (1, "point")}), (260, {})):
        circle = finding(road="", radius_m=400, **point(east=metres))
        assert told([circle], saved) == found, metres


def test_two_roads_side_by_side_are_two_sites():
    saved = [record(1, road="M39", from_m=10_000, to_m=11_000, **point())]
    assert told([finding(4_000, 5_000, road="A2", **point(north=40))], saved) == {}
    assert told([finding(None, None, road="A2", **point(north=40))], saved) == {0: (1, "point")}


def test_sites_that_share_more_than_half_of_their_crashes_are_one():
    saved = [record(3, crash_ids=range(1, 11), road="M39", **point())]
    far = {"road": "", **point(east=3000)}
    assert told([finding(crash_ids=tuple(range(3, 13)), **far)], saved) == {0: (3, "crashes")}
    assert told([finding(crash_ids=tuple(range(6, 16)), **far)], saved) == {}
    assert told([finding(crash_ids=(1, 2, 3), **far)], saved) == {}


def listed(sites, *, place="", parts=()):
    """Make a list: `sites` with the id of the part that each meets, `parts` with their places."""
    each = tuple(Screening(id_, of, "count", {}, {}, {}) for id_, of in parts)
    asked = Screening("mine", place, "count", {}, {}, {}, parts=each)
    period = Period(date(2021, 1, 1), date(2023, 12, 31))
    found = tuple(Finding(site, Score(1.0, True), 1, {}, part=part) for site, part in sites)
    return ScreeningResult(asked, found, 9, 9, 9, period, "mine v1")


def told_of(result, saved):
    found = recognise_listed(result, saved)
    return {at: (seen.number, seen.by) for at, seen in found.items()}


def test_nominated_sites_are_known_by_their_numbers():
    saved = [record(4, road="M39", from_m=0, to_m=500), record(12)]
    result = listed([(finding(id="12"), ""), (finding(id="5"), "")], place="nominated")
    assert told_of(result, saved) == {0: (12, "number")}


def test_in_a_rule_of_parts_each_site_is_known_as_its_part_found_it():
    saved = [record(4, road="M39", from_m=0, to_m=500), record(12, road="A2", from_m=0, to_m=500)]
    sites = [
        (finding(0, 400), "sections"),
        (finding(id="12"), "proposed"),
        # A section that happens to lie at a site which is listed by its number already.
        (finding(0, 500, road="A2"), "sections"),
        (finding(id="4", road=""), "sections"),
    ]
    result = listed(sites, parts=[("proposed", "nominated"), ("sections", "anchored")])
    assert told_of(result, saved) == {0: (4, "posts"), 1: (12, "number")}


def test_nothing_is_recognised_among_nothing():
    assert recognise([], [record()]) == recognise([finding(0, 1)], []) == {}


def test_sites_of_two_lists_are_alike_as_the_register_knows_them():
    first = [finding(10_000, 11_000), finding(50_000, 51_000)]
    second = [finding(10_900, 11_900), finding(10_400, 11_400), finding(70_000, 71_000)]
    told = [(one.first, one.second, one.by) for one in alike(first, second)]
    assert sorted(told) == [(0, 0, "posts"), (0, 1, "posts")]
    assert alike([], second) == alike(first, []) == []


sections = st.tuples(st.integers(0, 30), st.integers(0, 5)).map(
    lambda drawn: (drawn[0] * 300, (drawn[0] + drawn[1]) * 300)
)


@given(st.lists(sections, max_size=8), st.lists(sections, max_size=8), st.randoms())
def test_each_finding_is_one_site_and_the_order_of_sites_changes_nothing(found, kept, random):
    findings = [finding(low, high) for low, high in found]
    saved = [record(n, road="M39", from_m=low, to_m=high) for n, (low, high) in enumerate(kept, 1)]
    seen = recognise(findings, saved)
    numbers = [one.number for one in seen.values()]
    assert len(numbers) == len(set(numbers))
    random.shuffle(saved)
    assert recognise(findings, saved) == seen


@given(st.lists(sections, max_size=6), st.lists(sections, max_size=6))
def test_it_is_of_no_matter_which_list_comes_first(one, other):
    first, second = ([finding(*ends, crash_ids=ends) for ends in each] for each in (one, other))
    here = {(a, b, by, closeness) for a, b, by, closeness in alike(first, second)}
    assert here == {(a, b, by, closeness) for b, a, by, closeness in alike(second, first)}
