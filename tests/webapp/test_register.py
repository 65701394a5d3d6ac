"""The register in the browser: sites come in, are looked after, and are never lost."""

import csv
import io

import kept_crashes
import pytest
from kept_crashes import search
from made_photos import PDF, PHOTO, exif, told_photo

from crashkit import api
from crashkit.register import files

HERE = "/d/mine/register"


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())
    return store


def propose(aida, **said):
    words = {"why": "Children <b>cross</b>", "road": "M39", "from_km": "10", "to_km": "10.5"}
    return aida.send(HERE, {**words, **said})


def rows(text):
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


def test_an_empty_register_says_how_sites_come_in(aida, mine):
    page = aida.see(HERE)
    assert "No site is in the register yet" in page
    assert f'href="{HERE}/new"' in page
    assert aida.get(f"{HERE}.json").json == {"dataset": "mine", "sites": []}


def test_a_found_site_is_saved_by_one_button_and_known_again(aida, mine):
    first = f"{search(aida)}/1"
    assert f'action="{first}/save"' in aida.see(first)
    answer = aida.send(f"{first}/save")
    assert (answer.status_code, answer.location) == (303, f"{HERE}/1")
    page = aida.see(f"{HERE}/1")
    assert "The site is in the register now, as site 1." in page
    assert "M39, km 10 to 10.55, &lt;b&gt;Aksu&lt;/b&gt;" in page
    assert "1 of 2" in page and "Saved from it" in page
    assert "/save" not in aida.see(first)
    again = search(aida, min_crashes="2")
    assert f'<a href="{HERE}/1">Site 1 of the register</a>' in aida.see(again)
    assert "By road and km posts" in aida.see(f"{HERE}/1")
    answer = aida.send(f"{again}/1/save")
    assert answer.location == f"{again}/1"
    assert "as site 1" in aida.see(answer.location)
    assert len(mine.sites()) == 1


def test_only_sites_of_lists_of_the_data_set_are_saved(aida, mine):
    place = search(aida)
    kept_crashes.keep(mine, kept_crashes.road(), name="other")
    for address in (f"{place}/99/save", "/d/mine/blackspots/9/1/save"):
        assert aida.send(address).status_code == 404
    foreign = place.replace("/mine/", "/other/")
    assert aida.send(f"{foreign}/1/save").status_code == 404
    assert mine.sites() == []


def test_a_place_is_proposed_by_a_form(aida, mine):
    page = aida.see(f"{HERE}/new?lat=41.0&lon=69.1")
    assert 'name="lat" value="41.0"' in page
    assert '<option value="M39">' in page
    answer = propose(aida, from_km="10+100", to_km="", name="School", who="Bek")
    assert answer.status_code == 303
    page = aida.see(answer.location)
    assert "Children &lt;b&gt;cross&lt;/b&gt;" in page
    assert "Its point is that of the crash nearest to its km post." in page
    (site,) = mine.sites("mine")
    assert (site.name, site.who, site.spot.from_m, site.spot.to_m) == (
        "School",
        "Bek",
        10100,
        10100,
    )
    assert (site.spot.lon, site.settlement) == (69.101, "<b>Aksu</b>")


def test_a_bad_proposal_comes_back_with_what_was_typed(aida, mine):
    answer = propose(aida, from_km="ten", name="Sch<b>ool")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "“ten” is no number." in page
    assert 'value="Sch&lt;b&gt;ool"' in page
    assert propose(aida, why=" ").status_code == 400
    assert mine.sites() == []


def test_the_list_is_cut_by_status_ordered_and_written_to_files(aida, mine):
    propose(aida)
    propose(aida, from_km="30", to_km="31")
    propose(aida, from_km="5", to_km="6")
    api.set_site_status(mine, 2, "rejected", reason="Two crashes only")
    order = [row["number"] for row in rows(aida.see(f"{HERE}.csv?status=open&sort=road"))]
    assert order == ["3", "1"]
    page = aida.see(f"{HERE}?status=rejected")
    assert 'id="site-2"' in page and 'id="site-1"' not in page
    assert 'id="site-2"' not in aida.see(HERE)
    assert "No site has this status" in aida.see(f"{HERE}?status=closed")
    assert len(rows(aida.see(f"{HERE}.csv"))) == 3
    (row,) = aida.get(f"{HERE}.json?status=rejected").json["sites"]
    assert (row["status"], row["status_reason"]) == ("rejected", "Two crashes only")
    features = aida.get(f"{HERE}.geojson").json["features"]
    assert [one["properties"]["number"] for one in features] == [1, 2, 3]
    assert aida.get(f"{HERE}.xlsx").data.startswith(b"PK")
    points = sum(one["geometry"] is not None for one in features)
    assert aida.get(f"{HERE}.gpx").data.count(b"<wpt ") == points
    assert aida.get(f"{HERE}.kml").data.count(b"<Placemark>") == 3


def test_a_status_is_changed_and_what_makes_no_sense_is_refused(aida, mine):
    propose(aida)
    page = f"{HERE}/1"
    answer = aida.send(f"{page}/status", {"status": "investigation", "who": "Aida", "seen": "0"})
    assert answer.location == page
    assert "Candidate</del> → <ins>Under investigation</ins>" in aida.see(page)
    late = aida.send(f"{page}/status", {"status": "programmed", "seen": "0"})
    assert (late.status_code, "a moment ago" in late.get_data(as_text=True)) == (400, True)
    for form, said in (
        ({"status": "closed"}, "cannot become"),
        ({"status": "rejected"}, "Say why the site is rejected"),
        ({"status": "treated"}, "Tell the works first"),
    ):
        answer = aida.send(f"{page}/status", form)
        assert (answer.status_code, said in answer.get_data(as_text=True)) == (400, True)
    assert mine.site(1).status == "investigation"


