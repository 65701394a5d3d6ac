"""Chainage equations told one by one."""

import pytest
from made_roads import line, roads

from crashkit.errors import IntakeError, NotFound, Refused
from crashkit.roads.equations import idle, with_equation, without_equation
from crashkit.roads.tables import with_equations

NETWORK = roads(
    [line(), line(north=40), line(north=80)],
    road_key=["M-1", "A-2", "A-3"],
    road_number=["M 1", "R 9", "R 9"],
    from_m=[0, 0, 0],
    to_m=[10000, 5000, 5000],
)


def told(network):
    return network.equations.to_numpy().tolist()


def test_equations_are_told_one_by_one_by_any_spelling_of_the_road():
    one = with_equations(NETWORK, with_equation(NETWORK, "m1", "4,5", "4"))
    two = with_equations(one, with_equation(one, "A-2", "1", "1.2"))
    assert told(two) == [["M-1", 4500, 4000], ["A-2", 1000, 1200]]
    assert told(with_equations(two, without_equation(two, 0))) == [["A-2", 1000, 1200]]
    with pytest.raises(NotFound):
        without_equation(two, 2)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("M-1", "x", "4"), IntakeError),
        (("M-1", "", "4"), IntakeError),
        (("M-1", "4", "4,0"), Refused),
        (("R 9", "4", "3"), Refused),
        (("X", "4", "3"), NotFound),
        (("", "4", "3"), NotFound),
    ],
)
def test_what_cannot_be_meant_is_refused(words, error):
    with pytest.raises(error):
        with_equation(NETWORK, *words)


def test_an_equation_is_idle_where_the_road_has_no_such_posts():
    network = NETWORK
    for words in (("M-1", "4", "3"), ("M-1", "40", "3"), ("A-2", "5", "7")):
        network = with_equations(network, with_equation(network, *words))
    assert idle(network) == [False, True, True]
