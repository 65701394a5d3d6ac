"""Uploads to sheets: files told apart by their columns, every cell as text, every row counted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

import numpy as np

from crashkit.errors import IntakeError, Message, NeedsChoice
from crashkit.intake import (
    cells,
    delimiters,
    encodings,
    features,
    headers,
    kinds,
    mended,
    scanned,
    texts,
    totals,
    workbooks,
)
from crashkit.intake.cells import Column, Ints
from crashkit.intake.checked import short
from crashkit.intake.headers import Header
from crashkit.intake.mapping import fold
from crashkit.intake.scanned import NotSoSimple, Scanned
from crashkit.intake.sheets import (
    LINE,
    Note,
    Sheet,
    Spoilt,
    noted,
    personal_columns,
    unreadable,
)
from crashkit.intake.texts import Block
from crashkit.model import ORIGIN, OURS, Inference, Progress, Upload, no_progress
from crashkit.profiles import Layout, Profile, Recipe

MOST_COLUMNS = 200
ALL_SHEETS = "all"
"""The answer by which all sheets of one kind are read, one for each year for example."""


@dataclass
class _Raw:
    """The rows of a file under a header, before anything is known of their meaning."""

    header: list[str]
    again: list[list[str]]
    """The rows of the heading as they stand: where they stand again they are no records."""
    builder: cells.Builder
    width: int
    """The cells of the heading, with those at its end that hold no name."""
    scan: Scanned | None = None
    """The rows that were read by their bytes; those of the builder were read as texts."""
    spoilt: list[Spoilt] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    has_nameless: bool = False

    @property
    def rows(self) -> int:
        return len(self.builder.lines) + (self.scan.rows if self.scan else 0)

    @property
    def last_line(self) -> int:
        scanned = self.scan.last_line if self.scan else 0
        return max(scanned, self.builder.lines[-1] if self.builder.lines else 0)

    def columns(self) -> list[Column]:
        """Return the cells, column by column."""
        return self.scan.columns() if self.scan else self.builder.columns()

    @property
    def lines(self) -> Ints:
        """The line that each row starts on."""
        if self.scan:
            return np.concatenate([np.zeros(0, dtype=np.int64), *self.scan.lines])
        return np.array(self.builder.lines, dtype=np.int64)


def read(
    uploads: Sequence[Upload],
    profile: Profile,
    options: Mapping[str, str],
    progress: Progress = no_progress,
    most_rows: int | None = None,
) -> list[Sheet]:
    """Read all files of an import, of `most_rows` rows together where that is given.

    Raises IntakeError, NeedsChoice; refuses equal names.
    """
    _refuse_equal_names(uploads)
    sheets: list[Sheet] = []
    strays: list[tuple[_File, NeedsChoice]] = []
    for number, upload in enumerate(uploads):
        start = number / len(uploads)
        before = sum(sheet.rows for sheet in sheets)

        def report(done: float, rows: int, *, start: float = start, before: int = before) -> None:
            told = Message("Reading the files: {n} rows so far", {"n": before + rows})
            progress(start + done / len(uploads), told)

        report(0.0, 0)
        file = _File(upload, profile, options, report)
        if most_rows is not None:
            file.most_rows, file.left = most_rows, most_rows - before
        try:
            sheets += file.sheets()
        except NeedsChoice as question:
            if question.option not in ("header-row", "delimiter") or not file.best.foreign:
                raise
            strays.append((file, question))
    for file, asked in strays:
        # Where no file fits, the profile or the line may be wrong; where others do, this file is.
        raise headers.no_file_of(file.name, file.best, profile) if sheets else asked
    return sheets


def _refuse_equal_names(uploads: Sequence[Upload]) -> None:
    names = [upload.name for upload in uploads]
    again = sorted({name for name in names if names.count(name) > 1})
    if again:
        raise IntakeError(
            "Two files have the name {file}. Rename one, so that rows can be told apart.",
            file=again[0],
        )


def sha256(content: bytes) -> str:
    """Return the fingerprint of a file's bytes."""
    return hashlib.sha256(content).hexdigest()


# ---------------------------------------------------------------- one file


