"""What the importer promises of every file: nothing lost, nothing twice, no order that matters."""

import csv
import io
import random
from pathlib import Path

import made_files
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crashkit import export, profiles, text
from crashkit.errors import Cancelled, IntakeError
from crashkit.model import Upload

SAMPLE = Path(__file__).parents[3] / "sample_data"
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

DATES = st.sampled_from(["2023-02-07", "2024-02-29", "2023-02-30", "", "31.12.2022", "soon"])
COUNTS = st.sampled_from(["0", "1", "2.0", "-1", "two", "", "1,5", "9999"])
PLACES = st.sampled_from(["42.87", "74.59", "0", "", "x", "91", "-", "1e5"])
WORDS = st.sampled_from(["fatal", "Serious", "лёгкий", "", "7", "С погибшими", "=1+1", '"'])
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "003", "3", "A-4", "", " 5 "]),
        DATES,
        st.sampled_from(["08:15", "24:00", "27:80", "", "8.15"]),
        PLACES,
        PLACES,
        WORDS,
        COUNTS,
    ),
    max_size=12,
)
HEAD = ("crash_id", "crash_date", "crash_time", "lat", "lon", "severity", "n_killed")
PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "003", "9", ""]),
        st.sampled_from(["1", "2", ""]),
        st.sampled_from(["driver", "pedestrian", "??"]),
        st.sampled_from(["44", "-3", "child", ""]),
        st.sampled_from(["killed", "slight", "", "see file"]),
    ),
    max_size=12,
)
PEOPLE_HEAD = ("crash_id", "person_no", "road_user_type", "age", "injury")

WORKBOOK = made_files.workbook(
    crashes=[HEAD, *[(i, "2023-02-07", "08:15", 42.8712, 74.5912, "slight", 0) for i in range(3)]]
)
"""Made once: the time of writing stands in it."""


def files(rows, people=()):
    found = [made_files.upload(made_files.table([HEAD, *rows]))]
    if people:
        found.append(made_files.upload(made_files.table([PEOPLE_HEAD, *people]), "people.csv"))
    return found


def ended(uploads, **options):
    """Import, and say how it ended where nothing can be imported."""
    try:
        return made_files.imported(uploads, **options)
    except IntakeError as error:
        assert str(error)
        return None


def records(content):
    rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    return len([row for row in rows if any(cell.strip() for cell in row)]) - 1


def waiting(batch):
    """Return what waits for a decision: crashes and the digests of their tellings."""
    found = batch.conflicts
    return found and set(zip(found.crashes["crash_key"], found.crashes["digest"], strict=True))


@given(rows=ROWS, people=PEOPLE)
@FEW
def test_every_row_is_accepted_rejected_or_a_duplicate(rows, people):
    uploads = files(rows, people)
    batch = ended(uploads)
    if batch is None:
        return
    kept = batch.ledger
    assert [file.rows for file in kept.files] == [records(upload.content) for upload in uploads]
    assert kept.total == sum(file.rows for file in kept.files)
    assert kept.accepted == len(batch.crashes) + len(batch.people)
    rejected = set(kept.cells)
    repeated = {(one.file, one.row) for one in kept.duplicates}
    assert len(rejected) == kept.rejected
    assert rejected == {(issue.file, issue.row) for issue in kept.issues}
    assert not rejected & repeated


@given(rows=ROWS, people=PEOPLE, seed=st.integers(0, 9))
@FEW
def test_the_order_of_rows_and_files_changes_nothing(rows, people, seed):
    one = ended(files(rows, people))
    shuffled, others = list(rows), list(people)
    random.Random(seed).shuffle(shuffled)
    random.Random(seed).shuffle(others)
    other = ended(files(shuffled, others)[::-1])
    if one is None or other is None:
        assert (one is None) == (other is None)
        return
    assert made_files.keys(one) == made_files.keys(other)
    assert waiting(one) == waiting(other)
    assert one.ledger.rejected == other.ledger.rejected
    assert sorted(str(cells) for cells in one.ledger.cells.values()) == sorted(
        str(cells) for cells in other.ledger.cells.values()
    )


@given(rows=ROWS, people=PEOPLE)
@FEW
def test_importing_twice_adds_nothing(rows, people):
    first = ended(files(rows, people))
    if first is None:
        return
    again = ended(files(rows, people), known=made_files.keys(first))
    assert again.ledger.accepted == 0
    assert again.ledger.rejected == first.ledger.rejected
    assert len(again.ledger.duplicates) == first.ledger.accepted + len(first.ledger.duplicates)


