"""Neighbours of the bad inputs: the same few crashes, written in every way that should not matter.

Seeded: a neighbour is made by a random.Random, so that a failure can be made again by its seed.
"""

from __future__ import annotations

import csv
import io
import json
import random
import zipfile
from collections.abc import Callable, Mapping, Sequence

import made_files

FIELDS = (
    *("crash_id", "date", "time", "latitude", "longitude", "severity", "killed"),
    *("seriously_injured", "slightly_injured", "vehicles", "crash_type", "road", "km"),
    "description",
)
MAPPING = {name: name for name in FIELDS}
"""The columns of the set, each under the name of its field."""

Row = Sequence[str]
ROADS = ("M39 Suusamyr", "A365 Токмок", "Бишкек - Ош", "乌鲁木齐－喀什", "شاہراہ قراقرم")
HOSTILE = (
    *("=1+1", "+1", "-1", "@x", "\t=1", "'; DROP TABLE crash; --", "<script>alert(1)</script>"),
    *("javascript:alert(1)", "../../etc/passwd", "x" * 70_000, "a" * 3_000, "\0", "\x1b[31m"),
    *("\u202e", "\ufeff", "\u200b", "\ud7ff", "𝔸🚗", "nan", "NaN", "inf", "-inf", "1e400"),
    *("1_000", "١٢", "0x10", "1,5", "1.234,5", "1'234", "--", "-", "?", "NULL", "None", " "),
    *("2023-02-31", "00.00.0000", "31/12/9999", "1402-01-15", "45000", "1.7.23", "24:00", "25:61"),
    *("9" * 400, "9007199254740993", "1.0E+15", '"', '""', '"x', "x\ny", "x\r\ny", "a,b;c|d\te"),
    *("(" * 5_000, "1 (2)", "1+1", "90.0001", "180.5", "42°15'30\"N", "%s%n", "{crash_id}", "${x}"),
)
"""Cells that break programs."""


def rows(chance: random.Random, count: int = 6) -> list[Row]:
    """Make up crashes with nothing wrong with them."""
    return [
        (
            f"KG-2023-{number:05d}",
            f"2023-{chance.randint(1, 12):02d}-{chance.randint(13, 28)}",
            f"{chance.randint(0, 23):02d}:{chance.randint(0, 59):02d}",
            f"{chance.uniform(40, 43):.5f}",
            f"{chance.uniform(70, 80):.5f}",
            chance.choice(("Fatal", "Serious", "Slight", "Damage only")),
            *(str(chance.randint(0, 2)) for _ in range(3)),
            str(chance.randint(1, 3)),
            chance.choice(("Head-on", "Rear-end", "Pedestrian")),
            chance.choice(ROADS),
            f"{chance.uniform(1, 400):.1f}",
            f"Invented record {number}, dry surface",
        )
        for number in range(1, count + 1)
    ]


# ------------------------------------------------------------------ writers


def as_text(chance: random.Random, given: Sequence[Row]) -> bytes:
    """Write a table of text in one of very many ways."""
    sign = chance.choice(",;\t|")
    end = chance.choice(("\n", "\r\n", "\r"))
    quoting = chance.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    wide = chance.randint(0, 2)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=sign, lineterminator=end, quoting=quoting)
    for row in (FIELDS, *given):
        writer.writerow([*row, *[""] * wide])
        if chance.random() < 0.2:
            text.write(end)
    above = chance.choice(("", f"sep={sign}{end}", f"Crashes of 2023{end}{end}"))
    whole = above + text.getvalue()
    if chance.random() < 0.3:
        whole = whole.removesuffix(end)
    if chance.random() < 0.2:
        whole += "\x1a"
    return whole.encode(chance.choice(("utf-8", "utf-8-sig", "utf-16", "utf-32")))


def as_workbook(chance: random.Random, given: Sequence[Row]) -> bytes:
    """Write a workbook, with titles above or without."""
    titles: list[Row] = [("Crashes of 2023",), ()] if chance.random() < 0.5 else []
    return made_files.workbook(Data=[*titles, FIELDS, *given])


def as_features(chance: random.Random, given: Sequence[Row]) -> bytes:
    """Write a GeoJSON; the coordinates are those of the points, or properties as well."""
    both = chance.random() < 0.3
    found = []
    for row in given:
        cells = dict(zip(FIELDS, row, strict=True))
        place = [float(cells["longitude"]), float(cells["latitude"])]
        if not both:
            del cells["longitude"], cells["latitude"]
        point = {"type": "Point", "coordinates": place}
        found.append({"type": "Feature", "geometry": point, "properties": cells})
    whole = {"type": "FeatureCollection", "name": "crashes", "features": found}
    text = json.dumps(whole, ensure_ascii=chance.random() < 0.5, indent=chance.choice((None, 1)))
    return text.encode(chance.choice(("utf-8", "utf-8-sig", "utf-16")))


def as_zip(chance: random.Random, given: Sequence[Row]) -> bytes:
    """Pack the rows, in one file or in two, with what systems leave in archives."""
    at = chance.choice((0, len(given) // 2))
    parts = [part for part in (given[:at], given[at:]) if part]
    write = chance.choice((as_text, as_workbook, as_features))
    files = {f"{number}/crashes {number}": write(chance, part) for number, part in enumerate(parts)}
    litter = {"__MACOSX/._crashes": b"\0\5", "Thumbs.db": b"\0", ".DS_Store": b"x"}
    chosen = dict(chance.sample(sorted(litter.items()), chance.randint(0, 3)))
    return made_files.packed(
        {**files, **chosen}, chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    )


WRITERS: Mapping[str, Callable[[random.Random, Sequence[Row]], bytes]] = {
    "text": as_text,
    "workbook": as_workbook,
    "features": as_features,
    "zip": as_zip,
}


# ------------------------------------------------------------------- damage


def damaged(chance: random.Random, content: bytes) -> bytes:
    """Do to a file what disks, wires and editors do: cut, turn, double, insert or leave out."""
    found = content
    for _ in range(chance.randint(1, 4)):
        found = _changed(chance, found)
    return found


def _changed(chance: random.Random, content: bytes) -> bytes:
    at, size = chance.randrange(len(content) + 1), chance.randint(1, 40)
    before, piece, after = content[:at], content[at : at + size], content[at + size :]
    noise = chance.randbytes(len(piece))
    sign = chance.choice((b"\0", b'"', b"\n", b"\xff", b","))
    ways = (
        before,
        before + noise + after,
        before + piece * 3 + after,
        before + after,
        before + sign + piece + after,
        content + piece + after,
    )
    return chance.choice(ways)


def with_a_hostile_cell(chance: random.Random, given: Sequence[Row]) -> tuple[int, list[Row]]:
    """Put a cell that breaks programs into one row; return which, from 0."""
    found = [list(row) for row in given]
    number = chance.randrange(len(found))
    found[number][chance.randrange(len(FIELDS))] = chance.choice(HOSTILE)
    return number, found
