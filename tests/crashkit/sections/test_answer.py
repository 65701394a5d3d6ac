"""The document of a quick answer: one page that says what, where, when, how many, how surely."""

from dataclasses import replace
from datetime import UTC, date, datetime

import batches
import made_crashes
import pytest

from crashkit import api, quick, render, report
from crashkit.blocks import Figure, KeyFigures, Points, Table
from crashkit.errors import ReportError
from crashkit.model import DatasetInfo
from crashkit.text import Speaker

ROWS = [
    {
        **{"road_key": "M39", "chainage_km": 41.0, "lon": 76.9, "lat": 41.2, "severity": "fatal"},
        **{"crash_date": f"202{1 + i % 3}-03-0{i + 1}", "crash_type": "pedestrian"},
        **{"n_killed": 1, "n_injured": 2, "hour": 3 + i},
    }
    for i in range(3)
]


def facts(words="M39 km 41", rows=ROWS):
    data = made_crashes.made(rows)
    info = DatasetInfo(
        *(1, "mine", "Mine", 1, "crashkit", "", data.period, len(data), 0, 0, 0, {}),
        changed=datetime(2024, 1, 1, tzinfo=UTC),
    )
    data = data.replace(dataset=info)
    found = quick.answer(data, quick.find(data, quick.gazetteer(data, {}, ()), words).place)
    return replace(api.gather(data, chosen=found.chosen), answer=found)


def blocks(kind, of):
    return [one for one in of.blocks if isinstance(one, kind)]


def test_the_document_holds_the_answer():
    made = report.assemble("quick_answer", facts())
    assert str(made.title) == "Crashes: M39, km 41 ± 500 m"
    assert [one.value for one in blocks(KeyFigures, made)[0].figures][:2] == [3, 3]
    years, crashes, *_ = blocks(Table, made)
    assert [row[:2] for row in years.rows][:3] == [("2021", 1), ("2022", 1), ("2023", 1)]
    assert [row[0] for row in crashes.rows][0] == date(2023, 3, 3)
    assert any("few crashes" in str(one) for part in blocks(Points, made) for one in part.items)
    assert [one.kind for one in blocks(Figure, made)] == ["map"]
    assert made.stamp.used == 3


def test_the_place_makes_another_fingerprint():
    kinds = [report.assemble("quick_answer", facts(words)) for words in ("M39 km 41", "M39")]
    assert kinds[0].stamp.fingerprint != kinds[1].stamp.fingerprint


def test_long_years_and_years_in_part_are_told():
    period = api.Period(date(2001, 3, 1), date(2023, 12, 31))
    data = made_crashes.made(ROWS, period=period)
    found = quick.answer(data, quick.find(data, quick.gazetteer(data, {}, ()), "M39").place)
    table = api.answer_years(found)
    assert (str(table.rows[0][0]), len(table.rows)) == ("2001–2011", 14)
    assert "not the whole year" not in str(table.caption) or found.years[0].is_whole is False


def test_a_report_without_a_place_says_how_to_ask():
    with pytest.raises(ReportError, match="crashkit answer"):
        report.assemble("quick_answer", replace(facts(), answer=None))


def test_nothing_that_happened_is_a_document_too():
    made = report.assemble(
        "quick_answer", facts("M39 km 41 ± 10 m", [{**ROWS[0], "road_key": "A"}, *ROWS])
    )
    assert made.stamp.used == 3
    none = report.assemble("quick_answer", facts("10.5 12.5"))
    assert none.stamp.used == 0
    assert render.render(none, Speaker("en"), "html").startswith(b"<!DOCTYPE html>")


def test_a_document_that_was_passed_on_is_verified_against_its_data(tmp_path):
    with api.open_store(f"sqlite:///{tmp_path / 'x.sqlite'}") as store:
        store.save_import("mine", batches.batch("a", "b"))
        data = api.load(store, "mine")
        place = api.find_place(store, data, "42.87 74.59 ± 400 m").place
        found = api.answer_place(data, place, api.parse_filter("severity=fatal"))
        content = api.write_answer(data, found, format="html").content
        assert api.verify_report(store, content).equal
        other = content.replace(b"longitude 74.59", b"longitude 75.59")
        assert not api.verify_report(store, other).equal
