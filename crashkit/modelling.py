"""A table of sites to a model: read it, fit or calibrate, judge, and tell it as one document.

Columns are recognised by their names (modelling.toml) or told. Where there is less than a model
needs, what each class has stands in its place.
"""

from __future__ import annotations

import csv
import io
import math
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit import export, shrinkage, spf, units
from crashkit.blocks import (
    Figure,
)
from crashkit.errors import (
    IntakeError,
    Message,
    NeedsChoice,
    NotFound,
    SettingError,
    counted,
)
from crashkit.intake import cells, parsing, tabular
from crashkit.model import Upload

Floats = NDArray[np.float64]
Say = Callable[[Message], Any]

WORST = 1.5
"""A site is among the bad ones where its true mean is more than so many times that predicted.

Source: reference methods, section 0.2 (always show).
"""
SITE, CRASHES, YEARS, CLASS, LENGTH = "site", "crashes", "years", "class", "length"
COLUMNS = (SITE, CRASHES, *spf.TRAFFIC, YEARS, CLASS, LENGTH)

NOT_READ = "{n} cell of the column {column} is no number; its site is left out."
NOT_READ_MANY = "{n} cells of the column {column} are no numbers; their sites are left out."


@dataclass(frozen=True, eq=False)
class SiteTable:
    """A table of sites, as read: which of their columns were taken for what, and the sample.

    `unit` is the unit of length of the table, "" where sites have none.
    """

    file: str
    columns: Mapping[str, str]
    sites: tuple[str, ...]
    sample: spf.Sample
    unit: str
    notes: tuple[Message, ...] = ()


def read_sites(
    upload: Upload,
    *,
    columns: Mapping[str, str] | None = None,
    years: float | None = None,
    length_unit: str = "",
    options: Mapping[str, str] | None = None,
) -> SiteTable:
    """Read a table of sites (CSV or Excel).

    `columns` says for names of COLUMNS which of theirs is meant; "" leaves one out. `years` are
    those of all sites, where no column tells them; `length_unit` (km, mi or m) is asked for where
    the name of the column does not say it. Raises IntakeError, NeedsChoice, SettingError.
    """
    table = tabular.tables([upload], options or {})[0]
    words = {
        name: [str(word).strip() for word in cells.spread(column.words, column.codes)]
        for name, column in table.columns.items()
    }
    which, unit = _chosen(list(words), columns or {}, length_unit, upload.name)
    flows = [name for name in spf.TRAFFIC if name in which]
    if CRASHES not in which or not flows:
        raise IntakeError(
            "{file} has no column of {what}; say which it is. It has: {columns}.",
            file=upload.name,
            what=CRASHES if CRASHES not in which else spf.AADT,
            columns=list(words),
        )
    if YEARS not in which and years is None:
        raise NeedsChoice(
            "Say of how many years the crashes of {file} are.", option="years", file=upload.name
        )
    notes: list[Message] = []

    def read(name: str) -> Floats:
        found, note = _numbers(words[which[name]], which[name])
        notes.extend(note)
        return found

    sample = spf.Sample(
        crashes=read(CRASHES),
        traffic={name: read(name) for name in flows},
        years=read(YEARS) if YEARS in which else years or 0.0,
        length_km=read(LENGTH) * units.km_per(unit) if LENGTH in which else None,
        classes=words[which[CLASS]] if CLASS in which else None,
        unit="mi" if unit == "mi" else "km",
    )
    ids = words[which[SITE]] if SITE in which else [str(n + 1) for n in range(table.rows)]
    return SiteTable(upload.name, which, tuple(ids), sample, unit, tuple(notes))


