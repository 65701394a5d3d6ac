"""Pictures of few colours, read back by another program."""

import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from crashkit import png

COLOURS = [(0, 0, 0, 0), (255, 128, 1, 255), (7, 8, 9, 100)]


@given(
    arrays.arrays(
        np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.integers(0, 2)
    )
)
def test_every_pixel_has_its_colour(pixels):
    read = Image.open(io.BytesIO(png.picture(pixels, COLOURS))).convert("RGBA")
    assert np.array(read).tolist() == np.array(COLOURS, dtype=int)[pixels].tolist()
