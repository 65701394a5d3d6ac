"""Jobs outlive requests and workers; what they make is kept once."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import batches
import postgres_server
import pytest
from sqlalchemy import select

from crashkit.errors import Cancelled, IntakeError, Message, NeedsChoice, NotFound
from crashkit.store import Store
from webapp import jobs

NUMBERS = itertools.count(1)
RAN: list[str] = []


@jobs.work("test-answer")
def answer(store, args, progress, finish):
    progress(0.5, Message("Counting {n}", {"n": args["n"]}))
    return {"n": args["n"] + 1}


@jobs.work("test-import")
def bring_in(store, args, progress, finish):
    progress(0.1, Message("Reading"))
    within = finish(lambda number: {"import": number})
    record = store.save_import(args["dataset"], batches.batch("a", "b"), within=within)
    RAN.append(args["dataset"])
    return {"import": record.id}


@jobs.work("test-fault")
def fault(store, args, progress, finish):
    raise ZeroDivisionError("a secret of the program")


@jobs.work("test-refused")
def refused(store, args, progress, finish):
    raise IntakeError("Row {row}: {field}.", row=317, field=Message("Latitude"))


@jobs.work("test-question")
def question(store, args, progress, finish):
    raise NeedsChoice("Which encoding?", option="encoding", choices=("utf-8", "cp1251"))


@jobs.work("test-endless")
def endless(store, args, progress, finish):
    progress(0.3, Message("Waiting"))
    while True:
        progress(0.4)
        time.sleep(0.01)


@jobs.work("test-writing")
def writing(store, args, progress, finish):
    with store.writing():
        while True:
            progress(0.6, Message("Storing the rows: {n} of {of}", {"n": 6, "of": 10}))
            time.sleep(0.01)


@pytest.fixture(scope="module")
def postgres():
    with postgres_server.running() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite'}"
    server = request.getfixturevalue("postgres")
    return postgres_server.make_database(server, f"jobs{next(NUMBERS)}")


@pytest.fixture
def board(url):
    found = jobs.Board(url)
    yield found
    found.close()


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(jobs, "LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(jobs, "EXTEND_EVERY_S", 0.05)


def in_background(action, *args):
    thread = threading.Thread(target=action, args=args, daemon=True)
    thread.start()
    return thread


def until(true, seconds=10.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def test_a_job_waits_runs_and_tells_its_result(board):
    number = board.start("test-answer", {"n": 41})
    waiting = board.get(number)
    assert (waiting.state, waiting.progress, waiting.started) == ("queued", 0.0, None)
    assert board.run_next("w1")
    done = board.get(number)
    assert (done.state, done.progress, done.result) == ("done", 1.0, {"n": 42})
    assert done.created <= done.started <= done.finished
    assert done.is_finished
    assert not board.run_next("w1")


def test_jobs_run_in_the_order_they_came_and_are_listed_newest_first(board):
    numbers = [board.start("test-answer", {"n": n}) for n in range(3)]
    board.run_next("w1")
    assert [board.get(number).state for number in numbers] == ["done", "queued", "queued"]
    assert [job.id for job in board.recent(2)] == numbers[:0:-1]


def test_unknown_work_and_unknown_jobs_are_refused(board):
    with pytest.raises(NotFound, match="no-such"):
        board.start("no-such", {})
    with pytest.raises(NotFound, match="xyz"):
        board.get("xyz")
    with pytest.raises(NotFound, match="xyz"):
        board.cancel("xyz")


@pytest.mark.parametrize(
    ("name", "message", "result"),
    [
        (
            "test-refused",
            Message("Row {row}: {field}.", {"row": 317, "field": Message("Latitude")}),
            None,
        ),
        (
            "test-question",
            Message("Which encoding?", {"option": "encoding"}),
            {"option": "encoding", "choices": ["utf-8", "cp1251"], "examples": {}},
        ),
    ],
)
def test_what_the_user_must_mend_is_kept_as_a_message(board, name, message, result):
    number = board.start(name, {})
    board.run_next("w1")
    failed = board.get(number)
    assert (failed.state, failed.error, failed.result) == ("failed", message, result)


def test_a_fault_of_the_program_ends_the_job_and_tells_no_secret(board, caplog):
    number = board.start("test-fault", {})
    assert board.run_next("w1")
    failed = board.get(number)
    assert failed.state == "failed"
    assert number in str(failed.error)
    assert "secret" not in str(failed.error)
    assert "secret" in caplog.text


def test_the_work_and_its_end_are_kept_together(board):
    number = board.start("test-import", {"dataset": "mine"})
    board.run_next("w1")
    assert board.get(number).result == {"import": 1}
    assert len(board.store.load("mine")) == 2


def test_a_waiting_job_is_cancelled_at_once(board):
    number = board.start("test-import", {"dataset": "mine"})
    board.cancel(number)
    assert board.get(number).state == "cancelled"
    assert not board.run_next("w1")
    assert board.store.datasets() == []


def test_a_finished_job_cannot_be_cancelled_any_more(board):
    number = board.start("test-answer", {"n": 1})
    board.run_next("w1")
    board.cancel(number)
    assert board.get(number).state == "done"


def test_a_running_job_shows_its_progress_and_stops_when_asked(board, quick):
    number = board.start("test-endless", {})
    thread = in_background(board.run_next, "w1")
    until(lambda: board.get(number).progress == 0.4)
    assert board.get(number).doing == Message("Waiting")
    board.cancel(number)
    assert board.wait(number, 10).state == "cancelled"
    thread.join(10)


def test_a_cancel_that_comes_while_the_work_is_stored_keeps_nothing(board):
    number = board.start("test-import", {"dataset": "mine"})
    row = board._claim("w1")
    board.cancel(number)
    run = jobs._Run(board.store, row)
    run.do()
    assert board.get(number).state == "cancelled"
    assert board.store.datasets() == []


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_job_that_holds_the_store_still_tells_and_hears(board, quick):
    number = board.start("test-writing", {})
    thread = in_background(board.run_next, "w1")
    until(lambda: board.get(number).progress == 0.6)
    assert board.get(number).doing == Message("Storing the rows: {n} of {of}", {"n": 6, "of": 10})
    board.cancel(number)
    assert board.wait(number, 10).state == "cancelled"
    thread.join(10)
    assert board.store.datasets() == []
    assert board._bell.result_store_size() == 0


def leased_until(board, number):
    with board.store.reading() as connection:
        return connection.scalar(select(jobs.JOB.c.lease_until).where(jobs.JOB.c.id == number))


def test_a_lease_is_extended_while_the_work_goes_on(board, quick):
    number = board.start("test-endless", {})
    thread = in_background(board.run_next, "w1")
    until(lambda: board.get(number).state == "running")
    first = leased_until(board, number)
    # Over the share of work told in between, which is written anew anyway.
    until(lambda: board.get(number).progress == 0.4)
    told = leased_until(board, number)
    until(lambda: leased_until(board, number) > told >= first)
    assert board._claim("w2") is None
    board.cancel(number)
    thread.join(10)
    assert board.get(number).state == "cancelled"


def test_the_job_of_a_dead_worker_is_taken_over_and_its_work_kept_once(board, monkeypatch):
    number = board.start("test-import", {"dataset": "mine"})
    monkeypatch.setattr(jobs, "LEASE_S", -1.0)
    dead = board._claim("dead")
    monkeypatch.undo()
    assert board.run_next("w2")
    assert (board.get(number).state, len(board.store.imports("mine"))) == ("done", 1)
    # The dead one was only asleep: it wakes up, and may keep nothing.
    jobs._Run(board.store, dead).do()
    assert len(board.store.imports("mine")) == 1
    assert board.get(number).result == {"import": 1}


def test_a_worker_that_lost_its_job_keeps_nothing_and_changes_nothing(board, monkeypatch):
    number = board.start("test-import", {"dataset": "mine"})
    monkeypatch.setattr(jobs, "LEASE_S", -1.0)
    asleep = board._claim("asleep")
    monkeypatch.undo()
    board._claim("w2")
    jobs._Run(board.store, asleep).do()
    assert board.get(number).state == "running"
    assert board.store.datasets() == []


def test_a_job_that_kills_its_workers_is_given_up(board, monkeypatch):
    number = board.start("test-answer", {"n": 1})
    monkeypatch.setattr(jobs, "LEASE_S", -1.0)
    for attempt in range(jobs.ATTEMPTS):
        assert board._claim("w").attempt == attempt + 1
    assert not board.run_next("w")
    failed = board.get(number)
    assert (failed.state, failed.error.values) == ("failed", {"n": 3})


def test_a_cancelled_job_of_a_dead_worker_is_closed(board, monkeypatch):
    number = board.start("test-answer", {"n": 1})
    monkeypatch.setattr(jobs, "LEASE_S", -1.0)
    board._claim("dead")
    board.cancel(number)
    assert not board.run_next("w2")
    assert board.get(number).state == "cancelled"


def test_two_workers_share_the_jobs_and_run_each_once(board, url):
    RAN.clear()
    numbers = [board.start("test-import", {"dataset": f"set{n}"}) for n in range(8)]
    stop = threading.Event()
    workers = [
        threading.Thread(target=jobs.run_worker, args=(url,), kwargs={"stop": stop})
        for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    found = [board.wait(number, 30) for number in numbers]
    stop.set()
    for worker in workers:
        worker.join(10)
    assert {job.state for job in found} == {"done"}
    assert sorted(RAN) == [f"set{n}" for n in range(8)]
    assert {len(board.store.imports(name)) for name in RAN} == {1}


def test_the_bell_wakes_a_worker_and_a_lost_bell_loses_no_job(board, url):
    number = board.start("test-answer", {"n": 1})
    if board.store.kind == "sqlite":
        assert board.heard()
    assert not board.heard()
    stop = threading.Event()
    thread = threading.Thread(target=jobs.run_worker, args=(url,), kwargs={"stop": stop})
    thread.start()
    assert board.wait(number, 10).state == "done"
    stop.set()
    thread.join(10)


def test_jobs_are_there_after_a_restart(url):
    board = jobs.Board(url)
    number = board.start("test-answer", {"n": 1})
    board.close()
    with Store.open(url) as store:
        again = jobs.Board(store)
        assert again.get(number).state == "queued"
        assert again.run_next("w1")
        with pytest.raises(TimeoutError):
            again.wait(again.start("test-answer", {"n": 1}), 0.05)


WORKER = """
import sys, threading
sys.path[:0] = sys.argv[2:4]
import batches, time
from webapp import jobs
@jobs.work("test-import")
def bring_in(store, args, progress, finish):
    within = finish(lambda number: {"import": number})
    def slow(connection, number):
        within(connection, number)
        print("written", flush=True)
        time.sleep(60)
    store.save_import(args["dataset"], batches.batch("a", "b"), within=slow)
jobs.LEASE_S = 1.0
jobs.Board(sys.argv[1]).run_next("victim")
"""


def test_a_killed_worker_leaves_nothing_and_another_does_the_job(board, url):
    number = board.start("test-import", {"dataset": "mine"})
    here = Path(batches.__file__).parent
    words = [sys.executable, "-c", WORKER, url, str(here), str(here.parent)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as victim:
        assert victim.stdout.readline().strip() == "written"
        os.kill(victim.pid, signal.SIGKILL)
    assert board.store.datasets() == []
    until(lambda: board.run_next("w2"))
    assert (board.get(number).state, len(board.store.imports("mine"))) == ("done", 1)


def test_cancelling_is_an_error_that_keeps_nothing():
    assert "nothing was kept" in str(Cancelled())


def test_a_flood_of_jobs_of_one_kind_is_refused(board, monkeypatch):
    monkeypatch.setitem(jobs.MOST_WAITING, "test-answer", 2)
    first, _ = (board.start("test-answer", {"n": 1}) for _ in range(2))
    with pytest.raises(jobs.Full, match="2 pieces"):
        board.start("test-answer", {"n": 1})
    board.cancel(first)
    assert board.start("test-answer", {"n": 1})