@given(count=st.integers(2, 9), at=st.integers(1, 8))
@FEW
def test_two_halves_are_the_whole(count, at):
    rows = [
        (str(i), "2023-02-07", "08:15", "42.8712", "74.5912", "slight", "0") for i in range(count)
    ]
    whole = made_files.imported(files(rows))
    cut = min(at, count - 1)
    first = made_files.imported(files(rows[:cut]))
    second = made_files.imported(files(rows[cut:]), known=made_files.keys(first))
    assert made_files.keys(first) | made_files.keys(second) == made_files.keys(whole)


@given(content=st.binary(max_size=400))
@FEW
def test_any_bytes_end_in_a_sentence_or_an_import(content):
    ended([Upload("crashes.csv", content)])


@given(content=st.text(max_size=300), encoding=st.sampled_from(["utf-8", "utf-16", "cp1251"]))
@FEW
def test_any_text_ends_in_a_sentence_or_an_import(content, encoding):
    head = ",".join(HEAD) + "\n"
    ended([Upload("crashes.csv", (head + content).encode(encoding, "ignore"))], encoding=encoding)


@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_workbook_ends_in_a_sentence_or_an_import(data):
    content = bytearray(WORKBOOK)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    ended([Upload("crashes.xlsx", bytes(content[: cut or len(content)]))])


# ---------------------------------------------------------- rejects, mended


def rejects(batch):
    content = export.rejects(batch.ledger, text.Speaker("en").say)
    return Upload("rejects.csv", content)


@given(rows=ROWS, people=PEOPLE)
@FEW
def test_rejects_imported_again_unchanged_are_rejected_again(rows, people):
    first = ended(files(rows, people))
    if first is None or not first.ledger.rejected:
        return
    again = made_files.imported(rejects(first), known=made_files.keys(first))
    assert again.ledger.total == again.ledger.rejected == first.ledger.rejected


def test_mended_rejects_close_the_sums_over_both_imports():
    crashes = made_files.CRASHES.replace("2023-03-16", "2023-02-31")
    first = made_files.imported(made_files.three(crashes))
    assert made_files.codes(first.ledger.issues) == [
        (3, "crash_date", "bad_date"),
        (3, "crash_id", "parent_rejected"),
        (3, "crash_id", "parent_rejected"),
    ]
    mended = rejects(first).content.replace(b"2023-02-31", b"2023-03-16")
    second = made_files.imported(Upload("mended.csv", mended), known=made_files.keys(first))
    assert (second.ledger.total, second.ledger.accepted) == (3, 3)
    whole = made_files.imported(made_files.three())
    assert made_files.keys(first) | made_files.keys(second) == made_files.keys(whole)


def test_a_guarded_export_is_read_as_it_was():
    rows = [HEAD + ("road_name",), ("=1", "2023-02-07", "", "", "", "fatal", "1", "-5 km road")]
    batch = made_files.imported(made_files.upload(made_files.table(rows)))
    guarded = [
        HEAD + ("road_name",),
        ("'=1", "2023-02-07", "", "", "", "fatal", "1", "'-5 km road"),
    ]
    again = made_files.imported(made_files.upload(made_files.table(guarded)))
    assert made_files.keys(batch) == made_files.keys(again)


# -------------------------------------------------------- crashes and members


def test_rows_of_a_rejected_or_absent_crash_say_why():
    people = made_files.PEOPLE + "0009,1,,driver,30,male,slight\n"
    crashes = made_files.CRASHES.replace("2023-04-22", "")
    batch = made_files.imported(made_files.three(crashes, people=people))
    assert made_files.codes(batch.ledger.issues) == [
        (4, "crash_date", "no_date"),
        (4, "crash_id", "parent_rejected"),
        (5, "crash_id", "parent_rejected"),
        (4, "crash_id", "parent_rejected"),
        (5, "crash_id", "orphan"),
    ]
    assert batch.ledger.cells[("people.csv", 5)]["crash_id"] == "0009"


TORN = made_files.CRASHES + "0002,2023-03-17,10:14,42.83209,75.28213,,,slight,0,run_off\n"
"""The crash 0002 is told in two ways."""


def test_one_number_with_other_facts_rejects_all_its_rows():
    batch = made_files.imported(made_files.three(TORN))
    assert [code for _, _, code in made_files.codes(batch.ledger.issues)] == ["told_twice"] * 4
    assert set(batch.crashes["crash_id"]) == {"0001", "0003"}


def test_each_telling_of_a_crash_waits_with_the_vehicles_and_people_of_the_crash():
    batch = made_files.imported(made_files.three(TORN + TORN.splitlines()[2] + "\n"))
    waiting = batch.conflicts
    assert waiting.crashes[["crash_key", "crash_date", "told_at"]].to_numpy().tolist() == [
        ["crashkit:0002", "2023-03-16", "crashes.csv:3"],
        ["crashkit:0002", "2023-03-17", "crashes.csv:5"],
    ]
    assert (len(waiting.vehicles), len(waiting.people)) == (1, 1)
    assert (batch.ledger.accepted, batch.ledger.rejected) == (7, 5)


