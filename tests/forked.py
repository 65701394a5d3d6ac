"""The command line as a program of its own that need not read its libraries anew.

A server without threads reads pandas and the rest once and then splits off a child for each command
(a child split off from a process with threads may wait forever for one of them). A child has its
own memory, folders and exit code, as a program that was started has.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

SERVER = multiprocessing.get_context("forkserver")
FORMATS = ("html", "pdf", "docx", "xlsx")
SERVER.set_forkserver_preload(
    ["crashkit.cli", "webapp.commands", *(f"crashkit.render.{one}" for one in FORMATS)]
)
LONGEST_S = 300


def crashkit(words: Sequence[str], env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run `crashkit WORDS` with this environment alone; return its exit code and what it said."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = (Path(folder) / name for name in ("out", "err"))
        child = SERVER.Process(target=_be, args=(list(words), dict(env), str(out), str(err)))
        child.start()
        child.join(LONGEST_S)
        if child.exitcode is None:
            child.kill()
            raise TimeoutError(f"crashkit {' '.join(words)} takes longer than {LONGEST_S} s")
        told = [file.read_text("utf-8") for file in (out, err)]
    return subprocess.CompletedProcess(words, child.exitcode, *told)


def _be(words: Sequence[str], env: Mapping[str, str], out: str, err: str) -> None:
    """Be the command line; never return."""
    from crashkit import cli

    code = 1
    try:
        _stand_alone(words, env, out, err)
        cli.main()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    except BaseException:  # as Python itself ends
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _stand_alone(words: Sequence[str], env: Mapping[str, str], out: str, err: str) -> None:
    made = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for name, how, number in ((os.devnull, os.O_RDONLY, 0), (out, made, 1), (err, made, 2)):
        os.dup2(os.open(name, how), number)
    sys.stdin = io.TextIOWrapper(os.fdopen(0, "rb", closefd=False), encoding="utf-8")
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(os.fdopen(number, "wb", closefd=False), "utf-8", write_through=number == 2)
        for number in (1, 2)
    )
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["crashkit", *words]
