"""Densities along a line and on a plane, with the kernels in use.

A picture of where crashes are dense; on a plane it is smeared over to parallel roads, so it ranks
nothing.

Source: Silverman 1986, Density estimation, table 3.1 and equation 4.5; reference methods, section
2.5.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crashkit.errors import MethodError

Floats = NDArray[np.float64]

EPANECHNIKOV, QUARTIC, GAUSSIAN, UNIFORM, TRIANGULAR = (
    "epanechnikov",
    "quartic",
    "gaussian",
    "uniform",
    "triangular",
)
KERNELS = (EPANECHNIKOV, QUARTIC, GAUSSIAN, UNIFORM, TRIANGULAR)
NO_EDGE, REFLECT = "none", "reflect"
EDGES = (NO_EDGE, REFLECT)


def kernel_1d(distance_m: ArrayLike, bandwidth_m: float, *, kernel: str = EPANECHNIKOV) -> Floats:
    """Return the height of a kernel on a line, per metre; its area is one.

    The bandwidth is its half width, of a gaussian its standard deviation. Epanechnikov is
    3/(4h) (1 - u²) with u = d/h below 1. Raises MethodError for a kernel that is none of KERNELS.
    """
    u = np.abs(np.asarray(distance_m, dtype=float)) / bandwidth_m
    heights = {EPANECHNIKOV: 0.75, QUARTIC: 15 / 16, UNIFORM: 0.5, TRIANGULAR: 1.0}
    if kernel == GAUSSIAN:
        return np.asarray(np.exp(-(u**2) / 2) / (np.sqrt(2 * np.pi) * bandwidth_m))
    return np.asarray(_known(heights, kernel) * _shape(u, kernel) / bandwidth_m)


def kernel_planar(distance_m: ArrayLike, bandwidth_m: float, *, kernel: str = QUARTIC) -> Floats:
    """Return the height of a kernel on a plane, per square metre; its volume is one.

    The quartic is 3/(pi h²) (1 - u²)² with u = d/h below 1. Otherwise as `kernel_1d`.
    """
    u = np.abs(np.asarray(distance_m, dtype=float)) / bandwidth_m
    area = np.pi * bandwidth_m**2
    heights = {EPANECHNIKOV: 2.0, QUARTIC: 3.0, UNIFORM: 1.0, TRIANGULAR: 3.0}
    if kernel == GAUSSIAN:
        return np.asarray(np.exp(-(u**2) / 2) / (2 * area))
    return np.asarray(_known(heights, kernel) * _shape(u, kernel) / area)


def _known(heights: dict[str, float], kernel: str) -> float:
    if kernel not in heights:
        raise MethodError(
            "{kernel} is no kernel; there are {known}.", kernel=kernel, known=list(KERNELS)
        )
    return heights[kernel]


def _shape(u: Floats, kernel: str) -> Floats:
    inside = np.where(u < 1, u, 1.0)
    if kernel == UNIFORM:
        return (u < 1).astype(float)
    if kernel == TRIANGULAR:
        return np.asarray(1 - inside)
    return np.asarray((1 - inside**2) ** (2 if kernel == QUARTIC else 1))


def line_density(
    events_m: ArrayLike,
    at_m: ArrayLike,
    bandwidth_m: float,
    *,
    kernel: str = EPANECHNIKOV,
    section_m: float | None = None,
    edge: str = NO_EDGE,
) -> Floats:
    """Return the intensity at places along a section: events per metre; by n it is the density.

    `events_m` and `at_m` are metres from the start of the section. With the edge "reflect" what
    would fall over the ends of a section of `section_m` metres is put back, so that nothing is lost
    at them. Raises MethodError for an edge that is none of EDGES, or without the length it needs.

    >>> line_density([0, 50, 60], [0, 50], 100).round(6).tolist()
    [0.017925, 0.02055]

    Source: reference methods, section 2.5 (KDE+).
    """
    if edge not in EDGES or (edge == REFLECT and section_m is None):
        raise MethodError(
            "{edge} is no edge, or has no length of the section; there are {known}.",
            edge=edge,
            known=list(EDGES),
        )
    events = np.asarray(events_m, dtype=float)
    if edge == REFLECT and section_m is not None:
        events = np.concatenate([events, -events, 2 * section_m - events])
    away = np.asarray(at_m, dtype=float)[..., None] - events
    return np.asarray(kernel_1d(away, bandwidth_m, kernel=kernel).sum(axis=-1))


def planar_sum(bandwidth_m: float, *, kernel: str = QUARTIC, steps: int = 20_000) -> float:
    """Return the volume of a kernel on a plane, worked out by rings: one, if it is right."""
    reach = 8 * bandwidth_m if kernel == GAUSSIAN else bandwidth_m
    # The midpoint of each ring, by Simpson's rule over the radius.
    r = np.linspace(0, reach, 2 * steps + 1)
    values = kernel_planar(np.minimum(r, np.nextafter(reach, 0)), bandwidth_m, kernel=kernel)
    weights = np.ones(r.size)
    weights[1:-1:2], weights[2:-1:2] = 4, 2
    return float((values * 2 * np.pi * r * weights).sum() * (r[1] - r[0]) / 3)
