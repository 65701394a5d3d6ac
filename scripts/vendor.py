"""Fetch the browser libraries and the fonts, and write down what was taken from where.

    python scripts/vendor.py [libraries|fonts]

Needs the `build` group (fonttools, brotli), npm, and Chromium for the style sheet of Plotly.
Running it again gives the same bytes. Versions are pinned here; everything else follows.
"""

from __future__ import annotations

import functools
import hashlib
import http.server
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset, ttLib

ROOT = Path(__file__).parent.parent
VENDOR = ROOT / "webapp" / "static" / "vendor"
FONTS = ROOT / "crashkit" / "fonts"


@dataclass(frozen=True)
class Package:
    """A package of the npm registry, and which of its files are taken under which name."""

    name: str
    version: str
    licence: str
    title: str
    licence_file: str
    files: dict[str, str]

    @property
    def source(self) -> str:
        """Where the package can be had."""
        return f"https://www.npmjs.com/package/{self.name}/v/{self.version}"


LIBRARIES = (
    Package(
        "maplibre-gl",
        "6.17.0",
        "BSD-3-Clause",
        "MapLibre GL JS",
        "package/LICENSE.txt",
        {
            "package/dist/maplibre-gl.mjs": "maplibre-gl.mjs",
            "package/dist/maplibre-gl-worker.mjs": "maplibre-gl-worker.mjs",
            "package/dist/maplibre-gl.css": "maplibre-gl.css",
        },
    ),
    Package(
        "pmtiles",
        "4.5.0",
        "BSD-3-Clause",
        "PMTiles",
        "LICENSE",
        {"package/dist/pmtiles.js": "pmtiles.mjs"},
    ),
    Package(
        "htmx.org",
        "4.0.1",
        "0BSD",
        "htmx",
        "package/LICENSE",
        {"package/dist/htmx.min.js": "htmx.min.js"},
    ),
    Package(
        "plotly.js-cartesian-dist-min",
        "4.1.1",
        "MIT",
        "Plotly.js, cartesian bundle",
        "package/LICENSE",
        {"package/plotly-cartesian.min.js": "plotly-cartesian.min.js"},
    ),
)

BSD_OF_PMTILES = """BSD 3-Clause License

Copyright 2021 Protomaps LLC

Redistribution and use in source and binary forms, with or without modification, are permitted
provided that the following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this list of conditions
and the following disclaimer.

2. Redistributions in binary form must reproduce the above copyright notice, this list of conditions
and the following disclaimer in the documentation and/or other materials provided with the
distribution.

3. Neither the name of the copyright holder nor the names of its contributors may be used to endorse
or promote products derived from this software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR
IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND
FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR
CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE,
DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER
IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF
THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
"""
"""The package names its licence but does not carry the text."""


@dataclass(frozen=True)
class Face:
    """A font file of the npm registry, kept whole or cut to `characters`, for paper and screen.

    `ranges` is the part of the alphabet the browser loads it for, as CSS writes it.
    """

    package: str
    version: str
    path: str
    name: str
    weight: int
    ranges: str
    cut_for_paper: bool = False


LATIN_AND_CYRILLIC = (
    "U+0000-02BA,U+02BB-02FF,U+0300-036F,U+0400-052F,U+1C80-1C8A,U+1E00-1EFF,U+2000-206F,"
    "U+2070-20CF,U+2100-2150,U+2190-21FF,U+2200-22FF,U+2DE0-2DFF,U+A640-A69F,U+FB00-FB06,U+FEFF"
)
ARABIC = "U+0600-06FF,U+0750-077F,U+FB50-FDFF,U+FE70-FEFE"
GEORGIAN = "U+10A0-10FF,U+1C90-1CBF,U+2D00-2D2F"
CHINESE = "U+3000-303F,U+3400-4DBF,U+4E00-9FFF,U+FF00-FFEF"


