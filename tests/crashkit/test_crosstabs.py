from __future__ import annotations

import json
import math
from pathlib import Path

import jsonschema
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_crashes import made

from crashkit import association, crosstabs, export, tables, text
from crashkit.errors import IntakeError, MethodError
from crashkit.model import CrashData

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/tabulate.json").read_text("utf-8"))
SAY = text.Speaker("en").say
LIGHTS = ("day", "dark_none", "twilight", "")


def crashes(counts: dict[tuple[str, str], int]) -> CrashData:
    """Make so many crashes of each light and severity."""
    return made(
        {"light": light, "severity": severity}
        for (light, severity), n in counts.items()
        for _ in range(n)
    )


def nights() -> CrashData:
    """Dark crashes are fatal three times as often; five are of unknown light."""
    return crashes(
        {
            ("dark_none", "fatal"): 30,
            ("dark_none", "slight"): 70,
            ("day", "fatal"): 10,
            ("day", "slight"): 90,
            ("", "slight"): 5,
        }
    )


def people(data: CrashData, hurt: int) -> CrashData:
    """Put so many people into each crash, all hurt as badly as its severity says."""
    severity = data.crashes["severity"].astype(str)
    injury = severity.map({"fatal": "killed", "slight": "slight"})
    listed = pd.DataFrame(
        {
            "crash": data.crashes["id"].repeat(hurt).to_numpy(),
            "injury": pd.Categorical(injury.repeat(hurt), ["killed", "serious", "slight", "none"]),
        }
    )
    return data.replace(people=listed)


def test_the_finding_is_one_sentence_with_its_uncertainty() -> None:
    found = crosstabs.cross(nights(), "light", "severity")
    assert SAY(found.finding) == (
        "Crashes: of those with Light “Dark, no lighting”, 30.0 % have Severity “Fatal”, "
        "against 10.0 % of the others: 3.0 times as often (1.6 to 5.8)."
    )
    assert found.test.kind == "chi_square"
    assert found.test.statistic == pytest.approx(12.5)


def test_the_unknown_are_shown_and_not_tested_which_is_said() -> None:
    found = crosstabs.cross(nights(), "light", "severity")
    assert found.table.rows == ("day", "dark_none", "")
    assert found.unknown == 5
    assert "5 with unknown values are shown, but are not in the test." in map(str, found.notes)
    assert found.marked == ((-1, 1), (1, -1), (0, 0))
    assert math.isnan(found.test.residuals[2, 0])


def test_fewer_than_ten_show_no_per_cent() -> None:
    found = crosstabs.cross(nights(), "light", "severity", show="rows")
    assert found.figures == ((10, 90), (30, 70), (None, None))
    assert any("fewer than 10" in str(note) for note in found.notes)
    across = crosstabs.cross(nights(), "light", "severity", show="columns")
    assert [row[0] for row in across.figures] == [25, 75, 0]
    assert str(crosstabs.title(across)) == "Crashes: Light × Severity. Per cent of each column"


def test_rates_are_refused_without_an_exposure() -> None:
    with pytest.raises(MethodError, match=r"Rates need an exposure of each row of Light.*none is"):
        crosstabs.cross(nights(), "light", "severity", show="rates")
    with pytest.raises(MethodError, match=r"exposure of day is -1; it must be above 0"):
        crosstabs.cross(nights(), "light", "severity", show="rates", exposure={"day": -1})
    with pytest.raises(MethodError, match=r"No exposure is of a row of the table"):
        crosstabs.cross(nights(), "light", "severity", show="rates", exposure={"dusk": 1})
    with pytest.raises(MethodError, match=r"not per 0"):
        crosstabs.cross(nights(), "light", "severity", exposure={"day": 1}, per=0)
    with pytest.raises(MethodError, match=r"cannot show shares; there are counts"):
        crosstabs.cross(nights(), "light", "severity", show="shares")


def test_rates_are_counts_by_the_exposure_of_their_row_with_exact_limits() -> None:
    told = {"day": 200.0, "dawn": 3.0}
    found = crosstabs.cross(nights(), "light", "severity", show="rates", exposure=told, per=100)
    assert found.figures == ((5, 45), (None, None), (None, None))
    # Garwood's limits of 10 are 4.80 and 18.39.
    assert found.limits[0][0] == pytest.approx((2.40, 9.20), abs=0.01)
    said = [str(note) for note in found.notes]
    assert "Rates are per 100 of the exposure given." in said
    assert "2 rows have no exposure, and so no rate." in said
    assert "1 exposure is of no row of this table and was not used." in said


def test_people_of_one_crash_are_not_taken_for_independent() -> None:
    alone = crosstabs.cross(nights(), "light", "severity")
    five = crosstabs.cross(people(nights(), 5), "light", "injury", unit="casualties")
    assert five.table.total == 5 * alone.table.total
    assert five.test.kind == "rao_scott"
    assert five.test.p == pytest.approx(alone.test.p, rel=0.5)
    assert str(five.finding).startswith("Casualties: of those with Light")
    assert SAY(five.finding).endswith("3.0 times as often (1.5 to 5.8).")
    assert any("not independent" in str(note) for note in five.notes)


def test_too_few_people_are_told_and_not_tested() -> None:
    few = crashes({("day", "fatal"): 3, ("dark_none", "slight"): 4})
    found = crosstabs.cross(people(few, 2), "light", "injury", unit="casualties")
    assert found.test.kind == ""
    assert "an exact test would take the people" in str(found.finding)
    assert found.table.total == 14


