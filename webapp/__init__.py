"""The dashboard: one module per task of the person at the screen.

from webapp import config, create_app

app = create_app(config.read())
"""

from __future__ import annotations

import mimetypes
from dataclasses import replace
from importlib.metadata import version

from flask import Flask

from crashkit import api
from webapp import (
    analyses,
    analysis,
    answering,
    archive,
    blackspots,
    comparing,
    config,
    conflicts,
    corridors,
    crosstabs,
    datasets,
    density_layer,
    equations,
    errors,
    evidence,
    exposure,
    filter_bar,
    ground,
    home,
    i18n,
    jobs_pages,
    locate,
    logs,
    map,
    map_list,
    mapping,
    network_layer,
    on_roads,
    own_layers,
    painted,
    presets,
    profiles,
    published,
    quality,
    records,
    register,
    report_templates,
    reports,
    rest,
    road_networks,
    saved,
    schedules,
    security,
    selection,
    sites,
    strips,
    target,
    verifying,
    visits,
    weather,
)
from webapp.jobs import Board

AREAS = (
    home.area,
    answering.area,
    datasets.area,
    quality.area,
    evidence.area,
    exposure.area,
    weather.area,
    mapping.area,
    profiles.area,
    jobs_pages.area,
    filter_bar.area,
    saved.area,
    map.area,
    ground.area,
    own_layers.area,
    on_roads.area,
    painted.area,
    network_layer.area,
    density_layer.area,
    map_list.area,
    selection.area,
    records.area,
    locate.area,
    conflicts.area,
    analysis.area,
    analyses.area,
    crosstabs.area,
    target.area,
    blackspots.area,
    presets.area,
    comparing.area,
    sites.area,
    strips.area,
    register.area,
    reports.area,
    report_templates.area,
    schedules.area,
    archive.area,
    verifying.area,
    road_networks.area,
    corridors.area,
    equations.area,
    rest.area,
)
"""The pages, module by module; a new module joins here."""

FOR_THE_PUBLIC = (published.area,)
"""The only pages in the public mode."""

TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
"""Said here because some systems say otherwise, and browsers believe the type only."""


def create_app(settings: config.Config) -> Flask:
    """Put the rooms together on the store of the settings. Raises StoreError."""
    for ending, kind in TYPES.items():
        mimetypes.add_type(kind, ending)
    app = Flask(__name__)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    board = Board(api.open_store(settings.store_url))
    settings = _frozen(settings, board.store)
    app.extensions["crashkit.config"] = settings
    app.extensions["crashkit.board"] = board
    app.extensions["crashkit.store"] = board.store
    # Read once: it stands in the files of the installation, and no page should open them.
    software = version("crashkit")
    app.context_processor(
        lambda: {
            "version": software,
            "short_of_room": None if settings.public else board.store.short_of_room(),
            "map_server": settings.map_server,
            "is_public": bool(settings.public),
        }
    )
    security.protect(app, settings)
    i18n.init(app, settings.language)
    errors.init(app)
    logs.audit(app)
    if not settings.public:
        visits.init(app)
    for area in FOR_THE_PUBLIC if settings.public else AREAS:
        app.register_blueprint(area)
    return app


def _frozen(settings: config.Config, store: api.Store) -> config.Config:
    """Hold the public to one version of each data set until the next start. Raises SettingError."""
    newest = {info.name: info.version for info in store.datasets()} if settings.public else {}
    for one in settings.public:
        if one.dataset not in newest or one.version > newest[one.dataset]:
            raise api.SettingError(
                "CRASHKIT_PUBLIC names {value}, which is not there. Data sets and their newest "
                "versions: {known}.",
                value=f"{one.dataset}@{one.version}" if one.version else one.dataset,
                known=", ".join(f"{name}@{version}" for name, version in newest.items()) or "–",
            )
    public = tuple(
        replace(one, version=one.version or newest[one.dataset]) for one in settings.public
    )
    return replace(settings, public=public)
