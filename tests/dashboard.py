"""A dashboard with the sample country, running as a user runs it, and a browser to look at it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import forked

START_S = 120
JOB_MS = 120_000
LANGUAGES = ("en", "ru", "zh")
SCREENS = {"laptop": (1366, 768), "phone": (390, 844)}

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Containers have no sandbox; the others keep Chromium from asking the internet for anything."""


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a user whose data are in `home` and nowhere else."""
    return {**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home / "data")}


def crashkit(*words: str, env: dict[str, str]) -> str:
    """Run the command line and return what it prints."""
    done = forked.crashkit(words, env)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def running(env: dict[str, str]) -> Iterator[str]:
    """Serve what is in the user's store on a free port; yield the address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "crashkit", "serve", "--port", str(port)]
    server = subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(address: str) -> None:
    until = time.monotonic() + START_S
    while True:
        try:
            urllib.request.urlopen(address).close()
            return
        except urllib.error.URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def pages() -> dict[str, str]:
    """Return the pages of the dashboard by name; screening 1 is the one the demo runs."""
    sites = "/d/sample/blackspots/1"
    return {
        "home": "/",
        "import": "/import",
        "profiles": "/profiles",
        "presets": "/presets",
        "preset": "/presets/new?from=be_flanders",
        "roads": "/roads",
        "jobs": "/jobs",
        "about": "/about",
        "data": "/d/sample",
        "quality": "/d/sample/quality",
        "evidence": "/d/sample/evidence",
        "map": "/d/sample/map",
        "layers": "/d/sample/layers",
        "on-roads": "/d/sample/on-roads",
        "map-sites": "/d/sample/map?result=1",
        "crashes": "/d/sample/crashes",
        "crash": "/d/sample/crashes/17",
        "crash-edit": "/d/sample/crashes/17/edit",
        "crash-new": "/d/sample/crashes/new",
        "changes": "/d/sample/changes",
        "locate": "/d/sample/locate",
        "explore": "/d/sample/explore",
        "explore-filtered": "/d/sample/explore?severity=fatal,serious&year=2020-2023",
        "cross-table": "/d/sample/explore/table?rows=light&columns=severity&show=rows",
        "hours": "/d/sample/explore/hours",
        "trend-years": "/d/sample/explore/trend_years",
        "trend-months": "/d/sample/explore/trend_months",
        "season": "/d/sample/explore/trend_months?by=season",
        "this-year": "/d/sample/explore/this_year?unit=casualties&show=fatal",
        "target": "/d/sample/explore/target?base_year=2016",
        "unusual": "/d/sample/explore/unusual?road=M1",
        "two-filters": "/d/sample/explore/two_filters?year=2022-2023&other=year%3D2020-2021",
        "severity": "/d/sample/explore/severity?unit=casualties",
        "road-users": "/d/sample/explore/road_users?unit=casualties",
        "crash-types": "/d/sample/explore/crash_types",
        "corridor": "/d/sample/explore/corridor",
        "districts": "/d/sample/explore/districts?show=severity",
        "ages": "/d/sample/explore/ages?unit=casualties",
        "ages-rates": "/d/sample/explore/ages?unit=casualties&by=rates",
        "light": "/d/sample/explore/light",
        "low-sun": "/d/sample/explore/light?show=glare",
        "protection": "/d/sample/explore/protection",
        "rates": "/d/sample/explore/rates_by_year",
        "cross-rates": "/d/sample/explore/table?rows=year&columns=light&show=rates",
        "seasons": "/d/sample/explore/seasons",
        "exposure": "/d/sample/exposure",
        "weather": "/d/sample/weather",
        "rules": "/d/sample/blackspots",
        "blackspots": sites,
        "compare": "/d/sample/blackspots/compare",
        "strip": f"{sites}/strip",
        "site": f"{sites}/1",
        "register": "/d/sample/register",
        "register-new": "/d/sample/register/new",
        "reports": "/d/sample/reports",
        "report-template": "/d/sample/reports/templates/monthly",
        "report-archive": "/d/sample/reports/archive",
        "report-schedules": "/d/sample/reports/schedules",
        "report-verify": "/reports/verify",
        "filters": "/d/sample/filters",
        "answer": "/d/sample/answer?q=A4+km+148",
        "answer-asked-back": "/d/sample/answer?q=km+41",
    }


MONTHLY = """title = "Month by month"

[[parts]]
section = "key_figures"

[[parts]]
heading = "When it happens"

[[parts]]
analysis = "hours"
filter = "severity=fatal,serious"

[[parts]]
text = "Nights are for the patrols."
"""
"""The report template that one of the pages shows."""


def add_template(env: dict[str, str], folder: Path) -> None:
    """Keep the report template of the pages."""
    file = folder / "monthly.toml"
    file.write_text(MONTHLY, encoding="utf-8")
    crashkit("templates", "add", str(file), env=env)


def add_people(env: dict[str, str], folder: Path) -> None:
    """Tell how many people of each age and sex live in the sample country, as a user does."""
    ages = [*(f"{low}-{low + 9}" for low in range(0, 80, 10)), "80+"]
    rows = [
        f"{year},{sex},{age},{300_000 - 30_000 * at}"
        for year in range(2016, 2026)
        for sex in ("male", "female")
        for at, age in enumerate(ages)
    ]
    file = folder / "people.csv"
    file.write_text("\n".join(["year,sex,age,population", *rows, ""]), encoding="utf-8")
    crashkit("exposure", "add", "sample", str(file), env=env)


def follow_the_job(page: Any) -> None:
    """Wait on the page of a job until it offers its result; a quick job leads there by itself."""
    offered = page.locator("#job a.button:not(.button-second)")
    there = page.locator("main:not(:has(#job))")
    offered.or_(there).wait_for(timeout=JOB_MS)
    if offered.count():
        offered.click()
