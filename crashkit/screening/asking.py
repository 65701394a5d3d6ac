"""Turn a named rule into a question, and check that data can answer it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import fields, filters, method, presets
from crashkit.errors import Message, MethodError
from crashkit.filters import Filter
from crashkit.method import Measure, Place
from crashkit.model import (
    CrashData,
    Period,
    Screening,
)
from crashkit.presets import Preset
from crashkit.roads.placing import Placed
from crashkit.screening import parts
from crashkit.sites import Sites

MOST_PARTS, MOST_CONDITIONS = 10, 20
"""A rule with more parts, or more conditions in one of them, is no rule that people can check."""


def ask(
    preset: Preset,
    changes: Mapping[str, str] | None = None,
    chosen: Filter | None = None,
    *,
    known: Mapping[str, Preset] | None = None,
) -> Screening:
    """Turn a named rule, with changed parameters and a filter, into a question.

    A change goes to everything in the rule that knows the parameter, or, by the name
    "part.parameter", to one part of it. `known` are the rules that parts are looked for among;
    those that are shipped unless told. Raises MethodError for a change that nothing knows, for a
    value that is not allowed, and for parts that cannot be answered as one.
    """
    changes = changes or {}
    names = _parameters(preset, known)
    unknown = [name for name in changes if name not in names]
    if unknown:
        raise MethodError(
            "There is no parameter {name}; known are {known}.", name=unknown, known=names
        )
    told = Screening(
        preset=preset.id,
        place=preset.place,
        measure=preset.measure,
        place_params={},
        measure_params={},
        filter=_both(preset.filter, chosen.query if chosen else {}),
        title=preset.title,
        source=preset.source,
        verified=preset.verified,
        setting=preset.setting,
        country=preset.country,
        needs=preset.needs,
        notes=preset.notes,
        valid_from=preset.valid_from,
        valid_to=preset.valid_to,
    )
    if preset.parts:
        asked = (
            ask(part, _for_part(part, changes, known), chosen) for part in parts_of(preset, known)
        )
        # What the whole needs, each of its parts needs: only these are asked of the data.
        needs = tuple(replace(one, needs=(*preset.needs, *one.needs)) for one in asked)
        return replace(told, parts=needs)
    place, measure = parts.place_named(preset.place), parts.measure_named(preset.measure)
    return replace(
        told,
        place_params=_changed(place.params, preset.place_params, changes),
        measure_params=_changed(measure.params, preset.measure_params, changes),
    )


def parts_of(preset: Preset, known: Mapping[str, Preset] | None = None) -> tuple[Preset, ...]:
    """Return the parts of a rule. Raises MethodError for parts that cannot be answered as one."""
    among = dict(presets.all_presets() if known is None else known)
    among |= {one.id: one for one in preset.inside}
    missing = [name for name in preset.parts if name not in among]
    if missing:
        raise MethodError(
            "{preset} is made of parts that are not there: {missing}.",
            preset=preset.id,
            missing=missing,
        )
    found = tuple(among[name] for name in preset.parts)
    nested = [one.id for one in found if one.parts]
    if nested:
        raise MethodError(
            "{preset} has parts that have parts themselves: {nested}. Name these one by one.",
            preset=preset.id,
            nested=nested,
        )
    targets = {parts.measure_named(one.measure).target for one in found}
    if len(targets) > 1:
        raise MethodError(
            "{preset} has parts that measure different things, so their sites cannot stand in one "
            "ranking.",
            preset=preset.id,
        )
    return found


def _parameters(preset: Preset, known: Mapping[str, Preset] | None) -> list[str]:
    """Return the names of all that can be changed in a rule, those of its parts with its id."""
    if not preset.parts:
        place, measure = parts.place_named(preset.place), parts.measure_named(preset.measure)
        return [*dict.fromkeys(parts.names(place.params) + parts.names(measure.params))]
    inside = {one.id: _parameters(one, known) for one in parts_of(preset, known)}
    bare = dict.fromkeys(name for names in inside.values() for name in names)
    return [*bare, *(f"{id_}.{name}" for id_, names in inside.items() for name in names)]


def _for_part(
    part: Preset, changes: Mapping[str, str], known: Mapping[str, Preset] | None
) -> dict[str, str]:
    """Return the changes that concern a part; one that names the part goes before one for all."""
    names, own = _parameters(part, known), f"{part.id}."
    everywhere = {name: value for name, value in changes.items() if name in names}
    here = {
        name.removeprefix(own): value for name, value in changes.items() if name.startswith(own)
    }
    return everywhere | here


def check(preset: Preset, *, known: Mapping[str, Preset] | None = None) -> None:
    """Raise MethodError, or FilterError, where a rule names what is not there or not allowed."""
    asked = ask(preset, known=known)
    most = max(len(one.measure_params.get("rules", ())) for one in asked.each)
    if len(asked.parts) > MOST_PARTS or most > MOST_CONDITIONS:
        raise MethodError(
            "{preset} has {parts} parts and up to {conditions} conditions; at most {most_parts} "
            "and {most_conditions} can be read by a person.",
            preset=preset.id,
            parts=len(asked.parts),
            conditions=most,
            most_parts=MOST_PARTS,
            most_conditions=MOST_CONDITIONS,
        )
    for name in dict.fromkeys(name for one in asked.each for name in one.needs):
        if not fields.has("crash", name):
            raise MethodError(
                "{preset} needs the field {field}, which the data dictionary does not have.",
                preset=preset.id,
                field=name,
            )
    if preset.valid_from and preset.valid_to and preset.valid_from > preset.valid_to:
        raise MethodError(
            "{preset} ends on {end}, before it begins on {start}.",
            preset=preset.id,
            start=preset.valid_from,
            end=preset.valid_to,
        )


def in_force(asked: Screening, data: CrashData, *, on: date | None = None) -> Screening:
    """Return the question by the version of its rule that is in force `on` a day.

    Unless told, that is the day when its crashes end: where the filter keeps only early years, the
    end of these. A rule whose numbers somebody changed is theirs and stays; so does one without
    such a version.
    """
    rule = presets.all_presets().get(asked.preset)
    if rule is None or (rule.valid_from is None and rule.valid_to is None):
        return asked
    day = on or last_day(asked, data)
    if rule.holds_on(day):
        return asked
    chosen = filters.parse({k: v for k, v in asked.filter.items() if rule.filter.get(k) != v})
    among = presets.versions(rule, presets.all_presets())
    then = next((one for one in among if one.holds_on(day)), None)
    if then is None or asked != ask(rule, {}, chosen):
        return asked
    return ask(then, {}, chosen)


def last_day(asked: Screening, data: CrashData) -> date:
    """Return the day on which the crashes of a question end, by its filter."""
    return filters.apply(filters.parse(asked.filter), data).period.end


def _changed(
    params: type[Any], given: Mapping[str, Any], changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Return all parameters, checked: defaults, then the preset's, then the user's."""
    mine = {name: value for name, value in changes.items() if name in parts.names(params)}
    made = method.read(params, {**given, **mine})
    return {name: getattr(made, name) for name in parts.names(params)}


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


