"""Rows told by their bytes are those that the careful way reads, or none are told."""

import threading

import made_files
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import profiles
from crashkit.errors import Cancelled
from crashkit.intake import distinct, reading, scanned, texts
from crashkit.intake.scanned import NotSoSimple, Scanned
from crashkit.model import Upload

SIGNS = 'ab7 \t,;"\n\r\u00a0\u3000Яя事\x1a'
CELLS = st.text(alphabet='ab7 \t,;"\n\rЯя', max_size=5)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=8)
TEXT = st.text(alphabet=SIGNS, max_size=60)


def by_bytes(content, width, *, encoding="utf-8", delimiter=",", header=0):
    scan = Scanned(content, encoding, delimiter, width)
    others = [
        (line, row)
        for block in scan.blocks(header)
        for line, row in zip(block.lines, block.rows, strict=True)
    ]
    cells = [[column.words[code] for code in column.codes.tolist()] for column in scan.columns()]
    lines = [line for block in scan.lines for line in block.tolist()]
    return list(zip(lines, map(list, zip(*cells, strict=True)), strict=True)), others


def carefully(content, width, *, encoding="utf-8", delimiter=",", header=0):
    blocks = list(texts.blocks("x.csv", content, encoding=encoding, delimiter=delimiter))
    assert not any(block.spoiled or block.noted for block in blocks)
    rows = [pair for block in blocks for pair in zip(block.lines, block.rows, strict=True)]
    below = [(line, row) for line, row in rows if line > header]
    whole = [len(row) >= width and not any(map(str.strip, row[width:])) for _, row in below]
    return (
        [(line, row[:width]) for (line, row), good in zip(below, whole, strict=True) if good],
        [pair for pair, good in zip(below, whole, strict=True) if not good],
    )


def agree(content, width, **how):
    try:
        found = by_bytes(content, width, **how)
    except NotSoSimple:
        return
    assert found == carefully(content, width, **how)


@given(TEXT, st.integers(2, 3), st.sampled_from(",;\t"), st.integers(0, 2))
def test_any_text_is_read_as_the_careful_way_reads_it_or_left_to_it(text, width, sign, header):
    agree(text.encode(), width, delimiter=sign, header=header)


@given(ROWS, st.sampled_from(["\n", "\r\n", "\r"]))
def test_rows_in_quotation_marks_are_read_as_they_were_written(rows, end):
    quoted = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in rows]
    content = end.join(map(",".join, quoted)).encode()
    found, others = by_bytes(content, 2)
    assert (found, others) == carefully(content, 2)


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-32", "cp1251", "koi8-r", "kz1048", "gb18030"]
)
def test_every_encoding_is_read(encoding):
    text = 'дата,место\n1,Бишкек\n2,"Ош, юг"\n'
    rows, others = by_bytes(text.encode(encoding), 2, encoding=encoding, header=1)
    assert rows == [(2, ["1", "Бишкек"]), (3, ["2", "Ош, юг"])]
    assert others == []


@pytest.mark.parametrize(
    "text",
    [
        'a,b\n1,"x" and y\n',
        'a,b\n1,say "x"\n',
        'a,b\n1, "x"\n',
        'a,b\n1,"x\n',
        "a,b\n\u3000,\u00a0я\u3000\n \u3000,\u4e00\n".replace("я", "\u3042"),
        f"a,b\n1,{'x' * 140_000}\n",
    ],
)
def test_what_bytes_do_not_tell_is_left_to_the_careful_way(text):
    with pytest.raises(NotSoSimple):
        by_bytes(text.encode(), 2)


def test_many_rows_go_over_several_blocks():
    many = scanned.CELLS + 7
    content = "".join(f"c{n},{n % 5}\n" for n in range(many)).encode()
    rows, others = by_bytes(content, 2)
    assert rows == [(n + 1, [f"c{n}", str(n % 5)]) for n in range(many)]
    assert others == []


def test_many_odd_rows_go_over_several_blocks():
    content = "".join(f"c{n}\n" for n in range(scanned.ODD_ROWS + 3)).encode()
    rows, others = by_bytes(content, 2)
    assert rows == []
    assert [line for line, _ in others] == list(range(1, scanned.ODD_ROWS + 4))


def test_a_whole_import_is_the_same_by_bytes_and_carefully(monkeypatch):
    carefully = made_files.imported(made_files.three())
    monkeypatch.setattr(scanned, "LEAST", 0)
    monkeypatch.setattr(distinct, "FEW", 0)
    found = made_files.imported(made_files.three())
    assert found.ledger == carefully.ledger
    for one, other in (
        (found.crashes, carefully.crashes),
        (found.vehicles, carefully.vehicles),
        (found.people, carefully.people),
    ):
        assert one.equals(other)


def test_a_file_that_is_not_so_simple_further_down_is_read_carefully(monkeypatch):
    monkeypatch.setattr(scanned, "LEAST", 0)
    upload = made_files.three()[0]
    odd = upload.content + b'\n1,say "x" to it\n'
    found = made_files.imported([Upload(upload.name, odd)])
    monkeypatch.setattr(scanned, "LEAST", len(odd) + 1)
    assert found.ledger == made_files.imported([Upload(upload.name, odd)]).ledger


def test_what_is_stopped_amid_a_file_leaves_no_thread(monkeypatch):
    monkeypatch.setattr(scanned, "LEAST", 0)
    monkeypatch.setattr(scanned, "CELLS", 100)
    rows = "".join(f"{n:04},2023-02-07\n" for n in range(1_000))
    files = [made_files.upload("crash_id,crash_date\n" + rows)]
    before = set(threading.enumerate())

    def stop(share, _doing=None):
        if share > 0.2:
            raise Cancelled

    with pytest.raises(Cancelled) as stopped:
        reading.read(files, profiles.get("crashkit"), {}, stop)
    # The error is still at hand, and all that it came through.
    assert set(threading.enumerate()) == before, stopped
