"""What every format must keep: numbers, titles in three languages, hostile text, the stamp."""

import io
import re
import subprocess
import zipfile

import docx
import pytest
from invented import facts, layers, sample, tiny
from made_documents import page_of, pdf_pages, pdf_raw, pdf_text, sheets, text_of

from crashkit import render, report
from crashkit.errors import ReportError
from crashkit.render import words
from crashkit.text import Speaker

LANGUAGES = ("en", "ru", "zh")
KINDS = ("area_one_pager", "blackspot_list")
FORMATS = ("html", "pdf", "docx", "xlsx", "json")

HOSTILE = 'A & B <b>x</b> #strong[y] *z* _u_ $1$ {{ 7*7 }} {% if %} @ref \\ "q" `c` =1+1'


def assembled(kind):
    preset = "poisson_1km" if kind == "blackspot_list" else ""
    return report.assemble(kind, facts(sample(), preset=preset, on=layers()))


@pytest.fixture(scope="module")
def reports():
    return {kind: assembled(kind) for kind in KINDS}


@pytest.fixture(scope="module")
def written(reports):
    return {
        (kind, language, format): render.render(reports[kind], Speaker(language), format)
        for kind in KINDS
        for language in LANGUAGES
        for format in FORMATS
    }


def hostile():
    names = [HOSTILE, "\x0b\x1bA1", "=1+1", "\u202eevil", "日本\U0001f600"]
    drawn = "| admin1 | severity |\n" + "| x | fatal |\n" * 3 * len(names)
    data = tiny(drawn, title=HOSTILE, attribution=HOSTILE)
    data.crashes["admin1"] = [name for name in names for _ in range(3)]
    return report.assemble("area_one_pager", facts(data))


def numbers(document):
    """Every number that a table or a key figure shows."""
    found = set()
    for part in document.parts:
        for block in part.blocks:
            table = block.table if isinstance(block, words.SaidFigure) else block
            if isinstance(table, words.SaidTable) and len(table.columns) < 20:
                found |= {cell.text for row in table.rows for cell in row if cell.value is not None}
            if isinstance(block, words.SaidKeyFigures):
                found |= {cell.text for _, cell, _, _ in block.figures}
    return found


# ------------------------------------------------------------------ formats


def test_the_formats_are_those_of_the_contract():
    assert render.formats() == FORMATS
    assert render.media_type("pdf") == "application/pdf"


def test_another_format_is_refused_by_name(reports):
    with pytest.raises(ReportError, match="html, pdf, docx, xlsx, json"):
        render.render(reports["area_one_pager"], Speaker("en"), "odt")


