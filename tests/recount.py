"""Counts of the real sources, made by plain readers that know nothing of the importer.

Only `csv.DictReader` and arithmetic: what an import must give is worked out here a second time,
so a fault of the importer and a fault of its test do not hide each other. The files lie beside the
project and are never copied into it.
"""

from __future__ import annotations

import bz2
import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from pyproj import Geod, Transformer
from scipy.spatial import cKDTree

GEOD = Geod(ellps="WGS84")
DATA = Path(__file__).parents[2] / "shared" / "data"
Row = Mapping[str, str]


@dataclass(frozen=True)
class Recount:
    """What a right import of a source gives."""

    rows: Mapping[str, int]
    crash_ids: frozenset[str]
    vehicles: int
    people: int
    located: int
    by_severity: Mapping[str, int]
    killed: int | None = None
    serious: int | None = None
    slight: int | None = None
    injured: int | None = None
    flags: Mapping[str, int] = field(default_factory=dict)
    first: str = ""
    last: str = ""

    @property
    def total(self) -> int:
        """Rows of all files."""
        return sum(self.rows.values())


def paths(folder: str, *names: str) -> list[Path]:
    """Return files of a source; skip the test where they are not on this machine."""
    if not DATA.is_dir():
        pytest.skip(f"The real data sets are not here: there is no folder {DATA}.")
    return [DATA / folder / name for name in names]


def content(path: Path) -> bytes:
    """Return a file as its publisher made it, unpacked where it is kept packed."""
    return bz2.decompress(path.read_bytes()) if path.suffix == ".bz2" else path.read_bytes()


def rows(path: Path, *, encoding: str = "utf-8", delimiter: str = ",") -> list[dict[str, str]]:
    """Read a file, every cell as text."""
    text = io.StringIO(content(path).decode(encoding), newline="")
    return list(csv.DictReader(text, delimiter=delimiter))


# -------------------------------------------------------------- Manchester

MANCHESTER = "STATS19_road_casualties_2019-Jun2024.csv"


def manchester_by_year() -> dict[str, tuple[int, int, int]]:
    """Count the casualties of each year: killed, seriously and slightly injured."""
    (path,) = paths("uk_stats19_manchester", MANCHESTER)
    found = Counter((row["year"], row["casualty_severity"]) for row in rows(path))
    years = sorted({year for year, _ in found})
    kinds = ("Fatal", "Serious", "Slight")
    return {year: (*(found[year, kind] for kind in kinds),) for year in years}  # type: ignore[misc]


def uk_stats19_manchester() -> Recount:
    """Casualties collapse to crashes by AREFNO; the worst casualty is the crash."""
    (path,) = paths("uk_stats19_manchester", MANCHESTER)
    casualties = rows(path)
    crashes = {row["AREFNO"]: row for row in casualties}
    hurt = Counter(row["casualty_severity"] for row in casualties)
    return Recount(
        rows={path.name: len(casualties)},
        crash_ids=frozenset(crashes),
        vehicles=sum(int(row["number_vehicles"]) for row in crashes.values()),
        people=len(casualties),
        located=sum(bool(row["lat"] and row["lon"]) for row in crashes.values()),
        by_severity=_in_our_words(crashes.values(), "collision_severity"),
        killed=hurt["Fatal"],
        serious=hurt["Serious"],
        slight=hurt["Slight"],
        injured=hurt["Serious"] + hurt["Slight"],
        flags={
            "pedestrian_involved": _with(casualties, "AREFNO", "mode", "Pedestrian"),
            "cyclist_involved": _with(casualties, "AREFNO", "mode", "Pedal Cycle"),
            "motorcycle_involved": _with(casualties, "AREFNO", "mode", "Powered 2 Wheeler"),
            "heavy_vehicle_involved": _with(
                casualties, "AREFNO", "mode", "Goods Vehicle", "Bus or Coach", "Tram"
            ),
        },
        first=min(row["date"] for row in casualties),
        last=max(row["date"] for row in casualties),
    )


# ---------------------------------------------------------------- dtp-stat

