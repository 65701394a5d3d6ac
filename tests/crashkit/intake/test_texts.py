"""Text files: lines are counted as an editor counts them, and no quotation mark moves a row."""

import csv
import io

import made_files
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit.errors import IntakeError
from crashkit.intake import texts


def read(text, delimiter=",", size=3):
    content = text.encode("utf-8")
    found = list(texts.blocks("x.csv", content, encoding="utf-8", delimiter=delimiter, size=size))
    lines = [line for block in found for line in block.lines]
    rows = [row for block in found for row in block.rows]
    spoiled = [(line, code) for block in found for line, code, _ in block.spoiled]
    return list(zip(lines, rows, strict=True)), spoiled


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_one(end):
    rows, _ = read(end.join(["a,b", "1,2", "", "3,4"]))
    assert rows == [(1, ["a", "b"]), (2, ["1", "2"]), (4, ["3", "4"])]


def test_a_record_over_several_lines_moves_the_numbers_below():
    rows, _ = read('a,b\n1,"x\ny\r\nz"\n2,w\n3,v\n')
    assert [line for line, _ in rows] == [1, 2, 5, 6]


def test_other_separators_of_lines_are_letters():
    rows, _ = read("a,b\n1,x\u2028y\u0085z\n")
    assert rows[1] == (2, ["1", "x\u2028y\u0085z"])


def test_blank_lines_and_the_end_mark_of_dos_are_no_rows():
    rows, _ = read("a,b\n , \n1,2\n\x1a")
    assert [line for line, _ in rows] == [1, 3]


def test_an_unclosed_mark_spoils_its_own_line_only():
    rows, spoiled = read('a,b\n1,"x\n2,y\n3,z\n')
    assert spoiled == [(2, "unclosed_quote")]
    assert rows == [(1, ["a", "b"]), (3, ["2", "y"]), (4, ["3", "z"])]


def test_two_marks_that_nobody_closes_swallow_no_line_between_them():
    rows, spoiled = read('a,b\n1,"x\n2,y\n3,"z\n4,v\n')
    assert spoiled == [(2, "bad_quoting"), (4, "unclosed_quote")]
    assert [line for line, _ in rows] == [1, 3, 5]


def test_a_cell_in_marks_beyond_the_limit_of_the_reader_swallows_no_line():
    swallowed = "".join(f"{n},{'w' * 60}\n" for n in range(4_000))
    rows, spoiled = read(f'a,b\n1,"x\n{swallowed}', size=100)
    assert spoiled == [(2, "too_long")]
    assert [line for line, _ in rows] == [1, *range(3, 4_003)]


@given(st.lists(st.sampled_from(["1,x", '2,"y"', '3,"z', '4,"v" w', '5,"u""']), max_size=12))
def test_every_line_is_a_row_or_told_as_spoilt(given):
    rows, spoiled = read("\n".join(["a,b", *given]))
    held = sum(cell.count("\n") for _, row in rows for cell in row)
    assert len(rows) + held + len(spoiled) == len(given) + 1


def test_text_behind_a_closing_mark_is_not_joined_silently():
    rows, spoiled = read('a,b\n1,"x" and y\n2,say "z"\n')
    assert spoiled == [(2, "bad_quoting")]
    assert rows[-1] == (3, ["2", 'say "z"'])


def test_a_cell_beyond_the_limit_of_the_reader_spoils_its_line():
    rows, spoiled = read(f"a,b\n1,{'x' * 140_000}\n2,y\n")
    assert spoiled == [(2, "too_long")]
    assert [line for line, _ in rows] == [1, 3]


def test_marks_that_never_pair_up_are_refused_in_the_end(monkeypatch):
    monkeypatch.setattr(texts, "MOST_RESTARTS", 1)
    with pytest.raises(IntakeError, match="line 2"):
        read('a,b\n1,"x\n2,y\n')


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\x1a\ufeff"), max_size=6)


@given(rows=st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=12))
def test_it_reads_what_a_writer_wrote(rows):
    text = made_files.table(rows)
    found, spoiled = read(text)
    plain = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
    wanted = []
    line = 1
    for row in plain:
        wanted.append((line, row))
        line = plain.line_num + 1
    assert found == [(n, row) for n, row in wanted if any(map(str.strip, row))]
    assert spoiled == []


def noted(text):
    blocks = texts.blocks("x.csv", text.encode("utf-8"), encoding="utf-8", delimiter=",", size=2)
    return [(line, code) for block in blocks for line, code, _ in block.noted]


def test_blanks_before_a_quotation_mark_are_passed_over_with_a_word():
    text = 'a, b\n1, x\n2,   "wet, dark"\n3,y\n'
    assert read(text)[0][2] == (3, ["2", "wet, dark"])
    assert noted(text) == [(3, "blank_before_quote")]


def test_a_comma_and_a_quoted_word_within_a_cell_are_nothing_to_speak_of():
    assert noted('a,b\n1,"he said, ""stop"", and left"\n2,"x, ""y""\nz"\n') == []
