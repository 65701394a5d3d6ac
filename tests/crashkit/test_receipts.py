"""Receipts: read out of each format, refused when broken; a report is verified against its data."""

import base64
import io
import json
import zipfile
import zlib
from dataclasses import replace

import kept_crashes
import pytest

from crashkit import api, receipts
from crashkit.errors import NotFound, ReportError
from crashkit.receipts import Receipt

EN = api.speaker("en")
PLAIN = Receipt(
    kind="area_one_pager",
    language="ru",
    format="html",
    dataset="дороги",
    version=3,
    filter="severity=fatal",
    software="CrashKit 0",
    fingerprint="abc",
    chapters=(("Trend", "1"), ("When", "2")),
)


@pytest.fixture
def store(tmp_path):
    with api.open_store(str(tmp_path / "crashes.sqlite")) as made:
        kept_crashes.keep(made, kept_crashes.road())
        yield made


def write(store, **words):
    asked = {"kind": "area_one_pager", "format": "html", **words}
    data = api.load(store, "mine")
    layers = api.report_layers(store, "mine")
    return api.write_report(
        data, layers=layers, evidence=api.evidence_text(store, data), **asked
    ).content


def told(found):
    return " ".join(EN.say(one) for one in found.sentences)


def test_a_report_in_two_languages_is_verified_in_both(store):
    content = write(store, language="en", beside="zh", format="pdf")
    before = receipts.read(content)
    assert (before.language, before.beside) == ("en", "zh")
    assert api.verify_report(store, content).equal


def test_what_is_written_is_read():
    assert receipts.read(b"<meta content='" + PLAIN.token.encode() + b"'>") == PLAIN


def token(text):
    packed = base64.urlsafe_b64encode(zlib.compress(text.encode())).rstrip(b"=")
    return b"crashkit-receipt:" + packed


@pytest.mark.parametrize(
    "text", ["[" * 200_000, '{"chapters": [], "version": Infinity}', '{"chapters": 1}', "null"]
)
def test_a_receipt_that_was_made_to_hurt_is_refused(text):
    with pytest.raises(ReportError, match="broken"):
        receipts.read(token(text))


def test_an_older_receipt_without_the_newer_words_is_read():
    told = {**vars(PLAIN)}
    for name in ("options", "public", "beside", "place", "roads"):
        del told[name]
    assert receipts.read(token(json.dumps(told))) == PLAIN


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 no archive",
        b"crashkit-receipt:" + b"A" * 40,
        PLAIN.token[:-30].encode(),
        b"crashkit-receipt:eJyrVipOLCktVrJSMjQyBgAh5QPB",
    ],
)
def test_a_file_without_a_receipt_or_with_a_broken_one_is_refused(content):
    with pytest.raises(ReportError):
        receipts.read(content)


@pytest.mark.parametrize("format", api.list_formats())
def test_each_format_keeps_its_receipt_and_is_equal_byte_by_byte(store, format):
    content = write(store, format=format, language="ru")
    found = api.verify_report(store, content)
    assert found.equal
    assert "byte by byte" in told(found)
    assert (found.receipt.format, found.receipt.language) == (format, "ru")


def test_a_number_that_somebody_changed_is_found(store):
    content = write(store, format="docx")
    forged = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(forged, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, part.replace(b">24<", b">23<") if "document" in name else part)
    found = api.verify_report(store, forged.getvalue())
    assert not found.equal
    assert "changed after it was written" in told(found)
    assert ("23", "24") in found.lines


def test_a_number_that_somebody_changed_in_the_twin_is_found_however_it_was_set(store):
    told = json.loads(write(store, format="json"))
    anew = json.dumps(told, indent=2).encode()
    assert api.verify_report(store, anew).equal
    figure = told["parts"][0]["blocks"][0]["figures"][0]
    assert figure["value"] == 24
    figure["value"] = 23
    found = api.verify_report(store, json.dumps(told).encode())
    assert not found.equal
    assert found.lines == (("value: 23", "value: 24"),)


