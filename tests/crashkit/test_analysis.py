import pytest
from invented import sample

from crashkit import analysis, api, plot
from crashkit.blocks import Figure
from crashkit.errors import MethodError, NotFound
from crashkit.render import paper

EN = api.speaker("en")
CONTRACTS = sorted(analysis.analyses())


@pytest.fixture(scope="module")
def data():
    return sample()


@pytest.mark.parametrize("name", CONTRACTS)
def test_each_answer_says_what_is_counted_what_was_found_and_how(name, data):
    asked = api.question(data, unit=api.list_analyses()[name].units[0])
    if api.lacking(name, asked) is not None:
        with pytest.raises(MethodError):
            api.analyse(name, asked)
        return
    found = api.analyse(name, asked)
    assert found.method
    assert EN.say(found.title) != EN.say(found.finding)
    assert {len(row) for row in found.table.rows} == {len(found.table.columns)}
    assert isinstance(found.figure, Figure)
    drawn = api.draw_analysis(found, EN)
    assert drawn["data"]
    assert api.export_analysis(found, "svg", EN).startswith(b"<?xml")


@pytest.mark.parametrize("name", CONTRACTS)
def test_numbers_are_the_same_as_frame_document_and_file(name, data):
    asked = api.question(data, unit=api.list_analyses()[name].units[0])
    if api.lacking(name, asked) is not None:
        pytest.skip("the invented data do not have what it needs")
    found = api.analyse(name, asked)
    document = api.analysis_document(found, data, EN)
    frame = api.analysis_frame(found).astype(object)
    assert frame.where(frame.notna(), None).to_numpy().tolist() == document["rows"]
    lines = api.export_analysis(found, "csv", EN).decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + len(document["rows"])


def test_every_kind_on_the_screen_is_a_kind_on_paper():
    assert set(plot.plots()) <= set(paper.drawings())


def test_another_name_is_refused_with_the_names_there_are(data):
    with pytest.raises(NotFound, match="hours"):
        api.analyse("tea", data)


def test_no_crash_is_no_question(data):
    nothing = api.cut(data, api.parse_filter("year=1901"))
    with pytest.raises(MethodError, match="No crash"):
        api.analyse("hours", nothing)
