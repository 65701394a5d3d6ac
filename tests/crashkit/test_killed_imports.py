"""An import that is killed at any moment leaves all or nothing; a retry adds nothing twice."""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import postgres_server
import pytest

import crashkit
from crashkit import api

CRASHES = 3_000
NUMBERS = itertools.count(1)
MOMENTS = [
    pytest.param(seed, marks=[pytest.mark.slow] if seed >= 3 else [], id=f"moment{seed}")
    for seed in range(50)
]
IMPORTER = """
import sys
sys.path.insert(0, sys.argv[1])
from crashkit import api
def progress(share, doing=None):
    print(f"{share:.4f}", flush=True)
with api.open_store(sys.argv[2]) as store:
    files = api.read_uploads(sys.argv[3:])
    api.import_crashes(store, files, profile="crashkit", dataset="mine", progress=progress)
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    crashes = (f"{n:05},2023-0{n % 9 + 1}-{n % 28 + 1:02},serious" for n in range(CRASHES))
    people = (f"{n:05},1,serious" for n in range(CRASHES))
    crash_file, people_file = folder / "crashes.csv", folder / "people.csv"
    crash_file.write_text("\n".join(["crash_id,crash_date,severity", *crashes]), "utf-8")
    people_file.write_text("\n".join(["crash_id,person_no,injury", *people]), "utf-8")
    return [crash_file, people_file]


@pytest.fixture(scope="module")
def server():
    with postgres_server.running() as running:
        yield running


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite'}"
    running = request.getfixturevalue("server")
    return postgres_server.make_database(running, f"killed{next(NUMBERS)}")


@pytest.mark.parametrize("seed", MOMENTS)
def test_an_import_killed_at_a_random_moment_is_there_whole_or_not_at_all(url, files, seed):
    # Every third moment lies in the writing, which is the shortest part and the one that matters.
    chance = random.Random(seed)
    share = chance.uniform(0.7, 1.0) if seed % 3 == 0 else chance.uniform(0.0, 1.0)
    kill_at(share, chance.uniform(0.0, 0.05), url, files)
    with api.open_store(url) as store:
        assert state(store) in ((0, 0, 0), (1, CRASHES, CRASHES))
        done, _ = api.import_crashes(
            store, api.read_uploads(files), profile="crashkit", dataset="mine"
        )
        assert done.accepted + done.duplicates == 2 * CRASHES
        assert state(store)[1:] == (CRASHES, CRASHES)
        assert store.check() == []


def kill_at(share, later, url, files):
    """Start an import in a process of its own, and kill it behind this share of its way."""
    here = str(Path(crashkit.__file__).parents[1])
    words = [sys.executable, "-c", IMPORTER, here, url, *map(str, files)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if float(line) >= share:
                break
        time.sleep(later)
        os.kill(process.pid, signal.SIGKILL)


def state(store):
    """Return how many imports, crashes and people are there, once the server has noticed."""
    if not store.datasets():
        return (0, 0, 0)
    data = store.load("mine")
    return len(store.imports("mine")), len(data.crashes), len(data.people)
