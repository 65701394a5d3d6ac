"""Uploaded files between their upload and the end of their import.

They lie under random numbers in the data folder, outside everything that is served, readable by
their owner only; their names are texts that never become paths.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import time
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from werkzeug.datastructures import FileStorage

from crashkit import api

NUMBER = re.compile(r"[0-9a-f]{32}")
NAMES = "names.json"
DRAFT = "mapping.json"
LONGEST_NAME = 120


def folder() -> Path:
    """Return where uploads wait; pages and workers find it without any setting."""
    return api.data_folder() / "uploads"


def keep(files: Iterable[tuple[str, IO[bytes]]]) -> str:
    """Keep files, each with the name it arrived under; return the number to find them by.

    Raises StoreError when the disk takes no more; then nothing is kept.
    """
    number = secrets.token_hex(16)
    place = _place(number)
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.mkdir(mode=0o700)
        _write(place, files)
    except OSError as error:
        discard(number)
        raise api.StoreError(
            "The files cannot be kept in {where}: {cause}. Nothing was imported; make room and try "
            "again.",
            where=str(folder()),
            cause=error.strerror or str(error),
        ) from error
    return number


def _write(place: Path, files: Iterable[tuple[str, IO[bytes]]]) -> None:
    names: list[str] = []
    for at, (name, stream) in enumerate(files):
        names.append(_distinct(plain_name(name), names))
        with _private(place / str(at)) as out:
            shutil.copyfileobj(stream, out, 1024 * 1024)
    with _private(place / NAMES) as out:
        out.write(json.dumps(names).encode())


def read(number: str) -> list[api.Upload]:
    """Return the kept files. Raises IntakeError when they are gone."""
    try:
        return [api.Upload(name, place.read_bytes()) for place, name in places(number)]
    except FileNotFoundError as error:
        raise _gone() from error


def places(number: str) -> list[tuple[Path, str]]:
    """Return where the kept files lie, and their names. Raises IntakeError when they are gone."""
    place = _place(number)
    try:
        names = json.loads((place / NAMES).read_bytes())
    except FileNotFoundError as error:
        raise _gone() from error
    return [(place / str(at), str(name)) for at, name in enumerate(names)]


def _gone() -> api.IntakeError:
    return api.IntakeError(
        "The files are no longer kept: they were imported, given up, or waited too long. "
        "Choose them again."
    )


@contextmanager
def table(given: FileStorage | None, missing: str, most_bytes: int) -> Iterator[tuple[Path, str]]:
    """Keep the one table of a form while it is read: its place and its name.

    Raises IntakeError with the sentence `missing` where none was chosen, and for one too large.
    """
    if given is None or not given.filename:
        raise api.IntakeError(missing)
    number = keep([(given.filename, given.stream)])
    try:
        ((place, name),) = places(number)
        if place.stat().st_size > most_bytes:
            raise api.IntakeError(
                "The table is larger than {n} megabytes.", n=most_bytes // 1_000_000
            )
        yield place, name
    finally:
        discard(number)


def keep_draft(number: str, draft: api.Draft) -> None:
    """Keep what the columns of the files may be beside them: it goes when they go."""
    place = _place(number)
    new = place / f"{DRAFT}.{secrets.token_hex(4)}"
    with _private(new) as out:
        out.write(json.dumps(api.write_mapping(draft), ensure_ascii=False).encode())
    new.replace(place / DRAFT)


def draft_of(number: str) -> api.Draft | None:
    """Return what the columns of kept files may be; None where nobody asked, or the files went."""
    try:
        return api.read_mapping(json.loads((_place(number) / DRAFT).read_bytes()))
    except FileNotFoundError:
        return None


def are_kept(number: str) -> bool:
    """Say whether the files are still there."""
    return (_place(number) / NAMES).is_file()


def discard(number: str) -> None:
    """Delete kept files; nothing happens when they are gone."""
    shutil.rmtree(_place(number), ignore_errors=True)


def sweep(hours: float) -> int:
    """Delete what waited longer than `hours`; return how many uploads that were."""
    oldest = time.time() - hours * 3600
    old = [
        place
        for place in (folder().iterdir() if folder().is_dir() else ())
        if NUMBER.fullmatch(place.name) and place.stat().st_mtime < oldest
    ]
    for place in old:
        shutil.rmtree(place, ignore_errors=True)
    return len(old)


def plain_name(name: str) -> str:
    """Return a file name as a text: no folders, no control or direction signs, not too long."""
    last = re.split(r"[/\\]", name)[-1]
    signs = [sign for sign in last if unicodedata.category(sign)[0] != "C"]
    short = "".join(signs).strip()
    if len(short) > LONGEST_NAME:
        short = f"{short[: LONGEST_NAME - 20]}…{short[-19:]}"
    return short or "file"


def _distinct(name: str, taken: list[str]) -> str:
    stem, dot, ending = name.rpartition(".")
    tries = (f"{stem or ending} ({n}){dot + ending if stem else ''}" for n in range(2, 1000))
    return name if name not in taken else next(one for one in tries if one not in taken)


def _place(number: str) -> Path:
    if not NUMBER.fullmatch(number):
        raise api.NotFound("There is no upload {number}.", number=number[:40])
    return folder() / number


def _private(path: Path) -> IO[bytes]:
    path.touch(mode=0o600, exist_ok=False)
    return path.open("wb")
