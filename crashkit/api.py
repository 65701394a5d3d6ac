"""The front door: the verbs of a road-safety engineer, orchestration and nothing else.

from crashkit import api

with api.open_store("crashes.sqlite") as store:
    files = api.read_uploads(["crashes.csv"])
    api.import_crashes(store, files, profile="crashkit", dataset="mine")
    data = api.load(store, "mine")
    result = api.screen(data, api.ask("count_1km"))
"""

from __future__ import annotations

import json
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from importlib import resources
from pathlib import Path
from threading import Condition
from typing import Any

import numpy as np
import pandas as pd
from cachetools import LRUCache, cached
from numpy.typing import NDArray
from platformdirs import user_data_path

from crashkit import (
    analysis,
    bench,
    charts,
    comparing,
    crosstabs,
    density,
    disclosure,
    dossier,
    edition,
    export,
    exposure,
    extracts,
    fields,
    filters,
    frames,
    grids,
    kernels,
    layers,
    locating,
    modelling,
    own_reports,
    plot,
    presets,
    profiles,
    publishing,
    quick,
    receipts,
    register,
    render,
    report,
    road_files,
    road_risk,
    scanning,
    screening,
    siting,
    spf,
    store,
    stripcharts,
    support,
    tables,
    template,
    text,
    tiles,
    tracking,
    watching,
    weather,
)
from crashkit import quality as judging
from crashkit.analysis import THEMES, Analysis, Answer, Question
from crashkit.analysis import Origin as AnalysisOrigin
from crashkit.blocks import Figure, Table
from crashkit.chainage import SEVERITIES as STRIP_SEVERITIES
from crashkit.crosstabs import SHOWN as CELLS_SHOWN
from crashkit.crosstabs import Crossed
from crashkit.delivery import Post, read_post
from crashkit.delivery import by_mail as send_report
from crashkit.delivery import recipients as mail_recipients
from crashkit.delivery import to_folder as report_to_folder
from crashkit.density import Asked as DensityAsked
from crashkit.density import NetworkDensity, PlanarDensity
from crashkit.dossier import Dossier
from crashkit.edition import Edition, OpenTable
from crashkit.errors import (
    Cancelled,
    CrashKitError,
    DropinError,
    FilterError,
    IntakeError,
    Message,
    MethodError,
    NeedsChoice,
    NotFound,
    Overtaken,
    Refused,
    ReportError,
    SettingError,
    StoreError,
    TooLittle,
    WrongValues,
    counted,
)
from crashkit.exposure import (
    AREAS,
    QUANTITIES,
    DeathRate,
    DeathRates,
    ExposureRead,
    rate_title,
    tabled,
)
from crashkit.extracts import Extract
from crashkit.fields import Field
from crashkit.filters import NOT_FILTER, Emptied, Filter, FilterField, SavedFilter
from crashkit.intake import (
    calendars,
    coding,
    differing,
    documents,
    drafts,
    editing,
    fitting,
    ledger,
    profiling,
    proposing,
    repairs,
    settling,
    units,
)
from crashkit.intake.differing import Difference
from crashkit.intake.drafts import ColumnDraft, Draft, FileDraft
from crashkit.intake.fitting import Fit
from crashkit.locating import Suggestion, Waiting
from crashkit.method import ParamInfo, describe
from crashkit.method import tables as tables_of
from crashkit.model import (
    BY_HAND,
    NEW,
    REMOVED,
    REPAIR_NOT_MADE,
    ROW,
    TOLD,
    UNITS,
    WAITING,
    Change,
    ComparedPlace,
    Comparison,
    Conflict,
    CrashData,
    CrashRecord,
    CrossTable,
    CutData,
    DatasetInfo,
    Edit,
    Finding,
    ImportBatch,
    ImportRecord,
    Inference,
    Issue,
    Ledger,
    Period,
    Progress,
    Proposal,
    RecordRow,
    Records,
    Screening,
    ScreeningResult,
    Summary,
    Upload,
    no_progress,
)
from crashkit.modelling import Modelled, SiteTable
from crashkit.options import Option as ReportOption
from crashkit.options import lasting as lasting_words
from crashkit.options import offered as offered_words
from crashkit.options import on_day as words_on_day
from crashkit.options import told as told_words
from crashkit.options import told_of_lasting as told_lasting_words
from crashkit.own_reports import VIEWS as REPORT_VIEWS
from crashkit.own_reports import Part as ReportPart
from crashkit.own_reports import Template as ReportTemplate
from crashkit.presets import Preset, UnknownCriterion
from crashkit.profiles import Profile, writing
from crashkit.publishing import HIDDEN
from crashkit.quality import Complaint, Deaths, Judged, Scorecard
from crashkit.quick import Found as PlaceFound
from crashkit.quick import Place, QuickAnswer
from crashkit.receipts import Receipt, Verified
from crashkit.register import MOST_BYTES as MOST_FILE_BYTES
from crashkit.register import Sighting, SiteChange, SiteEvent, SiteFile, SiteRecord
from crashkit.road_risk import BY_CRASHES as PAINTED_BY_CRASHES
from crashkit.road_risk import NOT_KNOWN, TOO_FEW, Network, Painted, Road
from crashkit.roads import corridors as corridor_sections
from crashkit.roads import coverage, equations, junctions, linear, naming, placing, snapping
from crashkit.roads import documents as road_documents
from crashkit.roads import topology as topologies
from crashkit.roads.columns import Asked as RoadsAsked
from crashkit.roads.columns import RoadsRead
from crashkit.roads.corridors import Corridor
from crashkit.roads.corridors import Shared as SharedRoad
from crashkit.roads.coverage import Coverage, RoadPlace
from crashkit.roads.junctions import Junctions
from crashkit.roads.network import Network as RoadNetwork
from crashkit.roads.placing import Placed
from crashkit.roads.snapping import Snapped
from crashkit.roads.tiling import LineTiles
from crashkit.roads.topology import Topology
from crashkit.schedule import EVERY as RHYTHMS
from crashkit.schedule import LAST_DAY, Rhythm
from crashkit.schedule import next_after as next_time
from crashkit.screening import Rung, Treated
from crashkit.screening import between as progress_between
from crashkit.section import Facts, Report
from crashkit.sections import answer_years as answer_sections
from crashkit.sections import crash_map
from crashkit.spf import KINDS as OVERDISPERSIONS
from crashkit.store import (
    KeptExposure,
    KeptLayer,
    KeptProfile,
    KeptRoads,
    KeptText,
    KeptWeather,
    News,
    Scheduled,
    Store,
)
from crashkit.stripcharts import Strip
from crashkit.support import WORDS as EVIDENCE_WORDS
from crashkit.support import Aspect, Support
from crashkit.synth import country, route_files
from crashkit.text import Speaker
from crashkit.tracking import HEADS as TARGET_HEADS
from crashkit.tracking import Asked as TargetAsked
from crashkit.tracking import Tracked
from crashkit.watching import Alarm, SiteNews, Watched
from crashkit.watching import Fatal as NewFatal
from crashkit.weather import COLUMNS as WEATHER_COLUMNS
from crashkit.weather import ORDERS as WEATHER_ORDERS
from crashkit.weather import QUANTITIES as WEATHER_QUANTITIES
from crashkit.weather import Weather, WeatherRead
from crashkit.weather import units_of as weather_units

__all__ = [
    "AREAS",
    "Alarm",
    "Analysis",
    "AnalysisOrigin",
    "Answer",
    "Aspect",
    "CELLS_SHOWN",
    "Cancelled",
    "ColumnDraft",
    "ComparedPlace",
    "Comparison",
    "Complaint",
    "Conflict",
    "Corridor",
    "Coverage",
    "CrashData",
    "CrashKitError",
    "CrashRecord",
    "CrossTable",
    "Crossed",
    "DatasetInfo",
    "DeathRate",
    "DeathRates",
    "Deaths",
    "DensityAsked",
    "Difference",
    "Dossier",
    "Draft",
    "DropinError",
    "EVIDENCE_WORDS",
    "Edit",
    "Edited",
    "Edition",
    "Emptied",
    "ExposureRead",
    "Extract",
    "Facts",
    "Field",
    "Figure",
    "FileDraft",
    "Filter",
    "FilterError",
    "FilterField",
    "Finding",
    "Fit",
    "HIDDEN",
    "ImportBatch",
    "ImportRecord",
    "Inference",
    "IntakeError",
    "Issue",
    "Judged",
    "KeptExposure",
    "KeptLayer",
    "KeptProfile",
    "KeptRoads",
    "KeptText",
    "KeptWeather",
    "LAST_DAY",
    "Ledger",
    "LineTiles",
    "MOST_FILE_BYTES",
    "Message",
    "MethodError",
    "Modelled",
    "NEW",
    "NOT_FILTER",
    "NOT_KNOWN",
    "NeedsChoice",
    "Network",
    "NetworkDensity",
    "NewFatal",
    "News",
    "NotFound",
    "OVERDISPERSIONS",
    "OpenTable",
    "Overtaken",
    "OwnReportTemplate",
    "PAINTED_BY_CRASHES",
    "PUBLIC_THRESHOLD",
    "PUBLIC_THRESHOLDS",
    "Painted",
    "ParamInfo",
    "Period",
    "Place",
    "PlaceFound",
    "PlanarDensity",
    "Post",
    "Preset",
    "Profile",
    "Progress",
    "Proposal",
    "QUANTITIES",
    "Question",
    "QuickAnswer",
    "REMOVED",
    "REPAIR_NOT_MADE",
    "REPORT_VIEWS",
    "RHYTHMS",
    "ROW",
    "Receipt",
    "RecordRow",
    "Refused",
    "ReportError",
    "ReportOption",
    "ReportPart",
    "ReportTemplate",
    "Rhythm",
    "Road",
    "RoadNetwork",
    "RoadPlace",
    "RoadsRead",
    "Rung",
    "STRIP_SEVERITIES",
    "SavedFilter",
    "Scheduled",
    "Scorecard",
    "Screening",
    "ScreeningResult",
    "SettingError",
    "SharedRoad",
    "Sighting",
    "SiteChange",
    "SiteEvent",
    "SiteFile",
    "SiteNews",
    "SiteRecord",
    "SiteTable",
    "Snapped",
    "Speaker",
    "Store",
    "StoreError",
    "Strip",
    "Suggestion",
    "Summary",
    "Support",
    "TARGET_HEADS",
    "THEMES",
    "TOLD",
    "TOO_FEW",
    "TargetAsked",
    "TooLittle",
    "Tracked",
    "Treated",
    "UNITS",
    "UnknownCriterion",
    "Upload",
    "Verified",
    "WAITING",
    "WATCHED_AT_ONCE",
    "WATCHED_IMPORTS",
    "WEATHER_COLUMNS",
    "WEATHER_ORDERS",
    "WEATHER_QUANTITIES",
    "Waiting",
    "Watched",
    "Weather",
    "WeatherRead",
    "Written",
    "WrongValues",
    "add_corridor_section",
    "add_exposure",
    "add_extract",
    "add_layer",
    "add_report_template",
    "add_road_equation",
    "add_site_event",
    "add_site_file",
    "add_weather",
    "all_of",
    "analyse",
    "analyse_for_public",
    "analysis_chart",
    "analysis_document",
    "analysis_frame",
    "analysis_origin",
    "answer_document",
    "answer_place",
    "answer_years",
    "any_of",
    "apply_profile",
    "ask",
    "ask_periods",
    "asked_params",
    "bounds",
    "calibrate_sites",
    "can_be_public",
    "cell_limits",
    "change_layer",
    "change_report_template",
    "change_site",
    "check_comparison",
    "check_profile",
    "check_threshold",
    "choose_network",
    "code_choices",
    "coded_words",
    "compare",
    "comparison_document",
    "comparison_geojson",
    "comparison_groups",
    "comparison_titles",
    "complaints_of",
    "condition_params",
    "conflict_differences",
    "conflict_gaps",
    "conflicts",
    "copied_kind",
    "copied_preset",
    "corridor_km",
    "corridor_lines",
    "corridor_rows",
    "count_at",
    "count_deaths",
    "counted",
    "coverage_document",
    "crash_number",
    "crash_page",
    "crash_record",
    "crashes",
    "cross_table",
    "cross_table_document",
    "cross_table_title",
    "cut",
    "data_folder",
    "data_rung",
    "death_rates",
    "default_store_url",
    "density_kinds",
    "density_shade",
    "density_tiles",
    "draw",
    "draw_analysis",
    "draw_cross_table",
    "draw_figure",
    "edit_crash",
    "edit_document",
    "editable_fields",
    "edition_cells",
    "enclosed_preset",
    "enter_crash",
    "evidence_document",
    "evidence_sentences",
    "evidence_text",
    "explain_empty",
    "export_analysis",
    "export_comparison",
    "export_complaints",
    "export_crashes",
    "export_cross_table",
    "export_estimates",
    "export_exposure",
    "export_findings",
    "export_preset",
    "export_profile",
    "export_rates",
    "export_rejects",
    "export_road_places",
    "export_rows",
    "export_sites",
    "export_table",
    "export_target",
    "export_weather",
    "exposure_document",
    "exposure_example",
    "exposure_read_document",
    "extract_file",
    "field_choices",
    "field_definition",
    "field_label",
    "field_word",
    "file_kinds",
    "filter_before",
    "filter_choice",
    "filter_choices",
    "filter_sentence",
    "find_crashes",
    "find_place",
    "find_preset",
    "find_profile",
    "find_report_template",
    "findings_document",
    "findings_geojson",
    "fitting_profiles",
    "further_fields",
    "gather",
    "import_crashes",
    "import_document",
    "import_template",
    "inference_document",
    "is_field",
    "is_picture",
    "issue_document",
    "judge_evidence",
    "judge_methods",
    "judged_document",
    "judged_tables",
    "keep_copy",
    "lacking",
    "language_for",
    "lasting_options",
    "lay_out",
    "layer_colours",
    "layer_kinds",
    "linkage_keys",
    "list_analyses",
    "list_calendars",
    "list_exposure",
    "list_extracts",
    "list_formats",
    "list_kinds",
    "list_languages",
    "list_measures",
    "list_models",
    "list_places",
    "list_presets",
    "list_profiles",
    "list_sections",
    "list_targets",
    "list_weather",
    "load",
    "load_roads",
    "locate",
    "locate_queue",
    "mail_recipients",
    "make_country",
    "make_routes",
    "map_figure",
    "mapped_profile",
    "mapping_complaints",
    "measure_params",
    "measured_in",
    "method_titles",
    "missing_roads",
    "model_document",
    "model_sites",
    "move_sites",
    "named_filter",
    "needs_quality",
    "needs_roads",
    "needs_screening",
    "network_density",
    "network_roads",
    "network_tiles",
    "networks_of",
    "new_fatal",
    "news",
    "next_statuses",
    "next_time",
    "no_progress",
    "nominate_site",
    "on_corridor",
    "open_conflicts",
    "open_store",
    "open_table_document",
    "options_on_day",
    "paint_network",
    "paint_roads",
    "paint_ways",
    "param_word",
    "parse_filter",
    "place_label",
    "place_on_roads",
    "place_params",
    "planar_density",
    "preset_conditions",
    "preset_params",
    "preset_parts",
    "preset_setting",
    "preset_text",
    "preview_import",
    "progress_between",
    "proposal_document",
    "propose_mapping",
    "public_edition",
    "quality",
    "quality_document",
    "quality_words",
    "question",
    "rate_title",
    "rates_document",
    "read_corridors",
    "read_exposure",
    "read_mapping",
    "read_post",
    "read_preset",
    "read_report_template",
    "read_roads",
    "read_row_exposure",
    "read_sites",
    "read_uploads",
    "read_weather",
    "readable_filter",
    "recode",
    "recognise_sites",
    "recommended_preset",
    "record_document",
    "record_fields",
    "record_kinds",
    "refused_for_public",
    "remap",
    "remove_corridor",
    "remove_exposure",
    "remove_extract",
    "remove_filter",
    "remove_preset",
    "remove_profile",
    "remove_report_template",
    "remove_road_equation",
    "remove_roads",
    "remove_site_file",
    "remove_weather",
    "rename_corridor",
    "rename_filter",
    "replace_report_template",
    "report_layers",
    "report_options",
    "report_part_title",
    "report_template",
    "report_template_document",
    "report_template_text",
    "report_templates",
    "report_to_folder",
    "road_coverage",
    "road_equations",
    "road_lines",
    "road_names",
    "road_network",
    "road_networks",
    "road_places",
    "road_reasons",
    "row_sums",
    "rule_settings",
    "sample_folder",
    "save_filter",
    "save_preset",
    "save_profile",
    "save_roads",
    "save_site",
    "saved_filters",
    "saved_site",
    "saved_sites",
    "screen",
    "send_report",
    "set_site_status",
    "settle_conflicts",
    "shared_sections",
    "site_change_words",
    "site_document",
    "site_dossier",
    "site_events",
    "site_file",
    "site_file_name",
    "site_label",
    "site_labels",
    "site_lines",
    "site_name",
    "site_news",
    "site_origins",
    "site_rows",
    "site_statuses",
    "site_ways",
    "site_words",
    "sites_geojson",
    "snap_to_roads",
    "speaker",
    "state_label",
    "strip_charts",
    "strip_document",
    "suggest_location",
    "suited_chart",
    "summarise",
    "system_named",
    "system_title",
    "table_document",
    "table_fields",
    "table_title",
    "tabulate",
    "target_document",
    "target_figure",
    "target_label",
    "target_list",
    "target_rows",
    "tile",
    "tile_index",
    "told_options",
    "track_target",
    "treated_sites",
    "undo_edit",
    "undo_import",
    "unit_choices",
    "unit_fields",
    "unknown_criteria",
    "unsuited_presets",
    "untold_notes",
    "upgrade_store",
    "usual_density",
    "value_definition",
    "value_label",
    "verified_document",
    "verify_report",
    "walk_figure",
    "warm",
    "watch",
    "watch_new",
    "watched",
    "weather_document",
    "weather_read_document",
    "weather_units",
    "whole_presets",
    "withdraw_site_event",
    "write_answer",
    "write_mapping",
    "write_report",
]

