"""The log says who did what, in lines nobody can forge, and nothing from crash data."""

import json
import logging
import stat

import batches
import pytest

from crashkit import api
from webapp import logs


@pytest.fixture
def lines(home):
    """Start the log; return what it holds as documents."""
    with logs.kept() as file:
        yield lambda: [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_the_log_is_for_its_owner_and_stops_again(home):
    before = list(logging.getLogger().handlers)
    with logs.kept() as file:
        assert file == home / "crashkit" / "dashboard.log"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert logging.getLogger().handlers == before


def test_forms_files_and_denials_are_logged_with_their_data_set(lines, aida, store):
    store.save_import("mine", batches.batch("a", "b", ledger=batches.full_ledger()))
    aida.see("/d/mine")
    aida.see("/d/mine/imports/1/rejects.csv")
    aida.send("/d/mine/imports/1/undo")
    aida.client.post("/sample")
    told = [(one["what"], one["page"], one["dataset"], one["status"]) for one in asked(lines())]
    assert ("taken away", "datasets.rejects", "mine", 200) in told
    assert ("asked", "datasets.undo", "mine", 303) in told
    assert told[-1] == ("asked", "home.open_sample", None, 400)
    assert len(told) == 3


def asked(found):
    return [one for one in found if "page" in one]


def test_no_line_can_be_forged_and_times_are_in_utc(lines):
    logging.getLogger("webapp.test").warning('x\n{"what": "forged"}\x1b[31m\u2028')
    found = lines()
    assert len(found) == 1
    assert found[0]["what"].startswith("x\n")
    assert found[0]["at"].endswith("+00:00")


def test_a_fault_tells_its_place_and_not_what_it_quotes(lines):
    try:
        raise ValueError("Иванов Иван, AA 1234 BB")
    except ValueError:
        logging.getLogger("webapp.test").exception("a job failed")
    told = lines()[0]
    assert told["fault"] == "ValueError"
    assert told["trace"][0].startswith("test_logs.py:")
    assert "Иванов" not in json.dumps(told, ensure_ascii=False)


def test_what_stands_in_a_file_does_not_reach_the_log(lines, aida, invented):
    hostile = "Иванов {}.csv"
    said = api.Message("{value} is wrong.", {"value": "Петров"})
    issue = api.Issue(hostile, 5, "lat", "Петров", "not_a_number", said)
    ledger = batches.full_ledger()
    changed = type(ledger)(**{**vars(ledger), "issues": (issue,)})
    invented("a", "b", ledger=changed)
    address = aida.preview((hostile, "Сидоров".encode()))
    aida.send(f"{address}/commit")
    aida.work()
    whole = json.dumps(lines(), ensure_ascii=False)
    for name in ("Иванов", "Петров", "Сидоров"):
        assert name not in whole


def test_a_folder_that_cannot_be_written_is_said(home):
    (home / "crashkit" / "dashboard.log").mkdir(parents=True)
    with pytest.raises(api.SettingError, match="cannot be written"), logs.kept():
        pass
