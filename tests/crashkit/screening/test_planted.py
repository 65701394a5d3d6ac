"""The screening that is recommended finds what was planted in invented countries.

Bars: methods, section 11.7 (B5): a third of what was planted; a list as long as there are planted
sites, so that every place of it that hits none is a false alarm.
"""

import json
from statistics import fmean

import pytest

from crashkit import api
from crashkit.synth import country, truth

SEEDS = (1, 2, 3, 4, 5)
FILES = ("crashes.csv", "vehicles.csv", "people.csv")
NAIVE = ("count_1km", "count_circles")
RECALL = 0.33


@pytest.fixture(scope="module", params=["with a network", "with km posts only"])
def found(request, tmp_path_factory):
    """The recall and the share of false alarms of each screening, by preset and country."""
    told = {}
    for seed in SEEDS:
        folder = tmp_path_factory.mktemp(f"country{seed}")
        country.write(country.make(crashes=3_000, seed=seed), folder)
        with api.open_store(f"sqlite:///{folder / 'store.sqlite'}") as store:
            uploads = api.read_uploads([folder / name for name in FILES])
            api.import_crashes(store, uploads, profile="crashkit", dataset="land")
            if request.param == "with a network":
                read = api.read_roads(folder / "roads.geojson", sections=folder / "aadt.csv")
                api.save_roads(store, "land", read)
            data = api.load(store, "land")
            planted = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
            for preset in (best(store, data), *NAIVE):
                told.setdefault(preset, []).append(judged(store, data, preset, planted))
    return told


def best(store, data):
    return api.data_rung(store, data).presets[0]


def judged(store, data, preset, planted):
    asked = api.ask(preset)
    placed = api.place_on_roads(store, data) if api.needs_roads(asked) else None
    result = api.screen(data, asked, roads=placed, repeat=False)
    hits = truth.score([one.site for one in result.findings], planted)
    last = hits[len(planted["sites"]) - 1]
    return last.recall, 1 - last.precision


@pytest.mark.slow
def test_the_recommended_screening_finds_its_share_of_planted_sites(found):
    recommended = next(iter(found))
    assert recommended in ("eb_excess_windows", "eb_excess_1km")
    assert fmean(recall for recall, _ in found[recommended]) >= RECALL


@pytest.mark.slow
@pytest.mark.parametrize("found", ["with a network"], indirect=True)
def test_it_gives_fewer_false_alarms_than_naive_counts(found):
    alarms = {preset: fmean(false for _, false in each) for preset, each in found.items()}
    assert alarms["eb_excess_windows"] < min(alarms[naive] for naive in NAIVE) - 0.05
