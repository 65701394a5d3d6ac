"""The process that does one piece of work for a worker: asked by one line, limited, then gone."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path

from webapp import datasets, jobs, logs, road_networks

if sys.platform != "win32":
    import resource

LOG_FILE = "import.log"
MEGABYTE = 1024 * 1024
SIZES = Path("/proc/self/statm")
"""Where Linux says how much memory a process has, in pages; elsewhere memory has no limit."""

WORK = (datasets.area.name, road_networks.area.name)
"""The pages whose work is done here: naming them makes sure that their work is known."""


def main() -> None:
    """Wait for a line that says which job to do, and do it."""
    # Ctrl+C is for the program that made this one: it decides when the work at hand ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    line = sys.stdin.readline()
    if not line:
        return
    asked = json.loads(line)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    with logs.kept(LOG_FILE):
        _limit_memory(asked["megabytes"])
        jobs.do_claimed(asked["store"], asked["job"], asked["attempt"])


def _leave_with_parent() -> None:
    """End at once when the other end of the line is closed: nobody would hear of the work."""
    # Read without the file object, whose lock would be in the way at the end of the program.
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


def _limit_memory(megabytes: int) -> None:
    """Let the process take so much memory beyond what it has, where the system can say so."""
    if sys.platform == "win32" or not SIZES.exists():
        return
    pages = int(SIZES.read_text().split()[0])
    wanted = pages * resource.getpagesize() + megabytes * MEGABYTE
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(resource.RLIMIT_AS, (limit, most))
