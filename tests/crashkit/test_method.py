from dataclasses import dataclass

import pytest

from crashkit import method
from crashkit.errors import MethodError


@dataclass(frozen=True)
class Limit:
    n: float = method.number(0, label="At least", low=1, high=9)
    alike: bool = method.flag(label="Alike")
    kinds: str = method.several(label="Kinds", choices=["a", "b"])
    weights: dict[str, float] = method.mapping(label="Weights")

    def __post_init__(self):
        if not self.n:
            raise MethodError("It needs a number.")


@dataclass(frozen=True)
class Params:
    radius_m: float = method.number(50, label="Radius", unit="m", low=10, high=500)
    combine: str = method.word("any", label="Rules", choices=["any", "all"])
    rules: tuple[dict[str, object], ...] = method.rows(label="Rules", of=Limit)
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
        ({"radius_m": True}, "not a number"),
        ({"radius_m": 10**400}, "not a number"),
        ({"combine": "some"}, "allowed are"),
        ({"weights": 3}, "table of words and numbers"),
        ({"weights": {"fatal": "many"}}, r"weights\.fatal is many"),
        ({"weights": {"fatal": -1}}, "between 0"),
        ({"rules": 3}, "list of tables"),
        ({"rules": [3]}, "list of tables"),
        ({"rules": [{"n": 2}, {"m": 2}]}, "Condition 2: There is no parameter m"),
        ({"rules": [{"n": 10}]}, "Condition 1: n is 10; it must lie between 1 and 9"),
        ({"rules": [{"n": 2, "alike": "yes"}]}, "alike is yes; allowed are"),
        ({"rules": [{"n": 2, "kinds": "a,c"}]}, "kinds is c; allowed are"),
        ({"rules": [{"alike": True}]}, "Condition 1: It needs a number"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_is_allowed(given, complaint):
    with pytest.raises(MethodError, match=complaint):
        method.read(Params, given)


def test_the_tables_of_a_parameter_are_read_as_they_are_written():
    row = {"n": 2, "alike": True, "kinds": "a, b", "weights": {"x": 1.5}}
    assert method.read(Params, {"rules": [row]}).rules == ({**row, "kinds": "a,b"},)
    assert str(method.read(Params, {"rules": [{"n": "2"}]}).rules[0]["n"]) == "2"


def test_what_a_table_may_say_is_described():
    found = method.tables(Params)["rules"]
    assert [(one.name, one.kind) for one in found] == [
        *(("n", ""), ("alike", "flag"), ("kinds", "several"), ("weights", "mapping")),
    ]
    assert [one.kind for one in method.describe(Params, whole=True)] == ["", "", "mapping"]


def test_defaults_are_not_shared():
    assert Params().weights is not Params().weights


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.13, "0.13"),
        (15.0, "15"),
        (0.1234567, "0.1234567"),
        (1234567.5, "1234567.5"),
        (0.0000005, "0.0000005"),
        (0.1 + 0.2, "0.3"),
    ],
)
def test_a_limit_is_said_with_all_its_decimals(value, said):
    assert f"{method.exact(value):f}" == said
