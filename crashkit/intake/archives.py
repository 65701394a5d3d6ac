"""ZIP archives to the files in them: measured before they are unpacked, counted while they are.

Members are read in memory; their names are texts and never become paths.

Source: security.md I09, I11; see `unpacking`.
"""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Sequence

from crashkit import unpacking
from crashkit.errors import IntakeError, Message
from crashkit.intake import kinds
from crashkit.model import Issue, Upload

LONGEST_NAME = 100

LITTER = (".ds_store", "thumbs.db", "desktop.ini", "icon\r")
LITTER_FOLDER = "__MACOSX"


def opened(uploads: Sequence[Upload]) -> tuple[list[Upload], list[Issue]]:
    """Return the uploads with each archive replaced by the files in it, and what is to be said.

    Raises IntakeError for archives that are too large, damaged, locked, or hold archives or links.
    """
    found: list[Upload] = []
    said: list[Issue] = []
    for upload in uploads:
        if (
            unpacking.is_zip(upload.content)
            and kinds.kind(upload.name, upload.content) == kinds.ARCHIVE
        ):
            files, litter = _members(upload)
            found += files
            said += [_passed_over(upload.name, litter)] if litter else []
        else:
            found.append(upload)
    return found, said


def _members(upload: Upload) -> tuple[list[Upload], list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(upload.content)) as archive:
            wanted, litter = _looked_through(upload, unpacking.members(archive))
            return _unpacked(upload.name, archive, wanted), litter
    except RuntimeError:
        raise _locked(upload.name) from None
    except unpacking.BROKEN:
        raise IntakeError(
            "{file} is a damaged archive (zip): it cannot be unpacked. Pack the files again, or "
            "give them one by one.",
            file=upload.name,
        ) from None


def _looked_through(
    upload: Upload, given: Sequence[zipfile.ZipInfo]
) -> tuple[list[zipfile.ZipInfo], list[str]]:
    """Return the members that are files, and the names of what systems leave in archives."""
    members = [member for member in given if not member.is_dir()]
    if any(member.flag_bits & 1 for member in members):
        raise _locked(upload.name)
    if not unpacking.fits(given) or sum(member.compress_size for member in given) > len(
        upload.content
    ):
        raise _too_large(upload.name)
    for member in members:
        if stat.S_ISLNK(member.external_attr >> 16):
            raise IntakeError(
                "{file} (zip) holds {member}, which is a link to another file. Pack the file "
                "itself.",
                file=upload.name,
                member=_plain(member.filename),
            )
    litter = [member for member in members if _is_litter(member.filename)]
    wanted = [member for member in members if member not in litter]
    if not wanted:
        raise IntakeError("{file} (zip) is empty: there is no data file in it.", file=upload.name)
    return wanted, [_plain(member.filename) for member in litter]


def _unpacked(
    name: str, archive: zipfile.ZipFile, wanted: Sequence[zipfile.ZipInfo]
) -> list[Upload]:
    names = _names([member.filename for member in wanted])
    left = unpacking.MOST_BYTES
    found: list[Upload] = []
    for own, member in zip(names, wanted, strict=True):
        content = unpacking.read(archive, member, left)
        if content is None:
            raise _too_large(name)
        left -= len(content)
        if unpacking.is_zip(content) and kinds.kind(own, content) == kinds.ARCHIVE:
            raise IntakeError(
                "{file} (zip) holds {member}, which is an archive (zip) itself. Unpack it first.",
                file=name,
                member=own,
            )
        found.append(Upload(f"{name}/{own}", content))
    return found


# -------------------------------------------------------------------- names


def _plain(name: str) -> str:
    return "".join(sign for sign in name if sign.isprintable())[-LONGEST_NAME:]


def _last(name: str) -> str:
    return name.replace("\\", "/").rstrip("/").rpartition("/")[2]


def _names(given: Sequence[str]) -> list[str]:
    """Return what members are called: without folders where that tells them apart."""
    short = [_plain(_last(name)) for name in given]
    taken = short if len(set(short)) == len(short) else [_plain(name) for name in given]
    return [
        name if taken.count(name) == 1 else f"{name} ({number})"
        for number, name in enumerate(taken, 1)
    ]


def _is_litter(name: str) -> bool:
    last = _last(name)
    folders = name.replace("\\", "/").split("/")[:-1]
    return LITTER_FOLDER in folders or last.startswith("._") or last.lower() in LITTER


def _passed_over(file: str, litter: Sequence[str]) -> Issue:
    said = Message(
        "These files were passed over, which systems leave in archives: {names}.",
        {"names": ", ".join(litter[:10])},
    )
    return Issue(file, None, "", "", "passed_over", said)


def _locked(name: str) -> IntakeError:
    return IntakeError(
        "{file} is an archive (zip) protected by a password. Unpack it first and import the files "
        "in it.",
        file=name,
    )


def _too_large(name: str) -> IntakeError:
    return IntakeError(
        "{file} is an archive (zip) that is too large once it is unpacked: {members} files and "
        "{megabytes} MB at most, packed no tighter than 1 to {ratio}. Unpack it and give the files "
        "one by one.",
        file=name,
        members=unpacking.MOST_MEMBERS,
        megabytes=unpacking.MOST_BYTES // 2**20,
        ratio=unpacking.MOST_RATIO,
    )