Within = Callable[[Any, int], None]
"""Called with the open connection and the new row's number, just before COMMIT."""


# ------------------------------------------------------------- the store


def default_store_url() -> str:
    """Return the address of the embedded store in the user's data folder."""
    return f"sqlite:///{data_folder() / 'crashkit.sqlite'}"


def data_folder() -> Path:
    """Return the user's data folder, made if absent: databases, uploads, the key of the web."""
    return user_data_path("crashkit", appauthor=False, ensure_exists=True)


def sample_folder() -> Path:
    """Return the folder of the sample files, in a checkout or as installed."""
    package = Path(str(resources.files("crashkit")))
    inside, beside = package / "sample_data", package.parent / "sample_data"
    return inside if inside.is_dir() else beside


def open_store(url: str, *, create: bool = True) -> Store:
    """Open (and upgrade, and check) the store at `url`; a bare path is an SQLite file.

    A file that is not there begins a new store, or raises StoreError where none may be made.
    """
    return store.Store.open(url, create=create)


def upgrade_store(url: str) -> tuple[str, str]:
    """Bring the tables of the store up to this software; return the old and the new step."""
    return store.upgrade(url)


# -------------------------------------------------------- networks of roads


def read_roads(
    file: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    classes: Mapping[str, str] | None = None,
    sections: str | Path | None = None,
    equations: str | Path | None = None,
    options: Mapping[str, str] | None = None,
    name: str = "",
    sections_name: str = "",
    progress: Progress = no_progress,
) -> RoadsRead:
    """Read a road layer, or a table of routes with km posts, to a network; nothing is kept.

    `columns`: our name of a thing to their column; `classes`: a word of theirs to our code;
    `sections`: a table of traffic by km posts, laid on the roads; `equations`: a table of chainage
    equations; `options`: post_unit, speed_unit, year, layer, crs, and what a table may ask
    (encoding, delimiter, header_row, sheet); `name`, `sections_name`: what people call these files,
    where that is not their own names. Raises IntakeError, NeedsChoice, SettingError.
    """
    said = dict(options or {})
    asked = RoadsAsked(
        columns=columns or {},
        classes=classes or {},
        post_unit=said.pop("post_unit", ""),
        speed_unit=said.pop("speed_unit", ""),
        year=said.pop("year", ""),
        layer=said.pop("layer", None),
        system=said.pop("crs", None),
        encoding=said.get("encoding", ""),
    )
    return road_files.read(
        Path(file),
        asked,
        name=name,
        sections=None if sections is None else Path(sections),
        sections_name=sections_name,
        equations=None if equations is None else Path(equations),
        options=said,
        progress=progress,
    )


def save_roads(
    into: Store,
    name: str,
    read: RoadsRead,
    *,
    title: str = "",
    replace: bool = False,
    within: Within | None = None,
) -> KeptRoads:
    """Keep a network of roads that was read, under a name. Raises Refused for one that is taken."""
    into.save_roads(name, read.network, title=title, replace=replace, within=within)
    return into.road_network(name)


def road_networks(source: Store) -> list[KeptRoads]:
    """List the networks of roads in a store, by name."""
    return source.road_networks()


def load_roads(source: Store, name: str) -> RoadNetwork:
    """Return a network of roads: stretches, lines, chainage equations. Raises NotFound."""
    return source.roads(name)


@cached(LRUCache(maxsize=4), condition=Condition())
def _kept_network(source: Store, name: str, _at: datetime) -> RoadNetwork:
    """Return a kept network with its equations applied, as crashes are put on it."""
    return linear.with_equations(source.roads(name))


def _version_of_day(source: Store, about: KeptRoads, day: date) -> Hashable:
    return source, about.name, about.at, bisect(about.versions, day)


def road_equations(network: RoadNetwork) -> list[tuple[str, float, float, bool]]:
    """List the chainage equations of a network: road, km back, km ahead, whether it has no use."""
    told = network.equations[["road_key", "back_m", "ahead_m"]].itertuples(index=False)
    return [
        (str(road), back / 1000, ahead / 1000, idle)
        for (road, back, ahead), idle in zip(told, equations.idle(network), strict=True)
    ]


def add_road_equation(into: Store, network: str, road: str, *, back_km: str, ahead_km: str) -> None:
    """Tell a network a chainage equation: the km posts as a person writes them.

    Raises IntakeError for what is no km post, NotFound for a road the network lacks, Refused where
    nothing jumps, it is told already, or the network was changed meanwhile.
    """
    about = into.road_network(network)
    told = equations.with_equation(into.roads(network), road, back_km, ahead_km)
    into.save_road_equations(network, told, about.at)


def remove_road_equation(into: Store, network: str, place: int) -> None:
    """Take a chainage equation from a network, by its place from 0. Raises NotFound, Refused."""
    about = into.road_network(network)
    told = equations.without_equation(into.roads(network), place)
    into.save_road_equations(network, told, about.at)


def read_corridors(file: str | Path, name: str = "") -> tuple[Corridor, ...]:
    """Read a table of corridors: corridor, road, from_km, to_km. Raises IntakeError, NeedsChoice.

    `name` is what the file is called, where it does not lie under its name.
    """
    return road_files.read_corridors(Path(file), name)


def add_corridor_section(
    into: Store, network: str, corridor: str, road: str, *, from_km: str = "", to_km: str = ""
) -> None:
    """Add a section to a corridor of a network, or a new corridor with it.

    Km posts are as a person writes them, empty for an open end. Raises IntakeError for what is no
    number, Refused for what is no name, NotFound for a network that is not there.
    """
    more = corridor_sections.section(road, from_km, to_km)
    into.change_road_corridors(
        network, lambda told: corridor_sections.with_section(told, corridor, more)
    )


def rename_corridor(into: Store, network: str, corridor: str, to: str) -> None:
    """Give a corridor another name. Raises NotFound, Refused for one that is taken."""
    into.change_road_corridors(network, lambda told: corridor_sections.renamed(told, corridor, to))


def remove_corridor(into: Store, network: str, corridor: str, section: int | None = None) -> None:
    """Take a corridor away, or one of its sections, counted from 0. Raises NotFound."""
    into.change_road_corridors(
        network, lambda told: corridor_sections.without(told, corridor, section)
    )


def missing_roads(network: RoadNetwork, corridors: Sequence[Corridor]) -> tuple[str, ...]:
    """Return the roads that corridors name and the network lacks."""
    return corridor_sections.missing_roads(network, corridors)


def corridor_km(network: RoadNetwork, corridor: Corridor) -> float:
    """Return the length of a corridor on a network, in kilometres on the ground."""
    return corridor_sections.length_m(network, corridor) / 1000


def shared_sections(network: RoadNetwork, corridors: Sequence[Corridor]) -> list[SharedRoad]:
    """Return the roads that two corridors share, and how much of them."""
    return corridor_sections.shared(network, corridors)


def corridor_lines(network: RoadNetwork, corridor: Corridor) -> dict[str, Any]:
    """Return what of a network is in a corridor as GeoJSON, each part with its road and name."""
    return road_documents.corridor_geojson(network, corridor)


def corridor_rows(
    corridors: Sequence[Corridor],
) -> list[tuple[str, str, float | None, float | None]]:
    """Return corridors as the rows of the table they can be read from: km posts, None if open."""
    return corridor_sections.rows(corridors)


def road_names(network: RoadNetwork) -> list[str]:
    """Return what the roads of a network are called, by number else by name, in order."""
    return road_documents.names(network)


def remove_roads(source: Store, name: str) -> None:
    """Delete a network of roads; its aliases stay for the next of its name. Raises NotFound."""
    source.remove_roads(name)


# -------------------------------------------------- extracts for the map


def add_extract(
    file: str | Path,
    *,
    name: str | None = None,
    roads: str | None = None,
    water: str | None = None,
    class_field: str | None = None,
    attribution: str | None = None,
    replace: bool = False,
    progress: Progress = no_progress,
) -> Extract:
    """Keep main roads and water of an .osm.pbf, .gpkg or .pmtiles file for all maps.

    `roads`, `water` (names of layers) and `class_field` speak of a GeoPackage. Raises IntakeError,
    NeedsChoice, Refused.
    """
    return extracts.add(
        _extracts(),
        Path(file),
        name=name,
        asked=extracts.Asked(roads, water, class_field),
        attribution=attribution,
        replace=replace,
        progress=progress,
    )


def list_extracts() -> list[Extract]:
    """List the extracts that were added, by name."""
    return extracts.extracts(_extracts())


def extract_file(name: str) -> Path:
    """Return the file of tiles of an extract. Raises NotFound."""
    return extracts.path(_extracts(), name)


def remove_extract(name: str) -> None:
    """Delete an extract. Raises NotFound."""
    extracts.remove(_extracts(), name)


def _extracts() -> Path:
    return data_folder() / "basemap"


# -------------------------------------------------------- layers of users


def layer_kinds() -> Mapping[str, Message]:
    """Return what a layer can be for: code -> label."""
    return layers.KINDS


def layer_colours() -> Mapping[str, Message]:
    """Return the colours a layer can have: code -> label."""
    return layers.COLOURS


def add_layer(
    into: Store, dataset: str, content: bytes, *, title: str, kind: str, colour: str
) -> tuple[str, Message | None]:
    """Keep a GeoJSON file as a layer of a data set; return its key, and what was left out of it.

    Raises IntakeError for a file that is not sound, SettingError for words, NotFound, Refused.
    """
    named, painted = layers.check_title(title), layers.check_colour(colour)
    found = layers.read(content, kind=kind)
    about = {
        "title": named,
        "kind": kind,
        "colour": painted,
        "features": found.features,
        "shapes": found.shapes,
    }
    key = into.add_layer(dataset, found.geojson, about)
    return key, layers.left_out(found.left_out) if found.left_out else None


def change_layer(into: Store, dataset: str, key: str, *, title: str, colour: str) -> None:
    """Give a layer of a user another title and colour. Raises SettingError, NotFound."""
    words = {"title": layers.check_title(title), "colour": layers.check_colour(colour)}
    into.change_layer(dataset, key, words)


def road_network(layer: Mapping[str, Any]) -> Network:
    """Read the roads of a GeoJSON layer, to be coloured as often as a filter changes."""
    return road_risk.network(layer)


def paint_ways(roads: Network) -> dict[str, Message]:
    """Return the ways the roads of a layer can be coloured: code -> label."""
    return {way: road_risk.WAYS[way] for way in roads.ways}


def paint_roads(roads: Network, data: CrashData, way: str) -> Painted:
    """Colour roads by class, traffic or the risk of these crashes.

    Raises NotFound for a way the layer cannot have.
    """
    return road_risk.paint(roads, data, way)


def network_roads(source: Store, about: KeptRoads, data: CrashData) -> Network:
    """Return the roads of a kept network that stand on the last day of the data."""
    return _network_roads(source, about, data.period.end)


@cached(LRUCache(maxsize=4), key=_version_of_day, condition=Condition())
def _network_roads(source: Store, about: KeptRoads, day: date) -> Network:
    network = _kept_network(source, about.name, about.at)
    return road_risk.of_network(network, network.stands_on(day))


def paint_network(
    source: Store, about: KeptRoads, data: CrashData, part: CrashData, way: str
) -> Painted:
    """Give each stretch of a kept network its level, by the crashes of `part`, cut from `data`.

    Raises NotFound for a way it cannot have.
    """
    roads = network_roads(source, about, data)
    if way not in road_risk.BY_CRASHES:
        return road_risk.paint_network(roads, part, way)
    located = _of_part(snap_to_roads(source, data, about), part)
    return road_risk.paint_network(roads, part, way, located)


def _of_part(located: Snapped, part: CrashData) -> Snapped:
    return located.keep(part.rows.astype(np.int64)) if isinstance(part, CutData) else located


def network_tiles(
    source: Store, about: KeptRoads, data: CrashData, shades: Sequence[str] | None = None
) -> LineTiles:
    """Return the roads of a kept network as vector tiles, each stretch with its shade, if told.

    The number of a line is that of its road in `network_roads`, counted from 1.
    """
    roads = network_roads(source, about, data)
    network = _kept_network(source, about.name, about.at)
    return road_risk.tiles_of(roads, network.lines, shades)


def density_kinds() -> Mapping[str, Message]:
    """Return the kinds of density of the map: code -> label."""
    return density.KINDS


def usual_density(data: CrashData, kind: str) -> DensityAsked:
    """Return a kind of density with the bandwidth that is usual for the setting of the data.

    Raises NotFound for a kind that is not there.
    """
    if kind not in density.KINDS:
        raise NotFound("There is no density called “{kind}”.", kind=kind)
    return density.Asked(kind, density.USUAL_M[kind][density.setting(data)])


def network_density(
    source: Store, about: KeptRoads, data: CrashData, part: CrashData, asked: DensityAsked
) -> NetworkDensity:
    """Spread the crashes of `part`, cut from `data`, along the roads of a kept network.

    Raises MethodError where the lixels would be too many.
    """
    snapped = snap_to_roads(source, data, about)
    placed = _on_derived(data, _topology(source, about, data.period.end), snapped)
    if isinstance(part, CutData):
        placed = placed.keep(part.rows.astype(np.int64))
    return density.on_network(placed, part.period, asked)


@cached(LRUCache(maxsize=2), condition=Condition())
def _on_derived(data: CrashData, topology: Topology, snapped: Snapped) -> Placed:
    return placing.place(data, _derived(topology), topology=topology, snapped=snapped)


def density_shade(step: int, steps: int) -> int:
    """Return which of the five shades a step of a density has, of so many steps."""
    return density.shade(step, steps)


def density_tiles(found: NetworkDensity) -> LineTiles:
    """Return the density along roads as vector tiles."""
    return density.network_tiles(found)


def planar_density(part: CrashData, asked: DensityAsked) -> PlanarDensity:
    """Spread crashes over the ground: a picture, no ranking."""
    return density.on_plane(part, asked)


def report_layers(from_store: Store, dataset: str) -> dict[str, Any]:
    """Return the layers that maps in reports are drawn on: those that came with the data set."""
    own = {one.key for one in from_store.layer_list(dataset) if one.own}
    return {key: one for key, one in from_store.layers(dataset).items() if key not in own}


# -------------------------------------------------------------- exposure


def read_exposure(
    file: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    units: Mapping[str, int] | None = None,
    decimal: str = "",
    options: Mapping[str, str] | None = None,
    name: str = "",
) -> ExposureRead:
    """Read a table of people, vehicles and travel by area and year; nothing is kept.

    `columns`: our name (year, area, or one of QUANTITIES) to their column; `units`: how many of a
    quantity one number is; `decimal`: the sign before fractions; `options`: what a table may ask
    (encoding, delimiter, header_row, sheet); `name`: what people call the file. Raises IntakeError,
    NeedsChoice, SettingError.
    """
    upload = _upload(Path(file))
    upload = replace(upload, name=name) if name else upload
    return exposure.read(upload, columns=columns, units=units, decimal=decimal, options=options)


def add_exposure(into: Store, dataset: str, read: ExposureRead) -> int:
    """Keep what a table tells of a data set; return how many numbers took the place of others.

    Raises NotFound, and Refused for a table of which every row was rejected.
    """
    if not read.amounts:
        raise Refused("No row of {file} can be kept; nothing was changed.", file=read.file)
    return into.add_exposure(dataset, read.file, exposure.kept_rows(read.amounts))


def list_exposure(source: Store, dataset: str) -> list[KeptExposure]:
    """List the exposure kept for a data set, by quantity, area and year. Raises NotFound."""
    return source.exposure(dataset)


def remove_exposure(of: Store, dataset: str, quantity: str = "") -> int:
    """Forget a quantity, or all; return how many numbers. Raises NotFound."""
    if quantity and quantity not in QUANTITIES:
        raise NotFound(
            "There is no exposure “{name}”; there are: {names}",
            name=quantity,
            names=list(QUANTITIES),
        )
    return of.remove_exposure(dataset, quantity)


def death_rates(
    source: Store,
    data: CrashData,
    quantity: str,
    *,
    by: str = "",
    whole: CrashData | None = None,
) -> DeathRates:
    """Return the deaths by year, and by one of AREAS, for so many of a quantity, with exact limits.

    Raises MethodError where there is no exposure, NotFound.
    """
    dataset = _named(data if whole is None else whole)
    return exposure.death_rates(data, source.exposure(dataset), quantity, by=by, whole=whole)


def _named(data: CrashData) -> str:
    if data.dataset is None:
        raise NotFound("These crashes are not kept in a store.")
    return data.dataset.name


def exposure_example() -> bytes:
    """Return an invented table of exposure as CSV, for whoever makes one."""
    return exposure.example()


def exposure_document(kept: Sequence[KeptExposure]) -> dict[str, Any]:
    """Return the exposure of a data set for a program; docs/schema/exposure.json."""
    return exposure.as_document(kept)


def exposure_read_document(read: ExposureRead, replaced: int, speaker: Speaker) -> dict[str, Any]:
    """Return how a table was read for a program; docs/schema/exposure_add.json."""
    return exposure.read_document(read, replaced, speaker.say)


def export_exposure(kept: Sequence[KeptExposure]) -> bytes:
    """Write the exposure of a data set as CSV that `read_exposure` reads."""
    rows = exposure.wide_rows(kept)
    return export.rows(rows[0], rows[1:])


