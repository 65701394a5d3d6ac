"""serve, demo and worker: what they say, refuse, bring along, and how they stop."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import batches
import pytest
from click.testing import CliRunner

from crashkit import api
from crashkit.cli import crashkit
from webapp import commands


@pytest.fixture
def said(home):
    """Run a command; return its exit code and what it said."""

    def run(*words):
        done = CliRunner().invoke(crashkit, list(words))
        if isinstance(done.exception, api.CrashKitError):
            return 1, str(done.exception.message)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.output

    return run


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", "", "10.0.0.1"])
def test_no_outside_address_is_served_while_there_are_no_accounts(said, host, home):
    code, text = said("serve", "--host", host)
    assert code == 1
    assert "no accounts yet" in text
    assert "127.0.0.1" in text
    assert list((home / "crashkit").iterdir()) == []


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_is_none_is_wrong_usage(said, port):
    assert said("serve", "--port", port)[0] == 2


def test_a_guessable_key_stops_the_start(said, monkeypatch):
    monkeypatch.setenv("CRASHKIT_SECRET_KEY", "change-me")
    code, text = said("serve")
    assert code == 1
    assert "can be guessed" in text


def test_a_port_in_use_is_said_with_the_cure(said):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, text = said("serve", "--port", str(port))
    assert code == 1
    assert f"Port {port} is in use" in text
    assert f"--port {port + 1}" in text


@pytest.mark.parametrize("command", ["serve", "demo", "worker"])
def test_help_is_written_in_the_language_of_the_user(said, command):
    code, text = said(command, "--help")
    assert code == 0
    assert "--store" in text
    assert said("--lang", "ru", command, "--help")[1] != text


def test_the_sample_is_prepared_once(said, home):
    begun = time.monotonic()
    assert said("demo", "--prepare-only")[0] == 0
    first = time.monotonic() - begun
    with api.open_store(api.default_store_url()) as store:
        info = store.dataset("sample")
        assert (info.crashes, info.synthetic) == (3000, True)
        assert set(store.layers("sample")) == {"roads", "towns", "lakes", "areas", "junctions"}
        assert [one.name for one in api.road_networks(store)] == ["sample"]
        result = store.result(store.results("sample")[0].id)
        assert result.asked.preset == "eb_excess_windows"
        assert len(result.findings) > 5
    begun = time.monotonic()
    assert said("demo", "--prepare-only")[0] == 0
    assert time.monotonic() - begun < max(2.0, first)
    with api.open_store(api.default_store_url()) as store:
        assert len(store.imports("sample")) == len(store.results("sample")) == 1


def test_a_sample_that_was_taken_back_or_half_prepared_is_made_whole(said):
    said("demo", "--prepare-only")
    with api.open_store(api.default_store_url()) as store:
        store.undo_import(store.imports("sample")[0].id)
    assert said("demo", "--prepare-only")[0] == 0
    with api.open_store(api.default_store_url()) as store:
        assert store.dataset("sample").crashes == 3000


def test_the_next_free_port_is_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with commands._next_place("127.0.0.1", port) as place:
            assert port < place.getsockname()[1] < port + commands.PORTS_TRIED


# ------------------------------------------------------------ as a user runs it


@contextmanager
def started(home, *words):
    # A program of its own: its signals, threads and end are what is tested.
    env = {**os.environ, "XDG_DATA_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "crashkit", *words]
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    ) as program:
        try:
            yield program
        except BaseException:
            # Who waits for a program that nobody told to stop waits for ever.
            program.kill()
            raise


def line_with(program, word):
    for line in program.stdout:
        if word in line:
            return line
    raise AssertionError(f"it never said {word!r}")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_the_dashboard_works_and_stops_cleanly(home, end):
    with started(home, "serve", "--port", str(free_port())) as program:
        address = line_with(program, "http://").split()[-1]
        with urllib.request.urlopen(f"{address}/index.json") as answer:
            assert json.load(answer)["datasets"] == []
            assert "Server" not in answer.headers
        program.send_signal(end)
        rest = program.stdout.read()
    assert program.returncode == 0
    assert "Stopped." in rest
    assert "Traceback" not in rest


def test_the_worker_of_the_dashboard_does_jobs(home):
    with started(home, "serve", "--port", str(free_port())) as program:
        address = line_with(program, "http://").split()[-1]
        number = put_up_undoable_job(home)
        until = time.monotonic() + 60
        state = "queued"
        while state not in ("done", "failed") and time.monotonic() < until:
            with urllib.request.urlopen(f"{address}/jobs/{number}.json") as answer:
                state = json.load(answer)["state"]
            time.sleep(0.2)
        program.send_signal(signal.SIGTERM)
        rest = program.stdout.read()
    assert state == "failed"
    assert "Traceback" not in rest


def test_a_worker_of_its_own_does_jobs_and_stops(home):
    number = put_up_undoable_job(home)
    with started(home, "worker") as program:
        line_with(program, "Waiting for work")
        from webapp.jobs import Board

        board = Board(api.default_store_url())
        assert board.wait(number, 30).state == "failed"
        board.close()
        program.send_signal(signal.SIGTERM)
        program.stdout.read()
    assert program.returncode == 0


def put_up_undoable_job(home):
    """Put up an import whose files are gone: quickly done, and it fails with a sentence."""
    from webapp.jobs import Board

    board = Board(api.default_store_url())
    args = {"dataset": "mine", "profile": "crashkit", "options": {}, "upload": "0" * 32}
    number = board.start("preview", args)
    board.close()
    return number


def test_a_store_that_cannot_be_opened_is_said_at_once(said, tmp_path):
    wrong = tmp_path / "no database.sqlite"
    wrong.write_bytes(b"this is a letter, not a database" * 100)
    for command in ("serve", "worker", "demo"):
        code, text = said(command, "--store", str(wrong))
        assert code == 1, command
        assert "Traceback" not in text


def test_data_of_a_store_named_on_the_command_line_are_served(home, tmp_path):
    url = f"sqlite:///{tmp_path / 'other.sqlite'}"
    with api.open_store(url) as store:
        store.save_import("mine", batches.batch("a"))
    words = ("--store", url, "serve", "--port", str(free_port()), "--without-worker")
    with started(home, *words) as program:
        address = line_with(program, "http://").split()[-1]
        with urllib.request.urlopen(f"{address}/index.json") as answer:
            assert json.load(answer)["datasets"][0]["id"] == "mine"
        program.terminate()
        program.stdout.read()