def _faces() -> Iterator[Face]:
    for weight, word in ((400, "Regular"), (700, "Bold")):
        for package, version, stem, ranges in (
            ("noto-sans", "0.4.2", "NotoSans", LATIN_AND_CYRILLIC),
            ("noto-naskh-arabic", "0.4.5", "NotoNaskhArabic", ARABIC),
            ("noto-sans-georgian", "0.4.3", "NotoSansGeorgian", GEORGIAN),
            ("noto-sans-sc", "0.4.3", "NotoSansSC", CHINESE),
        ):
            yield Face(
                package=f"@expo-google-fonts/{package}",
                version=version,
                path=f"package/{weight}{word}/{stem}_{weight}{word}.ttf",
                name=f"{stem}-{word}",
                weight=weight,
                ranges=ranges,
                cut_for_paper=stem == "NotoSansSC",
            )


# ------------------------------------------------------------------ fetching


@functools.cache
def fetch(name: str, version: str) -> Path:
    """Return the folder into which the package was unpacked."""
    folder = Path(tempfile.mkdtemp(prefix="crashkit-vendor-"))
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is needed to fetch packages. Install Node.js and try again.")
    command = [npm, "pack", "--silent", f"{name}@{version}"]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    with tarfile.open(folder / done.stdout.split()[-1]) as archive:
        archive.extractall(folder, filter="data")
    return folder


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# ----------------------------------------------------------------- libraries


def libraries() -> None:
    VENDOR.mkdir(parents=True, exist_ok=True)
    entries = [_library(package) for package in LIBRARIES]
    (VENDOR / "VENDOR.toml").write_text(
        "# Browser libraries as shipped. Written by scripts/vendor.py, compared by a test.\n\n"
        + "\n".join(entries),
        encoding="utf-8",
    )


def _library(package: Package) -> str:
    folder = fetch(package.name, package.version)
    taken = [_take(folder / origin, VENDOR / name) for origin, name in package.files.items()]
    licence = VENDOR / f"{package.name}.LICENSE.txt"
    if (folder / package.licence_file).exists():
        _write(licence, (folder / package.licence_file).read_bytes())
    else:
        _write(licence, BSD_OF_PMTILES.encode())
    if package.name.startswith("plotly"):
        taken.append(_plotly_styles(VENDOR / "plotly-cartesian.min.js"))
    return _entry(
        "library",
        {
            "name": package.name,
            "title": package.title,
            "version": package.version,
            "licence": package.licence,
            "licence_file": licence.name,
            "source": package.source,
        },
        [*taken, licence],
    )


def _take(origin: Path, target: Path) -> Path:
    content = _without_map(origin.read_bytes())
    if target.name == "pmtiles.mjs":
        content += b"export const { PMTiles, Protocol } = pmtiles;\n"
    return _write(target, content)


def _without_map(content: bytes) -> bytes:
    """Drop the line that names a source map: browsers would ask for a file we do not ship."""
    lines = content.splitlines(keepends=True)
    kept = b"".join(line for line in lines if not line.startswith(b"//# sourceMappingURL="))
    return kept if kept.endswith(b"\n") else kept + b"\n"


def _write(target: Path, content: bytes) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return target


def _entry(kind: str, words: dict[str, str], files: Sequence[Path]) -> str:
    lines = [f"[[{kind}]]"]
    lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in words.items()]
    lines.append("files = [")
    for path in files:
        size, name = path.stat().st_size, path.name
        lines.append(f'  {{ path = "{name}", bytes = {size}, sha256 = "{sha256(path)}" }},')
    return "\n".join([*lines, "]", ""])


STYLES_OF = """
async () => {
  const box = document.getElementById('chart');
  await Plotly.newPlot(box, [{x: [1, 2], y: [1, 2]}], {}, {displayModeBar: true});
  const ours = sheet => sheet.ownerNode.id.startsWith('plotly.js-style');
  const sheets = [...document.styleSheets].filter(ours);
  return sheets.flatMap(s => [...s.cssRules].map(r => r.cssText)).join('\\n');
}
"""


