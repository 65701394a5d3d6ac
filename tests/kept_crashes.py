"""Crashes kept for tests of pages: a road with two clusters, thin data, and a search in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import batches
import pandas as pd

from crashkit.store import Store

SEVERITIES = ("fatal", "serious", "slight", "slight")


def keep(
    store: Store,
    rows: Iterable[Mapping[str, Any]],
    name: str = "mine",
    *,
    keys: Sequence[str] = (),
    **more: Any,
) -> None:
    """Keep crashes, one a row, under the names of the dictionary; `more` changes the batch."""
    frame = pd.DataFrame([dict(row) for row in rows])
    keys = keys or [str(number) for number in range(1, len(frame) + 1)]
    frame.insert(0, "crash_key", keys)
    if "crash_date" not in frame.columns:
        frame["crash_date"] = "2021-02-03"
    none = {"vehicles": batches.members((), 0, "unit_no"), "people": batches.members((), 0, "n")}
    found = {**none, "ledger": batches.plain_ledger(len(frame)), "crashes": frame, **more}
    store.save_import(name, batches.batch(*keys, **found))


def road() -> list[dict[str, Any]]:
    """Twelve crashes within 550 m of M39, five more 20 km on, seven far from all others."""
    stations_km = [
        *(10 + i * 0.05 for i in range(12)),
        *(30 + i * 0.1 for i in range(5)),
        *(50 + i * 5 for i in range(7)),
    ]
    return [_crash(i, station_km) for i, station_km in enumerate(stations_km)]


def _crash(i: int, station_km: float) -> dict[str, Any]:
    severity = SEVERITIES[i % 4]
    return {
        "crash_id": f"C-{i + 1:03d}",
        "crash_date": f"{2020 + i % 3}-0{1 + i % 9}-1{i % 7}",
        "crash_time": f"{(7 * i) % 24:02d}:30",
        "severity": severity,
        "n_killed": int(severity == "fatal"),
        "n_serious": int(severity == "serious"),
        "n_slight": int(severity == "slight"),
        "road_key": "M39",
        "road_number": "M39",
        "chainage_km": round(station_km, 3),
        "lon": 69 + station_km / 100,
        "lat": 41.0,
        "place": "<b>Aksu</b>" if i < 12 else "Karasu",
        "crash_type": "pedestrian" if i % 3 else "vehicle_vehicle",
        "light": "dark_none" if i % 5 == 0 else "day",
    }


def thin() -> list[dict[str, Any]]:
    """The same crashes as a source tells them that writes date, road and km post only."""
    return [
        {name: row[name] for name in ("crash_date", "road_key", "chainage_km")} for row in road()
    ]


def points() -> list[dict[str, Any]]:
    """The same crashes as a source tells them that writes month, severity and place only."""
    names = ("crash_date", "severity", "lon", "lat")
    return [{**{name: row[name] for name in names}, "date_precision": "month"} for row in road()]


def search(
    person: Any, preset: str = "count_1km", words: str = "", *, name: str = "mine", **changes: str
) -> str:
    """Let a person search for blackspots by the form; return the address of the list."""
    form = {"preset": preset, **{f"set-{key}": value for key, value in changes.items()}}
    answer = person.send(f"/d/{name}/blackspots{words}", form)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return finish(person, answer)


def finish(person: Any, answer: Any) -> str:
    """Let a worker do the job that a form started; return the page it leads to."""
    person.work()
    job = person.board.get(answer.headers["Location"].rpartition("/")[2])
    assert job.state == "done", job.error
    page: str = job.result["page"]
    return page