DTPSTAT = ("sample_accidents.csv", "sample_vehicles.csv", "sample_participants.csv")
WHOLE_DEGREES = re.compile(r"-?\d+(\.\d)?")
"""At most one decimal: a point of a grid of kilometres, not a place."""
FAR_OUTSIDE = ("2000855", "1826012")
EXCHANGED = "1948003"
"""Its axes are exchanged; without the word of the user it has no point."""
"""The source's own list of defects: Nizhny Novgorod in Arabia, Dagestan in Turkey."""


def ru_dtpstat_csv() -> Recount:
    """Three tables; killed and injured are those of the crash table."""
    accidents, vehicles, participants = (
        (path, rows(path)) for path in paths("ru_dtpstat_sample", *DTPSTAT)
    )
    crashes = accidents[1]
    return Recount(
        rows={path.name: len(found) for path, found in (accidents, vehicles, participants)},
        crash_ids=frozenset(row["id"] for row in crashes),
        vehicles=len(vehicles[1]),
        people=len(participants[1]),
        located=sum(dtpstat_has_point(row) for row in crashes),
        by_severity=_in_our_words(crashes, "severity"),
        killed=sum(int(row["dead_count"]) for row in crashes),
        injured=sum(int(row["injured_count"]) for row in crashes),
        first=min(row["datetime"] for row in crashes)[:10],
        last=max(row["datetime"] for row in crashes)[:10],
    )


def dtpstat_has_point(row: Row) -> bool:
    """A point finer than kilometres that does not lie far outside its region."""
    lat, lon = row["latitude"], row["longitude"]
    whole = WHOLE_DEGREES.fullmatch(lat) and WHOLE_DEGREES.fullmatch(lon)
    return bool(lat and lon and not whole) and row["id"] not in (*FAR_OUTSIDE, EXCHANGED)


# -------------------------------------------------------------------- BAAC

BAAC = ("caracteristiques_2013.csv", "lieux_2013.csv", "vehicules_2013.csv")


BAAC_TWO_WHEELS = ("02", "30", "31", "32", "33", "34")
BAAC_HEAVY = ("13", "14", "15", "16", "17", "37", "38", "40")


def fr_baac_2013() -> Recount:
    """Two tables of one row a crash, and the vehicles; nobody's injury is in them."""
    files = paths("fr_baac", *BAAC)
    crashes, places, vehicles = (rows(path, encoding="iso-8859-1") for path in files)
    hit = {row["Num_Acc"] for row in vehicles if row["obsm"] == "1"}
    days = [f"20{row['an']}-{int(row['mois']):02}-{int(row['jour']):02}" for row in crashes]
    return Recount(
        rows={
            path.name: len(found)
            for path, found in zip(files, (crashes, places, vehicles), strict=True)
        },
        crash_ids=frozenset(row["Num_Acc"] for row in crashes),
        vehicles=len(vehicles),
        people=0,
        located=sum(baac_has_point(row) for row in crashes),
        by_severity={"unknown": len(crashes)},
        flags={
            "pedestrian_involved": len(hit),
            "cyclist_involved": _with(vehicles, "Num_Acc", "catv", "01"),
            "motorcycle_involved": _with(vehicles, "Num_Acc", "catv", *BAAC_TWO_WHEELS),
            "heavy_vehicle_involved": _with(vehicles, "Num_Acc", "catv", *BAAC_HEAVY),
        },
        first=min(days),
        last=max(days),
    )


def baac_has_point(row: Row) -> bool:
    """Both coordinates are there and not zero, and they lie in the territory of the gps letter.

    The three rows of La Reunion (gps R, about 21 degrees south, 55 east) lie elsewhere.
    """
    there = row["lat"] and row["long"] and int(row["lat"]) and int(row["long"])
    return bool(there) and row["gps"] == "M"


def baac_has_post(row: Row) -> bool:
    """Both parts of the post are there; 0 + 0 may mean that it is not known."""
    return bool(row["pr"] and row["pr1"]) and (float(row["pr"]), float(row["pr1"])) != (0, 0)


# ------------------------------------------------------------- Unfallatlas

UNFALLATLAS = "regensburg_data.csv"


