"""Lists side by side in words: their letters and titles, the first sentence, what changed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from crashkit import evidence, register
from crashkit.errors import Message
from crashkit.model import ComparedPlace, Comparison, Lasting, ScreeningResult, Site

LETTERS = "ABCDEF"
"""Each list has a letter; more than these nobody can tell apart on a map."""

STATES = {
    "stable": Message("Stable"),
    "migrating": Message("Migrating"),
    "new": Message("New"),
    "gone": Message("Gone"),
}
"""What became of a place."""

EVERY, SEVERAL = "all", "several"

GROUPS = {
    EVERY: Message("In all lists"),
    SEVERAL: Message("In several lists"),
    **{letter: Message("Only in {list}", {"list": letter}) for letter in LETTERS},
}
"""Groups of places of several rules; those of periods are their states."""

RARE = 0.05
"""A change that chance brings less often than this is called rare."""


def list_title(comparison: Comparison, at: int) -> Message:
    """Name a list: its rule, or its period where all lists are of one rule."""
    one = comparison.lists[at]
    if comparison.kind == "presets":
        return Message(one.asked.title or one.asked.preset)
    return period_name(one)


def period_name(one: ScreeningResult) -> Message:
    """Name the time of a list: by its years where they are whole, else by its days."""
    start, end = one.period.start, one.period.end
    if (start.month, start.day, end.month, end.day) != (1, 1, 12, 31):
        return Message("{start} to {end}", {"start": start, "end": end})
    years = str(start.year) if start.year == end.year else f"{start.year}–{end.year}"
    return Message("{text}", {"text": years})


def place_name(site: Site) -> Message:
    """Name a place: by road and km posts, by what it is called, or by its radius."""
    spot = register.spot_of(site)
    if spot.has_posts or site.place:
        return register.spot_label(spot, site.place)
    if site.radius_m:
        return Message("a circle of {radius} m", {"radius": f"{site.radius_m:g}"})
    return Message("{text}", {"text": site.id})


def share(place: ComparedPlace) -> int:
    """Count the lists that have a place."""
    return sum(map(bool, place.found))


def group_of(place: ComparedPlace) -> str:
    """Return the group of a place: what became of it, else the lists that have it."""
    if place.lasting is not None:
        return place.lasting.state
    having = [letter for letter, found in zip(LETTERS, place.found, strict=False) if found]
    if len(having) == 1:
        return having[0]
    return EVERY if len(having) == len(place.found) else SEVERAL


def groups(comparison: Comparison) -> dict[str, Message]:
    """Return the groups that places of a comparison can be in: code -> label."""
    if comparison.kind == "periods":
        return STATES
    letters = LETTERS[: len(comparison.lists)]
    wanted = [EVERY, *([SEVERAL] if len(letters) > 2 else []), *letters]
    return {code: GROUPS[code] for code in wanted}


def sentences(comparison: Comparison) -> Iterator[Message]:
    """Say what came out, the whole of it first."""
    if not comparison.places:
        yield Message("None of the lists has a site.")
    elif comparison.kind == "presets":
        yield from _of_presets(comparison)
    else:
        yield from _of_periods(comparison)


def _of_presets(comparison: Comparison) -> Iterator[Message]:
    lists, places = len(comparison.lists), len(comparison.places)
    by = Counter(map(share, comparison.places))
    said = {"places": places, "lists": lists}
    yield Message(
        "{places} places are listed by at least one of the {lists} rules: {all} by all of them, "
        "{one} by one only.",
        {**said, "all": by[lists], "one": by[1]},
    )
    pairs = [one for one in comparison.pairs if math.isfinite(one.jaccard)]
    if not pairs:
        return
    least = min(pairs, key=lambda one: (one.jaccard, one.first, one.second))
    yield Message(
        "{first} and {second} agree least: of the crashes that either of them lists both list "
        "{percent} %.",
        {
            "first": LETTERS[least.first],
            "second": LETTERS[least.second],
            "percent": round(100 * least.jaccard),
        },
    )


def _of_periods(comparison: Comparison) -> Iterator[Message]:
    by = Counter(one.lasting.state for one in comparison.places if one.lasting)
    yield Message(
        "{places} places are listed in at least one of the {lists} periods: {stable} stable, "
        "{migrating} migrating, {new} new, {gone} gone.",
        {
            "places": len(comparison.places),
            "lists": len(comparison.lists),
            **{state: by[state] for state in STATES},
        },
    )
    rare = sum(one.lasting.p <= RARE for one in comparison.places if one.lasting)
    yield Message(
        "At {n} of them the number of crashes changed more than it would by chance at 95 of 100 "
        "places. They were picked for their many crashes, so some of these changes are chance, "
        "too.",
        {"n": rare},
    )


def change_sentences(place: ComparedPlace) -> Iterator[Message]:
    """Say how the crashes on the ground of a place changed, and how much of it is chance."""
    found = place.lasting
    if found is None:
        return
    if found.moved_m:
        yield Message("Its middle moved by {metres} m.", {"metres": round(found.moved_m)})
    yield _changed(found)
    if math.isfinite(found.expected):
        yield Message(
            "Where it was found first, {expected} were to be expected in the last period even if "
            "nothing changed (regression to the mean); {happened} happened.",
            {"expected": round(found.expected, 1), "happened": found.happened},
        )
    elif place.found[0] and not place.found[-1]:
        yield Message(
            "It was picked for its many crashes in the first period, so a part of the fall is "
            "regression to the mean."
        )
    elif place.found[-1] and not place.found[0]:
        yield Message(
            "It was picked for its many crashes in the last period, so a part of the rise is "
            "chance that will not last."
        )


def _changed(found: Lasting) -> Message:
    said = {"first": found.counts[0], "last": found.counts[-1]}
    if not math.isfinite(found.ratio) or not math.isfinite(found.upper):
        return Message(
            "Crashes on its ground: {first} in the first period, {last} in the last. Where nothing "
            "changed, chance brings such a difference at {percent} of 100 places.",
            {**said, "percent": evidence.chance(found.p, of_hundred=True)},
        )
    return Message(
        "Crashes on its ground: {first} in the first period, {last} in the last, {change} % for "
        "the same time ({low} to {high} % with 95 %). Where nothing changed, chance brings such a "
        "difference at {percent} of 100 places.",
        {
            **said,
            "change": _signed(found.ratio),
            "low": _signed(found.lower),
            "high": _signed(found.upper),
            "percent": evidence.chance(found.p, of_hundred=True),
        },
    )


def _signed(ratio: float) -> str:
    """Write a ratio as a change in per cent with its sign."""
    return f"{round(100 * (ratio - 1)):+d}".replace("-", "−")
