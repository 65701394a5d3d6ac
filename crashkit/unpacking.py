"""ZIP archives unpacked with care: what they say of their size is a claim, the bytes are counted.

Source: security.md I09.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence

MOST_MEMBERS = 1_000
MOST_BYTES = 200 * 1024 * 1024
MOST_RATIO = 100
SMALL = 1024 * 1024
"""Bytes up to which it does not matter how tightly they were packed."""
STEP = 1 << 18

BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError)
"""What the library says of an archive that is damaged, or packed in a way nobody reads."""


def is_zip(content: bytes) -> bool:
    """Say whether a file begins as an archive (zip) does; workbooks do as well."""
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return what an archive says it holds. Raises zipfile.BadZipFile for a member without a name.

    The library asks for the last letter of each name.
    """
    found = archive.infolist()
    if not all(member.filename for member in found):
        raise zipfile.BadZipFile("a member has no name")
    return found


def fits(members: Sequence[zipfile.ZipInfo]) -> bool:
    """Say whether what an archive says of its size lies within the limits."""
    packed = sum(member.compress_size for member in members)
    size = sum(member.file_size for member in members)
    loose = size <= max(SMALL, MOST_RATIO * packed)
    return len(members) <= MOST_MEMBERS and size <= MOST_BYTES and loose


def read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes | None:
    """Unpack a member, counting: what is said of its size is only a claim. None when too large."""
    parts: list[bytes] = []
    size = 0
    with archive.open(member) as part:
        while step := part.read(STEP):
            size += len(step)
            if size > most:
                return None
            parts.append(step)
    return b"".join(parts)