def de_unfallatlas() -> Recount:
    """One row a crash; kinds of road user by flag, nothing about vehicles or people."""
    (path,) = paths("de_unfallatlas", UNFALLATLAS)
    crashes = rows(path, delimiter=";")
    months = [f"{row['year']}-{int(row['month']):02}" for row in crashes]
    return Recount(
        rows={path.name: len(crashes)},
        crash_ids=frozenset(row["id"] for row in crashes),
        vehicles=0,
        people=0,
        located=sum(bool(row["lat"] and row["lng"]) for row in crashes),
        by_severity=_in_our_words(crashes, "severity"),
        flags={
            "pedestrian_involved": _true(crashes, "pedestrian"),
            "cyclist_involved": _true(crashes, "bicycle"),
            "motorcycle_involved": _true(crashes, "bike"),
            "heavy_vehicle_involved": _true(crashes, "truck"),
        },
        first=min(months),
        last=max(months),
    )


# ----------------------------------------------------------------- Montana

MONTANA = tuple(f"{name}-crashes.csv" for name in ("I-15", "US-2", "MT-200", "MT-83", "MT-59"))
MONTANA_BOX = {"LATITUDE": (44.3, 49.1), "LONGITUDE": (-116.1, -104.0)}


def us_montana() -> Recount:
    """Five files of one layout; every crash has a post, two of three a point."""
    found = {path.name: rows(path) for path in paths("us_montana", *MONTANA)}
    crashes = [row for table in found.values() for row in table]
    years = [row["CRASH_YEAR"] for row in crashes]
    return Recount(
        rows={name: len(table) for name, table in found.items()},
        crash_ids=frozenset(),
        vehicles=0,
        people=0,
        located=sum(montana_has_point(row) for row in crashes),
        by_severity={"unknown": len(crashes)},
        first=min(years),
        last=max(years),
    )


MONTANA_TRAFFIC = "TYC_2022.csv"


def montana_miles(post: str) -> Fraction:
    """Read "245+1.031" exactly."""
    whole, beyond = post.split("+")
    return Fraction(whole) + Fraction(beyond)


def montana_aadt() -> list[tuple[Row, Row]]:
    """Return each crash with each row of the traffic file whose stretch it lies on.

    A stretch has its begin; its end belongs to the next. No crash lies on the end of a road.
    """
    (path,) = paths("us_montana", MONTANA_TRAFFIC)
    stretches: dict[str, list[tuple[Fraction, Fraction, Row]]] = {}
    for row in rows(path):
        ends = montana_miles(row["CORR_MP"]), montana_miles(row["CORR_ENDMP"])
        stretches.setdefault(row["CORR_ID"], []).append((*ends, row))
    crashes = [row for path in paths("us_montana", *MONTANA) for row in rows(path)]
    return [
        (crash, row)
        for crash, at in ((one, montana_miles(one["REF_POINT"])) for one in crashes)
        for begin, end, row in stretches[crash["CORRIDOR"]]
        if begin <= at < end
    ]


def montana_has_point(row: Row) -> bool:
    """The state lies about the point; zeros, lost minus signs and lost decimal points do not."""
    return all(
        row[name] and low <= float(row[name]) <= high for name, (low, high) in MONTANA_BOX.items()
    )


# -------------------------------------------------------------------- FARS

FARS = tuple(f"accident_{year}.csv.bz2" for year in (2013, 2014, 2015))
FARS_NO_POST = ("0", "99998", "99999")


def us_fars() -> Recount:
    """Three years of one layout; somebody died in every crash, and case numbers repeat."""
    found = {path.stem: rows(path, encoding="ascii") for path in paths("us_fars", *FARS)}
    crashes = [row for table in found.values() for row in table]
    days = [f"{row['YEAR']}-{int(row['MONTH']):02}-{int(row['DAY']):02}" for row in crashes]
    return Recount(
        rows={name: len(table) for name, table in found.items()},
        crash_ids=frozenset(row["ST_CASE"] for row in crashes),
        vehicles=sum(int(row["VE_TOTAL"]) for row in crashes),
        people=0,
        located=sum(fars_has_point(row) for row in crashes),
        by_severity={"fatal": len(crashes)},
        killed=sum(int(row["FATALS"]) for row in crashes),
        first=min(days),
        last=max(days),
    )


