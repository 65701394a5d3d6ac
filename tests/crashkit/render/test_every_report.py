"""Every report in every language and format opens, says all that it should, and is laid out well.

A new kind of report comes into this by itself: what there is, is asked of the library.
"""

from __future__ import annotations

import dataclasses
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import looked_over
import matplotlib as mpl
import openpyxl
import pytest
import same_numbers
import sources
import written
import written_again
from invented import facts, sample, tiny

from crashkit import presets, render, report
from crashkit.store import Store
from crashkit.text import Speaker
from webapp import sample as country

LANGUAGES = ("en", "ru", "zh")
FORMATS = ("html", "pdf", "docx", "xlsx", "json")
SETS = ("sample", "uk_stats19_manchester", "ru_dtpstat_csv")
CHECKS = {
    "html": looked_over.wrong_in_html,
    "pdf": looked_over.wrong_in_pdf,
    "docx": looked_over.wrong_in_docx,
    "xlsx": looked_over.wrong_in_xlsx,
    "json": looked_over.wrong_in_json,
}


def said(made, language, format):
    """Return what a report says in a format: a workbook holds more."""
    told = looked_over.whole if format in render.WHOLE else looked_over.on_pages
    return told(made, Speaker(language))


def wrong(made, language, format):
    content = render.render(made, Speaker(language), format)
    return CHECKS[format](content, said(made, language, format))


# ------------------------------------------------------------ the short tier


@cache
def tabulation():
    return report.assemble("tabulation", facts(tiny()))


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tabulation_is_right_in_every_language_and_format(language, format):
    assert wrong(tabulation(), language, format) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tabulation_has_no_empty_chapter_and_no_bare_figure(language):
    document = said(tabulation(), language, "pdf")
    assert looked_over.empty_chapters(document) + looked_over.unsaid(document) == []


def one_pager():
    return report.assemble("area_one_pager", facts(tiny()))


@pytest.mark.parametrize("made", [tabulation, one_pager])
def test_a_number_is_the_same_in_every_format(made):
    files = {one: render.render(made(), Speaker("ru"), one) for one in FORMATS}
    assert same_numbers.differing(files) == []


@pytest.mark.parametrize("kind", ["crash_directory", "donor_form", "monthly_bulletin"])
def test_a_report_written_twice_is_the_same_byte_by_byte(kind):
    first = written_again.sums([kind], tiny())
    assert written_again.sums([kind], tiny()) == first


# ------------------------------------------------------------- the long tier


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(report.kinds()))
def test_every_report_is_the_same_byte_by_byte_in_another_process(kind):
    """Neither the order of sets, nor what was drawn before, nor the time of day shows."""
    first = written_again.sums([kind], sample())
    done = subprocess.run(
        [sys.executable, written_again.__file__, kind],
        env={**os.environ, "PYTHONHASHSEED": "1"},
        stdout=subprocess.PIPE,
        check=True,
    )
    assert json.loads(done.stdout) == first


@pytest.fixture(scope="module", params=SETS)
def reports(request, tmp_path_factory):
    """Write every kind about a data set, once."""
    with Store.open(str(tmp_path_factory.mktemp("kept") / "store.sqlite")) as store:
        if request.param == "sample":
            country.bring_in(store, lambda *_: None)
        else:
            store.save_import("real", sources.imported(request.param))
        return written.reports(store, store.datasets()[0].name)


@pytest.fixture(scope="module")
def files(reports):
    """Return the files of every kind in every language and format."""
    return {
        (kind, language, format): render.render(made, Speaker(language), format)
        for kind, made in reports.items()
        for language in LANGUAGES
        for format in FORMATS
    }


@pytest.mark.slow
@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_report_says_all_and_is_laid_out_well(reports, files, language, format):
    found = {
        kind: CHECKS[format](files[kind, language, format], said(made, language, format))
        for kind, made in reports.items()
    }
    assert {kind: told for kind, told in found.items() if told} == {}


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_every_report_is_the_same_in_every_format(reports, files, language):
    for kind in reports:
        written_as = {format: files[kind, language, format] for format in FORMATS}
        assert same_numbers.differing(written_as) == [], kind


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_report_has_an_empty_chapter_or_a_figure_without_words(reports, language):
    for kind, made in reports.items():
        document = said(made, language, "pdf")
        assert looked_over.empty_chapters(document) + looked_over.unsaid(document) == [], kind