def rates_document(found: DeathRates, speaker: Speaker) -> dict[str, Any]:
    """Return death rates for a program; docs/schema/exposure_rates.json."""
    return exposure.rates_document(found, speaker.say)


def export_rates(found: DeathRates, format: str, speaker: Speaker) -> bytes:
    """Write death rates as csv or xlsx."""
    heads = [speaker.say(head) for head in exposure.rate_columns(found)]
    rows = exposure.rate_rows(found)
    if format == "xlsx":
        return export.workbook([(speaker.say(rate_title(found.quantity)), heads, rows)])
    return export.rows(heads, rows)


# --------------------------------------------------------------- weather


def read_weather(
    file: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
    order: str = "",
    options: Mapping[str, str] | None = None,
    name: str = "",
) -> WeatherRead:
    """Read a table (CSV, Excel) of weather by day and place, every row accounted for.

    `columns` says which of theirs is which of WEATHER_COLUMNS ("": none); `units` in which unit a
    quantity is told; `order` how the parts of dates stand. Raises IntakeError, NeedsChoice,
    SettingError.
    """
    upload = _upload(Path(file))
    upload = replace(upload, name=name) if name else upload
    return weather.read(upload, columns=columns, units=units, order=order, options=options)


def add_weather(into: Store, dataset: str, read: WeatherRead) -> int:
    """Keep the weather of a table in a data set; return how many days took the place of others.

    Raises NotFound, and Refused for a table of which every row was rejected.
    """
    if not read.days:
        raise Refused("No row of {file} can be kept; nothing was changed.", file=read.file)
    return into.add_weather(dataset, read.file, read.days)


def list_weather(source: Store, dataset: str) -> list[KeptWeather]:
    """List the weather kept for a data set by place and day. Raises NotFound."""
    return source.weather(dataset)


def remove_weather(of: Store, dataset: str) -> int:
    """Forget the weather of a data set; return how many days. Raises NotFound."""
    return of.remove_weather(dataset)


def weather_document(kept: Sequence[KeptWeather]) -> dict[str, Any]:
    """Return the weather of a data set for a program; docs/schema/weather.json."""
    return weather.as_document(kept)


def weather_read_document(read: WeatherRead, replaced: int, speaker: Speaker) -> dict[str, Any]:
    """Return how a table was read for a program; docs/schema/weather_add.json."""
    return weather.read_document(read, replaced, speaker.say)


def export_weather(kept: Sequence[KeptWeather]) -> bytes:
    """Write the weather of a data set as CSV that `read_weather` reads."""
    rows = weather.rows(kept)
    return export.rows(rows[0], rows[1:])


# -------------------------------------------------------------- analyses


def list_analyses() -> Mapping[str, Analysis]:
    """List what can be asked of crashes, by name, in the order of THEMES."""
    return analysis.analyses()


def question(
    data: CrashData,
    *,
    whole: CrashData | None = None,
    unit: str = "crashes",
    chosen: Mapping[str, str] | None = None,
    passed: Filter | None = None,
    other: Filter | None = None,
    source: Store | None = None,
) -> Question:
    """Put together what an analysis may look at.

    `whole` are the crashes that `data` was cut from, by default these, and `passed` the filter that
    did it; `chosen` says what its choices are. `other` cuts the whole a second time, to compare.
    `source` is the store of the data set, for what it knows besides crashes: exposure, roads and
    weather.
    """
    everything = data if whole is None else whole
    return Question(
        data,
        everything,
        unit,
        dict(chosen or {}),
        other=None if other is None else cut(everything, other),
        other_words=() if other is None else tuple(filter_sentence(other)),
        words=() if passed is None else tuple(filter_sentence(passed)),
        by_filter=frozenset() if passed is None else filters.fields_of(passed),
        exposure=source.exposure(data.dataset.name) if source and data.dataset else (),
        roads=partial(_on_most_fitting, source, everything) if source else analysis.nowhere,
        sites=partial(_listed_sites, source, everything) if source else analysis.no_sites,
        weather=partial(_kept_weather, source, everything) if source else analysis.no_weather,
        corridors=partial(_corridors_of, source, everything) if source else analysis.no_corridors,
    )


def _kept_weather(source: Store, whole: CrashData) -> Weather | None:
    """Return the weather kept for a data set, put together once for each state of it."""
    if whole.dataset is None:
        return None
    name = whole.dataset.name
    version = source.weather_version(name)
    if not version:
        return None
    found: Weather | None = whole.once(
        f"weather {version}", lambda _: weather.gathered(source.weather(name))
    )
    return found


def _on_most_fitting(source: Store, data: CrashData) -> Placed | None:
    """Place crashes on the network that holds most of them; done once for each state of both."""
    found = networks_of(source, data)
    if not found:
        return _placed(source, data, None, None, (), (), ())
    about = found[0]
    aliases = tuple(sorted(about.aliases.items()))
    corridors = source.road_corridors(about.name)
    return _placed(
        source, data, about.name, about.at, aliases, corridors, _junctions_at(source, data)
    )


def _corridors_of(source: Store, data: CrashData) -> tuple[Corridor, ...]:
    """Return the corridors of the network that holds most of these crashes."""
    found = networks_of(source, data)
    return source.road_corridors(found[0].name) if found else ()


def _junctions_at(source: Store, data: CrashData) -> tuple[Hashable, ...]:
    """Return which junctions a data set brought along, as they are now."""
    if data.dataset is None:
        return ()
    return tuple(
        (one.size, one.at) for one in source.layer_list(data.dataset.name) if one.key == "junctions"
    )


@cached(LRUCache(maxsize=4), condition=Condition())
def _placed(
    source: Store,
    data: CrashData,
    name: str | None,
    _at: datetime | None,
    _aliases: tuple[tuple[str, str], ...],
    _corridors: tuple[Corridor, ...],
    _layers: tuple[Hashable, ...],
) -> Placed | None:
    return place_on_roads(source, data, name)


def _listed_sites(source: Store, data: CrashData) -> analysis.Sites | None:
    """Return the sites of the newest screening of a data set, or those of its register."""
    if data.dataset is None:
        return None
    name = data.dataset.name
    kept = source.results(name)
    if kept:
        return _found_sites(source, kept[0].id, kept[0].asked.title, kept[0].at)
    listed = tuple(
        analysis.Listed(
            str(one.number), one.spot.road, "", one.spot.from_m or 0, one.spot.to_m or 0
        )
        for one in source.sites(name)
        if one.spot.has_posts and one.status in register.OPEN
    )
    told = Message("Bands are the open sites of the register, by their numbers there.")
    return analysis.Sites(told, listed) if listed else None


@cached(LRUCache(maxsize=8), condition=Condition())
def _found_sites(source: Store, number: int, title: str, at: datetime) -> analysis.Sites | None:
    told = Message(
        "Bands are the sites of the newest list, “{title}” of {day}, by their places in it.",
        {"title": Message(title), "day": at.date()},
    )
    listed = tuple(
        analysis.Listed(
            str(place),
            one.site.road,
            one.site.id.rpartition(":")[0],
            one.site.from_m or 0,
            one.site.to_m or 0,
        )
        for place, one in enumerate(source.result(number).findings, 1)
        if one.site.from_m is not None and one.site.to_m is not None
    )
    return analysis.Sites(told, listed) if listed else None


def crashes(
    crashes: pd.DataFrame,
    vehicles: pd.DataFrame | None = None,
    people: pd.DataFrame | None = None,
    period: Period | None = None,
) -> CrashData:
    """Make crash data of plain tables, for a notebook; see `frames.crash_data`.

    Columns are fields of the data dictionary, codes are words. Raises IntakeError naming the column
    and the values that cannot be read.
    """
    return frames.crash_data(crashes, vehicles, people, period)


def _as_data(data: CrashData | pd.DataFrame) -> CrashData:
    return data if isinstance(data, CrashData) else frames.crash_data(data)


def analyse(name: str, asked: Question | CrashData | pd.DataFrame) -> Answer:
    """Answer one of `list_analyses` for crashes, a table of them, or a `question` that says more.

    Raises NotFound for another name, MethodError where the data lack what it needs, IntakeError for
    a table that cannot be read.
    """
    asked = asked if isinstance(asked, Question) else question(_as_data(asked))
    found = analysis.answer(name, asked)
    return replace(found, notes=(*found.notes, *frames.told(asked.data)))


def lacking(name: str, asked: Question) -> Message | None:
    """Say what the data do not have and an analysis needs; None where it can be asked."""
    return analysis.lacking(name, asked)


def analysis_document(found: Answer, data: CrashData, speaker: Speaker) -> dict[str, Any]:
    """Return an answer as the one JSON document that page and command share."""
    version = data.dataset.fingerprint if data.dataset else ""
    return analysis.as_document(found, version, speaker.say)


def analysis_frame(found: Answer, speaker: Speaker | None = None) -> pd.DataFrame:
    """Return the numbers of an answer as a frame, for a notebook."""
    return analysis.as_frame(found, (speaker or Speaker("en")).say)


def draw_analysis(found: Answer, speaker: Speaker) -> dict[str, Any]:
    """Draw an answer for the screen, as data for Plotly."""
    return plot.draw(found.figure, speaker.say)


def analysis_chart(found: Answer, speaker: Speaker | None = None) -> Any:
    """Return the chart of an answer as a Plotly figure, for a notebook."""
    return charts.notebook(draw_analysis(found, speaker or Speaker("en")))


def analysis_origin(found: Answer, asked: Question, chosen: Filter) -> AnalysisOrigin:
    """Say where an answer comes from: data, filter (`chosen`), version and fingerprint."""
    return analysis.origin(found, asked, filters.sentence(chosen))


def export_analysis(
    found: Answer, format: str, speaker: Speaker, origin: AnalysisOrigin | None = None
) -> bytes:
    """Write an answer: csv or xlsx its numbers, png or svg its chart.

    With `origin` the chart has its title, filter and finding above it, and below it where its
    numbers come from: a picture by itself says what it counts.
    """
    if format in ("png", "svg"):
        if origin is not None:
            return render.plate(found, origin, speaker, width_mm=180, format=format)
        return render.picture(found.figure, speaker, width_mm=180, format=format)
    rows = [
        [speaker.say(cell) if isinstance(cell, Message) else cell for cell in row]
        for row in found.table.rows
    ]
    heads = analysis.heads(found.table.columns, speaker.say)
    told = (found.title, found.finding, *found.warnings, *found.notes, *found.method)
    return export.told_table(heads, rows, told, format, speaker.say)


# --------------------------------------------------------------- targets


def on_corridor(
    source: Store, data: CrashData, corridor: str, *, roads: str | None = None
) -> CrashData:
    """Cut to the crashes on a named corridor of a network, as screening by corridors counts them.

    Raises NotFound for a corridor or a network that is not there, NeedsChoice where there are
    several networks and none is named.
    """
    return placing.on_corridor(place_on_roads(source, data, roads), data, corridor)


def track_target(data: CrashData | pd.DataFrame, asked: TargetAsked | None = None) -> Tracked:
    """Set the deaths of each whole year against a target; default: -50 % by 2030 against 2010.

    Raises NeedsChoice where the deaths of the base year are neither in the data nor told,
    MethodError for a target that cannot be.
    """
    return tracking.track(_as_data(data), asked)


def target_document(found: Tracked, speaker: Speaker) -> dict[str, Any]:
    """Return a target and where deaths stand for a program; docs/schema/target.json."""
    return tracking.document(found, speaker.say)


def target_figure(found: Tracked) -> Figure:
    """Return deaths, path and forecast as a drawing, for `draw_figure`."""
    return tracking.figure(found)


def target_rows(found: Tracked) -> list[list[float | None]]:
    """Return a row for each year, below TARGET_HEADS."""
    return tracking.rows(found)


def export_target(found: Tracked, format: str, speaker: Speaker) -> bytes:
    """Write deaths, path and forecast by year as csv or xlsx."""
    heads, rows = [speaker.say(head) for head in TARGET_HEADS], tracking.rows(found)
    if format == "xlsx":
        return export.workbook([(speaker.say("Target"), heads, rows)])
    return export.rows(heads, rows)


# ---------------------------------------------------------------- intake


def read_uploads(paths: Sequence[str | Path]) -> list[Upload]:
    """Read files from disk as they are; raises IntakeError naming a file that is not there."""
    return [_upload(Path(path)) for path in paths]


def _upload(path: Path) -> Upload:
    try:
        return Upload(path.name, path.read_bytes())
    except OSError as error:
        raise IntakeError(
            "{file} cannot be opened: {cause}.", file=str(path), cause=error.strerror or str(error)
        ) from error


def preview_import(
    into: Store,
    uploads: Sequence[Upload],
    *,
    profile: str | Profile,
    dataset: str,
    options: Mapping[str, str] | None = None,
    progress: Progress = no_progress,
    most_rows: int | None = None,
) -> ImportBatch:
    """Say what an import would do; nothing is kept. Raises NeedsChoice, IntakeError.

    More than `most_rows` rows are refused, where that is given.
    """
    into.check_name(dataset)
    found = find_profile(profile, into) if isinstance(profile, str) else profile
    return ledger.harmonise(
        uploads,
        found,
        options=options or {},
        known=into.known(dataset),
        today=date.today(),
        recall=partial(into.recall, dataset),
        before=into.columns(dataset, found.id),
        progress=progress,
        most_rows=most_rows,
    )


def import_crashes(
    into: Store,
    uploads: Sequence[Upload],
    *,
    profile: str | Profile,
    dataset: str,
    options: Mapping[str, str] | None = None,
    progress: Progress = no_progress,
    within: Within | None = None,
    most_rows: int | None = None,
) -> tuple[ImportRecord, ImportBatch]:
    """Import files in one transaction; every row is accepted, rejected or a duplicate.

    Where somebody else keeps some of these crashes meanwhile, the files are read once more, and
    those crashes are duplicates. Raises NeedsChoice, IntakeError, StoreError; nothing is kept then.
    """

    def imported() -> tuple[ImportRecord, ImportBatch]:
        seen = into.version(dataset)
        batch = preview_import(
            into,
            uploads,
            profile=profile,
            dataset=dataset,
            options=options,
            progress=progress_between(progress, 0.0, 0.7),
            most_rows=most_rows,
        )
        record = into.save_import(
            dataset, batch, seen=seen, progress=progress_between(progress, 0.7, 1.0), within=within
        )
        return record, batch

    try:
        return imported()
    except Overtaken:
        return imported()


def undo_import(into: Store, import_id: int) -> ImportRecord:
    """Take back a whole import; its record and its rejects stay."""
    into.undo_import(import_id)
    return into.import_record(import_id)


def conflicts(of_store: Store, dataset: str) -> list[Conflict]:
    """List crashes that imports tell in several ways, those to be settled first.

    What stands meanwhile as a conflict says, by an edit or a later import, is `met`.
    """
    found, met = of_store.conflicts(dataset), _met(of_store, dataset)
    waiting = [one for one in found if one.state == "open"]
    over = [one for one in waiting if (one.import_id, one.crash_key) in met]
    return [
        *(one for one in waiting if one not in over),
        *(replace(one, state="met") for one in over),
        *(one for one in found if one.state != "open"),
    ]


def open_conflicts(of_store: Store, dataset: str, import_id: int | None = None) -> int:
    """Count the crashes that wait for a decision, of all imports of a data set or of one."""
    return of_store.open_conflicts(dataset, import_id) - len(_met(of_store, dataset, import_id))


def _met(of_store: Store, dataset: str, import_id: int | None = None) -> set[tuple[int, str]]:
    found = of_store.overtaken(dataset, import_id)
    return differing.met(found, *_standing(of_store, dataset, found)) if found else set()


def _standing(
    of_store: Store, dataset: str, chosen: Sequence[Conflict]
) -> tuple[Records, dict[str, CrashRecord]]:
    keys = {one.crash_key for one in chosen}
    return of_store.recall(dataset, keys), of_store.edited(dataset, keys)


def conflict_differences(
    of_store: Store, dataset: str, chosen: Sequence[Conflict]
) -> list[list[Difference]]:
    """Say of each conflict which fields differ: what stands, and what the later import says."""
    return differing.differences(chosen, *_standing(of_store, dataset, chosen))


def conflict_gaps(of_store: Store, dataset: str, chosen: Sequence[Conflict]) -> list[int]:
    """Say of each conflict how many people it leaves out, for which it cannot be taken; else 0."""
    recall = partial(of_store.recall, dataset)
    return settling.left_out(chosen, _read_by(of_store, chosen), recall)


def _read_by(of_store: Store, chosen: Sequence[Conflict]) -> dict[int, Profile]:
    """Return the profiles by which the imports of conflicts were read."""
    imports = {one.import_id for one in chosen}
    return {one: find_profile(of_store.import_record(one).profile, of_store) for one in imports}


def settle_conflicts(
    of_store: Store,
    dataset: str,
    chosen: Sequence[Conflict],
    *,
    take: bool,
    reason: str,
    who: str = "",
) -> ImportRecord | None:
    """Decide conflicts: keep what was there, or take the new facts, as an import of its own.

    Raises Refused without a reason, NotFound for a conflict that is not open.
    """
    if not reason.strip():
        raise Refused("Say why: the reason is kept with the decision.")
    of_crash = Counter(one.crash_key for one in chosen)
    twice = next((one for one in chosen if of_crash[one.crash_key] > 1), None)
    if take and twice:
        name = str(twice.crash.get("crash_id") or twice.crash_key)
        raise Refused("Several of these tell of the crash {id}. Choose one of them.", id=name)
    if not take:
        of_store.keep_as_is(chosen, who=who, reason=reason)
        return None
    seen = of_store.version(dataset)
    batch = settling.batch(
        chosen,
        _read_by(of_store, chosen),
        known=of_store.known(dataset),
        recall=partial(of_store.recall, dataset),
        today=date.today(),
    )
    return of_store.take_new(dataset, batch, chosen, seen=seen, who=who, reason=reason)


