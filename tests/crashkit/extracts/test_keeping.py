from pathlib import Path

import made_extracts
import numpy as np
import pytest
import shapely

from crashkit import extracts
from crashkit.errors import IntakeError, NotFound, Refused
from crashkit.extracts import cutting, keeping, pmtiles


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "basemap"


@pytest.fixture
def extract(tmp_path):
    road = shapely.LineString([(70, 42), (70.4, 42.1)])
    layers = {"gis_osm_roads_free": ([road], {"osm_id": ["1"], "fclass": ["trunk"]})}
    return made_extracts.package(tmp_path / "kyrgyzstan.gpkg", layers)


def tiles(file, layers, attribution="<a href='x'>&copy; Somebody</a>"):
    """Write tiles as another program would, with one road in each of these layers."""
    road = np.array([shapely.LineString([(70, 42), (71, 43)])], dtype=object)
    made = [
        cutting.Layer(name, cutting.LINE, road, np.array([5]), [dict.fromkeys(fields, "x")])
        for name, fields in layers.items()
    ]
    about = {
        "attribution": attribution,
        "vector_layers": [{"id": n, "fields": dict.fromkeys(f, "")} for n, f in layers.items()],
    }
    with file.open("w+b") as sink:
        content = cutting.cut(made, deepest=6)
        pmtiles.write(sink, content, zooms=(5, 6), bounds=(70, 42, 71, 43), metadata=about)
    return file


def test_an_extract_is_added_listed_and_removed(folder, tmp_path):
    file = tmp_path / "kyrgyzstan-latest.osm.pbf"
    file.write_bytes(made_extracts.osm())
    added = extracts.add(folder, file)
    assert (added.name, added.source) == ("kyrgyzstan-latest", "kyrgyzstan-latest.osm.pbf")
    assert added.attribution == "© OpenStreetMap contributors (ODbL)"
    assert added.bounds == pytest.approx((70, 42, 70.4, 42.1))
    assert (added.plan["surfaces"], added.plan["rivers"]) == (["water"], ["waterways"])
    assert extracts.extracts(folder) == [added]
    assert added.meets((70.3, 42, 80, 50))
    assert not added.meets((71, 42, 80, 50))
    extracts.remove(folder, "kyrgyzstan-latest")
    assert extracts.extracts(folder) == []
    with pytest.raises(NotFound):
        extracts.remove(folder, "kyrgyzstan-latest")


def test_the_same_file_gives_the_same_tiles(folder, extract):
    one = extracts.add(folder, extract, name="one")
    other = extracts.add(folder, extract, name="other")
    paths = [extracts.path(folder, each.name).read_bytes() for each in (one, other)]
    assert paths[0] == paths[1]


def test_a_name_that_is_taken_is_replaced_on_word_only(folder, extract):
    extracts.add(folder, extract, name="kg")
    with pytest.raises(Refused, match="--replace"):
        extracts.add(folder, extract, name="kg")
    said = extracts.add(folder, extract, name="kg", attribution="Road agency", replace=True)
    assert said.attribution == "Road agency"


@pytest.mark.parametrize("name", ["../etc", "a/b", "", ".hidden", "x" * 41, "a b"])
def test_a_name_is_never_a_path(folder, extract, name):
    with pytest.raises(Refused):
        extracts.add(folder, extract, name=name)
    with pytest.raises(NotFound):
        extracts.path(folder, name)


def test_nothing_is_left_of_a_file_that_cannot_serve(folder, tmp_path):
    bad = tmp_path / "bad.osm.pbf"
    bad.write_bytes(made_extracts.osm()[:150])
    with pytest.raises(IntakeError):
        extracts.add(folder, bad)
    without = tmp_path / "empty.osm.pbf"
    without.write_bytes(made_extracts.osm(ways={1: ([1, 2], {"highway": "footway"})}, relations={}))
    with pytest.raises(IntakeError, match="no main road"):
        extracts.add(folder, without)
    assert not folder.exists() or list(folder.iterdir()) == []


def test_work_that_is_stopped_leaves_nothing(folder, extract):
    def stop(share, _=None):
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        extracts.add(folder, extract, progress=stop)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("layers", "title"),
    [
        ({"transportation": ["class"], "transportation_name": ["name"]}, "OpenMapTiles 3"),
        ({"roads": ["kind", "kind_detail"], "water": ["kind"]}, "Protomaps 4"),
        ({"roads": ["pmap:kind", "pmap:kind_detail"]}, "Protomaps 3"),
        ({"streets": ["kind"], "street_labels": ["name"], "ocean": []}, "Shortbread 1"),
        ({"roads": ["class"]}, "CrashKit"),
    ],
)
def test_tiles_of_known_makers_are_kept_as_they_are(folder, tmp_path, layers, title):
    added = extracts.add(folder, tiles(tmp_path / "theirs.pmtiles", layers))
    assert added.schema == title
    assert added.attribution == "© Somebody"
    assert added.zooms == (5, 6)
    assert added.plan["labels"] in layers


def test_tiles_of_unknown_layers_are_refused_with_what_is_needed(folder, tmp_path):
    with pytest.raises(IntakeError) as refused:
        extracts.add(folder, tiles(tmp_path / "odd.pmtiles", {"parcels": ["owner"]}))
    assert "parcels" in str(refused.value)
    assert "OpenMapTiles" in str(refused.value)


@pytest.mark.parametrize(
    "file", ["/vsicurl/http://example.org/a.osm.pbf", "https://example.org/a.pmtiles", "a\0b"]
)
def test_only_files_of_this_computer_are_opened(folder, file):
    with pytest.raises(IntakeError):
        extracts.add(folder, Path(file))


def test_another_kind_of_file_is_refused(folder, tmp_path):
    file = tmp_path / "roads.gpkg"
    file.write_text("<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>")
    with pytest.raises(IntakeError, match="none of the three"):
        extracts.add(folder, file)


def test_a_damaged_extract_says_so_in_the_list(folder, extract):
    extracts.add(folder, extract, name="kg")
    file = extracts.path(folder, "kg")
    file.write_bytes(file.read_bytes()[:300])
    (found,) = extracts.extracts(folder)
    assert found.trouble is not None
    assert found.document()["trouble"]
    assert not found.meets((60, 40, 80, 50))


def test_an_attribution_is_plain_text():
    assert keeping._plain("<a href='https://x'>&copy; OSM</a>\n<b>x") == "© OSM x"
    assert keeping._plain(None) == ""
