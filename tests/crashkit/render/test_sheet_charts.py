"""Names in charts of a spreadsheet are what sources write, and never references."""

import io

import pytest
import xlsxwriter

from crashkit.render import sheet_charts


@pytest.mark.parametrize(
    "name", ["Fig. 1 @SUM(1+1)*cmd|' /C calc'!A0", "Sheet1!$B$2", "=Sheet1!A1"]
)
def test_a_name_like_the_address_of_a_cell_stays_text(name):
    said = sheet_charts._text(name)
    assert "".join(said.split()).lstrip("'") == "".join(name.split())
    chart = xlsxwriter.Workbook(io.BytesIO()).add_chart({"type": "bar"})
    assert chart._process_names(said, None) == (said, None)