def test_events_are_told_and_taken_out(aida, mine):
    propose(aida)
    page = f"{HERE}/1"
    works = {"kind": "works", "day": "2024-05-01", "until": "2024-06-30", "text": "L<i>ghts"}
    assert aida.send(f"{page}/events", works).status_code == 303
    assert aida.send(f"{page}/events", {**works, "day": "2025-01-01"}).status_code == 400
    assert "L&lt;i&gt;ghts" in aida.see(page)
    assert aida.send(f"{page}/status", {"status": "treated"}).status_code == 303
    assert aida.send(f"{page}/events/1/withdraw", {"reason": ""}).status_code == 400
    assert aida.send(f"{page}/events/1/withdraw", {"reason": "wrong"}).status_code == 303
    assert "Taken out: wrong" in aida.see(page)
    assert aida.send(f"{page}/events/1/withdraw", {"reason": "x"}).status_code == 404


def test_name_and_place_are_changed_with_a_reason(aida, mine):
    propose(aida)
    words = api.site_words(mine.site(1))
    form = {**words, "name": "Bend", "to_km": "10+700", "reason": "measured"}
    assert aida.send(f"{HERE}/1/change", form).status_code == 303
    page = aida.see(f"{HERE}/1")
    assert "<bdi>Bend</bdi>" in page and "To km: <del>10.5</del> → <ins>10.7</ins>" in page
    bad = aida.send(f"{HERE}/1/change", {**form, "lat": "95", "lon": "69", "name": "Kept"})
    assert bad.status_code == 400
    assert "no place on earth" in bad.get_data(as_text=True)
    assert 'value="Kept"' in bad.get_data(as_text=True)


def test_the_forms_of_a_page_lead_to_its_site(aida, mine):
    propose(aida)
    api.add_site_event(mine, 1, {"kind": "visit", "day": "2024-05-01"})
    page = aida.see(f"{HERE}/1")
    for form in ("status", "change", "events", "events/1/withdraw"):
        assert f'action="{HERE}/1/{form}"' in page
    assert f'href="{HERE}/1.csv"' in page


def test_a_site_tells_everything_as_a_document(aida, mine):
    first = f"{search(aida)}/1"
    aida.send(f"{first}/save")
    document = aida.get(f"{HERE}/1.json").json
    assert (document["number"], document["origin"], document["rank"]) == (1, "found", 1)
    (row,) = rows(aida.see(f"{HERE}/1.csv"))
    assert (row["rank"], row["by"], row["crashes"]) == ("1", "saved", "12")


def attach(aida, content, name="bend.jpg", **said):
    form = {"file": (io.BytesIO(content), name), **said}
    return aida.send(f"{HERE}/1/files", form, content_type="multipart/form-data")


def test_photos_and_documents_are_attached_and_handed_out_to_be_saved(aida, mine):
    propose(aida)
    assert attach(aida, told_photo(exif(1)), title="The <b>bend</b>").status_code == 303
    assert attach(aida, PDF, name="..\\x\u202ey.html").status_code == 303
    page = aida.see(f"{HERE}/1")
    assert "The &lt;b&gt;bend&lt;/b&gt;" in page and "Show 1 photo" in page
    photo = aida.get(f"{HERE}/1/files/1")
    assert (photo.data, photo.mimetype) == (PHOTO, "image/jpeg")
    assert photo.headers["Content-Disposition"] == "attachment; filename=bend.jpg"
    assert photo.headers["X-Content-Type-Options"] == "nosniff"
    letter = aida.get(f"{HERE}/1/files/2")
    assert letter.mimetype == "application/pdf"
    assert letter.headers["Content-Disposition"].endswith(".html.pdf")
    assert aida.send(f"{HERE}/1/files/1/remove", {"reason": "a face"}).status_code == 303
    assert aida.get(f"{HERE}/1/files/1").status_code == 404
    assert "Deleted: a face" in aida.see(f"{HERE}/1")


def test_what_is_no_photo_and_no_document_is_refused(aida, mine, monkeypatch):
    propose(aida)
    monkeypatch.setattr(api, "MOST_FILE_BYTES", 2000)
    monkeypatch.setattr(files, "MOST_BYTES", 2000)
    for content in (b"<svg onload='x()'/>", PHOTO[:100], b"", PHOTO + b"x" * 2000):
        answer = attach(aida, content)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.get_data(as_text=True)
    assert aida.send(f"{HERE}/1/files", {}).status_code == 400
    assert mine.site(1).files == ()


def test_sites_of_another_data_set_are_not_there(aida, mine):
    kept_crashes.keep(mine, kept_crashes.road(), name="other")
    propose(aida)
    for address in ("/d/other/register/1", "/d/other/register/1.json", f"{HERE}/2"):
        assert aida.get(address).status_code == 404
    attach(aida, PHOTO)
    assert aida.get("/d/other/register/1/files/1").status_code == 404
    form = {"status": "rejected", "reason": "x"}
    assert aida.send("/d/other/register/1/status", form).status_code == 404
    assert mine.site(1).status == "candidate"


def test_the_map_names_the_sites_their_states_and_where_to_find_them(aida, mine):
    assert 'data-switch="saved"' not in aida.see("/d/mine/map")
    propose(aida)
    page = aida.see("/d/mine/map")
    assert f'data-saved="{HERE}.geojson"' in page
    assert 'data-switch="saved"' in page
    assert 'class="site-mark site-mark-candidate"' in page
    assert 'data-saved-place="1"' in page
    assert f'data-propose="{HERE}/new"' in page
