"""The common template: clear to fill in, and every value that was filled in comes back."""

import io
import zipfile
from datetime import date, time

import made_files
import openpyxl
import pytest
import sources

from crashkit import fields, profiles, template, text
from crashkit.errors import ReportError
from crashkit.intake import fitting

LANGUAGES = [one.code for one in text.languages()]
ROWS = 18
"""More than the longest list has values."""


@pytest.fixture(scope="module", params=LANGUAGES)
def say(request):
    return text.Speaker(request.param).say


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def upload(content):
    return made_files.upload(content, "template.xlsx")


def sheets(book, say):
    """Return the sheets that are filled in, by table."""
    return {table: book[say(message)] for table, message in template.SHEETS.items()}


# ---------------------------------------------------------------- its shape


def test_the_sheets_are_named_in_the_language(say):
    names = [template.READ_ME, *template.SHEETS.values(), template.LISTS, template.EXAMPLE]
    assert opened(template.write("xlsx", say)).sheetnames == [say(one) for one in names]


def test_titles_stand_above_the_names_by_which_columns_are_read(say):
    book = opened(template.write("xlsx", say))
    for table, sheet in sheets(book, say).items():
        titles, names = ([cell.value for cell in row] for row in sheet.iter_rows(max_row=2))
        wanted = template.columns(table)
        assert names == [column.name for column in wanted]
        assert [title.split(", ")[0] for title in titles] == [
            say(column.field.label).split(", ")[0] for column in wanted
        ]


def test_each_list_is_offered_in_the_cells_of_its_columns(say):
    book = opened(template.write("xlsx", say))
    for table, sheet in sheets(book, say).items():
        checks = sheet.data_validations.dataValidation
        offered = [one.formula1 for one in checks if one.type == "list"]
        wanted = [f"list_{column.list}" for column in template.columns(table) if column.list]
        assert offered == wanted
    for name in template.lists():
        ((sheet, cells),) = book.defined_names[f"list_{name}"].destinations
        values = [row[0].value for row in book[sheet][cells]]
        if name == "country":
            assert values == sorted(set(profiles.get("carec_common").codes["country"].values()))
        else:
            assert values == [say(code.label) for code in fields.codes(name)]


def test_the_columns_are_those_of_the_profile_and_none_is_personal():
    for layout in profiles.get("carec_common").files:
        named = {column.name for column in template.columns(layout.level)}
        assert named == set(layout.columns)
        assert not any(
            fields.get(layout.level, name).personal for name in layout.recipes[layout.level]
        )


def test_the_mandatory_fields_and_the_places_are_among_them():
    names = {column.field.name for column in template.columns("crash")}
    needed = {
        field.name
        for field in fields.table("crash")
        if field.use in ("mandatory", "location") and field.name != "source_id"
    }
    assert needed <= names


def test_the_same_template_has_the_same_bytes(say):
    for format in template.FORMATS:
        assert template.write(format, say) == template.write(format, say)


def test_another_format_is_refused():
    with pytest.raises(ReportError, match="xlsx, csv"):
        template.write("ods", text.Speaker("en").say)


# ---------------------------------------------------------------- the example


def test_the_filled_example_is_imported_without_a_warning(say):
    batch = made_files.imported(upload(template.write("xlsx", say, filled=True)), "carec_common")
    outcome = sources.outcome(batch)
    assert (outcome["total"], outcome["accepted"]) == (13, 13)
    assert (outcome["rejected"], outcome["warnings"]) == ({}, {})
    assert outcome["severity"] == {"fatal": 1, "serious": 1, "slight": 1}
    # It bears a code that is no country's, so its data are marked as invented.
    assert batch.synthetic


def test_the_example_is_the_same_in_every_language():
    read = [
        made_files.imported(
            upload(template.write("xlsx", text.Speaker(one).say, filled=True)), "carec_common"
        )
        for one in LANGUAGES
    ]
    told = ["admin1", "road_name", "road_key", "road_defects"]
    plain = [name for name in read[0].crashes if not name.endswith("_src") and name not in told]
    for other in read[1:]:
        assert other.crashes[plain].equals(read[0].crashes[plain])
        assert list(other.people["injury"]) == list(read[0].people["injury"])


