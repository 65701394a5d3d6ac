"""How old they are: a pyramid of age bands, one side for each sex."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit import bands, clustered, contrasts, crosstabs, exposure, filters, stats, tables
from crashkit.analysis import Analysis, Answer, Choice, Options, Question, chosen
from crashkit.blocks import TOTAL, Column, Figure, Table
from crashkit.columnar import Levels
from crashkit.errors import Message, TooLittle, counted
from crashkit.stats import FEW

ALL = "all"
SEXES = ("male", "female")
UNKNOWN = filters.value_label("sex", "")

HURT = {
    ALL: Message("Casualties"),
    "killed": Message("People killed"),
    "ksi": Message("People killed or seriously injured"),
}
INJURIES = {ALL: tuple(tables.HURT), "killed": ("killed",), "ksi": ("killed", "serious")}


def _hurt(question: Question) -> Options:
    return tuple(HURT.items())


def _road_users(question: Question) -> Options:
    everyone = (ALL, Message("All road users"))
    return (everyone, *((code, filters.value_label(FIELD, code)) for code in _found(question)))


def _found(question: Question) -> tuple[str, ...]:
    people = question.whole.table("person")
    if FIELD not in people:
        return ()
    levels = people.levels(FIELD)
    told = zip(levels.values, levels.counts()[1:], strict=True)
    return tuple(code for code, n in told if n and code != filters.UNKNOWN)


def _bands(question: Question) -> Options:
    return tuple((name, bands.known()[name].label) for name in bands.of(bands.AGE))


COUNTS, RATES = "counts", "rates"
PEOPLE = "population"


def _told_as(question: Question) -> Options:
    """Return counts, and rates where people are told by age and sex."""
    told = any(one.quantity == PEOPLE and one.age_band and one.sex for one in question.exposure)
    return (
        (COUNTS, Message("Counts")),
        *([(RATES, Message("Rates by population"))] if told else []),
    )


FIELD = "road_user_type"
SHOW = Choice("show", Message("Who is counted"), _hurt)
KIND = Choice("kind", Message("Road user"), _road_users)
SET = Choice("set", Message("Bands of age"), _bands)
BY = Choice("by", Message("Told as"), _told_as)


def lacks(question: Question) -> Message | None:
    """Say whether the age of at least one person is known."""
    people = question.whole.table("person")
    if any(name in people and people.is_told(name) for name in ("age", "age_band")):
        return None
    return Message("The data do not tell the age of any casualty.")


@dataclass(frozen=True, eq=False)
class People:
    """Those counted, one by one; the band and the sex are places, the last one is unknown."""

    crash: NDArray[np.int64]
    weight: NDArray[np.float64]
    age: NDArray[np.float64]
    band: NDArray[np.int8]
    sex: NDArray[np.int8]

    def only(self, kept: NDArray[np.bool_] | NDArray[np.intp]) -> People:
        """Return some of them."""
        return People(
            self.crash[kept], self.weight[kept], self.age[kept], self.band[kept], self.sex[kept]
        )


def answer(question: Question) -> Answer:
    """Return the pyramid, the median age and the share of men and boys, with their limits."""
    return _rates(question) if chosen(BY, question) == RATES else _counted(question)


def _counted(question: Question) -> Answer:
    show, kind = chosen(SHOW, question), chosen(KIND, question)
    asked = bands.known()[chosen(SET, question)]
    people = _people(question, show, kind, asked)
    if not people.weight.sum():
        raise TooLittle("Nobody of these was hurt in the crashes through the filter.")
    cells = _cells(people, len(asked.keys) + 1)
    labels = [asked.label_of(key) for key in asked.keys]
    title = _title(show, kind)
    sexes = [filters.value_label("sex", code) for code in SEXES]
    most = np.unravel_index(int(cells[:-1, :2].argmax()), (len(labels), 2))
    alt = Message(
        "Pyramid of ages; the longest bar is {n}, {sex}, {band}.",
        {"n": int(cells[most]), "sex": sexes[int(most[1])], "band": labels[int(most[0])]},
    )
    data = {
        "bands": tuple(labels),
        "sides": tuple(
            {"key": code, "label": label, "values": tuple(cells[:-1, i].tolist())}
            for i, (code, label) in enumerate(zip(SEXES, sexes, strict=True))
        ),
        "across": HURT[show],
    }
    return Answer(
        title=title,
        finding=_finding(people, asked, labels),
        figure=Figure("pyramid", title, alt, data, _table(title, labels, sexes, cells)),
        method=(
            Message("Bands of age: {source}.", {"source": asked.source}),
            Message(
                "The limits of the median (Woodruff 1952) and of the share (Korn and Graubard "
                "1998) take the spread between crashes: people of one crash are not independent."
            ),
            Message(
                "These are counts, no risks: how many people of each age and sex there are, and "
                "how much they travel, is not known here."
            ),
        ),
        notes=_notes(question, asked, cells),
    )


# ------------------------------------------------------------------------------ rates


@dataclass(frozen=True)
class Rate:
    """Those hurt of a sex in a band, by people times years, for `per` of them, with 95 % limits."""

    n: int
    by: float
    rate: float
    low: float
    high: float


def _rates(question: Question) -> Answer:
    """Return the pyramid of rates, and how many times as often men and boys are hurt as women."""
    show, kind = chosen(SHOW, question), chosen(KIND, question)
    asked = bands.known()[chosen(SET, question)]
    by = exposure.covered(
        question.data,
        question.exposure,
        PEOPLE,
        asked.name,
        question.whole,
        unit="casualties",
        injuries=() if show == ALL else INJURIES[show],
    )
    amounts = exposure.by_age_and_sex(question.exposure, PEOPLE, asked, by.years)
    keys = [key for key in asked.keys if all(key in amounts[sex] for sex in SEXES)]
    if not keys:
        raise TooLittle(
            "People are told by age, but not by age and sex in bands that fit “{bands}”: choose "
            "other bands, or add a table with a column of each sex.",
            bands=asked.label,
        )
    people = _people(replace(question, data=by.data), show, kind, asked)
    labels = [asked.label_of(key) for key in keys]
    places = [asked.keys.index(key) for key in keys]
    fitting = _fitting(people, places)
    rates = _rates_of(fitting, [[amounts[sex][key] for sex in SEXES] for key in keys], by.per)
    per = Message("Per {per} people and year", {"per": by.per})
    title = Message("{table}. {shown}", {"table": _title(show, kind), "shown": per})
    finding = _by_sex(fitting, {sex: sum(one.by for one in rates[sex]) for sex in SEXES}, by.per)
    lost = round(float(people.weight.sum() - fitting.weight.sum()))
    return Answer(
        title=title,
        finding=finding,
        figure=Figure(
            "pyramid", title, _rates_alt(title, finding), _drawn(labels, rates, per), _rates_table(
                title, labels, rates
            )
        ),
        method=(
            Message("Bands of age: {source}.", {"source": asked.source}),
            Message(
                "A rate is the count of the years with a number of people, by these people added "
                "up over the years; people are taken as known. Limits take those of one crash "
                "together, who are not independent (Fay and Feuer 1997); where each comes alone "
                "they are exact (Garwood 1936)."
            ),
            Message(
                "A rate by people is no risk on the road: how much they travel is not known here."
            ),
        ),
        notes=(*by.notes, *(_not_placed(lost))),
    )  # fmt: skip


def _fitting(people: People, places: list[int]) -> People:
    """Return those of a known sex in the bands of these places, which are numbered from 0."""
    number = np.full(int(people.band.max(initial=0)) + 1, -1, dtype=np.int8)
    number[[place for place in places if place < number.size]] = [
        i for i, place in enumerate(places) if place < number.size
    ]
    band = number[people.band]
    kept = np.flatnonzero((band >= 0) & (people.sex < len(SEXES)))
    return replace(people.only(kept), band=band[kept])


def _rates_of(people: People, by: list[list[float]], per: int) -> dict[str, list[Rate]]:
    """Return the rates of each sex by band; `by` are the people of each band and sex."""
    cell = people.band.astype(np.int64) * len(SEXES) + people.sex
    size = len(by) * len(SEXES)
    n = np.bincount(cell, weights=people.weight, minlength=size)
    squares, most = crosstabs.together((people.crash, cell, people.weight), size)
    found: dict[str, list[Rate]] = {sex: [] for sex in SEXES}
    for i, amounts in enumerate(by):
        for j, sex in enumerate(SEXES):
            at, times = i * len(SEXES) + j, per / amounts[j]
            low, high = stats.clustered_poisson_limits(
                float(n[at]), float(squares[at]), float(most[at])
            )
            found[sex].append(
                Rate(round(n[at]), amounts[j], n[at] * times, low * times, high * times)
            )
    return found


def _by_sex(people: People, by: dict[str, float], per: int) -> Message:
    """Say the rate of each sex, and how many times as often the first is hurt."""
    each = [
        np.bincount(people.crash, weights=people.weight * (people.sex == i))
        for i in range(len(SEXES))
    ]
    counts = [
        contrasts.Count(
            float(one.sum()),
            by[sex],
            contrasts.count_effect(
                float(one.sum()), float(np.square(one).sum()), int((one > 0).sum())
            ),
        )
        for sex, one in zip(SEXES, each, strict=True)
    ]
    words = {
        "per": per,
        "male": round(counts[0].rate * per, 2),
        "female": round(counts[1].rate * per, 2),
    }
    found = contrasts.rate_ratio(*counts)
    if min(one.n for one in counts) < FEW or not np.isfinite([found.lower, found.upper]).all():
        return Message(
            "Per {per} people and year {male} male and {female} female: too few to compare both.",
            words,
        )
    limits = {"ratio": found.value, "low": found.lower, "high": found.upper}
    return Message(
        "Per {per} people and year {male} male and {female} female: {ratio} times as many male "
        "(95 % limits {low} to {high}).",
        words | {name: round(one, 2) for name, one in limits.items()},
    )


def _rates_alt(title: Message, finding: Message) -> Message:
    return Message("Pyramid of ages: {title}. {finding}", {"title": title, "finding": finding})


def _drawn(labels: list[Message], rates: dict[str, list[Rate]], per: Message) -> dict[str, Any]:
    return {
        "bands": tuple(labels),
        "sides": tuple(
            {
                "key": sex,
                "label": filters.value_label("sex", sex),
                "values": tuple(round(one.rate, 2) for one in rates[sex]),
            }
            for sex in SEXES
        ),
        "across": per,
        "digits": 1,
    }


def _rates_table(title: Message, labels: list[Message], rates: dict[str, list[Rate]]) -> Table:
    columns = [Column(Message("Age"))]
    for sex in SEXES:
        who = {"who": filters.value_label("sex", sex)}
        columns += [
            Column(Message("{who}: number", who), "int"),
            Column(Message("{who}: people times years", who), "int"),
            Column(Message("{who}: rate", who), "float", 2),
            Column(Message("{who}: 95 % limits, lower", who), "float", 2),
            Column(Message("{who}: 95 % limits, upper", who), "float", 2),
        ]
    body = []
    for i, label in enumerate(labels):
        row: list[Any] = [label]
        for sex in SEXES:
            one = rates[sex][i]
            row += [one.n, round(one.by), one.rate, one.low, one.high]
        body.append(tuple(row))
    return Table(title, tuple(columns), tuple(body))


def _not_placed(n: int) -> tuple[Message, ...]:
    if not n:
        return ()
    return (
        counted(
            "{n} of unknown age or sex, or in no band that fits, is in no rate: rates are too low "
            "by as much.",
            "{n} of unknown age or sex, or in no band that fits, are in no rate: rates are too low "
            "by as much.",
            n,
        ),
    )


# ----------------------------------------------------------------------------- people


def _people(question: Question, show: str, kind: str, asked: bands.Bands) -> People:
    names = (asked.name, "age", "sex", "injury", FIELD)
    each = tables.one_by_one(question.data, "casualties", names)
    ages = each.values["age"]
    known = [float(value) for value in ages.values]
    band = _places(each.values[asked.name], asked.keys)
    everybody = People(
        crash=each.crash,
        weight=each.weight,
        age=np.where(band < len(asked.keys), ages.numbers(known), np.nan),
        band=band,
        sex=_places(each.values["sex"], SEXES),
    )
    kept = _kept(each, show, kind)
    return everybody if kept is None else everybody.only(kept)


def _kept(each: tables.EachOne, show: str, kind: str) -> NDArray[np.bool_] | None:
    """Return who is asked for; None for everybody, who need not be cut."""
    hurt = None if show == ALL else _is(each.values["injury"], INJURIES[show])
    if kind == ALL:
        return hurt
    such = _is(each.values[FIELD], (kind,))
    return such if hurt is None else hurt & such


def _is(levels: Levels, wanted: tuple[str, ...]) -> NDArray[np.bool_]:
    return levels.look_up([value in wanted for value in levels.values], missing=False)


def _places(levels: Levels, keys: tuple[str, ...]) -> NDArray[np.int8]:
    """Return the place of each value among the keys; after them what is unknown."""
    place = {key: i for i, key in enumerate(keys)}
    places = [*(place.get(value, len(keys)) for value in levels.values), len(keys)]
    found: NDArray[np.int8] = np.array(places, dtype=np.int8)[levels.codes]
    return found


def _cells(people: People, rows: int) -> NDArray[np.int64]:
    """Count by band, then by male, female and unknown; the last row is of unknown age."""
    at = people.band * 3 + people.sex
    flat = np.bincount(at, weights=people.weight, minlength=rows * 3)
    return np.rint(flat).astype(np.int64).reshape(rows, 3)


def _table(
    title: Message, labels: list[Message], sexes: list[Message], cells: NDArray[np.int64]
) -> Table:
    """Return the counts; what is unknown of nobody has no row and no column."""
    rows = [*labels, *([UNKNOWN] if cells[-1].any() else [])]
    heads = [*sexes, *([Message("Sex unknown")] if cells[:, 2].any() else [])]
    shown = cells[: len(rows), : len(heads)]
    body = [(label, *row, sum(row)) for label, row in zip(rows, shown.tolist(), strict=True)]
    sums = shown.sum(axis=0).tolist()
    return Table(
        title,
        (
            Column(Message("Age")),
            *(Column(one, "int") for one in heads),
            Column(TOTAL, "int", of_all=True),
        ),
        (*body, (TOTAL, *sums, sum(sums))),
        total_row=True,
    )


def _title(show: str, kind: str) -> Message:
    if kind == ALL:
        return Message("{who} by age and sex", {"who": HURT[show]})
    user = filters.value_label(FIELD, kind)
    return Message("{who} by age and sex: {user}", {"who": HURT[show], "user": user})


def _finding(people: People, asked: bands.Bands, labels: list[Message]) -> Message:
    known = people.band < len(asked.keys)
    n = round(people.weight[known].sum())
    if n < FEW:
        return Message("The age of {n} is known: too few to say more.", {"n": n})
    unknown = round(people.weight[~known].sum())
    if unknown > n:
        # Bands of a source that do not fit those asked for leave a choice by age, no sample.
        return Message(
            "The age, or a band that fits, is known of {n} and not known of {unknown}: those known "
            "may differ from the others, so nothing is said of all.",
            {"n": n, "unknown": unknown},
        )
    told = np.isfinite(people.age)
    middle = clustered.median(people.age[told], people.crash[told])
    first = _largest(people, known, labels) if middle is None else _median(middle)
    sexed = people.sex < len(SEXES)
    of = people.weight[sexed]
    males = clustered.share(people.sex[sexed] == 0, people.crash[sexed], of)
    if males is None or males.n < FEW:
        return first
    words = _percents(males) | {"first": first}
    return Message(
        "{first}; {share} % of those whose sex is known are male ({low} to {high} %).", words
    )


def _median(middle: clustered.Limits) -> Message:
    ages = {"age": middle.value, "low": middle.low, "high": middle.high}
    words = {name: int(one) if one == int(one) else one for name, one in ages.items()}
    words["n"] = middle.n
    return Message(
        "The median age is {age} years (95 % limits {low} to {high}, {n} with a known age)", words
    )


def _largest(people: People, known: NDArray[np.bool_], labels: list[Message]) -> Message:
    """Say how many are in the fullest band, where the source gives bands and no ages."""
    band, crash, weight = people.band[known], people.crash[known], people.weight[known]
    fullest = int(np.bincount(band, weights=weight).argmax())
    found = clustered.share(band == fullest, crash, weight)
    if found is None:
        raise AssertionError("the bands of somebody are known")
    words = _percents(found) | {"band": labels[fullest], "n": found.n}
    return Message(
        "The fullest band is {band}: {share} % of {n} with a known age (95 % limits {low} to "
        "{high} %)",
        words,
    )


def _percents(found: clustered.Limits) -> dict[str, float]:
    numbers = {"share": found.value, "low": found.low, "high": found.high}
    return {name: round(100 * one, 1) for name, one in numbers.items()}


def _notes(question: Question, asked: bands.Bands, cells: NDArray[np.int64]) -> tuple[Message, ...]:
    ages, sexes = int(cells[-1].sum()), int(cells[:, 2].sum())
    notes = [
        Message(
            "Crashes from {start} to {end}.",
            {"start": question.data.period.start, "end": question.data.period.end},
        )
    ]
    if not asked.are_equal:
        notes.append(Message("The bands differ in width: a wider one holds more ages."))
    if ages:
        notes.append(
            counted(
                "The age of {n} is not known; it is in the table, not in the chart.",
                "The ages of {n} are not known; they are in the table, not in the chart.",
                ages,
            )
        )
    if sexes:
        notes.append(
            counted(
                "The sex of {n} is not known; it is in the table, not in the chart.",
                "The sex of {n} is not known; they are in the table, not in the chart.",
                sexes,
            )
        )
    return tuple(notes)


ANALYSIS = Analysis(
    name="ages",
    title="Age and sex",
    summary="How old those hurt are, men and women, as a pyramid.",
    theme="who",
    order=20,
    answer=answer,
    units=("casualties",),
    choices=(SHOW, KIND, SET, BY),
    by_years=lambda question: chosen(BY, question) == RATES,
    lacks=lacks,
    rests_on=frozenset({"age", "age_band", "sex", *bands.of(bands.AGE)}),
    public=lambda question: chosen(BY, question) == COUNTS,
)