class _File:
    """Walks one upload from bytes to sheets."""

    def __init__(
        self,
        upload: Upload,
        profile: Profile,
        options: Mapping[str, str],
        report: Callable[[float, int], None],
    ) -> None:
        self.upload, self.profile, self.options, self.report = upload, profile, options, report
        self.name, self.content = upload.name, upload.content
        plain = tuple(layout for layout in profile.files if not layout.path)
        self.wanted = headers.Wanted(replace(profile, files=plain))
        self.best = Header()
        self.zeros = 0
        self.most_rows = 0
        self.left: int | None = None

    def sheets(self) -> list[Sheet]:
        kind = kinds.kind(self.name, self.content)
        if kind == kinds.WORKBOOK:
            return self._of_workbook()
        return self._of_features() if kind == kinds.JSON else self._of_text()

    # ------------------------------------------------------------ text files

    def _of_text(self) -> list[Sheet]:
        plain = encodings.unpadded(self.content)
        self.zeros, self.content = len(self.content) - len(plain), plain
        encoding = self._encoding()
        delimiter, found = self._delimiter(encoding)
        raw = self._scanned(found, encoding, delimiter)
        if raw is None:
            blocks = texts.blocks(self.name, self.content, encoding=encoding, delimiter=delimiter)
            raw = self._gather(blocks, found)
        return self._made(raw, found, encoding=encoding, delimiter=delimiter, typed=False)

    def _scanned(self, found: Header, encoding: str, delimiter: str) -> _Raw | None:
        """Read the rows by their bytes; None where the cells of the file cannot be told so."""
        width = len(found.names)
        if width < 2 or len(self.content) < scanned.LEAST or delimiter not in texts.DELIMITERS:
            return None
        if max(map(len, found.raw), default=width) > width:
            return None
        scan = Scanned(self.content, encoding, delimiter, width)
        raw = self._raw(found, scan)
        try:
            # Whatever ends the walk, its threads end with it.
            with closing(scan.blocks(found.line)) as blocks:
                self._fill(raw, blocks, found)
        except NotSoSimple:
            return None
        return raw

    def _encoding(self) -> str:
        return encodings.find(
            self.name,
            self.content,
            answer=self.options.get("encoding", ""),
            stated=self._stated_encoding(),
        )

    def _stated_encoding(self) -> str:
        # Which kind of file it is shows only after decoding; kinds that state an encoding agree.
        stated = {layout.encoding for layout in self.profile.files if layout.encoding}
        return self.profile.encoding or (sorted(stated)[0] if stated else "")

    def _delimiter(self, encoding: str) -> tuple[str, Header]:
        """Return the sign between cells under which the columns of the profile appear."""
        answer = self.options.get("delimiter", "")
        signs = (delimiters.sign_of(answer),) if answer else texts.DELIMITERS
        found = {sign: self._header(self._head(encoding, sign)) for sign in signs}
        best = max(signs, key=lambda sign: found[sign].score)
        self.best = found[best]
        if not (answer or self.best.fits):
            other = delimiters.other(
                self.name, self.content, encoding, lambda sign: self._head(encoding, sign)
            )
            if other:
                best, found[other] = other, self._header(self._head(encoding, other))
        return best, self._sure(found[best], lambda: self._widest(encoding, found))

    def _widest(self, encoding: str, signs: Iterable[str]) -> list[headers.Row]:
        """Return the first rows, parted by the sign that gives most of them the most cells."""
        heads = (self._head(encoding, delimiter) for delimiter in signs)
        return max(heads, key=lambda head: sorted(len(row) for _, row in head)[len(head) // 2 :])

    def _sure(self, best: Header, head: Callable[[], Sequence[headers.Row]]) -> Header:
        self.best = best
        return headers.sure(best, self.name, self.profile, head, self.options)

    def _head(self, encoding: str, delimiter: str) -> list[headers.Row]:
        many = max(headers.LINES, headers.last_line(self.options.get("header_row", "")) + 1)
        blocks = texts.blocks(
            self.name, self.content, encoding=encoding, delimiter=delimiter, size=many
        )
        first = next(blocks, Block())
        return list(zip(first.lines, first.rows, strict=True))

    # -------------------------------------------------------------- workbooks

    def _of_workbook(self) -> list[Sheet]:
        book = workbooks.Workbook(self.name, self.content)
        read = [
            (sheet, found, self._gather(book.blocks(sheet), found))
            for sheet, found in self._sheets_of(book)
        ]
        # A workbook may have a sheet of vehicles or people that nobody filled in.
        filled = [one for one in read if one[2].rows or one[2].spoilt] or read[:1]
        filled[0][2].notes += _hidden(book)
        sheets: list[Sheet] = []
        # Rows of several sheets are counted from 1 in each: the sheet belongs to their place.
        many = len(filled) > 1
        for sheet, found, raw in filled:
            part = sheet if many else ""
            sheets += self._made(
                raw, found, encoding="xlsx", delimiter=sheet, typed=True, part=part
            )
        return sheets

    def _sheets_of(self, book: workbooks.Workbook) -> list[tuple[str, Header]]:
        """Return the sheets to be read: the one named, all, or those that fit, one of each kind."""
        answer = self.options.get("sheet", "")
        every = answer == ALL_SHEETS and not book.has(answer)
        if answer and not every and not book.has(answer):
            raise IntakeError(
                "{file} has no sheet {sheet}; it has {sheets}.",
                file=self.name,
                sheet=answer,
                sheets=", ".join(book.sheets),
            )
        names = [answer] if answer and not every else book.sheets
        if not names and book.hidden_sheets:
            raise NeedsChoice(
                "All sheets of {file} are hidden: {sheets}. Say which one is meant.",
                option="sheet",
                choices=book.hidden_sheets,
                file=self.name,
                sheets=", ".join(map(short, book.hidden_sheets)),
            )
        if not names:
            raise IntakeError("{file} has no sheet with cells.", file=self.name)
        heads = {name: self._header(_first_rows(book, name)) for name in names}
        fitting = {name: found for name, found in heads.items() if found.fits}
        if not fitting:
            best = max(heads.values(), key=lambda found: found.score, default=Header())
            return [(names[0], self._sure(best, lambda: _first_rows(book, names[0])))]
        kinds_found = [found.kind for found in fitting.values()]
        if len(set(kinds_found)) < len(kinds_found) and not every:
            raise NeedsChoice(
                "Several sheets of {file} hold a list of this kind: {sheets}. Say which one is "
                "meant, or all of them.",
                option="sheet",
                choices=(*fitting, ALL_SHEETS),
                file=self.name,
                sheets=", ".join(fitting),
            )
        return list(fitting.items())

    # ---------------------------------------------------------------- GeoJSON

    def _of_features(self) -> list[Sheet]:
        """Read the features of a file, and the lists in them that the profile names by a path."""
        encoding = self._encoding()
        paths = ("", *(layout.path for layout in self.profile.files if layout.path))
        found = features.collection(self.name, self.content, encoding, tuple(dict.fromkeys(paths)))
        sheets: list[Sheet] = []
        for path, names in found.names.items():
            if names or not path:
                header, point = self._feature_header(path, names)
                raw = self._gather(found.blocks(path, header.names, point), header)
                if found.crs and not path:
                    raw.notes.append(noted(None, "other_crs", crs=short(found.crs)))
                sheets += self._made(
                    raw, header, encoding=encoding, delimiter="json", typed=True, part=path
                )
        return sheets

    def _feature_header(
        self, path: str, names: Sequence[str]
    ) -> tuple[Header, tuple[str, str] | None]:
        """Return the names of the properties as those of columns, and those of the coordinates."""
        best, its_point = Header(), None
        for layout in self.profile.files:
            if layout.path != path:
                continue
            point = None if path else _point_columns(layout, names)
            more = point or [
                name for name in layout.known if name[:1] in (features.ABOVE, features.NUMBER)
            ]
            wanted = headers.Wanted(replace(self.profile, files=(layout,)))
            row = (0, [*names, *(name for name in more if name not in names)])
            header = replace(headers.scored([row], wanted), raw=())
            if best.layout is None or header.score > best.score:
                best, its_point = header, point
        if not best.fits:
            raise IntakeError(
                "{file} is not laid out as {title}: its features have {properties}, but "
                "{columns} is not among them.",
                file=self.name,
                title=Message(self.profile.title),
                properties=short(", ".join(names)) or "—",
                columns=", ".join(best.lacking) or ", ".join(self.profile.files[0].needs),
            )
        return best, its_point

    # ---------------------------------------------------------------- headers

    def _header(self, head: Sequence[headers.Row]) -> Header:
        answer = self.options.get("header_row", "")
        found = headers.best(head, self.wanted, answer)
        if answer and not found.names:
            raise IntakeError(
                "{file} has no line {line} with column names.", file=self.name, line=answer
            )
        return found

    # ------------------------------------------------------------------- rows

    def _gather(self, blocks: Iterable[Block], found: Header) -> _Raw:
        return self._fill(self._raw(found), blocks, found)

    def _raw(self, found: Header, scan: Scanned | None = None) -> _Raw:
        if len(found.names) > MOST_COLUMNS:
            raise IntakeError(
                "{file} has {found} columns; {most} at most can be read.",
                file=self.name,
                found=len(found.names),
                most=MOST_COLUMNS,
            )
        if found.layout:
            headers.refuse_twice(self.name, found.names, found.layout)
        names = headers.unique(found.names)
        again = [_fitted([*row, *[""] * (len(names) - len(row))], len(names)) for row in found.raw]
        width = max(map(len, found.raw), default=len(names))
        return _Raw(names, again, cells.Builder(len(names)), width, scan)

    def _fill(self, raw: _Raw, blocks: Iterable[Block], found: Header) -> _Raw:
        wanted = max(self.content.count(b"\n"), 1)
        for block in blocks:
            self._add(raw, block, found.line)
            if self.left is not None and raw.rows + len(raw.spoilt) > self.left:
                raise IntakeError(
                    "With {file} there are more than {most} rows, which is all that is taken here "
                    "at once. Cut the files into parts, by year for example, or import them by the "
                    "command line: crashkit import.",
                    file=self.name,
                    most=self.most_rows,
                )
            self.report(min(raw.last_line / wanted, 1.0) * 0.9, raw.rows)
        if raw.has_nameless:
            raw.notes.append(noted(None, "nameless_column"))
        return raw

    def _add(self, raw: _Raw, block: Block, header: int) -> None:
        width = len(raw.header)
        below = not block.lines or block.lines[0] > header
        if below and set(map(len, block.rows)) <= {width}:
            raw.builder.add(block.rows, block.lines)
        else:
            lines: list[int] = []
            rows: list[list[str]] = []
            for line, row in zip(block.lines, block.rows, strict=True):
                if line <= header:
                    continue
                fitted = _fitted(row, width)
                if width < len(fitted) <= raw.width:
                    fitted, raw.has_nameless = fitted[:width], True
                if len(fitted) == width:
                    lines.append(line)
                    rows.append(fitted)
                else:
                    raw.spoilt.append(_wrong_width(line, row, raw.header))
            raw.builder.add(rows, lines)
        raw.notes += [noted(line, code, text) for line, code, text in block.noted if line > header]
        for line, code, text in block.spoiled:
            if line > header:
                fault = unreadable(code, line=line, most=cells.LONGEST)
                raw.spoilt.append(Spoilt(line, fault, {LINE: text}))

    # ----------------------------------------------------------------- sheets

    def _made(
        self,
        raw: _Raw,
        found: Header,
        *,
        encoding: str,
        delimiter: str,
        typed: bool,
        part: str = "",
    ) -> list[Sheet]:
        """Give the columns their meaning; our rejects are parted by where rows came from."""
        guarded = self.profile.guarded or found.rejects
        columns = dict(zip(raw.header, raw.columns(), strict=True))
        if guarded:
            columns = {
                name: Column(one.words.unguarded(), one.codes) for name, one in columns.items()
            }
        lines = raw.lines
        ours = {"encoding": encoding, "delimiter": delimiter, "typed": typed, "part": part}
        ours |= {"mended": found.rejects}
        ours["inferences"] = self._told(found, encoding=encoding, delimiter=delimiter, typed=typed)
        if not len(lines) and not raw.spoilt:
            raise IntakeError("{file} has column names but no rows.", file=self.name)
        whole = np.arange(len(lines), dtype=np.int64)
        parts = [(found.layout, whole)] if found.layout else mended.parts(columns, self.profile)
        made = []
        for layout, rows in parts:
            all_rows = len(rows) == len(lines)
            own = columns if all_rows else {name: one.take(rows) for name, one in columns.items()}
            made.append(self._sheet(layout, raw, columns=own, lines=lines[rows], ours=ours))
            # Rows that cannot be read are told once, with the first of the parts.
            raw.spoilt, raw.notes = [], []
        return made

    def _told(
        self, found: Header, *, encoding: str, delimiter: str, typed: bool
    ) -> tuple[Inference, ...]:
        """Say how the file was read, and what told so."""
        if delimiter == "json":
            # The properties of features have names; nothing was found out but the encoding.
            told = [("encoding", encoding, self._why_encoding(encoding))]
        elif typed:
            told = [("sheet", delimiter, self._why_sheet())]
        else:
            told = [("encoding", encoding, self._why_encoding(encoding))]
            if self.options.get("delimiter") or delimiter not in texts.DELIMITERS:
                told.append(("delimiter", delimiters.name_of(delimiter), self._why_delimiter()))
        if delimiter != "json":
            told.append(("header_row", found.answer, self._why_header(found)))
        return tuple(Inference(self.name, "", what, value, why) for what, value, why in told)

    def _why_sheet(self) -> Message:
        if self.options.get("sheet"):
            return headers.SAID
        return Message("It has the columns of the profile, and no other sheet of its kind has.")

    def _why_encoding(self, encoding: str) -> Message:
        if encodings.mark_of(self.content):
            return Message("The file begins with the mark of this encoding.")
        if self.options.get("encoding"):
            return headers.SAID
        if encoding == "utf-8" and self.zeros:
            return Message(
                "Every byte of the file fits it, once the zeros are taken away by which a database "
                "filled up its cells: {n}.",
                {"n": self.zeros},
            )
        if encoding == "utf-8":
            return Message("Every byte of the file fits it.")
        return headers.STATED

    def _why_delimiter(self) -> Message:
        if self.options.get("delimiter"):
            return headers.SAID
        return Message(
            "It parts the lines into column names and the cells below them; no other sign does."
        )

    def _why_header(self, found: Header) -> Message:
        if self.options.get("header_row"):
            return headers.SAID
        return Message(
            "Columns that the profile knows: {known} of {names}.",
            {"known": found.known, "names": len(found.names)},
        )

    def _sheet(
        self,
        layout: Layout,
        raw: _Raw,
        *,
        columns: dict[str, Column],
        lines: Ints,
        ours: Mapping[str, object],
    ) -> Sheet:
        header = raw.header
        names = {fold(name): name for name in reversed(header)}
        taken = {name: columns[names[fold(name)]] for name in layout.known if fold(name) in names}
        headers.refuse_twice(self.name, header, layout)
        # What is told last of a row is what is said of it.
        bad = totals.of_columns(columns, layout, len(lines)) | _too_long(columns)
        bad |= _headers_again(columns, raw.again, len(lines)) | _unmended(columns)
        sheet = Sheet(
            file=self.name,
            layout=layout,
            header=tuple(header),
            columns=columns,
            taken=taken,
            lines=lines,
            spoilt=tuple(_without_personal(raw.spoilt, layout, header)),
            notes=tuple(raw.notes),
            **ours,  # type: ignore[arg-type]
        )
        return _without(sheet, bad)


def _point_columns(layout: Layout, names: Sequence[str]) -> tuple[str, str]:
    """Return the names under which the profile looks for the coordinates, or plain ones."""
    recipes = [layout.recipes.get("crash", {}).get(name, Recipe()) for name in ("lon", "lat")]
    return features.point_names(names, (recipes[0].column, recipes[1].column))


def _hidden(book: workbooks.Workbook) -> Iterator[Note]:
    """Yield what is to be said of what Excel does not show."""
    if book.hidden_rows:
        yield noted(None, "hidden_rows", n=book.hidden_rows)
    if book.hidden_sheets:
        names = ", ".join(map(short, book.hidden_sheets))
        yield noted(None, "hidden_sheets", names=names)


def _first_rows(book: workbooks.Workbook, sheet: str) -> list[headers.Row]:
    first = next(book.blocks(sheet, size=headers.LINES), Block())
    return list(zip(first.lines, first.rows, strict=True))


# ---------------------------------------------------------------------- rows


def _fitted(row: list[str], width: int) -> list[str]:
    """Drop empty cells beyond the header."""
    if len(row) > width and not any(cell.strip() for cell in row[width:]):
        return row[:width]
    return row


def _wrong_width(line: int, row: list[str], header: Sequence[str]) -> Spoilt:
    code = totals.of_line(row) or (
        "too_many_fields" if len(row) > len(header) else "too_few_fields"
    )
    named = dict(zip(header, row, strict=False)).items()
    found = {name: cell for name, cell in named if name in ORIGIN or not name.startswith(OURS)}
    found[LINE] = " | ".join(row)
    return Spoilt(line, unreadable(code, found=len(row), wanted=len(header)), found)


def _too_long(columns: Mapping[str, Column]) -> dict[int, str]:
    """Return the rows with a cell that is too long."""
    found: dict[int, str] = {}
    for column in columns.values():
        words = column.words
        long = words.where(lambda word: len(word) > cells.LONGEST, words.lengths > cells.LONGEST)
        found |= dict.fromkeys(column.rows_with(long).tolist(), "too_long")
    return found


def _headers_again(
    columns: Mapping[str, Column], headings: Sequence[Sequence[str]], count: int
) -> dict[int, str]:
    """Return the rows that say the column names again, as in files that were joined.

    Where they are said in another order, nothing below them can be read under the first ones.
    """
    found: dict[int, str] = {}
    for heading in headings:
        names = [fold(name) for name in heading]
        whole = heading is headings[-1] and len(set(names)) == len(names) and all(names)
        for row in _of_names(list(columns.values())[: len(names)], frozenset(names), count):
            said = [fold(one.words[one.codes[row]]) for one in columns.values()][: len(names)]
            if said == names and any(names):
                found[row] = "repeated_header"
            elif whole and sorted(said) == sorted(names):
                return found | dict.fromkeys(range(row, count), "other_header")
    return found


def _of_names(columns: Sequence[Column], names: frozenset[str], count: int) -> list[int]:
    """Return the rows whose cells are all names of columns."""
    rows: Ints = np.arange(count)
    for column in sorted(columns, key=lambda one: len(one.words)):
        numbers = np.unique(column.codes[rows])
        said = [number for number in numbers.tolist() if fold(column.words[number]) in names]
        rows = rows[np.isin(column.codes[rows], said)]
    return [int(row) for row in rows]


def _unmended(columns: Mapping[str, Column]) -> dict[int, str]:
    """Return the rows of our rejects that still hold the line as it was."""
    if LINE not in columns:
        return {}
    told = np.flatnonzero(~columns[LINE].words.blank)
    return dict.fromkeys(columns[LINE].rows_with(told).tolist(), "unmended")


def _text(sheet: Sheet, row: int) -> dict[str, str]:
    column = sheet.columns.get(LINE)
    return {LINE: column.words[column.codes[row]]} if column else {}


def _without_personal(
    spoilt: Iterable[Spoilt], layout: Layout, header: Sequence[str]
) -> Iterator[Spoilt]:
    """Leave out what must never be kept, and all that may have moved into another column.

    A comma too many, or one too few, moves the cells behind it: what stands in a column that is
    no personal one may then be a name.
    """
    hidden = personal_columns(layout, header)
    first = next((at for at, name in enumerate(header) if fold(name) in hidden), None)
    if first is None:
        yield from spoilt
        return
    for one in spoilt:
        there = sum(name in one.cells for name in header)
        moved = first - (len(header) - there)
        own = [name for at, name in enumerate(header) if at < moved and name in one.cells]
        ours = [name for name in one.cells if name in ORIGIN]
        yield replace(one, cells={name: one.cells[name] for name in (*own, *ours)} | {LINE: "?"})


def _without(sheet: Sheet, bad: Mapping[int, str]) -> Sheet:
    """Put rows that cannot be used among the spoilt ones."""
    if not bad:
        return sheet
    spoilt = [
        Spoilt(
            int(sheet.lines[row]),
            unreadable(code, most=cells.LONGEST, column=LINE),
            sheet.cells(row) | _text(sheet, row),
        )
        for row, code in sorted(bad.items())
    ]
    keep = np.ones(len(sheet), dtype=bool)
    keep[list(bad)] = False
    return replace(
        sheet,
        columns={name: column.take(keep) for name, column in sheet.columns.items()},
        taken={name: column.take(keep) for name, column in sheet.taken.items()},
        lines=sheet.lines[keep],
        spoilt=(*sheet.spoilt, *spoilt),
    )
