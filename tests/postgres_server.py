"""A PostgreSQL server of the tests' own: made in a temporary folder, on a free loopback port.

Skips where no server program is installed. As root the server runs as an unprivileged user,
because PostgreSQL refuses to run as root.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PASSWORD = "a-secret-of-the-tests"
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")


@contextmanager
def running() -> Iterator[str]:
    """Run a server; give the address of its empty database, without a name at the end."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="crashkit_pg_"))
    user = _user()
    try:
        port = _start(programs, folder, user)
        yield f"postgresql+psycopg://crashkit:{PASSWORD}@127.0.0.1:{port}"
    finally:
        _run([programs / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop"], user)
        _remove(folder)


def _remove(folder: Path) -> None:
    """Let a folder of very many files be removed after us: nobody waits for a minute of that."""
    words = ["sh", "-c", 'rm -rf "$0" </dev/null >/dev/null 2>&1 &', str(folder)]
    subprocess.run(words, check=True)


def make_database(server: str, name: str, *, like: str | None = None) -> str:
    """Make a fresh database, or a copy of one that nobody uses; return its address."""
    import psycopg

    plain = server.replace("+psycopg", "")
    with psycopg.connect(f"{plain}/postgres", autocommit=True) as connection:
        copied = f' TEMPLATE "{like}"' if like else ""
        connection.execute(f'CREATE DATABASE "{name}"{copied}')
    return f"{server}/{name}"


def _programs() -> Path:
    found = sorted(
        place
        for pattern in PLACES
        for place in Path("/").glob(pattern.removeprefix("/"))
        if (place / "initdb").exists()
    )
    if found:
        return found[-1]
    on_path = shutil.which("initdb")
    if on_path is None:
        pytest.skip("no PostgreSQL server program is installed (initdb not found)")
    return Path(on_path).parent


def _user() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return pytest.skip("PostgreSQL does not run as root, and no other user was found")


def _start(programs: Path, folder: Path, user: pwd.struct_passwd | None) -> int:
    secret = folder / "secret"
    secret.write_text(PASSWORD, encoding="utf-8")
    if user:
        for place in (folder, secret):
            os.chown(place, user.pw_uid, user.pw_gid)
    data, port = folder / "data", _free_port()
    made = _run(
        [
            *(programs / "initdb", "-D", data, "-U", "crashkit", "--pwfile", secret),
            *("-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync"),
        ],
        user,
    )
    assert made.returncode == 0, made.stdout
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='{folder}'"
    log = folder / "log"
    started = _run([programs / "pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start"], user)
    assert started.returncode == 0, log.read_text(encoding="utf-8")
    _wait_for(port)
    return port


def _run(words: list[object], user: pwd.struct_passwd | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in words],
        cwd="/",
        check=False,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if "start" in words else subprocess.PIPE,
        stderr=subprocess.STDOUT,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as caller:
            if caller.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the PostgreSQL server does not answer")
