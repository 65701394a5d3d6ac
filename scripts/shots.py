"""Take pictures of every page and every document, to be looked at: build/shots.

python scripts/shots.py            all pages (two screen sizes, three languages) and documents
python scripts/shots.py pages      the pages only
python scripts/shots.py documents  the documents only
python scripts/shots.py readme     the picture of the README, docs/images/blackspots.png
python scripts/shots.py manual     the pictures of docs/how-to/mapping.md, in docs/images

A dashboard of its own with the sample country is started in a temporary data folder.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import dashboard  # noqa: E402 - found through the line above
import made_files  # noqa: E402

OUT = ROOT / "build" / "shots"
PICTURES = ROOT / "docs" / "images"
README_PICTURE = PICTURES / "blackspots.png"
FORMATS = ("pdf", "docx", "xlsx", "html")


def main() -> int:
    """Take what was asked for."""
    what = sys.argv[1] if len(sys.argv) > 1 else "all"
    with tempfile.TemporaryDirectory() as home:
        env = dashboard.environment(Path(home))
        dashboard.crashkit("demo", "--prepare-only", env=env)
        dashboard.add_template(env, Path(home))
        dashboard.add_people(env, Path(home))
        if what in ("all", "documents"):
            documents(env)
        if what in ("all", "pages", "readme", "manual"):
            with dashboard.running(env) as address, sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=dashboard.CHROMIUM, args=list(dashboard.FLAGS)
                )
                {"readme": readme, "manual": manual}.get(what, pages)(browser, address)
                browser.close()
    return 0


# -------------------------------------------------------------------- pages


def pages(browser: Browser, address: str) -> None:
    """Take each page at each size in each language, its whole length."""
    paths = {**dashboard.pages(), "not-found": "/d/nowhere"}
    for size, (width, height) in dashboard.SCREENS.items():
        for language in dashboard.LANGUAGES:
            context = browser.new_context(
                viewport={"width": width, "height": height}, reduced_motion="reduce"
            )
            page = context.new_page()
            for name, path in paths.items():
                _open(page, f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
                _keep(page, OUT / "pages" / f"{name}-{size}-{language}.png")
            context.close()


def readme(browser: Browser, address: str) -> None:
    """Take the ranked map as the README shows it."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    _open(page, f"{address}{dashboard.pages()['blackspots']}?lang=en")
    README_PICTURE.parent.mkdir(exist_ok=True)
    page.screenshot(path=README_PICTURE)
    print(README_PICTURE.relative_to(ROOT))


def manual(browser: Browser, address: str) -> None:
    """Take the mapping of a file that no profile knows, and the preview that follows."""
    page = browser.new_page(viewport={"width": 1366, "height": 1024})
    file = {"name": "карточки.csv", "mimeType": "text/csv", "buffer": made_files.CARDS.encode()}
    page.goto(f"{address}/import?lang=en")
    page.locator("#files").set_input_files(file)
    page.locator("#dataset").fill("police_cards")
    page.locator("form[action='/import'] button").click()
    page.wait_for_url("**/mapping")
    page.wait_for_load_state("networkidle")
    _keep(page, PICTURES / "mapping.png", whole=False)
    page.locator("header button[value=preview]").click()
    page.locator("form[action$='/commit']").wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate("window.__ready || null")
    _keep(page, PICTURES / "mapping_preview.png", whole=False)


def _open(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_load_state("networkidle")
    # A map says when it has drawn itself; scrolling brings charts that wait for it into view.
    page.evaluate("window.__ready || null")
    height = page.evaluate("document.body.scrollHeight")
    for top in range(0, height, 600):
        page.evaluate(f"window.scrollTo(0, {top})")
        page.wait_for_timeout(120)
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_timeout(500)


def _keep(page: Page, path: Path, *, whole: bool = True) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=whole)
    print(path.relative_to(ROOT))


# ---------------------------------------------------------------- documents


def documents(env: dict[str, str]) -> None:
    """Write each kind of report in each language and format, and draw its pages."""
    folder = OUT / "documents"
    folder.mkdir(parents=True, exist_ok=True)
    for kind in json.loads(dashboard.crashkit("report", "--list", "--json", env=env)):
        for language in dashboard.LANGUAGES:
            for form in FORMATS:
                file = folder / f"{kind['id']}-{language}.{form}"
                words = ("--kind", kind["id"], "--lang", language, "--format", form)
                out = ("--preset", "count_1km", "--out", str(file))
                dashboard.crashkit("report", "sample", *words, *out, env=env)
                _draw(file)


def _draw(file: Path) -> None:
    """Turn the pages of a document into pictures beside it."""
    paper = file
    if file.suffix in (".docx", ".xlsx"):
        paper = file.with_name(f"{file.stem}-{file.suffix[1:]}.pdf")
        with tempfile.TemporaryDirectory() as folder:
            words = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, file]
            subprocess.run(words, check=True, capture_output=True)
            shutil.copy(Path(folder) / f"{file.stem}.pdf", paper)
    if paper.suffix == ".pdf":
        picture = paper.with_suffix("")
        subprocess.run(["pdftoppm", "-png", "-r", "70", paper, picture], check=True)
    print(file.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main())