def import_document(
    kept: Ledger,
    dataset: str,
    version: int | None,
    speaker: Speaker,
    *,
    inferences: Sequence[Inference] = (),
    proposals: Sequence[Proposal] = (),
) -> dict[str, Any]:
    """Return the account of an import as the one JSON document that page and command share."""
    document = documents.as_document(kept, dataset, version, speaker.say)
    return {
        **document,
        "reading": [inference_document(one, speaker) for one in inferences],
        "repairs": [proposal_document(one, speaker) for one in proposals],
    }


def inference_document(one: Inference, speaker: Speaker) -> dict[str, Any]:
    """Return how a file or a column was read, as in the document of its import."""
    return documents.of_inference(one, speaker.say)


def proposal_document(one: Proposal, speaker: Speaker) -> dict[str, Any]:
    """Return a repair that only the user may allow, as in the document of its import."""
    return documents.of_proposal(one, speaker.say)


def system_title(system: str) -> str:
    """Return the name of a coordinate system. Raises SettingError for an unknown one."""
    return grids.title(system)


def system_named(answer: str) -> str:
    """Return the coordinate system that a person names, "" for none. Raises IntakeError."""
    return repairs.system_named(answer)


def list_calendars() -> Mapping[str, Message]:
    """List the calendars whose dates are turned into the common one, with their titles."""
    return {name: calendars.TITLES[name] for name in calendars.CALENDARS}


def issue_document(issue: Issue, speaker: Speaker) -> dict[str, Any]:
    """Return one complaint as in the document of its import."""
    return documents.of_issue(issue, speaker.say)


def row_sums(total: int, accepted: int, rejected: int, duplicates: int) -> Message:
    """Say what became of the rows of an import."""
    return documents.sums(total, accepted, rejected, duplicates)


# -------------------------------------------------------------- profiles


def list_profiles(of: Store | None = None) -> dict[str, Profile]:
    """List the import profiles: those shipped, and those of the users of a store.

    An own profile goes by its name and version, "police_cards@2"; the newest version is listed.
    """
    own = {one.id: one for kept in (of.profiles() if of else ()) for one in _readable(kept)}
    return {**own, **profiles.all_profiles()}


def find_profile(id: str, of: Store | None = None) -> Profile:
    """Return a profile by its id, "police_cards" or "police_cards@2". Raises NotFound."""
    if of is None or id in profiles.all_profiles():
        return profiles.get(id)
    name, _, version = id.partition("@")
    if version and not (version.isascii() and version.isdigit() and len(version) < 9):
        raise NotFound("There is no profile {id}.", id=id)
    if not version and name not in {one.name for one in of.profiles()}:
        return profiles.get(id)
    return _own_profile(of.profile(name, int(version) if version else None))


def _readable(kept: KeptProfile) -> Iterator[Profile]:
    # A field that a later version gave up must not lock all pages: its profile is not offered.
    with suppress(DropinError):
        yield _own_profile(kept)


def _own_profile(kept: KeptProfile) -> Profile:
    found = profiles.parse(kept.name, kept.text)
    return replace(found, id=f"{kept.name}@{kept.version}")


def check_profile(name: str, text: str) -> Profile:
    """Read the text of a profile. Raises IntakeError that names everything wrong with it."""
    if name in profiles.all_profiles():
        raise IntakeError(
            "{name} is the name of a profile of CrashKit; choose another one.", name=name
        )
    try:
        return profiles.parse(name, text)
    except DropinError as error:
        raise IntakeError(error.message.text, **error.message.values) from error


def save_profile(
    into: Store, name: str, text: str, answers: Mapping[str, str] | None = None
) -> str:
    """Keep a profile and return its id with its version; a bad one is refused with every complaint.

    Answers given while reading (encoding, date order) become part of it: they are not asked again.
    Raises IntakeError, StoreError; nothing is kept then.
    """
    found = check_profile(name, text)
    told = profiling.answered(found, answers or {})
    kept = text if told == found else writing.text(told)
    return f"{name}@{into.save_profile(name, kept)}"


def export_profile(profile: Profile, of: Store | None = None) -> str:
    """Return a profile as the text it is kept in: an own one as it was saved."""
    name, _, version = profile.id.partition("@")
    if of is not None and version:
        return of.profile(name, int(version)).text
    return writing.text(profile)


def remove_profile(of: Store, name: str) -> None:
    """Offer an own profile no longer; imports made by it still name it. Raises NotFound."""
    of.remove_profile(name.partition("@")[0])


def fitting_profiles(
    of: Store, uploads: Sequence[Upload], options: Mapping[str, str] | None = None
) -> list[Fit]:
    """Return the profiles that know the columns of these files, the best first, own ones before."""
    return fitting.fitting(uploads, list(list_profiles(of).values()), options or {})


# --------------------------------------------------------------- mapping


def propose_mapping(
    uploads: Sequence[Upload],
    options: Mapping[str, str] | None = None,
    progress: Progress = no_progress,
) -> Draft:
    """Say what the columns of files without a profile may be. Raises NeedsChoice, IntakeError."""
    return proposing.propose(uploads, options, progress)


def apply_profile(draft: Draft, profile: Profile) -> Draft:
    """Return a draft in which the columns are what a profile says of them."""
    return profiling.applied(draft, profile)


def remap(column: ColumnDraft, target: str) -> ColumnDraft:
    """Return a column that a person made something else, with codes proposed for its words."""
    return coding.retargeted(column, target)


def recode(column: ColumnDraft, codes: Mapping[str, str]) -> ColumnDraft:
    """Return a column with the codes that a person chose for its words; "" leaves one out."""
    return coding.recoded(column, codes)


def unit_choices(target: str) -> tuple[str, ...]:
    """Return the units in which a target may be given, ours first; none where it has no other."""
    return units.choices(target)


def measured_in(column: ColumnDraft, unit: str) -> ColumnDraft:
    """Return a column with the unit that a person chose for its numbers."""
    return units.chosen(column, unit)


def mapping_complaints(draft: Draft) -> list[Message]:
    """Return everything that keeps a draft from being a profile."""
    return profiling.wrong(draft)


def mapped_profile(
    name: str,
    draft: Draft,
    like: Profile | None = None,
    *,
    answers: Mapping[str, str] | None = None,
) -> str:
    """Return the text of the profile that a draft describes. Raises IntakeError for a bad one.

    What a draft has no words for (templates, boxes) is taken from the profile it is like.
    """
    made = profiling.answered(profiling.profile_of(name, draft), answers or {})
    text = writing.text(profiling.completed(made, like) if like else made)
    check_profile(name, text)
    return text


def write_mapping(draft: Draft) -> dict[str, Any]:
    """Return a draft as plain values that JSON can hold."""
    return drafts.as_document(draft)


def read_mapping(document: Mapping[str, Any]) -> Draft:
    """Return the draft of a document."""
    return drafts.of_document(document)


def list_targets(level: str) -> dict[str, list[str]]:
    """Return what a column may become in a file of a level: table -> targets, in order."""
    return drafts.targets(level)


def target_label(target: str) -> Message:
    """Name what a column may become."""
    return profiling.label(target)


def target_list(target: str) -> str:
    """Return the code list of what a column may become, or ""."""
    return drafts.list_of(target)


def code_choices(list_name: str) -> dict[str, Message]:
    """Return the codes of a list with their labels."""
    return {one.code: Message(one.label) for one in fields.codes(list_name)}


def coded_words(column: ColumnDraft) -> dict[str, int]:
    """Return the words of a column that need a code, with their rows, most frequent first."""
    return coding.pieces(column, column.several) if drafts.list_of(column.target) else {}


# --------------------------------------------------------------- records


@dataclass(frozen=True)
class Edited:
    """What came of an edit: the new version, what changed, and what the person should know."""

    version: int
    changes: tuple[Change, ...]
    notes: tuple[Message, ...]


def crash_record(from_store: Store, dataset: str, number: int) -> CrashRecord:
    """Return one crash as it was told and as it stands, by its number within the data set."""
    return from_store.record(dataset, number)


def record_document(record: CrashRecord) -> dict[str, Any]:
    """Return a record as the one JSON document that page and command share."""
    return documents.of_record(record)


def edit_document(edit: Edit) -> dict[str, Any]:
    """Return one changed field as in the document of its crash."""
    return documents.of_edit(edit)


def record_fields(table: str) -> tuple[Field, ...]:
    """List the fields that crashes, vehicles or people can have; none of them is personal."""
    return tuple(one for one in fields.table(table) if not one.personal)


def editable_fields(table: str) -> tuple[Field, ...]:
    """List the fields of crashes, vehicles or people that can be changed by hand."""
    return editing.editable(table)


def field_choices(field: Field) -> tuple[tuple[str, Message], ...]:
    """List the codes that a field can have, with their labels; none where it holds no codes."""
    return tuple((code, filters.value_label(field.name, code)) for code in editing.codes(field))


def field_word(value: Any) -> str:
    """Return a value as it is typed: what `edit_crash` takes for no change."""
    return editing.word(value)


def place_label(place: tuple[str, int, str]) -> Message:
    """Return the label of a field of a record, or of the row that is added or removed."""
    return editing.label(place)


def state_label(state: str | None) -> Message:
    """Say of a vehicle or person that it was told by the source, added or removed by hand."""
    return editing.STATES[state]


def edit_crash(
    into: Store,
    record: CrashRecord,
    said: Mapping[tuple[str, int, str], str],
    *,
    reason: str,
    who: str = "",
) -> Edited:
    """Change fields of a crash as it was seen, with all that follows from them.

    `said` are words by table, number of the row (0 for the crash) and field; "" is "not known".
    Of the field ROW of a vehicle or person REMOVED removes it, "" puts it back; words of rows
    numbered NEW, NEW - 1 and so on add new ones.
    Raises WrongValues, IntakeError, or StoreError when somebody else changed the crash meanwhile.
    """
    own = _profile_if_any(_profile_id(record, into), into)
    settled = editing.settle(record, said, own, date.today())
    version = into.save_edit(
        record, settled.changes, reason=editing.plain(reason), who=editing.plain(who)
    )
    return Edited(version, settled.changes, settled.notes)


def _profile_id(record: CrashRecord, of: Store) -> str:
    """Return the profile whose area and roads hold for a crash: of its files, or its data set."""
    by_hand = BY_HAND in of.import_record(record.import_id).options
    return of.dataset(record.dataset).profile if by_hand else record.profile


def undo_edit(into: Store, dataset: str, change: int) -> int:
    """Take back what was changed together; return the new version of the data set."""
    return into.undo_edit(dataset, change)


def enter_crash(
    into: Store, dataset: str, said: Mapping[tuple[str, int, str], str]
) -> tuple[ImportRecord, int]:
    """Import one crash entered by hand; return the import and the number of the crash.

    `said` is as for `edit_crash`. Raises WrongValues; nothing is kept then.
    """
    into.check_name(dataset)
    about = next((one for one in into.datasets() if one.name == dataset), None)
    own = _profile_if_any(about.profile, into) if about else None
    batch = editing.enter(said, about, own, known=into.known(dataset), today=date.today())
    record = into.save_import(dataset, batch)
    key = str(batch.crashes["crash_key"].iloc[0])
    return record, into.numbers_of(dataset, [key])[key]


def crash_number(data: CrashData, words: str) -> int:
    """Return the number within the data set of the one crash with this crash number.

    Where none has it, a number within the data set is taken as such. Raises NotFound.
    """
    return filters.the_one(words, data)


def locate_queue(data: CrashData) -> tuple[Waiting, ...]:
    """List the crashes that wait for a place on the map, the one most worth it first."""
    return locating.queue(data)


def suggest_location(data: CrashData, number: int) -> Suggestion | None:
    """Say where a crash may have been, from its km post or the words of its place, or None."""
    return locating.suggest(data, number)


def locate(
    data: CrashData, network: RoadNetwork, aliases: Mapping[str, str] | None = None
) -> Snapped:
    """Put each crash on a road of a network, with a grade and a reason; see `roads.snapping`."""
    return snapping.snap(network, data, aliases=aliases)


def networks_of(source: Store, data: CrashData, *, least: float = 0.0) -> list[KeptRoads]:
    """Return the networks that crashes may lie on, the one that holds most of them first.

    A network that holds no crash, or less than the share `least` of them, is of other roads.
    """
    found = [(_in_reach(source, data, one), one) for one in source.road_networks()]
    kept = [(share, one) for share, one in found if share > 0 and share >= least]
    return [one for _, one in sorted(kept, key=lambda pair: -pair[0])]


def _in_reach(source: Store, data: CrashData, about: KeptRoads) -> float:
    aliases = tuple(sorted(about.aliases.items()))
    return _share_in_reach(source, data, about.name, about.at, aliases)


@cached(LRUCache(maxsize=16), condition=Condition())
def _share_in_reach(
    source: Store, data: CrashData, name: str, at: datetime, aliases: tuple[tuple[str, str], ...]
) -> float:
    return snapping.share_in_reach(data, _kept_network(source, name, at), dict(aliases))


def choose_network(
    source: Store, name: str | None = None, data: CrashData | None = None
) -> KeptRoads | None:
    """Return the network of a name, or the only one there is; None where there is none.

    With `data` only networks that these crashes may lie on are looked at.
    Raises NotFound for a name that is not there, NeedsChoice where there are several and none is
    named.
    """
    if name is not None:
        return source.road_network(name)
    kept = source.road_networks() if data is None else networks_of(source, data)
    if len(kept) > 1:
        raise NeedsChoice(
            "There are several networks of roads. Say which one is meant.",
            option="roads",
            choices=[one.name for one in kept],
        )
    return kept[0] if kept else None


def place_on_roads(source: Store, data: CrashData, name: str | None = None) -> Placed | None:
    """Give each crash its one place on a network: a junction, or a link between.

    Without a name the only network that they may lie on is taken; None where there is none.
    Junctions are those that the data set brought along as a layer, else those of the network.
    Raises NotFound for a name that is not there, NeedsChoice where there are several and none is
    named.
    """
    about = choose_network(source, name, data)
    layer = data.layers.get("junctions")
    if about is None:
        return placing.place(data, junctions.given(junctions.read(layer))) if layer else None
    located = snap_to_roads(source, data, about)
    topology = _topology(source, about, data.period.end)
    at = junctions.given(junctions.read(layer), topology) if layer else _derived(topology)
    placed = placing.place(data, at, topology=topology, snapped=located)
    return replace(placed, corridors=source.road_corridors(about.name))


def snap_to_roads(source: Store, data: CrashData, about: KeptRoads) -> Snapped:
    """Put each crash on a road of a kept network; worked out once while neither changes."""
    aliases = tuple(sorted(about.aliases.items()))
    return _snapped(source, data, about.name, about.at, aliases)


@cached(LRUCache(maxsize=4), condition=Condition())
def _snapped(
    source: Store, data: CrashData, name: str, at: datetime, aliases: tuple[tuple[str, str], ...]
) -> Snapped:
    return locate(data, _kept_network(source, name, at), dict(aliases))


@cached(LRUCache(maxsize=4), key=_version_of_day, condition=Condition())
def _topology(source: Store, about: KeptRoads, day: date) -> Topology:
    """Join the roads of a kept network that stand on a day; done once for each version of it."""
    network = _kept_network(source, about.name, about.at)
    return topologies.build(network, stands=network.stands_on(day))


@cached(LRUCache(maxsize=4), condition=Condition())
def _derived(topology: Topology) -> Junctions:
    return junctions.derived(topology)


def needs_roads(asked: Screening) -> bool:
    """Say whether a question looks along a network of roads, or at its junctions."""
    return any(screening.looks_at_roads(one.place) for one in asked.each)


def road_coverage(located: Snapped, data: CrashData) -> Coverage:
    """Judge how well crashes were put on roads, and list the names that the network lacks."""
    return coverage.coverage(located, data)


def road_places(located: Snapped, data: CrashData, reason: str = "") -> list[RoadPlace]:
    """List where each crash lies on the network, or why on none; of one reason, or of all."""
    return coverage.places(located, data, reason)


def road_reasons() -> dict[str, tuple[Message, str]]:
    """Return why a crash may have its grade on a road: code to sentence and grade."""
    return road_documents.reasons()


def road_lines(network: RoadNetwork, box: Sequence[float] | None = None) -> dict[str, Any]:
    """Return the lines of a network, within a box of degrees, as GeoJSON."""
    return road_documents.lines_geojson(network, box)


def coverage_document(found: Coverage, roads: str, speaker: Speaker) -> dict[str, Any]:
    """Return how well crashes were put on roads as one JSON document."""
    return road_documents.coverage_document(found, roads, speaker.say)


def export_road_places(places: Sequence[RoadPlace], speaker: Speaker) -> bytes:
    """Write where crashes lie on roads as CSV."""
    heads = [speaker.say(head) for head in road_documents.HEADS]
    return export.rows(heads, road_documents.rows(places, speaker.say))


def find_crashes(data: CrashData, words: str) -> CrashData:
    """Return the crashes whose crash number is these words, else those whose number holds them."""
    return filters.numbered(words, data)


def crash_page(
    data: CrashData, start: int, count: int, *, worst_first: bool = False
) -> pd.DataFrame:
    """Return a page of the crashes as a frame: the newest first, or the worst."""
    rows = filters.worst_first(data) if worst_first else filters.newest_first(data)
    return data.table("crash").frame_of(rows[start : start + count])


# ------------------------------------------------------- models of sites


