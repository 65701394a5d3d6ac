"""The form of one crash, made from the data dictionary: its questions and their answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from crashkit import api

Place = tuple[str, int, str]
"""Table, number of the row (0 for the crash), field."""

GROUPS: Mapping[str, tuple[api.Message, tuple[str, ...]]] = {
    "when": (
        api.Message("When"),
        (
            *("crash_date", "date_precision", "crash_time", "time_precision"),
            *("year", "month", "weekday", "hour", "date_calendar"),
        ),
    ),
    "where": (
        api.Message("Where"),
        (
            *("location_kind", "location_flag", "lat", "lon", "coord_source", "coord_accuracy_m"),
            *("road_number", "road_name", "road_key", "chainage_km", "chainage_accuracy_m"),
            *("direction", "admin1", "admin2", "place", "area_type"),
        ),
    ),
    "harm": (
        api.Message("Who was hurt"),
        (
            *("severity", "n_killed", "n_serious", "n_slight", "n_injured"),
            *("n_vehicles", "n_persons", "killed_definition"),
        ),
    ),
    "course": (
        api.Message("What happened"),
        (
            *("crash_type", "collision_manner", "main_cause", "hit_and_run"),
            *("pedestrian_involved", "cyclist_involved", "motorcycle_involved"),
            "heavy_vehicle_involved",
        ),
    ),
    "conditions": (
        api.Message("Light, weather and road surface"),
        ("light", "weather", "surface_condition"),
    ),
    "road": (
        api.Message("The road"),
        (
            *("road_class", "carriageway", "n_lanes", "width_m", "speed_limit", "surface_type"),
            *("junction", "junction_control", "curve", "grade", "ped_facility", "road_defects"),
            *("work_zone", "official_blackspot", "aadt"),
        ),
    ),
    "record": (
        api.Message("About the record"),
        ("crash_id", "source_id", "country", "report_date", "entry_date"),
    ),
}
"""The fields of a crash as a reader looks for them; what stands in none comes at the end."""

OTHERS = api.Message("Other fields")
KINDS = {"int": "number", "float": "number", "date": "date", "codes": "checks"}
"""How a field is asked, by its type."""

IN_A_MENU = ("code", "yes_no")
COUNTED = ("persons", "vehicles", "lanes")
"""Units that the label of their field says already."""


class Values(Protocol):
    """What was sent with a form."""

    def getlist(self, key: str) -> list[str]:
        """Return all values of a name."""

    def __contains__(self, key: object) -> bool: ...


@dataclass(frozen=True)
class Question:
    """One field to fill in: its name in the form, how it is asked, what stands in it."""

    name: str
    field: api.Field
    kind: str
    words: str
    choices: tuple[tuple[str, api.Message], ...]
    wrong: api.Message | None = None
    needed: bool = False

    @property
    def unit(self) -> str:
        """The unit as it stands behind the label; "" for none."""
        return unit_of(self.field)

    @property
    def ticked(self) -> tuple[str, ...]:
        """The codes that stand in a field of several."""
        return tuple(self.words.split("|"))


def unit_of(field: api.Field) -> str:
    """Return the unit of a field where it needs one beside its label."""
    return "" if field.unit in COUNTED else field.unit


def grouped(names: Iterable[str]) -> list[tuple[str, api.Message, list[str]]]:
    """Sort fields of a crash into groups: key, title, fields; groups without any are left out."""
    left = list(names)
    found = []
    for key, (title, wanted) in GROUPS.items():
        mine = [name for name in wanted if name in left]
        left = [name for name in left if name not in mine]
        found.append((key, title, mine))
    return [one for one in (*found, ("others", OTHERS, left)) if one[2]]


def questions(
    table: str,
    n: int,
    fields: Sequence[api.Field],
    words: Mapping[str, str],
    wrong: Mapping[Place, api.Message],
) -> dict[str, Question]:
    """Return the questions to a crash, a vehicle or a person, by field."""
    return {
        field.name: Question(
            name=_name((table, n, field.name)),
            field=field,
            kind="menu" if field.type in IN_A_MENU else KINDS.get(field.type, "text"),
            words=words.get(field.name, ""),
            choices=api.field_choices(field),
            wrong=wrong.get((table, n, field.name)),
            needed=field.name in ("crash_id", "crash_date"),
        )
        for field in fields
    }


def said(form: Values, places: Iterable[Place]) -> dict[Place, str]:
    """Read what was said of these fields and of no others; several ticks are one value."""
    return {
        place: "|".join(filter(None, form.getlist(_name(place))))
        for place in places
        if _name(place) in form
    }


def _name(place: Place) -> str:
    table, n, name = place
    return f"{table}-{n}-{name}"


def words_of(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of a row as they are typed."""
    return {name: api.field_word(value) for name, value in row.items()}
