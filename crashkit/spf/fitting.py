"""Fit a safety performance function to one's own sites, or say that there are too few of them.

ln mu = b0 + sum of b_j ln(traffic j) + ln(years x length), negative binomial, with one k for all
sites or a k of length (k0/L): which one is told by AIC. Where there is less than a model needs, the
crashes of each class by its length and years stand in its place, with the empirical Bayes prior of
Marshall.

Source: Hauer 2015, The art of regression modeling in road safety; reference methods, section 3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crashkit import likelihood, shrinkage, units
from crashkit.errors import Message, MethodError, counted
from crashkit.spf import limits
from crashkit.spf.dispersion import ConstantK, Dispersion, HsmK
from crashkit.spf.forms import Spf

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

CONSTANT, PER_LENGTH, BEST = "constant", "per_length", "best"
KINDS = (CONSTANT, PER_LENGTH, BEST)
INTERCEPT = "intercept"

POISSON = Message(
    "These counts differ no more than chance makes them differ: there is no overdispersion."
)
UNSURE = Message("The fit did not come to an end: do not use this model.")
ALIKE = Message(
    "Two columns of the model say the same, or one is the same at all sites: nothing can be told "
    "of their effects apart."
)
NO_CRASHES = Message("No model: these sites have no crashes.")
NO_SITES = Message("No model: there are fewer sites than a model has coefficients.")


@dataclass(frozen=True, eq=False)
class Sample:
    """Sites to fit a model to; arrays over sites.

    `crashes` of the period, `traffic` AADT by the names a model knows them by, `years` of the
    period, `length_km` of stretches (None for junctions), `classes` where some are of another kind.
    `unit` is the unit of length of the model that is made, km or mi.
    """

    crashes: ArrayLike
    traffic: Mapping[str, ArrayLike]
    years: ArrayLike = 1.0
    length_km: ArrayLike | None = None
    classes: Sequence[str] | None = None
    unit: str = "km"


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model, what it is made of, and how well it stands.

    `terms` name the coefficients; their `errors` and `covariance` are joint with `k`, which is that
    of the model: k0 in its unit of length where `spf.dispersion` is one of length. `effects` are
    the logarithms of how many times the crashes of the first class each class has. `means` (sites,)
    are the fitted crashes of the period, NaN where a site was left out; `left_out` marks those.
    """

    spf: Spf
    terms: tuple[str, ...]
    coefficients: Floats
    errors: Floats
    covariance: Floats
    k: float
    k_error: float
    means: Floats
    left_out: Flags
    log_likelihood: float
    converged: bool
    sites: int
    crashes: float
    effects: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[Message, ...] = ()

    @property
    def aic(self) -> float:
        """Akaike's criterion, 2 parameters - 2 ln likelihood: of two models the lower is better."""
        return 2 * (self.coefficients.size + (self.k > 0)) - 2 * self.log_likelihood

    def predict(
        self,
        traffic: Mapping[str, ArrayLike],
        *,
        length_km: ArrayLike | None = None,
        years: ArrayLike = 1.0,
        classes: Sequence[str] | None = None,
    ) -> Floats:
        """Return the crashes predicted for sites, in their `years`; see `Spf.predict`.

        A class the model has not seen is NaN.
        """
        factor = 1.0 if classes is None else self._factors(classes)
        return self.spf.predict(traffic, length_km=length_km, years=years, factor=factor)

    def _factors(self, classes: Sequence[str]) -> Floats:
        if not self.effects:
            return np.ones(len(classes))
        return np.exp([self.effects.get(name, np.nan) for name in classes])


def fit(sample: Sample, *, kind: str = BEST, clusters: Sequence[object] | None = None) -> Fit:
    """Fit a model to sites; a site of which something is missing is left out and counted.

    `kind` is the overdispersion: "constant", "per_length" (k0/L, per km), or "best", the one with
    the lower AIC; junctions have a constant one. `clusters` (sites,) names the place of each row
    where the same place has several (a row a year): then the errors allow for that the rows of a
    place are alike. A model that cannot be fitted has NaN for its coefficients, and its notes say
    why. Raises MethodError for a kind that is none, or a k of length without lengths.

    Source: Lawless 1987; Hauer 2001 (see `likelihood`); reference methods, section 3.
    """
    if kind not in KINDS:
        raise MethodError("{kind} is no kind; there are {known}.", kind=kind, known=list(KINDS))
    if kind == PER_LENGTH and sample.length_km is None:
        raise MethodError("An overdispersion of length needs the lengths of the sites.")
    table = _table(sample)
    if kind == BEST and sample.length_km is not None:
        both = [_fitted(table, one, clusters) for one in (CONSTANT, PER_LENGTH)]
        sure = [one for one in both if one.converged] or both[:1]
        # Of equals the constant one, which is simpler, leads.
        return min(sure, key=lambda one: one.aic)
    return _fitted(table, CONSTANT if kind == BEST else kind, clusters)


