"""Lines as databases keep them."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from crashkit.roads import wkb
from crashkit.roads.network import Lines

PLACES = st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=2, max_size=5)


@given(st.lists(st.one_of(st.none(), PLACES), max_size=6))
def test_lines_come_back_as_they_were(given_lines):
    lines = Lines.of(given_lines)
    blobs = wkb.written(lines)
    assert [blob is None for blob in blobs] == [one is None for one in given_lines]
    back = wkb.read(blobs)
    assert np.array_equal(back.lonlat, lines.lonlat)
    assert np.array_equal(back.offsets, lines.offsets)


def test_others_read_what_we_write_and_we_what_they_write():
    line = shapely.LineString([(70, 42), (71, 42.5)])
    (blob,) = wkb.written(Lines.of([[(70, 42), (71, 42.5)]]))
    assert shapely.from_wkb(blob) == line
    assert wkb.read([shapely.to_wkb(line, byte_order=1)]).lonlat.tolist() == [[70, 42], [71, 42.5]]


@pytest.mark.parametrize("blob", [b"\x01" * 9, b"\x01\x02\0\0\0\x02\0\0\0" + bytes(16)])
def test_what_is_no_line_is_refused(blob):
    with pytest.raises(ValueError, match="not a line"):
        wkb.read([blob])
