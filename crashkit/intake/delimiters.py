"""The sign between the cells of a text: a usual one, another that makes a table of it, or asked.

Beyond the usual signs one is taken only where it is the only one that parts the lines into column
names and as many cells below them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from crashkit.errors import IntakeError, NeedsChoice
from crashkit.intake import headers, texts
from crashkit.intake.checked import short
from crashkit.intake.headers import Row
from crashkit.intake.personal import masked
from crashkit.intake.texts import DELIMITERS, SPACE, SPACES

NAMES: Mapping[str, str] = {
    **{"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"},
    **{"space": SPACE, "spaces": SPACES},
}
"""Signs by the words for them: blanks and tabs cannot be typed everywhere."""

NEVER = "\"'_.-+\r\n"
"""Signs that stand in names, numbers and dates, and never between cells."""

LONGEST_LINE = 20_000
"""Letters of a line that are looked at."""

MOST = 12
"""So many signs are tried, those first that part lines into most cells."""

SHOWN = 3
"""So many lines are shown as each sign parts them."""

PARTED = " ¦ "
"""Shows where a cell ends and the next begins."""

_CODE = re.compile(r"0x([0-9a-f]{2})", re.IGNORECASE)


def sign_of(said: str) -> str:
    """Return the sign that a person names: tab, spaces, 0x1f, or the sign itself.

    Raises IntakeError for what stands between no cells.
    """
    named = NAMES.get(said.casefold())
    code = _CODE.fullmatch(said)
    sign = named or (chr(int(code[1], 16)) if code else said)
    if named or (len(sign) == 1 and _may_part(sign)):
        return sign
    raise IntakeError(
        "No file has {sign} between its cells; it is one sign, or one of: {known}.",
        sign=said,
        known=", ".join((*NAMES, "0x1f")),
    )


def name_of(sign: str) -> str:
    """Return how a sign is named, see `sign_of`: those that nobody sees have names."""
    if sign.strip() and sign.isprintable():
        return sign
    return next((name for name, known in NAMES.items() if known == sign), f"0x{ord(sign[0]):02x}")


def _may_part(sign: str) -> bool:
    """Say whether a sign may stand between cells: it is no letter and no digit."""
    return sign not in NEVER and (unicodedata.category(sign)[0] in "PSZ" or ord(sign) < 32)


def others(content: bytes, encoding: str) -> list[str]:
    """Return the signs, beyond the usual ones, that part most of the first lines alike.

    Into three cells or more: two may be hours and minutes.
    """
    given = islice(texts.lines(content, encoding), headers.LINES)
    known = [line[:LONGEST_LINE].strip(" \r\n") for line in given if line.strip()]
    signs = {sign for line in known for sign in line if _may_part(sign)} - {*DELIMITERS, SPACE}
    counts = {sign: [line.count(sign) for line in known] for sign in sorted(signs)}
    counts[SPACES] = [len(texts.GAP.findall(line)) for line in known]
    if not any(counts[SPACES]):
        counts[SPACE] = [line.count(SPACE) for line in known]
    often = {sign: _usual(each) for sign, each in counts.items()}
    return sorted((sign for sign in often if often[sign] > 1), key=lambda sign: -often[sign])[:MOST]


def _usual(counts: Sequence[int]) -> int:
    """Return the count that most lines have, 0 where no count is that of most."""
    count, lines = next(iter(Counter(counts).most_common(1)), (0, 0))
    return count if 2 * lines > len(counts) else 0


def other(file: str, content: bytes, encoding: str, head: Callable[[str], Sequence[Row]]) -> str:
    """Return the one sign, beyond the usual ones, that makes a table of a text, or "".

    `head` gives the first rows by a sign. Raises NeedsChoice (delimiter) where several signs make
    a table, or where none parts a line.
    """
    usual = [head(sign) for sign in DELIMITERS]
    if any(map(headers.is_table, usual)):
        return ""
    heads = {sign: head(sign) for sign in others(content, encoding)}
    tables = {sign: rows for sign, rows in heads.items() if headers.is_table(rows)}
    if len(tables) == 1:
        return next(iter(tables))
    if tables or all(len(row) == 1 for rows in usual for _, row in rows):
        raise _question(file, tables or heads)
    return ""


def _question(file: str, heads: Mapping[str, Sequence[Row]]) -> NeedsChoice:
    """Return the question for the sign, with the first lines as each of some signs parts them.

    Only the shape is shown of the lines below the first, and of a first one with digits, which
    names no columns: nobody knows yet what is personal.
    """
    shown = {
        name_of(sign): [
            (str(line), short(PARTED.join(row if at == 0 and _names(row) else map(masked, row))))
            for at, (line, row) in enumerate(rows[:SHOWN])
        ]
        for sign, rows in heads.items()
    }
    return NeedsChoice(
        "The sign between the cells of {file} was not found: neither comma, semicolon, tab nor bar "
        "parts its lines into column names and values below them, as in a CSV file. Say which "
        "sign it is.",
        option="delimiter",
        choices=tuple(shown),
        examples=shown,
        file=file,
    )


def _names(row: Sequence[str]) -> bool:
    return not any(sign.isdigit() for cell in row for sign in cell)
