"""What needs a look in a data set: new fatal crashes, alarms about the data, sites over a limit.

All that takes long is found once, after an import, and kept as plain values; a page reads it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import breaks, filters, quality, register, stats
from crashkit.errors import Message, counted
from crashkit.model import CrashData, Screening
from crashkit.quality import Scorecard, units
from crashkit.register import SiteRecord

Ints = NDArray[np.int64]

LISTED = 10
"""So many of the newest fatal crashes are kept one by one."""

ALPHA = 0.05
"""How likely one false alarm of silence is among all units of a data set."""

USUAL_MONTHS = 24
"""A unit is silent against what it reported in so many months before."""

SPELLS = (1, 6)
"""So many months the level of a unit may stay as it is: papers come in bundles, and quiet months
together.

Decided in docs/decisions/claims.md.
"""

JUMP = 1.3
"""So many times more, or fewer, crashes than in the year before are looked at.

Source: data standards, section 4, check 14: the limit of grade A.
"""

JUMP_ALPHA = 0.001
"""A jump of a year that chance alone brings more often than this is no alarm."""

WORST = "D"


@dataclass(frozen=True)
class Fatal:
    """A fatal crash: its number in the data set, its day, its number of the police, its place.

    `road` and `place` are words of the data, "" where they do not tell.
    """

    id: int
    day: str
    number: str
    place: str
    killed: int | None
    road: str = ""
    km: float | None = None

    @property
    def where(self) -> Message | None:
        """Its road, km post and settlement or district, as far as they are known."""
        ends = {"road": self.road, "start": self.km, "place": self.place}
        if self.road and self.km is not None:
            known = "{road}, km {start}, {place}" if self.place else "{road}, km {start}"
            return Message(known, ends)
        told = ", ".join(one for one in (self.road, self.place) if one)
        return Message("{text}", {"text": told}) if told else None


@dataclass(frozen=True)
class Alarm:
    """Something about the data that needs a look; `facts` are the values of its sentence."""

    kind: str
    facts: Mapping[str, Any]

    @property
    def message(self) -> Message:
        """Say what was found, and what to do."""
        return _SAID[self.kind](self.facts)


@dataclass(frozen=True)
class FatalIn:
    """How many fatal crashes an import brought, and the newest of them."""

    import_id: int
    n: int
    newest: tuple[Fatal, ...]


@dataclass(frozen=True)
class Watched:
    """A data set as it was looked at: its version, grade, checks by grade, alarms, fatal crashes.

    `dataset` is the number that the store gave it: another data set may get its name.
    """

    dataset: int
    version: int
    grade: str
    checks: Mapping[str, str]
    alarms: tuple[Alarm, ...]
    fatal: tuple[FatalIn, ...]

    def document(self) -> dict[str, Any]:
        """Return plain values, to be kept."""
        return asdict(self)


def read(document: Mapping[str, Any]) -> Watched:
    """Return what `Watched.document` wrote."""
    alarms = tuple(
        Alarm(one["kind"], one["facts"]) for one in document["alarms"] if one["kind"] in _SAID
    )
    fatal = tuple(
        FatalIn(one["import_id"], one["n"], tuple(Fatal(**crash) for crash in one["newest"]))
        for one in document["fatal"]
    )
    return Watched(**{**document, "alarms": alarms, "fatal": fatal})


def watch(
    data: CrashData,
    card: Scorecard,
    before: Watched | None,
    batches: Mapping[int, tuple[int, int]],
) -> Watched:
    """Look at a data set and its scorecard; `before` is how it was when somebody last looked.

    `batches` are the first and the last crash number of each import, by the number of the import.
    """
    checks = {one.check.id: one.grade for one in card.judged}
    info = data.dataset
    return Watched(
        dataset=info.id if info else 0,
        version=info.version if info else 0,
        grade=card.grade,
        checks=checks,
        alarms=(
            *_of_quality(card, before),
            *_silent(data),
            *_jumps(data),
        ),
        fatal=tuple(_fatal_in(data, number, *ends) for number, ends in batches.items()),
    )


# ------------------------------------------------------------------- the data


def _of_quality(card: Scorecard, before: Watched | None) -> Iterator[Alarm]:
    """Yield the grade that fell, and the checks that are at the worst grade and were not.

    What was an alarm before and is not mended stays one.
    """
    standing = () if before is None else before.alarms
    grades = {one.check.id: one.grade for one in card.judged}
    if before is not None and before.grade and card.grade > before.grade:
        yield Alarm("grade", {"before": before.grade, "after": card.grade})
    else:
        yield from (a for a in standing if a.kind == "grade" and card.grade >= a.facts["after"])
    for alarm in standing:
        if alarm.kind == "check" and grades.get(alarm.facts["check"]) == WORST:
            yield alarm
    for one in card.judged:
        was = "" if before is None else before.checks.get(one.check.id, "")
        is_news = was != WORST if before is not None else one.check.blocking
        if one.grade == WORST and is_news:
            yield Alarm("check", {"check": one.check.id, "before": was})


@dataclass(frozen=True, eq=False)
class _Heard:
    """A unit: how many whole months it has been quiet, and its crashes of each month before."""

    name: str
    quiet: int
    before: Ints

    @property
    def usual(self) -> float:
        """How many crashes a month were usual."""
        return float(self.before.mean())


def _silent(data: CrashData) -> Iterator[Alarm]:
    """Yield units from which no crash came for longer than chance explains.

    The chance is the largest for any length of SPELLS, each with the overdispersion of the unit or
    of all units together, whichever is larger. The limit is shared out among the units
    (Bonferroni).
    """
    heard = _heard(data)
    common = {spell: _overdispersion([one.before for one in heard], spell) for spell in SPELLS}
    for one in heard:
        chance = max(
            _chance_of_none(one, spell, max(k, _overdispersion([one.before], spell)))
            for spell, k in common.items()
        )
        if one.quiet >= 2 and chance < ALPHA / len(heard):
            facts = {"unit": one.name, "months": one.quiet, "usual": round(one.usual, 1)}
            yield Alarm("silent", facts)


def _chance_of_none(unit: _Heard, spell: int, k: float) -> float:
    """Return the chance that no crash comes in as many months as a unit has been quiet.

    Crashes come more unevenly than Poisson counts do (season, duty, late papers): the level of a
    unit is drawn from a gamma distribution about the usual m a month, anew after each spell of s
    months, so that counts of a spell are negative binomial with overdispersion k, and none come in
    q months with probability (1 + k s m)^(-q/(k s)); exp(-q m) for k = 0.

    Source: Greenwood and Yule 1920, J. R. Stat. Soc. 83: 255-279.
    """
    spread = k * spell
    if spread <= 0:
        return math.exp(-unit.quiet * unit.usual)
    return math.exp(-unit.quiet / spread * math.log1p(spread * unit.usual))


def _overdispersion(series: Sequence[Ints], spell: int) -> float:
    """Return the overdispersion k of the counts of spells about the mean of each unit, by moments.

    `series` are the monthly counts of each unit; months before the first whole spell are left out,
    and k is 0 where no unit has two. Never below 0.

    >>> _overdispersion([np.array([2] * 12)], 6)
    0.0
    >>> round(_overdispersion([np.array([0] * 6 + [2] * 6)], 6), 2)
    1.83

    Source: Bliss and Fisher 1953, Biometrics 9: 176-200.
    """
    spells = [one[one.size % spell :].reshape(-1, spell).sum(axis=1) for one in series]
    known = [one for one in spells if one.size > 1]
    apart = sum(float(one.var(ddof=1) - one.mean()) for one in known)
    squares = sum(float(one.mean()) ** 2 for one in known)
    return max(0.0, apart / squares) if squares else 0.0


def _heard(data: CrashData) -> list[_Heard]:
    """Return every unit of which a crash of a known month came."""
    field = units.field_of(data)
    months = _months(data)
    if not field or months is None:
        return []
    codes, names = _codes(data, field)
    last = _last_month(data)
    known = (codes >= 0) & (months >= 0)
    found = []
    for unit, name in enumerate(names):
        mine = months[known & (codes == unit)]
        if mine.size and name:
            newest = int(mine.max())
            first = max(newest - USUAL_MONTHS + 1, min(_month(data.period.start), newest))
            before = np.bincount(mine[mine >= first] - first, minlength=newest - first + 1)
            found.append(_Heard(name, last - newest, before))
    return found


def _months(data: CrashData) -> Ints | None:
    """Return the month of each crash, counted from year nought; -1 where it is not known."""
    days = filters.levels(data, "crash_date")
    if days is None:
        return None
    found = [_month(date.fromisoformat(day)) for day in days.values]
    months: Ints = np.array([*found, -1], dtype=np.int64)[days.codes]
    return months


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _last_month(data: CrashData) -> int:
    """Return the last month of which all days count."""
    end = data.period.end
    whole = date.fromordinal(end.toordinal() + 1).day == 1
    return _month(end) if whole else _month(end) - 1


def _codes(data: CrashData, field: str) -> tuple[NDArray[Any], tuple[str, ...]]:
    levels = filters.levels(data, field)
    assert levels is not None
    return levels.codes, levels.values


def _jumps(data: CrashData) -> Iterator[Alarm]:
    """Yield how the last whole year differs from the one before, by more than chance explains.

    Given both together, the crashes of one are a binomial share of half, where nothing changed.
    """
    years = breaks.whole_years(data)
    if len(years) < 2 or years[-1].year != years[-2].year + 1:
        return
    before, after = years[-2].crashes, years[-1].crashes
    if min(before, after) == 0 or max(before / after, after / before) <= JUMP:
        return
    low, high = stats.clopper_pearson(after, before + after, 1 - JUMP_ALPHA)
    if low > 0.5 or high < 0.5:
        facts = {"year": years[-1].year, "after": after, "before": before}
        yield Alarm("jump", facts)


# ------------------------------------------------------------------- fatal crashes


def _fatal_in(data: CrashData, number: int, low: int, high: int) -> FatalIn:
    """Count the fatal crashes of an import, by the numbers of its crashes."""
    severity = filters.levels(data, "severity")
    if severity is None:
        return FatalIn(number, 0, ())
    worst = severity.look_up([one == "fatal" for one in severity.values], missing=False)
    part = data.keep(worst & (data.crash_ids >= low) & (data.crash_ids <= high))
    frame = part.table("crash").frame_of(filters.newest_first(part)[:LISTED])
    return FatalIn(number, len(part), tuple(_fatal(one) for one in frame.to_dict("records")))


def new_fatal(watched: Watched, imports: Collection[int]) -> tuple[int, tuple[Fatal, ...]]:
    """Return how many fatal crashes some imports brought, and the newest of them."""
    mine = [one for one in watched.fatal if one.import_id in imports]
    newest = sorted((one for part in mine for one in part.newest), key=lambda one: one.day)
    return sum(one.n for one in mine), tuple(newest[::-1][:LISTED])


def _fatal(row: Mapping[Any, Any]) -> Fatal:
    killed = row.get("n_killed")
    return Fatal(
        id=int(row["id"]),
        day=row["crash_date"].date().isoformat(),
        number=_text(row, "crash_id") or str(row["id"]),
        place=_text(row, "place") or _text(row, "admin2") or _text(row, "admin1"),
        road=_text(row, "road_key"),
        km=_km(row),
        killed=None if killed is None or pd.isna(killed) else int(killed),
    )


def _km(row: Mapping[Any, Any]) -> float | None:
    km = row.get("chainage_km")
    return round(km, 3) if isinstance(km, float) and math.isfinite(km) else None


def _text(row: Mapping[Any, Any], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""


# ------------------------------------------------------------------- the register


@dataclass(frozen=True)
class SiteNews:
    """A site of the register that needs a look, and why."""

    site: SiteRecord
    why: Message


@dataclass(frozen=True)
class Run:
    """A screening: its number, what was asked, and the words that make two the same question."""

    id: int
    title: Message
    question: str
    at: Any


def crossed(
    sites: Iterable[SiteRecord],
    seen: Mapping[tuple[int, int], tuple[int, int]],
    runs: Sequence[Run],
) -> list[SiteNews]:
    """Return open sites that a rule lists now and did not before, or does no more.

    `seen` tells rank and length of the list by site and screening. Only screenings of one question
    are compared, the newest with the one before; and only sites that were in the register then.
    """
    pairs = _pairs(runs)
    found = []
    for site in sites:
        if site.status not in register.OPEN:
            continue
        for newest, before in pairs:
            if site.at >= before.at:
                continue
            now, then = seen.get((site.number, newest.id)), seen.get((site.number, before.id))
            if now is not None and then is None:
                found.append(SiteNews(site, _listed(newest, now)))
            elif now is None and then is not None:
                found.append(SiteNews(site, Message(NO_MORE.text, {"rule": newest.title})))
    return found


NO_MORE = Message("{rule} listed it before and does not any more.")


def _listed(run: Run, place: tuple[int, int]) -> Message:
    return Message(
        "{rule} lists it now, at rank {rank} of {n}; the screening before did not.",
        {"rule": run.title, "rank": place[0], "n": place[1]},
    )


def question(asked: Screening) -> str:
    """Return words that are equal for screenings that ask the same of the same crashes."""
    params = [sorted(one.items()) for one in (asked.place_params, asked.measure_params)]
    return repr([asked.preset, asked.place, asked.measure, params, sorted(asked.filter.items())])


def _pairs(runs: Sequence[Run]) -> list[tuple[Run, Run]]:
    """Return the newest screening of each question with the one before it."""
    by_question: dict[str, list[Run]] = {}
    for run in sorted(runs, key=lambda one: -one.id):
        by_question.setdefault(run.question, []).append(run)
    return [(found[0], found[1]) for found in by_question.values() if len(found) > 1]


def overdue(sites: Iterable[SiteRecord], today: date) -> list[SiteNews]:
    """Return sites whose works are over, but whose status does not say so."""
    found = []
    for site in sites:
        if site.status not in ("candidate", "investigation", "programmed"):
            continue
        over = [one.until for one in site.standing("works") if one.until and one.until < today]
        if over:
            why = Message(
                "Its works ended on {day}, but its status is “{status}”: say that it is treated.",
                {"day": max(over), "status": register.STATUSES[site.status]},
            )
            found.append(SiteNews(site, why))
    return found


# ------------------------------------------------------------------- words


def _said_grade(facts: Mapping[str, Any]) -> Message:
    return Message(
        "The grade of the data fell from {before} to {after}: see which check decides.",
        {"before": facts["before"], "after": facts["after"]},
    )


def _said_check(facts: Mapping[str, Any]) -> Message:
    known = quality.checks()
    title = known[facts["check"]].title if facts["check"] in known else Message("?")
    if facts["before"]:
        return Message(
            "The check “{check}” fell from grade {before} to D.",
            {"check": title, "before": facts["before"]},
        )
    return Message("The check “{check}” has grade D.", {"check": title})


def _said_silent(facts: Mapping[str, Any]) -> Message:
    return counted(
        "No crash came from {unit} for {n} month, where {usual} a month are usual: ask whether its "
        "reports are missing.",
        "No crash came from {unit} for {n} months, where {usual} a month are usual: ask whether "
        "its reports are missing.",
        int(facts["months"]),
        unit=str(facts["unit"]),
        usual=facts["usual"],
    )


def _said_jump(facts: Mapping[str, Any]) -> Message:
    return Message(
        "{year} has {after} crashes, the year before {before}: more than chance explains. Ask "
        "whether recording changed or reports are missing before you call it safety.",
        {"year": str(facts["year"]), "after": facts["after"], "before": facts["before"]},
    )


_SAID: dict[str, Callable[[Mapping[str, Any]], Message]] = {
    "grade": _said_grade,
    "check": _said_check,
    "silent": _said_silent,
    "jump": _said_jump,
}
