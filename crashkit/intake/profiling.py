"""A draft that a person confirmed to a profile, and what a profile knows back into a draft."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from crashkit import fields, profiles
from crashkit.errors import Message
from crashkit.intake import coding, dates, drafts
from crashkit.intake.drafts import KEY, ColumnDraft, Draft, FileDraft
from crashkit.intake.mapping import fold
from crashkit.profiles import Layout, Profile, Recipe, complaints

CENTURY = 2000
"""Added to years of two digits: police data of the last century are on paper."""

BY_PROFILE = Message("The profile says so.")
DATE, BOTH = "crash.crash_date", "crash.crash_date+crash_time"


def wrong(draft: Draft) -> list[Message]:
    """Return everything that keeps a draft from being a profile."""
    found = [*_wrong_head(draft)]
    for kind in draft.kinds:
        found += _wrong_kind(kind)
    return found


def _wrong_head(draft: Draft) -> Iterator[Message]:
    if not draft.title.strip():
        yield Message("Say what the files are: a title.")
    code = draft.country
    if code and not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
        yield Message("Give the country in three capital letters, KGZ for example.")
    main = [kind for kind in draft.kinds if kind.level in ("crash", "casualty")]
    if not main:
        yield Message("None of the files is a list of crashes. Say which one it is.")
    for kind in main:
        if not {DATE, BOTH, f"{DATE}:year"} & _taken(kind):
            yield Message(
                "No column of {file} is the date of the crash. Choose one.", {"file": kind.files[0]}
            )


def _wrong_kind(kind: FileDraft) -> Iterator[Message]:
    file = kind.files[0]
    taken = _taken(kind)
    if not taken - {KEY}:
        yield Message("Nothing is taken from {file}. Choose its columns.", {"file": file})
    if not kind.key and kind.level not in ("crash", "section"):
        yield Message(
            "Say which column of {file} holds the number of the crash: it joins the rows.",
            {"file": file},
        )
    for target, names in _by_target(kind).items():
        if len(names) > 1 and target != KEY:
            yield Message(
                "In {file} {columns} are both to be {field}. Leave all but one out.",
                {"file": file, "columns": names, "field": label(target)},
            )
    for part, whole in (
        ("chainage_km:plus_m", "chainage_km"),
        ("crash_date:month", "crash_date:year"),
        ("crash_date:day", "crash_date:month"),
    ):
        if f"crash.{part}" in taken and f"crash.{whole}" not in taken:
            yield Message(
                "In {file} {field} is missing, which belongs to {part}.",
                {"file": file, "field": label(f"crash.{whole}"), "part": label(f"crash.{part}")},
            )


def label(target: str) -> Message:
    """Name a target as forms and complaints call it."""
    field = drafts.field_of(target)
    return drafts.PARTS.get(target) or Message(field.label if field else target)


def _taken(kind: FileDraft) -> set[str]:
    return {column.target for column in kind.columns if column.target}


def _by_target(kind: FileDraft) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for column in kind.columns:
        if column.target:
            found.setdefault(column.target, []).append(column.name)
    return found


# ------------------------------------------------------------ draft to profile


def profile_of(id: str, draft: Draft) -> Profile:
    """Return the profile that a draft describes.

    A draft in which something is wrong makes a profile that is refused when it is read back.
    """
    names = _layout_names(draft.kinds)
    codes: dict[str, Mapping[str, str]] = {}
    files = tuple(_layout(kind, name, codes) for kind, name in zip(draft.kinds, names, strict=True))
    return Profile(
        id=id,
        title=draft.title.strip(),
        source=draft.source.strip() or draft.title.strip(),
        files=files,
        country=draft.country,
        boxes=profiles.boxes_of(draft.country),
        source_id=id,
        killed_definition=draft.killed_definition,
        missing=draft.missing,
        codes=codes,
    )


def answered(profile: Profile, answers: Mapping[str, str]) -> Profile:
    """Return a profile with answers of the user that belong to the layout, where it says none."""
    said = {
        name: answers[name]
        for name in ("encoding", "date_order", "calendar")
        if name in answers and answers[name] in complaints.CHOICES.get(name, (answers[name],))
    }
    century = answers.get("century", "")
    if century in map(str, dates.CENTURIES):
        files = tuple(_with_century(layout, int(century)) for layout in profile.files)
        profile = replace(profile, files=files)
    return replace(
        profile,
        encoding=profile.encoding or said.get("encoding", ""),
        date_order=profile.date_order or said.get("date_order", ""),
        calendar=profile.calendar or said.get("calendar", ""),
    )


def _with_century(layout: Layout, century: int) -> Layout:
    """Let a layout say to which century years of two digits belong."""
    recipes = {
        table: {
            name: replace(recipe, century=recipe.century or century)
            if fields.get(table, name).type == "date"
            else recipe
            for name, recipe in known.items()
        }
        for table, known in layout.recipes.items()
    }
    return replace(layout, recipes=recipes)


def _layout_names(kinds: Iterable[FileDraft]) -> list[str]:
    found: list[str] = []
    for kind in kinds:
        again = sum(name.split("-")[0] == kind.level for name in found)
        found.append(f"{kind.level}-{again + 1}" if again else kind.level)
    return found


def _layout(kind: FileDraft, name: str, codes: dict[str, Mapping[str, str]]) -> Layout:
    taken = [column for column in kind.columns if column.target]
    left = [column for column in kind.columns if not column.target]
    recipes: dict[str, dict[str, Recipe]] = {
        table: {} for table in complaints.TABLES_OF[kind.level]
    }
    for table, field, recipe in _recipes(kind):
        recipes[table][field] = recipe
        if recipe.codes:
            own = f"{name}.{field}"
            codes[own] = _chosen(kind, recipe)
            recipes[table][field] = replace(recipe, codes=(own,))
    return Layout(
        name=name,
        level=kind.level,
        needs=tuple(column.name for column in taken),
        recipes={table: said for table, said in recipes.items() if said},
        key=kind.key if kind.level != "section" else (),
        ignore=tuple(column.name for column in left if not column.personal),
        personal=tuple(column.name for column in left if column.personal),
    )


def _chosen(kind: FileDraft, recipe: Recipe) -> Mapping[str, str]:
    column = next(one for one in kind.columns if one.name == recipe.column)
    return dict(sorted(column.codes.items()))


def _recipes(kind: FileDraft) -> Iterator[tuple[str, str, Recipe]]:
    """Yield table, field and recipe of everything that is taken."""
    by_target = {column.target: column for column in kind.columns if column.target}
    if (
        kind.key
        and "crash" in complaints.TABLES_OF[kind.level]
        and kind.level
        in (
            "crash",
            "casualty",
        )
    ):
        yield "crash", "crash_id", _id(kind.key)
    for target, column in by_target.items():
        table, _, field = target.partition(".")
        if target in drafts.PARTS or target == KEY:
            continue
        plus = by_target.get(f"{target}:plus_m")
        recipe = Recipe(
            column=column.name,
            format=column.format,
            several=column.several,
            codes=("own",) if column.codes else (),
            plus_m=plus.name if plus else "",
            unit=column.unit,
        )
        yield table, field, recipe
    yield from _dates(by_target)


def _id(key: Sequence[str]) -> Recipe:
    if len(key) == 1 or any(sign in name for name in key for sign in "{}"):
        return Recipe(column=key[-1])
    return Recipe(template="-".join(f"{{{name}}}" for name in key))


def _dates(by_target: Mapping[str, ColumnDraft]) -> Iterator[tuple[str, str, Recipe]]:
    both = by_target.get(BOTH)
    weekday = by_target.get(f"{DATE}:weekday")
    named = weekday.name if weekday else ""
    if both:
        yield "crash", "crash_time", Recipe(column=both.name)
    whole = by_target.get(DATE) or both
    year = by_target.get(f"{DATE}:year")
    if whole:
        yield "crash", "crash_date", Recipe(column=whole.name, format=whole.format, weekday=named)
    elif year:
        month, day = by_target.get(f"{DATE}:month"), by_target.get(f"{DATE}:day")
        recipe = Recipe(
            year=year.name,
            month=month.name if month else "",
            day=day.name if day else "",
            weekday=named,
            century=CENTURY if _two_digits(year) else 0,
        )
        yield "crash", "crash_date", recipe
    elif named:
        yield "crash", "weekday", Recipe(column=named)


def _two_digits(year: ColumnDraft) -> bool:
    words = [*year.words, *year.examples]
    return bool(words) and all(len(word) < 3 for word in words)


def completed(made: Profile, like: Profile) -> Profile:
    """Return a profile made from a draft, with what the profile it is like says beyond a draft.

    A recipe of the same column keeps its scale and words for "not known"; recipes without a
    column of their own (templates, fixed values) stay where their columns are there.
    """
    files, codes = [], dict(made.codes)
    for layout in made.files:
        other = _nearest(layout, like)
        files.append(_completed(layout, other, like, codes) if other else layout)
    return replace(
        like,
        id=made.id,
        title=made.title,
        source=made.source,
        country=made.country,
        boxes=like.boxes if like.boxes and like.country == made.country else made.boxes,
        killed_definition=made.killed_definition,
        missing=made.missing,
        verified=False,
        files=tuple(files),
        codes=codes,
    )


def _nearest(layout: Layout, like: Profile) -> Layout | None:
    """Return the kind of file that has most columns of this one, of the same level."""
    names = {fold(name) for name in layout.known}
    same = [one for one in like.files if one.level == layout.level]
    shared = {id(one): len({fold(name) for name in one.known} & names) for one in same}
    return max(same, key=lambda one: shared[id(one)], default=None)


def _completed(
    layout: Layout, other: Layout, like: Profile, codes: dict[str, Mapping[str, str]]
) -> Layout:
    known = {fold(name) for name in layout.known}
    recipes = {table: dict(said) for table, said in layout.recipes.items()}
    used: set[str] = set()
    for table, said in other.recipes.items():
        for field, recipe in said.items():
            mine = recipes.get(table, {}).get(field)
            if mine and fold(mine.column) == fold(recipe.column) != "":
                kept = _merged(mine, recipe, like, codes)
            elif mine is None and not recipe.column and {fold(c) for c in recipe.columns} <= known:
                kept = recipe
                codes.update({name: like.codes[name] for name in recipe.codes})
            else:
                continue
            recipes.setdefault(table, {})[field] = kept
            used |= {fold(name) for name in kept.columns}
    return replace(
        layout,
        name=other.name,
        recipes=recipes,
        identity=other.identity,
        ignore=tuple(name for name in layout.ignore if fold(name) not in used),
        partial=other.partial,
        encoding=other.encoding,
        decimal=other.decimal,
        missing=other.missing,
    )


def _merged(
    mine: Recipe, recipe: Recipe, like: Profile, codes: dict[str, Mapping[str, str]]
) -> Recipe:
    """Return their recipe with the choices made in the draft; codes chosen lead over theirs."""
    if mine.codes:
        theirs = {word: code for one in recipe.codes for word, code in like.codes[one].items()}
        chosen = {fold(word) for word in codes[mine.codes[0]]}
        rest = {word: code for word, code in theirs.items() if fold(word) not in chosen}
        codes[mine.codes[0]] = {**rest, **codes[mine.codes[0]]}
    elif recipe.codes:
        codes.update({name: like.codes[name] for name in recipe.codes})
    return replace(
        recipe,
        codes=mine.codes or recipe.codes,
        format=mine.format or recipe.format,
        several=mine.several or recipe.several,
        plus_m=mine.plus_m or recipe.plus_m,
        unit=mine.unit,
    )


# ------------------------------------------------------------ profile to draft


def applied(draft: Draft, profile: Profile) -> Draft:
    """Return a draft in which the columns are what a profile says, where it says it plainly.

    What a draft has no words for (templates, boxes) is taken over by `completed`.
    """
    return replace(
        draft,
        kinds=tuple(_applied(kind, profile) for kind in draft.kinds),
        missing=profile.missing,
        title=profile.title,
        country=profile.country,
        source=profile.source,
        killed_definition=profile.killed_definition,
        like=profile.id,
    )


def _applied(kind: FileDraft, profile: Profile) -> FileDraft:
    names = {fold(column.name) for column in kind.columns}
    fitting = [one for one in profile.files if {fold(name) for name in one.needs} <= names]
    if not fitting:
        return kind
    layout = max(fitting, key=lambda one: len({fold(name) for name in one.known} & names))
    said = dict(_said(layout))
    columns = [_retold(column, said, layout, profile) for column in kind.columns]
    return replace(kind, level=layout.level, columns=tuple(columns))


def _said(layout: Layout) -> Iterator[tuple[str, tuple[str, Recipe]]]:
    """Yield the folded name of each column with its target and recipe."""
    both = {recipe.column for recipe in _times(layout)}
    for table, recipes in layout.recipes.items():
        for field, recipe in recipes.items():
            target = f"{table}.{field}"
            if recipe.column and not (target == "crash.crash_time" and recipe.column in both):
                named = BOTH if target == DATE and recipe.column in both else target
                yield fold(recipe.column), (named, recipe)
            for part in ("year", "month", "day", "weekday", "plus_m"):
                if getattr(recipe, part):
                    yield fold(getattr(recipe, part)), (f"{target}:{part}", Recipe())
    yield from ((fold(name), (KEY, Recipe())) for name in layout.key)


def _times(layout: Layout) -> list[Recipe]:
    """Return the recipe of a time that stands in the column of the date."""
    crash = layout.recipes.get("crash", {})
    date, time = crash.get("crash_date"), crash.get("crash_time")
    return [time] if date and time and time.column == date.column else []


def _retold(
    column: ColumnDraft, said: Mapping[str, tuple[str, Recipe]], layout: Layout, profile: Profile
) -> ColumnDraft:
    if fold(column.name) not in said:
        known = fold(column.name) in {fold(name) for name in layout.known}
        return replace(column, target="", confidence=0.0, reason=BY_PROFILE) if known else column
    target, recipe = said[fold(column.name)]
    found = coding.with_codes(replace(column, target=target))
    known_words = {
        fold(word): code for name in recipe.codes for word, code in profile.codes[name].items()
    }
    words = coding.pieces(column, recipe.several)
    codes = {word: known_words[fold(word)] for word in words if fold(word) in known_words}
    # A word that only resembles one of ours is left as the profile leaves it: not known.
    certain = {word: code for word, code in found.codes.items() if found.sure[word] == 1.0}
    return replace(
        found,
        confidence=1.0,
        reason=BY_PROFILE,
        format=recipe.format or column.format,
        several=recipe.several or found.several,
        unit=recipe.unit,
        unit_sure=1.0,
        codes={**certain, **codes},
        sure=dict.fromkeys({**certain, **codes}, 1.0),
    )
