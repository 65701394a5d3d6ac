import pytest

from crashkit.render import pens


@pytest.mark.parametrize(
    ("name", "width_mm", "rows"),
    [
        ("Dry", 20, ["Dry"]),
        ("Dark, street lights on", 16, ["Dark, street", "lights on"]),
        ("黑暗有路灯", 10, ["黑暗有路", "灯"]),
        ("Unbreakableword", 10, ["Unbreaka", "bleword"]),
        ("one two three four five six", 5, ["one", "two", "thre…"]),
        ("", 5, []),
    ],
)
def test_a_label_is_broken_at_the_width_of_its_bar(name, width_mm, rows):
    assert pens.broken_label(name, width_mm).split("\n") == (rows or [""])
