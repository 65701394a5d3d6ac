"""How a loop is compiled, and where what is compiled is kept."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crashkit import kernels
from crashkit.kernels import compiling


def test_a_kernel_works_where_no_folder_can_be_written(monkeypatch):
    asked = []

    def njit(**options):
        asked.append(options)
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return lambda loop: loop

    monkeypatch.setattr(compiling, "njit", njit)
    assert kernels.compiled(abs)(-3) == 3
    assert asked == [{"cache": True, "nogil": True}, {"nogil": True}]


def test_a_kernel_that_numba_refuses_says_so(monkeypatch):
    monkeypatch.setattr(compiling, "njit", lambda **options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        kernels.compiled(abs)


def test_warming_makes_every_kernel_ready():
    kernels.warm()
    loops = {
        name: one
        for file in kernels.FILES
        for name, one in vars(file).items()
        if hasattr(one, "signatures")
    }
    # A loop that is only called by another is compiled into that one.
    inner = {"_deepest", "_edges_at", "_height", "_highest", "_leads"}
    inner |= {"_mixed", "_pass_on", "_put", "_put_varint", "_root", "_see", "_show"}
    inner |= {"_inside", "_on_grid", "_put_line", "_share_inside", "_varint_size"}
    inner |= {"_squared", "_touch", "_values", "_walk", "_within"}
    assert {name for name, loop in loops.items() if not loop.signatures} <= inner


def test_every_file_of_kernels_is_warmed():
    folder = Path(kernels.__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - {"__init__", "compiling"}
    assert {file.__name__.rpartition(".")[2] for file in kernels.FILES} == files


# ---------------------------------------------------------- what is kept on disk

PROBE = "from crashkit import kernels; print(kernels.widest.stats.cache_path)"
posix = pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")


@posix
@pytest.mark.parametrize(
    ("around", "inside", "ours"),
    [
        (0o700, 0o755, True),
        (0o1777, 0o755, True),
        (0o1777, 0o1777, False),
        (0o700, 0o777, False),
        (0o777, 0o755, False),
    ],
)
def test_a_folder_that_strangers_can_write_to_or_swap_is_not_ours(tmp_path, around, inside, ours):
    folder = tmp_path / "around" / "inside"
    folder.mkdir(parents=True)
    folder.chmod(inside)
    folder.parent.chmod(around)
    assert kernels.is_ours(folder) == ours


@posix
@pytest.mark.parametrize("mode", [0o700, 0o777])
def test_compiled_code_is_kept_only_where_no_stranger_can_put_some(tmp_path, mode):
    folder = tmp_path / "kept"
    folder.mkdir()
    folder.chmod(mode)
    told = subprocess.run(
        [sys.executable, "-c", PROBE],
        env={**os.environ, "NUMBA_CACHE_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert told.startswith(str(folder)) if mode == 0o700 else told == "None"
