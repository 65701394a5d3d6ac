"""The register in the store: nothing is lost, every change is told, screenings find sites again."""

from __future__ import annotations

from datetime import date

import kept_crashes
import pytest
from made_photos import PDF, PHOTO, exif, told_photo

from crashkit import api, register
from crashkit.errors import NotFound, Refused
from crashkit.register import Spot

AT = Spot(lon=69.1, lat=41.0, road="M39", from_m=10_000, to_m=10_550)


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())
    return store


def screened(store, **changes):
    data = api.load(store, "mine")
    result = api.screen(data, api.ask("count_1km", changes))
    return result, store.save_result(result, "mine")


def nominated(store, spot=AT, **words):
    return store.nominate_site("mine", spot, **{"why": "Children cross here", **words})


def test_a_found_site_is_saved_with_where_it_was_found(mine):
    result, number = screened(mine)
    site = mine.save_site("mine", number, 1, who="Aida")
    found = result.findings[0].site
    assert (site.number, site.origin, site.status, site.who) == (1, "found", "candidate", "Aida")
    assert (site.spot.road, site.spot.from_m, site.spot.to_m) == ("M39", found.from_m, found.to_m)
    seen = site.last_seen
    assert (seen.result_id, seen.rank, seen.by) == (number, 1, "saved")
    assert (seen.data_version, seen.preset) == (result.data_version, "count_1km")
    assert seen.crash_ids == found.crash_ids
    assert mine.sites("mine") == [site] == mine.sites()
    assert mine.sites("other") == []


def test_a_site_is_not_saved_twice(mine):
    _, number = screened(mine)
    mine.save_site("mine", number, 1)
    _, later = screened(mine)
    for of in (number, later):
        with pytest.raises(Refused, match="already, as site 1"):
            mine.save_site("mine", of, 1)
    with pytest.raises(NotFound):
        mine.save_site("mine", number, 99)


def test_a_later_screening_finds_the_site_again_with_its_rank(mine):
    _, first = screened(mine)
    mine.save_site("mine", first, 2)
    _, later = screened(mine, min_crashes="2")
    seen = mine.site(1).sightings
    assert [(one.result_id, one.rank, one.by) for one in seen] == [
        (first, 2, "saved"),
        (later, 2, "posts"),
    ]


def test_a_site_outlives_its_data_set_and_its_screenings(mine):
    _, number = screened(mine)
    saved = mine.save_site("mine", number, 1)
    mine.delete_dataset("mine")
    assert mine.site(1) == saved
    kept_crashes.keep(mine, kept_crashes.road())
    screened(mine)
    assert len(mine.site(1).sightings) == 2


def test_later_crashes_that_lie_a_little_off_are_known_to_be_at_the_site(mine):
    _, first = screened(mine)
    mine.save_site("mine", first, 1)
    moved = [
        {**row, "chainage_km": row["chainage_km"] + 0.2, "lon": row["lon"] + 0.002}
        for row in kept_crashes.road()
    ]
    kept_crashes.keep(mine, moved, keys=[f"later-{n}" for n in range(len(moved))])
    result, later = screened(mine)
    assert result.data_version == "mine v2"
    seen = mine.site(1).sightings
    assert [(one.result_id, one.by) for one in seen] == [(first, "saved"), (later, "posts")]
    assert seen[1].counts["crashes"] == 24
    assert [one.last_seen.result_id for one in mine.sites()] == [later]


def test_sites_move_to_the_data_set_of_the_next_years(mine):
    _, number = screened(mine)
    mine.save_site("mine", number, 1)
    mine.delete_dataset("mine")
    kept_crashes.keep(mine, kept_crashes.road(), name="next")
    for to, reason, error in (("next", "", Refused), ("mine", "x", NotFound)):
        with pytest.raises(error):
            mine.move_sites("mine", to, reason=reason)
    assert mine.move_sites("mine", "next", reason="new years", who="Aida") == 1
    with pytest.raises(Refused, match="already"):
        mine.move_sites("next", "next", reason="x")
    (site,) = mine.sites("next")
    assert [(one.field, one.before, one.after) for one in site.changes] == [
        ("dataset", "mine", "next")
    ]
    data = api.load(mine, "next")
    mine.save_result(api.screen(data, api.ask("count_1km")), "next")
    assert [one.by for one in mine.site(1).sightings] == ["saved", "posts"]
    assert mine.move_sites("mine", "next", reason="x") == 0


def test_a_place_is_proposed_with_a_reason_and_only_once(mine):
    site = nominated(mine, name="School")
    assert (site.origin, site.name, site.why) == ("nominated", "School", "Children cross here")
    with pytest.raises(Refused, match="Site 1"):
        nominated(mine)
    with pytest.raises(Refused, match="why this place"):
        nominated(mine, Spot(lon=69.0, lat=41.0), why=" ")
    with pytest.raises(Refused, match="Say where"):
        nominated(mine, Spot())
    with pytest.raises(NotFound):
        mine.nominate_site("nobody", AT, why="x")