@dataclass(frozen=True, eq=False)
class _Table:
    """The columns of a model, centred, of the sites that have everything."""

    sample: Sample
    used: Flags
    y: Floats
    x: Floats
    centre: Floats
    offset: Floats
    length: Floats | None
    classes: tuple[str, ...]

    @property
    def terms(self) -> tuple[str, ...]:
        kinds = tuple(f"class {name}" for name in self.classes[1:])
        return (INTERCEPT, *self.sample.traffic, *kinds)


def _table(sample: Sample) -> _Table:
    y = np.atleast_1d(np.asarray(sample.crashes, dtype=float))
    years = np.broadcast_to(np.asarray(sample.years, dtype=float), y.shape)
    km = None if sample.length_km is None else np.asarray(sample.length_km, dtype=float)
    length = None if km is None else km / units.km_per(sample.unit)
    flows = [np.asarray(one, dtype=float) for one in sample.traffic.values()]
    used = np.isfinite(y) & (y >= 0)
    for one in (years, *flows, *(() if length is None else (length,))):
        used &= np.isfinite(one) & (one > 0)
    names = np.asarray(sample.classes or [""] * y.size, dtype=object).astype(str)
    classes = tuple(np.unique(names[used]).tolist())
    columns = [np.log(one[used]) for one in flows]
    columns += [(names[used] == name).astype(float) for name in classes[1:]]
    # Centred columns: far from their mean the intercept and the slopes can hardly be told apart.
    centre = np.array([one.mean() for one in columns]) if used.any() else np.zeros(len(columns))
    centred = [one - middle for one, middle in zip(columns, centre, strict=True)]
    x = np.column_stack([np.ones(int(used.sum())), *centred])
    size = years[used] if length is None else years[used] * length[used]
    own = None if length is None else length[used]
    return _Table(sample, used, y[used], x, centre, np.log(size), own, classes)


def _fitted(table: _Table, kind: str, clusters: Sequence[object] | None) -> Fit:
    y, x = table.y, table.x
    notes = _left_out(table)
    if y.size <= x.shape[1] or not y.sum():
        return _none(table, kind, (*notes, NO_CRASHES if y.size > x.shape[1] else NO_SITES))
    if np.linalg.matrix_rank(x) < x.shape[1]:
        return _none(table, kind, (*notes, ALIKE))
    share = np.ones(y.size) if kind == CONSTANT or table.length is None else 1 / table.length
    found = likelihood.maximise(y, x, table.offset, share)
    covariance = found.covariance if clusters is None else _clustered(found, table, clusters)
    if not found.converged:
        notes = (*notes, UNSURE)
    elif not found.k0:
        notes = (*notes, POISSON)
    return _told(table, kind, found, covariance, notes)


def _told(
    table: _Table,
    kind: str,
    found: likelihood.Maximum,
    covariance: Floats,
    notes: tuple[Message, ...],
) -> Fit:
    turn = np.eye(covariance.shape[0])
    p = found.b.size
    turn[0, 1:p] = -table.centre
    b = turn[:p, :p] @ found.b
    whole = turn @ covariance @ turn.T
    # Where the likelihood is flat there is no error to be told.
    spread = np.diag(whole)
    errors = np.sqrt(np.where(spread >= 0, spread, np.nan))
    flows = tuple(table.sample.traffic)
    k_error = float(errors[p]) if found.k0 else 0.0
    return Fit(
        spf=_spf(table, kind, b, found.k0),
        terms=table.terms,
        coefficients=b,
        errors=errors[:p],
        covariance=whole[:p, :p],
        k=found.k0,
        k_error=k_error,
        means=_spread(table, found.means),
        left_out=~table.used,
        log_likelihood=found.log_likelihood,
        converged=found.converged,
        sites=table.y.size,
        crashes=float(table.y.sum()),
        effects=_effects(table, b[1 + len(flows) :]),
        notes=notes,
    )