def test_few_crashes_are_tested_exactly() -> None:
    four = crosstabs.cross(
        crashes({("day", "fatal"): 3, ("day", "slight"): 1}), "light", "severity"
    )
    assert str(four.finding).startswith("There is no test: each field needs two known values")
    few = {("day", "fatal"): 3, ("day", "slight"): 1, ("dark_none", "fatal"): 1}
    found = crosstabs.cross(crashes(few | {("dark_none", "slight"): 3}), "light", "severity")
    assert found.test.kind == "fisher"
    assert "Exact test of Fisher, because few are expected in a cell: p = 0.49." in map(
        str, found.notes
    )
    assert "show no connection beyond chance (p = 0.49)" in str(found.finding)
    wide = crashes({("day", "fatal"): 2, ("dark_none", "slight"): 2, ("twilight", "serious"): 2})
    assert crosstabs.cross(wide, "light", "severity").test.kind == "drawn"


def test_what_never_happens_in_a_row_is_said_as_a_number() -> None:
    data = crashes({("dark_none", "slight"): 200, ("day", "fatal"): 60, ("day", "slight"): 140})
    found = crosstabs.cross(data, "light", "severity")
    assert str(found.finding).startswith("Crashes: only those with Light")
    assert "60, where 30.0 were to be expected" in str(found.finding)


def test_what_is_rarer_is_said_in_per_cent_less() -> None:
    words = dict.fromkeys(("unit", "rows", "columns", "row", "column"), "x")
    found = crosstabs.cross(nights(), "light", "severity")
    times = association.times([[10, 90], [30, 70]], 0, 0)
    assert times is not None
    assert "67 % less often (36 to 83 %)" in str(crosstabs._as_often(words, times))
    assert found.finding.text == crosstabs.MORE.text


@given(
    st.lists(
        st.tuples(st.sampled_from(LIGHTS), st.sampled_from(("fatal", "slight", ""))),
        min_size=1,
        max_size=60,
    ),
    st.randoms(use_true_random=False),
)
@settings(max_examples=30, deadline=None)
def test_sums_agree_and_neither_turning_nor_order_changes_the_answer(
    pairs: list[tuple[str, str]], shuffling: object
) -> None:
    def cross(rows: list[tuple[str, str]], *sides: str, show: str = "rows") -> crosstabs.Crossed:
        data = made({"light": light, "severity": severity} for light, severity in rows)
        return crosstabs.cross(data, *sides, show=show)

    found = cross(pairs, "light", "severity")
    turned = cross(pairs[::-1], "severity", "light", show="columns")
    assert sum(tables.row_totals(found.table)) == found.table.total == len(pairs)
    assert tuple(zip(*turned.table.cells, strict=True)) == found.table.cells
    assert tuple(zip(*turned.figures, strict=True)) == found.figures
    assert turned.test.kind == found.test.kind
    assert turned.test.p == pytest.approx(found.test.p, nan_ok=True)
    for row in found.figures:
        told = [one for one in row if one is not None]
        assert not told or sum(told) == pytest.approx(100)
    jsonschema.validate(crosstabs.as_document(found, "x v1", str), SCHEMA)


def test_the_document_has_no_number_that_is_none() -> None:
    document = crosstabs.as_document(crosstabs.cross(nights(), "light", "severity"), "mine v1", str)
    jsonschema.validate(json.loads(json.dumps(document, allow_nan=False)), SCHEMA)
    assert document["test"]["left_out"] == 5
    assert document["test"]["residuals"][2] == [None, None]


def test_an_exposure_is_read_from_two_columns() -> None:
    assert crosstabs.read_exposure(b"light,days\r\nday,12.5\r\n\r\ndark_none,3\r\n") == {
        "day": 12.5,
        "dark_none": 3,
    }
    assert crosstabs.read_exposure(b"day,12\n") == {"day": 12}
    for wrong in (b"a,b\nday,x\n", b"day,1\nday,2\n", b"day;1\n", b"\xff\xfe", b"a,b,c\n"):
        with pytest.raises(IntakeError, match=r"exposure is not"):
            crosstabs.read_exposure(wrong)


def test_files_hold_what_the_cells_show() -> None:
    found = crosstabs.cross(nights(), "light", "severity", show="rows")
    lines = export.cross_table(found, "csv", str).decode("utf-8-sig").splitlines()
    assert lines[0] == "Light,Fatal,Slight,Crashes"
    assert lines[3] == "Unknown,,,5"
    counts = crosstabs.cross(nights(), "light", "severity")
    assert export.cross_table(counts, "csv", str) == export.table(counts.table, "csv", str)
    assert export.cross_table(found, "xlsx", str).startswith(b"PK")


def test_rates_of_people_have_limits_that_take_a_crash_together() -> None:
    told = {"day": 100.0, "dark_none": 100.0}
    alone = crosstabs.cross(nights(), "light", "severity", show="rates", exposure=told)
    five = crosstabs.cross(
        people(nights(), 5), "light", "injury", unit="casualties", show="rates", exposure=told
    )
    assert five.figures[0][0] == 5 * alone.figures[0][0]
    # Ten crashes of five killed: the lower limit is five times that of ten, the upper one wider.
    low, high = alone.limits[0][0]
    assert five.limits[0][0][0] == pytest.approx(5 * low)
    assert five.limits[0][0][1] >= 5 * high * 0.99
    assert any("Fay and Feuer" in str(note) for note in five.notes)
