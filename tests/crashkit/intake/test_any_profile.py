"""Whatever stands in the cells, no shipped profile ends but in an account or a sentence."""

import made_files
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crashkit import profiles
from crashkit.errors import IntakeError

NASTY = (
    *(
        "",
        " ",
        "-",
        "0",
        "1",
        "-1",
        "00",
        "1.5",
        "1,5",
        "1e5",
        "9" * 30,
        "NaN",
        "inf",
        "NULL",
        "TRUE",
    ),
    *("2023-02-07", "31.02.2023", "13", "02", "24:00", "2575", "MAY", "Mon", "000+0.082", "12+345"),
    *(
        "fatal",
        "Тяжёлый",
        "Мокрое, Сухое",
        ", ,",
        "a_b_c",
        "=1+1",
        "{0}",
        "%s",
        "\x00",
        "\u202e",
        "🚗",
    ),
    *("7421536", "55.75123", "4888930", "M", "A01", "x" * 300),
)
NAMES = sorted(profiles.all_profiles())


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_cells_end_in_an_account_or_a_sentence(name, data):
    profile = profiles.get(name)
    cell = st.sampled_from(NASTY) | st.text(max_size=8)
    uploads = []
    for layout in profile.files:
        head = list(dict.fromkeys((*layout.columns, *layout.needs)))
        rows = data.draw(st.lists(st.tuples(*[cell] * len(head)), min_size=1, max_size=4))
        text = made_files.table([head, *rows], delimiter=";")
        uploads.append(made_files.upload(text, f"{layout.name}.csv"))
    try:
        batch = made_files.imported(uploads, profile, date_order="dmy")
    except IntakeError as error:
        assert str(error.message)
        return
    kept = batch.ledger
    assert kept.total == sum(file.rows for file in kept.files)
    assert {(issue.file, issue.row) for issue in kept.issues} == set(kept.cells)
    assert all(len(issue.value) <= 80 for issue in (*kept.issues, *kept.warnings))
    assert all(str(issue.message) for issue in (*kept.issues, *kept.warnings))
