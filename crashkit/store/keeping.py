"""The Store: the only way rows reach nouns."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pandas as pd
from sqlalchemy import Connection, Engine

from crashkit.errors import Message, Refused
from crashkit.model import (
    Change,
    Comparison,
    Conflict,
    CrashData,
    CrashRecord,
    DatasetInfo,
    Edit,
    ImportBatch,
    ImportRecord,
    Ledger,
    Progress,
    Records,
    ScreeningResult,
    SeenColumns,
    no_progress,
)
from crashkit.register import SiteFile, SiteRecord, Spot
from crashkit.roads.corridors import Corridor
from crashkit.roads.network import Network
from crashkit.schedule import Rhythm
from crashkit.store import (
    amending,
    answers,
    copies,
    edits,
    imports,
    own_exposure,
    own_layers,
    own_presets,
    own_profiles,
    own_reports,
    own_weather,
    replacing,
    road_networks,
    rows,
    safety,
    saved_filters,
    schedules,
    site_register,
    upgrading,
    wire,
)
from crashkit.store import engine as connections
from crashkit.store import news as happened
from crashkit.store.news import News, Seen
from crashkit.store.own_texts import KeptText
from crashkit.store.road_networks import KeptRoads

SITES = "sites"
"""The layer of the sites in the register; no layer of a user has this key."""

Within = Callable[[Connection, int], None]
"""Called with the open connection and the number of the new row, just before COMMIT."""

NAME = re.compile(r"[^\W_][\w-]{0,59}")
"""Names of data sets: letters and digits of any script, hyphen, underscore."""


class Store:
    """Data sets, imports, answers and reports in one database; safe to share between threads."""

    def __init__(self, engine: Engine, *, is_new: bool = False) -> None:
        self.engine = engine
        self.is_new = is_new
        """Whether opening it began it."""

    @classmethod
    def open(cls, url: str, *, create: bool = True) -> Self:
        """Open, upgrade and check the store at `url`; a bare path is an SQLite file.

        Raises StoreError with the cause and the cure.
        """
        engine = connections.connect(connections.address(url), create=create)
        try:
            connections.try_connection(engine)
            before, _ = upgrading.upgrade(engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, is_new=before == upgrading.EMPTY)

    @property
    def address(self) -> str:
        """Where the store is, fit to be shown: a file, or an address without its password."""
        url = self.engine.url
        is_file = url.get_backend_name() == "sqlite"
        return str(connections.file_of(url)) if is_file else connections.shown(url)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The address, without its password."""
        return connections.shown(self.engine.url)

    @property
    def kind(self) -> str:
        """Return which of the two it is: sqlite or postgresql."""
        return self.engine.dialect.name

    # -------------------------------------------------------- data sets

    def datasets(self) -> list[DatasetInfo]:
        """List the data sets by name."""
        with connections.reading(self.engine) as connection:
            return imports.infos(connection)

    def dataset(self, name: str) -> DatasetInfo:
        """Return what is known of a data set. Raises NotFound, which suggests near names."""
        with connections.reading(self.engine) as connection:
            return imports.info(connection, name)

    def delete_dataset(self, name: str) -> None:
        """Delete a data set with its imports, answers and reports. Raises NotFound."""
        number = self.dataset(name).id
        with connections.writing(self.engine) as connection:
            imports.remove_dataset(connection, name)
        copies.remove(self.engine, number)

    def load(self, name: str, *, version: int | None = None) -> CrashData:
        """Load a data set as it was at `version` (default: as it is now). Raises NotFound."""
        with connections.reading(self.engine) as connection:
            found = imports.load(connection, name, version)
        return found.replace(layers=partial(self.layers_and_sites, name))

    def load_copy(self, name: str) -> CrashData | None:
        """Open the copy of a data set as it is now; None where there is none. Raises NotFound."""
        found = copies.open_copy(self.engine, self.dataset(name))
        return None if found is None else found.replace(layers=partial(self.layers_and_sites, name))

    def save_copy(self, data: CrashData) -> bool:
        """Write the copy of a data set, with what was `found` of it; say whether it is there.

        A copy is never needed: where it cannot be written, the data are read from the database.
        """
        if data.dataset is None:
            raise ValueError("only a data set of a store has a copy")
        with connections.reading(self.engine) as connection:
            # Where it is another one by now, nobody knows what these crashes come from.
            is_now = imports.is_now(connection, data.dataset)
            told = (data.dataset.id, data.dataset.version)
            history = imports.history(connection, *told) if is_now else ""
        return copies.write_copy(self.engine, data, history)

    def amend_copy(self, name: str) -> CrashData | None:
        """Return a data set as it is now, made from an earlier copy and the crashes edited since.

        None where imports came or went since, or where there is no such copy. Raises NotFound.
        """
        with connections.reading(self.engine) as connection:
            found = amending.amended(connection, name)
        return None if found is None else found.replace(layers=partial(self.layers_and_sites, name))

    # ---------------------------------------------------------- imports

    def check_name(self, name: str) -> None:
        """Raise Refused for a name that a new data set cannot bear: it stands in addresses."""
        if NAME.fullmatch(name) or name in {one.name for one in self.datasets()}:
            return
        raise Refused(
            "Give a name of 1 to 60 letters, digits, hyphens and underscores, which begins with a "
            "letter or a digit; for example: kyrgyzstan_2020-2024"
        )

    def known(self, name: str) -> dict[str, str]:
        """Return the digest of each crash by its key; nothing for a new name."""
        with connections.reading(self.engine) as connection:
            return imports.known(connection, name)

    def recall(self, name: str, keys: Collection[str]) -> Records:
        """Return the crashes with these keys as their imports wrote them. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            row = imports.dataset_row(connection, name)
            return replacing.recall(connection, row.id, keys)

    def columns(self, name: str, profile: str) -> dict[str, SeenColumns]:
        """Return which columns each kind of file had when a profile was last used here."""
        with connections.reading(self.engine) as connection:
            return imports.columns(connection, name, profile)

    def version(self, name: str) -> int:
        """Return the version of a data set; 0 for a new name."""
        with connections.reading(self.engine) as connection:
            return imports.version(connection, name)

    def stamp(self, name: str) -> tuple[int, int, str]:
        """Return number, version and last change of a data set; noughts for a new name.

        After a backup was put back, other crashes may come to bear a version that was there before.
        """
        with connections.reading(self.engine) as connection:
            return imports.stamp(connection, name)

    def save_import(
        self,
        name: str,
        batch: ImportBatch,
        *,
        seen: int | None = None,
        progress: Progress = no_progress,
        within: Within | None = None,
    ) -> ImportRecord:
        """Keep an import whole, with its accounts; a batch with no crash keeps its accounts only.

        `seen` is the version of the data set by which the batch was made: a batch that replaces
        crashes is refused (Overtaken) when somebody was faster.

        `progress` must not write to this store: SQLite has one writer, and that is the import.
        Raises StoreError; nothing is kept then.
        """
        self.check_name(name)
        progress(0.0, Message("Storing the crashes"))
        ready = rows.prepare(batch)
        progress(0.2, None)
        with connections.in_turn(self.engine), connections.writing(self.engine) as connection:
            import_id = imports.keep(connection, name, batch, ready, seen=seen, progress=progress)
            if within is not None:
                within(connection, import_id)
            return imports.record(connection, import_id)

    def imports(self, name: str) -> list[ImportRecord]:
        """List the imports of a data set, the oldest first. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return imports.records(connection, name)

    def import_record(self, import_id: int) -> ImportRecord:
        """Return one import. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return imports.record(connection, import_id)

    def ledger_of(self, import_id: int) -> Ledger:
        """Return what happened to each row of an import. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return imports.ledger(connection, import_id)

    def undo_import(self, import_id: int) -> None:
        """Take back the rows of an import; its record and its rejects stay.

        Raises NotFound, or Refused when it was taken back before or a later import stands on it.
        """
        with connections.writing(self.engine) as connection:
            imports.undo(connection, import_id)

    # ----------------------------------------------- changes by hand

    def record(self, dataset: str, number: int) -> CrashRecord:
        """Return one crash by its number within the data set. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return edits.record(connection, dataset, number)

    def numbers_of(self, dataset: str, crash_keys: Collection[str]) -> dict[str, int]:
        """Return the numbers of crashes by their keys; those that are not there are left out."""
        with connections.reading(self.engine) as connection:
            return edits.numbers_of(connection, dataset, crash_keys)

    def edited(self, dataset: str, crash_keys: Collection[str]) -> dict[str, CrashRecord]:
        """Return those of these crashes that were changed by hand, by their keys."""
        with connections.reading(self.engine) as connection:
            return edits.edited(connection, dataset, crash_keys)

    def edits(self, dataset: str, crash_key: str | None = None) -> list[Edit]:
        """List the edits of a data set or of one crash, the oldest first. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return edits.edits(connection, dataset, crash_key)

    def save_edit(
        self, seen: CrashRecord, changes: Sequence[Change], *, reason: str, who: str = ""
    ) -> int:
        """Keep fields of a crash that were changed together; return the new version.

        The crash is still the one that was `seen`, else Refused is raised and nothing is kept.
        It outlives a later import of the same crash, and is laid over what that says.
        """
        with connections.writing(self.engine) as connection:
            return edits.keep(connection, seen, changes, reason=reason, who=who)

    def undo_edit(self, dataset: str, change: int) -> int:
        """Take back a change; return the new version.

        Raises NotFound, or Refused when a later change of the same crash stands on it.
        """
        with connections.writing(self.engine) as connection:
            return edits.undo(connection, dataset, change)

    # ------------------------------------------------------- conflicts

    def conflicts(self, name: str) -> list[Conflict]:
        """List the conflicts of a data set, the open ones first. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            row = imports.dataset_row(connection, name)
            return replacing.conflicts(connection, row.id)

    def open_conflicts(self, name: str, import_id: int | None = None) -> int:
        """Count the crashes with open conflicts, of all imports or of one. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            row = imports.dataset_row(connection, name)
            return replacing.open_conflicts(connection, row.id, import_id)

    def overtaken(self, name: str, import_id: int | None = None) -> list[Conflict]:
        """List open conflicts of crashes that were told or changed since. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            row = imports.dataset_row(connection, name)
            return replacing.overtaken(connection, row.id, import_id)

    def keep_as_is(self, chosen: Sequence[Conflict], *, who: str, reason: str) -> None:
        """Settle conflicts: what was there stays. Raises NotFound when one is not open."""
        with connections.writing(self.engine) as connection:
            replacing.settle(
                connection, chosen, at=imports.now(), who=who, reason=reason, taken_by=None
            )

    def take_new(
        self,
        name: str,
        batch: ImportBatch,
        chosen: Sequence[Conflict],
        *,
        seen: int,
        who: str,
        reason: str,
    ) -> ImportRecord:
        """Settle conflicts: an import of their new facts replaces what was there.

        Raises NotFound when one is not open, Overtaken when the data set changed meanwhile.
        """

        def settle(connection: Connection, import_id: int) -> None:
            replacing.settle(
                connection, chosen, at=imports.now(), who=who, reason=reason, taken_by=import_id
            )

        return self.save_import(name, batch, seen=seen, within=settle)

    # ---------------------------------------- answers, reports, layers

    def save_result(
        self, result: ScreeningResult, dataset: str, *, within: Within | None = None
    ) -> int:
        """Keep a question with its answer; return its number. Raises NotFound.

        Sites of the register that it found get to know it, with their rank.
        """
        with connections.writing(self.engine) as connection:
            number = answers.keep_result(connection, result, dataset)
            site_register.sight(connection, replace(result, id=number), dataset)
            if within is not None:
                within(connection, number)
            return number

    def result(self, result_id: int) -> ScreeningResult:
        """Return a question with its answer. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return answers.result(connection, result_id)

    def results(self, dataset: str) -> list[answers.KeptResult]:
        """List the screenings of a data set, the newest first. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return answers.results(connection, dataset)

    def save_comparison(
        self, found: Comparison, dataset: str, *, within: Within | None = None
    ) -> int:
        """Keep lists side by side; return their number. Raises NotFound.

        Sites of the register do not get to know it: it is about lists, not about sites.
        """
        with connections.writing(self.engine) as connection:
            number = answers.keep_comparison(connection, found, dataset)
            if within is not None:
                within(connection, number)
            return number

    def comparison(self, number: int) -> Comparison:
        """Return lists side by side. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return answers.comparison(connection, number)

    def comparisons(self, dataset: str) -> list[answers.KeptComparison]:
        """List the comparisons of a data set, the newest first. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return answers.comparisons(connection, dataset)

    def save_document(
        self,
        name: str,
        content: bytes,
        media_type: str,
        *,
        about: Mapping[str, Any],
        within: Within | None = None,
    ) -> int:
        """Keep a finished report; `about["dataset"]` names its data set. Raises NotFound."""
        with connections.writing(self.engine) as connection:
            number = answers.keep_document(connection, name, content, media_type, about)
            if within is not None:
                within(connection, number)
            return number

    def document(self, document_id: int) -> answers.Document:
        """Return a finished report with its bytes. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return answers.document(connection, document_id)

    def documents(self, dataset: str | None = None) -> list[answers.Document]:
        """List the finished reports, the newest first, without their bytes. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return answers.documents(connection, dataset)

    def remove_document(self, dataset: str, document_id: int) -> None:
        """Take a finished report out of the archive. Raises NotFound."""
        with connections.writing(self.engine) as connection:
            answers.remove_document(connection, dataset, document_id)

    # ------------------------------------------------- scheduled reports

    def report_schedules(self, dataset: str) -> list[schedules.Scheduled]:
        """List the reports that are written again, the one due next first. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return schedules.listed(connection, dataset)

    def add_schedule(
        self,
        dataset: str,
        args: Mapping[str, Any],
        rhythm: Rhythm,
        *,
        to: tuple[str, ...],
        due: datetime,
    ) -> int:
        """Keep what is asked of a report, how often, who gets it. Raises NotFound, Refused."""
        with connections.writing(self.engine) as connection:
            return schedules.add(connection, dataset, args, rhythm, to=to, due=due)

    def remove_schedule(self, dataset: str, number: int) -> None:
        """Write a report no more; what it wrote stays. Raises NotFound."""
        with connections.writing(self.engine) as connection:
            schedules.remove(connection, dataset, number)

    def schedules_due(self, now: datetime) -> list[schedules.Scheduled]:
        """List the reports that are due, of all data sets."""
        with connections.reading(self.engine) as connection:
            return schedules.due(connection, now)

    def claim_schedule(
        self, one: schedules.Scheduled, following: datetime, within: Callable[[Connection], None]
    ) -> bool:
        """Put down when a report is due next, and do `within` in the same transaction.

        Does nothing and says so where another worker has been faster.
        """
        with connections.writing(self.engine) as connection:
            mine = schedules.claim(connection, one, following)
            if mine:
                within(connection)
            return mine

    def note_schedule(self, number: int, said: Message | None, document: int | None) -> None:
        """Write down how the writing of a report went: what it made, and what was wrong."""
        with connections.writing(self.engine) as connection:
            schedules.note(connection, number, said=said, document=document)

    def layers(self, dataset: str) -> dict[str, Any]:
        """Return the map layers of a data set by kind, as GeoJSON. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return answers.layers(connection, dataset)

    def layers_and_sites(self, dataset: str) -> dict[str, Any]:
        """Return the map layers of a data set and, as one more, its open sites in the register.

        Raises NotFound.
        """
        with connections.reading(self.engine) as connection:
            found = answers.layers(connection, dataset)
            kept = site_register.layer(connection, dataset)
        return {**found, SITES: kept} if kept["features"] else found

    def layer(self, dataset: str, kind: str) -> dict[str, Any] | None:
        """Return one map layer of a data set, or None. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return own_layers.one(connection, dataset, kind)

    def layer_list(self, dataset: str) -> list[own_layers.KeptLayer]:
        """List the map layers of a data set, without their shapes. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return own_layers.listed(connection, dataset)

    def add_layer(self, dataset: str, geojson: Mapping[str, Any], about: Mapping[str, Any]) -> str:
        """Keep a layer that a user brought; return its key. Raises NotFound, Refused."""
        with connections.writing(self.engine) as connection:
            return own_layers.add(connection, dataset, geojson, about)

    def change_layer(self, dataset: str, key: str, words: Mapping[str, Any]) -> None:
        """Change title, kind or colour of a user's layer. Raises NotFound."""
        with connections.writing(self.engine) as connection:
            own_layers.change(connection, dataset, key, words)

    def remove_layer(self, dataset: str, key: str) -> None:
        """Delete a layer that a user brought. Raises NotFound."""
        with connections.writing(self.engine) as connection:
            own_layers.remove(connection, dataset, key)

    def save_layer(self, dataset: str, kind: str, geojson: Mapping[str, Any]) -> None:
        """Keep a map layer in the place of the one of its kind. Raises NotFound."""
        with connections.writing(self.engine) as connection:
            answers.keep_layer(connection, dataset, kind, geojson)

    def setting(self, key: str, default: str | None = None) -> str | None:
        """Return the value of a setting."""
        with connections.reading(self.engine) as connection:
            found = answers.setting(connection, key)
        return default if found is None else found

    def set_setting(self, key: str, value: str) -> None:
        """Keep the value of a setting."""
        with connections.writing(self.engine) as connection:
            answers.keep_setting(connection, key, value)

    def news(self, name: str, since: datetime) -> News:
        """Return what happened to a data set since a moment. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return happened.news(connection, name, since)

    def sightings(self, name: str) -> list[Seen]:
        """List which screenings listed which sites of the register of a data set."""
        with connections.reading(self.engine) as connection:
            return happened.sightings(connection, name)

    # ----------------------------------------------------- own profiles

    def profiles(self) -> list[own_profiles.KeptProfile]:
        """List the newest version of each profile of the users, by name; none that is removed."""
        with connections.reading(self.engine) as connection:
            return own_profiles.newest(connection)

    def profile(self, name: str, version: int | None = None) -> own_profiles.KeptProfile:
        """Return a version of a profile, removed or not; default: the newest. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return own_profiles.profile(connection, name, version)

    def profile_versions(self, name: str) -> list[own_profiles.KeptProfile]:
        """List the versions of a profile, the newest first. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return own_profiles.versions(connection, name)

    def save_profile(self, name: str, text: str) -> int:
        """Keep the text of a profile and return its version; it must have been checked.

        The text of the newest version is no new version. Raises Refused for a bad name.
        """
        self.check_profile_name(name)
        with connections.writing(self.engine) as connection:
            return own_profiles.save(connection, name, text)

    def check_profile_name(self, name: str) -> None:
        """Raise Refused for a name that a profile cannot bear: it stands in addresses."""
        if not NAME.fullmatch(name):
            raise Refused(
                "Give the profile a name of 1 to 60 letters, digits, hyphens and underscores, "
                "which begins with a letter or a digit; for example: police_cards"
            )

    def remove_profile(self, name: str) -> None:
        """Offer a profile no longer; imports that name it still find it. Raises NotFound."""
        with connections.writing(self.engine) as connection:
            own_profiles.remove(connection, name)

    # ------------------------------------------------------ own presets

    def presets(self) -> list[KeptText]:
        """List the presets of the users, by name."""
        with connections.reading(self.engine) as connection:
            return own_presets.listed(connection)

    def save_preset(self, name: str, text: str, *, instead: str = "", seen: str = "") -> None:
        """Keep the text of a preset; it must have been checked.

        `instead` names the preset of the users it takes the place of, which it may rename, and
        `seen` says when that one was saved. Raises NotFound where there is none, Refused for a bad
        name, for one that is taken, and where somebody else has saved it since.
        """
        self.check_preset_name(name)
        with connections.writing(self.engine) as connection:
            own_presets.save(connection, name, text, instead=instead, seen=seen)

    def check_preset_name(self, name: str) -> None:
        """Raise Refused for a name that a preset cannot bear: it stands in addresses."""
        if not NAME.fullmatch(name):
            raise Refused(
                "Give the preset a name of 1 to 60 letters, digits, hyphens and underscores, "
                "which begins with a letter or a digit; for example: our_law_2026"
            )

    def remove_preset(self, name: str) -> None:
        """Forget a preset of the users; what was found by it stays as it is. Raises NotFound."""
        with connections.writing(self.engine) as connection:
            own_presets.remove(connection, name)

    # ------------------------------------------------- report templates

    def report_templates(self) -> list[KeptText]:
        """List the report templates, the one changed last first."""
        with connections.reading(self.engine) as connection:
            return own_reports.listed(connection)

    def report_template(self, name: str) -> KeptText:
        """Return a report template as its text. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return own_reports.one(connection, name)

    def add_report_template(self, name: str, text: str) -> None:
        """Keep a new report template, which must have been checked. Raises Refused."""
        self.check_template_name(name)
        with connections.writing(self.engine) as connection:
            own_reports.add(connection, name, text)

    def change_report_template(
        self, name: str, made: Callable[[str], str], *, to: str = "", seen: str = ""
    ) -> None:
        """Keep what `made` makes of a report template; no other change comes in between.

        `to` renames it. Raises NotFound, Refused for a name that is bad or taken, Overtaken where
        it is no longer as it was `seen`, and what `made` raises.
        """
        self.check_template_name(to or name)
        with connections.writing(self.engine) as connection:
            own_reports.change(connection, name, made, to=to or name, seen=seen)

    def check_template_name(self, name: str) -> None:
        """Raise Refused for a name that a report template cannot bear: it stands in addresses."""
        if not NAME.fullmatch(name):
            raise Refused(
                "Give the report template a name of 1 to 60 letters, digits, hyphens and "
                "underscores, which begins with a letter or a digit; for example: monthly_report"
            )

    def remove_report_template(self, name: str) -> None:
        """Forget a report template; reports written by it stay as they are. Raises NotFound."""
        with connections.writing(self.engine) as connection:
            own_reports.remove(connection, name)

    # -------------------------------------------------- networks of roads

    def road_networks(self) -> list[KeptRoads]:
        """List the networks of roads by name, without their stretches."""
        with connections.reading(self.engine) as connection:
            return road_networks.listed(connection)

    def road_network(self, name: str) -> KeptRoads:
        """Return what is known of a network of roads, without its stretches. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return road_networks.one(connection, name)

    def roads(self, name: str) -> Network:
        """Return a network of roads. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return road_networks.load(connection, name)

    def save_roads(
        self,
        name: str,
        network: Network,
        *,
        title: str = "",
        replace: bool = False,
        within: Within | None = None,
    ) -> None:
        """Keep a network of roads under a name. Raises Refused for one that is taken or bad."""
        self.check_roads_name(name)
        with connections.writing(self.engine) as connection:
            number = road_networks.save(
                connection, name, network, title=title or name, replace=replace
            )
            if within is not None:
                within(connection, number)

    def check_roads_name(self, name: str) -> None:
        """Raise Refused for a name that a network of roads cannot bear: it stands in addresses."""
        if not NAME.fullmatch(name):
            raise Refused(
                "Give the network of roads a name of 1 to 60 letters, digits, hyphens and "
                "underscores, which begins with a letter or a digit; for example: kyrgyzstan"
            )

    def remove_roads(self, name: str) -> None:
        """Delete a network of roads; its aliases stay for the next of its name. Raises NotFound."""
        with connections.writing(self.engine) as connection:
            road_networks.remove(connection, name)

    def road_corridors(self, network: str) -> tuple[Corridor, ...]:
        """Return the corridors of a network of roads, in the order they were told."""
        with connections.reading(self.engine) as connection:
            return road_networks.corridors(connection, network)

    def save_road_corridors(self, network: str, corridors: Sequence[Corridor]) -> None:
        """Keep these corridors in the place of those of a network. Raises NotFound."""
        with connections.writing(self.engine) as connection:
            road_networks.keep_corridors(connection, network, corridors)

    def save_road_equations(self, network: str, equations: pd.DataFrame, seen: datetime) -> None:
        """Keep these chainage equations in the place of those of a network.

        Raises NotFound, Refused where the network is no longer as it was `seen` (`KeptRoads.at`).
        """
        with connections.writing(self.engine) as connection:
            road_networks.keep_equations(connection, network, equations, seen)

    def change_road_corridors(
        self, network: str, change: Callable[[tuple[Corridor, ...]], Sequence[Corridor]]
    ) -> None:
        """Keep what a change makes of the corridors of a network; no other comes in between.

        Raises NotFound, and what the change raises.
        """
        with connections.writing(self.engine) as connection:
            told = road_networks.corridors(connection, network)
            road_networks.keep_corridors(connection, network, change(told))

    def road_aliases(self, network: str) -> dict[str, str]:
        """Return the names that crashes give, each with the road of the network that is meant."""
        with connections.reading(self.engine) as connection:
            return road_networks.aliases(connection, network)

    def save_road_alias(self, network: str, name: str, road: str) -> None:
        """Say which road of a network is meant by a name that crashes give, now and later.

        Raises NotFound for a road that is not there, Refused for what can be no name.
        """
        with connections.writing(self.engine) as connection:
            road_networks.keep_alias(connection, network, name, road)

    def remove_road_alias(self, network: str, name: str) -> None:
        """Take back which road is meant by a name. Raises NotFound."""
        with connections.writing(self.engine) as connection:
            road_networks.remove_alias(connection, network, name)

    # ---------------------------------------------------- saved filters

    def filters(self, dataset: str) -> list[saved_filters.KeptFilter]:
        """List the filters kept for a data set, by name. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return saved_filters.kept(connection, dataset)

    def save_filter(self, dataset: str, name: str, words: str) -> None:
        """Keep a filter, in the place of the one of its name. Raises NotFound, Refused."""
        with connections.writing(self.engine) as connection:
            saved_filters.keep(connection, dataset, name, words)

    def rename_filter(self, dataset: str, name: str, to: str) -> None:
        """Give a kept filter another name. Raises NotFound, Refused where that is taken."""
        with connections.writing(self.engine) as connection:
            saved_filters.rename(connection, dataset, name, to)

    def remove_filter(self, dataset: str, name: str) -> None:
        """Forget a kept filter. Raises NotFound."""
        with connections.writing(self.engine) as connection:
            saved_filters.remove(connection, dataset, name)

    # --------------------------------------------------------- exposure

    def exposure(self, dataset: str) -> list[own_exposure.KeptExposure]:
        """List the people, vehicles and travel told for a data set. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return own_exposure.listed(connection, dataset)

    def add_exposure(self, dataset: str, file: str, told: Iterable[own_exposure.Row]) -> int:
        """Keep rows of quantity, area, year, number, age and sex; return how many were replaced.

        Raises NotFound.
        """
        with connections.writing(self.engine) as connection:
            return own_exposure.add(connection, dataset, file, told)

    def remove_exposure(self, dataset: str, quantity: str = "") -> int:
        """Forget the numbers of a quantity, or all; return how many. Raises NotFound."""
        with connections.writing(self.engine) as connection:
            return own_exposure.remove(connection, dataset, quantity)

    # ---------------------------------------------------------- weather

    def weather(self, dataset: str) -> list[own_weather.KeptWeather]:
        """List the weather told for a data set by place and day. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return own_weather.listed(connection, dataset)

    def weather_version(self, dataset: str) -> str:
        """Return a word that changes whenever the weather does; "" for none. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return own_weather.version(connection, dataset)

    def add_weather(self, dataset: str, file: str, told: Iterable[own_weather.DayTold]) -> int:
        """Keep the weather of days; return how many took the place of others. Raises NotFound."""
        with connections.writing(self.engine) as connection:
            return own_weather.add(connection, dataset, file, told)

    def remove_weather(self, dataset: str) -> int:
        """Forget the weather of a data set; return how many days. Raises NotFound."""
        with connections.writing(self.engine) as connection:
            return own_weather.remove(connection, dataset)

    # ------------------------------------------------- register of sites

    def sites(self, dataset: str | None = None) -> list[SiteRecord]:
        """List the sites of the register that belong to a data set, or all, by number."""
        with connections.reading(self.engine) as connection:
            return site_register.sites(connection, dataset)

    def site(self, number: int) -> SiteRecord:
        """Return one site of the register. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return site_register.site(connection, number)

    def nominate_site(
        self,
        dataset: str,
        spot: Spot,
        *,
        name: str = "",
        settlement: str = "",
        why: str,
        who: str = "",
    ) -> SiteRecord:
        """Keep a site that people propose. Raises NotFound, Refused."""
        with connections.writing(self.engine) as connection:
            words = {"name": name, "settlement": settlement, "why": why, "who": who}
            number = site_register.nominate(connection, dataset, spot, **words)
            return site_register.site(connection, number)

    def save_site(
        self, dataset: str, result_id: int, position: int, *, why: str = "", who: str = ""
    ) -> SiteRecord:
        """Keep the site at a position (1 is the first) of a kept screening.

        Raises NotFound, or Refused where it is in the register already.
        """
        with connections.writing(self.engine) as connection:
            number = site_register.save_found(
                connection, dataset, result_id, position, why=why, who=who
            )
            return site_register.site(connection, number)

    def change_site(
        self,
        number: int,
        said: Mapping[str, str],
        *,
        reason: str,
        who: str = "",
        seen: int | None = None,
    ) -> SiteRecord:
        """Change fields of a site by words, with a reason; `seen` is the version one looked at.

        Raises NotFound, or Refused for words that cannot be and where somebody was faster.
        """
        with connections.writing(self.engine) as connection:
            return site_register.change(connection, number, said, reason=reason, who=who, seen=seen)

    def set_site_status(
        self,
        number: int,
        status: str,
        *,
        reason: str = "",
        who: str = "",
        seen: int | None = None,
    ) -> SiteRecord:
        """Give a site another status. Raises NotFound, Refused for one that makes no sense."""
        with connections.writing(self.engine) as connection:
            return site_register.set_status(
                connection, number, status, reason=reason, who=who, seen=seen
            )

    def move_sites(self, dataset: str, to: str, *, reason: str, who: str = "") -> int:
        """Let the sites of a data set belong to another; return how many. Raises NotFound, Refused.

        The data set they belong to need no longer be there.
        """
        with connections.writing(self.engine) as connection:
            return site_register.move(connection, dataset, to, reason=reason, who=who)

    def add_site_event(
        self,
        number: int,
        kind: str,
        day: date,
        until: date | None = None,
        *,
        text: str = "",
        who: str = "",
    ) -> SiteRecord:
        """Write down what happened at a site. Raises NotFound, Refused."""
        with connections.writing(self.engine) as connection:
            return site_register.add_event(
                connection, number, kind=kind, day=day, until=until, text=text, who=who
            )

    def withdraw_site_event(
        self, number: int, event: int, *, reason: str, who: str = ""
    ) -> SiteRecord:
        """Take out an event that was told by mistake; it stays, with the reason.

        Raises NotFound, Refused.
        """
        with connections.writing(self.engine) as connection:
            return site_register.withdraw_event(connection, number, event, reason=reason, who=who)

    def add_site_file(
        self, number: int, name: str, content: bytes, *, title: str = "", who: str = ""
    ) -> SiteRecord:
        """Keep a photo or a document with a site. Raises NotFound, or Refused for a bad file."""
        with connections.writing(self.engine) as connection:
            words = {"title": title, "who": who}
            return site_register.add_file(connection, number, name, content, **words)

    def site_file(self, number: int, file: int) -> tuple[SiteFile, bytes]:
        """Return a photo or a document of a site with its bytes. Raises NotFound."""
        with connections.reading(self.engine) as connection:
            return site_register.file(connection, number, file)

    def remove_site_file(self, number: int, file: int, *, reason: str, who: str = "") -> SiteRecord:
        """Delete the content of a file; that it was there stays, with the reason.

        Raises NotFound, Refused.
        """
        with connections.writing(self.engine) as connection:
            return site_register.remove_file(connection, number, file, reason=reason, who=who)

    # ----------------------------------------------------------- safety

    def backup(self, path: str | Path) -> None:
        """Copy the whole embedded store to a new file, while it is in use. Raises StoreError."""
        safety.backup(self.engine, Path(path))

    def restore(self, path: str | Path) -> None:
        """Replace the embedded store by a backup that was checked first. Raises StoreError."""
        safety.restore(self.engine, Path(path))

    def check(self) -> list[Message]:
        """Check promises, file, sums and disk; list what is wrong and what to do."""
        return safety.check(self.engine)

    def short_of_room(self) -> Message | None:
        """Say that the disk of an embedded store is filling up; None while there is room."""
        return safety.short_of_room(self.engine)

    # --------------------------------------------- for the job table only

    def reading(self) -> Any:
        """Give a connection that sees one moment of the store (a context manager)."""
        return connections.reading(self.engine)

    def writing(self) -> Any:
        """Give a connection whose changes are kept together or not at all (a context manager)."""
        return connections.writing(self.engine)

    pack = staticmethod(wire.pack)
    unpack = staticmethod(wire.unpack)


def upgrade(url: str) -> tuple[str, str]:
    """Bring the tables up to this software; return the old and the new step. Raises StoreError."""
    engine = connections.connect(connections.address(url), create=True)
    try:
        connections.try_connection(engine)
        return upgrading.upgrade(engine)
    finally:
        engine.dispose()
