from made_crashes import made

from crashkit.places import anchored


def crashes(*at_m, road="M39", area="rural"):
    return [{"road_key": road, "chainage_km": at / 1000, "area_type": area} for at in at_m]


def cut(rows, **params):
    sites = anchored.cut(made(rows), anchored.Params(**params))
    return [(site.road, site.from_m, site.to_m, site.crash_ids, site.group) for site in sites]


def test_windows_run_from_crash_to_crash_and_lie_in_no_other():
    assert cut(crashes(120, 450, 980, 1100, 1850, 2600)) == [
        ("M39", 120, 1100, (1, 2, 3, 4), ""),
        ("M39", 980, 1850, (3, 4, 5), ""),
        ("M39", 1850, 2600, (5, 6), ""),
    ]


def test_a_window_as_long_as_the_limit_is_still_a_window():
    assert cut(crashes(0, 1000)) == [("M39", 0, 1000, (1, 2), "")]
    assert len(cut(crashes(0, 1001))) == 2


def test_crashes_at_one_km_post_are_one_window():
    assert cut(crashes(5000, 5000, 5000)) == [("M39", 5000, 5000, (1, 2, 3), "")]


def test_roads_are_not_mixed():
    assert [row[0] for row in cut(crashes(100) + crashes(100, road="A1"))] == ["A1", "M39"]


def test_built_up_areas_have_their_own_length_and_their_own_windows():
    rows = crashes(0, 900) + crashes(100, 250, 400, area="urban")
    assert cut(rows, urban_length_m=200) == [
        ("M39", 0, 900, (1, 2), ""),
        ("M39", 100, 250, (3, 4), "urban"),
        ("M39", 250, 400, (4, 5), "urban"),
    ]


def test_windows_at_the_same_posts_in_and_out_of_town_have_different_names():
    rows = crashes(0, 100) + crashes(0, 100, area="urban")
    sites = anchored.cut(made(rows), anchored.Params(urban_length_m=200))
    assert [site.id for site in sites] == ["M39:0-100", "M39:0-100u"]


def test_without_km_posts_there_are_no_windows():
    assert not len(cut([{"lon": 69.1, "lat": 41.2}]))
