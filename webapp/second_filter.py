"""The second filter of a comparison: what can be chosen for it, and what the address says of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import request

from crashkit import api
from webapp import current, looking
from webapp.looking import Look

KEY = "other"
MOST = 8
"""Of one condition so many other values are offered, the most frequent first."""

USUAL = ("severity", "area_type", "light", "road_user")
"""Fields of which values are offered where the filter has no condition of its own."""


@dataclass(frozen=True)
class Offer:
    """A second filter that can be chosen: its words in the address, and what it is called."""

    words: str
    label: api.Message


@dataclass(frozen=True, eq=False)
class Second:
    """The second filter of the page: its words, what it says, where it leads, what else there is.

    `exchanged` is the end of the address on which both have changed places.
    """

    words: str
    said: tuple[api.Message, ...]
    query: str
    exchanged: str
    offers: tuple[tuple[api.Message, tuple[Offer, ...]], ...]


def chosen(dataset: str) -> api.Filter | None:
    """Return the second filter that the address says. Raises FilterError, NotFound."""
    words = request.args.get(KEY, "").strip()
    return api.named_filter(current.store(), dataset, words) if words else None


def of_page(look: Look, found: api.Filter | None, keep: dict[str, str]) -> Second:
    """Return what a page shows of the second filter; `keep` are the other words of the page."""
    others = {name: value for name, value in keep.items() if name != KEY}
    exchanged = {} if found is None else {**found.query, **others}
    if look.chosen.words:
        exchanged[KEY] = look.chosen.words
    return Second(
        words=request.args.get(KEY, "").strip(),
        said=() if found is None else tuple(api.filter_sentence(found)),
        query="" if found is None else looking.query_string(found.query),
        exchanged=looking.query_string(exchanged),
        offers=tuple(one for one in _offers(look) if one[1]),
    )


def _offers(look: Look) -> Iterable[tuple[api.Message, tuple[Offer, ...]]]:
    yield api.Message("Another period"), tuple(_periods(look))
    yield (
        api.Message("Saved filters"),
        tuple(
            Offer(f"@{one.name}", api.Message("{name}", {"name": one.name}))
            for one in api.saved_filters(current.store(), look.dataset.name)
            if one.chosen and one.chosen != look.chosen
        ),
    )
    yield api.Message("The same with"), tuple(_the_same_with(look))


def _periods(look: Look) -> Iterable[Offer]:
    before = api.filter_before(look.chosen, look.data)
    if before is not None:
        span = {name: value for name, value in before.terms if name in ("year", "from", "to")}
        yield Offer(
            before.words,
            api.Message("The period before: {period}", {"period": "–".join(span.values())}),
        )


def _the_same_with(look: Look) -> Iterable[Offer]:
    """Offer the filter with another value of one of its conditions, or with one more condition."""
    offered = {field.name: field for field in looking.choices(look.data)}
    own = [name for name, _ in look.chosen.terms if name in offered]
    names = [*own, *(name for name in USUAL if name in offered and name not in own)]
    for name in names:
        field = offered[name]
        now = look.chosen.query.get(name, "")
        options = sorted(field.options, key=lambda one: -one.crashes)
        if name in ("from", "to", "year"):
            continue
        for option in [one for one in options if one.value != now][:MOST]:
            words = api.parse_filter({**look.chosen.query, name: option.value})
            label = {"field": field.label, "value": option.label}
            yield Offer(words.words, api.Message("{field}: {value}", label))