def _spf(table: _Table, kind: str, b: Floats, k: float) -> Spf:
    flows = tuple(table.sample.traffic)
    slopes = b[1 : 1 + len(flows)].tolist()
    spread: Dispersion = HsmK(k, table.sample.unit) if kind == PER_LENGTH else ConstantK(k)
    return Spf(
        intercept=float(b[0]),
        powers=dict(zip(flows, slopes, strict=True)),
        unit="" if table.length is None else table.sample.unit,
        dispersion=spread,
    )


def _effects(table: _Table, of_classes: Floats) -> dict[str, float]:
    if len(table.classes) < 2:
        return {}
    return dict(zip(table.classes, [0.0, *of_classes.tolist()], strict=True))


def _none(table: _Table, kind: str, notes: tuple[Message, ...]) -> Fit:
    p = table.x.shape[1]
    nothing = np.full(p, np.nan)
    return Fit(
        spf=_spf(table, kind, nothing, np.nan),
        terms=table.terms,
        coefficients=nothing,
        errors=nothing,
        covariance=np.full((p, p), np.nan),
        k=np.nan,
        k_error=np.nan,
        means=np.full(table.used.shape, np.nan),
        left_out=~table.used,
        log_likelihood=np.nan,
        converged=False,
        sites=table.y.size,
        crashes=float(table.y.sum()),
        effects=_effects(table, nothing[1 + len(table.sample.traffic) :]),
        notes=notes,
    )


def _left_out(table: _Table) -> tuple[Message, ...]:
    missing = int((~table.used).sum())
    if not missing:
        return ()
    one = "{n} site was left out: its crashes, traffic, length or years are missing."
    many = "{n} sites were left out: their crashes, traffic, length or years are missing."
    return (counted(one, many, missing),)


def _spread(table: _Table, means: Floats) -> Floats:
    found = np.full(table.used.shape, np.nan)
    found[table.used] = means
    return found


def _clustered(found: likelihood.Maximum, table: _Table, clusters: Sequence[object]) -> Floats:
    """Return the covariance that allows for rows of one place being alike.

    Source: Liang and Zeger 1986, Biometrika 73: 13-22.
    """
    names = np.asarray(clusters, dtype=object).astype(str)[table.used]
    places, of = np.unique(names, return_inverse=True)
    sums = np.zeros((places.size, found.scores.shape[1]))
    np.add.at(sums, of, found.scores)
    bread = found.covariance
    return np.asarray(bread @ (sums.T @ sums) @ bread * places.size / max(places.size - 1, 1))


# ---------------------------------------------------------------- a model, or what stands for it


@dataclass(frozen=True, eq=False)
class Developed:
    """A model of one's own, or the rates of classes where there is less than a model needs.

    `fit` is None where the data are too few or the model does not stand; `missing` says what there
    is too little of. `classes` are the rates of each class, crashes per km and year, or per year at
    junctions: they are always there to compare with.
    """

    fit: Fit | None
    classes: Mapping[str, shrinkage.Marshall]
    missing: tuple[Message, ...] = ()


def develop(sample: Sample, *, kind: str = BEST) -> Developed:
    """Fit a model where the data are enough, else fall back on what each class has.

    Source: FHWA-SA-14-004 (limits.toml); Marshall 1991; reference methods, section 3.
    """
    y = np.atleast_1d(np.asarray(sample.crashes, dtype=float))
    years = np.broadcast_to(np.asarray(sample.years, dtype=float), y.shape)
    km = None if sample.length_km is None else np.asarray(sample.length_km, dtype=float)
    classes = sample.classes or ["all"] * y.size
    exposure = years if km is None else years * km
    of_classes = shrinkage.marshall_by_class(y, exposure, classes)
    missing = limits.short_of_model(
        sites=y.size,
        km=None if km is None else float(np.nansum(km)),
        crashes=float(np.nansum(y)),
        years=float(np.nanmean(years)) if years.size else 0.0,
    )
    if missing:
        return Developed(None, of_classes, missing)
    found = fit(sample, kind=kind)
    if not found.converged:
        return Developed(None, of_classes, found.notes)
    return Developed(found, of_classes)