def read_sites(
    file: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    years: float | None = None,
    length_unit: str = "",
    options: Mapping[str, str] | None = None,
) -> SiteTable:
    """Read a table of sites with crashes, traffic and length. Raises IntakeError, NeedsChoice."""
    return modelling.read_sites(
        _upload(Path(file)),
        columns=columns,
        years=years,
        length_unit=length_unit,
        options=options,
    )


def model_sites(sites: SiteTable, *, kind: str = spf.BEST, anyway: bool = False) -> Modelled:
    """Fit a safety performance function to sites, or fall back on what each class has."""
    return modelling.model_sites(sites, kind=kind, anyway=anyway)


def calibrate_sites(sites: SiteTable, model: str) -> Modelled:
    """Make a model of a book fit one's own sites. Raises NotFound."""
    return modelling.calibrate_sites(sites, model)


def model_document(found: Modelled, speaker: Speaker) -> dict[str, Any]:
    """Return a model and its figures of merit for a program; docs/schema/spf.json."""
    return modelling.document(found, speaker.say)


def walk_figure(found: Modelled, by: str = "") -> Figure:
    """Return the cumulative residuals of a model as a drawing. Raises NotFound."""
    return modelling.walk_figure(found, by)


def export_estimates(found: Modelled) -> bytes:
    """Write what is expected at each site as csv."""
    return modelling.estimates_csv(found)


def list_models() -> Mapping[str, spf.Spf]:
    """Return the models of books by name."""
    return spf.models()


# ------------------------------------------------------- data and tables


def load(from_store: Store, dataset: str, *, version: int | None = None) -> CrashData:
    """Load a data set as it was at `version` (default: as it is now). Raises NotFound."""
    stamp = from_store.stamp(dataset)
    return _loaded(from_store, dataset, version or stamp[1], stamp)


@cached(LRUCache(maxsize=4), condition=Condition())
def _loaded(
    from_store: Store, dataset: str, version: int, stamp: tuple[int, int, str]
) -> CrashData:
    _, newest, _ = stamp
    data = from_store.load_copy(dataset) if version == newest else None
    if data is None:
        data = from_store.amend_copy(dataset) if version == newest else None
        if data is None:
            data = from_store.load(dataset, version=version)
        if version == newest:
            data = keep_copy(from_store, data)
    if data.dataset is None or "@" not in data.dataset.profile:
        return data
    own = _profile_of(data, from_store)
    posts = own is not None and own.posts_by_province
    return data.replace(dataset=replace(data.dataset, posts_by_province=posts))


def lay_out(from_store: Store, dataset: str, *, progress: Progress = no_progress) -> None:
    """Lay a data set out column by column after it changed, so that no first reader waits.

    The change is kept already: what goes wrong here costs only time.
    """
    progress(0.0, Message("Laying the crashes out for maps and tables"))
    with suppress(CrashKitError):
        load(from_store, dataset)
    progress(1.0, None)


def keep_copy(from_store: Store, data: CrashData) -> CrashData:
    """Lay the data out for filters, tables and tiles, and keep that; return what is kept."""
    filters.prepare(data)
    tables.prepare(data)
    tiles.prepare(data)
    if data.dataset is None or not from_store.save_copy(data):
        return data
    kept = from_store.load_copy(data.dataset.name)
    return data if kept is None else kept


def cut(data: CrashData, chosen: Filter) -> CrashData:
    """Return the crashes that pass the filter, with an honest period."""
    return filters.apply(chosen, data)


def parse_filter(words: str | Mapping[str, str]) -> Filter:
    """Read a filter from words ("severity=fatal; year=2020-2023") or from a URL query."""
    return filters.parse(words)


def all_of(chosen: Iterable[Filter]) -> Filter:
    """Return the filter that keeps what all of these keep. Raises FilterError for a key twice."""
    return filters.all_of(chosen)


def any_of(alternatives: Iterable[Filter]) -> Filter:
    """Return the filter that keeps what one of these keeps, as one group of alternatives."""
    return filters.any_of(alternatives)


def named_filter(of: Store, dataset: str, words: str) -> Filter:
    """Read a filter from words in which `@NAME` stands for one that is saved for the data set."""
    known = {one.name: one.words for one in of.filters(dataset)} if "@" in words else {}
    return filters.parse_named(words, known)


def filter_before(chosen: Filter, data: CrashData) -> Filter | None:
    """Return a filter moved to the period before; None where it chooses none, or none is there."""
    return filters.before(chosen, data.period)


def saved_filters(of: Store, dataset: str) -> Sequence[SavedFilter]:
    """List the filters saved for a data set, by name, also such as can no longer be read."""
    return [filters.read_saved(*kept) for kept in of.filters(dataset)]


def save_filter(into: Store, dataset: str, name: str, chosen: Filter) -> None:
    """Save a filter for a data set, in the place of the one of its name."""
    into.save_filter(dataset, name, chosen.words)


def rename_filter(of: Store, dataset: str, name: str, to: str) -> None:
    """Give a saved filter another name. Raises NotFound, Refused where that is taken."""
    of.rename_filter(dataset, name, to)


def remove_filter(of: Store, dataset: str, name: str) -> None:
    """Forget a saved filter. Raises NotFound."""
    of.remove_filter(dataset, name)


def readable_filter(query: Mapping[str, Any]) -> Filter:
    """Return what can be read of a filter that `parse_filter` refuses, condition by condition."""
    return filters.readable(query)


def filter_sentence(chosen: Filter) -> tuple[Message, ...]:
    """Say in words what a filter keeps."""
    return filters.sentence(chosen)


def explain_empty(data: CrashData, chosen: Filter) -> Sequence[Emptied]:
    """Say what each condition does in a filter that keeps nothing; none where it keeps any."""
    return filters.emptied(chosen, data)


def filter_choices(data: CrashData) -> Sequence[FilterField]:
    """List what a filter bar can offer for these data."""
    return filters.choices(data)


def further_fields(data: CrashData) -> Sequence[FilterField]:
    """List all fields of crashes, vehicles and people that a filter can look at in these data."""
    return filters.further(data)


def is_field(name: str) -> bool:
    """Say whether a key of a filter is a field of crashes, vehicles or people."""
    return filters.is_field(name)


def filter_choice(data: CrashData, name: str) -> FilterField:
    """Offer one field such as "aadt" or "person.age" with its options. Raises FilterError."""
    return filters.choice(name, data)


def field_label(name: str) -> Message:
    """Return the label of a field of the dictionary, or of a key of the filter."""
    return filters.label(name)


def field_definition(name: str) -> Message | None:
    """Return what a field, or a key of the filter, means, if its label does not say it all."""
    return filters.definition(name)


def value_definition(name: str, value: str) -> Message | None:
    """Return what a code of a field means, if its label does not say it all."""
    return filters.value_definition(name, value)


def value_label(name: str, value: str) -> Message:
    """Return the label of a value of a field: of a code, of several, or the text itself."""
    return filters.value_label(name, value)


def summarise(data: CrashData, everything: CrashData) -> Summary:
    """Count crashes, people hurt and the share located."""
    return tables.summary(data, everything)


def untold_notes(found: Summary, names: Collection[str]) -> tuple[Message, ...]:
    """Say of each sum named how many crashes are not in it, as they do not tell it."""
    return tables.untold_notes(found, names)


def tabulate(
    data: CrashData | pd.DataFrame,
    rows: str,
    columns: str,
    *,
    unit: str = "crashes",
    whole: CrashData | None = None,
) -> CrossTable:
    """Count crashes, casualties or vehicles by two fields; `whole` is what `data` was cut from."""
    return tables.cross(_as_data(data), rows, columns, unit=unit, whole=whole)


def cross_table(
    data: CrashData | pd.DataFrame,
    rows: str,
    columns: str,
    *,
    unit: str = "crashes",
    show: str = "counts",
    exposure: Mapping[str, float] | None = None,
    per: float = 1.0,
    told: Sequence[KeptExposure] = (),
    quantity: str = "",
    whole: CrashData | None = None,
) -> Crossed:
    """Count by two fields and test whether they go together, with a finding in one sentence.

    `show` is counts, rows or columns (per cent of them), or rates: `per` so much of the `exposure`
    of each row, or, without one, by the `quantity` of what is `told` of years and areas, as
    `list_exposure` lists it. Raises NotFound and MethodError.
    """
    asked = _as_data(data)
    if show == crosstabs.RATES and exposure is None and told:
        return tabled.rates(asked, rows, columns, told, quantity=quantity, unit=unit, whole=whole)
    return crosstabs.cross(
        asked, rows, columns, unit=unit, show=show, exposure=exposure, per=per, whole=whole
    )


def read_row_exposure(content: bytes) -> dict[str, float]:
    """Read the exposure of each row of a table from CSV: key, number. Raises IntakeError."""
    return crosstabs.read_exposure(content)


def cross_table_title(crossed: Crossed) -> Message:
    """Say what a cross-table counts, by what, and what its cells show."""
    return crosstabs.title(crossed)


def cross_table_document(crossed: Crossed, data: CrashData, speaker: Speaker) -> dict[str, Any]:
    """Return a cross-table as the one JSON document that page and command share."""
    version = data.dataset.fingerprint if data.dataset else ""
    return crosstabs.as_document(crossed, version, speaker.say)


def table_fields(data: CrashData, *, unit: str = "crashes") -> Sequence[tuple[str, Message]]:
    """List the fields that can stand in a table of these data."""
    return tables.fields_offered(data, unit=unit)


def table_title(table: CrossTable) -> Message:
    """Say what a table counts and by what."""
    return tables.title(table)


def table_document(table: CrossTable, data: CrashData, speaker: Speaker) -> dict[str, Any]:
    """Return a table as the one JSON document that page and command share."""
    version = data.dataset.fingerprint if data.dataset else ""
    return tables.as_document(table, version, speaker.say)


def draw(table: CrossTable, kind: str, speaker: Speaker) -> dict[str, Any]:
    """Draw a table for the screen, as data for Plotly: "stacked", "bars" or "heat"."""
    return charts.figure(table, kind, speaker.say)


def draw_cross_table(crossed: Crossed, speaker: Speaker) -> dict[str, Any]:
    """Draw what the cells of a cross-table show, as data for Plotly."""
    return charts.crossed(crossed, speaker.say)


def suited_chart(table: CrossTable) -> str:
    """Return the kind of chart that suits a table."""
    return charts.suited(table)


# ---------------------------------------------------------- what is new

WATCHED_IMPORTS = 20
"""Of so many last imports the fatal crashes are known without counting again."""

WATCHED_AT_ONCE = 200_000
"""A data set with more crashes takes many seconds to judge: its import does not wait for that."""


def watch(source: Store, dataset: str) -> Watched | None:
    """Look at a data set: alarms, and the fatal crashes of its imports; keep what was found.

    What was found before is what the grade is compared with. None where there is no crash. Raises
    NotFound.
    """
    data = load(source, dataset)
    if not len(data):
        return None
    long_ago = datetime(1970, 1, 1, tzinfo=UTC)
    kept = [one for one in source.news(dataset, long_ago).imports if not one.undone and one.crashes]
    batches = {one.id: (one.first, one.last) for one in kept[-WATCHED_IMPORTS:]}
    before = watched(source, dataset)
    if before is not None and data.dataset and before.version == data.dataset.version:
        return before
    found = watching.watch(data, quality(source, dataset), before, batches)
    source.set_setting(_watch_key(dataset), json.dumps(found.document(), ensure_ascii=False))
    return found


def watch_new(source: Store, dataset: str) -> None:
    """Look at a data set after an import, unless it is so large that judging it takes long.

    The rows are kept: what cannot be judged is no reason to say that they are not.
    """
    with suppress(CrashKitError):
        if source.dataset(dataset).crashes <= WATCHED_AT_ONCE:
            watch(source, dataset)


def watched(source: Store, dataset: str) -> Watched | None:
    """Return what was found when a data set was last looked at; None where it never was."""
    kept = source.setting(_watch_key(dataset))
    found = None if kept is None else watching.read(json.loads(kept))
    return found if found and found.dataset == source.stamp(dataset)[0] else None


def _watch_key(dataset: str) -> str:
    return f"watched/{dataset}"


def news(source: Store, dataset: str, since: datetime) -> News:
    """Return what happened to a data set since a moment. Raises NotFound."""
    return source.news(dataset, since)


def new_fatal(found: Watched, imports: Collection[int]) -> tuple[int, tuple[NewFatal, ...]]:
    """Return how many fatal crashes some imports brought, and the newest of them."""
    return watching.new_fatal(found, imports)


def site_news(source: Store, dataset: str, today: date) -> list[SiteNews]:
    """Return the sites of the register that a rule lists newly or no more, or that are overdue."""
    sites = source.sites(dataset)
    if not sites:
        return []
    runs = [
        watching.Run(
            one.id,
            Message(one.asked.title or one.asked.preset),
            watching.question(one.asked),
            one.at,
        )
        for one in source.results(dataset)
    ]
    seen = {(one.site, one.result): (one.rank, one.listed) for one in source.sightings(dataset)}
    return [*watching.crossed(sites, seen, runs), *watching.overdue(sites, today)]


# ---------------------------------------------------------- quick answers


def find_place(
    from_store: Store, data: CrashData, words: str, *, width_m: float | None = None, kind: str = ""
) -> PlaceFound:
    """Say which place of the data a line of words means: a road and its km, a point, a name.

    `width_m` is how far around crashes count, unless the line says it; `kind` takes one of several
    places of one name. Raises FilterError for a width that makes no sense.
    """
    if data.dataset is None:
        return quick.find(data, quick.gazetteer(data, {}, ()), words, width_m=width_m, kind=kind)
    name = data.dataset.name
    now = (
        *((one.key, one.size, one.at) for one in from_store.layer_list(name)),
        *((one.name, one.at, *one.aliases.items()) for one in from_store.road_networks()),
        *((one.number, one.version) for one in from_store.sites(name)),
    )
    names = _place_names(from_store, data, now)
    return quick.find(data, names, words, width_m=width_m, kind=kind)


@lru_cache(maxsize=4)
def _place_names(from_store: Store, data: CrashData, _now: tuple[Any, ...]) -> quick.Gazetteer:
    """Gather the names once, until layers, roads or the register are other ones."""
    about = networks_of(from_store, data, least=0.5)[:1]
    routes: dict[str, quick.Route] = {}
    for one in about:
        kept = _kept_network(from_store, one.name, one.at)
        routes = quick.routes(kept, data.period.end, one.aliases)
    sites = from_store.sites(data.dataset.name) if data.dataset else ()
    return quick.gazetteer(data, routes, sites)


def answer_place(data: CrashData, place: Place, chosen: Filter | None = None) -> QuickAnswer:
    """Count the crashes and casualties of a place, by year, with what the numbers carry.

    Raises FilterError where `chosen` says something of a key that the place needs.
    """
    return quick.answer(data, place, chosen)


def count_at(data: CrashData, place: Place) -> int:
    """Count the crashes of a place that can be chosen."""
    return quick.count(data, place)


def answer_document(
    found: PlaceFound, answer: QuickAnswer | None, data: CrashData, speaker: Speaker
) -> dict[str, Any]:
    """Return a quick answer as the one JSON document that page and command share."""
    return quick.as_document(found, answer, data, speaker.say)


def answer_years(answer: QuickAnswer) -> Table:
    """Return crashes and casualties of a quick answer by year, as its document shows them."""
    return answer_sections.table(answer.years, answer.summary)


def write_answer(
    data: CrashData,
    answer: QuickAnswer,
    *,
    language: str = "en",
    format: str = "pdf",
    layers: Mapping[str, Any] | None = None,
) -> Written:
    """Write a quick answer as a document of one page. Raises NotFound for another format."""
    facts = replace(gather(data, chosen=answer.chosen, layers=layers), answer=answer)
    assembled = report.assemble("quick_answer", facts)
    receipt = _receipt(facts, assembled, language=language, format=format)
    content = render.render(assembled, text.Speaker(language), format, receipt.token)
    where = "".join(sign if sign.isalnum() else "_" for sign in answer.place.words)
    name = f"answer_{assembled.stamp.dataset}_{where}_{language}.{format}"
    return Written(name, content, render.media_type(format), assembled.stamp.fingerprint)


# --------------------------------------------------------------- quality


def quality(
    from_store: Store,
    dataset: str,
    *,
    version: int | None = None,
    by: str | None = None,
    hospital: bytes | None = None,
    secret: str = "",
    who_deaths: float | None = None,
    bands: Mapping[str, tuple[float, float]] | None = None,
) -> Scorecard:
    """Judge a data set by the 21 checks, in all and by reporting unit.

    `by` names the field of the units; `hospital` is a second list of people, or the keys made from
    one, compared under a `secret` that is not kept. Raises NotFound, MethodError, IntakeError.
    """
    data = load(from_store, dataset, version=version)
    return judging.judge(
        data,
        ledgers=_ledgers(from_store, _imports_of(from_store, data)),
        profile=_profile_of(data, from_store),
        linkage=judging.link(data, hospital, secret) if hospital is not None else None,
        who_deaths=who_deaths,
        bands=bands,
        by=by,
        with_traffic=_known_roads(from_store, data)["with_traffic"],
    )


def _imports_of(from_store: Store, data: CrashData) -> tuple[int, ...]:
    """Return the numbers of the imports that stand at the version of the data."""
    if data.dataset is None:
        return ()
    return tuple(
        one.id
        for one in from_store.imports(data.dataset.name)
        if one.version <= data.dataset.version and one.status != "undone"
    )


def _profile_of(data: CrashData, of: Store | None = None) -> Profile | None:
    """Return the profile of the last import, None where it is no longer here."""
    return _profile_if_any(data.dataset.profile, of) if data.dataset else None


def _profile_if_any(id: str, of: Store | None) -> Profile | None:
    """Return a profile, None where it is no longer here, or no longer one."""
    with suppress(NotFound, DropinError):
        return find_profile(id, of)
    return None


