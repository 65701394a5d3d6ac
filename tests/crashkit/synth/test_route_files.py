"""A world of routes as files goes through the import like any other."""

import csv

import pytest

from crashkit import api
from crashkit.synth import route_files


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("routes")
    route_files.make(made, seed=3, records="rough")
    return made


def rows(file):
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_crashes_can_be_imported_and_none_is_lost(folder, tmp_path):
    uploads = api.read_uploads([folder / "crashes.csv"])
    with api.open_store(f"sqlite:///{tmp_path / 'x.sqlite'}") as store:
        _, batch = api.import_crashes(store, uploads, profile="crashkit", dataset="routes")
        data = api.load(store, "routes")
    told = rows(folder / "crashes.csv")
    once = {row["crash_id"] for row in told}
    assert (len(data), batch.ledger.rejected) == (len(once), 0)
    assert len(batch.ledger.duplicates) == len(told) - len(once)


def test_some_crashes_have_no_point_and_some_stand_twice(folder):
    found = rows(folder / "crashes.csv")
    assert sum(not row["lat"] for row in found) / len(found) == pytest.approx(0.15, abs=0.04)
    assert 0 < len(found) - len({row["crash_id"] for row in found}) < 0.03 * len(found)


def test_the_roads_can_be_read_as_a_network(folder):
    found = api.read_roads(folder / "roads.geojson")
    assert len(found.network) == 60
    assert found.network.stretches["aadt"].notna().all()
    assert found.network.stretches["to_m"].max() == 20_000


def test_the_truth_tells_every_hotspot(folder):
    truth = rows(folder / "truth.csv")
    assert len(truth) == 80
    assert all(float(row["from_km"]) < float(row["to_km"]) for row in truth)


def test_the_same_seed_gives_the_same_bytes(folder, tmp_path):
    route_files.make(tmp_path, seed=3, records="rough")
    for file in folder.iterdir():
        assert (tmp_path / file.name).read_bytes() == file.read_bytes()
