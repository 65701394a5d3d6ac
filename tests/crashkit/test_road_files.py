"""Files of roads, whatever they are, become networks."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
import recount
import xlsxwriter

from crashkit import road_files
from crashkit.errors import IntakeError, NeedsChoice
from crashkit.roads import linear
from crashkit.roads.columns import Asked

SAMPLE = Path(__file__).parents[2] / "sample_data" / "country"


def workbook(file, **sheets):
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    file.write_bytes(made.getvalue())
    return file


ROWS = [["Номер дороги", "Начало, км", "Конец, км", "Интенсивность"], ["М-39", 0, 12.5, 2300]]


def test_a_table_and_a_layer_tell_the_same_roads():
    table = road_files.read(SAMPLE / "aadt.csv")
    layer = road_files.read(SAMPLE / "roads.geojson")
    assert (table.read, table.taken, layer.taken) == (538, 538, 200)
    assert table.network.info == {"title": "aadt", "file": "aadt.csv"}
    ends = [
        one.network.stretches.groupby("road_key")["to_m"].max().sort_index()
        for one in (table, layer)
    ]
    assert ends[0].equals(ends[1])


def test_a_workbook_is_read_and_several_sheets_are_asked_about(tmp_path):
    found = road_files.read(workbook(tmp_path / "a.xlsx", roads=ROWS))
    assert found.network.stretches["aadt"].tolist() == [2300]
    assert found.network.stretches["road_key"].tolist() == ["M-39"]
    two = workbook(tmp_path / "b.xlsx", one=ROWS, two=ROWS)
    with pytest.raises(NeedsChoice) as asked:
        road_files.read(two)
    assert (asked.value.option, asked.value.choices) == ("sheet", ("one", "two"))
    assert road_files.read(two, options={"sheet": "two"}).read == 1


def test_equations_belong_to_a_layer_or_a_table(tmp_path):
    (tmp_path / "jumps.csv").write_text("road,back_km,ahead_km\nM1,12.4,12\n")
    for name in ("aadt.csv", "roads.geojson"):
        found = road_files.read(SAMPLE / name, equations=tmp_path / "jumps.csv")
        assert found.network.equations.to_dict("records") == [
            {"road_key": "M1", "back_m": 12400, "ahead_m": 12000}
        ]


def test_traffic_by_sections_is_laid_on_the_lines_of_the_sample_country(tmp_path):
    lines = road_files.read(SAMPLE / "roads.geojson")
    found = road_files.read(SAMPLE / "roads.geojson", sections=SAMPLE / "aadt.csv")
    assert found.issues == ()
    stretches = found.network.stretches
    assert len(stretches) == 538
    assert set(stretches["area_type"]) == {"rural", "urban"}
    assert stretches["length_m"].sum() == pytest.approx(lines.network.stretches["length_m"].sum())
    assert found.network.lines.lengths_m() == pytest.approx(stretches["length_m"], abs=0.05)
    rows = "road,from_km,to_km,aadt\nM1,0,5,9\nM1,4,6,8\nX,0,1,2\n,0,1,2\n"
    (tmp_path / "s.csv").write_text(rows)
    told = road_files.read(SAMPLE / "roads.geojson", sections=tmp_path / "s.csv")
    codes = [one.code for one in told.issues]
    assert codes == ["overlap", "no_road", "section_unused", "section_disputed"]


def test_an_archive_without_a_layer_is_no_table(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("roads.csv", "road,from_km,to_km\nA,0,1\n")
    with pytest.raises(IntakeError, match="0 map layers"):
        road_files.read(tmp_path / "a.zip")


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(IntakeError, match="no file"):
        road_files.read(tmp_path / "a.csv")


def test_the_traffic_counts_of_montana_are_a_network_in_miles():
    (file,) = recount.paths("us_montana", "TYC_2022.csv")
    found = road_files.read(file)
    assert (found.read, found.taken) == (8696, 8696)
    (overlap,) = found.issues
    assert (overlap.code, overlap.message.values["n"]) == ("overlap", 15)
    assert found.columns["road_number"] == "CORR_ID"
    assert found.units["from_m"] == found.units["length_m"] == "mi"
    stretches = found.network.stretches
    # As the source says of its whole file: 22,456 miles, a traffic count in each row.
    assert round(stretches["length_m"].sum() / 1609.344) == 22_456
    assert stretches["aadt"].notna().all()
    assert linear.routes(found.network).runs >= len(set(stretches["road_key"]))
    # Miles between posts are nominal.
    posts = stretches["to_m"] - stretches["from_m"]
    assert np.median(np.abs(posts - stretches["length_m"])) < 10


def test_a_column_that_was_told_is_taken():
    found = road_files.read(SAMPLE / "aadt.csv", Asked(columns={"aadt": "", "source": "year"}))
    assert found.network.stretches["aadt"].isna().all()
    assert set(found.network.stretches["source"]) == {"2025"}


@pytest.mark.parametrize("source", ["aadt.csv", "roads.geojson"])
def test_a_file_has_the_name_that_people_know(tmp_path, source):
    (tmp_path / "0").write_bytes((SAMPLE / source).read_bytes())
    found = road_files.read(tmp_path / "0", name="My roads.dat")
    assert found.network.info["file"] == "My roads.dat"
    assert found.network.info["title"] == "My roads"
    (tmp_path / "0").write_bytes(b"PK\x03\x04")
    with pytest.raises(IntakeError, match="My roads"):
        road_files.read(tmp_path / "0", name="My roads.zip")
