from dataclasses import dataclass

import pytest

from crashkit import method
from crashkit.errors import MethodError


@dataclass(frozen=True)
class Params:
    radius_m: float = method.number(50, label="Radius", unit="m", low=10, high=500)
    combine: str = method.word("any", label="Rules", choices=["any", "all"])
    rules: tuple[dict[str, object], ...] = method.rows(label="Rules")
    weights: dict[str, float] = method.mapping(label="Weights")


def test_parameters_are_described_with_unit_and_limits():
    radius, combine = method.describe(Params)
    assert radius == method.ParamInfo("radius_m", "Radius", 50, "m", 10, 500, ())
    assert combine.choices == ("any", "all")


def test_words_become_numbers_within_limits():
    assert method.read(Params, {"radius_m": "100", "weights": {"fatal": "5"}}) == Params(
        radius_m=100.0, weights={"fatal": 5.0}
    )


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"radius": 3}, "no parameter radius"),
        ({"radius_m": "wide"}, "not a number"),
        ({"radius_m": 5}, "between 10 and 500"),
        ({"radius_m": "nan"}, "between 10 and 500"),
        ({"combine": "some"}, "allowed are"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_is_allowed(given, complaint):
    with pytest.raises(MethodError, match=complaint):
        method.read(Params, given)


def test_defaults_are_not_shared():
    assert Params().weights is not Params().weights
