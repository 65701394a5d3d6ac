"""What a reader must know to judge a list of sites: period, gaps, doubts, standing of the rule."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from crashkit import geo, presets
from crashkit.errors import Message, counted
from crashkit.method import Measure
from crashkit.model import (
    CrashData,
    Period,
    Screening,
    ScreeningResult,
)
from crashkit.peers import Reference
from crashkit.presets import Preset
from crashkit.screening import parts, wording

Say = Callable[[Message], str]

NOMINAL = 0.02
"""Posts that differ from the length on the ground by more than this are no kilometres."""


OTHERWISE = ("severity", "share", "density")
"""What a list may be ranked by that is no number of crashes: ranks cannot be drawn for it."""


def doubts(
    answer: ScreeningResult,
    data: CrashData,
    *,
    wanted: Screening,
    known: Sequence[Reference | None],
) -> Iterator[Message]:
    """Say what a reader must know to judge the list.

    `wanted` is what was asked for; another version of its rule may be what was answered. `known` is
    what peers have, for each part of the rule.
    """
    yield Message(
        "Places compared: {compared}; listed: {kept}. Some of them stand out by chance.",
        {"compared": answer.compared, "kept": len(answer.findings)},
    )
    yield from _version(wanted, answer)
    yield from _judged(answer)
    for one in known:
        yield from _by_traffic(one)
        yield from _of_ground(one)
    yield Message(
        "Crashes from {start} to {end} are counted.",
        {"start": answer.period.start, "end": answer.period.end},
    )
    yield from answer.period.notes
    for asked in answer.asked.each:
        yield from _period_notes(asked, answer.period)
        yield from _accuracy(asked, data)
        yield from _settings(asked, data)
        yield from _provinces(asked, data)
    yield from _left_out(answer, data)
    yield from _stacked(data, answer)
    yield from _shared(answer)
    yield from _equations(answer)
    yield from _nominal(answer)
    yield from _without_crashes(answer)
    yield from _of_rule(answer)


def _of_rule(answer: ScreeningResult) -> Iterator[Message]:
    """Say how the rule stands, and what it says itself, part by part."""
    for asked in (answer.asked, *answer.asked.parts):
        yield from _standing(asked, answer.period)
        yield from map(Message, asked.notes)


def _version(wanted: Screening, answer: ScreeningResult) -> Iterator[Message]:
    """Say which version of the rule was taken, and which others held in the period."""
    among = presets.all_presets()
    if answer.asked.preset not in among:
        return
    if wanted.preset != answer.asked.preset:
        yield Message(
            "Taken is the version of the rule that is in force on {day}, when the data end: "
            "{title}.",
            {"day": answer.period.end, "title": Message(answer.asked.title)},
        )
    taken = among[answer.asked.preset]
    for one in presets.versions(taken, among):
        if one is not taken and _meets(one, answer.period):
            yield Message(
                "Another version of this rule was in force during these crashes: {title}.",
                {"title": Message(one.title)},
            )


def _meets(version: Preset, period: Period) -> bool:
    """Say whether a version with dates was in force on any day of a period."""
    dated = version.valid_from is not None or version.valid_to is not None
    start, end = version.valid_from or period.start, version.valid_to or period.end
    return dated and max(start, period.start) <= min(end, period.end)


def _judged(answer: ScreeningResult) -> Iterator[Message]:
    """Say by what sites are ranked, and how many of them are more than chance."""
    target = wording.target_sentence(answer)
    if target:
        yield target
    if answer.target in OTHERWISE and any(one.evidence.rank_low for one in answer.findings):
        yield Message(
            "The ranks that a site may have are those by the crashes expected there, not by this."
        )
    treated = sum(one.evidence.since is not None for one in answer.findings)
    if treated:
        yield counted(
            "One listed site was treated: it is judged on the time after its works.",
            "{n} listed sites were treated: they are judged on the time after their works.",
            treated,
        )
    sure = wording.sure_sites(answer)
    if sure is None:
        if answer.findings:
            yield Message(
                "What places like these have is not known, so nothing is said of chance: sites "
                "with many crashes will have fewer next time, whatever is done."
            )
        return
    yield counted(
        "One of the {kept} listed sites stands out from its peers beyond chance (one in twenty "
        "such may be a false alarm).",
        "{n} of the {kept} listed sites stand out from their peers beyond chance (one in twenty "
        "such may be a false alarm).",
        sure,
        kept=len(answer.findings),
    )
    pooled = sum(one.evidence.pooled for one in answer.findings)
    if pooled:
        yield counted(
            "The class of one site has too few places: all places are its peers.",
            "The classes of {n} sites have too few places: all places are their peers.",
            pooled,
        )


def _by_traffic(known: Reference | None) -> Iterator[Message]:
    """Say whether peers are those with the same traffic, and if not, what there is too little of.

    Where no traffic is known at all, nothing is said.
    """
    if known is not None and known.model is not None:
        yield Message("Peers are places of the same class with as much traffic, by a model of it.")
    if known is not None and known.missing:
        yield Message(
            "Traffic is left out of account: busy places may stand out merely by being busy. "
            "{missing}",
            {"missing": [*known.missing]},
        )


def _of_ground(known: Reference | None) -> Iterator[Message]:
    """Say where circles are so small that their peers are hardly known."""
    if known is not None and not known.is_told:
        yield Message(
            "Most places as small as these that have crashes have only one, so it cannot be told "
            "how much ground has none: what their peers have is the most it can be. Larger places "
            "tell more."
        )


def _period_notes(asked: Screening, period: Period) -> Iterator[Message]:
    years = asked.measure_params.get("period_years", 0)
    if period.years < years - 0.01:
        yield Message(
            "The rule looks at {years} years, but the data cover only {covered}: places that meet "
            "the rule may be missing.",
            {"years": f"{years:g}", "covered": period.years},
        )


def _left_out(answer: ScreeningResult, data: CrashData) -> Iterator[Message]:
    lost = answer.crashes - answer.located
    if lost:
        yield counted(
            "One of {of} crashes is left out, because its place is not known as this rule "
            "needs it.",
            "{n} of {of} crashes are left out, because their place is not known as this rule "
            "needs it.",
            lost,
            of=answer.crashes,
        )
    unknown = _unknown(data, "severity")
    chosen = [one.filter["severity"] for one in answer.asked.each if "severity" in one.filter]
    if chosen and "unknown" not in ",".join(chosen) and unknown:
        yield counted(
            "One crash of unknown severity is not counted.",
            "{n} crashes of unknown severity are not counted.",
            unknown,
        )


def _accuracy(asked: Screening, data: CrashData) -> Iterator[Message]:
    """Warn of places that are narrower than the error of the locations."""
    widths = [asked.place_params.get("length_m"), asked.place_params.get("urban_length_m")]
    radii = [asked.place_params.get("radius_m"), asked.place_params.get("urban_radius_m")]
    if "topology" in parts.place_named(asked.place).needs:
        radii += [asked.place_params.get(f"{setting}junction_m") for setting in ("", "urban_")]
    width = min([w for w in widths if w] + [2 * r for r in radii if r], default=None)
    column = "chainage_accuracy_m" if any(widths) else "coord_accuracy_m"
    if width is None or not data.has(column):
        return
    error = float(data.crashes[column].median())
    if width < 2 * error:
        yield Message(
            "Half of the locations may be wrong by {error} m or more, but a place is only {width} "
            "m wide: crashes of one place are counted at several, and chance makes others look "
            "bad.",
            {"error": round(error), "width": round(width)},
        )


def _settings(asked: Screening, data: CrashData) -> Iterator[Message]:
    """Say how crashes without a setting were judged by a rule that tells town from country."""
    apart = asked.setting == "country" or any(
        asked.place_params.get(f"urban_{name}_m") for name in ("length", "radius")
    )
    unknown = _unknown(data, "area_type") if apart else 0
    if unknown:
        yield counted(
            "One crash without a known setting is judged as outside built-up areas.",
            "{n} crashes without a known setting are judged as outside built-up areas.",
            unknown,
        )


def _provinces(asked: Screening, data: CrashData) -> Iterator[Message]:
    """Say which roads were looked at province by province."""
    if "chainage" not in parts.place_named(asked.place).needs:
        return
    roads = geo.starting_anew(data, by_province=parts.posts_by_province(data))
    if roads:
        yield counted(
            "On one road ({roads}) the km posts start anew in each province: it is looked at "
            "province by province.",
            "On {n} roads ({roads}) the km posts start anew in each province: they are looked at "
            "province by province.",
            len(roads),
            roads=", ".join(roads[:3]) + (" …" if len(roads) > 3 else ""),
        )


def _stacked(data: CrashData, answer: ScreeningResult) -> Iterator[Message]:
    """Warn of sites whose crashes all lie on one point: a junction, or a default location."""
    found = geo.located(data)
    spots = np.unique(np.column_stack([found.lon, found.lat]), axis=0, return_inverse=True)[1]
    spot_of = dict(zip(found.ids.tolist(), spots.ravel().tolist(), strict=True))
    sites = [one.site.crash_ids for one in answer.findings if one.site.radius_m]
    n = sum(len(ids) > 1 and len({spot_of[id_] for id_ in ids}) == 1 for ids in sites)
    if n:
        yield counted(
            "At one site all crashes have exactly the same coordinates: this can be a junction, "
            "or a place that the source writes when it does not know better.",
            "At {n} sites all crashes have exactly the same coordinates: this can be a junction, "
            "or a place that the source writes when it does not know better.",
            n,
        )


def _shared(answer: ScreeningResult) -> Iterator[Message]:
    """Say how many crashes are counted at more than one site, where places may share them."""
    times = Counter(one for each in answer.findings for one in each.site.crash_ids)
    n = sum(count > 1 for count in times.values())
    if n:
        yield counted(
            "Sites share sections: one crash is counted at more than one of them.",
            "Sites share sections: {n} crashes are counted at more than one of them.",
            n,
        )


def _equations(answer: ScreeningResult) -> Iterator[Message]:
    """Say at how many sites the km posts jump: their posts do not tell how long they are."""
    n = sum(one.site.equation for one in answer.findings)
    if n:
        yield counted(
            "One site crosses a chainage equation: its km posts jump, and it is as long as the "
            "others on the ground.",
            "{n} sites cross a chainage equation: their km posts jump, and they are as long as the "
            "others on the ground.",
            n,
        )


def _nominal(answer: ScreeningResult) -> Iterator[Message]:
    """Say where km posts are no kilometres, and where the posts of a road start anew."""
    sites = [one.site for one in answer.findings if one.site.measured_m is not None]
    n = sum(
        abs((site.to_m or 0) - (site.from_m or 0) - (site.measured_m or 0))
        > NOMINAL * (site.measured_m or 0)
        for site in sites
        if not site.equation
    )
    if n:
        yield counted(
            "At one site the km posts do not agree with the length of the road: posts are nominal, "
            "and its length is that on the ground.",
            "At {n} sites the km posts do not agree with the length of the road: posts are "
            "nominal, and their length is that on the ground.",
            n,
        )
    anew = sorted({site.road for site in sites if "/" in site.id.split(":")[0]} - {""})
    if anew:
        yield counted(
            "On one road ({roads}) the km posts start anew, or it has a gap: its parts are looked "
            "at apart.",
            "On {n} roads ({roads}) the km posts start anew, or they have gaps: their parts are "
            "looked at apart.",
            len(anew),
            roads=", ".join(anew[:3]) + (" …" if len(anew) > 3 else ""),
        )


def _without_crashes(answer: ScreeningResult) -> Iterator[Message]:
    """Say how many sites that people look after are not listed, which is no proof of safety."""
    n = answer.compared - len(answer.findings)
    needs = [need for one in answer.asked.each for need in parts.place_named(one.place).needs]
    if "nominated" in needs and n:
        yield counted(
            "One of {of} sites of the register has too few crashes to be listed here; it stays in "
            "the register.",
            "{n} of {of} sites of the register have too few crashes to be listed here; they stay "
            "in the register.",
            n,
            of=answer.compared,
        )


def caveats(measure: Measure, data: CrashData, params: Any) -> tuple[Message, ...]:
    """Return the doubts that a measure itself has about the data, if its module says any."""
    say = getattr(sys.modules[measure.score.__module__], "caveats", None)
    return tuple(say(data, params)) if say else ()


def _standing(asked: Screening, period: Period) -> Iterator[Message]:
    if asked.country and not asked.verified:
        yield Message("Nobody has yet checked the numbers of this rule against its source.")
    if not (asked.valid_from or period.end) <= period.end <= (asked.valid_to or period.end):
        yield Message(
            "This rule was not in force on {day}, when the data end.", {"day": period.end}
        )


def _unknown(data: CrashData, name: str) -> int:
    """Return how many crashes have no known value of a coded field."""
    if name not in data.crashes.columns:
        return len(data)
    known = data.crashes[name].notna() & (data.crashes[name] != "unknown")
    return int((~known).sum())
