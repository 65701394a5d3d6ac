"""How the manual is built: Markdown through Sphinx, no script or style inside a page."""

from __future__ import annotations

import sys
from pathlib import Path

from sphinx.builders.html import StandaloneHTMLBuilder

sys.path.insert(0, str(Path(__file__).parent))

import generate  # found through the line above

project = "CrashKit"
author = "The CrashKit developers"
copyright = "The CrashKit developers, Apache-2.0"
extensions = ["myst_parser"]
exclude_patterns = ["evidence/*"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
html_theme = "alabaster"
html_sidebars = {"**": ["about.html", "navigation.html"]}
html_theme_options = {
    "description": "From the police file to the blackspot and the report",
    "fixed_sidebar": True,
    "page_width": "1100px",
}
html_show_sourcelink = False
html_copy_source = False
html_permalinks = False


# The page of results carries a style inside, which the dashboard's policy would refuse.
StandaloneHTMLBuilder.search = False


def setup(app: object) -> None:
    """Write the pages that are made from data before the manual is read."""
    generate.write(Path(__file__).parent / "generated")