@cache
def _names() -> Mapping[str, Any]:
    text = resources.files("crashkit").joinpath("modelling.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.casefold().replace("ё", "е")).strip()


def _chosen(
    theirs: Sequence[str], told: Mapping[str, str], length_unit: str, file: str
) -> tuple[dict[str, str], str]:
    """Return which of their columns means what, and the unit of length."""
    unknown = [name for name in told if name not in COLUMNS]
    missing = [name for name in told.values() if name and name not in theirs]
    if unknown or missing:
        raise SettingError(
            "There is no column {names}; columns of a site are {ours}, those of {file} are "
            "{theirs}.",
            names=unknown or missing,
            ours=list(COLUMNS),
            file=file,
            theirs=list(theirs),
        )
    plain = {_plain(name): name for name in reversed(theirs)}
    lengths = {name: unit for unit, names in _names()["lengths"].items() for name in names}
    known = {**_names()["columns"], LENGTH: list(lengths)}
    found = {
        ours: next((plain[name] for name in names if name in plain), "")
        for ours, names in known.items()
    }
    which = {ours: name for ours, name in {**found, **told}.items() if name}
    if LENGTH not in which:
        return which, ""
    unit = length_unit or lengths.get(_plain(which[LENGTH]), "")
    if not unit:
        raise NeedsChoice(
            "In which unit are the lengths of the column {column}?",
            option="length-unit",
            choices=list(units.KM_PER),
            column=which[LENGTH],
        )
    return which, unit


def _numbers(words: Sequence[str], column: str) -> tuple[Floats, list[Message]]:
    read = [parsing.number(word, ".", thousands=" ", either=True) for word in words]
    found = np.array([one if isinstance(one, float) else np.nan for one in read])
    pairs = zip(words, read, strict=True)
    wrong = sum(1 for word, one in pairs if word and not isinstance(one, float))
    if not wrong:
        return found, []
    return found, [counted(NOT_READ, NOT_READ_MANY, wrong, column=column)]


# ------------------------------------------------------------------------------- to a model


@dataclass(frozen=True, eq=False)
class Modelled:
    """What was made of a table of sites.

    `model` predicts: one fitted to these sites (`fit`), or one of a book made to fit them
    (`calibration`, `function`). Where it is None, `classes` stand in its place, and `missing` says
    what there is too little of. `walks` are the cumulative residuals by each covariate, `estimates`
    what is expected at each site.
    """

    table: SiteTable
    model: spf.Spf | None
    estimates: shrinkage.Shrunk
    classes: Mapping[str, shrinkage.Marshall]
    fit: spf.Fit | None = None
    calibration: spf.Calibration | None = None
    function: spf.CalibrationFunction | None = None
    walks: Mapping[str, spf.Cure] | None = None
    missing: tuple[Message, ...] = ()

    @property
    def notes(self) -> tuple[Message, ...]:
        """All that must be said with the result, each sentence once."""
        own = self.fit.notes if self.fit else ()
        walks = [note for walk in (self.walks or {}).values() for note in walk.notes]
        calibrated = self.calibration.notes if self.calibration else ()
        found = (*self.table.notes, *own, *calibrated, *walks)
        return tuple({str(note): note for note in found}.values())


def model_sites(table: SiteTable, *, kind: str = spf.BEST, anyway: bool = False) -> Modelled:
    """Fit a model to the sites of a table, or fall back on what each class has.

    `anyway` fits one where the data are too few as well; what is missing is said all the same.
    """
    sample = table.sample
    made = spf.develop(sample, kind=kind)
    fit = made.fit
    if fit is None and anyway:
        tried = spf.fit(sample, kind=kind)
        fit = tried if tried.converged else None
    if fit is None:
        estimates = _by_classes(table, made.classes)
        return Modelled(table, None, estimates, made.classes, missing=made.missing)
    estimates = shrinkage.expected(sample.crashes, fit.means, _k(fit.spf, sample))
    walks = _walks(sample, fit.means)
    return Modelled(
        table, fit.spf, estimates, made.classes, fit=fit, walks=walks, missing=made.missing
    )


def calibrate_sites(table: SiteTable, name: str) -> Modelled:
    """Make a model of models.toml fit the sites of a table. Raises NotFound, MethodError."""
    sample, model = table.sample, spf.model(name)
    predicted = model.predict(sample.traffic, length_km=sample.length_km, years=sample.years)
    years = float(np.nanmean(np.asarray(sample.years, dtype=float)))
    found = spf.calibrate(
        sample.crashes,
        predicted,
        model.dispersion or spf.ConstantK(0.0),
        length_km=sample.length_km,
        years=years,
    )
    calibrated = found.factor * predicted
    k = found.dispersion.of(sample.length_km)
    estimates = shrinkage.expected(sample.crashes, calibrated, k)
    return Modelled(
        table,
        replace(model, dispersion=found.dispersion),
        estimates,
        spf.develop(sample).classes,
        calibration=found,
        function=spf.calibration_function(sample.crashes, predicted),
        walks=_walks(sample, calibrated),
    )


def _k(model: spf.Spf, sample: spf.Sample) -> Floats:
    k = model.k(sample.length_km)
    return np.broadcast_to(k, np.shape(sample.crashes))


def _walks(sample: spf.Sample, means: Floats) -> dict[str, spf.Cure]:
    by = dict(sample.traffic)
    if sample.length_km is not None:
        by[LENGTH] = sample.length_km
    return {name: spf.cure(sample.crashes, means, one) for name, one in by.items()}


def _by_classes(table: SiteTable, classes: Mapping[str, shrinkage.Marshall]) -> shrinkage.Shrunk:
    """Estimate each site by the rate of its class and how much sites of the class differ."""
    sample = table.sample
    names = sample.classes or ["all"] * len(table.sites)
    years = np.broadcast_to(np.asarray(sample.years, dtype=float), np.shape(sample.crashes))
    size = years if sample.length_km is None else years * np.asarray(sample.length_km)
    rate = np.array([classes[name].rate for name in names])
    k = np.array([_k_of(classes[name]) for name in names])
    return shrinkage.expected(sample.crashes, rate * size, k)


def _k_of(one: shrinkage.Marshall) -> float:
    return one.prior.k if one.prior else 0.0


# ----------------------------------------------------------------------------- told to others

HEADINGS = (
    "site",
    "crashes",
    "predicted",
    "k",
    "weight",
    "expected",
    "low",
    "high",
    "excess",
    "p_worse",
)
"""Columns of the file of estimates; crashes of the whole period, limits of 90 %."""


def estimates_csv(found: Modelled) -> bytes:
    """Write what is expected at each site, one row a site, as HEADINGS; empty where not known."""
    of = found.estimates
    low, high = of.posterior.interval()
    k = np.divide(
        1 / of.weight - 1, of.predicted, out=np.zeros(of.weight.shape), where=of.weight < 1
    )
    numbers = (
        *(of.observed, of.predicted, np.where(np.isfinite(of.weight), k, np.nan), of.weight),
        *(of.expected, low, high, of.excess, of.exceeds(WORST)),
    )
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADINGS)
    for site, *row in zip(found.table.sites, *(one.tolist() for one in numbers), strict=True):
        writer.writerow(
            [export.guard(site), *("" if math.isnan(one) else f"{one:.6g}" for one in row)]
        )
    return out.getvalue().encode()


