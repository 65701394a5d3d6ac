"""What the public sees: the editions of data sets, read only, and no other page.

In the public mode (CRASHKIT_PUBLIC) these are all the routes there are. They take no filter: two
answers that differ by few crashes would tell these.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request

from crashkit import api
from webapp import answers, current, i18n
from webapp.analyses import Shown
from webapp.config import Config, Open

area = Blueprint("published", __name__)

NUMBERS = ("csv", "xlsx", "json")
PICTURES: Mapping[str, str] = {"png": "image/png", "svg": "image/svg+xml"}
WORDS = frozenset({"lang"})
"""What an address of the public may ask."""
KEPT = {"Cache-Control": "public, max-age=300"}


@area.before_request
def no_filter() -> None:
    """Refuse a filter: to leave it out in silence would show other numbers than were asked for."""
    asked = [word for word in request.args if word not in WORDS]
    if asked:
        raise api.ReportError(
            "The public pages have no filters, so “{word}” cannot be asked: two answers that "
            "differ by few crashes would tell these. Take it out of the address.",
            word=asked[0][:40],
        )


@area.get("/")
def home() -> str:
    """List the data sets that the public may see."""
    shown = [(one, _edition(one)) for one in current.config().public]
    return render_template("published/home.html", shown=shown)


@area.get("/about")
def about() -> str:
    """Say how numbers are protected, and whose software this is."""
    return render_template("published/about.html", threshold=current.config().public_threshold)


@area.get("/d/<dataset>")
def page(dataset: str) -> str:
    """Show an edition: the large figures, the map and each table with what it says."""
    found = _named(dataset)
    here = _here(dataset)
    return render_template("published/page.html", edition=found, here=here, drawn=api.HIDDEN)


@area.get("/d/<dataset>/<table>")
def table(dataset: str, table: str) -> str:
    """Show one table with its chart, and how it was made."""
    found = _named(dataset)
    one = found.table(table)
    figure = api.draw_analysis(one.answer, i18n.speaker_of_request()) if one.is_drawn else {}
    here = f"{_here(dataset)}/{one.id}"
    return render_template(
        "published/table.html",
        edition=found,
        shown=Shown(one.answer, figure),
        table=one,
        files=[(ending, f"{here}.{ending}") for ending in _endings(one)],
        above=_here(dataset),
    )


@area.get("/d/<dataset>/<table>.<any(csv, xlsx, json, png, svg):format>")
def file(dataset: str, table: str, format: str) -> Response:
    """Return the numbers or the chart of a table."""
    found = _named(dataset)
    one, speaker = found.table(table), i18n.speaker_of_request()
    if format == "json":
        return answers.document(api.open_table_document(found, one, speaker))
    if format not in _endings(one):
        raise api.NotFound("This table has no chart for the public: too much of it is hidden.")
    content = _written(one, format, speaker.language)
    name = f"{dataset}_{one.id}_public"
    if format in PICTURES:
        return answers.file(content, f"{name}.{format}", PICTURES[format])
    return answers.table(content, name, format)


@area.get("/d/<dataset>/map.png")
def picture(dataset: str) -> Response:
    """Return the map of cells as a picture."""
    drawn = _drawn(_mapped(dataset), i18n.speaker_of_request().language)
    return Response(drawn, mimetype="image/png", headers=KEPT)


@area.get("/d/<dataset>/map.geojson")
def cells(dataset: str) -> Response:
    """Return the cells of the map, for other programs."""
    _mapped(dataset)
    found = api.edition_cells(_named(dataset), i18n.speaker_of_request())
    return answers.document(found, format="geojson")


@lru_cache(maxsize=256)
def _written(one: api.OpenTable, format: str, language: str) -> bytes:
    """Write a table, once for all who ask for it."""
    origin = one.origin if format in PICTURES else None
    return api.export_analysis(one.answer, format, api.speaker(language), origin)


@lru_cache(maxsize=32)
def _drawn(edition: api.Edition, language: str) -> bytes:
    """Draw the map of an edition, once for all who ask for it."""
    if edition.map is None:
        raise ValueError("an edition without a map is not drawn")
    return api.draw_figure(edition.map, api.speaker(language))


def _endings(one: api.OpenTable) -> tuple[str, ...]:
    return (*NUMBERS, *(PICTURES if one.is_drawn else ()))


def _here(dataset: str) -> str:
    return f"/d/{quote(dataset, safe='')}"


def _named(dataset: str) -> api.Edition:
    """Return the edition of a data set that is open. Any other is not there, if it exists or no."""
    for one in current.config().public:
        if one.dataset == dataset:
            return _edition(one)
    raise api.NotFound("There is no data set {name} for the public.", name=dataset[:60])


def _edition(one: Open) -> api.Edition:
    settings = current.config()
    return api.public_edition(
        current.store(), one.dataset, version=one.version, threshold=settings.public_threshold
    )


def _mapped(dataset: str) -> api.Edition:
    found = _named(dataset)
    if found.map is None:
        raise api.NotFound("None of these crashes has coordinates, so the map cannot show them.")
    return found


def prepare(settings: Config, store: api.Store) -> None:
    """Make every edition before the first visitor comes. Raises ReportError where one cannot be."""
    for one in settings.public:
        api.public_edition(
            store, one.dataset, version=one.version, threshold=settings.public_threshold
        )
