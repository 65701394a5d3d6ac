import sys
import textwrap

import pytest

from crashkit import dropins
from crashkit.errors import DropinError
from crashkit.method import Measure

GOOD = '''
"""A measure made for this test."""
from dataclasses import dataclass
from crashkit.method import Measure

@dataclass(frozen=True)
class Params: ...

MEASURE = Measure("good", "Good", lambda sites, data, params: [], Params)
'''


@pytest.fixture
def room(tmp_path, monkeypatch):
    folder = tmp_path / "dropin_room"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""A room."""')
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.startswith("dropin_room")]:
        del sys.modules[name]


def test_a_file_dropped_into_the_room_is_found(room):
    (room / "good.py").write_text(textwrap.dedent(GOOD))
    assert list(dropins.parts("dropin_room", "MEASURE", Measure)) == ["good"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('"""No part."""', "has no MEASURE"),
        (GOOD.replace('"good"', '"other"'), "another name"),
        (GOOD.replace('"""A measure made for this test."""', ""), "no docstring"),
        ('"""Wrong kind."""\nMEASURE = 3', "has no MEASURE"),
    ],
)
def test_a_broken_file_stops_the_start(room, text, complaint):
    (room / "good.py").write_text(textwrap.dedent(text))
    with pytest.raises(DropinError, match=complaint):
        dropins.parts("dropin_room", "MEASURE", Measure)


def test_data_files_are_read_by_name_without_their_suffix(room):
    (room / "a.toml").write_text("x = 1")
    (room / "b.txt").write_text("no")
    assert dropins.texts("dropin_room", ".toml") == {"a": "x = 1"}
