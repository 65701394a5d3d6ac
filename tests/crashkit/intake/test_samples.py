"""The sample files keep the promises of their README, row for row."""

from collections import Counter
from pathlib import Path

import made_files
import pytest

from crashkit.model import Upload

SAMPLE = Path(__file__).parents[3] / "sample_data"
COUNTRY = ("country/crashes.csv", "country/vehicles.csv", "country/people.csv")


def imported(profile, *names):
    files = [Upload(Path(name).name, (SAMPLE / name).read_bytes()) for name in names]
    return made_files.imported(files, profile)


def figures(batch):
    kept = batch.ledger
    return kept.total, kept.accepted, kept.rejected, len(kept.duplicates)


def counted(issues):
    return dict(Counter((issue.field, issue.code) for issue in issues if issue.row))


def test_nothing_is_wrong_with_the_country():
    batch = imported("crashkit", *COUNTRY)
    assert figures(batch) == (15176, 15176, 0, 0)
    assert (len(batch.crashes), len(batch.vehicles), len(batch.people)) == (3000, 4718, 7458)
    assert (batch.ledger.issues, batch.ledger.warnings) == ((), ())
    assert (batch.country, batch.synthetic) == ("XND", True)
    assert (str(batch.period.start), str(batch.period.end)) == ("2016-01-01", "2025-12-31")
    assert set(batch.crashes["location_kind"]) == {"point"}
    assert batch.crashes["n_killed"].sum() == (batch.people["injury"] == "killed").sum()


def test_police_cards_end_as_promised():
    batch = imported("sample_police_cards_ru", "police_cards_ru.xlsx")
    assert figures(batch) == (837, 822, 9, 6)
    assert counted(batch.ledger.issues) == {
        ("crash_date", "bad_date"): 4,
        ("n_killed", "not_a_number"): 3,
        ("crash_id", "no_id"): 2,
    }
    told = counted(batch.ledger.warnings)
    assert told[("lat", "looks_swapped")] == 5
    assert told[("crash_type", "unknown_code")] == 5
    crashes = batch.crashes
    assert (crashes["crash_type"] == "unknown").sum() == 5
    assert set(crashes["location_kind"]) == {"point", "route", "area"}
    assert ((crashes["lat"] > 44) & (crashes["lat"] < 48) | crashes["lat"].isna()).all()
    # A card with the kilometre only lies somewhere on it.
    only = crashes[crashes["chainage_accuracy_m"] == 500]
    assert len(only) > 200
    assert (only["chainage_km"] % 1 == 0.5).all()
    assert set(crashes["severity"]) <= {"fatal", "injury", "unknown"}


def test_casualties_end_as_promised():
    batch = imported("sample_casualties", "casualties.csv")
    assert figures(batch) == (401, 392, 5, 4)
    assert counted(batch.ledger.issues) == {
        ("age", "not_a_number"): 3,
        ("crash_time", "bad_time"): 2,
    }
    assert counted(batch.ledger.warnings) == {("injury", "unknown_code"): 3}
    assert len(batch.people) == 392
    assert batch.crashes["crash_key"].is_unique
    assert batch.crashes["n_killed"].sum() == (batch.people["injury"] == "killed").sum()


def test_numbered_codes_end_as_promised():
    batch = imported("sample_numbered_codes", "numbered_codes.csv")
    assert figures(batch) == (1567, 1555, 7, 5)
    assert counted(batch.ledger.issues) == {
        ("severity", "unknown_code"): 3,
        ("crash_date", "bad_date"): 2,
        ("n_killed", "negative"): 2,
    }
    told = counted(batch.ledger.warnings)
    assert told[("lat", "zero_coordinates")] == 4
    assert set(batch.crashes["time_precision"]) == {"hour"}
    assert batch.crashes["crash_time"].str.endswith(":00").all()


@pytest.mark.parametrize(
    ("profile", "names"),
    [
        ("crashkit", COUNTRY),
        ("sample_police_cards_ru", ("police_cards_ru.xlsx",)),
        ("sample_casualties", ("casualties.csv",)),
        ("sample_numbered_codes", ("numbered_codes.csv",)),
    ],
)
def test_a_second_import_finds_every_accepted_row_again(profile, names):
    first = imported(profile, *names)
    files = [Upload(Path(name).name, (SAMPLE / name).read_bytes()) for name in names]
    again = made_files.imported(files, profile, known=made_files.keys(first))
    assert again.ledger.accepted == 0
    assert again.ledger.rejected == first.ledger.rejected
    assert len(again.crashes) == 0
