"""Receipts: what a report was made from, written into its file and read out of it again.

A receipt is one word of letters in the file, whatever its format, so that a person may pass the
file on and anybody with the data can write the report anew and compare.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import difflib
import hashlib
import html
import io
import json
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import numpy as np

from crashkit.blocks import Block, Heading
from crashkit.errors import Message, ReportError

MARK = "crashkit-receipt:"
_TOKEN = re.compile(rb"crashkit-receipt:([A-Za-z0-9_-]{16,400000})")
MOST_BYTES = 64 * 2**20
"""The parts of a report are not larger together; what says they are was made to hurt."""
MOST_TOLD = 20
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)
BROKEN_TOKEN = (
    binascii.Error,
    zlib.error,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    # Brackets nested to no end, and a version of Infinity.
    RecursionError,
    OverflowError,
)
"""So many changed lines are told."""


@dataclass(frozen=True)
class Receipt:
    """What a report was made from.

    `version` is that of the data set; `filter` its words; `asked` the packed question of a list of
    sites, "" for none; `roads` the network it looked along; `place` the question about a place that
    it answers; `beside` the second language, "" for none; `options` what was chosen for it;
    `template` the text of the report template, "" for a standard kind; `public` the threshold of a
    report for the public, "" for any other. `chapters` are titles with a sum of all that stands
    below each.
    """

    kind: str
    language: str
    format: str
    dataset: str
    version: int
    filter: str
    software: str
    fingerprint: str
    asked: str = ""
    roads: str = ""
    template: str = ""
    place: str = ""
    beside: str = ""
    public: str = ""
    options: tuple[tuple[str, str], ...] = ()
    chapters: tuple[tuple[str, str], ...] = ()

    @property
    def token(self) -> str:
        """The receipt as one word."""
        text = json.dumps(dataclasses.asdict(self), ensure_ascii=True, separators=(",", ":"))
        packed = zlib.compress(text.encode("ascii"), 9)
        return MARK + base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")


def read(content: bytes) -> Receipt:
    """Find the receipt in a file. Raises ReportError where there is none that can be read."""
    for part in _parts(content):
        found = _TOKEN.search(part)
        if found:
            return _unpacked(found[1])
    raise ReportError(
        "There is no receipt in this file. CrashKit writes one into each report; a file that was "
        "printed to PDF anew, or saved by another program, may have lost it."
    )


def _parts(content: bytes) -> Iterator[bytes]:
    """Return the file itself, or what is packed in it."""
    if not content.startswith(b"PK"):
        yield content
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            left = MOST_BYTES
            for one in packed.infolist():
                if one.file_size <= left:
                    left -= one.file_size
                    yield packed.read(one)
    except BROKEN_ZIP as error:
        raise ReportError("The file is broken: it cannot be unpacked.") from error


def _unpacked(token: bytes) -> Receipt:
    try:
        packed = base64.urlsafe_b64decode(token + b"=" * (-len(token) % 4))
        text = zlib.decompressobj().decompress(packed, MOST_BYTES)
        told = json.loads(text)
        chapters = tuple((str(title), str(sum_)) for title, sum_ in told.pop("chapters"))
        options = tuple((str(name), str(word)) for name, word in told.pop("options", ()))
        return Receipt(
            **{name: str(one) for name, one in told.items() if name != "version"},
            version=int(told["version"]),
            options=options,
            chapters=chapters,
        )
    except BROKEN_TOKEN as error:
        raise ReportError("The receipt in this file is broken.") from error


# ------------------------------------------------------------------- sums


def chapters(blocks: Iterable[Block]) -> tuple[tuple[str, str], ...]:
    """Return the chapters of a report, each with a sum of its words and numbers."""
    found: list[tuple[str, list[Any]]] = [("", [])]
    for block in blocks:
        if isinstance(block, Heading) and block.level == 1:
            found.append((str(block.text), []))
        found[-1][1].append(_plain(block))
    return tuple((title, _sum(told)) for title, told in found if told)


def _sum(told: Any) -> str:
    text = json.dumps(told, ensure_ascii=True, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:12]


_ALREADY = (str, int, float, type(None))
"""Kinds of values that are plain: most of a long list."""


def _plain(value: Any) -> Any:
    """Return a value so that equal values are written alike."""
    if type(value) in _ALREADY:
        return value
    return _taken_apart(value)


def _taken_apart(value: Any) -> Any:
    if isinstance(value, Message):
        return [value.text, _plain(value.values)]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        told = {one.name: _plain(getattr(value, one.name)) for one in dataclasses.fields(value)}
        return [type(value).__name__, told]
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.item() if isinstance(value, np.generic) else value


# ---------------------------------------------------------------- compared


def changed_chapters(before: Receipt, now: Receipt) -> tuple[str, ...]:
    """Return the titles of chapters that are not the same in both, in their order."""
    then, today = _sums(before), _sums(now)
    titles = dict.fromkeys([*then, *today])
    return tuple(title for title in titles if then.get(title) != today.get(title))


def _sums(told: Receipt) -> dict[str, list[str]]:
    """Return the sums by title: a template may have two chapters of one title."""
    found: dict[str, list[str]] = {}
    for title, sum_ in told.chapters:
        found.setdefault(title, []).append(sum_)
    return found


@dataclass(frozen=True)
class Verified:
    """What became of a report that was written anew from its receipt.

    `equal` says that the numbers are the same; `sentences` say so in words, or what changed;
    `lines` are texts that differ, as they stand in the file and as written now.
    """

    receipt: Receipt
    equal: bool
    sentences: tuple[Message, ...]
    lines: tuple[tuple[str, str], ...] = ()


def compare(old: bytes, before: Receipt, new: bytes, now: Receipt, newest: int) -> Verified:
    """Compare a file with what is written anew; `newest` is the present version of its data."""
    changed = changed_chapters(before, now)
    lines = () if old == new else changed_lines(old, new)
    # The text of a PDF is not read: only the same bytes say that it shows the same.
    unread = old != new and old.startswith(b"%PDF")
    told = [*_verdict(old == new, changed, lines, unread=unread)]
    if before.software != now.software:
        told.append(
            Message(
                "It was written by {before}; this is {now}.",
                {"before": before.software, "now": now.software},
            )
        )
    if newest != before.version:
        told.append(
            Message(
                "The data have changed since: the report is of version {before}, the data set is "
                "now at version {now}.",
                {"before": before.version, "now": newest},
            )
        )
    return Verified(before, not changed and not lines and not unread, tuple(told), lines)


def _verdict(
    same: bool,
    changed: tuple[str, ...],
    lines: tuple[tuple[str, str], ...],
    *,
    unread: bool,
) -> Iterator[Message]:
    if same:
        yield Message("Equal: written anew from the same data, the file is the same byte by byte.")
        return
    if changed:
        yield Message("Not equal: written anew from the same data, the report says something else.")
        for title in changed:
            told = Message(title) if title else Message("Head of the report")
            yield Message("Other numbers or words in: {chapter}.", {"chapter": told})
    elif lines:
        yield Message(
            "Not equal: the numbers of the receipt are found again, but the file was changed after "
            "it was written."
        )
    elif unread:
        yield Message(
            "Not proven: the numbers of the receipt are found again, but this PDF is not the same "
            "byte by byte, so nobody can say whether it still shows them. Write the report anew, "
            "and use that one."
        )
    else:
        yield Message(
            "Equal: every number and sentence of the receipt is found again. The file itself is "
            "not the same byte by byte: it was saved again, or drawn by other software. Pictures "
            "were not compared."
        )


def changed_lines(before: bytes, now: bytes) -> tuple[tuple[str, str], ...]:
    """Return lines of text that differ: as they are in the first file, and in the second.

    Empty for a PDF, whose text is not read here; MOST_TOLD at most.
    """
    ours, theirs = list(_lines(before)), list(_lines(now))
    found: list[tuple[str, str]] = []
    matcher = difflib.SequenceMatcher(None, ours, theirs, autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what != "equal":
            found.append((" / ".join(ours[a:b]), " / ".join(theirs[c:d])))
    return tuple(found[:MOST_TOLD])


def _lines(content: bytes) -> Iterator[str]:
    if content.startswith(b"PK"):
        yield from _office_lines(content)
    elif content.startswith(b"{"):
        yield from _json_lines(content)
    elif not content.startswith(b"%PDF"):
        reader = _Text()
        reader.feed(content.decode("utf-8", "replace"))
        yield from reader.lines


def _json_lines(content: bytes) -> Iterator[str]:
    """Return what a JSON file says, a row of a table on a line, however it was set anew."""
    try:
        yield from _leaves({**json.loads(content), "receipt": []})
    except (ValueError, TypeError, RecursionError) as error:
        raise ReportError("The file is broken: it is no JSON.") from error


def _leaves(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        for name, one in told.items():
            if isinstance(one, dict | list):
                yield from _leaves(one)
            else:
                yield f"{name}: {_said(one)}"
    elif any(isinstance(one, dict | list) for one in told):
        for one in told:
            yield from _leaves(one) if isinstance(one, dict | list) else (_said(one),)
    elif told:
        yield " | ".join(map(_said, told))


def _said(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _office_lines(content: bytes) -> Iterator[str]:
    """Return the paragraphs of a Word file, or the cells of an Excel file, as texts."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        names = [name for name in packed.namelist() if _IS_TEXT.match(name)]
        shared = list(_texts(packed, SHARED)) if SHARED in packed.namelist() else []
        for name in sorted(names):
            yield from _cells(packed, name, shared) if "sheets" in name else _texts(packed, name)