@pytest.mark.parametrize("bent", ['{"a": [1, %s}', "{%s", '{"a": %s}'])
def test_a_twin_that_is_no_json_is_refused(store, bent):
    token = receipts.read(write(store, format="json")).token
    deep = "[" * 100_000 if bent.endswith("s}") else ""
    with pytest.raises(ReportError, match="no JSON"):
        api.verify_report(store, (bent % f'"{token}"{deep}').encode())


def test_a_report_of_older_data_is_equal_and_says_that_they_changed(store):
    content = write(store)
    kept_crashes.keep(store, kept_crashes.road()[:3], keys=["a", "b", "c"])
    found = api.verify_report(store, content)
    assert found.equal
    assert "The data have changed since" in told(found)


def test_a_list_of_sites_is_searched_again(store):
    data = api.load(store, "mine")
    asked = api.ask("count_1km", {"min_crashes": 3})
    content = write(store, kind="blackspot_list", asked=asked)
    found = api.verify_report(store, content)
    assert found.equal
    assert found.receipt.dataset == data.dataset.name


def test_chapters_that_differ_are_named(store):
    content = write(store)
    before = receipts.read(content)
    last = before.chapters[-1][0]
    other = Receipt(**{**vars(before), "chapters": (*before.chapters[:-1], (last, "x"))})
    forged = content.replace(before.token.encode(), other.token.encode())
    found = api.verify_report(store, forged)
    assert not found.equal
    assert f"Other numbers or words in: {last}." in told(found)


def test_data_that_are_not_here_are_told(store):
    with pytest.raises(NotFound):
        api.verify_report(store, PLAIN.token.encode())


def test_a_trap_in_an_office_file_is_refused(store):
    content = write(store, format="docx")
    forged = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(forged, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            trap = b'<!DOCTYPE x [<!ENTITY a "b">]>' + part
            new.writestr(name, trap if name == "word/document.xml" else part)
    with pytest.raises(ReportError, match="broken"):
        api.verify_report(store, forged.getvalue())


def test_two_chapters_of_one_title_are_compared_one_by_one():
    before = replace(PLAIN, chapters=(("Hours", "1"), ("Hours", "2")))
    now = replace(PLAIN, chapters=(("Hours", "3"), ("Hours", "2")))
    assert receipts.changed_chapters(before, now) == ("Hours",)
    assert receipts.changed_chapters(before, before) == ()


@pytest.mark.parametrize("format", ["html", "docx", "pdf"])
def test_a_report_of_a_template_is_verified_though_the_template_changed(store, format):
    text = 'title = "Ours"\n[[parts]]\nanalysis = "hours"\n[[parts]]\ntext = "{x}"\n'
    api.add_report_template(store, api.read_report_template("ours", text))
    content = write(store, kind="", template=api.find_report_template(store, "ours"), format=format)
    api.remove_report_template(store, "ours")
    found = api.verify_report(store, content)
    assert found.equal, told(found)


def test_a_pdf_that_was_changed_is_not_called_equal(store):
    content = write(store, format="pdf")
    found = api.verify_report(store, content + b"\n% saved again")
    assert not found.equal
    assert "Not proven" in told(found)


@pytest.mark.parametrize("format", ["html", "xlsx"])
def test_a_report_for_the_public_is_written_anew_as_such(store, format):
    data = api.load(store, "mine")
    layers = api.report_layers(store, "mine")
    content = api.write_report(
        data, kind="area_one_pager", format=format, layers=layers, public=7
    ).content
    found = api.verify_report(store, content)
    assert found.equal, told(found)
    assert found.receipt.public == "7"


def test_a_broken_threshold_in_a_receipt_is_refused(store):
    forged = replace(receipts.read(write(store)), public="²")
    with pytest.raises(ReportError, match="broken"):
        api.verify_report(store, forged.token.encode())
