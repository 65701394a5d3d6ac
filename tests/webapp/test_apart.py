"""Files are read in a process of its own: whatever becomes of that, the worker goes on."""

from __future__ import annotations

import io
import sys
import threading
import time

import pytest

from crashkit.store import Store
from webapp import apart, jobs, uploads
from webapp.apart import Apart, Limits

CRASHES = b"crash_id,crash_date,severity\n1,2024-01-02,fatal\n"
LIMITS = Limits(megabytes=1_000, minutes=5)
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")
STRANGE = """
import os, signal, sys, time
from webapp import jobs, reader

@jobs.work("test-broken", apart=True)
def broken(store, args, progress, finish):
    os.kill(os.getpid(), signal.SIGKILL)

@jobs.work("test-hungry", apart=True)
def hungry(store, args, progress, finish):
    return {"n": len(bytearray(4 << 30))}

@jobs.work("test-deaf", apart=True)
def deaf(store, args, progress, finish):
    time.sleep(600)

@jobs.work("test-polite", apart=True)
def polite(store, args, progress, finish):
    print("a word on standard output is no matter")
    progress(0.5, None)
    return {"process": os.getpid()}

reader.main()
"""

for _name in ("broken", "hungry", "deaf", "polite"):
    # The work itself is done in the other process; here its name has to be known.
    jobs.work(f"test-{_name}", apart=True)(lambda *_: {})


@pytest.fixture
def board(tmp_path):
    made = jobs.Board(str(tmp_path / "apart.sqlite"))
    yield made
    made.close()


@pytest.fixture
def strange(board, monkeypatch):
    """Return what does the strange work of this file, in processes of its own."""
    monkeypatch.setattr(apart, "START", STRANGE)
    made = Apart(str(board.store.engine.url), LIMITS)
    yield made
    made.close()


def done(board, strange, name):
    number = board.start(name, {})
    assert board.run_next("w1", strange)
    return board.get(number)


def test_a_process_that_breaks_is_a_failed_job_and_the_next_one_is_done(board, strange):
    job = done(board, strange, "test-broken")
    assert (job.state, job.error) == ("failed", apart.DIED)
    job = done(board, strange, "test-polite")
    assert (job.state, job.error) == ("done", None)
    assert job.result["process"] != strange._ready.pid


@LINUX
def test_memory_has_an_end_and_a_sentence(board, strange):
    job = done(board, strange, "test-hungry")
    assert (job.state, job.error) == ("failed", jobs.TOO_LARGE)


def test_time_has_an_end_and_a_sentence(board, strange):
    strange.limits = Limits(megabytes=1_000, minutes=0)
    job = done(board, strange, "test-deaf")
    assert job.state == "failed"
    assert "took longer than 0 minutes" in str(job.error)


def test_work_that_does_not_hear_is_ended_when_it_is_cancelled(board, strange, monkeypatch):
    monkeypatch.setattr(apart, "GRACE_S", 0.1)
    number = board.start("test-deaf", {})
    worker = threading.Thread(target=board.run_next, args=("w1", strange))
    worker.start()
    while board.get(number).state == "queued":
        time.sleep(0.05)
    board.cancel(number)
    worker.join(60)
    assert board.get(number).state == "cancelled"


def test_a_process_that_was_ended_while_idle_is_made_again(board, strange):
    strange._ready.kill()
    strange._ready.wait()
    assert done(board, strange, "test-polite").state == "done"


def test_a_process_ends_with_the_program_that_made_it():
    process = apart._process()
    process.stdin.close()
    assert process.wait(60) == 0


def test_a_process_at_work_ends_with_the_program_that_made_it(board, strange):
    number = board.start("test-deaf", {})
    claimed = board._claim("w1")
    process = strange._ready
    asked = {"store": strange.url, "job": number, "attempt": claimed.attempt, "megabytes": 1_000}
    apart._tell(process, asked)
    time.sleep(0.5)
    assert process.poll() is None
    process.stdin.close()
    assert process.wait(60) == 1
    assert board.get(number).state == "running"


def test_a_preview_and_its_import_are_done_apart_by_a_worker(tmp_path, home):
    url = str(tmp_path / "real.sqlite")
    with Store.open(url) as store:
        number = uploads.keep([("crashes.csv", io.BytesIO(CRASHES))])
        args = {
            **{"dataset": "mine", "profile": "crashkit", "options": {}, "upload": number},
            "most_rows": 1000,
        }
        board, stop = jobs.Board(url), threading.Event()
        limited = {"stop": stop, "limits": LIMITS}
        worker = threading.Thread(target=jobs.run_worker, args=(url,), kwargs=limited)
        worker.start()
        preview = board.wait(board.start("preview", args), 60)
        made = board.wait(board.start("import", {**args, "version": 0}), 60)
        stop.set()
        worker.join(30)
        board.close()
        assert (preview.state, made.state) == ("done", "done")
        assert preview.result["accepted"] == 1
        assert store.dataset("mine").crashes == 1
        assert not uploads.are_kept(number)
    assert (home / "crashkit" / "import.log").is_file()
