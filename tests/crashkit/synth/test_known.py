"""The invented crashes are crash data like any other, and screening finds what was planted."""

import numpy as np
import pandas as pd
import pytest

from crashkit import fields, presets, screening, tables
from crashkit.synth import country, known, truth


@pytest.fixture(scope="module")
def made():
    return country.make(crashes=3_000, seed=2025)


@pytest.fixture(scope="module")
def data(made):
    return known.crash_data(made)


def test_each_column_is_of_the_type_its_field_asks_for(data):
    kinds = {"int": "Int32", "float": "float64", "text": "object", "codes": "object"}
    kinds |= {"date": "datetime64[s]", "time": "object"}
    for table, frame in (
        ("crash", data.crashes),
        ("vehicle", data.vehicles),
        ("person", data.people),
    ):
        for name in frame.columns.drop(["id", "crash"], errors="ignore"):
            if name == "crash_id":
                continue
            field = fields.get(table, name)
            if field.type in ("code", "yes_no"):
                expected = list(fields.code_names(field.codes or "yes_no"))
                assert list(frame[name].cat.categories) == expected, name
            else:
                assert str(frame[name].dtype) == kinds[field.type], name


def test_counts_are_those_of_the_people(data):
    summed = tables.summary(data, data)
    people = data.people["injury"]
    assert summed.crashes == 3_000
    assert summed.killed == (people == "killed").sum()
    assert summed.injured == people.isin(["serious", "slight"]).sum()
    assert summed.vehicles == len(data.vehicles)


def test_derived_fields_follow_from_date_time_and_road(data):
    crashes = data.crashes
    when = pd.to_datetime(crashes["crash_date"])
    assert (crashes["weekday"].to_numpy() == when.dt.isocalendar().day.to_numpy()).all()
    assert (crashes["hour"].to_numpy() == crashes["crash_time"].str[:2].astype(int)).all()
    assert (crashes["road_key"] != "").all()
    streets = crashes["road_number"] == ""
    assert (streets.to_numpy() == np.isnan(crashes["chainage_km"].to_numpy())).all()


@pytest.mark.parametrize(
    ("preset", "recall_of_50", "precision_of_24"),
    # Chance alone: 24 sites of 0.3 km in 3,200 km; 50 places of 1 km hit about one in sixty.
    [("count_1km", 0.6, 0.25), ("count_circles", 0.5, 0.25)],
)
def test_a_count_finds_most_planted_sites_among_its_first_fifty(
    made, data, preset, recall_of_50, precision_of_24
):
    result = screening.run(screening.ask(presets.get(preset)), data)
    found = truth.score([one.site for one in result.findings], country.truth_document(made))
    assert found[49].recall >= recall_of_50
    assert found[23].precision >= precision_of_24
