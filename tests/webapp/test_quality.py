"""Quality: the grade and its checks, in the numbers of the files, and lists for each unit."""

import csv
import io
import json
from pathlib import Path

import batches
import jsonschema
import kept_crashes
import pandas as pd
import pytest
from openpyxl import load_workbook

from crashkit import api
from crashkit.model import Issue, Ledger, Message

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/quality.json").read_text("utf-8"))


def rows():
    """Forty crashes of two units; one of the south contradicts itself, one has no place."""
    found = [
        {
            "crash_id": f"C-{i:02d}",
            "crash_date": f"2021-{1 + i % 12:02d}-10",
            "severity": "slight",
            "n_killed": 0,
            "admin2": "=North" if i % 2 else "South",
            "lon": 69 + i / 100 + 0.00123,
            "lat": 41.23456,
            "killed_definition": "7d",
        }
        for i in range(40)
    ]
    found[2]["n_killed"] = 50
    del found[4]["lon"], found[4]["lat"]
    return found


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, rows())


def lines(answer):
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def test_the_page_says_the_grade_why_and_what_to_do(aida, mine, store):
    page = aida.see("/d/mine/quality")
    card = api.quality(store, "mine")
    assert f"Grade {card.grade}" in page
    assert "Rung L2 of the data ladder" in page
    for one in card.judged:
        assert f"{one.check.number}. {one.check.title}" in page
    assert page.count("<svg") > 5
    assert "What to do:" in page
    assert "No hospital list was given" in page


def test_deaths_stand_as_counted_and_within_thirty_days_side_by_side(aida, mine):
    page = aida.see("/d/mine/quality")
    assert "Killed, as counted" in page
    assert "Killed within 30 days, estimated" in page
    assert '<td class="num">50</td>' in page
    assert '<td class="num">54</td>' in page
    assert "factor not verified" in page


def test_page_and_command_tell_the_same_document(aida, mine, store):
    found = aida.get("/d/mine/quality.json").json
    jsonschema.validate(found, SCHEMA)
    assert found == api.quality_document(api.quality(store, "mine"), api.speaker("en"))
    told = lines(aida.get("/d/mine/quality.csv"))
    assert [row["Number"] for row in told] == [str(number) for number in range(1, 22)]
    assert [row["Quality grade"] or None for row in told] == [
        one["grade"] for one in found["checks"]
    ]


def test_each_unit_gets_a_list_of_its_own(aida, mine):
    everything = lines(aida.get("/d/mine/quality/complaints.csv"))
    south = lines(aida.get("/d/mine/quality/complaints.csv?unit=South"))
    assert south == everything
    assert [(row["Crash number"], row["Field"]) for row in south] == [
        ("C-04", "Latitude"),
        ("C-02", "Severity"),
    ]
    assert all(row["What is wrong"] and row["What to do"] for row in south)
    assert lines(aida.get("/d/mine/quality/complaints.csv?unit==North")) == []
    assert len(aida.get("/d/mine/quality/complaints.json").json["complaints"]) == 2


def test_a_list_runs_no_formula(aida, store):
    found = rows()
    found[2]["admin2"] = '=HYPERLINK("http://bad")'
    found[2]["crash_id"] = "=1+1"
    kept_crashes.keep(store, found)
    (row,) = [
        row
        for row in lines(aida.get("/d/mine/quality/complaints.csv"))
        if row["Field"] == "Severity"
    ]
    assert row["Unit"] == '\'=HYPERLINK("http://bad")'
    assert row["Crash number"] == "'=1+1"
    book = load_workbook(io.BytesIO(aida.get("/d/mine/quality/complaints.xlsx").get_data()))
    cells = [cell for line in book.active.iter_rows() for cell in line]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert book.active.page_setup.orientation == "landscape"
    assert book.active.column_dimensions["G"].width > 40


