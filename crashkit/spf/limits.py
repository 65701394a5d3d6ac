"""How much data a model needs: to be made, to be calibrated, to be drawn; from limits.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from crashkit.errors import Message, counted


@cache
def of(what: str) -> Mapping[str, Any]:
    """Return the limits of one table of limits.toml, with their source."""
    text = resources.files("crashkit.spf").joinpath("limits.toml").read_text(encoding="utf-8")
    table: Mapping[str, Any] = tomllib.loads(text)[what]
    return table


def short_of_model(
    *, sites: int, km: float | None, crashes: float, years: float
) -> tuple[Message, ...]:
    """Say what is missing for a model of one's own; nothing where there is enough.

    `km` is the length of all stretches, None for junctions; `years` those of the period.
    Source: limits.toml, develop.
    """
    need, found = of("develop"), []
    if km is not None and km < need["km"]:
        found.append(
            Message(
                "A model needs {need} km of road; there are {km}.",
                {"need": need["km"], "km": round(km, 1)},
            )
        )
    if km is None and sites < need["junctions"]:
        found.append(
            counted(
                "A model needs {need} junctions; there is {n}.",
                "A model needs {need} junctions; there are {n}.",
                sites,
                need=need["junctions"],
            )
        )
    return (*found, *_few_crashes(crashes, years, need["crashes_per_year"]))


def short_of_calibration(*, sites: int, crashes: float, years: float) -> tuple[Message, ...]:
    """Say what is missing to fit a model of others to one's own roads; nothing where it is enough.

    Source: limits.toml, calibrate.
    """
    need, found = of("calibrate"), []
    if sites < need["sites"]:
        found.append(
            counted(
                "Calibration needs {need} sites; there is {n}.",
                "Calibration needs {need} sites; there are {n}.",
                sites,
                need=need["sites"],
            )
        )
    return (*found, *_few_crashes(crashes, years, need["crashes_per_year"]))


def _few_crashes(crashes: float, years: float, need: float) -> tuple[Message, ...]:
    per_year = crashes / years if years > 0 else 0.0
    if per_year >= need:
        return ()
    text = "{need} crashes a year are needed; there are {found}."
    return (Message(text, {"need": need, "found": round(per_year, 1)}),)
