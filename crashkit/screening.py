"""Ask and run a screening: cut places, score them, keep them apart, rank them, and say the caveats.

Places may overlap while they are cut. The worst site is kept first; what it leaves of the places
it touches is cut and judged again. So no crash is reported at two sites, and no cluster is lost
because a worse one lies beside it.
"""

from __future__ import annotations

import dataclasses
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import dropins, fields, filters, geo, kernels, method, presets, stats
from crashkit.errors import Message, MethodError, counted
from crashkit.filters import Filter
from crashkit.method import Measure, Place
from crashkit.model import (
    SEVERITIES,
    CrashData,
    Finding,
    Period,
    Progress,
    Score,
    Screening,
    ScreeningResult,
    Site,
    no_progress,
)
from crashkit.presets import Preset

Ints = NDArray[np.int64]
Say = Callable[[Message], str]
Scored = tuple[Site, Score]

PEOPLE = {"killed": "n_killed", "injured": "n_injured"}
LOCATED = {
    "coordinates": ("lon", "lat"),
    "chainage": ("road_key", "chainage_km"),
}


@cache
def places() -> dict[str, Place]:
    """Return every way to cut places, by name."""
    return dropins.parts("crashkit.places", "PLACE", Place)


@cache
def measures() -> dict[str, Measure]:
    """Return every measure, by name."""
    return dropins.parts("crashkit.measures", "MEASURE", Measure)


# -------------------------------------------------------------------- the question


def ask(
    preset: Preset, changes: Mapping[str, str] | None = None, chosen: Filter | None = None
) -> Screening:
    """Turn a named rule, with changed parameters and a filter, into a question.

    A change goes to every part of the rule that knows the parameter. Raises MethodError for one
    that none knows, or a value that is not allowed.
    """
    place, measure = _place(preset.place), _measure(preset.measure)
    place_params = _changed(place.params, preset.place_params, changes or {})
    measure_params = _changed(measure.params, preset.measure_params, changes or {})
    known = _names(place.params) + _names(measure.params)
    unknown = [name for name in changes or {} if name not in known]
    if unknown:
        raise MethodError(
            "There is no parameter {name}; known are {known}.",
            name=unknown,
            known=list(dict.fromkeys(known)),
        )
    return Screening(
        preset=preset.id,
        place=place.name,
        measure=measure.name,
        place_params=place_params,
        measure_params=measure_params,
        filter=_both(preset.filter, chosen.query if chosen else {}),
        title=preset.title,
        source=preset.source,
        verified=preset.verified,
    )


def _place(name: str) -> Place:
    if name not in places():
        raise MethodError(
            "There is no place {name}; known are {known}.", name=name, known=[*places()]
        )
    return places()[name]


def _measure(name: str) -> Measure:
    if name not in measures():
        raise MethodError(
            "There is no measure {name}; known are {known}.", name=name, known=[*measures()]
        )
    return measures()[name]


def _names(params: type[Any]) -> list[str]:
    return [item.name for item in dataclasses.fields(params)]


