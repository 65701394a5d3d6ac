"""The sign between cells: another than the usual ones is taken where it is certain, or asked."""

import made_files
import pytest

from crashkit import profiles
from crashkit.errors import IntakeError, NeedsChoice
from crashkit.intake import delimiters, fitting, reading, tabular

ROWS = [
    ("crash_id", "crash_date", "crash_time", "lat", "lon", "road_name", "n_killed"),
    *(
        (str(n), f"2023-02-0{n}", f"05:1{n}", f"42.2296{n}", f"73.9358{n}", f"Ring road {n}", "1")
        for n in range(1, 8)
    ),
]


def parted(sign, rows=ROWS):
    return "".join(sign.join(row) + "\n" for row in rows)


def imported(text, **options):
    return made_files.imported(made_files.upload(text), **options)


def told(batch):
    return {one.what: one.value for one in batch.inferences if not one.column}


@pytest.mark.parametrize(
    "sign", ["^", "~", "§", "#", "!", "/", "؛", "，", "；", "¬", "\x1f", "\x01", "  "]
)
def test_a_sign_that_alone_makes_a_table_is_taken_and_told(sign):
    batch = imported(parted(sign))
    assert (batch.ledger.total, batch.ledger.accepted) == (7, 7)
    assert list(batch.crashes["road_name"]) == [f"Ring road {n}" for n in range(1, 8)]
    assert told(batch)["delimiter"] == delimiters.name_of(sign)


@pytest.mark.parametrize("sign", [",", ";", "\t", "|", "||"])
def test_of_a_usual_sign_nothing_is_said(sign):
    batch = imported(parted(sign))
    assert batch.ledger.accepted == 7
    assert "delimiter" not in told(batch)


@pytest.mark.parametrize("adjusted", [str.ljust, str.rjust])
def test_columns_that_stand_in_line_are_parted_by_their_blanks(adjusted):
    widths = [max(map(len, column)) for column in zip(*ROWS, strict=True)]
    rows = [tuple(map(adjusted, row, widths)) for row in ROWS]
    batch = imported(parted("  ", rows))
    assert batch.ledger.accepted == 7
    assert list(batch.crashes["lat"])[:1] == [42.22961]


def test_an_empty_cell_between_blanks_moves_no_other_into_its_column():
    rows = [*ROWS, ("8", "2023-02-08", "", "42.22968", "73.93588", "Ring road 8", "1")]
    batch = imported(parted("   ", rows))
    assert made_files.codes(batch.ledger.issues) == [(9, "", "too_few_fields")]


def test_titles_and_sums_do_not_hide_the_sign():
    batch = imported("Crashes of 2023\n\n" + parted("^") + "Total^^^^^^7\n")
    assert made_files.codes(batch.ledger.issues) == [(11, "", "totals_row")]
    assert batch.ledger.accepted == 7


def test_a_sign_that_stands_within_cells_too_is_asked_for():
    with pytest.raises(NeedsChoice) as caught:
        imported(parted(":"))
    assert caught.value.option == "delimiter"
    assert ":" in caught.value.choices
    assert caught.value.examples[":"][0] == ("1", delimiters.PARTED.join(ROWS[0]))


def test_the_question_shows_of_rows_only_their_shape():
    rows = [("crash_id", "crash_date", "driver"), ("1", "2023-02-07", "Aida"), ("2", "", "Bek")]
    with pytest.raises(NeedsChoice) as caught:
        imported(parted("^", rows).replace("Aida", "Ai^da"))
    assert "Ai" not in str(caught.value.examples)
    assert ("2", "0 ¦ 0000-00-00 ¦ xx ¦ xx") in caught.value.examples["^"]


def test_two_signs_that_make_a_table_are_asked_for():
    with pytest.raises(NeedsChoice) as caught:
        imported("a/b^c/d^e/f\n" + "1/2^3/4^5/6\n" * 5)
    assert set(caught.value.choices) == {"^", "/"}


@pytest.mark.parametrize(
    ("sign", "answer"),
    [("^", "^"), ("\x1f", "0x1f"), (" ", "space"), ("  ", "spaces"), ("\t", "tab")],
)
def test_the_sign_is_taken_on_the_users_word(sign, answer):
    rows = [tuple(cell.replace(" ", "") for cell in row) for row in ROWS]
    batch = imported(parted(sign, rows), delimiter=answer)
    assert batch.ledger.accepted == 7
    assert told(batch)["delimiter"] == delimiters.name_of(sign)


@pytest.mark.parametrize("answer", ["a", "7", '"', ".", "^^", "0x41", "0xff", "many"])
def test_no_answer_may_be_a_sign_that_stands_in_words_and_numbers(answer):
    with pytest.raises(IntakeError, match="between its cells"):
        imported(parted("^"), delimiter=answer)


def test_words_without_a_sign_are_asked_about():
    with pytest.raises(NeedsChoice, match="column names") as caught:
        imported("hello\nworld\n")
    assert (caught.value.option, caught.value.choices) == ("delimiter", ())


def test_a_text_among_files_that_fit_is_named():
    notes = made_files.upload("read me first\n", "notes.txt")
    with pytest.raises(IntakeError, match="notes.txt is no file of this source"):
        made_files.imported([made_files.upload(made_files.CRASHES), notes])


def test_names_that_no_profile_knows_are_found_by_the_sign_too():
    cards = made_files.upload(made_files.CARDS.replace(";", "^"))
    (table,) = tabular.tables([cards], {})
    assert list(table.columns)[:3] == ["№ карточки", "Дата ДТП", "Время"]


def test_a_profile_is_found_by_the_columns_whatever_sign_parts_them():
    own = profiles.get("crashkit")
    found = fitting.fitting([made_files.upload(parted("§"))], [own], {})
    assert [one.share for one in found] == [1.0]


def test_the_rows_keep_the_numbers_of_their_lines():
    (sheet,) = reading.read([made_files.upload(parted("^"))], profiles.get("crashkit"), {})
    assert sheet.lines.tolist() == list(range(2, 9))


def test_of_a_first_row_that_names_no_columns_only_the_shape_is_shown():
    text = "001:05.03.2023:Асанов Болот:0701 123 456:2\n002:16.03.2023:Беков:0701 123 457:1\n"
    with pytest.raises(NeedsChoice) as asked:
        made_files.imported(made_files.upload(text), header_row="none")
    assert asked.value.option == "delimiter"
    assert "Асанов" not in str(asked.value.examples)
    assert "123 456" not in str(asked.value.examples)
