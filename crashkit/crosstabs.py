"""The cross-table an engineer reads: counts, shares or rates, a test, and one plain finding.

Numbers come from `tables`, tests from `association`; here they are put together and said. What is
not known is shown in the table and left out of the test. Few show counts and no shares.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crashkit import association, evidence, filters, stats, tables
from crashkit.association import Association, Clusters, Times
from crashkit.errors import IntakeError, Message, MethodError, NoCount, counted
from crashkit.model import CrashData, CrossTable
from crashkit.stats import FEW

COUNTS, ROWS, COLUMNS, RATES = "counts", "rows", "columns", "rates"
SHOWN = {
    COUNTS: Message("Counts"),
    ROWS: Message("Per cent of each row"),
    COLUMNS: Message("Per cent of each column"),
    RATES: Message("Rates"),
}

Figures = tuple[tuple[float | None, ...], ...]
Limits = tuple[tuple[tuple[float, float] | None, ...], ...]


@dataclass(frozen=True, eq=False)
class Crossed:
    """A cross-table with what stands in its cells (`show`), its test and its finding.

    `figures` are per cent or rates, None where there are too few or no exposure; without any for
    counts. `limits` are those of rates, 95 %: exact for crashes, for people and vehicles with what
    comes in one crash taken together. `unknown` are those without a known value of
    a field, who are in no test. `marked` cells stand out: +1 more, -1 fewer than expected. `rate`
    says of what rates are, where that is known.
    """

    table: CrossTable
    show: str
    figures: Figures
    limits: Limits
    test: Association
    unknown: int
    marked: tuple[tuple[int, ...], ...]
    finding: Message
    told: tuple[Message, ...]
    per: float = 1.0
    rate: Message | None = None

    @property
    def shown(self) -> Message:
        """Say what stands in the cells; of rates, of what they are."""
        if self.show != RATES:
            return SHOWN[self.show]
        of = Message("Rates per {per} of the exposure given", {"per": _plain(self.per)})
        return self.rate or of

    @property
    def notes(self) -> tuple[Message, ...]:
        """What is counted and unknown, how it was tested, and what to beware of."""
        return (*self.table.notes, *self.told)


def cross(
    data: CrashData,
    rows: str,
    columns: str,
    *,
    unit: str = "crashes",
    show: str = COUNTS,
    exposure: Mapping[str, float] | None = None,
    per: float = 1.0,
    whole: CrashData | None = None,
) -> Crossed:
    """Count one unit by two fields, and test whether the fields go together.

    `show` is counts, rows or columns (per cent of them), or rates: those `per` so much of the
    `exposure` of each row, told by the key of the row. `whole` are the data that `data` was cut
    from. Raises NotFound and MethodError as `tables.cross`, and MethodError for rates without an
    exposure, for an exposure that is none, and for something else to show.
    """
    _check(rows, show, exposure, per)
    joint = tables.joint(data, rows, columns, unit=unit, whole=whole)
    table = joint.table
    known = np.outer([bool(key) for key in table.rows], [bool(key) for key in table.columns])
    cells = np.where(known, np.array(table.cells, dtype=float).reshape(known.shape), 0.0)
    clusters = None if joint.members is None else _known(joint.members, known.ravel())
    test = association.judged(cells, clusters)
    unknown = table.total - round(cells.sum())
    figures, limits = _figures(joint, show, exposure or {}, per)
    return Crossed(
        table=table,
        show=show,
        figures=figures,
        limits=limits,
        test=test,
        unknown=unknown,
        marked=tuple(map(tuple, _marked(test).tolist())),
        finding=_finding(table, test, cells, clusters),
        told=(
            *_told(table, test, unknown, show),
            *(_told_rates(table, exposure, per) if show == RATES and exposure else ()),
        ),
        per=per,
    )


def _check(rows: str, show: str, exposure: Mapping[str, float] | None, per: float) -> None:
    if show not in SHOWN:
        raise MethodError(
            "A table cannot show {show}; there are {known}.", show=show, known=", ".join(SHOWN)
        )
    if show == RATES and not exposure:
        raise MethodError(
            "Rates need an exposure of each row of {field}, such as its population, traffic or "
            "days, and none is told. Counts and shares need none.",
            field=filters.label(rows),
        )
    for key, value in (exposure or {}).items():
        if not (math.isfinite(value) and value > 0):
            raise MethodError(
                "The exposure of {key} is {value}; it must be above 0.", key=key, value=value
            )
    if not (math.isfinite(per) and per > 0):
        raise MethodError("Rates are per a number above 0, not per {per}.", per=per)


def _marked(test: Association) -> association.Ints:
    return np.where(test.marked, np.sign(np.nan_to_num(test.residuals)), 0).astype(np.int64)


def _known(members: tuple[Any, Any, Any], known: association.Flags) -> Clusters:
    crash, cell, weight = members
    return Clusters(crash, np.where(known[cell], cell, -1), weight)


def read_exposure(content: bytes) -> dict[str, float]:
    """Read the exposure of each row from a CSV of two columns: the key of the row, a number.

    The first line may be headings. Raises IntakeError for a line that is neither.
    """
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise IntakeError("The exposure is not a CSV in UTF-8.") from None
    found: dict[str, float] = {}
    for number, line in enumerate(lines, 1):
        key, value = (line[0].strip(), _number(line[1])) if len(line) == 2 else ("", None)
        if value is not None and key not in found:
            found[key] = value
        elif any(line) and (number > 1 or len(line) != 2):
            raise IntakeError(
                "Line {line} of the exposure is not the value of a row, a comma and a number, each "
                "value once.",
                line=number,
            )
    return found


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


# ---------------------------------------------------------------- what the cells show


def _figures(
    joint: tables.Joint, show: str, exposure: Mapping[str, float], per: float
) -> tuple[Figures, Limits]:
    table = joint.table
    if show == COUNTS:
        return (), ()
    if show == RATES:
        return _rates(joint, exposure, per)
    down, across = tables.row_totals(table), tables.column_totals(table)
    return tuple(
        tuple(_share(cell, down[i] if show == ROWS else across[j]) for j, cell in enumerate(cells))
        for i, cells in enumerate(table.cells)
    ), ()


def _share(cell: int, of: int) -> float | None:
    return None if of < FEW else 100 * cell / of


def _rates(
    joint: tables.Joint, exposure: Mapping[str, float], per: float
) -> tuple[Figures, Limits]:
    table = joint.table
    strange = sorted(set(exposure) - set(table.rows))
    if len(strange) == len(exposure):
        raise MethodError(
            "No exposure is of a row of the table; the rows are {rows}.",
            rows=", ".join(key for key in table.rows[:FEW] if key),
        )
    scale = [per / exposure[key] if key in exposure else None for key in table.rows]
    figures = tuple(
        tuple(None if times is None else cell * times for cell in row)
        for times, row in zip(scale, table.cells, strict=True)
    )
    several = _several(joint)
    limits = tuple(
        tuple(
            _limits(cell, times, None if several is None else several[:, i, j]) if times else None
            for j, cell in enumerate(row)
        )
        for i, (times, row) in enumerate(zip(scale, table.cells, strict=True))
    )
    return figures, limits


def _several(joint: tables.Joint) -> association.Floats | None:
    """Return for each cell the sum of the squares of people by crash, and the most in one crash."""
    if joint.members is None:
        return None
    size = len(joint.table.rows), len(joint.table.columns)
    return together(joint.members, size[0] * size[1]).reshape(2, *size)


def together(members: tuple[Any, Any, Any], cells: int) -> association.Floats:
    """Return for each cell the sum of the squares of people by crash, and the most in one crash.

    `members` are the crash, the cell and the weight of each, `cells` how many cells there are. The
    shape is (2, cells).
    """
    crash, cell, weight = members
    key = crash.astype(np.int64) * cells + cell
    # People stand in few runs that are in order already, which this sort makes use of.
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    several = np.add.reduceat(weight[order], starts) if starts.size else weight
    of = key[order][starts] % cells
    found = np.zeros((2, cells))
    found[0] = np.bincount(of, weights=several**2, minlength=cells)
    np.maximum.at(found[1], of, several)
    return found


def _limits(count: int, times: float, several: association.Floats | None) -> tuple[float, float]:
    if several is None:
        low, high = stats.poisson_interval(count)
    else:
        low, high = stats.clustered_poisson_limits(count, *several.tolist())
    return low * times, high * times


# -------------------------------------------------------------------------- in words


def title(crossed: Crossed) -> Message:
    """Say what is counted, by what, and what the cells show."""
    plain = tables.title(crossed.table)
    if crossed.show == COUNTS:
        return plain
    return Message("{table}. {shown}", {"table": plain, "shown": crossed.shown})


MORE = Message(
    "{unit}: of those with {rows} “{row}”, {share} % have {columns} “{column}”, against {others} % "
    "of the others: {ratio} times as often ({low} to {high})."
)
LESS = Message(
    "{unit}: of those with {rows} “{row}”, {share} % have {columns} “{column}”, against {others} % "
    "of the others: {less} % less often ({low} to {high} %)."
)
NONE_THERE = Message(
    "{unit}: of those with {rows} “{row}”, none have {columns} “{column}”, where {expected} were "
    "to be expected."
)
ALL_THERE = Message(
    "{unit}: only those with {rows} “{row}” have {columns} “{column}”: {found}, where {expected} "
    "were to be expected."
)
SPREAD = Message(
    "{unit}: {rows} and {columns} go together more than chance allows ({p}), but no single cell "
    "stands out."
)
NO_SIGN = Message(
    "{unit}: {rows} and {columns} show no connection beyond chance ({p}). That does not prove that "
    "there is none."
)


def _finding(
    table: CrossTable, test: Association, cells: association.Floats, clusters: Clusters | None
) -> Message:
    """Say the strongest thing the table tells, with its uncertainty."""
    if test.reason:
        return test.reason
    words = {
        "unit": tables.UNIT_LABELS[table.unit],
        "rows": filters.label(table.row_field),
        "columns": filters.label(table.column_field),
        "p": evidence.probability(test.p),
    }
    cell = _strongest(test)
    if cell is None:
        text = (SPREAD if test.p <= 1 - association.LEVEL else NO_SIGN).text
        return Message(text, words)
    row, column = cell
    words |= {"row": table.row_labels[row], "column": table.column_labels[column]}
    found = association.times(cells, row, column, clusters=clusters, level=_level(test))
    if found is None:
        text = ALL_THERE.text if test.residuals[cell] > 0 else NONE_THERE.text
        counts = {"found": round(cells[cell]), "expected": float(test.expected[cell])}
        return Message(text, words | counts)
    return _as_often(words, found)


def _strongest(test: Association) -> tuple[int, int] | None:
    """Return the marked cell farthest from chance, of those that have more if there are any."""
    cells = [(int(i), int(j)) for i, j in np.argwhere(test.marked)]

    def order(cell: tuple[int, int]) -> tuple[bool, float, int, int]:
        far = float(test.residuals[cell])
        return far < 0, -round(abs(far), 6), cell[1], cell[0]

    return min(cells, key=order, default=None)


def _level(test: Association) -> float:
    """Return the level at which limits of marked cells miss as seldom as those of one cell.

    1 - 0.05 marked/cells. Source: Benjamini and Yekutieli 2005, J. Am. Stat. Assoc. 100: 71-81.
    """
    tried = np.count_nonzero(np.isfinite(test.q))
    return float(1 - (1 - association.LEVEL) * np.count_nonzero(test.marked) / tried)


def _as_often(words: Mapping[str, Any], found: Times) -> Message:
    told = {**words, "share": 100 * found.share, "others": 100 * found.others}
    if found.ratio >= 1:
        limits = {"ratio": found.ratio, "low": found.lower, "high": found.upper}
        return Message(MORE.text, told | limits)
    less = {"less": found.ratio, "low": found.upper, "high": found.lower}
    return Message(LESS.text, told | {name: round(100 * (1 - x)) for name, x in less.items()})


KINDS = {
    association.CHI_SQUARE: Message(
        "Chi-square test: X² = {statistic} with {df} degrees of freedom, {p}."
    ),
    association.FISHER: Message("Exact test of Fisher, because few are expected in a cell: {p}."),
    association.DRAWN: Message(
        "Exact test by {draws} tables drawn with the same sums, because few are expected in some "
        "cells: {p}."
    ),
    association.RAO_SCOTT: Message(
        "Chi-square test with the correction of Rao and Scott: F = {statistic} with {df} degrees "
        "of freedom, {p}. People or vehicles of one crash are not independent; the test takes the "
        "spread between crashes."
    ),
}
"""How each kind of test is told; the words are those of `tested_by`."""


def tested_by(test: Association) -> Message:
    """Say which test was made, or why none."""
    if test.reason:
        return test.reason
    df = round(test.df) if test.kind == association.CHI_SQUARE else test.df
    words = {"statistic": test.statistic, "df": df, "draws": association.DRAWS}
    return Message(KINDS[test.kind].text, {**words, "p": evidence.probability(test.p)})


MARKED = Message(
    "Marked cells have more (▲) or fewer (▼) than independent fields would give; of "
    "cells so marked at most one in twenty is so by chance."
)


def _told(table: CrossTable, test: Association, unknown: int, show: str) -> Sequence[Message]:
    """Say how it was tested, what was left out, and what is too few."""
    found = [tested_by(test)] if test.kind else []
    if unknown and test.kind:
        found.append(
            counted(
                "{n} with an unknown value is shown, but is not in the test.",
                "{n} with unknown values are shown, but are not in the test.",
                unknown,
            )
        )
    if test.marked.any():
        found.append(MARKED)
    if show in (ROWS, COLUMNS) and _has_few(table, show):
        found.append(
            Message(
                "A row or column of fewer than {n} shows its counts, no per cent.",
                {"n": NoCount(FEW)},
            )
        )
    return found


def _told_rates(table: CrossTable, exposure: Mapping[str, float], per: float) -> Sequence[Message]:
    """Say what rates are of, and which rows and exposures found no partner."""
    found = [Message("Rates are per {per} of the exposure given.", {"per": _plain(per)})]
    if table.unit != "crashes":
        found.append(
            Message(
                "Limits of rates take those of one crash together, who are not independent (Fay "
                "and Feuer 1997)."
            )
        )
    alone = [key for key in table.rows if key not in exposure]
    if alone:
        found.append(
            counted(
                "{n} row has no exposure, and so no rate.",
                "{n} rows have no exposure, and so no rate.",
                len(alone),
            )
        )
    unused = len(exposure) - len(table.rows) + len(alone)
    if unused:
        found.append(
            counted(
                "{n} exposure is of no row of this table and was not used.",
                "{n} exposures are of no row of this table and were not used.",
                unused,
            )
        )
    return found


def _plain(number: float) -> float | int:
    return int(number) if number == int(number) else number


def _has_few(table: CrossTable, show: str) -> bool:
    totals = tables.row_totals(table) if show == ROWS else tables.column_totals(table)
    return any(total < FEW for total in totals)


# -------------------------------------------------------------------------- document


def as_document(crossed: Crossed, version: str, say: Callable[..., str]) -> dict[str, Any]:
    """Return the JSON document of a cross-table, as in docs/schema/tabulate.json."""
    document = tables.as_document(crossed.table, version, say)
    document["notes"] += [say(note) for note in crossed.told]
    return document | {
        "title": say(title(crossed)),
        "show": crossed.show,
        "per": crossed.per,
        "figures": [list(row) for row in crossed.figures],
        "limits": [[None if one is None else list(one) for one in row] for row in crossed.limits],
        "test": _test_document(crossed.test, crossed.unknown, say),
        "marked": [list(row) for row in crossed.marked],
        "finding": say(crossed.finding),
    }


def _test_document(test: Association, unknown: int, say: Callable[..., str]) -> dict[str, Any]:
    return {
        "kind": test.kind or None,
        "statistic": _or_none(test.statistic),
        "df": _or_none(test.df),
        "p": _or_none(test.p),
        "left_out": unknown,
        "reason": say(test.reason) if test.reason else None,
        "expected": _numbers(test.expected),
        "residuals": _numbers(test.residuals),
        "q": _numbers(test.q),
    }


def _or_none(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None


def _numbers(array: association.Floats) -> list[list[float | None]]:
    return [[_or_none(one) for one in row] for row in array.tolist()]
