"""Each profile refuses the files of the others in a sentence, and never keeps personal columns."""

import itertools

import made_files
import pytest
import sources

from crashkit import profiles
from crashkit.errors import CrashKitError
from crashkit.intake import fitting

ALL = profiles.all_profiles()


def crash_file(profile):
    """Write a file with the columns of a profile's crashes; what its cells say does not matter."""
    layout = next(one for one in profile.files if one.level in ("crash", "casualty"))
    return made_files.upload(
        made_files.table([layout.known, ["1"] * len(layout.known)]), "other.csv"
    )


SAME_NAMES = {("ru_dtpstat_json", "ru_dtpstat_csv")}
"""The nested file of dtp-stat has all the names of its tables: as a table it is one of them."""
PAIRS = [pair for pair in itertools.permutations(sorted(ALL), 2) if pair not in SAME_NAMES]


@pytest.mark.parametrize(("source", "reader"), PAIRS)
def test_a_file_of_another_source_is_refused_in_a_sentence(reader, source):
    with pytest.raises(CrashKitError) as refused:
        made_files.imported(crash_file(ALL[source]), ALL[reader])
    sentence = str(refused.value)
    assert "other.csv" in sentence
    assert sentence.endswith(".")


def test_the_sentence_names_the_columns_that_are_looked_for():
    with pytest.raises(CrashKitError, match="Num_Acc, an, mois"):
        made_files.imported(crash_file(ALL["us_fars"]), ALL["fr_baac_2013"])


@pytest.mark.parametrize("source", sorted(sources.FILES))
def test_a_real_file_is_known_by_its_columns_alone(source):
    found = fitting.fitting(sources.uploads(source), list(ALL.values()), {})
    assert [fit.profile.id for fit in found] == [source]


LAYOUTS = [
    pytest.param(profile, layout, id=f"{profile.id}-{layout.name}")
    for profile in ALL.values()
    for layout in profile.files
    if layout.personal
]


@pytest.mark.parametrize(("profile", "layout"), LAYOUTS)
def test_personal_columns_are_named_and_nothing_is_taken_from_them(profile, layout):
    assert not set(layout.personal) & set(layout.columns)
    assert not set(layout.personal) & set(layout.ignore)
    row = {name: "" for name in layout.known} | dict.fromkeys(layout.personal, "Secret 77")
    head = made_files.upload(made_files.table([row, row.values()]), "own.csv")
    try:
        batch = made_files.imported(head, profile)
    except CrashKitError as error:
        # A table of vehicles or people is not read without its crashes.
        assert "Secret" not in str(error)
        return
    kept = "".join(frame.to_csv() for frame in (batch.crashes, batch.vehicles, batch.people))
    assert "Secret" not in kept + repr(batch.ledger.cells) + repr(batch.ledger.issues)
