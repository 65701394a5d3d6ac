"""Repairs of places in the preview: offered with examples, made when ticked, kept."""

import json
from pathlib import Path

SAMPLE = Path(__file__).parents[2] / "sample_data" / "police_cards_ru.xlsx"


def cards():
    return (SAMPLE.name, SAMPLE.read_bytes())


def preview(aida):
    return aida.preview(cards(), profile="sample_police_cards_ru")


def test_a_preview_offers_repairs_with_their_count_and_examples(aida):
    page = aida.see(preview(aida))
    box = page.split('id="repairs"')[1].split("</section>")[0]
    assert "Exchange latitude and longitude" in box
    assert "5 rows" in box
    assert box.count(" → ") == 5
    assert 'value="swapped_axes"' in box
    assert "checked" not in box


def test_a_ticked_repair_is_previewed_and_then_imported_so(aida, store):
    address = preview(aida)
    before = aida.see(f"{address}.json")
    job = aida.send(f"{address}/repair", {"repair": ["swapped_axes"]}).headers["Location"]
    aida.work()
    again = job.replace("/jobs/", "/import/")
    assert "checked" in aida.see(again).split('id="repairs"')[1].split("</section>")[0]
    after = json.loads(aida.see(f"{again}.json"))
    located = json.loads(before)["counts"]["located"]
    assert after["counts"]["located"] == located + 5
    assert [(one["kind"], one["made"]) for one in after["repairs"]] == [("swapped_axes", True)]
    aida.send(f"{again}/commit")
    aida.work()
    (record,) = store.imports("mine")
    assert record.options == {"repairs": "swapped_axes"}
    assert store.dataset("mine").located == located + 5
    codes = {one.code for one in store.ledger_of(record.id).warnings}
    assert "axes_swapped" in codes and "looks_swapped" not in codes


def test_a_repair_that_is_unticked_is_taken_back(aida):
    job = aida.send(f"{preview(aida)}/repair", {"repair": ["swapped_axes"]}).headers["Location"]
    aida.work()
    address = job.replace("/jobs/", "/import/")
    last = aida.send(f"{address}/repair").headers["Location"]
    aida.work()
    found = json.loads(aida.see(last.replace("/jobs/", "/import/") + ".json"))
    assert not found["repairs"][0]["made"]


def test_metres_without_an_area_to_lie_in_are_only_pointed_out(aida):
    rows = "\n".join(f"{n},2023-02-0{n},4747013.{n},464851.{n}" for n in range(1, 6))
    text = f"crash_id,crash_date,lat,lon\n{rows}\n".encode()
    page = aida.see(aida.preview(("crashes.csv", text)))
    # Our own layout has no area, so that no grid can be told from another.
    assert "not degrees" in page


def test_metres_of_a_grid_are_asked_for_with_the_systems_that_fit(aida):
    rows = "\n".join(f"{n};2023;3;5;2;500{n},5;5100{n},2" for n in range(100, 110))
    text = f"CRASH_NO;YEAR;MONTH;DAY;SEVERITY;X;Y\n{rows}\n".encode()
    address = aida.preview(("crashes.csv", text), profile="sample_numbered_codes")
    page = aida.see(address)
    assert 'value="EPSG:32642"' in page
    assert "WGS 84 / UTM zone 42N" in page.split("<fieldset")[1]
    assert "<bdi>5100100.2, 500100.5</bdi> → 46.0" in page.split("<fieldset")[1]
    assert 'value="none"' in page
    assert "none to keep" not in page
    job = aida.send(f"{address}/answer", {"answer": "EPSG:32642"}).headers["Location"]
    aida.work()
    found = json.loads(aida.see(job.replace("/jobs/", "/import/") + ".json"))
    assert found["counts"]["located"] == 10
    assert [one["code"] for one in found["warnings"]].count("converted_places") == 1


def test_repairs_allowed_for_rows_that_are_kept_already_are_said_not_to_be_made(aida):
    aida.send(f"{preview(aida)}/commit")
    aida.work()
    job = aida.send(f"{preview(aida)}/repair", {"repair": ["swapped_axes"]}).headers["Location"]
    aida.work()
    page = aida.see(job.replace("/jobs/", "/import/"))
    assert "5 crashes are kept already, without a place" in page
    assert 'href="/d/mine/locate"' in page
    assert "were put right" not in page
