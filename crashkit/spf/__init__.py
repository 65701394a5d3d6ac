"""Safety performance functions: what sites of a kind have, by traffic and length.

A model is read from a book (`models`) or fitted to one's own sites (`fit`, `develop`), predicts
(`Spf.predict`), and knows how much sites of its kind differ, in a type that carries its unit
(`ConstantK`, `HsmK`, `HauerPhi`). `calibrate` makes a model of others fit one's own roads, `cure`
shows where it errs.
"""

from __future__ import annotations

from crashkit.spf.calibration import (
    Calibration,
    CalibrationFunction,
    calibrate,
    calibration_function,
    refit_dispersion,
)
from crashkit.spf.dispersion import ConstantK, Dispersion, HauerPhi, HsmK
from crashkit.spf.fitting import (
    BEST,
    CONSTANT,
    KINDS,
    PER_LENGTH,
    Developed,
    Fit,
    Sample,
    develop,
    fit,
)
from crashkit.spf.forms import (
    AADT,
    ENTERING,
    MAJOR,
    MINOR,
    TRAFFIC,
    Spf,
    excess,
    junction,
    model,
    models,
    power_law,
    vehicle_km,
)
from crashkit.spf.residuals import Cure, cure

__all__ = [
    "AADT",
    "BEST",
    "CONSTANT",
    "ENTERING",
    "KINDS",
    "MAJOR",
    "MINOR",
    "PER_LENGTH",
    "TRAFFIC",
    "Calibration",
    "CalibrationFunction",
    "ConstantK",
    "Cure",
    "Developed",
    "Dispersion",
    "Fit",
    "HauerPhi",
    "HsmK",
    "Sample",
    "Spf",
    "calibrate",
    "calibration_function",
    "cure",
    "develop",
    "excess",
    "fit",
    "junction",
    "model",
    "models",
    "power_law",
    "refit_dispersion",
    "vehicle_km",
]
