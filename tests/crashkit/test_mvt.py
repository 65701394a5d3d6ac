import mapbox_vector_tile
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crashkit import kernels, mvt


@given(st.integers(0, 2**62))
def test_a_number_is_read_back_from_its_groups_of_seven_bits(number):
    written = mvt.varint(number)
    assert sum((byte & 0x7F) << 7 * i for i, byte in enumerate(written)) == number
    assert [byte >> 7 for byte in written] == [1] * (len(written) - 1) + [0]


def test_a_layer_is_read_back_by_another_library():
    one, tags = np.array([7]), np.array([[0, 1]])
    features = kernels.point_features(one, tags, np.array([10]), np.array([20])).tobytes()
    values = [mvt.text_value("Ош"), mvt.whole_value(2024)]
    content = mvt.layer("crashes", features, ("place", "year"), values, 4096)
    (found,) = mapbox_vector_tile.decode(content)["crashes"]["features"]
    assert (found["id"], found["properties"]) == (7, {"place": "Ош", "year": 2024})
