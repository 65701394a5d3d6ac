from crashkit import api
from crashkit.plots import strip

EN = api.speaker("en")
DATA = {
    "at_km": [0.0, 2.0],
    "to_km": [2.0, 3.0],
    "km": [2.0, 1.0],
    "step_km": 2.0,
    "series": [{"key": "fatal", "label": api.Message("Fatal"), "values": [4, 3]}],
    "bands": [(0.5, 0.6, "2"), (0.55, 0.65, "1"), (2.5, 2.6, "3")],
    "towns": [(1.0, "Osh <b>")],
    "across": api.Message("Km post"),
}


def test_bars_are_as_high_as_crashes_for_each_km_and_as_wide_as_their_road():
    (bars, towns), layout = strip.draw(DATA, EN.say)
    assert (bars["y"], bars["width"]) == ([2.0, 3.0], [2.0, 1.0])
    assert layout["xaxis"]["range"] == [0.0, 3.0]
    assert towns["text"] == ["Osh &lt;b&gt;"]
    assert "yaxis2" not in layout


def test_the_first_number_is_written_where_two_sites_lie_together():
    _, layout = strip.draw(DATA, EN.say)
    assert [one["text"] for one in layout["annotations"]] == ["1", "3"]
    assert len(layout["shapes"]) == 3


def test_traffic_has_gaps_where_it_is_not_known_and_the_limit_is_a_line():
    traces, layout = strip.draw({**DATA, "aadt": [900, None], "limit": 2.5}, EN.say)
    assert traces[-1]["y"] == [900, 900, None, None]
    assert layout["yaxis"]["domain"][0] > layout["yaxis2"]["domain"][1]
    assert any(trace.get("y") == [2.5, 2.5] for trace in traces)
