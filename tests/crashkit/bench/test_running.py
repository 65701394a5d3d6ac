"""The whole benchmark: the bars in short form, all of them in the long tier."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from crashkit import bench, cli
from crashkit.bench import bars, documents, invariance, null_worlds, running
from crashkit.errors import Message, SettingError

NAMES = ("eb_excess_1km", "eb_excess_windows", "eb_excess_circles")


@pytest.fixture(scope="module")
def sites():
    return bench.identify("AB", short=True)


def broken(result):
    return [(bar.id, bar.value, bar.limit) for bar in result.bars if bar.holds is False]


def test_the_bars_of_sites_hold_in_short_form(sites):
    assert broken(sites) == []
    assert [bar.id for bar in sites.bars] == ["B2", "B2", "B2", "B3", "B3", "B4"]


def test_the_bars_of_routes_hold_in_short_form():
    found = running.identify("C", short=True, replicates=1)
    assert {bar.id for bar in found.bars} == {"B5", "B6", "B8"}
    # How long something takes is told, not tested: this machine may be busy with other things.
    assert [one for one in broken(found) if one[0] != "B8"] == []


def test_neither_order_nor_unit_nor_repeating_matters():
    assert invariance.broken(5) == []


def test_no_place_looks_certain_on_a_network_without_hotspots():
    children = np.random.SeedSequence(2).spawn(2)
    assert [null_worlds.alarm(one, NAMES) for one in children] == [dict.fromkeys(NAMES, False)] * 2


def test_a_short_run_widens_its_bars_by_what_it_does_not_know(sites):
    mean = next(bar for bar in sites.bars if bar.id == "B2")
    assert mean.limit == pytest.approx(0.29 + 2 * mean.error)


def test_the_same_seed_gives_the_same_document():
    once, again = (
        bench.as_document(bench.identify("A", replicates=2, short=True, seed=7), str)
        for _ in range(2)
    )
    assert once == again


def test_progress_is_told_and_never_falls():
    told = []
    bench.identify("B", short=True, progress=lambda share, _=None: told.append(share))
    assert told == sorted(told)
    assert 0 <= told[0] < told[-1] <= 1


def test_a_world_that_is_none_is_refused():
    with pytest.raises(SettingError, match="no world"):
        bench.identify(["D"])


@pytest.mark.parametrize(
    ("said", "value", "holds"),
    [
        ("7 passed, 0 failed", 0.0, True),
        ("x: wrong\n6 passed, 1 failed", 1.0, False),
        ("", None, None),
    ],
)
def test_reference_cases_are_run_by_their_runner_and_not_measured_without(
    said, value, holds, tmp_path, monkeypatch
):
    runner = tmp_path / "runner.py"
    runner.write_text(f"print({said!r})", "utf-8")
    monkeypatch.setattr(bars, "RUNNER", runner)
    assert (bars.cases(None).value, bars.cases(None).holds) == (value, holds)


def test_tables_have_a_line_for_each_method_and_one_for_each_bar(sites):
    found = [*documents.tables(sites, str)]
    assert [name for name, _, _ in found] == ["A main", "B middle", ""]
    assert [len(lines) for _, _, lines in found] == [11, 8, 6]
    assert all(len(line) == len(headings) for _, headings, lines in found for line in lines)


def test_published_figures_stand_beside_ours():
    found = bench.identify("A", replicates=1)
    (beside,) = [
        lines
        for _, headings, lines in documents.tables(found, str)
        if len(headings) == 5 and "Source" in map(str, headings)
    ]
    assert [line[:3] for line in beside] == [
        ["A few", "eb_excess", "0.400"],
        ["A many", "eb_excess", "0.260"],
    ]


@pytest.mark.slow
def test_all_bars_hold():
    found = bench.identify()
    assert {bar.id for bar in found.bars} == {f"B{n}" for n in range(1, 9)}
    assert [one for one in broken(found) if one[0] != "B8"] == []


@pytest.mark.parametrize(("value", "code"), [(0.1, 0), (0.3, 1)])
def test_the_command_ends_with_1_where_a_bar_is_broken(value, code, monkeypatch):
    bar = bench.Bar("B2", Message("Something"), value, (-np.inf, 0.2))
    result = bench.Result(1, True, {"A": 1}, bars=(bar,))
    monkeypatch.setattr(cli.api, "judge_methods", lambda *_, **__: result)
    done = CliRunner().invoke(cli.crashkit, ["bench", "identify", "--json"])
    assert done.exit_code == code
    assert json.loads(done.stdout)["bars"][0]["holds"] is (code == 0)
    spoken = CliRunner().invoke(cli.crashkit, ["bench", "identify"])
    assert spoken.exit_code == code
    assert "Something" in spoken.stdout
