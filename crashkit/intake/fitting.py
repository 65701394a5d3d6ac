"""Which profiles know the columns of some files: the same layout is not asked about again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from crashkit.errors import IntakeError
from crashkit.intake import (
    archives,
    delimiters,
    encodings,
    features,
    headers,
    kinds,
    texts,
    workbooks,
)
from crashkit.intake.mapping import fold
from crashkit.intake.texts import Block
from crashkit.model import OURS, Upload
from crashkit.profiles import Profile

HEAD_BYTES = 1 << 18
"""So much of a text is looked at: its first lines."""

NEARLY_ALL = 0.9
"""A profile that knows this share of the columns is for these files; below, the layout changed."""

Rows = list[tuple[int, list[str]]]


@dataclass(frozen=True)
class Fit:
    """A profile whose columns the files have; `share` of their columns it knows."""

    profile: Profile
    share: float

    @property
    def is_sure(self) -> bool:
        """Whether it knows nearly all columns."""
        return self.share >= NEARLY_ALL


def fitting(
    uploads: Sequence[Upload], profiles: Sequence[Profile], options: Mapping[str, str]
) -> list[Fit]:
    """Return the profiles that fit all files, the best first; of equal ones in the order given."""
    try:
        opened, _ = archives.opened(uploads)
    except IntakeError:
        # What is wrong with an archive is said when its rows are read.
        return []
    files = [_Heads(upload, options) for upload in opened]
    found = [fit for profile in profiles if (fit := _fit(files, profile))]
    return sorted(found, key=lambda fit: -fit.share)


def _fit(files: Sequence[_Heads], profile: Profile) -> Fit | None:
    plain = tuple(layout for layout in profile.files if not layout.path)
    wanted = headers.Wanted(replace(profile, files=plain))
    best = [_without_ours(file.best(profile, wanted), wanted) for file in files]
    levels = {one.layout.level for one in best if one.layout}
    if not all(one.layout and one.fits for one in best) or not levels & {"crash", "casualty"}:
        return None
    names = sum(len([name for name in one.names if name]) for one in best)
    return Fit(profile, sum(one.known for one in best) / max(names, 1))


def _without_ours(found: headers.Header, wanted: headers.Wanted) -> headers.Header:
    """Return what a file of rejected rows is but for our columns: as the file it came from."""
    if not found.rejects:
        return found
    theirs = [name for name in found.names if not fold(name).startswith(OURS)]
    return headers.scored([(found.line, theirs)], wanted)


class _Heads:
    """The first rows of a file, in each way it may be read."""

    def __init__(self, upload: Upload, options: Mapping[str, str]) -> None:
        self.upload, self.options = upload, options
        self._read: dict[str, list[Rows]] = {}

    def best(self, profile: Profile, wanted: headers.Wanted) -> headers.Header:
        """Return the row that would do best as column names of a profile."""
        stated = sorted({layout.encoding for layout in profile.files if layout.encoding})
        encoding = profile.encoding or (stated[0] if stated else "")
        if encoding not in self._read:
            self._read[encoding] = list(self._rows(encoding))
        found = (headers.best(rows, wanted) for rows in self._read[encoding])
        return max(found, key=lambda header: header.score, default=headers.Header())

    def _rows(self, stated: str) -> Iterator[Rows]:
        """Yield the first rows of each sheet, or with each sign between cells; or nothing."""
        name, content = self.upload.name, self.upload.content
        try:
            kind, answer = kinds.kind(name, content), self.options.get("encoding", "")
            if kind == kinds.WORKBOOK:
                yield from self._of_workbook()
                return
            if kind == kinds.JSON:
                yield self._of_features(encodings.find(name, content, answer=answer, stated=stated))
                return
            head = content[:HEAD_BYTES]
            whole = encodings.unpadded(head[: head.rfind(b"\n") + 1] or head)
            encoding = encodings.find(name, whole, answer=answer, stated=stated)
            for sign in (*texts.DELIMITERS, *delimiters.others(whole, encoding)):
                blocks = texts.blocks(
                    name, whole, encoding=encoding, delimiter=sign, size=headers.LINES
                )
                yield _rows(next(blocks, Block()))
        except IntakeError:
            return

    def _of_features(self, encoding: str) -> Rows:
        # All features may have to be read to know their properties: once for all profiles.
        key = f"features {encoding}"
        if key not in self._read:
            found = features.collection(self.upload.name, self.upload.content, encoding)
            names = found.names[""]
            self._read[key] = [[(0, [*names, *features.point_names(names)])]]
        return self._read[key][0]

    def _of_workbook(self) -> Iterator[Rows]:
        # A workbook states its letters itself: it is opened once for all profiles.
        if "" not in self._read:
            book = workbooks.Workbook(self.upload.name, self.upload.content)
            blocks = (next(book.blocks(one, size=headers.LINES), Block()) for one in book.sheets)
            self._read[""] = [_rows(block) for block in blocks]
        yield from self._read[""]


def _rows(block: Block) -> Rows:
    return list(zip(block.lines, block.rows, strict=True))
