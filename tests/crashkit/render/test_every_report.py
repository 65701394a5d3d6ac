"""Every report in every language and format opens, says all that it should, and is laid out well.

A new kind of report comes into this by itself: what there is, is asked of the library.
"""

from __future__ import annotations

import io
from functools import cache

import looked_over
import openpyxl
import pytest
import sources
import written
from invented import facts, tiny

from crashkit import presets, render, report
from crashkit.store import Store
from crashkit.text import Speaker
from webapp import sample as country

LANGUAGES = ("en", "ru", "zh")
FORMATS = ("html", "pdf", "docx", "xlsx")
SETS = ("sample", "uk_stats19_manchester", "ru_dtpstat_csv")
CHECKS = {
    "html": looked_over.wrong_in_html,
    "pdf": looked_over.wrong_in_pdf,
    "docx": looked_over.wrong_in_docx,
    "xlsx": looked_over.wrong_in_xlsx,
}


def said(made, language, format):
    """Return what a report says in a format: a workbook holds more."""
    told = looked_over.whole if format == "xlsx" else looked_over.on_pages
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


# ------------------------------------------------------------- the long tier


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