def test_each_change_is_kept_with_what_stood_there_before(mine):
    nominated(mine)
    site = mine.change_site(1, {"name": "Bend", "to_km": "11"}, reason="measured", who="Bek")
    assert (site.name, site.spot.to_m, site.version) == ("Bend", 11_000, 1)
    site = mine.set_site_status(1, "rejected", reason="Two crashes only", who="Aida")
    assert (site.status, site.status_reason) == ("rejected", "Two crashes only")
    told = [(one.change, one.field, one.before, one.after, one.who) for one in site.changes]
    assert told == [
        (1, "name", "", "Bend", "Bek"),
        (1, "to_m", 10_550, 11_000, "Bek"),
        (2, "status", "candidate", "rejected", "Aida"),
    ]


def test_a_change_that_makes_no_sense_changes_nothing(mine):
    before = nominated(mine)
    for said in ({}, {"name": ""}, {"lat": "95"}, {"status": "closed"}):
        with pytest.raises(Refused):
            mine.change_site(1, said, reason="why not")
    with pytest.raises(Refused, match="Say why"):
        mine.change_site(1, {"name": "Bend"}, reason=" ")
    with pytest.raises(Refused, match="cannot become"):
        mine.set_site_status(1, "closed")
    assert mine.site(1) == before


def test_who_was_slower_is_told(mine):
    seen = nominated(mine).version
    mine.set_site_status(1, "investigation", seen=seen)
    with pytest.raises(Refused, match="a moment ago"):
        mine.set_site_status(1, "programmed", seen=seen)
    with pytest.raises(Refused, match="a moment ago"):
        mine.change_site(1, {"name": "x"}, reason="x", seen=seen)


def test_events_are_told_and_taken_out_with_a_reason(mine):
    nominated(mine)
    mine.add_site_event(1, "visit", date(2024, 3, 1), text="No lights", who="Aida")
    mine.add_site_event(1, "works", date(2024, 5, 1), date(2024, 6, 30), text="Lights")
    site = mine.withdraw_site_event(1, 1, reason="wrong site")
    assert [(one.kind, one.until, one.withdrawn) for one in site.events] == [
        ("visit", None, "wrong site"),
        ("works", date(2024, 6, 30), ""),
    ]
    assert site.changes[-1].field == "event"
    with pytest.raises(NotFound):
        mine.withdraw_site_event(1, 1, reason="again")
    with pytest.raises(Refused, match="Say why"):
        mine.withdraw_site_event(1, 2, reason="")
    site = mine.set_site_status(1, "treated")
    assert (site.status, site.version) == ("treated", 4)


def test_photos_and_documents_are_kept_and_deleted_with_a_reason(mine):
    nominated(mine)
    mine.add_site_file(1, "bend.jpg", told_photo(exif(1)), title="The bend", who="Aida")
    site = mine.add_site_file(1, "letter.pdf", PDF)
    assert [(one.n, one.name, one.media_type, one.size) for one in site.files] == [
        (1, "bend.jpg", "image/jpeg", len(PHOTO)),
        (2, "letter.pdf", "application/pdf", len(PDF)),
    ]
    assert mine.site_file(1, 1)[1] == PHOTO
    with pytest.raises(Refused, match="already"):
        mine.add_site_file(1, "again.jpg", PHOTO)
    with pytest.raises(Refused, match="Say why"):
        mine.remove_site_file(1, 1, reason=" ")
    site = mine.remove_site_file(1, 1, reason="a face", who="Bek")
    assert [one.removed for one in site.files] == ["a face", ""]
    assert (site.changes[-1].field, site.changes[-1].before) == ("file", "The bend")
    for number, n in ((1, 1), (1, 9), (9, 1), (1, 2**40)):
        with pytest.raises(NotFound):
            mine.site_file(number, n)
    assert mine.add_site_file(1, "bend.jpg", PHOTO).files[-1].n == 3


def test_a_site_has_few_files(mine, monkeypatch):
    monkeypatch.setattr(register, "MOST_FILES", 1)
    nominated(mine)
    mine.add_site_file(1, "bend.jpg", PHOTO)
    with pytest.raises(Refused, match="1 photos and documents already"):
        mine.add_site_file(1, "letter.pdf", PDF)


def test_sites_that_are_not_there_are_not_found(mine):
    for number in (0, 1, 2**40):
        with pytest.raises(NotFound):
            mine.site(number)
        with pytest.raises(NotFound):
            mine.set_site_status(number, "rejected", reason="x")


def test_open_sites_are_a_layer_of_their_data_set(mine):
    assert mine.layers_and_sites("mine") == {}
    nominated(mine)
    (feature,) = api.load(mine, "mine").layers["sites"]["features"]
    assert feature["properties"]["number"] == 1
    mine.set_site_status(1, "rejected", reason="x")
    assert "sites" not in api.load(mine, "mine").layers