def _changed(
    params: type[Any], given: Mapping[str, Any], changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Return all parameters, checked: defaults, then the preset's, then the user's."""
    mine = {name: value for name, value in changes.items() if name in _names(params)}
    made = method.read(params, {**given, **mine})
    return {name: getattr(made, name) for name in _names(params)}


def _both(rule: Mapping[str, str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Return a filter that keeps what both keep. Raises MethodError when nothing is left."""
    rule = filters.parse(rule).query
    merged = {**rule, **chosen}
    for name in rule.keys() & chosen.keys():
        wanted = [code for code in str(chosen[name]).split(",") if code in rule[name].split(",")]
        if not wanted:
            raise MethodError(
                "The rule looks at {name} = {rule}, the filter keeps {chosen}: nothing is left. "
                "Change the filter or take another rule.",
                name=name,
                rule=rule[name],
                chosen=chosen[name],
            )
        merged[name] = ",".join(wanted)
    return filters.parse(merged).query


def recommended(data: CrashData) -> str:
    """Return the preset that suits what the data have: by km post, or by coordinates."""
    by_road, by_point = _share(data, "chainage"), _share(data, "coordinates")
    return "count_1km" if by_road >= 0.5 or by_road > by_point else "count_circles"


def _share(data: CrashData, need: str) -> float:
    return float(_has(data.crashes, need).mean()) if len(data) else 0.0


def _has(crashes: pd.DataFrame, need: str) -> NDArray[np.bool_]:
    columns = LOCATED[need]
    if not all(name in crashes.columns for name in columns):
        return np.zeros(len(crashes), dtype=bool)
    here = crashes[list(columns)].replace("", None).notna().all(axis=1)
    return here.to_numpy(dtype=bool)


# ---------------------------------------------------------------------- the answer


def run(
    asked: Screening,
    data: CrashData,
    *,
    progress: Progress = no_progress,
    data_version: str = "",
) -> ScreeningResult:
    """Answer a question. Raises MethodError saying what the data lack, Cancelled when stopped."""
    progress(0.0, Message("Choosing the crashes"))
    place, measure = _place(asked.place), _measure(asked.measure)
    place_params = method.read(place.params, asked.place_params)
    measure_params = method.read(measure.params, asked.measure_params)
    _check_fields(asked, data, measure)
    part = _judged(filters.apply(filters.parse(asked.filter), data), asked.measure_params)
    _check_places(asked, part, place)
    progress(0.1, Message("Cutting places"))
    part = geo.labelled(part)
    sites = place.cut(part, place_params)
    progress(0.4, Message("Measuring places"))
    if "family" in _names(measure.params):
        measure_params = replace(measure_params, family=len(sites))

    def again(rest: CrashData) -> list[Scored]:
        found = sites if rest is part else place.cut(rest, place_params)
        return _passed(found, measure.score(found, part, measure_params))

    kept = _apart(again, part, overlaps=place.overlaps, progress=progress)
    progress(0.95, Message("Ranking places"))
    answer = ScreeningResult(
        asked=asked,
        findings=_findings(kept, part),
        compared=len(sites),
        crashes=len(part),
        located=int(_located(part, place).sum()),
        period=part.period,
        data_version=data_version,
    )
    return replace(
        answer, notes=(*_notes(asked, data, answer), *_caveats(measure, part, measure_params))
    )


def _passed(sites: Sequence[Site], scores: Sequence[Score]) -> list[Scored]:
    return [(site, score) for site, score in zip(sites, scores, strict=True) if score.passed]


def _worst_first(scored: Scored) -> tuple[float, int, str, int, float, float, str]:
    site, score = scored
    lon, lat = (value if math.isfinite(value) else 0.0 for value in (site.lon, site.lat))
    return (-score.value, -len(site.crash_ids), site.road, site.from_m or 0, lon, lat, site.id)


def _apart(
    again: Callable[[CrashData], list[Scored]],
    data: CrashData,
    *,
    overlaps: bool,
    progress: Progress,
) -> list[Scored]:
    """Keep the worst sites, cut what is left of those they touch anew, until nothing passes."""
    found = sorted(again(data), key=_worst_first)
    kept: list[Scored] = []
    while found:
        best, left = _split(found) if overlaps else (found, [])
        kept += best
        progress(0.5 + 0.4 * len(kept) / (len(kept) + len(left)), Message("Keeping sites apart"))
        if not left:
            break
        found = sorted(again(_rest(data, kept, left)), key=_worst_first)
    return sorted(kept, key=_worst_first)


def _split(found: list[Scored]) -> tuple[list[Scored], list[Scored]]:
    """Part sites, worst first, into those that share no crash with a worse one, and the others."""
    offsets, members = stats.flatten([site.crash_ids for site, _ in found])
    lowest, highest = int(members.min()), int(members.max())
    free = kernels.keep_apart(offsets, members - lowest, highest - lowest + 1).tolist()
    pairs = list(zip(found, free, strict=True))
    return [one for one, is_free in pairs if is_free], [
        one for one, is_free in pairs if not is_free
    ]


def _rest(data: CrashData, kept: list[Scored], left: list[Scored]) -> CrashData:
    """Return the crashes of the sites that lost some to a worse one, roads broken at the worse."""
    taken = stats.flatten([site.crash_ids for site, _ in kept])[1]
    wanted = stats.flatten([site.crash_ids for site, _ in left])[1]
    ids = data.crashes["id"].to_numpy()
    mask = np.isin(ids, wanted) & ~np.isin(ids, taken)
    crashes = data.crashes[mask]
    broken = _breaks(crashes, [site for site, _ in kept if site.from_m is not None])
    return replace(data, crashes=crashes.assign(**{geo.BROKEN: broken}).reset_index(drop=True))


def _breaks(crashes: pd.DataFrame, kept: list[Site]) -> Ints:
    """Return for each crash how many kept sites lie before it on its road."""
    broken = np.zeros(len(crashes), dtype=np.int64)
    if not kept:
        return broken
    starts = pd.DataFrame({"road": [s.road for s in kept], "at": [s.from_m for s in kept]})
    roads = pd.Index(sorted(set(starts["road"])))
    code = roads.get_indexer(crashes["road_key"].astype(object))
    at_m = np.rint(crashes["chainage_km"].to_numpy(dtype=float) * 1000)
    far = 1e9
    lines = np.sort(roads.get_indexer(starts["road"]) * far + starts["at"].to_numpy(dtype=float))
    passed: Ints = np.searchsorted(lines, code * far + at_m).astype(np.int64)
    return passed


# ------------------------------------------------------------------- the findings


def _findings(kept: list[Scored], data: CrashData) -> tuple[Finding, ...]:
    ranks = stats.competition_ranks(round(score.value, 9) for _, score in kept)
    counts = _counts([site for site, _ in kept], data)
    named = _named([site for site, _ in kept], data)
    return tuple(
        Finding(site, score, rank, count)
        for site, (_, score), rank, count in zip(named, kept, ranks, counts, strict=True)
    )


def _counts(sites: list[Site], data: CrashData) -> list[dict[str, int]]:
    """Return for each site its crashes by severity, and its people killed and injured."""
    crashes = data.crashes.sort_values("id")
    columns: dict[str, NDArray[Any]] = {"crashes": np.ones(len(crashes))}
    if "severity" in crashes.columns:
        severity = crashes["severity"].astype(object).fillna("unknown").to_numpy()
        columns |= {code: severity == code for code in SEVERITIES}
    for name, column in PEOPLE.items():
        if column in crashes.columns:
            columns[name] = crashes[column].fillna(0).to_numpy(dtype=float)
    values = np.column_stack([column.astype(float) for column in columns.values()])
    groups = [site.crash_ids for site in sites]
    sums = stats.sum_groups(groups, crashes["id"].to_numpy(dtype=np.int64), values)
    return [dict(zip(columns, map(int, row), strict=True)) for row in np.rint(sums).tolist()]


def _named(sites: list[Site], data: CrashData) -> list[Site]:
    """Give each site the settlement or district, and the road, that most of its crashes name."""
    crashes = data.crashes.sort_values("id")
    ids = crashes["id"].to_numpy()
    texts = {
        name: crashes[name].astype(object).fillna("").to_numpy()
        for name in ("place", "admin2", "admin1", "road_key")
        if name in crashes.columns
    }
    return [_name(site, np.searchsorted(ids, site.crash_ids), texts) for site in sites]


def _name(site: Site, rows: Ints, texts: Mapping[str, NDArray[Any]]) -> Site:
    common = {name: geo.most_common(column[rows].tolist()) for name, column in texts.items()}
    area = common.get("place") or common.get("admin2") or common.get("admin1") or ""
    return replace(site, place=area, road=site.road or common.get("road_key", ""))


# -------------------------------------------------------- the period of a rule, needs


def _judged(data: CrashData, params: Mapping[str, Any]) -> CrashData:
    """Keep the last years that a rule looks at; other measures look at the whole period."""
    years = int(params.get("period_years", 0))
    if not years:
        return data
    end = (
        _last_whole_year(data.period) if params.get("calendar_years") == "yes" else data.period.end
    )
    start = _years_before(end, years)
    if start <= data.period.start and end == data.period.end:
        return data
    days = pd.to_datetime(data.crashes["crash_date"])
    mask = (days >= pd.Timestamp(start)) & (days <= pd.Timestamp(end))
    return data.keep(mask.to_numpy(dtype=bool), period=data.period.cut(start, end))


def _last_whole_year(period: Period) -> date:
    last = date(period.end.year, 12, 31)
    return last if last == period.end else date(period.end.year - 1, 12, 31)


def _years_before(end: date, years: int) -> date:
    """Return the first day of the period of so many years that ends on `end`."""
    after = date.fromordinal(end.toordinal() + 1)
    day = 28 if (after.month, after.day) == (2, 29) else after.day
    return date(after.year - years, after.month, day)


def _check_fields(asked: Screening, data: CrashData, measure: Measure) -> None:
    """Raise MethodError when the data lack a field that the measure or the rule needs."""
    preset = presets.all_presets().get(asked.preset)
    for name in (*measure.needs, *(preset.needs if preset else ())):
        if fields.has("crash", name) and not _known(data, name):
            raise MethodError(
                "{preset} needs the field {field}, which these data do not have. "
                "Choose another preset, or import files that have it.",
                preset=asked.preset,
                field=Message(fields.get("crash", name).label),
            )


def _check_places(asked: Screening, data: CrashData, place: Place) -> None:
    """Raise MethodError when no crash is left, or none has what the place needs."""
    if not len(data):
        raise MethodError(
            "No crash from {start} to {end} is left to screen. Widen the filter or the period.",
            start=data.period.start,
            end=data.period.end,
        )
    if not _located(data, place).any():
        raise MethodError(
            "{preset} looks along roads, but none of the {crashes} crashes has a road and a km "
            "post. Choose a preset with circles, or import files that have km posts."
            if "chainage" in place.needs
            else "{preset} looks around points, but none of the {crashes} crashes has coordinates. "
            "Choose a preset along roads, or import files that have coordinates.",
            crashes=len(data),
            preset=asked.preset,
        )


def _known(data: CrashData, column: str) -> bool:
    if not data.has(column):
        return False
    return bool((data.crashes[column].astype(object).fillna("unknown") != "unknown").any())


def _located(data: CrashData, place: Place) -> NDArray[np.bool_]:
    found = np.ones(len(data), dtype=bool)
    for need in place.needs:
        if need in LOCATED:
            found &= _has(data.crashes, need)
    return found


# -------------------------------------------------------------------------- notes


def _notes(asked: Screening, data: CrashData, answer: ScreeningResult) -> Iterator[Message]:
    """Say what a reader must know to judge the list."""
    preset = presets.all_presets().get(asked.preset)
    yield Message(
        "Places compared: {compared}; listed: {kept}. Some of them stand out by chance.",
        {"compared": answer.compared, "kept": len(answer.findings)},
    )
    yield from _period_notes(asked, answer.period)
    yield from _left_out(asked, data, answer)
    yield from _accuracy(asked, data)
    yield from _settings(asked, data)
    yield from _provinces(asked, data)
    yield from _stacked(data, answer)
    if preset:
        yield from _standing(preset, answer.period)
        yield from map(Message, preset.notes)


def _period_notes(asked: Screening, period: Period) -> Iterator[Message]:
    yield Message(
        "Crashes from {start} to {end} are counted.", {"start": period.start, "end": period.end}
    )
    years = asked.measure_params.get("period_years", 0)
    if period.years < years - 0.01:
        yield Message(
            "The rule looks at {years} years, but the data cover only {covered}: places that meet "
            "the rule may be missing.",
            {"years": f"{years:g}", "covered": period.years},
        )


def _left_out(asked: Screening, data: CrashData, answer: ScreeningResult) -> Iterator[Message]:
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
    if "severity" in asked.filter and "unknown" not in asked.filter["severity"] and unknown:
        yield counted(
            "One crash of unknown severity is not counted.",
            "{n} crashes of unknown severity are not counted.",
            unknown,
        )


def _accuracy(asked: Screening, data: CrashData) -> Iterator[Message]:
    """Warn of places that are narrower than the error of the locations."""
    widths = [asked.place_params.get("length_m"), asked.place_params.get("urban_length_m")]
    radii = [asked.place_params.get("radius_m"), asked.place_params.get("urban_radius_m")]
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
    apart = any(asked.place_params.get(f"urban_{name}_m") for name in ("length", "radius"))
    unknown = _unknown(data, "area_type") if apart else 0
    if unknown:
        yield counted(
            "One crash without a known setting is judged as outside built-up areas.",
            "{n} crashes without a known setting are judged as outside built-up areas.",
            unknown,
        )


def _provinces(asked: Screening, data: CrashData) -> Iterator[Message]:
    """Say which roads were looked at province by province."""
    roads = geo.starting_anew(data) if "chainage" in _place(asked.place).needs else []
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


def _caveats(measure: Measure, data: CrashData, params: Any) -> tuple[Message, ...]:
    """Return the doubts that a measure itself has about the data, if its module says any."""
    say = getattr(sys.modules[measure.score.__module__], "caveats", None)
    return tuple(say(data, params)) if say else ()


def _standing(preset: Preset, period: Period) -> Iterator[Message]:
    if preset.country and not preset.verified:
        yield Message("Nobody has yet checked the numbers of this rule against its source.")
    if not preset.holds_on(period.end):
        yield Message(
            "This rule was not in force on {day}, when the data end.", {"day": period.end}
        )


def _unknown(data: CrashData, name: str) -> int:
    """Return how many crashes have no known value of a coded field."""
    if name not in data.crashes.columns:
        return len(data)
    known = data.crashes[name].notna() & (data.crashes[name] != "unknown")
    return int((~known).sum())


# ------------------------------------------------------------------------ documents


def as_rows(result: ScreeningResult, say: Say) -> list[dict[str, Any]]:
    """Return the sites as plain rows, worst first; numbers that are not known are None."""
    return [_row(finding, say) for finding in result.findings]


def _row(finding: Finding, say: Say) -> dict[str, Any]:
    site, score = finding.site, finding.score
    return {
        "rank": finding.rank,
        "id": site.id,
        "place": site.place,
        "lon": _plain(site.lon, 6),
        "lat": _plain(site.lat, 6),
        "road": site.road or None,
        "from_km": None if site.from_m is None else site.from_m / 1000,
        "to_km": None if site.to_m is None else site.to_m / 1000,
        "counts": dict(finding.counts),
        "score": _plain(score.value, 6),
        "expected": _plain(score.detail.get("expected"), 6),
        "low": _plain(score.detail.get("low"), 6),
        "high": _plain(score.detail.get("high"), 6),
        "p": None if "p" not in score.detail else float(f"{score.detail['p']:.6g}"),
        "rule": None if score.reason is None else say(score.reason),
    }


def _plain(value: float | None, digits: int) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), digits)


def as_document(result: ScreeningResult, say: Say) -> dict[str, Any]:
    """Return the one JSON document that command, page and file share (docs/schema/screen.json)."""
    return {
        "preset": result.asked.preset,
        "place": result.asked.place,
        "measure": result.asked.measure,
        "data_version": result.data_version,
        "period": {
            "from": result.period.start.isoformat(),
            "to": result.period.end.isoformat(),
        },
        "compared": result.compared,
        "notes": [say(note) for note in result.notes],
        "sites": as_rows(result, say),
    }


def as_geojson(result: ScreeningResult, say: Say) -> dict[str, Any]:
    """Return the sites as GeoJSON points (WGS 84); a site without coordinates has no geometry."""
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "id": row["id"], "geometry": _point(row), "properties": row}
            for row in as_rows(result, say)
        ],
    }


def _point(row: Mapping[str, Any]) -> dict[str, Any] | None:
    if row["lon"] is None or row["lat"] is None:
        return None
    return {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
