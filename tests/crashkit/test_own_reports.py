"""Report templates as text: whatever can be kept is read back equal; what cannot says why."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import own_reports
from crashkit.errors import ReportError
from crashkit.own_reports import Part, Template

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=1)
LINES = st.text(string.ascii_letters + "ъ事“{}$#\\", min_size=1, max_size=40)
PARTS = st.one_of(
    st.builds(Part, section=LINES),
    st.builds(Part, heading=LINES),
    st.builds(Part, text=WORDS.filter(str.strip)),
    st.builds(
        Part,
        analysis=LINES,
        unit=st.sampled_from(["", "casualties"]),
        view=st.sampled_from([*own_reports.VIEWS]),
        chosen=st.dictionaries(LINES, LINES, max_size=2),
        other=st.sampled_from(["", "year=2020"]),
        filter=st.sampled_from([None, "", "severity=fatal; year=2020-2021"]),
    ),
)


@given(LINES, st.lists(PARTS, max_size=4), st.dictionaries(LINES, LINES, max_size=2))
def test_what_is_written_is_read_back_equal(title, parts, titles):
    template = Template("ours", title, tuple(parts), titles)
    assert own_reports.parse("ours", own_reports.text(template)) == template


@given(st.lists(PARTS, min_size=1, max_size=5), st.integers(0, 4), st.integers(-6, 6))
def test_moving_a_part_loses_none(parts, at, by):
    at %= len(parts)
    moved = Template("ours", "Ours", tuple(parts)).moved(at, by).parts
    assert sorted(map(id, moved)) == sorted(map(id, parts))
    assert moved[min(max(at + by, 0), len(parts) - 1)] is parts[at]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("title =", "not valid TOML"),
        ("parts = []", "it needs a title"),
        ('title = " "', "it needs a title"),
        ('title = "x"\ncolour = 1', "there is no colour; there are title, titles, parts"),
        ('title = "x"\ntitles = { ru = 1 }', "titles are texts"),
        ('title = "x"\nparts = 3', "parts are a list"),
        ('title = "x"\n[[parts]]\nview = "chart"', "part 1: it must be one of section, analysis"),
        ('title = "x"\n[[parts]]\nsection = "a"\ntext = "b"', "part 1: it must be one of"),
        ('title = "x"\n[[parts]]\nsection = "a"\nfilter = ""', "part 1: only an analysis has unit"),
        ('title = "x"\n[[parts]]\nanalysis = "a"\nfilter = "colour=red"', "colour"),
        ('title = "x"\n[[parts]]\nanalysis = "a"\nview = "3d"', "there is no view 3d"),
        ('title = "x"\n[[parts]]\ntext = " "', "part 1: it says nothing"),
        (f'title = "{"x" * 201}"', "at most 200 signs"),
        ('title = "x"\n' + '[[parts]]\nheading = "h"\n' * 101, "more than 100 parts"),
        (f'title = "x"\n[[parts]]\ntext = "{"x" * 20001}"', "at most 20000 signs"),
    ],
)
def test_a_faulty_text_says_what_is_wrong_and_where(written, said):
    with pytest.raises(ReportError, match=said):
        own_reports.parse("ours", written)


def test_no_filter_of_its_own_is_not_a_filter_that_keeps_all():
    parts = own_reports.parse(
        "x",
        'title = "x"\n[[parts]]\nanalysis = "hours"\n[[parts]]\nanalysis = "hours"\nfilter = ""\n',
    ).parts
    assert [one.filter for one in parts] == [None, ""]


def test_a_title_is_said_in_the_language_of_the_paper_where_it_has_one():
    template = Template("x", "Month", titles={"ru": "Месяц"})
    assert [template.title_in(code) for code in ("ru", "zh")] == ["Месяц", "Month"]


def test_a_part_keeps_how_many_years_it_looks_at():
    written = 'title = "T"\n\n[[parts]]\nsection = "key_figures"\nyears = 1\n'
    template = own_reports.parse("t", written)
    assert template.parts[0].years == 1
    assert own_reports.text(template) == written


@pytest.mark.parametrize("said", ["years = 0", 'years = "5"', "years = true", "years = 101"])
def test_years_of_a_part_are_a_whole_number(said):
    with pytest.raises(ReportError, match="years are a whole number from 1 to 100"):
        own_reports.parse("t", f'title = "T"\n[[parts]]\nanalysis = "hours"\n{said}')


def test_a_heading_has_no_years():
    with pytest.raises(ReportError, match="only a section or an analysis has years"):
        own_reports.parse("t", 'title = "T"\n[[parts]]\nheading = "H"\nyears = 1')
