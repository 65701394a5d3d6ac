from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from invented import facts, sample, tiny

from crashkit import render, report
from crashkit.blocks import (
    Heading,
)
from crashkit.errors import NotFound, ReportError
from crashkit.section import Section
from crashkit.text import Speaker


def texts(assembled):
    return [str(one.text) for one in assembled.blocks if isinstance(one, Heading)]


def test_every_kind_names_sections_that_exist():
    sections = report.sections()
    for kind in report.kinds().values():
        assert kind.sections
        assert set(kind.sections) <= set(sections)
        assert str(kind.title) and str(kind.summary)


def test_every_section_stands_in_a_known_kind():
    kinds = report.kinds()
    for section in report.sections().values():
        assert isinstance(section, Section)
        assert section.title
        assert section.order.keys() <= kinds.keys()
        assert section.order


def test_sections_stand_in_their_order():
    assert report.kinds()["area_one_pager"].sections[:3] == ("key_figures", "crash_map", "trend")
    assert report.kinds()["blackspot_list"].sections[-1] == "screening_doubts"


def test_a_report_of_another_kind_is_refused_by_name():
    with pytest.raises(NotFound, match="area_one_pager, blackspot_list"):
        report.assemble("annual", facts(tiny()))


def test_a_list_of_sites_without_a_rule_says_what_is_missing():
    with pytest.raises(ReportError, match="choose a rule"):
        report.assemble("blackspot_list", facts(tiny()))


def test_sections_that_the_data_cannot_support_are_left_out():
    bare = tiny("| crash_date | severity |\n| 2021-05-01 | fatal |")
    assert texts(report.assemble("area_one_pager", facts(bare))) == [
        "Trend",
        "How to read these numbers",
    ]


def test_the_stamp_states_what_the_numbers_come_from():
    stamp = report.assemble("area_one_pager", facts(tiny(), words="severity=fatal")).stamp
    assert (stamp.dataset, stamp.data_version) == ("test", "test v3")
    assert (stamp.used, stamp.of, stamp.unlocated) == (1, 4, 0)
    assert stamp.data_date == datetime(2024, 2, 3).date()
    assert str(stamp.killed_definition) == "died within 30 days"
    assert stamp.method is None
    assert [Speaker("en").say(one) for one in stamp.filter_sentence] == ["Severity: Fatal."]


def test_the_stamp_of_a_list_names_its_rule_and_that_nobody_checked_it():
    stamp = report.assemble("blackspot_list", facts(sample(), preset="count_1km")).stamp
    assert "rule count_1km, not checked against its source" in str(stamp.method)


def fingerprint(data, **asked):
    return report.assemble("area_one_pager", facts(data, **asked)).stamp.fingerprint


def test_the_same_inputs_have_the_same_fingerprint():
    assert fingerprint(tiny()) == fingerprint(tiny())


def test_the_moment_of_the_import_and_the_numbers_of_rows_do_not_change_the_fingerprint():
    data = tiny()
    later = data.replace(dataset=replace(data.dataset, changed=datetime(2030, 1, 1, tzinfo=UTC)))
    moved = data.replace(crashes=data.crashes.assign(id=data.crashes["id"] + 100))
    turned = data.replace(crashes=data.crashes.iloc[::-1].reset_index(drop=True))
    assert {fingerprint(one) for one in (later, moved, turned)} == {fingerprint(data)}


def test_another_filter_value_or_version_has_another_fingerprint():
    data = tiny()
    crashes = data.crashes.copy()
    crashes["lon"] = np.where(crashes["id"] == 1, 1.0, crashes["lon"])
    others = {
        fingerprint(data, words="severity=fatal"),
        fingerprint(data.replace(crashes=crashes)),
        fingerprint(data.replace(dataset=replace(data.dataset, version=4))),
    }
    assert len(others | {fingerprint(data)}) == 4


def test_another_parameter_of_the_rule_has_another_fingerprint():
    found = [
        report.assemble("blackspot_list", facts(sample(), preset="count_1km", changes=changes))
        for changes in ({}, {"min_crashes": "5"})
    ]
    assert found[0].stamp.fingerprint != found[1].stamp.fingerprint


NEW = '''
"""A section dropped in by this test."""
from crashkit.errors import Message
from crashkit.blocks import (Heading, Note,)
from crashkit.section import Section

SECTION = Section(
    name="dropped",
    title="Dropped in",
    build=lambda facts: [Heading(Message("Dropped in")), Note(Message("It is here."))],
    order={"area_one_pager": 45},
)
'''


@pytest.fixture
def dropped(tmp_path, monkeypatch):
    """Put one more file beside the sections."""
    import sys

    import crashkit.sections

    (tmp_path / "dropped.py").write_text(NEW)
    monkeypatch.setattr(crashkit.sections, "__path__", [*crashkit.sections.__path__, str(tmp_path)])
    yield
    sys.modules.pop("crashkit.sections.dropped", None)


@pytest.mark.usefixtures("dropped")
def test_a_section_dropped_in_stands_in_the_report_without_another_edit():
    kind = report.kinds()["area_one_pager"]
    assert kind.sections[4] == "dropped"
    assert "Dropped in" in texts(report.assemble("area_one_pager", facts(tiny())))
    html = render.render(
        report.assemble("area_one_pager", facts(tiny())), Speaker("en"), "html"
    ).decode()
    assert "It is here." in html
