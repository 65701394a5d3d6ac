"""Points that many crashes share are pointed out, unless they were written on a coarse grid."""

import made_files
import pytest

HEAD = "crash_id,crash_date,lat,lon\n"


def told(points):
    rows = "".join(f"{n},2023-02-07,{lat},{lon}\n" for n, (lat, lon) in enumerate(points))
    batch = made_files.imported(made_files.upload(HEAD + rows))
    return [str(one.message) for one in batch.ledger.warnings if one.code == "stacked_points"]


def apart(n):
    return [(f"42.{10000 + place}", f"74.{10000 + place}") for place in range(n)]


def test_a_landmark_that_many_crashes_share_is_pointed_out():
    (message,) = told([*apart(30), *[("42.87123", "74.59123")] * 5, *[("42.8", "74.61234")] * 7])
    assert "12 of 42; most of them, 7, at 42.800000, 74.612340" in message


@pytest.mark.parametrize(
    "points",
    [
        apart(40),
        [*apart(60), *[("42.87123", "74.59123")] * 5],
        [*apart(60), *[("42.87123", "74.59123")] * 4, *[("42.87124", "74.59124")] * 4],
        [("42.87123", "74.59123")] * 20,
        [("42.871", "74.591")] * 40,
        [("42°52'28\"", "74°35'24\"")] * 40,
        [("", "")] * 40,
    ],
)
def test_few_small_or_coarse_stacks_are_no_matter(points):
    assert told(points) == []
