"""The invented country is the same for the same seed, adds up, and is dangerous where planted."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from crashkit import errors, fields
from crashkit.synth import country, happenings


@pytest.fixture(scope="module")
def made():
    return country.make(crashes=10_000, seed=3)


@pytest.fixture(scope="module")
def folder(made, tmp_path_factory):
    out = tmp_path_factory.mktemp("country")
    country.write(made, out)
    return out


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_same_seed_gives_the_same_bytes(made, folder, tmp_path):
    country.write(country.make(crashes=10_000, seed=3), tmp_path)
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    again = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert first == again


def test_another_seed_gives_other_crashes_on_the_same_land(made):
    other = country.make(crashes=200, seed=4)
    assert other.land is made.land
    assert not other.crashes["lat"].equals(made.crashes["lat"][:200])


@pytest.mark.parametrize("count", [1, 2, 777])
def test_there_are_exactly_as_many_crashes_as_asked_for(count):
    assert len(country.make(crashes=count, seed=1).crashes) == count


@pytest.mark.parametrize(("crashes", "years"), [(0, 10), (10, 0), (-1, 10), (10, 51)])
def test_a_country_without_crashes_or_years_is_refused(crashes, years):
    with pytest.raises(errors.SettingError, match="at least one crash"):
        country.make(crashes=crashes, seed=1, years=years)


def test_crashes_fall_in_the_years_asked_for():
    made = country.make(crashes=500, seed=1, years=3)
    assert set(made.crashes["crash_date"].dt.year) == {2023, 2024, 2025}
    assert (str(made.period.start), str(made.period.end)) == ("2023-01-01", "2025-12-31")


@pytest.mark.parametrize(
    ("file", "table"),
    [("crashes.csv", "crash"), ("vehicles.csv", "vehicle"), ("people.csv", "person")],
)
def test_every_header_and_every_code_is_in_the_dictionary(folder, file, table):
    read = rows(folder, file)
    for name in read[0]:
        if name == "crash_id":
            continue
        field = fields.get(table, name)
        if not field.codes and field.type != "yes_no":
            continue
        allowed = {"", *fields.code_names(field.codes or "yes_no")}
        found = {word for row in read for word in row[name].split("|")}
        assert found <= allowed, name


def test_numbers_stay_within_the_limits_of_the_dictionary(folder):
    for row in rows(folder, "crashes.csv"):
        for name, value in row.items():
            field = fields.get("crash", name)
            if value and field.low is not None:
                assert field.low <= float(value) <= field.high, (name, value)


def test_the_people_of_a_crash_add_up_to_its_counts_and_its_severity(folder):
    told = {row["crash_id"]: row for row in rows(folder, "crashes.csv")}
    count: dict[str, dict[str, int]] = {}
    for person in rows(folder, "people.csv"):
        of = count.setdefault(person["crash_id"], {})
        of[person["injury"]] = of.get(person["injury"], 0) + 1
    for crash_id, row in told.items():
        of = count[crash_id]
        assert int(row["n_killed"]) == of.get("killed", 0)
        assert int(row["n_serious"]) == of.get("serious", 0)
        assert int(row["n_slight"]) == of.get("slight", 0)
        assert int(row["n_persons"]) == sum(of.values())
        worst = "killed" if row["severity"] == "fatal" else row["severity"]
        assert next(word for word in ("killed", "serious", "slight") if of.get(word)) == worst


def test_each_vehicle_belongs_to_its_crash_and_each_occupant_to_a_vehicle(folder):
    crashes = {row["crash_id"]: int(row["n_vehicles"]) for row in rows(folder, "crashes.csv")}
    units = [(row["crash_id"], row["unit_no"]) for row in rows(folder, "vehicles.csv")]
    known = set(units)
    assert len(known) == len(units) == sum(crashes.values())
    for person in rows(folder, "people.csv"):
        on_foot = person["road_user_type"] == "pedestrian"
        assert on_foot == (person["unit_no"] == "")
        assert on_foot or (person["crash_id"], person["unit_no"]) in known


def test_margins_are_those_of_a_country_of_the_region(made):
    crashes = made.crashes
    share = {
        "urban": (crashes["area_type"] == "urban").mean(),
        "fatal": (crashes["severity"] == "fatal").mean(),
        "pedestrian": (crashes["crash_type"] == "pedestrian").mean(),
        "dark": crashes["light"].astype(str).str.startswith("dark").mean(),
        "snow": crashes["weather"].astype(str).str.startswith("snow").mean(),
        "drivers male": (made.people.query("role == 0")["sex"] == "male").mean(),
    }
    within = {
        "urban": (0.5, 0.75),
        "fatal": (0.07, 0.18),
        "pedestrian": (0.2, 0.4),
        "dark": (0.2, 0.45),
        "snow": (0.03, 0.12),
        "drivers male": (0.8, 0.93),
    }
    outside = {k: v for k, v in share.items() if not within[k][0] <= v <= within[k][1]}
    assert outside == {}


def test_snow_falls_in_winter_only(made):
    snow = made.crashes[made.crashes["weather"].astype(str).str.startswith("snow")]
    assert not set(snow["crash_date"].dt.month) & {5, 6, 7, 8, 9}


def test_the_sun_stands_high_at_noon_in_june_and_low_in_december():
    days = np.array(["2021-06-21", "2021-12-21", "2021-06-21"], dtype="datetime64[D]").astype(int)
    lat, lon = np.full(3, 45.85), np.full(3, 68.75)
    found = happenings.sun_height(days, np.array([12.45, 12.4, 0.45]), lat, lon)
    # 90 - latitude +- 23.44 at the two solstices, and the same below the horizon at midnight.
    assert found == pytest.approx([67.6, 20.7, -20.7], abs=0.5)


def test_counts_along_sections_are_overdispersed_around_their_peers(made):
    cells = made.network.cells
    planted = {row for site in made.planted for row in site.cells}
    block = cells.groupby([cells["line"], cells["from_m"] // 500]).ngroup().to_numpy()
    free = ~np.isin(np.arange(len(cells)), list(planted))
    count = np.bincount(made.crashes["cell"], minlength=len(cells)) * free
    scale = len(made.crashes) / cells["mean"].sum()
    n = np.bincount(block, count)
    mu = np.bincount(block, cells["spf"].to_numpy() * free) * scale
    # Method of moments: E[(n - mu)^2 - n] = k mu^2; a Poisson world would give about 0.
    k = ((n - mu) ** 2 - n).sum() / (mu**2).sum()
    assert 0.2 < k < 0.9


def test_planted_sites_of_every_kind_have_more_crashes_than_their_peers(made, folder):
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    assert {site["kind"] for site in truth["sites"]} == {"junction", "curve", "crossing", "night"}
    lines = [line.key for line in made.land.lines]
    road = np.array(lines)[made.crashes["line"]]
    km = made.crashes["station_m"].to_numpy() / 1000
    for site in truth["sites"]:
        here = (road == site["road"]) & (km >= site["from_km"]) & (km < site["to_km"])
        assert here.sum() > 2 * site["expected_peers"], site
        assert abs(here.sum() - site["expected"]) < 5 * np.sqrt(site["expected"]) + 2, site


def test_the_extra_crashes_of_a_planted_site_are_of_its_kind(made):
    settings = np.array(happenings.PLACES)[made.crashes["setting"]]
    crossing = made.crashes[settings == "crossing"]
    assert (crossing["crash_type"] == "pedestrian").mean() > 0.8
    night = made.crashes[settings == "night"]
    assert not (night["light"] == "day").mean() > 0.05


def test_expected_crashes_of_all_sections_sum_to_the_crashes_made(folder):
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    column = truth["sections"]["columns"].index("expected")
    total = sum(row[column] for row in truth["sections"]["rows"])
    assert total == pytest.approx(10_000, abs=1)


def test_traffic_covers_each_road_without_gap_or_overlap(folder):
    roads = json.loads((folder / "roads.geojson").read_text(encoding="utf-8"))["features"]
    ends = {row["properties"]["road_name"]: row["properties"]["to_km"] for row in roads}
    reached: dict[str, float] = {}
    for row in rows(folder, "aadt.csv"):
        assert float(row["from_km"]) == reached.get(row["road_name"], 0.0)
        reached[row["road_name"]] = float(row["to_km"])
    assert reached == ends


def test_crashes_lie_beside_their_road_at_their_chainage(made):
    crashes = made.crashes
    for number in np.unique(crashes["line"])[:20]:
        line = made.land.lines[number]
        mine = crashes[crashes["line"] == number]
        at = line.at(mine["station_m"].to_numpy())
        off = np.hypot((mine["lon"] - at[:, 0]) * 77_500, (mine["lat"] - at[:, 1]) * 111_100)
        assert off.max() < 30