def judged(data: CrashData, params: Mapping[str, Any]) -> CrashData:
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


def check_fields(asked: Screening, data: CrashData, measure: Measure) -> None:
    """Raise MethodError when the data lack a field that the measure or the rule needs."""
    for name in (*measure.needs, *asked.needs):
        # Traffic is that of the places, and is looked at when these are cut.
        if name != "aadt" and fields.has("crash", name) and not parts.known(data, name):
            raise MethodError(
                "{preset} needs the field {field}, which these data do not have. "
                "Choose another preset, or import files that have it.",
                preset=asked.preset,
                field=Message(fields.get("crash", name).label),
            )


def check_traffic(asked: Screening, measure: Measure, sites: Sites) -> None:
    """Raise MethodError when a measure needs traffic and no place has any."""
    if "aadt" in measure.needs and not (sites.numbers("aadt") > 0).any():
        raise MethodError(
            "{preset} divides by traffic, and none of the {places} places has a known AADT. Import "
            "a network of roads with AADT, or choose a preset that does not need it.",
            preset=asked.preset or measure.name,
            places=len(sites),
        )


def unanswerable(
    data: CrashData, roads: Placed | None = None, *, known: Mapping[str, Preset] | None = None
) -> dict[str, Message]:
    """Return the rules that these data cannot answer, by id, each with the reason.

    `known` are the rules that are looked at; those that are shipped unless told.
    """
    placed = {
        name: bool(parts.located(data, place, roads).any())
        for name, place in parts.places().items()
    }
    found = {}
    for id_, preset in (presets.all_presets() if known is None else known).items():
        reasons = [_reason(one, data, roads, placed) for one in ask(preset).each]
        # A rule of parts is answered as far as one of them can be.
        if all(reasons):
            found[id_] = reasons[0]
    return {id_: why for id_, why in found.items() if why}


