"""Every kind of report in every format, and the sums of the files: equal reports, equal bytes.

python tests/written_again.py KIND...   prints the sums, for a process that compares them
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable

import written
from invented import sample

from crashkit import render
from crashkit.model import CrashData
from crashkit.text import Speaker


def sums(kinds: Iterable[str], data: CrashData) -> dict[str, str]:
    """Write kinds of report in every format; return the sum of each file."""
    found = {}
    for kind in kinds:
        made = written.of_data(kind, data)
        for format in render.formats():
            content = render.render(made, Speaker("ru"), format, "crashkit-receipt:none")
            found[f"{kind}.{format}"] = hashlib.sha256(content).hexdigest()
    return found


if __name__ == "__main__":
    print(json.dumps(sums(sys.argv[1:], sample())))
