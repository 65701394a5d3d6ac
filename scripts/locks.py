"""Write the locked versions anew: what the dashboard needs, and what development needs.

python scripts/locks.py [--upgrade]
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = "3.11"
LOCKS = {
    "run": ["--group", "install"],
    "dev": [
        *("--extra", "postgres"),
        *("--group", "install", "--group", "test", "--group", "lint", "--group", "docs"),
        *("--group", "bench", "--group", "build"),
    ],
}


def main() -> int:
    """Compile each lock for every system and Python we run on."""
    for name, asked in LOCKS.items():
        target = ROOT / "locks" / f"{name}.txt"
        words = [sys.executable, "-m", "uv", "pip", "compile", "--universal", "--quiet"]
        words += ["--python-version", OLDEST_PYTHON, "--no-annotate", "--no-header"]
        words += ["--generate-hashes", "--output-file", str(target), "pyproject.toml"]
        subprocess.run([*words, *asked, *sys.argv[1:]], cwd=ROOT, check=True)
        print(f"{target.relative_to(ROOT)} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