def fars_has_point(row: Row) -> bool:
    """No part of the country lies beyond the 72nd parallel, where the words for "unknown" are."""
    return float(row["LATITUDE"]) < 72 and float(row["LONGITUD"]) < 180


# --------------------------------------------------------------------- CAS

CAS = "devCrashes.csv"


def nz_cas() -> Recount:
    """Rows whose year is a year; the others are shifted by a comma in an address.

    The column "latitude" holds the longitude.
    """
    (path,) = paths("nz_cas", CAS)
    found = rows(path)
    crashes = [row for row in found if not cas_is_shifted(row)]
    return Recount(
        rows={path.name: len(found)},
        crash_ids=frozenset(row["id"] for row in crashes),
        vehicles=0,
        people=0,
        located=sum(bool(row["latitude"] and row["longitude"]) for row in crashes),
        by_severity=_in_our_words(crashes, "crashSeverity"),
        killed=sum(int(row["fatalCount"]) for row in crashes),
        serious=sum(int(row["seriousInjuryCount"]) for row in crashes),
        slight=sum(int(row["minorInjuryCount"]) for row in crashes),
        flags={
            "pedestrian_involved": _any(crashes, "pedestrian"),
            "cyclist_involved": _any(crashes, "bicycle"),
            "motorcycle_involved": _any(crashes, "moped", "motorcycle"),
            "heavy_vehicle_involved": _any(crashes, "truck", "bus", "schoolBus"),
        },
        first=min(row["crashYear"] for row in crashes),
        last=max(row["crashYear"] for row in crashes),
    )


def cas_is_shifted(row: Row) -> bool:
    """A year has four digits."""
    return not re.fullmatch(r"(19|20)\d\d", row["crashYear"])


# ------------------------------------------------------------------- words

SEVERITIES = {
    "Fatal": "fatal",
    "Serious": "serious",
    "Slight": "slight",
    "С погибшими": "fatal",
    "Тяжёлый": "serious",
    "Легкий": "slight",
    "Toedlich": "fatal",
    "Schwer": "serious",
    "Leicht": "slight",
    "Fatal Crash": "fatal",
    "Serious Crash": "serious",
    "Minor Crash": "slight",
}


def _in_our_words(crashes: Iterable[Row], column: str) -> dict[str, int]:
    return dict(Counter(SEVERITIES[row[column]] for row in crashes))


def _with(found: Iterable[Row], key: str, column: str, *words: str) -> int:
    return len({row[key] for row in found if row[column] in words})


def _true(found: Iterable[Row], column: str) -> int:
    return sum(row[column] == "TRUE" for row in found)


def _any(found: Iterable[Row], *columns: str) -> int:
    return sum(any(row[column] not in ("", "0") for column in columns) for row in found)


# --------------------------------------------------- Manchester and Trafford

TRAFFORD = "trafford_roadNode.geojson"


def at_junctions(radius_m: float) -> Counter[str]:
    """Count the crashes of Manchester whose nearest junction of Trafford is no farther, by its id.

    The British grid finds who may be near, the geodesic says how far it is.
    """
    (nodes,) = paths("uk_roads_trafford", TRAFFORD)
    (crashes,) = paths("uk_stats19_manchester", MANCHESTER)
    places = {
        one["properties"]["identifier"]: one["geometry"]["coordinates"]
        for one in json.loads(nodes.read_bytes())["features"]
        if one["properties"]["formOfNode"] in ("junction", "roundabout")
    }
    rows = csv.DictReader(io.StringIO(content(crashes).decode("utf-8-sig")))
    points = {row["AREFNO"]: (float(row["lon"]), float(row["lat"])) for row in rows if row["lon"]}
    grid = Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)
    names = list(places)
    tree = cKDTree(np.column_stack(grid.transform(*np.array(list(places.values())).T)))
    spots = np.column_stack(grid.transform(*np.array(list(points.values())).T))
    found: Counter[str] = Counter()
    for point, near in zip(
        points.values(), tree.query_ball_point(spots, radius_m + 5), strict=True
    ):
        apart = [(GEOD.inv(*point, *places[names[i]])[2], names[i]) for i in near]
        if apart and min(apart)[0] <= radius_m:
            found[min(apart)[1]] += 1
    return found
