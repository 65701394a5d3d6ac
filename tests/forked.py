"""The command line in a child of this process: a program of its own, but its libraries are read.

A child has its own memory, folders and exit code, as a program that was started has; what takes
most of a second, reading pandas and the rest, was done by its parent.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence

from crashkit import cli


def crashkit(words: Sequence[str], env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run `crashkit WORDS` with this environment alone; return its exit code and what it said."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            _be(words, env, out.fileno(), err.fileno())
        _, status = os.waitpid(child, 0)
        told = [_read(file) for file in (out, err)]
    return subprocess.CompletedProcess(words, os.waitstatus_to_exitcode(status), *told)


def _be(words: Sequence[str], env: Mapping[str, str], out: int, err: int) -> None:
    """Be the command line; never return."""
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


def _stand_alone(words: Sequence[str], env: Mapping[str, str], out: int, err: int) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    for file, number in ((nothing, 0), (out, 1), (err, 2)):
        os.dup2(file, number)
    sys.stdin = io.TextIOWrapper(os.fdopen(0, "rb", closefd=False), encoding="utf-8")
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(os.fdopen(number, "wb", closefd=False), "utf-8", write_through=number == 2)
        for number in (1, 2)
    )
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["crashkit", *words]


def _read(file: io.BufferedRandom) -> str:
    file.seek(0)
    return file.read().decode("utf-8")
