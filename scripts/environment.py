"""Make a private environment with CrashKit in it; run with any Python 3.11 or newer.

python3 scripts/environment.py run FOLDER     what the dashboard needs
python3 scripts/environment.py dev FOLDER     and what tests, checks and documentation need
python3 scripts/environment.py wheels FOLDER  fetch everything into a folder, for machines offline

WHEELHOUSE=DIR installs from such a folder and asks no network. Only the standard library is used.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NEWEST_TOO_OLD = (3, 10)
DOWNLOAD_MB = {"run": 260, "dev": 420, "wheels": 260}
STAMP = "crashkit-installed"


def main() -> int:
    """Do one of the three; say any trouble in a sentence with its cure."""
    what, folder = sys.argv[1], Path(sys.argv[2]).resolve()
    trouble = _python_trouble()
    if trouble:
        return _say(trouble)
    if what == "wheels":
        return _fetch_wheels(folder)
    if _is_ready(folder, what):
        return 0
    return _make(folder) or _install(folder, what)


def _python_trouble() -> str:
    if sys.version_info[:2] <= NEWEST_TOO_OLD:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        return (
            f"CrashKit needs Python 3.11 or newer; this is Python {version}. "
            "Install a newer one from https://www.python.org/downloads/ and name it: "
            "make demo PYTHON=python3.12"
        )
    return ""


def _make(folder: Path) -> int:
    python = _python(folder)
    if python.exists() and _runs(python, "-m", "pip", "--version"):
        return 0
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        check=False,
        capture_output=True,
        text=True,
    )
    if made.returncode == 0:
        return 0
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return _say(
        "Python cannot make a private environment here: its venv module is missing or incomplete. "
        f"On Debian and Ubuntu: sudo apt install python{version}-venv. "
        "Elsewhere, install Python from https://www.python.org/downloads/. "
        f"(It said: {_last_line(made.stdout + made.stderr)})"
    )


def _install(folder: Path, what: str) -> int:
    _say(
        f"Installing CrashKit into {folder} from the folder {os.environ['WHEELHOUSE']}."
        if os.environ.get("WHEELHOUSE")
        else f"Installing CrashKit into {folder}; {DOWNLOAD_MB[what]} MB are downloaded, once."
    )
    steps = [["-r", str(_lock(what))], ["--no-deps", "--no-build-isolation", "-e", str(ROOT)]]
    for step in steps:
        trouble = _pip(folder, "install", "--progress-bar", _bar(), *_source(), *step)
        if trouble:
            return _say(trouble)
    _stamp(folder).write_text(_fingerprint(what), encoding="utf-8")
    return 0


def _fetch_wheels(folder: Path) -> int:
    if _make(ROOT / ".venv"):
        return 1
    _say(f"Fetching the packages into {folder}; about {DOWNLOAD_MB['wheels']} MB.")
    trouble = _pip(ROOT / ".venv", "download", "-q", "-d", str(folder), "-r", str(_lock("run")))
    return _say(
        trouble or f"Done. On the machine without internet: WHEELHOUSE={folder} make demo"
    ) * bool(trouble)


def _pip(folder: Path, *words: str) -> str:
    """Run pip; return the trouble in one sentence, or nothing."""
    quiet = ["--disable-pip-version-check", "--no-input"]
    run = subprocess.Popen(
        [str(_python(folder)), "-m", "pip", words[0], *quiet, *words[1:]],
        stderr=subprocess.PIPE,
        stdout=None if _bar() == "on" else subprocess.DEVNULL,
        text=True,
    )
    said = run.communicate()[1]
    return "" if run.returncode == 0 else _pip_trouble(said)


def _pip_trouble(said: str) -> str:
    offline = ("ConnectionError", "Temporary failure", "ProxyError", "timed out", "versions: none")
    if os.environ.get("WHEELHOUSE") and "No matching distribution" in said:
        return (
            f"The folder {os.environ['WHEELHOUSE']} lacks a package for this computer. Fill it "
            "again with `make wheelhouse` on a computer of the same system and Python version. "
            f"(pip said: {_last_line(said)})"
        )
    if any(word in said for word in offline):
        return (
            "The packages cannot be downloaded: there is no connection to the package index. "
            "Connect to the internet and run this again, or run `make wheelhouse` on a connected "
            "computer, bring the folder `wheelhouse` here, and run: WHEELHOUSE=wheelhouse make demo"
        )
    if "No space left" in said:
        return "The disk is full; about 1 GB is needed. Free some space and run this again."
    return f"The packages could not be installed. pip said: {_last_line(said)}"


def _source() -> list[str]:
    wheelhouse = os.environ.get("WHEELHOUSE")
    return ["--no-index", "--find-links", str(Path(wheelhouse).resolve())] if wheelhouse else []


def _bar() -> str:
    return "on" if sys.stdout.isatty() else "off"


def _lock(what: str) -> Path:
    return ROOT / "locks" / f"{what}.txt"


def _is_ready(folder: Path, what: str) -> bool:
    stamp = _stamp(folder)
    kept = stamp.read_text(encoding="utf-8") if stamp.exists() else ""
    wanted = [_fingerprint(what)] + ([_fingerprint("dev")] if what == "run" else [])
    return kept in wanted and _python(folder).exists()


def _fingerprint(what: str) -> str:
    parts = [_lock(what), ROOT / "pyproject.toml"]
    digest = hashlib.sha256(b"".join(part.read_bytes() for part in parts))
    digest.update(f"{what} {ROOT} {sys.version}".encode())
    return digest.hexdigest()


def _stamp(folder: Path) -> Path:
    return folder / STAMP


def _python(folder: Path) -> Path:
    inside = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return folder.joinpath(*inside)


def _runs(*words: object) -> bool:
    try:
        run = subprocess.run([str(word) for word in words], check=False, capture_output=True)
    except OSError:
        return False
    return run.returncode == 0


def _last_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines or ["nothing"])[-1]


def _say(sentence: str) -> int:
    print(sentence, file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
