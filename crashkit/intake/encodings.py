"""Which letters the bytes of a file are: never guessed silently.

A byte order mark or strict UTF-8 settles it. Else the answer of the user or the statement of the
profile is taken, and where there is neither, the likeliest readings are shown and the user chooses.

Source: data_standards, measured on real files: detectors are wrong too often to be trusted alone.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence

import chardet
import charset_normalizer

from crashkit.errors import IntakeError, NeedsChoice

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
OFFERED = (
    *("cp1251", "cp866", "koi8-r", "kz1048", "ptcp154", "gb18030", "cp1254", "cp1256"),
    *("cp1252", "cp1250"),
)
"""Encodings met in the region, in the order they are offered after the likeliest."""

SAMPLE = 100_000
MOST_SHOWN = 4
STEP = 1 << 20
SHOWN = 60


def find(name: str, content: bytes, *, answer: str = "", stated: str = "") -> str:
    """Return the name of the encoding. Raises NeedsChoice (encoding), IntakeError."""
    marked = mark_of(content)
    if marked:
        _refuse_broken(name, content, marked)
        return marked
    if answer:
        return _answered(name, content, answer)
    broken = broken_at(content, "utf-8")
    if broken is None and not _looks_wide(content):
        return "utf-8"
    if stated and broken_at(content, stated) is None:
        return stated
    raise _question(name, content, broken)


def mark_of(content: bytes) -> str:
    """Return the encoding whose mark a file begins with, or ""."""
    return next((found for bom, found in BOMS if content.startswith(bom)), "")


def _answered(name: str, content: bytes, answer: str) -> str:
    try:
        known = codecs.lookup(answer).name
        "".encode(known)
    except (LookupError, ValueError):
        raise IntakeError(
            "Nobody knows the encoding {encoding}; known are {known}.",
            encoding=answer,
            known=", ".join(("utf-8", *OFFERED)),
        ) from None
    _refuse_broken(name, content, known)
    return known


def _refuse_broken(name: str, content: bytes, encoding: str) -> None:
    line = broken_at(content, encoding)
    if line is not None:
        raise IntakeError(
            "{file} cannot be read in the encoding {encoding}: line {line} holds bytes that mean "
            "nothing in it.",
            file=name,
            encoding=encoding,
            line=line,
        )


def broken_at(content: bytes, encoding: str) -> int | None:
    """Return the number of the line with the first byte that means nothing, or None."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    for start in range(0, max(len(content), 1), STEP):
        part = content[start : start + STEP]
        try:
            decoder.decode(part, start + STEP >= len(content))
        except (UnicodeError, ValueError) as error:
            at = start
            if isinstance(error, UnicodeDecodeError):
                # The decoder may keep bytes of the step before, or take a mark away.
                at += len(part) - len(error.object) + error.start
            return content.count(b"\n", 0, at) + 1
    return None


def _looks_wide(content: bytes) -> bool:
    """Say whether every other byte is zero, as in UTF-16 without a mark."""
    head = content[:4000]
    return head.count(0) > len(head) // 5


def _question(name: str, content: bytes, broken: int | None) -> NeedsChoice:
    readings = likeliest(content)
    lines = _first_foreign_lines(content, readings)
    return NeedsChoice(
        "The encoding of {file} is not certain: it is not UTF-8 (line {line}). It may be "
        "{readings}. Say which one it is (--encoding).",
        option="encoding",
        choices=tuple(dict.fromkeys((*readings, *OFFERED))),
        file=name,
        line=broken or 1,
        readings="; ".join(f"{encoding}: «{line}»" for encoding, line in lines),
    )


def likeliest(content: bytes, most: int = MOST_SHOWN) -> tuple[str, ...]:
    """Return encodings of the region in which the content reads differently, likeliest first."""
    if _looks_wide(content):
        even, odd = content[0:4000:2].count(0), content[1:4000:2].count(0)
        return ("utf-16-le", "utf-16-be") if odd >= even else ("utf-16-be", "utf-16-le")
    sample = _sample(content)
    said = [chardet.detect(sample).get("encoding") or ""]
    said += [match.encoding for match in charset_normalizer.from_bytes(sample)]
    known = [name for name in map(_name, said) if name in OFFERED]
    found: dict[str, str] = {}
    for name in dict.fromkeys((*known, *OFFERED)):
        text = sample.decode(name, "backslashreplace")
        if (text in found or len(found) < most) and broken_at(content, name) is None:
            # Those that read these bytes alike are one reading: the commonest stands for them.
            found[text] = min(name, found.get(text, name), key=OFFERED.index)
    return tuple(found.values())


def _name(word: str) -> str:
    try:
        return codecs.lookup(word).name
    except LookupError:
        return ""


def _sample(content: bytes) -> bytes:
    """Return the first lines that are not plain ASCII: they tell, others only dilute."""
    picked: list[bytes] = []
    size = 0
    for line in _lines(content):
        if not line.isascii():
            picked.append(line)
            size += len(line)
        if size > SAMPLE:
            break
    return b"\n".join(picked)[: 2 * SAMPLE]


def _lines(content: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(content):
        end = content.find(b"\n", start)
        end = len(content) if end < 0 else end
        yield content[start : min(end, start + SAMPLE)]
        start = end + 1


def _first_foreign_lines(content: bytes, names: Sequence[str]) -> list[tuple[str, str]]:
    """Return the first line that tells, in each reading, cut to what can be shown."""
    line = next((line for line in _lines(content) if not line.isascii()), b"")
    if _looks_wide(content):
        line = content[: 4 * SHOWN]
    return [(name, _shown(line.decode(name, "backslashreplace"))) for name in names]


def _shown(text: str) -> str:
    clean = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return clean if len(clean) <= SHOWN else f"{clean[: SHOWN - 1]}…"
