import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pmtiles.reader import MmapSource, Reader, all_tiles
from pmtiles.tile import zxy_to_tileid

from crashkit.errors import IntakeError
from crashkit.extracts import pmtiles

WORLD = (-180.0, -85.0, 180.0, 85.0)


def written(file, tiles, metadata=None):
    with file.open("w+b") as sink:
        pmtiles.write(sink, tiles, zooms=(0, 12), bounds=WORLD, metadata=metadata or {"a": 1})
    return file


def read_back(file):
    with file.open("rb") as opened:
        source = MmapSource(opened)
        reader = Reader(source)
        found = {place: gzip.decompress(content) for place, content in all_tiles(source)}
        asked = {place: gzip.decompress(reader.get(*place)) for place in found}
        return found, asked, reader.metadata()


@given(st.integers(0, 22).flatmap(lambda z: st.tuples(*[st.integers(0, 2**z - 1)] * 2, st.just(z))))
def test_tiles_are_numbered_as_the_format_says(place):
    x, y, zoom = place
    assert pmtiles.tile_id(zoom, x, y) == zxy_to_tileid(zoom, x, y)


def test_what_was_written_is_read_back_by_another_reader(tmp_path):
    tiles = [(0, 0, 0, b"world"), (3, 5, 2, b"there"), (3, 1, 1, b"there"), (2, 0, 3, b"x" * 900)]
    found, asked, about = read_back(written(tmp_path / "a.pmtiles", tiles, {"name": "Дорога"}))
    assert found == {(z, x, y): content for z, x, y, content in tiles}
    assert asked == found
    assert about == {"name": "Дорога"}


def test_more_tiles_than_the_root_can_hold_stand_in_leaves(tmp_path):
    tiles = [(9, x, y, b"%d %d" % (x * 7919 % 512, y)) for x in range(120) for y in range(120)]
    with written(tmp_path / "a.pmtiles", tiles).open("rb") as opened:
        reader = Reader(MmapSource(opened))
        assert reader.header()["leaf_directory_length"] > 0
        for zoom, x, y, content in tiles[::97]:
            assert gzip.decompress(reader.get(zoom, x, y)) == content
        assert reader.get(9, 200, 200) is None


def test_the_order_of_tiles_changes_nothing_for_readers(tmp_path):
    tiles = [(4, x, y, b"%d" % (x * y)) for x in range(16) for y in range(16)]
    one = read_back(written(tmp_path / "a.pmtiles", tiles))
    other = read_back(written(tmp_path / "b.pmtiles", tiles[::-1]))
    assert one == other


def test_a_copy_has_the_tiles_and_other_words(tmp_path):
    first = written(tmp_path / "a.pmtiles", [(1, 0, 1, b"tile")], {"name": "theirs"})
    second = tmp_path / "b.pmtiles"
    with second.open("w+b") as sink:
        pmtiles.copy(first, sink, {"name": "ours"})
    assert read_back(second)[0] == read_back(first)[0]
    assert pmtiles.read(second).metadata == {"name": "ours"}


def changed(file, at, content):
    data = bytearray(file.read_bytes())
    data[at : at + len(content)] = content
    file.write_bytes(bytes(data))
    return file


@pytest.mark.parametrize(
    ("at", "content"),
    [
        (7, b"\x02"),
        (8, b"\xff" * 8),
        (32, (10**9).to_bytes(8, "little")),
        (97, b"\x03"),
        (98, b"\x04"),
        (99, b"\x02"),
        (101, b"\x40"),
        (102, b"\x00\x00\x00\x7f"),
    ],
)
def test_a_file_that_is_damaged_or_of_another_kind_is_refused(tmp_path, at, content):
    file = written(tmp_path / "a.pmtiles", [(0, 0, 0, b"t")])
    with pytest.raises(IntakeError):
        pmtiles.read(changed(file, at, content))


def test_metadata_that_unpack_without_end_are_refused(tmp_path):
    bomb = gzip.compress(json.dumps({"a": " " * 50_000_000}).encode())
    file = written(tmp_path / "a.pmtiles", [(0, 0, 0, b"t")])
    size = file.stat().st_size
    with file.open("ab") as out:
        out.write(bomb)
    changed(file, 24, size.to_bytes(8, "little") + len(bomb).to_bytes(8, "little"))
    with pytest.raises(IntakeError, match="which layers"):
        pmtiles.read(file)


@given(st.binary(max_size=300))
def test_any_bytes_end_in_a_sentence(tmp_path_factory, content):
    file = tmp_path_factory.getbasetemp() / "any.pmtiles"
    file.write_bytes(pmtiles.MAGIC + content)
    with pytest.raises(IntakeError):
        pmtiles.read(file)