@pytest.mark.slow
@pytest.mark.parametrize("language", ["ru", "zh"])
def test_no_report_says_an_english_sentence_in_another_language(reports, language):
    # A citation stays in the language of the book.
    cited = {one.source for one in presets.all_presets().values()}
    for kind, made in reports.items():
        assert set(written.untranslated(made, language)) <= cited, kind


@pytest.mark.slow
@pytest.mark.parametrize("format", ["docx", "xlsx"])
def test_an_office_program_opens_every_report(files, tmp_path, format):
    """What it saves has the words of the file; a Word file is set without words off the page."""
    for (kind, language, made_as), content in files.items():
        if made_as == format:
            (tmp_path / f"{kind}_{language}.{format}").write_bytes(content)
    given = sorted(tmp_path.glob(f"*.{format}"))
    saved = looked_over.opened(given, tmp_path / "saved", "pdf" if format == "docx" else "xlsx")
    assert [*saved] == [one.name for one in given]
    for name, content in saved.items():
        if format == "docx":
            assert looked_over.wrong_on_sheets(looked_over.sheets(content)) == [], name
        else:
            ours = openpyxl.load_workbook(tmp_path / name, read_only=True)
            theirs = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
            assert ours.sheetnames == theirs.sheetnames, name


# -------------------------------------------------------------- hostile text

HOSTILE = (
    "=HYPERLINK(0)",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "<script>alert(1)</script><img src=http://192.0.2.1/x onerror=alert(2)>",
    '#read("/etc/passwd") #image("http://192.0.2.1/x.png") $x$',
    "'; DROP TABLE crashes; --",
    "{{ 7*7 }} {% if %} \\input{/etc/passwd}",
    "line\r\nFAKE 200 OK \x1b[31m",
)


@cache
def hostile():
    """Return the sample with hostile names wherever a source writes names of its own."""
    data = sample()
    crashes = data.crashes.copy()
    for name in ("admin1", "admin2", "road_key", "road_name", "source_name", "unit"):
        if name in crashes:
            codes = crashes[name].astype("category").cat.codes.to_numpy()
            crashes[name] = [HOSTILE[code % len(HOSTILE)] if code >= 0 else None for code in codes]
    info = dataclasses.replace(data.dataset, title=HOSTILE[2], attribution=HOSTILE[3])
    return data.replace(crashes=crashes, dataset=info)


@cache
def hostile_report(kind):
    return written.of_data(kind, hostile())


@pytest.mark.slow
@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(("n", "kind"), list(enumerate(sorted(report.kinds()))))
def test_hostile_text_stays_text_in_every_report(n, kind, format):
    # Each kind and format meets one language; all meet all of them.
    language = LANGUAGES[(n + FORMATS.index(format)) % len(LANGUAGES)]
    assert wrong(hostile_report(kind), language, format) == []


ASKED_FOR: list[str] = []
WATCHED = {"on": False}


def _watch(event, given):
    if WATCHED["on"] and (
        event == "open" or event.startswith(("socket.", "subprocess.", "urllib"))
    ):
        ASKED_FOR.append(f"{event} {given[0] if given else ''}")


@pytest.fixture
def watched():
    """Note each file opened, program started and connection made while a test runs."""
    if not WATCHED.get("hooked"):
        # Such a hook stays as long as the process; it looks away after the test.
        sys.addaudithook(_watch)
        WATCHED["hooked"] = True
    ASKED_FOR.clear()
    WATCHED["on"] = True
    yield ASKED_FOR
    WATCHED["on"] = False


@pytest.mark.slow
@pytest.mark.parametrize("format", FORMATS)
def test_writing_hostile_reports_reads_no_file_and_no_network(watched, format):
    """Files of the program itself are read, and what it wrote into a temporary folder."""
    for kind in report.kinds():
        render.render(hostile_report(kind), Speaker("en"), format)
    here = {
        str(Path(one).resolve()) for one in (sys.prefix, sys.base_prefix, tempfile.gettempdir())
    }
    own = (*here, sys.prefix, str(Path(render.__file__).parents[2]), mpl.get_cachedir())
    told = [one for one in watched if not re.match(r"open (\d+$|b?'?$)", one)]
    assert [one for one in told if not one.startswith(tuple(f"open {root}" for root in own))] == []