@pytest.mark.parametrize("format", ["html", "pdf", "docx"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_number_stands_in_every_format(written, reports, kind, format):
    document = words.speak(reports[kind], Speaker("en"))
    text = text_of(written[kind, "en", format], format)
    flat = re.sub(r"\s", "", text)
    missing = [one for one in numbers(document) if re.sub(r"\s", "", one) not in flat]
    # On paper a long text may be broken between the lines of its neighbours.
    assert [one for one in missing if not re.search("[a-z]{3}", one)] == []


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_title_stamp_and_mark_of_invented_data_stand_in_every_file(
    written, reports, kind, language, format
):
    document = words.speak(reports[kind], Speaker(language))
    text = text_of(written[kind, language, format], format)
    for expected in (document.title, document.fingerprint, document.banner, "CrashKit"):
        assert expected in text


# --------------------------------------------------------------------- HTML


@pytest.mark.parametrize("kind", KINDS)
def test_html_stands_alone_without_script_or_request(written, kind):
    page = page_of(written[kind, "en", "html"])
    assert not {"script", "link", "iframe", "object", "base", "form"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "style"]
    sources = [value for name, value in page.attributes if name in ("src", "href", "srcset")]
    assert sources and all(value.startswith("data:image/png;base64,") for value in sources)
    assert all(value for name, value in page.attributes if name == "alt")
    assert page.tags.count("h1") == 1 and page.tags.count("html") == 1


def test_html_tells_its_language_and_direction(written):
    for language in LANGUAGES:
        page = page_of(written["area_one_pager", language, "html"])
        assert ("lang", language) in page.attributes
        assert ("dir", "ltr") in page.attributes


def test_every_table_of_html_has_a_caption_and_heads(written):
    page = page_of(written["area_one_pager", "en", "html"])
    assert page.tags.count("caption") == page.tags.count("table") == page.tags.count("thead")
    scopes = [value for name, value in page.attributes if name == "scope"]
    assert {"row", "col"} == set(scopes)
    # A table wider than the page is moved in a frame of its own, by keys, too.
    names = [value for name, value in page.attributes if name == "aria-label"]
    assert len(names) == page.tags.count("table") and all(names)
    assert sum(one == ("tabindex", "0") for one in page.attributes) == len(names)


# ---------------------------------------------------------------------- PDF


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_one_pager_is_one_page(written, language):
    assert pdf_pages(written["area_one_pager", language, "pdf"]) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_one_pager_says_what_is_counted(written, reports, language):
    document = words.speak(reports["area_one_pager"], Speaker(language))
    page = re.sub(r"\s", "", pdf_raw(written["area_one_pager", language, "pdf"]))
    assert re.sub(r"\s", "", document.ending) in page
    assert len(document.stamp) == len(document.footer.split(" · ")) + len(
        document.ending.split(" · ")
    )


def test_a_long_list_repeats_its_head_and_stamp_on_every_page(written):
    content = written["blackspot_list", "en", "pdf"]
    pages = pdf_text(content).rstrip("\f").split("\f")
    assert len(pages) == pdf_pages(content) > 2
    for number, page in enumerate(pages, 1):
        assert "Invented data for training" in page
        assert f"Page {number} / {len(pages)}" in page
    assert sum("Probability" in page and "Rank" in page for page in pages) >= 2


def test_the_same_report_gives_the_same_pdf(reports, written):
    again = render.render(reports["area_one_pager"], Speaker("zh"), "pdf")
    assert again == written["area_one_pager", "zh", "pdf"]


def test_pdf_is_tagged_archivable_and_named(written):
    content = written["area_one_pager", "ru", "pdf"]
    done = subprocess.run(["pdfinfo", "-"], input=content, capture_output=True, check=True)
    told = done.stdout.decode("utf-8")
    assert re.search(r"Tagged:\s+yes", told)
    assert "3 Feb" in told or "Feb  3" in told
    assert b"pdfuaid:part" in content and b"pdfaid:part" in content


def test_pdf_bears_only_our_fonts(written):
    content = written["area_one_pager", "zh", "pdf"]
    done = subprocess.run(["pdffonts", "-"], input=content, capture_output=True, check=True)
    lines = done.stdout.decode().splitlines()[2:]
    assert lines and all("NotoSans" in line for line in lines)


# --------------------------------------------------------------------- DOCX


@pytest.mark.parametrize("kind", KINDS)
def test_word_has_heading_styles_header_rows_and_words_for_pictures(written, kind):
    file = docx.Document(io.BytesIO(written[kind, "en", "docx"]))
    styles = {paragraph.style.name for paragraph in file.paragraphs}
    assert {"Title", "Heading 1", "Caption", "List Bullet"} <= styles
    body = file.element.body.xml
    pictures = re.findall(r"<wp:docPr [^>]*>", body)
    assert pictures and all('descr="' in one and 'descr=""' not in one for one in pictures)
    assert body.count("<w:tblHeader") == body.count("<w:tblCaption")
    assert len(file.tables) > 3


def test_word_names_fonts_that_readers_have(written):
    with zipfile.ZipFile(io.BytesIO(written["area_one_pager", "zh", "docx"])) as file:
        styles = file.read("word/styles.xml").decode("utf-8")
    assert 'w:eastAsia="Microsoft YaHei"' in styles and 'w:ascii="Arial"' in styles
    assert 'w:val="zh-CN"' in styles and "Noto" not in styles


def test_word_finds_properties_in_the_order_it_reads_them(written):
    from crashkit.render.docx import ORDER

    file = docx.Document(io.BytesIO(written["blackspot_list", "en", "docx"]))
    for parent, names in ORDER.items():
        order = names.split()
        for element in file.element.iter(
            f"{{http://schemas.openxmlformats.org/wordprocessingml/2006/main}}{parent}"
        ):
            places = [order.index(child.tag.rpartition("}")[2]) for child in element]
            assert places == sorted(places)


# --------------------------------------------------------------------- XLSX


def test_numbers_of_excel_are_numbers(written, reports):
    book = sheets(written["area_one_pager", "ru", "xlsx"])
    document = words.speak(reports["area_one_pager"], Speaker("ru"))
    values = [cell.value for page in book for row in page.iter_rows() for cell in row]
    plain = [value for value in values if isinstance(value, int | float)]
    assert 3000 in plain and 431 in plain
    shown = {
        cell.value
        for part in document.parts
        for block in part.blocks
        if isinstance(block, words.SaidTable)
        for row in block.rows
        for cell in row
        if isinstance(cell.value, int)
    }
    assert shown <= set(plain)


def test_excel_draws_its_own_chart_from_the_cells(written):
    with zipfile.ZipFile(io.BytesIO(written["area_one_pager", "en", "xlsx"])) as file:
        charts = [name for name in file.namelist() if "charts/chart" in name]
        drawn = file.read(charts[0]).decode("utf-8")
    assert len(charts) == 1
    assert drawn.count("<c:ser>") == 3
    found = re.search(r"Trend'?!\$B\$(\d+):\$B\$(\d+)</c:f>", drawn)
    assert found
    first, last = map(int, found.groups())
    page = sheets(written["area_one_pager", "en", "xlsx"])["Trend"]
    years = [page.cell(row, 1).value for row in range(first, last + 1)]
    assert years == [str(year) for year in range(2016, 2026)]


def test_the_last_sheet_of_excel_says_what_is_counted(written, reports):
    book = sheets(written["blackspot_list", "en", "xlsx"])
    about = book[book.sheetnames[-1]]
    texts = [str(cell.value) for row in about.iter_rows() for cell in row if cell.value]
    assert about.title == "What is counted"
    assert "Crashes are counted, each once." in texts
    assert reports["blackspot_list"].stamp.fingerprint in texts


# ------------------------------------------------------------- hostile text


@pytest.mark.parametrize("format", FORMATS)
def test_hostile_text_appears_as_it_is(format):
    content = render.render(hostile(), Speaker("en"), format)
    flat = re.sub(r"\s", "", text_of(content, format))
    for shown in (HOSTILE, "\\x0b\\x1bA1", "=1+1", "\\u202eevil", "日本"):
        assert re.sub(r"\s", "", shown) in flat


def test_hostile_text_is_no_markup_in_html():
    page = page_of(render.render(hostile(), Speaker("en"), "html"))
    assert "b" not in page.tags and "49" not in page.text


def test_a_formula_stays_a_text_in_excel():
    book = sheets(render.render(hostile(), Speaker("en"), "xlsx"))
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert "'=1+1" in [cell.value for cell in cells]


def test_a_sign_that_no_font_has_is_written_as_its_number():
    text = pdf_text(render.render(hostile(), Speaker("en"), "pdf"))
    assert "日本[U+1F600]" in text


# ------------------------------------------------------ thin data, directions


@pytest.mark.parametrize("format", FORMATS)
def test_a_report_about_nothing_still_says_so(format):
    empty = report.assemble("area_one_pager", facts(tiny(), words="year=2022"))
    text = text_of(render.render(empty, Speaker("en"), format), format)
    assert "No crash passes this filter" in " ".join(text.split())


@pytest.mark.parametrize("format", FORMATS)
def test_data_without_severity_or_coordinates_make_a_report(format):
    data = tiny("| crash_date | road_key |\n| 2021-02-03 | A |\n| 2022-02-03 | B |")
    bare = report.assemble("area_one_pager", facts(data))
    text = " ".join(text_of(render.render(bare, Speaker("en"), format), format).split())
    assert "The source does not tell how severe the crashes were." in text
    assert "not recorded" in text


class RightToLeft(Speaker):
    """Speaks English from right to left, until a language of that direction has its catalogue."""

    direction = "rtl"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_format_can_be_written_from_right_to_left(reports, kind, format):
    content = render.render(reports[kind], RightToLeft("en"), format)
    if format == "html":
        assert ("dir", "rtl") in page_of(content).attributes
    if format == "docx":
        assert "w:bidiVisual" in docx.Document(io.BytesIO(content)).element.body.xml
    if format == "xlsx":
        assert all(page.sheet_view.rightToLeft for page in sheets(content))
    if format == "pdf" and kind == "area_one_pager":
        assert pdf_pages(content) == 1


# -------------------------------------------------------------------- safety


@pytest.mark.parametrize("path", ["/etc/hostname", "../secret.txt"])
def test_typst_reads_nothing_outside_its_folder(tmp_path, monkeypatch, reports, path):
    from crashkit.render import pdf

    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    trap = tmp_path / "trap.typ"
    trap.write_text(f'{pdf.TEMPLATE.read_text("utf-8")}\n#read("{path}")\n', "utf-8")
    monkeypatch.setattr(pdf, "TEMPLATE", trap)
    with pytest.raises(ReportError, match="The PDF cannot be set"):
        render.render(reports["area_one_pager"], Speaker("en"), "pdf")


def test_the_folder_of_a_pdf_is_gone_afterwards(tmp_path, monkeypatch, reports):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    render.render(reports["area_one_pager"], Speaker("en"), "pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_printed_page_bears_its_foot_and_no_text_can_end_the_style_sheet():
    made = hostile()
    content = render.render(made, Speaker("en"), "html").decode("utf-8")
    style = content[content.index("<style>") : content.index("</style>")]
    footer = words.speak(made, Speaker("en")).footer
    numbers = re.search(r'@bottom-left \{ content: "([^"]*)"', style)[1]
    assert "".join(chr(int(one, 16)) for one in numbers.split("\\")[1:]) == footer
    assert content.count("<style>") == content.count("</style>") == 1