@lru_cache(maxsize=4)
def _ledgers(from_store: Store, imports: tuple[int, ...]) -> tuple[Ledger, ...]:
    return tuple(from_store.ledger_of(number) for number in imports)


def quality_document(card: Scorecard, speaker: Speaker) -> dict[str, Any]:
    """Return a scorecard as the one JSON document that page and command share."""
    return judging.as_document(card, speaker.say)


def quality_words(one: Judged) -> tuple[Message | None, Message | None, Message]:
    """Return the value of a check in words, its limits, and which values earn which grade."""
    return judging.shown(one.check, one.value), judging.interval(one), judging.scale(one.check)


def unit_fields(data: CrashData) -> tuple[str, ...]:
    """List the fields of these data that can tell reporting units apart."""
    return tuple(name for name in judging.FIELDS if data.has(name))


def complaints_of(
    from_store: Store, dataset: str, *, by: str | None = None, unit: str | None = None
) -> tuple[Complaint, ...]:
    """List what the reporting units should mend, or one of them ("" for those not known)."""
    data = load(from_store, dataset)
    ledgers = _ledgers(from_store, _imports_of(from_store, data))
    found = judging.complaints(data, ledgers, _profile_of(data, from_store), by=by)
    return found if unit is None else tuple(one for one in found if one.unit == unit)


def export_complaints(found: Sequence[Complaint], format: str, speaker: Speaker) -> bytes:
    """Write what should be mended as csv or xlsx."""
    return export.complaints(found, format, speaker.say)


def count_deaths(data: CrashData) -> Deaths:
    """Count the deaths of each year, with the factor that makes them deaths within 30 days."""
    return judging.deaths(data)


def linkage_keys(hospital: bytes, secret: str) -> bytes:
    """Turn a hospital list into keys that name nobody, as CSV. Raises IntakeError, SettingError."""
    return export.rows(judging.KEYED, judging.linkage_keys(hospital, secret))


# ------------------------------------------------------------- screening


def ask(
    preset: str | Preset,
    changes: Mapping[str, str] | None = None,
    chosen: Filter | None = None,
    *,
    of: Store | None = None,
) -> Screening:
    """Turn a named rule, with changed parameters, into a question.

    `of`: the store whose users' rules are known, too.
    """
    rule = find_preset(preset, of) if isinstance(preset, str) else preset
    return screening.ask(rule, changes or {}, chosen)


def screen(
    data: CrashData | pd.DataFrame,
    asked: Screening,
    progress: Progress = no_progress,
    *,
    roads: Placed | None = None,
    treated: Sequence[Treated] = (),
    repeat: bool = True,
    evidence: Sequence[Message] = (),
) -> ScreeningResult:
    """Cut places, score, rank and judge them; no crash is reported at two sites.

    `roads` is where each crash is on a network, for rules that look along it; see `place_on_roads`.
    `treated` are sites whose works are done, see `treated_sites`: they are judged on the time after
    these. `repeat`: ask again with something changed, to see which sites stay. `evidence` heads
    the list, see `evidence_text`; without it, it is what the crashes alone tell.
    """
    data = _as_data(data)
    version = data.dataset.fingerprint if data.dataset else ""
    found = screening.run(
        asked,
        data,
        roads=roads,
        treated=treated,
        progress=progress,
        data_version=version,
        repeat=repeat,
    )
    return replace(found, support=tuple(evidence) or support.of(data).text)


def ask_periods(
    preset: str,
    periods: str,
    changes: Mapping[str, str] | None = None,
    chosen: Filter | None = None,
    *,
    of: Store | None = None,
) -> tuple[Screening, ...]:
    """Turn a named rule into one question for each period of "2019-2021,2022-2024".

    `of`: the store whose users' rules are known, too.
    """
    rule, words = find_preset(preset, of), chosen.query if chosen else {}
    return tuple(
        screening.ask(
            rule,
            changes or {},
            filters.parse({**words, "from": start.isoformat(), "to": end.isoformat()}),
        )
        for start, end in comparing.stretches(periods)
    )


def compare(
    data: CrashData,
    asked: Sequence[Screening],
    progress: Progress = no_progress,
    *,
    periods: bool = False,
    roads: Placed | None = None,
    treated: Sequence[Treated] = (),
    evidence: Sequence[Message] = (),
) -> Comparison:
    """Put the lists of two to six rules side by side, or of one rule in two or three `periods`.

    `roads`, `treated` and `evidence` as for `screen`.
    """
    version = data.dataset.fingerprint if data.dataset else ""
    put = comparing.of_periods if periods else comparing.of_presets
    found = put(asked, data, roads=roads, treated=treated, data_version=version, progress=progress)
    return replace(found, notes=(*(evidence or support.of(data).text), *found.notes))


def check_comparison(asked: Sequence[Screening], *, periods: bool = False) -> None:
    """Raise MethodError for questions that cannot be put side by side."""
    comparing.check(asked, most=comparing.MOST_PERIODS if periods else comparing.MOST)


def treated_sites(source: Store, dataset: str) -> tuple[Treated, ...]:
    """Return the sites of the register of a data set whose works are done. Raises NotFound."""
    return screening.from_register(source.sites(dataset))


def data_rung(store_: Store, data: CrashData) -> Rung:
    """Return what data have to be screened by, and the screenings that suit them best.

    What is looked at is the crashes themselves, and the networks of roads that hold most of them.
    """
    return screening.rung(data, **_known_roads(store_, data))


def _known_roads(store_: Store, data: CrashData) -> dict[str, bool]:
    """Say whether a network is kept on which these crashes lie, and whether it tells traffic."""
    about = networks_of(store_, data, least=0.5)
    theirs = [_kept_network(store_, one.name, one.at) for one in about]
    traffic = any(one.stretches["aadt"].notna().mean() > 0.5 for one in theirs)
    return {"on_network": bool(theirs), "with_traffic": traffic}


def judge_evidence(
    store_: Store, data: CrashData, *, hospital: bytes | None = None, secret: str = ""
) -> Support:
    """Judge what data can and cannot support, aspect by aspect, and which screenings suit them.

    `hospital` is a second list of people, or the keys made from one, compared under a `secret` that
    is not kept. Raises IntakeError, SettingError.
    """
    linkage = judging.link(data, hospital, secret) if hospital is not None else None
    return support.of(data, **_known_roads(store_, data), linkage=linkage)


def evidence_text(store_: Store, data: CrashData) -> tuple[Message, ...]:
    """Say in the two sentences that head every list what data support, and what suits them."""
    return judge_evidence(store_, data).text


def evidence_document(found: Support, speaker: Speaker) -> dict[str, Any]:
    """Return what data can support as the one JSON document that page and command share."""
    return support.as_document(found, speaker.say)


def recommended_preset(data: CrashData) -> str:
    """Return the rule that suits what the data have, without a network of roads."""
    return screening.rung(data).presets[0]


def site_name(row: Mapping[str, Any], speaker: Speaker) -> Message:
    """Name a site of `findings_document` by road and km post, by settlement or by position."""
    return screening.site_name(row, speaker.number)


def evidence_sentences(finding: Finding, compared: int) -> tuple[Message, ...]:
    """Say how sure one may be of a site of a list, for which so many places were compared."""
    return tuple(screening.evidence_sentences(finding, compared))


def unsuited_presets(
    data: CrashData, *, with_roads: bool = False, of: Store | None = None
) -> dict[str, Message]:
    """Return the rules that these data cannot answer, by id, each with the reason.

    `with_roads`: there is a network, so rules that need one are answered as well as it allows.
    `of`: the store whose users' rules are looked at, too.
    """
    known = list_presets(of)
    found = screening.unanswerable(data, known=known)
    return {
        id_: why
        for id_, why in found.items()
        if not with_roads or not needs_roads(screening.ask(known[id_]))
    }


def method_titles(preset: Preset) -> tuple[Message, Message]:
    """Say in a few words where a rule looks and what it measures there; of parts, each once."""
    found = preset_parts(preset) or (preset,)
    places = dict.fromkeys(screening.places()[one.place].title for one in found)
    measures = dict.fromkeys(screening.measures()[one.measure].title for one in found)
    return _listed(places), _listed(measures)


def _listed(titles: Iterable[str]) -> Message:
    found = [Message(title) for title in titles]
    return found[0] if len(found) == 1 else Message("{list}", {"list": found})


def preset_parts(preset: Preset) -> tuple[Preset, ...]:
    """Return the parts of a rule, which are asked in turn and answered as one; none of most."""
    return screening.parts_of(preset) if preset.parts else ()


def preset_params(preset: Preset) -> dict[str, tuple[ParamInfo, ...]]:
    """List what can be changed in a preset, for forms and help: of the place, of the measure.

    A rule of parts has nothing to change itself; its parts have. A part that holds only in town, or
    only in the country, has no other number for towns.
    """
    if preset.parts:
        return {}
    found = {"place": place_params(preset.place), "measure": measure_params(preset.measure)}
    one_setting = preset.setting in ("town", "country")
    return {
        half: tuple(
            one
            for one in asked_params(infos)
            if not (one_setting and one.name.startswith("urban_"))
        )
        for half, infos in found.items()
    }


def asked_params(infos: Iterable[ParamInfo]) -> tuple[ParamInfo, ...]:
    """Return the numbers and words among parameters that a reader knows what to make of."""
    return tuple(one for one in infos if not one.kind and one.name not in screening.INNER)


def list_places() -> dict[str, Message]:
    """List the ways to cut places, by name."""
    return {name: Message(one.title) for name, one in screening.places().items()}


def list_measures() -> dict[str, Message]:
    """List what can be measured at a place, by name."""
    return {name: Message(one.title) for name, one in screening.measures().items()}


def place_params(name: str) -> tuple[ParamInfo, ...]:
    """List the parameters of a way to cut places; none of one that does not exist."""
    found = screening.places().get(name)
    return describe(found.params, whole=True) if found else ()


def measure_params(name: str) -> tuple[ParamInfo, ...]:
    """List the parameters of a measure, without its conditions; none where there is no such."""
    found = screening.measures().get(name)
    return describe(found.params, whole=True) if found else ()


def condition_params(measure: str) -> tuple[ParamInfo, ...]:
    """List what a condition of a written rule may say; nothing for another measure."""
    found = screening.measures().get(measure)
    return tables_of(found.params).get("rules", ()) if found else ()


def rule_settings() -> Mapping[str, Message]:
    """List where a part of a rule can hold: in towns, in the country, at junctions."""
    return presets.SETTINGS


def preset_conditions(preset: Preset) -> tuple[tuple[Message, ...], ...]:
    """Say the conditions of a written rule, part by part, or the weights of a sum as one."""
    if preset.parts:
        return tuple(one for part in preset_parts(preset) for one in _conditions_of(part))
    weights = screening.weights(preset.measure_params)
    return screening.conditions(preset.measure_params) or ((weights,) if weights else ())


def _conditions_of(part: Preset) -> Iterator[tuple[Message, ...]]:
    """Say the conditions of a part of a rule, each headed by where the part holds."""
    where = preset_setting(part)
    for condition in preset_conditions(part):
        yield (where, *condition)


def preset_setting(preset: Preset | Screening) -> Message:
    """Say where a part of a rule holds; by its title, where it names no setting."""
    return presets.SETTINGS.get(preset.setting) or Message(preset.title)


def preset_text(preset: Preset) -> str:
    """Return the TOML of a rule: what is read back from it is equal to it."""
    return presets.text(preset)


def read_preset(name: str, text: str) -> Preset:
    """Read and check the text of a rule. Raises MethodError or FilterError with what is wrong."""
    try:
        found = presets.parse(name, text)
    except DropinError as error:
        raise MethodError(error.message.text, **error.message.values) from error
    screening.check(found)
    return found


def find_preset(id: str, of: Store | None = None) -> Preset:
    """Return a rule by its id, also one of the users of a store. Raises NotFound."""
    return list_presets(of).get(id) or presets.get(id)


def enclosed_preset(preset: Preset) -> Preset:
    """Return a rule with its parts inside it, so that it stands by itself."""
    return presets.enclosed(preset, presets.all_presets())


def copied_preset(id: str, of: Store | None = None) -> Preset:
    """Return a copy of a rule for a user to change: whole, and not verified. Raises NotFound."""
    found = enclosed_preset(find_preset(id, of))
    return replace(presets.unverified(found), copied_from=id, replaces="")


def export_preset(id: str, of: Store | None = None) -> str:
    """Return the text of a rule: an own one as it was saved, another one with its parts in it.

    Raises NotFound.
    """
    kept = {one.name: one.text for one in (of.presets() if of else ())}
    return kept.get(id) or presets.text(enclosed_preset(presets.get(id)))


def save_preset(into: Store, name: str, text: str, *, instead: str = "", seen: str = "") -> Preset:
    """Keep a rule of the users under a name and return it; a bad one is refused.

    `instead`: the own rule whose place it takes, which may have had another name; `seen`: when that
    one was saved, so that nobody's change is lost. Raises MethodError, FilterError, StoreError,
    NotFound; nothing is kept then.
    """
    into.check_preset_name(name)
    if name in presets.all_presets() or name in presets.unknown():
        raise MethodError(
            "{name} is the name of a rule of CrashKit; choose another one.", name=name
        )
    found = read_preset(name, text)
    _check_word(found, instead, into)
    into.save_preset(name, text, instead=instead, seen=seen)
    return found


def _check_word(now: Preset, instead: str, of: Store) -> None:
    """Refuse a rule that bears the word of who checked another one. Raises MethodError."""
    if not now.verified:
        return
    for before in _same_word(now, instead, of):
        if before.id == instead:
            raise MethodError(
                "The rule has changed since {who} checked it on {day}. Say who checked it as it is "
                "now, or take the mark away.",
                who=before.verified_by,
                day=before.verified_on,
            )
        raise MethodError(
            "{who} checked the rule {name} on {day}; this one has its title or its source, and "
            "says something else. Say who checked this one and when, or take the mark away.",
            who=before.verified_by,
            name=before.id,
            day=before.verified_on,
        )


def _same_word(now: Preset, instead: str, of: Store) -> Iterator[Preset]:
    """Find rules that are not what a rule says, and were checked by the same person on one day.

    Who checks several rules on a day says so of each: of another title and source is another rule.
    """
    said = enclosed_preset(now)
    own = [one for kept in of.presets() for one in _usable(kept)]
    for before in map(enclosed_preset, (*own, *presets.whole(presets.all_presets()).values())):
        same = (before.verified_by, before.verified_on) == (now.verified_by, now.verified_on)
        akin = before.id == instead or before.title == now.title or before.source == now.source
        if same and akin and replace(before, id=now.id, copied_from=now.copied_from) != said:
            yield before


def remove_preset(of: Store, name: str) -> None:
    """Forget a rule of the users; what was found by it stays as it is. Raises NotFound."""
    of.remove_preset(name)


def param_word(name: str, value: str) -> Message:
    """Say what a word means as the value of a parameter."""
    return screening.word(name, value)


def site_dossier(data: CrashData, result: ScreeningResult, rank: int) -> Dossier:
    """Gather everything about the site listed at position `rank` (1 is the first)."""
    if not 1 <= rank <= len(result.findings):
        raise NotFound("This list has no site number {rank}.", rank=str(rank))
    return dossier.build(result, result.findings[rank - 1], data)


def strip_charts(source: Store, dataset: str, result: ScreeningResult) -> tuple[Strip, ...]:
    """Draw up the roads on which a list has sites, that of the worst first: crashes by kilometre.

    The crashes are those of the version that was screened, under its filter. A list that looked
    along a network is drawn by the network that has its roads.
    """
    data = load(source, dataset, version=int(result.data_version.rpartition(" v")[2]))
    return stripcharts.strips(data, result, _placed_for(source, data, result))


def _placed_for(source: Store, data: CrashData, result: ScreeningResult) -> Placed | None:
    """Return where crashes are on the network that has the roads of a list, if it looked along."""
    about = _network_for(source, data, result) if needs_roads(result.asked) else None
    return place_on_roads(source, data, about.name) if about else None


def _network_for(source: Store, data: CrashData, result: ScreeningResult) -> KeptRoads | None:
    """Return the network that has the roads of a list."""
    wanted = {naming.folded(one.site.road) for one in result.findings} - {""}
    for about in networks_of(source, data):
        keys = _kept_network(source, about.name, about.at).stretches["road_key"]
        if wanted & set(map(naming.folded, keys.unique())):
            return about
    return None


def site_lines(
    source: Store, dataset: str, result: ScreeningResult
) -> dict[int, list[list[tuple[float, float]]]]:
    """Return the lines of the sites of a list along roads, by position from 1; none where none is.

    They are those of the network that has the roads of the list, on the last day of its period.
    """
    data = load(source, dataset, version=int(result.data_version.rpartition(" v")[2]))
    about = _network_for(source, data, result)
    if about is None:
        return {}
    network = _kept_network(source, about.name, about.at).on(data.period.end)
    sites = {n: one.site for n, one in enumerate(result.findings, 1) if one.site.from_m is not None}
    spans = [
        corridor_sections.Span(one.road, one.from_m or 0, one.to_m or 0, one.lon, one.lat)
        for one in sites.values()
    ]
    drawn = corridor_sections.drawn(network, spans)
    return {
        position: [[(lon, lat) for lon, lat in line.tolist()] for line in lines]
        for position, lines in zip(sites, drawn, strict=True)
        if lines
    }


def strip_document(found: Sequence[Strip]) -> dict[str, Any]:
    """Return strips of roads as one JSON document."""
    return stripcharts.as_document(found)


# ------------------------------------------------------ register of sites


