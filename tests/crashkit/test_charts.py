"""Figures for the screen hold what their table holds, in words for people."""

from made_crashes import made

from crashkit import charts, tables


def rows(n, **more):
    return [{"severity": "fatal", "crash_date": "2021-05-03", **more} for _ in range(n)]


def stacked(n):
    return charts.figure(tables.cross(made(rows(n)), "year", "severity"), "stacked", say)


def say(message, **values):
    return str(message) if not isinstance(message, str) else message.format(**values)


def test_a_scale_of_few_crashes_has_no_step_between_whole_numbers():
    assert stacked(3)["layout"]["yaxis"]["dtick"] == 1
    assert "dtick" not in stacked(50)["layout"]["yaxis"]


def test_bars_hold_the_cells_of_their_table():
    figure = stacked(3)
    assert [(bar["name"], bar["y"]) for bar in figure["data"]] == [("Fatal", [3, 0, 0])]
    assert figure["data"][0]["x"] == ["2021", "2022", "2023"]
