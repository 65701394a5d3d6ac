"""What speed does: the cases of "speed"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crashkit import speed

Inputs = Mapping[str, Any]

OUTCOMES = {"fatal": "fatal_crashes", "injury": "injury_crashes"}


def power_model(given: Inputs) -> dict[str, Any]:
    exponent = given.get("exponent")
    if exponent is None:
        words = given["outcome"].replace(",", "").lower().split()
        setting = given.get("setting", next((s for s in speed.SETTINGS if s in words), "all"))
        outcome = "_".join(word for word in words if word not in speed.SETTINGS)
        exponent = speed.exponent(outcome, model=given.get("model", speed.ELVIK), setting=setting)
    ratio = speed.power(given["v_before"], given["v_after"], exponent)
    return {
        "ratio": ratio,
        "percent_change": speed.percent(ratio),
        "crashes_after": ratio * given.get("crashes", 1),
    }


def victims(given: Inputs) -> dict[str, Any]:
    found = speed.victims(
        given["v_before"],
        given["v_after"],
        fatal_crashes=given["fatal_crashes"],
        fatalities=given["fatalities"],
        of_crashes=given.get("exponent"),
    )
    return {"fatal_crashes_after": found.fatal_crashes, "fatalities_after": found.fatalities}


def exponential_model(given: Inputs) -> dict[str, Any]:
    beta = given.get("beta")
    if beta is None:
        model = given.get("model", "elvik_2019")
        beta = {name: speed.coefficient(one, model=model) for name, one in OUTCOMES.items()}
    v0, v1 = given["v_before"], given["v_after"]
    if not isinstance(beta, Mapping):
        ratio = speed.exponential(v0, v1, beta)
        return {"ratio": ratio, "percent_change": speed.percent(ratio)}
    ratios = {name: speed.exponential(v0, v1, one) for name, one in beta.items()}
    return {
        "ratio": ratios,
        "percent_change": {name: speed.percent(one) for name, one in ratios.items()},
    }


def individual_risk(given: Inputs) -> dict[str, Any]:
    speeds = given.get("speeds", given.get("differences", given.get("difference")))
    curve = given.get("curve", "urban_2002")
    curve = "rural" if curve.startswith("rural") else curve
    return {"relative_risk": speed.driver_risk(speeds, curve=curve)}


def pedestrian(given: Inputs) -> dict[str, Any]:
    return {"probability": speed.pedestrian_death(given["speeds"])}


def stopping(given: Inputs) -> dict[str, Any]:
    distance = speed.stopping_distance(
        given["speeds"],
        reaction_s=given.get("reaction_s"),
        deceleration=given.get("deceleration"),
    )
    return {
        "distance": distance,
        "design_distance": speed.design_distance(distance, step_m=given.get("round_up_to")),
    }


METHODS = {
    "power_model": power_model,
    "power_model_victims": victims,
    "exponential_model": exponential_model,
    "individual_speed_risk": individual_risk,
    "pedestrian_fatality_risk": pedestrian,
    "stopping_sight_distance": stopping,
}
