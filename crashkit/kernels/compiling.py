"""How a loop is compiled, and where the compiled code is kept.

Compiled code is kept beside its file, or in the user's cache folder where that is read-only, or
nowhere; a kernel that cannot be kept is compiled anew in each process. A folder that strangers can
write to is not used: compiled code from there could be theirs.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Loop = TypeVar("Loop", bound=Callable[..., Any])
Ints = NDArray[np.int64]
Places = NDArray[np.int32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Bytes = NDArray[np.uint8]


def compiled(loop: Loop) -> Loop:
    """Compile a loop; keep the result on disk where there is a folder that is ours alone."""
    try:
        kept: Any = njit(cache=True, nogil=True)(loop)
    except RuntimeError:  # numba found no folder it may write to
        return cast(Loop, njit(nogil=True)(loop))
    is_safe = is_ours(Path(kept.stats.cache_path))
    return cast(Loop, kept if is_safe else njit(nogil=True)(loop))


def laid_out(*arrays: NDArray[Any]) -> tuple[Ints, ...]:
    """Lay whole numbers out as kernels know them: for another kind they would be compiled anew."""
    return tuple(np.ascontiguousarray(one, dtype=np.int64) for one in arrays)


def is_ours(folder: Path) -> bool:
    """Say whether only this user, or root, can put files into a folder of kept code.

    What is kept there is a pickle: whoever writes it decides what runs here.
    """
    if os.name != "posix":
        return True
    inside, around = folder.stat(), folder.parent.stat()
    strangers_write = inside.st_mode & stat.S_IWOTH
    # In a sticky folder, such as that of temporary files, strangers cannot swap what is ours.
    strangers_swap = around.st_mode & stat.S_IWOTH and not around.st_mode & stat.S_ISVTX
    owners = {inside.st_uid, around.st_uid}
    return owners <= {0, os.geteuid()} and not strangers_write and not strangers_swap
