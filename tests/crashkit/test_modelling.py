import csv
import io
import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from crashkit import modelling, spf
from crashkit.errors import IntakeError, NeedsChoice, NotFound, SettingError
from crashkit.model import Upload

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "schema" / "spf.json").read_text("utf-8"))


def sites(n=300, seed=1):
    chance = np.random.default_rng(seed)
    aadt = np.exp(chance.normal(8.3, 0.7, n)).round()
    km = chance.uniform(0.3, 4, n).round(2)
    mu = (aadt / 4000) ** 0.8 * km * 3 * 0.7
    counts = chance.poisson(mu * chance.gamma(2, 0.5, n))
    return list(zip(counts.tolist(), aadt.tolist(), km.tolist(), strict=True))


def table(rows, heads="crashes,aadt,length_km", name="sites.csv"):
    lines = [heads, *(",".join(map(str, row)) for row in rows)]
    return Upload(name, "\n".join(lines).encode())


def checked(found):
    document = modelling.document(found)
    jsonschema.validate(json.loads(json.dumps(document, allow_nan=False)), SCHEMA)
    return document


def test_a_table_becomes_a_model_with_its_figures_of_merit():
    found = modelling.model_sites(modelling.read_sites(table(sites()), years=3))
    document = checked(found)
    terms = {one["name"]: one["value"] for one in document["model"]["terms"]}
    assert terms["aadt"] == pytest.approx(0.8, abs=0.3)
    assert document["enough"]
    assert [one["by"] for one in document["cure"]] == ["aadt", "length"]
    rows = list(csv.DictReader(io.StringIO(modelling.estimates_csv(found).decode())))
    assert len(rows) == 300
    assert tuple(rows[0]) == modelling.HEADINGS
    first = {name: float(value) for name, value in rows[0].items()}
    mean = first["weight"] * first["predicted"] + (1 - first["weight"]) * first["crashes"]
    assert first["expected"] == pytest.approx(mean, rel=1e-4)
    assert first["low"] < first["expected"] < first["high"]
    assert first["weight"] == pytest.approx(1 / (1 + first["k"] * first["predicted"]), rel=1e-4)


def test_the_overdispersion_is_told_in_both_words_and_units():
    found = modelling.model_sites(
        modelling.read_sites(table(sites()), years=3), kind=spf.PER_LENGTH
    )
    told = checked(found)["model"]["dispersion"]
    assert told["phi_per_km"] == pytest.approx(1 / told["k0_per_km"])
    assert told["k0_per_km"] == pytest.approx(1.609344 * told["k0_per_mi"])


def test_a_table_in_miles_gives_the_same_sites_and_a_model_in_miles():
    rows = sites()
    miles = [(n, aadt, km / 1.609344) for n, aadt, km in rows]
    one = modelling.model_sites(modelling.read_sites(table(rows), years=3))
    other = modelling.model_sites(
        modelling.read_sites(table(miles, "crashes,aadt,length_mi"), years=3)
    )
    assert other.model.unit == "mi"
    assert other.estimates.expected == pytest.approx(one.estimates.expected, rel=1e-5)


def test_too_few_sites_fall_back_on_what_each_class_has():
    rows = [(*row, "main" if i % 2 else "side") for i, row in enumerate(sites(40))]
    read = modelling.read_sites(table(rows, "crashes,aadt,length_km,class"), years=3)
    found = modelling.model_sites(read)
    document = checked(found)
    assert document["model"] is None
    assert not document["enough"]
    assert [one["class"] for one in document["classes"]] == ["main", "side"]
    low, high = found.estimates.posterior.interval()
    assert (low < high).all()
    anyway = checked(modelling.model_sites(read, anyway=True))
    assert anyway["model"] is not None
    assert not anyway["enough"]
    assert "100 sites" in " ".join(anyway["notes"])


def test_a_model_of_a_book_is_made_to_fit():
    read = modelling.read_sites(table(sites()), years=3)
    found = modelling.calibrate_sites(read, "hsm_rural_two_lane")
    document = checked(found)
    assert document["calibration"]["verdict"] == "good"
    assert document["model"]["source"].startswith("Highway Safety Manual")
    assert np.nansum(found.estimates.predicted) == pytest.approx(
        np.sum(read.sample.crashes), rel=1e-6
    )
    with pytest.raises(NotFound):
        modelling.calibrate_sites(read, "none")