def save_site(
    into: Store, dataset: str, screening: int, position: int, *, why: str = "", who: str = ""
) -> SiteRecord:
    """Put the site at a position (1 is the first) of a kept screening into the register.

    Raises NotFound, or Refused where it is there already.
    """
    words = {"why": register.plain(why), "who": register.plain(who)}
    return into.save_site(dataset, screening, position, **words)


def nominate_site(
    into: Store, dataset: str, said: Mapping[str, str], *, who: str = ""
) -> tuple[SiteRecord, Message | None]:
    """Put a place that people propose into the register, by words.

    `said`: lon and lat, or road and from_km (to_km), or both; radius_m, name, settlement; why.
    Returns the site and how its point was found, where nobody told it. Raises NotFound, Refused.
    """
    data, told = load(into, dataset), register.spot(said)
    networks = [] if told.has_point else networks_of(into, data)
    # Of several networks none is taken silently.
    network = into.roads(networks[0].name) if len(networks) == 1 else None
    spot, note = siting.placed(told, data, network)
    place = register.plain(said.get("settlement", "")) or siting.settlement(spot, data)
    site = into.nominate_site(
        dataset,
        spot,
        name=register.plain(said.get("name", "")),
        settlement=place,
        why=register.plain(said.get("why", "")),
        who=register.plain(who),
    )
    return site, note


def saved_sites(source: Store, dataset: str | None = None) -> list[SiteRecord]:
    """List the sites of the register that belong to a data set, or all, by number."""
    return source.sites(dataset)


def saved_site(source: Store, number: int) -> SiteRecord:
    """Return one site of the register with all that happened to it. Raises NotFound."""
    return source.site(number)


def change_site(
    into: Store,
    number: int,
    said: Mapping[str, str],
    *,
    reason: str,
    who: str = "",
    seen: int | None = None,
) -> SiteRecord:
    """Change name, settlement, why or place of a site, by words as for `nominate_site`.

    `seen` is the version one looked at. Raises NotFound, Refused.
    """
    words = {"reason": register.plain(reason), "who": register.plain(who)}
    return into.change_site(number, said, **words, seen=seen)


def move_sites(into: Store, dataset: str, to: str, *, reason: str, who: str = "") -> int:
    """Let the sites of a data set, there or deleted, belong to another; return how many.

    Raises NotFound, Refused.
    """
    words = {"reason": register.plain(reason), "who": register.plain(who)}
    return into.move_sites(dataset, to, **words)


def set_site_status(
    into: Store,
    number: int,
    status: str,
    *,
    reason: str = "",
    who: str = "",
    seen: int | None = None,
) -> SiteRecord:
    """Give a site another status; one that makes no sense is refused with a sentence.

    Raises NotFound, Refused.
    """
    words = {"reason": register.plain(reason), "who": register.plain(who)}
    return into.set_site_status(number, status, **words, seen=seen)


def add_site_event(
    into: Store, number: int, said: Mapping[str, str], *, who: str = ""
) -> SiteRecord:
    """Write down what happened at a site: kind, day, until and text. Raises NotFound, Refused."""
    kind, day, until, text = register.event(said)
    return into.add_site_event(number, kind, day, until, text=text, who=register.plain(who))


def withdraw_site_event(
    into: Store, number: int, event: int, *, reason: str, who: str = ""
) -> SiteRecord:
    """Take out an event that was told by mistake; it stays, with the reason.

    Raises NotFound, Refused.
    """
    words = {"reason": register.plain(reason), "who": register.plain(who)}
    return into.withdraw_site_event(number, event, **words)


def add_site_file(
    into: Store, number: int, upload: Upload, *, title: str = "", who: str = ""
) -> SiteRecord:
    """Keep a photo or a document with a site: JPEG, PNG, PDF, Word or Excel, by its content.

    What a camera wrote into a photo is not kept. Raises NotFound, Refused.
    """
    words = {"title": register.plain(title), "who": register.plain(who)}
    return into.add_site_file(number, register.file_name(upload.name), upload.content, **words)


def site_file(source: Store, number: int, file: int) -> tuple[SiteFile, bytes]:
    """Return a photo or a document of a site with its bytes. Raises NotFound."""
    return source.site_file(number, file)


def remove_site_file(
    into: Store, number: int, file: int, *, reason: str, who: str = ""
) -> SiteRecord:
    """Delete the content of a file; that it was there stays, with the reason.

    Raises NotFound, Refused.
    """
    words = {"reason": register.plain(reason), "who": register.plain(who)}
    return into.remove_site_file(number, file, **words)


def file_kinds() -> Mapping[str, Message]:
    """Return what a file of a site can be: media type -> label."""
    return {kind: label for kind, (label, _) in register.KINDS.items()}


def site_file_name(file: SiteFile) -> str:
    """Return the name of a file of a site, with the ending of what it is."""
    ending = register.KINDS[file.media_type][1]
    stem, _, told = file.name.rpartition(".")
    same = told.lower() in (ending, {"jpg": "jpeg"}.get(ending, ending))
    return file.name if stem and same else f"{file.name}.{ending}"


def is_picture(file: SiteFile) -> bool:
    """Say whether a browser can show a file of a site on its page."""
    return file.media_type in register.PICTURES


def recognise_sites(source: Store, dataset: str, result: ScreeningResult) -> dict[int, SiteRecord]:
    """Return which sites of a list are in the register, by their position (1 is the first)."""
    sites = source.sites(dataset)
    of = {one.number: one for one in sites}
    found = register.recognise_listed(result, sites)
    return {at + 1: of[seen.number] for at, seen in found.items()}


def site_statuses() -> Mapping[str, Message]:
    """Return the states a site can have, in the order it goes through them: code -> label."""
    return register.STATUSES


def next_statuses(site: SiteRecord) -> tuple[str, ...]:
    """Return the states a site can have next."""
    return register.NEXT[site.status]


def site_events() -> Mapping[str, Message]:
    """Return what can happen at a site: code -> label."""
    return register.EVENTS


def site_labels() -> Mapping[str, Message]:
    """Return the labels of the fields of a site: name -> label."""
    return register.LABELS


def site_origins() -> Mapping[str, Message]:
    """Return where a site can come from: code -> label."""
    return register.ORIGINS


def site_ways() -> Mapping[str, Message]:
    """Return how a site can be recognised in a screening: code -> label."""
    return register.BY


def site_label(site: SiteRecord) -> Message:
    """Name a site: by its own name, else by road, km post and nearest settlement."""
    return register.label(site)


def site_change_words(change: SiteChange) -> tuple[Message, Message, Message]:
    """Return the label of a field that was changed, and both values in words."""
    values = (register.shown(change.field, one) for one in (change.before, change.after))
    before, after = values
    return register.LABELS[change.field], before, after


def site_words(site: SiteRecord) -> dict[str, str]:
    """Return name, settlement, why and place of a site as they are typed to change it."""
    about = {"name": site.name, "settlement": site.settlement, "why": site.why}
    return {**about, **register.words_of(site.spot)}


def site_document(site: SiteRecord, speaker: Speaker) -> dict[str, Any]:
    """Return everything about a saved site as the one JSON document of page and command."""
    return register.as_document(site, speaker.say)


def site_rows(sites: Sequence[SiteRecord], speaker: Speaker) -> list[dict[str, Any]]:
    """Return saved sites as plain rows, as lists and files have them."""
    return register.as_rows(sites, speaker.say)


def export_sites(sites: Sequence[SiteRecord], format: str, speaker: Speaker) -> bytes:
    """Write saved sites as csv, xlsx or geojson."""
    return export.saved_sites(sites, format, speaker.say)


def sites_geojson(sites: Sequence[SiteRecord], speaker: Speaker) -> dict[str, Any]:
    """Return saved sites as GeoJSON points."""
    return register.as_geojson(sites, speaker.say)


# --------------------------------------------------------------- reports


@dataclass(frozen=True)
class Written:
    """A finished report: its bytes, file name and media type.

    `options` are the words of what was chosen for it, also of what is usual.
    """

    name: str
    content: bytes
    media_type: str
    fingerprint: str
    options: Mapping[str, str] = field(default_factory=dict)


def write_report(
    data: CrashData,
    *,
    kind: str = "",
    template: ReportTemplate | None = None,
    language: str = "en",
    beside: str = "",
    format: str = "html",
    chosen: Filter | None = None,
    asked: Screening | None = None,
    roads: Placed | None = None,
    evidence: Sequence[Message] = (),
    result: ScreeningResult | None = None,
    strips: Sequence[Strip] | None = None,
    scorecard: Scorecard | None = None,
    layers: Mapping[str, Any] | None = None,
    source: Store | None = None,
    network: str = "",
    public: int = 0,
    options: Mapping[str, str] | None = None,
    progress: Progress = no_progress,
) -> Written:
    """Write a report of the filtered crashes in one language and format.

    With `beside`, a second language stands beside the first: texts in both, numbers once.

    It is of a standard `kind`, or of the parts of a `template`; one of the two is told. `source` is
    the store of the data set, for what analyses ask besides crashes: exposure and roads.

    A report about a list of sites keeps to the filter of its list: `result`, or what `asked` finds.
    Without either, the rule that suits the data best is asked of the filtered crashes; `roads` is
    for rules that look along a network, see `place_on_roads`, `evidence` what heads the list, see
    `evidence_text`, `strips` the roads it draws, see `strip_charts`. A report about the quality
    shows `scorecard`, or what can be judged without the accounts of the imports. The file holds a
    receipt, see `verify_report`; `network` is the name of the roads, for it. `options` are words
    for the options of a kind, see `report_options`; the usual ones hold for what is left out.

    With `public`, 3 to 11, counts below it are hidden for the public, and all that would tell them;
    what shows single crashes or places is left out. Raises ReportError for another threshold, for
    a kind that cannot be public, and for a filter by anything but whole years and places of a name.
    """
    check_threshold(public)
    about_sites = _is_about_sites(kind) if template is None else report.needs_screening(template)
    if asked is None and result is None and about_sites:
        asked = ask(recommended_preset(data), {}, chosen)
    found = result
    if found is None and asked is not None:
        doing = progress_between(progress, 0.0, 0.4)
        found = screen(data, asked, doing, roads=roads, evidence=evidence)
    if scorecard is None and needs_quality(template or kind):
        scorecard = judging.judge(data, profile=_profile_of(data))
    if strips is None:
        along = found is not None and (roads is not None or not needs_roads(found.asked))
        strips = stripcharts.strips(data, found, roads) if found is not None and along else ()
    of_list = filters.parse(found.asked.crashes) if about_sites and found is not None else None
    facts = gather(
        data,
        chosen=of_list or chosen or filters.parse(""),
        result=found,
        strips=strips,
        scorecard=scorecard,
        layers=layers,
        source=source,
        public=public,
        options=options,
    )
    refused = refused_for_public(chosen or filters.parse(""), facts.summary, public)
    if public and refused is not None:
        raise ReportError(refused.text, **refused.values)
    writing = progress_between(progress, 0.4, 0.6)
    if template is None:
        assembled = report.assemble(kind, facts, writing)
    else:
        assembled = report.compose(template, facts, template.title_in(language), writing)
    progress(0.6, Message("Drawing the figures and setting the pages"))
    second = text.Speaker(beside) if beside and beside != language else None
    receipt = _receipt(
        facts,
        assembled,
        language=language,
        beside=beside if second else "",
        format=format,
        roads=network,
        template=own_reports.text(template) if template else "",
        public=str(public) if public else "",
    )
    first = text.Speaker(language)
    content = render.render(assembled, first, format, receipt.token, beside=second)
    tongues = f"{language}-{beside}" if second else language
    end = f"{'_public' if public else ''}_{tongues}.{format}"
    name = f"{assembled.kind}_{assembled.stamp.dataset}{end}"
    return Written(
        name,
        content,
        render.media_type(format),
        assembled.stamp.fingerprint,
        assembled.options,
    )


PUBLIC_THRESHOLD = disclosure.THRESHOLD
"""Counts below are hidden from the public where nothing else is asked."""
PUBLIC_THRESHOLDS = (disclosure.LEAST_THRESHOLD, disclosure.MOST_THRESHOLD)
"""The least and the most threshold that may be asked."""


def check_threshold(public: int) -> None:
    """Raise ReportError for a threshold that may not be asked; 0 asks for none."""
    least, most = PUBLIC_THRESHOLDS
    if public and not least <= public <= most:
        raise ReportError(
            "For the public, counts below {least} to {most} are hidden; {n} is none of these.",
            least=least,
            most=most,
            n=public,
        )


def refused_for_public(
    chosen: Filter, figures: Summary, threshold: int = PUBLIC_THRESHOLD
) -> Message | None:
    """Say why a filter may not choose what the public sees, by what it leaves; None where it may.

    See crashkit.publishing.refused_filter.
    """
    left_out = figures.of - figures.crashes
    return publishing.refused_filter(filters.fields_of(chosen), left_out, threshold)


def can_be_public(kind: str) -> bool:
    """Say whether a standard report can be made for the public."""
    return kind in report.kinds() and report.can_be_public(report.kinds()[kind])


def analyse_for_public(name: str, asked: Question, threshold: int = PUBLIC_THRESHOLD) -> Answer:
    """Answer a question for the public: small counts are hidden, and all that would tell them.

    Raises ReportError for an analysis, or a choice in it, that cannot be public, for a filter by
    anything but whole years and places of a name, and for a threshold that may not be asked; what
    `analyse` raises besides.
    """
    check_threshold(threshold)
    found = analysis.answer(name, asked)
    if not analysis.named(name).public(asked):
        raise ReportError(
            "This cannot be made for the public: its table does not hold all the counts that it is "
            "made of. Take the numbers as counts of crashes, casualties or vehicles."
        )
    if refused := analysis.refused_for_public(asked, threshold):
        raise ReportError(refused.text, **refused.values)
    return analysis.published(found, threshold, asked.data.period)


def public_edition(
    source: Store, dataset: str, *, version: int | None = None, threshold: int = PUBLIC_THRESHOLD
) -> Edition:
    """Return the public edition of a data set as it was at a version; see crashkit.edition.

    Raises NotFound; ReportError for a threshold that may not be asked, or data without whole years.
    """
    check_threshold(threshold or -1)
    known, newest, _ = source.stamp(dataset)
    return _edition(source, known, dataset, version or newest, threshold)


@cached(LRUCache(maxsize=4), condition=Condition())
def _edition(source: Store, known: int, dataset: str, version: int, threshold: int) -> Edition:
    return edition.make(load(source, dataset, version=version), threshold)


def open_table_document(found: Edition, one: OpenTable, speaker: Speaker) -> dict[str, Any]:
    """Return a table of an edition as the JSON document of an analysis."""
    return analysis.as_document(one.answer, found.dataset.fingerprint, speaker.say)


def edition_cells(found: Edition, speaker: Speaker) -> dict[str, Any]:
    """Return the cells of the map of an edition as GeoJSON: how many crashes lie in each."""
    drawn = {} if found.map is None else found.map.data
    size = drawn.get("size", 0.0)
    return {
        "type": "FeatureCollection",
        "name": speaker.say(found.map.caption) if found.map else "",
        "features": [
            {
                "type": "Feature",
                "properties": {"crashes": n},
                "geometry": {"type": "Polygon", "coordinates": [_square(west, south, size)]},
            }
            for west, south, n in drawn.get("cells", ())
        ],
    }


def _square(west: float, south: float, size: float) -> list[list[float]]:
    east, north = round(west + size, 6), round(south + size, 6)
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def _receipt(facts: Facts, made: Report, **told: str) -> Receipt:
    found = facts.screening
    return Receipt(
        options=tuple(sorted(made.options.items())),
        kind=made.kind,
        dataset=facts.dataset.name,
        version=facts.dataset.version,
        filter=filters.parse(facts.filter_query).words,
        software=made.stamp.software,
        fingerprint=made.stamp.fingerprint,
        asked="" if found is None else store.packed_question(found.asked),
        place="" if facts.answer is None else facts.answer.question,
        chapters=receipts.chapters(made.blocks),
        **told,
    )


def verify_report(source: Store, content: bytes, progress: Progress = no_progress) -> Verified:
    """Write the report in a file anew from its receipt, and say whether it is equal.

    The data are taken as they were at the version of the receipt. Raises ReportError for a file
    without a receipt, NotFound where the data set or its version are not in the store.
    """
    before = receipts.read(content)
    data = load(source, before.dataset, version=before.version)
    if before.place:
        return _verify_answer(source, data, content, before)
    asked = store.unpacked_question(before.asked) if before.asked else None
    along = asked is not None and needs_roads(asked)
    own = own_reports.parse(before.kind, before.template) if before.template else None
    written = write_report(
        data,
        kind=before.kind,
        template=own,
        language=before.language,
        beside=before.beside,
        format=before.format,
        chosen=filters.parse(before.filter),
        asked=asked,
        roads=place_on_roads(source, data, before.roads or None) if along else None,
        evidence=evidence_text(source, data),
        scorecard=quality(source, before.dataset, version=before.version)
        if needs_quality(own or before.kind)
        else None,
        layers=report_layers(source, before.dataset),
        source=source,
        network=before.roads,
        public=_threshold(before.public),
        options=dict(before.options),
        progress=progress,
    )
    now = receipts.read(written.content)
    newest = source.stamp(before.dataset)[1]
    return receipts.compare(content, before, written.content, now, newest)


def _threshold(words: str) -> int:
    if words and not (words.isascii() and words.isdigit() and len(words) < 3):
        raise ReportError("The receipt in this file is broken.")
    return int(words or 0)


