from crashkit import api
from crashkit.plots import path

EN = api.speaker("en")


def test_the_year_of_the_target_stands_well_inside_of_the_axis():
    data = {
        "counted": [(2020, 40), (2021, 35)],
        "path": [(2020, 40.0), (2030, 20.0)],
        "ahead": [(2022, 33.0), (2030, 25.0)],
        "bands": [[(2022, 20.0, 50.0), (2030, 10.0, 60.0)], [], []],
        "across": api.Message("Year"),
        "unit": api.Message("People killed"),
        "labels": {name: api.Message(name) for name in ("counted", "path", "ahead")},
    }
    (band, *lines), layout = path.draw(data, EN.say)
    assert layout["xaxis"]["range"] == [2019.5, 2030.5]
    assert band["y"] == [50.0, 60.0, 10.0, 20.0]
    assert [one["name"] for one in lines] == ["ahead", "path", "counted"]
