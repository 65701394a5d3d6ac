"""Wrong words of a command are said in the user's language, with what may be said instead."""

import click
import pytest

from crashkit import cli, text, usage


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("impor", "There is no command impor. Perhaps you mean: import"),
        ("nothing-like-it", "There is no command nothing-like-it."),
        ("datasets --jsn", "There is no option --jsn. Perhaps you mean: --json"),
        ("import x.csv --dataset x", "--profile is needed."),
        ("import --profile x --dataset x", "FILE... is needed."),
        ("import x.csv --profile", "The option --profile needs a value after it."),
        (
            "import x.csv --profile x --dataset x --decimal ;",
            "--decimal is one of: ., ,",
        ),
        (
            "synth --seed 1 --crashes 7 --out x",
            "--crashes is a whole number from 100 to 10000000.",
        ),
        ("synth --crashes 200 --seed one --out x", "--seed is a whole number."),
        ("quality x --who-deaths many", "--who-deaths is a number."),
        ("screen x --preset y --set z", "z is not NAME=VALUE."),
        ("report --set a=1", "DATASET and --kind are needed"),
    ],
)
def test_what_is_wrong_is_said_with_what_may_be_said_instead(words, said, tmp_path):
    store = ["--store", str(tmp_path / "x.sqlite")]
    with pytest.raises(click.UsageError) as wrong:
        cli.crashkit([*store, *words.split()], standalone_mode=False)
    assert said in str(usage.complaint(wrong.value))
    assert wrong.value.ctx is not None


def test_what_is_rarely_wrong_is_said_by_click():
    assert str(usage.complaint(click.UsageError("odd"))) == "odd"
    assert str(usage.complaint(click.BadParameter("odd"))) == "odd"


def test_it_is_said_in_russian():
    wrong = click.NoSuchOption("--x")
    assert "--x" in text.Speaker("ru").say(usage.complaint(wrong))