def test_the_text_files_say_the_same_as_the_workbook(say):
    with zipfile.ZipFile(io.BytesIO(template.write("csv", say, filled=True))) as archive:
        names = archive.namelist()
        files = [made_files.upload(archive.read(name), name) for name in names]
    assert names == ["crashes.csv", "vehicles.csv", "people.csv"]
    batch = made_files.imported(files, "carec_common")
    book = made_files.imported(upload(template.write("xlsx", say, filled=True)), "carec_common")
    assert sources.outcome(batch)["warnings"] == {}
    assert batch.crashes.equals(book.crashes)
    assert batch.people.equals(book.people)


def test_a_filled_template_is_known_by_its_columns_alone(say):
    known = list(profiles.all_profiles().values())
    filled_in = upload(template.write("xlsx", say, filled=True))
    assert [fit.profile.id for fit in fitting.fitting([filled_in], known, {})] == ["carec_common"]
    ours = made_files.three()
    assert "carec_common" not in [fit.profile.id for fit in fitting.fitting(ours, known, {})]


# ------------------------------------------------------------ filled by hand


def filled(row, column, say):
    """Return what somebody writes into a cell, and what it means to us."""
    if column.list == "country":
        codes = sorted(set(profiles.get("carec_common").codes["country"].values()))
        return codes[row % len(codes)], codes[row % len(codes)]
    if column.list:
        codes = fields.codes(column.list)
        code = codes[row % len(codes)]
        return say(code.label), code.code
    special = {
        "crash_id": (f"00{row}", f"00{row}"),
        "unit_no": ("1", "1"),
        "person_no": (str(row), str(row)),
        "lat": (float(f"48.1{row:02}"),) * 2,
        "lon": (float(f"67.12{row:02}"),) * 2,
        "crash_date": (date(2023, 1 + row % 12, 3), f"2023-{1 + row % 12:02}-03"),
        "report_date": (date(2024, 1, 2 + row), f"2024-01-{2 + row:02}"),
        "crash_time": (time(row, 7), f"{row:02}:07"),
        "speed_limit": (40 + row, 40 + row),
        "model_year": (1990 + row, 1990 + row),
        "chainage_km": (row + 0.125, row + 0.125),
    }
    if column.field.name in special:
        return special[column.field.name]
    return (row, row) if column.field.type in ("int", "float") else (f"text {row}", f"text {row}")


def test_every_value_that_is_filled_in_comes_back(say):
    book = opened(template.write("xlsx", say))
    wanted = {}
    for table, sheet in sheets(book, say).items():
        for row in range(ROWS):
            for place, column in enumerate(template.columns(table), 1):
                cell, meant = filled(row, column, say)
                sheet.cell(row + 3, place).value = cell
                wanted.setdefault((table, column.field.name), []).append(meant)
    content = io.BytesIO()
    book.save(content)
    batch = made_files.imported(upload(content.getvalue()), "carec_common")
    assert sources.outcome(batch)["accepted"] == 3 * ROWS
    frames = {"crash": batch.crashes, "vehicle": batch.vehicles, "person": batch.people}
    for (table, name), values in wanted.items():
        if table == "crash" or name != "crash_id":
            assert frames[table][name].tolist() == values, (table, name)


def test_several_weathers_stand_in_one_cell(say):
    book = opened(template.write("xlsx", say))
    sheet = sheets(book, say)["crash"]
    labels = {code.code: say(code.label) for code in fields.codes("weather")}
    names = [column.name for column in template.columns("crash")]
    for name, value in {
        "crash_no": "1",
        "country": "KAZ",
        "crash_date": date(2023, 2, 3),
        "severity": say("Fatal"),
        "weather": f"{labels['fog']}|{labels['rain']}",
    }.items():
        sheet.cell(3, names.index(name) + 1).value = value
    content = io.BytesIO()
    book.save(content)
    # Nobody filled in the sheets of vehicles and people: they are passed over.
    batch = made_files.imported(upload(content.getvalue()), "carec_common")
    assert list(batch.crashes["weather"]) == ["rain|fog"]
    assert (len(batch.vehicles), len(batch.people)) == (0, 0)


def test_an_empty_template_is_refused_in_a_sentence(say):
    with pytest.raises(Exception, match="has column names but no rows"):
        made_files.imported(upload(template.write("xlsx", say)), "carec_common")