def _verify_answer(source: Store, data: CrashData, content: bytes, before: Receipt) -> Verified:
    """Answer the question of a receipt again. Raises ReportError where its place is no more."""
    words, kind, width_m, also = quick.asked_again(before.place)
    place = find_place(source, data, words, width_m=width_m, kind=kind).place
    if place is None:
        raise ReportError(
            "The place {words} of this report is no longer found in the data, or is not the only "
            "one.",
            words=words,
        )
    written = write_answer(
        data,
        quick.answer(data, place, filters.parse(also)),
        language=before.language,
        format=before.format,
        layers=report_layers(source, before.dataset),
    )
    now, newest = receipts.read(written.content), source.stamp(before.dataset)[1]
    return receipts.compare(content, before, written.content, now, newest)


def verified_document(found: Verified, speaker: Speaker) -> dict[str, Any]:
    """Return what became of a report for a program; docs/schema/report_verify.json."""
    told = found.receipt
    return {
        "equal": found.equal,
        "sentences": [speaker.say(one) for one in found.sentences],
        "lines": [{"file": here, "anew": anew} for here, anew in found.lines],
        "kind": told.kind,
        "dataset": told.dataset,
        "version": told.version,
        "filter": told.filter,
        "options": dict(told.options),
        "language": told.language,
        "format": told.format,
        "software": told.software,
        "fingerprint": told.fingerprint,
    }


def report_options(
    kind: str, data: CrashData, source: Store | None = None
) -> Mapping[ReportOption, tuple[tuple[str, Message], ...]]:
    """Return the options of a kind of report, and what these crashes offer for each.

    That is words with what they say, the usual one first; none for a number. `source` is the store
    of the data set, for the corridors of its roads. Raises NotFound.
    """
    known = report.kinds()
    if kind not in known:
        raise NotFound(
            "There is no report {kind}; there are {known}.", kind=kind, known=", ".join(known)
        )
    told, corridors = known[kind].options, _corridors_to_choose(kind, data, source)
    return {one: offered_words(one, data, corridors) for one in told}


def told_options(
    kind: str, words: Mapping[str, str], *, lasting: bool = False
) -> tuple[tuple[Message, Message], ...]:
    """Say what was chosen for a report; nothing for a kind that is no more.

    Of one that is `lasting`, such as a scheduled one, also what moves on by itself.
    """
    known = _options_of(kind)
    return told_lasting_words(known, words) if lasting else told_words(known, words)


def lasting_options(
    kind: str, words: Mapping[str, str], data: CrashData, source: Store | None = None
) -> dict[str, str]:
    """Return the words to keep for a report that is written again and again.

    The month or year that is the newest now, and what is drawn anew each time, are left out.
    `source` is the store of the data set. Raises ReportError for a word that cannot be.
    """
    corridors = _corridors_to_choose(kind, data, source)
    return lasting_words(_options_of(kind), words, data, corridors)


def options_on_day(kind: str, words: Mapping[str, str], day: date) -> dict[str, str]:
    """Return the words with which a lasting report is written on a day; see `lasting_options`."""
    return words_on_day(_options_of(kind), words, day)


def _corridors_to_choose(kind: str, data: CrashData, source: Store | None) -> tuple[Corridor, ...]:
    """Return the corridors of the roads of a data set, where a kind lets one choose a route."""
    asked = any(one.kind == "route" for one in _options_of(kind))
    return _corridors_of(source, data) if source and asked else ()


def _options_of(kind: str) -> tuple[ReportOption, ...]:
    return report.kinds()[kind].options if kind in report.kinds() else ()


def needs_quality(kind: str | ReportTemplate) -> bool:
    """Say whether a kind of report, or a template, shows a scorecard."""
    if isinstance(kind, ReportTemplate):
        return report.needs_quality(kind)
    return kind in report.kinds() and report.kinds()[kind].needs_quality


def needs_screening(template: ReportTemplate) -> bool:
    """Say whether a report template has a section about the answer to a screening."""
    return report.needs_screening(template)


def _is_about_sites(kind: str) -> bool:
    return kind in report.kinds() and report.kinds()[kind].needs_screening


def gather(
    data: CrashData,
    *,
    chosen: Filter,
    result: ScreeningResult | None = None,
    strips: Sequence[Strip] = (),
    scorecard: Scorecard | None = None,
    layers: Mapping[str, Any] | None = None,
    source: Store | None = None,
    public: int = 0,
    options: Mapping[str, str] | None = None,
) -> Facts:
    """Collect what report sections and analyses may look at."""
    if data.dataset is None:
        raise ReportError("A report needs a data set that is kept in a store.")
    part = filters.apply(chosen, data)
    return Facts(
        data=part,
        everything=data,
        dataset=data.dataset,
        filter_sentence=filters.sentence(chosen),
        filter_query=chosen.query,
        summary=tables.summary(part, data),
        screening=result,
        layers=layers or {},
        saved=() if source is None else tuple(source.sites(data.dataset.name)),
        quality=scorecard,
        strips=tuple(strips),
        besides=None if source is None else question(data, source=source),
        public=public,
        options=options or {},
    )


# ------------------------------------------------------ report templates


@dataclass(frozen=True)
class OwnReportTemplate:
    """A report template as it is kept; `template` is None where it can no longer be read.

    `trouble` says why, or what of it this version of CrashKit does not have.
    """

    name: str
    at: datetime
    text: str
    template: ReportTemplate | None
    trouble: Message | None = None

    @property
    def seen(self) -> str:
        """The state of it, to be told when it is changed."""
        return self.at.isoformat()


def report_templates(of: Store) -> list[OwnReportTemplate]:
    """List the report templates, the one changed last first, also such as cannot be read."""
    return [_own_template(kept) for kept in of.report_templates()]


def report_template(of: Store, name: str) -> OwnReportTemplate:
    """Return a report template as it is kept. Raises NotFound."""
    return _own_template(of.report_template(name))


def find_report_template(of: Store, name: str) -> ReportTemplate:
    """Return a report template. Raises NotFound, ReportError for one that cannot be read."""
    kept = of.report_template(name)
    return own_reports.parse(name, kept.text)


def _own_template(kept: KeptText) -> OwnReportTemplate:
    try:
        found = own_reports.parse(kept.name, kept.text)
    except ReportError as error:
        return OwnReportTemplate(*kept, template=None, trouble=error.message)
    try:
        report.check(found)
    except ReportError as error:
        return OwnReportTemplate(*kept, template=found, trouble=error.message)
    return OwnReportTemplate(*kept, template=found)


def read_report_template(name: str, text: str) -> ReportTemplate:
    """Read and check the text of a report template. Raises ReportError with all that is wrong."""
    return report.check(own_reports.parse(name, text))


def report_template_text(template: ReportTemplate) -> str:
    """Return the TOML of a report template: what is read back from it is equal to it."""
    return own_reports.text(template)


def add_report_template(into: Store, template: ReportTemplate) -> None:
    """Keep a new report template. Raises ReportError, Refused for a name that is taken or bad."""
    into.add_report_template(template.name, own_reports.text(report.check(template)))


def change_report_template(
    into: Store,
    name: str,
    change: Callable[[ReportTemplate], ReportTemplate],
    *,
    to: str = "",
    seen: str = "",
) -> None:
    """Change a report template, and perhaps its name (`to`); no other change comes in between.

    `seen` is its state as who changes it knows it ("": whatever it is, for what is added). Parts
    that this version does not know may stay. Raises NotFound, ReportError, Refused for a name that
    is taken or bad, Overtaken where somebody else was faster; nothing is changed then.
    """

    def made(kept: str) -> str:
        return own_reports.text(own_reports.checked(change(own_reports.parse(name, kept))))

    into.change_report_template(name, made, to=to, seen=seen)


def replace_report_template(into: Store, template: ReportTemplate) -> None:
    """Put a report template in the place of the one of its name. Raises NotFound, ReportError."""
    text = own_reports.text(report.check(template))
    into.change_report_template(template.name, lambda _: text)


def remove_report_template(of: Store, name: str) -> None:
    """Forget a report template; reports written by it stay as they are. Raises NotFound."""
    of.remove_report_template(name)


def copied_kind(kind: str, name: str, title: str, speaker: Speaker) -> ReportTemplate:
    """Return a report template of the parts of a standard kind, in a language. Raises NotFound."""
    return report.of_kind(kind, name, title, speaker.say)


def list_sections() -> Mapping[str, Message]:
    """List the sections a report template may have: name -> title."""
    return {
        name: Message(one.title) for name, one in report.sections().items() if one.needs != "place"
    }


def report_part_title(part: ReportPart) -> Message:
    """Name a part of a report template in lists."""
    return report.part_title(part)


def report_template_document(kept: OwnReportTemplate, speaker: Speaker) -> dict[str, Any]:
    """Return a report template for a program; docs/schema/report_template.json."""
    found = kept.template
    return {
        "id": kept.name,
        "title": found.title if found else kept.name,
        "titles": dict(found.titles) if found else {},
        "changed": kept.at.isoformat(timespec="seconds"),
        "trouble": speaker.say(kept.trouble) if kept.trouble else None,
        "parts": [
            {"says": speaker.say(report.part_title(one)), **one.document}
            for one in (found.parts if found else ())
        ],
    }


def make_routes(folder: str | Path, *, seed: int, records: str = "rough") -> int:
    """Invent routes with hotspots of known place and write their crashes, roads and truth.

    `records` is what the police file does to places, one of `record_kinds()`. Returns how many rows
    the crashes have.
    """
    return route_files.make(Path(folder), seed=seed, records=records)


def record_kinds() -> list[str]:
    """Return the kinds of police records of invented routes."""
    return route_files.kinds()


def judge_methods(
    worlds: Sequence[str] = bench.WORLDS,
    *,
    replicates: int | None = None,
    seed: int | None = None,
    short: bool = False,
    cases: str | Path | None = None,
    progress: Progress = no_progress,
) -> bench.Result:
    """Judge places and measures in invented worlds whose truth is known; see crashkit.bench.

    Raises SettingError for a world that is none.
    """
    return bench.identify(
        worlds,
        replicates=replicates,
        seed=bench.SEED if seed is None else seed,
        short=short,
        cases=Path(cases) if cases else None,
        progress=progress,
    )


def judged_document(result: bench.Result, speaker: Speaker) -> dict[str, Any]:
    """Return a benchmark as one JSON document."""
    return bench.as_document(result, speaker.say)


def judged_tables(result: bench.Result, speaker: Speaker) -> list[bench.Table]:
    """Return a benchmark as tables: the name of each, its headings, its lines."""
    return [*bench.tables(result, speaker.say)]


def make_country(
    folder: str | Path, *, crashes: int, seed: int, progress: Progress = no_progress
) -> country.Country:
    """Invent a country with roads, traffic, towns, planted blackspots and ten years of crashes."""
    progress(0.0, Message("Inventing a country"))
    made = country.make(crashes=crashes, seed=seed)
    progress(0.6, Message("Writing the files"))
    country.write(made, Path(folder))
    return made


# ---------------------------------------------------------------- export


def export_crashes(data: CrashData, format: str) -> bytes:
    """Write crashes as csv, xlsx or geojson."""
    return export.crashes(data, format)


def export_findings(
    result: ScreeningResult,
    format: str,
    speaker: Speaker,
    *,
    lines: Mapping[int, export.Lines] | None = None,
) -> bytes:
    """Write the list of sites as csv, xlsx, geojson, or gpx and kml for navigators and maps.

    `lines` are those of sites along roads, which kml draws; see `site_lines`.
    """
    return export.findings(result, format, speaker.say, lines=lines)


def export_table(table: CrossTable, format: str, speaker: Speaker) -> bytes:
    """Write a table as csv or xlsx."""
    return export.table(table, format, speaker.say)


def export_cross_table(crossed: Crossed, format: str, speaker: Speaker) -> bytes:
    """Write a cross-table as csv (what its cells show) or xlsx (with its test as well)."""
    return export.cross_table(crossed, format, speaker.say)


def export_rejects(kept: Ledger, speaker: Speaker) -> bytes:
    """Write rejected rows with their original cells and the reasons, to be mended."""
    return export.rejects(kept, speaker.say)


def export_rows(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """Write any list as CSV."""
    return export.rows(heads, rows)


def findings_document(
    result: ScreeningResult, speaker: Speaker, *, saved: Mapping[int, SiteRecord] | None = None
) -> dict[str, Any]:
    """Return a screening as the one JSON document that page, command and file share.

    With `saved`, from `recognise_sites`, each site tells its number in the register, or None.
    """
    document = screening.as_document(result, speaker.say)
    if saved is not None:
        for position, row in enumerate(document["sites"], 1):
            row["register"] = saved[position].number if position in saved else None
    return document


def comparison_groups(comparison: Comparison) -> Mapping[str, Message]:
    """Return the groups of places of lists side by side: code -> label.

    Of rules by the lists that have them, of periods by what became of them.
    """
    return comparing.groups(comparison)


def comparison_titles(comparison: Comparison) -> tuple[Message, ...]:
    """Name the lists: by their rule, or by their period."""
    return tuple(comparing.list_title(comparison, at) for at in range(len(comparison.lists)))


def comparison_document(comparison: Comparison, speaker: Speaker) -> dict[str, Any]:
    """Return lists side by side as the one JSON document that page, command and file share."""
    return comparing.as_document(comparison, speaker.say)


def comparison_geojson(comparison: Comparison, speaker: Speaker) -> dict[str, Any]:
    """Return the places of lists side by side as GeoJSON."""
    return comparing.as_geojson(comparison, speaker.say)


def export_comparison(comparison: Comparison, format: str, speaker: Speaker) -> bytes:
    """Write the places of lists side by side as csv or xlsx; Excel also gets the agreement."""
    if format == "xlsx":
        return export.workbook(comparing.as_sheets(comparison, speaker.say))
    rows = comparing.as_rows(comparison, speaker.say)
    return export.rows(comparing.column_names(comparison), [[*row.values()] for row in rows])


def findings_geojson(result: ScreeningResult, speaker: Speaker) -> dict[str, Any]:
    """Return a screening as GeoJSON."""
    return screening.as_geojson(result, speaker.say)


# ------------------------------------------------------------------- map


def bounds(data: CrashData) -> tuple[float, float, float, float] | None:
    """Return west, south, east, north of all but the farthest crashes, if any are there."""
    return tiles.bounds(data)


@cached(LRUCache(maxsize=4), condition=Condition())
def tile_index(data: CrashData) -> tiles.Index:
    """Return the map index of a data set, built once."""
    return tiles.Index.build(data)


def tile(data: CrashData, part: CrashData, zoom: int, x: int, y: int) -> bytes:
    """Return one vector tile of the crashes in `part`, which was cut from `data`."""
    return tile_index(data).tile(zoom, x, y, _tile_mask(data, part))


@cached(LRUCache(maxsize=32), condition=Condition())
def cell_limits(data: CrashData, part: CrashData) -> tuple[tuple[int, ...], ...]:
    """Return, by zoom level, the counts from which on a cell of the map has its next colour."""
    return tile_index(data).cell_limits(_tile_mask(data, part))


@cached(LRUCache(maxsize=32), condition=Condition())
def _tile_mask(data: CrashData, part: CrashData) -> NDArray[np.bool_] | None:
    if not isinstance(part, CutData):
        return None
    return tile_index(data).mask(part.rows)


# ----------------------------------------------------------------- lists


def map_figure(data: CrashData) -> Figure:
    """Return the map of the located crashes as reports have it; there must be one at least."""
    return crash_map.figure(data, data.layers)


def draw_figure(
    figure: Figure,
    speaker: Speaker,
    *,
    width_mm: float = 200,
    height_mm: float = 116,
    format: str = "png",
) -> bytes:
    """Draw a figure of a report as PNG or SVG, as it stands on paper."""
    return render.picture(figure, speaker, width_mm=width_mm, height_mm=height_mm, format=format)


def import_template(language: str, format: str = "xlsx", *, filled: bool = False) -> bytes:
    """Write the common template in a language: a workbook, or an archive of text files (csv).

    `filled`: with three invented crashes in it. Raises NotFound for a language that is not spoken
    here, ReportError for another format.
    """
    return template.write(format, Speaker(language).say, filled=filled)


def list_presets(of: Store | None = None) -> dict[str, Preset]:
    """List the named rules, and the parts that some of them are made of.

    Those of the users of a store come first.
    """
    own = (one for kept in (of.presets() if of else ()) for one in _usable(kept))
    return {**{one.id: one for one in own}, **presets.all_presets()}


def _usable(kept: KeptText) -> Iterator[Preset]:
    # What a later version of CrashKit cannot use any more must not lock all pages.
    with suppress(MethodError, FilterError):
        yield read_preset(kept.name, kept.text)


def whole_presets(of: Store | None = None) -> dict[str, Preset]:
    """List the named rules that a user chooses from: those that are not parts of others.

    Those of the users of a store come first, and all of them are whole.
    """
    shipped = presets.all_presets()
    own = {id_: one for id_, one in list_presets(of).items() if id_ not in shipped}
    return {**own, **presets.whole(shipped)}


def unknown_criteria() -> dict[str, UnknownCriterion]:
    """List the definitions whose criterion is not known to us, with what may stand in for them."""
    return presets.unknown()


def list_kinds() -> Mapping[str, report.Kind]:
    """List the kinds of report."""
    return report.kinds()


def list_formats() -> tuple[str, ...]:
    """List the formats of a report."""
    return render.formats()


def list_languages() -> tuple[text.Language, ...]:
    """List the languages this installation speaks."""
    return text.languages()


def language_for(asked: str | None, environment: Mapping[str, str]) -> str:
    """Return the language asked for, else that of the environment, else English."""
    return text.language_for(asked, environment)


def speaker(language: str) -> Speaker:
    """Return who speaks `language`; raises NotFound naming the languages there are."""
    return text.Speaker(language)


def warm() -> None:
    """Make the hot loops ready, so that the first screening does not wait for them."""
    kernels.warm()
    scanning.warm()
