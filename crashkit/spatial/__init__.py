"""Places among their neighbours: hot spots, local Moran, densities, networks, hot spots in time.

Arrays and numbers in, frozen answers out, in metres. A map that looks like clusters is made by
chance as well: each method says against what it is tested, and how many places were tried.
"""

from __future__ import annotations

from crashkit.spatial.around import Around, along_a_line, by_lists, within
from crashkit.spatial.crowds import crowds
from crashkit.spatial.densities import kernel_1d, kernel_planar, line_density, planar_sum
from crashkit.spatial.emerging import Emerging, classify, hot_and_cold
from crashkit.spatial.hot import Hot, Moran, getis_ord, local_moran
from crashkit.spatial.kde_plus import chance_limit, clusters
from crashkit.spatial.networks import Spread, distances, envelope, k_function, k_on_line
from crashkit.spatial.scan import Cluster, scan

__all__ = [
    "Around",
    "Cluster",
    "Emerging",
    "Hot",
    "Moran",
    "Spread",
    "along_a_line",
    "by_lists",
    "chance_limit",
    "classify",
    "clusters",
    "crowds",
    "distances",
    "envelope",
    "getis_ord",
    "hot_and_cold",
    "k_function",
    "k_on_line",
    "kernel_1d",
    "kernel_planar",
    "line_density",
    "local_moran",
    "planar_sum",
    "scan",
    "within",
]
