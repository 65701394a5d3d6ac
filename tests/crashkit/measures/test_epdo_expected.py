import numpy as np
import pytest
from made_places import crashes, places

from crashkit import peers, shrinkage
from crashkit.errors import MethodError
from crashkit.measures import epdo_expected
from crashkit.measures.epdo_expected import Params

WEIGHTS = {"fatal": 542.0, "injury": 11.0}
HURT = [0, 4, 1, 0, 9, 2, 0, 3, 1, 0, 2, 5]
DAMAGE = [3, 9, 1, 0, 4, 6, 2, 20, 1, 0, 2, 8]


def made(fatal=0):
    counts = [a + b for a, b in zip(HURT, DAMAGE, strict=True)]
    severity = [
        word
        for hurt, damage in zip(HURT, DAMAGE, strict=True)
        for word in ["slight"] * hurt + ["pdo"] * damage
    ]
    for i in [j for j, word in enumerate(severity) if word == "slight"][:fatal]:
        severity[i] = "fatal"
    sites = places(counts)
    return sites, crashes(counts, severity=severity), peers.fit(sites, per="km", years=3.0)


def test_people_hurt_and_damage_are_drawn_apart_and_weighed_by_the_class():
    sites, data, known = made(fatal=2)
    found = epdo_expected.score(sites, data, Params(weights=WEIGHTS, rank_by="expected"), known)
    weight = (2 * 542 + 25 * 11) / 27
    parts = [shrinkage.marshall(n, np.full(12, 3.0)).estimate * 3.0 for n in (HURT, DAMAGE)]
    assert found.values == pytest.approx(weight * parts[0] + parts[1])


def test_which_site_had_the_death_changes_nothing():
    sites, data, known = made(fatal=1)
    severity = data.crashes["severity"].astype(object).to_numpy().copy()
    slight = np.flatnonzero(severity == "slight")
    severity[severity == "fatal"], severity[slight[-1]] = "slight", "fatal"
    other = data.replace(crashes=data.crashes.assign(severity=severity))
    one, two = (
        epdo_expected.score(sites, of, Params(weights=WEIGHTS), known) for of in (data, other)
    )
    assert one.values == pytest.approx(two.values)


def test_without_any_crash_with_people_hurt_nothing_is_estimated():
    counts = [3] * 12
    sites, data = places(counts), crashes(counts, severity="pdo")
    known = peers.fit(sites, per="km", years=3.0)
    found = epdo_expected.score(sites, data, Params(weights=WEIGHTS), known)
    assert np.isnan(found.values).all() and not found.passed.any()
    assert str(found[0].reason) == "No estimate: nothing is predicted for this site."


def test_a_known_rate_and_missing_weights_are_refused():
    sites, data, _ = made()
    with pytest.raises(MethodError, match="known rate"):
        epdo_expected.score(
            sites, data, Params(weights=WEIGHTS), peers.known(1.0, per="km", years=3)
        )
    with pytest.raises(MethodError, match="injury"):
        Params(weights={"fatal": 542.0})
