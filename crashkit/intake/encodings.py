"""Which letters the bytes of a file are: never guessed silently.

A byte order mark or strict UTF-8 settles it. Else the answer of the user or the statement of the
profile is taken, and where there is neither, the likeliest readings are shown and the user chooses.

Source: data_standards, measured on real files: detectors are wrong too often to be trusted alone.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
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

WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
"""Encodings of two and four bytes a letter; without a mark their zeros tell them."""

_PADDING = re.compile(rb"\0+(?=[,;|\t\r\n\"]|\Z)")
_ZEROS = re.compile(rb"\0{2,}")
_FOREIGN_WORD = re.compile(r"[^\x00-\x7f]+")
FEWEST_LETTERS = 5
"""In fewer letters nobody can tell that they were spoilt before."""
UTF_8 = ("utf-8", "utf-8-sig")
_BEFORE_FOREIGN = re.compile(rb"^[\x00-\x7f]*[,;|\t]")
_TABLE_SIGNS = ",;|\t\r\n 0123456789"

SAMPLE = 100_000
MOST_SHOWN = 4
MOST_LINES = 10
STEP = 1 << 20
SHOWN = 60
HEAD = 40_000
"""Bytes at the beginning that are looked at for letters of several bytes; a multiple of four."""


def find(name: str, content: bytes, *, answer: str = "", stated: str = "") -> str:
    """Return the name of the encoding. Raises NeedsChoice (encoding), IntakeError."""
    marked = mark_of(content)
    if marked:
        _refuse_broken(name, content, marked)
        _refuse_spoilt(name, content, marked, answer)
        return marked
    if answer:
        return _answered(name, content, answer)
    broken = broken_at(content, "utf-8")
    if broken is None and not (_wide(content) or _has_many_zeros(content)):
        _refuse_spoilt(name, content, "utf-8", answer)
        return "utf-8"
    if stated and broken_at(content, stated) is None:
        return stated
    if _has_many_zeros(content) and not _wide(content) and _is_filled_up(content):
        raise IntakeError(
            "{file} holds many bytes of value 0 in a row, as the binary files of databases do: it "
            "is no text. Export the crash list as CSV or Excel (.xlsx).",
            file=name,
        )
    raise _question(name, content, broken)


def unpadded(content: bytes) -> bytes:
    """Return a text without the zeros by which old databases fill up its cells and lines.

    Letters of several bytes have zeros too; where any stands elsewhere than at the end of a cell,
    all stay.
    """
    if 0 not in content or mark_of(content) or _wide(content):
        return content
    plain = _PADDING.sub(b"", content)
    return content if 0 in plain else plain


def mark_of(content: bytes) -> str:
    """Return the encoding whose mark a file begins with, or ""."""
    return next((found for bom, found in BOMS if content.startswith(bom)), "")


def _refuse_spoilt(name: str, content: bytes, encoding: str, answer: str) -> None:
    """Ask about letters that a program before us read in a wrong encoding and wrote in UTF-8."""
    if answer or encoding not in UTF_8:
        return
    text = _sample(content[:STEP]).decode(encoding, "ignore")
    spoilt, before = next(_read_twice(text), ("", ""))
    if spoilt:
        raise NeedsChoice(
            "The letters of {file} were spoilt before it came here: it says «{spoilt}» where it "
            "probably said «{before}», since a program read it in a wrong encoding. Export it "
            "again from where it came from; or say utf-8, and it is read as it stands.",
            option="encoding",
            choices=("utf-8",),
            file=name,
            spoilt=_shown(spoilt),
            before=_shown(before),
        )


def _read_twice(text: str) -> Iterator[tuple[str, str]]:
    """Yield a word that is UTF-8 read as another encoding, and what it was, where all words are."""
    words = list(dict.fromkeys(_FOREIGN_WORD.findall(text)))
    for encoding in ("cp1252", "cp1251"):
        before = [_read_again(word, encoding) for word in words]
        # A sign or two may be read so by chance: М– of M-39 in Cyrillic is one.
        if all(before) and sum(map(str.isalpha, "".join(before))) >= FEWEST_LETTERS:
            yield max(zip(words, before, strict=True), key=lambda pair: len(pair[0]))


def _read_again(word: str, encoding: str) -> str:
    """Return a word whose letters are the bytes of another one in UTF-8, or ""."""
    raw = bytearray()
    for sign in word:
        found = sign.encode(encoding, "ignore") or sign.encode("latin-1", "ignore")
        if not found:
            return ""
        raw += found
    return "" if broken_at(bytes(raw), "utf-8") is not None else raw.decode()


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


def _wide(content: bytes) -> tuple[str, ...]:
    """Return the encodings of several bytes a letter in which the content reads as a table does.

    The one with most signs of a table first: read in the wrong order of bytes they become letters.
    """
    head = content[:HEAD]
    if 0 not in head:
        return ()
    found = {name: _signs(head, name) for name in WIDE}
    likely = [name for name in WIDE if found[name] and broken_at(content, name) is None]
    return tuple(sorted(likely, key=lambda name: -found[name]))


def _signs(head: bytes, encoding: str) -> int:
    """Count commas, blanks, digits and line ends; 0 for what is no text."""
    text = head.decode(encoding, "replace")
    odd = sum(unicodedata.category(sign)[0] == "C" and not sign.isspace() for sign in set(text))
    plain = sum(map(text.count, _TABLE_SIGNS))
    has_lines = "\n" in text or "\r" in text
    return plain if has_lines and odd <= 1 and "\0" not in text and plain > len(text) // 20 else 0


def _has_many_zeros(content: bytes) -> bool:
    """Say whether so many bytes are zero that this is no text of one byte a letter."""
    head = content[:4000]
    return head.count(0) > len(head) // 5


def _is_filled_up(content: bytes) -> bool:
    """Say whether most zeros stand side by side, which those of letters never do."""
    head = content[:HEAD]
    return 2 * sum(map(len, _ZEROS.findall(head))) > head.count(0)


def _question(name: str, content: bytes, broken: int | None) -> NeedsChoice:
    readings = likeliest(content)
    lines = _foreign_lines(content, readings)
    return NeedsChoice(
        "The encoding of {file} is not certain: it is not UTF-8 (line {line}). It may be "
        "{readings}. Say which one it is.",
        option="encoding",
        choices=tuple(dict.fromkeys((*readings, *OFFERED))),
        file=name,
        line=broken or 1,
        readings="; ".join(f"{name}: «{shown[0][1]}»" for name, shown in lines.items() if shown),
        examples=lines,
    )


def likeliest(content: bytes, most: int = MOST_SHOWN) -> tuple[str, ...]:
    """Return encodings of the region in which the content reads differently, likeliest first."""
    wide = _wide(content)
    if wide or _has_many_zeros(content):
        even, odd = content[0:4000:2].count(0), content[1:4000:2].count(0)
        return wide or (WIDE[:2] if odd >= even else WIDE[1::-1])
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


def _foreign_lines(content: bytes, names: Sequence[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return in each reading what tells of the first lines that tell, with their numbers."""
    if set(names) <= set(WIDE):
        return {name: _first_lines(content[:HEAD].decode(name, "replace")) for name in names}
    # From the first cell with letters that are not English: others read the same in all.
    telling: dict[bytes, int] = {}
    for number, line in enumerate(_lines(content), 1):
        if not line.isascii():
            telling.setdefault(_BEFORE_FOREIGN.sub(b"", line, count=1), number)
        if len(telling) >= MOST_LINES:
            break
    return {
        name: tuple(
            (str(number), _shown(part.decode(name, "backslashreplace")))
            for part, number in telling.items()
        )
        for name in names
    }


def _first_lines(text: str) -> tuple[tuple[str, str], ...]:
    """Return the first lines with letters that are not English, or the first of all."""
    given = list(enumerate(text.splitlines(), 1))
    foreign = [(number, line) for number, line in given if not line.isascii()]
    return tuple((str(number), _shown(line)) for number, line in (foreign or given)[:MOST_LINES])


def _shown(text: str) -> str:
    clean = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return clean if len(clean) <= SHOWN else f"{clean[: SHOWN - 1]}…"
