"""What is shipped from others is what was written down, with its licence; ours asks for nothing."""

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
STATIC = ROOT / "webapp" / "static"
VENDOR = STATIC / "vendor"
FONTS = ROOT / "crashkit" / "fonts"
BASEMAP = ROOT / "crashkit" / "basemap"
LISTS = {
    "libraries": (VENDOR / "VENDOR.toml", "library"),
    "screen fonts": (VENDOR / "fonts" / "FONTS.toml", "font"),
    "paper fonts": (FONTS / "FONTS.toml", "font"),
}
WRITTEN_BY_US = {"VENDOR.toml", "FONTS.toml", "fonts.css", "__init__.py"}


def _entries(name: str) -> tuple[Path, list[dict[str, Any]]]:
    path, kind = LISTS[name]
    return path.parent, tomllib.loads(path.read_text("utf-8"))[kind]


@pytest.mark.parametrize("name", LISTS)
def test_every_file_is_the_one_written_down(name: str) -> None:
    folder, entries = _entries(name)
    listed = {file["path"]: file["sha256"] for one in entries for file in one["files"]}
    found = {path: hashlib.sha256((folder / path).read_bytes()).hexdigest() for path in listed}
    assert found == listed


@pytest.mark.parametrize("name", LISTS)
def test_no_file_lies_there_that_is_not_written_down(name: str) -> None:
    folder, entries = _entries(name)
    listed = {file["path"] for one in entries for file in one["files"]}
    licences = {one["licence_file"] for one in entries}
    there = {path.name for path in folder.iterdir() if path.is_file()}
    assert there - WRITTEN_BY_US == listed | licences


@pytest.mark.parametrize("name", LISTS)
def test_every_entry_has_its_licence_text(name: str) -> None:
    folder, entries = _entries(name)
    words = {
        "BSD-3-Clause": "Redistribution and use in source and binary forms",
        "MIT": "Permission is hereby granted, free of charge",
        "0BSD": "Permission to use, copy, modify, and/or distribute",
        "OFL-1.1": "SIL OPEN FONT LICENSE Version 1.1",
    }
    bare = [
        one["name"]
        for one in entries
        if words[one["licence"]] not in (folder / one["licence_file"]).read_text("utf-8")
    ]
    assert bare == []


def test_the_sources_of_all_entries_are_named_with_their_version() -> None:
    entries = [one for name in LISTS for one in _entries(name)[1]]
    assert [one["name"] for one in entries if not one["source"].endswith(one["version"])] == []


def _own_files() -> list[Path]:
    found = [*STATIC.rglob("*.js"), *STATIC.rglob("*.mjs"), *STATIC.rglob("*.css")]
    return sorted(path for path in found if VENDOR not in path.parents)


@pytest.mark.parametrize("path", _own_files(), ids=lambda path: path.name)
def test_our_own_files_name_no_outside_address(path: Path) -> None:
    assert re.findall(r"(?:https?:)?//[a-z0-9-]+\.[a-z]{2,}", path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", _own_files(), ids=lambda path: path.name)
def test_our_own_scripts_never_read_data_as_markup_or_code(path: Path) -> None:
    words = (
        r"innerHTML|outerHTML|insertAdjacentHTML|setHTML\(|document\.write|\beval\(|new Function"
    )
    assert re.findall(words, path.read_text("utf-8")) == []


def test_a_source_map_that_is_not_shipped_is_not_asked_for() -> None:
    scripts = [path for path in VENDOR.iterdir() if path.suffix in (".js", ".mjs", ".css")]
    assert [path.name for path in scripts if b"sourceMappingURL=" in path.read_bytes()] == []


def test_the_chinese_fonts_hold_all_of_gb2312() -> None:
    ttlib = pytest.importorskip("fontTools.ttLib", reason="fonttools is in the build group")
    row_and_cell = [bytes([row, cell]) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)]
    hanzi = {ord(one) for pair in row_and_cell for one in pair.decode("gb2312", errors="ignore")}
    assert len(hanzi) == 6763
    for path in (FONTS / "NotoSansSC-Regular.ttf", FONTS / "NotoSansSC-Bold.ttf"):
        with ttlib.TTFont(path) as font:
            assert hanzi - set(font.getBestCmap()) == set()


def test_the_base_map_holds_the_world_and_no_path_of_the_machine_it_was_made_on() -> None:
    reader = pytest.importorskip("pmtiles.reader", reason="pmtiles is in the test group")
    with (BASEMAP / "basemap.pmtiles").open("rb") as file:
        read = reader.Reader(reader.MmapSource(file))
        layers = [layer["id"] for layer in read.metadata()["vector_layers"]]
        assert sorted(layers) == ["borders", "cities", "countries", "land", "water"]
        assert set(read.metadata()) == {"name", "attribution", "vector_layers"}
        assert (read.header()["min_zoom"], read.header()["max_zoom"]) == (0, 6)


def test_the_whole_front_end_is_small_enough_for_a_bad_link() -> None:
    vendored = sum(path.stat().st_size for path in VENDOR.rglob("*") if path.is_file())
    assert vendored < 8_000_000
