"""Every preset on real sets: answered, or refused with a sentence that names what is missing."""

import re

import pytest
import sources

from crashkit import api, presets
from crashkit.errors import MethodError
from crashkit.store import Store

SETS = ("uk_stats19_manchester", "ru_dtpstat_csv", "de_unfallatlas", "us_montana")
MISSING = re.compile(
    "coordinates|km post|network of roads|road layer|junctions|corridors|site of the register"
    "|sites of the register|AADT|needs the field|do not have the field|built-up areas|No crash from"
)
ANSWERED = {
    # Coordinates and no km posts: circles are asked, also as the one part of a rule that can be.
    "uk_stats19_manchester": {"uk_wales", "uk_somerset", "uk_county", "be_flanders", "au_federal"},
    "ru_dtpstat_csv": {"ru_law_circles", "uk_wales", "in_morth_2015_circles"},
    "de_unfallatlas": {"de_muko_2012", "de_before_2012"},
    # Severity is not told: only rules that count all crashes can be asked.
    "us_montana": {"uk_county", "cn_county", "dk", "pl_1998"},
}


@pytest.mark.slow
@pytest.mark.parametrize("profile", SETS)
def test_every_preset_is_answered_or_refused_with_what_is_missing(profile, tmp_path):
    with Store.open(f"{tmp_path}/kept.sqlite") as store:
        store.save_import("real", sources.imported(profile))
        answered = _asked(store.load("real"))
    assert answered >= ANSWERED[profile]


def _asked(crashes):
    """Ask every preset, and return those that are answered."""
    answered = set()
    for preset in presets.all_presets().values():
        try:
            result = api.screen(crashes, api.ask(preset.id), repeat=False)
        except MethodError as error:
            assert MISSING.search(str(error.message)), (preset.id, str(error.message))
            continue
        answered.add(preset.id)
        ids = [id_ for one in result.findings for id_ in one.site.crash_ids]
        assert len(ids) == len(set(ids)), preset.id
        assert all(one.score.reason for one in result.findings), preset.id
        assert result.notes
    return answered