def test_units_can_be_told_apart_by_another_field(aida, store):
    kept_crashes.keep(store, [{**row, "admin1": "P"} for row in rows()])
    page = aida.see("/d/mine/quality?by=admin1")
    assert '<option value="admin1" selected>' in page
    assert "quality.json?by=admin1" in page
    assert aida.get("/d/mine/quality.json?by=admin1").json["unit_field"] == "admin1"
    assert aida.get("/d/mine/quality?by=lat").status_code == 400


def test_rejected_rows_are_counted_as_soon_as_they_are_there(aida, store):
    kept_crashes.keep(store, rows())
    before = aida.get("/d/mine/quality.json").json["checks"][8]
    wrong = Issue("b.csv", 2, "crash_date", "x", "bad_date", Message("This is no date."))
    ledger = Ledger((batches.read(1),), 1, 0, 1, (), (wrong,), ())
    none = batches.batch(ledger=ledger)
    store.save_import("mine", none)
    after = aida.get("/d/mine/quality.json").json["checks"][8]
    assert (before["numerator"], before["denominator"]) == (40, 40)
    assert (after["numerator"], after["denominator"]) == (40, 41)
    assert "b.csv" in aida.get("/d/mine/quality/complaints.csv").get_data(as_text=True)


def test_a_break_is_said_first(aida, store):
    years = [(400, 40), (400, 40), (1600, 40)]
    found = [
        {"crash_date": f"{2020 + i}-05-{1 + n % 28:02d}", "n_killed": int(n < deaths)}
        for i, (crashes, deaths) in enumerate(years)
        for n in range(crashes)
    ]
    kept_crashes.keep(store, found)
    page = aida.see("/d/mine/quality")
    assert "Between 2021 and 2022" in page.partition("verdict")[0]


def test_data_without_units_or_deaths_say_so(aida, store):
    kept_crashes.keep(store, kept_crashes.thin())
    page = aida.see("/d/mine/quality")
    assert "The data do not tell who reported a crash" in page
    assert "Killed, as counted" not in page
    assert "No grade" in page


def test_there_is_no_quality_of_what_is_not_there(aida):
    assert aida.get("/d/none/quality").status_code == 404


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_the_page_stands_in_every_language(aida, mine, language):
    assert aida.see(f"/d/mine/quality?lang={language}")


def people_of(found):
    """Make one seriously injured person for each crash."""
    return pd.DataFrame(
        [
            {
                "crash_key": str(i + 1),
                "person_no": "1",
                "injury": "serious",
                "sex": "male",
                "age": float(i),
            }
            for i in range(len(found))
        ]
    )


def compare(aida, content, secret="the bridge is red"):
    form = {"list": (io.BytesIO(content), "hospital.csv"), "secret": secret}
    address = "/d/mine/quality/hospital"
    return aida.send(address, form, content_type="multipart/form-data")


def test_a_hospital_list_is_compared_and_not_kept(aida, store, home):
    found = rows()
    kept_crashes.keep(store, found, people=people_of(found))
    patients = [f"{row['crash_date']},m,{i}" for i, row in enumerate(found[:20])]
    answer = compare(aida, "\n".join(["date,sex,age", *patients]).encode())
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Police 40, hospital 20, in both 20: about 40 people in all" in page
    assert "The police know 100 % of the people hurt." in page
    assert "bridge is red" not in page
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert b"bridge is red" not in kept
    assert "No hospital list was given" in aida.see("/d/mine/quality")


@pytest.mark.parametrize(
    ("content", "secret", "told"),
    [
        (b"date,sex\n2021-01-01,m", "the bridge is red", "has no column"),
        (b"date,sex,age\n2021-01-01,m,3", "short", "12 letters"),
        (b"date,sex,age\n2021-01-01,m,3", "the bridge is red", "do not list the people hurt"),
    ],
)
def test_a_list_that_cannot_be_compared_is_refused_in_a_sentence(aida, mine, content, secret, told):
    answer = compare(aida, content, secret)
    assert answer.status_code == 400
    assert told in answer.get_data(as_text=True)


def test_a_comparison_without_a_list_is_refused(aida, mine):
    assert aida.send("/d/mine/quality/hospital", {"secret": "the bridge is red"}).status_code == 400