def test_junctions_have_two_flows_and_no_length():
    rows = [(i % 7, 9000 + 10 * i, 800 + i, 3) for i in range(30)]
    read = modelling.read_sites(table(rows, "Crashes,AADT maj,AADT min,Years"))
    assert list(read.sample.traffic) == ["aadt_major", "aadt_minor"]
    assert read.sample.length_km is None
    assert checked(modelling.model_sites(read))["km"] is None


def test_columns_are_known_by_their_names_in_three_languages_or_told():
    russian = modelling.read_sites(
        table([(3, 4000, 1.5, 3)], "ДТП,Интенсивность,Длина км,лет"), options={"encoding": "utf-8"}
    )
    assert russian.columns == {
        "crashes": "ДТП",
        "aadt": "Интенсивность",
        "length": "Длина км",
        "years": "лет",
    }
    told = modelling.read_sites(
        table([(3, 4000, 1500)], "total,flow,long"),
        columns={"crashes": "total", "aadt": "flow", "length": "long"},
        years=2,
        length_unit="m",
    )
    assert told.sample.length_km == pytest.approx([1.5])


def test_what_only_the_user_knows_is_asked_for():
    with pytest.raises(NeedsChoice) as asked:
        modelling.read_sites(table([(3, 4000, 1.5)]))
    assert asked.value.option == "years"
    with pytest.raises(NeedsChoice) as asked:
        modelling.read_sites(table([(3, 4000, 1.5)], "crashes,aadt,length"), years=3)
    assert asked.value.option == "length-unit"
    with pytest.raises(IntakeError, match="column of crashes"):
        modelling.read_sites(table([(3, 4000)], "total,aadt"), years=3)
    with pytest.raises(IntakeError, match="column of aadt"):
        modelling.read_sites(table([(3, 1.0)], "crashes,length_km"), years=3)
    with pytest.raises(SettingError, match="speed"):
        modelling.read_sites(table(sites(3)), columns={"speed": "aadt"}, years=3)


def test_cells_that_are_no_numbers_leave_their_site_out_and_are_counted():
    rows = [*sites(), ("many", 4000, 1.0), (2, "", 1.0)]
    found = modelling.model_sites(modelling.read_sites(table(rows), years=3))
    document = checked(found)
    assert document["model"]["left_out"] == 2
    assert any("crashes is no number" in note for note in document["notes"])
    rows = list(csv.reader(io.StringIO(modelling.estimates_csv(found).decode())))
    assert rows[-1][5:] == [""] * 5


def test_a_name_that_is_a_formula_is_made_harmless():
    rows = [("=1+1", *row) for row in sites()]
    read = modelling.read_sites(table(rows, "site,crashes,aadt,length_km"), years=3)
    text = modelling.estimates_csv(modelling.model_sites(read)).decode()
    assert text.splitlines()[1].startswith("'=1+1,")


def test_the_residuals_are_drawn_along_a_covariate():
    found = modelling.model_sites(modelling.read_sites(table(sites()), years=3))
    figure = modelling.walk_figure(found)
    assert (figure.kind, str(figure.data["across"])) == ("walk", "Traffic, vehicles a day")
    assert figure.data["walk"].size == 300
    assert str(modelling.walk_figure(found, "length").data["across"]) == "Length, km"
    with pytest.raises(NotFound, match="length"):
        modelling.walk_figure(found, "speed")
    none = modelling.model_sites(modelling.read_sites(table(sites(20)), years=3))
    with pytest.raises(NotFound):
        modelling.walk_figure(none)


def test_residuals_of_too_few_sites_are_not_shown():
    read = modelling.read_sites(table(sites(60)), years=3)
    found = modelling.model_sites(read, anyway=True)
    document = checked(found)
    assert document["model"] and document["cure"] == []
    said = "Cumulative residuals need 100 sites to be judged; there are 60."
    assert said in document["notes"]
    with pytest.raises(NotFound, match="need 100 sites"):
        modelling.walk_figure(found)
