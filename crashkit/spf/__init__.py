"""Safety performance functions: what sites of a kind have, by traffic and length.

A model is read from a book (`models`), predicts (`Spf.predict`), and knows how much sites of its
kind differ, in a type that carries its unit (`ConstantK`, `HsmK`, `HauerPhi`).
"""

from __future__ import annotations

from crashkit.spf.dispersion import ConstantK, Dispersion, HauerPhi, HsmK
from crashkit.spf.forms import (
    AADT,
    ENTERING,
    MAJOR,
    MINOR,
    TRAFFIC,
    Spf,
    junction,
    model,
    models,
    power_law,
    vehicle_km,
)

__all__ = [
    "AADT",
    "ENTERING",
    "MAJOR",
    "MINOR",
    "TRAFFIC",
    "ConstantK",
    "Dispersion",
    "HauerPhi",
    "HsmK",
    "Spf",
    "junction",
    "model",
    "models",
    "power_law",
    "vehicle_km",
]
