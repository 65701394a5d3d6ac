"""Files without a profile to a draft of one: what each column may be, how sure that is, and why.

Names of columns are compared with those of `synonyms.csv`, values with what a field may hold. What
is not certain is not proposed, and personal data are left out; a person looks at all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from crashkit.errors import Message
from crashkit.intake import coding, drafts, personal, synonyms, tabular, units, values
from crashkit.intake.drafts import KEY, ColumnDraft, Draft, FileDraft
from crashkit.intake.mapping import fold, own_words
from crashkit.intake.tabular import Table
from crashkit.intake.values import Values
from crashkit.model import Progress, Upload, no_progress

EXAMPLES = 5
MOST_WORDS = 300
"""Distinct words of a column that are kept with a draft."""

LEAST = 0.5
"""Below this nothing is proposed."""

MARGIN = 0.1
"""Two columns (or fields) this close to each other are ambiguous: none is proposed."""

FARTHEST_M = 8_000_000
"""A northing of 72 degrees: no road of the mainlands lies farther from the equator."""

BY_BOTH = Message("Its name and its values say so.")
BY_NAME = Message("Its name says so.")
BY_VALUES = Message("Its values look like it.")
UNLIKE = Message("Its name would fit, but its values do not.")
MONTHLY = Message("It is a date by its name, but the day is the same in all rows.")
ELSEWHERE = Message("The date stands in another column.")
EXCHANGED = Message("Latitude and longitude seem to be exchanged in the file.")
METRES = Message("Its numbers are metres of a map grid; which grid is asked later.")
DISPUTED = Message("Several columns may be this one; choose.")
UNCERTAIN = Message("It may be several things; choose.")
UNKNOWN = Message("Nothing tells what it is.")
EMPTY = Message("It is empty.")


@dataclass(frozen=True, eq=False)
class _Seen:
    """The columns of the files that have the same names, looked at.

    `repeated` are those that say the same again within a file: years are numbered anew in each.
    """

    files: tuple[str, ...]
    values: Mapping[str, Values]
    keys: Mapping[str, frozenset[str]]
    repeated: frozenset[str]
    rows: int


@dataclass(frozen=True)
class _Guess:
    target: str
    confidence: float
    reason: Message


def propose(
    uploads: Sequence[Upload],
    options: Mapping[str, str] | None = None,
    progress: Progress = no_progress,
) -> Draft:
    """Say what the columns of some files may be. Raises IntakeError, NeedsChoice."""
    progress(0.0, Message("Reading the files"))
    found = tabular.tables(uploads, options or {})
    progress(0.6, Message("Looking at the columns"))
    seen = [_looked_at(group) for group in _alike(found)]
    ids = _ids(seen)
    kinds = tuple(_kind(one, ids.get(number, ""), seen) for number, one in enumerate(seen))
    progress(1.0, None)
    return Draft(kinds=_with_main(kinds), missing=_missing(kinds, seen))


def _alike(tables: Iterable[Table]) -> list[list[Table]]:
    """Put tables with the same columns together."""
    found: dict[tuple[str, ...], list[Table]] = {}
    for table in tables:
        found.setdefault(tuple(fold(name) for name in table.columns), []).append(table)
    return list(found.values())


def _looked_at(group: Sequence[Table]) -> _Seen:
    first = group[0]
    merged: dict[str, Values] = {}
    repeated: set[str] = set()
    for at, name in enumerate(first.columns):
        parts = [Values.of(list(table.columns.values())[at]) for table in group]
        merged[name] = parts[0] if len(parts) == 1 else _together(parts)
        repeated |= {name} if not all(part.unique for part in parts) else set()
    named = [name for name in merged if not name.startswith("?")]
    kept = {name: merged[name] for name in named}
    keys = {name: frozenset(one.counts) for name, one in kept.items()}
    files = tuple(dict.fromkeys(table.file for table in group))
    rows = sum(table.rows for table in group)
    return _Seen(files, kept, keys, frozenset(repeated), rows)


def _together(parts: Sequence[Values]) -> Values:
    counts: dict[str, int] = {}
    for part in parts:
        for word, count in part.counts.items():
            counts[word] = counts.get(word, 0) + count
    hollow = frozenset().union(*(part.hollow for part in parts))
    return Values(counts, sum(part.rows for part in parts), hollow)


# ------------------------------------------------- which column names the crash


def _ids(seen: Sequence[_Seen]) -> dict[int, str]:
    """Return for each kind of file the column that names the crash, where one does."""
    if len(seen) > 1 and (joined := _joined(seen)):
        return joined
    return {number: name for number, one in enumerate(seen) if (name := _named_id(one))}


def _named_id(one: _Seen) -> str:
    """Return the column whose name says that it numbers crashes; the fullest name wins."""
    found = [name for name in one.values if _says_id(name) and one.values[name].distinct > 1]
    good = [name for name in found if not one.values[name].fractions]
    return max(
        good, key=lambda name: (len(synonyms.plain(name)), one.values[name].distinct), default=""
    )


def _says_id(name: str) -> bool:
    return any(match.target == KEY and match.whole for match in synonyms.matches(name))


def _joined(seen: Sequence[_Seen]) -> dict[int, str]:
    """Return the columns by which files hang together: numbers of one are found in the other."""
    best: tuple[tuple[int, bool, int], dict[int, str]] | None = None
    for number, one in enumerate(seen):
        for name, held in one.values.items():
            if not held.unique or held.fractions or held.dates:
                continue
            others = {
                other: found
                for other, two in enumerate(seen)
                if other != number and (found := _found_in(two, name, one.keys[name]))
            }
            score = (len(others), _says_id(name), held.distinct)
            if others and (best is None or score > best[0]):
                best = score, {number: name, **others}
    return best[1] if best else {}


def _found_in(two: _Seen, name: str, ids: frozenset[str]) -> str:
    """Return the column of another file whose words are ids of the first."""
    found = []
    for other, keys in two.keys.items():
        if len(keys) > 1 and len(keys & ids) >= 0.9 * len(keys):
            # Small numbers are found among any others; a name or a long number is no chance.
            telling = any(len(word) > 3 or not word.isdigit() for word in keys)
            found.append((fold(other) == fold(name), _says_id(other), telling, len(keys), other))
    return max(found)[-1] if found and any(max(found)[:3]) else ""


# --------------------------------------------------------------- what a row is


def _kind(one: _Seen, key: str, seen: Sequence[_Seen]) -> FileDraft:
    level = _level(one, key)
    columns = [_column(name, one.values[name]) for name in one.values]
    guesses = {column.name: _guesses(column, one.values[column.name], level) for column in columns}
    if key:
        guesses[key] = [_Guess(KEY, 0.95 if _says_id(key) else 0.7, _key_reason(key, seen))]
    chosen = _settled(_on_their_axes(guesses, one.values))
    columns = [_proposed(column, chosen[column.name], one.values) for column in columns]
    return FileDraft(one.files, level, one.rows, tuple(columns))


def _key_reason(key: str, seen: Sequence[_Seen]) -> Message:
    if len(seen) > 1:
        return Message("Its values are found in the other files too.")
    return BY_NAME


def _level(one: _Seen, key: str) -> str:
    votes = {table: _votes(one, table) for table in ("crash", "vehicle", "person", "section")}
    dated = _is_dated(one)
    if votes["section"] > 2 and not dated:
        return "section"
    # A short file may have one vehicle and one person a crash: then their fields must tell.
    telling = not dated and max(votes["vehicle"], votes["person"]) > votes["crash"]
    several = key in one.repeated or (bool(key) and telling)
    if several and votes["person"] >= max(votes["vehicle"], 1):
        return "casualty" if dated else "person"
    if several and votes["vehicle"]:
        return "vehicle" if not dated else "crash"
    return "crash" if dated or not key else "crash_part"


def _votes(one: _Seen, table: str) -> int:
    """Count the columns whose names mean a field of one table and of no other."""
    return sum(
        any(_of_table(match.target, table) for match in found)
        and not (table != "section" and any(_elsewhere(match.target, table) for match in found))
        for found in map(synonyms.matches, one.values)
    )


def _of_table(target: str, table: str) -> bool:
    return target.startswith(f"{table}.") and target not in ("section.admin1", KEY)


def _elsewhere(target: str, table: str) -> bool:
    return not target.startswith((f"{table}.", "section."))


def _is_dated(one: _Seen) -> bool:
    """Say whether the rows have a date: in one column, or in several."""
    said = {
        match.target
        for name in one.values
        for match in synonyms.matches(name)
        if _suits(match.target, one.values[name])
    }
    whole = {"crash.crash_date", "crash.crash_date+crash_time"}
    return bool(whole & said) or {"crash.crash_date:year", "crash.crash_date:month"} <= said


def _with_main(kinds: tuple[FileDraft, ...]) -> tuple[FileDraft, ...]:
    """Let a file be the list of crashes where none of several is."""
    if any(kind.level in ("crash", "casualty") for kind in kinds):
        return kinds
    main = max(kinds, key=lambda kind: (kind.level == "crash_part", kind.rows))
    return tuple(replace(kind, level="crash") if kind is main else kind for kind in kinds)


# ------------------------------------------------------------ what a column is


def _column(name: str, held: Values) -> ColumnDraft:
    said = not any(match.target == KEY and match.whole for match in synonyms.matches(name))
    kind = personal.by_name(name)
    if not kind and said:
        kind = personal.by_values(held)
        if kind in ("birth_date", "narrative") and synonyms.matches(name):
            kind = ""
    words = list(held.counts)[:: len(held.counts) // EXAMPLES + 1][:EXAMPLES]
    few = not kind and held.distinct <= MOST_WORDS and not held.fractions
    return ColumnDraft(
        name=name,
        filled=held.filled,
        distinct=held.distinct,
        examples=tuple(personal.masked(word) if kind else word[:80] for word in words),
        reason=UNKNOWN if held.filled else EMPTY,
        personal=kind,
        words=dict(sorted(held.counts.items(), key=lambda one: -one[1])) if few else {},
    )


def _guesses(column: ColumnDraft, held: Values, level: str) -> list[_Guess]:
    """Return what a column may be, by its name, or else by its values; the likeliest first."""
    if column.personal:
        label = personal.KINDS[column.personal]
        reason = Message("It seems to hold {what}, which are never kept.", {"what": label})
        return [_Guess("", 0.0, reason)]
    if not held.filled:
        return [_Guess("", 0.0, EMPTY)]
    allowed = {target for group in drafts.targets(level).values() for target in group}
    named = [
        _by_name(column.name, match, held)
        for match in synonyms.matches(column.name)
        if match.target in allowed
    ]
    found = named or list(_by_values(held, allowed))
    return sorted(found, key=lambda guess: -guess.confidence) or [_Guess("", 0.0, UNKNOWN)]


def _by_name(column: str, match: synonyms.Match, held: Values) -> _Guess:
    name = 0.8 if match.whole else 0.35 + 0.4 * match.share
    suits = _suits(match.target, held, column)
    if suits is False:
        return _Guess(match.target, 0.2, UNLIKE)
    target = match.target
    if target in ("crash.crash_date", "crash.crash_time") and held.moments:
        target = "crash.crash_date+crash_time"
    if "crash_date" in target and ":" not in target and held.monthly:
        return _Guess(target, 0.55, MONTHLY)
    if suits:
        # Of a time and its hour the time says more.
        coarse = target == "crash.crash_time" and not held.clocks
        return _Guess(target, name + (0.04 if coarse else 0.15), BY_BOTH)
    return _Guess(target, name, BY_NAME)


def _suits(target: str, held: Values, name: str = "") -> bool | None:
    part = target.partition(":")[2]
    if part:
        return _PARTS_SUIT[part](held)
    if target == "crash.crash_date+crash_time":
        return held.moments
    if target == KEY:
        return not held.fractions
    field = drafts.field_of(target)
    return values.fits(held, units.limits(field, target, name)) if field else None


_PARTS_SUIT: Mapping[str, Callable[[Values], bool]] = {
    "year": lambda held: held.years,
    "month": lambda held: held.months,
    "day": lambda held: held.within(1, 31, whole=True),
    "weekday": lambda held: held.weekdays,
    "plus_m": lambda held: held.within(0, 2_000),
}


def _by_values(held: Values, allowed: set[str]) -> Iterable[_Guess]:
    """Yield what the values alone look like: a date, or codes of one list that we know."""
    if held.dates and not held.digit_dates and "crash.crash_date" in allowed:
        end = "+crash_time" if held.moments else ""
        yield _Guess(f"crash.crash_date{end}", 0.6, BY_VALUES)
    if not held.few or held.plain_numbers:
        return
    for target in sorted(allowed):
        name = drafts.list_of(target)
        if name and name != "yes_no" and _tells(held, name):
            yield _Guess(target, 0.65, BY_VALUES)


def _tells(held: Values, list_name: str) -> bool:
    """Say whether several words of a list are there, and hardly any other."""
    known = [word for word in held.counts if coding.exact(word, list_name)]
    telling = [word for word in known if coding.exact(word, list_name) not in ("unknown", "other")]
    return len(telling) > 1 and held.known(list_name) >= values.MOST


def _on_their_axes(
    guesses: dict[str, list[_Guess]], held: Mapping[str, Values]
) -> dict[str, list[_Guess]]:
    """Propose what else the columns of latitude and longitude hold where they cannot be these."""
    first = {name: found[0] for name, found in guesses.items()}
    lats = [name for name, one in first.items() if one.target == "crash.lat"]
    lons = [name for name, one in first.items() if one.target == "crash.lon"]
    if len(lats) != 1 or len(lons) != 1 or first[lats[0]].reason is not UNLIKE:
        return guesses
    lat, lon = lats[0], lons[0]
    up, along = held[lat].measured, held[lon].measured
    if up.within(-180, 180) and along.within(-90, 90):
        return {**guesses, lat: [_axis("lon", EXCHANGED)], lon: [_axis("lat", EXCHANGED)]}
    if up.metres and along.metres:
        axes = ("easting", "northing") if _lies_on_its_side(along, up) else ("northing", "easting")
        return {**guesses, lat: [_axis(axes[0], METRES)], lon: [_axis(axes[1], METRES)]}
    return guesses


def _axis(name: str, reason: Message) -> _Guess:
    return _Guess(f"crash.{name}", 0.6, reason)


def _lies_on_its_side(east: Values, north: Values) -> bool:
    """Say whether eastings can only be northings: maps of the Soviet Union call the northing X."""
    x, y = east.middle, north.middle
    # An easting has up to six digits, or before them the number of its zone.
    return (y > FARTHEST_M >= x) or (y < 1_000_000 <= x <= FARTHEST_M)


# --------------------------------------------------------- one column, one field


def _settled(guesses: Mapping[str, list[_Guess]]) -> dict[str, _Guess]:
    """Give each field one column at most; what is ambiguous is not proposed."""
    chosen = {name: _clear(found) for name, found in guesses.items()}
    by_target: dict[str, list[str]] = {}
    for name, guess in chosen.items():
        if guess.target and guess.target != KEY:
            by_target.setdefault(guess.target, []).append(name)
    for names in by_target.values():
        ranked = sorted(names, key=lambda name: -chosen[name].confidence)
        if len(ranked) < 2:
            continue
        first, second = chosen[ranked[0]], chosen[ranked[1]]
        even = first.confidence - second.confidence < MARGIN
        for name in ranked if even else ranked[1:]:
            chosen[name] = _Guess("", 0.0, DISPUTED)
    return _whole_dates(chosen)


def _clear(found: Sequence[_Guess]) -> _Guess:
    best = found[0]
    if best.confidence < LEAST:
        return _Guess("", 0.0, best.reason)
    rivals = [one for one in found[1:] if best.confidence - one.confidence < MARGIN]
    return _Guess("", 0.0, UNCERTAIN) if rivals else best


def _whole_dates(chosen: dict[str, _Guess]) -> dict[str, _Guess]:
    """Let a date be taken once: whole before in parts, with its time where no column has that."""
    both, date = "crash.crash_date+crash_time", "crash.crash_date"
    parts = {f"{date}:year", f"{date}:month", f"{date}:day"}
    sure = {guess.target: guess.confidence for guess in chosen.values()}
    whole = {one for one in (both, date) if one in sure}
    instead: dict[str, str] = {}
    if f"{date}:year" not in sure:
        instead = dict.fromkeys(parts, "")
    elif whole and sure[f"{date}:year"] > max(sure[one] for one in whole):
        # A day that never changes was made up: the parts say what is known.
        return _instead(chosen, dict.fromkeys(whole, ""))
    elif whole:
        instead = dict.fromkeys(parts, "")
    if both in sure and "crash.crash_time" in sure:
        instead[both] = "" if date in sure else date
    elif both in sure:
        instead[date] = ""
    return _instead(chosen, instead)


def _instead(chosen: dict[str, _Guess], instead: Mapping[str, str]) -> dict[str, _Guess]:
    said = _Guess("", 0.0, ELSEWHERE)
    return {
        name: _moved(guess, instead[guess.target], said) if guess.target in instead else guess
        for name, guess in chosen.items()
    }


def _moved(guess: _Guess, target: str, left_out: _Guess) -> _Guess:
    return replace(guess, target=target) if target else left_out


def _proposed(column: ColumnDraft, guess: _Guess, held: Mapping[str, Values]) -> ColumnDraft:
    if not guess.target:
        return replace(column, reason=guess.reason)
    known = held[column.name]
    found = replace(
        column,
        target=guess.target,
        confidence=round(guess.confidence, 2),
        reason=guess.reason,
        format=values.form(known, field) if (field := drafts.field_of(guess.target)) else "",
    )
    return units.with_unit(coding.with_codes(found))


def _missing(kinds: Iterable[FileDraft], seen: Sequence[_Seen]) -> tuple[str, ...]:
    """Return words of the columns taken that seem to mean "not known", and are no codes."""
    found: set[str] = set()
    known: set[str] = set()
    for kind, one in zip(kinds, seen, strict=True):
        for column in kind.columns:
            if column.target:
                found |= one.values[column.name].hollow
                known |= set(own_words(name) if (name := drafts.list_of(column.target)) else ())
    return tuple(sorted(word for word in found if fold(word) not in known))