ACROSS = {
    spf.AADT: Message("Traffic, vehicles a day"),
    spf.MAJOR: Message("Traffic of the major road, vehicles a day"),
    spf.MINOR: Message("Traffic of the minor road, vehicles a day"),
    spf.ENTERING: Message("Entering traffic, vehicles a day"),
    LENGTH: Message("Length, km"),
}


def _judged(found: Modelled) -> dict[str, spf.Cure]:
    """Return the walks of enough sites: of fewer they say nothing, and are not shown."""
    walks = found.walks or {}
    return {name: one for name, one in walks.items() if one.accepted is not None}


def walk_figure(found: Modelled, by: str = "") -> Figure:
    """Return the cumulative residuals along a covariate as a drawing; by default along traffic.

    Raises NotFound where there is no model, it has no such covariate, or sites are too few.
    """
    walks = _judged(found)
    if found.walks and not walks:
        few = next(iter(found.walks.values())).notes[0]
        raise NotFound(few.text, **few.values)
    name = by or next(iter(walks), "")
    if name not in walks:
        raise NotFound(
            "There are no residuals by “{name}”; there are {known}.", name=name, known=list(walks)
        )
    one = walks[name]
    caption = Message(
        "Crashes seen above those predicted, added up; {share} % of the sites are outside.",
        {"share": round(100 * one.outside, 1)},
    )
    data = {"at": one.covariate, "walk": one.walk, "limit": one.limit, "across": ACROSS[name]}
    return Figure("walk", caption, caption, data)


