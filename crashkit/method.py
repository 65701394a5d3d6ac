"""What a method is made of: a place (where we look) and a measure (what we measure).

A parameter is a field of a frozen dataclass made by `number(...)` or `word(...)`: its default, unit
and limits stand once, and forms, checks, help and documentation are made from them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from crashkit import rates
from crashkit.errors import Message, MethodError
from crashkit.model import CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.roads.junctions import Radii
from crashkit.roads.placing import Placed, Rules
from crashkit.sites import Sites

Floats = NDArray[np.float64]

NEEDS = (
    "roads",
    "topology",
    "aadt",
    "severity",
    "crash_type",
    "population",
    "coordinates",
    "chainage",
    "areas",
    "corridors",
    "nominated",
)

TARGETS = {
    "count": Message("the most crashes on record"),
    "frequency": Message("the most crashes on record a year, along a road by the km"),
    "severity": Message("the most severe crashes on record"),
    "rule": Message("how far the rule is exceeded"),
    "rate": Message("the most crashes for its traffic"),
    "mean": Message("the highest number of crashes expected"),
    "excess": Message("the most crashes above those of its peers"),
    "chance": Message("how surprising the number of crashes is"),
    "share": Message("how much one kind of crash stands out"),
    "density": Message("how far crashes crowd together"),
}
"""What a list of sites may be ranked by: the worst sites of one list need not be those of another.
"""


class Params(Protocol):
    """Any frozen dataclass of parameters."""

    __dataclass_fields__: Any


class Cut(Protocol):
    """Cuts crash data into sites; `roads` is where each crash is, for places that need roads."""

    def __call__(self, data: CrashData, params: Any, roads: Placed | None = None) -> Sequence[Site]:
        """Return the sites."""


class Scorer(Protocol):
    """Says of all sites at once how bad they are; `reference` is what their peers have."""

    def __call__(
        self,
        sites: Sequence[Site],
        data: CrashData,
        params: Any,
        reference: Reference | None = None,
    ) -> Sequence[Score]:
        """Return one score for each site."""


@dataclass(frozen=True)
class Place:
    """A way to cut places. `overlaps` says whether its sites may share a crash before ranking.

    `anew` says whether what a worse site leaves of others is cut once more; if not, of sites that
    share a crash only the worst is listed. Where it is not `apart`, sites that share crashes are
    listed side by side, and the answer says how many crashes are counted more than once.
    One that needs `topology` wants junctions, one that needs `roads` wants links of a network, too.
    `partition` cuts the same ground once, places without crashes too: the peers by which sites are
    judged, compared `per` "km", "km2" or "place". Without one, peers are not known. A site that is
    `anchored` was drawn around a crash, which is no evidence against it.
    """

    name: str
    title: str
    cut: Cut
    params: type[Any]
    overlaps: bool
    needs: tuple[str, ...] = ()
    anew: bool = True
    apart: bool = True
    partition: Cut | None = None
    per: str = "km"
    anchored: bool = False


@dataclass(frozen=True)
class Measure:
    """What is measured at a site; sees all sites at once.

    `target` says what the list is ranked by: see TARGETS. One that needs `population` judges sites
    by their peers. `shortfalls` says of sites below the limit what is asked and what is found,
    where the reason of a score does not say it.
    """

    name: str
    title: str
    score: Scorer
    params: type[Any]
    needs: tuple[str, ...] = ()
    target: str = "count"
    shortfalls: Callable[[Sequence[Site], CrashData, Any], Sequence[Message]] | None = None


@dataclass(frozen=True)
class ParamInfo:
    """What a form or a help text needs to know of a parameter.

    `kind` is empty for a number and for one of a few words, else "flag", "several" or "mapping".
    """

    name: str
    label: str
    default: Any
    unit: str
    low: float | None
    high: float | None
    choices: tuple[str, ...]
    kind: str = ""


def number(
    default: float,
    *,
    label: str,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
) -> Any:
    """Declare a numeric parameter with its unit and its inclusive limits."""
    return dataclasses.field(
        default=default, metadata={"label": label, "unit": unit, "low": low, "high": high}
    )


def word(default: str, *, label: str, choices: Sequence[str]) -> Any:
    """Declare a parameter that is one of a few words."""
    return dataclasses.field(default=default, metadata={"label": label, "choices": tuple(choices)})


def flag(*, label: str) -> Any:
    """Declare a parameter that holds or does not, false unless told."""
    return dataclasses.field(default=False, metadata={"label": label, "kind": "flag"})


def several(*, label: str, choices: Sequence[str]) -> Any:
    """Declare a parameter that is some of a few words, joined by commas; none unless told."""
    about = {"label": label, "choices": tuple(choices), "kind": "several"}
    return dataclasses.field(default="", metadata=about)


def rows(*, label: str, of: type[Any]) -> Any:
    """Declare a parameter that is a list of tables in a preset, such as the rules of a law.

    `of` is a frozen dataclass of parameters: what a table may say.
    """
    return dataclasses.field(default=(), metadata={"label": label, "rows": of})


def mapping(*, label: str, words: Sequence[str] = ()) -> Any:
    """Declare a parameter that is a table of words to numbers, such as weights.

    Where `words` are told, no other is allowed: one that is misspelt would count for nothing.
    """
    about = {"label": label, "kind": "mapping", "words": tuple(words)}
    return dataclasses.field(default_factory=dict, metadata=about)


@dataclass(frozen=True)
class AtJunctions:
    """What every place on roads asks: which crashes are at junctions. Its Params inherit this."""

    junction_m: float = number(
        100, label="Radius of a junction outside built-up areas", unit="m", low=1, high=1000
    )
    urban_junction_m: float = number(
        50, label="Radius of a junction in built-up areas", unit="m", low=1, high=1000
    )
    coded_reach: float = number(
        2, label="Reach for crashes coded as at a junction, times the radius", low=1, high=5
    )
    trust_away: str = word(
        "yes", label="Crashes coded as not at a junction stay on their link", choices=["yes", "no"]
    )

    def rules(self, *, apart: bool = True) -> Rules:
        """Return the rules of placing; `apart` keeps the crashes at junctions from links."""
        radii = Radii(self.urban_junction_m, self.junction_m)
        return Rules(radii, self.coded_reach, self.trust_away == "yes", apart)


@dataclass(frozen=True)
class AgainstTraffic:
    """What every measure asks that divides by traffic. Its Params inherit this."""

    per: float = number(
        1_000_000, label="Vehicles, or vehicle-km, that a rate is for", low=1, high=1_000_000_000
    )


@dataclass(frozen=True)
class AgainstClass:
    """What every measure asks that sets a site beside the others. Its Params inherit this."""

    compare_with: str = word("class", label="Compared with", choices=["class", "all"])
    min_class: float = number(10, label="Fewest places of a class", low=1, high=10000)

    def classes(self, sites: Sites) -> NDArray[np.str_]:
        """Return the class of each site; all are of one where they are compared with all."""
        groups = sites.words("group") if self.compare_with == "class" else np.full(len(sites), "")
        return groups.astype(str)

    def pooled(self, classes: NDArray[np.str_]) -> NDArray[np.bool_]:
        """Say of each site whether its class has too few, so that it is set beside all."""
        names, of, sizes = np.unique(classes, return_inverse=True, return_counts=True)
        small: NDArray[np.bool_] = (sizes < self.min_class)[of.ravel()] & (names.size > 1)
        return small


@dataclass(frozen=True)
class AgainstPeers:
    """What every measure asks that judges a site by its peers. Its Params inherit this."""

    compare_with: str = word("class", label="Compared with", choices=["class", "traffic", "all"])
    min_class: float = number(10, label="Fewest places of a class", low=1, high=10000)
    rate: float = number(
        0, label="Known crashes per km or km² and year (0: from the data)", low=0, high=100000
    )
    length_m: float = number(
        0, label="Length tested (0: that of the place)", unit="m", low=0, high=20000
    )


def population(reference: Reference | None) -> Reference:
    """Return what is known of peers. Raises MethodError where nothing is."""
    if reference is None:
        raise MethodError(
            "This measure judges a site by its peers, and none are known for places cut like "
            "this. Cut places otherwise, or give a known rate."
        )
    return reference


def side_by_side(sites: Sequence[Site]) -> Sites:
    """Return places as columns, for measures that look at neighbours.

    Raises MethodError where places overlap.
    """
    places = Sites.of(sites)
    if places.share_crashes:
        raise MethodError(
            "Neighbours cannot be told from places that overlap: they share crashes. Cut places "
            "that lie side by side."
        )
    return places


UNKNOWN_TRAFFIC = Message("The traffic of this place is not known.")


def traffic(sites: Sites, years: float, per: float) -> Floats:
    """Return the traffic of each site in the period, in so many vehicle-km, or vehicles.

    A place with a length has vehicle-km, one without entering vehicles; NaN where AADT is not
    known.
    """
    aadt, km = sites.numbers("aadt"), sites.length_m / 1000
    time = years * sites.watched
    along = rates.travelled(aadt, np.where(np.isfinite(km), km, 0.0), time, per=per)
    return np.where(np.isfinite(km), along, rates.entered(aadt, time, per=per))


def describe(params: type[Any], *, whole: bool = False) -> tuple[ParamInfo, ...]:
    """List the simple parameters of a Params class, for forms and documentation.

    `whole`: those that are no number and no single word, too, but for lists of tables.
    """
    return tuple(
        ParamInfo(
            name=item.name,
            label=item.metadata.get("label", item.name),
            default=item.default,
            unit=item.metadata.get("unit", ""),
            low=item.metadata.get("low"),
            high=item.metadata.get("high"),
            choices=item.metadata.get("choices", ()),
            kind=item.metadata.get("kind", ""),
        )
        for item in dataclasses.fields(params)
        if "rows" not in item.metadata and (whole or "kind" not in item.metadata)
    )


def tables(params: type[Any]) -> dict[str, tuple[ParamInfo, ...]]:
    """Return what the tables of each parameter that is a list of them may say, by its name."""
    return {
        item.name: describe(item.metadata["rows"], whole=True)
        for item in dataclasses.fields(params)
        if "rows" in item.metadata
    }


def read(params: type[Any], given: Mapping[str, Any]) -> Any:
    """Build a Params object from words or numbers, checking names and limits.

    Raises MethodError naming the parameter, the value and what is allowed.
    """
    return params(**_values(params, given))


def _values(params: type[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    known = {item.name: item for item in dataclasses.fields(params)}
    for name in given:
        if name not in known:
            raise MethodError(
                "There is no parameter {name}; known are {known}.", name=name, known=list(known)
            )
    return {name: _value(known[name], value) for name, value in given.items()}


def _value(item: dataclasses.Field[Any], value: Any) -> Any:
    about = item.metadata
    if "rows" in about:
        return _rows(item, value)
    if "kind" in about:
        return KINDS[about["kind"]](item.name, value, about.get("words", about.get("choices", ())))
    if "choices" in about:
        return _choice(item.name, str(value), about["choices"])
    return _number(item.name, value, low=about["low"], high=about["high"])


def _rows(item: dataclasses.Field[Any], value: Any) -> tuple[dict[str, Any], ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(row, Mapping) for row in value):
        raise MethodError("{name} must be a list of tables.", name=item.name)
    found = []
    for n, row in enumerate(value, 1):
        try:
            told = {name: _whole(one) for name, one in _values(item.metadata["rows"], row).items()}
            item.metadata["rows"](**told)
        except MethodError as error:
            raise MethodError("Condition {n}: {what}", n=n, what=error.message) from error
        found.append(told)
    return tuple(found)


def _whole(value: Any) -> Any:
    """Return a number without decimals as such: people read it in a sentence."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _flag(name: str, value: Any, _choices: tuple[str, ...]) -> bool:
    if not isinstance(value, bool):
        raise MethodError(
            "{name} is {value}; allowed are {choices}.",
            name=name,
            value=str(value),
            choices=["true", "false"],
        )
    return value


