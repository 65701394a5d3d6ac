import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from invented import facts, sample, tiny

from crashkit import api, render, report
from crashkit.blocks import Figure, Heading, KeyFigures, Note, Paragraph, Table
from crashkit.errors import DropinError, NotFound, ReportError
from crashkit.own_reports import Part, Template
from crashkit.render import words
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


def test_every_section_stands_in_a_kind_and_says_what_it_needs():
    standing = {name for kind in report.kinds().values() for name in kind.sections}
    for section in report.sections().values():
        assert isinstance(section, Section)
        assert section.title
        assert section.needs in ("", "screening", "quality", "place")
        assert section.name in standing


def test_the_parts_of_a_kind_can_all_be_made():
    for kind in report.kinds().values():
        report.check(report.of_kind(kind.id, "copy", "Copy"))


@pytest.mark.parametrize(
    ("written", "cause"),
    [
        ('title = "T"\nsummary = "S"\nheadline = "H"', "layout"),
        ('title = "T"\nsummary = "S"\nheadline = "H"\nlayout = "folded"', "folded"),
        (
            'title = "T"\nsummary = "S"\nheadline = "H"\nlayout = "pages"\n'
            '[[parts]]\nsection = "tea"',
            "tea",
        ),
    ],
)
def test_a_broken_file_of_a_kind_is_told_loudly(written, cause):
    with pytest.raises(DropinError, match=f"ours is broken: .*{cause}"):
        report.read_kind("ours", written)


HEADED = """
title = "Nights"
summary = "About nights."
headline = "Nights: {dataset}"
layout = "pages"

[[parts]]
heading = "When it happens"

[[parts]]
analysis = "hours"

[[parts]]
heading = "Where it happens"

[[parts]]
analysis = "corridor"

[[parts]]
section = "caveats"
"""


def test_a_chapter_without_anything_in_it_is_left_out_and_told(monkeypatch):
    ours = report.read_kind("ours", HEADED.replace('[[parts]]\nsection = "caveats"\n', ""))
    monkeypatch.setattr(report, "kinds", lambda: {"ours": ours})
    made = report.assemble("ours", facts(tiny("| crash_date |\n| 2021-05-01 |")))
    assert texts(made) == ["Not in this report"]
    assert str(made.blocks[-1].items[0]) == (
        "Day of the week and hour: The data do not tell the day and the hour of any crash."
    )


def test_analyses_of_a_kind_stand_below_its_headings_and_count_in_the_fingerprint(monkeypatch):
    ours = report.read_kind("ours", HEADED)
    monkeypatch.setattr(report, "kinds", lambda: {"ours": ours})
    made = report.assemble("ours", facts(sample()))
    levels = {str(one.text): one.level for one in made.blocks if isinstance(one, Heading)}
    assert levels["When it happens"] == 1
    assert set(levels.values()) == {1, 2}
    assert made.stamp.fingerprint != report.stamp("ours", facts(sample())).fingerprint


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


def test_the_stamp_of_a_list_says_all_that_its_rule_asks_with_the_numbers_in_force():
    told = facts(sample(), preset="count_1km", changes={"min_crashes": "7"})
    rule = {str(label): Speaker("en").say(said) for label, said in report.stamp("x", told).rule}
    assert rule["What we measured"] == "Number of crashes"
    assert "Fewest crashes to be listed: 7" in rule["With these numbers"]
    assert rule["Crashes the rule looks at"] == "All crashes of the data set."
    assert report.stamp("x", facts(sample())).rule == ()


def test_key_figures_of_a_year_and_the_stamp_tell_the_same_number():
    parts = (Part(section="key_figures", years=1), Part(section="trend"))
    made = report.compose(Template("mine", "Mine", parts), facts(tiny()))
    figure = next(one for one in made.blocks if isinstance(one, KeyFigures)).figures[0]
    assert (figure.value, str(figure.unit)) == (2, "in 2023, of 4 in the data set")
    assert (made.stamp.used, made.stamp.of_year) == (4, (2023, 2))
    stamp = words.speak(made, Speaker("en")).stamp
    assert ("Of these in 2023, for the parts about that year", "2") in stamp
    whole = report.compose(Template("mine", "Mine", parts[1:]), facts(tiny()))
    assert whole.stamp.of_year is None


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
from crashkit.render import words
from crashkit.section import Section