def document(found: Modelled, say: Say = str) -> dict[str, Any]:
    """Return all that was found, for a program: the schema is docs/schema/spf.json."""
    sample = found.table.sample
    km = None if sample.length_km is None else float(np.nansum(np.asarray(sample.length_km)))
    return {
        "file": found.table.file,
        "columns": dict(found.table.columns),
        "sites": len(found.table.sites),
        "crashes": _or_none(float(np.nansum(np.asarray(sample.crashes, dtype=float)))),
        "km": _or_none(km),
        "enough": not found.missing,
        "missing": [say(note) for note in found.missing],
        "model": _told_model(found),
        "calibration": _told_calibration(found),
        "classes": [_told_class(name, one) for name, one in found.classes.items()],
        "cure": [_told_walk(name, one) for name, one in _judged(found).items()],
        "notes": [say(note) for note in found.notes],
    }


def _told_model(found: Modelled) -> dict[str, Any] | None:
    if found.model is None:
        return None
    model, fit = found.model, found.fit
    errors = dict(zip(fit.terms, fit.errors.tolist(), strict=True)) if fit else {}
    terms = {"intercept": model.intercept, **model.powers}
    effects = {f"class {name}": value for name, value in (fit.effects if fit else {}).items()}
    return {
        "terms": [
            {"name": name, "value": _or_none(value), "error": _or_none(errors.get(name))}
            for name, value in {**terms, **effects}.items()
        ],
        "length_unit": model.unit,
        "dispersion": _told_dispersion(model.dispersion, fit),
        "log_likelihood": _or_none(fit.log_likelihood) if fit else None,
        "aic": _or_none(fit.aic) if fit else None,
        "left_out": int(fit.left_out.sum()) if fit else 0,
        "source": model.source,
    }


def _told_dispersion(spread: spf.Dispersion | None, fit: spf.Fit | None) -> dict[str, Any]:
    """Tell an overdispersion in both words and both units, so that none is mistaken."""
    error = _or_none(fit.k_error) if fit else None
    if spread is None or isinstance(spread, spf.ConstantK):
        return {"kind": spf.CONSTANT, "k": _or_none(spread.k) if spread else None, "error": error}
    k0 = spread if isinstance(spread, spf.HsmK) else spread.as_k()
    return {
        "kind": spf.PER_LENGTH,
        "k0_per_km": _or_none(k0.per_km),
        "k0_per_mi": _or_none(k0.to("mi").k0),
        "phi_per_km": _or_none(k0.as_phi().per_km),
        "error": error,
    }


def _told_calibration(found: Modelled) -> dict[str, Any] | None:
    of, bent = found.calibration, found.function
    if of is None or bent is None:
        return None
    return {
        "factor": _or_none(of.factor),
        "cv": _or_none(of.cv),
        "verdict": of.verdict,
        "function": {
            "a": _or_none(bent.a),
            "b": _or_none(bent.b),
            "b_error": _or_none(bent.b_error),
        },
    }


def _told_class(name: str, one: shrinkage.Marshall) -> dict[str, Any]:
    return {
        "class": name,
        "sites": int(one.exposure.size),
        "rate": _or_none(one.rate),
        "k": _or_none(_k_of(one)),
        "prior_of": one.level,
    }


def _told_walk(name: str, one: spf.Cure) -> dict[str, Any]:
    return {
        "by": name,
        "percent_outside": _or_none(100 * one.outside),
        "farthest": _or_none(one.farthest),
        "mad": _or_none(one.mad),
        "modified_r2": _or_none(one.modified_r2),
        "accepted": one.accepted,
    }


def _or_none(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else value