def _reason(
    asked: Screening, data: CrashData, roads: Placed | None, placed: Mapping[str, bool]
) -> Message | None:
    """Return why a question cannot be answered; `placed` says which places have any crash."""
    try:
        check_fields(asked, data, parts.measure_named(asked.measure))
        if not placed[asked.place]:
            check_places(asked, data, parts.place_named(asked.place), roads)
    except MethodError as error:
        return error.message
    return None


def is_in_setting(asked: Screening, data: CrashData) -> NDArray[np.bool_]:
    """Say of each crash whether a part looks at it, by where it holds: in town, in the country.

    A crash without a known setting is judged as outside built-up areas.
    """
    if asked.setting not in ("town", "country"):
        return np.ones(len(data), dtype=bool)
    urban = np.zeros(len(data), dtype=bool)
    if data.has("area_type"):
        urban = (data.crashes["area_type"] == "urban").fillna(False).to_numpy(dtype=bool)
    return urban if asked.setting == "town" else ~urban


def in_setting(asked: Screening, data: CrashData) -> CrashData:
    """Keep the crashes in town, or in the country, of a part that holds there.

    Raises MethodError where there is no crash there.
    """
    if asked.setting not in ("town", "country"):
        return data
    here = data.keep(is_in_setting(asked, data))
    if len(data) and not len(here):
        raise MethodError(
            "It looks at crashes inside built-up areas, and there are none."
            if asked.setting == "town"
            else "It looks at crashes outside built-up areas, and there are none."
        )
    return here


def looked_at(asked: Screening, data: CrashData) -> CrashData:
    """Return the crashes that any part of a question looks at: by filter, years and setting."""
    found = np.zeros(len(data), dtype=bool)
    for one in asked.each:
        part = judged(filters.apply(filters.parse(one.filter), data), one.measure_params)
        ids = part.crash_ids[is_in_setting(one, part)]
        found |= np.isin(data.crash_ids, ids)
    return data.keep(found)


def check_places(
    asked: Screening, data: CrashData, place: Place, roads: Placed | None = None
) -> None:
    """Raise MethodError when no crash is left, none has what the place needs, or roads lack."""
    if not len(data):
        raise MethodError(
            "No crash from {start} to {end} is left to screen. Widen the filter or the period.",
            start=data.period.start,
            end=data.period.end,
        )
    if "areas" in place.needs and not data.layers.get("areas"):
        raise MethodError(
            "{preset} looks at areas, and this data set has no layer “areas”. Add one to its "
            "layers, or choose another preset.",
            preset=asked.preset or place.name,
        )
    if "corridors" in place.needs and roads is not None and not roads.corridors:
        raise MethodError(
            "{preset} looks at corridors, and none is told for this network. Tell them with: "
            "crashkit roads corridors NETWORK FILE",
            preset=asked.preset or place.name,
        )
    if "nominated" in place.needs and not _proposed(asked, data):
        raise MethodError(
            "{preset} looks at sites of the register, and this data set has none that it could "
            "look at. Propose a site, or choose another preset.",
            preset=asked.preset or place.name,
        )
    lacking = parts.lacking(place, roads)
    if lacking:
        raise MethodError(
            "{preset} looks along the links of a network of roads, and none is known for these "
            "data. Import a road layer, or choose another preset."
            if lacking == "roads"
            else "{preset} looks at junctions, and none is known for these data. Import a road "
            "layer or a layer of junctions, or choose another preset.",
            preset=asked.preset or place.name,
        )
    if not parts.located(data, place, roads).any():
        if parts.on_roads(place):
            raise MethodError(
                "{preset} looks at roads, but none of the {crashes} crashes lies on one.",
                crashes=len(data),
                preset=asked.preset or place.name,
            )
        raise MethodError(
            "{preset} looks along roads, but none of the {crashes} crashes has a road and a km "
            "post. Choose a preset with circles, or import files that have km posts."
            if "chainage" in place.needs
            else "{preset} looks around points, but none of the {crashes} crashes has coordinates. "
            "Choose a preset along roads, or import files that have coordinates.",
            crashes=len(data),
            preset=asked.preset,
        )


def _proposed(asked: Screening, data: CrashData) -> bool:
    """Say whether the register has an open site of the kind that is asked for."""
    features = (data.layers.get("sites") or {}).get("features", ())
    wanted = asked.place_params.get("which", "open")
    return any(wanted in ("open", one["properties"]["origin"]) for one in features)