def _several(name: str, value: Any, choices: tuple[str, ...]) -> str:
    words = [one.strip() for one in str(value).split(",")]
    return ",".join(_choice(name, one, choices) for one in words)


def _mapping(name: str, value: Any, words: tuple[str, ...]) -> dict[str, float]:
    if not isinstance(value, Mapping):
        raise MethodError("{name} must be a table of words and numbers.", name=name)
    for key in value if words else ():
        _choice(name, str(key), words)
    return {
        str(key): _number(f"{name}.{key}", number, low=0, high=MOST)
        for key, number in value.items()
    }


MOST = 1e12
"""No weight and no cost is larger than this."""

KINDS = {"flag": _flag, "several": _several, "mapping": _mapping}


def _choice(name: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise MethodError(
            "{name} is {value}; allowed are {choices}.",
            name=name,
            value=value[:100],
            choices=choices,
        )
    return value


def exact(value: float) -> Decimal:
    """Return a number of a rule so that a sentence says all its decimals: 0.13 is not 0.1.

    >>> exact(0.13), exact(15.0)
    (Decimal('0.13'), Decimal('15'))
    """
    if float(value).is_integer():
        return Decimal(int(value))
    # More digits than these are of the way a computer holds numbers.
    return Decimal(f"{value:.12g}")


def _number(name: str, value: Any, *, low: float | None, high: float | None) -> float:
    try:
        # What holds or not is no number, though Python counts it as one.
        found = float("" if isinstance(value, bool) else value)
    except (TypeError, ValueError, OverflowError):
        raise MethodError(
            "{name} is {value}, which is not a number.", name=name, value=str(value)[:100]
        ) from None
    if not (low is None or found >= low) or not (high is None or found <= high):
        raise MethodError(
            "{name} is {value}; it must lie between {low} and {high}.",
            name=name,
            value=value,
            low=_written(low),
            high=_written(high),
        )
    return found


def _written(limit: float | None) -> float | str:
    """Return a limit with all its decimals: in a sentence a small one would become nought."""
    if limit is None:
        return ""
    return limit if float(limit).is_integer() else f"{limit:g}"