SECTION = Section(
    name="dropped",
    title="Dropped in",
    build=lambda facts: [Heading(Message("Dropped in")), Note(Message("It is here."))],
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
def test_a_section_dropped_in_stands_in_templates_without_another_edit():
    assert "dropped" in api.list_sections()
    template = report.check(Template("ours", "Ours", (Part(section="dropped"),)))
    made = report.compose(template, facts(tiny()))
    assert texts(made) == ["Dropped in"]
    assert "It is here." in render.render(made, Speaker("en"), "html").decode()


def composed(*parts, data=None, **more):
    template = Template("ours", "Ours {0}", parts)
    return report.compose(template, facts(data or sample(), **more))


def test_parts_stand_in_the_order_of_the_template_and_below_their_heading():
    made = composed(
        Part(section="crash_map"),
        Part(heading="Nights {x}"),
        Part(analysis="hours"),
        Part(section="trend"),
    )
    heads = [(str(one.text), one.level) for one in made.blocks if isinstance(one, Heading)]
    assert heads == [
        ("Where", 1),
        ("Nights {x}", 1),
        ("Crashes by day of the week and hour", 2),
        ("Trend", 2),
    ]


def test_an_analysis_shows_the_numbers_of_its_page():
    data = sample()
    part = Part(analysis="hours", unit="casualties", filter="severity=fatal")
    asked = api.question(
        api.cut(data, api.parse_filter("severity=fatal")), whole=data, unit="casualties"
    )
    page = api.analyse("hours", asked)
    for view, kind in (("both", Figure), ("chart", Figure), ("table", Table)):
        made = composed(replace(part, view=view), words="year=2020")
        (shown,) = [one for one in made.blocks if isinstance(one, Figure | Table)]
        assert isinstance(shown, kind)
        table = shown if view == "table" else shown.table
        assert table == (None if view == "chart" else page.table)
        assert page.finding in [
            one.sentences[0] for one in made.blocks if isinstance(one, Paragraph)
        ]
        own = next(one for one in made.blocks if isinstance(one, Paragraph)).sentences
        assert [Speaker("en").say(one) for one in own] == [
            "This part has a filter of its own:",
            "Severity: Fatal.",
            f"{len(asked.data)} crashes pass it.",
        ]


def test_without_a_filter_of_its_own_an_analysis_keeps_to_the_filter_of_the_report():
    data = sample()
    fatal = api.cut(data, api.parse_filter("severity=fatal"))
    made = composed(Part(analysis="hours"), words="severity=fatal")
    (shown,) = [one for one in made.blocks if isinstance(one, Figure)]
    assert shown.table == api.analyse("hours", api.question(fatal, whole=data)).table


def test_a_part_that_cannot_be_made_says_so_in_its_place():
    bare = tiny("| crash_date | severity |\n| 2021-05-01 | fatal |")
    made = composed(
        Part(section="crash_map"),
        Part(section="site_table"),
        Part(analysis="hours"),
        Part(analysis="hours", filter="severity=slight"),
        Part(section="no_more"),
        data=bare,
    )
    assert texts(made) == [
        "Map of the crashes",
        "Ranked list of sites",
        "Day of the week and hour",
        "Day of the week and hour",
        "no_more",
    ]
    notes = [str(one.text) for one in made.blocks if isinstance(one, Note)]
    assert notes == [
        "This part is left out, because these crashes do not tell what it needs.",
        "This part is left out, because these crashes do not tell what it needs.",
        "This part is left out. The data do not tell the day and the hour of any crash.",
        "This part is left out. No crash passes the filter.",
        "This version of CrashKit has no such part; it is left out.",
    ]


def test_what_a_standard_report_leaves_out_is_told_in_one_line():
    bare = tiny("| crash_date | severity |\n| 2021-05-01 | fatal |")
    last = report.assemble("area_one_pager", facts(bare)).blocks[-1]
    assert (
        Speaker("en")
        .say(last.text)
        .startswith("Not in this report, because these crashes do not tell what it needs: Map of")
    )


def test_parts_and_their_order_change_the_fingerprint_and_the_title_does_not():
    one, two = Part(section="trend"), Part(analysis="hours")
    marks = [
        composed(*parts).stamp.fingerprint
        for parts in ((one, two), (two, one), (one,), (one, replace(two, unit="casualties")))
    ]
    assert len(set(marks)) == 4
    other = report.compose(Template("theirs", "Theirs", (one, two)), facts(sample()))
    assert other.stamp.fingerprint == marks[0]
    assert "Theirs (theirs): Trend by year; Day of the week and hour" in str(other.stamp.template)


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        (Part(section="tea"), "part 1: there is no section tea"),
        (Part(analysis="tea"), "part 1: there is no analysis tea"),
        (Part(analysis="hours", unit="cups"), "counts crashes, casualties, vehicles, not cups"),
        (Part(analysis="hours", chosen={"by": "x"}), "there is no by"),
    ],
)
def test_names_that_are_none_are_refused(part, wrong):
    with pytest.raises(ReportError, match=wrong):
        report.check(Template("ours", "Ours", (part,)))


def test_a_standard_kind_is_copied_with_its_sections():
    copy = report.check(report.of_kind("blackspot_list", "mine", "Mine"))
    assert tuple(one.section for one in copy.parts) == report.kinds()["blackspot_list"].sections
    assert report.needs_screening(copy) and not report.needs_quality(copy)


@pytest.mark.parametrize("format", ["html", "docx", "xlsx", "pdf"])
def test_own_words_stay_words_in_every_format(format):
    words = '=1+1 <b>{x}</b> #set $x$ "и" 事'
    made = composed(
        Part(heading=words), Part(text=f"{words}\n\nsecond"), Part(section="site_facts")
    )
    content = render.render(made, Speaker("en"), format)
    if format == "html":
        assert content.decode().count("=1+1 &lt;b&gt;{x}&lt;/b&gt; #set $x$ &#34;и&#34; 事") >= 2
    elif format in ("docx", "xlsx"):
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            held = "".join(file.read(one).decode("utf-8", "ignore") for one in file.namelist())
        assert "=1+1 &lt;b&gt;{x}&lt;/b&gt; #set $x$" in held
        assert "<f>" not in held
    else:
        assert content.startswith(b"%PDF")