def _plotly_styles(script: Path) -> Path:
    """Write the rules that Plotly would inject, which our content security policy refuses."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (only this step needs it)

    with Served(script) as address, sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.goto(address)
        rules = page.evaluate(STYLES_OF)
        browser.close()
    if ".modebar" not in rules:
        raise SystemExit("Plotly gave no style sheet: its way of making one has changed.")
    return _write(VENDOR / "plotly.css", f"{rules}\n".encode())


class Served:
    """A page with one script, served on a free local port."""

    def __init__(self, script: Path) -> None:
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(script, self.folder / "script.js")
        page = '<!doctype html><div id="chart"></div><script src="script.js"></script>'
        (self.folder / "index.html").write_text(page)

    def __enter__(self) -> str:
        handler = functools.partial(
            http.server.SimpleHTTPRequestHandler, directory=str(self.folder)
        )
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_address[1]}/index.html"

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()


# --------------------------------------------------------------------- fonts


def fonts() -> None:
    faces = list(_faces())
    _write(FONTS / "OFL.txt", _font_licence(faces).encode())
    _write(VENDOR / "fonts" / "OFL.txt", _font_licence(faces).encode())
    paper = [_entry("font", _words(face), [_for_paper(face)]) for face in faces]
    screen = [_entry("font", _words(face), [_for_screen(face)]) for face in faces]
    head = "# {what}, SIL Open Font License 1.1 (OFL.txt). Written by scripts/vendor.py.\n\n"
    (FONTS / "FONTS.toml").write_text(
        head.format(what="Fonts for paper") + "\n".join(paper), encoding="utf-8"
    )
    folder = VENDOR / "fonts"
    (folder / "FONTS.toml").write_text(
        head.format(what="Fonts for the screen") + "\n".join(screen), encoding="utf-8"
    )
    (folder / "fonts.css").write_text("\n".join(_css(face) for face in faces), encoding="utf-8")


def _font_licence(faces: Sequence[Face]) -> str:
    """Return the licence under the copyright notices of all the fonts."""
    texts = []
    for face in faces:
        path = fetch(face.package, face.version) / "package" / "LICENSE_FONT"
        texts.append(path.read_text("utf-8"))
    notices = dict.fromkeys(text.splitlines()[0] for text in texts)
    text = texts[0]
    return "\n".join([*notices, "", text[text.index("This Font Software is licensed") :]])


def _words(face: Face) -> dict[str, str]:
    source = f"https://www.npmjs.com/package/{face.package}/v/{face.version}"
    return {
        "name": face.name,
        "version": face.version,
        "licence": "OFL-1.1",
        "licence_file": "OFL.txt",
        "source": source,
    }


def _for_paper(face: Face) -> Path:
    origin = fetch(face.package, face.version) / face.path
    target = FONTS / f"{face.name}.ttf"
    if face.cut_for_paper:
        return _cut(origin, target, gb2312() | set(range(0x20, 0x7F)), flavour=None)
    return _write(target, origin.read_bytes())


def _for_screen(face: Face) -> Path:
    origin = fetch(face.package, face.version) / face.path
    wanted = gb2312() if face.cut_for_paper else _characters(face.ranges)
    target = VENDOR / "fonts" / f"{face.name}.woff2"
    return _cut(origin, target, wanted, flavour="woff2")


def gb2312() -> set[int]:
    """Return the characters of GB 2312-80, both levels and the signs: what news and maps use."""
    found = set()
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            text = bytes([row, cell]).decode("gb2312", errors="ignore")
            found |= {ord(character) for character in text}
    return found


def _characters(ranges: str) -> set[int]:
    found: set[int] = set()
    for part in ranges.split(","):
        first, _, last = part.removeprefix("U+").partition("-")
        found |= set(range(int(first, 16), int(last or first, 16) + 1))
    return found


def _cut(origin: Path, target: Path, wanted: set[int], *, flavour: str | None) -> Path:
    options = subset.Options(
        layout_features=["*"], flavor=flavour, hinting=False, notdef_outline=True
    )
    font = ttLib.TTFont(origin, recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted)
    cutter.subset(font)
    target.parent.mkdir(parents=True, exist_ok=True)
    font.flavor = flavour
    font.save(target, reorderTables=False)
    return target


def _css(face: Face) -> str:
    return (
        "@font-face {\n"
        '  font-family: "CK Sans";\n'
        f"  font-weight: {face.weight};\n"
        "  font-display: swap;\n"
        f'  src: url("{face.name}.woff2") format("woff2");\n'
        f"  unicode-range: {face.ranges.replace(',', ', ')};\n"
        "}\n"
    )


def main(words: Sequence[str]) -> None:
    for part in words or ("libraries", "fonts"):
        {"libraries": libraries, "fonts": fonts}[part]()


if __name__ == "__main__":
    main(sys.argv[1:])
