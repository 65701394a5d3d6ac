"""The page of profiles: list, download, upload, versions, removal."""

import io

import pytest

PROFILE = b"""
title = "Police <b>"
source = "The ministry"
[[files]]
name = "crashes"
level = "crash"
needs = ["no", "date"]
key = "no"
[files.crash]
crash_id = "no"
crash_date = "date"
"""


def upload(person, content=PROFILE, file="police.toml", **form):
    data = {"file": (io.BytesIO(content), file), **form}
    return person.send("/profiles", data, content_type="multipart/form-data")


def test_a_profile_is_uploaded_listed_downloaded_and_removed(aida, store):
    assert upload(aida).status_code == 303
    page = aida.see("/profiles")
    assert "Saved as police@1." in page
    assert "Police &lt;b&gt;" in page
    file = aida.get("/profiles/police@1.toml")
    assert file.data == PROFILE
    assert "police.toml" in file.headers["Content-Disposition"]
    upload(aida, PROFILE.replace(b"<b>", b"cards"))
    page = aida.see("/profiles")
    assert "2 versions" in page
    assert aida.get("/profiles/police@1.toml").data == PROFILE
    assert 'value="police@2"' in aida.see("/import")
    aida.send("/profiles/police/remove")
    assert "police@2" not in aida.see("/import")
    assert store.profiles() == []
    assert aida.get("/profiles/police@1.toml").data == PROFILE


def test_a_shipped_profile_is_downloaded(aida):
    assert b"AREFNO" in aida.get("/profiles/uk_stats19_manchester.toml").data
    assert aida.get("/profiles/nowhere.toml").status_code == 404


@pytest.mark.parametrize(
    ("content", "form", "said"),
    [
        (PROFILE.replace(b'"crash"', b'"crowd"'), {}, "level"),
        (b"no toml", {}, "not valid TOML"),
        (b"\xff\xfe\x00", {}, "not UTF-8"),
        (PROFILE, {"name": "crashkit"}, "choose another one"),
        (PROFILE, {"name": "a/b"}, "Give the profile a name"),
        (b"#" * 400_001, {}, "too large"),
    ],
)
def test_a_bad_profile_is_refused_with_its_complaints(aida, store, content, form, said):
    answer = upload(aida, content, **form)
    assert answer.status_code == 400
    assert said in answer.get_data(as_text=True)
    assert store.profiles() == []


def test_no_file_is_said(aida):
    answer = aida.send("/profiles", {}, content_type="multipart/form-data")
    assert answer.status_code == 400
    assert "Choose a file" in answer.get_data(as_text=True)


def test_the_page_as_files_lists_all(aida):
    upload(aida)
    found = aida.get("/profiles.json").json["profiles"]
    assert {"police@1", "crashkit"} <= {one["id"] for one in found}
    assert "police@1" in aida.get("/profiles.csv").get_data(as_text=True)


def test_removing_what_is_not_there_is_said(aida):
    assert aida.send("/profiles/nowhere/remove").status_code == 404