def test_tellings_of_a_crash_that_is_there_are_each_laid_beside_it():
    first = made_files.imported(made_files.three())
    batch = made_files.imported(made_files.three(TORN), after=first)
    assert made_files.codes(batch.ledger.issues) == [(5, "crash_id", "told_twice")]
    assert len(batch.ledger.duplicates) == 10
    assert list(batch.conflicts.crashes["crash_date"]) == ["2023-03-17"]
    # Whoever says "take" chooses between imports, not between the rows of one.
    taken = made_files.imported(made_files.three(TORN), after=first, conflicts="take")
    assert (len(taken.crashes), len(taken.conflicts)) == (0, 1)


def test_a_number_under_which_many_crashes_stand_is_the_number_of_none():
    rows = [(7, f"2023-02-{day:02}") for day in range(1, 13)]
    batch = made_files.imported(made_files.upload(made_files.table([HEAD[:2], *rows])))
    assert {issue.code for issue in batch.ledger.issues} == {"conflict"}
    assert batch.conflicts is None


def test_a_crash_that_an_earlier_import_has_otherwise_is_a_conflict():
    first = made_files.imported(made_files.three())
    crashes = made_files.CRASHES.replace("05:07", "05:08")
    batch = made_files.imported(made_files.three(crashes), known=made_files.keys(first))
    assert (batch.ledger.accepted, batch.ledger.rejected) == (0, 3)
    assert made_files.codes(batch.ledger.issues)[0] == (2, "crash_id", "told_otherwise")
    assert len(batch.ledger.duplicates) == 7


def test_equal_members_with_a_number_are_duplicates():
    vehicles = made_files.VEHICLES + "0003,2,motorcycle\n"
    batch = made_files.imported(made_files.three(vehicles=vehicles))
    assert [(one.row, one.of) for one in batch.ledger.duplicates] == [(6, "vehicles.csv:5")]


def test_leading_zeros_of_numbers_stay():
    batch = made_files.imported(made_files.three())
    assert list(batch.crashes["crash_id"]) == ["0001", "0002", "0003"]


def test_crashes_that_no_source_numbers_are_numbered_by_their_content():
    profile = profiles.parse(
        "posts",
        """
        title = "Posts"
        source = "x"
        [[files]]
        name = "posts"
        level = "crash"
        needs = ["ROAD", "YEAR"]
        [files.crash]
        road_number = "ROAD"
        crash_date = { year = "YEAR", month = "MONTH" }
        """,
    )
    rows = "ROAD,YEAR,MONTH\nA1,2020,MAY\nA1,2020,JUNE\nA1,2020,MAY\n"
    batch = made_files.imported(made_files.upload(rows), profile)
    first, second, third = batch.crashes["crash_id"]
    assert (third, second != first) == (f"{first}-2", True)
    assert made_files.codes(batch.ledger.warnings) == [(4, "crash_id", "possible_duplicate")]
    assert set(batch.crashes["date_precision"]) == {"month"}
    assert batch.crashes["weekday"].isna().all() if "weekday" in batch.crashes else True
    again = made_files.imported(made_files.upload(rows), profile, known=made_files.keys(batch))
    assert again.ledger.accepted == 0


# ----------------------------------------------------------- progress, period


def test_progress_goes_from_nothing_to_all_and_can_be_stopped():
    told = []
    from crashkit.intake import ledger

    def remember(share, doing=None):
        told.append(share)

    words = {"options": {}, "known": {}, "today": made_files.TODAY}
    profile = profiles.get("crashkit")
    ledger.harmonise(made_files.three(), profile, **words, progress=remember)
    assert (min(told), max(told), told) == (0.0, 1.0, sorted(told))

    def stop(share, doing=None):
        if share > 0.4:
            raise Cancelled

    with pytest.raises(Cancelled):
        ledger.harmonise(made_files.three(), profile, **words, progress=stop)


def test_a_file_that_lists_no_crashes_is_refused():
    with pytest.raises(IntakeError, match="lists crashes"):
        made_files.imported(made_files.upload(made_files.PEOPLE, "people.csv"))


def test_two_files_of_one_name_are_refused():
    with pytest.raises(IntakeError, match="Two files"):
        made_files.imported([made_files.upload(made_files.CRASHES)] * 2)


def test_the_period_is_the_months_with_crashes():
    batch = made_files.imported(made_files.three())
    assert (str(batch.period.start), str(batch.period.end)) == ("2023-02-01", "2023-04-30")


def test_the_period_is_the_years_where_only_the_year_is_known():
    years = "crash_id,crash_date,date_precision\n1,2021-01-01,year\n2,2023-01-01,year\n"
    batch = made_files.imported(made_files.upload(years))
    assert (str(batch.period.start), str(batch.period.end)) == ("2021-01-01", "2023-12-31")