SHARED = "xl/sharedStrings.xml"
_IS_TEXT = re.compile(r"word/document\.xml$|xl/worksheets/sheet\d+\.xml$")


def _texts(packed: zipfile.ZipFile, name: str) -> Iterator[str]:
    """Return the text of each paragraph (Word) or shared text (Excel)."""
    for one in _elements(packed, name):
        if one.tag.endswith(("}p", "}si")):
            said = "".join(part.text or "" for part in one.iter() if part.tag.endswith("}t"))
            if said or one.tag.endswith("}si"):
                yield said
            one.clear()


def _cells(packed: zipfile.ZipFile, name: str, shared: list[str]) -> Iterator[str]:
    sheet = name.rpartition("/")[2].removesuffix(".xml")
    for cell in _elements(packed, name):
        if not cell.tag.endswith("}c"):
            continue
        value = next((one.text or "" for one in cell.iter() if one.tag.endswith("}v")), "")
        if cell.get("t") == "s" and value.isdigit() and int(value) < len(shared):
            value = shared[int(value)]
        if value:
            yield f"{sheet} {cell.get('r')}: {value}"


def _elements(packed: zipfile.ZipFile, name: str) -> Iterator[ElementTree.Element]:
    if packed.getinfo(name).file_size > MOST_BYTES:
        raise ReportError("The file is broken: it cannot be unpacked.")
    content = packed.read(name)
    # No office program writes entities; with them a small file may blow up or read other files.
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ReportError("The file is broken: it cannot be unpacked.")
    try:
        for _, one in ElementTree.iterparse(io.BytesIO(content)):  # noqa: S314
            yield one
    except ElementTree.ParseError as error:
        raise ReportError("The file is broken: it cannot be unpacked.") from error


class _Text(HTMLParser):
    """Collects what people read in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        said = html.unescape(" ".join(data.split()))
        if said and not self.hidden:
            self.lines.append(said)
